/**
 * Label selectors in the API's query syntax, parsed, matched and written as k8s.io/apimachinery v0.36 does it:
 * requirements are ANDed, `!=` and `notin` match objects without the key. What it refuses is refused.
 */
import { validateLabelKey, validateLabelValue } from "../api/object.ts";
import { compareBytes, isJsonObject, type Json, type JsonObject } from "../json/json.ts";

/** `=` and `==` are `in` one value, `!=` is `notin` one value. */
export type LabelOperator = "in" | "notin" | "exists" | "!" | ">" | "<";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted by bytes, each once. One whole number for `>` and `<`; none for `exists` and `!`. */
  readonly values: readonly string[];
}

/** A selector that is not one; the message says what is wrong, the caller says where. */
export class LabelSelectorError extends Error {
  override name = "LabelSelectorError";
}

type Token = { readonly type: "symbol" | "word" | "end"; readonly text: string };

const SYMBOLS = ["!=", "==", "=", "!", "(", ")", ",", ">", "<"];
const BLANKS = " \t\r\n";
const WORD_ENDS = `${BLANKS}=!(),<>\0`;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (BLANKS.includes(text[at]!)) {
      at++;
      continue;
    }
    // A NUL ends the text where a token could begin, and ends a word as a blank does.
    if (text[at] === "\0") break;
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
    if (symbol) {
      tokens.push({ type: "symbol", text: symbol });
      at += symbol.length;
    } else {
      let end = at;
      while (end < text.length && !WORD_ENDS.includes(text[end]!)) end++;
      tokens.push({ type: "word", text: text.slice(at, end) });
      at = end;
    }
    if (text[at] === "\0") at++;
  }
  return [...tokens, { type: "end", text: "" }];
}

/**
 * Parses the query syntax: `a=b,c==d,e!=f,g,!h,i in (x,y),j notin (z),k>5,l<3`. Empty text gives no requirement, which
 * matches everything.
 *
 * @returns requirements in the order of their keys' bytes
 * @throws {LabelSelectorError} for syntax, keys, values and numbers that apimachinery refuses
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return new Parser(tokenize(text)).parse().sort((a, b) => compareBytes(a.key, b.key));
}

class Parser {
  #at = 0;
  constructor(readonly tokens: readonly Token[]) {}

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().type === "end") return requirements;
    if (!this.#startsRequirement()) this.#unexpected("!, a key or the end");
    while (true) {
      requirements.push(this.#requirement());
      if (this.#peek().type === "end") return requirements;
      if (!this.#accept(",")) this.#unexpected('"," or the end');
      if (!this.#startsRequirement()) this.#unexpected('a key after ","');
    }
  }

  #peek(): Token {
    return this.tokens[this.#at]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.type !== "end") this.#at++;
    return token;
  }

  #is(symbol: string): boolean {
    return this.#peek().type === "symbol" && this.#peek().text === symbol;
  }

  #accept(symbol: string): boolean {
    const isThere = this.#is(symbol);
    if (isThere) this.#next();
    return isThere;
  }

  #startsRequirement(): boolean {
    return this.#peek().type === "word" || this.#is("!");
  }

  #isAtEnd(): boolean {
    return this.#peek().type === "end" || this.#is(",");
  }

  #unexpected(wanted: string): never {
    const { type, text } = this.#peek();
    throw new LabelSelectorError(`found ${type === "end" ? "the end" : `"${text}"`}, expected ${wanted}`);
  }

  #requirement(): LabelRequirement {
    const isNegated = this.#accept("!");
    if (this.#peek().type !== "word") this.#unexpected("a key");
    const key = checkedKey(this.#next().text);
    if (isNegated) return { key, operator: "!", values: [] };
    if (this.#isAtEnd()) return { key, operator: "exists", values: [] };
    const operator = this.#peek().text;
    switch (operator) {
      case "=":
      case "==":
        this.#next();
        return { key, operator: "in", values: [this.#value(key)] };
      case "!=":
        this.#next();
        return { key, operator: "notin", values: [this.#value(key)] };
      case ">":
      case "<":
        this.#next();
        return { key, operator, values: [this.#integer(key)] };
      case "in":
      case "notin":
        this.#next();
        return { key, operator, values: this.#set(key) };
    }
    return this.#unexpected("in, notin, =, ==, !=, > or <");
  }

  /** A single value; nothing before "," or the end is the empty value. */
  #value(key: string): string {
    if (this.#isAtEnd()) return "";
    if (this.#peek().type !== "word") this.#unexpected(`a value for "${key}"`);
    return checkedValue(key, this.#next().text);
  }

  #integer(key: string): string {
    const value = this.#value(key);
    if (int64(value) === undefined) throw new LabelSelectorError(`"${key}": "${value}" is no whole number`);
    return value;
  }

  /** The values in brackets; nothing before or after a comma, or at all, is the empty value. */
  #set(key: string): string[] {
    if (!this.#accept("(")) this.#unexpected('"("');
    const values: string[] = [];
    do {
      if (this.#peek().type === "word") values.push(checkedValue(key, this.#next().text));
      else if (this.#is(",") || this.#is(")")) values.push("");
      else this.#unexpected(`a value for "${key}", "," or ")"`);
    } while (this.#accept(","));
    if (!this.#accept(")")) this.#unexpected('"," or ")"');
    return [...new Set(values)].sort(compareBytes);
  }
}

function checkedKey(key: string): string {
  const problem = validateLabelKey(key);
  if (problem) throw new LabelSelectorError(`key "${key}": ${problem}`);
  return key;
}

function checkedValue(key: string, value: string): string {
  const problem = validateLabelValue(value);
  if (problem) throw new LabelSelectorError(`value "${value}" of "${key}": ${problem}`);
  return value;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** The number that Go's strconv.ParseInt reads; labels have 63 characters at most. */
function int64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

/** Whether the labels fulfil all requirements. A label that is no whole number is neither above nor below one. */
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
      const number = value === undefined ? undefined : int64(value);
      const limit = int64(values[0]!);
      if (number === undefined || limit === undefined) return false;
      return operator === ">" ? number > limit : number < limit;
    }
  }
}

/** The operators of matchExpressions, and how the query syntax writes them. */
const OPERATORS: ReadonlyMap<string, { takesValues: boolean; write: (key: string, values: string) => string }> =
  new Map([
    ["In", { takesValues: true, write: (key: string, values: string) => `${key} in (${values})` }],
    ["NotIn", { takesValues: true, write: (key: string, values: string) => `${key} notin (${values})` }],
    ["Exists", { takesValues: false, write: (key: string) => key }],
    ["DoesNotExist", { takesValues: false, write: (key: string) => `!${key}` }],
  ]);

/**
 * The query text of a metav1.LabelSelector, as LabelSelectorAsSelector(…).String() writes it: requirements by the bytes of
 * their keys, those of matchLabels before those of matchExpressions with the same key. Empty for an empty selector.
 *
 * @throws {LabelSelectorError} for keys and values that can't be such, unknown operators and fields, values where there must
 * be none, or none where there must be
 */
export function formatLabelSelector(selector: JsonObject): string {
  const parts: { key: string; text: string }[] = [];
  for (const [name, value] of Object.entries(selector)) {
    if (name !== "matchLabels" && name !== "matchExpressions") {
      throw new LabelSelectorError(`"${name}" is not a field of label selectors: matchLabels, matchExpressions`);
    }
    // Sorting keeps the order of equal keys.
    if (name === "matchLabels") parts.unshift(...formatLabels(value));
    else parts.push(...formatExpressions(value));
  }
  return parts.sort((a, b) => compareBytes(a.key, b.key)).map(({ text }) => text).join(",");
}

function formatLabels(labels: Json): { key: string; text: string }[] {
  if (labels === null) return [];
  if (!isJsonObject(labels)) throw new LabelSelectorError("matchLabels must be a map");
  return Object.entries(labels).map(([key, value]) => {
    checkedKey(key);
    return { key, text: `${key}=${checkedValue(key, asText(value, `matchLabels "${key}"`))}` };
  });
}

function formatExpressions(expressions: Json): { key: string; text: string }[] {
  if (expressions === null) return [];
  if (!Array.isArray(expressions)) throw new LabelSelectorError("matchExpressions must be a list");
  return expressions.map((expression, index) => {
    const place = `matchExpressions[${index}]`;
    if (!isJsonObject(expression)) throw new LabelSelectorError(`${place} must be a map`);
    return formatExpression(expression, place);
  });
}

function formatExpression(expression: JsonObject, place: string): { key: string; text: string } {
  const fields = new Map(Object.entries(expression));
  const unknown = [...fields.keys()].find((name) => !["key", "operator", "values"].includes(name));
  if (unknown !== undefined) throw new LabelSelectorError(`"${unknown}" is not a field of ${place}`);
  const operator = asText(fields.get("operator") ?? "", `${place}.operator`);
  const known = OPERATORS.get(operator);
  if (!known) {
    throw new LabelSelectorError(`${place}: "${operator}" is not one of ${[...OPERATORS.keys()].join(", ")}`);
  }
  const key = checkedKey(asText(fields.get("key") ?? "", `${place}.key`));
  const list = fields.get("values") ?? [];
  if (!Array.isArray(list)) throw new LabelSelectorError(`${place}.values must be a list`);
  const values = list.map((value) => checkedValue(key, asText(value, `${place}.values`)));
  if (known.takesValues && values.length === 0) throw new LabelSelectorError(`"${key}": ${operator} needs values`);
  if (!known.takesValues && values.length > 0) throw new LabelSelectorError(`"${key}": ${operator} takes no values`);
  return { key, text: known.write(key, values.sort(compareBytes).join(",")) };
}

function asText(value: Json, place: string): string {
  // Go decodes null as the empty string.
  if (value === null) return "";
  if (typeof value !== "string") throw new LabelSelectorError(`${place} must be a text`);
  return value;
}
