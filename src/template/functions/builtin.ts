/** The functions that Go's text/template has of itself. `and`, `or` and `call` are run by the engine: see `exec.ts`. */
import { zeroOf } from "../assign.ts";
import { byteLength, bytesOf, compareTexts, normalText, sliceBytes } from "../bytes.ts";
import { type CallContext, FunctionError, type TemplateFunction } from "../function.ts";
import { hintForComparison } from "../hints.ts";
import { sprint, sprintln } from "../print.ts";
import { sprintf } from "../printf.ts";
import { isPrintable } from "../quote.ts";
import {
  ANY,
  GoComplex,
  GoInt,
  goInt,
  GoList,
  GoMap,
  GoStruct,
  GoText,
  isTrue,
  kindOfType,
  REFLECT_VALUE,
  typeOf,
  type Value,
} from "../value.ts";

function index(args: Value[]): Value {
  let item = args[0];
  if (item === null || item === undefined) throw new FunctionError("index of untyped nil");
  for (const key of args.slice(1)) {
    if (item === null || item === undefined) {
      throw new FunctionError("index of nil pointer", "an earlier key is missing: `dig` takes a default for that");
    }
    item = indexOnce(item, key);
  }
  return item;
}

function indexOnce(item: Value, key: Value): Value {
  if (item instanceof GoText) item = item.text;
  if (typeof item === "string") {
    const bytes = bytesOf(item);
    const at = indexOf(key, bytes.length);
    if (at === bytes.length) throw new FunctionError("reflect: string index out of range");
    return new GoInt("uint8", BigInt(bytes[at]!));
  }
  if (item instanceof GoList) {
    const at = indexOf(key, item.length);
    if (at === item.length) throw new FunctionError("reflect: slice index out of range");
    return item.element(at);
  }
  if (item instanceof GoMap) return indexMap(item, key);
  throw new FunctionError(`can't index item of type ${indirectType(item)}`);
}

function indexMap(map: GoMap, key: Value): Value {
  if (key === null || key === undefined) throw new FunctionError("value is nil; should be of type string");
  if (typeof key !== "string") throw new FunctionError(`value has type ${typeOf(key)}; should be string`);
  const found = map.get(key);
  return found === undefined ? zeroElement(map) : found;
}

/** What a map gives for a key that it doesn't have. */
function zeroElement(map: GoMap): Value {
  if (map.elementType === "string") return "";
  if (map.elementType === "bool") return false;
  return kindOfType(map.elementType) === "map" ? zeroOf(map.elementType) : null;
}

/** The position that `index` and `slice` take; the length itself passes here, as in Go. */
function indexOf(key: Value, length: number): number {
  if (key === null || key === undefined) throw new FunctionError("cannot index slice/array with nil");
  if (!(key instanceof GoInt)) {
    throw new FunctionError(
      `cannot index slice/array with type ${typeOf(key)}`,
      typeof key === "number" ? "numbers of a resource are float64: write (int .x)" : undefined,
    );
  }
  const at = key.toNumber();
  if (at < 0 || at > length) throw new FunctionError("index out of range");
  return at;
}

function slice(args: Value[], context: CallContext): Value {
  const [item, ...indexes] = args;
  if (item === null || item === undefined) throw new FunctionError("slice of untyped nil");
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new FunctionError("cannot 3-index slice a string");
  if (!isText && !(item instanceof GoList)) throw new FunctionError(`can't slice item of type ${indirectType(item)}`);
  const length = isText ? byteLength(item) : item.length;
  const positions = indexes.map((position) => indexOf(position, length));
  const [from = 0, to = length, capacity = length] = positions;
  // A position is a value of the user's objects: messages don't show it.
  if (from > to || to > capacity) throw new FunctionError("invalid slice index: the first is larger than the second");
  context.reserve(length);
  return isText ? sliceBytes(item, from, to) : new GoList(item.items.slice(from, to), item.type);
}

function length([item]: Value[]): Value {
  if (item instanceof GoText) item = item.text;
  if (typeof item === "string") return goInt(byteLength(item));
  if (item instanceof GoList) return goInt(item.length);
  if (item instanceof GoMap) return goInt(item.size);
  if (item === null) throw new FunctionError("len of nil pointer");
  if (item === undefined) throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  throw new FunctionError(`len of type ${indirectType(item)}`);
}

/** The type of `item`, or of what it points to. */
function indirectType(item: Value): string {
  return typeOf(item instanceof GoStruct ? item.pointee() : item);
}

type BasicKind = "bool" | "complex" | "int" | "float" | "string";

/** Signed and unsigned integers compare by value, so both are `int` here. */
function basicKind(value: Value): BasicKind | undefined {
  if (typeof value === "string" || value instanceof GoText) return "string";
  if (typeof value === "number") return "float";
  if (typeof value === "boolean") return "bool";
  if (value instanceof GoInt) return "int";
  return value instanceof GoComplex ? "complex" : undefined;
}

function equalsAny(args: Value[]): boolean {
  const [first, ...others] = args;
  if (others.length === 0) throw new FunctionError("missing argument for comparison");
  return others.some((other) => equals(first, other));
}

function equals(a: Value, b: Value): boolean {
  const kind = basicKind(a);
  const isNilA = a === null || a === undefined;
  const isNilB = b === null || b === undefined;
  if (kind !== basicKind(b)) {
    if (!isNilA && !isNilB) failIncompatible(a, b);
    return false;
  }
  if (kind === "int") return (a as GoInt).value === (b as GoInt).value;
  if (kind === "complex") return equalsComplex(a as GoComplex, b as GoComplex);
  if (kind === "string") return plainText(a) === plainText(b);
  if (kind !== undefined) return a === b;
  return equalsComposite(a, b);
}

function plainText(value: Value): string {
  return value instanceof GoText ? value.text : value as string;
}

function equalsComplex(a: GoComplex, b: GoComplex): boolean {
  return a.real === b.real && a.imaginary === b.imaginary;
}

function equalsComposite(a: Value, b: Value): boolean {
  const isNilA = isNil(a), isNilB = isNil(b);
  if (a !== null && a !== undefined && b !== null && b !== undefined && kindGroup(a) !== kindGroup(b)) {
    throw new FunctionError(`non-comparable types ${typeOf(a)}, ${typeOf(b)}`);
  }
  if (isNilA || isNilB) return isNilA === isNilB;
  if (a instanceof GoStruct && b instanceof GoStruct) return equalsStruct(a, b);
  throw new FunctionError(`non-comparable type ${typeOf(b)}`, "maps and lists can't be compared; `deepEqual` can");
}

function isNil(value: Value): boolean {
  return value === null || value === undefined || (value instanceof GoMap || value instanceof GoList) && value.isNil;
}

function kindGroup(value: Value): string {
  if (value instanceof GoMap) return "map";
  return value instanceof GoList ? "slice" : (value as GoStruct).options.isPointer ? "ptr" : "struct";
}

function equalsStruct(a: GoStruct, b: GoStruct): boolean {
  if (a.options.isPointer) return a === b;
  if (a.type !== b.type) return false;
  if (a.type.equals) return a.type.equals(a, b);
  return a.values.every((value, i) => equals(value, b.values[i]));
}

function failIncompatible(a: Value, b: Value): never {
  throw new FunctionError(
    `incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`,
    hintForComparison(typeOf(a), typeOf(b)),
  );
}

function isLess(a: Value, b: Value): boolean {
  const kind = basicKind(a);
  if (kind === undefined || basicKind(b) === undefined) throw new FunctionError("invalid type for comparison");
  if (kind !== basicKind(b)) failIncompatible(a, b);
  if (kind === "bool" || kind === "complex") throw new FunctionError("invalid type for comparison");
  if (kind === "int") return (a as GoInt).value < (b as GoInt).value;
  return kind === "float" ? (a as number) < (b as number) : compareTexts(plainText(a), plainText(b)) < 0;
}

function isLessOrEqual(a: Value, b: Value): boolean {
  return isLess(a, b) || equals(a, b);
}

/** The text of the arguments of an escaping function: one text as it is, anything else as the output of an action. */
function argumentText(args: Value[], context: CallContext): string {
  const shown = args.map((arg) => arg instanceof GoStruct ? arg.pointee() : arg ?? "<no value>");
  return sprint(shown, context);
}

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

/** `text` with the characters escaped that mean something in HTML: Go's template.HTMLEscapeString. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => HTML_ESCAPES.get(character)!);
}

const JS_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["'", "\\'"],
  ['"', '\\"'],
  ["<", "\\u003C"],
  [">", "\\u003E"],
  ["&", "\\u0026"],
  ["=", "\\u003D"],
]);

function escapeJs(text: string): string {
  const parts: string[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const known = JS_ESCAPES.get(character);
    if (known !== undefined) parts.push(known);
    else if (code < 0x20) parts.push(`\\u00${code.toString(16).toUpperCase().padStart(2, "0")}`);
    else if (code < 0x80 || isPrintable(code)) parts.push(character);
    // A byte that isn't UTF-8 is copied: Go decodes it to U+FFFD, which it takes for printable.
    else if (code >= 0xdc80 && code <= 0xdcff) parts.push(character);
    else parts.push(`\\u${code.toString(16).toUpperCase().padStart(4, "0")}`);
  }
  return normalText(parts.join(""));
}

const HEX = "0123456789ABCDEF";

function escapeQuery(text: string): string {
  const parts: string[] = [];
  for (const byte of bytesOf(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && /[A-Za-z0-9\-_.~]/.test(character)) parts.push(character);
    else parts.push(byte === 0x20 ? "+" : `%${HEX[byte >> 4]}${HEX[byte & 15]}`);
  }
  return parts.join("");
}

function escaper(escape: (text: string) => string): TemplateFunction {
  return {
    parameters: [],
    variadic: ANY,
    call: (args, context) => {
      const text = argumentText(args, context);
      // An escape is at most six times as long as its character.
      context.reserve(6 * text.length);
      return escape(text);
    },
  };
}

function engineOnly(): never {
  throw new Error("the engine runs this function itself");
}

const COMPARED: readonly [typeof REFLECT_VALUE, typeof REFLECT_VALUE] = [REFLECT_VALUE, REFLECT_VALUE];

/** Go's builtins by name. A function table may hide any of them, as sprig does with `slice`. */
export const BUILTIN_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: engineOnly }],
  ["or", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: engineOnly }],
  ["not", { parameters: [REFLECT_VALUE], call: ([value]) => !isTrue(value) }],
  ["call", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: engineOnly }],
  ["index", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: index }],
  ["slice", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: slice }],
  ["len", { parameters: [REFLECT_VALUE], call: length }],
  ["eq", { parameters: [REFLECT_VALUE], variadic: REFLECT_VALUE, call: equalsAny }],
  ["ne", { parameters: COMPARED, call: ([a, b]) => !equals(a, b) }],
  ["lt", { parameters: COMPARED, call: ([a, b]) => isLess(a, b) }],
  ["le", { parameters: COMPARED, call: ([a, b]) => isLessOrEqual(a, b) }],
  ["gt", { parameters: COMPARED, call: ([a, b]) => !isLessOrEqual(a, b) }],
  ["ge", { parameters: COMPARED, call: ([a, b]) => !isLess(a, b) }],
  ["print", { parameters: [], variadic: ANY, call: (args, context) => sprint(args, context) }],
  ["printf", {
    parameters: ["string"],
    variadic: ANY,
    call: ([format, ...operands], context) => sprintf(format as string, operands, context),
  }],
  ["println", { parameters: [], variadic: ANY, call: (args, context) => sprintln(args, context) }],
  ["html", escaper(escapeHtml)],
  ["js", escaper(escapeJs)],
  ["urlquery", escaper(escapeQuery)],
]);
