/**
 * Values between Kubernetes and Lua, exactly as Sveltos converts them: objects into tables (`MapToTable`, semantics §3.2)
 * and what a script returns into JSON (`ToGoValue` and Go's encoder, §3.3). Values only; no other thing crosses.
 */
import { field, Float64, isJsonObject, type Json, type JsonObject, numberFrom, setField } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { replaceStrayBytes, textOf } from "../template/bytes.ts";
import { LimitReached, LUA, type LuaState } from "./host.ts";
import { LIMIT_FLAGS, type LuaLimits } from "./limits.ts";

/** Lua's stack is asked for room each time the nesting has grown by this much. */
const STACK_STEP = 8;
/** What a value that is returned takes on this side, in bytes. */
const VALUE_BYTES = 48;
/** A UTF-16 unit comes of no more bytes of UTF-8. */
const MAX_BYTES_OF_UNIT = 3;
/** More distinct keys than this are not kept in the state's memory. */
const MAX_INTERNED_KEYS = 4096;
/** gopher-lua's array part ends here: a larger integer key is a key like any other. */
const MAX_ARRAY_INDEX = 67_108_863;

/** A value that Sveltos could not convert; `path` leads to it: `resources[2].spec`. */
export class ConversionError extends Error {
  override name = "ConversionError";
  constructor(readonly path: string, readonly problem: string) {
    super(path === "" ? problem : `${path}: ${problem}`);
  }
}

/**
 * Pushes a value as Sveltos would; top-level lists keep objects only in the way that lists within objects do.
 *
 * @throws {LimitReached} where a resource is larger than the limit.
 */
export function pushJson(state: LuaState, value: Json, limits: LuaLimits): void {
  new Pusher(state, limits).push(value);
}

function tooLarge(which: string, limits: LuaLimits): LimitReached {
  return new LimitReached(`${which} has more than ${limits.resourceBytes} bytes (limit ${LIMIT_FLAGS.resourceBytes})`);
}

class Pusher {
  #keys = new Map<string, { readonly at: number; readonly length: number }>();
  #depth = 0;
  /** Of the texts of the resource that is being pushed. */
  #bytes = 0;

  constructor(readonly state: LuaState, readonly limits: LuaLimits) {}

  push(value: Json): void {
    if (!this.#value(value, false)) this.state.exports.lua_pushnil!(this.state.L);
  }

  /** False where nothing was pushed, since Sveltos drops such a value. */
  #value(value: Json, inList: boolean): boolean {
    const { state } = this;
    switch (typeof value) {
      case "string":
        this.#bytes += value.length;
        state.pushString(value);
        return true;
      case "boolean":
        state.exports.lua_pushboolean!(state.L, value ? 1 : 0);
        return true;
      case "number":
        // Sveltos: integers vanish from lists, floats stay.
        if (inList && Number.isInteger(value)) return false;
        state.pushNumber(value);
        return true;
      case "bigint":
        if (inList) return false;
        state.pushNumber(Number(value));
        return true;
    }
    if (value === null) return false;
    if (value instanceof Float64) {
      state.pushNumber(value.value);
      return true;
    }
    if (Array.isArray(value)) {
      if (inList) return false;
      this.#list(value);
    } else this.#object(value);
    return true;
  }

  #list(list: readonly Json[]): void {
    const { exports, L } = this.state;
    this.#enter();
    exports.lua_createtable!(L, list.length, 0);
    let index = 0;
    const areResources = this.#depth === 1;
    for (const element of list) {
      if (areResources) this.#bytes = 0;
      // Sveltos: what is dropped leaves no hole; later elements move up.
      if (this.#value(element, true)) exports.lua_rawseti!(L, -2, BigInt(++index));
      if (areResources && this.#bytes > this.limits.resourceBytes) throw tooLarge(nameOf(element), this.limits);
    }
    this.#depth--;
  }

  #object(object: JsonObject): void {
    const { exports, L } = this.state;
    this.#enter();
    const keys = Object.keys(object);
    exports.lua_createtable!(L, 0, keys.length);
    for (const key of keys) {
      this.#key(key);
      if (this.#value(object[key]!, false)) exports.lua_rawset!(L, -3);
      else this.state.pop();
    }
    this.#depth--;
  }

  #enter(): void {
    if (++this.#depth % STACK_STEP === 0) this.state.exports.lua_checkstack!(this.state.L, STACK_STEP * 5);
  }

  #key(key: string): void {
    let place = this.#keys.get(key);
    if (place === undefined) {
      if (this.#keys.size >= MAX_INTERNED_KEYS) return this.state.pushString(key);
      this.#keys.set(key, place = this.state.intern(key));
    }
    this.state.exports.lua_pushlstring!(this.state.L, place.at, place.length);
  }
}

/**
 * Reads the value on top of the stack as Sveltos would, and leaves it there.
 *
 * @throws {ConversionError} for functions, NaN, infinities, and nesting beyond the limit (a cycle).
 */
export function readJson(state: LuaState, limits: LuaLimits): Json {
  return new ValueReader(state, limits).read();
}

/** `Secret ns/name`, for messages. */
function nameOf(resource: Json): string {
  const metadata = field(resource, "metadata");
  const [kind, namespace, name] = [field(resource, "kind"), field(metadata, "namespace"), field(metadata, "name")];
  const place = typeof namespace === "string" ? `${namespace}/${name}` : String(name);
  return typeof kind === "string" ? `${kind} ${place}` : "a resource";
}

class ValueReader {
  /** Of the texts of the resource that is being read. */
  #bytes = 0;
  #strings = new Map<number, string>();
  #values = 0;
  /** Of all texts: one that is returned many times takes its room many times once it is written somewhere. */
  #allBytes = 0;
  #path: (string | number)[] = [];

  constructor(readonly state: LuaState, readonly limits: LuaLimits) {}

  read(): Json {
    const { state } = this;
    this.#values++;
    this.#checkRoom(0);
    switch (state.type(-1)) {
      case LUA.nil:
        return null;
      case LUA.boolean:
        return state.exports.lua_toboolean!(state.L, -1) !== 0;
      case LUA.number:
        return this.#number(state.number(-1));
      case LUA.string:
        return this.#string();
      case LUA.table:
        return this.#table();
    }
    const type = ["", "", "", "", "", "", "function", "userdata", "thread"][state.type(-1)];
    return this.#fail(`a ${type} can't be returned: wanted a text, number, boolean or table`);
  }

  /** A table that is returned many times is as many values here. */
  #checkRoom(more: number): void {
    const values = this.#values + more;
    if (values * VALUE_BYTES <= this.limits.bytes) return;
    throw new LimitReached(`${values} values are returned: ${this.state.memoryMessage()}`);
  }

  #number(value: number): Json {
    if (!Number.isFinite(value)) this.#fail(`${formatFloat(value)} can't be returned: JSON has no such number`);
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    return Math.abs(value) < 1e21 ? numberFrom(String(value), value) : new Float64(value);
  }

  #string(): string {
    const address = this.state.stringAddress(-1);
    let text = this.#strings.get(address);
    if (text === undefined) this.#strings.set(address, text = this.#decoded(-1));
    this.#bytes += text.length;
    this.#count(text);
    return text;
  }

  #count(text: string): void {
    this.#allBytes += text.length;
    if (this.#allBytes <= this.limits.bytes) return;
    throw new LimitReached(`texts of ${this.#allBytes} bytes are returned: ${this.state.memoryMessage()}`);
  }

  #decoded(index: number): string {
    const bytes = this.state.stringBytes(index);
    // No resource may hold it, and more than that is not decoded.
    if (bytes.length > this.limits.resourceBytes * MAX_BYTES_OF_UNIT) throw tooLarge(this.#place(), this.limits);
    return decodeUtf8(bytes);
  }

  #table(): Json {
    if (this.#path.length >= this.limits.resultDepth) {
      this.#fail(`tables are nested deeper than ${this.limits.resultDepth}; does one contain itself?`);
    }
    const { state } = this;
    if (this.#path.length % STACK_STEP === 0) state.exports.lua_checkstack!(state.L, STACK_STEP * 5);
    const length = this.#largestIndex();
    return length > 0 ? this.#array(length) : this.#object();
  }

  /** gopher-lua: every positive integer key lies in the array part, which ends at the last that is set. */
  #largestIndex(): number {
    const { exports, L } = this.state;
    let largest = 0;
    exports.lua_pushnil!(L);
    while (exports.lua_next!(L, -2) !== 0) {
      this.state.pop();
      if (this.state.type(-1) !== LUA.number) continue;
      const key = this.state.number(-1);
      if (Number.isInteger(key) && key > largest && key <= MAX_ARRAY_INDEX) largest = key;
    }
    return largest;
  }

  /** Sveltos: with an array part, all other keys are lost. */
  #array(length: number): Json[] {
    this.#checkRoom(length);
    const { exports, L } = this.state;
    const array: Json[] = [];
    const areResources = this.#path.length === 1;
    if (areResources && length > this.limits.resourcesOut) {
      const { resourcesOut } = this.limits;
      throw new LimitReached(
        `${length} resources are returned, more than ${resourcesOut} (limit ${LIMIT_FLAGS.resourcesOut})`,
      );
    }
    for (let index = 1; index <= length; index++) {
      if (areResources) this.#bytes = 0;
      exports.lua_rawgeti!(L, -1, BigInt(index));
      this.#path.push(index);
      array.push(this.read());
      this.#path.pop();
      this.state.pop();
      if (areResources && this.#bytes > this.limits.resourceBytes) {
        throw tooLarge(`returned resource ${index}`, this.limits);
      }
    }
    return array;
  }

  #object(): JsonObject {
    const { exports, L } = this.state;
    const object: JsonObject = {};
    exports.lua_pushnil!(L);
    while (exports.lua_next!(L, -2) !== 0) {
      const key = this.#keyBelow();
      this.#path.push(key);
      setField(object, key, this.read());
      this.#path.pop();
      this.state.pop();
    }
    return object;
  }

  /** The key under the value on top. Reading a number as string in place would confuse `lua_next`, so it is not. */
  #keyBelow(): string {
    const { state } = this;
    switch (state.type(-2)) {
      case LUA.string: {
        const address = state.stringAddress(-2);
        let text = this.#strings.get(address);
        if (text === undefined) this.#strings.set(address, text = this.#decoded(-2));
        this.#count(text);
        return text;
      }
      case LUA.number:
        return formatFloat(state.number(-2));
      case LUA.boolean:
        return state.exports.lua_toboolean!(state.L, -2) !== 0 ? "true" : "false";
    }
    return this.#fail("a table or function can't be a key");
  }

  #fail(problem: string): never {
    throw new ConversionError(this.#place(), problem);
  }

  #place(): string {
    return this.#path.map((part) => typeof part === "number" ? `[${part}]` : `.${part}`).join("").replace(/^\./, "");
  }
}

/** UTF-8 as Go's JSON encoder takes it: every byte that is no part of a character becomes a U+FFFD of its own. */
export function decodeUtf8(bytes: Uint8Array): string {
  return replaceStrayBytes(textOf(bytes));
}

/** True for what a script may return at the top: Sveltos wants a table. */
export function isTable(value: Json): value is JsonObject | Json[] {
  return Array.isArray(value) || isJsonObject(value);
}
