/**
 * Values as rules see them. Kubernetes objects are wrapped where they are reached, never copied; no key reaches a
 * JavaScript prototype. Whole numbers are int, others double, as Kubernetes decodes them.
 */
import { Float64, type Json, type JsonObject } from "../json/json.ts";

/** int is bigint, double is number, bytes is Uint8Array. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | List
  | MapValue
  | TypeName
  | Timestamp
  | Duration;

/** Unsigned 64-bit integer. */
export class Uint {
  constructor(readonly value: bigint) {}
}

/** A type as a value: what `type(x)` gives and what names such as `int` stand for. */
export class TypeName {
  constructor(readonly name: string) {}
}

/** An instant, with the offset of the zone in which it was written. */
export class Timestamp {
  /**
   * @param seconds since the epoch
   * @param nanos 0 to 999 999 999
   * @param offset seconds east of UTC
   */
  constructor(readonly seconds: number, readonly nanos: number, readonly offset: number) {}
}

export class Duration {
  /** @param nanos within int64 */
  constructor(readonly nanos: bigint) {}
}

export interface List {
  readonly isList: true;
  readonly size: number;
  /** The element at `index`, which must be within the list. */
  at(index: number): Value;
}

export interface MapValue {
  readonly isMap: true;
  readonly size: number;
  /** Numeric keys are found by value, whatever their types. */
  find(key: Value): Value | undefined;
  keys(): readonly Value[];
}

/** The value of a part of an object. */
export function valueOf(json: Json): Value {
  switch (typeof json) {
    case "number":
      return Number.isInteger(json) ? BigInt(json) : json;
    case "string":
    case "boolean":
    case "bigint":
      return json;
  }
  if (json === null) return null;
  if (json instanceof Float64) return json.value;
  return Array.isArray(json) ? new JsonList(json) : new JsonMap(json);
}

class JsonList implements List {
  readonly isList = true;
  constructor(readonly items: readonly Json[]) {}
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return valueOf(this.items[index]!);
  }
}

class JsonMap implements MapValue {
  readonly isMap = true;
  constructor(readonly object: JsonObject) {}
  get size(): number {
    return Object.keys(this.object).length;
  }
  find(key: Value): Value | undefined {
    return typeof key === "string" && Object.hasOwn(this.object, key) ? valueOf(this.object[key]!) : undefined;
  }
  keys(): readonly Value[] {
    return Object.keys(this.object);
  }
}

/** A list that the rule made. */
export class ValueList implements List {
  readonly isList = true;
  constructor(readonly items: readonly Value[]) {}
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return this.items[index]!;
  }
}

/** The list that `map` and `filter` build; only their expansion adds to it. */
export class GrowingList implements List {
  readonly isList = true;
  readonly items: Value[] = [];
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return this.items[index]!;
  }
}

/** A map that the rule made. An entry that comes again replaces the one before, as in Go, where -0.0 is 0.0 again. */
export class ValueMap implements MapValue {
  readonly isMap = true;
  readonly #entries = new Map<unknown, { key: Value; value: Value }>();
  get size(): number {
    return this.#entries.size;
  }
  set(key: Value, value: Value): void {
    this.#entries.set(identityOf(key), { key, value });
  }
  find(key: Value): Value | undefined {
    // The value may be null: only undefined says that there is none.
    return [key, ...numericTwins(key)].map((same) => this.#at(same)).find((value) => value !== undefined);
  }
  #at(key: Value): Value | undefined {
    return this.#entries.get(identityOf(key))?.value;
  }
  keys(): readonly Value[] {
    return [...this.#entries.values()].map(({ key }) => key);
  }
}

/** What is equal for equal keys of one type. Lists, maps and zoned timestamps equal only themselves, as Go compares them. */
function identityOf(key: Value): unknown {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "number") return Number.isNaN(key) ? Symbol() : `d${key}`;
  if (key instanceof Uint) return `u${key.value}`;
  if (key instanceof TypeName) return `t${key.name}`;
  if (key instanceof Duration) return `D${key.nanos}`;
  if (key instanceof Timestamp && key.offset === 0) return `T${key.seconds}.${key.nanos}`;
  return key;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** The same number in the integer types that the key has not. */
function numericTwins(key: Value): Value[] {
  if (typeof key === "bigint") return key >= 0n ? [new Uint(key)] : [];
  if (key instanceof Uint) return key.value <= INT64_MAX ? [key.value] : [];
  if (typeof key !== "number" || !Number.isInteger(key)) return [];
  const whole = BigInt(key);
  const twins: Value[] = [];
  if (whole > INT64_MIN && whole <= INT64_MAX) twins.push(whole);
  if (whole >= 0n && whole <= UINT64_MAX) twins.push(new Uint(whole));
  return twins;
}

export function isList(value: Value): value is List {
  return typeof value === "object" && value !== null && "isList" in value;
}

export function isMap(value: Value): value is MapValue {
  return typeof value === "object" && value !== null && "isMap" in value;
}

/** The name of the value's type, as cel-go has it in messages and `type()` compares it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "string":
      return "string";
  }
  if (value === null) return "null_type";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Uint) return "uint";
  if (value instanceof TypeName) return "type";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  return isList(value) ? "list" : "map";
}
