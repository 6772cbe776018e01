/** Text to syntax tree by gopher-lua's grammar, with its errors; names are bound to their local variables on the way. */
import { parseNumber } from "../go/numbers.ts";
import { errorAtEnd, errorNear, Lexer, type Token, type TokenType } from "./lex.ts";
import {
  type BinaryOperator,
  type Block,
  type Call,
  type Chunk,
  type Clause,
  DialectError,
  type Expression,
  type FunctionBody,
  type Index,
  type Jump,
  type Label,
  type Local,
  type MethodCall,
  type Name,
  type Statement,
  type TableConstructor,
  type TableField,
  type Target,
} from "./syntax.ts";

/** Deeper nesting is refused: the VM's own compiler ends at 200 levels. */
const MAX_NESTING = 160;

/** gopher-lua's functions have room for so many values at a time: locals, and the operands of one `..`. */
const MAX_REGISTERS = 200;

/** Left and right binding powers; a right power below the left one binds to the right. */
const BINARY: Readonly<Partial<Record<TokenType, readonly [number, number]>>> = {
  "or": [1, 1],
  "and": [2, 2],
  "<": [3, 3],
  ">": [3, 3],
  "<=": [3, 3],
  ">=": [3, 3],
  "~=": [3, 3],
  "==": [3, 3],
  "..": [5, 4],
  "+": [6, 6],
  "-": [6, 6],
  "*": [7, 7],
  "/": [7, 7],
  "%": [7, 7],
  "^": [10, 9],
};
const UNARY_POWER = 8;

/** @throws {DialectError} where gopher-lua finds a syntax error, and for nesting that is too deep for the VM. */
export function parseChunk(text: string, chunkName: string): Chunk {
  return new Parser(text, chunkName).chunk();
}

/** Globals that catch errors, or lead to what does. */
const CATCHERS = new Set(["pcall", "xpcall", "coroutine", "_G", "getfenv", "loadstring", "load", "require", "package"]);

function newLocal(name: string, owner: number): Local {
  return { name, owner, isCaptured: false, isAssigned: false };
}

interface PendingJump {
  readonly jump: Jump;
  /** How many locals of the function are active where it stands, cut to what its enclosing blocks have. */
  active: number;
}
interface PlacedLabel {
  readonly label: Label;
  active: number;
}
interface BlockScope {
  readonly locals: Map<string, Local>;
  readonly labels: Map<string, PlacedLabel>;
  readonly pending: PendingJump[];
  readonly parent: BlockScope | undefined;
  /** Locals of the function that were active when it began. */
  readonly activeBefore: number;
  readonly isLoop: boolean;
}
interface FunctionScope {
  readonly id: number;
  readonly captures: Set<Local>;
  readonly parent: FunctionScope | undefined;
  readonly isVararg: boolean;
  usesVararg: boolean;
  arg: Local | undefined;
  usesArg: boolean;
  block: BlockScope;
  active: number;
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;
  #function: FunctionScope | undefined;
  #nesting = 0;
  #labels = 0;
  #functions = 0;
  #catchesErrors = false;

  constructor(text: string, readonly chunkName: string) {
    this.#lexer = new Lexer(text, chunkName);
    this.#token = this.#lexer.next();
  }

  chunk(): Chunk {
    const main = this.#functionScope([], false, true, undefined, 0, () => {
      const body = this.#blockBody(() => this.#is("end of text"));
      if (!this.#is("end of text")) this.#unexpected();
      return body;
    });
    return { main, catchesErrors: this.#catchesErrors };
  }

  // Tokens

  #is(type: TokenType): boolean {
    return this.#token.type === type;
  }

  #advance(): Token {
    const token = this.#token;
    this.#token = this.#lexer.next();
    return token;
  }

  #accept(type: TokenType): boolean {
    if (!this.#is(type)) return false;
    this.#advance();
    return true;
  }

  #expect(type: TokenType): Token {
    if (!this.#is(type)) this.#unexpected();
    return this.#advance();
  }

  #unexpected(problem = "syntax error"): never {
    const { type, text, endLine, endColumn } = this.#token;
    if (type === "end of text") throw errorAtEnd(this.chunkName, problem);
    throw errorNear(this.chunkName, endLine, endColumn, text, problem);
  }

  /** gopher-lua's errors of its second pass. `near` is the line that its message names, `line` the one that is meant. */
  #compileError(near: number, line: number, problem: string): never {
    throw new DialectError(problem, line, undefined, `compile error near line(${near}) ${this.chunkName}: ${problem}`);
  }

  #nested<T>(parse: () => T): T {
    if (++this.#nesting > MAX_NESTING) {
      const { line, column } = this.#token;
      const problem = `nested deeper than ${MAX_NESTING} levels`;
      throw new DialectError(problem, line, column, `${this.chunkName} line:${line}(column:${column}): ${problem}`);
    }
    const result = parse();
    this.#nesting--;
    return result;
  }

  // Scopes

  #functionScope(
    parameterNames: readonly string[],
    hasArg: boolean,
    isVararg: boolean,
    name: string | undefined,
    line: number,
    parseBody: () => Block,
  ): FunctionBody {
    const id = ++this.#functions;
    const parameters = parameterNames.map((parameter) => newLocal(parameter, id));
    const scope: FunctionScope = {
      id,
      captures: new Set(),
      parent: this.#function,
      isVararg,
      usesVararg: false,
      arg: undefined,
      usesArg: false,
      active: parameters.length,
      block: newBlock(undefined, 0, false),
    };
    for (const parameter of parameters) scope.block.locals.set(parameter.name, parameter);
    if (hasArg && !scope.block.locals.has("arg")) {
      scope.block.locals.set("arg", scope.arg = newLocal("arg", id));
      scope.active++;
    }
    this.#function = scope;
    const body = parseBody();
    const [unresolved] = scope.block.pending;
    if (unresolved) {
      const { name, line: at } = unresolved.jump;
      const end = this.#function.parent === undefined ? this.#token.line + 1 : this.#token.line;
      this.#compileError(end, at, `no visible label '${name}' for <goto> at line ${at}`);
    }
    this.#function = scope.parent;
    const arg = scope.usesArg ? scope.arg : undefined;
    return {
      type: "function",
      line,
      parameters,
      isVararg,
      arg,
      usesVararg: scope.usesVararg,
      body,
      name,
      id,
      captures: scope.captures,
    };
  }

  #declare(name: string): Local {
    const local = newLocal(name, this.#function!.id);
    this.#function!.block.locals.set(name, local);
    this.#function!.active++;
    return local;
  }

  /** Statements up to where `isEnd` says, in a block of its own. `declare` names its first locals. */
  #block(isEnd: () => boolean, isLoop: boolean, before?: () => void, after?: () => void): Block {
    return this.#nested(() => {
      const scope = this.#function!;
      const block = scope.block = newBlock(scope.block, scope.active, isLoop);
      before?.();
      const body = this.#blockBody(isEnd, after);
      const parent = block.parent!;
      for (const pending of block.pending) {
        pending.active = Math.min(pending.active, block.activeBefore);
        const label = parent.labels.get(pending.jump.name);
        if (label) pending.jump.target = label.label;
        else parent.pending.push(pending);
      }
      scope.active = block.activeBefore;
      scope.block = parent;
      return body;
    });
  }

  /** @param after Parses what follows in the block's scope (the condition of `repeat`). */
  #blockBody(isEnd: () => boolean, after?: () => void): Block {
    const statements: Statement[] = [];
    const trailing: PlacedLabel[] = [];
    while (!isEnd()) {
      if (this.#is("end of text")) this.#unexpected();
      if (this.#accept(";")) continue;
      if (this.#is("return") || this.#is("break")) {
        this.#resolveForward(trailing);
        trailing.length = 0;
        statements.push(this.#lastStatement(isEnd));
        break;
      }
      if (this.#is("::")) {
        const placed = this.#label();
        statements.push({ type: "label", line: placed.label.line, label: placed.label });
        trailing.push(placed);
        continue;
      }
      this.#resolveForward(trailing);
      trailing.length = 0;
      statements.push(...this.#statement());
    }
    // Labels at a block's end stand outside the scope of its locals, except where a condition follows.
    const { block } = this.#function!;
    if (!after) { for (const label of trailing) label.active = block.activeBefore; }
    this.#resolveForward(trailing);
    after?.();
    return statements;
  }

  #label(): PlacedLabel {
    this.#advance();
    const { text, line } = this.#expect("name");
    this.#expect("::");
    const scope = this.#function!;
    const known = scope.block.labels.get(text);
    if (known) this.#compileError(line + 1, line, `label '${text}' already defined on line ${known.label.line}`);
    const placed: PlacedLabel = { label: { name: text, line, id: ++this.#labels }, active: scope.active };
    scope.block.labels.set(text, placed);
    return placed;
  }

  #resolveForward(labels: readonly PlacedLabel[]): void {
    const { block } = this.#function!;
    for (const { label, active } of labels) {
      for (let i = block.pending.length - 1; i >= 0; i--) {
        const pending = block.pending[i]!;
        if (pending.jump.name !== label.name) continue;
        if (pending.active < active) {
          const variable = [...block.locals.keys()].at(-1) ?? "?";
          const problem =
            `<goto ${label.name}> at line ${pending.jump.line} jumps into the scope of local '${variable}'`;
          this.#compileError(label.line + 1, pending.jump.line, problem);
        }
        pending.jump.target = label;
        block.pending.splice(i, 1);
      }
    }
  }

  // Statements

  #lastStatement(isEnd: () => boolean): Statement {
    const { type, line } = this.#advance();
    if (type === "break") {
      let { block } = this.#function! as { block: BlockScope | undefined };
      while (block && !block.isLoop) block = block.parent;
      if (!block) this.#compileError(line, line, "no loop to break");
      this.#accept(";");
      if (!isEnd()) this.#unexpected();
      return { type: "break", line };
    }
    const values = isEnd() || this.#is(";") ? [] : this.#expressions();
    this.#accept(";");
    if (!isEnd()) this.#unexpected();
    return { type: "return", line, values };
  }

  #statement(): Statement[] {
    const { line, type } = this.#token;
    switch (type) {
      case "do": {
        this.#advance();
        return [{ type: "do", line, body: this.#blockUntilEnd() }];
      }
      case "while": {
        this.#advance();
        const condition = this.#expression();
        this.#expect("do");
        return [{ type: "while", line, condition, body: this.#blockUntilEnd(true) }];
      }
      case "repeat":
        return [this.#repeat()];
      case "if":
        return [this.#if()];
      case "for":
        return [this.#for()];
      case "function":
        return [this.#functionStatement()];
      case "local":
        return [this.#local()];
      case "goto":
        return [this.#goto()];
    }
    return [this.#expressionStatement()];
  }

  #blockUntilEnd(isLoop = false, before?: () => void): Block {
    const body = this.#block(() => this.#is("end"), isLoop, before);
    this.#expect("end");
    return body;
  }

  #repeat(): Statement {
    const { line } = this.#advance();
    let condition: Expression, endLine = line;
    const body = this.#block(() => this.#is("until"), true, undefined, () => {
      endLine = this.#expect("until").line;
      condition = this.#expression();
    });
    return { type: "repeat", line, body, condition: condition!, endLine };
  }

  #if(): Statement {
    const { line } = this.#token;
    const isEnd = () => this.#is("elseif") || this.#is("else") || this.#is("end");
    const clauses: Clause[] = [];
    do {
      const at = this.#advance().line;
      const condition = this.#expression();
      this.#expect("then");
      clauses.push({ line: at, condition, body: this.#block(isEnd, false) });
    } while (this.#is("elseif"));
    const otherwise = this.#accept("else") ? this.#block(() => this.#is("end"), false) : undefined;
    this.#expect("end");
    return { type: "if", line, clauses, otherwise };
  }

  #for(): Statement {
    const { line } = this.#advance();
    const names = [this.#expect("name").text];
    if (this.#accept("=")) {
      const start = this.#expression();
      this.#expect(",");
      const limit = this.#expression();
      const step = this.#accept(",") ? this.#expression() : undefined;
      this.#expect("do");
      let name: Local;
      const body = this.#blockUntilEnd(true, () => name = this.#declare(names[0]!));
      return { type: "numericFor", line, name: name!, start, limit, step, body };
    }
    while (this.#accept(",")) names.push(this.#expect("name").text);
    this.#expect("in");
    const values = this.#expressions();
    this.#expect("do");
    let locals: Local[] = [];
    const body = this.#blockUntilEnd(true, () => locals = names.map((name) => this.#declare(name)));
    return { type: "genericFor", line, names: locals, values, body };
  }

  #functionStatement(): Statement {
    const { line } = this.#advance();
    const first = this.#expect("name");
    let target = this.#name(first) as Target;
    let name = first.text;
    if (target.type === "name" && target.local && !this.#is(".") && !this.#is(":")) target.local.isAssigned = true;
    while (this.#accept(".")) {
      name = this.#expect("name").text;
      target = { type: "index", line, object: target, key: { type: "string", line, value: name } };
    }
    const isMethod = this.#accept(":");
    if (isMethod) {
      name = this.#expect("name").text;
      target = { type: "index", line, object: target, key: { type: "string", line, value: name } };
    }
    return { type: "functionStatement", line, target, function: this.#functionBody(line, name, isMethod) };
  }

  #local(): Statement {
    const { line } = this.#advance();
    if (this.#accept("function")) {
      const name = this.#declare(this.#expect("name").text);
      return { type: "localFunction", line, name, function: this.#functionBody(line, name.name, false) };
    }
    const names = [this.#expect("name").text];
    while (this.#accept(",")) names.push(this.#expect("name").text);
    const values = this.#accept("=") ? this.#expressions(names) : [];
    return { type: "local", line, names: names.map((name) => this.#declare(name)), values };
  }

  #goto(): Statement {
    const { line } = this.#advance();
    const jump: Jump = { name: this.#expect("name").text, line, target: undefined };
    const scope = this.#function!;
    const label = scope.block.labels.get(jump.name);
    if (label) jump.target = label.label;
    else scope.block.pending.push({ jump, active: scope.active });
    return { type: "goto", line, jump };
  }

  #expressionStatement(): Statement {
    const { line } = this.#token;
    const first = this.#suffixed();
    if (this.#is("=") || this.#is(",")) {
      const targets = [this.#target(first)];
      while (this.#accept(",")) targets.push(this.#target(this.#suffixed()));
      this.#expect("=");
      const names = targets.map((target) => {
        if (target.type === "name") return target.name;
        return target.key.type === "string" ? target.key.value : undefined;
      });
      return { type: "assign", line, targets, values: this.#expressions(names) };
    }
    if (first.type !== "call" && first.type !== "method") this.#unexpected("parse error");
    return { type: "callStatement", line, call: first as Call | MethodCall };
  }

  #target(expression: Expression): Target {
    if (expression.type !== "name" && expression.type !== "index") this.#unexpected();
    if (expression.type === "name" && expression.local) expression.local.isAssigned = true;
    return expression as Target;
  }

  // Expressions

  /** @param names What the values are assigned to, for naming functions. */
  #expressions(names: readonly (string | undefined)[] = []): Expression[] {
    const list = [this.#expression(0, names[0])];
    while (this.#accept(",")) list.push(this.#expression(0, names[list.length]));
    return list;
  }

  #expression(power = 0, name?: string): Expression {
    return this.#nested(() => {
      let left = this.#operand(name);
      for (;;) {
        const powers = BINARY[this.#token.type];
        if (powers === undefined || powers[0] <= power) return left;
        const operator = this.#advance().type as BinaryOperator;
        if (operator === "..") {
          left = this.#concatenation(left);
          continue;
        }
        const right = this.#expression(powers[1]);
        left = { type: "binary", line: left.line, operator, left, right };
      }
    });
  }

  /** `a .. b .. c` binds to the right; read in a loop, since such chains get long. */
  #concatenation(first: Expression): Expression {
    const operands = [first];
    do operands.push(this.#expression(BINARY[".."]![0])); while (this.#accept(".."));
    if (this.#function!.active + operands.length > MAX_REGISTERS) {
      this.#compileError(first.line, first.line, "register overflow(too many local variables)");
    }
    return operands.reduceRight((right, left) => ({ type: "binary", line: left.line, operator: "..", left, right }));
  }

  #operand(name: string | undefined): Expression {
    const { line, type, text } = this.#token;
    switch (type) {
      case "-":
      case "not":
      case "#":
        this.#advance();
        return { type: "unary", line, operator: type, operand: this.#expression(UNARY_POWER) };
      case "number":
        this.#advance();
        return { type: "number", line, value: parseNumber(text) ?? NaN };
      case "string":
        this.#advance();
        return { type: "string", line, value: text };
      case "nil":
      case "true":
      case "false":
        this.#advance();
        return { type, line };
      case "...": {
        const scope = this.#function!;
        this.#advance();
        if (!scope.isVararg) this.#compileError(line, line, "cannot use '...' outside a vararg function");
        scope.usesVararg = true;
        return { type: "vararg", line };
      }
      case "{":
        return this.#table();
      case "function":
        this.#advance();
        return this.#functionBody(line, name, false);
    }
    return this.#suffixed();
  }

  #suffixed(): Expression {
    const { line } = this.#token;
    let expression: Expression;
    if (this.#is("name")) expression = this.#name(this.#advance());
    else if (this.#accept("(")) {
      const inner = this.#expression();
      this.#expect(")");
      expression = { type: "parenthesis", line, inner };
    } else this.#unexpected();
    for (;;) {
      if (this.#accept(".")) {
        const { text, line: at } = this.#expect("name");
        expression = { type: "index", line, object: expression, key: { type: "string", line: at, value: text } };
      } else if (this.#accept("[")) {
        const key = this.#expression();
        this.#expect("]");
        expression = { type: "index", line, object: expression, key } satisfies Index;
      } else if (this.#accept(":")) {
        const { text } = this.#expect("name");
        const args = this.#arguments();
        if (!args) this.#unexpected();
        expression = { type: "method", line, object: expression, name: text, args };
      } else {
        const args = this.#arguments();
        if (!args) return expression;
        expression = { type: "call", line, callee: expression, args };
      }
    }
  }

  /** Undefined where no arguments stand. */
  #arguments(): readonly Expression[] | undefined {
    if (this.#is("string")) {
      const { line, text } = this.#advance();
      return [{ type: "string", line, value: text }];
    }
    if (this.#is("{")) return [this.#table()];
    if (!this.#is("(")) return undefined;
    const open = this.#advance();
    const args = this.#is(")") ? [] : this.#expressions();
    this.#expect(")");
    if (open.isOnNewLine) {
      const problem = "ambiguous syntax (function call x new statement)";
      throw errorNear(this.chunkName, open.endLine, open.endColumn, "(", problem);
    }
    return args;
  }

  #name({ text, line }: Token): Name {
    for (let scope = this.#function; scope; scope = scope.parent) {
      for (let block: BlockScope | undefined = scope.block; block; block = block.parent) {
        const local = block.locals.get(text);
        if (!local) continue;
        if (local === scope.arg) scope.usesArg = true;
        if (scope !== this.#function) this.#capture(local, scope);
        return { type: "name", line, name: text, local, isOwn: scope === this.#function };
      }
    }
    if (CATCHERS.has(text)) this.#catchesErrors = true;
    return { type: "name", line, name: text, local: undefined, isOwn: false };
  }

  /** Notes that the functions up to the one that has the variable share it. */
  #capture(local: Local, owner: FunctionScope): void {
    local.isCaptured = true;
    for (let scope = this.#function; scope && scope !== owner; scope = scope.parent) scope.captures.add(local);
  }

  #functionBody(line: number, name: string | undefined, isMethod: boolean): FunctionBody {
    this.#expect("(");
    const parameters: string[] = isMethod ? ["self"] : [];
    let isVararg = false;
    if (!this.#is(")")) {
      do {
        if (this.#accept("...")) {
          isVararg = true;
          break;
        }
        parameters.push(this.#expect("name").text);
      } while (this.#accept(","));
    }
    this.#expect(")");
    return this.#nested(() =>
      this.#functionScope(parameters, isVararg, isVararg, name, line, () => {
        const body = this.#blockBody(() => this.#is("end"));
        this.#expect("end");
        return body;
      })
    );
  }

  /** Separators may follow one another, as gopher-lua's grammar has it: `{1,,2}`. */
  #table(): TableConstructor {
    const { line } = this.#expect("{");
    const fields: TableField[] = [];
    while (!this.#is("}")) {
      fields.push(this.#field());
      if (!this.#is(",") && !this.#is(";")) break;
      while (this.#is(",") || this.#is(";")) this.#advance();
    }
    this.#expect("}");
    return { type: "table", line, fields };
  }

  #field(): TableField {
    if (this.#accept("[")) {
      const key = this.#expression();
      this.#expect("]");
      this.#expect("=");
      return { key, value: this.#expression() };
    }
    const value = this.#expression();
    if (!this.#is("=") || value.type !== "name") return { key: undefined, value };
    this.#advance();
    return { key: { type: "string", line: value.line, value: value.name }, value: this.#expression(0, value.name) };
  }
}

function newBlock(parent: BlockScope | undefined, activeBefore: number, isLoop: boolean): BlockScope {
  return { locals: new Map(), labels: new Map(), pending: [], parent, activeBefore, isLoop };
}
