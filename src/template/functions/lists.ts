/** Sprig's functions of lists, and those that choose among values. */
import { compareBytes } from "../../json/json.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { ANY, goInt, GoList, INT_LIST, jsonFromValue, stringList, type Value } from "../value.ts";
import { canonicalJson } from "../../json/json.ts";
import { type Family, fn, intOf, isEmptyValue, itemsOf, textOfAny, variadic } from "./define.ts";

const list = (items: readonly Value[]) => new GoList(items);

/** Deep equality, by type and content. */
function isEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a.constructor !== b.constructor) return false;
  return canonicalJson(jsonFromValue(a)) === canonicalJson(jsonFromValue(b));
}

function first(items: readonly Value[]): Value {
  return items.length === 0 ? null : items[0]!;
}

function uniq(items: readonly Value[], context: CallContext): Value[] {
  const result: Value[] = [];
  for (const item of items) {
    context.spend(result.length);
    if (!result.some((other) => isEqual(other, item))) result.push(item);
  }
  return result;
}

function without(items: readonly Value[], unwanted: readonly Value[], context: CallContext): Value[] {
  context.spend(items.length * unwanted.length);
  return items.filter((item) => !unwanted.some((other) => isEqual(other, item)));
}

function chunk(size: number, items: readonly Value[]): Value[] {
  if (size <= 0) throw new FunctionError("runtime error: integer divide by zero");
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => list(items.slice(i * size, (i + 1) * size)));
}

/** A range of ints as sprig's untilStep makes it. */
function untilStep(start: number, stop: number, step: number, context: CallContext): GoList {
  const isEmpty = step === 0 || (stop < start ? step >= 0 : step < 0) || start === stop;
  if (isEmpty) return new GoList([], INT_LIST);
  const length = Math.ceil((stop - start) / step);
  context.reserve(length * 8);
  return new GoList(Array.from({ length }, (_, index) => goInt(start + index * step)), INT_LIST);
}

export const lists: Family = {
  list: variadic([], ANY, (items) => list(items)),
  tuple: variadic([], ANY, (items) => list(items)),
  first: fn([ANY], ([value]) => first(itemsOf(value!, "first"))),
  mustFirst: fn([ANY], ([value]) => first(itemsOf(value!, "first"))),
  last: fn([ANY], ([value]) => itemsOf(value!, "last").at(-1) ?? null),
  mustLast: fn([ANY], ([value]) => itemsOf(value!, "last").at(-1) ?? null),
  rest: fn([ANY], ([value]) => list(itemsOf(value!, "rest").slice(1))),
  mustRest: fn([ANY], ([value]) => list(itemsOf(value!, "rest").slice(1))),
  initial: fn([ANY], ([value]) => list(itemsOf(value!, "initial").slice(0, -1))),
  mustInitial: fn([ANY], ([value]) => list(itemsOf(value!, "initial").slice(0, -1))),
  append: fn([ANY, ANY], ([value, item]) => list([...itemsOf(value!, "push"), item!])),
  push: fn([ANY, ANY], ([value, item]) => list([...itemsOf(value!, "push"), item!])),
  prepend: fn([ANY, ANY], ([value, item]) => list([item!, ...itemsOf(value!, "prepend")])),
  concat: variadic([], ANY, (values) => list(values.flatMap((value) => [...itemsOf(value, "concat")]))),
  reverse: fn([ANY], ([value]) => list([...itemsOf(value!, "reverse")].reverse())),
  uniq: fn([ANY], ([value], context) => list(uniq(itemsOf(value!, "uniq"), context))),
  compact: fn([ANY], ([value]) => list(itemsOf(value!, "compact").filter((item) => !isEmptyValue(item)))),
  without: variadic(
    [ANY],
    ANY,
    ([value, ...unwanted], context) => list(without(itemsOf(value!, "without"), unwanted, context)),
  ),
  has: fn(
    [ANY, ANY],
    ([needle, value]) => value === null ? false : itemsOf(value!, "has").some((item) => isEqual(item, needle!)),
  ),
  chunk: fn(["int", ANY], ([size, value]) => list(chunk(intOf(size), itemsOf(value!, "chunk")))),
  slice: variadic([ANY], ANY, ([value, ...indices]) => {
    const items = itemsOf(value!, "slice");
    const at = (index: number, otherwise: number) => {
      const given = indices[index];
      return given === undefined || given === null ? otherwise : intOf(given);
    };
    return items.length === 0 ? null : list(items.slice(at(0, 0), at(1, items.length)));
  }),
  sortAlpha: fn([ANY], ([value], context) => {
    const texts = value instanceof GoList
      ? value.items.map((item) => textOfAny(item, context))
      : [textOfAny(value!, context)];
    return stringList(texts.sort(compareBytes));
  }),
  until: fn(["int"], ([count], context) => untilStep(0, intOf(count), intOf(count) < 0 ? -1 : 1, context)),
  untilStep: fn(
    ["int", "int", "int"],
    ([start, stop, step], context) => untilStep(intOf(start), intOf(stop), intOf(step), context),
  ),
  seq: variadic([], "int", (numbers, context) => {
    const [a, b, c] = numbers.map(intOf);
    const range = (start: number, step: number, end: number) =>
      untilStep(start, end + (end < start ? -1 : 1), step, context).items.map((item) => intOf(item)).join(" ");
    if (numbers.length === 1) return range(1, a! < 1 ? -1 : 1, a!);
    if (numbers.length === 2) return range(a!, b! < a! ? -1 : 1, b!);
    return numbers.length === 3 ? range(a!, b!, c!) : "";
  }),
  default: variadic(
    [ANY],
    ANY,
    ([fallback, ...given]) => given.length === 0 || isEmptyValue(given[0]) ? fallback! : given[0]!,
  ),
  empty: fn([ANY], ([value]) => isEmptyValue(value)),
  coalesce: variadic([], ANY, (values) => values.find((value) => !isEmptyValue(value)) ?? null),
  all: variadic([], ANY, (values) => values.every((value) => !isEmptyValue(value))),
  any: variadic([], ANY, (values) => values.some((value) => !isEmptyValue(value))),
  ternary: fn([ANY, ANY, "bool"], ([yes, no, condition]) => condition ? yes! : no!),
};
