/** The tree of a rule. Macros are expanded: `all`, `exists`, `exists_one`, `map` and `filter` are folds. */
import type { Value } from "./value.ts";

interface NodeBase {
  /** UTF-16 offset in the rule of the token that makes the node: the operator, the bracket, the name. */
  readonly at: number;
  /** Nested operators, selections, method calls and indexes from here down; cel-go limits them. */
  readonly height: number;
}

export interface LiteralNode extends NodeBase {
  readonly kind: "literal";
  readonly value: Value;
}

export interface IdentNode extends NodeBase {
  readonly kind: "ident";
  /** A leading dot asks for the global name where a macro's variable hides it. */
  readonly name: string;
}

export interface SelectNode extends NodeBase {
  readonly kind: "select";
  readonly operand: Node;
  readonly field: string;
  /** Of `has(operand.field)`. */
  readonly isPresenceTest: boolean;
}

export interface CallNode extends NodeBase {
  readonly kind: "call";
  /** Operators have names of their own: `_+_`, `!_`, `-_`, `_?_:_`, `_[_]`, `@in`. */
  readonly name: string;
  readonly target: Node | undefined;
  readonly args: readonly Node[];
}

export interface ListNode extends NodeBase {
  readonly kind: "list";
  readonly elements: readonly Node[];
}

export interface MapNode extends NodeBase {
  readonly kind: "map";
  readonly entries: readonly { readonly key: Node; readonly value: Node }[];
}

/** `Type{field: value}`: a literal of a protobuf message. */
export interface MessageNode extends NodeBase {
  readonly kind: "message";
  /** May begin with a dot. */
  readonly typeName: string;
  readonly fields: readonly { readonly name: string; readonly value: Node }[];
}

/**
 * `accumulator := init; for variable in range while condition { accumulator := step }; result`. Step, condition and
 * result see the accumulator, the first two the variable.
 */
export interface FoldNode extends NodeBase {
  readonly kind: "fold";
  readonly range: Node;
  readonly variable: string;
  readonly init: Node;
  readonly condition: Node;
  readonly step: Node;
  readonly result: Node;
}

export type Node = LiteralNode | IdentNode | SelectNode | CallNode | ListNode | MapNode | MessageNode | FoldNode;

/** The name of every fold's accumulator; no rule can write it. */
export const ACCUMULATOR = "@result";

/** The height of a node over `children`, itself counted or not. */
export function heightOver(children: readonly Node[], isCounted: boolean): number {
  const below = children.reduce((height, child) => Math.max(height, child.height), 0);
  return isCounted ? below + 1 : below;
}

/** The names in a macro's body. A variable with a leading dot is allowed, but cel-go then finds it under no name. */
export function withVariable<T>(outer: ReadonlyMap<string, T>, variable: string, value: T): ReadonlyMap<string, T> {
  return variable.startsWith(".") ? outer : new Map(outer).set(variable, value);
}
