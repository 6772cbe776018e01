/** Reads the number literals of templates as Go's strconv and parser do. */
import { unquoteRune } from "./quote.ts";
import type { NumberNode } from "./node.ts";

type NumberParts = Pick<NumberNode, "int" | "uint" | "float" | "complex">;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * The values of a literal token under each type that holds it.
 *
 * @throws {SyntaxError} with Go's message where Go refuses the literal.
 */
export function readNumber(text: string, token: "charConstant" | "complex" | "number"): NumberParts {
  if (token === "charConstant") return readRune(text);
  if (token === "complex") return readComplex(text);
  if (text.endsWith("i")) {
    const imaginary = parseFloatLiteral(text.slice(0, -1));
    if (imaginary !== undefined) return complexParts(0, imaginary);
  }
  return readPlain(text);
}

function readRune(text: string): NumberParts {
  const code = unquoteRune(text);
  if (code === undefined) {
    // Go tells two errors apart: a first character that can't be read, and more than one character.
    const isMalformed = /^'(?:[^\\']|\\(?:[abfnrtv\\']|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}))/u
      .test(text);
    throw new SyntaxError(isMalformed ? `malformed character constant: ${text}` : "invalid syntax");
  }
  return { int: BigInt(code), uint: BigInt(code), float: code, complex: undefined };
}

function readPlain(text: string): NumberParts {
  let uint = parseUnsigned(text);
  let int = parseSigned(text);
  if (int === 0n) uint = 0n; // -0 is unsigned too.
  let float: number | undefined;
  if (int !== undefined) float = Number(int);
  else if (uint !== undefined) float = Number(uint);
  else {
    float = parseFloatLiteral(text);
    if (float !== undefined) {
      if (!/[.eEpP]/.test(text)) throw new SyntaxError(`integer overflow: "${text}"`);
      int = wholeWithin(float, INT64_MIN, INT64_MAX);
      uint = wholeWithin(float, 0n, UINT64_MAX);
    }
  }
  if (int === undefined && uint === undefined && float === undefined) {
    throw new SyntaxError(`illegal number syntax: "${text}"`);
  }
  return { int, uint, float, complex: undefined };
}

function readComplex(text: string): NumberParts {
  const split = Math.max(text.lastIndexOf("+"), text.lastIndexOf("-"));
  // The sign of an exponent is no separator: 1e+2+3i.
  const parts = /^(.*[^eEpP])([+-].*)i$/.exec(text);
  const real = split > 0 && parts !== null ? parseFloatLiteral(parts[1]!) : undefined;
  const imaginary = parts === null ? undefined : parseFloatLiteral(parts[2]!);
  if (real === undefined || imaginary === undefined) throw new SyntaxError("syntax error scanning complex number");
  return complexParts(real, imaginary);
}

function complexParts(real: number, imaginary: number): NumberParts {
  const complex = { real, imaginary };
  if (imaginary !== 0) return { int: undefined, uint: undefined, float: undefined, complex };
  return {
    int: wholeWithin(real, INT64_MIN, INT64_MAX),
    uint: wholeWithin(real, 0n, UINT64_MAX),
    float: real,
    complex,
  };
}

function wholeWithin(value: number, min: bigint, max: bigint): bigint | undefined {
  if (!Number.isInteger(value)) return undefined;
  const whole = BigInt(value);
  return whole >= min && whole <= max ? whole : undefined;
}

function parseUnsigned(text: string): bigint | undefined {
  const value = parseMagnitude(text);
  return value !== undefined && value <= UINT64_MAX ? value : undefined;
}

function parseSigned(text: string): bigint | undefined {
  const isNegative = text.startsWith("-");
  const magnitude = parseMagnitude(/^[+-]/.test(text) ? text.slice(1) : text);
  if (magnitude === undefined) return undefined;
  const value = isNegative ? -magnitude : magnitude;
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

/** Go's ParseUint with base 0: prefixes 0x, 0o, 0b, a leading 0 for octal, and underscores between digits. */
function parseMagnitude(text: string): bigint | undefined {
  const match =
    /^(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)|0[oO]?(_?[0-7]+(?:_[0-7]+)*)|([0-9]|[1-9](?:_?[0-9]+)*))$/
      .exec(text);
  if (match === null) return undefined;
  const [, hex, binary, octal, decimal] = match.map((group) => group?.replaceAll("_", ""));
  if (hex !== undefined) return BigInt(`0x${hex}`);
  if (binary !== undefined) return BigInt(`0b${binary}`);
  if (octal !== undefined) return BigInt(`0o${octal}`);
  return BigInt(decimal!);
}

const DIGITS = "[0-9](?:_?[0-9])*";
const HEX_DIGITS = "[0-9a-fA-F](?:_?[0-9a-fA-F])*";
const DECIMAL_FLOAT = new RegExp(`^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);
const HEX_FLOAT = new RegExp(
  `^([+-]?)0[xX](_?${HEX_DIGITS})?(?:\\.(${HEX_DIGITS})?)?[pP]([+-]?${DIGITS})$`,
);

/** Go's ParseFloat(text, 64) for literals (no `inf`); undefined where that gives an error, overflow included. */
export function parseFloatLiteral(text: string): number | undefined {
  const plain = text.replaceAll("_", "");
  if (DECIMAL_FLOAT.test(text)) {
    const value = Number(plain);
    return Number.isFinite(value) ? value : undefined;
  }
  if (!HEX_FLOAT.test(text)) return undefined;
  const [, sign, whole = "", fraction = "", exponent] = HEX_FLOAT.exec(plain)!;
  if (whole === "" && fraction === "") return undefined;
  const value = scaleHex(BigInt(`0x0${whole}${fraction}`), Number(exponent) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  return sign === "-" ? -value : value;
}

/** `mantissa`·2^`exponent`, rounded once to the nearest float, ties to even. */
function scaleHex(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  if (exponent > 2000) return Infinity;
  if (exponent < -10000) return 0;
  if (exponent >= 0) return Number(mantissa << BigInt(exponent));
  // The lowest bit that a float has room for: 53 bits, fewer where subnormals end.
  const lowest = Math.max(mantissa.toString(2).length + exponent - 53, -1074);
  if (lowest <= exponent) return Number(mantissa) * 2 ** exponent;
  const shift = BigInt(lowest - exponent);
  const half = 1n << (shift - 1n);
  const whole = mantissa >> shift;
  const rest = mantissa - (whole << shift);
  const roundsUp = rest > half || rest === half && (whole & 1n) === 1n;
  return Number(whole + (roundsUp ? 1n : 0n)) * 2 ** lowest;
}
