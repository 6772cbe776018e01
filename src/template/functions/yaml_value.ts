/** Values of templates as go-yaml v3 writes them, which Sveltos's `copy` and `setField` do without the way through JSON. */
import { Float64, type Json } from "../../json/json.ts";
import { PlainScalar, type YamlNode } from "../../yaml/write.ts";
import { VALUE_DEPTH } from "../budget.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { GoComplex, GoInt, GoList, GoMap, type GoStruct, GoText, typeOf, type Value } from "../value.ts";
import { isTime, rfc3339 } from "./time_value.ts";

/** @throws {FunctionError} for what go-yaml can't write, and for what is nested too deep. */
export function yamlNode(value: Value, context: CallContext, depth = 0): YamlNode {
  context.spend(1);
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return new Float64(value);
  if (depth > VALUE_DEPTH) throw new FunctionError(`more than ${VALUE_DEPTH} levels of maps and lists`);
  if (value instanceof GoInt) {
    if (typeOf(value) === "time.Duration") return value.named!.format(value.value);
    const number = Number(value.value);
    return Number.isSafeInteger(number) ? number : value.value;
  }
  if (value instanceof GoComplex) throw new FunctionError("cannot marshal type: complex128");
  if (value instanceof GoMap) return mapNode(value, context, depth);
  if (value instanceof GoList) return value.items.map((item) => yamlNode(item, context, depth + 1));
  if (value instanceof GoText) return value.text;
  if (isTime(value)) return new PlainScalar(rfc3339(value));
  return structNode(value, context, depth);
}

/** Made from entries: a key like `__proto__` is a key here. */
function mapNode(map: GoMap, context: CallContext, depth: number): YamlNode {
  return Object.fromEntries([...map.entries()].map(([key, entry]) => [key, yamlNode(entry, context, depth + 1)]));
}

/** A type with a text of its own is that text; of others, go-yaml writes the fields in small letters, in their order. */
function structNode(struct: GoStruct, context: CallContext, depth: number): YamlNode {
  const text: Json | undefined = struct.type.toJson?.(struct);
  if (typeof text === "string") return text;
  const { fields } = struct.type;
  return new Map(fields.map((name, i) => [name.toLowerCase(), yamlNode(struct.values[i], context, depth + 1)]));
}
