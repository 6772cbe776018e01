/** How function families are written down: parameters as Go's reflection sees them, and what many functions ask of a value. */
import { bytesOfString, byteStringOf } from "../byte_string.ts";
import { bytesOf, normalText, textOf } from "../bytes.ts";
import { type CallContext, FunctionError, type RefusedFunction, type TemplateFunction } from "../function.ts";
import { sprint } from "../print.ts";
import {
  GoComplex,
  GoInt,
  GoList,
  GoMap,
  GoStruct,
  GoText,
  type GoType,
  kindOf,
  typeOf,
  type Value,
} from "../value.ts";

export type Family = Readonly<Record<string, TemplateFunction | RefusedFunction>>;
type Call = (args: Value[], context: CallContext) => Value;

/** A function of fixed parameters. */
export function fn(parameters: readonly GoType[], call: Call): TemplateFunction {
  return { parameters, call };
}

/** A function whose further arguments are all of one type. */
export function variadic(parameters: readonly GoType[], rest: GoType, call: Call): TemplateFunction {
  return { parameters, variadic: rest, call };
}

/** A function of one text. */
export function ofText(change: (text: string, context: CallContext) => Value): TemplateFunction {
  return fn(["string"], ([text], context) => change(text as string, context));
}

/** What Go panics with where a function asks for the type of nil. */
export const NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference";

/** Sprig's `strval`: a text as it is, anything else as `%v` prints it. */
export function textOfAny(value: Value, context: CallContext): string {
  return typeof value === "string" ? value : sprint([value], context);
}

/** Joins texts; bytes that together spell a character are that character again. */
export function joinTexts(texts: readonly string[], separator: string): string {
  return normalText(texts.join(separator));
}

/**
 * Calls `change` with texts that have one unit for each byte if any of `texts` has bytes that aren't UTF-8, so that what it
 * finds and cuts is what Go does; else with the texts as they are.
 */
export function bytewise(texts: readonly string[], change: (...texts: string[]) => string): string {
  if (texts.every((text) => text.isWellFormed())) return change(...texts);
  return fromByteUnits(change(...texts.map(asByteUnits)));
}

/** The text with one unit (0–255) for each byte that Go has. */
export function asByteUnits(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return byteStringOf(bytesOf(text));
}

/** The text of {@link asByteUnits} as it was. */
export function fromByteUnits(units: string): string {
  if (/^[\0-\x7f]*$/.test(units)) return units;
  return textOf(bytesOfString(units));
}

/** Sprig's `empty`: nil, false, zero, and what has no elements. */
export function isEmptyValue(value: Value): boolean {
  if (value === null || value === undefined || value === false || value === "" || value === 0) return true;
  if (value instanceof GoInt) return value.value === 0n;
  if (value instanceof GoList) return value.length === 0;
  if (value instanceof GoMap) return value.size === 0;
  if (value instanceof GoText) return value.text === "";
  return value instanceof GoComplex && value.real === 0 && value.imaginary === 0;
}

/** The int of a parameter of that type; beyond 2^53 it is not exact, which nothing that counts comes near. */
export function intOf(value: Value): number {
  return (value as GoInt).toNumber();
}

/** The elements of a slice. Of any other type sprig says what stands around its kind: `Cannot push on type string`. */
export function itemsOf(value: Value, refusal: string, end = ""): readonly Value[] {
  if (value instanceof GoList) return value.items;
  if (value === null || value === undefined) throw new FunctionError(NIL_POINTER);
  throw new FunctionError(`${refusal} ${kindOf(value)}${end}`);
}

/** Go's reflect.DeepEqual: same types, same contents; a nil slice or map is no empty one, NaN is not itself. */
export function isDeepEqual(a: Value, b: Value, context: CallContext): boolean {
  context.spend(1);
  if (a instanceof GoInt) return b instanceof GoInt && typeOf(a) === typeOf(b) && a.value === b.value;
  if (a instanceof GoComplex) return b instanceof GoComplex && a.real === b.real && a.imaginary === b.imaginary;
  if (a instanceof GoText) return b instanceof GoText && a.type === b.type && a.text === b.text;
  if (a instanceof GoList) {
    if (!(b instanceof GoList) || a.type !== b.type || a.isNil !== b.isNil || a.length !== b.length) return false;
    return a === b || a.items.every((item, i) => isDeepEqual(item, b.items[i], context));
  }
  if (a instanceof GoMap) {
    if (!(b instanceof GoMap) || a.type !== b.type || a.isNil !== b.isNil || a.size !== b.size) return false;
    return a === b || [...a.keys()].every((key) => b.has(key) && isDeepEqual(a.get(key), b.get(key), context));
  }
  if (a instanceof GoStruct) {
    return b instanceof GoStruct && typeOf(a) === typeOf(b) && (a.type.deepEquals?.(a, b) ?? true) &&
      a.values.every((value, i) => isDeepEqual(value, b.values[i], context));
  }
  return a === b;
}
