/** Sprig's functions of texts. */
import { FunctionError } from "../function.ts";
import { quoteText } from "../quote.ts";
import { ANY, GoList, GoMap, STRING_MAP, stringList, type Value } from "../value.ts";
import { byteLength, bytesOf, runeCount, sliceBytes } from "../bytes.ts";
import { type Family, fn, intOf, textOfAny, variadic } from "./define.ts";

const text1 = (change: (text: string) => string) => fn(["string"], ([text]) => change(text as string));
const S = "string";

/** Go's TrimSpace: white space of Unicode. */
const trimSpace = (text: string) =>
  text.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, (run) => run.includes("\uFEFF") ? run : "");

function trimSet(text: string, set: string): string {
  const characters = new Set(set);
  const runes = [...text];
  let from = 0, to = runes.length;
  while (from < to && characters.has(runes[from]!)) from++;
  while (to > from && characters.has(runes[to - 1]!)) to--;
  return runes.slice(from, to).join("");
}

function toStrings(value: Value, context: Parameters<typeof textOfAny>[1]): string[] {
  if (value instanceof GoList) {
    return value.items.filter((item) => item !== null && item !== undefined).map((item) => textOfAny(item, context));
  }
  return value === null || value === undefined ? [] : [textOfAny(value, context)];
}

export const strings: Family = {
  trim: text1(trimSpace),
  upper: text1((text) => text.toUpperCase()),
  lower: text1((text) => text.toLowerCase()),
  title: text1((text) =>
    text.replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_all, before, letter) => before + letter.toUpperCase())
  ),
  untitle: text1((text) => text.replace(/(^|\s)(\S)/gu, (_all, before, letter) => before + letter.toLowerCase())),
  nospace: text1((text) => text.replace(/\s/gu, "")),
  initials: text1((text) => (text.match(/(?<=^|\s)\S/gu) ?? []).join("")),
  contains: fn([S, S], ([part, text]) => (text as string).includes(part as string)),
  hasPrefix: fn([S, S], ([part, text]) => (text as string).startsWith(part as string)),
  hasSuffix: fn([S, S], ([part, text]) => (text as string).endsWith(part as string)),
  trimAll: fn([S, S], ([set, text]) => trimSet(text as string, set as string)),
  trimall: fn([S, S], ([set, text]) => trimSet(text as string, set as string)),
  trimPrefix: fn(
    [S, S],
    ([part, text]) =>
      (text as string).startsWith(part as string) ? (text as string).slice((part as string).length) : text!,
  ),
  trimSuffix: fn(
    [S, S],
    ([part, text]) =>
      part !== "" && (text as string).endsWith(part as string)
        ? (text as string).slice(0, -(part as string).length)
        : text!,
  ),
  replace: fn([S, S, S], ([old, fresh, text], context) => {
    const parts = (text as string).split(old as string);
    context.reserve(byteLength(text as string) + parts.length * byteLength(fresh as string));
    if (old !== "") return parts.join(fresh as string);
    const runes = [...(text as string)];
    return [...runes.map((rune) => (fresh as string) + rune), fresh].join("");
  }),
  repeat: fn(["int", S], ([count, text], context) => {
    const times = intOf(count);
    if (times < 0) throw new FunctionError("strings: negative Repeat count");
    context.reserve(times * byteLength(text as string));
    return (text as string).repeat(times);
  }),
  substr: fn(["int", "int", S], ([start, end, value]) => {
    const text = value as string, from = intOf(start), to = intOf(end), length = bytesOf(text).length;
    if (from < 0) return sliceOrFail(text, 0, to, length);
    if (to < 0 || to > length) return sliceOrFail(text, from, length, length);
    return sliceOrFail(text, from, to, length);
  }),
  trunc: fn(["int", S], ([count, value]) => {
    const text = value as string, wanted = intOf(count), length = byteLength(text);
    if (wanted < 0 && length + wanted > 0) return sliceBytes(text, length + wanted, length);
    return wanted >= 0 && length > wanted ? sliceBytes(text, 0, wanted) : text;
  }),
  abbrev: fn(["int", S], ([width, value]) => {
    const text = value as string, limit = intOf(width), length = byteLength(text);
    if (limit < 4 || length <= limit) return text;
    return `${sliceBytes(text, 0, limit - 3)}...`;
  }),
  indent: fn(["int", S], ([spaces, text], context) => indent(intOf(spaces), text as string, context)),
  nindent: fn(["int", S], ([spaces, text], context) => `\n${indent(intOf(spaces), text as string, context)}`),
  plural: fn([S, S, "int"], ([one, many, count]) => intOf(count) === 1 ? one! : many!),
  quote: variadic([], ANY, (values, context) => {
    const given = values.filter((value) => value !== null && value !== undefined);
    return given.map((value) => quoteText(textOfAny(value, context))).join(" ");
  }),
  squote: variadic([], ANY, (values, context) => {
    const given = values.filter((value) => value !== null && value !== undefined);
    return given.map((value) => `'${textOfAny(value, context)}'`).join(" ");
  }),
  cat: variadic([], ANY, (values, context) => {
    const given = values.filter((value) => value !== null && value !== undefined);
    return given.map((value) => textOfAny(value, context)).join(" ");
  }),
  toString: fn([ANY], ([value], context) => textOfAny(value!, context)),
  toStrings: fn([ANY], ([value], context) => stringList(toStrings(value!, context))),
  join: fn([S, ANY], ([separator, value], context) => {
    const parts = toStrings(value!, context);
    context.reserve(parts.reduce((sum, part) => sum + byteLength(part) + byteLength(separator as string), 0));
    return parts.join(separator as string);
  }),
  splitList: fn([S, S], ([separator, text]) => stringList(splitText(text as string, separator as string))),
  split: fn([S, S], ([separator, text]) => partsMap(splitText(text as string, separator as string))),
  splitn: fn([S, "int", S], ([separator, count, text]) => {
    const parts = splitText(text as string, separator as string), limit = intOf(count);
    if (limit === 0) return partsMap([]);
    if (limit < 0 || parts.length <= limit) return partsMap(parts);
    return partsMap([...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator as string)]);
  }),
  snakecase: text1((text) => words(text).map((word) => word.toLowerCase()).join("_")),
  kebabcase: text1((text) => words(text).map((word) => word.toLowerCase()).join("-")),
  camelcase: text1((text) =>
    text.split(/[_\- ]+/).map((word) => word === "" ? "" : word[0]!.toUpperCase() + word.slice(1).toLowerCase()).join(
      "",
    )
  ),
  swapcase: text1((text) =>
    [...text].map((rune) => rune === rune.toUpperCase() ? rune.toLowerCase() : rune.toUpperCase()).join("")
  ),
  wrap: fn(["int", S], ([width, text]) => wrapText(text as string, intOf(width), "\n", false)),
  wrapWith: fn(
    ["int", S, S],
    ([width, separator, text]) => wrapText(text as string, intOf(width), separator as string, true),
  ),
  fail: fn([S], ([message]) => {
    throw new FunctionError(message as string);
  }),
  hello: fn([], () => "Hello!"),
};

function sliceOrFail(text: string, from: number, to: number, length: number): string {
  if (from > to || from > length || to > length) {
    throw new FunctionError(`runtime error: slice bounds out of range [${from}:${to}] with length ${length}`);
  }
  return sliceBytes(text, from, to);
}

function indent(spaces: number, text: string, context: Parameters<typeof textOfAny>[1]): string {
  if (spaces < 0) throw new FunctionError("strings: negative Repeat count");
  const lines = text.split("\n");
  context.reserve(byteLength(text) + spaces * lines.length);
  const pad = " ".repeat(spaces);
  return lines.map((line) => pad + line).join("\n");
}

/** Go's strings.Split: an empty separator splits into characters. */
function splitText(text: string, separator: string): string[] {
  return separator === "" ? [...text] : text.split(separator);
}

function partsMap(parts: readonly string[]): GoMap {
  return new GoMap(new Map(parts.map((part, index) => [`_${index}`, part])), STRING_MAP);
}

function words(text: string): string[] {
  return text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? [];
}

function wrapText(text: string, width: number, separator: string, breakWords: boolean): string {
  const limit = Math.max(1, width);
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    while (breakWords && runeCount(word) > limit) {
      if (line !== "") {
        lines.push(line);
        line = "";
      }
      lines.push([...word].slice(0, limit).join(""));
      word = [...word].slice(limit).join("");
    }
    if (line === "") line = word;
    else if (runeCount(line) + 1 + runeCount(word) <= limit) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== "") lines.push(line);
  return lines.join(separator);
}
