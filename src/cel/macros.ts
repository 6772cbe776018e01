/** The macros of CEL, expanded while parsing: has, all, exists, exists_one, map, filter. */
import { ACCUMULATOR, type CallNode, type FoldNode, heightOver, type Node } from "./node.ts";
import type { Value } from "./value.ts";

/** What is wrong with a macro's arguments, and where. */
export interface MacroProblem {
  readonly problem: string;
  readonly at: number;
}

type Parts = Pick<FoldNode, "init" | "condition" | "step" | "result">;

/** cel-go reserves this name of its former accumulator. */
const FORMER_ACCUMULATOR = "__result__";

/** The expansion of a call, its problem, or undefined where the call is no macro (which depends on its arguments' number). */
export function expandMacro(call: CallNode): Node | MacroProblem | undefined {
  const { name, target, args } = call;
  if (name === "has" && target === undefined && args.length === 1) return expandHas(call);
  if (target === undefined || !isFoldMacro(name, args.length)) return undefined;
  const variable = args[0]!;
  if (variable.kind !== "ident") return { problem: `the first argument of ${name} must be a name`, at: variable.at };
  if (variable.name === FORMER_ACCUMULATOR) {
    return { problem: `the name ${FORMER_ACCUMULATOR} is reserved`, at: variable.at };
  }
  const { at, height } = call;
  return { kind: "fold", at, height, range: target, variable: variable.name, ...partsOf(call) };
}

function isFoldMacro(name: string, count: number): boolean {
  switch (name) {
    case "all":
    case "exists":
    case "exists_one":
    case "filter":
      return count === 2;
    case "map":
      return count === 2 || count === 3;
  }
  return false;
}

function expandHas(call: CallNode): Node | MacroProblem {
  const field = call.args[0]!;
  if (field.kind !== "select") return { problem: "has() takes a field selection: has(a.b)", at: field.at };
  return { ...field, at: call.at, isPresenceTest: true };
}

function partsOf(macro: CallNode): Parts {
  const { at, args } = macro;
  const call = (name: string, ...operands: Node[]): Node => ({
    kind: "call",
    at,
    height: heightOver(operands, false),
    name,
    target: undefined,
    args: operands,
  });
  const literal = (value: Value): Node => ({ kind: "literal", at, height: 0, value });
  const list = (...elements: Node[]): Node => ({ kind: "list", at, height: heightOver(elements, false), elements });
  const accumulator: Node = { kind: "ident", at, height: 0, name: ACCUMULATOR };
  const goOn = (condition: Node): Node => call("@not_strictly_false", condition);
  const [variable, test] = args as [Node, Node];

  switch (macro.name) {
    case "all":
      return {
        init: literal(true),
        condition: goOn(accumulator),
        step: call("_&&_", accumulator, test),
        result: accumulator,
      };
    case "exists":
      return {
        init: literal(false),
        condition: goOn(call("!_", accumulator)),
        step: call("_||_", accumulator, test),
        result: accumulator,
      };
    case "exists_one":
      return {
        init: literal(0n),
        condition: literal(true),
        step: call("_?_:_", test, call("_+_", accumulator, literal(1n)), accumulator),
        result: call("_==_", accumulator, literal(1n)),
      };
  }
  const isFiltered = macro.name === "filter" || args.length === 3;
  const element = macro.name === "filter" ? variable : args.at(-1)!;
  const appended = call("_+_", accumulator, list(element));
  return {
    init: list(),
    condition: literal(true),
    step: isFiltered ? call("_?_:_", test, appended, accumulator) : appended,
    result: accumulator,
  };
}
