/** How errors of templates are told: place, reason, the line with a caret, and a hint; without what may come from a Secret. */
import type { TemplateError } from "../template/mod.ts";

export interface ExplainOptions {
  /**
   * True where the text of the template may itself hold what a Secret says: it stands in one, or it was rendered. Of the
   * line only the actions are shown then.
   */
  readonly hidesText?: boolean;
}

/** `3:12: reason`, the line, the hint. */
export function explainAt(error: TemplateError, options: ExplainOptions = {}): string {
  return `${error.line}:${error.column}: ${explain(error, options)}`;
}

/** The reason, the line, the hint. */
export function explain(error: TemplateError, options: ExplainOptions = {}): string {
  const hint = error.hint ? `\nhint: ${error.hint}` : "";
  const context = options.hidesText ? actionsOf(error.context) : error.context;
  return `${error.reason}\n${context}${hint}`;
}

/** The snippet with a dot for each character outside of `{{ … }}`, so that the caret stays below its place. */
export function actionsOf(context: string): string {
  const end = context.indexOf("\n");
  const line = end < 0 ? context : context.slice(0, end);
  const rest = end < 0 ? "" : context.slice(end);
  let shown = "", at = 0;
  // Actions don't nest; one that the cut line begins or ends in the middle of can't be told from text, so it is hidden.
  for (const action of line.matchAll(/\{\{.*?\}\}/g)) {
    shown += hide(line.slice(at, action.index)) + action[0];
    at = action.index + action[0].length;
  }
  return shown + hide(line.slice(at)) + rest;
}

function hide(text: string): string {
  return text.replace(/[^\s…]/gu, "·");
}
