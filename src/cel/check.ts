/**
 * The static check that cel-go does before it evaluates, over one variable, `resource`, of which nothing is known: unknown
 * names and functions are refused, and operands that no overload takes. It also finds which overloads a call may mean.
 */
import { errorAt } from "./errors.ts";
import { CONVERSIONS } from "./library/conversions.ts";
import { FUNCTIONS } from "./library/functions.ts";
import { OPERATORS } from "./library/operators.ts";
import {
  ACCUMULATOR,
  type CallNode,
  type FoldNode,
  type MapNode,
  type MessageNode,
  type Node,
  type SelectNode,
  withVariable,
} from "./node.ts";
import type { FunctionDeclaration, Overload } from "./signature.ts";
import {
  Bindings,
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  formatType,
  INT,
  isSameType,
  listOf,
  mapOf,
  moreGeneral,
  NULL,
  param,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  TypesTooLarge,
  UINT,
} from "./type.ts";
import { TypeName, Uint, type Value } from "./value.ts";

/** What the checker found, by node. */
export interface Checked {
  readonly calls: ReadonlyMap<
    Node,
    { readonly declaration: FunctionDeclaration; readonly overloads: readonly Overload[] }
  >;
  /** Names, and selections that spell a qualified name, that stand for a type. */
  readonly typeNames: ReadonlyMap<Node, TypeName>;
}

const DECLARATIONS: ReadonlyMap<string, FunctionDeclaration> = new Map(
  [...OPERATORS, ...CONVERSIONS, ...FUNCTIONS].map((declaration) => [declaration.name, declaration]),
);

/** `timestamp` and `duration` are functions only; their types go by their protobuf names. */
const TYPE_NAMES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["bool", BOOL],
  ["bytes", BYTES],
  ["double", DOUBLE],
  ["google.protobuf.Duration", DURATION],
  ["google.protobuf.Timestamp", TIMESTAMP],
  ["int", INT],
  ["list", listOf(param("A"))],
  ["map", mapOf(param("A"), param("B"))],
  ["null_type", NULL],
  ["string", STRING],
  ["type", { kind: "type" }],
  ["uint", UINT],
]);

/** Messages of which cel-go knows without being told. Objects hold none; their literals are refused by name. */
const MESSAGES: ReadonlySet<string> = new Set(
  [
    ...["Any", "BoolValue", "BytesValue", "DoubleValue", "Duration", "Empty", "FloatValue", "Int32Value", "Int64Value"],
    ...["ListValue", "StringValue", "Struct", "Timestamp", "UInt32Value", "UInt64Value", "Value"],
  ].map((name) => `google.protobuf.${name}`),
);

/** The one value of their one enum. */
const NULL_VALUE = "google.protobuf.NullValue.NULL_VALUE";

/** Types can be larger than anybody reads. */
const MAX_REASON_LENGTH = 500;

/** The one variable of a rule. */
export const RESOURCE = "resource";

/** @throws {CelError} of stage `check`, for the first thing that cel-go's checker refuses. */
export function checkRule(root: Node, rule: string): Checked {
  const checker = new Checker(rule);
  try {
    checker.check(root, new Map());
    checker.finish();
  } catch (error) {
    if (error instanceof TypesTooLarge) throw errorAt("check", error.message, rule, root.at);
    throw error;
  }
  return checker;
}

/** Variables of the macros around a node. */
type Scope = ReadonlyMap<string, Type>;

class Checker implements Checked {
  readonly calls = new Map<Node, { declaration: FunctionDeclaration; overloads: readonly Overload[] }>();
  readonly typeNames = new Map<Node, TypeName>();
  readonly #bindings = new Bindings();
  readonly #hidden: { node: Node; name: string }[] = [];
  readonly #variables: { node: Node; name: string; type: Type }[] = [];
  #parameters = 0;
  /** cel-go hides comparisons of different number types (`1 < 1.5`) up to the first macro, and forgets to after it. */
  #hidesCrossTypes = true;

  constructor(readonly rule: string) {}

  check(node: Node, scope: Scope): Type {
    switch (node.kind) {
      case "literal":
        return typeOfLiteral(node.value);
      case "ident":
        return this.#ident(node, node.name, scope);
      case "select":
        return this.#select(node, scope);
      case "call":
        return this.#call(node, scope);
      case "list":
        return listOf(this.#join(node.elements.map((element) => this.check(element, scope))));
      case "map":
        return this.#map(node, scope);
      case "message":
        return this.#message(node);
      case "fold":
        return this.#fold(node, scope);
    }
  }

  /** What cel-go's planner refuses, once the types are known: names of types that it does not find. */
  finish(): void {
    for (const { node, name } of this.#hidden) this.#fail(node, `reference to undefined type: ${name}`);
    // A variable that stands for types is the type of its name, or an error where none has it.
    for (const { node, name, type } of this.#variables) {
      if (this.#bindings.kindOf(type) !== "type") continue;
      if (!this.#typeName(node, name)) this.#fail(node, `reference to undefined type: ${name}`);
    }
  }

  #newParameter(): Type {
    return param(`_var${this.#parameters++}`);
  }

  #ident(node: Node, name: string, scope: Scope): Type {
    const type = scope.get(name);
    if (type) {
      this.#variables.push({ node, name, type });
      return type;
    }
    if (name.replace(/^\./, "") === RESOURCE) return DYN;
    return this.#globalType(node, name, scope) ?? this.#fail(node, `undeclared reference to '${name}'`);
  }

  /** The type of a name that stands for a type, with or without a leading dot. */
  #globalType(node: Node, name: string, scope: Scope): Type | undefined {
    const type = this.#typeName(node, name.replace(/^\./, ""));
    // The dot asks for the global name behind a variable.
    if (type && isHidden(name, scope)) this.#hidden.push({ node, name });
    return type;
  }

  #typeName(node: Node, name: string): Type | undefined {
    const type = TYPE_NAMES.get(name);
    if (!type) return undefined;
    this.typeNames.set(node, new TypeName(name));
    return typeOf(type);
  }

  #message({ at, typeName }: MessageNode): never {
    const isKnown = MESSAGES.has(typeName.replace(/^\./, ""));
    const reason = isKnown
      ? `${typeName}{…}: literals of messages are not available`
      : `undeclared reference to '${typeName}'`;
    throw errorAt("check", reason, this.rule, at);
  }

  #select(node: SelectNode, scope: Scope): Type {
    const qualified = qualifiedName(node, scope);
    const named = qualified === undefined ? undefined : this.#globalType(node, qualified, scope);
    if (named) return named;
    if (qualified?.replace(/^\./, "") === NULL_VALUE) this.#fail(node, `${qualified}: enums are not available`);
    const type = this.#bindings.resolve(this.check(node.operand, scope));
    switch (type.kind) {
      case "map":
        return node.isPresenceTest ? BOOL : this.#bindings.resolve(type.value);
      case "param":
        this.#bindings.fit(DYN, type);
        break;
      case "dyn":
        break;
      default:
        this.#fail(node, `type '${formatType(type)}' does not support field selection`);
    }
    return node.isPresenceTest ? BOOL : DYN;
  }

  #map(node: MapNode, scope: Scope): Type {
    const keys: Type[] = [], values: Type[] = [];
    for (const { key, value } of node.entries) {
      keys.push(this.check(key, scope));
      this.#joinNext(keys);
      values.push(this.check(value, scope));
      this.#joinNext(values);
    }
    return mapOf(keys[0] ?? this.#newParameter(), values[0] ?? this.#newParameter());
  }

  /** Joins what is known of elements so far with one more: `types` is one type afterwards. */
  #joinNext(types: Type[]): void {
    if (types.length === 2) types.splice(0, 2, this.#join(types));
  }

  /** The type of elements together: the most general one if they fit each other, else dyn. */
  #join(types: readonly Type[]): Type {
    if (types.length === 0) return this.#newParameter();
    return types.reduce((joined, next) => this.#bindings.fit(joined, next) ? moreGeneral(joined, next) : DYN);
  }

  #call(node: CallNode, scope: Scope): Type {
    const declaration = DECLARATIONS.get(node.target ? node.name : node.name.replace(/^\./, ""));
    if (!declaration) {
      if (node.target) this.check(node.target, scope);
      // Before the arguments: of `l.all(k, v, …)` the function is what is wrong, not k.
      return this.#fail(node, `undeclared reference to '${node.name}'`);
    }
    const args = node.args.map((argument) => this.check(argument, scope));
    const types = node.target ? [this.check(node.target, scope), ...args] : args;
    if (node.name === "_&&_" || node.name === "_||_") return this.#logic(node, declaration, types);
    const overloads: Overload[] = [];
    let result: Type | undefined;
    for (const candidate of declaration.overloads) {
      if (candidate.isMethod !== (node.target !== undefined)) continue;
      if (candidate.isCrossType && this.#hidesCrossTypes) continue;
      const signature = this.#instantiate(candidate);
      if (!this.#bindings.fitAll(types, signature.args)) continue;
      overloads.push(candidate);
      const next = this.#bindings.resolve(signature.result);
      if (result === undefined) result = next;
      else if (result.kind !== "dyn" && !isSameType(next, result)) result = DYN;
    }
    this.calls.set(node, { declaration, overloads });
    return result ?? this.#fail(node, this.#noOverload(node, types));
  }

  #logic(node: CallNode, declaration: FunctionDeclaration, types: readonly Type[]): Type {
    this.calls.set(node, { declaration, overloads: declaration.overloads });
    types.forEach((type, index) => {
      if (!this.#bindings.fit(type, BOOL)) this.#mismatch(node.args[index]!, BOOL, type);
    });
    return BOOL;
  }

  /** The signature with parameters of its own for this call. */
  #instantiate(candidate: Overload): { args: readonly Type[]; result: Type } {
    const own = new Map<string, Type>();
    const replace = (type: Type): Type => {
      switch (type.kind) {
        case "list":
          return listOf(replace(type.element));
        case "map":
          return mapOf(replace(type.key), replace(type.value));
        case "type":
          return type.of ? typeOf(replace(type.of)) : type;
        case "param":
          if (!own.has(type.name)) own.set(type.name, this.#newParameter());
          return own.get(type.name)!;
      }
      return type;
    };
    return { args: candidate.args.map(replace), result: replace(candidate.result) };
  }

  #noOverload(node: CallNode, types: readonly Type[]): string {
    const names = types.map((type) => formatType(this.#bindings.resolve(type, true)));
    const target = node.target ? `${names.shift()}.` : "";
    return `found no matching overload for '${node.name}' applied to '${target}(${names.join(", ")})'`;
  }

  #fold(node: FoldNode, scope: Scope): Type {
    const rangeType = this.check(node.range, scope);
    const accumulator = this.check(node.init, scope);
    const range = this.#bindings.resolve(rangeType);
    const outer = new Map(scope).set(ACCUMULATOR, accumulator);
    const inner = withVariable(outer, node.variable, this.#elementOf(node, range));
    this.#hidesCrossTypes = false;
    this.#expect(node.condition, inner, BOOL);
    this.#expect(node.step, inner, accumulator);
    return this.#bindings.resolve(this.check(node.result, outer));
  }

  #elementOf(node: FoldNode, range: Type): Type {
    switch (range.kind) {
      case "list":
        return range.element;
      case "map":
        return range.key;
      case "param":
        this.#bindings.fit(DYN, range);
        return DYN;
      case "dyn":
        return DYN;
    }
    const problem = "cannot be range of a comprehension (must be list, map, or dynamic)";
    return this.#fail(node.range, `expression of type '${formatType(range)}' ${problem}`);
  }

  #expect(node: Node, scope: Scope, wanted: Type): void {
    const type = this.check(node, scope);
    if (!this.#bindings.fit(wanted, type)) this.#mismatch(node, wanted, type);
  }

  #mismatch(node: Node, wanted: Type, found: Type): never {
    return this.#fail(node, `expected type '${formatType(wanted)}' but found '${formatType(found)}'`);
  }

  #fail(node: Node, reason: string): never {
    const shown = reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason;
    throw errorAt("check", shown, this.rule, node.at);
  }
}

function typeOfLiteral(value: Value): Type {
  switch (typeof value) {
    case "boolean":
      return BOOL;
    case "bigint":
      return INT;
    case "number":
      return DOUBLE;
    case "string":
      return STRING;
  }
  if (value === null) return NULL;
  return value instanceof Uint ? UINT : BYTES;
}

/** The name that a chain of selections spells, unless it begins with a macro's variable. */
function qualifiedName(node: SelectNode, scope: Scope): string | undefined {
  const names: string[] = [];
  let at: Node = node;
  for (; at.kind === "select"; at = at.operand) {
    if (at.isPresenceTest) return undefined;
    names.unshift(at.field);
  }
  if (at.kind !== "ident" || scope.has(at.name)) return undefined;
  return [at.name, ...names].join(".");
}

/** Whether a name with a leading dot would, without it, begin with a macro's variable. */
function isHidden(name: string, scope: Scope): boolean {
  return name.startsWith(".") && scope.has(name.slice(1).split(".")[0]!);
}
