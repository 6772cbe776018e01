/** The documents of a text that may hold several: here those of users' manifests, which may be any YAML stream. */
import type { Json } from "../json/json.ts";
import { parseYamlStream } from "./parse.ts";
import { jsonFromNode, type ReadOptions } from "./read.ts";
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
 * The documents of a manifest file. Those without content are left out.
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
    throw inDocument(error, number, 1);
  }
  return documents;
}

/** The error of document `number`, whose text begins on line `firstLine`; what is no error of YAML stays what it is. */
export function inDocument(error: unknown, number: number, firstLine: number): unknown {
  if (!(error instanceof YamlError) || error instanceof DocumentError) return error;
  return new DocumentError(error.reason, error.line + firstLine - 1, error.column, number, error);
}
