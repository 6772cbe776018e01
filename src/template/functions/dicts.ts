/** Sprig's functions of maps. `set`, `unset` and the merges change the map that they are given. */
import { type CallContext, FunctionError } from "../function.ts";
import { VALUE_DEPTH } from "../budget.ts";
import { ANY, ANY_MAP, GoList, GoMap, GoStruct, STRING_MAP, stringList, typeOf, type Value } from "../value.ts";
import { type Family, fn, isEmptyValue, textOfAny, variadic } from "./define.ts";

function build(values: readonly Value[], context: CallContext): GoMap {
  const map = new GoMap();
  for (let i = 0; i < values.length; i += 2) {
    map.set(textOfAny(values[i], context), i + 1 < values.length ? values[i + 1] : "");
  }
  return map;
}

/** A copy that shares nothing that can change. */
export function deepCopy(value: Value, context: CallContext, depth = 0): Value {
  context.spend(1);
  if (depth > VALUE_DEPTH) throw new FunctionError(`more than ${VALUE_DEPTH} levels of maps and lists`);
  if (value instanceof GoMap && !value.isNil) {
    const copies = [...value.entries()].map(([key, entry]) => [key, deepCopy(entry, context, depth + 1)] as const);
    return new GoMap(new Map(copies), value.type);
  }
  if (value instanceof GoList && !value.isNil) {
    return new GoList(value.items.map((item) => deepCopy(item, context, depth + 1)), value.type);
  }
  if (value instanceof GoStruct) return value.type.deepCopy?.(value) ?? value;
  return value;
}

/**
 * mergo's Merge: `target` keeps what isn't empty, and maps are merged within each other, in place. With `overwrite`,
 * `source` wins, but for a map that meets a map.
 */
function mergeInto(target: GoMap, source: GoMap, overwrite: boolean, context: CallContext, depth = 0): void {
  if (depth > VALUE_DEPTH) throw new FunctionError(`more than ${VALUE_DEPTH} levels of maps`);
  // The keys of the beginning: `source` may lie in `target`, and grow.
  for (const key of [...source.keys()]) {
    context.spend(1);
    const fresh = source.get(key);
    const present = target.get(key);
    if (fresh === null) {
      if (overwrite) {
        checkAssignable(target, source);
        target.set(key, null);
      }
      continue;
    }
    if (fresh instanceof GoMap && present instanceof GoMap) {
      if (present !== fresh && !present.isNil) mergeInto(present, fresh, overwrite, context, depth + 1);
      if (present.size > 0) continue;
    }
    if (
      isPointer(present) && !isPointer(fresh) && !overwrite && (fresh instanceof GoMap || fresh instanceof GoStruct)
    ) {
      throw new FunctionError(DIFFERENT_TYPES);
    }
    if (overwrite || isEmptyValue(present)) {
      checkAssignable(target, source);
      target.set(key, fresh!);
    }
  }
}

const DIFFERENT_TYPES = "src and dst must be of same type";

function isPointer(value: Value): boolean {
  return value instanceof GoStruct && value.options.isPointer === true;
}

/** Reflection, which mergo sets with, can't put an element of any type into a map[string]string, not even a text. */
function checkAssignable(target: GoMap, source: GoMap): void {
  if (target.type !== source.type && target.type === STRING_MAP) {
    throw new FunctionError("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string");
  }
}

/** Sprig's two forms: an error gives an empty text, or is one. Of a nil map comes a new one. */
function merge(overwrite: boolean, fails: boolean) {
  return variadic([ANY_MAP], ANY_MAP, ([first, ...sources], context) => {
    let target = first as GoMap;
    try {
      for (const source of sources as GoMap[]) {
        if (target.isNil && !source.isNil) target = new GoMap();
        mergeInto(target, source, overwrite, context);
      }
    } catch (error) {
      if (!fails && error instanceof FunctionError && error.message === DIFFERENT_TYPES) return "";
      throw error;
    }
    return target;
  });
}

/** Sprig's dig: the value at a path of keys, or the last argument but one where a key is missing. */
function dig(args: readonly Value[]): Value {
  if (args.length < 3) throw new FunctionError("dig needs at least three arguments");
  const path = args.slice(0, -2), fallback = args.at(-2)!;
  let value: Value = mapAt(args.at(-1)!);
  const keys = path.map((key) => {
    if (typeof key !== "string") throw notA("string", key);
    return key;
  });
  for (const key of keys) {
    const map: GoMap = mapAt(value);
    if (!map.has(key)) return fallback;
    value = map.get(key);
  }
  return value;
}

function mapAt(value: Value): GoMap {
  if (!(value instanceof GoMap) || value.type !== ANY_MAP) throw notA(ANY_MAP, value);
  return value;
}

/** What Go panics with where a value isn't of the type that it is asserted to be. */
function notA(type: string, value: Value): FunctionError {
  const actual = value === null || value === undefined ? "nil" : typeOf(value);
  return new FunctionError(`interface conversion: interface {} is ${actual}, not ${type}`);
}

const mapOf = (entries: Iterable<readonly [string, Value]>) => new GoMap(new Map(entries));
const copy = fn([ANY], ([value], context) => {
  if (value === null) throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  return deepCopy(value, context);
});

export const dicts: Family = {
  dict: variadic([], ANY, build),
  get: fn([ANY_MAP, "string"], ([map, key]) => {
    const value = (map as GoMap).get(key as string);
    return value === undefined ? "" : value;
  }),
  set: fn([ANY_MAP, "string", ANY], ([map, key, value]) => {
    (map as GoMap).set(key as string, value);
    return map!;
  }),
  unset: fn([ANY_MAP, "string"], ([map, key]) => {
    (map as GoMap).delete(key as string);
    return map!;
  }),
  hasKey: fn([ANY_MAP, "string"], ([map, key]) => (map as GoMap).has(key as string)),
  // Go's order is random; ours is that of sorted keys, so that the same input gives the same output.
  keys: variadic([], ANY_MAP, (maps) => stringList(maps.flatMap((map) => (map as GoMap).sortedKeys()))),
  values: fn([ANY_MAP], ([map]) => GoList.grown((map as GoMap).sortedKeys().map((key) => (map as GoMap).get(key)))),
  pick: variadic([ANY_MAP], "string", ([map, ...keys]) => {
    const source = map as GoMap;
    return mapOf((keys as string[]).filter((key) => source.has(key)).map((key) => [key, source.get(key)]));
  }),
  omit: variadic([ANY_MAP], "string", ([map, ...keys]) => {
    const unwanted = new Set(keys);
    return mapOf([...(map as GoMap).entries()].filter(([key]) => !unwanted.has(key)));
  }),
  pluck: variadic(["string"], ANY_MAP, ([key, ...maps]) => {
    const holding = (maps as GoMap[]).filter((map) => map.has(key as string));
    return GoList.grown(holding.map((map) => map.get(key as string)));
  }),
  dig: variadic([], ANY, dig),
  merge: merge(false, false),
  mustMerge: merge(false, true),
  mergeOverwrite: merge(true, false),
  mustMergeOverwrite: merge(true, true),
  deepCopy: copy,
  mustDeepCopy: copy,
};
