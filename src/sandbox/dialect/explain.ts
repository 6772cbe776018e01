/** Errors for people: what gopher-lua's message leaves out (which variable it was) stands in the script's tree. */
import type { Chunk, Expression } from "./syntax.ts";
import { expressionsOf } from "./walk.ts";

const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "^": "pow",
};

/** The name that gopher-lua gives the first arithmetic operator of a line. */
export function operatorAt(tree: Chunk, line: number): string {
  for (const expression of expressionsOf(tree.main)) {
    if (expression.type !== "binary" || expression.line !== line) continue;
    if (Object.hasOwn(OPERATOR_NAMES, expression.operator)) return OPERATOR_NAMES[expression.operator]!;
  }
  return "add";
}

/**
 * A message of gopher-lua with the variable that it is about, where the line leaves no doubt:
 * `attempt to index a nil value (field 'metadata')`.
 */
export function explainError(tree: Chunk, line: number, message: string): string {
  const index = /^attempt to index a non-table object\((\w+)\) with key '([^]*)'$/.exec(message);
  if (index) {
    const [, type, key] = index;
    const what = onlyOne(namesOfIndexed(tree, line, key!));
    return `attempt to index a ${type} value (${what ?? `for its key '${key}'`})`;
  }
  if (message === "attempt to call a non-function object") {
    const what = onlyOne(namesOfCalled(tree, line));
    return `attempt to call a value that is no function${what === undefined ? "" : ` (${what})`}`;
  }
  return message;
}

function onlyOne(names: readonly (string | undefined)[]): string | undefined {
  return names.length > 0 && names.every((name) => name === names[0]) ? names[0] : undefined;
}

/** What is indexed in a line by this key; by keys that are not written out where none is. */
function namesOfIndexed(tree: Chunk, line: number, key: string): (string | undefined)[] {
  const byKey: (string | undefined)[] = [], byOther: (string | undefined)[] = [];
  for (const expression of expressionsOf(tree.main)) {
    if (expression.line !== line) continue;
    if (expression.type === "method" && expression.name === key) byKey.push(nameOf(expression.object));
    if (expression.type !== "index") continue;
    if (expression.key.type === "string") {
      if (expression.key.value === key) byKey.push(nameOf(expression.object));
    } else byOther.push(nameOf(expression.object));
  }
  return byKey.length > 0 ? byKey : byOther;
}

function namesOfCalled(tree: Chunk, line: number): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const expression of expressionsOf(tree.main)) {
    if (expression.line !== line) continue;
    if (expression.type === "call") names.push(nameOf(expression.callee));
    if (expression.type === "method") names.push(`method '${expression.name}'`);
  }
  return names;
}

function nameOf(expression: Expression): string | undefined {
  switch (expression.type) {
    case "name":
      return `${expression.local ? "local" : "global"} '${expression.name}'`;
    case "index":
      return expression.key.type === "string" ? `field '${expression.key.value}'` : undefined;
    case "parenthesis":
      return nameOf(expression.inner);
  }
  return undefined;
}
