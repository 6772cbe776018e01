/** How functions are declared: signatures for the checker, and what runs for the evaluator. */
import { type Evaluation, Failure, type Result } from "./evaluation.ts";
import type { Type } from "./type.ts";
import { isList, isMap, typeName, type Value } from "./value.ts";

/** What a function does; the arguments of a method begin with its target. */
export type Run = (args: readonly Value[], evaluation: Evaluation) => Result;

export interface Overload {
  readonly isMethod: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  /** Compares numbers of different types, which the checker hides at first: see check.ts. */
  readonly isCrossType?: boolean;
  /** What runs for values of these types, if the function has no `run` for all. */
  readonly run?: Run;
}

export interface FunctionDeclaration {
  readonly name: string;
  /** In the order in which the checker tries them. */
  readonly overloads: readonly Overload[];
  /** What runs for all overloads; it sees values of any type. */
  readonly run?: Run;
}

export function overload(args: readonly Type[], result: Type, run?: Run): Overload {
  return { isMethod: false, args, result, run };
}

export function method(args: readonly Type[], result: Type, run?: Run): Overload {
  return { isMethod: true, args, result, run };
}

/**
 * What runs for a call for which the checker found `overloads`. A single one is bound for good, even where only the
 * checker's guess made it the only one: the value then must be of its types.
 */
export function dispatch(declaration: FunctionDeclaration, overloads: readonly Overload[]): Run {
  const { run } = declaration;
  if (run) return run;
  const candidates = overloads.length === 1 ? overloads : declaration.overloads;
  return (args, evaluation) => {
    const match = candidates.find((candidate) => candidate.run && takes(candidate, args));
    if (match) return match.run!(args, evaluation);
    return new Failure(`no such overload: ${declaration.name}(${args.map(typeName).join(", ")})`);
  };
}

function takes(candidate: Overload, args: readonly Value[]): boolean {
  return candidate.args.length === args.length &&
    candidate.args.every((type, index) => isOfType(args[index]!, type));
}

/** Whether a value is of a declared type; elements of lists and maps don't count at run time. */
function isOfType(value: Value, type: Type): boolean {
  switch (type.kind) {
    case "dyn":
    case "param":
      return true;
    case "list":
      return isList(value);
    case "map":
      return isMap(value);
    case "null":
      return value === null;
    case "timestamp":
    case "duration":
      return typeName(value) === (type.kind === "timestamp" ? "google.protobuf.Timestamp" : "google.protobuf.Duration");
  }
  return typeName(value) === type.kind;
}
