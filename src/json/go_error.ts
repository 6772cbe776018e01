/** What Go's encoding/json says of a text that is no JSON. */

const SPACE = /[ \t\r\n]/;

/** The message of Go's decoder for `text`; undefined where it is JSON. */
export function goJsonError(text: string): string | undefined {
  try {
    new Scanner(text).run();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

class Failure extends Error {}

const UNEXPECTED_END = "unexpected end of JSON input";
/** Go's decoder gives up beyond this nesting. */
const MAX_DEPTH = 10_000;

/** Walks a text with a stack of its own: what is open is a list or an object. */
class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  run(): void {
    const open: ("[" | "{")[] = [];
    for (;;) {
      // A value begins here.
      const character = this.#next();
      if (character === "[" || character === "{") {
        open.push(character);
        if (open.length > MAX_DEPTH) throw new Failure("exceeded max depth");
        const close = character === "[" ? "]" : "}";
        if (this.#peekIs(close)) {
          this.#skipSpace();
          this.#at++;
          open.pop();
        } else {
          if (character === "{") this.#key();
          continue;
        }
      } else this.#scalar(character);
      // And ends here: what is around it goes on, or ends too.
      for (;;) {
        const around = open.at(-1);
        if (around === undefined) {
          this.#skipSpace();
          if (this.#at < this.text.length) this.#invalid("after top-level value");
          return;
        }
        const following = this.#next();
        if (following === ",") {
          if (around === "{") this.#key();
          break;
        }
        if (following !== (around === "[" ? "]" : "}")) {
          this.#at--;
          this.#invalid(around === "[" ? "after array element" : "after object key:value pair");
        }
        open.pop();
      }
    }
  }

  #skipSpace(): void {
    while (this.#at < this.text.length && SPACE.test(this.text[this.#at]!)) this.#at++;
  }

  #peekIs(character: string): boolean {
    const at = this.#at;
    this.#skipSpace();
    const found = this.text[this.#at] === character;
    this.#at = at;
    return found;
  }

  #next(): string {
    this.#skipSpace();
    const character = this.text[this.#at++];
    if (character === undefined) throw new Failure(UNEXPECTED_END);
    return character;
  }

  #invalid(context: string): never {
    const code = this.text.codePointAt(this.#at);
    if (code === undefined) throw new Failure(UNEXPECTED_END);
    throw new Failure(`invalid character ${quoted(code)} ${context}`);
  }

  #key(): void {
    this.#skipSpace();
    if (this.text[this.#at] !== '"') this.#invalid("looking for beginning of object key string");
    this.#at++;
    this.#string();
    this.#skipSpace();
    if (this.text[this.#at] !== ":") this.#invalid("after object key");
    this.#at++;
  }

  #scalar(character: string): void {
    if (character === '"') return this.#string();
    if (character === "t") return this.#literal("true");
    if (character === "f") return this.#literal("false");
    if (character === "n") return this.#literal("null");
    if (character === "-" || /[0-9]/.test(character)) return this.#number(character);
    this.#at--;
    this.#invalid("looking for beginning of value");
  }

  #literal(word: string): void {
    for (let i = 1; i < word.length; i++, this.#at++) {
      if (this.text[this.#at] !== word[i]) this.#invalid(`in literal ${word} (expecting '${word[i]}')`);
    }
  }

  #string(): void {
    for (;; this.#at++) {
      const character = this.text[this.#at];
      if (character === '"') {
        this.#at++;
        return;
      }
      if (character === "\\") {
        this.#at++;
        const escape = this.text[this.#at];
        if (escape === "u") {
          for (let i = 0; i < 4; i++) {
            this.#at++;
            if (!/^[0-9a-fA-F]$/.test(this.text[this.#at] ?? "")) this.#invalid("in \\u hexadecimal character escape");
          }
        } else if (escape === undefined || !'"\\/bfnrt'.includes(escape)) this.#invalid("in string escape code");
      } else if (character === undefined || character < " ") this.#invalid("in string literal");
    }
  }

  #number(first: string): void {
    if (first === "-") {
      if (!/^[0-9]$/.test(this.text[this.#at] ?? "")) this.#invalid("in numeric literal");
      first = this.text[this.#at++]!;
    }
    if (first !== "0") this.#digits();
    if (this.text[this.#at] === ".") {
      this.#at++;
      if (!/^[0-9]$/.test(this.text[this.#at] ?? "")) this.#invalid("after decimal point in numeric literal");
      this.#digits();
    }
    if (!/^[eE]$/.test(this.text[this.#at] ?? "")) return;
    this.#at++;
    if (/^[+-]$/.test(this.text[this.#at] ?? "")) this.#at++;
    if (!/^[0-9]$/.test(this.text[this.#at] ?? "")) this.#invalid("in exponent of numeric literal");
    this.#digits();
  }

  #digits(): void {
    while (/^[0-9]$/.test(this.text[this.#at] ?? "")) this.#at++;
  }
}

function quoted(code: number): string {
  if (code === 39) return "'\\''";
  if (code === 34) return "'\"'";
  const escapes: Readonly<Record<number, string>> = {
    7: "\\a",
    8: "\\b",
    9: "\\t",
    10: "\\n",
    11: "\\v",
    12: "\\f",
    13: "\\r",
    92: "\\\\",
  };
  if (Object.hasOwn(escapes, code)) return `'${escapes[code]}'`;
  if (code < 32 || code === 127) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  if (code > 127) return quotedByte(firstByteOf(code));
  return `'${String.fromCharCode(code)}'`;
}

/** Go looks at bytes: of a character beyond ASCII it names the first, as if that were a character. */
function quotedByte(byte: number): string {
  const isPrintable = byte > 0xa0 && byte !== 0xad;
  return isPrintable ? `'${String.fromCharCode(byte)}'` : `'\\u00${byte.toString(16)}'`;
}

/** A lone surrogate stands for a byte that is not UTF-8: see `src/template/bytes.ts`. */
function firstByteOf(code: number): number {
  const isStray = code >= 0xdc80 && code <= 0xdcff;
  return isStray ? code - 0xdc00 : new TextEncoder().encode(String.fromCodePoint(code))[0]!;
}
