/** Sprig's questions about types. */
import { ANY, kindOf, typeOf } from "../value.ts";
import { type Family, fn, isDeepEqual } from "./define.ts";

export const reflection: Family = {
  typeOf: fn([ANY], ([value]) => typeOf(value)),
  typeIs: fn(["string", ANY], ([type, value]) => typeOf(value) === type),
  typeIsLike: fn(["string", ANY], ([type, value]) => typeOf(value) === type || typeOf(value) === `*${type}`),
  kindOf: fn([ANY], ([value]) => kindOf(value)),
  kindIs: fn(["string", ANY], ([kind, value]) => kindOf(value) === kind),
  deepEqual: fn([ANY, ANY], ([a, b], context) => isDeepEqual(a, b, context)),
};
