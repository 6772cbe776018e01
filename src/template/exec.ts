/** Runs a parsed template over values. One run is one {@link run} call: the trees are shared, all state is here. */
import { canBeNil, checkedType, type Fail, idealConstant, type LiteralNode, literalValue, zeroOf } from "./assign.ts";
import { Budget, LIMIT_FLAGS, LimitError, type RenderLimits, type StepPool } from "./budget.ts";
import { byteLength, normalText } from "./bytes.ts";
import { placeAt, snippetAt, TemplateError } from "./errors.ts";
import {
  type CallContext,
  FunctionError,
  type FunctionTable,
  type TemplateFunction,
  type TemplateWorld,
} from "./function.ts";
import { BUILTIN_FUNCTIONS, escapeHtml } from "./functions/builtin.ts";
import { hintForDot, hintForField, hintForMissingKey, hintForRange, hintForTemplate } from "./hints.ts";
import type {
  AnyNode,
  BranchNode,
  ChainNode,
  CommandNode,
  IdentifierNode,
  ListNode,
  NamesNode,
  NilNode,
  Node,
  Operand,
  PipeNode,
  TemplateNode,
  VariableNode,
} from "./node.ts";
import { nameOffset, nodeText } from "./node.ts";
import type { TreeSet } from "./parse.ts";
import { sprint } from "./print.ts";
import { quoteText } from "./quote.ts";
import {
  GoInt,
  goInt,
  GoList,
  GoMap,
  GoStruct,
  type GoType,
  isTrue,
  type Method,
  REFLECT_VALUE,
  typeOf,
  type Value,
} from "./value.ts";

/** What a run needs of the template. */
export interface Program {
  readonly name: string;
  readonly text: string;
  readonly trees: TreeSet;
  readonly functions: FunctionTable;
  /** Escape the output of each action as html/template does in text. */
  readonly html: boolean;
}

/**
 * Renders `program` with `data` as dot.
 *
 * @throws {TemplateError} of stage `execute`.
 */
export function run(
  program: Program,
  data: Value,
  world: TemplateWorld,
  limits: RenderLimits,
  pool?: StepPool,
): string {
  return new Run(program, world, limits, pool).render(data);
}

/** No value came through the pipe: other than nil, which may. */
const ABSENT = Symbol("absent");
type Piped = Value | typeof ABSENT;

/** How a list of nodes ended. */
type Ending = "done" | "break" | "continue";

class Run {
  readonly #program: Program;
  readonly #budget: Budget;
  readonly #context: CallContext;
  readonly #output: string[] = [];
  #bytesAtMost = 0;
  /** The bytes of the first {@link #counted} texts of the output. */
  #outputBytes = 0;
  #counted = 0;
  /** The template that is running, for errors: `define` has names of its own. */
  #templateName: string;
  /** The node that an error is about, and the pipeline around it. */
  #node: AnyNode | undefined;
  #pipe: PipeNode | undefined;
  /** Which name of a chain is being read. */
  #nameIndex = 0;
  #names: string[] = ["$"];
  #values: Value[] = [];
  #depth = 0;

  constructor(program: Program, world: TemplateWorld, limits: RenderLimits, pool: StepPool | undefined) {
    const budget = new Budget(limits, pool);
    this.#program = program;
    this.#budget = budget;
    this.#templateName = program.name;
    this.#context = {
      world,
      limits,
      spend: (steps) => budget.spend(steps),
      reserve: (bytes) => budget.reserve(bytes),
    };
  }

  render(data: Value): string {
    this.#values = [data];
    try {
      this.#walkList(data, this.#program.trees.get(this.#program.name)!);
    } catch (error) {
      throw this.#explained(error);
    } finally {
      this.#budget.end();
    }
    return normalText(this.#output.join(""));
  }

  #explained(error: unknown): unknown {
    if (error instanceof LimitError) return this.#error(error.message, undefined, error);
    // Printing failed, which in Go it can't: there it would not end.
    if (error instanceof FunctionError) return this.#error(error.message, error.hint, error);
    // The engine recurses as deep as the template does; so do functions with the values that they get.
    if (error instanceof RangeError && /stack|Invalid (string length|array length|count)/.test(error.message)) {
      return this.#error(
        "template or value is nested too deep, or too large (limit of the call stack)",
        undefined,
        error,
      );
    }
    return error;
  }

  #error(reason: string, hint?: string, cause?: unknown, caret?: number): TemplateError {
    const { name, text } = this.#program;
    const at = this.#node?.at ?? 0;
    const place = placeAt(text, at);
    const where = this.#node === undefined ? "" : ` at <${shownNode(this.#node)}>`;
    const message = `template: ${name}:${place.line}:${place.column}: executing ${
      quoteText(this.#templateName)
    }${where}: ${reason}`;
    return new TemplateError(message, {
      stage: "execute",
      templateName: name,
      ...place,
      reason,
      context: snippetAt(text, caret ?? at),
      ...(hint === undefined ? {} : { hint }),
    }, cause === undefined ? undefined : { cause });
  }

  /** {@link #fail} for functions that aren't of this class. */
  readonly #failing: Fail = (reason, hint) => this.#fail(reason, hint);

  #fail(reason: string, hint?: string): never {
    throw this.#error(reason, hint);
  }

  /** Fails at the name of a chain that is being read: Go's place is that of the chain, the caret stands under the name. */
  #failAtName(node: NamesNode, reason: string, hint?: string): never {
    const isAfterDot = node.type === "field" && this.#nameIndex === 0;
    const better = isAfterDot ? hintForDot(node.names[0]!, this.#values[0]) : undefined;
    throw this.#error(reason, better ?? hint, undefined, nameOffset(node, this.#nameIndex));
  }

  #write(text: string): void {
    if (text === "") return;
    this.#output.push(text);
    // A UTF-16 unit is three bytes at most. Counting them would cost more than the rest of a rendering.
    this.#bytesAtMost += 3 * text.length;
    if (this.#bytesAtMost > this.#context.limits.outputBytes) this.#countOutput();
  }

  /** Counts the bytes of the output exactly; no text of it is counted twice. */
  #countOutput(): void {
    for (; this.#counted < this.#output.length; this.#counted++) {
      this.#outputBytes += byteLength(this.#output[this.#counted]!);
    }
    this.#bytesAtMost = this.#outputBytes;
    const { outputBytes } = this.#context.limits;
    if (this.#outputBytes > outputBytes) {
      throw new LimitError(`more than ${outputBytes} bytes of output (limit ${LIMIT_FLAGS.outputBytes})`);
    }
  }

  #walkList(dot: Value, list: ListNode): Ending {
    for (const node of list.nodes) {
      const ending = this.#walk(dot, node);
      if (ending !== "done") return ending;
    }
    return "done";
  }

  #walk(dot: Value, node: Node): Ending {
    this.#node = node;
    this.#budget.spend(1);
    switch (node.type) {
      case "text":
        this.#write(node.text);
        return "done";
      case "action":
        this.#walkAction(dot, node.pipe);
        return "done";
      case "if":
      case "with":
        return this.#walkIfOrWith(dot, node);
      case "range":
        return this.#walkRange(dot, node);
      case "template":
        this.#walkTemplate(dot, node);
        return "done";
      case "break":
      case "continue":
        return node.type;
      case "list":
        return this.#walkList(dot, node);
    }
  }

  #walkAction(dot: Value, pipe: PipeNode): void {
    this.#pipe = pipe;
    const value = this.#evalPipeline(dot, pipe);
    if (pipe.declared.length > 0) return;
    this.#node = pipe;
    this.#write(this.#program.html ? this.#htmlText(value, pipe) : this.#outputText(value));
  }

  #outputText(value: Value): string {
    if (typeof value === "string") return value;
    if (value === undefined) return "<no value>";
    return sprint([value instanceof GoStruct ? value.pointee() : value], this.#context);
  }

  /** html/template leaves nil out, and trusts an explicit `html` at the end of the pipeline. */
  #htmlText(value: Value, pipe: PipeNode): string {
    if (value === undefined) return "";
    // The escaper gets it as an argument, which has no address.
    const text = this.#outputText(value instanceof GoStruct ? value.pointee().copied() : value);
    const last = pipe.commands.at(-1)!.args[0]!;
    if (last.type === "identifier" && last.name === "html") return text;
    this.#budget.reserve(6 * text.length);
    return escapeHtml(text).replaceAll("+", "&#43;");
  }

  #walkIfOrWith(dot: Value, node: BranchNode): Ending {
    const mark = this.#names.length;
    this.#pipe = node.pipe;
    const value = this.#evalPipeline(dot, node.pipe);
    let ending: Ending = "done";
    if (isTrue(value)) ending = this.#walkList(node.type === "with" ? value : dot, node.list);
    else if (node.elseList !== undefined) ending = this.#walkList(dot, node.elseList);
    this.#popTo(mark);
    return ending;
  }

  #walkRange(dot: Value, node: BranchNode): Ending {
    const mark = this.#names.length;
    this.#pipe = node.pipe;
    const value = this.#evalPipeline(dot, node.pipe);
    const count = this.#iterate(node, value);
    const ending = count === 0 && node.elseList !== undefined ? this.#walkList(dot, node.elseList) : "done";
    this.#popTo(mark);
    // Go takes a `break` in the else list for one of this range.
    return ending === "break" ? "done" : ending;
  }

  /** Runs the body for each element; how many there were. */
  #iterate(node: BranchNode, value: Value): number {
    if (value instanceof GoList) return this.#iterateList(node, value);
    if (value instanceof GoMap) {
      const keys = value.sortedKeys();
      // The body may change the map: Go has taken keys and values before.
      const values = keys.map((key) => value.get(key));
      keys.some((key, i) => this.#iteration(node, key, values[i]));
      return keys.length;
    }
    if (value instanceof GoInt) return this.#iterateInt(node, value);
    if (value === undefined || value === null) return 0;
    this.#fail(`range can't iterate over a value of type ${typeOf(value)}`, hintForRange(value));
  }

  #iterateList(node: BranchNode, list: GoList): number {
    for (let i = 0; i < list.items.length; i++) {
      if (this.#iteration(node, goInt(i), list.element(i))) break;
    }
    return list.items.length;
  }

  #iterateInt(node: BranchNode, count: GoInt): number {
    if (node.pipe.declared.length > 1) {
      this.#fail(`can't use a value of type ${count.kind} to iterate over more than one variable`);
    }
    for (let i = 0n; i < count.value; i++) {
      if (this.#iteration(node, undefined, new GoInt(count.kind, i, count.named))) break;
    }
    return count.value > 0n ? 1 : 0;
  }

  /** One pass through the body; whether the range ends here. */
  #iteration(node: BranchNode, key: Value, element: Value): boolean {
    this.#budget.spend(1);
    const { declared, isAssign } = node.pipe;
    if (declared.length === 1) this.#setRangeVariable(declared[0]!, isAssign, 1, element);
    if (declared.length > 1) {
      this.#setRangeVariable(declared[0]!, isAssign, 2, key);
      this.#setRangeVariable(declared[1]!, isAssign, 1, element);
    }
    const mark = this.#names.length;
    const ending = this.#walkList(element, node.list);
    this.#popTo(mark);
    return ending === "break";
  }

  #setRangeVariable(variable: VariableNode, isAssign: boolean, fromTop: number, value: Value): void {
    if (isAssign) this.#assign(variable.names[0]!, value);
    else this.#values[this.#values.length - fromTop] = value;
  }

  #walkTemplate(dot: Value, node: TemplateNode): void {
    const tree = this.#program.trees.get(node.name);
    if (tree === undefined) this.#fail(`template ${quoteText(node.name)} not defined`, hintForTemplate(node.name));
    const { templateDepth } = this.#context.limits;
    if (this.#depth >= templateDepth) {
      this.#fail(`exceeded maximum template depth (${templateDepth}) (limit ${LIMIT_FLAGS.templateDepth})`);
    }
    this.#pipe = node.pipe;
    const inner = node.pipe === undefined ? undefined : this.#evalPipeline(dot, node.pipe);
    const outer = { name: this.#templateName, names: this.#names, values: this.#values };
    this.#templateName = node.name;
    this.#names = ["$"];
    this.#values = [inner];
    this.#depth++;
    // A template doesn't hand on `break`: the parser allows it only within a range of the same text.
    this.#walkList(inner, tree);
    this.#depth--;
    this.#templateName = outer.name;
    this.#names = outer.names;
    this.#values = outer.values;
  }

  #popTo(mark: number): void {
    if (this.#names.length === mark) return;
    this.#names.length = mark;
    this.#values.length = mark;
  }

  #assign(name: string, value: Value): void {
    const index = this.#names.lastIndexOf(name);
    if (index < 0) this.#fail(`undefined variable: ${name}`);
    this.#values[index] = value;
  }

  #variable(name: string): Value {
    const index = this.#names.lastIndexOf(name);
    if (index < 0) this.#fail(`undefined variable: ${name}`);
    return this.#values[index];
  }

  /** The value of a pipeline, never `null`: what lies in an `interface {}` is taken out of it. */
  #evalPipeline(dot: Value, pipe: PipeNode): Value {
    this.#node = pipe;
    let value: Piped = ABSENT;
    for (const command of pipe.commands) {
      value = this.#evalCommand(dot, command, value);
      if (value === null) value = undefined;
    }
    const result = value as Value;
    for (const variable of pipe.declared) {
      if (pipe.isAssign) this.#assign(variable.names[0]!, result);
      else {
        this.#names.push(variable.names[0]!);
        this.#values.push(result);
      }
    }
    return result;
  }

  #evalCommand(dot: Value, command: CommandNode, piped: Piped): Value {
    this.#budget.spend(1);
    const word = command.args[0]!;
    switch (word.type) {
      case "field":
        this.#node = word;
        return this.#evalFieldChain(dot, dot, word, word.names, command.args, piped);
      case "chain":
        return this.#evalChain(dot, word, command.args, piped);
      case "identifier":
        return this.#evalFunction(dot, word, command, command.args, piped);
      case "variable":
        return this.#evalVariable(dot, word, command.args, piped);
      case "pipe":
        this.#requireNoArguments(command.args, piped);
        return this.#evalPipeline(dot, word);
    }
    this.#node = word;
    this.#requireNoArguments(command.args, piped);
    switch (word.type) {
      case "bool":
        return word.value;
      case "dot":
        return dot;
      case "nil":
        this.#fail("nil is not a command");
        break;
      case "number":
        return idealConstant(word, this.#failing);
      case "string":
        return word.text;
    }
  }

  #requireNoArguments(args: readonly Operand[], piped: Piped): void {
    if (args.length > 1 || piped !== ABSENT) {
      this.#fail(`can't give argument to non-function ${nodeText(args[0]!)}`);
    }
  }

  #evalChain(dot: Value, node: ChainNode, args: readonly Operand[], piped: Piped): Value {
    this.#node = node;
    if (node.term.type === "nil") this.#fail(`indirection through explicit nil in ${nodeText(node)}`);
    const receiver = this.#evalArgument(dot, undefined, node.term);
    return this.#evalFieldChain(dot, receiver, node, node.names, args, piped);
  }

  #evalVariable(dot: Value, node: VariableNode, args: readonly Operand[], piped: Piped): Value {
    this.#node = node;
    const value = this.#variable(node.names[0]!);
    if (node.names.length > 1) return this.#evalFieldChain(dot, value, node, node.names.slice(1), args, piped);
    this.#requireNoArguments(args, piped);
    return value;
  }

  /** `.a.b.c`: only the last name may be a method with arguments. */
  #evalFieldChain(
    dot: Value,
    receiver: Value,
    node: NamesNode,
    names: readonly string[],
    args: readonly Operand[],
    piped: Piped,
  ): Value {
    const last = names.length - 1;
    for (let i = 0; i < last; i++) {
      this.#nameIndex = i;
      receiver = this.#evalField(dot, names[i]!, node, NO_ARGUMENTS, ABSENT, receiver);
    }
    this.#nameIndex = last;
    return this.#evalField(dot, names[last]!, node, args, piped, receiver);
  }

  #evalField(
    dot: Value,
    name: string,
    node: NamesNode,
    args: readonly Operand[],
    piped: Piped,
    receiver: Value,
  ): Value {
    if (receiver instanceof GoMap) {
      const found = receiver.get(name);
      if (args.length > 1 || piped !== ABSENT) this.#fail(`${name} is not a method but has arguments`);
      if (found !== undefined) return found;
      const hint = hintForMissingKey(receiver, node, this.#nameIndex, this.#pipe);
      this.#failAtName(node, `map has no entry for key ${quoteText(name)}`, hint);
    }
    if (receiver instanceof GoStruct) return this.#evalStructField(dot, name, node, args, piped, receiver);
    const method = receiver instanceof GoInt ? receiver.named?.methods.get(name) : undefined;
    if (method !== undefined) return this.#evalMethod(dot, name, node, args, piped, method, receiver as GoInt);
    if (receiver === undefined) {
      this.#failAtName(node, `nil data; no entry for key ${quoteText(name)}`, NULL_HINT);
    }
    if (receiver === null) this.#failAtName(node, `nil pointer evaluating interface {}.${name}`, NULL_HINT);
    this.#failAtName(node, `can't evaluate field ${name} in type ${typeOf(receiver)}`);
  }

  #evalStructField(
    dot: Value,
    name: string,
    node: NamesNode,
    args: readonly Operand[],
    piped: Piped,
    receiver: GoStruct,
  ): Value {
    const method = receiver.type.methods?.get(name);
    const { isPointer = false, isAddressable = false } = receiver.options;
    if (method !== undefined && (!method.onPointer || isPointer || isAddressable)) {
      return this.#evalMethod(dot, name, node, args, piped, method, receiver);
    }
    if (receiver.type.hidden?.includes(name)) {
      this.#fail(`${name} is an unexported field of struct type ${typeOf(receiver)}`);
    }
    if (!receiver.hasField(name)) {
      const hint = hintForField(name, receiver.type.fields);
      this.#failAtName(node, `can't evaluate field ${name} in type ${typeOf(receiver)}`, hint);
    }
    if (args.length > 1 || piped !== ABSENT) this.#fail(`${name} has arguments but cannot be invoked as function`);
    return receiver.field(name);
  }

  #evalMethod<Receiver>(
    dot: Value,
    name: string,
    node: AnyNode,
    args: readonly Operand[],
    piped: Piped,
    method: Method<Receiver>,
    receiver: Receiver,
  ): Value {
    const { parameters, variadic, unfit } = method;
    const given = Math.max(args.length - 1, 0) + (piped === ABSENT ? 0 : 1);
    // Go counts the arguments first.
    if (unfit !== undefined && given === parameters.length) this.#fail(unfit);
    const call = (values: Value[], context: CallContext) => method.call(receiver, values, context);
    return this.#evalCall(dot, { parameters, ...(variadic && { variadic }), call }, node, name, args, piped);
  }

  #evalFunction(
    dot: Value,
    node: IdentifierNode,
    whole: AnyNode,
    args: readonly Operand[],
    piped: Piped,
  ): Value {
    this.#node = node;
    const own = this.#program.functions.get(node.name);
    const found = own ?? BUILTIN_FUNCTIONS.get(node.name);
    if (found === undefined || "refused" in found) this.#fail(`${quoteText(node.name)} is not a defined function`);
    if (own === undefined && (node.name === "and" || node.name === "or")) {
      return this.#evalShortCircuit(dot, node.name, args, piped);
    }
    return this.#evalCall(dot, found, whole, node.name, args, piped);
  }

  /** `and` and `or` evaluate no more arguments than they need. */
  #evalShortCircuit(dot: Value, name: "and" | "or", args: readonly Operand[], piped: Piped): Value {
    if (args.length < 2 && piped === ABSENT) this.#fail(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: Value;
    for (const arg of args.slice(1)) {
      value = this.#evalArgument(dot, REFLECT_VALUE, arg);
      if (isTrue(value) === (name === "or")) return value;
    }
    return piped === ABSENT ? value : piped;
  }

  #evalCall(
    dot: Value,
    called: TemplateFunction,
    node: AnyNode,
    name: string,
    args: readonly Operand[],
    piped: Piped,
  ): Value {
    const values = this.#bindArguments(dot, called, name, args, piped);
    if (called === BUILTIN_FUNCTIONS.get("call")) return this.#failCall(node, args, values[0]);
    try {
      const result = called.call(values, this.#context);
      // What a function returns has no address; only `index` gives back the very element.
      return result instanceof GoStruct && called !== INDEX ? result.copied() : result;
    } catch (error) {
      if (!(error instanceof FunctionError)) {
        if (error instanceof LimitError || error instanceof RangeError) this.#node = node;
        throw error;
      }
      this.#node = node;
      throw this.#error(`error calling ${name}: ${error.message}`, error.hint, error);
    }
  }

  /** No value of ours is a function, so `call` can only fail. */
  #failCall(node: AnyNode, args: readonly Operand[], callee: Value): never {
    this.#node = node;
    if (callee === null || callee === undefined) this.#fail("error calling call: call of nil");
    const name = args.length > 1 ? nodeText(args[1]!) : "value";
    this.#fail(`error calling call: non-function ${name} of type ${typeOf(callee)}`);
  }

  #bindArguments(
    dot: Value,
    called: TemplateFunction,
    name: string,
    args: readonly Operand[],
    piped: Piped,
  ): Value[] {
    const { parameters, variadic } = called;
    const given = Math.max(args.length - 1, 0);
    const count = piped === ABSENT ? given : given + 1;
    if (variadic === undefined && count !== parameters.length) {
      this.#fail(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    }
    if (variadic !== undefined && count < parameters.length) {
      this.#fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${given}`);
    }
    const values: Value[] = [];
    for (let i = 0; i < given; i++) {
      values.push(this.#evalArgument(dot, parameters[i] ?? variadic!, args[i + 1]!));
    }
    if (piped !== ABSENT) values.push(checkedType(piped, parameters[given] ?? variadic!, this.#failing));
    return values;
  }

  /** The value of `node` for a parameter of `type`; without a type, as it is. */
  #evalArgument(dot: Value, type: GoType | undefined, node: Operand): Value {
    this.#node = node;
    this.#budget.spend(1);
    switch (node.type) {
      case "bool":
      case "number":
      case "string":
        return literalValue(node, type!, this.#failing);
      case "nil":
        if (type !== undefined && canBeNil(type)) return zeroOf(type);
        this.#fail(`cannot assign nil to ${type}`);
    }
    return checkedType(this.#evalOperand(dot, node), type, this.#failing);
  }

  #evalOperand(dot: Value, node: Exclude<Operand, NilNode | LiteralNode>): Value {
    switch (node.type) {
      case "dot":
        return dot;
      case "field":
        return this.#evalFieldChain(dot, dot, node, node.names, NO_ARGUMENTS, ABSENT);
      case "variable":
        return this.#evalVariable(dot, node, NO_ARGUMENTS, ABSENT);
      case "pipe":
        return this.#evalPipeline(dot, node);
      case "identifier":
        return this.#evalFunction(dot, node, node, NO_ARGUMENTS, ABSENT);
      case "chain":
        return this.#evalChain(dot, node, NO_ARGUMENTS, ABSENT);
    }
  }
}

const INDEX = BUILTIN_FUNCTIONS.get("index");
const NO_ARGUMENTS: readonly Operand[] = [];

/** A node as errors quote it: whole, as Go does, but for text and blocks, which only a limit can be about. */
function shownNode(node: AnyNode): string {
  const text = nodeText(node);
  const isBlock = node.type === "text" || node.type === "list" || node.type === "if" || node.type === "range" ||
    node.type === "with";
  return isBlock && text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const NULL_HINT = "the value before the dot is null: test it with `if` or `with`, or use `dig`";
