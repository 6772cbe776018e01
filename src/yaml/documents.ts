/** Splits texts of several YAML documents, in the two ways there are: manifests of users, and what a template rendered. */
import { type Json } from "../json/json.ts";
import { readYaml, YamlError } from "./read.ts";

export interface YamlDocument {
  readonly value: Json;
  /** The line on which the document begins, from 1. */
  readonly line: number;
}

interface Piece {
  readonly text: string;
  readonly line: number;
}

// At the first column, three dashes begin a document wherever they stand; block scalars are indented.
const SEPARATOR = /^---(?=\s|$)/;

function pieces(text: string): Piece[] {
  const result: { lines: string[]; line: number }[] = [{ lines: [], line: 1 }];
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  lines.forEach((line, index) => {
    if (SEPARATOR.test(line)) result.push({ lines: [line.slice(3)], line: index + 1 });
    else result.at(-1)!.lines.push(line);
  });
  return result.map(({ lines, line }) => ({ text: lines.join("\n"), line }));
}

function isBlank(text: string): boolean {
  return text.split("\n").every((line) => /^\s*(#.*)?\r?$/.test(line));
}

/** The line on which the first thing that is no comment stands. */
function firstContentLine({ text, line }: Piece): number {
  const offset = text.split("\n").findIndex((candidate) => !/^\s*(#.*)?\r?$/.test(candidate));
  return line + Math.max(0, offset);
}

/** The documents of a manifest file; those without content are left out. @throws {YamlError} */
export function splitManifest(text: string): YamlDocument[] {
  return pieces(text).filter((piece) => !isBlank(piece.text)).flatMap((piece) => {
    const value = readYaml(withoutEnd(piece.text), piece.line);
    return value === null ? [] : [{ value, line: firstContentLine(piece) }];
  });
}

/** `...` ends a document; what follows it without `---` is not read, as in go-yaml. */
function withoutEnd(text: string): string {
  const end = /^\.\.\.(\s.*)?$/m.exec(text);
  return end ? text.slice(0, end.index) : text;
}

/**
 * The documents of a rendered text, as libsveltos's splitter and decoder see them (semantics §7.1.3): with `---` anywhere
 * it is a stream whose null documents are dropped, else one document; a list of texts stands for a document each.
 *
 * @throws {YamlError}
 */
export function splitRendered(text: string): YamlDocument[] {
  if (isBlank(text)) return [];
  const isStream = text.includes("---");
  return pieces(text).flatMap((piece) => {
    if (isBlank(piece.text)) return [];
    refuseDirective(piece);
    const value = roundIntegers(readYaml(withoutEnd(piece.text), piece.line));
    const line = firstContentLine(piece);
    if (value === null) return isStream ? [] : [{ value, line }];
    if (!Array.isArray(value) || value.length === 0) return [{ value, line }];
    // Sveltos: a document that is a list of texts holds documents.
    if (value.some((item) => typeof item !== "string")) return [{ value, line }];
    return value.map((item) => ({ value: roundIntegers(readYaml(item as string, line)), line }));
  });
}

function refuseDirective({ text, line }: Piece): void {
  if (/^%[A-Z]/m.test(text)) throw new YamlError("a % directive is not supported", line, 1);
  const first = text.split("\n")[0]!.trim();
  if (line > 1 && first !== "" && !first.startsWith("#")) {
    throw new YamlError("text after --- on the same line", line, 4);
  }
}

/** Sveltos's decoder takes every number for a float64: integers beyond 2^53 lose their last digits. */
function roundIntegers(value: Json): Json {
  if (typeof value === "bigint") return BigInt(Number(value));
  if (Array.isArray(value)) return value.map(roundIntegers);
  if (typeof value !== "object" || value === null) return value;
  for (const key of Object.keys(value)) {
    const entry = (value as Record<string, Json>)[key]!;
    if (typeof entry === "bigint" || (typeof entry === "object" && entry !== null)) {
      Object.defineProperty(value, key, {
        value: roundIntegers(entry),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  return value;
}
