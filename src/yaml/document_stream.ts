/**
 * The documents of a stream as apimachinery's YAMLOrJSONDecoder finds them: JSON values as long as there are any, then YAML
 * documents between lines of three dashes.
 */
import { type Json, parseJson } from "../json/json.ts";
import { DocumentError, inDocument, type YamlDocument } from "./documents.ts";
import { indexOfText, isGoSpace } from "./go_space.ts";
import { type ReadOptions, readYaml, shiftedBy } from "./read.ts";

/** The documents of the stream, null ones included. @throws {DocumentError} */
export function readDocumentStream(text: string, options: ReadOptions = {}): YamlDocument[] {
  const read = (chunk: Chunk) => readChunk(chunk, options);
  if (text[indexOfText(text)] !== "{") return [...chunksOf(text, 1, 1).map(read)];
  const { documents, rest, line } = readJsonValues(text);
  return [...documents, ...chunksOf(rest, line, documents.length + 1).map(read)];
}

interface Chunk {
  readonly text: string;
  readonly line: number;
  readonly number: number;
}

function readChunk({ text, line, number }: Chunk, options: ReadOptions): YamlDocument {
  try {
    return { value: readYaml(text, shiftedBy(line - 1, options)), line: line + firstContentLine(text) - 1 };
  } catch (error) {
    throw inDocument(error, number, line);
  }
}

/** The first line that is neither blank nor a comment. */
export function firstContentLine(text: string): number {
  const index = text.split("\n").findIndex((line) => !/^\s*(#|\r?$)/.test(line));
  return Math.max(index, 0) + 1;
}

/**
 * Cuts at lines that begin with three dashes, behind which only a comment may stand; such a line that has nothing before it
 * stays. A last line without break gets one.
 */
function* chunksOf(text: string, firstLine: number, firstNumber: number): Generator<Chunk, void> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let held: string[] = [], heldFrom = firstLine, number = firstNumber;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("---")) {
      const start = indexOfText(line, 3);
      if (start < line.length && line[start] !== "#") {
        const of = number + Math.min(held.length, 1);
        throw new DocumentError("text after --- on the same line", firstLine + index, 4, of, null);
      }
      if (held.length > 0) {
        yield { text: held.join(""), line: heldFrom, number: number++ };
        held = [];
        heldFrom = firstLine + index + 1;
        continue;
      }
    }
    held.push(`${line.endsWith("\r") ? line.slice(0, -1) : line}\n`);
  }
  if (held.length > 0) yield { text: held.join(""), line: heldFrom, number };
}

/** The JSON values at the start of a stream. Behind two of them it must be JSON to its end, behind one YAML may follow. */
function readJsonValues(text: string): { documents: YamlDocument[]; rest: string; line: number } {
  const documents: YamlDocument[] = [];
  let at = 0, line = 1;
  while (true) {
    const start = skipJsonBlanks(text, at);
    if (start === text.length) return { documents, rest: "", line };
    const end = jsonValueEnd(text, start);
    const value = end === undefined ? undefined : tryParseJson(text.slice(start, end));
    const startLine = line + countBreaks(text, at, start);
    if (value === undefined) {
      const from = documents.length > 1 ? undefined : startOfYaml(text, at);
      if (from === undefined) {
        throw new DocumentError("no JSON, as the documents before it are", startLine, 1, documents.length + 1, null);
      }
      return { documents, rest: text.slice(from), line: line + countBreaks(text, at, from) };
    }
    documents.push({ value, line: startLine });
    line = startLine + countBreaks(text, start, end!);
    at = end!;
  }
}

function skipJsonBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\r" || text[at] === "\n") at++;
  return at;
}

/**
 * Where YAML begins: behind white space and the break of the line. apimachinery looks four bytes ahead on its way, and gives
 * up where there are fewer, or U+FFFD.
 */
function startOfYaml(text: string, from: number): number | undefined {
  for (let at = from;; at++) {
    if (new TextEncoder().encode(text.slice(at, at + 4)).length < 4 || text[at] === "\ufffd") return undefined;
    if (text[at] === "\n") return at + 1;
    if (!isGoSpace(text[at]!)) return at;
  }
}

/** The value, undefined if the text is no JSON or holds a number that no float64 has, be it in a field given twice. */
function tryParseJson(text: string): Json | undefined {
  try {
    const value = parseJson(text);
    for (const [token] of text.matchAll(STRING_OR_NUMBER)) {
      if (token[0] !== '"' && !Number.isFinite(Number(token))) return undefined;
    }
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\[^])*"|-?\d[-+.\deE]*/g;

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (text[at] === "\n") count++;
  return count;
}

/** A scalar of JSON; a number ends where it can't go on, a point or an exponent without digits is none. */
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![.eE])/y;

/** Where the JSON value that begins at `start` ends, if brackets and quotes are any guide. */
function jsonValueEnd(text: string, start: number): number | undefined {
  if (!'"{['.includes(text[start]!)) {
    SCALAR.lastIndex = start;
    return SCALAR.test(text) ? SCALAR.lastIndex : undefined;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') at = jsonTextEnd(text, at);
    if (depth <= 0) return at < text.length ? at + 1 : undefined;
  }
  return undefined;
}

/** The closing quote of the JSON text that begins at `start`, or the end of all where there is none. */
function jsonTextEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
