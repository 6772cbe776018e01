/**
 * The static check that cel-go does before it evaluates: unknown names and functions, operands of types that no overload
 * takes, lists and maps of mixed literals are refused. `resource` is dynamic, so what comes of it may be anything.
 */
import type { Expr, ParsedExpr } from "@bufbuild/cel-spec/cel/expr/syntax_pb.js";
import { CelError } from "./errors.ts";

type Type = Basic | ListType | MapType;
type Basic =
  | "dyn"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bool"
  | "bytes"
  | "null"
  | "type"
  | "timestamp"
  | "duration";
interface ListType {
  readonly list: Type;
}
interface MapType {
  readonly map: readonly [Type, Type];
}
/** Parameters and result of a function; a method's receiver is its first parameter. */
type Overload = readonly [...Type[]];

const DYN_LIST: Type = { list: "dyn" };
const DYN_MAP: Type = { map: ["dyn", "dyn"] };
const NUMBERS: readonly Basic[] = ["int", "uint", "double"];
const ORDERED: readonly Basic[] = ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration"];

const sameTypes = (types: readonly Basic[], result?: Basic): Overload[] =>
  types.map((type) => [type, type, result ?? type]);
/** cel-go compares numbers of different types at run time and by these overloads in the checker too. */
const mixedOrder: Overload[] = NUMBERS.flatMap((a) =>
  NUMBERS.filter((b) => b !== a).map((b): Overload => [a, b, "bool"])
);
const order: readonly Overload[] = [...sameTypes(ORDERED, "bool"), ...mixedOrder];

const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = new Map<string, readonly Overload[]>([
  ["!_", [["bool", "bool"]]],
  ["-_", [["int", "int"], ["double", "double"]]],
  ["_&&_", [["bool", "bool", "bool"]]],
  ["_||_", [["bool", "bool", "bool"]]],
  ["@not_strictly_false", [["bool", "bool"]]],
  ["_<_", order],
  ["_<=_", order],
  ["_>_", order],
  ["_>=_", order],
  ["_+_", [
    ...sameTypes(["int", "uint", "double", "string", "bytes", "duration"]),
    ["timestamp", "duration", "timestamp"],
    ["duration", "timestamp", "timestamp"],
  ]],
  ["_-_", [
    ...sameTypes(["int", "uint", "double", "duration"]),
    ["timestamp", "duration", "timestamp"],
    ["timestamp", "timestamp", "duration"],
  ]],
  ["_*_", sameTypes(NUMBERS)],
  ["_/_", sameTypes(NUMBERS)],
  ["_%_", sameTypes(["int", "uint"])],
  ["size", [["string", "int"], ["bytes", "int"], [DYN_LIST, "int"], [DYN_MAP, "int"]]],
  [
    "int",
    (["int", "uint", "double", "string", "timestamp", "duration"] as const).map((type): Overload => [type, "int"]),
  ],
  ["uint", (["int", "uint", "double", "string"] as const).map((type): Overload => [type, "uint"])],
  ["double", (["int", "uint", "double", "string"] as const).map((type): Overload => [type, "double"])],
  [
    "string",
    (["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration"] as const)
      .map((type): Overload => [type, "string"]),
  ],
  ["bytes", [["bytes", "bytes"], ["string", "bytes"]]],
  ["bool", [["bool", "bool"], ["string", "bool"]]],
  ["timestamp", [["timestamp", "timestamp"], ["string", "timestamp"], ["int", "timestamp"]]],
  ["duration", [["duration", "duration"], ["string", "duration"], ["int", "duration"]]],
  ["dyn", [["dyn", "dyn"]]],
  ["type", [["dyn", "type"]]],
  ["matches", [["string", "string", "bool"]]],
]);

const timeParts = ["getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getMonth"];
const METHODS: ReadonlyMap<string, readonly Overload[]> = new Map<string, readonly Overload[]>([
  ...["contains", "startsWith", "endsWith", "matches"].map((name): [string, Overload[]] => [name, [[
    "string",
    "string",
    "bool",
  ]]]),
  ["size", FUNCTIONS.get("size")!],
  ...timeParts.map((name): [string, Overload[]] => [name, [["timestamp", "int"], ["timestamp", "string", "int"]]]),
  ...["getHours", "getMinutes", "getSeconds", "getMilliseconds"].map((name): [string, Overload[]] => [name, [
    ["timestamp", "int"],
    ["timestamp", "string", "int"],
    ["duration", "int"],
  ]]),
]);

const TYPE_NAMES = new Set([
  ...["bool", "bytes", "double", "duration", "dyn", "int", "list", "map", "null_type", "string", "timestamp", "type"],
  ...["uint", "google.protobuf.Timestamp", "google.protobuf.Duration"],
]);

/** @throws {CelError} of stage `check`, with line and column, for the first thing that cel-go's checker would refuse. */
export function checkExpression(parsed: ParsedExpr, rule: string): void {
  new Checker(parsed, rule).check(parsed.expr!, new Map([["resource", "dyn"]]));
}

class Checker {
  constructor(readonly parsed: ParsedExpr, readonly rule: string) {}

  check(expr: Expr, scope: ReadonlyMap<string, Type>): Type {
    const { exprKind } = expr;
    switch (exprKind.case) {
      case "constExpr":
        return this.#constant(exprKind.value.constantKind.case);
      case "identExpr": {
        const { name } = exprKind.value;
        const type = scope.get(name);
        if (type !== undefined) return type;
        if (TYPE_NAMES.has(name)) return "type";
        return this.#fail(expr, `undeclared reference to '${name}'`);
      }
      case "selectExpr": {
        const { operand, field, testOnly } = exprKind.value;
        if (!testOnly && TYPE_NAMES.has(qualifiedName(expr) ?? "")) return "type";
        const type = this.check(operand!, scope);
        if (testOnly) {
          if (type !== "dyn" && !isMap(type)) this.#fail(expr, `type '${show(type)}' does not support field selection`);
          return "bool";
        }
        if (type === "dyn") return "dyn";
        if (isMap(type)) return type.map[1];
        return this.#fail(expr, `type '${show(type)}' does not support field selection of '${field}'`);
      }
      case "listExpr":
        return { list: this.#join(exprKind.value.elements, scope) };
      case "structExpr": {
        const { messageName, entries } = exprKind.value;
        if (messageName !== "") return this.#fail(expr, `undeclared reference to '${messageName}'`);
        const keys = entries.map((entry) => entry.keyKind.value as Expr);
        return { map: [this.#join(keys, scope), this.#join(entries.map((entry) => entry.value!), scope)] };
      }
      case "comprehensionExpr":
        return this.#comprehension(expr, scope);
      case "callExpr":
        return this.#call(expr, scope);
    }
    return "dyn";
  }

  #constant(kind: string | undefined): Type {
    const types: Record<string, Type> = {
      int64Value: "int",
      uint64Value: "uint",
      doubleValue: "double",
      stringValue: "string",
      boolValue: "bool",
      bytesValue: "bytes",
      nullValue: "null",
    };
    return types[kind ?? ""] ?? "dyn";
  }

  /** The type of all elements; of mixed ones it is dyn, as cel-go infers it. */
  #join(elements: readonly Expr[], scope: ReadonlyMap<string, Type>): Type {
    const types = elements.map((element) => this.check(element, scope));
    const first = types[0] ?? "dyn";
    return types.every((type) => show(type) === show(first)) ? first : "dyn";
  }

  #comprehension(expr: Expr, scope: ReadonlyMap<string, Type>): Type {
    if (expr.exprKind.case !== "comprehensionExpr") return "dyn";
    const { iterVar, iterVar2, iterRange, accuVar, accuInit, loopCondition, loopStep, result } = expr.exprKind.value;
    if (iterVar2 !== "") return this.#fail(expr, "macros with two variables are not available");
    const range = this.check(iterRange!, scope);
    let element: Type;
    if (range === "dyn") element = "dyn";
    else if (isList(range)) element = range.list;
    else if (isMap(range)) element = range.map[0];
    else return this.#fail(expr, `expression of type '${show(range)}' cannot be range of a comprehension`);
    const accumulator = this.check(accuInit!, scope);
    const outer = new Map([...scope, [accuVar, accumulator] as const]);
    const inner = new Map([...outer, [iterVar, element] as const]);
    this.#expect(loopCondition!, inner, "bool");
    const step = this.check(loopStep!, inner);
    if (!fits(step, accumulator)) {
      this.#fail(loopStep!, `expected type '${show(accumulator)}' but found '${show(step)}'`);
    }
    // A list that a macro builds gets its element type from its steps.
    const built = isList(accumulator) ? step : accumulator;
    return this.check(result!, new Map([...scope, [accuVar, built] as const]));
  }

  #expect(expr: Expr, scope: ReadonlyMap<string, Type>, wanted: Type): void {
    const type = this.check(expr, scope);
    if (!fits(type, wanted)) this.#fail(expr, `expected type '${show(wanted)}' but found '${show(type)}'`);
  }

  #call(expr: Expr, scope: ReadonlyMap<string, Type>): Type {
    if (expr.exprKind.case !== "callExpr") return "dyn";
    const { target, function: name, args } = expr.exprKind.value;
    const types = [...(target ? [target] : []), ...args].map((argument) => this.check(argument, scope));
    const special = this.#special(name, types, expr);
    if (special !== undefined) return special;
    const overloads = (target ? METHODS : FUNCTIONS).get(name);
    if (!overloads) return this.#fail(expr, `undeclared reference to '${name}'`);
    const fitting = overloads.filter((overload) =>
      overload.length === types.length + 1 && types.every((type, index) => fits(type, overload[index]!))
    );
    if (fitting.length === 0) return this.#noOverload(expr, name, types);
    const results = new Set(fitting.map((overload) => overload.at(-1)!));
    return results.size === 1 ? [...results][0]! : "dyn";
  }

  /** Operators over types of any shape. */
  #special(name: string, types: readonly Type[], expr: Expr): Type | undefined {
    const [a, b, c] = types as [Type, Type, Type];
    switch (name) {
      case "_==_":
      case "_!=_":
        return fits(a, b) || fits(b, a) ? "bool" : this.#noOverload(expr, name, types);
      case "_?_:_":
        if (!fits(a, "bool") || !(fits(b, c) || fits(c, b))) return this.#noOverload(expr, name, types);
        return b === "dyn" || c === "dyn" ? "dyn" : b;
      case "_[_]":
        if (a === "dyn") return "dyn";
        if (isList(a) && fits(b, "int")) return a.list;
        if (isMap(a) && fits(b, a.map[0])) return a.map[1];
        return this.#noOverload(expr, name, types);
      case "@in":
        if (b === "dyn" || (isList(b) && fits(a, b.list)) || (isMap(b) && fits(a, b.map[0]))) return "bool";
        return this.#noOverload(expr, name, types);
      case "_+_":
        if (isList(a) && isList(b) && fits(b, a)) return a;
        if (isList(a) && b === "dyn") return a;
        return a === "dyn" && isList(b) ? b : undefined;
    }
    return undefined;
  }

  #noOverload(expr: Expr, name: string, types: readonly Type[]): never {
    return this.#fail(expr, `found no matching overload for '${name}' applied to '(${types.map(show).join(", ")})'`);
  }

  #fail(expr: Expr, reason: string): never {
    const offset = this.parsed.sourceInfo?.positions[String(expr.id)] ?? 0;
    const before = [...this.rule].slice(0, offset).join("");
    const line = before.split("\n").length;
    throw new CelError("check", reason, this.rule, line, offset - (before.lastIndexOf("\n") + 1) + 1);
  }
}

function qualifiedName(expr: Expr): string | undefined {
  if (expr.exprKind.case === "identExpr") return expr.exprKind.value.name;
  if (expr.exprKind.case !== "selectExpr") return undefined;
  const head = qualifiedName(expr.exprKind.value.operand!);
  return head === undefined ? undefined : `${head}.${expr.exprKind.value.field}`;
}

function isList(type: Type): type is ListType {
  return typeof type === "object" && "list" in type;
}

function isMap(type: Type): type is MapType {
  return typeof type === "object" && "map" in type;
}

/** Whether a value of type `type` may stand where `wanted` is wanted. */
function fits(type: Type, wanted: Type): boolean {
  if (type === "dyn" || wanted === "dyn") return true;
  if (isList(type) && isList(wanted)) return fits(type.list, wanted.list);
  if (isMap(type) && isMap(wanted)) return fits(type.map[0], wanted.map[0]) && fits(type.map[1], wanted.map[1]);
  // null stands for messages, timestamps and durations too.
  if (type === "null") return wanted === "null" || wanted === "timestamp" || wanted === "duration";
  return type === wanted;
}

function show(type: Type): string {
  if (isList(type)) return `list(${show(type.list)})`;
  return isMap(type) ? `map(${show(type.map[0])}, ${show(type.map[1])})` : type;
}
