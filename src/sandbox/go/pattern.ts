/** gopher-lua's own matcher of patterns, which differs from Lua's in captures and empty matches. All texts are byte strings. */
import { compilePattern, type Instruction, PatternError, TICK_STEPS, TOO_COMPLEX } from "./pattern_program.ts";

/** What a match holds: first the whole, then each capture. `end` is -1 for a position capture, `start` then counts from 1. */
export interface Capture {
  readonly start: number;
  readonly end: number;
}
export type Match = readonly Capture[];

/** gopher-lua gives up beyond this many nested attempts. */
const MAX_DEPTH = 1_000_000;
/** Captures of all matches together. */
const MAX_CAPTURES = 500_000;

/**
 * All matches from `offset` on, up to `limit` of them (-1: all), as gopher-lua counts them: the next one begins behind the
 * last, or one further where that was empty.
 *
 * @param tick Called every thousand steps; what it throws ends the search.
 * @throws {PatternError} Also, in gopher-lua's words, for patterns and results that would take too much memory.
 */
export function findMatches(
  pattern: string,
  subject: string,
  offset: number,
  limit: number,
  tick: () => void,
): Match[] {
  const { program, isAnchored } = compilePattern(pattern, tick);
  const matches: Match[] = [];
  const matcher = new Matcher(program, subject, tick);
  let captures = 0;
  for (let at = offset; at <= subject.length;) {
    const match = matcher.matchAt(at);
    at++;
    if (match) {
      captures += match.length;
      if (captures > MAX_CAPTURES) throw new PatternError(TOO_COMPLEX);
      at = Math.max(at, match[0]!.end);
      matches.push(match);
    }
    if (matches.length === limit || isAnchored) break;
  }
  return matches;
}

/** Runs a program with a stack of its own, so that the depth of attempts does not end with JavaScript's. */
class Matcher {
  #steps = 0;

  constructor(readonly program: readonly Instruction[], readonly subject: string, readonly tick: () => void) {}

  matchAt(start: number): Match | undefined {
    const { program, subject } = this;
    /** Twice the position, one more for a position capture, as gopher-lua keeps them. */
    const slots: number[] = [];
    const set = (slot: number, value: number) => {
      while (slots.length <= slot) slots.push(0);
      slots[slot] = value;
    };
    /** What to go back to: pairs of (instruction, position), or of (-1 - slot, its value before). */
    const undo: number[] = [];
    let pc = 0, at = start;
    for (;;) {
      if (++this.#steps % TICK_STEPS === 0) this.tick();
      if (undo.length >= 2 * MAX_DEPTH) throw new PatternError(TOO_COMPLEX);
      const instruction = program[pc]!;
      let isFailed = false;
      switch (instruction.code) {
        case "byte":
          if (at < subject.length && instruction.set[subject.charCodeAt(at)] === 1) {
            pc++;
            at++;
          } else isFailed = true;
          break;
        case "split":
          undo.push(instruction.second, at);
          pc = instruction.first;
          break;
        case "jump":
          pc = instruction.to;
          break;
        case "save":
          undo.push(-1 - instruction.slot, slots[instruction.slot] ?? 0);
          set(instruction.slot, at * 2);
          pc++;
          break;
        case "position":
          set(instruction.slot + 1, 0);
          slots[instruction.slot] = slots[instruction.slot + 1] = (at + 1) * 2 + 1;
          pc++;
          break;
        case "balance": {
          const end = this.#balanced(at, instruction.open, instruction.close);
          if (end === undefined) isFailed = true;
          else {
            at = end;
            pc++;
          }
          break;
        }
        case "again": {
          const slot = instruction.group * 2;
          if (slot >= slots.length - 1) throw new PatternError("invalid capture index");
          const from = slots[slot]! >> 1, to = slots[slot + 1]! >> 1;
          if (to > subject.length) {
            const capacity = subject.length;
            throw new PatternError(`runtime error: slice bounds out of range [:${to}] with capacity ${capacity}`);
          }
          if (to < from) throw new PatternError(`runtime error: slice bounds out of range [${from}:${to}]`);
          const text = subject.slice(from, to);
          // As many steps as bytes that may have to be compared.
          const steps = this.#steps + text.length;
          if (Math.floor(steps / TICK_STEPS) > Math.floor(this.#steps / TICK_STEPS)) this.tick();
          this.#steps = steps;
          if (subject.startsWith(text, at)) {
            at += text.length;
            pc++;
          } else isFailed = true;
          break;
        }
        case "end":
          if (at >= subject.length) return capturesOf(slots);
          isFailed = true;
          break;
        case "match":
          return capturesOf(slots);
      }
      while (isFailed) {
        if (undo.length === 0) return undefined;
        const value = undo.pop()!, target = undo.pop()!;
        if (target < 0) slots[-1 - target] = value;
        else {
          pc = target;
          at = value;
          isFailed = false;
        }
      }
    }
  }

  #balanced(start: number, open: number, close: number): number | undefined {
    const { subject } = this;
    if (start >= subject.length || subject.charCodeAt(start) !== open) return undefined;
    let depth = 1;
    for (let at = start + 1; at < subject.length; at++) {
      if (++this.#steps % TICK_STEPS === 0) this.tick();
      const byte = subject.charCodeAt(at);
      if (byte === close) depth--;
      if (depth === 0) return at + 1;
      if (byte === open) depth++;
    }
    return undefined;
  }
}

function capturesOf(slots: readonly number[]): Match {
  const captures: Capture[] = [];
  for (let slot = 0; slot < slots.length; slot += 2) {
    const start = slots[slot]!, end = slots[slot + 1] ?? 0;
    captures.push((start & 1) === 1 ? { start: start >> 1, end: -1 } : { start: start >> 1, end: end >> 1 });
  }
  return captures;
}
