/** What scripts return, read as Sveltos decodes it with Go's encoding/json (semantics §2.3, §3.4, §11.2.9). */
import { isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { LuaError } from "./errors.ts";

/**
 * What `aggregatedSelection` returns: `resources` is null where the script set none.
 *
 * @throws {LuaError} of kind `result`, naming the element and what is wrong with it.
 */
export function readAggregate(value: Json, scriptName = "aggregatedSelection"): {
  resources: JsonObject[] | null;
  message: string;
} {
  const fields = topFields(value, ["resources", "message"], scriptName);
  const resources = fields.get("resources") ?? null;
  if (resources === null) return { resources: null, message: messageOf(fields, scriptName) };
  if (isJsonObject(resources)) {
    const isEmpty = Object.keys(resources).length === 0;
    const found = isEmpty ? "an empty table, which Sveltos takes for an object" : "a table with keys";
    throw refuse(
      scriptName,
      `resources must be a list, found ${found}; leave resources unset to say that there is no match`,
    );
  }
  if (!Array.isArray(resources)) throw refuse(scriptName, `resources must be a list, found ${describe(resources)}`);
  resources.forEach((element, index) => {
    const at = `resources[${index + 1}]`;
    if (element === null) {
      throw refuse(scriptName, `resources has a hole at ${index + 1}: every element must be an object`);
    }
    if (!isJsonObject(element)) throw refuse(scriptName, `${at} must be an object, found ${describe(element)}`);
    const kind = Object.hasOwn(element, "kind") ? element.kind : undefined;
    if (typeof kind !== "string" || kind === "") throw refuse(scriptName, `${at}.kind: required`);
  });
  return { resources: resources as JsonObject[], message: messageOf(fields, scriptName) };
}

/** What a selector's `evaluate` returns. @throws {LuaError} of kind `result`. */
export function readEvaluate(value: Json, scriptName = "evaluate"): { matching: boolean; message: string } {
  const fields = topFields(value, ["matching", "message"], scriptName);
  const matching = fields.get("matching") ?? false;
  if (typeof matching !== "boolean") {
    throw refuse(scriptName, `matching must be true or false, found ${describe(matching)}`);
  }
  return { matching, message: messageOf(fields, scriptName) };
}

/** Go matches keys without regard to case; of several the one written exactly so wins. */
function topFields(value: Json, names: readonly string[], scriptName: string): Map<string, Json> {
  if (Array.isArray(value)) throw refuse(scriptName, "must return a table with keys, found a list");
  if (!isJsonObject(value)) throw refuse(scriptName, `must return a table, found ${describe(value)}`);
  const fields = new Map<string, Json>();
  for (const key of Object.keys(value)) {
    const name = names.find((candidate) => candidate === key.toLowerCase());
    if (name === undefined || (name !== key && Object.hasOwn(value, name))) continue;
    fields.set(name, value[key]!);
  }
  return fields;
}

function messageOf(fields: Map<string, Json>, scriptName: string): string {
  const message = fields.get("message") ?? "";
  if (typeof message !== "string") throw refuse(scriptName, `message must be a text, found ${describe(message)}`);
  return message;
}

function refuse(scriptName: string, reason: string): LuaError {
  return new LuaError("result", scriptName, reason);
}

function describe(value: Json): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "a table";
  return typeof value === "string" ? "a text" : typeof value === "boolean" ? "a boolean" : "a number";
}
