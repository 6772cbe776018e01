/** Cuts a template text into tokens by Go's rules, trim markers included. It reports the first wrong character and stops. */
import { byteLength } from "./bytes.ts";
import { isAlphaNumeric, isPrintable, quoteText } from "./quote.ts";

export type TokenType =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | "nil"
  | Keyword;
export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "template"
  | "with";

/** A piece of the text. `at` is its UTF-16 offset; `text` is as written, or the message of an `error`. */
export interface Token {
  readonly type: TokenType;
  readonly at: number;
  readonly text: string;
}

const KEYWORDS: ReadonlySet<string> = new Set<string>(
  ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with", "nil"],
);

const LEFT = "{{";
const RIGHT = "}}";
const END = -1;
const TRIM_MARKER = 2; // "-" and the space beside it

/** All tokens of `text`. The last one is `eof`, or `error` with Go's message. */
export function lex(text: string): Token[] {
  return new Lexer(text).run();
}

/** How Go names a token in messages. */
export function describeToken(token: Token): string {
  if (token.type === "eof") return "EOF";
  if (token.type === "error") return token.text;
  if (token.type === "dot" || KEYWORDS.has(token.type)) return `<${token.text}>`;
  if (byteLength(token.text) <= 10) return quoteText(token.text);
  return `${quoteText([...token.text].slice(0, 10).join(""))}...`;
}

/** What stops the scan; caught in `run`. */
class WrongCharacter extends Error {}

class Lexer {
  readonly #tokens: Token[] = [];
  #start = 0;
  #pos = 0;
  #parenDepth = 0;

  constructor(readonly text: string) {}

  run(): Token[] {
    try {
      while (this.#lexText()) this.#lexAction();
      this.#emit("eof");
    } catch (error) {
      if (!(error instanceof WrongCharacter)) throw error;
      this.#tokens.push({ type: "error", at: this.#start, text: error.message });
    }
    return this.#tokens;
  }

  #emit(type: TokenType): void {
    this.#tokens.push({ type, at: this.#start, text: this.text.slice(this.#start, this.#pos) });
    this.#start = this.#pos;
  }

  #fail(message: string): never {
    throw new WrongCharacter(message);
  }

  /** Text up to the next action, comments skipped; false at the end. Leaves the scan behind the left delimiter. */
  #lexText(): boolean {
    while (true) {
      const found = this.text.indexOf(LEFT, this.#pos);
      const end = found < 0 ? this.text.length : found;
      const trims = found >= 0 && this.#hasLeftTrim(found + LEFT.length);
      this.#pos = trims ? this.#trimmedEnd(end) : end;
      if (this.#pos > this.#start) this.#emit("text");
      this.#pos = this.#start = end;
      if (found < 0) return false;
      const afterMarker = end + LEFT.length + (trims ? TRIM_MARKER : 0);
      if (!this.text.startsWith("/*", afterMarker)) {
        this.#pos += LEFT.length;
        this.#emit("leftDelim");
        this.#pos = this.#start = afterMarker;
        this.#parenDepth = 0;
        return true;
      }
      this.#skipComment(afterMarker);
    }
  }

  #skipComment(at: number): void {
    this.#start = at;
    const end = this.text.indexOf("*/", at + 2);
    if (end < 0) this.#fail("unclosed comment");
    this.#pos = end + 2;
    const trims = this.#hasRightTrim(this.#pos);
    if (!trims && !this.text.startsWith(RIGHT, this.#pos)) this.#fail("comment ends before closing delimiter");
    this.#skipRightDelim(trims);
    this.#start = this.#pos;
  }

  /** Moves behind the right delimiter, and behind the space that its trim marker takes away. */
  #skipRightDelim(trims: boolean): void {
    this.#pos += RIGHT.length + (trims ? TRIM_MARKER : 0);
    if (trims) { while (isSpace(this.#code())) this.#pos++; }
  }

  #hasLeftTrim(at: number): boolean {
    return this.text[at] === "-" && isSpace(this.text.charCodeAt(at + 1));
  }

  #hasRightTrim(at: number): boolean {
    return isSpace(this.text.charCodeAt(at)) && this.text.startsWith(`-${RIGHT}`, at + 1);
  }

  #trimmedEnd(end: number): number {
    while (end > this.#start && isSpace(this.text.charCodeAt(end - 1))) end--;
    return end;
  }

  /** The code point here, {@link END} at the end. */
  #code(): number {
    return this.text.codePointAt(this.#pos) ?? END;
  }

  #advance(code: number): void {
    this.#pos += code > 0xffff ? 2 : 1;
  }

  /** Tokens up to and including the right delimiter. */
  #lexAction(): void {
    while (true) {
      const trims = this.#hasRightTrim(this.#pos);
      if (trims || this.text.startsWith(RIGHT, this.#pos)) {
        if (this.#parenDepth > 0) this.#fail("unclosed left paren");
        if (trims) this.#start = this.#pos + TRIM_MARKER;
        const at = this.#start;
        this.#skipRightDelim(trims);
        this.#tokens.push({ type: "rightDelim", at, text: RIGHT });
        this.#start = this.#pos;
        return;
      }
      this.#lexInsideAction();
    }
  }

  #lexInsideAction(): void {
    const code = this.#code();
    if (code === END) this.#fail("unclosed action");
    if (isSpace(code)) return this.#lexSpace();
    const character = String.fromCodePoint(code);
    if (character === "." && !isDigit(this.text.charCodeAt(this.#pos + 1)) && this.#pos + 1 < this.text.length) {
      this.#pos++;
      return this.#lexName("field", "dot");
    }
    if (character === "." || character === "+" || character === "-" || isDigit(code)) return this.#lexNumber();
    if (isAlphaNumeric(code)) return this.#lexIdentifier();
    this.#advance(code);
    switch (character) {
      case "=":
        return this.#emit("assign");
      case ":":
        if (this.text[this.#pos] !== "=") this.#fail("expected :=");
        this.#pos++;
        return this.#emit("declare");
      case "|":
        return this.#emit("pipe");
      case '"':
        return this.#lexQuoted('"', "string", "unterminated quoted string");
      case "`":
        return this.#lexRawQuoted();
      case "'":
        return this.#lexQuoted("'", "charConstant", "unterminated character constant");
      case "$":
        return this.#lexName("variable", "variable");
      case "(":
        this.#parenDepth++;
        return this.#emit("leftParen");
      case ")":
        if (--this.#parenDepth < 0) this.#fail("unexpected right paren");
        return this.#emit("rightParen");
    }
    if (code < 0x80 && isPrintable(code)) return this.#emit("char");
    this.#fail(`unrecognized character in action: ${unicodeName(code)}`);
  }

  /** A run of spaces. One before `-}}` belongs to the delimiter. */
  #lexSpace(): void {
    while (isSpace(this.#code()) && !this.#hasRightTrim(this.#pos)) this.#pos++;
    this.#emit("space");
  }

  #lexIdentifier(): void {
    this.#skipAlphaNumerics();
    const word = this.text.slice(this.#start, this.#pos);
    this.#requireTerminator();
    if (KEYWORDS.has(word)) this.#emit(word as TokenType);
    else this.#emit(word === "true" || word === "false" ? "bool" : "identifier");
  }

  /** The rest of `.Name` or `$name`, whose first character is behind us; `bare` is what stands alone. */
  #lexName(type: TokenType, bare: TokenType): void {
    if (this.#atTerminator()) return this.#emit(bare);
    this.#skipAlphaNumerics();
    this.#requireTerminator();
    this.#emit(type);
  }

  #skipAlphaNumerics(): void {
    for (let code = this.#code(); isAlphaNumeric(code); code = this.#code()) this.#advance(code);
  }

  #requireTerminator(): void {
    if (!this.#atTerminator()) this.#fail(`bad character ${unicodeName(this.#code())}`);
  }

  #atTerminator(): boolean {
    const code = this.#code();
    return code === END || isSpace(code) || ".,|:)(".includes(String.fromCodePoint(code)) ||
      this.text.startsWith(RIGHT, this.#pos);
  }

  /** The rest of a literal between `quote`s; escapes are only skipped here, the parser reads them. */
  #lexQuoted(quote: string, type: TokenType, unterminated: string): void {
    while (true) {
      let character = this.text[this.#pos++];
      if (character === quote) return this.#emit(type);
      if (character === "\\") character = this.text[this.#pos++];
      if (character === undefined || character === "\n") this.#fail(unterminated);
    }
  }

  #lexRawQuoted(): void {
    const end = this.text.indexOf("`", this.#pos);
    if (end < 0) this.#fail("unterminated raw quoted string");
    this.#pos = end + 1;
    this.#emit("rawString");
  }

  /** A number, loosely: the parser has the last word. */
  #lexNumber(): void {
    if (!this.#scanNumber()) this.#failNumber();
    const sign = this.text[this.#pos];
    if (sign !== "+" && sign !== "-") return this.#emit("number");
    if (!this.#scanNumber() || this.text[this.#pos - 1] !== "i") this.#failNumber();
    this.#emit("complex");
  }

  #failNumber(): never {
    this.#fail(`bad number syntax: ${quoteText(this.text.slice(this.#start, this.#pos))}`);
  }

  #scanNumber(): boolean {
    this.#accept(/[+-]/y);
    let digits = /[0-9_]*/y;
    let exponent: RegExp | undefined = /(?:[eE][+-]?[0-9_]*)?/y;
    if (this.#accept(/0/y)) {
      if (this.#accept(/[xX]/y)) digits = /[0-9a-fA-F_]*/y, exponent = /(?:[pP][+-]?[0-9_]*)?/y;
      else if (this.#accept(/[oO]/y)) digits = /[0-7_]*/y, exponent = undefined;
      else if (this.#accept(/[bB]/y)) digits = /[01_]*/y, exponent = undefined;
    }
    this.#accept(digits);
    if (this.#accept(/\./y)) this.#accept(digits);
    if (exponent !== undefined) this.#accept(exponent);
    this.#accept(/i/y);
    const code = this.#code();
    if (!isAlphaNumeric(code)) return true;
    this.#advance(code);
    return false;
  }

  /** Takes what the sticky `pattern` matches here; whether that was anything. */
  #accept(pattern: RegExp): boolean {
    pattern.lastIndex = this.#pos;
    const length = pattern.exec(this.text)?.[0].length ?? 0;
    this.#pos += length;
    return length > 0;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Go's `%#U`. */
function unicodeName(code: number): string {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrintable(code) ? `${name} '${String.fromCodePoint(code)}'` : name;
}
