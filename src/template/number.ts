/** Reads the number literals of templates as Go's strconv and parser do. */
import { parseFloat64, parseInt64, parseUint64 } from "../json/read_number.ts";
import type { NumberNode } from "./node.ts";
import { unquoteRune } from "./quote.ts";

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
    const imaginary = parseFloat64(text.slice(0, -1));
    if (imaginary !== undefined) return complexParts(0, imaginary);
  }
  return readPlain(text);
}

function readRune(text: string): NumberParts {
  const rune = unquoteRune(text);
  if (rune === undefined) throw new SyntaxError("invalid syntax");
  if (!rune.isAlone) throw new SyntaxError(`malformed character constant: ${text}`);
  const int = BigInt(rune.code);
  return { int, uint: int, float: rune.code, complex: undefined };
}

function readPlain(text: string): NumberParts {
  let uint = parseUint64(text, 0);
  let int = parseInt64(text, 0);
  if (int === 0n) uint = 0n; // -0 is unsigned too.
  let float: number | undefined;
  if (int !== undefined) float = Number(int);
  else if (uint !== undefined) float = Number(uint);
  else {
    float = parseFloat64(text);
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

/** What Go's Sscan takes for a float; whether it is one, ParseFloat decides. */
const FLOAT_TOKEN =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eEpP][+-]?[0-9_]*)?)/;
// An `i` right behind the sign could be an infinity, and is lost as it is none.
const COMPLEX = new RegExp(`^(${FLOAT_TOKEN.source})([+-](?!i)${FLOAT_TOKEN.source})i`);

function readComplex(text: string): NumberParts {
  const parts = COMPLEX.exec(text);
  if (parts === null) throw new SyntaxError("syntax error scanning complex number");
  const [real, imaginary] = parts.slice(1).map((part) => {
    const value = parseFloat64(part);
    if (value !== undefined) return value;
    const what = isFloatSyntax(part) ? "value out of range" : "invalid syntax";
    throw new SyntaxError(`strconv.ParseFloat: parsing "${part}": ${what}`);
  });
  return complexParts(real!, imaginary!);
}

/** Whether the text is a float but for its size: one with a small exponent instead would be. */
function isFloatSyntax(text: string): boolean {
  return parseFloat64(text.replace(/([eEpP][+-]?)[0-9_]+$/, "$10")) !== undefined;
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
