/** Sveltos's module `strings`: Go's package of that name over byte strings. Indexes count bytes from 0, -1 is "nowhere". */
import { isGoSpace, lowerRune, titleRune, upperRune } from "../../template/functions/text_case.ts";
import { HostError, type HostFunction, type HostList } from "../host_value.ts";
import { bytesOfRune, REPLACEMENT, runesOf } from "./runes.ts";

const MAX_RESULT = 64 * 1024 * 1024;
const MAX_RUNE = 0x10ffff;

type Text = (...args: string[]) => ReturnType<HostFunction>;
/** A function of texts alone. */
const ofTexts = (call: Text): HostFunction => call as HostFunction;

function characterOf(code: number): string {
  return String.fromCodePoint(code);
}

function mapRunes(text: string, change: (character: string) => string): string {
  return runesOf(text).map(({ code }) => bytesOfRune(change(characterOf(code)).codePointAt(0)!)).join("");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function codeSet(text: string): ReadonlySet<number> {
  return new Set(runesOf(text).map(({ code }) => code));
}

function indexAny(text: string, characters: string): number {
  const wanted = codeSet(characters);
  return runesOf(text).find(({ code }) => wanted.has(code))?.offset ?? -1;
}

function lastIndexAny(text: string, characters: string): number {
  const wanted = codeSet(characters);
  return runesOf(text).findLast(({ code }) => wanted.has(code))?.offset ?? -1;
}

function indexRune(text: string, code: number): number {
  if (code === REPLACEMENT) return runesOf(text).find((rune) => rune.code === REPLACEMENT)?.offset ?? -1;
  if (code < 0 || code > MAX_RUNE || code >= 0xd800 && code <= 0xdfff) return -1;
  return text.indexOf(bytesOfRune(code));
}

/** Go's Split family: `keep` bytes of the separator stay with each part, `count` parts at most (-1: all). */
function split(text: string, separator: string, keep: number, count: number): HostList | undefined {
  if (count === 0) return undefined;
  if (separator === "") return { list: explode(text, count) };
  const parts: string[] = [];
  let at = 0;
  while (count < 0 || parts.length < count - 1) {
    const found = text.indexOf(separator, at);
    if (found < 0) break;
    parts.push(text.slice(at, found + keep));
    at = found + separator.length;
  }
  parts.push(text.slice(at));
  return { list: parts };
}

function explode(text: string, count: number): string[] {
  const runes = runesOf(text);
  const limit = count < 0 || count > runes.length ? runes.length : count;
  return runes.slice(0, limit).map(({ offset, length }, i) =>
    i === limit - 1 ? text.slice(offset) : text.slice(offset, offset + length)
  );
}

function count(text: string, part: string): number {
  return part === "" ? runesOf(text).length + 1 : text.split(part).length - 1;
}

function replace(text: string, old: string, replacement: string, limit: number): string {
  if (old === replacement || limit === 0) return text;
  const times = Math.min(count(text, old), limit < 0 ? Infinity : limit);
  if (text.length + times * (replacement.length - old.length) > MAX_RESULT) throw tooLarge();
  const starts = old === "" ? [...runesOf(text).map(({ offset }) => offset), text.length] : [];
  let result = "", at = 0;
  for (let i = 0; i < times; i++) {
    const found = old === "" ? starts[i]! : text.indexOf(old, at);
    result += text.slice(at, found) + replacement;
    at = found + old.length;
  }
  return result + text.slice(at);
}

function tooLarge(): HostError {
  return new HostError(`the result is larger than ${MAX_RESULT} bytes`);
}

function fields(text: string): string[] {
  const found: string[] = [];
  let start = -1;
  for (const { code, offset } of runesOf(text)) {
    if (isGoSpace(characterOf(code))) {
      if (start >= 0) found.push(text.slice(start, offset));
      start = -1;
    } else if (start < 0) start = offset;
  }
  if (start >= 0) found.push(text.slice(start));
  return found;
}

function trimLeft(text: string, isCut: (code: number) => boolean): string {
  const first = runesOf(text).find(({ code }) => !isCut(code));
  return first ? text.slice(first.offset) : "";
}

function trimRight(text: string, isCut: (code: number) => boolean): string {
  const last = runesOf(text).findLast(({ code }) => !isCut(code));
  return last ? text.slice(0, last.offset + last.length) : "";
}

const inSet = (characters: string) => {
  const set = codeSet(characters);
  return (code: number) => set.has(code);
};
const isSpace = (code: number) => isGoSpace(characterOf(code));

/** Go's Title: the first letter of each run of letters, digits, underscores and apostrophes' neighbours. */
function title(text: string): string {
  let isStart = true;
  return mapRunes(text, (character) => {
    const result = isStart ? titleRune(character) : character;
    isStart = isSeparator(character);
    return result;
  });
}

function isSeparator(character: string): boolean {
  if (character.codePointAt(0)! < 0x80) return !/[0-9A-Za-z_]/.test(character);
  if (/^[\p{L}\p{Nd}]$/u.test(character)) return false;
  return isGoSpace(character);
}

/** Go's simple folding: equal if some way of one-to-one case changes makes them so. */
function equalFold(a: string, b: string): boolean {
  const fold = (text: string) => runesOf(text).map(({ code }) => lowerRune(upperRune(characterOf(code)))).join("");
  return fold(a) === fold(b);
}

function map(entries: readonly (readonly [string, string | boolean])[]): ReturnType<HostFunction> {
  return { map: entries };
}

export const strings: Readonly<Record<string, HostFunction>> = {
  Compare: ofTexts(compare),
  Contains: ofTexts((text, part) => text.includes(part)),
  ContainsAny: ofTexts((text, characters) => indexAny(text, characters) >= 0),
  ContainsRune: (text, code) => indexRune(text as string, code as number) >= 0,
  Count: ofTexts(count),
  Cut: ofTexts((text, separator) => {
    const at = text.indexOf(separator);
    if (at < 0) return map([["before", text], ["after", ""], ["found", false]]);
    return map([["before", text.slice(0, at)], ["after", text.slice(at + separator.length)], ["found", true]]);
  }),
  CutPrefix: ofTexts((text, prefix) => {
    const found = text.startsWith(prefix);
    return map([["after", found ? text.slice(prefix.length) : text], ["found", found]]);
  }),
  CutSuffix: ofTexts((text, suffix) => {
    const found = text.endsWith(suffix);
    return map([["before", found ? text.slice(0, text.length - suffix.length) : text], ["found", found]]);
  }),
  EqualFold: ofTexts(equalFold),
  Fields: ofTexts((text) => ({ list: fields(text) })),
  HasPrefix: ofTexts((text, prefix) => text.startsWith(prefix)),
  HasSuffix: ofTexts((text, suffix) => text.endsWith(suffix)),
  Index: ofTexts((text, part) => text.indexOf(part)),
  IndexAny: ofTexts(indexAny),
  IndexByte: (text, byte) => (text as string).indexOf(String.fromCharCode((byte as number) & 255)),
  IndexRune: (text, code) => indexRune(text as string, code as number),
  Join: (list, separator) => {
    const texts = (list as HostList).list.filter((part) => typeof part === "string");
    const length = texts.reduce((sum, text) => sum + text.length + (separator as string).length, 0);
    if (length > MAX_RESULT) throw tooLarge();
    return texts.join(separator as string);
  },
  LastIndex: ofTexts((text, part) => text.lastIndexOf(part)),
  LastIndexAny: ofTexts(lastIndexAny),
  LastIndexByte: (text, byte) => (text as string).lastIndexOf(String.fromCharCode((byte as number) & 255)),
  Repeat: (text, times) => {
    if ((times as number) < 0) throw new HostError("strings: negative Repeat count");
    if ((text as string).length * (times as number) > MAX_RESULT) throw tooLarge();
    return (text as string).repeat(times as number);
  },
  Replace: (text, old, replacement, limit) =>
    replace(text as string, old as string, replacement as string, limit as number),
  ReplaceAll: ofTexts((text, old, replacement) => replace(text, old, replacement, -1)),
  Split: ofTexts((text, separator) => split(text, separator, 0, -1)),
  SplitAfter: ofTexts((text, separator) => split(text, separator, separator.length, -1)),
  SplitN: (text, separator, limit) => split(text as string, separator as string, 0, limit as number),
  SplitAfterN: (text, separator, limit) =>
    split(text as string, separator as string, (separator as string).length, limit as number),
  Title: ofTexts(title),
  ToLower: ofTexts((text) => mapRunes(text, lowerRune)),
  ToTitle: ofTexts((text) => mapRunes(text, titleRune)),
  ToUpper: ofTexts((text) => mapRunes(text, upperRune)),
  Trim: ofTexts((text, cutset) => trimRight(trimLeft(text, inSet(cutset)), inSet(cutset))),
  TrimLeft: ofTexts((text, cutset) => trimLeft(text, inSet(cutset))),
  TrimRight: ofTexts((text, cutset) => trimRight(text, inSet(cutset))),
  TrimPrefix: ofTexts((text, prefix) => text.startsWith(prefix) ? text.slice(prefix.length) : text),
  TrimSuffix: ofTexts((text, suffix) => text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text),
  TrimSpace: ofTexts((text) => trimRight(trimLeft(text, isSpace), isSpace)),
  // For functions that ask a function of the script about each rune.
  runes: (text) => ({ list: runesOf(text as string).flatMap(({ code, offset, length }) => [code, offset, length]) }),
  text: (codes) => (codes as HostList).list.map((code) => bytesOfRune(code as number)).join(""),
};
