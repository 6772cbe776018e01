/** Scans the texts of YAML: block scalars, quoted ones and plain ones, with the folding rules of YAML 1.1. */
import type { Cursor } from "./cursor.ts";

// What can't end a text of its kind, nor mean anything in it: long ones (kubeconfigs, certificates) are taken run by run.
const RUNS = { '"': /[!#-[\]-~]+/y, "'": /[!-&(-~]+/y, plain: /[!-+\--9;->@-Z\\^-z|~]+/y, literal: /[ -~]+/y };

/** Joins the lines of a folded text: one break is a blank, of more the first one is dropped. */
class Folding {
  #first = "";
  #more = "";

  add(lineBreak: string): void {
    if (this.#first === "") this.#first = lineBreak;
    else this.#more += lineBreak;
  }

  take(): string {
    const isFolded = this.#first === "\n";
    const text = isFolded ? this.#more === "" ? " " : this.#more : this.#first + this.#more;
    this.#first = this.#more = "";
    return text;
  }
}

/** Scans a block scalar from its `|` or `>`; `parentIndent` is that of the collection around it, -1 outside of all. */
export function scanBlockScalar(cursor: Cursor, parentIndent: number): string {
  const isLiteral = cursor.take() === "|";
  const { chomping, increment } = scanBlockHeader(cursor);
  const breaks: string[] = [];
  const given = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  const indent = scanBlockBreaks(cursor, given, parentIndent, breaks);
  const parts: string[] = [];
  let lastBreak = "", wasIndented = false;
  while (cursor.column === indent && !cursor.isEnd()) {
    const isIndented = cursor.isBlank();
    if (!isLiteral && !wasIndented && !isIndented && lastBreak === "\n") {
      if (breaks.length === 0) parts.push(" ");
    } else parts.push(lastBreak);
    parts.push(breaks.splice(0).join(""));
    wasIndented = isIndented;
    while (!cursor.isBreakOrEnd()) parts.push(cursor.takeRun(RUNS.literal) || cursor.take());
    lastBreak = cursor.takeBreak();
    scanBlockBreaks(cursor, indent, parentIndent, breaks);
  }
  if (chomping !== "-") parts.push(lastBreak);
  if (chomping === "+") parts.push(breaks.join(""));
  return parts.join("");
}

function scanBlockHeader(cursor: Cursor): { chomping: string; increment: number } {
  let chomping = takeChomping(cursor), increment = 0;
  if (/[0-9]/.test(String.fromCharCode(cursor.code()))) {
    if (cursor.is("0")) cursor.fail("found an indentation indicator equal to 0");
    increment = Number(cursor.take());
    chomping ||= takeChomping(cursor);
  }
  cursor.skipBlanks();
  if (cursor.is("#")) cursor.skipToBreak();
  if (!cursor.isBreakOrEnd()) cursor.fail("did not find expected comment or line break");
  cursor.takeBreak();
  return { chomping, increment };
}

function takeChomping(cursor: Cursor): string {
  return cursor.is("+") || cursor.is("-") ? cursor.take() : "";
}

/** Takes indentation and empty lines; returns the indentation, which the first line that isn't empty shows if 0 is given. */
function scanBlockBreaks(cursor: Cursor, given: number, parentIndent: number, breaks: string[]): number {
  let widest = 0;
  const isIndentation = () => given === 0 || cursor.column < given;
  while (true) {
    while (isIndentation() && cursor.is(" ")) cursor.take();
    widest = Math.max(widest, cursor.column);
    if (isIndentation() && cursor.is("\t")) {
      cursor.fail("found a tab character where an indentation space is expected");
    }
    if (!cursor.isBreak()) break;
    breaks.push(cursor.takeBreak());
  }
  return given === 0 ? Math.max(widest, parentIndent + 1, 1) : given;
}

/** Scans a text from its opening quote to behind its closing one. */
export function scanQuotedScalar(cursor: Cursor): string {
  const quote = cursor.take();
  const parts: string[] = [];
  const folding = new Folding();
  while (true) {
    cursor.need(4);
    if (cursor.isDocumentIndicator("---") || cursor.isDocumentIndicator("...")) {
      cursor.fail("found unexpected document indicator");
    }
    if (cursor.isEnd()) cursor.fail("found unexpected end of stream");
    const isJoined = scanQuotedWord(cursor, quote, parts);
    if (cursor.is(quote)) break;
    scanQuotedBlanks(cursor, isJoined, folding, parts);
  }
  cursor.take();
  return parts.join("");
}

/** Takes characters up to a blank or the quote; true if an escaped line break ended them. */
function scanQuotedWord(cursor: Cursor, quote: string, parts: string[]): boolean {
  for (; !cursor.isBlankOrEnd(); cursor.need(2)) {
    const run = cursor.takeRun(quote === "'" ? RUNS["'"] : RUNS['"']);
    if (run !== "") parts.push(run);
    else if (quote === "'") {
      if (!cursor.is("'")) parts.push(cursor.take());
      else if (cursor.is("'", 1)) {
        cursor.skip(2);
        parts.push("'");
      } else return false;
    } else if (cursor.is('"')) return false;
    else if (!cursor.is("\\")) parts.push(cursor.take());
    else if (cursor.isBreak(1)) {
      cursor.take();
      cursor.takeBreak();
      return true;
    } else parts.push(scanEscape(cursor));
  }
  return false;
}

/** Takes blanks and breaks. Behind an escaped break (`isJoined`) all further ones stay, else they fold. */
function scanQuotedBlanks(cursor: Cursor, isJoined: boolean, folding: Folding, parts: string[]): void {
  let blanks = "", kept = "", hasBreak = isJoined;
  while (cursor.isBlank() || cursor.isBreak()) {
    if (!cursor.isBreak()) {
      const blank = cursor.take();
      if (!hasBreak) blanks += blank;
      continue;
    }
    hasBreak = true;
    if (isJoined) kept += cursor.takeBreak();
    else folding.add(cursor.takeBreak());
  }
  parts.push(isJoined ? kept : hasBreak ? folding.take() : blanks);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00a0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([["x", 2], ["u", 4], ["U", 8]]);

function scanEscape(cursor: Cursor): string {
  cursor.take();
  const letter = cursor.isEnd() ? "" : cursor.take();
  const simple = ESCAPES.get(letter);
  if (simple !== undefined) return simple;
  const digits = HEX_DIGITS.get(letter);
  if (digits === undefined) cursor.fail("found unknown escape character");
  let value = 0;
  cursor.need(digits);
  for (let i = 0; i < digits; i++) {
    const digit = Number.parseInt(String.fromCharCode(cursor.code()), 16);
    if (Number.isNaN(digit)) cursor.fail("did not find expected hexdecimal number");
    cursor.take();
    value = value * 16 + digit;
  }
  if (value >= 0xd800 && value <= 0xdfff || value > 0x10ffff) {
    cursor.fail("found invalid Unicode character escape code");
  }
  return String.fromCodePoint(value);
}

/** A plain text, and whether a line break follows it within the blanks that were taken after it. */
export interface PlainText {
  readonly text: string;
  readonly endsLine: boolean;
}

/** Scans a plain scalar with its continuation lines; `parentIndent` as above, `isFlow` within `[]` or `{}`. */
export function scanPlainScalar(cursor: Cursor, parentIndent: number, isFlow: boolean): PlainText {
  const parts: string[] = [];
  const folding = new Folding();
  let blanks = "", hasBreak = false;
  while (!startsOther(cursor)) {
    while (!cursor.isBlankOrEnd() && !endsPlain(cursor, isFlow)) {
      if (hasBreak) parts.push(folding.take());
      else if (blanks !== "") parts.push(blanks);
      hasBreak = false;
      blanks = "";
      parts.push(cursor.takeRun(RUNS.plain) || cursor.take());
      cursor.need(2);
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    while (cursor.isBlank() || cursor.isBreak()) {
      if (cursor.isBreak()) {
        folding.add(cursor.takeBreak());
        hasBreak = true;
        blanks = "";
      } else {
        if (hasBreak && cursor.column <= parentIndent && cursor.is("\t")) {
          cursor.fail("found a tab character that violates indentation");
        }
        const blank = cursor.take();
        if (!hasBreak) blanks += blank;
      }
    }
    if (!isFlow && cursor.column <= parentIndent) break;
  }
  return { text: parts.join(""), endsLine: hasBreak };
}

function startsOther(cursor: Cursor): boolean {
  cursor.need(4);
  return cursor.isDocumentIndicator("---") || cursor.isDocumentIndicator("...") || cursor.is("#");
}

const FLOW_SIGNS = new Set(",?[]{}");

function endsPlain(cursor: Cursor, isFlow: boolean): boolean {
  if (cursor.is(":") && cursor.isBlankOrEnd(1)) return true;
  return isFlow && FLOW_SIGNS.has(String.fromCharCode(cursor.code()));
}
