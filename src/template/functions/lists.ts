/** Sprig's functions of lists. None changes the list that it is given. */
import { compareTexts } from "../bytes.ts";
import { type CallContext, FunctionError, type TemplateFunction } from "../function.ts";
import { ANY, ANY_LIST, GoList, STRING_LIST, stringList, type Value } from "../value.ts";
import { toInt64 } from "./cast.ts";
import { type Family, fn, intOf, isDeepEqual, isEmptyValue, itemsOf, textOfAny, variadic } from "./define.ts";
import { stringsOf } from "./strings.ts";

const list = (items: readonly Value[]) => new GoList(items);
const NIL_LIST = new GoList([], ANY_LIST, true);

function isAmong(items: readonly Value[], needle: Value, context: CallContext): boolean {
  return items.some((item) => isDeepEqual(needle, item, context));
}

function uniq(items: readonly Value[], context: CallContext): Value[] {
  const result: Value[] = [];
  for (const item of items) {
    if (!isAmong(result, item, context)) result.push(item);
  }
  return result;
}

/** Sprig's chunk, which calculates in floats: a size of 0 asks for infinitely many chunks, a negative one for none or few. */
function chunk(size: number, items: readonly Value[]): Value {
  const { length } = items;
  const count = Math.floor((length - 1) / size) + 1;
  const lastLength = length % size || size;
  if (!Number.isFinite(count) || count < 0 || count > 0 && Math.min(lastLength, count > 1 ? size : 0) < 0) {
    throw new FunctionError("runtime error: makeslice: len out of range");
  }
  const chunks = Array.from({ length: count }, (_, i) => list(items.slice(i * size, (i + 1) * size)));
  if (size < 0 && count === 1) chunks[0] = list(items.slice(0, lastLength));
  return new GoList(chunks, "[][]interface {}");
}

function slice(value: Value, indices: readonly Value[]): Value {
  const items = itemsOf(value, "list should be type of slice or array but");
  if (items.length === 0) return null;
  const start = indices.length > 0 ? Number(toInt64(indices[0])) : 0;
  const end = indices.length > 1 ? Number(toInt64(indices[1])) : items.length;
  if (start < 0 || end < start || end > (value as GoList).capacity) {
    throw new FunctionError("reflect.Value.Slice: slice index out of bounds");
  }
  return (value as GoList).window(start, end);
}

/** Sprig: a `[]string` is sorted in place. */
function sortAlpha(value: Value, context: CallContext): GoList {
  if (!(value instanceof GoList)) return stringList([textOfAny(value, context)]);
  context.spend(value.length * 4);
  const texts = value.type === STRING_LIST ? value : stringsOf(value, context);
  texts.sort((a, b) => compareTexts(a as string, b as string));
  return texts;
}

function without(value: Value, unwanted: readonly Value[], context: CallContext): GoList {
  const items = itemsOf(value, "Cannot find without on type");
  return GoList.grown(items.filter((item) => !isAmong(unwanted, item, context)));
}

/** A function of sprig and its `must` form, which differ only in how Go reports errors. */
function both(name: string, definition: TemplateFunction): Family {
  return { [name]: definition, [`must${name[0]!.toUpperCase()}${name.slice(1)}`]: definition };
}

const push = fn([ANY, ANY], ([value, item], context) => {
  const items = itemsOf(value, "Cannot push on type");
  context.spend(items.length);
  return GoList.grown([...items, item], ANY_LIST, items.length);
});

export const lists: Family = {
  list: variadic([], ANY, (items) => list(items)),
  tuple: variadic([], ANY, (items) => list(items)),
  ...both("first", fn([ANY], ([value]) => itemsOf(value, "Cannot find first on type")[0] ?? null)),
  ...both("last", fn([ANY], ([value]) => itemsOf(value, "Cannot find last on type").at(-1) ?? null)),
  ...both(
    "rest",
    fn([ANY], ([value]) => {
      const items = itemsOf(value, "Cannot find rest on type");
      return items.length === 0 ? NIL_LIST : list(items.slice(1));
    }),
  ),
  ...both(
    "initial",
    fn([ANY], ([value]) => {
      const items = itemsOf(value, "Cannot find initial on type");
      return items.length === 0 ? NIL_LIST : list(items.slice(0, -1));
    }),
  ),
  ...both("append", push),
  ...both("push", push),
  ...both(
    "prepend",
    fn([ANY, ANY], ([value, item], context) => {
      const items = itemsOf(value, "Cannot prepend on type");
      context.spend(items.length);
      return list([item, ...items]);
    }),
  ),
  concat: variadic([], ANY, (values, context) => {
    const items: Value[] = [];
    for (const value of values) {
      const more = itemsOf(value, "Cannot concat type", " as list");
      context.spend(more.length);
      for (const item of more) items.push(item);
    }
    return items.length === 0 ? NIL_LIST : GoList.grown(items);
  }),
  ...both("reverse", fn([ANY], ([value]) => list([...itemsOf(value, "Cannot find reverse on type")].reverse()))),
  ...both(
    "uniq",
    fn([ANY], ([value], context) => GoList.grown(uniq(itemsOf(value, "Cannot find uniq on type"), context))),
  ),
  ...both(
    "compact",
    fn([ANY], ([value]) => {
      return GoList.grown(itemsOf(value, "Cannot compact on type").filter((item) => !isEmptyValue(item)));
    }),
  ),
  ...both("without", variadic([ANY], ANY, ([value, ...unwanted], context) => without(value, unwanted, context))),
  ...both(
    "has",
    fn([ANY, ANY], ([needle, value], context) => {
      return value !== null && isAmong(itemsOf(value, "Cannot find has on type"), needle, context);
    }),
  ),
  ...both("chunk", fn(["int", ANY], ([size, value]) => chunk(intOf(size), itemsOf(value, "Cannot chunk type")))),
  ...both("slice", variadic([ANY], ANY, ([value, ...indices]) => slice(value, indices))),
  sortAlpha: fn([ANY], ([value], context) => sortAlpha(value, context)),
};
