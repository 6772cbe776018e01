/**
 * How Go reads numbers: strconv's ParseInt, ParseUint and ParseFloat, the one place that knows, used by templates, CEL and
 * Lua. Whatever the text, the time is that of its length: no expressions that go back, no digits beyond those that count.
 */

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

const PLUS = 0x2b, MINUS = 0x2d, POINT = 0x2e, ZERO = 0x30, UNDERSCORE = 0x5f;
const LOWER_E = 0x65, LOWER_P = 0x70, LOWER_X = 0x78;
/** The letters behind a leading zero that name a base. */
const BASE_OF_PREFIX: ReadonlyMap<number, number> = new Map([[0x62, 2], [0x6f, 8], [LOWER_X, 16]]);

/** An ASCII letter as small one. */
function lower(code: number): number {
  return code | 0x20;
}

/** The value of a digit or letter in the bases up to 36; infinite for anything else. */
function digitOf(code: number): number {
  if (code >= ZERO && code <= ZERO + 9) return code - ZERO;
  const letter = lower(code);
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 + 10 : Infinity;
}

function isSign(code: number): boolean {
  return code === PLUS || code === MINUS;
}

/**
 * Go's `strconv.ParseInt(text, base, 64)`: a base of 0 takes Go's own literals (0x, 0o, 0b, a leading 0, underscores).
 * Undefined for every error, also for what int64 does not hold.
 */
export function parseInt64(text: string, base: number): bigint | undefined {
  const hasSign = isSign(text.charCodeAt(0));
  const magnitude = readMagnitude(text, hasSign ? 1 : 0, base);
  if (magnitude === undefined) return undefined;
  const value = text.charCodeAt(0) === MINUS ? -magnitude : magnitude;
  return value > MAX_INT64 || value < MIN_INT64 ? undefined : value;
}

/** Go's `strconv.ParseUint(text, base, 64)`: no sign; undefined for every error. */
export function parseUint64(text: string, base: number): bigint | undefined {
  return readMagnitude(text, 0, base);
}

function readMagnitude(text: string, start: number, base: number): bigint | undefined {
  if (start >= text.length || base !== 0 && !(base >= 2 && base <= 36)) return undefined;
  let radix = base, at = start, hasUnderscore = false;
  if (base === 0) {
    radix = 10;
    if (text.charCodeAt(at) === ZERO) {
      const named = text.length - at >= 3 ? BASE_OF_PREFIX.get(lower(text.charCodeAt(at + 1))) : undefined;
      radix = named ?? 8;
      at += named === undefined ? 1 : 2;
    }
  }
  // As a plain number as long as that is exact.
  let small = 0, large: bigint | undefined;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE && base === 0) {
      hasUnderscore = true;
      continue;
    }
    const digit = digitOf(code);
    if (digit >= radix) return undefined;
    const next = small * radix + digit;
    if (large === undefined && next <= Number.MAX_SAFE_INTEGER) {
      small = next;
      continue;
    }
    large = (large ?? BigInt(small)) * BigInt(radix) + BigInt(digit);
    if (large > MAX_UINT64) return undefined;
  }
  if (hasUnderscore && !areUnderscoresFine(text)) return undefined;
  return large ?? BigInt(small);
}

/** Go allows an underscore between two digits, and between the prefix of a base and a digit. */
function areUnderscoresFine(text: string): boolean {
  let at = isSign(text.charCodeAt(0)) ? 1 : 0;
  let before: "start" | "digit" | "underscore" | "other" = "start";
  let radix = 10;
  const named = text.charCodeAt(at) === ZERO ? BASE_OF_PREFIX.get(lower(text.charCodeAt(at + 1))) : undefined;
  if (named !== undefined) {
    at += 2;
    before = "digit";
    if (named === 16) radix = 16;
  }
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (digitOf(code) < radix) before = "digit";
    else if (code === UNDERSCORE) {
      if (before !== "digit") return false;
      before = "underscore";
    } else {
      if (before === "underscore") return false;
      before = "other";
    }
  }
  return before !== "underscore";
}

const LONGEST_WORD = "+infinity".length;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const NOT_A_NUMBER = /^nan$/i;

/**
 * Go's `strconv.ParseFloat(text, 64)`; undefined for every error, also for what is too large. (Where Go loses the digits
 * beyond the 800th before the point, which an exponent would take back, this does not.)
 */
export function parseFloat64(text: string): number | undefined {
  if (text.length <= LONGEST_WORD) {
    if (INFINITE.test(text)) return text.charCodeAt(0) === MINUS ? -Infinity : Infinity;
    if (NOT_A_NUMBER.test(text)) return NaN;
  }
  const start = isSign(text.charCodeAt(0)) ? 1 : 0;
  const isHex = text.length - start > 2 && text.charCodeAt(start) === ZERO &&
    lower(text.charCodeAt(start + 1)) === LOWER_X;
  const radix = isHex ? 16 : 10;
  let at = isHex ? start + 2 : start;
  const digits = at;
  let hasPoint = false, hasDigit = false, hasUnderscore = false;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE) hasUnderscore = true;
    else if (code === POINT && !hasPoint) hasPoint = true;
    else if (digitOf(code) < radix) hasDigit = true;
    else break;
  }
  if (!hasDigit) return undefined;
  const end = at;
  let exponent = 0;
  if (lower(text.charCodeAt(at)) === (isHex ? LOWER_P : LOWER_E)) {
    at++;
    const isNegative = text.charCodeAt(at) === MINUS;
    if (isSign(text.charCodeAt(at))) at++;
    if (!(digitOf(text.charCodeAt(at)) < 10)) return undefined;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === UNDERSCORE) hasUnderscore = true;
      else if (digitOf(code) >= 10) break;
      // Go: behind five digits of an exponent the others are not looked at.
      else if (exponent < 10_000) exponent = exponent * 10 + digitOf(code);
    }
    if (isNegative) exponent = -exponent;
  } else if (isHex) return undefined;
  if (at < text.length || hasUnderscore && !areUnderscoresFine(text)) return undefined;
  const mantissa = hasUnderscore ? text.slice(digits, end).replaceAll("_", "") : text.slice(digits, end);
  const magnitude = isHex ? hexFloat(mantissa, exponent) : Number(`${mantissa}e${exponent}`);
  if (!Number.isFinite(magnitude)) return undefined;
  return text.charCodeAt(0) === MINUS ? -magnitude : magnitude;
}

/** More hexadecimal digits than this are not told apart, but for whether any is not 0. */
const MAX_HEX_DIGITS = 32;

/** The float nearest to `digits` × 2^`exponent`; the digits may have a point. */
function hexFloat(digits: string, exponent: number): number {
  let mantissa = "", behindPoint = 0, dropped = 0, hasPoint = false, isMore = false;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits[at]!;
    if (digit === ".") {
      hasPoint = true;
      continue;
    }
    if (hasPoint) behindPoint++;
    if (mantissa === "" && digit === "0") continue;
    if (mantissa.length < MAX_HEX_DIGITS) mantissa += digit;
    else {
      dropped++;
      isMore ||= digit !== "0";
    }
  }
  if (mantissa === "") return 0;
  // One bit for all that follows decides between two floats where it lies exactly in the middle.
  const whole = BigInt(`0x${mantissa}`) << 1n | (isMore ? 1n : 0n);
  return timesPowerOfTwo(whole, exponent + 4 * (dropped - behindPoint) - 1);
}

/** `mantissa` × 2^`exponent`, rounded once, to the nearest even. */
function timesPowerOfTwo(mantissa: bigint, exponent: number): number {
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1025) return Infinity;
  // So many bits fit: fewer among the smallest numbers.
  const kept = Math.min(53, bits + exponent + 1074);
  if (kept < 0) return 0;
  const drop = bits - kept;
  if (drop <= 0) return Number(mantissa) * 2 ** exponent;
  const half = 1n << BigInt(drop - 1);
  let rounded = mantissa >> BigInt(drop);
  const rest = mantissa - (rounded << BigInt(drop));
  if (rest > half || rest === half && (rounded & 1n) === 1n) rounded += 1n;
  return Number(rounded) * 2 ** (exponent + drop);
}
