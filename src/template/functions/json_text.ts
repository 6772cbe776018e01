/** JSON as Go's encoding/json writes a template's values: kinds of numbers, nil, fields of structs in their order, stray bytes. */
import { Float64, isJsonObject, type Json } from "../../json/json.ts";
import { VALUE_DEPTH } from "../budget.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { GoComplex, GoInt, GoList, GoMap, GoText, typeOf, type Value } from "../value.ts";

/** Ways of writing, as Go's encoder has them. */
export interface JsonStyle {
  /** `<`, `>` and `&` as escapes. */
  readonly escapesHtml: boolean;
  /** A line for each element and key, each level two blanks further in. */
  readonly isIndented?: boolean;
}

/** @throws {FunctionError} for NaN, infinities, complex numbers and what is nested too deep, with Go's words. */
export function jsonText(value: Value, style: JsonStyle, context: CallContext): string {
  const writer = new JsonWriter(style, context);
  writer.value(value, 0);
  return writer.finish();
}

class JsonWriter {
  readonly #parts: string[] = [];
  #length = 0;
  #reserved = 0;

  constructor(readonly style: JsonStyle, readonly context: CallContext) {}

  finish(): string {
    return this.#parts.join("");
  }

  #write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    // Asked for in portions: one request a write would cost more than the write.
    if (this.#length - this.#reserved > 4096) {
      this.context.reserve(this.#length);
      this.#reserved = this.#length;
    }
  }

  value(value: Value, depth: number): void {
    this.context.spend(1);
    if (value === null || value === undefined) return this.#write("null");
    if (typeof value === "string") return this.#write(this.#quoted(value));
    if (typeof value === "boolean") return this.#write(String(value));
    if (typeof value === "number") return this.#write(floatText(value));
    if (depth > VALUE_DEPTH) {
      throw new FunctionError(`json: unsupported value: encountered a cycle via ${typeOf(value)}`);
    }
    if (value instanceof GoInt) return this.#write(String(value.value));
    if (value instanceof GoComplex) throw new FunctionError("json: unsupported type: complex128");
    if (value instanceof GoMap) return this.#map(value, depth);
    if (value instanceof GoList) return this.#list(value, depth);
    if (value instanceof GoText) return this.#write(this.#quoted(value.text));
    if (value.type.toJson !== undefined) return this.#json(value.type.toJson(value), depth);
    this.#object(value.type.fields.map((name, i) => [name, () => this.value(value.values[i], depth + 1)]), depth);
  }

  #map(map: GoMap, depth: number): void {
    if (map.isNil) return this.#write("null");
    this.#object(map.sortedKeys().map((key) => [key, () => this.value(map.get(key), depth + 1)]), depth);
  }

  #list(list: GoList, depth: number): void {
    if (list.isNil) return this.#write("null");
    if (list.type === "[]uint8") {
      return this.#write(`"${Uint8Array.from(list.items, (item) => (item as GoInt).toNumber()).toBase64()}"`);
    }
    this.#bracketed("[", "]", list.items.map((item) => () => this.value(item, depth + 1)), depth);
  }

  /** What a type's own encoder gives; its keys stand in their order. */
  #json(json: Json, depth: number): void {
    if (Array.isArray(json)) {
      return this.#bracketed(
        "[",
        "]",
        json.map((item) => () => this.#json(item, depth + 1)),
        depth,
      );
    }
    if (isJsonObject(json)) {
      return this.#object(Object.keys(json).map((key) => [key, () => this.#json(json[key]!, depth + 1)]), depth);
    }
    if (typeof json === "string") return this.#write(this.#quoted(json));
    this.#write(
      json instanceof Float64 ? floatText(json.value) : typeof json === "number" ? floatText(json) : String(json),
    );
  }

  #object(entries: readonly (readonly [string, () => void])[], depth: number): void {
    const colon = this.style.isIndented ? ": " : ":";
    const writes = entries.map(([key, write]) => () => {
      this.#write(this.#quoted(key) + colon);
      write();
    });
    this.#bracketed("{", "}", writes, depth);
  }

  #bracketed(open: string, close: string, writes: readonly (() => void)[], depth: number): void {
    if (writes.length === 0) return this.#write(open + close);
    const { isIndented } = this.style;
    this.#write(open);
    writes.forEach((write, i) => {
      if (i > 0) this.#write(",");
      if (isIndented) this.#write(`\n${"  ".repeat(depth + 1)}`);
      write();
    });
    if (isIndented) this.#write(`\n${"  ".repeat(depth)}`);
    this.#write(close);
  }

  #quoted(text: string): string {
    const { escapesHtml } = this.style;
    if (!text.isWellFormed()) return `"${text.replace(escapesHtml ? ESCAPED_IN_HTML : ESCAPED, escapeOf)}"`;
    // The platform escapes the rest alike, and many times faster.
    return JSON.stringify(text).replace(escapesHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g, escapeOf);
  }
}

// deno-lint-ignore no-control-regex -- these are what Go escapes
const ESCAPED = /["\\\x00-\x1f\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED_IN_HTML = new RegExp(`[<>&]|${ESCAPED.source}`, "g");
const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  // A byte that isn't UTF-8.
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  return SHORT.get(character) ?? `\\u${code.toString(16).padStart(4, "0")}`;
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new FunctionError(`json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
  }
  // JavaScript writes the same digits, and an exponent in the same places, but for zero's sign.
  return Object.is(value, -0) ? "-0" : String(value);
}
