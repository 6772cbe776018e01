/** Sprig's questions about types. */
import { canonicalJson } from "../../json/json.ts";
import { ANY, jsonFromValue, kindOf, typeOf, type Value } from "../value.ts";
import { type Family, fn } from "./define.ts";

function isDeepEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeOf(a) !== typeOf(b)) return false;
  return canonicalJson(jsonFromValue(a)) === canonicalJson(jsonFromValue(b));
}

export const reflection: Family = {
  typeOf: fn([ANY], ([value]) => typeOf(value)),
  typeIs: fn(["string", ANY], ([type, value]) => typeOf(value) === type),
  typeIsLike: fn(["string", ANY], ([type, value]) => typeOf(value) === type || typeOf(value) === `*${type}`),
  kindOf: fn([ANY], ([value]) => kindOf(value)),
  kindIs: fn(["string", ANY], ([kind, value]) => kindOf(value) === kind),
  deepEqual: fn([ANY, ANY], ([a, b]) => isDeepEqual(a, b)),
};
