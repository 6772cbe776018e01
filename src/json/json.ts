/**
 * JSON values as Kubernetes has them, where Go tells int64 from float64 and JavaScript does not.
 *
 * Plain JavaScript numbers carry both: an integral `number` is an int64, any other a float64. The two that don't fit get
 * a form of their own: {@link Float64} for an integral number that was written as a float (`3.0`, `1e+21`), `bigint` for
 * an integer beyond 2^53. Nothing else may appear in a {@link Json}.
 */

export type Json = null | boolean | string | number | bigint | Float64 | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An integral number that was written with a fraction or an exponent: Go decodes it as float64, not int64. */
export class Float64 {
  constructor(readonly value: number) {}
  /** Go's encoding/json prints float64(3) as `3`. */
  toJSON(): number {
    return this.value;
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Float64);
}

/** The own property `key` of `object`, never one of its prototype; undefined if `object` is no object. */
export function field(object: Json | undefined, key: string): Json | undefined {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Follows `path` through own properties of objects; undefined as soon as one is missing. */
export function fieldAt(object: Json | undefined, ...path: string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const key of path) value = field(value, key);
  return value;
}

/** Sets an own property even where the key is `__proto__`, which an assignment would swallow. */
export function setField(object: JsonObject, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/** The float64 that Go would have after widening any JSON number. */
export function toFloat(value: number | bigint | Float64): number {
  return value instanceof Float64 ? value.value : Number(value);
}

// Only a text that matches can hold a number that JSON.parse alone would misread; strings may match too, which costs
// time and nothing else.
const NEEDS_SOURCE = /\d[.eE]|\d{16}/;
const INTEGER = /^-?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * The levels of arrays and objects that are read: whatever walks through values does so by calling itself. More than of YAML
 * (1,000), since a list or a watch puts some around an object.
 */
export const MAX_JSON_DEPTH = 1_200;

/** JSON that is nested deeper than {@link MAX_JSON_DEPTH}. */
export class JsonDepthError extends SyntaxError {
  override name = "JsonDepthError";
  constructor() {
    super(`nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
}

/**
 * Parses JSON as Kubernetes' decoder does: integers that fit int64 are integers (`bigint` beyond 2^53), every other
 * number is a float. Keys such as `__proto__` become ordinary own properties.
 *
 * @throws {SyntaxError} where JSON.parse does; a {@link JsonDepthError} for what is nested too deep.
 */
export function parseJson(text: string): Json {
  if (isNestedDeeper(text, MAX_JSON_DEPTH)) throw new JsonDepthError();
  if (!NEEDS_SOURCE.test(text)) return JSON.parse(text) as Json;
  return (JSON.parse as (text: string, reviver: (k: string, v: unknown, c: { source?: string }) => unknown) => Json)(
    text,
    (_key, value, context) => {
      if (typeof value !== "number" || !Number.isInteger(value) || context.source === undefined) return value;
      return numberFrom(context.source, value);
    },
  );
}

/** Whether the brackets of a JSON text, those within strings aside, are open more than `levels` deep anywhere. */
function isNestedDeeper(text: string, levels: number): boolean {
  // So many brackets alone take as many characters.
  if (text.length <= levels) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      if (++depth > levels) return true;
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) depth--;
  }
  return false;
}

const QUOTE = 0x22, BACKSLASH = 0x5c, OPEN_ARRAY = 0x5b, CLOSE_ARRAY = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;

/** Where the string that begins at `start` ends; the text's end where it doesn't. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return text.length;
}

/** Whether a value, as JSON.parse gives it, is nested deeper than {@link MAX_JSON_DEPTH} levels. It does not call itself. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_JSON_DEPTH; depth++) {
    level = level.flatMap((one) => typeof one === "object" && one !== null ? Object.values(one) : []);
    if (level.length === 0) return false;
  }
  return true;
}

/** The Json number for a literal of JSON whose float64 value is `value`: see the head of this file. */
export function numberFrom(literal: string, value: number): number | bigint | Float64 {
  if (INTEGER.test(literal)) {
    if (Number.isSafeInteger(value)) return value;
    const exact = BigInt(literal);
    if (exact >= INT64_MIN && exact <= INT64_MAX) return exact;
  }
  return Number.isInteger(value) ? new Float64(value) : value;
}

/** A deep copy; scalars are shared, since they cannot change. */
export function cloneJson<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setField(copy, key, cloneJson(value[key]!));
  return copy as T;
}

/** Equality by value: numbers by their float64, keys in any order. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) {
    return typeof a === "bigint" && typeof b === "bigint" ? a === b : toFloat(a) === toFloat(b);
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, index) => equalJson(element, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
}

/** Whether two values are one to whoever reads them: types of numbers and the order of keys, too, which JSON leaves open. */
export function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Float64) return b instanceof Float64 && Object.is(a.value, b.value);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, index) => isSameJson(element, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a), others = Object.keys(b);
  return keys.length === others.length &&
    keys.every((key, index) => key === others[index] && isSameJson(a[key], b[key]));
}

function isNumber(value: Json | undefined): value is number | bigint | Float64 {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Float64;
}

/** Orders strings by their UTF-8 bytes, as Go and etcd do (JavaScript's `<` orders UTF-16 units). */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i), y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates sort above U+E000–U+FFFF in UTF-8, below them in UTF-16.
    const high = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    if (high(x) !== high(y)) return high(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** JSON text with keys in byte order, as Go's encoding/json writes maps; without HTML escaping and without spaces. */
export function canonicalJson(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Float64) return JSON.stringify(value.value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort(compareBytes);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`).join(",")}}`;
}

/** JSON text in the order of the keys, indented if asked: like JSON.stringify, but for `bigint`. */
export function stringifyJson(value: Json, indent?: number): string {
  const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
  return JSON.stringify(value, (_key, inner) => typeof inner === "bigint" ? raw(inner.toString()) : inner, indent);
}
