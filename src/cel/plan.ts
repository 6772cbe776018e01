/** Tree → what runs: closures over slots for variables, with names, overloads and impossible indexes settled beforehand. */
import type { Checked } from "./check.ts";
import { equalValues } from "./compare.ts";
import { errorAt } from "./errors.ts";
import { bytesAsKey, Evaluation, Failure, noSuchOverload, type Result } from "./evaluation.ts";
import { DEFAULT_CEL_LIMITS } from "./limits.ts";
import {
  ACCUMULATOR,
  type CallNode,
  type FoldNode,
  type MapNode,
  type Node,
  type SelectNode,
  withVariable,
} from "./node.ts";
import { dispatch } from "./signature.ts";
import { GrowingList, isList, isMap, type List, Uint, type Value, ValueList, ValueMap } from "./value.ts";

/** Of these a literal's value is the same for every object. */
const READ_ONCE: ReadonlySet<string> = new Set(["timestamp", "duration"]);

/** Computes the value of a node. */
export type Step = (evaluation: Evaluation) => Result;

/** @throws {CelError} of stage `check` for an index that no value can have. */
export function planRule(root: Node, checked: Checked, rule: string): Step {
  // Slot 0 is `resource`.
  return new Planner(checked, rule).plan(root, { byName: new Map(), next: 1 });
}

/** Where the variables of the macros around a node are. */
interface Slots {
  readonly byName: ReadonlyMap<string, number>;
  /** The first that no macro around uses. */
  readonly next: number;
}

class Planner {
  constructor(readonly checked: Checked, readonly rule: string) {}

  plan(node: Node, slots: Slots): Step {
    switch (node.kind) {
      case "literal":
        return constant(node.value);
      case "ident":
        return this.#ident(node, node.name, slots);
      case "select":
        return this.#select(node, slots);
      case "call":
        return this.#call(node, slots);
      case "list":
        return listStep(node.elements.map((element) => this.plan(element, slots)));
      case "map":
        return this.#map(node, slots);
      case "message":
        throw new Error("the checker refuses messages");
      case "fold":
        return this.#fold(node, slots);
    }
  }

  #ident(node: Node, name: string, slots: Slots): Step {
    const typeName = this.checked.typeNames.get(node);
    if (typeName) return constant(typeName);
    const slot = slots.byName.get(name) ?? 0;
    return (evaluation) => evaluation.variables[slot]!;
  }

  #select(node: SelectNode, slots: Slots): Step {
    const typeName = this.checked.typeNames.get(node);
    if (typeName) return constant(typeName);
    const operand = this.plan(node.operand, slots);
    const { at, field } = node;
    if (node.isPresenceTest) return (evaluation) => located(at, hasField(operand(evaluation), field));
    const missing = `no such key: ${field}`;
    return (evaluation) => located(at, element(operand(evaluation), field, missing));
  }

  #call(node: CallNode, slots: Slots): Step {
    const steps = (node.target ? [node.target, ...node.args] : node.args).map((part) => this.plan(part, slots));
    const [a, b, c] = steps as [Step, Step, Step];
    const { at } = node;
    switch (node.name) {
      case "_&&_":
        return logicStep(at, a, b, false);
      case "_||_":
        return logicStep(at, a, b, true);
      case "@not_strictly_false":
        return (evaluation) => a(evaluation) !== false;
      case "_?_:_":
        return conditionalStep(at, a, b, c);
      case "_==_":
        return equalityStep(a, b, true);
      case "_!=_":
        return equalityStep(a, b, false);
      case "_[_]":
        return this.#index(node, a, b);
    }
    const { declaration, overloads } = this.checked.calls.get(node)!;
    const run = dispatch(declaration, overloads);
    const [only] = node.args;
    if (READ_ONCE.has(node.name) && node.args.length === 1 && only?.kind === "literal") {
      const value = run([only.value], new Evaluation(null, DEFAULT_CEL_LIMITS));
      if (!(value instanceof Failure)) return constant(value);
    }
    return (evaluation) => {
      const args: Value[] = [];
      for (const step of steps) {
        const value = step(evaluation);
        if (value instanceof Failure) return value;
        args.push(value);
      }
      return located(at, run(args, evaluation));
    };
  }

  #index(node: CallNode, operand: Step, index: Step): Step {
    const indexNode = node.args[1]!;
    const typeName = this.checked.typeNames.get(indexNode);
    const fixed = typeName ?? (indexNode.kind === "literal" ? indexNode.value : undefined);
    if (fixed !== undefined && !isKey(fixed)) {
      throw errorAt("check", "an index is a string, a number or a boolean", this.rule, indexNode.at);
    }
    // What the rule says may be quoted; what it finds in an object may not.
    const missing = fixed === undefined ? "no such key or index" : `no such key or index: ${formatKey(fixed)}`;
    return (evaluation) => {
      const value = operand(evaluation);
      if (value instanceof Failure) return value;
      const key = index(evaluation);
      return key instanceof Failure ? key : located(node.at, element(value, key, missing));
    };
  }

  #map(node: MapNode, slots: Slots): Step {
    const entries = node.entries.map(({ key, value }) => ({
      key: this.plan(key, slots),
      value: this.plan(value, slots),
    }));
    return (evaluation) => {
      const map = new ValueMap();
      for (const entry of entries) {
        const key = entry.key(evaluation);
        if (key instanceof Failure) return key;
        const value = entry.value(evaluation);
        if (value instanceof Failure) return value;
        if (key instanceof Uint8Array) throw bytesAsKey(node.at);
        map.set(key, value);
      }
      return map;
    };
  }

  #fold(node: FoldNode, slots: Slots): Step {
    const slot = slots.next;
    const outer = { byName: new Map(slots.byName).set(ACCUMULATOR, slot), next: slot + 1 };
    const range = this.plan(node.range, slots), init = this.plan(node.init, slots);
    const result = this.plan(node.result, outer);
    const inner = { byName: withVariable(outer.byName, node.variable, slot + 1), next: slot + 2 };
    const condition = this.plan(node.condition, inner), step = this.plan(node.step, inner);
    const cost = countOperations(node.step);
    return (evaluation) => {
      const container = range(evaluation);
      if (container instanceof Failure) return container;
      if (!isList(container) && !isMap(container)) {
        return located(node.at, new Failure("only lists and maps have elements"));
      }
      const { variables } = evaluation;
      variables[slot] = initialValue(init(evaluation));
      const keys = isMap(container) ? container.keys() : undefined;
      const count = keys ? keys.length : container.size;
      if (keys) evaluation.spend(count);
      for (let i = 0; i < count; i++) {
        evaluation.spend(cost);
        variables[slot + 1] = keys ? keys[i]! : (container as List).at(i);
        if (condition(evaluation) === false) break;
        variables[slot] = step(evaluation);
      }
      const value = result(evaluation);
      return value instanceof GrowingList ? new ValueList(value.items) : value;
    };
  }
}

function constant(value: Value): Step {
  return () => value;
}

/** A failure keeps the place where it came from. */
function located(at: number, result: Result): Result {
  if (result instanceof Failure) result.at ??= at;
  return result;
}

function listStep(steps: readonly Step[]): Step {
  return (evaluation) => {
    const items: Value[] = [];
    for (const step of steps) {
      const value = step(evaluation);
      if (value instanceof Failure) return value;
      items.push(value);
    }
    return new ValueList(items);
  };
}

/** && and ||: one side that decides makes the other's failure irrelevant, whichever side it is. */
function logicStep(at: number, left: Step, right: Step, decides: boolean): Step {
  return (evaluation) => {
    const a = left(evaluation);
    if (a === decides) return decides;
    const b = right(evaluation);
    if (b === decides) return decides;
    const failed = [a, b].find((value) => typeof value !== "boolean");
    if (failed === undefined) return !decides;
    return located(at, failed instanceof Failure ? failed : noSuchOverload());
  };
}

function conditionalStep(at: number, condition: Step, whenTrue: Step, whenFalse: Step): Step {
  return (evaluation) => {
    const value = condition(evaluation);
    if (value === true) return whenTrue(evaluation);
    if (value === false) return whenFalse(evaluation);
    return located(at, value instanceof Failure ? value : noSuchOverload());
  };
}

function equalityStep(left: Step, right: Step, wanted: boolean): Step {
  return (evaluation) => {
    const a = left(evaluation);
    if (a instanceof Failure) return a;
    const b = right(evaluation);
    return b instanceof Failure ? b : equalValues(a, b, evaluation) === wanted;
  };
}

function hasField(value: Result, field: string): Result {
  if (value instanceof Failure) return value;
  if (isMap(value)) return value.find(field) !== undefined;
  return isList(value) ? new Failure("a list has no fields") : false;
}

/** The element of a map or list; `missing` is the reason if there is none. */
function element(value: Result, key: Value, missing: string): Result {
  if (value instanceof Failure) return value;
  if (!isKey(key)) return new Failure("an index is a string, a number or a boolean");
  if (isMap(value)) {
    const found = value.find(key);
    return found === undefined ? new Failure(missing) : found;
  }
  if (!isList(value)) return new Failure(missing);
  const index = wholeNumber(key);
  if (index === undefined) return new Failure("the index of a list is a whole number");
  return index >= 0 && index < value.size ? value.at(index) : new Failure(missing);
}

function isKey(value: Value): boolean {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "bigint" ||
    typeof value === "number" || value instanceof Uint;
}

function wholeNumber(key: Value): number | undefined {
  if (typeof key === "bigint") return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return typeof key === "number" && Number.isInteger(key) ? key : undefined;
}

function formatKey(key: Value): string {
  return key instanceof Uint ? `${key.value}` : String(key);
}

/** The list that a macro builds must not be the literal [] itself, which is used again. */
function initialValue(value: Result): Result {
  return !(value instanceof Failure) && isList(value) && value.size === 0 ? new GrowingList() : value;
}

/** What one round of a fold costs, without the folds inside it, which pay for themselves. */
function countOperations(node: Node): number {
  switch (node.kind) {
    case "literal":
    case "ident":
      return 1;
    case "select":
      return 1 + countOperations(node.operand);
    case "call":
      return [...(node.target ? [node.target] : []), ...node.args].reduce(
        (sum, part) => sum + countOperations(part),
        1,
      );
    case "list":
      return node.elements.reduce((sum, part) => sum + countOperations(part), 1);
    case "map":
      return node.entries.reduce((sum, { key, value }) => sum + countOperations(key) + countOperations(value), 1);
    case "message":
      return 1;
    case "fold":
      return 1 + countOperations(node.range);
  }
}
