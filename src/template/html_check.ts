/**
 * What html/template refuses before it renders. It knows the contexts of HTML; here is its plain text alone, since an
 * object's name has no others: markup in a template's text is refused by name.
 */
import { placeAt, snippetAt, TemplateError } from "./errors.ts";
import type { AnyNode, ListNode, PipeNode } from "./node.ts";
import type { TreeSet } from "./parse.ts";
import { quoteText } from "./quote.ts";

/**
 * An error where the escaper of html/template would give one, for whatever the template `name` may come to. As the escaper
 * does, it changes the trees.
 */
export function checkHtml(name: string, text: string, trees: TreeSet): void {
  new HtmlCheck(name, text, trees).tree(name);
}

class HtmlCheck {
  readonly #seen = new Set<string>();

  constructor(readonly name: string, readonly text: string, readonly trees: TreeSet) {}

  tree(name: string): void {
    this.#seen.add(name);
    this.#list(this.trees.get(name)!);
  }

  #list(list: ListNode): void {
    for (const node of list.nodes) {
      switch (node.type) {
        case "text":
          if (node.text.includes("<")) this.#refuse(node, "HTML in the text of the template is not supported");
          break;
        case "action":
          if (node.pipe.declared.length === 0) this.#pipe(node.pipe);
          break;
        case "if":
        case "range":
        case "with":
          this.#list(node.list);
          if (node.elseList !== undefined) this.#list(node.elseList);
          break;
        case "template":
          if (!this.trees.has(node.name)) this.#refuse(node, `no such template ${quoteText(node.name)}`);
          if (!this.#seen.has(node.name)) this.tree(node.name);
          break;
        case "break":
        case "continue":
          // Nothing behind it is ever reached, or looked at.
          return;
      }
    }
  }

  /** An escaper that is not the last would be escaped again; the last one loses its arguments, as the value is one. */
  #pipe(pipe: PipeNode): void {
    const last = pipe.commands.at(-1)!;
    const isHtml = last.args[0]!.type === "identifier" && last.args[0].name === "html";
    if (isHtml && pipe.commands.length > 1) last.args.length = 1;
    for (const command of pipe.commands.slice(0, -1)) {
      const word = command.args[0]!;
      if (word.type === "identifier" && (word.name === "html" || word.name === "urlquery")) {
        this.#refuse(pipe, `predefined escaper ${quoteText(word.name)} disallowed in template`);
      }
    }
  }

  #refuse(node: AnyNode, reason: string): never {
    const place = placeAt(this.text, node.at);
    throw new TemplateError(`html/template:${this.name}:${place.line}:${place.column}: ${reason}`, {
      stage: "execute",
      templateName: this.name,
      ...place,
      reason,
      context: snippetAt(this.text, node.at),
    });
  }
}
