/** Sprig's regular expressions: RE2, as Go's, so that no pattern can take more than linear time. */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { fromGoSyntax } from "../../regex/go_syntax.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { GoList, STRING_LIST, stringList } from "../value.ts";
import { type Family, fn, intOf, joinTexts } from "./define.ts";

/** A longer pattern is not compiled. */
const MAX_PATTERN = 64 * 1024;

type Pattern = ReturnType<typeof RE2JS.compile>;
type Matcher = ReturnType<Pattern["matcher"]>;

interface Compiled {
  readonly pattern: Pattern;
  /** Names in the pattern, where several groups have one, by the names that they have in `pattern`. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const NO_ALIASES: ReadonlyMap<string, readonly string[]> = new Map();

function compile(pattern: string): Compiled {
  if (pattern.length > MAX_PATTERN) throw new FunctionError(`the pattern is longer than ${MAX_PATTERN} characters`);
  if (!pattern.isWellFormed()) throw new FunctionError("error parsing regexp: invalid UTF-8");
  // Go lets several groups have one name.
  const renamed = /\(\?P?</.test(pattern) ? withUniqueNames(pattern) : { pattern, aliases: NO_ALIASES };
  try {
    return { pattern: RE2JS.compile(fromGoSyntax(renamed.pattern)), aliases: renamed.aliases };
  } catch (error) {
    // Go shows the part of the pattern too. A pattern may come from a Secret, so what is wrong must do.
    const what = error instanceof RE2JSSyntaxException ? `: ${error.getDescription()}` : "";
    throw new FunctionError(`error parsing regexp${what}`);
  }
}

/** An escape with what it escapes, a quoted run, a class, or a group with its name. */
const PATTERN_PART = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\((\?P?)<(\w+)>/g;

/** The pattern with a name of its own for each group, and the names that each of Go's stands for. */
function withUniqueNames(pattern: string): { pattern: string; aliases: ReadonlyMap<string, readonly string[]> } {
  const names = new Set(Array.from(pattern.matchAll(PATTERN_PART), (match) => match[2]));
  const aliases = new Map<string, string[]>();
  const renamed = pattern.replace(PATTERN_PART, (all, opening?: string, name?: string) => {
    if (name === undefined) return all;
    const known = aliases.get(name);
    if (known === undefined) {
      aliases.set(name, [name]);
      return all;
    }
    let fresh = `${name}_${known.length}`;
    while (names.has(fresh)) fresh += "_";
    names.add(fresh);
    known.push(fresh);
    return `(${opening}<${fresh}>`;
  });
  return { pattern: renamed, aliases };
}

/** A byte that is not UTF-8 counts as U+FFFD, which is as long in our texts. */
function matcherOf({ pattern }: Compiled, text: string): Matcher {
  return pattern.matcher(text.toWellFormed());
}

/** Start and end of the matches, at most `count` of them (-1: all), as Go's FindAll gives them. */
function matches(compiled: Compiled, text: string, count: number): { from: number; to: number }[] {
  const matcher = matcherOf(compiled, text);
  const found: { from: number; to: number }[] = [];
  let lastEnd = -1;
  while ((count < 0 || found.length < count) && matcher.find()) {
    const from = matcher.start(), to = matcher.end();
    // Go: an empty match right after another match does not count.
    if (from === to && from === lastEnd) continue;
    found.push({ from, to });
    lastEnd = to;
  }
  return found;
}

function replaceAll(compiled: Compiled, text: string, context: CallContext, replacement: Replacement): string {
  const matcher = matcherOf(compiled, text);
  const parts: string[] = [];
  let at = 0, lastEnd = -1, length = text.length;
  while (matcher.find()) {
    const from = matcher.start(), to = matcher.end();
    if (from === to && from === lastEnd) continue;
    const fresh = replacement(text, matcher);
    parts.push(text.slice(at, from), fresh);
    context.reserve(length += fresh.length);
    at = lastEnd = to;
  }
  return joinTexts([...parts, text.slice(at)], "");
}

type Replacement = (text: string, matcher: Matcher) => string;

/** Go's Expand: `$1`, `${1}`, `$name`, `$$`; what names no group, or one that isn't in the match, is empty. */
function expanded(template: string, { aliases }: Compiled): Replacement {
  return (text, matcher) =>
    template.replace(
      /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
      (all, braced, bare) => all === "$$" ? "$" : groupOf(text, matcher, braced ?? bare, aliases),
    );
}

function groupOf(text: string, matcher: Matcher, name: string, aliases: Compiled["aliases"]): string {
  const isNumber = /^(?:0|[1-9]\d{0,8})$/.test(name);
  for (const group of isNumber ? [Number(name)] : aliases.get(name) ?? [name]) {
    try {
      const from = matcher.start(group);
      if (from >= 0) return text.slice(from, matcher.end(group));
    } catch {
      // No such group.
    }
  }
  return "";
}

function split(compiled: Compiled, isEmptyPattern: boolean, text: string, count: number): GoList {
  if (count === 0) return listOrNil([]);
  if (!isEmptyPattern && text === "") return stringList([""]);
  const parts: string[] = [];
  let from = 0, to = 0;
  for (const match of matches(compiled, text, count)) {
    if (count > 0 && parts.length === count - 1) break;
    to = match.from;
    if (match.to !== 0) parts.push(text.slice(from, to));
    from = match.to;
  }
  if (to !== text.length) parts.push(text.slice(from));
  return stringList(parts);
}

/** Go's functions give nil where there is nothing. */
function listOrNil(texts: readonly string[]): GoList {
  return texts.length === 0 ? new GoList([], STRING_LIST, true) : stringList(texts);
}

const S = "string";
const find = (compiled: Compiled, text: string) => {
  const [match] = matches(compiled, text, 1);
  return match ? text.slice(match.from, match.to) : "";
};
const findAll = (compiled: Compiled, text: string, count: number) =>
  listOrNil(matches(compiled, text, count).map(({ from, to }) => text.slice(from, to)));
const isMatch = (pattern: string, text: string) => matches(compile(pattern), text, 1).length > 0;

const families = {
  Match: fn([S, S], ([pattern, text]) => isMatch(pattern as string, text as string)),
  Find: fn([S, S], ([pattern, text]) => find(compile(pattern as string), text as string)),
  FindAll: fn([S, S, "int"], ([pattern, text, count]) => {
    return findAll(compile(pattern as string), text as string, intOf(count));
  }),
  ReplaceAll: fn([S, S, S], ([pattern, text, fresh], context) => {
    const compiled = compile(pattern as string);
    return replaceAll(compiled, text as string, context, expanded(fresh as string, compiled));
  }),
  ReplaceAllLiteral: fn([S, S, S], ([pattern, text, fresh], context) => {
    return replaceAll(compile(pattern as string), text as string, context, () => fresh as string);
  }),
  Split: fn([S, S, "int"], ([pattern, text, count]) => {
    return split(compile(pattern as string), pattern === "", text as string, intOf(count));
  }),
};

export const regex: Family = {
  ...Object.fromEntries(
    Object.entries(families).flatMap(([name, f]) => [[`regex${name}`, f], [`mustRegex${name}`, f]]),
  ),
  // Sprig: a pattern that is none just doesn't match.
  regexMatch: fn([S, S], ([pattern, text]) => {
    try {
      return isMatch(pattern as string, text as string);
    } catch (error) {
      if (error instanceof FunctionError) return false;
      throw error;
    }
  }),
  regexQuoteMeta: fn([S], ([text]) => (text as string).replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
