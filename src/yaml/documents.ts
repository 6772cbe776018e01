/** Splits texts of several YAML documents, in the two ways there are: manifests of users, and what a template rendered. */
import { isJsonObject, type Json, parseJson, setField } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { parseYamlStream } from "./parse.ts";
import { jsonFromNode, type ReadOptions, readYaml } from "./read.ts";
import { YamlError } from "./yaml_error.ts";

export interface YamlDocument {
  readonly value: Json;
  /** The line on which the document begins, from 1. */
  readonly line: number;
}

/** An error in one of several documents. */
export class DocumentError extends YamlError {
  override name = "DocumentError";
  /** `document` counts from 1; line and column are those of the whole text. */
  constructor(reason: string, line: number, column: number, readonly document: number, cause: unknown) {
    super(reason, line, column);
    this.cause = cause;
  }
}

/**
 * The documents of a manifest file, which may be any YAML stream. Documents without content are left out.
 *
 * @throws {DocumentError}
 */
export function splitManifest(text: string, options: ReadOptions = {}): YamlDocument[] {
  const documents: YamlDocument[] = [];
  let number = 1;
  try {
    for (const node of parseYamlStream(text)) {
      const value = jsonFromNode(node, options);
      if (value !== null) documents.push({ value, line: node.mark.line + 1 });
      number++;
    }
  } catch (error) {
    throw numbered(error, number, 1);
  }
  return documents;
}

/**
 * The documents of a rendered text, as libsveltos's splitter and decoder see them: with `---` anywhere it is a stream
 * whose null documents are dropped, else one document; a list of texts stands for a document each. Integers beyond 2^53
 * are rounded, since Sveltos decodes every number as a float64.
 *
 * @throws {DocumentError}
 */
export function splitRendered(text: string): YamlDocument[] {
  if (isNothingButComments(text)) return [];
  if (text.includes("---")) return splitStream(text);
  try {
    const document = { value: roundIntegers(readYaml(text)), line: firstContentLine(text) };
    return trimmed(text).startsWith("-") ? expandList(document) : [document];
  } catch (error) {
    throw numbered(error, 1, 1);
  }
}

/** The error of document `number`, whose text begins on line `firstLine`. */
function numbered(error: unknown, number: number, firstLine: number): unknown {
  if (!(error instanceof YamlError) || error instanceof DocumentError) return error;
  return new DocumentError(error.reason, error.line + firstLine - 1, error.column, number, error);
}

const GO_SPACE = /[\t\n\f\r ]/;

/** Go's TrimSpace, for which a byte order mark is no space. */
function trimmed(text: string): string {
  return text.replace(/^(?:[^\S\ufeff]|\u0085)+/, "").replace(/(?:[^\S\ufeff]|\u0085)+$/, "");
}

/**
 * Whether nothing is left of the text without its comment lines. Sveltos takes a line that holds `#` alone together with
 * the next one, whatever stands there, and no line that begins with `##`.
 */
function isNothingButComments(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    while (at < text.length && GO_SPACE.test(text[at]!)) at++;
    if (at === text.length) return true;
    if (text[at] !== "#" || at + 1 === text.length || text[at + 1] === "#") return false;
    const end = text.indexOf("\n", at + 2);
    if (end < 0) return true;
    at = end;
  }
  return true;
}

function firstContentLine(text: string): number {
  const index = text.split("\n").findIndex((line) => !/^\s*(#|\r?$)/.test(line));
  return Math.max(index, 0) + 1;
}

/** apimachinery's decoder of streams: JSON values as long as there are any, then YAML documents between lines of `---`. */
function splitStream(text: string): YamlDocument[] {
  const { documents, rest, line } = trimmed(text).startsWith("{") ? readJsonValues(text) : {
    documents: [],
    rest: text,
    line: 1,
  };
  let number = documents.length;
  for (const chunk of chunksOf(rest, line, number + 1)) {
    number++;
    try {
      documents.push({ value: readYaml(chunk.text), line: chunk.line + firstContentLine(chunk.text) - 1 });
    } catch (error) {
      throw numbered(error, number, chunk.line);
    }
  }
  return documents.filter(({ value }) => value !== null)
    .map(({ value, line }) => ({ value: roundIntegers(value), line }))
    .flatMap((document, index) => {
      try {
        return Array.isArray(document.value) ? expandList(document) : [document];
      } catch (error) {
        throw numbered(error, index + 1, document.line);
      }
    });
}

interface Chunk {
  readonly text: string;
  readonly line: number;
}

/** Cuts at lines that begin with three dashes, behind which only a comment may stand. A last line without break gets one. */
function chunksOf(text: string, firstLine: number, firstNumber: number): Chunk[] {
  const chunks: Chunk[] = [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let held: string[] = [], heldFrom = firstLine;
  const finish = () => {
    if (held.length > 0) chunks.push({ text: held.join(""), line: heldFrom });
  };
  lines.forEach((line, index) => {
    if (line.startsWith("---")) {
      const behind = trimmed(line.slice(3));
      if (behind !== "" && !behind.startsWith("#")) {
        throw new DocumentError(
          "text after --- on the same line",
          firstLine + index,
          4,
          firstNumber + chunks.length + Math.min(held.length, 1),
          null,
        );
      }
      if (held.length > 0) {
        finish();
        held = [];
        heldFrom = firstLine + index + 1;
        return;
      }
    }
    held.push(`${line.replace(/\r$/, "")}\n`);
  });
  finish();
  return chunks;
}

/** The JSON values at the start of a stream. Behind two of them it must be JSON to its end, behind one YAML may follow. */
function readJsonValues(text: string): { documents: YamlDocument[]; rest: string; line: number } {
  const documents: YamlDocument[] = [];
  let at = 0, line = 1;
  while (true) {
    const start = at + /^[ \t\r\n]*/.exec(text.slice(at))![0].length;
    if (start === text.length) return { documents, rest: "", line };
    const end = jsonValueEnd(text, start);
    const value = end === undefined ? undefined : tryParseJson(text.slice(start, end));
    const startLine = line + countBreaks(text, at, start);
    if (value === undefined) {
      if (documents.length > 1) {
        throw new DocumentError("no JSON, as the documents before it are", startLine, 1, documents.length + 1, null);
      }
      const blank = /^[^\S\n]*\n?/.exec(text.slice(at))![0].length;
      return { documents, rest: text.slice(at + blank), line: line + countBreaks(text, at, at + blank) };
    }
    documents.push({ value, line: startLine });
    line = startLine + countBreaks(text, start, end!);
    at = end!;
  }
}

function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function countBreaks(text: string, from: number, to: number): number {
  return text.slice(from, to).split("\n").length - 1;
}

/** Where the JSON value that begins at `start` ends, if brackets and quotes are any guide. */
function jsonValueEnd(text: string, start: number): number | undefined {
  const token = /["{[]|[-+.\w]+/y;
  token.lastIndex = start;
  const first = token.exec(text)?.[0];
  if (first === undefined) return undefined;
  if (!/^["{[]/.test(first)) return token.lastIndex;
  const sign = /"(?:[^"\\]|\\[^])*"|[{}[\]]/g;
  sign.lastIndex = start;
  let depth = 0;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    if (match[0] === "{" || match[0] === "[") depth++;
    else if (match[0] === "}" || match[0] === "]") depth--;
    if (depth <= 0) return sign.lastIndex;
  }
  return undefined;
}

/** Sveltos: a document that is a list of texts holds documents; numbers and booleans count as texts. */
function expandList(document: YamlDocument): YamlDocument[] {
  if (!Array.isArray(document.value) || document.value.length === 0) return [document];
  const texts: string[] = [];
  for (const item of document.value) {
    if (isJsonObject(item) || Array.isArray(item)) return [document];
    texts.push(textOfItem(item));
  }
  return texts.map((text) => ({ value: roundIntegers(readYaml(text)), line: document.line }));
}

function textOfItem(item: Json): string {
  if (item === null) return "";
  return typeof item === "number" && !Number.isInteger(item) ? formatFloat(item) : String(item);
}

/** Sveltos's decoder takes every number for a float64: integers beyond 2^53 lose their last digits. */
function roundIntegers(value: Json): Json {
  if (typeof value === "bigint") return BigInt(Number(value));
  if (Array.isArray(value)) return value.map(roundIntegers);
  if (!isJsonObject(value)) return value;
  for (const key of Object.keys(value)) {
    const entry = value[key]!;
    if (typeof entry === "bigint" || typeof entry === "object") setField(value, key, roundIntegers(entry));
  }
  return value;
}
