/** Go's rules for what may be assigned to what: values and literals to the parameters of functions. */
import { hintForArgument } from "./hints.ts";
import { type BoolNode, nodeText, type NumberNode, type StringNode } from "./node.ts";
import {
  ANY,
  GoComplex,
  GoInt,
  goInt,
  GoList,
  GoMap,
  GoStruct,
  type GoType,
  isSignedKind,
  isUnsignedKind,
  kindOfType,
  NAMED_INT_KINDS,
  REFLECT_VALUE,
  typeOf,
  type Value,
} from "./value.ts";

/** Ends the run with an error at the node that is being evaluated. */
export type Fail = (reason: string, hint?: string) => never;

/** A node that is a value already, but for its type. */
export type LiteralNode = BoolNode | NumberNode | StringNode;

/** The value as a parameter of `type` takes it; without a type, as it is. */
export function checkedType(value: Value, type: GoType | undefined, fail: Fail): Value {
  if (value === undefined) {
    if (type === undefined) return undefined;
    if (canBeNil(type)) return zeroOf(type);
    fail(`invalid value; expected ${type}`);
  }
  if (type === undefined || type === REFLECT_VALUE) return value;
  if (type === ANY) return value instanceof GoStruct ? value.copied() : value;
  const actual = value === null ? ANY : typeOf(value);
  if (actual === type) return value;
  if (value instanceof GoStruct) {
    const { isPointer, isAddressable } = value.options;
    if (isPointer && actual === `*${type}`) return value.pointee().copied();
    if (isAddressable && type === `*${actual}`) {
      return new GoStruct(value.type, value.values, { ...value.options, isPointer: true });
    }
  }
  fail(`wrong type for value; expected ${type}; got ${actual}`, hintForArgument(type, actual));
}

/** A literal takes the type of its parameter, if it can. */
export function literalValue(node: LiteralNode, type: GoType, fail: Fail): Value {
  if (type === ANY || type === REFLECT_VALUE) {
    return node.type === "number" ? idealConstant(node, fail) : node.type === "bool" ? node.value : node.text;
  }
  if (type === "string") {
    if (node.type === "string") return node.text;
    fail(`expected string; found ${nodeText(node)}`);
  }
  if (type === "bool") {
    if (node.type === "bool") return node.value;
    fail(`expected bool; found ${nodeText(node)}`);
  }
  if (type === "float64") {
    if (node.type === "number" && node.float !== undefined) return node.float;
    fail(`expected float; found ${nodeText(node)}`);
  }
  const kind = NAMED_INT_KINDS.get(type) ?? type;
  if (isSignedKind(kind)) {
    if (node.type === "number" && node.int !== undefined) return new GoInt(kind, node.int);
    fail(`expected integer; found ${nodeText(node)}`);
  }
  if (isUnsignedKind(type)) {
    if (node.type === "number" && node.uint !== undefined) return new GoInt(type, node.uint);
    fail(`expected unsigned integer; found ${nodeText(node)}`);
  }
  const hint = node.type === "string" ? hintForArgument(type, "string") : undefined;
  fail(`can't handle ${nodeText(node)} for arg of type ${type}`, hint);
}

/** A number where nothing says which type it must have: its syntax decides. */
export function idealConstant(node: NumberNode, fail: Fail): Value {
  if (node.complex !== undefined) return new GoComplex(node.complex.real, node.complex.imaginary);
  const isHexInt = /^0[xX][^pP]+$/.test(node.text);
  if (node.float !== undefined && !isHexInt && !node.text.startsWith("'") && /[.eEpP]/.test(node.text)) {
    return node.float;
  }
  if (node.int === undefined) fail(`${node.text} overflows int`);
  return goInt(node.int);
}

/** Whether `nil` may stand for a value of the type. */
export function canBeNil(type: GoType): boolean {
  if (type === REFLECT_VALUE) return true;
  const kind = kindOfType(type);
  return kind === "interface" || kind === "map" || kind === "slice" || kind === "ptr";
}

/** The nil of a type that has one. */
export function zeroOf(type: GoType): Value {
  if (type === REFLECT_VALUE) return undefined;
  const kind = kindOfType(type);
  if (kind === "map") return new GoMap(new Map(), type, true);
  return kind === "slice" ? new GoList([], type, true) : null;
}
