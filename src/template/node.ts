/** The parsed template: nodes as Go's text/template has them, each with its place, and their way back to text. */
import { quoteText } from "./quote.ts";

interface Placed {
  /** The UTF-16 offset in the template text that Go would name in an error. */
  readonly at: number;
}

export interface ListNode extends Placed {
  readonly type: "list";
  readonly nodes: Node[];
}
export interface TextNode extends Placed {
  readonly type: "text";
  readonly text: string;
}
export interface ActionNode extends Placed {
  readonly type: "action";
  readonly pipe: PipeNode;
}
export interface BranchNode extends Placed {
  readonly type: "if" | "range" | "with";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface TemplateNode extends Placed {
  readonly type: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}
export interface LoopNode extends Placed {
  readonly type: "break" | "continue";
}
export type Node = TextNode | ActionNode | BranchNode | TemplateNode | LoopNode | ListNode;

export interface PipeNode extends Placed {
  readonly type: "pipe";
  /** `=` rather than `:=`. */
  isAssign: boolean;
  readonly declared: VariableNode[];
  readonly commands: CommandNode[];
}
export interface CommandNode extends Placed {
  readonly type: "command";
  readonly args: Operand[];
}
export interface IdentifierNode extends Placed {
  readonly type: "identifier";
  readonly name: string;
}
/** `$x.a.b`: `names[0]` is the variable with its `$`. */
export interface VariableNode extends Placed {
  readonly type: "variable";
  readonly names: readonly string[];
}
export interface FieldNode extends Placed {
  readonly type: "field";
  readonly names: readonly string[];
}
/** Fields of what a term gives: `(pipe).a.b`. */
export interface ChainNode extends Placed {
  readonly type: "chain";
  readonly term: Operand;
  readonly names: readonly string[];
}
export interface DotNode extends Placed {
  readonly type: "dot";
}
export interface NilNode extends Placed {
  readonly type: "nil";
}
export interface BoolNode extends Placed {
  readonly type: "bool";
  readonly value: boolean;
}
/** A number under each type that can hold it: Go's untyped constants. */
export interface NumberNode extends Placed {
  readonly type: "number";
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: { readonly real: number; readonly imaginary: number } | undefined;
}
export interface StringNode extends Placed {
  readonly type: "string";
  readonly quoted: string;
  readonly text: string;
}
export type Operand =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode
  | PipeNode;

export type AnyNode = Node | Operand | CommandNode;
/** A node that reads one name after another. */
export type NamesNode = FieldNode | VariableNode | ChainNode;

/** The text of a node in Go's normal spelling, as its errors quote it. */
export function nodeText(node: AnyNode): string {
  switch (node.type) {
    case "list":
      return node.nodes.map(nodeText).join("");
    case "text":
      return node.text;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "if":
    case "range":
    case "with": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.type} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case "template":
      return `{{template ${quoteText(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "break":
    case "continue":
      return `{{${node.type}}}`;
    case "command":
      return node.args.map(termText).join(" ");
    default:
      return operandText(node);
  }
}

function operandText(node: Operand): string {
  switch (node.type) {
    case "pipe": {
      const declared = node.declared.map(nodeText).join(", ");
      const commands = node.commands.map(nodeText).join(" | ");
      return declared === "" ? commands : `${declared} ${node.isAssign ? "=" : ":="} ${commands}`;
    }
    case "identifier":
      return node.name;
    case "variable":
      return node.names.join(".");
    case "field":
      return `.${node.names.join(".")}`;
    case "chain":
      return `${termText(node.term)}.${node.names.join(".")}`;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
  }
}

function termText(node: Operand): string {
  return node.type === "pipe" ? `(${nodeText(node)})` : operandText(node);
}

/** The names that are read, without the variable that they may be read from. */
export function namesRead(node: NamesNode): readonly string[] {
  return node.type === "variable" ? node.names.slice(1) : node.names;
}

/** The UTF-16 offset of the name at `index` of {@link namesRead}. */
export function nameOffset(node: NamesNode, index: number): number {
  const names = namesRead(node);
  // Go places several names at the second of what is written, be the first a variable, a term or a name.
  const isBehindPlace = node.type === "field" && names.length > 1 ? 1 : 0;
  if (index < isBehindPlace) return node.at - names[0]!.length;
  return names.slice(isBehindPlace, index).reduce((offset, name) => offset + name.length + 1, node.at + 1);
}

/** What the name at `index` of {@link namesRead} is read from: `.a.b` for the last of `.a.b.c`, `.` for the first. */
export function receiverText(node: NamesNode, index: number): string {
  if (node.type === "chain" && index === 0) return termText(node.term);
  const count = node.type === "variable" ? index + 1 : index;
  return operandText({ ...node, names: node.names.slice(0, count) });
}

/** Whether nothing but space would come of it: a `define` of that may be replaced by another. */
export function isEmptyTree(node: Node): boolean {
  if (node.type === "list") return node.nodes.every(isEmptyTree);
  return node.type === "text" && node.text.trim() === "";
}
