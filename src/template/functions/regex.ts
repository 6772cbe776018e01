/** Sprig's regular expressions: RE2, as Go's, so that no pattern can take more than linear time. */
import { type RE2JS, RE2JSSyntaxException } from "re2js";
import { compilePattern, PatternTooLarge } from "../../regex/compile.ts";
import { countedMatcher } from "../../regex/counted_text.ts";
import { byteLength, normalText } from "../bytes.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { LongText } from "../long_text.ts";
import { GoList, STRING_LIST, stringList } from "../value.ts";
import { type Family, fn, intOf } from "./define.ts";

/** What compiling takes, in steps for a character. */
const COMPILE_STEPS = 20;
/** Looks at a character that take a step where a pattern is in one state, as most are; a large one may be in all at once. */
const LOOKS_PER_STEP = 10;
const SMALL_PATTERN = 100;
/** What a match takes, whatever its length, in steps, and in a list, as bytes. */
const MATCH_STEPS = 8;
const MATCH_BYTES = 16;

type Matcher = ReturnType<RE2JS["matcher"]>;

interface Compiled {
  readonly pattern: RE2JS;
  /** Names in the pattern, where several groups have one, by the names that they have in `pattern`. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const NO_ALIASES: ReadonlyMap<string, readonly string[]> = new Map();

function compile(pattern: string, context: CallContext): Compiled {
  context.spend(pattern.length * COMPILE_STEPS);
  if (!pattern.isWellFormed()) throw new FunctionError("error parsing regexp: invalid UTF-8");
  // Go lets several groups have one name.
  const renamed = /\(\?P?</.test(pattern) ? withUniqueNames(pattern) : { pattern, aliases: NO_ALIASES };
  try {
    return { pattern: compilePattern(renamed.pattern), aliases: renamed.aliases };
  } catch (error) {
    if (error instanceof PatternTooLarge) throw new FunctionError(error.message);
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
function matcherOf({ pattern }: Compiled, text: string, context: CallContext): Matcher {
  const size = pattern.programSize();
  const stepsPerLook = (1 + size / (size > SMALL_PATTERN ? 2 : 8)) / LOOKS_PER_STEP;
  return countedMatcher(pattern, text.toWellFormed(), (looks) => context.spend(Math.ceil(looks * stepsPerLook)));
}

/** Asks for room for what grows: each time for twice as much as before, since each request costs what it asks for. */
class Room {
  #asked = 0;

  constructor(readonly context: CallContext) {}

  need(bytes: number): void {
    if (bytes <= this.#asked) return;
    this.context.reserve(bytes);
    this.#asked = 2 * bytes;
  }
}

/** Start and end of the matches, at most `count` of them (-1: all), as Go's FindAll gives them. */
function matches(
  compiled: Compiled,
  text: string,
  count: number,
  context: CallContext,
): { from: number; to: number }[] {
  const matcher = matcherOf(compiled, text, context);
  const found: { from: number; to: number }[] = [];
  const room = new Room(context);
  let lastEnd = -1;
  while ((count < 0 || found.length < count) && matcher.find()) {
    const from = matcher.start(), to = matcher.end();
    // Go: an empty match right after another match does not count.
    if (from === to && from === lastEnd) continue;
    found.push({ from, to });
    room.need(found.length * MATCH_BYTES);
    context.spend(MATCH_STEPS);
    lastEnd = to;
  }
  return found;
}

function replaceAll(compiled: Compiled, text: string, context: CallContext, replacement: Replacement): string {
  const matcher = matcherOf(compiled, text, context);
  const result = new LongText();
  const room = new Room(context);
  let at = 0, lastEnd = -1, size = byteLength(text);
  while (matcher.find()) {
    const from = matcher.start(), to = matcher.end();
    if (from === to && from === lastEnd) continue;
    context.spend(MATCH_STEPS + replacement.length);
    result.add(text.slice(at, from));
    for (const piece of replacement) {
      const fresh = typeof piece === "string" ? piece : groupOf(text, matcher, piece.groups);
      result.add(fresh);
      room.need(size += byteLength(fresh));
    }
    at = lastEnd = to;
  }
  result.add(text.slice(at));
  context.reserve(size);
  return normalText(result.toString());
}

/** Texts, and groups of which the first that is in the match stands for its text. */
type Replacement = readonly (string | { readonly groups: readonly (string | number)[] })[];

/** Go's Expand: `$1`, `${1}`, `$name`, `$$`; what names no group, or one that isn't in the match, is empty. */
function expanded(template: string, { pattern, aliases }: Compiled): Replacement {
  const named = pattern.namedGroups(), count = pattern.groupCount();
  const pieces: Replacement[number][] = [];
  let at = 0;
  for (const match of template.matchAll(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu)) {
    const [all, braced, bare] = match;
    const name = braced ?? bare;
    pieces.push(template.slice(at, match.index));
    at = match.index + all.length;
    if (name === undefined) {
      pieces.push("$");
      continue;
    }
    const groups = /^(?:0|[1-9]\d{0,8})$/.test(name)
      ? [Number(name)].filter((group) => group <= count)
      : (aliases.get(name) ?? [name]).filter((group) => Object.hasOwn(named, group));
    if (groups.length > 0) pieces.push({ groups });
  }
  pieces.push(template.slice(at));
  return pieces.filter((piece) => piece !== "");
}

function groupOf(text: string, matcher: Matcher, groups: readonly (string | number)[]): string {
  for (const group of groups) {
    const from = matcher.start(group);
    if (from >= 0) return text.slice(from, matcher.end(group));
  }
  return "";
}

function split(
  compiled: Compiled,
  isEmptyPattern: boolean,
  text: string,
  count: number,
  context: CallContext,
): GoList {
  if (count === 0) return listOrNil([]);
  if (!isEmptyPattern && text === "") return stringList([""]);
  const parts: string[] = [];
  let from = 0, to = 0;
  const found = matches(compiled, text, count, context);
  for (const match of found) {
    if (count > 0 && parts.length === count - 1) break;
    to = match.from;
    if (match.to !== 0) parts.push(text.slice(from, to));
    from = match.to;
  }
  if (to !== text.length) parts.push(text.slice(from));
  return GoList.grown(parts, STRING_LIST, found.length);
}

/** For so many matches Go has room from the beginning. */
const FIND_ROOM = 10;

/** Go's functions give nil where there is nothing. */
function listOrNil(texts: readonly string[]): GoList {
  return texts.length === 0 ? new GoList([], STRING_LIST, true) : GoList.grown(texts, STRING_LIST, FIND_ROOM);
}

const S = "string";

function find(compiled: Compiled, text: string, context: CallContext): string {
  const [match] = matches(compiled, text, 1, context);
  return match ? text.slice(match.from, match.to) : "";
}

function findAll(compiled: Compiled, text: string, count: number, context: CallContext): GoList {
  return listOrNil(matches(compiled, text, count, context).map(({ from, to }) => text.slice(from, to)));
}

function isMatch(pattern: string, text: string, context: CallContext): boolean {
  return matches(compile(pattern, context), text, 1, context).length > 0;
}

const families = {
  Match: fn([S, S], ([pattern, text], context) => isMatch(pattern as string, text as string, context)),
  Find: fn([S, S], ([pattern, text], context) => find(compile(pattern as string, context), text as string, context)),
  FindAll: fn([S, S, "int"], ([pattern, text, count], context) => {
    return findAll(compile(pattern as string, context), text as string, intOf(count), context);
  }),
  ReplaceAll: fn([S, S, S], ([pattern, text, fresh], context) => {
    const compiled = compile(pattern as string, context);
    return replaceAll(compiled, text as string, context, expanded(fresh as string, compiled));
  }),
  ReplaceAllLiteral: fn([S, S, S], ([pattern, text, fresh], context) => {
    return replaceAll(compile(pattern as string, context), text as string, context, [fresh as string]);
  }),
  Split: fn([S, S, "int"], ([pattern, text, count], context) => {
    return split(compile(pattern as string, context), pattern === "", text as string, intOf(count), context);
  }),
};

export const regex: Family = {
  ...Object.fromEntries(
    Object.entries(families).flatMap(([name, f]) => [[`regex${name}`, f], [`mustRegex${name}`, f]]),
  ),
  // Sprig: a pattern that is none just doesn't match.
  regexMatch: fn([S, S], ([pattern, text], context) => {
    try {
      return isMatch(pattern as string, text as string, context);
    } catch (error) {
      if (error instanceof FunctionError) return false;
      throw error;
    }
  }),
  regexQuoteMeta: fn([S], ([text]) => (text as string).replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
