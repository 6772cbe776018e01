/** String and bytes literals: quotes, prefixes and escapes as CEL has them; an escape that it has not is refused. */
import { errorAt } from "./errors.ts";

export interface Literal {
  readonly value: string | Uint8Array;
  /** The offset after the closing quotes. */
  readonly end: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`",
  "?": "?",
});
/** Digits after `\x`, `\u` and `\U`. */
const HEX_DIGITS: Readonly<Record<string, number>> = Object.assign(Object.create(null), { x: 2, X: 2, u: 4, U: 8 });

const encoder = new TextEncoder();

/**
 * Reads the literal at `at` whose prefix and first quote are `start`.
 *
 * @throws {CelError} of stage `parse` where it is not closed or has an unknown escape.
 */
export function readString(rule: string, at: number, start: string): Literal {
  const quote = start.at(-1)!;
  const open = rule.startsWith(quote.repeat(3), at + start.length - 1) ? quote.repeat(3) : quote;
  const from = at + start.length - 1 + open.length;
  const isRaw = /r/i.test(start);
  const end = closingQuote(rule, at, from, open, isRaw);
  const isBytes = /b/i.test(start);
  const chunks = isRaw ? [normalize(rule.slice(from, end))] : unescape(rule, from, end, isBytes);
  return { value: isBytes ? joinBytes(chunks) : chunks.join(""), end: end + open.length };
}

function closingQuote(rule: string, at: number, from: number, open: string, isRaw: boolean): number {
  for (let i = from; i < rule.length; i++) {
    if (rule.startsWith(open, i)) return i;
    if (rule[i] === "\\" && !isRaw) i++;
    else if (open.length === 1 && (rule[i] === "\n" || rule[i] === "\r")) break;
  }
  throw errorAt("parse", `the literal that begins here has no closing ${open}`, rule, at);
}

/** Pieces of the literal: text, or a single byte that an escape of a bytes literal gave. */
function unescape(rule: string, from: number, end: number, isBytes: boolean): (string | number)[] {
  const chunks: (string | number)[] = [];
  let at = from;
  while (at < end) {
    const backslash = rule.indexOf("\\", at);
    const stop = backslash < 0 || backslash >= end ? end : backslash;
    if (stop > at) chunks.push(normalize(rule.slice(at, stop)));
    if (stop === end) break;
    const escape = readEscape(rule, stop, end, isBytes);
    chunks.push(escape.chunk);
    at = stop + escape.length;
  }
  return chunks;
}

function readEscape(
  rule: string,
  at: number,
  end: number,
  isBytes: boolean,
): { chunk: string | number; length: number } {
  const letter = rule[at + 1]!;
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { chunk: simple, length: 2 };
  const count = HEX_DIGITS[letter];
  const digits = rule.slice(at + 2, Math.min(end, at + 2 + (count ?? 0)));
  if (count !== undefined && digits.length === count && /^[0-9a-fA-F]+$/.test(digits)) {
    if (isBytes && count > 2) throw errorAt("parse", `\\${letter} is no escape of bytes literals`, rule, at);
    return { chunk: codePoint(rule, at, parseInt(digits, 16), isBytes), length: 2 + count };
  }
  const octal = rule.slice(at + 1, Math.min(end, at + 4));
  if (/^[0-3][0-7][0-7]$/.test(octal)) {
    return { chunk: codePoint(rule, at, parseInt(octal, 8), isBytes), length: 4 };
  }
  throw errorAt("parse", `unknown escape \\${letter} (write \\\\ for a backslash, or r"…" for a raw string)`, rule, at);
}

function codePoint(rule: string, at: number, value: number, isBytes: boolean): string | number {
  if (isBytes) return value;
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    throw errorAt("parse", "the escape is no Unicode character", rule, at);
  }
  return String.fromCodePoint(value);
}

/** Line ends in literals are \n, however the rule's text has them. */
function normalize(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

function joinBytes(chunks: readonly (string | number)[]): Uint8Array {
  const parts = chunks.map((chunk) => typeof chunk === "number" ? Uint8Array.of(chunk) : encoder.encode(chunk));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
