/** Which functions a template calls, by its tree. */
import type { RefusedFunction, TemplateFunction } from "../../../src/template/function.ts";
import type { AnyNode } from "../../../src/template/node.ts";
import { parse } from "../../../src/template/parse.ts";
import { TemplateError } from "../../../src/template/mod.ts";

const ANY_FUNCTION: TemplateFunction = { parameters: [], call: () => null };

/** A table that has every name of `names`, refused ones too: what counts is that the template names them. */
function tableOf(names: readonly string[]): ReadonlyMap<string, TemplateFunction | RefusedFunction> {
  return new Map(names.map((name) => [name, ANY_FUNCTION]));
}

/** The functions of `names` that `template` names, those in branches that don't run included; none if it is no template. */
export function calledFunctions(template: string, names: readonly string[]): ReadonlySet<string> {
  const called = new Set<string>();
  try {
    for (const tree of parse("called", template, [tableOf(names)]).values()) visit(tree, called);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  return called;
}

function visit(node: AnyNode, called: Set<string>): void {
  switch (node.type) {
    case "identifier":
      called.add(node.name);
      return;
    case "list":
      return node.nodes.forEach((inner) => visit(inner, called));
    case "action":
      return visit(node.pipe, called);
    case "if":
    case "range":
    case "with":
      return [node.pipe, node.list, node.elseList].forEach((inner) => inner && visit(inner, called));
    case "template":
      return node.pipe && visit(node.pipe, called);
    case "pipe":
      return node.commands.forEach((inner) => visit(inner, called));
    case "command":
      return node.args.forEach((inner) => visit(inner, called));
    case "chain":
      return visit(node.term, called);
  }
}
