/** Sprig's regular expressions: RE2, as Go's, so that no pattern can take more than linear time. */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { fromGoSyntax } from "../../regex/go_syntax.ts";
import { FunctionError } from "../function.ts";
import { GoList, STRING_LIST, stringList } from "../value.ts";
import { type Family, fn, intOf } from "./define.ts";

/** A longer pattern is not compiled. */
const MAX_PATTERN = 64 * 1024;

function compile(pattern: string): ReturnType<typeof RE2JS.compile> {
  if (pattern.length > MAX_PATTERN) throw new FunctionError(`the pattern is longer than ${MAX_PATTERN} characters`);
  try {
    return RE2JS.compile(fromGoSyntax(pattern));
  } catch (error) {
    // Go shows the part of the pattern too. A pattern may come from a Secret, so what is wrong must do.
    const what = error instanceof RE2JSSyntaxException ? `: ${error.getDescription()}` : "";
    throw new FunctionError(`error parsing regexp${what}`);
  }
}

/** Start and end of the matches, at most `count` of them (-1: all), as Go's FindAll gives them. */
function matches(pattern: string, text: string, count: number): { from: number; to: number }[] {
  const matcher = compile(pattern).matcher(text);
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

function replaceAll(pattern: string, text: string, replacement: string, isLiteral: boolean): string {
  const matcher = compile(pattern).matcher(text);
  let result = "", at = 0, lastEnd = -1;
  while (matcher.find()) {
    const from = matcher.start(), to = matcher.end();
    if (from === to && from === lastEnd) continue;
    result += text.slice(at, from) + (isLiteral ? replacement : expand(replacement, (name) => groupOf(matcher, name)));
    at = lastEnd = to;
  }
  return result + text.slice(at);
}

type Matcher = ReturnType<ReturnType<typeof RE2JS.compile>["matcher"]>;

function groupOf(matcher: Matcher, name: string): string {
  try {
    return (/^\d+$/.test(name) ? matcher.group(Number(name)) : matcher.group(name)) ?? "";
  } catch {
    return "";
  }
}

/** Go's Expand: `$1`, `${1}`, `$name`, `$$`. */
function expand(template: string, group: (name: string) => string): string {
  return template.replace(
    /\$(?:\$|\{(\w+)\}|(\w+))/g,
    (all, braced, bare) => all === "$$" ? "$" : group(braced ?? bare),
  );
}

function split(pattern: string, text: string, count: number): GoList {
  if (count === 0) return listOrNil([]);
  if (pattern !== "" && text === "") return stringList([""]);
  const parts: string[] = [];
  let from = 0, to = 0;
  for (const match of matches(pattern, text, count)) {
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
const find = (pattern: string, text: string) => {
  const [match] = matches(pattern, text, 1);
  return match ? text.slice(match.from, match.to) : "";
};
const findAll = (pattern: string, text: string, count: number) =>
  listOrNil(matches(pattern, text, count).map(({ from, to }) => text.slice(from, to)));
const isMatch = (pattern: string, text: string) => matches(pattern, text, 1).length > 0;

const families = {
  Match: fn([S, S], ([pattern, text]) => isMatch(pattern as string, text as string)),
  Find: fn([S, S], ([pattern, text]) => find(pattern as string, text as string)),
  FindAll: fn([S, S, "int"], ([pattern, text, count]) => findAll(pattern as string, text as string, intOf(count))),
  ReplaceAll: fn(
    [S, S, S],
    ([pattern, text, fresh]) => replaceAll(pattern as string, text as string, fresh as string, false),
  ),
  ReplaceAllLiteral: fn(
    [S, S, S],
    ([pattern, text, fresh]) => replaceAll(pattern as string, text as string, fresh as string, true),
  ),
  Split: fn(
    [S, S, "int"],
    ([pattern, text, count]) => split(pattern as string, text as string, intOf(count)),
  ),
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
