/**
 * Cuts a YAML text into tokens, as YAML 1.1 and go-yaml v2 do. A key without a question mark shows only at its colon, so
 * tokens wait in a queue while what began them may still turn out to be a key.
 */
import { Cursor } from "./cursor.ts";
import { scanBlockScalar, scanPlainScalar, scanQuotedScalar } from "./scan_scalar.ts";
import { scanAnchor, scanDirective, scanTag, type Tag } from "./scan_property.ts";
import { errorAt, type Mark } from "./yaml_error.ts";

export type TokenType =
  | "stream-end"
  | "version-directive"
  | "tag-directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "flow-sequence-start"
  | "flow-sequence-end"
  | "flow-mapping-start"
  | "flow-mapping-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Token {
  readonly type: TokenType;
  readonly mark: Mark;
  /** The text of a scalar, the name of an anchor or alias, the version of a directive. */
  readonly text?: string;
  readonly isPlain?: boolean;
  readonly tag?: Tag;
}

/** What may turn out to be a key. */
interface KeyCandidate {
  /** The number of its first token, counted from the start of the text. */
  readonly token: number;
  readonly mark: Mark;
  /** It stands where only a key can stand. */
  readonly isRequired: boolean;
  isPossible: boolean;
}

/** A key ends within so many characters, in the same line. */
const MAX_KEY_LENGTH = 1024;
/** Go allows 10,000; no manifest comes near. */
const MAX_DEPTH = 1_000;

const PLAIN_STARTS_NOT = new Set("-?:,[]{}#&*!|>'\"%@`");

export class Scanner {
  readonly #cursor: Cursor;
  readonly #queue: Token[] = [];
  /** Tokens that were taken out of the queue. */
  #taken = 0;
  #isAtEnd = false;
  #indent = -1;
  readonly #indents: number[] = [];
  /** One for each flow collection that is open, and one for the block outside. */
  readonly #candidates: KeyCandidate[] = [];
  /** The level of the candidate that begins with the token of this number. */
  readonly #levelOfToken = new Map<number, number>();
  #canStartKey = true;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    this.#pushCandidate();
  }

  /** The next token, which stays. Behind the last one there are more of `stream-end`. @throws {YamlError} */
  peek(): Token {
    while (this.#needsMore()) this.#scanNext();
    return this.#queue[0]!;
  }

  take(): Token {
    const token = this.peek();
    if (token.type !== "stream-end") {
      this.#queue.shift();
      this.#taken++;
    }
    return token;
  }

  /** Whether the first token of the queue could still get a `key` before it. */
  #needsMore(): boolean {
    if (this.#queue.length === 0) return true;
    const level = this.#levelOfToken.get(this.#taken);
    return level !== undefined && this.#isStillPossible(this.#candidates[level]!);
  }

  /** Whether the candidate can still be a key; it no longer can where it is too far back. */
  #isStillPossible(candidate: KeyCandidate): boolean {
    if (!candidate.isPossible) return false;
    const { line, column } = candidate.mark;
    const isNear = line === this.#cursor.line && column + MAX_KEY_LENGTH >= this.#cursor.column;
    if (isNear && !this.#isAtEnd) return true;
    this.#giveUp(candidate);
    return false;
  }

  #giveUp(candidate: KeyCandidate): void {
    if (candidate.isRequired) throw errorAt("could not find expected ':'", this.#mark(), "scanner");
    candidate.isPossible = false;
  }

  get #candidate(): KeyCandidate {
    return this.#candidates.at(-1)!;
  }

  #dropCandidate(): void {
    const candidate = this.#candidate;
    if (!candidate.isPossible) return;
    this.#giveUp(candidate);
    this.#levelOfToken.delete(candidate.token);
  }

  #saveCandidate(): void {
    if (!this.#canStartKey) return;
    this.#dropCandidate();
    const token = this.#nextNumber;
    const isRequired = this.#flowLevel === 0 && this.#indent === this.#cursor.column;
    this.#candidates[this.#flowLevel] = { token, mark: this.#cursor.mark(), isRequired, isPossible: true };
    this.#levelOfToken.set(token, this.#flowLevel);
  }

  /** The level of a flow collection begins without a candidate. */
  #pushCandidate(): void {
    const token = this.#nextNumber;
    this.#candidates.push({ token, mark: this.#cursor.mark(), isRequired: false, isPossible: false });
  }

  /**
   * Ends a level. go-yaml: where nothing in it could have been a key, the token that it forgets is the bracket's own, so that
   * `[]: a` isn't known for a key in time.
   */
  #popCandidate(): void {
    if (this.#flowLevel > 0) this.#levelOfToken.delete(this.#candidates.pop()!.token);
  }

  /** The number of the token that comes next. */
  get #nextNumber(): number {
    return this.#taken + this.#queue.length;
  }

  get #flowLevel(): number {
    return this.#candidates.length - 1;
  }

  /** The place of the cursor; go-yaml begins a new line where it has come to the end. */
  #mark(): Mark {
    const mark = this.#cursor.mark();
    return this.#isAtEnd && mark.column > 0 ? { ...mark, goLine: mark.line + 1 } : mark;
  }

  #push(type: TokenType, more: Omit<Token, "type" | "mark"> = {}, mark = this.#mark()): void {
    this.#queue.push({ type, mark, ...more });
  }

  #scanNext(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#closeBlocks(cursor.column);
    cursor.need(4);
    if (cursor.isEnd()) return this.#scanEnd();
    if (cursor.column === 0 && cursor.is("%")) return this.#scanDirective();
    if (cursor.isDocumentIndicator("---")) return this.#scanDocumentIndicator("document-start");
    if (cursor.isDocumentIndicator("...")) return this.#scanDocumentIndicator("document-end");
    const isFlow = this.#flowLevel > 0;
    const isBeforeBlank = cursor.isBlankOrEnd(1);
    const character = String.fromCharCode(cursor.code());
    switch (character) {
      case "[":
        return this.#scanFlowStart("flow-sequence-start");
      case "{":
        return this.#scanFlowStart("flow-mapping-start");
      case "]":
        return this.#scanFlowEnd("flow-sequence-end");
      case "}":
        return this.#scanFlowEnd("flow-mapping-end");
      case ",":
        this.#dropCandidate();
        this.#canStartKey = true;
        return this.#scanSign("flow-entry", 1);
      case "*":
      case "&":
        return this.#scanStart(() => this.#scanAnchor(character === "*" ? "alias" : "anchor"));
      case "!":
        return this.#scanStart(() => {
          const mark = cursor.mark();
          this.#push("tag", { tag: scanTag(cursor) }, mark);
        });
      case "'":
      case '"':
        return this.#scanStart(() => {
          const mark = cursor.mark();
          this.#push("scalar", { text: scanQuotedScalar(cursor), isPlain: false }, mark);
        });
    }
    if (character === "-" && isBeforeBlank) return this.#scanBlockEntry();
    if (character === "?" && (isFlow || isBeforeBlank)) return this.#scanKey();
    if (character === ":" && (isFlow || isBeforeBlank)) return this.#scanValue();
    if ((character === "|" || character === ">") && !isFlow) return this.#scanBlockScalar();
    if (this.#canStartPlain(character, isFlow)) return this.#scanPlainScalar();
    cursor.fail("found character that cannot start any token");
  }

  #canStartPlain(character: string, isFlow: boolean): boolean {
    const cursor = this.#cursor;
    if (cursor.isBlankOrEnd()) return false;
    if (!PLAIN_STARTS_NOT.has(character)) return true;
    if (character === "-") return !cursor.isBlank(1);
    return !isFlow && (character === "?" || character === ":") && !cursor.isBlankOrEnd(1);
  }

  /** Takes blanks, breaks and comments. A tab may stand wherever it can't be taken for indentation. */
  #skipToToken(): void {
    const cursor = this.#cursor;
    // One more byte order mark is dropped, but counts as a column.
    if (cursor.at === 0 && cursor.is("\ufeff")) cursor.take();
    while (true) {
      while (cursor.is(" ") || cursor.is("\t") && (this.#flowLevel > 0 || !this.#canStartKey)) cursor.take();
      if (cursor.is("#")) cursor.skipToBreak();
      if (!cursor.isBreak()) return;
      cursor.takeBreak();
      if (this.#flowLevel === 0) this.#canStartKey = true;
    }
  }

  /** Ends the block collections that stand further in than `column`. */
  #closeBlocks(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push("block-end");
      this.#indent = this.#indents.pop()!;
    }
  }

  /** Begins a block collection at `column` if none is open there; `token` is where in the text it belongs. */
  #openBlock(type: "block-sequence-start" | "block-mapping-start", mark: Mark, token?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= mark.column) return;
    this.#indents.push(this.#indent);
    this.#indent = mark.column;
    this.#checkDepth(this.#indents.length);
    this.#insert({ type, mark }, token);
  }

  #insert(token: Token, number?: number): void {
    // What it belongs before may have been taken.
    if (number === undefined || number < this.#taken) this.#queue.push(token);
    else this.#queue.splice(number - this.#taken, 0, token);
  }

  #checkDepth(depth: number): void {
    if (depth > MAX_DEPTH) this.#cursor.fail(`exceeded max depth of ${MAX_DEPTH}`);
  }

  #scanEnd(): void {
    this.#isAtEnd = true;
    this.#endBlocks();
    this.#push("stream-end");
  }

  /** Directives, document indicators and the end of the text end all that is open. */
  #endBlocks(): void {
    this.#closeBlocks(-1);
    this.#dropCandidate();
    this.#canStartKey = false;
  }

  #scanDirective(): void {
    this.#endBlocks();
    const mark = this.#cursor.mark();
    const directive = scanDirective(this.#cursor);
    if (directive.name === "YAML") this.#push("version-directive", { text: directive.version }, mark);
    else this.#push("tag-directive", { tag: directive.tag }, mark);
  }

  #scanDocumentIndicator(type: "document-start" | "document-end"): void {
    this.#endBlocks();
    this.#scanSign(type, 3);
  }

  #scanSign(type: TokenType, length: number): void {
    const mark = this.#cursor.mark();
    this.#cursor.skip(length);
    this.#push(type, {}, mark);
  }

  #scanFlowStart(type: "flow-sequence-start" | "flow-mapping-start"): void {
    this.#saveCandidate();
    this.#pushCandidate();
    this.#checkDepth(this.#flowLevel);
    this.#canStartKey = true;
    this.#scanSign(type, 1);
  }

  #scanFlowEnd(type: "flow-sequence-end" | "flow-mapping-end"): void {
    this.#dropCandidate();
    this.#popCandidate();
    this.#canStartKey = false;
    this.#scanSign(type, 1);
  }

  #scanBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#canStartKey) this.#cursor.fail("block sequence entries are not allowed in this context");
      this.#openBlock("block-sequence-start", this.#cursor.mark());
    }
    this.#dropCandidate();
    this.#canStartKey = true;
    this.#scanSign("block-entry", 1);
  }

  #scanKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#canStartKey) this.#cursor.fail("mapping keys are not allowed in this context");
      this.#openBlock("block-mapping-start", this.#cursor.mark());
    }
    this.#dropCandidate();
    this.#canStartKey = this.#flowLevel === 0;
    this.#scanSign("key", 1);
  }

  #scanValue(): void {
    const candidate = this.#candidate;
    if (this.#isStillPossible(candidate)) {
      this.#insert({ type: "key", mark: candidate.mark }, candidate.token);
      this.#openBlock("block-mapping-start", candidate.mark, candidate.token);
      candidate.isPossible = false;
      this.#levelOfToken.delete(candidate.token);
      this.#canStartKey = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#canStartKey) this.#cursor.fail("mapping values are not allowed in this context");
        this.#openBlock("block-mapping-start", this.#cursor.mark());
      }
      this.#canStartKey = this.#flowLevel === 0;
    }
    this.#scanSign("value", 1);
  }

  /** Scans a token that could be the first of a key. */
  #scanStart(scan: () => void): void {
    this.#saveCandidate();
    this.#canStartKey = false;
    scan();
  }

  #scanAnchor(type: "alias" | "anchor"): void {
    const mark = this.#cursor.mark();
    this.#push(type, { text: scanAnchor(this.#cursor) }, mark);
  }

  #scanBlockScalar(): void {
    this.#dropCandidate();
    this.#canStartKey = true;
    const mark = this.#cursor.mark();
    this.#push("scalar", { text: scanBlockScalar(this.#cursor, this.#indent), isPlain: false }, mark);
  }

  #scanPlainScalar(): void {
    this.#saveCandidate();
    this.#canStartKey = false;
    const mark = this.#cursor.mark();
    const { text, endsLine } = scanPlainScalar(this.#cursor, this.#indent, this.#flowLevel > 0);
    if (endsLine) this.#canStartKey = true;
    this.#push("scalar", { text, isPlain: true }, mark);
  }
}
