/**
 * The values of a template run, as Go tells them apart: a JavaScript `number` is always a float64, integers are
 * {@link GoInt} with their kind, maps and lists carry their Go type. Maps change in place and are shared by reference, as
 * in Go. This file knows nothing of templates.
 */
import { Float64, type Json, type JsonObject, setField } from "../json/json.ts";
import { type Budget, VALUE_DEPTH } from "./budget.ts";
import { compareTexts } from "./bytes.ts";
import { type CallContext, FunctionError } from "./function.ts";

/**
 * A value. `null` is a nil `interface{}` (JSON null). `undefined` is Go's "no value at all" (the zero reflect.Value), which
 * prints `<no value>`; it never reaches a function but a builtin's `reflect.Value` parameter.
 */
export type Value =
  | undefined
  | null
  | string
  | boolean
  | number
  | GoInt
  | GoComplex
  | GoText
  | GoList
  | GoMap
  | GoStruct;

/**
 * A Go type by the name that reflection prints: `string`, `bool`, `int`, `int64`, `uint8`, `float64`, `interface {}`,
 * `map[string]interface {}`, `[]interface {}`, `[]string`, `[]int`, `time.Time`, `*semver.Version`, … A parameter of type
 * `reflect.Value` takes any value as it is (builtins only).
 */
export type GoType = string;

export const ANY = "interface {}";
export const ANY_MAP = "map[string]interface {}";
export const ANY_LIST = "[]interface {}";
export const STRING_LIST = "[]string";
export const INT_LIST = "[]int";
export const STRING_MAP = "map[string]string";
export const REFLECT_VALUE = "reflect.Value";

export type SignedKind = "int" | "int8" | "int16" | "int32" | "int64";
export type UnsignedKind = "uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uintptr";
export type IntKind = SignedKind | UnsignedKind;

const SIGNED_BITS: ReadonlyMap<string, number> = new Map([
  ["int", 64],
  ["int8", 8],
  ["int16", 16],
  ["int32", 32],
  ["int64", 64],
]);
const UNSIGNED_BITS: ReadonlyMap<string, number> = new Map([
  ["uint", 64],
  ["uint8", 8],
  ["uint16", 16],
  ["uint32", 32],
  ["uint64", 64],
  ["uintptr", 64],
]);

/** The integer types with names of their own, by their kinds. */
export const NAMED_INT_KINDS: ReadonlyMap<GoType, IntKind> = new Map([
  ["time.Duration", "int64"],
  ["time.Month", "int"],
  ["time.Weekday", "int"],
]);

/** The types of texts with names of their own. */
export const NAMED_TEXTS: ReadonlySet<GoType> = new Set(["types.UID"]);

export function isSignedKind(type: GoType): type is SignedKind {
  return SIGNED_BITS.has(type);
}

export function isUnsignedKind(type: GoType): type is UnsignedKind {
  return UNSIGNED_BITS.has(type);
}

/** A type of integers with a name of its own and methods: `time.Duration`, `time.Month`. */
export interface NamedIntType {
  readonly name: GoType;
  /** The `String()` method, which fmt prints with. */
  readonly format: (value: bigint) => string;
  readonly methods: ReadonlyMap<string, Method<GoInt>>;
}

/**
 * An integer of Go with its kind, and its type where that has a name of its own. Values out of the kind's range wrap around,
 * as a conversion in Go does.
 */
export class GoInt {
  readonly value: bigint;

  constructor(readonly kind: IntKind, value: bigint, readonly named?: NamedIntType) {
    const bits = SIGNED_BITS.get(kind);
    this.value = bits === undefined ? BigInt.asUintN(UNSIGNED_BITS.get(kind)!, value) : BigInt.asIntN(bits, value);
  }

  get isSigned(): boolean {
    return SIGNED_BITS.has(this.kind);
  }

  /** The nearest JavaScript number; exact up to 2^53. */
  toNumber(): number {
    return Number(this.value);
  }
}

const SMALL_INTS: readonly GoInt[] = Array.from({ length: 256 }, (_, n) => new GoInt("int", BigInt(n)));

/** A Go `int`; `value` must be integral. */
export function goInt(value: number | bigint): GoInt {
  return typeof value === "number" && SMALL_INTS[value] || new GoInt("int", BigInt(value));
}

/** A Go `int64`; `value` must be integral. */
export function goInt64(value: number | bigint): GoInt {
  return new GoInt("int64", BigInt(value));
}

/** A text whose type has a name of its own, `types.UID`: no parameter of type `string` takes it. */
export class GoText {
  constructor(readonly type: GoType, readonly text: string) {}
}

/** A complex128, which only a literal such as `3i` can make. */
export class GoComplex {
  constructor(readonly real: number, readonly imaginary: number) {}
}

/** Counts the changes of whatever was made with it. */
export interface ChangeCount {
  count: number;
}

/** How the numbers of a JSON document appear: resources have float64 throughout, `.Cluster` has int64 where integral. */
export type JsonNumbers = "float64" | "int64";

/**
 * A slice. Nobody changes one in place but {@link GoList.sort}: a function that needs another makes a new list, or a
 * {@link GoList.window}.
 */
export class GoList {
  #items: readonly Value[] | undefined;
  /** Where the elements are, if they are those of another list. */
  #shared: { readonly list: GoList; readonly from: number; readonly to: number; seen: number } | undefined;
  /** How often it was sorted. */
  #version = 0;
  #source: { readonly json: readonly Json[]; readonly numbers: JsonNumbers } | undefined;
  #capacity: number | undefined;
  #changes: ChangeCount | undefined;

  /** `type` is the type of the whole slice, such as `[]string`. A nil slice has `isNil` and no items. */
  constructor(items: readonly Value[], readonly type: GoType = ANY_LIST, readonly isNil: boolean = false) {
    this.#items = items;
  }

  /** A `[]interface {}` over JSON whose elements are converted when first asked for. */
  static fromJson(json: readonly Json[], numbers: JsonNumbers, changes?: ChangeCount): GoList {
    const list = new GoList([]);
    list.#items = undefined;
    list.#changes = changes;
    list.#source = { json, numbers };
    list.#capacity = capacityOfAppended(json.length);
    return list;
  }

  /** A list that Go made by appending one element after another to an empty one with room for `room` of them. */
  static grown(items: readonly Value[], type: GoType = ANY_LIST, room = 0): GoList {
    const list = new GoList(items, type);
    list.#capacity = items.length <= room ? room : capacityOfAppended(items.length, Math.max(room, 1));
    return list;
  }

  /** How far a slice of this list may reach: Go has room, filled with zeros, behind what it read from JSON or appended. */
  get capacity(): number {
    return this.#capacity ?? this.length;
  }

  /** The elements `from` to `to` (exclusive), which are the same as those of this list: if one is sorted, so is the other. */
  window(from: number, to: number): GoList {
    const capacity = this.capacity - from;
    if (to > this.length) {
      const zeros = Array(to - Math.max(this.length, from)).fill(zeroElementOf(this.elementType));
      const window = new GoList([...this.items.slice(from), ...zeros], this.type);
      window.#capacity = capacity;
      return window;
    }
    const list = this.#shared?.list ?? this, offset = this.#shared?.from ?? 0;
    const window = new GoList(this.items.slice(from, to), this.type, this.isNil);
    window.#shared = { list, from: offset + from, to: offset + to, seen: list.#version };
    window.#capacity = capacity;
    return window;
  }

  /** Sorts the elements in place. */
  sort(compare: (a: Value, b: Value) => number): void {
    const { list, from, to } = this.#shared ?? { list: this, from: 0, to: this.length };
    if (list.#changes) list.#changes.count++;
    list.#items = [...list.items.slice(0, from), ...list.items.slice(from, to).sort(compare), ...list.items.slice(to)];
    list.#version++;
  }

  get items(): readonly Value[] {
    if (this.#shared !== undefined && this.#shared.seen !== this.#shared.list.#version) {
      const { list, from, to } = this.#shared;
      this.#items = list.items.slice(from, to);
      this.#shared.seen = list.#version;
    }
    if (this.#items === undefined) {
      const { json, numbers } = this.#source!;
      this.#items = json.map((element) => valueFromJson(element, numbers, this.#changes));
      this.#source = undefined;
    }
    return this.#items;
  }

  /** The element as Go's `list[i]`: one that lies in an `interface {}` has no address. */
  element(i: number): Value {
    const item = this.items[i];
    return item instanceof GoStruct && this.type === ANY_LIST ? item.copied() : item;
  }

  get length(): number {
    return this.#items === undefined ? this.#source!.json.length : this.#items.length;
  }

  get elementType(): GoType {
    return elementTypeOf(this.type);
  }
}

/** A map with string keys. A change is seen through every reference. The nil map reads as empty and can't be written. */
export class GoMap {
  #entries: Map<string, Value> | undefined;
  #source: { readonly json: JsonObject; readonly numbers: JsonNumbers } | undefined;
  #changes: ChangeCount | undefined;

  /** `type` is the type of the whole map; `entries` becomes the map's own. A nil map has `isNil` and no entries. */
  constructor(
    entries: Map<string, Value> = new Map(),
    readonly type: GoType = ANY_MAP,
    readonly isNil: boolean = false,
  ) {
    this.#entries = entries;
  }

  /** A `map[string]interface {}` over JSON whose values are converted when first asked for; `json` is never changed. */
  static fromJson(json: JsonObject, numbers: JsonNumbers, changes?: ChangeCount): GoMap {
    const map = new GoMap();
    map.#changes = changes;
    map.#entries = undefined;
    map.#source = { json, numbers };
    return map;
  }

  #read(): Map<string, Value> {
    if (this.#entries === undefined) {
      const { json, numbers } = this.#source!;
      const entries = new Map<string, Value>();
      for (const key of Object.keys(json)) {
        entries.set(wellFormed(key), valueFromJson(json[key]!, numbers, this.#changes));
      }
      this.#entries = entries;
      this.#source = undefined;
    }
    return this.#entries;
  }

  get size(): number {
    return this.#read().size;
  }

  has(key: string): boolean {
    return this.#read().has(key);
  }

  /** The value of `key`; undefined if there is none (a JSON null is `null`). */
  get(key: string): Value {
    return this.#read().get(key);
  }

  /** @throws {FunctionError} on the nil map, as Go panics. */
  set(key: string, value: Value): void {
    if (this.isNil) throw new FunctionError("assignment to entry in nil map");
    if (this.#changes) this.#changes.count++;
    this.#read().set(key, value === undefined ? null : value);
  }

  delete(key: string): void {
    if (this.#changes) this.#changes.count++;
    this.#read().delete(key);
  }

  keys(): IterableIterator<string> {
    return this.#read().keys();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#read().entries();
  }

  /** The keys in Go's order: by byte. */
  sortedKeys(): string[] {
    return [...this.#read().keys()].sort(compareTexts);
  }

  get elementType(): GoType {
    return elementTypeOf(this.type);
  }
}

/** The nil `map[string]interface {}`: `.Resource` where nothing was collected. Prints `map[]`. */
export const NIL_MAP: GoMap = new GoMap(new Map(), ANY_MAP, true);

/** A method that templates may call, `(now).Format "2006"`. */
export interface Method<Receiver> {
  readonly parameters: readonly GoType[];
  readonly variadic?: GoType;
  /** Why Go does not let templates call it, in Go's words: it returns more than one value. */
  readonly unfit?: string;
  /** It has a pointer receiver: only a pointer or an addressable value has it. */
  readonly onPointer?: boolean;
  readonly call: (receiver: Receiver, args: Value[], context: CallContext) => Value;
}

export type StructMethod = Method<GoStruct>;

/** A Go struct type, as far as templates can see it. */
export interface StructType {
  /** As reflection prints it, without `*`: `v1.ObjectReference`, `time.Time`. */
  readonly name: string;
  /** The exported fields, in the order of declaration; the values of a {@link GoStruct} stand in the same order. */
  readonly fields: readonly string[];
  /** Fields that aren't exported: templates can't name them. */
  readonly hidden?: readonly string[];
  /** The values of the hidden fields, which fmt shows where it knows no text for a verb. */
  readonly hiddenValues?: (value: GoStruct) => readonly Value[];
  readonly methods?: ReadonlyMap<string, StructMethod>;
  /** The `String()` method, which fmt prints with. */
  readonly format?: (value: GoStruct) => string;
  /** `format` has a pointer receiver: it counts only for pointers and addressable values. */
  readonly formatsPointerOnly?: boolean;
  /** What fmt prints under `%#v`, for a value and for a pointer alike, where the fields don't say it. */
  readonly sharpFormat?: (value: GoStruct) => string;
  /** Go's `==`, where the values of the fields don't say it all. */
  readonly equals?: (a: GoStruct, b: GoStruct) => boolean;
  /** Go's reflect.DeepEqual, likewise. */
  readonly deepEquals?: (a: GoStruct, b: GoStruct) => boolean;
  /** What sprig's deepCopy makes of it, where that isn't the same. */
  readonly deepCopy?: (value: GoStruct) => GoStruct;
  /** What encoding/json writes. Without it: the fields under their own names. */
  readonly toJson?: (value: GoStruct) => Json;
}

/** A struct, or a pointer to one. */
export class GoStruct {
  /**
   * `host` is for the functions that know the type (a Date, a parsed version). `isAddressable`: Go could take its address,
   * which lets a pointer's `String()` print it; a value loses that when it goes through an `interface {}`.
   */
  constructor(
    readonly type: StructType,
    readonly values: readonly Value[],
    readonly options: { readonly isPointer?: boolean; readonly isAddressable?: boolean; readonly host?: unknown } = {},
  ) {}

  /** The field `name`; undefined if the type has none. */
  field(name: string): Value {
    const index = this.type.fields.indexOf(name);
    return index < 0 ? undefined : this.values[index];
  }

  hasField(name: string): boolean {
    return this.type.fields.includes(name);
  }

  /** What a pointer points to, which can be addressed still; a struct that is no pointer is itself. */
  pointee(): GoStruct {
    if (!this.options.isPointer) return this;
    return new GoStruct(this.type, this.values, { ...this.options, isPointer: false, isAddressable: true });
  }

  /** The same struct after a copy into an `interface {}`. */
  copied(): GoStruct {
    return this.options.isAddressable
      ? new GoStruct(this.type, this.values, { ...this.options, isAddressable: false })
      : this;
  }
}

/** The name that reflection has for the type of `value`; a nil `interface{}` has none and gives `<nil>`. */
export function typeOf(value: Value): GoType {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "undefined":
      return "<nil>";
  }
  if (value === null) return "<nil>";
  if (value instanceof GoInt) return value.named?.name ?? value.kind;
  if (value instanceof GoComplex) return "complex128";
  if (value instanceof GoStruct) return value.options.isPointer ? `*${value.type.name}` : value.type.name;
  return value.type;
}

/** The `reflect.Kind` of a type: `string`, `bool`, `int`, …, `map`, `slice`, `struct`, `ptr`, `interface`. */
export function kindOfType(type: GoType): string {
  if (type.startsWith("map[")) return "map";
  if (type.startsWith("[]")) return "slice";
  if (type.startsWith("*")) return "ptr";
  if (type === ANY) return "interface";
  const isBasic = type === "string" || type === "bool" || type === "float64" || type === "complex128" ||
    SIGNED_BITS.has(type) || UNSIGNED_BITS.has(type);
  if (isBasic) return type;
  return NAMED_TEXTS.has(type) ? "string" : NAMED_INT_KINDS.get(type) ?? "struct";
}

/** The `reflect.Kind` of a value; `invalid` for nil. */
export function kindOf(value: Value): string {
  if (value instanceof GoInt) return value.kind;
  return value === null || value === undefined ? "invalid" : kindOfType(typeOf(value));
}

/** What Go takes for true in `if`, `and`, `not`: not the zero of its type, not empty. */
export function isTrue(value: Value): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === "object") {
    if (value instanceof GoMap) return value.size > 0;
    if (value instanceof GoList) return value.length > 0;
    if (value instanceof GoInt) return value.value !== 0n;
    if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0;
    if (value instanceof GoText) return value.text !== "";
    return true;
  }
  // NaN is true in Go: it isn't equal to zero.
  return typeof value === "number" ? value !== 0 : typeof value === "string" ? value !== "" : value;
}

/** `[]string` of texts. */
export function stringList(items: readonly string[]): GoList {
  return new GoList(items, STRING_LIST);
}

/** `map[string]interface {}` of entries. */
export function anyMap(entries: Iterable<readonly [string, Value]>): GoMap {
  return new GoMap(new Map(entries));
}

/**
 * The capacity of a slice that grew element by element from `room` on. Go doubles it as long as it is small; a large one is what
 * the allocator has, which nothing here knows but for powers of two.
 */
function capacityOfAppended(length: number, room = 1): number {
  if (length === 0) return 0;
  const capacity = room * 2 ** Math.ceil(Math.log2(length / room));
  const isPowerOfTwo = Number.isInteger(Math.log2(room));
  return capacity > (isPowerOfTwo ? 512 : 40) ? length : capacity;
}

/** What stands in the room behind a list. */
function zeroElementOf(type: GoType): Value {
  if (type === "string") return "";
  if (type === "int") return goInt(0);
  return type.startsWith("map[") ? new GoMap(new Map(), type, true) : null;
}

function elementTypeOf(type: GoType): GoType {
  return type.startsWith("[]") ? type.slice(2) : type.slice(type.indexOf("]") + 1);
}

function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

/**
 * The template value of a JSON document. Objects and lists are wrapped and read when first asked for, so this is cheap;
 * `json` must not change afterwards, and is never changed. Numbers: see {@link JsonNumbers}.
 * `changes` counts what is changed in the value or in anything that it held.
 */
export function valueFromJson(json: JsonObject, numbers: JsonNumbers, changes?: ChangeCount): GoMap;
export function valueFromJson(json: Json, numbers: JsonNumbers, changes?: ChangeCount): Value;
export function valueFromJson(json: Json, numbers: JsonNumbers, changes?: ChangeCount): Value {
  switch (typeof json) {
    case "string":
      return wellFormed(json);
    case "number":
      return numbers === "int64" && Number.isInteger(json) ? goInt64(json) : json;
    case "boolean":
      return json;
    case "bigint":
      return numbers === "int64" ? goInt64(json) : Number(json);
  }
  if (json === null) return null;
  if (json instanceof Float64) return json.value;
  return Array.isArray(json) ? GoList.fromJson(json, numbers, changes) : GoMap.fromJson(json, numbers, changes);
}

/**
 * What Go's encoding/json makes of a value. A whole float64 below 1e21 is written without a fraction and so is an integer
 * of JSON; keys are in the map's order (Go writes them sorted); stray bytes become U+FFFD.
 *
 * @throws {FunctionError} for NaN, infinities, complex numbers and cycles, with Go's words.
 * @throws {LimitError} from `budget`.
 */
export function jsonFromValue(value: Value, budget?: Pick<Budget, "spend">): Json {
  return toJson(value, budget, 0);
}

function toJson(value: Value, budget: Pick<Budget, "spend"> | undefined, depth: number): Json {
  budget?.spend(1);
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return jsonFromFloat(value);
  if (depth > VALUE_DEPTH) throw new FunctionError(`json: unsupported value: encountered a cycle via ${typeOf(value)}`);
  if (value instanceof GoInt) return jsonFromInteger(value.value);
  if (value instanceof GoMap) {
    if (value.isNil) return null;
    const object: JsonObject = {};
    for (const [key, element] of value.entries()) {
      setField(object, wellFormed(key), toJson(element, budget, depth + 1));
    }
    return object;
  }
  if (value instanceof GoList) {
    if (value.isNil) return null;
    return value.type === "[]uint8" ? bytesAsJson(value) : value.items.map((item) => toJson(item, budget, depth + 1));
  }
  if (value instanceof GoComplex) throw new FunctionError("json: unsupported type: complex128");
  if (value instanceof GoText) return wellFormed(value.text);
  if (value.type.toJson !== undefined) return value.type.toJson(value);
  const object: JsonObject = {};
  value.type.fields.forEach((name, i) => setField(object, name, toJson(value.values[i], budget, depth + 1)));
  return object;
}

function bytesAsJson(list: GoList): string {
  return Uint8Array.from(list.items, (item) => (item as GoInt).toNumber()).toBase64();
}

function jsonFromFloat(value: number): Json {
  if (!Number.isFinite(value)) {
    throw new FunctionError(`json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
  }
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  // encoding/json writes an exponent from 1e21 up; below, the digits of the exact value, which may be an integer to read.
  if (Math.abs(value) >= 1e21) return new Float64(value);
  const digits = BigInt(String(value));
  return digits === BigInt.asIntN(64, digits) ? digits : new Float64(value);
}

function jsonFromInteger(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
