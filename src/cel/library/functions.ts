/** Functions on strings, sizes and times. Regular expressions are RE2's, which take time linear in the text. */
import { RE2JS, RE2JSException } from "re2js";
import { fromGoSyntax } from "../../regex/go_syntax.ts";
import { type Evaluation, Failure, noSuchOverload, type Result } from "../evaluation.ts";
import { type FunctionDeclaration, method, overload, type Run } from "../signature.ts";
import { type DateFields, durationIn, fieldsOf, zoneOffset } from "../time.ts";
import { BOOL, BYTES, DURATION, INT, listOf, mapOf, param, STRING, TIMESTAMP } from "../type.ts";
import { type Duration, isList, isMap, type Timestamp, type Value } from "../value.ts";

function textTest(test: (text: string, part: string) => boolean): Run {
  return ([text, part], evaluation) => {
    if (typeof text !== "string" || typeof part !== "string") return noSuchOverload();
    evaluation.spendText(text.length);
    return test(text, part);
  };
}

const size: Run = ([value], evaluation) => {
  if (typeof value === "string") {
    evaluation.spendText(value.length);
    return BigInt(codePoints(value));
  }
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (isList(value!)) return BigInt(value.size);
  if (!isMap(value!)) return noSuchOverload();
  const count = value.size;
  evaluation.spend(count);
  return BigInt(count);
};

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i), next = text.charCodeAt(i + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
      count--;
      i++;
    }
  }
  return count;
}

/** A longer pattern is refused. */
export const MAX_PATTERN_LENGTH = 10_000;
/** Instructions of a compiled pattern; a larger one is refused, since compiled patterns are kept. */
export const MAX_PATTERN_SIZE = 20_000;
/** Counted repetitions of a pattern times its length, which bounds what compiling it can take. */
const MAX_PATTERN_EXPANSION = 500_000;
/** How many compiled patterns are kept: the same few come again for every object. */
const MAX_PATTERNS = 100;

const patterns = new Map<string, RE2JS | Failure>();

function compilePattern(pattern: string): RE2JS | Failure {
  const known = patterns.get(pattern);
  if (known) return known;
  const compiled = compile(pattern);
  if (patterns.size >= MAX_PATTERNS) patterns.delete(patterns.keys().next().value!);
  patterns.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS | Failure {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return new Failure(`the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
  }
  if (repetitionsOf(pattern) * pattern.length > MAX_PATTERN_EXPANSION) return tooLarge();
  try {
    const compiled = RE2JS.compile(fromGoSyntax(pattern));
    return compiled.programSize() > MAX_PATTERN_SIZE ? tooLarge() : compiled;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return new Failure("the pattern is no RE2 regular expression");
  }
}

function tooLarge(): Failure {
  return new Failure(`the pattern is too large: more than ${MAX_PATTERN_SIZE} instructions`);
}

/** The sum of the counts in `{2}`, `{2,}` and `{2,5}`. */
function repetitionsOf(pattern: string): number {
  let sum = 0;
  for (const [, least, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) sum += Number(most || least);
  return sum;
}

function matches([text, pattern]: readonly Value[], evaluation: Evaluation): Result {
  if (typeof text !== "string" || typeof pattern !== "string") return noSuchOverload();
  evaluation.spendText(pattern.length);
  const compiled = compilePattern(pattern);
  // A failure keeps the place where it first came from; another call has another.
  if (compiled instanceof Failure) return new Failure(compiled.reason);
  // The automaton may be in each of its states at each character.
  evaluation.spend(1 + Math.floor(text.length / 10) * (1 + Math.floor(compiled.programSize() / 4)));
  return compiled.test(text);
}

/** A method of timestamps, with a time zone or in UTC. */
function dateMethod(name: string, read: (fields: DateFields, timestamp: Timestamp) => number): FunctionDeclaration {
  const inZone = (timestamp: Timestamp, zone: string): Result => {
    const offset = zoneOffset(timestamp, zone);
    return offset instanceof Failure ? offset : BigInt(read(fieldsOf(timestamp, offset), timestamp));
  };
  return {
    name,
    overloads: [
      method([TIMESTAMP], INT, ([timestamp]) => inZone(timestamp as Timestamp, "UTC")),
      method([TIMESTAMP, STRING], INT, ([timestamp, zone]) => inZone(timestamp as Timestamp, zone as string)),
    ],
  };
}

/** A method of timestamps and of durations, of which it gives the whole. */
function timeMethod(
  name: string,
  whole: (duration: Duration) => bigint,
  read: (fields: DateFields, timestamp: Timestamp) => number,
): FunctionDeclaration {
  const { overloads } = dateMethod(name, read);
  return { name, overloads: [...overloads, method([DURATION], INT, ([duration]) => whole(duration as Duration))] };
}

const A = param("A"), B = param("B");
const SIZED = [BYTES, listOf(A), mapOf(A, B), STRING];

export const FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: "size",
    overloads: SIZED.flatMap((type) => [overload([type], INT), method([type], INT)]),
    run: size,
  },
  {
    name: "contains",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.includes(part)),
  },
  {
    name: "endsWith",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.endsWith(part)),
  },
  {
    name: "startsWith",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.startsWith(part)),
  },
  {
    name: "matches",
    overloads: [overload([STRING, STRING], BOOL), method([STRING, STRING], BOOL)],
    run: matches,
  },
  dateMethod("getFullYear", ({ year }) => year),
  dateMethod("getMonth", ({ month }) => month - 1),
  dateMethod("getDayOfYear", ({ dayOfYear }) => dayOfYear - 1),
  dateMethod("getDayOfMonth", ({ day }) => day - 1),
  dateMethod("getDate", ({ day }) => day),
  dateMethod("getDayOfWeek", ({ dayOfWeek }) => dayOfWeek),
  timeMethod("getHours", (duration) => durationIn(duration, 3_600_000_000_000n), ({ hour }) => hour),
  timeMethod("getMinutes", (duration) => durationIn(duration, 60_000_000_000n), ({ minute }) => minute),
  timeMethod("getSeconds", (duration) => durationIn(duration, 1_000_000_000n), ({ second }) => second),
  // Go has these as integers, not by way of float64.
  timeMethod(
    "getMilliseconds",
    ({ nanos }) => nanos / 1_000_000n,
    (_fields, { nanos }) => Math.floor(nanos / 1_000_000),
  ),
];
