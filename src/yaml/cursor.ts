/** Reads a YAML text character by character and knows line and column. Line breaks are those of YAML 1.1. */
import { errorAt, type Mark, YamlError } from "./yaml_error.ts";

// What go-yaml lets into a text.
const REFUSED = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function isBreakCode(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;
}

export function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** A place to read from. Behind the end, codes are 0, which stands nowhere in a text. */
export class Cursor implements Mark {
  readonly #text: string;
  #at = 0;
  line = 0;
  column = 0;

  /** A byte order mark at the start is none of the text. @throws {YamlError} for control characters. */
  constructor(text: string) {
    this.#text = text.toWellFormed().replace(/^\ufeff/, "");
    const refused = this.#text.search(REFUSED);
    if (refused >= 0) {
      const before = this.#text.slice(0, refused).split("\n");
      throw new YamlError("control characters are not allowed", before.length, [...before.at(-1)!].length + 1);
    }
  }

  /** How far the text is read, in UTF-16 units. */
  get at(): number {
    return this.#at;
  }

  mark(): Mark {
    return { line: this.line, column: this.column };
  }

  /** The UTF-16 unit `ahead` of the next one. */
  code(ahead = 0): number {
    const at = this.#at + ahead;
    return at < this.#text.length ? this.#text.charCodeAt(at) : 0;
  }

  is(character: string, ahead = 0): boolean {
    return this.#text[this.#at + ahead] === character;
  }

  startsWith(word: string): boolean {
    return this.#text.startsWith(word, this.#at);
  }

  isEnd(ahead = 0): boolean {
    return this.#at + ahead >= this.#text.length;
  }

  isBlank(ahead = 0): boolean {
    return isBlankCode(this.code(ahead));
  }

  isBreak(ahead = 0): boolean {
    return isBreakCode(this.code(ahead));
  }

  /** A blank, a break or the end. */
  isBlankOrEnd(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === 0 || isBlankCode(code) || isBreakCode(code);
  }

  isBreakOrEnd(): boolean {
    const code = this.code();
    return code === 0 || isBreakCode(code);
  }

  /** `---` or `...` at the start of a line. */
  isDocumentIndicator(indicator: "---" | "..."): boolean {
    return this.column === 0 && this.startsWith(indicator) && this.isBlankOrEnd(3);
  }

  /** Takes the next character, which is no line break. */
  take(): string {
    const code = this.code();
    const length = code >= 0xd800 && code <= 0xdbff ? 2 : 1;
    const character = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    this.column++;
    return character;
  }

  skip(count = 1): void {
    for (let i = 0; i < count; i++) this.take();
  }

  skipBlanks(): void {
    while (this.isBlank()) this.take();
  }

  skipToBreak(): void {
    while (!this.isBreakOrEnd()) this.take();
  }

  /** Takes the characters that match, all of them ASCII. */
  takeWhile(isWanted: (character: string) => boolean): string {
    const start = this.#at;
    while (this.#at < this.#text.length && isWanted(this.#text[this.#at]!)) this.take();
    return this.#text.slice(start, this.#at);
  }

  /** Takes the line break that stands here, if one does; those that aren't Unicode's own become `\n`. */
  takeBreak(): string {
    const code = this.code();
    if (!isBreakCode(code)) return "";
    this.#at += code === 0x0d && this.code(1) === 0x0a ? 2 : 1;
    this.line++;
    this.column = 0;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  fail(reason: string): never {
    throw errorAt(reason, this, "scanner");
  }
}
