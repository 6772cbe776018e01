/**
 * Label selectors in the API's query syntax, parsed and matched as k8s.io/apimachinery does: requirements are ANDed, and
 * `!=` and `notin` match objects without the key.
 */
import { validateLabelKey, validateLabelValue } from "../api/object.ts";
import { compareBytes, field, isJsonObject, type JsonObject } from "../json/json.ts";

export type LabelOperator = "in" | "notin" | "exists" | "!" | ">" | "<";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** A selector that is not one; the message says what is wrong, the caller says where. */
export class LabelSelectorError extends Error {
  override name = "LabelSelectorError";
}

type Token = { readonly type: "symbol" | "word" | "end"; readonly text: string };

const SYMBOLS = ["!=", "==", "=", "!", "(", ")", ",", ">", "<"];
const WORD_END = /[\s=!(),<>]/;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
    if (symbol) {
      tokens.push({ type: "symbol", text: symbol });
      at += symbol.length;
      continue;
    }
    let end = at;
    while (end < text.length && !WORD_END.test(text[end]!)) end++;
    tokens.push({ type: "word", text: text.slice(at, end) });
    at = end;
  }
  return [...tokens, { type: "end", text: "" }];
}

/** Parses the query syntax: `a=b,c!=d,e,!f,g in (x,y),h notin (z),i>5`. Empty text: no requirement. @throws {LabelSelectorError} */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return new Parser(tokenize(text)).parse();
}

class Parser {
  #at = 0;
  constructor(readonly tokens: readonly Token[]) {}

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().type === "end") return requirements;
    while (true) {
      requirements.push(this.#requirement());
      const next = this.#next();
      if (next.type === "end") return requirements;
      if (next.text !== ",") throw new LabelSelectorError(`found "${next.text}", expected "," or the end`);
      if (this.#peek().type === "end") throw new LabelSelectorError(`found the end, expected a key after ","`);
    }
  }

  #peek(): Token {
    return this.tokens[this.#at]!;
  }

  #next(): Token {
    const token = this.tokens[this.#at]!;
    if (token.type !== "end") this.#at++;
    return token;
  }

  #requirement(): LabelRequirement {
    const isNegated = this.#peek().type === "symbol" && this.#peek().text === "!";
    if (isNegated) this.#next();
    const token = this.#next();
    if (token.type !== "word") throw new LabelSelectorError(`found "${token.text}", expected a key`);
    const key = token.text;
    const problem = validateLabelKey(key);
    if (problem) throw new LabelSelectorError(`key "${key}": ${problem}`);
    const after = this.#peek();
    if (isNegated) return { key, operator: "!", values: [] };
    if (after.type === "end" || after.text === ",") return { key, operator: "exists", values: [] };
    this.#next();
    switch (after.text) {
      case "=":
      case "==":
        return { key, operator: "in", values: [this.#value(key)] };
      case "!=":
        return { key, operator: "notin", values: [this.#value(key)] };
      case ">":
      case "<":
        return { key, operator: after.text, values: [this.#integer(key)] };
      case "in":
      case "notin":
        return { key, operator: after.text, values: this.#set(key) };
    }
    throw new LabelSelectorError(`found "${after.text}", expected one of = == != in notin < >`);
  }

  /** A single value; nothing before "," or the end is the empty value. */
  #value(key: string): string {
    const token = this.#peek();
    if (token.type === "end" || token.text === ",") return "";
    this.#next();
    if (token.type !== "word") throw new LabelSelectorError(`found "${token.text}", expected a value for "${key}"`);
    return checkedValue(key, token.text);
  }

  #integer(key: string): string {
    const value = this.#value(key);
    if (!/^[-+]?\d+$/.test(value)) throw new LabelSelectorError(`"${key}": "${value}" is no whole number`);
    return value;
  }

  #set(key: string): string[] {
    if (this.#next().text !== "(") throw new LabelSelectorError(`"${key}": expected "(" after in or notin`);
    const values: string[] = [];
    if (this.#peek().text === ")") {
      this.#next();
      return [""];
    }
    while (true) {
      const token = this.#peek();
      if (token.type === "word") {
        this.#next();
        values.push(checkedValue(key, token.text));
      } else values.push("");
      const separator = this.#next();
      if (separator.text === ")") return [...new Set(values)].sort(compareBytes);
      if (separator.text !== ",") {
        throw new LabelSelectorError(`"${key}": found "${separator.text}", expected "," or ")"`);
      }
    }
  }
}

function checkedValue(key: string, value: string): string {
  const problem = validateLabelValue(value);
  if (problem) throw new LabelSelectorError(`value "${value}" of "${key}": ${problem}`);
  return value;
}

/** Whether the labels fulfil all requirements. */
export function matchesLabels(
  requirements: readonly LabelRequirement[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return requirements.every((requirement) => matchesOne(requirement, labels));
}

function matchesOne({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "in":
      return value !== undefined && values.includes(value);
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case ">":
    case "<": {
      if (value === undefined || !/^[-+]?\d+$/.test(value)) return false;
      const difference = BigInt(value) - BigInt(values[0]!);
      return operator === ">" ? difference > 0n : difference < 0n;
    }
  }
}

const OPERATORS: Readonly<Record<string, (key: string, values: string[]) => string>> = {
  In: (key, values) => `${key} in (${values.join(",")})`,
  NotIn: (key, values) => `${key} notin (${values.join(",")})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/**
 * The query text of a metav1.LabelSelector, requirements sorted by key as apimachinery sorts them; empty for an empty one.
 *
 * @throws {LabelSelectorError} for an unknown operator, or values where there must be none, or none where there must be.
 */
export function formatLabelSelector(selector: JsonObject): string {
  const parts: { key: string; text: string }[] = [];
  const labels = field(selector, "matchLabels");
  if (isJsonObject(labels)) {
    for (const [key, value] of Object.entries(labels)) {
      parts.push({ key, text: `${key}=${checkedValue(key, String(value))}` });
    }
  }
  const expressions = field(selector, "matchExpressions");
  for (const expression of Array.isArray(expressions) ? expressions : []) {
    const key = String(field(expression, "key") ?? "");
    const operator = String(field(expression, "operator") ?? "");
    const found = field(expression, "values");
    const values = Array.isArray(found) ? found.map((value) => checkedValue(key, String(value))) : [];
    const format = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator]! : undefined;
    if (!format) throw new LabelSelectorError(`"${operator}" is not one of ${Object.keys(OPERATORS).join(", ")}`);
    const wantsValues = operator === "In" || operator === "NotIn";
    if (wantsValues && values.length === 0) throw new LabelSelectorError(`"${key}": ${operator} needs values`);
    if (!wantsValues && values.length > 0) throw new LabelSelectorError(`"${key}": ${operator} takes no values`);
    parts.push({ key, text: format(key, [...new Set(values)].sort(compareBytes)) });
  }
  return parts.sort((a, b) => compareBytes(a.key, b.key)).map(({ text }) => text).join(",");
}
