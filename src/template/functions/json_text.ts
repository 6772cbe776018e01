/** Writes values as Go's encoding/json does: maps by sorted keys, structs in the order of their fields. */
import { Float64, isJsonObject, type Json } from "../../json/json.ts";
import { VALUE_DEPTH } from "../budget.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { GoComplex, GoInt, GoList, GoMap, GoText, typeOf, type Value } from "../value.ts";

export interface JsonStyle {
  /** `<`, `>` and `&` as escapes, which encoding/json does unless told not to. */
  readonly escapeHtml: boolean;
  /** What a line is indented with for each level; without it all is one line, without spaces. */
  readonly indent?: string;
}

/**
 * The JSON text of `value`.
 *
 * @throws {FunctionError} for NaN, infinities, complex numbers and what is nested too deep, with Go's words.
 */
export function jsonText(value: Value, style: JsonStyle, context: Pick<CallContext, "spend" | "reserve">): string {
  return new JsonWriter(style, context).write(value);
}

class JsonWriter {
  readonly #parts: string[] = [];
  readonly #budget: Pick<CallContext, "spend" | "reserve">;
  readonly #style: JsonStyle;
  #length = 0;
  #reserved = 0;

  constructor(style: JsonStyle, budget: Pick<CallContext, "spend" | "reserve">) {
    this.#style = style;
    this.#budget = budget;
  }

  write(value: Value): string {
    this.#value(value, 0);
    return this.#parts.join("");
  }

  #put(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    // Asked for in portions: one request a write would cost more than the write.
    if (this.#length - this.#reserved > 4096) {
      this.#budget.reserve(this.#length);
      this.#reserved = this.#length;
    }
  }

  #value(value: Value, depth: number): void {
    this.#budget.spend(1);
    if (value === null || value === undefined) return this.#put("null");
    if (typeof value === "string") return this.#put(quotedText(value, this.#style.escapeHtml));
    if (typeof value === "boolean") return this.#put(String(value));
    if (typeof value === "number") return this.#put(floatText(value));
    if (value instanceof GoInt) return this.#put(String(value.value));
    if (depth > VALUE_DEPTH) {
      throw new FunctionError(`json: unsupported value: encountered a cycle via ${typeOf(value)}`);
    }
    if (value instanceof GoComplex) throw new FunctionError("json: unsupported type: complex128");
    if (value instanceof GoMap) {
      if (value.isNil) return this.#put("null");
      return this.#object(value.sortedKeys(), (key) => this.#value(value.get(key), depth + 1), depth);
    }
    if (value instanceof GoList) return this.#list(value, depth);
    if (value instanceof GoText) return this.#put(quotedText(value.text, this.#style.escapeHtml));
    const { toJson, fields } = value.type;
    if (toJson !== undefined) return this.#json(toJson(value), depth);
    this.#object(fields, (name) => this.#value(value.field(name), depth + 1), depth);
  }

  #list(list: GoList, depth: number): void {
    if (list.isNil) return this.#put("null");
    if (list.type === "[]uint8") {
      return this.#put(`"${Uint8Array.from(list.items, (item) => (item as GoInt).toNumber()).toBase64()}"`);
    }
    this.#within("[", "]", list.length, (i) => this.#value(list.items[i], depth + 1), depth);
  }

  /** What a struct makes of itself: its keys are in order. */
  #json(value: Json, depth: number): void {
    if (isJsonObject(value)) {
      return this.#object(Object.keys(value), (key) => this.#json(value[key]!, depth + 1), depth);
    }
    if (Array.isArray(value)) {
      return this.#within("[", "]", value.length, (i) => this.#json(value[i]!, depth + 1), depth);
    }
    if (typeof value === "bigint") return this.#put(String(value));
    this.#value(value instanceof Float64 ? value.value : value, depth);
  }

  #object(keys: readonly string[], writeField: (key: string) => void, depth: number): void {
    this.#within("{", "}", keys.length, (i) => {
      this.#put(quotedText(keys[i]!, this.#style.escapeHtml) + (this.#style.indent === undefined ? ":" : ": "));
      writeField(keys[i]!);
    }, depth);
  }

  #within(open: string, close: string, count: number, writeOne: (i: number) => void, depth: number): void {
    this.#put(open);
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#put(",");
      this.#newLine(depth + 1);
      writeOne(i);
    }
    if (count > 0) this.#newLine(depth);
    this.#put(close);
  }

  #newLine(depth: number): void {
    const { indent } = this.#style;
    if (indent !== undefined) this.#put(`\n${indent.repeat(depth)}`);
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new FunctionError(`json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

function quotedText(text: string, escapesHtml: boolean): string {
  // JSON.stringify escapes what Go does, and lone surrogates, which here are bytes that aren't UTF-8.
  const quoted = JSON.stringify(text).replace(
    /\\ud[89a-f][0-9a-f]{2}|\\./g,
    (escape) => escape.length > 2 ? "\\ufffd" : escape,
  );
  const html = escapesHtml ? quoted.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : quoted;
  return html.replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}
