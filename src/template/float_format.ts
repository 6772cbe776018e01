/** Formats floats by verb and precision as Go's strconv.FormatFloat does, exact in every digit. */

/** The verbs of FormatFloat; `b` and hexadecimal show the bits. */
export type FloatVerb = "e" | "E" | "f" | "g" | "G" | "b" | "x" | "X";

/** 0.DIGITS · 10^point: the form in which rounding is done. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** `value` with `precision` digits as the verb counts them; -1 for the shortest that reads back the same. */
export function formatFloatVerb(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return sign === "" ? "+Inf" : "-Inf";
  switch (verb) {
    case "b":
      return sign + formatBits(magnitude);
    case "x":
      return sign + formatHex(magnitude, precision);
    case "X":
      return sign + formatHex(magnitude, precision).toUpperCase();
    case "f":
      return sign + formatFixed(roundedTo(magnitude, precision, "fraction"), precision);
    case "e":
    case "E":
      return sign + formatExponent(roundedTo(magnitude, precision < 0 ? -1 : precision + 1, "digits"), precision, verb);
  }
  return sign + formatGeneral(magnitude, precision, verb === "g" ? "e" : "E");
}

function formatGeneral(magnitude: number, precision: number, exponentLetter: "e" | "E"): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = roundedTo(magnitude, isShortest ? -1 : wanted, "digits");
  const count = decimal.digits.length;
  let threshold = wanted;
  if (threshold > count && count >= decimal.point) threshold = count;
  if (isShortest) threshold = 6;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= threshold) {
    const shown = isShortest || wanted > count ? count : wanted;
    return formatExponent(decimal, shown - 1, exponentLetter);
  }
  return formatFixed(decimal, Math.max(count - decimal.point, 0));
}

function formatExponent(decimal: Decimal, precision: number, letter: "e" | "E"): string {
  const digits = decimal.digits === "" ? "0" : decimal.digits;
  const fraction = precision < 0 ? digits.slice(1) : digits.slice(1).padEnd(precision, "0").slice(0, precision);
  const exponent = decimal.digits === "" ? 0 : decimal.point - 1;
  const shown = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits[0]}${fraction === "" ? "" : "."}${fraction}${letter}${exponent < 0 ? "-" : "+"}${shown}`;
}

function formatFixed(decimal: Decimal, precision: number): string {
  const { digits, point } = decimal;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const behind = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const fraction = precision < 0 ? behind : behind.slice(0, precision).padEnd(precision, "0");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Rounds half to even, at `count` digits in all or behind the point; -1 gives the shortest digits. */
function roundedTo(magnitude: number, count: number, unit: "digits" | "fraction"): Decimal {
  if (magnitude === 0) return { digits: "", point: 0 };
  if (count < 0) return shortestDecimal(magnitude);
  const exact = exactDecimal(magnitude);
  const kept = unit === "digits" ? count : exact.point + count;
  if (kept >= exact.digits.length) return exact;
  if (kept < 0) return { digits: "", point: 0 };
  return roundDigits(exact, kept);
}

function roundDigits({ digits, point }: Decimal, kept: number): Decimal {
  const head = digits.slice(0, kept);
  const tail = digits.slice(kept);
  const isHalf = /^50*$/.test(tail);
  const roundsUp = isHalf ? kept > 0 && Number(head.at(-1)) % 2 === 1 : tail[0]! >= "5";
  if (!roundsUp) return trimmed(head, point);
  const raised = kept === 0 ? "1" : String(BigInt(head) + 1n);
  // 9.99 becomes 10: one digit more before the point. (`kept` = 0 raises 0 to 1 in the same way.)
  return trimmed(raised, raised.length > head.length ? point + 1 : point);
}

function trimmed(digits: string, point: number): Decimal {
  const text = digits.replace(/0+$/, "");
  return text === "" ? { digits: "", point: 0 } : { digits: text, point };
}

function shortestDecimal(magnitude: number): Decimal {
  const [mantissa, exponent] = magnitude.toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** Every digit of the value: a float is a whole number over a power of two. */
function exactDecimal(magnitude: number): Decimal {
  const { mantissa, exponent } = bitsOf(magnitude);
  if (exponent >= 0) {
    const digits = String(mantissa << BigInt(exponent));
    return trimmed(digits, digits.length);
  }
  // m / 2^k = m·5^k / 10^k
  const digits = String(mantissa * 5n ** BigInt(-exponent));
  return trimmed(digits, digits.length + exponent);
}

function bitsOf(magnitude: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, magnitude);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n & 0x7ffn);
  const fraction = raw & (1n << 52n) - 1n;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 1n << 52n, exponent: biased - 1075 };
}

function formatBits(magnitude: number): string {
  const { mantissa, exponent } = bitsOf(magnitude);
  return `${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function formatHex(magnitude: number, precision: number): string {
  let { mantissa, exponent } = bitsOf(magnitude);
  if (mantissa === 0n) exponent = 0;
  else {
    exponent += 52;
    while (mantissa >> 52n === 0n) mantissa <<= 1n, exponent--;
    if (precision >= 0 && precision < 13) [mantissa, exponent] = roundHex(mantissa, exponent, precision);
  }
  let fraction = (mantissa & (1n << 52n) - 1n).toString(16).padStart(13, "0");
  fraction = precision < 0 ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const shown = String(Math.abs(exponent)).padStart(2, "0");
  return `0x${mantissa >> 52n}${fraction === "" ? "" : "."}${fraction}p${exponent < 0 ? "-" : "+"}${shown}`;
}

function roundHex(mantissa: bigint, exponent: number, precision: number): [bigint, number] {
  const shift = BigInt(52 - precision * 4);
  const half = 1n << (shift - 1n);
  const rest = mantissa & (1n << shift) - 1n;
  let kept = mantissa >> shift;
  if (rest > half || rest === half && (kept & 1n) === 1n) kept += 1n;
  const rounded = kept << shift;
  return rounded >> 53n === 0n ? [rounded, exponent] : [rounded >> 1n, exponent + 1];
}
