/** Sprig's functions of texts. Lengths and positions count bytes, as in Go. */
import { byteLength, bytesOf, normalText, sliceBytes } from "../bytes.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { quoteText } from "../quote.ts";
import { ANY, GoList, GoMap, STRING_LIST, STRING_MAP, stringList, type Value } from "../value.ts";
import {
  asByteUnits,
  bytewise,
  type Family,
  fn,
  fromByteUnits,
  intOf,
  joinTexts,
  ofText,
  textOfAny,
  variadic,
} from "./define.ts";
import {
  isGoSpace,
  joinWords,
  lowerText,
  pascalCase,
  swapCase,
  titleText,
  untitleText,
  upperText,
} from "./text_case.ts";

const S = "string";

/** Go's strings.TrimSpace. */
function trimSpace(text: string): string {
  let from = 0, to = text.length;
  while (from < to && isGoSpace(text[from]!)) from++;
  while (to > from && isGoSpace(text[to - 1]!)) to--;
  return text.slice(from, to);
}

/** Go's strings.Trim: takes the characters of `set` off both ends. */
function trimSet(text: string, set: string): string {
  // A byte that isn't UTF-8 counts as U+FFFD.
  const characters = new Set(set.toWellFormed()), runes = [...text];
  const isUnwanted = (rune: string) => characters.has(rune.toWellFormed());
  let from = 0, to = runes.length;
  while (from < to && isUnwanted(runes[from]!)) from++;
  while (to > from && isUnwanted(runes[to - 1]!)) to--;
  return runes.slice(from, to).join("");
}

/** A question about one text within another. */
function ask(question: (text: string, part: string) => boolean) {
  return fn([S, S], ([part, text]) => {
    const [a, b] = [text as string, part as string];
    return a.isWellFormed() && b.isWellFormed() ? question(a, b) : question(asByteUnits(a), asByteUnits(b));
  });
}

function trimPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function trimSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
}

/** Go's strings.Split: an empty separator splits into characters. */
function splitText(text: string, separator: string, context: CallContext): string[] {
  if (separator === "") {
    context.spend(text.length);
    return [...text];
  }
  if (text.isWellFormed() && separator.isWellFormed()) return text.split(separator);
  return asByteUnits(text).split(asByteUnits(separator)).map(fromByteUnits);
}

/** Go's strings.SplitN. */
function splitTextN(text: string, separator: string, count: number, context: CallContext): string[] {
  if (count === 0) return [];
  const parts = splitText(text, separator, context);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), joinTexts(parts.slice(count - 1), separator)];
}

/** What sprig's split returns: a map of the parts by `_0`, `_1`, … */
function partsMap(parts: readonly string[]): GoMap {
  return new GoMap(new Map(parts.map((part, index) => [`_${index}`, part])), STRING_MAP);
}

function replaceAll(text: string, old: string, fresh: string, context: CallContext): string {
  if (old === "") {
    const runes = [...text];
    context.reserve(byteLength(text) + (runes.length + 1) * byteLength(fresh));
    return normalText(runes.map((rune) => fresh + rune).join("") + fresh);
  }
  return bytewise([text, old, fresh], (text, old, fresh) => {
    const parts = text.split(old);
    context.reserve(byteLength(text) + (parts.length - 1) * byteLength(fresh));
    return parts.join(fresh);
  });
}

function repeat(text: string, times: number, context: CallContext): string {
  if (times < 0) throw new FunctionError("strings: negative Repeat count");
  context.reserve(times * byteLength(text));
  return text.repeat(times);
}

function indent(spaces: number, text: string, context: CallContext): string {
  if (spaces < 0) throw new FunctionError("strings: negative Repeat count");
  const lines = text.split("\n");
  context.reserve(byteLength(text) + spaces * lines.length);
  const pad = " ".repeat(spaces);
  return lines.map((line) => pad + line).join("\n");
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text);
  if (start < 0) {
    if (end < 0) throw outOfRange(`[:${end}]`);
    if (end > length) throw outOfRange(`[:${end}] with length ${length}`);
    return sliceBytes(text, 0, end);
  }
  const to = end < 0 || end > length ? length : end;
  if (start > to) throw outOfRange(`[${start}:${to}]`);
  return sliceBytes(text, start, to);
}

function outOfRange(bounds: string): FunctionError {
  return new FunctionError(`runtime error: slice bounds out of range ${bounds}`);
}

function truncate(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0 && length + count > 0) return sliceBytes(text, length + count, length);
  return count >= 0 && length > count ? sliceBytes(text, 0, count) : text;
}

/** goutils' AbbreviateFull: at most `width` bytes of `text` from `offset` on, with dots where something is left out. */
function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text);
  if (width < 4) return "";
  if (length <= width) return text;
  const from = Math.min(offset, length, length - (width - 3));
  if (from <= 4) return `${sliceBytes(text, 0, width - 3)}...`;
  if (width < 7) return "";
  if (from + width - 3 < length) return `...${abbreviate(sliceBytes(text, from, length), 0, width - 3)}`;
  return `...${sliceBytes(text, length - (width - 3), length)}`;
}

function abbreviateBoth(left: number, width: number, text: string): string {
  return width < 4 || left > 0 && width < 7 ? text : abbreviate(text, left, width);
}

/** The first byte of each word, taken for a character of Latin-1 as goutils does. */
function initials(text: string): string {
  let isStart = true, result = "";
  for (const byte of bytesOf(text)) {
    const character = String.fromCharCode(byte);
    if (isGoSpace(character)) isStart = true;
    else if (isStart) {
      result += character;
      isStart = false;
    }
  }
  return result;
}

/** Without white space, byte by byte: a text that has some becomes one of Latin-1 characters, as in goutils. */
function deleteSpaces(text: string): string {
  const units = asByteUnits(text);
  const rest = [...units].filter((unit) => !isGoSpace(unit)).join("");
  return rest.length === units.length ? text : rest;
}

/** goutils' WrapCustom over bytes: breaks at blanks, and in words only if `breaksWords`. */
function wrap(text: string, width: number, lineBreak: string, breaksWords: boolean, context: CallContext): string {
  const units = asByteUnits(text), limit = Math.max(width, 1);
  context.reserve(units.length + Math.ceil(units.length / limit) * byteLength(lineBreak));
  const lines: string[] = [];
  let at = 0;
  while (units.length - at > limit) {
    if (units[at] === " ") {
      at++;
      continue;
    }
    // Not further back than this line: a text without blanks would be searched to its beginning for each.
    let blank = at + limit;
    while (blank >= at && units[blank] !== " ") blank--;
    let end: number;
    if (blank >= at) end = blank;
    else if (breaksWords) {
      lines.push(units.slice(at, at + limit));
      at += limit;
      continue;
    } else end = units.indexOf(" ", at + limit);
    if (end < 0) return fromByteUnits([...lines, units.slice(at)].join(asByteUnits(lineBreak)));
    lines.push(units.slice(at, end));
    at = end + 1;
  }
  return fromByteUnits([...lines, units.slice(at)].join(asByteUnits(lineBreak)));
}

/** Sprig's strslice: the texts of a list without nil, or the one text of any other value. */
export function textsOf(value: Value, context: CallContext): string[] {
  if (value === null || value === undefined) return [];
  if (!(value instanceof GoList)) return [textOfAny(value, context)];
  return value.items.filter((item) => item !== null).map((item) => textOfAny(item, context));
}

/** Those texts as a list; one of texts is itself. */
export function stringsOf(value: Value, context: CallContext): GoList {
  if (!(value instanceof GoList)) return stringList(textsOf(value, context));
  // What was nil leaves room behind the others.
  return value.type === STRING_LIST ? value : GoList.grown(textsOf(value, context), STRING_LIST, value.length);
}

/** Joins what `show` makes of all values but nil. */
function spaced(show: (value: Value, context: CallContext) => string) {
  return variadic([], ANY, (values, context) => {
    return joinTexts(values.filter((value) => value !== null).map((value) => show(value, context)), " ");
  });
}

function joined(separator: string, texts: readonly string[], context: CallContext): string {
  const size = texts.reduce((sum, text) => sum + byteLength(text), byteLength(separator) * texts.length);
  context.reserve(size);
  return joinTexts(texts, separator);
}

const trimAll = fn([S, S], ([set, text]) => trimSet(text as string, set as string));

export const strings: Family = {
  hello: fn([], () => "Hello!"),
  fail: ofText((message) => {
    throw new FunctionError(message);
  }),
  trim: ofText(trimSpace),
  trimAll,
  trimall: trimAll,
  trimPrefix: fn([S, S], ([part, text]) => bytewise([text as string, part as string], trimPrefix)),
  trimSuffix: fn([S, S], ([part, text]) => bytewise([text as string, part as string], trimSuffix)),
  nospace: ofText(deleteSpaces),
  upper: ofText(upperText),
  lower: ofText(lowerText),
  title: ofText(titleText),
  untitle: ofText(untitleText),
  swapcase: ofText(swapCase),
  snakecase: ofText((text) => joinWords(text, "_")),
  kebabcase: ofText((text) => joinWords(text, "-")),
  camelcase: ofText(pascalCase),
  initials: ofText(initials),
  contains: ask((text, part) => text.includes(part)),
  hasPrefix: ask((text, part) => text.startsWith(part)),
  hasSuffix: ask((text, part) => text.endsWith(part)),
  replace: fn(
    [S, S, S],
    ([old, fresh, text], context) => replaceAll(text as string, old as string, fresh as string, context),
  ),
  repeat: fn(["int", S], ([count, text], context) => repeat(text as string, intOf(count), context)),
  substr: fn(["int", "int", S], ([start, end, text]) => substring(intOf(start), intOf(end), text as string)),
  trunc: fn(["int", S], ([count, text]) => truncate(intOf(count), text as string)),
  abbrev: fn(["int", S], ([width, text]) => abbreviateBoth(0, intOf(width), text as string)),
  abbrevboth: fn(
    ["int", "int", S],
    ([left, width, text]) => abbreviateBoth(intOf(left), intOf(width), text as string),
  ),
  indent: fn(["int", S], ([spaces, text], context) => indent(intOf(spaces), text as string, context)),
  nindent: fn(["int", S], ([spaces, text], context) => `\n${indent(intOf(spaces), text as string, context)}`),
  wrap: fn(["int", S], ([width, text], context) => wrap(text as string, intOf(width), "\n", false, context)),
  wrapWith: fn(
    ["int", S, S],
    ([width, lineBreak, text], context) =>
      wrap(text as string, intOf(width), lineBreak as string || "\n", true, context),
  ),
  plural: fn([S, S, "int"], ([one, many, count]) => intOf(count) === 1 ? one! : many!),
  quote: spaced((value, context) => quoteText(textOfAny(value, context))),
  squote: spaced((value, context) => `'${textOfAny(value, context)}'`),
  cat: spaced(textOfAny),
  toString: fn([ANY], ([value], context) => textOfAny(value, context)),
  toStrings: fn([ANY], ([value], context) => stringsOf(value!, context)),
  join: fn([S, ANY], ([separator, value], context) => joined(separator as string, textsOf(value, context), context)),
  splitList: fn([S, S], ([separator, text], context) => {
    return stringList(splitText(text as string, separator as string, context));
  }),
  split: fn([S, S], ([separator, text], context) => {
    return partsMap(splitText(text as string, separator as string, context));
  }),
  splitn: fn([S, "int", S], ([separator, count, text], context) => {
    return partsMap(splitTextN(text as string, separator as string, intOf(count), context));
  }),
};
