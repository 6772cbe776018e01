/** How function families are written down: parameters as Go's reflection sees them, and conversions that many share. */
import { type CallContext, FunctionError, type RefusedFunction, type TemplateFunction } from "../function.ts";
import { sprint } from "../print.ts";
import { GoInt, GoList, GoMap, GoStruct, type GoType, type Value } from "../value.ts";

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

/** Sprig's `strval`: what `%v` prints. */
export function textOfAny(value: Value, context: CallContext): string {
  return typeof value === "string" ? value : sprint([value], context);
}

/** Sprig's `empty`: nil, false, zero, and what has no elements. */
export function isEmptyValue(value: Value): boolean {
  if (value === null || value === undefined || value === false || value === "" || value === 0) return true;
  if (value instanceof GoInt) return value.value === 0n;
  if (value instanceof GoList) return value.length === 0;
  if (value instanceof GoMap) return value.size === 0;
  return false;
}

/** The int of a parameter of that type. */
export function intOf(value: Value): number {
  return (value as GoInt).toNumber();
}

/** The elements of a list; any other value is an error in the words of sprig. */
export function itemsOf(value: Value, what: string): readonly Value[] {
  if (value instanceof GoList) return value.items;
  throw new FunctionError(`Cannot find ${what} on type ${kindName(value)}`);
}

function kindName(value: Value): string {
  if (value === null || value === undefined) return "invalid";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value instanceof GoMap) return "map";
  if (value instanceof GoStruct) return "struct";
  return value instanceof GoInt ? value.kind : typeof value;
}

/** spf13/cast's ToInt64: what can't be converted is 0. */
export function toInt64(value: Value): bigint {
  if (value instanceof GoInt) return BigInt.asIntN(64, value.value);
  if (typeof value === "number") {
    return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : -(2n ** 63n);
  }
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "string") return parseInt64(value) ?? 0n;
  return 0n;
}

/** Go's ParseInt with base 0, after cast has cut a fraction of zeros. */
function parseInt64(text: string): bigint | undefined {
  const trimmed = text.replace(/^([^.]*)\.0*$/, "$1");
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(trimmed);
  if (!match) return undefined;
  const digits = /^0[0-7]/.test(match[2]!) ? `0o${match[2]!.slice(1)}` : match[2]!;
  const value = match[1] === "-" ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** spf13/cast's ToFloat64: what can't be converted is 0. */
export function toFloat64(value: Value): number {
  if (value instanceof GoInt) return value.toNumber();
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return Number(value);
  return 0;
}
