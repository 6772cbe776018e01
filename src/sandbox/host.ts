/**
 * One Lua state in one WebAssembly instance, made for one evaluation and thrown away after it. Only strings, numbers,
 * booleans and plain tables cross; no JavaScript object ever enters.
 */
import type { ScriptCost } from "./errors.ts";
import process from "node:process";
import { byteStringOf } from "../template/byte_string.ts";
import type { InstanceView, LuaExports } from "./imports.ts";
import { HostError, type HostFunction, type HostList, type HostMap, type HostValue } from "./host_value.ts";
import {
  DEFAULT_LUA_LIMITS,
  ELEMENT_BYTES,
  LIMIT_FLAGS,
  type LuaLimits,
  RESULT_SHARE,
  TEXTS_AT_ONCE,
} from "./limits.ts";
import { FUEL_SLICE, LuaRoom } from "./room.ts";

export type { HostFunction, HostList, HostMap, HostValue } from "./host_value.ts";

/** Lua's type numbers. */
export const LUA = { nil: 0, boolean: 1, number: 3, string: 4, table: 5, function: 6, userdata: 7, thread: 8 } as const;

const MULTIPLE_RESULTS = -1;
/** A longer message of a script is cut before anything is done with it. */
export const MAX_MESSAGE_BYTES = 8 * 1024;
/** Where Lua keeps what no script sees, and the values that a host function was made with. */
const REGISTRY_INDEX = -1_001_000;
const UPVALUE_INDEX = REGISTRY_INDEX - 1;
/** The function of the runtime that raises an error at the user's line. */
const FAIL = "moonferry fail";

/** A limit has stopped the evaluation; thrown through the module, past everything that Lua could catch. */
export class LimitReached extends Error {
  override name = "LimitReached";
}

/** It has had all the time that it may take. */
export class TimeIsUp extends LimitReached {
  override name = "TimeIsUp";
}

/** A function of the host failed in a way that is no answer to a script: a fault of ours, whatever the script did. */
export class HostFault extends Error {
  override name = "HostFault";
  constructor(cause: unknown) {
    super(`a function of the sandbox failed (${cause instanceof Error ? cause.name : typeof cause})`, { cause });
  }
}

/** A Lua error, as the state reported it: `text` may be of any bytes, one character each. */
export interface RawLuaError {
  readonly text: string;
  readonly isSyntax: boolean;
  readonly traceback: string;
}

const encoder = new TextEncoder();

/** A state at rest, to begin others with. */
export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly L: number;
  readonly scratch: number;
  readonly scratchLength: number;
  readonly trampoline: number;
}

/** A function of the host: over values, or over the stack itself, where it says how many results it left. */
export type NativeFunction =
  | { readonly call: HostFunction; readonly native?: undefined }
  | { readonly call?: undefined; readonly native: () => number };

export class LuaState implements InstanceView {
  #burnt = 0;
  readonly exports: LuaExports;
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  readonly maxBytes: number;
  /** The Lua thread that is worked with: a coroutine's while it calls the host. */
  #L: number;
  #limits: LuaLimits;
  /** When the time may be up: a clock is cheaper to look at than the processor's time. */
  #deadline: number;
  readonly #started = cpuMilliseconds();
  #memoryLimitHit = false;
  #bytes: Uint8Array;
  #view: DataView;
  #scratch = 0;
  #scratchLength = 0;
  /** What has crossed in the call of a host function that is running, in bytes. */
  #crossed = 0;
  #native: (() => number)[] = [];
  #trampoline: number | undefined;
  #room: LuaRoom;

  /**
   * @param snapshot A state as {@link snapshot} gave it: the new one begins as that one was.
   * @param room Where it lives; from then on no state that lived there before may be used.
   */
  constructor(limits: Partial<LuaLimits> = {}, snapshot?: Snapshot, room = new LuaRoom()) {
    this.#limits = { ...DEFAULT_LUA_LIMITS, ...limits };
    this.maxBytes = this.#limits.bytes;
    this.#deadline = performance.now() + this.#limits.milliseconds;
    this.#room = room;
    this.exports = room.exports;
    this.memory = room.memory;
    this.table = room.table;
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
    room.enter(this);
    if (snapshot) {
      this.#L = snapshot.L;
      this.#restore(snapshot);
      return;
    }
    this.#L = this.exports.luaL_newstate!();
    if (this.#L === 0) throw new LimitReached(this.memoryMessage());
    this.#reserve(1 << 16);
  }

  /**
   * The state as it is, for others to begin with. All that it is stands in its memory and in the table of functions; what
   * its host functions do is given anew to each, see {@link adopt}.
   */
  snapshot(): Snapshot {
    this.#refresh();
    let length = this.#bytes.length;
    while (length > 0 && this.#bytes[length - 1] === 0) length--;
    return {
      bytes: this.#bytes.slice(0, length),
      size: this.#bytes.length,
      L: this.#L,
      scratch: this.#scratch,
      scratchLength: this.#scratchLength,
      trampoline: this.#trampoline ??= this.#functionIndex(this.#room.trampoline),
    };
  }

  #restore({ bytes, size, scratch, scratchLength, trampoline }: Snapshot): void {
    const missing = Math.ceil((size - this.memory.buffer.byteLength) / 65536);
    if (missing > 0) this.memory.grow(missing);
    this.#refresh();
    // What another state may have left there; `bytes` has the only word that says how far, so that it comes after this.
    this.#bytes.fill(0, bytes.length, this.#room.heapEnd);
    this.#bytes.set(bytes);
    this.#scratch = scratch;
    this.#scratchLength = scratchLength;
    if (this.table.length <= trampoline) this.table.grow(trampoline + 1 - this.table.length);
    this.table.set(trampoline, this.#room.trampoline as unknown as CallableFunction);
    this.#trampoline = trampoline;
  }

  /** Gives a state that was made from a snapshot its functions, in the order in which they were pushed there. */
  adopt(functions: readonly NativeFunction[]): void {
    this.#native = functions.map((one) => one.native ?? this.#wrapped(one.call));
  }

  get L(): number {
    return this.#L;
  }

  onTick(): void {
    this.#burnt += FUEL_SLICE - this.exports.__fuel.value;
    this.exports.__fuel.value = FUEL_SLICE;
    this.checkTime();
  }

  /** What the evaluation has cost so far: rounds of the VM's loops, and the processor's milliseconds. */
  get cost(): ScriptCost {
    const fuel = this.#burnt + FUEL_SLICE - this.exports.__fuel.value;
    return { fuel, milliseconds: cpuMilliseconds() - this.#started };
  }

  /** @throws {TimeIsUp} when it is; for work of the host that a script asks for. */
  checkTime(): void {
    const now = performance.now();
    if (now <= this.#deadline) return;
    const { milliseconds } = this.#limits;
    // On a busy machine less of the processor's time has gone by.
    const left = milliseconds - (cpuMilliseconds() - this.#started);
    if (left <= 0) throw new TimeIsUp(`stopped after ${milliseconds / 1000} s of CPU (limit --lua-time)`);
    this.#deadline = now + left;
  }

  onMemoryLimit(): void {
    this.#memoryLimitHit = true;
  }

  onAbort(): never {
    throw new LimitReached(this.memoryLimitMessage() ?? "the Lua VM gave up");
  }

  /** What to say about an "out of memory" of Lua; undefined where the limit was not reached. */
  memoryLimitMessage(): string | undefined {
    return this.#memoryLimitHit ? this.memoryMessage() : undefined;
  }

  memoryMessage(): string {
    return `memory limit ${Math.floor(this.maxBytes / 1024 / 1024)} MiB (limit --lua-memory)`;
  }

  /** Opens a library of Lua by the name of its opener: `base`, `table`, `string`, `math`, `coroutine`, `debug`. */
  openLibrary(name: string): void {
    const opener = this.#functionIndex(this.exports[`luaopen_${name}`]! as unknown as WebAssembly.ExportValue);
    const text = this.#cString(name === "base" ? "_G" : name);
    this.exports.luaL_requiref!(this.L, text, opener, 1);
    this.exports.free!(text);
    this.pop();
  }

  #functionIndex(target: WebAssembly.ExportValue): number {
    for (let index = 0; index < this.table.length; index++) if (this.table.get(index) === target) return index;
    const index = this.table.grow(1);
    this.table.set(index, target as unknown as CallableFunction);
    return index;
  }

  /** Pushes a function of Lua that runs one of the host's. */
  pushFunction(one: NativeFunction): void {
    this.#native.push(one.native ?? this.#wrapped(one.call));
    this.exports.lua_pushnumber!(this.L, this.#native.length - 1);
    this.exports.lua_pushcclosure!(this.L, this.#trampoline ??= this.#functionIndex(this.#room.trampoline), 1);
  }

  /** A {@link HostError} of `call` becomes an error at the user's line. */
  #wrapped(call: HostFunction): () => number {
    return () => {
      this.#crossed = 0;
      const args = Array.from({ length: this.top }, (_, index) => this.hostValue(index + 1));
      this.exports.lua_settop!(this.L, 0);
      let results: HostValue | readonly HostValue[] | void;
      try {
        results = call(...args);
      } catch (error) {
        if (error instanceof LimitReached || isStackOverflow(error)) throw error;
        if (!(error instanceof HostError)) throw new HostFault(error);
        this.getRegistry(FAIL);
        this.pushByteString(error.message);
        this.exports.lua_callk!(this.L, 1, 0, 0, 0);
      }
      const list = Array.isArray(results) ? results as readonly HostValue[] : [results as HostValue];
      this.#checkResult(list);
      this.exports.lua_checkstack!(this.L, list.length + 4);
      for (const value of list) this.pushHostValue(value);
      return list.length;
    };
  }

  /** Runs the host function that a function of Lua was made with. @param L The thread that calls. */
  callNative(L: number): number {
    const caller = this.#L;
    this.#L = L;
    try {
      // The host's work burns no fuel: a script that does nothing but ask for it would never tick.
      this.checkTime();
      this.#refresh();
      return this.#native[this.number(UPVALUE_INDEX)]!();
    } finally {
      this.#L = caller;
    }
  }

  /** Counts what a script gives to the host, before it is copied. */
  #give(bytes: number): void {
    const { resourceBytes } = this.#limits;
    this.#crossed += bytes;
    if (bytes <= resourceBytes && this.#crossed <= resourceBytes * TEXTS_AT_ONCE) return;
    const most = bytes > resourceBytes ? `${resourceBytes} bytes` : `${resourceBytes * TEXTS_AT_ONCE} bytes in all`;
    throw new LimitReached(
      `a function is given ${bytes > resourceBytes ? bytes : this.#crossed} bytes, more than ${most} ` +
        `(limit ${LIMIT_FLAGS.resourceBytes})`,
    );
  }

  #checkResult(results: readonly HostValue[]): void {
    const size = results.reduce((sum: number, result) => sum + sizeOf(result), 0);
    if (size <= this.#limits.bytes * RESULT_SHARE) return;
    throw new LimitReached(`a function gives back ${size} bytes: ${this.memoryMessage()}`);
  }

  hostValue(index: number): HostValue {
    switch (this.type(index)) {
      case LUA.boolean:
        return this.exports.lua_toboolean!(this.L, index) !== 0;
      case LUA.number:
        return this.number(index);
      case LUA.string:
        this.#give(this.rawLength(index));
        return this.byteString(index);
      case LUA.table: {
        const list: HostValue[] = [];
        const length = this.rawLength(index);
        this.#crossed += length * ELEMENT_BYTES;
        this.#give(0);
        this.exports.lua_checkstack!(this.L, 4);
        for (let i = 1; i <= length; i++) {
          this.exports.lua_rawgeti!(this.L, index, BigInt(i));
          list.push(this.type(-1) === LUA.table ? undefined : this.hostValue(this.top));
          this.pop();
        }
        return { list };
      }
    }
    return undefined;
  }

  pushHostValue(value: HostValue): void {
    if (typeof value === "string") this.pushByteString(value);
    else if (typeof value === "number") this.pushNumber(value);
    else if (typeof value === "boolean") this.exports.lua_pushboolean!(this.L, value ? 1 : 0);
    else if (value === undefined) this.exports.lua_pushnil!(this.L);
    else this.#pushTable(value);
  }

  #pushTable(value: HostList | HostMap): void {
    this.exports.lua_checkstack!(this.L, 4);
    if ("list" in value) {
      this.exports.lua_createtable!(this.L, value.list.length, 0);
      for (const [i, element] of value.list.entries()) {
        this.pushHostValue(element);
        this.exports.lua_rawseti!(this.L, -2, BigInt(i + 1));
      }
      return;
    }
    this.exports.lua_createtable!(this.L, 0, value.map.length);
    for (const [key, element] of value.map) {
      this.pushByteString(key);
      this.pushHostValue(element);
      this.exports.lua_rawset!(this.L, -3);
    }
  }

  /** Pushes a full userdata without contents or metatable. */
  pushUserdata(): void {
    this.exports.lua_newuserdatauv!(this.L, 0, 0);
  }

  /** Pushes what {@link setRegistry} put there. */
  getRegistry(name: string): void {
    const text = this.#cString(name);
    this.exports.lua_getfield!(this.L, REGISTRY_INDEX, text);
    this.exports.free!(text);
  }

  /** Takes the value on top away, to a place that no script sees. */
  setRegistry(name: string): void {
    const text = this.#cString(name);
    this.exports.lua_setfield!(this.L, REGISTRY_INDEX, text);
    this.exports.free!(text);
  }

  /** Says which function raises the errors of host functions; takes it from the top. */
  setFail(): void {
    this.setRegistry(FAIL);
  }

  /** Pushes the field of the table on top. */
  getField(name: string): void {
    const text = this.#cString(name);
    this.exports.lua_getfield!(this.L, -1, text);
    this.exports.free!(text);
  }

  /** Gives the table below the top the value on top as a field. */
  setField(name: string): void {
    const text = this.#cString(name);
    this.exports.lua_setfield!(this.L, -2, text);
    this.exports.free!(text);
  }

  /**
   * Compiles a chunk and leaves it on the stack. Text only: bytecode is refused.
   *
   * @returns The error, undefined where it is Lua.
   */
  load(text: string, chunkName: string): RawLuaError | undefined {
    const length = this.#put(text);
    const source = this.#scratch;
    const name = this.#cString(chunkName), mode = this.#cString("t");
    const status = this.#guard(() => this.exports.luaL_loadbufferx!(this.L, source, length, name, mode));
    this.exports.free!(name);
    this.exports.free!(mode);
    return status === 0 ? undefined : this.#takeError(true);
  }

  /** Calls the function below `arguments_` arguments; leaves `results` results (-1: all). */
  call(arguments_: number, results = MULTIPLE_RESULTS): RawLuaError | undefined {
    const status = this.#guard(() => this.exports.lua_pcallk!(this.L, arguments_, results, 0, 0, 0));
    return status === 0 ? undefined : this.#takeError(false);
  }

  #guard(run: () => number): number {
    try {
      return run();
    } finally {
      this.#refresh();
    }
  }

  #takeError(isSyntax: boolean): RawLuaError {
    const type = this.type(-1);
    const text = type === LUA.string || type === LUA.number
      ? this.byteString(-1, MAX_MESSAGE_BYTES)
      : `error object is a ${["nil", "boolean", "", "", "", "table", "function", "userdata", "thread"][type]} value`;
    this.pop();
    return { text, isSyntax, traceback: "" };
  }

  get top(): number {
    return this.exports.lua_gettop!(this.L);
  }

  pop(count = 1): void {
    this.exports.lua_settop!(this.L, -count - 1);
  }

  type(index: number): number {
    return this.exports.lua_type!(this.L, index);
  }

  /** The bytes of a text, or how far a table goes without holes. */
  rawLength(index: number): number {
    return Number(this.exports.lua_rawlen!(this.L, index));
  }

  number(index: number): number {
    return this.exports.lua_tonumberx!(this.L, index, 0);
  }

  /** All numbers are floats, as gopher-lua has them. */
  pushNumber(value: number): void {
    this.exports.lua_pushnumber!(this.L, value);
  }

  pushString(text: string): void {
    const length = this.#put(text);
    this.exports.lua_pushlstring!(this.L, this.#scratch, length);
  }

  /** Pushes bytes, one character each. */
  pushByteString(text: string): void {
    this.#reserve(text.length + 1);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#scratch + i] = text.charCodeAt(i);
    this.exports.lua_pushlstring!(this.L, this.#scratch, text.length);
  }

  /** Where the string at `index` stands in memory: valid until the next call into Lua. Only for strings. */
  stringBytes(index: number): Uint8Array {
    const at = this.exports.lua_tolstring!(this.L, index, this.#scratch);
    this.#refresh();
    return this.#bytes.subarray(at, at + this.#view.getUint32(this.#scratch, true));
  }

  /** The address of a string, equal for the same string of Lua. */
  stringAddress(index: number): number {
    return this.exports.lua_tolstring!(this.L, index, 0);
  }

  /** @param most Bytes that are wanted of a longer text. */
  byteString(index: number, most = Infinity): string {
    if (this.type(index) === LUA.number) return String(this.number(index));
    return byteStringOf(this.stringBytes(index).subarray(0, most));
  }

  /** Room in linear memory that lives as long as the state; for keys that are pushed again and again. */
  intern(text: string): { readonly at: number; readonly length: number } {
    const bytes = encoder.encode(text);
    const at = this.#allocate(bytes.length || 1);
    this.#bytes.set(bytes, at);
    return { at, length: bytes.length };
  }

  #cString(text: string): number {
    const bytes = encoder.encode(text);
    const at = this.#allocate(bytes.length + 1);
    this.#bytes.set(bytes, at);
    this.#bytes[at + bytes.length] = 0;
    return at;
  }

  #allocate(length: number): number {
    const at = this.exports.malloc!(length);
    if (at === 0) throw new LimitReached(this.memoryMessage());
    this.#refresh();
    return at;
  }

  /** Writes the text as UTF-8 into the scratch buffer; returns its length in bytes. */
  #put(text: string): number {
    this.#reserve(text.length * 3 + 1);
    if (text.length < 48) {
      let i = 0;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 127) break;
        this.#bytes[this.#scratch + i] = unit;
      }
      if (i === text.length) return i;
    }
    return encoder.encodeInto(text, this.#bytes.subarray(this.#scratch, this.#scratch + this.#scratchLength)).written;
  }

  #reserve(length: number): void {
    if (length > this.#scratchLength) {
      if (this.#scratch !== 0) this.exports.free!(this.#scratch);
      this.#scratchLength = length * 2;
      this.#scratch = this.#allocate(this.#scratchLength);
    }
    this.#refresh();
  }

  /** The memory's buffer is another one after it has grown. */
  #refresh(): void {
    if (this.#bytes.buffer === this.memory.buffer) return;
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }
}

/** True where JavaScript's own stack has ended; other errors of ranges are faults. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

/** The processor's time of this thread: what watches, other workers and the collector take meanwhile is not the script's. */
function cpuMilliseconds(): number {
  const { user, system } = usage();
  return (user + system) / 1000;
}

/** Where the system does not tell the time of a thread, that of the process has to do: a script is stopped too early at worst. */
const usage = hasThreadUsage() ? () => process.threadCpuUsage() : () => process.cpuUsage();

function hasThreadUsage(): boolean {
  try {
    process.threadCpuUsage();
    return true;
  } catch {
    return false;
  }
}

/** What a result takes, in bytes. */
function sizeOf(value: HostValue): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object") return 0;
  const elements = "list" in value ? value.list : value.map.map(([, element]) => element);
  return elements.reduce((sum: number, element) => sum + ELEMENT_BYTES + sizeOf(element), 0);
}
