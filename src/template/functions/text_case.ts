/** Upper and lower case, and the words of names, as Go's unicode package and sprig's libraries have them: rune by rune. */

import { isUnknownToGo } from "../quote.ts";
import { joinTexts } from "./define.ts";

/** Go's unicode.IsSpace. */
const GO_SPACES = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACE = new RegExp(`^[${GO_SPACES}]$`);
const UPPER = /^\p{Lu}$/u, TITLE = /^\p{Lt}$/u, LOWER = /^\p{Ll}$/u, LETTER = /^\p{L}$/u, DIGIT = /^\p{Nd}$/u;
const NUMBER = /^\p{N}$/u, PUNCTUATION = /^\p{P}$/u;

export function isGoSpace(rune: string): boolean {
  return SPACE.test(rune);
}

/** Runes whose upper case is several characters have another single one, or none. */
const UPPER_OF_TITLE: ReadonlyMap<string, string> = new Map([
  ...[0x1f80, 0x1f90, 0x1fa0].flatMap((start) =>
    Array.from({ length: 8 }, (_, i) => [String.fromCharCode(start + i), String.fromCharCode(start + i + 8)] as const)
  ),
  ...[0x1fb3, 0x1fc3, 0x1ff3].map((code) => [String.fromCharCode(code), String.fromCharCode(code + 9)] as const),
]);
/** The digraphs, which have a case of their own for titles. */
const TITLE_OF: ReadonlyMap<string, string> = new Map(
  ["Ǆǅǆ", "Ǉǈǉ", "Ǌǋǌ", "Ǳǲǳ"].flatMap((forms) => [...forms].map((rune) => [rune, forms[1]!] as const)),
);
/** The letters of Georgian, which have upper case but no titles. */
const GEORGIAN = /^[\u10d0-\u10fa\u10fd-\u10ff]$/;

/** Go's unicode.ToUpper. */
export function upperRune(rune: string): string {
  const upper = rune.toUpperCase();
  return knownCase(rune, isOneRune(upper) ? upper : UPPER_OF_TITLE.get(rune) ?? rune);
}

/** Go's unicode.ToLower. */
export function lowerRune(rune: string): string {
  const lower = rune.toLowerCase();
  return knownCase(rune, isOneRune(lower) ? lower : lower[0]!);
}

/** The other case of `rune`, if Go knows both. */
function knownCase(rune: string, other: string): string {
  return rune === other || isUnknownToGo(rune) || isUnknownToGo(other) ? rune : other;
}

/** Go's unicode.IsUpper. */
function isUpper(rune: string): boolean {
  return UPPER.test(rune) && !isUnknownToGo(rune);
}

/** Go's unicode.ToTitle. */
export function titleRune(rune: string): string {
  return TITLE_OF.get(rune) ?? (GEORGIAN.test(rune) ? rune : upperRune(rune));
}

function isOneRune(text: string): boolean {
  return text.length === 1 || text.length === 2 && text.codePointAt(0)! > 0xffff;
}

function mapRunes(text: string, change: (rune: string) => string): string {
  return Array.from(text.toWellFormed(), change).join("");
}

/** Go's strings.ToUpper. */
export function upperText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toUpperCase() : mapRunes(text, upperRune);
}

/** Go's strings.ToLower. */
export function lowerText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : mapRunes(text, lowerRune);
}

/** Go's strings.Title: a letter is big after anything that is no letter, digit or underscore; an apostrophe is such. */
export function titleText(text: string): string {
  let isStart = true;
  return mapRunes(text, (rune) => {
    const result = isStart ? titleRune(rune) : rune;
    isStart = isSeparator(rune);
    return result;
  });
}

function isSeparator(rune: string): boolean {
  if (rune.codePointAt(0)! < 0x80) return !/[0-9A-Za-z_]/.test(rune);
  return !LETTER.test(rune) && !DIGIT.test(rune) && isGoSpace(rune);
}

/** Small letters at the start of words, which spaces part. */
export function untitleText(text: string): string {
  let isStart = true;
  return mapRunes(text, (rune) => {
    if (isGoSpace(rune)) {
      isStart = true;
      return rune;
    }
    const result = isStart ? lowerRune(rune) : rune;
    isStart = false;
    return result;
  });
}

/** Upper case becomes lower and the other way round; at the start of a word it is the title case. */
export function swapCase(text: string): string {
  let isAfterSpace = true;
  return mapRunes(text, (rune) => {
    if (isUpper(rune) || TITLE.test(rune)) {
      isAfterSpace = false;
      return lowerRune(rune);
    }
    if (!LOWER.test(rune) || isUnknownToGo(rune)) {
      isAfterSpace = isGoSpace(rune);
      return rune;
    }
    const result = isAfterSpace ? titleRune(rune) : upperRune(rune);
    isAfterSpace = false;
    return result;
  });
}

function isConnector(rune: string): boolean {
  return rune === "-" || rune === "_" || isGoSpace(rune);
}

/** A letter of a script that has words made of letters. */
function isAlphabetic(rune: string): boolean {
  if (!LETTER.test(rune)) return false;
  const code = rune.codePointAt(0)!;
  return !(code >= 0x4e00 && code <= 0x9fcc || code >= 0x3400 && code <= 0x4d85 || code >= 0x20000 && code <= 0x2b81d);
}

type WordType = "number" | "upper" | "alphabet" | "connector" | "punctuation" | "other" | "end";

interface Word {
  readonly type: WordType;
  readonly text: string;
}

const END: Word = { type: "end", text: "" };

function typeOfRune(rune: string): WordType {
  if (isUnknownToGo(rune)) return "other";
  if (isConnector(rune)) return "connector";
  if (PUNCTUATION.test(rune)) return "punctuation";
  if (UPPER.test(rune)) return "upper";
  if (isAlphabetic(rune)) return "alphabet";
  return NUMBER.test(rune) ? "number" : "other";
}

/** U+FFFD and bytes that aren't UTF-8, which xstrings takes for parts of the next character, or else of the one before. */
function isReplacement(rune: string): boolean {
  return rune === "\ufffd" || !rune.isWellFormed();
}

/** A character with the stray ones before it. */
interface Unit {
  readonly rune: string;
  readonly text: string;
}

function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  let skipped = "";
  for (const rune of text) {
    if (isReplacement(rune)) skipped += rune;
    else {
      units.push({ rune, text: skipped + rune });
      skipped = "";
    }
  }
  if (skipped !== "") units.push({ rune: units.at(-1)?.rune ?? skipped[0]!, text: skipped });
  return units;
}

/** Whether a run of `type` takes the character in. Connectors are punctuation, too. */
function belongsTo(type: WordType, rune: string): boolean {
  return type === "punctuation" ? PUNCTUATION.test(rune) && !isUnknownToGo(rune) : typeOfRune(rune) === type;
}

/** Cuts a name into runs of one type. A capital goes with the small letters after it, `HTTPServer` is `HTTP`, `Server`. */
function wordsOf(text: string): Word[] {
  const units = unitsOf(text);
  const words: Word[] = [];
  let at = 0;
  const runEnd = (from: number, type: WordType) => {
    let end = from;
    while (end < units.length && belongsTo(type, units[end]!.rune)) end++;
    return end;
  };
  while (at < units.length) {
    const type = typeOfRune(units[at]!.rune);
    let end = runEnd(at, type);
    if (type === "upper") {
      if (end - at === 1) end = runEnd(end, "alphabet");
      else if (end < units.length && belongsTo("alphabet", units[end]!.rune)) end--;
    }
    words.push({ type, text: units.slice(at, end).map((unit) => unit.text).join("") });
    at = end;
  }
  return words;
}

/** xstrings.ToSnakeCase and ToKebabCase: `connector` between the words of a name; numbers belong to the word before. */
export function joinWords(name: string, connector: string): string {
  const words = wordsOf(name);
  const parts: string[] = [];
  let at = 0;
  const word = () => words[at] ?? END;
  const isOneOf = (...types: WordType[]) => types.includes(word().type);
  const write = ({ type, text }: Word) => {
    parts.push(
      type !== "upper" && type !== "connector"
        ? text
        : mapRunes(text, (rune) => isConnector(rune) ? connector : isUpper(rune) ? lowerRune(rune) : rune),
    );
  };
  const writeTail = () => {
    for (; isOneOf("alphabet", "number"); at++) write(word());
    if (!isOneOf("end", "punctuation", "connector")) parts.push(connector);
  };
  while (at + 1 < words.length) {
    const last = word();
    if (last.type !== "connector") write(last);
    at++;
    if (last.type === "number") writeTail();
    else if (last.type === "connector") write(last);
    else if (last.type !== "punctuation") {
      if (word().type !== "number") {
        if (!isOneOf("connector", "punctuation")) parts.push(connector);
      } else if (at + 1 < words.length) {
        const number = word();
        at++;
        if (word().type === "alphabet") {
          parts.push(connector);
          write(number);
          writeTail();
        } else {
          write(number);
          if (!isOneOf("connector", "punctuation")) parts.push(connector);
        }
      }
    }
  }
  write(word());
  return joinTexts(parts, "");
}

/** xstrings.ToPascalCase: big first letters, no connectors but leading and repeated ones. */
export function pascalCase(name: string): string {
  const runes = [...name.toWellFormed()];
  const parts: string[] = [];
  let at = 0;
  while (at < runes.length && isConnector(runes[at]!)) parts.push(runes[at++]!);
  // Of a name that is nothing but connectors, xstrings writes the last one twice.
  if (at === runes.length) return parts.join("") + (runes.at(-1) ?? "");
  let wasUpper = isUpper(runes[at]!);
  let current = upperRune(runes[at++]!);
  for (; at < runes.length; at++) {
    const before = current;
    current = runes[at]!;
    if (isConnector(current) && isConnector(before)) {
      parts.push(before);
      continue;
    }
    if (isConnector(before)) {
      wasUpper = isUpper(current);
      current = upperRune(current);
      continue;
    }
    if (wasUpper) {
      if (isUpper(current)) current = lowerRune(current);
      else wasUpper = false;
    }
    parts.push(before);
  }
  parts.push(current);
  return parts.join("");
}
