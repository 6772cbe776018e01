/** Builds the tree of a template text by Go's grammar: names, variables and functions are checked here, types are not. */
import { placeAt, snippetAt, TemplateError } from "./errors.ts";
import type { FunctionTable } from "./function.ts";
import { hintForFunction, hintForParse } from "./hints.ts";
import { describeToken, lex, type Token, type TokenType } from "./lex.ts";
import {
  type BranchNode,
  type CommandNode,
  type FieldNode,
  isEmptyTree,
  type ListNode,
  type Node,
  nodeText,
  type NumberNode,
  type Operand,
  type PipeNode,
  type VariableNode,
} from "./node.ts";
import { readNumber } from "./number.ts";
import { quoteText, unquoteText } from "./quote.ts";

/** Templates by name: the text itself under the name that it was given, and what `define` and `block` define in it. */
export type TreeSet = ReadonlyMap<string, ListNode>;

/** How deep parentheses and blocks may be nested (Go: 10,000 parentheses, blocks without limit). */
export const PARSE_DEPTH = 500;

/**
 * Parses `text`. Functions must be in one of the `tables`; a refused one is an error with its reason.
 *
 * @throws {TemplateError} of stage `parse`.
 */
export function parse(name: string, text: string, tables: readonly FunctionTable[]): TreeSet {
  const trees = new Map<string, ListNode>();
  const source = new Source(name, text, tables, trees);
  new TreeParser(source, name).parseWhole();
  return trees;
}

/** What the trees of one text share: the tokens, and where errors are. */
class Source {
  readonly #tokens: readonly Token[];
  #next = 0;
  #furthest = 0;
  depth = 0;

  constructor(
    readonly name: string,
    readonly text: string,
    readonly tables: readonly FunctionTable[],
    readonly trees: Map<string, ListNode>,
  ) {
    this.#tokens = lex(text);
  }

  next(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  peek(): Token {
    const index = Math.min(this.#next, this.#tokens.length - 1);
    if (index > this.#furthest) this.#furthest = index;
    return this.#tokens[index]!;
  }

  backUp(): void {
    this.#next--;
  }

  /** Where the parser stands, to come back to with {@link rewind}. */
  get position(): number {
    return this.#next;
  }

  rewind(position: number): void {
    this.#next = position;
  }

  lineOf(token: Token): number {
    return placeAt(this.text, token.at).line;
  }

  /** The token that was read last. */
  get last(): Token {
    return this.#tokens[this.#furthest]!;
  }

  /** Go names the line of the token that its tree read `last`; ours is the place `at`, where that says more. */
  fail(reason: string, { at, hint = hintForParse(reason), last = this.last }: FailOptions = {}): never {
    const caret = at ?? last.at;
    throw new TemplateError(`template: ${this.name}:${this.lineOf(last)}: ${reason}`, {
      stage: "parse",
      templateName: this.name,
      ...placeAt(this.text, caret),
      reason,
      context: snippetAt(this.text, caret),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

interface FailOptions {
  readonly at?: number;
  readonly hint?: string | undefined;
  readonly last?: Token;
}

type Terminator = { readonly type: "end" } | { readonly type: "else"; readonly at: number };

function isTerminator(node: Node | Terminator): node is Terminator {
  return node.type === "end" || node.type === "else";
}

/** Parses one tree: the whole text, or one definition within. */
class TreeParser {
  readonly #source: Source;
  #variables: string[] = ["$"];
  #rangeDepth = 0;
  #action: Token | undefined;

  constructor(source: Source, readonly name: string) {
    this.#source = source;
  }

  parseWhole(): void {
    const list: ListNode = { type: "list", at: this.#source.peek().at, nodes: [] };
    while (this.#source.peek().type !== "eof") {
      if (this.#parseDefinition()) continue;
      const node = this.#textOrAction();
      if (isTerminator(node)) this.#source.fail(`unexpected {{${node.type}}}`);
      list.nodes.push(node);
    }
    this.#addTree(list);
  }

  /** `{{define "name"}} … {{end}}`, if that is what comes. */
  #parseDefinition(): boolean {
    const start = this.#source.position;
    if (this.#source.peek().type !== "leftDelim") return false;
    this.#source.next();
    const define = this.#nextNonSpace();
    if (define.type !== "define") {
      this.#source.rewind(start);
      return false;
    }
    const name = this.#templateName(this.#nextNonSpace(), "define clause");
    this.#expect("rightDelim", "define clause");
    new TreeParser(this.#source, name).#parseBody("define clause", define.at);
    return true;
  }

  /** `last` is the token that the tree around it read last, if that is the one to complain. */
  #parseBody(context: string, start: number, last?: Token): void {
    const [list, terminator] = this.#itemList(start);
    if (terminator.type !== "end") this.#source.fail(`unexpected {{else}} in ${context}`, last && { last });
    this.#addTree(list);
  }

  #addTree(list: ListNode): void {
    const earlier = this.#source.trees.get(this.name);
    if (earlier === undefined || isEmptyTree(earlier)) this.#source.trees.set(this.name, list);
    else if (!isEmptyTree(list)) this.#source.fail(`template: multiple definition of template ${quoteText(this.name)}`);
  }

  #nextNonSpace(): Token {
    let token = this.#source.next();
    while (token.type === "space") token = this.#source.next();
    return token;
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace();
    this.#source.backUp();
    return token;
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.type !== type) this.#unexpected(token, context);
    return token;
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== "error") {
      const reason = `unexpected ${describeToken(token)} in ${context}`;
      this.#source.fail(reason, { hint: hintForParse(reason) ?? this.#hintForStart(token) });
    }
    let started = "";
    const line = this.#action === undefined ? undefined : this.#source.lineOf(this.#action);
    if (line !== undefined && line !== this.#source.lineOf(token)) {
      started = `${token.text.endsWith(" action") ? "" : " in action"} started at ${this.#source.name}:${line}`;
    }
    // The end of the text says nothing about an action that has none.
    const at = token.text === "unclosed action" ? this.#action?.at : token.at;
    this.#source.fail(token.text + started, at === undefined ? {} : { at });
  }

  /** An action that goes on from an earlier line may just lack its end. */
  #hintForStart(token: Token): string | undefined {
    const line = this.#action === undefined ? undefined : this.#source.lineOf(this.#action);
    return line === undefined || line === this.#source.lineOf(token)
      ? undefined
      : `the action began in line ${line}: is its }} missing?`;
  }

  /** Everything up to the `{{end}}` or `{{else}}` that closes what began at `start`. */
  #itemList(start: number): [ListNode, Terminator] {
    this.#enter();
    const list: ListNode = { type: "list", at: this.#peekNonSpace().at, nodes: [] };
    while (this.#peekNonSpace().type !== "eof") {
      const node = this.#textOrAction();
      if (isTerminator(node)) {
        this.#source.depth--;
        return [list, node];
      }
      list.nodes.push(node);
    }
    this.#source.fail("unexpected EOF", { at: start });
  }

  #enter(): void {
    if (++this.#source.depth > PARSE_DEPTH) {
      this.#source.fail(
        `max expression depth exceeded: blocks and parentheses are nested more than ${PARSE_DEPTH} deep`,
      );
    }
  }

  #textOrAction(): Node | Terminator {
    const token = this.#nextNonSpace();
    if (token.type === "text") return { type: "text", at: token.at, text: token.text };
    if (token.type !== "leftDelim") this.#unexpected(token, "input");
    this.#action = token;
    const node = this.#actionNode();
    this.#action = undefined;
    return node;
  }

  #actionNode(): Node | Terminator {
    const token = this.#nextNonSpace();
    switch (token.type) {
      case "block":
        return this.#blockNode(token.at);
      case "break":
      case "continue":
        return this.#loopNode(token.type, token.at);
      case "else":
        return this.#elseTerminator();
      case "end":
        this.#expect("rightDelim", "end");
        return { type: "end" };
      case "if":
      case "range":
      case "with":
        return this.#branchNode(token.type, token.at);
      case "template":
        return this.#templateNode();
    }
    this.#source.backUp();
    const pipe = this.#pipeline("command", "rightDelim");
    return { type: "action", at: token.at, pipe };
  }

  #loopNode(type: "break" | "continue", at: number): Node {
    this.#expect("rightDelim", `{{${type}}}`);
    if (this.#rangeDepth === 0) this.#source.fail(`{{${type}}} outside {{range}}`);
    return { type, at };
  }

  #elseTerminator(): Terminator {
    const next = this.#peekNonSpace();
    // `{{else if …}}`: the keyword stays for the branch to read.
    if (next.type === "if" || next.type === "with") return { type: "else", at: next.at };
    return { type: "else", at: this.#expect("rightDelim", "else").at };
  }

  #branchNode(type: BranchNode["type"], start: number): BranchNode {
    const variables = this.#variables.length;
    const pipe = this.#pipeline(type, "rightDelim");
    if (type === "range") this.#rangeDepth++;
    const [list, terminator] = this.#itemList(start);
    if (type === "range") this.#rangeDepth--;
    const elseList = terminator.type === "else" ? this.#elseList(type, terminator.at, start) : undefined;
    this.#variables.length = variables;
    return { type, at: pipe.at, pipe, list, elseList };
  }

  #elseList(type: BranchNode["type"], at: number, start: number): ListNode {
    const { type: next, at: nextAt } = this.#source.peek();
    // One {{end}} closes a whole chain of `else if` (or `else with`).
    if (next === type && (next === "if" || next === "with")) {
      this.#source.next();
      this.#enter();
      const list: ListNode = { type: "list", at, nodes: [this.#branchNode(next, nextAt)] };
      this.#source.depth--;
      return list;
    }
    const [list, terminator] = this.#itemList(start);
    if (terminator.type !== "end") this.#source.fail("expected end; found {{else}}");
    return list;
  }

  #blockNode(start: number): Node {
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, "block clause");
    const pipe = this.#pipeline("block clause", "rightDelim");
    new TreeParser(this.#source, name).#parseBody("block clause", start, this.#source.last);
    return { type: "template", at: token.at, name, pipe };
  }

  #templateNode(): Node {
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, "template clause");
    if (this.#nextNonSpace().type === "rightDelim") return { type: "template", at: token.at, name, pipe: undefined };
    this.#source.backUp();
    return { type: "template", at: token.at, name, pipe: this.#pipeline("template clause", "rightDelim") };
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== "string" && token.type !== "rawString") this.#unexpected(token, context);
    return this.#unquoted(token);
  }

  #unquoted(token: Token): string {
    return unquoteText(token.text) ?? this.#source.fail("invalid syntax");
  }

  #pipeline(context: string, end: "rightDelim" | "rightParen"): PipeNode {
    const pipe: PipeNode = { type: "pipe", at: this.#peekNonSpace().at, isAssign: false, declared: [], commands: [] };
    this.#declarations(pipe, context);
    while (true) {
      const token = this.#nextNonSpace();
      if (token.type === end) break;
      if (!STARTS_COMMAND.has(token.type)) this.#unexpected(token, context);
      this.#source.backUp();
      pipe.commands.push(this.#command());
    }
    this.#checkPipeline(pipe, context);
    return pipe;
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
  #declarations(pipe: PipeNode, context: string): void {
    while (this.#peekNonSpace().type === "variable") {
      const start = this.#source.position;
      const variable = this.#nextNonSpace();
      const next = this.#nextNonSpace();
      const isComma = next.type === "char" && next.text === ",";
      if (next.type !== "assign" && next.type !== "declare" && !isComma) {
        this.#source.rewind(start);
        return;
      }
      pipe.declared.push(variableNode(variable.at, variable.text));
      this.#variables.push(variable.text);
      if (!isComma) {
        pipe.isAssign = next.type === "assign";
        return;
      }
      if (context !== "range" || pipe.declared.length > 1) {
        this.#source.fail(`too many declarations in ${context}`);
      }
      const follower = this.#peekNonSpace().type;
      if (follower !== "variable" && follower !== "rightDelim" && follower !== "rightParen") {
        this.#source.fail("range can only initialize variables");
      }
    }
  }

  #checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.#source.fail(`missing value for ${context}`);
    pipe.commands.forEach((command, index) => {
      if (index > 0 && NOT_EXECUTABLE.has(command.args[0]!.type)) {
        this.#source.fail(`non executable command in pipeline stage ${index + 1}`);
      }
    });
  }

  #command(): CommandNode {
    const command: CommandNode = { type: "command", at: this.#peekNonSpace().at, args: [] };
    while (true) {
      const operand = this.#operand();
      if (operand !== undefined) command.args.push(operand);
      const token = this.#source.next();
      if (token.type === "space") continue;
      if (token.type === "rightDelim" || token.type === "rightParen") this.#source.backUp();
      else if (token.type !== "pipe") this.#unexpected(token, "operand");
      break;
    }
    if (command.args.length === 0) this.#source.fail("empty command");
    return command;
  }

  /** A term and the fields behind it; undefined if no term comes. */
  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined) return undefined;
    const first = this.#source.peek();
    if (first.type !== "field") return term;
    const names: string[] = [];
    while (this.#source.peek().type === "field") names.push(this.#source.next().text.slice(1));
    switch (term.type) {
      case "field":
      case "variable":
        return { ...term, at: first.at, names: [...term.names, ...names] } as FieldNode | VariableNode;
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        this.#source.fail(`unexpected . after term ${quoteText(nodeText(term))}`);
    }
    return { type: "chain", at: first.at, term, names };
  }

  #term(): Operand | undefined {
    const token = this.#nextNonSpace();
    const at = token.at;
    switch (token.type) {
      case "identifier":
        this.#checkFunction(token);
        return { type: "identifier", at, name: token.text };
      case "dot":
      case "nil":
        return { type: token.type, at };
      case "variable":
        return this.#variable(token);
      case "field":
        return { type: "field", at, names: token.text.slice(1).split(".") };
      case "bool":
        return { type: "bool", at, value: token.text === "true" };
      case "charConstant":
      case "complex":
      case "number":
        return this.#number(token, token.type);
      case "leftParen": {
        this.#enter();
        const pipe = this.#pipeline("parenthesized pipeline", "rightParen");
        this.#source.depth--;
        return pipe;
      }
      case "string":
      case "rawString":
        return { type: "string", at, quoted: token.text, text: this.#unquoted(token) };
    }
    this.#source.backUp();
    return undefined;
  }

  #checkFunction(token: Token): void {
    const { text: name, at } = token;
    for (const table of this.#source.tables) {
      const found = table.get(name);
      if (found === undefined) continue;
      if ("refused" in found) this.#source.fail(found.refused, { at });
      return;
    }
    const hint = hintForFunction(name, this.#source.tables) ?? this.#hintForStart(token);
    this.#source.fail(`function ${quoteText(name)} not defined`, { at, hint });
  }

  #variable(token: Token): VariableNode {
    const node = variableNode(token.at, token.text);
    if (!this.#variables.includes(node.names[0]!)) {
      this.#source.fail(`undefined variable ${quoteText(node.names[0]!)}`, { at: token.at });
    }
    return node;
  }

  #number(token: Token, type: "charConstant" | "complex" | "number"): NumberNode {
    try {
      return { type: "number", at: token.at, text: token.text, ...readNumber(token.text, type) };
    } catch (error) {
      if (error instanceof SyntaxError) this.#source.fail(error.message);
      throw error;
    }
  }
}

const STARTS_COMMAND: ReadonlySet<TokenType> = new Set<TokenType>([
  "bool",
  "charConstant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);

const NOT_EXECUTABLE: ReadonlySet<Operand["type"]> = new Set<Operand["type"]>([
  "bool",
  "dot",
  "nil",
  "number",
  "string",
]);

function variableNode(at: number, name: string): VariableNode {
  return { type: "variable", at, names: name.split(".") };
}
