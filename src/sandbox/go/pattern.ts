/**
 * gopher-lua's patterns: its own parser and its own matcher, which differ from Lua's in sets, errors, captures and empty
 * matches. Patterns and subjects are byte strings.
 */

/** A wrong pattern, in gopher-lua's words. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** What a match holds: first the whole, then each capture. `end` is -1 for a position capture, `start` then counts from 1. */
export interface Capture {
  readonly start: number;
  readonly end: number;
}
export type Match = readonly Capture[];

const END = -1;
/** gopher-lua gives up beyond this many nested attempts. */
const MAX_DEPTH = 1_000_000;
const TICK_STEPS = 1_000;

/**
 * All matches from `offset` on, up to `limit` of them (-1: all), as gopher-lua counts them: the next one begins behind the
 * last, or one further where that was empty.
 *
 * @param tick Called every thousand steps; what it throws ends the search.
 * @throws {PatternError}
 */
export function findMatches(
  pattern: string,
  subject: string,
  offset: number,
  limit: number,
  tick: () => void,
): Match[] {
  const { program, isAnchored } = compile(pattern);
  const matches: Match[] = [];
  const matcher = new Matcher(program, subject, tick);
  for (let at = offset; at <= subject.length;) {
    const match = matcher.matchAt(at);
    at++;
    if (match) {
      at = Math.max(at, match[0]!.end);
      matches.push(match);
    }
    if (matches.length === limit || isAnchored) break;
  }
  return matches;
}

/** One position of a subject: does the byte belong to it? */
type ByteClass = (byte: number) => boolean;

type Instruction =
  | { readonly code: "byte"; readonly matches: ByteClass }
  | { readonly code: "split"; readonly first: number; readonly second: number }
  | { readonly code: "jump"; readonly to: number }
  | { readonly code: "save"; readonly slot: number }
  | { readonly code: "position"; readonly slot: number }
  | { readonly code: "balance"; readonly open: number; readonly close: number }
  | { readonly code: "again"; readonly group: number }
  | { readonly code: "end" }
  | { readonly code: "match" };

interface Compiled {
  readonly program: readonly Instruction[];
  readonly isAnchored: boolean;
}

/** Reads bytes with the look-ahead and the positions that gopher-lua's scanner has, since errors name them. */
class Scanner {
  #at = 0;
  #started = false;

  constructor(readonly text: string) {}

  get position(): number {
    return this.#at;
  }

  next(): number {
    if (!this.#started) {
      this.#started = true;
      if (this.text.length === 0) this.#at = END;
    } else this.#at = this.nextPosition;
    return this.#at === END ? END : this.text.charCodeAt(this.#at);
  }

  get nextPosition(): number {
    if (this.#at === END || this.#at >= this.text.length - 1) return END;
    return this.#started ? this.#at + 1 : 0;
  }

  peek(): number {
    const wasAtEnd = this.#at === END;
    const byte = this.next();
    if (wasAtEnd) return byte;
    if (this.#at === END) this.#at = this.text.length - 1;
    else if (--this.#at < 0) {
      this.#at = 0;
      this.#started = false;
    }
    return byte;
  }

  save(): () => void {
    const at = this.#at, started = this.#started;
    return () => {
      this.#at = at;
      this.#started = started;
    };
  }

  fail(message: string): never {
    throw new PatternError(this.#at === END ? `${message} at EOS` : `${message} at ${this.#at}`);
  }
}

/** A byte class and whether it is a plain character, which ranges want. */
interface SetMember {
  readonly matches: ByteClass;
  readonly character: number | undefined;
}

const CHARACTER = (byte: number): SetMember => ({ matches: (other) => other === byte, character: byte });

function compile(pattern: string): Compiled {
  const scanner = new Scanner(pattern);
  const compiler = new Compiler(scanner);
  return compiler.compile();
}

/** How deep captures may be nested: more is no pattern that a person writes. */
const MAX_NESTING = 200;

class Compiler {
  readonly #program: Instruction[] = [{ code: "save", slot: 0 }];
  #slots = 2;

  constructor(readonly scanner: Scanner) {}

  compile(): Compiled {
    const isAnchored = this.scanner.peek() === code("^");
    if (isAnchored) this.scanner.next();
    const isTail = this.#sequence(0);
    this.#program.push({ code: "save", slot: 1 }, isTail ? { code: "end" } : { code: "match" });
    return { program: this.#program, isAnchored };
  }

  /** True where a `$` ends the pattern. */
  #sequence(depth: number): boolean {
    const { scanner } = this;
    if (depth > MAX_NESTING) throw new PatternError("pattern/input too complex");
    let isTail = false;
    /** The class of the item before, where a quantifier may follow it. */
    let single: ByteClass | undefined;
    const add = (matches: ByteClass) => {
      this.#program.push({ code: "byte", matches });
      single = matches;
    };
    for (;;) {
      const byte = scanner.peek();
      switch (byte === END ? "" : String.fromCharCode(byte)) {
        case "":
          scanner.next();
          return isTail;
        case "%":
          if (this.#special()) single = undefined;
          else add(this.#class(true).matches);
          break;
        case ".":
        case "[":
        case "]":
          add(this.#class(true).matches);
          break;
        case ")":
          if (depth === 0) scanner.fail("invalid ')'");
          return isTail;
        case "(":
          scanner.next();
          this.#group(depth);
          single = undefined;
          break;
        case "*":
        case "+":
        case "-":
        case "?":
          scanner.next();
          if (single) {
            this.#program.pop();
            this.#repeat(String.fromCharCode(byte), single);
            single = undefined;
          } else add(CHARACTER(byte).matches);
          break;
        case "$": {
          const { nextPosition, text } = scanner;
          if (depth === 0 && (nextPosition === text.length - 1 || nextPosition === END)) isTail = true;
          else add(CHARACTER(byte).matches);
          scanner.next();
          break;
        }
        default:
          scanner.next();
          add(CHARACTER(byte).matches);
      }
    }
  }

  /** `%1` and `%b()`; false, with nothing read, where it is a class. */
  #special(): boolean {
    const { scanner } = this;
    const restore = scanner.save();
    scanner.next();
    const byte = scanner.peek();
    if (byte === code("0")) scanner.fail("invalid capture index");
    if (byte >= code("1") && byte <= code("9")) {
      this.#program.push({ code: "again", group: scanner.next() - code("0") });
      return true;
    }
    if (byte === code("b")) {
      scanner.next();
      const open = scanner.next(), close = scanner.next();
      this.#program.push({ code: "balance", open, close });
      return true;
    }
    restore();
    return false;
  }

  #group(depth: number): void {
    const { scanner } = this;
    const slot = this.#slots;
    this.#slots += 2;
    if (scanner.peek() === code(")")) {
      scanner.next();
      this.#program.push({ code: "position", slot });
      return;
    }
    this.#program.push({ code: "save", slot });
    this.#sequence(depth + 1);
    if (scanner.peek() !== code(")")) scanner.fail("unfinished capture");
    scanner.next();
    this.#program.push({ code: "save", slot: slot + 1 });
  }

  #repeat(quantifier: string, matches: ByteClass): void {
    const program = this.#program;
    const at = program.length;
    const one: Instruction = { code: "byte", matches };
    switch (quantifier) {
      case "*":
        program.push({ code: "split", first: at + 1, second: at + 3 }, one, { code: "jump", to: at });
        break;
      case "+":
        program.push(one, { code: "split", first: at, second: at + 2 });
        break;
      case "-":
        program.push({ code: "split", first: at + 3, second: at + 1 }, one, { code: "jump", to: at });
        break;
      default:
        program.push({ code: "split", first: at + 1, second: at + 2 }, one);
    }
  }

  #class(allowsSet: boolean): SetMember {
    const { scanner } = this;
    const byte = scanner.next();
    switch (byte) {
      case code("%"): {
        const matches = namedClass(scanner.next());
        return { matches, character: undefined };
      }
      case code("."):
        return allowsSet ? { matches: () => true, character: undefined } : CHARACTER(byte);
      case code("["):
        return allowsSet ? { matches: this.#set(), character: undefined } : CHARACTER(byte);
      case END:
        scanner.fail("unexpected EOS");
    }
    return CHARACTER(byte);
  }

  #set(): ByteClass {
    const { scanner } = this;
    const isNot = scanner.peek() === code("^");
    if (isNot) scanner.next();
    const members: SetMember[] = [];
    let isRange = false;
    for (;;) {
      const byte = scanner.peek();
      if (byte === END) scanner.fail("unexpected EOS");
      if (byte === code("]") && members.length > 0) {
        scanner.next();
        break;
      }
      if (byte === code("-") && members.length > 0) {
        scanner.next();
        isRange = true;
        continue;
      }
      members.push(this.#class(false));
      if (!isRange) continue;
      const last = members.pop()!, first = members.pop();
      members.push(first ? rangeOf(first, last) : last);
      isRange = false;
    }
    if (isRange) members.push(CHARACTER(code("-")));
    const table = Uint8Array.from(
      { length: 256 },
      (_, byte) => members.some((one) => one.matches(byte)) !== isNot ? 1 : 0,
    );
    return (byte) => table[byte] === 1;
  }
}

function rangeOf(first: SetMember, last: SetMember): SetMember {
  const { character: low } = first, { character: high } = last;
  // A range of classes matches nothing.
  const isPlain = low !== undefined && high !== undefined;
  return { matches: (byte) => isPlain && low <= byte && byte <= high, character: undefined };
}

function code(character: string): number {
  return character.charCodeAt(0);
}

const isBetween = (low: number, high: number) => (byte: number) => byte >= low && byte <= high;
const isDigit = isBetween(48, 57), isUpper = isBetween(65, 90), isLower = isBetween(97, 122);
const CLASSES: Readonly<Record<string, ByteClass>> = {
  a: (byte) => isUpper(byte) || isLower(byte),
  c: (byte) => byte <= 31 || byte === 127,
  d: isDigit,
  l: isLower,
  p: (byte) => byte > 32 && byte < 127 && !isDigit(byte) && !isUpper(byte) && !isLower(byte),
  s: (byte) => byte === 32 || byte >= 9 && byte <= 13,
  u: isUpper,
  w: (byte) => isDigit(byte) || isUpper(byte) || isLower(byte),
  x: (byte) => isDigit(byte) || byte >= 97 && byte <= 102 || byte >= 65 && byte <= 70,
  z: (byte) => byte === 0,
};

/** `%a` and its opposite `%A`; any other character means itself. */
function namedClass(byte: number): ByteClass {
  const letter = byte === END ? "" : String.fromCharCode(byte);
  const lower = letter.toLowerCase();
  if (!/^[a-z]$/.test(lower) || !Object.hasOwn(CLASSES, lower)) return (other) => other === byte;
  const matches = CLASSES[lower]!;
  return letter === lower ? matches : (other) => !matches(other);
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
      if (undo.length > 2 * MAX_DEPTH) throw new PatternError("pattern/input too complex");
      const instruction = program[pc]!;
      let isFailed = false;
      switch (instruction.code) {
        case "byte":
          if (at < subject.length && instruction.matches(subject.charCodeAt(at))) {
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
          if (to < from) throw new PatternError(`runtime error: slice bounds out of range [${from}:${to}]`);
          const text = subject.slice(from, to);
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

/** One item: a class, a set without ambiguities, an escaped or a plain character; then perhaps a quantifier. */
const ITEM = String
  .raw`(?:\.|%[acdlpsuwxACDLPSUWX]|%[^A-Za-z0-9]|\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|%[acdlpsuwx]|%[^A-Za-z0-9]|[ _/,:;=@#~!"'&<>{}|.+*?()])+\]|[^.%()[\]*+?^$-])`;
const ITEMS = `(?:${ITEM}[*+?-]?)*`;
const PLAIN = new RegExp(String.raw`^\^?${ITEMS}(?:\((?:${ITEM}[*+?-]?)+\)${ITEMS}|\(\)${ITEMS})*\$?$`, "s");
const MAX_PLAIN = 100;

/**
 * True where Lua 5.4's own matcher finds the same matches as gopher-lua's for this pattern. What is false may still be such a
 * pattern: only what leaves no doubt counts.
 */
export function isPlainPattern(pattern: string): boolean {
  return pattern !== "" && pattern.length <= MAX_PLAIN && PLAIN.test(pattern);
}
