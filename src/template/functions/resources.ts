/** Sveltos's functions of the second rendering: they take a resource by its identifier among the templateResourceRefs. */
import { writeYaml } from "../../yaml/write.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { ANY, ANY_MAP, GoMap, jsonFromValue, type Value } from "../value.ts";
import { type Family, fn } from "./define.ts";
import { getAt, removeAt, setAt, strip } from "./sveltos.ts";

/** Sveltos: what can't be written is the empty text. */
function yamlText(object: GoMap, context: CallContext): string {
  try {
    return writeYaml(jsonFromValue(object, context)).replace(/\n$/, "");
  } catch (error) {
    if (error instanceof FunctionError) return "";
    throw error;
  }
}

/**
 * The functions over `resources`, a map from identifier to object; they stand in for those of the same names that take a
 * map. What they change, they change in place, for whatever is rendered with the same resources later. An identifier that
 * is not there gives the nil map or the empty text, without an error. (`chainSetField` and `chainRemoveField` take what
 * `getResource` gave, as in the first rendering.)
 */
export function resourceFunctions(resources: GoMap): Family {
  const named = (id: Value) => resources.get(id as string) as GoMap | undefined;
  return {
    getResource: fn(["string"], ([id]) => {
      const object = named(id);
      return object ? strip(object) : new GoMap(new Map(), ANY_MAP, true);
    }),
    copy: fn(["string"], ([id], context) => {
      const object = named(id);
      return object ? yamlText(strip(object), context) : "";
    }),
    getField: fn(["string", "string"], ([id, path], context) => {
      const object = named(id);
      return object ? getAt(object, path as string, context) : "";
    }),
    removeField: fn(["string", "string"], ([id, path], context) => {
      const object = named(id);
      if (!object) return "";
      removeAt(object, path as string);
      return yamlText(strip(object), context);
    }),
    setField: fn(["string", "string", ANY], ([id, path, value], context) => {
      const object = named(id);
      return object && setAt(object, path as string, value!, context) ? yamlText(strip(object), context) : "";
    }),
  };
}
