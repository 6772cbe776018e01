/** Quoting and unquoting as Go's strconv does, and the classes of characters that Go's scanner knows. */
import { textOf } from "./bytes.ts";

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;
const GRAPHIC = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

// Characters younger than Unicode 15.0, which Go 1.26 knows: JavaScript's newer tables have them, Go takes none for a
// letter or for printable.
const NEWER_THAN_GO = "[" +
  "\\u{897}\\u{1b4e}-\\u{1b4f}\\u{1b7f}\\u{1c89}-\\u{1c8a}\\u{2427}-\\u{2429}\\u{2ffc}-\\u{2fff}\\u{31e4}-\\u{31e5}" +
  "\\u{31ef}\\u{a7cb}-\\u{a7cd}\\u{a7da}-\\u{a7dc}\\u{105c0}-\\u{105f3}\\u{10d40}-\\u{10d65}\\u{10d69}-\\u{10d85}" +
  "\\u{10d8e}-\\u{10d8f}\\u{10ec2}-\\u{10ec4}\\u{10efc}\\u{11380}-\\u{11389}\\u{1138b}\\u{1138e}" +
  "\\u{11390}-\\u{113b5}\\u{113b7}-\\u{113c0}\\u{113c2}\\u{113c5}\\u{113c7}-\\u{113ca}\\u{113cc}-\\u{113d5}" +
  "\\u{113d7}-\\u{113d8}\\u{113e1}-\\u{113e2}\\u{116d0}-\\u{116e3}\\u{11bc0}-\\u{11be1}\\u{11bf0}-\\u{11bf9}" +
  "\\u{11f5a}\\u{13460}-\\u{143fa}\\u{16100}-\\u{16139}\\u{16d40}-\\u{16d79}\\u{18cff}\\u{1cc00}-\\u{1ccf9}" +
  "\\u{1cd00}-\\u{1ceb3}\\u{1e5d0}-\\u{1e5fa}\\u{1e5ff}\\u{1f8b2}-\\u{1f8bb}\\u{1f8c0}-\\u{1f8c1}\\u{1fa89}" +
  "\\u{1fa8f}\\u{1fabe}\\u{1fac6}\\u{1fadc}\\u{1fadf}\\u{1fae9}\\u{1fbcb}-\\u{1fbef}\\u{2ebf0}-\\u{2ee5d}" +
  "]";
const IS_NEWER_THAN_GO = new RegExp(`^${NEWER_THAN_GO}$`, "u");

/** Whether Go's tables, which are those of Unicode 15.0, don't know the character yet: to Go it is of no kind, and has no case. */
export function isUnknownToGo(character: string): boolean {
  return IS_NEWER_THAN_GO.test(character);
}

/** Go's unicode.IsLetter or IsDigit, or `_`: what names are made of. */
export function isAlphaNumeric(code: number): boolean {
  if (code < 0x80) {
    return code === 0x5f || code >= 0x30 && code <= 0x39 || code >= 0x41 && code <= 0x5a ||
      code >= 0x61 && code <= 0x7a;
  }
  const character = String.fromCodePoint(code);
  return (LETTER.test(character) || DIGIT.test(character)) && !IS_NEWER_THAN_GO.test(character);
}

/** Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  const character = String.fromCodePoint(code);
  return GRAPHIC.test(character) && !IS_NEWER_THAN_GO.test(character);
}

const SIMPLE_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x0c, "\\f"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x0b, "\\v"],
]);

/** What {@link escapeRune} would change. */
const ESCAPED = new RegExp(`["\\\\]|[^ \\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]|${NEWER_THAN_GO}`, "gu");
const ESCAPED_IN_ASCII = /[^ !#-[\]-~]/gu;

/** Go's strconv.Quote, or QuoteToASCII: `text` between double quotes. */
export function quoteText(text: string, asciiOnly = false): string {
  // Most texts need nothing.
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  const escaped = text.replace(
    asciiOnly ? ESCAPED_IN_ASCII : ESCAPED,
    (character) => escapeRune(character.codePointAt(0)!, 0x22, asciiOnly),
  );
  return `"${escaped}"`;
}

/** Go's strconv.QuoteRune, or QuoteRuneToASCII; what is no code point counts as U+FFFD. */
export function quoteRune(code: number, asciiOnly = false): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return `'${escapeRune(valid ? code : 0xfffd, 0x27, asciiOnly)}'`;
}

function escapeRune(code: number, quote: number, asciiOnly: boolean): string {
  // A lone surrogate stands for a byte that isn't UTF-8.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code === quote || code === 0x5c) return `\\${String.fromCharCode(code)}`;
  if (asciiOnly ? code < 0x80 && isPrintable(code) : isPrintable(code)) return String.fromCodePoint(code);
  const simple = SIMPLE_ESCAPES.get(code);
  if (simple !== undefined) return simple;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

const UNQUOTED: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["b", 0x08],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["v", 0x0b],
  ["\\", 0x5c],
]);

const encoder = new TextEncoder();

/** The text of a Go string literal with its quotes, `"…"` or a raw one in backquotes; undefined if the syntax is wrong. */
export function unquoteText(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  if (literal[0] === "`") return inner.replaceAll("\r", "");
  if (!inner.includes("\\")) return inner.includes("\n") ? undefined : inner;
  const bytes: number[] = [];
  for (let i = 0; i < inner.length;) {
    const unit = unquoteUnit(inner, i, '"');
    if (unit === undefined) return undefined;
    if (unit.isByte) bytes.push(unit.code);
    else bytes.push(...encoder.encode(String.fromCodePoint(unit.code)));
    i = unit.next;
  }
  return textOf(Uint8Array.from(bytes));
}

/** The first code point of a Go rune literal with its quotes, and whether it is the only one; undefined if it is none. */
export function unquoteRune(literal: string): { readonly code: number; readonly isAlone: boolean } | undefined {
  const unit = unquoteUnit(literal, 1, "'");
  return unit && { code: unit.code, isAlone: unit.next === literal.length - 1 && literal[unit.next] === "'" };
}

interface QuotedUnit {
  readonly code: number;
  readonly isByte: boolean;
  readonly next: number;
}

/** One character or escape at `at`; `\x` and octal escapes are bytes. */
function unquoteUnit(text: string, at: number, quote: string): QuotedUnit | undefined {
  const code = text.codePointAt(at);
  if (code === undefined || text[at] === quote) return undefined;
  if (code !== 0x5c) return { code, isByte: false, next: at + (code > 0xffff ? 2 : 1) };
  const letter = text[at + 1];
  if (letter === undefined) return undefined;
  const simple = UNQUOTED.get(letter);
  if (simple !== undefined) return { code: simple, isByte: false, next: at + 2 };
  if (letter === quote) return { code: quote.charCodeAt(0), isByte: false, next: at + 2 };
  if (letter === "x") return unquoteDigits(text, at + 2, 2, 16, true);
  if (letter === "u") return unquoteDigits(text, at + 2, 4, 16, false);
  if (letter === "U") return unquoteDigits(text, at + 2, 8, 16, false);
  if (letter >= "0" && letter <= "7") return unquoteDigits(text, at + 1, 3, 8, true);
  return undefined;
}

function unquoteDigits(text: string, at: number, count: number, base: 8 | 16, isByte: boolean): QuotedUnit | undefined {
  const digits = text.slice(at, at + count);
  const pattern = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/;
  if (digits.length !== count || !pattern.test(digits)) return undefined;
  const code = parseInt(digits, base);
  if (isByte ? code > 0xff : code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) return undefined;
  return { code, isByte, next: at + count };
}
