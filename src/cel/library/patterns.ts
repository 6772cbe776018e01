/** `matches`: RE2's regular expressions, which take time linear in the text. What compiling and matching take is paid for. */
import { RE2JS, RE2JSException } from "re2js";
import { fromGoSyntax } from "../../regex/go_syntax.ts";
import { type Evaluation, Failure, noSuchOverload, type Result } from "../evaluation.ts";
import type { Value } from "../value.ts";

export type Pattern = RE2JS | Failure;

export function matches([text, pattern]: readonly Value[], evaluation: Evaluation): Result {
  if (typeof text !== "string" || typeof pattern !== "string") return noSuchOverload();
  let compiled = evaluation.patterns.get(pattern);
  if (!compiled) {
    // Paid for whether it is kept from another object or not: the same rule costs the same on the same object.
    evaluation.spend(STEPS_TO_COMPILE * (pattern.length + sizeOf(pattern)));
    evaluation.patterns.set(pattern, compiled = compilePattern(pattern));
  }
  // A failure keeps the place where it first came from; another call has another.
  if (compiled instanceof Failure) return new Failure(compiled.reason);
  // The automaton may be in each of its states at each character. A large one is no longer kept whole, and takes more.
  const size = compiled.programSize();
  const perTenCharacters = size <= LARGE ? size / 4 : 2 * size;
  evaluation.spend(1 + Math.floor(text.length / 10 * (1 + perTenCharacters)));
  return compiled.test(text);
}

/** For each character and each instruction. */
const STEPS_TO_COMPILE = 100;
/** Instructions from which on matching takes more for each of them. */
const LARGE = 1000;

/** Counted repetitions of counted repetitions: Go refuses a pattern with more. */
const MAX_REPEATS = 1000;

interface Part {
  readonly size: number;
  /** How often repetitions within it repeat something, multiplied. */
  readonly repeats: number;
}

const NOTHING: Part = { size: 0, repeats: 1 };

function together(a: Part, b: Part): Part {
  return { size: a.size + b.size, repeats: Math.max(a.repeats, b.repeats) };
}

/**
 * About how many instructions a pattern becomes: counted repetitions unfold. Escapes and classes count for more than they are;
 * what is refused in any case counts for nothing.
 */
export function sizeOf(pattern: string): number {
  const outer: Part[] = [];
  let before = NOTHING, last = NOTHING;
  for (let at = 0; at < pattern.length; at++) {
    const count = pattern[at] === "{" ? countAt(pattern, at) : undefined;
    if (count) {
      last = { size: (last.size + 1) * (count.times + 1), repeats: last.repeats * Math.max(1, count.times) };
      if (last.repeats > MAX_REPEATS) return 0;
      at += count.length - 1;
    } else if (pattern[at] === "(") {
      outer.push(together(before, last));
      before = last = NOTHING;
    } else if (pattern[at] === ")") {
      last = together(together(before, last), { size: 2, repeats: 1 });
      before = outer.pop() ?? NOTHING;
    } else {
      before = together(before, last);
      last = { size: 1, repeats: 1 };
    }
  }
  return outer.reduce(together, together(before, last)).size;
}

/** `{2}`, `{2,}` or `{2,5}` at a place of the pattern. */
function countAt(pattern: string, at: number): { times: number; length: number } | undefined {
  const match = /^\{(\d{1,4})(?:,(\d{0,4}))?\}/.exec(pattern.slice(at, at + 12));
  return match ? { times: Math.max(Number(match[1]), Number(match[2] ?? 0)), length: match[0].length } : undefined;
}

/** Instructions of all the patterns that are kept: the same few come again for every object. */
const MAX_KEPT = 100_000;

const kept = new Map<string, Pattern>();
let keptSize = 0;

function compilePattern(pattern: string): Pattern {
  const known = kept.get(pattern);
  if (known) return known;
  const compiled = compile(pattern);
  keptSize += weightOf(pattern, compiled);
  for (const [oldest, other] of kept) {
    if (keptSize <= MAX_KEPT) break;
    kept.delete(oldest);
    keptSize -= weightOf(oldest, other);
  }
  kept.set(pattern, compiled);
  return compiled;
}

function weightOf(pattern: string, compiled: Pattern): number {
  return pattern.length + (compiled instanceof Failure ? 0 : compiled.programSize());
}

function compile(pattern: string): Pattern {
  try {
    return RE2JS.compile(fromGoSyntax(pattern));
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return new Failure("the pattern is no RE2 regular expression");
  }
}
