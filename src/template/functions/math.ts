/** Sprig's functions of numbers: integers are int64, floats float64, whatever goes in. */
import { parseInt64 } from "../../json/read_number.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { sprint } from "../print.ts";
import { ANY, goInt, goInt64, GoList, INT_LIST, type Value } from "../value.ts";
import { atoi, toFloat64, toInt64 } from "./cast.ts";
import {
  addDecimals,
  type Decimal,
  decimalFromFloat,
  divideDecimals,
  floatFromDecimal,
  multiplyDecimals,
  subtractDecimals,
} from "./decimal.ts";
import { type Family, fn, intOf, variadic } from "./define.ts";

const int64s = (values: readonly Value[]) => values.map(toInt64);
const sumOf = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);
const extreme = (isBetter: (a: bigint, b: bigint) => boolean) =>
  variadic(
    [ANY],
    ANY,
    (values) => goInt64(int64s(values).reduce((best, value) => isBetter(value, best) ? value : best)),
  );
const extremeFloat = (pick: (a: number, b: number) => number) =>
  variadic([ANY], ANY, (values) => values.map(toFloat64).reduce((a, b) => pick(a, b)));

/** Calculates in decimals, from left to right. */
function calculate(
  first: number,
  rest: readonly Value[],
  operation: (a: Decimal, b: Decimal) => Decimal,
  context: CallContext,
): number {
  let result = decimalFromFloat(first);
  for (const value of rest) {
    context.spend(16);
    result = operation(result, decimalFromFloat(toFloat64(value)));
  }
  return floatFromDecimal(result);
}

const decimal = (operation: (a: Decimal, b: Decimal) => Decimal) =>
  variadic([ANY], ANY, ([first, ...rest], context) => calculate(toFloat64(first), rest, operation, context));

function divide(a: Value, b: Value, operation: (a: bigint, b: bigint) => bigint): Value {
  const divisor = toInt64(b);
  if (divisor === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return goInt64(operation(toInt64(a), divisor));
}

/** Sprig's round: the digit goes up where the rest is at least `roundOn`. */
function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places, digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** A range of ints as sprig's untilStep makes it. */
function untilStep(start: number, stop: number, step: number, context: CallContext): GoList {
  const isForward = stop >= start;
  if (start === stop || (isForward ? step <= 0 : step >= 0)) return new GoList([], INT_LIST);
  const length = Math.ceil((stop - start) / step);
  context.reserve(length * 8);
  return GoList.grown(Array.from({ length }, (_, index) => goInt(start + index * step)), INT_LIST);
}

function seq(params: readonly number[], context: CallContext): string {
  const [start, step, end] = params.length === 1
    ? [1, params[0]! < 1 ? -1 : 1, params[0]!]
    : params.length === 2
    ? [params[0]!, params[1]! < params[0]! ? -1 : 1, params[1]!]
    : params as [number, number, number];
  if (params.length < 1 || params.length > 3) return "";
  // Sprig refuses to count up to a lower number with three numbers only; the range is empty anyway.
  return untilStep(start, end + (end < start ? -1 : 1), step, context).items.map(intOf).join(" ");
}

export const math: Family = {
  int: fn([ANY], ([value]) => goInt(toInt64(value))),
  int64: fn([ANY], ([value]) => goInt64(toInt64(value))),
  float64: fn([ANY], ([value]) => toFloat64(value)),
  atoi: fn(["string"], ([text]) => goInt(atoi(text as string))),
  // Sprig: it reads octal.
  toDecimal: fn([ANY], ([value], context) => goInt64(parseInt64(sprint([value], context), 8) ?? 0n)),
  add: variadic([], ANY, (values) => goInt64(sumOf(int64s(values)))),
  add1: fn([ANY], ([value]) => goInt64(toInt64(value) + 1n)),
  sub: fn([ANY, ANY], ([a, b]) => goInt64(toInt64(a) - toInt64(b))),
  mul: variadic([ANY], ANY, (values) => {
    return goInt64(int64s(values).reduce((product, value) => BigInt.asIntN(64, product * value), 1n));
  }),
  div: fn([ANY, ANY], ([a, b]) => divide(a, b, (x, y) => x / y)),
  mod: fn([ANY, ANY], ([a, b]) => divide(a, b, (x, y) => x % y)),
  max: extreme((a, b) => a > b),
  biggest: extreme((a, b) => a > b),
  min: extreme((a, b) => a < b),
  // To Go, infinity beats NaN.
  maxf: extremeFloat((a, b) => a === Infinity || b === Infinity ? Infinity : Math.max(a, b)),
  minf: extremeFloat((a, b) => a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b)),
  add1f: fn([ANY], ([value], context) => calculate(toFloat64(value), [1], addDecimals, context)),
  addf: variadic([], ANY, (values, context) => calculate(0, values, addDecimals, context)),
  subf: decimal(subtractDecimals),
  mulf: decimal(multiplyDecimals),
  divf: decimal(divideDecimals),
  floor: fn([ANY], ([value]) => Math.floor(toFloat64(value))),
  ceil: fn([ANY], ([value]) => Math.ceil(toFloat64(value))),
  round: variadic(
    [ANY, "int"],
    "float64",
    ([value, places, roundOn]) => round(toFloat64(value), intOf(places), typeof roundOn === "number" ? roundOn : 0.5),
  ),
  until: fn(["int"], ([count], context) => untilStep(0, intOf(count), intOf(count) < 0 ? -1 : 1, context)),
  untilStep: fn(
    ["int", "int", "int"],
    ([start, stop, step], context) => untilStep(intOf(start), intOf(stop), intOf(step), context),
  ),
  seq: variadic([], "int", (numbers, context) => seq(numbers.map(intOf), context)),
};
