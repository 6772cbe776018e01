/** Sprig's functions of numbers: integers are int64, floats float64, whatever goes in. */
import { FunctionError } from "../function.ts";
import { ANY, goInt, goInt64, type Value } from "../value.ts";
import { type Family, fn, intOf, toFloat64, toInt64, variadic } from "./define.ts";

const int64s = (values: readonly Value[]) => values.map(toInt64);
const sumOf = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);
const extreme = (pick: (a: bigint, b: bigint) => boolean) =>
  variadic([ANY], ANY, (values) => goInt64(int64s(values).reduce((best, value) => pick(value, best) ? value : best)));
const floats = (pick: (a: number, b: number) => number) =>
  variadic([ANY], ANY, (values) => values.map(toFloat64).reduce(pick));

function divide(a: Value, b: Value, operation: (a: bigint, b: bigint) => bigint): Value {
  const divisor = toInt64(b);
  if (divisor === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return goInt64(operation(toInt64(a), divisor));
}

/** Sprig's round: the last digit goes up from `roundOn` (0.5) on. */
function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places, digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

export const math: Family = {
  int: fn([ANY], ([value]) => goInt(toInt64(value!))),
  int64: fn([ANY], ([value]) => goInt64(toInt64(value!))),
  float64: fn([ANY], ([value]) => toFloat64(value!)),
  atoi: fn(["string"], ([text]) => goInt(/^[+-]?\d+$/.test(text as string) ? toBounded(text as string) : 0n)),
  toDecimal: fn([ANY], ([value]) => {
    const text = String(typeof value === "string" ? value : toInt64(value!));
    return goInt64(/^[+-]?[0-7]+$/.test(text) ? BigInt(parseInt(text, 8)) : 0n);
  }),
  add: variadic([], ANY, (values) => goInt64(sumOf(int64s(values)))),
  add1: fn([ANY], ([value]) => goInt64(toInt64(value!) + 1n)),
  sub: fn([ANY, ANY], ([a, b]) => goInt64(toInt64(a!) - toInt64(b!))),
  mul: variadic([ANY], ANY, (values) => goInt64(int64s(values).reduce((product, value) => product * value, 1n))),
  div: fn([ANY, ANY], ([a, b]) => divide(a!, b!, (x, y) => x / y)),
  mod: fn([ANY, ANY], ([a, b]) => divide(a!, b!, (x, y) => x % y)),
  max: extreme((a, b) => a > b),
  biggest: extreme((a, b) => a > b),
  min: extreme((a, b) => a < b),
  maxf: floats(Math.max),
  minf: floats(Math.min),
  addf: floats((a, b) => a + b),
  add1f: fn([ANY], ([value]) => toFloat64(value!) + 1),
  subf: floats((a, b) => a - b),
  mulf: floats((a, b) => a * b),
  divf: floats((a, b) => a / b),
  floor: fn([ANY], ([value]) => Math.floor(toFloat64(value!))),
  ceil: fn([ANY], ([value]) => Math.ceil(toFloat64(value!))),
  round: variadic(
    [ANY, "int"],
    "float64",
    ([value, places, roundOn]) => round(toFloat64(value!), intOf(places), typeof roundOn === "number" ? roundOn : 0.5),
  ),
};

/** Go's Atoi answers out of range with the nearest int, and sprig ignores the error. */
function toBounded(text: string): bigint {
  const value = BigInt(text.replace(/^\+/, ""));
  const largest = 2n ** 63n - 1n;
  return value > largest ? largest : value < -largest - 1n ? -largest - 1n : value;
}
