/** The door of the template engine: Go's text/template over Go's values, with missing keys as errors. */
import { DEFAULT_LIMITS, type RenderLimits, type StepPool } from "./budget.ts";
import { type Program, run } from "./exec.ts";
import { FunctionError, type FunctionTable, type TemplateWorld } from "./function.ts";
import { BUILTIN_FUNCTIONS } from "./functions/builtin.ts";
import { functionTable } from "./functions/table.ts";
import { checkHtml } from "./html_check.ts";
import { parse } from "./parse.ts";
import { GoComplex, GoInt, GoList, GoMap, GoStruct, type Value, valueFromJson } from "./value.ts";
import type { Json } from "../json/json.ts";

export { DEFAULT_LIMITS, type RenderLimits, StepPool } from "./budget.ts";
export { bytesOf, replaceStrayBytes, textOf } from "./bytes.ts";
export {
  type ObjectReference,
  RESOURCE_MAP,
  secondStageData,
  type TemplateData,
  templateData,
  type TemplateFields,
} from "./data.ts";
export { TemplateError } from "./errors.ts";
export { FunctionError, type FunctionTable, type TemplateFunction, type TemplateWorld } from "./function.ts";
export { functionTable } from "./functions/table.ts";
export { type ChangeCount, goInt, GoMap, jsonFromValue, NIL_MAP, type Value, valueFromJson } from "./value.ts";

export interface ParseOptions {
  /** html/template instead of text/template, in its plain text context: what Sveltos renders `eventSourceName` with. */
  readonly html?: boolean;
}

/** What a rendering is given besides its data. */
export interface RenderOptions {
  /**
   * Clock and randomness. Without them what asks for either fails: `now`, `randAlphaNum`, `uuidv4`, `genCA`, … Private keys
   * are made by the platform in any case.
   */
  readonly world?: TemplateWorld;
  /** Those of {@link DEFAULT_LIMITS} that are to be others. */
  readonly limits?: Partial<RenderLimits>;
  /** Steps that this rendering shares with others. */
  readonly pool?: StepPool;
}

const NO_WORLD: TemplateWorld = {
  now() {
    throw new FunctionError("this rendering has no clock");
  },
  randomBytes() {
    throw new FunctionError("this rendering has no source of randomness");
  },
};

/** A parsed template. It never changes: render it as often as you like. */
export class Template {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  get name(): string {
    return this.#program.name;
  }

  /** The same template with other functions behind the same names: parsed once, rendered with what a match has. */
  withFunctions(functions: FunctionTable): Template {
    return new Template({ ...this.#program, functions });
  }

  /**
   * Renders the template for `data`, which is what the dot is at first. The numbers of plain JSON are float64, as
   * encoding/json reads them; `valueFromJson(json, "int64")` has whole ones as int64, {@link templateData} gives the
   * fields that Sveltos has.
   *
   * ```ts
   * import { parseTemplate } from "./mod.ts";
   *
   * const template = parseTemplate("pods", `{{ range .pods }}{{ .name }}{{ if gt .restarts 3.0 }}!{{ end }} {{ end }}`);
   * const text = template.render({ pods: [{ name: "web", restarts: 0 }, { name: "db", restarts: 7 }] });
   * if (text !== "web db! ") throw new Error(text);
   * ```
   *
   * Bytes of the output that aren't UTF-8 are lone surrogates U+DC80–U+DCFF, so `isWellFormed()` tells whether there are
   * any, and {@link replaceStrayBytes} gives what Go shows for them.
   *
   * @throws {TemplateError} of stage `execute`; its texts hold no values of `data`, but what the template hands to `fail`.
   */
  render(data: Json | Value, { world = NO_WORLD, limits, pool }: RenderOptions = {}): string {
    return run(this.#program, isGoValue(data) ? data : valueFromJson(data, "float64"), world, {
      ...DEFAULT_LIMITS,
      ...limits,
    }, pool);
  }
}

function isGoValue(data: Json | Value): data is Value {
  return data === undefined || data instanceof GoMap || data instanceof GoStruct || data instanceof GoList ||
    data instanceof GoInt || data instanceof GoComplex;
}

/**
 * Parses `text`; `name` shows in errors. A template may name Go's builtins and what is in `functions`: without any, the
 * functions of sprig and of Sveltos.
 *
 * ```ts
 * import { parseTemplate } from "./mod.ts";
 *
 * const template = parseTemplate("hello", "Hello {{ .name | upper }}");
 * if (template.render({ name: "world" }) !== "Hello WORLD") throw new Error("that is something else");
 * ```
 *
 * @throws {TemplateError} of stage `parse`; of stage `execute` for what html/template finds out when it is first executed.
 */
export function parseTemplate(
  name: string,
  text: string,
  functions: FunctionTable = functionTable,
  options: ParseOptions = {},
): Template {
  const trees = parse(name, text, [functions, BUILTIN_FUNCTIONS]);
  const html = options.html ?? false;
  if (html) checkHtml(name, text, trees);
  return new Template({ name, text, trees, functions, html });
}
