/** Rule text → tokens, by the lexical rules of CEL; what no rule takes is refused with its place. */
import { errorAt } from "./errors.ts";
import { type Literal, readString } from "./string_literal.ts";

export type TokenKind =
  | "identifier"
  /** A field name in backquotes; `text` is without them. */
  | "escaped identifier"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  /** Operators, brackets and the four words that are no identifiers: in, true, false, null. */
  | "symbol"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** UTF-16 offset in the rule. */
  readonly at: number;
  /** What a string or bytes literal stands for. */
  readonly value?: string | Uint8Array;
}

const BLANK = /(?:[\t \r\n\f]|\/\/[^\n]*)+/y;
const DOUBLE = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y;
const UINT = /(?:0x[0-9a-fA-F]+|\d+)[uU]/y;
const INT = /0x[0-9a-fA-F]+|\d+/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED_IDENTIFIER = /`[A-Za-z0-9_.\-/ ]+`/y;
const STRING_START = /[bB]?[rR]?["']/y;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>()[\]{}.,?:+\-*/%!]/y;

const WORDS: ReadonlySet<string> = new Set(["in", "true", "false", "null"]);

/** @throws {CelError} of stage `parse` at a character that begins no token, or a literal that is not closed. */
export function tokenize(rule: string): Token[] {
  const tokens: Token[] = [];
  let at = matchAt(BLANK, rule, 0).length;
  while (at < rule.length) {
    const token = readToken(rule, at);
    tokens.push(token.token);
    at = token.end + matchAt(BLANK, rule, token.end).length;
  }
  tokens.push({ kind: "end", text: "", at: rule.length });
  return tokens;
}

function readToken(rule: string, at: number): { token: Token; end: number } {
  const string = matchAt(STRING_START, rule, at);
  if (string !== "") return stringToken(rule, at, string);
  const number = numberToken(rule, at);
  if (number) return { token: number, end: at + number.text.length };
  const identifier = matchAt(IDENTIFIER, rule, at);
  if (identifier !== "") {
    const kind = WORDS.has(identifier) ? "symbol" : "identifier";
    return { token: { kind, text: identifier, at }, end: at + identifier.length };
  }
  const escaped = matchAt(ESCAPED_IDENTIFIER, rule, at);
  if (escaped !== "") {
    return { token: { kind: "escaped identifier", text: escaped.slice(1, -1), at }, end: at + escaped.length };
  }
  const symbol = matchAt(SYMBOL, rule, at);
  if (symbol !== "") return { token: { kind: "symbol", text: symbol, at }, end: at + symbol.length };
  throw errorAt(
    "parse",
    `unexpected character ${JSON.stringify(String.fromCodePoint(rule.codePointAt(at)!))}`,
    rule,
    at,
  );
}

function stringToken(rule: string, at: number, start: string): { token: Token; end: number } {
  const literal: Literal = readString(rule, at, start);
  const kind = typeof literal.value === "string" ? "string" : "bytes";
  return { token: { kind, text: rule.slice(at, literal.end), at, value: literal.value }, end: literal.end };
}

/** The longest number at `at`. */
function numberToken(rule: string, at: number): Token | undefined {
  const candidates: Token[] = [
    { kind: "double", text: matchAt(DOUBLE, rule, at), at },
    { kind: "uint", text: matchAt(UINT, rule, at), at },
    { kind: "int", text: matchAt(INT, rule, at), at },
  ];
  const longest = candidates.reduce((best, next) => next.text.length > best.text.length ? next : best);
  return longest.text === "" ? undefined : longest;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
