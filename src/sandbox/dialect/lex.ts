/** Tokens of gopher-lua's Lua. Positions count bytes, as gopher-lua does; texts are byte strings. */
import { DialectError } from "./syntax.ts";

export type TokenType = "name" | "number" | "string" | "end of text" | Keyword | Symbol_;

const KEYWORDS = [
  ...["and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in"],
  ...["local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"],
] as const;
type Keyword = typeof KEYWORDS[number];
const KEYWORD_SET: ReadonlySet<string> = new Set(KEYWORDS);

type Symbol_ =
  | ("+" | "-" | "*" | "/" | "%" | "^" | "#" | "(" | ")" | "{" | "}" | "[" | "]")
  | (";" | ":" | "," | "." | "=" | "<" | ">")
  | ("==" | "~=" | "<=" | ">=" | "::" | ".." | "...");
/** Longer ones first. */
const SYMBOLS = ["...", "..", "==", "~=", "<=", ">=", "::", ..."+-*/%^#(){}[];:,.=<>"] as readonly Symbol_[];

export interface Token {
  readonly type: TokenType;
  /** The word, the digits, the bytes of a string, the symbol. */
  readonly text: string;
  readonly line: number;
  /** Of its first byte, from 1. */
  readonly column: number;
  /** Where its last byte stands: gopher-lua's place for errors. */
  readonly endLine: number;
  readonly endColumn: number;
  /** Of "(" behind ")": it stands on a new line, where a new statement could have been meant. */
  readonly isOnNewLine: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

export class Lexer {
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #previous: TokenType | undefined;

  constructor(readonly text: string, readonly chunkName: string) {}

  next(): Token {
    const isOnNewLine = this.#skipBlanks();
    const start = this.#at, line = this.#line, column = start - this.#lineStart + 1;
    const token = (type: TokenType, text: string): Token => {
      const afterParenthesis = this.#previous === ")";
      this.#previous = type;
      const endLine = this.#line, endColumn = this.#at - this.#lineStart;
      return {
        type,
        text,
        line,
        column,
        endLine,
        endColumn,
        isOnNewLine: isOnNewLine && afterParenthesis && type === "(",
      };
    };
    const first = this.text[start];
    if (first === undefined) return token("end of text", "");
    if (/[A-Za-z_]/.test(first)) {
      const word = this.#take(/[A-Za-z0-9_]*/y);
      return token(KEYWORD_SET.has(word) ? word as Keyword : "name", word);
    }
    if (isDigit(first) || first === "." && isDigit(this.text[start + 1])) return token("number", this.#number());
    if (first === '"' || first === "'") return token("string", this.#quoted(first));
    if (first === "[" && /[[=]/.test(this.text[start + 1] ?? "")) return token("string", this.#long("string"));
    const symbol = SYMBOLS.find((one) => this.text.startsWith(one, start));
    if (symbol === undefined) {
      this.#at++;
      throw this.#error(first, first === "~" ? "Invalid '~' token" : "Invalid token");
    }
    this.#at += symbol.length;
    return token(symbol, symbol);
  }

  /** An error at the place where the lexer stands. */
  #error(near: string, problem: string): DialectError {
    if (this.#at >= this.text.length) return errorAtEnd(this.chunkName, problem);
    return errorNear(this.chunkName, this.#line, this.#at - this.#lineStart, near, problem);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text)!;
    this.#at += found.length;
    return found;
  }

  /** A line end is one of \n, \r, \r\n, \n\r. */
  #newLine(): void {
    const first = this.text[this.#at], second = this.text[this.#at + 1];
    this.#at += (first === "\n" && second === "\r") || (first === "\r" && second === "\n") ? 2 : 1;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #isAtLineEnd(): boolean {
    const character = this.text[this.#at];
    return character === "\n" || character === "\r";
  }

  /** True where a line ended among the blanks that stand directly before the token. */
  #skipBlanks(): boolean {
    for (let isOnNewLine = false;;) {
      const character = this.text[this.#at];
      if (character === " " || character === "\t") this.#at++;
      else if (this.#isAtLineEnd()) {
        this.#newLine();
        isOnNewLine = true;
      } else if (character === "-" && this.text[this.#at + 1] === "-") {
        this.#comment();
        isOnNewLine = false;
      } else return isOnNewLine;
    }
  }

  #comment(): void {
    this.#at += 2;
    if (this.text[this.#at] === "[" && /[[=]/.test(this.text[this.#at + 1] ?? "")) {
      this.#long("comment");
      return;
    }
    while (this.#at < this.text.length && !this.#isAtLineEnd()) this.#at++;
  }

  /** `[[…]]` and `[==[…]==]`; in the value each line end is one "\n", a first one is dropped. */
  #long(what: "string" | "comment"): string {
    this.#at++;
    const level = this.#take(/=*/y).length;
    if (this.text[this.#at] !== "[") {
      const found = this.text[this.#at++] ?? "";
      throw this.#error(what === "comment" ? "" : found, `invalid multiline ${what}`);
    }
    this.#at++;
    if (this.#isAtLineEnd()) this.#newLine();
    const close = `]${"=".repeat(level)}]`;
    let value = "";
    for (;;) {
      if (this.text.startsWith(close, this.#at)) {
        this.#at += close.length;
        return value;
      }
      if (this.#at >= this.text.length) {
        throw this.#error(value, what === "comment" ? "invalid multiline comment" : "unterminated multiline string");
      }
      if (this.#isAtLineEnd()) {
        value += "\n";
        this.#newLine();
        continue;
      }
      // Whatever can't end the string or the line is taken in one piece.
      value += this.text[this.#at] === "]" ? this.text[this.#at++] : this.#take(/[^\]\r\n]+/y);
    }
  }

  #quoted(quote: string): string {
    this.#at++;
    let value = "";
    for (;;) {
      value += this.#take(/[^"'\\\r\n]*/y);
      const character = this.text[this.#at];
      if (character === undefined || this.#isAtLineEnd()) {
        if (character !== undefined) this.#newLine();
        throw this.#error(value, "unterminated string");
      }
      if (character === "\\") value += this.#escape();
      else {
        this.#at++;
        if (character === quote) return value;
        value += character;
      }
    }
  }

  /** An unknown escape is its character; three digits are a byte, modulo 256. */
  #escape(): string {
    this.#at++;
    const character = this.text[this.#at];
    if (character === undefined) return "\xff";
    if (this.#isAtLineEnd()) {
      this.#newLine();
      return "\n";
    }
    if (isDigit(character)) return String.fromCharCode(Number(this.#take(/[0-9]{1,3}/y)) % 256);
    this.#at++;
    return Object.hasOwn(ESCAPES, character) ? ESCAPES[character]! : character;
  }

  /** The digits as gopher-lua keeps them: one leading zero before another digit is dropped. */
  #number(): string {
    if (/[xX]/.test(this.text[this.#at + 1] ?? "") && this.text[this.#at] === "0") {
      const digits = this.#take(/0[xX][0-9a-fA-F]*/y);
      if (digits.length === 2) throw this.#error(digits, "illegal hexadecimal number");
      return digits;
    }
    if (this.text[this.#at] === "0" && isDigit(this.text[this.#at + 1])) this.#at++;
    let digits = this.#take(/[0-9]*/y);
    if (this.text[this.#at] === ".") digits += this.#take(/\.[0-9]*/y);
    if (!/[eE]/.test(this.text[this.#at] ?? "")) return digits;
    digits += this.#take(/[eE][+-]?/y);
    // gopher-lua takes the next character into an exponent, whatever it is.
    const next = this.text[this.#at];
    if (next === undefined) return digits;
    if (this.#isAtLineEnd()) this.#newLine();
    else this.#at++;
    return digits + next + this.#take(/[0-9]*/y);
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

export function errorNear(
  chunkName: string,
  line: number,
  column: number,
  near: string,
  problem: string,
): DialectError {
  const original = `${chunkName} line:${line}(column:${column}) near '${near}':   ${problem}\n`;
  const place = near === "" ? "" : ` near '${near}'`;
  return new DialectError(`${problem}${place}`, line, column, original);
}

export function errorAtEnd(chunkName: string, problem: string): DialectError {
  return new DialectError(
    `${problem} at the end of the text`,
    undefined,
    undefined,
    `${chunkName} at EOF:   ${problem}\n`,
  );
}
