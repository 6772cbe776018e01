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

export function cel(input: Case): Answer {
  const resource = field(input, "resource");
  const object = isJsonObject(resource) ? resource : {};
  const given = field(input, "rules");
  const rules = (Array.isArray(given) ? given : []).map((rule) => ({
    ...evaluate(rule, object),
    ...(field(input, "values") === true ? valueOf(rule, object) : {}),
  }));
  return { ok: true, matched: rules.some(({ matched }) => matched === true), rules };
}

function evaluate(rule: Json, resource: JsonObject): JsonObject {
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
