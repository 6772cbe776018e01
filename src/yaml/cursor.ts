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

/** go-yaml takes in so many bytes at a time, and fails where there is a character among them that it refuses. */
const CHUNK_BYTES = 512;

/**
 * A place to read from. Behind the end, codes are 0, which stands nowhere in a text. A control character is an error as soon
 * as go-yaml would have taken it in: whoever looks ahead says so by {@link need}.
 */
export class Cursor implements Mark {
  readonly #text: string;
  /** The place of the first character that is refused, and where the chunk begins that holds it. */
  readonly #refusedAt: number;
  readonly #end: number;
  #at = 0;
  line = 0;
  column = 0;

  /** A byte order mark at the start is none of the text. */
  constructor(text: string) {
    const whole = text.toWellFormed();
    this.#text = whole.replace(/^\ufeff/, "");
    this.#refusedAt = this.#text.search(REFUSED);
    const mark = whole.length - this.#text.length;
    this.#end = this.#refusedAt < 0 ? Infinity : chunkStart(whole, this.#refusedAt + mark) - mark;
  }

  /** Takes in the next `count` characters. @throws {YamlError} for a control character that comes with them. */
  need(count: number): void {
    if (this.#at + count <= this.#end) return;
    const held = this.#text.slice(this.#at, this.#end);
    if (held.length < 2 * count && [...held].length < count) this.#refuse();
  }

  #refuse(): never {
    const before = this.#text.slice(0, this.#refusedAt).split("\n");
    throw new YamlError("control characters are not allowed", before.length, [...before.at(-1)!].length + 1);
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
    if (at >= this.#end) this.#refuse();
    return at < this.#text.length ? this.#text.charCodeAt(at) : 0;
  }

  is(character: string, ahead = 0): boolean {
    return this.code(ahead) === character.charCodeAt(0);
  }

  isEnd(): boolean {
    return this.code() === 0;
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
    return this.column === 0 && this.#text.startsWith(indicator, this.#at) && this.isBlankOrEnd(3);
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
    while (!this.isEnd() && isWanted(this.#text[this.#at]!)) this.take();
    return this.#text.slice(start, this.#at);
  }

  /**
   * Takes all at once what `run`, a sticky pattern of printable ASCII alone, matches here; nothing where a control character
   * stands anywhere in the text, since then each step has to be looked at.
   */
  takeRun(run: RegExp): string {
    if (this.#refusedAt >= 0) return "";
    run.lastIndex = this.#at;
    const taken = run.exec(this.#text)?.[0] ?? "";
    this.#at += taken.length;
    this.column += taken.length;
    return taken;
  }

  /** Takes the line break that stands here, if one does; those that aren't Unicode's own become `\n`. */
  takeBreak(): string {
    const code = this.code();
    if (!isBreakCode(code)) return "";
    this.need(2);
    this.#at += code === 0x0d && this.code(1) === 0x0a ? 2 : 1;
    this.line++;
    this.column = 0;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  fail(reason: string): never {
    throw errorAt(reason, this, "scanner");
  }
}

/** Where the chunk begins that holds the character at `index`. */
function chunkStart(text: string, index: number): number {
  let start = 0, bytes = 0;
  for (let i = 0; i < index;) {
    const code = text.codePointAt(i)!;
    const width = byteWidth(code);
    if (bytes + width > CHUNK_BYTES) {
      start = i;
      bytes = 0;
    }
    bytes += width;
    i += code < 0x10000 ? 1 : 2;
  }
  return bytes + byteWidth(text.codePointAt(index)!) > CHUNK_BYTES ? index : start;
}

function byteWidth(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
