/** The documents of a rendered text, found as Sveltos finds them. */
import { isJsonObject, type Json, numberFrom, setField } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { firstContentLine, readDocumentStream } from "./document_stream.ts";
import { DocumentError, inDocument, type YamlDocument } from "./documents.ts";
import { indexOfText } from "./go_space.ts";
import { type ReadOptions, readYaml, shiftedBy } from "./read.ts";
import { YamlWriteError } from "./through_json.ts";
import { writeYamlThroughJson } from "./write.ts";

/**
 * The documents of a rendered text, as libsveltos's splitter and decoder see them: with `---` anywhere it is a stream whose
 * null documents are dropped and the others written anew, else one document; a list of texts stands for a document each.
 * Integers beyond 2^53 are rounded, since Sveltos decodes every number as a float64.
 *
 * @throws {DocumentError}
 */
export function splitRendered(text: string, options: ReadOptions = {}): YamlDocument[] {
  if (isNothingButComments(text)) return [];
  const sections = text.includes("---")
    ? sectionsOfStream(text, options)
    : [{ text, number: 1, firstLine: 1, isAsRendered: true }];
  return sections.flatMap(itemsOf).map((section) => readSection(section, options));
}

/** The text of one document. */
interface Section {
  readonly text: string;
  readonly number: number;
  /** The line on which it begins in the rendered text. */
  readonly firstLine: number;
  /** It stands there as it is: not written anew, no item of a list. */
  readonly isAsRendered: boolean;
}

function readSection({ text, number, firstLine, isAsRendered }: Section, options: ReadOptions): YamlDocument {
  try {
    // What was written anew has no key twice any more; what an item says of itself has no place.
    const value = roundIntegers(readYaml(text, isAsRendered ? shiftedBy(firstLine - 1, options) : {}));
    return { value, line: isAsRendered ? firstLine + firstContentLine(text) - 1 : firstLine };
  } catch (error) {
    const numbered = inDocument(error, number, firstLine);
    if (isAsRendered || !(numbered instanceof DocumentError)) throw numbered;
    // The place is one in a text that nobody sees.
    throw new DocumentError(numbered.reason, firstLine, 1, number, error);
  }
}

/** Sveltos: each document of a stream is written anew and so goes through JSON once more. */
function sectionsOfStream(text: string, options: ReadOptions): Section[] {
  return readDocumentStream(text, options).filter(({ value }) => value !== null).map(({ value, line }, index) => {
    const number = index + 1;
    try {
      return { text: writeYamlThroughJson(roundIntegers(value)), number, firstLine: line, isAsRendered: false };
    } catch (error) {
      if (!(error instanceof YamlWriteError)) throw error;
      throw new DocumentError(`Sveltos can't write it anew: ${error.message}`, line, 1, number, error);
    }
  });
}

/** Sveltos: a document that is a list of texts holds documents; numbers and booleans count as texts. */
function itemsOf(section: Section): Section[] {
  const { text, number, firstLine } = section;
  if (text[indexOfText(text)] !== "-") return [section];
  const texts = textsOf(text);
  if (texts.length === 0) return [section];
  const line = section.isAsRendered ? firstLine + firstContentLine(text) - 1 : firstLine;
  return texts.map((item) => ({ text: item, number, firstLine: line, isAsRendered: false }));
}

/** The items of a list that has no other than scalars; none where it is something else, or no YAML at all. */
function textsOf(text: string): string[] {
  let list: Json;
  try {
    list = readYaml(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  const texts: string[] = [];
  for (const item of list) {
    if (isJsonObject(item) || Array.isArray(item)) return [];
    texts.push(textOfItem(item));
  }
  return texts;
}

function textOfItem(item: Json): string {
  if (item === null) return "";
  return typeof item === "number" && !Number.isInteger(item) ? formatFloat(item) : String(item);
}

/**
 * Whether nothing is left of the text without its comment lines. Sveltos takes a line that holds `#` alone together with
 * the next one, whatever stands there, and no line that begins with `##`.
 */
function isNothingButComments(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    while (at < text.length && REGEXP_SPACE.test(text[at]!)) at++;
    if (at === text.length) return true;
    if (text[at] !== "#" || at + 1 === text.length || text[at + 1] === "#") return false;
    const end = text.indexOf("\n", at + 2);
    if (end < 0) return true;
    at = end;
  }
  return true;
}

/** What `\\s` is to Go. */
const REGEXP_SPACE = /[\t\n\f\r ]/;

/** Sveltos's decoder takes every number for a float64, of which Go writes as few digits as tell it from all others. */
function roundIntegers(value: Json): Json {
  if (typeof value === "bigint") return numberFrom(String(Number(value)), Number(value));
  if (Array.isArray(value)) return value.map(roundIntegers);
  if (!isJsonObject(value)) return value;
  for (const key of Object.keys(value)) {
    const entry = value[key]!;
    if (typeof entry === "bigint" || typeof entry === "object") setField(value, key, roundIntegers(entry));
  }
  return value;
}
