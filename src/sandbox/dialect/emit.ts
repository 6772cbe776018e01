/**
 * Syntax tree to Lua 5.4 source that behaves as gopher-lua, line for line. What the two do alike is written as it is; what
 * differs calls a function of the runtime (`lua/runtime.lua`). The result is a chunk that takes the runtime's functions and
 * returns the user's main function.
 */
import { recursiveFunctions } from "./recursion.ts";
import type {
  Binary,
  Block,
  Call,
  Chunk,
  Expression,
  FunctionBody,
  Local,
  MethodCall,
  Statement,
  TableConstructor,
  TableField,
  Target,
} from "./syntax.ts";

/** Names of the runtime's functions, in the order in which the chunk takes them. */
export const RUNTIME = [
  ...["set", "concat2", "concat", "length", "power", "negate", "shapes", "shape", "list", "pack", "build", "extend"],
  ...["iterate", "iterateList", "forStart", "forLimit", "forPrepare", "enter", "keep", "argTable", "cell"],
] as const;
type RuntimeName = typeof RUNTIME[number];

/** No user's name begins like this in what we write. */
const PREFIX = "__m_";
const RENAMED = "__mu_";
/** A call may have as many values as this; what has more is written in several calls. */
const MAX_ARGUMENTS = 100;
/** Operands of one chain of `..`; the VM's compiler nests for each. */
const MAX_CONCAT = 100;

/** Calls of these in a `return` keep the caller's frame, so that errors are placed where gopher-lua places them. */
const LIBRARIES = new Set(["string", "table", "math", "os", "coroutine", "debug", "package", "io"]);
const BUILTINS = new Set([
  ...["assert", "collectgarbage", "error", "getfenv", "getmetatable", "ipairs", "load", "loadstring", "module", "next"],
  ...["pairs", "pcall", "print", "rawequal", "rawget", "rawset", "require", "select", "setfenv", "setmetatable"],
  ...["tonumber", "tostring", "type", "unpack", "xpcall", "newproxy", "base64Encode", "base64Decode", "getLabel"],
  ...["getAnnotation", "getResource"],
]);
const STRING_METHODS = new Set([
  ...["byte", "char", "dump", "find", "format", "gmatch", "gfind", "gsub", "len", "lower", "match", "rep", "reverse"],
  ...["sub", "upper"],
]);

/** @param chunk A tree of `parseChunk`. */
export function emitChunk(chunk: Chunk): string {
  return new Emitter(chunk).emit();
}

class Emitter {
  #out: string[] = [];
  #line = 1;
  #shapes: string[] = [];
  /** Whether the function that is being written may call itself. */
  #isRecursive = false;
  /** The function that is being written, by its id. */
  #owner = 0;
  readonly #recursive: ReadonlySet<FunctionBody>;

  constructor(readonly chunk: Chunk) {
    this.#recursive = recursiveFunctions(chunk.main);
  }

  emit(): string {
    this.#write("return function(...)");
    this.#owner = this.chunk.main.id;
    this.#block(this.chunk.main.body);
    this.#write("end");
    const names = RUNTIME.map((name) => PREFIX + name).join(",");
    const shapes = `local ${PREFIX}s=${PREFIX}shapes({${this.#shapes.join(",")}})`;
    return `local ${names}=... ${shapes}${this.#out.join("")}\n`;
  }

  #write(...pieces: string[]): void {
    for (const piece of pieces) this.#out.push(" ", piece);
  }

  /** Goes on to a line of the user's; lines never go back. */
  #at(line: number): void {
    if (line <= this.#line) return;
    this.#out.push("\n".repeat(line - this.#line));
    this.#line = line;
  }

  #call(name: RuntimeName): void {
    this.#write(`${PREFIX}${name}(`);
  }

  // Statements

  #block(block: Block): void {
    for (const statement of block) {
      this.#at(statement.line);
      this.#statement(statement);
      this.#write(";");
    }
  }

  #statement(statement: Statement): void {
    switch (statement.type) {
      case "local":
        this.#write("local", statement.names.map(localName).join(","));
        if (statement.values.length > 0) {
          this.#write("=");
          this.#list(statement.values);
        }
        return this.#makeCells(statement.names);
      case "assign":
        return this.#assign(statement.targets, statement.values);
      case "callStatement":
        return this.#expression(statement.call);
      case "do":
        this.#write("do");
        this.#block(statement.body);
        return this.#write("end");
      case "while":
        this.#write("while");
        this.#expression(statement.condition);
        this.#write("do");
        this.#block(statement.body);
        return this.#write("end");
      case "repeat":
        this.#write("repeat");
        this.#block(statement.body);
        this.#at(statement.endLine);
        this.#write("until");
        return this.#expression(statement.condition);
      case "if":
        return this.#if(statement);
      case "numericFor":
        return this.#numericFor(statement);
      case "genericFor":
        return this.#genericFor(statement);
      case "localFunction":
        return this.#localFunction(statement.name, statement.function);
      case "functionStatement":
        return this.#assign([statement.target], [statement.function]);
      case "label":
        return this.#write(`::L${statement.label.id}::`);
      case "goto":
        return this.#write(`goto L${statement.jump.target!.id}`);
      case "break":
        return this.#write("break");
      case "return":
        return this.#return(statement.values);
    }
  }

  /**
   * A call in a `return` is a tail call of the VM only where functions may call themselves so without end. Elsewhere the
   * frame stays until it is back, so that an error is placed where gopher-lua places it; the runtime's own calls never take
   * the frame's place.
   */
  #return(values: readonly Expression[]): void {
    this.#write("return");
    const [only] = values;
    if (values.length !== 1) return this.#list(values);
    const isCall = only!.type === "call" || only!.type === "method";
    if (isCall && this.#isRecursive && !isLibraryCall(only!)) return this.#expression(only!);
    if (only!.type === "vararg") return this.#expression(only!);
    if (isCall) this.#call("keep");
    else this.#write("(");
    this.#expression(only!);
    this.#write(")");
  }

  #if(statement: Statement & { type: "if" }): void {
    for (const [i, { line, condition, body }] of statement.clauses.entries()) {
      this.#at(line);
      this.#write(i === 0 ? "if" : "elseif");
      this.#expression(condition);
      this.#write("then");
      this.#block(body);
    }
    if (statement.otherwise) {
      this.#write("else");
      this.#block(statement.otherwise);
    }
    this.#write("end");
  }

  #numericFor({ name, start, limit, step, body }: Statement & { type: "numericFor" }): void {
    const constantStep = step === undefined ? 1 : constantNumber(step);
    const isPlain = constantStep !== undefined && constantStep !== 0 && !Number.isNaN(constantStep);
    if (isPlain) {
      this.#write("for", localName(name), "=");
      const constantStart = constantNumber(start);
      // gopher-lua takes the step off first and adds it again, which shows in fractions.
      if (constantStart !== undefined) this.#write(numberText(constantStart - constantStep + constantStep));
      else {
        this.#call("forStart");
        this.#single(start);
        this.#write(",", numberText(constantStep), ")");
      }
      this.#write(",");
      if (constantNumber(limit) !== undefined) this.#expression(limit);
      else {
        this.#call("forLimit");
        this.#single(limit);
        this.#write(",", numberText(constantStep), ")");
      }
      this.#write(",", numberText(constantStep));
    } else {
      const [a, b, c] = ["a", "b", "c"].map((letter) => PREFIX + letter);
      this.#write(`do local ${a},${b},${c}=`);
      this.#call("forPrepare");
      this.#list([start, limit, step!]);
      this.#write(")", "for", localName(name), "=", `${a},${b},${c}`);
    }
    this.#write("do");
    this.#makeCells([name], true);
    this.#block(body);
    this.#write(isPlain ? "end" : "end end");
  }

  #genericFor({ names, values, body }: Statement & { type: "genericFor" }): void {
    this.#write("for", names.map(localName).join(","), "in");
    const last = values.at(-1)!;
    const leftover = values.length === 2 ? leftoverOf(last) : undefined;
    if (leftover) {
      // gopher-lua: without a third value the loop begins with what the second one left in the next register.
      this.#call(leftover === "first element" ? "iterateList" : "iterate");
      this.#list(values);
      if (leftover !== "first element") {
        this.#write(",");
        this.#expression(leftover);
      }
      this.#write(")");
    } else if (values.length > 3 || isMultiple(last)) {
      this.#call("iterate");
      this.#list(values);
      this.#write(")");
    } else this.#list(values);
    this.#write("do");
    this.#makeCells(names, true);
    this.#block(body);
    this.#write("end");
  }

  #localFunction(name: Local, body: FunctionBody): void {
    if (!this.#isCell(name)) {
      const wrapped = this.#ownCells(body).length > 0;
      this.#write(wrapped ? `local ${localName(name)};${localName(name)}=` : `local function ${localName(name)}`);
      return wrapped ? this.#function(body) : this.#functionBody(body);
    }
    this.#write(`local ${localName(name)}=`);
    this.#call("cell");
    this.#write(`nil);${localName(name)}[1]=`);
    this.#function(body);
  }

  /**
   * gopher-lua: an error that is caught cuts functions off from the local variables that they share with the function
   * around them; each goes on with a copy. A variable that is shared and given new values therefore lives in a cell, which
   * the runtime replaces in the function around when it catches an error (`lua/cells.lua`). Scripts that catch none have
   * no cells.
   */
  #isCell(local: Local): boolean {
    return this.chunk.catchesErrors && local.isCaptured && local.isAssigned;
  }

  /** Puts variables that have just got their first values into cells. @param isNew They need a variable of their own. */
  #makeCells(locals: readonly Local[], isNew = false): void {
    for (const local of locals.filter((one) => this.#isCell(one))) {
      const name = localName(local);
      this.#write(isNew ? `local ${name}=${PREFIX}cell(${name});` : `;${name}=${PREFIX}cell(${name})`);
    }
  }

  /** The cells of the function that is being written which a function within it shares. */
  #ownCells(body: FunctionBody): string[] {
    const own = [...body.captures].filter((local) => local.owner === this.#owner && this.#isCell(local));
    return own.map(localName);
  }

  /** A function value: one that shares cells is made with the cells as they are now. */
  #function(body: FunctionBody): void {
    const cells = this.#ownCells(body).join(",");
    if (cells !== "") this.#write(`(function(${cells}) return`);
    this.#write("function");
    this.#functionBody(body);
    if (cells !== "") this.#write(`end)(${cells})`);
  }

  #assign(targets: readonly Target[], values: readonly Expression[]): void {
    const [target] = targets;
    if (targets.length === 1 && (values.length === 1 || target!.type === "name")) {
      if (target!.type === "index") return this.#setIndex(target as Target, values[0]!);
      this.#expression(target!);
      this.#write("=");
      return this.#list(values);
    }
    this.#assignMany(targets, values);
  }

  #setIndex(target: Target, value: Expression): void {
    if (target.type === "name") return this.#assign([target], [value]);
    const { object, key } = target;
    if (isAppend(object, key) && neverNil(value)) {
      const name = this.#nameText(object as Expression & { type: "name" });
      this.#write(`${name}[#${name}+1]=`);
      return this.#single(value);
    }
    this.#call("set");
    this.#single(object);
    this.#write(",");
    this.#single(key);
    this.#write(",");
    this.#single(value);
    this.#write(")");
  }

  /**
   * Several targets, in gopher-lua's order: objects and keys; then one value after another, each of which goes at once into
   * a local variable of the function itself (so that `a, b = b, a` does not swap); at the end all other targets from the
   * right. What is a local variable there is read only then.
   */
  #assignMany(targets: readonly Target[], values: readonly Expression[]): void {
    const object = (i: number) => `${PREFIX}o${i}`,
      key = (i: number) => `${PREFIX}k${i}`,
      held = (i: number) => `${PREFIX}v${i}`;
    this.#write("do");
    for (const [i, target] of targets.entries()) {
      if (target.type !== "index") continue;
      if (!isOwnLocal(target.object)) {
        this.#write("local", `${object(i)}=`);
        this.#single(target.object);
        this.#write(";");
      }
      this.#write("local", `${key(i)}=`);
      this.#single(target.key);
      this.#write(";");
    }
    /** What each target gets at the end; undefined where it has its value already. */
    const late: (string | undefined)[] = [];
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!, value = values[i];
      if (value !== undefined && i === values.length - 1 && isMultiple(value)) {
        const rest = targets.slice(i).map((_, j) => held(i + j));
        this.#write("local", rest.join(","), "=");
        this.#expression(value);
        this.#write(";");
        late.push(...rest);
        break;
      }
      if (target.type === "name" && target.isOwn) {
        late.push(undefined);
        this.#write(this.#nameText(target), "=");
      } else if (target.type === "index" && value !== undefined && isOwnLocal(value)) {
        late.push(this.#nameText(value));
        continue;
      } else {
        late.push(held(i));
        this.#write("local", held(i), "=");
      }
      if (value === undefined) this.#write("nil");
      else this.#single(value);
      this.#write(";");
    }
    for (const value of values.slice(targets.length)) {
      this.#write("local _=");
      this.#single(value);
      this.#write(";");
    }
    for (let i = targets.length - 1; i >= 0; i--) {
      const target = targets[i]!, value = late[i];
      if (value === undefined) continue;
      if (target.type === "name") this.#write(this.#nameText(target), "=", value, ";");
      else {
        const owner = isOwnLocal(target.object) ? this.#nameText(target.object) : object(i);
        this.#write(`${PREFIX}set(${owner},${key(i)},${value});`);
      }
    }
    this.#write("end");
  }

  // Expressions

  #list(values: readonly Expression[]): void {
    for (const [i, value] of values.entries()) {
      if (i > 0) this.#write(",");
      this.#expression(value);
    }
  }

  /** An expression that gives one value wherever it stands. */
  #single(expression: Expression): void {
    if (!isMultiple(expression)) return this.#expression(expression);
    this.#write("(");
    this.#expression(expression);
    this.#write(")");
  }

  #expression(expression: Expression): void {
    this.#at(expression.line);
    switch (expression.type) {
      case "nil":
      case "true":
      case "false":
        return this.#write(expression.type);
      case "vararg":
        return this.#write("...");
      case "number":
        return this.#write(numberText(expression.value));
      case "string":
        return this.#write(stringText(expression.value));
      case "name":
        return this.#write(this.#nameText(expression));
      case "parenthesis":
        if (isMultiple(expression.inner)) return this.#single(expression.inner);
        // Without them errors can name what is called.
        if (expression.inner.type === "name" || expression.inner.type === "index") {
          return this.#expression(expression.inner);
        }
        this.#write("(");
        this.#expression(expression.inner);
        return this.#write(")");
      case "index":
        this.#prefix(expression.object);
        return this.#key(expression.key);
      case "call":
        this.#prefix(expression.callee);
        return this.#arguments(expression.args);
      case "method":
        this.#prefix(expression.object);
        this.#write(`:${expression.name}`);
        return this.#arguments(expression.args);
      case "function":
        return this.#function(expression);
      case "table":
        return this.#table(expression);
      case "binary":
        return this.#binary(expression);
      case "unary":
        return this.#unary(expression.operator, expression.operand);
    }
  }

  #nameText({ name, local }: Expression & { type: "name" }): string {
    if (local) return this.#isCell(local) ? `${localName(local)}[1]` : localName(local);
    return isReserved(name) ? `_ENV[${stringText(name)}]` : name;
  }

  #prefix(expression: Expression): void {
    const needsNone = ["name", "index", "call", "method", "parenthesis"].includes(expression.type);
    if (needsNone) return this.#expression(expression);
    this.#write("(");
    this.#expression(expression);
    this.#write(")");
  }

  #key(key: Expression): void {
    if (key.type === "string") return this.#write(`[${stringText(key.value)}]`);
    this.#write("[");
    // A whole number is the same key as an integer, and found faster.
    if (key.type === "number" && Number.isSafeInteger(key.value)) this.#write(String(key.value));
    else if (isLength(key)) this.#nativeLength(key);
    else this.#single(key);
    this.#write("]");
  }

  #arguments(args: readonly Expression[]): void {
    this.#write("(");
    this.#list(args);
    this.#write(")");
  }

  #functionBody(body: FunctionBody): void {
    const outer = { isRecursive: this.#isRecursive, owner: this.#owner };
    this.#isRecursive = this.#recursive.has(body);
    this.#owner = body.id;
    const parameters = body.parameters.map(localName);
    if (body.isVararg) parameters.push("...");
    this.#write(`(${parameters.join(",")})`);
    if (this.#recursive.has(body)) this.#write(`${PREFIX}enter();`);
    this.#makeCells(body.parameters, true);
    if (body.arg) {
      this.#write(`local arg${body.usesVararg ? "" : `=${PREFIX}argTable(...)`}`);
      this.#makeCells([body.arg]);
      this.#write(";");
    }
    this.#block(body.body);
    this.#write("end");
    this.#isRecursive = outer.isRecursive;
    this.#owner = outer.owner;
  }

  #unary(operator: "-" | "not" | "#", operand: Expression): void {
    if (operator === "#") {
      if (operand.type === "string") return this.#write(numberText(operand.value.length));
      this.#call("length");
      this.#single(operand);
      return this.#write(")");
    }
    const constant = constantNumber(operand);
    if (operator === "-" && constant !== undefined) return this.#write(numberText(-constant));
    if (operator === "-") {
      this.#call("negate");
      this.#single(operand);
      return this.#write(")");
    }
    const needsParentheses = isNativeBinary(operand);
    this.#write("(", operator);
    if (needsParentheses) this.#write("(");
    this.#expression(operand);
    this.#write(needsParentheses ? "))" : ")");
  }

  /** `#x` where an integer of the VM does no harm: in comparisons, as keys, beside a number with a fraction part. */
  #nativeLength(expression: Expression): void {
    if (expression.type !== "unary" || expression.operator !== "#") return this.#expression(expression);
    this.#at(expression.line);
    this.#write("#");
    this.#prefix(expression.operand);
  }

  #binary(expression: Binary): void {
    const { operator, left, right } = expression;
    if (operator === "..") return this.#concat(expression);
    if (operator === "^") {
      this.#call("power");
      this.#single(left);
      this.#write(",");
      this.#single(right);
      return this.#write(")");
    }
    const isComparison = ["<", ">", "<=", ">=", "==", "~="].includes(operator);
    const operand = (one: Expression, other: Expression, needsParentheses: boolean) => {
      if (needsParentheses) this.#write("(");
      if (isLength(one) && (isComparison || isArithmetic(operator) && other.type === "number")) this.#nativeLength(one);
      else this.#expression(one);
      if (needsParentheses) this.#write(")");
    };
    // Chains stay flat: the VM's compiler nests for each parenthesis.
    operand(left, right, isNativeBinary(left) && PRECEDENCE[left.operator]! < PRECEDENCE[operator]!);
    this.#write(operator);
    operand(right, left, isNativeBinary(right) && PRECEDENCE[right.operator]! <= PRECEDENCE[operator]!);
  }

  #concat(expression: Binary): void {
    const operands = concatOperands(expression);
    if (operands.every((operand) => operand.type === "string" || operand.type === "number")) {
      const text = operands.map((operand) => operand.type === "string" ? operand.value : undefined);
      if (text.every((part) => part !== undefined)) return this.#write(stringText(text.join("")));
    }
    let open = 0;
    for (let at = 0; at < operands.length; at += MAX_CONCAT) {
      const piece = operands.slice(at, at + MAX_CONCAT);
      const isLast = at + MAX_CONCAT >= operands.length;
      this.#call(operands.length === 2 ? "concat2" : "concat");
      open++;
      for (const [i, operand] of piece.entries()) {
        if (i > 0) this.#write(",");
        this.#single(operand);
      }
      if (!isLast) this.#write(",");
    }
    this.#write(")".repeat(open));
  }

  // Tables

  #table({ fields }: TableConstructor): void {
    if (fields.length === 0) return this.#write("{}");
    const keys = fields.flatMap(({ key }) => key?.type === "string" ? [key.value] : []);
    const positional = fields.filter(({ key }) => key === undefined);
    const isStatic = keys.length + positional.length === fields.length && new Set(keys).size === keys.length;
    const last = fields.at(-1)!;
    const endsInMany = last.key === undefined && isMultiple(last.value);
    if (keys.length === 0 && isStatic) return this.#listTable(positional, endsInMany);
    if (isStatic && !endsInMany && !positional.some(({ value }) => isMultiple(value))) {
      return this.#shapedTable(fields, positional.length);
    }
    this.#builtTable(fields);
  }

  #listTable(fields: readonly TableField[], endsInMany: boolean): void {
    const values = fields.map(({ value }) => value);
    if (endsInMany && values.length <= MAX_ARGUMENTS) {
      this.#call("pack");
      this.#list(values);
      return this.#write(")");
    }
    if (endsInMany) return this.#builtTable(fields);
    const isSure = values.every(neverNil);
    if (!isSure) this.#call("list");
    this.#write("{");
    for (const value of values) {
      this.#single(value);
      this.#write(",");
    }
    this.#write("}");
    if (!isSure) this.#write(",", String(values.length), ")");
  }

  /** Keys that are known beforehand: the runtime notes their order once for all tables that are made here. */
  #shapedTable(fields: readonly TableField[], positional: number): void {
    const named = fields.flatMap(({ key, value }) => key?.type === "string" ? [{ key: key.value, value }] : []);
    const sure = fields.every(({ value }) => neverNil(value));
    const keys = named.map(({ key }) => stringText(key)).join(",");
    this.#shapes.push(`{${keys};n=${positional},sure=${sure}}`);
    this.#call("shape");
    this.#write(`${PREFIX}s[${this.#shapes.length}],`, "{");
    for (const { key, value } of fields) {
      if (key?.type === "string") this.#write(`[${stringText(key.value)}]=`);
      this.#single(value);
      this.#write(",");
    }
    this.#write("})");
  }

  /** Any other constructor: its fields are given in order, with a letter for each that says what it is. */
  #builtTable(fields: readonly TableField[]): void {
    const pieces: (readonly TableField[])[] = [];
    for (let at = 0; at < fields.length; at += MAX_ARGUMENTS / 2) pieces.push(fields.slice(at, at + MAX_ARGUMENTS / 2));
    for (let i = pieces.length - 1; i > 0; i--) this.#call("extend");
    for (const [i, piece] of pieces.entries()) {
      if (i === 0) this.#call("build");
      else this.#write(",");
      const isLastPiece = i === pieces.length - 1;
      const letters = piece.map(({ key, value }, j) => {
        if (key) return "k";
        return isLastPiece && j === piece.length - 1 && isMultiple(value) ? "m" : "p";
      });
      this.#write(`"${letters.join("")}"`);
      for (const [j, { key, value }] of piece.entries()) {
        this.#write(",");
        if (key) {
          this.#single(key);
          this.#write(",");
        }
        if (letters[j] === "m") this.#expression(value);
        else this.#single(value);
      }
      this.#write(")");
    }
  }
}

/** How strongly operators bind that are written as they are. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  "or": 1,
  "and": 2,
  ...Object.fromEntries(["<", ">", "<=", ">=", "~=", "=="].map((operator) => [operator, 3])),
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
};

function isNativeBinary(expression: Expression): expression is Binary {
  return expression.type === "binary" && Object.hasOwn(PRECEDENCE, expression.operator);
}

function isReserved(name: string): boolean {
  return name.startsWith("__m") || name === "_ENV";
}

function localName({ name }: Local): string {
  return isReserved(name) ? RENAMED + name : name;
}

function isOwnLocal(expression: Expression): expression is Expression & { type: "name" } {
  return expression.type === "name" && expression.isOwn;
}

/** It may give any number of values. */
function isMultiple(expression: Expression): boolean {
  return expression.type === "call" || expression.type === "method" || expression.type === "vararg";
}

function isLength(expression: Expression): boolean {
  return expression.type === "unary" && expression.operator === "#" && expression.operand.type !== "string";
}

function isArithmetic(operator: string): boolean {
  return "+-*/".includes(operator);
}

/** `t[#t+1]`, with `t` a plain name. */
function isAppend(object: Expression, key: Expression): boolean {
  return object.type === "name" && key.type === "binary" && key.operator === "+" && key.right.type === "number" &&
    key.right.value === 1 && key.left.type === "unary" && key.left.operator === "#" &&
    key.left.operand.type === "name" && key.left.operand.name === object.name &&
    key.left.operand.local === object.local;
}

/** It is certain, without running it, that the value is not nil. */
function neverNil(expression: Expression): boolean {
  switch (expression.type) {
    case "string":
    case "number":
    case "true":
    case "false":
    case "function":
    case "table":
      return true;
    case "parenthesis":
      return neverNil(expression.inner);
    case "unary":
      return expression.operator === "not";
    case "binary":
      return ["<", ">", "<=", ">=", "==", "~="].includes(expression.operator) ||
        expression.operator === "or" && neverNil(expression.right);
  }
  return false;
}

/** What an expression leaves in the register behind its own value, where that shows. */
function leftoverOf(expression: Expression): Expression | "first element" | undefined {
  if (expression.type === "parenthesis") return leftoverOf(expression.inner);
  const isPlain = (one: Expression) => ["string", "number", "name"].includes(one.type);
  if (expression.type === "table") {
    if (expression.fields.some(({ key }) => key === undefined)) return "first element";
    const key = expression.fields.at(-1)?.key;
    return key && isPlain(key) ? key : undefined;
  }
  if (expression.type === "index" && expression.key.type === "string") return expression.key;
  if (expression.type === "binary" && expression.operator === "..") {
    const second = concatOperands(expression)[1]!;
    return isPlain(second) ? second : undefined;
  }
  return undefined;
}

function constantNumber(expression: Expression): number | undefined {
  if (expression.type === "number") return expression.value;
  if (expression.type === "unary" && expression.operator === "-") {
    const value = constantNumber(expression.operand);
    return value === undefined ? undefined : -value;
  }
  return undefined;
}

function concatOperands(expression: Binary): Expression[] {
  const operands: Expression[] = [];
  let rest: Expression = expression;
  while (rest.type === "binary" && rest.operator === "..") {
    operands.push(rest.left);
    rest = rest.right;
  }
  return [...operands, rest];
}

function isLibraryCall(call: Call | MethodCall): boolean {
  if (call.type === "method") return STRING_METHODS.has(call.name);
  const callee = call.callee.type === "parenthesis" ? call.callee.inner : call.callee;
  if (callee.type === "name") return callee.local === undefined && BUILTINS.has(callee.name);
  return callee.type === "index" && callee.object.type === "name" && callee.object.local === undefined &&
    LIBRARIES.has(callee.object.name);
}

/** A float of Lua, whatever its size. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return "(0/0)";
  if (value === Infinity) return "1e999";
  if (value === -Infinity) return "(-1e999)";
  const text = Object.is(value, -0) ? "-0.0" : String(value);
  const float = /[.e]/.test(text) ? text : `${text}.0`;
  return float.startsWith("-") ? `(${float})` : float;
}

/** Bytes as a literal of ASCII characters on one line. */
function stringText(bytes: string): string {
  const escaped = bytes.replace(/[^ !#-[\]-~]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, "0")}`);
  return `"${escaped}"`;
}
