/** Numbers and texts as gopher-lua turns one into the other: Go's strconv and fmt behind Lua's functions. */
import { formatFloat } from "../../json/number.ts";
import { parseFloat64, parseInt64 } from "../../json/read_number.ts";

/** Go's `int(float64)` on amd64, as a number: what is out of range, and NaN, is the smallest integer. */
export function toInt(value: number): number {
  if (!(Math.abs(value) < 2 ** 63)) return -(2 ** 63);
  return Math.trunc(value) + 0;
}

/** gopher-lua's text of a number: whole ones that fit an int64 in full, others with the shortest digits. */
export function formatNumber(value: number): string {
  if (value === toInt(value)) return BigInt(value).toString();
  return formatFloat(value);
}

/** The number that a text is in arithmetic: an integer as Go's source code writes it, or a float. */
export function parseNumber(text: string): number | undefined {
  const trimmed = trimBlanks(text);
  const integer = parseInt64(trimmed, 0);
  return integer === undefined ? parseFloat64(trimmed) : Number(integer);
}

/** Lua's `tonumber` of a text: with a point a float, without one an integer of the base. */
export function toNumber(text: string, base: number | undefined): number | undefined {
  let trimmed = trimBlanks(text);
  if (trimmed.includes(".")) return parseFloat64(trimmed);
  let radix = base === undefined ? 10 : toInt(base);
  if (base === undefined && (trimmed.startsWith("0x") || trimmed.startsWith("0X"))) {
    radix = 16;
    trimmed = trimmed.slice(2);
  }
  // A base of 0 is that of Go's literals, for `tonumber` too.
  const integer = parseInt64(trimmed, radix);
  return integer === undefined ? undefined : Number(integer);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a;
}

/** Go's `strings.Trim(text, " \t\n")`. */
function trimBlanks(text: string): string {
  let start = 0, end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Go's `math.Pow`, by its steps: powers of whole numbers come out with the same last digit. */
export function power(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return Math.abs(x) === 1 ? 1 : x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  let whole = Math.trunc(Math.abs(y)), fraction = Math.abs(y) - whole;
  if (fraction !== 0 && x < 0) return NaN;
  if (whole >= 2 ** 63) {
    if (x === -1) return 1;
    return (Math.abs(x) < 1) === (y > 0) ? 0 : Infinity;
  }
  let result = 1, exponent = 0;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction--;
      whole++;
    }
    result = Math.exp(fraction * Math.log(x));
  }
  let [base, baseExponent] = fractionAndExponent(x);
  for (let rest = BigInt(whole); rest !== 0n; rest >>= 1n) {
    if (baseExponent < -4096 || baseExponent > 4096) {
      exponent += baseExponent;
      break;
    }
    if ((rest & 1n) === 1n) {
      result *= base;
      exponent += baseExponent;
    }
    base *= base;
    baseExponent *= 2;
    if (base < 0.5) {
      base += base;
      baseExponent--;
    }
  }
  if (y < 0) {
    result = 1 / result;
    exponent = -exponent;
  }
  return timesPowerOfTwo(result, exponent);
}

/** x = fraction × 2^exponent with 0.5 ≤ |fraction| < 1. */
function fractionAndExponent(x: number): [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  const isSmall = Math.abs(x) < 2.2250738585072014e-308;
  view.setFloat64(0, isSmall ? x * 2 ** 52 : x);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1022 - (isSmall ? 52 : 0);
  view.setUint32(0, ((high & 0x800fffff) | 0x3fe00000) >>> 0);
  return [view.getFloat64(0), exponent];
}

function timesPowerOfTwo(value: number, exponent: number): number {
  if (exponent > 2200) return value * Infinity;
  if (exponent < -2200) return value * 0;
  while (exponent > 1000) {
    value *= 2 ** 1000;
    exponent -= 1000;
  }
  // One last step decides the rounding among the smallest numbers.
  while (exponent < -1000) {
    const step = Math.max(exponent + 52, -1000);
    if (step >= 0) break;
    value *= 2 ** step;
    exponent -= step;
  }
  return value * 2 ** exponent;
}
