/** Sprig's functions of maps. Changes are made in place, as there. */
import { type CallContext, FunctionError } from "../function.ts";
import { ANY, ANY_MAP, GoList, GoMap, stringList, type Value } from "../value.ts";
import { type Family, fn, isEmptyValue, textOfAny, variadic } from "./define.ts";

function build(values: readonly Value[], context: CallContext): GoMap {
  const map = new GoMap();
  for (let i = 0; i < values.length; i += 2) {
    map.set(textOfAny(values[i]!, context), i + 1 < values.length ? values[i + 1]! : "");
  }
  return map;
}

function deepCopy(value: Value, context: CallContext): Value {
  context.spend(1);
  if (value instanceof GoMap && !value.isNil) {
    return new GoMap(new Map([...value.entries()].map(([key, entry]) => [key, deepCopy(entry, context)])), value.type);
  }
  if (value instanceof GoList) {
    return new GoList(value.items.map((item) => deepCopy(item, context)), value.type, value.isNil);
  }
  return value;
}

/** mergo: what the target has stays, unless `overwrite`; maps are merged within each other. */
function mergeInto(target: GoMap, source: GoMap, overwrite: boolean, context: CallContext): GoMap {
  for (const key of source.sortedKeys()) {
    context.spend(1);
    const fresh = source.get(key), there = target.get(key);
    if (there instanceof GoMap && fresh instanceof GoMap) mergeInto(there, fresh, overwrite, context);
    else if (overwrite ? !isEmptyValue(fresh) : isEmptyValue(there)) target.set(key, fresh!);
    else if (there === undefined) target.set(key, fresh!);
  }
  return target;
}

const merge = (overwrite: boolean) =>
  variadic([ANY_MAP], ANY_MAP, ([target, ...sources], context) => {
    for (const source of sources) mergeInto(target as GoMap, source as GoMap, overwrite, context);
    return target!;
  });

function dig(args: readonly Value[]): Value {
  if (args.length < 3) throw new FunctionError("dig needs at least three arguments");
  const map = args.at(-1), fallback = args.at(-2)!;
  if (!(map instanceof GoMap)) throw new FunctionError("dig: the last argument must be a map");
  let value: Value = map;
  for (const key of args.slice(0, -2)) {
    if (typeof key !== "string") throw new FunctionError("dig: keys must be texts");
    if (!(value instanceof GoMap)) throw new FunctionError(`dig: the value before "${key}" is no map`);
    if (!value.has(key)) return fallback;
    value = value.get(key);
  }
  return value;
}

export const dicts: Family = {
  dict: variadic([], ANY, build),
  get: fn(
    [ANY_MAP, "string"],
    ([map, key]) => (map as GoMap).get(key as string) ?? ((map as GoMap).has(key as string) ? null : ""),
  ),
  set: fn([ANY_MAP, "string", ANY], ([map, key, value]) => {
    (map as GoMap).set(key as string, value!);
    return map!;
  }),
  unset: fn([ANY_MAP, "string"], ([map, key]) => {
    (map as GoMap).delete(key as string);
    return map!;
  }),
  hasKey: fn([ANY_MAP, "string"], ([map, key]) => (map as GoMap).has(key as string)),
  // Go's order is random; ours is the one of sorted keys, so that the same input gives the same output.
  keys: variadic([], ANY_MAP, (maps) => stringList(maps.flatMap((map) => (map as GoMap).sortedKeys()))),
  values: fn([ANY_MAP], ([map]) => new GoList((map as GoMap).sortedKeys().map((key) => (map as GoMap).get(key)!))),
  pick: variadic([ANY_MAP], "string", ([map, ...keys]) => {
    const source = map as GoMap;
    return new GoMap(
      new Map((keys as string[]).filter((key) => source.has(key)).map((key) => [key, source.get(key)!])),
    );
  }),
  omit: variadic(
    [ANY_MAP],
    "string",
    ([map, ...keys]) => new GoMap(new Map([...(map as GoMap).entries()].filter(([key]) => !keys.includes(key)))),
  ),
  pluck: variadic(
    ["string"],
    ANY_MAP,
    ([key, ...maps]) =>
      new GoList((maps as GoMap[]).filter((map) => map.has(key as string)).map((map) => map.get(key as string)!)),
  ),
  dig: variadic([], ANY, dig),
  merge: merge(false),
  mustMerge: merge(false),
  mergeOverwrite: merge(true),
  mustMergeOverwrite: merge(true),
  deepCopy: fn([ANY], ([value], context) => deepCopy(value!, context)),
  mustDeepCopy: fn([ANY], ([value], context) => deepCopy(value!, context)),
};
