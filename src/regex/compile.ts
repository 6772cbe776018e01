/** Compiles Go's regular expressions, within bounds of what compiling may take. */
import { RE2JS } from "re2js";
import { fromGoSyntax } from "./go_syntax.ts";

/** A longer pattern is refused. */
export const MAX_PATTERN_LENGTH = 10_000;
/** Counted repetitions of a pattern times its length, which bounds what compiling it can take. */
const MAX_PATTERN_EXPANSION = 500_000;
/** Classes such as `\\pL`, of which each has hundreds of ranges that are merged with those of the others in its brackets. */
const MAX_CLASSES = 200;

/** A pattern that would take too much time or memory to compile. */
export class PatternTooLarge extends Error {
  override name = "PatternTooLarge";
}

/**
 * @throws {PatternTooLarge}
 * @throws {RE2JSException} for what is no regular expression.
 */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new PatternTooLarge(`the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
  }
  if (repetitionsOf(pattern) * pattern.length > MAX_PATTERN_EXPANSION) {
    throw new PatternTooLarge("the pattern repeats too much");
  }
  if (pattern.split(/\\p/i).length > MAX_CLASSES) {
    throw new PatternTooLarge(`the pattern has more than ${MAX_CLASSES} Unicode classes`);
  }
  return RE2JS.compile(fromGoSyntax(pattern));
}

/** The sum of the counts in `{2}`, `{2,}` and `{2,5}`. */
function repetitionsOf(pattern: string): number {
  let sum = 0;
  for (const [, least, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) sum += Number(most || least);
  return sum;
}
