/** Numbers and texts as gopher-lua turns one into the other: Go's strconv and fmt behind Lua's functions. */
import { formatFloat } from "../../json/number.ts";

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

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
  const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, "");
  const integer = parseInteger(trimmed, 0);
  return integer === undefined ? parseFloat64(trimmed) : Number(integer);
}

/** Lua's `tonumber` of a text: with a point a float, without one an integer of the base. */
export function toNumber(text: string, base: number | undefined): number | undefined {
  let trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, "");
  if (trimmed.includes(".")) return parseFloat64(trimmed);
  let radix = base === undefined ? 10 : toInt(base);
  if (base === undefined && /^0x/i.test(trimmed)) {
    radix = 16;
    trimmed = trimmed.slice(2);
  }
  const integer = parseInteger(trimmed, radix);
  return integer === undefined ? undefined : Number(integer);
}

/** Go's `strconv.ParseInt(text, base, 64)`; undefined for every error. */
export function parseInteger(text: string, base: number): bigint | undefined {
  const match = /^([+-]?)(.+)$/s.exec(text);
  if (!match) return undefined;
  let digits = match[2]!, radix = base;
  if (base === 0) {
    radix = 10;
    if (digits.startsWith("0")) {
      const prefix = digits.slice(1, 2).toLowerCase();
      const known = { b: 2, o: 8, x: 16 }[prefix];
      if (digits.length >= 3 && known !== undefined) {
        radix = known;
        digits = digits.slice(2);
      } else {
        radix = 8;
        digits = digits.slice(1);
        if (digits === "") return 0n;
      }
    }
    if (digits.includes("_")) {
      if (!areUnderscoresFine(text)) return undefined;
      digits = digits.replaceAll("_", "");
    }
  } else if (radix < 2 || radix > 36) return undefined;
  // Longer ones are out of range in any base, whatever their digits.
  const significant = digits.replace(/^0+/, "");
  if (significant.length > 64 || digits === "") return undefined;
  let value = 0n;
  for (const digit of significant) {
    const one = digitValue(digit);
    if (one >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(one);
  }
  const signed = match[1] === "-" ? -value : value;
  return signed > MAX_INT64 || signed < MIN_INT64 ? undefined : signed;
}

function digitValue(character: string): number {
  const code = character.charCodeAt(0);
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? lower - 87 : Infinity;
}

/** Go allows an underscore between digits and after a base's prefix, in numbers that have such a prefix or base 0. */
function areUnderscoresFine(text: string): boolean {
  let rest = text.replace(/^[+-]/, "");
  let previous = "^", isHex = false;
  if (/^0[box]/i.test(rest)) {
    previous = "0";
    isHex = /^0x/i.test(rest);
    rest = rest.slice(2);
  }
  for (const character of rest) {
    if (/[0-9]/.test(character) || isHex && /[a-f]/i.test(character)) previous = "0";
    else if (character === "_") {
      if (previous !== "0") return false;
      previous = "_";
    } else {
      if (previous === "_") return false;
      previous = "!";
    }
  }
  return previous !== "_";
}

/** Go's `strconv.ParseFloat(text, 64)`; undefined for every error, also for what is too large. */
export function parseFloat64(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    if (special[2]!.toLowerCase() === "nan") return special[1] === "" ? NaN : undefined;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  // Underscores count as in base 0, which needs a prefix.
  if (text.includes("_")) {
    if (!/^[+-]?0x/i.test(text) || !areUnderscoresFine(text)) return undefined;
    text = text.replaceAll("_", "");
  }
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/.exec(text);
  if (hex) return parseHexFloat(hex);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function parseHexFloat([, sign, whole = "", fraction = "", power]: RegExpExecArray): number | undefined {
  const digits = (whole + fraction).replace(/^0+/, "");
  if (whole + fraction === "") return undefined;
  if (digits === "") return sign === "-" ? -0 : 0;
  // 16 digits more than a float can tell apart, and a last one for whatever follows.
  const kept = digits.length > 32 ? digits.slice(0, 32) + (/[^0]/.test(digits.slice(32)) ? "1" : "0") : digits;
  const exponent = Number(power) + 4 * (digits.length - kept.length) - 4 * fraction.length;
  const value = scale(BigInt(`0x${kept}`), exponent);
  if (!Number.isFinite(value)) return undefined;
  return sign === "-" ? -value : value;
}

/** `mantissa × 2^exponent`, rounded once, to the nearest even. */
function scale(mantissa: bigint, exponent: number): number {
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1100) return Infinity;
  if (bits + exponent < -1200) return 0;
  // So many bits fit: fewer among the smallest numbers.
  const keep = Math.min(53, bits + exponent + 1074);
  if (keep < 0) return 0;
  const drop = bits - keep;
  if (drop <= 0) return Number(mantissa) * 2 ** exponent;
  const half = 1n << BigInt(drop - 1);
  let rounded = mantissa >> BigInt(drop);
  const rest = mantissa - (rounded << BigInt(drop));
  if (rest > half || rest === half && (rounded & 1n) === 1n) rounded += 1n;
  const high = exponent + drop;
  return high < -1000 ? Number(rounded) * 2 ** (high + 200) * 2 ** -200 : Number(rounded) * 2 ** high;
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
