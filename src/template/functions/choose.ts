/** Sprig's functions that choose among values by whether they are empty. */
import { ANY } from "../value.ts";
import { type Family, fn, isEmptyValue, variadic } from "./define.ts";

export const choices: Family = {
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
