/** Sveltos's module `runes`: Go's unicode and utf8 packages over code points. Texts are byte strings. */
import { sequenceLength } from "../../template/bytes.ts";
import { lowerRune, titleRune, upperRune } from "../../template/functions/text_case.ts";
import { isPrintable } from "../../template/quote.ts";
import { byteStringOf } from "../../template/byte_string.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "../host_value.ts";

export interface Rune {
  readonly code: number;
  /** Its first byte, counted from 0. */
  readonly offset: number;
  readonly length: number;
}

export const REPLACEMENT = 0xfffd;
const MAX_RUNE = 0x10ffff;
/** Bytes of the longest text that a function makes. */
export const MAX_BYTES = 32 * 1024 * 1024;
/** Elements of the longest list that a function makes. */
export const MAX_ITEMS = 4_000_000;

/** The refusal of a result that is too large. */
export function tooLarge(): HostError {
  return new HostError("result is larger than the memory limit");
}

/** Go's conversion of an int to a rune: its low 32 bits. */
export function runeOf(value: HostValue): number {
  return (value as number) | 0;
}

/** True for code points but surrogates. */
export function isValidRune(code: number): boolean {
  return code >= 0 && code <= MAX_RUNE && !(code >= 0xd800 && code <= 0xdfff);
}

/** Where the bytes of one rune are looked at. */
const nextBytes = new Uint8Array(4);

/** How many bytes the rune at `at` has, 0 for a byte that is no part of UTF-8. */
function lengthAt(text: string, at: number): number {
  // Bytes beyond the end read as NaN and are stored as 0, which continues nothing.
  for (let i = 0; i < 4; i++) nextBytes[i] = text.charCodeAt(at + i);
  return sequenceLength(nextBytes, 0);
}

function codeIn(text: string, at: number, length: number): number {
  const first = text.charCodeAt(at);
  if (length === 1) return first;
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) code = code << 6 | text.charCodeAt(at + i) & 0x3f;
  return code;
}

/**
 * Visits the runes of a byte string as Go's range does, without a list: a byte that is no part of UTF-8 is U+FFFD,
 * one byte long. A visitor that returns true ends it.
 */
export function eachRune(text: string, visit: (code: number, offset: number, length: number) => boolean | void): void {
  for (let at = 0; at < text.length;) {
    const first = text.charCodeAt(at);
    const length = first < 0x80 ? 1 : lengthAt(text, at);
    if (visit(length === 0 ? REPLACEMENT : codeIn(text, at, length), at, length || 1) === true) return;
    at += length || 1;
  }
}

/** The runes of {@link eachRune} as a list. @throws {HostError} for more than {@link MAX_ITEMS}. */
export function runesOf(text: string): Rune[] {
  const runes: Rune[] = [];
  eachRune(text, (code, offset, length) => {
    if (runes.length === MAX_ITEMS) throw tooLarge();
    runes.push({ code, offset, length });
  });
  return runes;
}

/** The first rune for which `isWanted`. */
export function findRune(text: string, isWanted: (code: number) => boolean): Rune | undefined {
  let found: Rune | undefined;
  eachRune(text, (code, offset, length) => {
    if (!isWanted(code)) return false;
    found = { code, offset, length };
    return true;
  });
  return found;
}

/** The last rune for which `isWanted`. */
export function findLastRune(text: string, isWanted: (code: number) => boolean): Rune | undefined {
  let code = 0, offset = -1, length = 0;
  eachRune(text, (c, o, l) => {
    if (isWanted(c)) [code, offset, length] = [c, o, l];
  });
  return offset < 0 ? undefined : { code, offset, length };
}

export function countRunes(text: string): number {
  let count = 0;
  eachRune(text, () => void count++);
  return count;
}

/** The bytes of a code point; what is none is U+FFFD. */
export function bytesOfRune(code: number): string {
  if (code >= 0 && code < 0x80) return String.fromCharCode(code);
  const valid = isValidRune(code) ? code : REPLACEMENT;
  const last = 0x80 | valid & 0x3f;
  if (valid < 0x800) return String.fromCharCode(0xc0 | valid >> 6, last);
  const middle = 0x80 | valid >> 6 & 0x3f;
  if (valid < 0x10000) return String.fromCharCode(0xe0 | valid >> 12, middle, last);
  return String.fromCharCode(0xf0 | valid >> 18, 0x80 | valid >> 12 & 0x3f, middle, last);
}

/** Makes a long text of bytes piece by piece. @throws {HostError} beyond {@link MAX_BYTES}. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(Math.min(expected, MAX_BYTES) + 16);
  }

  /** Bytes `from` to `to` (exclusive) of a byte string. */
  text(text: string, from = 0, to = text.length): void {
    this.#reserve(to - from);
    for (let i = from; i < to; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  rune(code: number): void {
    if (code >= 0 && code < 0x80) {
      this.#reserve(1);
      this.#bytes[this.#length++] = code;
    } else this.text(bytesOfRune(code));
  }

  #reserve(more: number): void {
    const wanted = this.#length + more;
    if (wanted > MAX_BYTES) throw tooLarge();
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  toString(): string {
    return byteStringOf(this.#bytes.subarray(0, this.#length));
  }
}

function textOfRunes(codes: Iterable<number>): string {
  const writer = new ByteWriter(64);
  for (const code of codes) writer.rune(code);
  return writer.toString();
}

function isKnown(code: number): boolean {
  return isValidRune(code) && isPrintable(code);
}

function matches(pattern: RegExp, code: number): boolean {
  return isValidRune(code) && pattern.test(String.fromCodePoint(code));
}

/** A class of characters, without those that are younger than Go's tables. */
const is = (pattern: RegExp): HostFunction => (value) => isKnown(runeOf(value)) && matches(pattern, runeOf(value));
/** A class of characters that don't print. */
const isUnprintable = (pattern: RegExp): HostFunction => (value) => matches(pattern, runeOf(value));

/** The other case of a rune as Go's tables have it: `change` alone knows characters that are younger. */
export function changeRune(code: number, change: (rune: string) => string): number {
  if (!isValidRune(code) || code > 0x7f && !isKnown(code)) return code;
  const changed = change(String.fromCodePoint(code)).codePointAt(0)!;
  return changed > 0x7f && !isKnown(changed) ? code : changed;
}

/** Go's unicode.ToTitle; the small letters of Georgian have capitals, but none for titles. */
export function titleCode(code: number): number {
  return code >= 0x10d0 && code <= 0x10ff ? code : changeRune(code, titleRune);
}

const mapped = (change: (rune: string) => string): HostFunction => (value) => changeRune(runeOf(value), change);

function codes(value: HostValue): number[] {
  return (value as HostList).list.map(runeOf);
}

function bytesOfList(value: HostValue): string {
  return byteStringOf(Uint8Array.from((value as HostList).list, (byte) => (byte as number) & 255));
}

function byteList(text: string): HostList {
  if (text.length > MAX_ITEMS) throw tooLarge();
  return { list: Array.from(text, (byte) => byte.charCodeAt(0)) };
}

/** Runes `start` to `end` (exclusive), counted from 1; a negative end is that of the text. */
function runeRange(text: string, start: number, end: number): string {
  const count = countRunes(text);
  const from = Math.min(Math.max(start - 1, 0), count);
  const to = end < 0 ? count : Math.min(Math.max(end - 1, 0), count);
  if (to < from) throw new HostError(`runtime error: slice bounds out of range [${from}:${to}]`);
  const writer = new ByteWriter(text.length);
  let index = 0;
  eachRune(text, (code) => {
    if (index >= from && index < to) writer.rune(code);
    return ++index >= to;
  });
  return writer.toString();
}

function runeIndex(text: string, wanted: number, start: number): number | undefined {
  let index = 0, found: number | undefined;
  eachRune(text, (code) => {
    index++;
    if (index >= start && code === wanted) found = index;
    return found !== undefined;
  });
  return found;
}

function splitAt(text: string, separator: string): HostList {
  const parts: string[] = [];
  let at = 0;
  for (let found; (found = text.indexOf(separator, at)) >= 0; at = found + separator.length) {
    if (parts.length === MAX_ITEMS) throw tooLarge();
    parts.push(text.slice(at, found));
  }
  parts.push(text.slice(at));
  return { list: parts };
}

export const runes: Readonly<Record<string, HostFunction>> = {
  iscontrol: isUnprintable(/^\p{Cc}$/u),
  isdigit: is(/^\p{Nd}$/u),
  isgraphic: (value) => isKnown(runeOf(value)) || matches(/^\p{Zs}$/u, runeOf(value)),
  isletter: is(/^\p{L}$/u),
  islower: is(/^\p{Ll}$/u),
  ismark: is(/^\p{M}$/u),
  isnumber: is(/^\p{N}$/u),
  isprint: (value) => isKnown(runeOf(value)),
  ispunct: is(/^\p{P}$/u),
  isspace: isUnprintable(/^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u),
  issymbol: is(/^\p{S}$/u),
  istitle: is(/^\p{Lt}$/u),
  isupper: is(/^\p{Lu}$/u),
  validrune: (value) => isValidRune(runeOf(value)),
  isinrange: (value, low, high) => runeOf(value) >= runeOf(low) && runeOf(value) <= runeOf(high),
  tolower: mapped(lowerRune),
  toupper: mapped(upperRune),
  totitle: (value) => titleCode(runeOf(value)),
  containsrune: (text, value) => {
    const wanted = runeOf(value);
    return findRune(text as string, (code) => code === wanted) !== undefined;
  },
  isvalidutf8: (text) => {
    let isValid = true;
    eachRune(text as string, (code, _offset, length) => {
      isValid = code !== REPLACEMENT || length === 3;
      return !isValid;
    });
    return isValid;
  },
  reverserunes: (text) => textOfRunes(runesOf(text as string).reverse().map(({ code }) => code)),
  runecount: (text) => countRunes(text as string),
  runeslice: (text) => ({ list: runesOf(text as string).map(({ code }) => code) }),
  runestring: (list) => textOfRunes(codes(list)),
  runewidth: (value) => isValidRune(runeOf(value)) ? bytesOfRune(runeOf(value)).length : undefined,
  runeat: (text, position) => {
    const offset = (position as number) - 1;
    const bytes = text as string;
    if (offset < 0 || offset >= bytes.length) return undefined;
    const { code } = runesOf(bytes.slice(offset, offset + 4))[0]!;
    return code === REPLACEMENT ? undefined : code;
  },
  runeindex: (text, value, start) => runeIndex(text as string, runeOf(value), (start as number | undefined) ?? 1),
  runerange: (text, start, end) =>
    runeRange(text as string, (start as number | undefined) ?? 1, (end as number | undefined) ?? -1),
  runesplit: (text, value) => splitAt(text as string, bytesOfRune(runeOf(value))),
  bytestorune: (list) => findRune(bytesOfList(list), () => true)?.code,
  bytetostring: bytesOfList,
  runetobytes: (list) => byteList(textOfRunes(codes(list))),
  stringtobytes: (text) => byteList(text as string),
};
