/** The door of the template engine: Go's text/template over Go's values, with missing keys as errors. */
import { DEFAULT_LIMITS, type RenderLimits } from "./budget.ts";
import type { TemplateData } from "./data.ts";
import { placeAt, snippetAt, TemplateError } from "./errors.ts";
import { type Program, run } from "./exec.ts";
import type { FunctionTable, TemplateWorld } from "./function.ts";
import { BUILTIN_FUNCTIONS } from "./functions/builtin.ts";
import type { AnyNode, ListNode, PipeNode } from "./node.ts";
import { parse } from "./parse.ts";

export { DEFAULT_LIMITS, type RenderLimits } from "./budget.ts";
export { replaceStrayBytes } from "./bytes.ts";
export { type ObjectReference, type TemplateData, templateData, type TemplateFields } from "./data.ts";
export { TemplateError } from "./errors.ts";
export type { FunctionTable, TemplateWorld } from "./function.ts";
export { GoMap, jsonFromValue, NIL_MAP, type Value, valueFromJson } from "./value.ts";

export interface ParseOptions {
  /** html/template instead of text/template, in its plain text context: what Sveltos renders `eventSourceName` with. */
  readonly html?: boolean;
}

/** A parsed template. It never changes: render it as often as you like. */
export class Template {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  get name(): string {
    return this.#program.name;
  }

  /**
   * Renders the template for `data`. Bytes of the output that aren't UTF-8 are lone surrogates U+DC80–U+DCFF, so
   * `isWellFormed()` tells whether there are any, and {@link replaceStrayBytes} gives what Go shows for them.
   *
   * @throws {TemplateError} of stage `execute`; its texts hold no values of `data`, but what the template hands to `fail`.
   */
  render(data: TemplateData, world: TemplateWorld, limits?: Partial<RenderLimits>): string {
    return run(this.#program, data, world, { ...DEFAULT_LIMITS, ...limits });
  }
}

/**
 * Parses `text` with the functions of `functions` and Go's builtins. `name` shows in errors.
 *
 * @throws {TemplateError} of stage `parse`.
 */
export function parseTemplate(
  name: string,
  text: string,
  functions: FunctionTable,
  options: ParseOptions = {},
): Template {
  const trees = parse(name, text, [functions, BUILTIN_FUNCTIONS]);
  const html = options.html ?? false;
  if (html) { for (const tree of trees.values()) checkHtml(name, text, tree); }
  return new Template({ name, text, trees, functions, html });
}

/** Text with `<` would put html/template into other contexts, with other rules; an object's name has none. */
function checkHtml(name: string, text: string, list: ListNode): void {
  const refuse = (node: AnyNode, reason: string): never => {
    const place = placeAt(text, node.at);
    throw new TemplateError(`template: ${name}:${place.line}: ${reason}`, {
      stage: "parse",
      templateName: name,
      ...place,
      reason,
      context: snippetAt(text, node.at),
    });
  };
  const checkPipe = (pipe: PipeNode): void => {
    pipe.commands.slice(0, -1).forEach((command) => {
      const word = command.args[0]!;
      if (word.type === "identifier" && (word.name === "html" || word.name === "urlquery")) {
        refuse(pipe, `predefined escaper "${word.name}" disallowed in template`);
      }
    });
  };
  for (const node of list.nodes) {
    if (node.type === "text" && node.text.includes("<")) {
      refuse(node, "HTML in the text of the template is not supported");
    }
    if (node.type === "action") checkPipe(node.pipe);
    if (node.type === "if" || node.type === "range" || node.type === "with") {
      checkHtml(name, text, node.list);
      if (node.elseList !== undefined) checkHtml(name, text, node.elseList);
    }
  }
}
