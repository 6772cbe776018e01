/** The Lua sandbox: a script and a value in, a value out, in a fresh VM that is bounded in time and memory. */
import { Buffer } from "node:buffer";
import type { Json } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { ConversionError, decodeUtf8, isTable, pushJson, readJson } from "./convert.ts";
import { LuaError } from "./errors.ts";
import { type HostFunction, LimitReached, LUA, LuaState, type RawLuaError } from "./host.ts";
import { DEFAULT_LUA_LIMITS, type LuaLimits } from "./limits.ts";
import { PRELUDE } from "./prelude.ts";

export { LuaError } from "./errors.ts";
export { DEFAULT_LUA_LIMITS, type LuaLimits } from "./limits.ts";

export interface LuaScript {
  readonly text: string;
  /** For errors: `EventSource push-model aggregatedSelection`. */
  readonly name: string;
}

/** The value is the argument of `evaluate` and, once the chunk has run, this global: one and the same table. */
export interface LuaInput {
  readonly global: "obj" | "resources";
  readonly value: Json;
}

export interface LuaResult {
  /** The first value that `evaluate` returned: an object or a list. */
  readonly value: Json;
  /** What the script printed, as far as the limit allows. */
  readonly printed: string;
  /** Bytes of prints that were dropped. */
  readonly printedDropped: number;
}

/** The seam to the Lua VM. */
export interface LuaSandbox {
  /** @throws {LuaError} for whatever goes wrong with the script; nothing of its state is used again. */
  evaluate(script: LuaScript, input: LuaInput): LuaResult;
}

/** The name of the user's chunk inside the VM, as in Sveltos: a script that catches its own errors sees it. */
const CHUNK = "<string>";
const LIBRARIES = ["base", "table", "string", "math", "coroutine"];

export interface SandboxWorld {
  /** Seconds since 1970, for `os.time`; absent: 0, so that a script's answer can't depend on it. */
  readonly seconds?: () => number;
}

export function createLuaSandbox(limits: Partial<LuaLimits> = {}, world: SandboxWorld = {}): LuaSandbox {
  const all: LuaLimits = { ...DEFAULT_LUA_LIMITS, ...limits };
  return { evaluate: (script, input) => new Evaluation(script, all, world).run(input) };
}

/** One evaluation: its state dies with it, whatever happens. */
class Evaluation {
  #printed = "";
  #dropped = 0;

  constructor(readonly script: LuaScript, readonly limits: LuaLimits, readonly world: SandboxWorld) {}

  run(input: LuaInput): LuaResult {
    this.#checkText();
    // An engine that runs out of its own stack is a limit like any other.
    try {
      return this.#run(new LuaState(this.limits), input);
    } catch (error) {
      if (error instanceof LimitReached) throw this.#fail("limit", error.message);
      if (error instanceof RangeError) throw this.#fail("limit", "recursion is too deep");
      if (error instanceof ConversionError) throw this.#fail("result", error.message);
      throw error;
    }
  }

  #checkText(): void {
    const { text } = this.script;
    if (text.startsWith("\x1b")) throw this.#fail("syntax", "binary chunks are not allowed: give Lua source text");
    const length = new TextEncoder().encode(text).length;
    if (length > this.limits.scriptBytes) {
      throw this.#fail(
        "limit",
        `the script has ${length} bytes, more than ${this.limits.scriptBytes} (limit scriptBytes)`,
      );
    }
  }

  #run(state: LuaState, { global, value }: LuaInput): LuaResult {
    this.#prepare(state);
    this.#check(state, state.load(this.script.text, `=${CHUNK}`));
    this.#check(state, state.call(0, 0));
    state.getGlobal("evaluate");
    if (state.type(-1) === LUA.nil) {
      throw this.#fail("runtime", "there is no function evaluate(); it must be global (not local)");
    }
    pushJson(state, value);
    // Sveltos: the chunk has run before the global is set, so code at its top level sees nil.
    state.exports.lua_pushvalue!(state.L, -1);
    state.setGlobal(global);
    this.#check(state, state.call(1, 1));
    if (state.type(-1) !== LUA.table) {
      const found = ["nil", "a boolean", "", "a number", "a text", "", "a function", "", "a thread"][state.type(-1)];
      throw this.#fail("result", `evaluate() must return a table, found ${found}`);
    }
    const result = readJson(state, this.limits);
    if (!isTable(result)) throw this.#fail("result", "evaluate() must return a table");
    return { value: result, printed: this.#printed, printedDropped: this.#dropped };
  }

  #prepare(state: LuaState): void {
    for (const library of LIBRARIES) state.openLibrary(library);
    for (const [name, call] of Object.entries(this.#hostFunctions())) state.setHostFunction(name, call);
    for (const { name, text } of PRELUDE) {
      const error = state.load(text, `=${name}`) ?? state.call(0, 0);
      if (error) throw new Error(`the prelude ${name} fails: ${error.text}`);
    }
  }

  /** What the prelude takes for itself and removes from the globals before the user's script runs. */
  #hostFunctions(): Record<string, HostFunction> {
    return {
      __host_print: (line) => this.#print(decodeUtf8(bytesOf(String(line)))),
      __host_number: (value) => formatFloat(value as number),
      __host_seconds: () => this.world.seconds?.() ?? 0,
      __host_base64_encode: (bytes) => Buffer.from(String(bytes), "latin1").toString("base64"),
      __host_base64_decode: (text) => decodeBase64(String(text)),
    };
  }

  #print(line: string): void {
    const room = this.limits.printBytes - this.#printed.length;
    const text = `${line}\n`;
    this.#printed += text.slice(0, Math.max(0, room));
    this.#dropped += Math.max(0, text.length - Math.max(0, room));
  }

  #check(state: LuaState, error: RawLuaError | undefined): void {
    if (!error) return;
    const memory = state.memoryLimitMessage();
    if (memory !== undefined && error.text.includes("not enough memory")) throw this.#fail("limit", memory);
    const text = decodeUtf8(bytesOf(error.text));
    const place = new RegExp(`^${CHUNK}:(\\d+): `).exec(text);
    const line = place ? Number(place[1]) : undefined;
    // A message may quote the chunk's inner name again, for a caller further up.
    const reason = (place ? text.slice(place[0].length) : text).replaceAll(`${CHUNK}:`, "line ");
    throw this.#fail(error.isSyntax ? "syntax" : "runtime", reason, line);
  }

  #fail(kind: LuaError["kind"], reason: string, line?: number): LuaError {
    return new LuaError(kind, this.script.name, reason, line);
  }
}

/** Standard, padded base64 only; Go ignores line breaks in it. Undefined where it is none. */
function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, "base64").toString("latin1");
}

function bytesOf(byteString: string): Uint8Array {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0));
}
