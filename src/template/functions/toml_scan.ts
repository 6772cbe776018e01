/**
 * Reads TOML character by character as BurntSushi/toml's lexer does, which names the line where it gives up and what it found
 * there. What a key or value means is the matter of `toml_read.ts`.
 */
import { isAlphaNumeric, quoteRune, quoteText } from "../quote.ts";

/** What is wrong, and in which line. */
export class TomlSyntaxError extends Error {
  constructor(message: string, readonly line: number) {
    super(message);
  }
}

/** How a text was written: what has to be done about escapes depends on it. */
export type TomlQuotes = "basic" | "raw" | "basic lines" | "raw lines";

/** A value or key as it stands in the text, without its quotes; `line` is where it ends. */
export type TomlToken =
  | { readonly type: "text"; readonly quotes: TomlQuotes; readonly text: string; readonly line: number }
  | { readonly type: "word"; readonly text: string; readonly line: number }
  | { readonly type: "integer" | "float" | "time"; readonly text: string; readonly line: number }
  | { readonly type: "list" | "table"; readonly line: number };

/** The character at the end of the text, to the lexer. */
const END = "\0";
const ESCAPES = new Set('ebtnfr" \t\\');
const HEX_ESCAPES: ReadonlyMap<string, readonly [count: number, word: string]> = new Map([
  ["x", [2, "two"]],
  ["u", [4, "four"]],
  ["U", [8, "eight"]],
]);

export class TomlScanner {
  readonly #text: string;
  #at = 0;
  /** Where what is being read began. */
  #start = 0;
  #counted = { at: 0, line: 1 };

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of what is read next. */
  get line(): number {
    return this.#lineAt(this.#at);
  }

  /** Counts on from where it was asked last. */
  #lineAt(at: number): number {
    const from = Math.min(at, this.#counted.at), to = Math.max(at, this.#counted.at);
    let breaks = 0;
    for (let i = this.#text.indexOf("\n", from); i >= 0 && i < to; i = this.#text.indexOf("\n", i + 1)) breaks++;
    const line = this.#counted.line + (at < this.#counted.at ? -breaks : breaks);
    this.#counted = { at, line };
    return line;
  }

  /** The next character, which stays; behind the last, {@link END}. Characters that TOML has none of end it all here. */
  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return END;
    if (code >= 0xd800 && code <= 0xdfff) {
      throw new TomlSyntaxError(`invalid UTF-8 byte: 0x${(code - 0xdc00).toString(16)}`, this.line);
    }
    const isLoneReturn = code === 0x0d && this.#text[this.#at + 1] !== "\n";
    if (code < 0x20 && !(code >= 0x09 && code <= 0x0a) && code !== 0x0d || code === 0x7f || isLoneReturn) {
      const shown = code.toString(16).padStart(2, "0");
      const line = this.#lineAt(this.#at);
      throw new TomlSyntaxError(`TOML files cannot contain control characters: '0x${shown}'`, line);
    }
    return String.fromCodePoint(code);
  }

  #next(): string {
    const character = this.#peek();
    if (!this.#isEnd) this.#at += character.length;
    return character;
  }

  get #isEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #accept(wanted: string): boolean {
    if (this.#isEnd || this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }

  #skip(isSkipped: (character: string) => boolean): void {
    while (!this.#isEnd && isSkipped(this.#peek())) this.#at++;
    this.#start = this.#at;
  }

  get #current(): string {
    return this.#text.slice(this.#start, this.#at);
  }

  /** `found` is the character that was read; the end counts to the line before, if that ended. */
  #fail(message: string, found?: string): never {
    const endsLine = found === END && this.#isEnd && this.#text[this.#at - 1] === "\n";
    throw new TomlSyntaxError(message, this.line - (endsLine ? 1 : 0));
  }

  /** An error about what was read before, in the line before. */
  #failBefore(message: string): never {
    throw new TomlSyntaxError(message, this.line - 1);
  }

  /** Goes to the next table or key: `[`, `[[`, the first character of a key, or undefined at the end. */
  nextItem(): "table" | "tables" | "key" | undefined {
    for (;;) {
      this.#skip(isSpace);
      if (this.#isEnd) return undefined;
      if (this.#accept("#")) this.#comment();
      else if (this.#accept("[")) return this.#accept("[") ? "tables" : "table";
      else return "key";
    }
  }

  /** The rest of the line of a table's header or of a value. */
  endItem(): void {
    this.#skip(isBlank);
    const character = this.#next();
    if (character === "#") this.#comment();
    else if (!isBreak(character) && !(character === END && this.#isEnd)) {
      this.#fail(
        `expected a top-level item to end with a newline, comment, or EOF, but got ${quoted(character)} instead`,
        character,
      );
    }
    this.#start = this.#at;
  }

  #comment(): void {
    while (!this.#isEnd && !isBreak(this.#peek())) this.#next();
    this.#start = this.#at;
  }

  /** One part of a table's name, and whether another follows. */
  tableName(): TomlToken {
    this.#skip(isBlank);
    const character = this.#peek();
    if (character === "]" || this.#isEnd) this.#fail("unexpected end of table name (table names cannot be empty)");
    if (character === ".") this.#fail("unexpected table separator (table names cannot be empty)");
    return this.#name();
  }

  /** After a part of a table's name: true for a dot, false for the end of the name. */
  tableNameGoesOn(): boolean {
    this.#skip(isBlank);
    const character = this.#next();
    if (character === ".") return true;
    if (character === "]") return false;
    this.#fail(`expected '.' or ']' to end table name, but got ${quoted(character)} instead`, character);
  }

  /** The second bracket at the end of `[[name]]`. */
  endTables(): void {
    const character = this.#next();
    if (character !== "]") {
      this.#fail(`expected end of table array name delimiter ']', but got ${quoted(character)} instead`, character);
    }
  }

  /** Stands at a key. */
  startKey(): void {
    this.#skip(isBlank);
    const character = this.#peek();
    if (character === "=" || this.#isEnd) this.#fail("unexpected '=': key name appears blank");
    if (character === ".") this.#fail("unexpected '.': keys cannot start with a '.'");
  }

  /** One part of a key. */
  keyName(): TomlToken {
    this.#skip(isBlank);
    const character = this.#peek();
    if (character === "=" || this.#isEnd) this.#fail("unexpected '='");
    if (character === ".") this.#fail("unexpected '.'");
    return this.#name();
  }

  /** After a part of a key: true for a dot, false for the equals sign. */
  keyGoesOn(): boolean {
    this.#skip(isBlank);
    const character = this.#next();
    if (character === ".") return true;
    if (character === "=") return false;
    if (character === END && this.#isEnd) this.#fail("unexpected EOF; expected key separator '='", character);
    const message = `expected '.' or '=', but got ${quoted(character)} instead`;
    if (character === "\n") this.#failBefore(message);
    this.#fail(message, character);
  }

  #name(): TomlToken {
    if (this.#accept('"')) return this.#textInLine("basic");
    if (this.#accept("'")) return this.#textInLine("raw");
    this.#start = this.#at;
    while (/^[A-Za-z0-9_-]$/.test(this.#peek())) this.#at++;
    return { type: "word", text: this.#current, line: this.line };
  }

  /** A scalar, or the beginning of a list or of an inline table. */
  value(): TomlToken {
    this.#skip(isBlank);
    const character = this.#next();
    switch (character) {
      case "[":
      case "{":
        this.#start = this.#at;
        return { type: character === "[" ? "list" : "table", line: this.line };
      case '"':
      case "'":
        return this.#quotedValue(character);
      case ".":
        this.#fail("floats must start with a digit, not '.'");
        break;
      case "-":
      case "+":
        return this.#signedNumber();
    }
    if (/^[0-9]$/.test(character)) return character === "0" ? this.#afterZero() : this.#numberOrTime();
    if (character === "i" || character === "n") {
      const isFloat = this.#accept("n") && this.#accept("f") || this.#accept("a") && this.#accept("n");
      if (isFloat) return this.#number("float");
    }
    if (isLetter(character)) return this.#boolean();
    if (character === END && this.#isEnd) this.#fail("unexpected EOF; expected value", character);
    const message = `expected value but found ${quoted(character)} instead`;
    if (character === "\n") this.#failBefore(message);
    this.#fail(message, character);
  }

  #boolean(): TomlToken {
    // One character is given back, even if more were tried for `inf` and `nan`.
    const from = this.#at -= [...this.#current].at(-1)!.length;
    while (!this.#isEnd && isLetter(this.#peek())) this.#next();
    const word = this.#text.slice(from, this.#at);
    if (word !== "true" && word !== "false") {
      this.#fail(`expected value but found ${quoteText(word)} instead`);
    }
    return { type: "word", text: word, line: this.line };
  }

  #quotedValue(quote: '"' | "'"): TomlToken {
    const isBasic = quote === '"';
    if (this.#accept(quote)) {
      if (this.#accept(quote)) return this.#lines(quote, isBasic ? "basic lines" : "raw lines");
      this.#at--;
    }
    return this.#textInLine(isBasic ? "basic" : "raw");
  }

  /** A text of one line, behind its first quote. */
  #textInLine(quotes: "basic" | "raw"): TomlToken {
    const quote = quotes === "basic" ? '"' : "'";
    this.#start = this.#at;
    for (;;) {
      const character = this.#next();
      if (character === END && this.#isEnd) {
        this.#fail(`unexpected EOF; expected ${quotes === "basic" ? `'"'` : `"'"`}`, character);
      }
      if (isBreak(character)) this.#failBefore("strings cannot contain newlines");
      if (character === "\\" && quotes === "basic") this.#escape();
      else if (character === quote) {
        const text = this.#text.slice(this.#start, this.#at - 1);
        this.#start = this.#at;
        return { type: "text", quotes, text, line: this.line };
      }
    }
  }

  /** A text of several lines, behind its three quotes. Up to two quotes more may stand before the three that end it. */
  #lines(quote: '"' | "'", quotes: "basic lines" | "raw lines"): TomlToken {
    const isBasic = quote === '"';
    this.#start = this.#at;
    for (;;) {
      const character = this.#next();
      if (character === END && this.#isEnd) {
        this.#fail(`unexpected EOF; expected ${isBasic ? `'"""'` : `"'''"`}`, character);
      }
      if (character === "\\" && isBasic) {
        if (!isBreak(this.#peek())) this.#escape();
        else this.#next();
      } else if (character === quote && this.#closesLines(quote)) {
        const text = this.#text.slice(this.#start, this.#at - 3);
        const line = this.#lineAt(this.#at - 3);
        this.#start = this.#at;
        return { type: "text", quotes, text, line };
      }
    }
  }

  #closesLines(quote: string): boolean {
    if (!this.#accept(quote)) return false;
    if (!this.#accept(quote)) {
      this.#at--;
      return false;
    }
    if (this.#isEnd || this.#peek() !== quote) return true;
    const five = quote.repeat(5);
    if (this.#current.endsWith(five) && !(quote === '"' && this.#current.endsWith(`\\${five}`))) {
      this.#fail(quote === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
    }
    this.#at -= 2;
    return false;
  }

  /** What stands behind a backslash. */
  #escape(): void {
    const character = this.#next();
    if (ESCAPES.has(character)) return;
    const hex = HEX_ESCAPES.get(character);
    if (hex === undefined) {
      const message = `invalid escape in string '\\${character}'`;
      if (character === END && this.#isEnd) this.#failBefore(message);
      this.#fail(message);
    }
    const [count, word] = hex;
    for (let i = 0; i < count; i++) {
      const digit = this.#next();
      if (!/^[0-9a-fA-F]$/.test(digit)) {
        const found = quoteText(this.#current);
        this.#fail(`expected ${word} hexadecimal digits after '\\${character}', but got ${found} instead`, digit);
      }
    }
  }

  #signedNumber(): TomlToken {
    const character = this.#next();
    if (character === "i" || character === "n") {
      const [second, third] = character === "i" ? ["n", "f"] as const : ["a", "n"] as const;
      if (!this.#accept(second) || !this.#accept(third)) this.#fail(`invalid float: '${this.#current}'`);
      return this.#number("float");
    }
    if (character === "0" && /^[box]$/.test(this.#peek())) {
      this.#fail(`cannot use sign with non-decimal numbers: '${this.#current}${this.#peek()}'`);
    }
    if (character === ".") this.#fail("floats must start with a digit, not '.'");
    if (!/^[0-9]$/.test(character)) this.#fail(`expected a digit but got ${quoted(character)}`, character);
    return this.#decimal();
  }

  /** Takes all that look like it. */
  #take(pattern: RegExp): void {
    while (!this.#isEnd && pattern.test(this.#peek())) this.#at++;
  }

  #number(type: "integer" | "float"): TomlToken {
    const text = this.#current;
    this.#start = this.#at;
    return { type, text, line: this.line };
  }

  #decimal(): TomlToken {
    this.#take(/^[0-9_]$/);
    return /^[.eE]$/.test(this.#peek()) ? this.#float() : this.#number("integer");
  }

  #float(): TomlToken {
    this.#take(/^[0-9_.eE+-]$/);
    return this.#number("float");
  }

  #numberOrTime(): TomlToken {
    this.#take(/^[0-9]$/);
    if (/^[-:]$/.test(this.#peek())) {
      this.#take(/^[-0-9:Tt .Zz+]$/);
      const text = this.#current.trim();
      this.#start = this.#at;
      return { type: "time", text, line: this.line };
    }
    return this.#decimal();
  }

  /** The first character was a zero: what follows may be the sign of another base. */
  #afterZero(): TomlToken {
    const character = this.#peek();
    if (/^[0-9]$/.test(character)) return this.#numberOrTime();
    const base = BASES.get(character);
    if (base === undefined) return this.#decimal();
    this.#at++;
    if (!base.digit.test(this.#peek())) {
      this.#fail(`not ${base.name} number: '${this.#current}${this.#peek()}'`);
    }
    this.#take(base.digits);
    return this.#number("integer");
  }

  /** Goes to the next element of a list; false at its end. */
  nextElement(isFirst: boolean): boolean {
    if (!isFirst) {
      this.#skipToSign();
      const character = this.#next();
      if (character === "]") return false;
      if (character !== ",") {
        this.#fail(`expected a comma (',') or array terminator (']'), but got ${shown(character)}`, character);
      }
    }
    this.#skipToSign();
    if (this.#accept(",")) this.#fail("unexpected comma");
    return !this.#accept("]");
  }

  /** Goes to the next key of an inline table; false at its end. */
  nextField(isFirst: boolean): boolean {
    if (!isFirst) {
      this.#skipToSign();
      const character = this.#next();
      if (character === "}") return false;
      if (character !== ",") {
        const found = shown(character);
        this.#fail(`expected a comma or an inline table terminator '}', but got ${found} instead`, character);
      }
    }
    this.#skipToSign();
    if (this.#accept(",")) this.#fail("unexpected comma");
    return !this.#accept("}");
  }

  /** Over blanks, breaks and comments. */
  #skipToSign(): void {
    for (;;) {
      this.#skip(isSpace);
      if (!this.#accept("#")) return;
      this.#comment();
    }
  }
}

const BASES: ReadonlyMap<string, { readonly name: string; readonly digit: RegExp; readonly digits: RegExp }> = new Map([
  ["b", { name: "a binary", digit: /^[01]$/, digits: /^[01_]$/ }],
  ["o", { name: "an octal", digit: /^[0-7]$/, digits: /^[0-7_]$/ }],
  ["x", { name: "a hexadecimal", digit: /^[0-9a-fA-F]$/, digits: /^[0-9a-fA-F_]$/ }],
]);

function isBlank(character: string): boolean {
  return character === " " || character === "\t";
}

function isBreak(character: string): boolean {
  return character === "\n" || character === "\r";
}

function isSpace(character: string): boolean {
  return isBlank(character) || isBreak(character);
}

/** Go's unicode.IsLetter. */
function isLetter(character: string): boolean {
  return !/^[\p{Nd}_]$/u.test(character) && isAlphaNumeric(character.codePointAt(0)!);
}

function quoted(character: string): string {
  return quoteRune(character.codePointAt(0)!);
}

function shown(character: string): string {
  return character === END ? "end of file" : `'${character}'`;
}
