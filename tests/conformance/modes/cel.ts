/** Mode `cel`: each rule alone; a rule that fails is not matched. */
import { compileRule } from "../../../src/cel/mod.ts";
import { field, isJsonObject, type Json, type JsonObject } from "../../../src/json/json.ts";
import { type Answer, type Case, textField } from "../case.ts";

export function cel(input: Case): Answer {
  const resource = field(input, "resource");
  const given = field(input, "rules");
  const rules = (Array.isArray(given) ? given : []).map((rule) =>
    evaluate(rule, isJsonObject(resource) ? resource : {})
  );
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
