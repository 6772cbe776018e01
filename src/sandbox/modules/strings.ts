/** Sveltos's module `strings`: Go's package of that name over byte strings. Indexes count bytes from 0; -1: nowhere. */
import { isGoSpace, lowerRune, upperRune } from "../../template/functions/text_case.ts";
import { HostError, type HostFunction, type HostList } from "../host_value.ts";
import {
  bytesOfRune,
  ByteWriter,
  changeRune,
  countRunes,
  eachRune,
  findLastRune,
  findRune,
  isValidRune,
  MAX_BYTES,
  MAX_ITEMS,
  REPLACEMENT,
  type Rune,
  runeOf,
  runesOf,
  titleCode,
  tooLarge,
} from "./runes.ts";

type Text = (...args: string[]) => ReturnType<HostFunction>;
/** A function of texts alone. */
const ofTexts = (call: Text): HostFunction => call as HostFunction;

// Searching

/** The engine's own search takes the product of both lengths at worst, which longer parts must not come to. */
const LONG_PART = 32;
/** For each length of a beginning of `part`, the longest shorter beginning that is its end too. */
function bordersOf(part: string): Int32Array {
  if (part.length > MAX_BYTES) throw tooLarge();
  const borders = new Int32Array(part.length + 1);
  for (let i = 1, matched = 0; i < part.length; i++) {
    const byte = part.charCodeAt(i);
    while (matched > 0 && part.charCodeAt(matched) !== byte) matched = borders[matched]!;
    if (part.charCodeAt(matched) === byte) matched++;
    borders[i + 1] = matched;
  }
  return borders;
}

/** Where `part` stands in `text` from `from` on, in time of both lengths together. */
function indexOf(text: string, part: string, from = 0): number {
  if (part.length <= LONG_PART) return text.indexOf(part, from);
  if (part.length > text.length - from) return -1;
  const borders = bordersOf(part);
  for (let i = from, matched = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    while (matched > 0 && part.charCodeAt(matched) !== byte) matched = borders[matched]!;
    if (part.charCodeAt(matched) === byte) matched++;
    if (matched === part.length) return i + 1 - matched;
  }
  return -1;
}

function lastIndexOf(text: string, part: string): number {
  if (part.length <= LONG_PART) return text.lastIndexOf(part);
  if (part.length > text.length) return -1;
  const borders = bordersOf(part);
  let found = -1;
  for (let i = 0, matched = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    while (matched > 0 && (matched === part.length || part.charCodeAt(matched) !== byte)) matched = borders[matched]!;
    if (part.charCodeAt(matched) === byte) matched++;
    if (matched === part.length) found = i + 1 - matched;
  }
  return found;
}

function count(text: string, part: string): number {
  if (part === "") return countRunes(text) + 1;
  let times = 0;
  for (let at = 0; (at = indexOf(text, part, at)) >= 0; at += part.length) times++;
  return times;
}

function codeSet(text: string): ReadonlySet<number> {
  const codes = new Set<number>();
  eachRune(text, (code) => void codes.add(code));
  return codes;
}

const isIn = (characters: string) => {
  const set = codeSet(characters);
  return (code: number) => set.has(code);
};

function indexAny(text: string, characters: string): number {
  return findRune(text, isIn(characters))?.offset ?? -1;
}

function lastIndexAny(text: string, characters: string): number {
  return findLastRune(text, isIn(characters))?.offset ?? -1;
}

function indexRune(text: string, code: number): number {
  // Bytes that are no part of UTF-8 count as this one.
  if (code === REPLACEMENT) return findRune(text, (one) => one === REPLACEMENT)?.offset ?? -1;
  return isValidRune(code) ? text.indexOf(bytesOfRune(code)) : -1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Splitting

/** A list that is filled piece by piece. */
class Parts {
  readonly list: string[] = [];

  /** @throws {HostError} beyond {@link MAX_ITEMS}. */
  add(part: string): void {
    if (this.list.length === MAX_ITEMS) throw tooLarge();
    this.list.push(part);
  }
}

/** Go's Split family: `keep` bytes of the separator stay with each part, `count` parts at most (-1: all). */
function split(text: string, separator: string, keep: number, count: number): HostList | undefined {
  if (count === 0) return undefined;
  if (separator === "") return explode(text, count);
  const parts = new Parts();
  let at = 0;
  while (count < 0 || parts.list.length < count - 1) {
    const found = indexOf(text, separator, at);
    if (found < 0) break;
    parts.add(text.slice(at, found + keep));
    at = found + separator.length;
  }
  parts.add(text.slice(at));
  return { list: parts.list };
}

/** The runes of a text one by one, the last part with all that remains. */
function explode(text: string, count: number): HostList {
  const parts = new Parts();
  eachRune(text, (_code, offset, length) => {
    const isLast = parts.list.length + 1 === count;
    parts.add(isLast ? text.slice(offset) : text.slice(offset, offset + length));
    return isLast;
  });
  return { list: parts.list };
}

function fields(text: string): HostList {
  const parts = new Parts();
  let start = -1;
  eachRune(text, (code, offset) => {
    if (isSpace(code)) {
      if (start >= 0) parts.add(text.slice(start, offset));
      start = -1;
    } else if (start < 0) start = offset;
  });
  if (start >= 0) parts.add(text.slice(start));
  return { list: parts.list };
}

// Changing

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

/** Go's Map: what is no UTF-8 becomes U+FFFD. */
function mapRunes(text: string, change: (code: number) => number): string {
  const writer = new ByteWriter(text.length);
  eachRune(text, (code) => writer.rune(change(code)));
  return writer.toString();
}

/** Go's ToLower of a byte string: one character for one. */
export function lowerText(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapRunes(text, lower);
}

/** Go's ToUpper of a byte string: one character for one. */
export function upperText(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapRunes(text, upper);
}

function replace(text: string, old: string, replacement: string, limit: number): string {
  if (old === replacement || limit === 0) return text;
  const writer = new ByteWriter(text.length);
  let times = 0, at = 0;
  const put = (found: number) => {
    writer.text(text, at, found);
    writer.text(replacement);
    at = found + old.length;
    return ++times === limit;
  };
  if (old === "") {
    let isDone = false;
    eachRune(text, (_code, offset) => isDone = put(offset));
    if (!isDone) put(text.length);
  } else {
    for (let found; (found = indexOf(text, old, at)) >= 0;) if (put(found)) break;
  }
  if (times === 0) return text;
  writer.text(text, at);
  return writer.toString();
}

function repeat(text: string, times: number): string {
  if (times < 0) throw new HostError("strings: negative Repeat count");
  if (text === "") return "";
  if (text.length * times > MAX_BYTES) throw tooLarge();
  return text.repeat(times);
}

function join(texts: readonly string[], separator: string): string {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  if (length > MAX_BYTES) throw tooLarge();
  return texts.join(separator);
}

function trimLeft(text: string, isCut: (code: number) => boolean): string {
  const first = findRune(text, (code) => !isCut(code));
  return first ? text.slice(first.offset) : "";
}

function trimRight(text: string, isCut: (code: number) => boolean): string {
  const last: Rune | undefined = findLastRune(text, (code) => !isCut(code));
  return last ? text.slice(0, last.offset + last.length) : "";
}

function trim(text: string, isCut: (code: number) => boolean): string {
  return trimRight(trimLeft(text, isCut), isCut);
}

const trimPrefix = (text: string, prefix: string) => text.startsWith(prefix) ? text.slice(prefix.length) : text;
const trimSuffix = (text: string, suffix: string) =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;

// Characters

function isSpace(code: number): boolean {
  return isGoSpace(String.fromCodePoint(code));
}

const lower = (code: number) => changeRune(code, lowerRune);
const upper = (code: number) => changeRune(code, upperRune);

/** Go's Title: the first letter after anything that is no letter, digit or underscore; an apostrophe is none either. */
function title(text: string): string {
  let isStart = true;
  return mapRunes(text, (code) => {
    const result = isStart ? titleCode(code) : code;
    isStart = code < 0x80 ? !/[0-9A-Za-z_]/.test(String.fromCharCode(code)) : isSpace(code);
    return result;
  });
}

/** Equal for characters that Go's unicode.SimpleFold leads to from each other. */
function foldKey(code: number): number {
  // The Turkish i's with and without a dot have cases, but fold to nothing.
  return code === 0x130 || code === 0x131 ? code : lower(upper(code));
}

function equalFold(a: string, b: string): boolean {
  if (a === b) return true;
  return mapRunes(a, foldKey) === mapRunes(b, foldKey);
}

/** Several results as one table. */
function named(entries: readonly (readonly [string, string | boolean])[]): ReturnType<HostFunction> {
  return { map: entries };
}

export const strings: Readonly<Record<string, HostFunction>> = {
  Compare: ofTexts(compare),
  Contains: ofTexts((text, part) => indexOf(text, part) >= 0),
  ContainsAny: ofTexts((text, characters) => indexAny(text, characters) >= 0),
  ContainsRune: (text, code) => indexRune(text as string, runeOf(code)) >= 0,
  Count: ofTexts(count),
  Cut: ofTexts((text, separator) => {
    const at = indexOf(text, separator);
    if (at < 0) return named([["before", text], ["after", ""], ["found", false]]);
    return named([["before", text.slice(0, at)], ["after", text.slice(at + separator.length)], ["found", true]]);
  }),
  CutPrefix: ofTexts((text, prefix) => {
    return named([["after", trimPrefix(text, prefix)], ["found", text.startsWith(prefix)]]);
  }),
  CutSuffix: ofTexts((text, suffix) => {
    return named([["before", trimSuffix(text, suffix)], ["found", text.endsWith(suffix)]]);
  }),
  EqualFold: ofTexts(equalFold),
  Fields: ofTexts(fields),
  HasPrefix: ofTexts((text, prefix) => text.startsWith(prefix)),
  HasSuffix: ofTexts((text, suffix) => text.endsWith(suffix)),
  Index: ofTexts((text, part) => indexOf(text, part)),
  IndexAny: ofTexts(indexAny),
  IndexByte: (text, byte) => (text as string).indexOf(String.fromCharCode((byte as number) & 255)),
  IndexRune: (text, code) => indexRune(text as string, runeOf(code)),
  Join: (list, separator) =>
    join((list as HostList).list.filter((part) => typeof part === "string"), separator as string),
  LastIndex: ofTexts(lastIndexOf),
  LastIndexAny: ofTexts(lastIndexAny),
  LastIndexByte: (text, byte) => (text as string).lastIndexOf(String.fromCharCode((byte as number) & 255)),
  Repeat: (text, times) => repeat(text as string, times as number),
  Replace: (text, old, replacement, limit) =>
    replace(text as string, old as string, replacement as string, limit as number),
  ReplaceAll: ofTexts((text, old, replacement) => replace(text, old, replacement, -1)),
  Split: ofTexts((text, separator) => split(text, separator, 0, -1)),
  SplitAfter: ofTexts((text, separator) => split(text, separator, separator.length, -1)),
  SplitN: (text, separator, limit) => split(text as string, separator as string, 0, limit as number),
  SplitAfterN: (text, separator, limit) =>
    split(text as string, separator as string, (separator as string).length, limit as number),
  Title: ofTexts(title),
  ToLower: ofTexts(lowerText),
  ToTitle: ofTexts((text) => isAscii(text) ? text.toUpperCase() : mapRunes(text, titleCode)),
  ToUpper: ofTexts(upperText),
  Trim: ofTexts((text, characters) => trim(text, isIn(characters))),
  TrimLeft: ofTexts((text, characters) => trimLeft(text, isIn(characters))),
  TrimRight: ofTexts((text, characters) => trimRight(text, isIn(characters))),
  TrimPrefix: ofTexts(trimPrefix),
  TrimSuffix: ofTexts(trimSuffix),
  TrimSpace: ofTexts((text) => trim(text, isSpace)),
  // For functions that ask a function of the script about each rune.
  runes: (text) => {
    const runes = runesOf(text as string);
    if (runes.length * 3 > MAX_ITEMS) throw tooLarge();
    return { list: runes.flatMap(({ code, offset, length }) => [code, offset, length]) };
  },
  text: (codes) => {
    const writer = new ByteWriter((codes as HostList).list.length);
    for (const code of (codes as HostList).list) writer.rune(runeOf(code));
    return writer.toString();
  },
};
