/** Errors of templates: where in the text, in Go's words, and what to write instead. Never a value of the objects rendered. */
import { byteLength } from "./bytes.ts";

/** A place in a template text. `line` starts at 1; `column` is the byte offset in the line from 0, as Go prints it. */
export interface TemplatePlace {
  readonly line: number;
  readonly column: number;
}

export interface TemplateErrorParts extends TemplatePlace {
  /** Which half failed: the text is no template, or it is and can't be rendered for these objects. */
  readonly stage: "parse" | "execute";
  /** The name that the caller gave to the template text (Go's ParseName). */
  readonly templateName: string;
  /** What is wrong, in Go's words, without the place. */
  readonly reason: string;
  /** The line of the template with a caret line under it. */
  readonly context: string;
  readonly hint?: string;
}

/** A template that can't be parsed or rendered; `message` is Go's whole message. */
export class TemplateError extends Error implements TemplateErrorParts {
  override readonly name = "TemplateError";
  readonly stage: "parse" | "execute";
  readonly templateName: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  readonly context: string;
  readonly hint?: string;

  constructor(message: string, parts: TemplateErrorParts, options?: ErrorOptions) {
    super(message, options);
    this.stage = parts.stage;
    this.templateName = parts.templateName;
    this.line = parts.line;
    this.column = parts.column;
    this.reason = parts.reason;
    this.context = parts.context;
    if (parts.hint !== undefined) this.hint = parts.hint;
  }
}

/** The place of the UTF-16 offset `at` in `text`. */
export function placeAt(text: string, at: number): TemplatePlace {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++;
  return { line, column: byteLength(before.slice(lineStart)) };
}

const SNIPPET_WIDTH = 100;

/** The line of `text` around the UTF-16 offset `at`, cut to a readable width, and a caret under the place. */
export function snippetAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = text.indexOf("\n", at);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, "");
  const offset = Math.min(at - lineStart, line.length);
  const start = offset > SNIPPET_WIDTH / 2 ? offset - SNIPPET_WIDTH / 2 : 0;
  const shown = line.slice(start, start + SNIPPET_WIDTH);
  const lead = start > 0 ? "…" : "";
  const tail = start + SNIPPET_WIDTH < line.length ? "…" : "";
  // Tabs stay tabs under tabs, so that the caret stands below its character at any tab width.
  const padding = shown.slice(0, offset - start).replace(/[^\t]/gu, " ");
  return `${lead}${shown}${tail}\n${lead ? " " : ""}${padding}^`;
}
