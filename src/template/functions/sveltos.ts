/** Sveltos's own functions. They change the map that they are given in place, which later keys of a pass see. */
import { type CallContext, FunctionError } from "../function.ts";
import { ANY, ANY_LIST, ANY_MAP, GoInt, GoList, GoMap, typeOf, type Value } from "../value.ts";
import { writeYamlV3 } from "../../yaml/write.ts";
import { type Family, fn } from "./define.ts";
import { yamlNode } from "./yaml_value.ts";

const SERVER_FIELDS = ["managedFields", "resourceVersion", "uid"];

function isObject(value: Value): value is GoMap {
  return value instanceof GoMap && value.type === ANY_MAP;
}

/** Takes out what only the API server sets. */
export function strip(object: GoMap): GoMap {
  const metadata = object.get("metadata");
  if (isObject(metadata)) { for (const name of SERVER_FIELDS) metadata.delete(name); }
  return object;
}

/** The text of `copy`, `setField` and `removeField`. */
function yamlText(object: GoMap, context: CallContext): string {
  return writeYamlV3(yamlNode(object, context)).replace(/\n$/, "");
}

/** The map that holds the last key of a path of dots; undefined where the way to it is no map. */
function parentOf(object: GoMap, path: string, make: boolean): { map: GoMap; key: string } | undefined {
  const keys = path.split(".");
  let map = object;
  for (const key of keys.slice(0, -1)) {
    let next = map.get(key);
    if (next === undefined && make) map.set(key, next = new GoMap());
    if (!isObject(next)) return undefined;
    map = next;
  }
  return { map, key: keys.at(-1)! };
}

/** Kubernetes' DeepCopyJSONValue: what JSON can't hold, and an int that isn't an int64, is refused. */
function deepCopy(value: Value, context: CallContext): Value {
  context.spend(1);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof GoMap && value.type === ANY_MAP) {
    if (value.isNil) return value;
    return new GoMap(new Map([...value.entries()].map(([key, entry]) => [key, deepCopy(entry, context)])));
  }
  if (value instanceof GoList && value.type === ANY_LIST) {
    return value.isNil ? value : new GoList(value.items.map((item) => deepCopy(item, context)));
  }
  if (value instanceof GoInt && typeOf(value) === "int64") return value;
  throw new FunctionError(`cannot deep copy ${typeOf(value)}`);
}

/** A copy of what stands at a path of dots; Sveltos: where nothing does, the empty text. */
export function getAt(object: GoMap, path: string, context: CallContext): Value {
  const place = parentOf(object, path, false);
  const value = place?.map.get(place.key);
  return value === undefined ? "" : deepCopy(value, context);
}

/** Sets what stands at a path of dots, in place; false where the way to it is no map. */
export function setAt(object: GoMap, path: string, value: Value, context: CallContext): boolean {
  const copied = deepCopy(value, context);
  const place = parentOf(object, path, true);
  place?.map.set(place.key, copied);
  return place !== undefined;
}

/** Takes away what stands at a path of dots, in place. */
export function removeAt(object: GoMap, path: string): void {
  const place = parentOf(object, path, false);
  place?.map.delete(place.key);
}

export const sveltos: Family = {
  getResource: fn([ANY_MAP], ([object]) => strip(object as GoMap)),
  copy: fn([ANY_MAP], ([object], context) => yamlText(strip(object as GoMap), context)),
  getField: fn([ANY_MAP, "string"], ([object, path], context) => getAt(object as GoMap, path as string, context)),
  removeField: fn([ANY_MAP, "string"], ([object, path], context) => {
    removeAt(object as GoMap, path as string);
    return yamlText(strip(object as GoMap), context);
  }),
  setField: fn(
    [ANY_MAP, "string", ANY],
    ([object, path, value], context) =>
      setAt(object as GoMap, path as string, value!, context) ? yamlText(strip(object as GoMap), context) : "",
  ),
  chainRemoveField: fn([ANY_MAP, "string"], ([object, path]) => {
    removeAt(object as GoMap, path as string);
    return object!;
  }),
  chainSetField: fn(
    [ANY_MAP, "string", ANY],
    ([object, path, value], context) =>
      setAt(object as GoMap, path as string, value!, context) ? object! : new GoMap(new Map(), ANY_MAP, true),
  ),
};
