/** gopher-lua's patterns as programs: its own parser, which reads sets, captures and errors in other ways than Lua's. */

/** A wrong pattern, in gopher-lua's words. */
export class PatternError extends Error {
  override name = "PatternError";
}

const END = -1;
/** What a program may take, in characters of a pattern. */
const MAX_SIZE = 1_000_000;
/** A set of bytes takes as much as so many characters. */
const SET_SIZE = 16;
/** Matching and compiling look at the time after so many steps. */
export const TICK_STEPS = 1_000;
/** gopher-lua's word for what it gives up. */
export const TOO_COMPLEX = "pattern/input too complex";

/** Which bytes match: 1 for those that do. */
type ByteSet = Uint8Array;

export type Instruction =
  | { readonly code: "byte"; readonly set: ByteSet }
  | { readonly code: "split"; readonly first: number; readonly second: number }
  | { readonly code: "jump"; readonly to: number }
  | { readonly code: "save"; readonly slot: number }
  | { readonly code: "position"; readonly slot: number }
  | { readonly code: "balance"; readonly open: number; readonly close: number }
  | { readonly code: "again"; readonly group: number }
  | { readonly code: "end" }
  | { readonly code: "match" };

/** A program, and whether it is for the beginning of the subject alone. */
export interface PatternProgram {
  readonly program: readonly Instruction[];
  readonly isAnchored: boolean;
}

/**
 * Compiles a pattern, which is a byte string.
 *
 * @param tick Called every thousand steps; what it throws ends the work.
 * @throws {PatternError} Also, in gopher-lua's words, for what would take too much memory.
 */
export function compilePattern(pattern: string, tick: () => void): PatternProgram {
  return new Compiler(new Scanner(pattern), tick).compile();
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

/** A class of bytes, and which character it is where it is a plain one, which ranges want. */
interface ByteClass {
  readonly set: ByteSet;
  readonly character: number | undefined;
}

/** Compiles with a stack of its own, so that captures may be nested deeper than JavaScript calls. */
class Compiler {
  readonly #program: Instruction[] = [{ code: "save", slot: 0 }];
  #slots = 2;
  #size = 0;
  #steps = 0;

  constructor(readonly scanner: Scanner, readonly tick: () => void) {}

  compile(): PatternProgram {
    const { scanner } = this;
    const isAnchored = scanner.peek() === code("^");
    if (isAnchored) scanner.next();
    const isTail = this.#items();
    this.#program.push({ code: "save", slot: 1 }, isTail ? { code: "end" } : { code: "match" });
    return { program: this.#program, isAnchored };
  }

  /** True where a `$` ends the pattern. */
  #items(): boolean {
    const { scanner } = this;
    /** Where the captures that are open will end. */
    const open: number[] = [];
    let isTail = false;
    /** The set of the item before, where a quantifier may follow it. */
    let single: ByteSet | undefined;
    const add = (set: ByteSet) => {
      this.#emit({ code: "byte", set });
      single = set;
    };
    for (;;) {
      this.#grow(1);
      const byte = scanner.peek();
      switch (byte === END ? "" : String.fromCharCode(byte)) {
        case "":
          scanner.next();
          if (open.length > 0) {
            scanner.peek();
            scanner.fail("unfinished capture");
          }
          return isTail;
        case "%":
          if (this.#special()) single = undefined;
          else add(this.#class(true).set);
          break;
        case ".":
        case "[":
        case "]":
          add(this.#class(true).set);
          break;
        case ")": {
          const slot = open.pop();
          if (slot === undefined) return scanner.fail("invalid ')'");
          scanner.next();
          this.#emit({ code: "save", slot });
          single = undefined;
          break;
        }
        case "(": {
          scanner.next();
          const slot = this.#slots;
          this.#slots += 2;
          if (scanner.peek() === code(")")) {
            scanner.next();
            this.#emit({ code: "position", slot });
          } else {
            open.push(slot + 1);
            this.#emit({ code: "save", slot });
          }
          single = undefined;
          break;
        }
        case "*":
        case "+":
        case "-":
        case "?":
          scanner.next();
          if (single) {
            this.#program.pop();
            this.#repeat(String.fromCharCode(byte), single);
            single = undefined;
          } else add(characterSet(byte));
          break;
        case "$": {
          const { nextPosition, text } = scanner;
          if (open.length === 0 && (nextPosition === text.length - 1 || nextPosition === END)) isTail = true;
          else add(characterSet(byte));
          scanner.next();
          break;
        }
        default:
          scanner.next();
          add(characterSet(byte));
      }
    }
  }

  /** Keeps account of time and memory. */
  #grow(size: number): void {
    if (++this.#steps % TICK_STEPS === 0) this.tick();
    this.#size += size;
    if (this.#size > MAX_SIZE) throw new PatternError(TOO_COMPLEX);
  }

  #emit(instruction: Instruction): void {
    this.#program.push(instruction);
  }

  /** `%1` and `%b()`; false, with nothing read, where it is a class. */
  #special(): boolean {
    const { scanner } = this;
    const restore = scanner.save();
    scanner.next();
    const byte = scanner.peek();
    if (byte === code("0")) scanner.fail("invalid capture index");
    if (byte >= code("1") && byte <= code("9")) {
      this.#emit({ code: "again", group: scanner.next() - code("0") });
      return true;
    }
    if (byte === code("b")) {
      scanner.next();
      const open = scanner.next(), close = scanner.next();
      this.#emit({ code: "balance", open, close });
      return true;
    }
    restore();
    return false;
  }

  #repeat(quantifier: string, set: ByteSet): void {
    const program = this.#program;
    const at = program.length;
    const one: Instruction = { code: "byte", set };
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

  #class(allowsSet: boolean): ByteClass {
    const { scanner } = this;
    const byte = scanner.next();
    switch (byte) {
      case code("%"):
        return { set: namedSet(scanner.next()), character: undefined };
      case code("."):
        if (allowsSet) return { set: ANY, character: undefined };
        break;
      case code("["):
        if (allowsSet) return { set: this.#set(), character: undefined };
        break;
      case END:
        scanner.fail("unexpected EOS");
    }
    return { set: characterSet(byte), character: byte };
  }

  #set(): ByteSet {
    this.#grow(SET_SIZE);
    const { scanner } = this;
    const isNot = scanner.peek() === code("^");
    if (isNot) scanner.next();
    const set = new Uint8Array(256);
    const add = (other: ByteSet) => {
      for (let byte = 0; byte < 256; byte++) if (other[byte] === 1) set[byte] = 1;
    };
    // The last member is held back: it may be where a range begins.
    let last: ByteClass | undefined, isRange = false;
    for (;;) {
      this.#grow(1);
      const byte = scanner.peek();
      if (byte === END) scanner.fail("unexpected EOS");
      if (last && byte === code("]")) {
        scanner.next();
        break;
      }
      if (last && byte === code("-")) {
        scanner.next();
        isRange = true;
        continue;
      }
      const member = this.#class(false);
      if (last && isRange) last = { set: rangeSet(last, member), character: undefined };
      else {
        if (last) add(last.set);
        last = member;
      }
      isRange = false;
    }
    add(last.set);
    if (isRange) set[code("-")] = 1;
    return isNot ? set.map((isIn) => 1 - isIn) : set;
  }
}

function setOf(isIn: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => isIn(byte) ? 1 : 0);
}

const ANY = setOf(() => true);
const NONE = setOf(() => false);
const CHARACTERS: readonly ByteSet[] = Array.from({ length: 256 }, (_, byte) => setOf((other) => other === byte));

function characterSet(byte: number): ByteSet {
  return CHARACTERS[byte]!;
}

/** A range of classes has nothing in it. */
function rangeSet({ character: low }: ByteClass, { character: high }: ByteClass): ByteSet {
  return low === undefined || high === undefined ? NONE : setOf((byte) => low <= byte && byte <= high);
}

function code(character: string): number {
  return character.charCodeAt(0);
}

const isBetween = (low: number, high: number) => (byte: number) => byte >= low && byte <= high;
const isDigit = isBetween(48, 57), isUpper = isBetween(65, 90), isLower = isBetween(97, 122);
const CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ["a", (byte: number) => isUpper(byte) || isLower(byte)] as const,
  ["c", (byte: number) => byte <= 31 || byte === 127] as const,
  ["d", isDigit] as const,
  ["l", isLower] as const,
  ["p", (byte: number) => byte > 32 && byte < 127 && !isDigit(byte) && !isUpper(byte) && !isLower(byte)] as const,
  ["s", (byte: number) => byte === 32 || byte >= 9 && byte <= 13] as const,
  ["u", isUpper] as const,
  ["w", (byte: number) => isDigit(byte) || isUpper(byte) || isLower(byte)] as const,
  ["x", (byte: number) => isDigit(byte) || byte >= 97 && byte <= 102 || byte >= 65 && byte <= 70] as const,
  ["z", (byte: number) => byte === 0] as const,
].flatMap(([letter, isIn]) => [
  [letter, setOf(isIn)] as const,
  [letter.toUpperCase(), setOf((byte) => !isIn(byte))] as const,
]));

/** `%a` and its opposite `%A`; any other character means itself. */
function namedSet(byte: number): ByteSet {
  return byte === END ? NONE : CLASSES.get(String.fromCharCode(byte)) ?? characterSet(byte);
}
