/** The Lua sandbox: a script and a value in, a value out, in a fresh VM that is bounded in time and memory. */
import { Buffer } from "node:buffer";
import type { Json } from "../json/json.ts";
import { dateParts, secondsOf } from "../time/gregorian.ts";
import { bytesOfString, utf8Bytes } from "../template/byte_string.ts";
import { ConversionError, decodeUtf8, isTable, pushJson, readJson } from "./convert.ts";
import { type Chunk, DialectError, explainError, operatorAt, rewrite } from "./dialect/mod.ts";
import { LuaError, type ScriptCost } from "./errors.ts";
import { type FormatArgument, luaFormat, type OtherValue } from "./go/format.ts";
import { formatNumber, parseNumber, power, toNumber } from "./go/numbers.ts";
import { findMatches } from "./go/pattern.ts";
import { PatternError } from "./go/pattern_program.ts";
import { isPlainPattern } from "./go/plain_pattern.ts";
import { formatDate } from "./go/strftime.ts";
import {
  HostFault,
  isStackOverflow,
  LimitReached,
  LUA,
  LuaState,
  MAX_MESSAGE_BYTES,
  type NativeFunction,
  type Snapshot,
  TimeIsUp,
} from "./host.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "./host_value.ts";
import { DEFAULT_LUA_LIMITS, LIMIT_FLAGS, type LuaLimits } from "./limits.ts";
import { MODULE_CHUNKS, moduleFunctions } from "./modules/mod.ts";
import { lowerText, upperText } from "./modules/strings.ts";
import { RUNTIME_CHUNK, RUNTIME_TEXT } from "./prelude.ts";
import type { LuaRoom } from "./room.ts";
import { Rooms } from "./rooms.ts";

export { LuaError, type ScriptCost } from "./errors.ts";
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
  readonly cost: ScriptCost;
  /** Whether it asked for the time or for chance: the same input may give another answer. */
  readonly isOfTheMoment: boolean;
}

/** The seam to the Lua VM. */
export interface LuaSandbox {
  /** @throws {LuaError} for whatever goes wrong with the script; nothing of its state is used again. */
  evaluate(script: LuaScript, input: LuaInput): LuaResult;
  /**
   * Runs a chunk, without `evaluate`, and gives all values that it returns.
   *
   * @throws {LuaError}
   */
  run(script: LuaScript): ChunkResult;
}

export interface ChunkResult {
  readonly values: readonly LuaAnswerValue[];
  readonly printed: string;
}

/** A value as Lua's `type` and `tostring` show it and as it converts to JSON. */
export interface LuaAnswerValue {
  readonly type: string;
  /** A byte string: one character (0–255) for each byte. */
  readonly tostring: string;
  /** Undefined where it does not convert, for the reason in `jsonError`. */
  readonly json: Json | undefined;
  readonly jsonError: string | undefined;
}

/** The name of the user's chunk inside the VM, as in Sveltos: a script that catches its own errors sees it. */
const CHUNK = "<string>";
const LIBRARIES = ["base", "table", "string", "math", "coroutine", "debug"];
/** A UTF-16 unit comes of no more bytes of UTF-8. */
const MAX_BYTES_OF_UNIT = 3;
/** Our own runtime is loaded whatever a script may take. */
const PREPARATION: LuaLimits = { ...DEFAULT_LUA_LIMITS, milliseconds: Infinity };
/** Where the runtime is kept. */
const RUNTIME = "moonferry runtime";

export interface SandboxWorld {
  /** Seconds since 1970, for `os.time`; absent: 0, so that a script's answer can't depend on it. */
  readonly seconds?: () => number;
  /** For the functions of module `sprig` that want chance; absent: these are refused by name. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /** Has the engine's collector come soon, for memory that weighs nothing in its books; absent: it comes when it sees fit. */
  readonly hurryCollector?: () => void;
}

export interface SandboxOptions {
  /** Sveltos's helper functions and modules; without them it is gopher-lua alone. */
  readonly helpers?: boolean;
}

export function createLuaSandbox(
  limits: Partial<LuaLimits> = {},
  world: SandboxWorld = {},
  options: SandboxOptions = {},
): LuaSandbox {
  const all: LuaLimits = { ...DEFAULT_LUA_LIMITS, ...limits };
  // The libraries and the runtime are loaded once; each evaluation begins with a copy of that state.
  let snapshot: Snapshot | undefined;
  const rooms = new Rooms(() => world.hurryCollector?.());
  const run = <T>(script: LuaScript, work: (evaluation: Evaluation) => T): T => {
    snapshot ??= new Evaluation({ text: "", name: "" }, PREPARATION, world, options).prepare();
    const room = rooms.take();
    try {
      return work(new Evaluation(script, all, world, options, { snapshot, room }));
    } finally {
      rooms.giveBack(room);
    }
  };
  return {
    evaluate: (script, input) => run(script, (evaluation) => evaluation.evaluate(input)),
    run: (script) => run(script, (evaluation) => evaluation.run()),
  };
}

/** One evaluation: its state dies with it, whatever happens. */
class Evaluation {
  #printed = "";
  #dropped = 0;
  #isOfTheMoment = false;
  #tree: Chunk | undefined;

  constructor(
    readonly script: LuaScript,
    readonly limits: LuaLimits,
    readonly world: SandboxWorld,
    readonly options: SandboxOptions,
    readonly start?: { readonly snapshot: Snapshot; readonly room: LuaRoom },
  ) {}

  evaluate(input: LuaInput): LuaResult {
    const [value, cost] = this.#bounded((state) => [this.#evaluate(state, input), state.cost] as const);
    const isOfTheMoment = this.#isOfTheMoment;
    return { value, printed: this.#printed, printedDropped: this.#dropped, cost, isOfTheMoment };
  }

  run(): ChunkResult {
    const values = this.#bounded((state) => {
      this.#pushMain(state);
      const first = state.top;
      this.#call(state, 0);
      return Array.from({ length: state.top - first + 1 }, (_, i) => this.#answerValue(state, first + i));
    });
    return { values, printed: this.#printed };
  }

  #bounded<T>(work: (state: LuaState) => T): T {
    this.#checkText();
    let state: LuaState | undefined;
    try {
      return this.#translated(() => {
        state = new LuaState(this.limits, this.start?.snapshot, this.start?.room);
        state.adopt(Object.values(this.#functions(state)));
        return work(state);
      });
    } catch (error) {
      if (error instanceof LuaError && state) error.cost = state.cost;
      throw error;
    }
  }

  #translated<T>(work: () => T): T {
    // An engine that runs out of its own stack is a limit like any other.
    try {
      return work();
    } catch (error) {
      if (error instanceof LimitReached) {
        const isOutOfTime = error instanceof TimeIsUp;
        throw new LuaError("limit", this.script.name, error.message, undefined, undefined, { isOutOfTime });
      }
      if (isStackOverflow(error)) throw this.#fail("limit", "recursion is too deep");
      if (error instanceof ConversionError) throw this.#fail("result", error.message);
      if (error instanceof HostFault) {
        throw new LuaError("runtime", this.script.name, error.message, undefined, undefined, { cause: error.cause });
      }
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
        `the script has ${length} bytes, more than ${this.limits.scriptBytes} (limit ${LIMIT_FLAGS.scriptBytes})`,
      );
    }
  }

  #evaluate(state: LuaState, { global, value }: LuaInput): Json {
    this.#pushMain(state);
    this.#call(state, 0);
    state.exports.lua_settop!(state.L, 0);
    this.#pushRuntime(state, "global");
    state.pushString("evaluate");
    this.#call(state, 1);
    state.exports.lua_settop!(state.L, 1);
    if (state.type(-1) === LUA.nil) {
      throw this.#fail("runtime", "there is no function evaluate(); it must be global (not local)");
    }
    if (Array.isArray(value) && value.length > this.limits.resourcesIn) {
      const { resourcesIn } = this.limits;
      throw this.#fail(
        "limit",
        `${value.length} resources are selected, more than ${resourcesIn} (limit ${LIMIT_FLAGS.resourcesIn})`,
      );
    }
    pushJson(state, value, this.limits);
    // Sveltos: the chunk has run before the global is set, so code at its top level sees nil.
    const first = state.top - 1;
    this.#pushRuntime(state, "set_global");
    state.pushString(global);
    state.exports.lua_pushvalue!(state.L, first + 1);
    this.#call(state, 2);
    state.exports.lua_settop!(state.L, first + 1);
    this.#call(state, 1);
    if (state.top < first || state.type(first) !== LUA.table) {
      const found = ["nil", "a boolean", "", "a number", "a text", "", "a function", "userdata", "a thread"];
      throw this.#fail("result", `evaluate() must return a table, found ${found[Math.max(0, state.type(first))]}`);
    }
    state.exports.lua_settop!(state.L, first);
    const result = readJson(state, this.limits);
    if (!isTable(result)) throw this.#fail("result", "evaluate() must return a table");
    return result;
  }

  /** A state with the libraries, made into gopher-lua's. */
  prepare(): Snapshot {
    const state = new LuaState(this.limits);
    for (const library of LIBRARIES) state.openLibrary(library);
    const error = state.load(RUNTIME_TEXT, RUNTIME_CHUNK);
    if (error) throw new Error(`the runtime does not compile: ${error.text}`);
    const functions = this.#functions(state);
    const names = Object.keys(functions);
    state.exports.lua_createtable!(state.L, 0, names.length);
    for (const name of names) {
      state.pushFunction(functions[name]!);
      state.setField(name);
    }
    const problem = state.call(1, 1);
    if (problem) throw new Error(`the runtime fails: ${problem.text}`);
    state.getField("fail");
    state.setFail();
    state.setRegistry(RUNTIME);
    return state.snapshot();
  }

  /** The host's functions for the runtime, always in the same order. */
  #functions(state: LuaState): Record<string, NativeFunction> {
    const functions: Record<string, NativeFunction> = {};
    for (const [name, call] of Object.entries(this.#hostFunctions(state))) functions[name] = { call };
    functions.print = {
      native: () => {
        this.#print(state.stringBytes(1));
        return 0;
      },
    };
    functions.userdata = {
      native: () => {
        state.exports.lua_settop!(state.L, 0);
        state.pushUserdata();
        return 1;
      },
    };
    return functions;
  }

  /** Compiles the script and pushes its main function. */
  #pushMain(state: LuaState): void {
    let text: string;
    try {
      const rewritten = rewrite(utf8Bytes(this.script.text), CHUNK);
      this.#tree = rewritten.tree;
      text = rewritten.text;
    } catch (error) {
      if (error instanceof DialectError) throw this.#fail("syntax", error.reason, error.line);
      throw error;
    }
    state.getRegistry(RUNTIME);
    state.getField("load_emitted");
    state.pushByteString(text);
    state.pushByteString(CHUNK);
    const error = state.call(2, 2);
    if (error) throw this.#memoryOr(state, error.text);
    if (state.type(-2) === LUA.nil) {
      // What our own parser accepts, the VM's compiler may still find too large: too many locals in one function.
      const [, line, reason] = /^[^]*?:(\d+): ([^]*)$/.exec(state.byteString(-1, MAX_MESSAGE_BYTES)) ??
        [undefined, undefined, state.byteString(-1, MAX_MESSAGE_BYTES)];
      throw this.#fail("syntax", reason!, line === undefined ? undefined : Number(line));
    }
    state.pop();
    state.exports.lua_rotate!(state.L, -2, 1);
    state.pop();
  }

  /** Pushes a function of the runtime. */
  #pushRuntime(state: LuaState, name: string): void {
    state.getRegistry(RUNTIME);
    state.getField(name);
    state.exports.lua_rotate!(state.L, -2, 1);
    state.pop();
  }

  /** Calls the function below `arguments_` arguments; its results take its place. */
  #call(state: LuaState, arguments_: number): void {
    const base = state.top - arguments_;
    this.#pushRuntime(state, "run");
    state.exports.lua_rotate!(state.L, base, 1);
    const error = state.call(arguments_ + 1);
    if (error) throw this.#memoryOr(state, error.text);
    if (state.exports.lua_toboolean!(state.L, base) === 0) throw this.#failure(state, base + 1);
    // The first result says that it went well.
    state.exports.lua_rotate!(state.L, base, -1);
    state.pop();
  }

  #answerValue(state: LuaState, index: number): LuaAnswerValue {
    state.exports.lua_checkstack!(state.L, 20);
    const type = [
      "nil",
      "boolean",
      "userdata",
      "number",
      "string",
      "table",
      "function",
      "userdata",
      "thread",
    ][state.type(index)]!;
    state.getRegistry(RUNTIME);
    state.getField("tostring");
    state.exports.lua_pushvalue!(state.L, index);
    const top = state.top - 3;
    this.#call(state, 1);
    const tostring = state.top > top + 1 && state.type(top + 2) === LUA.string
      ? state.byteString(top + 2)
      : state.type(top + 2) === LUA.number
      ? formatNumber(state.number(top + 2))
      : "";
    state.exports.lua_settop!(state.L, top);
    state.exports.lua_pushvalue!(state.L, index);
    try {
      return { type, tostring, json: readJson(state, this.limits), jsonError: undefined };
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      return { type, tostring, json: undefined, jsonError: error.message };
    } finally {
      state.exports.lua_settop!(state.L, top);
    }
  }

  #seconds(): number {
    this.#isOfTheMoment = true;
    return this.world.seconds?.() ?? 0;
  }

  #randomBytes(count: number): Uint8Array {
    this.#isOfTheMoment = true;
    return this.world.randomBytes!(count);
  }

  /** What the runtime's parts call, by the names that they know. */
  #hostFunctions(state: LuaState): Record<string, HostFunction> {
    const tick = () => state.checkTime();
    const modules = this.options.helpers === false ? {} : moduleFunctions({
      seconds: () => this.#seconds(),
      ...(this.world.randomBytes ? { randomBytes: (count: number) => this.#randomBytes(count) } : {}),
      tick,
    });
    return {
      formatNumber: (value) => formatNumber(value as number),
      parseNumber: (text) => parseNumber(text as string),
      toNumber: (text, base) => toNumber(text as string, base as number | undefined),
      power: (x, y) => power(x as number, y as number),
      hyperbolic: (name, x) => ({ sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh })[name as "sinh"](x as number),
      format: (format, ...args) => luaFormat(format as string, args.map(formatArgument), tick),
      upper: (text) => upperText(text as string),
      lower: (text) => lowerText(text as string),
      isPlainPattern: (pattern) => isPlainPattern(pattern as string),
      findMatches: (pattern, subject, offset, limit) =>
        flatMatches(pattern as string, subject as string, offset as number, limit as number, tick),
      seconds: () => this.#seconds(),
      date: (seconds, format) => formatDate(seconds as number, format as string),
      dateParts: (seconds) => {
        const { year, month, day, hour, minute, second, weekday } = dateParts(BigInt(seconds as number));
        return [year, month, day, hour, minute, second, weekday + 1];
      },
      timeOf: (...parts) => {
        const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
        return Number(secondsOf({ year, month, day, hour, minute, second }));
      },
      rewrite: (text, name) => this.#rewriteForScript(text as string, name as string),
      operatorAt: (place) => this.#tree ? operatorAt(this.#tree, Number(/:(\d+):$/.exec(String(place))?.[1])) : "add",
      base64Encode: (bytes) => Buffer.from(bytes as string, "latin1").toString("base64"),
      base64Decode: (text) => decodeBase64(text as string),
      hasHelpers: () => this.options.helpers !== false,
      moduleNames: () => ({ list: Object.keys(modules) }),
      moduleText: (name) => MODULE_CHUNKS[name as string],
      moduleFunctionNames: (name) => ({ list: Object.keys(modules[name as string]!) }),
      callModule: (name, function_, ...args) => modules[name as string]![function_ as string]!(...args),
    };
  }

  /** Code that a script makes at run time. */
  #rewriteForScript(text: string, name: string): HostValue | readonly HostValue[] {
    if (text.length > this.limits.scriptBytes) {
      throw new HostError(`the chunk has ${text.length} bytes, more than ${this.limits.scriptBytes}`);
    }
    try {
      return rewrite(text, name).text;
    } catch (error) {
      if (error instanceof DialectError) return [undefined, error.original];
      throw error;
    }
  }

  /** Keeps as much of a line as there is room for; only so much of it is decoded. */
  #print(line: Uint8Array): void {
    const room = Math.max(0, this.limits.printBytes - this.#printed.length);
    const shown = line.subarray(0, room * MAX_BYTES_OF_UNIT);
    const text = `${decodeUtf8(shown)}\n`;
    this.#printed += text.slice(0, room);
    this.#dropped += Math.max(0, text.length - room) + line.length - shown.length;
  }

  #memoryOr(state: LuaState, text: string): LuaError {
    const memory = state.memoryLimitMessage();
    if (memory !== undefined && text.includes("not enough memory")) return this.#fail("limit", memory);
    return this.#fail("runtime", decodeUtf8(bytesOfString(text)));
  }

  /** The error that stands at `index`: a message and a traceback, or what else the VM reports. */
  #failure(state: LuaState, index: number): LuaError {
    if (state.type(index) !== LUA.table) {
      return this.#memoryOr(state, state.type(index) === LUA.string ? state.byteString(index, MAX_MESSAGE_BYTES) : "");
    }
    state.exports.lua_pushvalue!(state.L, index);
    state.getField("traceback");
    const traceback = this.#readable(state.byteString(-1, MAX_MESSAGE_BYTES));
    state.pop();
    state.getField("message");
    const type = state.type(-1);
    if (type !== LUA.string && type !== LUA.number) {
      const kind = ["nil", "boolean", "", "", "", "table", "function", "userdata", "thread"][type];
      return this.#fail("runtime", `error object is a ${kind} value`, undefined, traceback);
    }
    const text = type === LUA.number
      ? formatNumber(state.number(-1))
      : decodeUtf8(state.stringBytes(-1).subarray(0, MAX_MESSAGE_BYTES));
    if (text.includes("not enough memory")) {
      const memory = state.memoryLimitMessage();
      if (memory !== undefined) return this.#fail("limit", memory);
    }
    const place = new RegExp(`^${CHUNK}:(\\d+): `).exec(text);
    const line = place ? Number(place[1]) : undefined;
    const said = place ? text.slice(place[0].length) : text.replace(/^ /, "");
    // A message may quote the chunk's inner name again, for a caller further up.
    const reason = this.#readable(line !== undefined && this.#tree ? explainError(this.#tree, line, said) : said);
    return this.#fail("runtime", reason, line, traceback);
  }

  #readable(text: string): string {
    return text.replaceAll(`${CHUNK}:`, "line ");
  }

  #fail(kind: LuaError["kind"], reason: string, line?: number, traceback?: string): LuaError {
    return new LuaError(kind, this.script.name, reason, line, traceback);
  }
}

function formatArgument(value: HostValue): FormatArgument {
  if (typeof value !== "object") return value;
  const [type, text] = (value as HostList).list;
  return { type: type as OtherValue["type"], text: String(text) };
}

/** Matches as numbers in a row: how many captures, then start and end of each (end -1: a position). */
function flatMatches(pattern: string, subject: string, offset: number, limit: number, tick: () => void): HostList {
  try {
    const matches = findMatches(pattern, subject, offset, limit, tick);
    return { list: matches.flatMap((match) => [match.length, ...match.flatMap(({ start, end }) => [start, end])]) };
  } catch (error) {
    if (error instanceof PatternError) throw new HostError(error.message);
    throw error;
  }
}

/** Standard, padded base64 only; Go ignores line breaks in it. Undefined where it is none. */
function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, "base64").toString("latin1");
}
