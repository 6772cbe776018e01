/** Where Lua states live, one after the other: memory and code of one WebAssembly instance. */
import type { LuaState } from "./host.ts";
import { createImports, type LuaExports } from "./imports.ts";
import { luaModule } from "./vendor/lua_module.js";

/** Fuel between two looks at the clock: about 2 ms of Lua. */
export const FUEL_SLICE = 1 << 20;
/** Memory of an instance can't shrink: one that has grown beyond this is given up. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
/** A wasm module of one function that calls its import, which is how JavaScript gets into the function table. */
const TRAMPOLINE = new WebAssembly.Module(
  new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
    ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0],
    ...[7, 5, 1, 1, 0x65, 0, 0],
  ]),
);

/**
 * Memory and code of one WebAssembly instance. One state lives in it at a time; another may follow, however that one ended:
 * all of the memory that it used and the place of the stack are written anew.
 */
export class LuaRoom {
  readonly exports: LuaExports;
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** JavaScript gets into the function table once; the number that a function was made with says which it is. */
  readonly trampoline: WebAssembly.ExportValue;
  state: LuaState | undefined;
  /** Where the module's own stack begins. */
  #stack = 0;

  constructor() {
    const instance = new WebAssembly.Instance(luaModule, createImports(() => this.state!));
    this.exports = instance.exports as unknown as LuaExports;
    this.memory = instance.exports.memory as WebAssembly.Memory;
    this.table = instance.exports.__indirect_function_table as WebAssembly.Table;
    const call = (L: number) => this.state!.callNative(L);
    this.trampoline = new WebAssembly.Instance(TRAMPOLINE, { e: { f: call } }).exports.e!;
  }

  /** Makes it the room of a state. */
  enter(state: LuaState): void {
    const isNew = this.state === undefined;
    this.state = state;
    this.exports.__fuel.value = FUEL_SLICE;
    if (!isNew) {
      // What ended by a limit has left its frames there.
      this.exports.stackRestore!(this.#stack);
      return;
    }
    this.exports.emscripten_stack_init!();
    heapEndPlace ??= findHeapEnd(this.memory, this.exports.stackSave!());
    this.exports.__wasm_call_ctors!();
    this.#stack = this.exports.stackSave!();
  }

  /** Beyond this there are zeros alone. */
  get heapEnd(): number {
    return new DataView(this.memory.buffer).getUint32(heapEndPlace!, true);
  }

  /** Whether its memory is worth keeping for what comes. */
  get isSmall(): boolean {
    return this.memory.buffer.byteLength <= MAX_KEPT_BYTES;
  }

  /** Whether the state that lived there last has used more than a small room has. */
  get wasFilled(): boolean {
    return this.heapEnd > MAX_KEPT_BYTES;
  }
}

/** The same in every instance. */
let heapEndPlace: number | undefined;

/**
 * The module asks for memory piece by piece and notes how far it has come. Before it begins, that note is the one word that
 * says where the stack ends (it grows down) and the heap begins.
 */
function findHeapEnd(memory: WebAssembly.Memory, heapStart: number): number {
  const words = new Uint32Array(memory.buffer, 0, heapStart / 4);
  const place = words.indexOf(heapStart);
  if (place < 0 || words.indexOf(heapStart, place + 1) >= 0) {
    throw new Error("the Lua module does not say in one place where its heap ends: look at its vendored build");
  }
  return place * 4;
}
