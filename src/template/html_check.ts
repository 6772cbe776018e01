/**
 * What html/template refuses before it renders. It knows the contexts of HTML; here is its plain text alone, since an
 * object's name has no others: markup in a template's text is refused by name.
 */
import { placeAt, snippetAt, TemplateError } from "./errors.ts";
import type { AnyNode, BranchNode, ListNode, Node, PipeNode } from "./node.ts";
import type { TreeSet } from "./parse.ts";
import { quoteText } from "./quote.ts";

/**
 * An error where the escaper of html/template would give one, for whatever the template `name` may come to. As the escaper
 * does, it changes the trees.
 */
export function checkHtml(name: string, text: string, trees: TreeSet): void {
  const fault = new HtmlCheck(trees).tree(name);
  if (fault === undefined) return;
  const place = placeAt(text, fault.node.at);
  throw new TemplateError(`html/template:${name}:${place.line}:${place.column}: ${fault.reason}`, {
    stage: "execute",
    templateName: name,
    ...place,
    reason: fault.reason,
    context: snippetAt(text, fault.node.at),
  });
}

interface Fault {
  readonly node: AnyNode;
  readonly reason: string;
}

/** Finds the fault that the escaper would report: the last one of a list, the first one of branches. */
class HtmlCheck {
  readonly #seen = new Set<string>();

  constructor(readonly trees: TreeSet) {}

  tree(name: string): Fault | undefined {
    this.#seen.add(name);
    return this.#list(this.trees.get(name)!);
  }

  #list(list: ListNode): Fault | undefined {
    let fault: Fault | undefined;
    for (const node of list.nodes) {
      // Nothing behind it is ever reached, or looked at.
      if (node.type === "break" || node.type === "continue") break;
      fault = this.#node(node) ?? fault;
    }
    return fault;
  }

  #node(node: Node): Fault | undefined {
    switch (node.type) {
      case "text":
        return node.text.includes("<")
          ? { node, reason: "HTML in the text of the template is not supported" }
          : undefined;
      case "action":
        return node.pipe.declared.length === 0 ? this.#pipe(node.pipe) : undefined;
      case "if":
      case "range":
      case "with":
        return this.#branch(node);
      case "template":
        if (!this.trees.has(node.name)) return { node, reason: `no such template ${quoteText(node.name)}` };
        return this.#seen.has(node.name) ? undefined : this.tree(node.name);
    }
    return undefined;
  }

  #branch({ list, elseList }: BranchNode): Fault | undefined {
    const fault = this.#list(list);
    const otherwise = elseList && this.#list(elseList);
    return fault ?? otherwise;
  }

  /** An escaper that is not the last would be escaped again; the last one loses its arguments, as the value is one. */
  #pipe(pipe: PipeNode): Fault | undefined {
    const last = pipe.commands.at(-1)!;
    const isHtml = last.args[0]!.type === "identifier" && last.args[0].name === "html";
    if (isHtml && pipe.commands.length > 1) last.args.length = 1;
    for (const command of pipe.commands.slice(0, -1)) {
      const word = command.args[0]!;
      if (word.type === "identifier" && (word.name === "html" || word.name === "urlquery")) {
        return { node: pipe, reason: `predefined escaper ${quoteText(word.name)} disallowed in template` };
      }
    }
    return undefined;
  }
}
