/**
 * Mode `cel`: each rule alone; a rule that fails is not matched. A case with `values: true` asks as well what each rule
 * computes (`type`, and `value` as a CEL literal), or in which `stage` it fails (parse, check, evaluate) and at which `place`.
 */
import { CelError, compileExpression, compileRule } from "../../../src/cel/mod.ts";
import { Failure } from "../../../src/cel/evaluation.ts";
import { typeName } from "../../../src/cel/value.ts";
import { field, isJsonObject, type Json, type JsonObject } from "../../../src/json/json.ts";
import { type Answer, type Case, textField } from "../case.ts";
import { formatValue } from "../format_cel.ts";
import type { IntendedName } from "../intended_differences.ts";

export function cel(input: Case): Answer {
  const resource = field(input, "resource");
  const object = isJsonObject(resource) ? resource : {};
  const given = field(input, "rules");
  const rules = (Array.isArray(given) ? given : []).map((rule) => ({
    ...evaluate(rule, object),
    ...(field(input, "values") === true ? valueOf(rule, object) : {}),
  }));
  const intended = rules.map(({ error }) => intendedOf(error)).find((name) => name !== undefined);
  return {
    ok: true,
    matched: rules.some(({ matched }) => matched === true),
    rules,
    ...(intended === undefined ? {} : { intended }),
  };
}

/** What is refused, or ended, on purpose. */
function intendedOf(error: Json | undefined): IntendedName | undefined {
  const [reason = ""] = typeof error === "string" ? error.split("\n") : [];
  if (/: (literals of messages|enums) are not available$/.test(reason)) return "no-messages";
  return /: stopped after \d+ steps \(limit --cel-cost\)$/.test(reason) ? "limits" : undefined;
}

function evaluate(rule: Json, resource: JsonObject): { name: string; matched: boolean; error?: string } {
  const name = textField(rule, "name");
  try {
    return { name, matched: compileRule(textField(rule, "rule")).evaluate(resource) };
  } catch (error) {
    return { name, matched: false, error: (error as Error).message };
  }
}

function valueOf(rule: Json, resource: JsonObject): JsonObject {
  try {
    const value = compileExpression(textField(rule, "rule"))(resource);
    return value instanceof Failure ? { stage: "evaluate" } : { type: typeName(value), value: formatValue(value) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const { stage, line, column } = error;
    return { stage, ...(line === undefined ? {} : { place: `${line}:${column}` }) };
  }
}
