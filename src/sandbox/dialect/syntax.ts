/** The syntax tree of gopher-lua's Lua: Lua 5.1 with `goto`. Lines count from 1. Strings are byte strings. */

export interface Name {
  readonly type: "name";
  readonly line: number;
  readonly name: string;
  /** The local variable that it means; undefined for a global. */
  readonly local: Local | undefined;
  /** It is a local variable of the very function that names it, not of one around it. */
  readonly isOwn: boolean;
}
export interface Index {
  readonly type: "index";
  readonly line: number;
  readonly object: Expression;
  readonly key: Expression;
}
export interface Call {
  readonly type: "call";
  readonly line: number;
  readonly callee: Expression;
  readonly args: readonly Expression[];
}
export interface MethodCall {
  readonly type: "method";
  readonly line: number;
  readonly object: Expression;
  readonly name: string;
  readonly args: readonly Expression[];
}
export interface FunctionBody {
  readonly type: "function";
  readonly line: number;
  readonly parameters: readonly Local[];
  readonly isVararg: boolean;
  /** The local `arg` of a vararg function, where its body names it: a table of the further arguments, nil where `...` is used. */
  readonly arg: Local | undefined;
  readonly usesVararg: boolean;
  readonly body: Block;
  /** What its declaration calls it, for finding recursion. */
  readonly name: string | undefined;
  /** Unlike any other function's of the script. */
  readonly id: number;
  /** Local variables of functions around it that it names, itself or in functions within. */
  readonly captures: ReadonlySet<Local>;
}
export interface TableField {
  /** Undefined: the next position. */
  readonly key: Expression | undefined;
  readonly value: Expression;
}
export interface TableConstructor {
  readonly type: "table";
  readonly line: number;
  readonly fields: readonly TableField[];
}
export type BinaryOperator =
  | "or"
  | "and"
  | "<"
  | ">"
  | "<="
  | ">="
  | "~="
  | "=="
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "^";
export interface Binary {
  readonly type: "binary";
  readonly line: number;
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Unary {
  readonly type: "unary";
  readonly line: number;
  readonly operator: "-" | "not" | "#";
  readonly operand: Expression;
}
export interface Literal {
  readonly type: "nil" | "true" | "false" | "vararg";
  readonly line: number;
}
export interface NumberLiteral {
  readonly type: "number";
  readonly line: number;
  readonly value: number;
}
export interface StringLiteral {
  readonly type: "string";
  readonly line: number;
  readonly value: string;
}
/** Parentheses around a call or `...` keep one value. */
export interface Parenthesis {
  readonly type: "parenthesis";
  readonly line: number;
  readonly inner: Expression;
}
export type Expression =
  | Name
  | Index
  | Call
  | MethodCall
  | FunctionBody
  | TableConstructor
  | Binary
  | Unary
  | Literal
  | NumberLiteral
  | StringLiteral
  | Parenthesis;

export type Target = Name | Index;
export type Block = readonly Statement[];
export interface Clause {
  readonly line: number;
  readonly condition: Expression;
  readonly body: Block;
}
export type Statement =
  | {
    readonly type: "local";
    readonly line: number;
    readonly names: readonly Local[];
    readonly values: readonly Expression[];
  }
  | {
    readonly type: "assign";
    readonly line: number;
    readonly targets: readonly Target[];
    readonly values: readonly Expression[];
  }
  | { readonly type: "callStatement"; readonly line: number; readonly call: Call | MethodCall }
  | { readonly type: "do"; readonly line: number; readonly body: Block }
  | { readonly type: "while"; readonly line: number; readonly condition: Expression; readonly body: Block }
  | {
    readonly type: "repeat";
    readonly line: number;
    readonly body: Block;
    readonly condition: Expression;
    readonly endLine: number;
  }
  | {
    readonly type: "if";
    readonly line: number;
    readonly clauses: readonly Clause[];
    readonly otherwise: Block | undefined;
  }
  | {
    readonly type: "numericFor";
    readonly line: number;
    readonly name: Local;
    readonly start: Expression;
    readonly limit: Expression;
    readonly step: Expression | undefined;
    readonly body: Block;
  }
  | {
    readonly type: "genericFor";
    readonly line: number;
    readonly names: readonly Local[];
    readonly values: readonly Expression[];
    readonly body: Block;
  }
  | { readonly type: "localFunction"; readonly line: number; readonly name: Local; readonly function: FunctionBody }
  | {
    readonly type: "functionStatement";
    readonly line: number;
    readonly target: Target;
    readonly function: FunctionBody;
  }
  | { readonly type: "label"; readonly line: number; readonly label: Label }
  | { readonly type: "goto"; readonly line: number; readonly jump: Jump }
  | { readonly type: "return"; readonly line: number; readonly values: readonly Expression[] }
  | { readonly type: "break"; readonly line: number };

/** A local variable; two of the same name are two objects. What becomes of it is known once all of the text is read. */
export interface Local {
  readonly name: string;
  /** The function that it is a variable of, by {@link FunctionBody.id}. */
  readonly owner: number;
  /** A function within its function names it. */
  isCaptured: boolean;
  /** It is given another value than it is declared with. */
  isAssigned: boolean;
}
export interface Label {
  readonly name: string;
  readonly line: number;
  /** Unlike any other label's of the script. */
  readonly id: number;
}
export interface Jump {
  readonly name: string;
  readonly line: number;
  /** Where it leads to, known once its function is parsed. */
  target: Label | undefined;
}

export interface Chunk {
  readonly main: FunctionBody;
  /** It names something that can catch an error. */
  readonly catchesErrors: boolean;
}

/** A text that gopher-lua would not compile. `line` is undefined at the end of the text. */
export class DialectError extends Error {
  override name = "DialectError";
  /** @param original The whole message in gopher-lua's words, for scripts that read it from `loadstring`. */
  constructor(
    readonly reason: string,
    readonly line: number | undefined,
    readonly column: number | undefined,
    readonly original: string,
  ) {
    super(reason);
  }
}
