/**
 * Rule text → tree, by CEL's grammar as cel-go parses it: its reserved words, its limits on length and nesting, macros
 * expanded. Optional syntax (`a.?b`) is refused by name.
 */
import { errorAt } from "./errors.ts";
import { type Token, tokenize } from "./lex.ts";
import { expandMacro } from "./macros.ts";
import { type CallNode, heightOver, type Node } from "./node.ts";
import { Uint } from "./value.ts";

/** Code points of a rule; cel-go's limit. */
export const MAX_RULE_LENGTH = 100_000;
/** Levels of nesting, of brackets and of operators; cel-go's limit. */
export const MAX_NESTING = 250;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

const RESERVED: ReadonlySet<string> = new Set([
  ...["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"],
  ...["namespace", "return", "var", "void", "while"],
]);
const RELATIONS: ReadonlySet<string> = new Set(["<", "<=", ">=", ">", "==", "!=", "in"]);
const SUMS: ReadonlySet<string> = new Set(["+", "-"]);
const PRODUCTS: ReadonlySet<string> = new Set(["*", "/", "%"]);

/** @throws {CelError} of stage `parse` for what is no CEL. */
export function parseRule(rule: string): Node {
  if (rule.length > MAX_RULE_LENGTH && [...rule].length > MAX_RULE_LENGTH) {
    throw errorAt("parse", `the rule is longer than ${MAX_RULE_LENGTH} characters`, rule, 0);
  }
  return new Parser(rule, tokenize(rule)).parse();
}

type GrammarRule = "expression" | "relation" | "calculation";

class Parser {
  #next = 0;
  /** How often each of the grammar's rules that nest is open: cel-go limits each of them. */
  #open: Record<GrammarRule, number> = { expression: 0, relation: 0, calculation: 0 };
  constructor(readonly rule: string, readonly tokens: readonly Token[]) {}

  parse(): Node {
    const node = this.#expression();
    if (this.#token.kind !== "end") this.#unexpected("an operator or the end of the rule");
    return node;
  }

  get #token(): Token {
    return this.tokens[this.#next]!;
  }

  #advance(): Token {
    const token = this.#token;
    if (token.kind !== "end") this.#next++;
    return token;
  }

  #is(...symbols: string[]): boolean {
    return this.#token.kind === "symbol" && symbols.includes(this.#token.text);
  }

  #accept(symbol: string): Token | undefined {
    return this.#is(symbol) ? this.#advance() : undefined;
  }

  #expect(symbol: string): Token {
    return this.#accept(symbol) ?? this.#unexpected(`"${symbol}"`);
  }

  #unexpected(wanted: string): never {
    const { kind, text, at } = this.#token;
    const found = kind === "end" ? "the end of the rule" : text.length > 40 ? `a ${kind} literal` : text;
    throw errorAt("parse", `found ${found}, expected ${wanted}`, this.rule, at);
  }

  #refuseOptional(syntax: string, at = this.#token.at): void {
    if (this.#is("?")) throw errorAt("parse", `optional syntax ${syntax} is not available`, this.rule, at);
  }

  #expression(): Node {
    this.#refuseOptional("?");
    return this.#within("expression", () => this.#conditional());
  }

  #within(rule: GrammarRule, parse: () => Node): Node {
    if (++this.#open[rule] > MAX_NESTING) {
      throw errorAt("parse", `nested more than ${MAX_NESTING} levels deep`, this.rule, this.#token.at);
    }
    const node = parse();
    this.#open[rule]--;
    return node;
  }

  #conditional(): Node {
    const condition = this.#or();
    const operator = this.#accept("?");
    if (!operator) return condition;
    const whenTrue = this.#or();
    this.#expect(":");
    return this.#call(operator.at, "_?_:_", [condition, whenTrue, this.#expression()], true);
  }

  #or(): Node {
    return this.#chain("||", "_||_", () => this.#and());
  }

  #and(): Node {
    return this.#chain("&&", "_&&_", () => this.#relation());
  }

  /** A chain of && or || becomes a balanced tree, as in cel-go: long chains don't nest deep. */
  #chain(symbol: string, name: string, operand: () => Node): Node {
    const terms = [operand()];
    const places: number[] = [];
    for (let operator = this.#accept(symbol); operator; operator = this.#accept(symbol)) {
      places.push(operator.at);
      terms.push(operand());
    }
    const balance = (low: number, high: number): Node => {
      if (low > high) return terms[low]!;
      const middle = (low + high + 1) >> 1;
      return this.#call(places[middle]!, name, [balance(low, middle - 1), balance(middle + 1, high)], false);
    };
    return balance(0, places.length - 1);
  }

  #relation(): Node {
    return this.#within("relation", () => this.#operators(RELATIONS, "relation", () => this.#calculation()));
  }

  #calculation(): Node {
    return this.#within("calculation", () => this.#operators(SUMS, "calculation", () => this.#product()));
  }

  #product(): Node {
    return this.#operators(PRODUCTS, "calculation", () => this.#unary());
  }

  /** Operators of one precedence. What stands right of one is, in cel-go's grammar, the same rule once more. */
  #operators(symbols: ReadonlySet<string>, rule: GrammarRule, operand: () => Node): Node {
    let left = operand();
    while (this.#token.kind === "symbol" && symbols.has(this.#token.text)) {
      const { text, at } = this.#advance();
      const right = this.#within(rule, operand);
      left = this.#call(at, text === "in" ? "@in" : `_${text}_`, [left, right], true);
    }
    return left;
  }

  #unary(): Node {
    if (this.#is("!")) return this.#repeated("!", "!_");
    // A single minus before a number belongs to the number: -9223372036854775808 is one.
    if (this.#is("-") && !this.#isSignedNumber()) return this.#repeated("-", "-_");
    return this.#member();
  }

  #isSignedNumber(): boolean {
    const after = this.tokens[this.#next + 1]!;
    return this.#is("-") && (after.kind === "int" || after.kind === "double");
  }

  #repeated(symbol: string, name: string): Node {
    const { at } = this.#token;
    let count = 0;
    while (this.#accept(symbol)) count++;
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#call(at, name, [operand], false);
  }

  #member(): Node {
    let node = this.#isMessage() ? this.#message() : this.#primary();
    while (true) {
      if (this.#is(".")) node = this.#selection(node);
      else if (this.#is("[")) node = this.#index(node);
      else return node;
    }
  }

  #selection(operand: Node): Node {
    const { at } = this.#advance();
    this.#refuseOptional(".?", at);
    const name = this.#token;
    if (name.kind !== "identifier" && name.kind !== "escaped identifier") this.#unexpected("a field name");
    this.#advance();
    const open = name.kind === "identifier" ? this.#accept("(") : undefined;
    if (open) return this.#call(open.at, name.text, this.#arguments(), true, operand);
    const height = this.#limited(heightOver([operand], true), at);
    return { kind: "select", at, height, operand, field: name.text, isPresenceTest: false };
  }

  #index(operand: Node): Node {
    const { at } = this.#advance();
    this.#refuseOptional("[?", at);
    const index = this.#expression();
    this.#expect("]");
    return this.#call(at, "_[_]", [operand, index], true);
  }

  /** Whether names joined by dots begin here, and `{` follows them. */
  #isMessage(): boolean {
    const isDot = (token: Token) => token.kind === "symbol" && token.text === ".";
    let at = this.#next + (this.#is(".") ? 1 : 0);
    while (this.tokens[at]!.kind === "identifier") {
      const after = this.tokens[at + 1]!;
      if (after.kind === "symbol" && after.text === "{") return true;
      if (!isDot(after)) return false;
      at += 2;
    }
    return false;
  }

  /** Its name may have words in it that are reserved elsewhere. */
  #message(): Node {
    let typeName = "";
    while (!this.#is("{")) typeName += this.#advance().text;
    const { at } = this.#advance();
    const fields = this.#sequence("}", () => {
      this.#refuseOptional("?");
      const { kind, text: name } = this.#token;
      if (kind !== "identifier" && kind !== "escaped identifier") this.#unexpected("a field name");
      this.#advance();
      this.#expect(":");
      return { name, value: this.#expression() };
    });
    return { kind: "message", at, height: heightOver(fields.map(({ value }) => value), false), typeName, fields };
  }

  #primary(): Node {
    const token = this.#token;
    if (this.#isSignedNumber()) {
      this.#advance();
      return this.#number(this.#advance(), "-", token.at);
    }
    switch (token.kind) {
      case "identifier":
        return this.#name("");
      case "int":
      case "uint":
      case "double":
        return this.#number(this.#advance(), "", token.at);
      case "string":
      case "bytes":
        this.#advance();
        return { kind: "literal", at: token.at, height: 0, value: token.value! };
      case "symbol":
        return this.#symbolic(token);
    }
    return this.#unexpected("an expression");
  }

  #symbolic(token: Token): Node {
    const literal = (value: boolean | null): Node => {
      this.#advance();
      return { kind: "literal", at: token.at, height: 0, value };
    };
    switch (token.text) {
      case "true":
        return literal(true);
      case "false":
        return literal(false);
      case "null":
        return literal(null);
      case ".":
        this.#advance();
        return this.#name(".");
      case "(": {
        this.#advance();
        const node = this.#expression();
        this.#expect(")");
        return node;
      }
      case "[":
        return this.#list();
      case "{":
        return this.#map();
    }
    return this.#unexpected("an expression");
  }

  #name(dot: "" | "."): Node {
    const token = this.#token;
    if (token.kind !== "identifier") this.#unexpected("a name");
    this.#advance();
    if (RESERVED.has(token.text)) throw errorAt("parse", `reserved identifier: ${token.text}`, this.rule, token.at);
    const open = this.#accept("(");
    if (open) return this.#call(open.at, dot + token.text, this.#arguments(), false);
    return { kind: "ident", at: token.at, height: 0, name: dot + token.text };
  }

  #number(token: Token, sign: "" | "-", at: number): Node {
    const wrong = () => errorAt("parse", `invalid ${token.kind} literal: out of range`, this.rule, at);
    if (token.kind === "double") {
      const value = Number(sign + token.text);
      if (!Number.isFinite(value)) throw wrong();
      return { kind: "literal", at, height: 0, value };
    }
    const digits = BigInt(token.text.replace(/[uU]$/, ""));
    if (token.kind === "uint") {
      if (digits > UINT64_MAX) throw wrong();
      return { kind: "literal", at, height: 0, value: new Uint(digits) };
    }
    const value = sign === "-" ? -digits : digits;
    if (value > INT64_MAX || value < INT64_MIN) throw wrong();
    return { kind: "literal", at, height: 0, value };
  }

  /** The arguments up to and with the closing bracket. */
  #arguments(): Node[] {
    const args: Node[] = [];
    if (this.#accept(")")) return args;
    do args.push(this.#expression()); while (this.#accept(","));
    this.#expect(")");
    return args;
  }

  #list(): Node {
    const { at } = this.#advance();
    const elements = this.#sequence("]", () => this.#expression());
    return { kind: "list", at, height: heightOver(elements, false), elements };
  }

  #map(): Node {
    const { at } = this.#advance();
    const entries = this.#sequence("}", () => {
      const key = this.#expression();
      this.#expect(":");
      return { key, value: this.#expression() };
    });
    const height = heightOver(entries.flatMap(({ key, value }) => [key, value]), false);
    return { kind: "map", at, height, entries };
  }

  /** Items up to and with `close`; a comma may follow the last, or stand alone. */
  #sequence<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (!this.#is(close, ",")) {
      items.push(item());
      while (this.#is(",") && !this.#isAfterComma(close)) {
        this.#advance();
        items.push(item());
      }
    }
    this.#accept(",");
    this.#expect(close);
    return items;
  }

  #isAfterComma(symbol: string): boolean {
    const after = this.tokens[this.#next + 1]!;
    return after.kind === "symbol" && after.text === symbol;
  }

  #call(at: number, name: string, args: readonly Node[], isCounted: boolean, target?: Node): Node {
    const height = this.#limited(heightOver(target ? [target, ...args] : args, isCounted), at);
    const call: CallNode = { kind: "call", at, height, name, target, args };
    const expanded = expandMacro(call);
    if (expanded === undefined) return call;
    if ("problem" in expanded) throw errorAt("parse", expanded.problem, this.rule, expanded.at);
    return expanded;
  }

  #limited(height: number, at: number): number {
    if (height > MAX_NESTING) {
      throw errorAt("parse", `more than ${MAX_NESTING} operators deep`, this.rule, at);
    }
    return height;
  }
}
