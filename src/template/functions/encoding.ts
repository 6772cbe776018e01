/** Encodings: base64, base32, JSON and YAML, of sprig and of Sveltos, which overrides some of sprig's. */
import { goJsonError } from "../../json/go_error.ts";
import { Buffer } from "node:buffer";
import { canonicalJson, isJsonObject, type Json, parseJson } from "../../json/json.ts";
import { readYaml, YamlError } from "../../yaml/read.ts";
import { writeYaml } from "../../yaml/write.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { ANY, GoList, GoMap, jsonFromValue, type Value, valueFromJson } from "../value.ts";
import { type Family, fn } from "./define.ts";

/** encoding/json escapes these in HTML-safe mode; U+2028 and U+2029 in any mode. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

function escapeSeparators(json: string): string {
  return json.replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}

function toJson(value: Value, context: CallContext): string {
  return escapeSeparators(escapeHtml(canonicalJson(jsonFromValue(value, context))));
}

/** Sveltos: what can't be encoded is the empty text. */
function orEmpty(encode: () => string): string {
  try {
    return encode();
  } catch (error) {
    if (error instanceof FunctionError) return "";
    throw error;
  }
}

function decode(text: string, read: (text: string) => Json): Json | { readonly failure: string } {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { failure: goJsonError(text) ?? "the text is not JSON" };
    if (error instanceof YamlError) return { failure: `error converting YAML to JSON: ${error.goMessage}` };
    throw error;
  }
}

function isFailure(value: Json | { readonly failure: string }): value is { readonly failure: string } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "failure" in value &&
    Object.keys(value).length === 1 && typeof value.failure === "string";
}

/** Go's words for a value of another type than is wanted. */
function wrongType(value: Json, wanted: string, read: (text: string) => Json): string {
  const kind = Array.isArray(value)
    ? "array"
    : isJsonObject(value)
    ? "object"
    : typeof value === "boolean"
    ? "bool"
    : typeof value;
  const found = kind === "string" || kind === "bool" || kind === "array" || kind === "object" ? kind : "number";
  const problem = `json: cannot unmarshal ${found} into Go value of type ${wanted}`;
  return read === parseJson ? problem : `error unmarshaling JSON: while decoding JSON: ${problem}`;
}

/** Sveltos: a map, or one with the key `Error`. */
function mapFrom(text: string, read: (text: string) => Json): Value {
  const value = decode(text, read);
  const problem = isFailure(value)
    ? value.failure
    : isJsonObject(value) || value === null
    ? undefined
    : wrongType(value as Json, "map[string]interface {}", read);
  if (problem !== undefined) return new GoMap(new Map([["Error", problem]]));
  return value === null ? new GoMap() : valueFromJson(value as Json, "float64");
}

function listFrom(text: string, read: (text: string) => Json): Value {
  const value = decode(text, read);
  if (Array.isArray(value)) return valueFromJson(value, "float64");
  if (value === null) return new GoList([]);
  return new GoList([isFailure(value) ? value.failure : wrongType(value, "[]interface {}", read)]);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encodeBase32(bytes: Uint8Array): string {
  let bits = 0, value = 0, text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  if (bits > 0) text += BASE32[(value << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

function decodeBase32(text: string): string {
  const compact = text.replace(/[\r\n]/g, "");
  const body = compact.replace(/=+$/, "");
  if (compact.length % 8 !== 0 || /[^A-Z2-7]/.test(body)) return "illegal base32 data";
  let bits = 0, value = 0;
  const bytes: number[] = [];
  for (const character of body) {
    value = (value << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return textOf(Uint8Array.from(bytes));
}

/** Sprig gives the error's text back. */
function decodeBase64(text: string): string {
  const decoded = base64Bytes(text);
  return typeof decoded === "string" ? decoded : textOf(decoded);
}

/** Standard base64 as Go decodes it, or Go's message. Line breaks in the text don't count. */
export function base64Bytes(text: string): Uint8Array | string {
  const compact = text.replace(/[\r\n]/g, "");
  const bad = /[^A-Za-z0-9+/=]/.exec(compact);
  const isWhole = compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  if (bad || !isWhole) {
    const at = bad ? bad.index : compact.replace(/=+$/, "").length - (compact.replace(/=+$/, "").length % 4);
    return `illegal base64 data at input byte ${at}`;
  }
  return new Uint8Array(Buffer.from(compact, "base64"));
}

const indented = (value: Value, context: CallContext) =>
  escapeSeparators(escapeHtml(JSON.stringify(JSON.parse(canonicalJson(jsonFromValue(value, context))), null, 2)));

export const encoding: Family = {
  b64enc: fn(["string"], ([text]) => Buffer.from(bytesOf(text as string)).toString("base64")),
  b64dec: fn(["string"], ([text]) => decodeBase64(text as string)),
  b32enc: fn(["string"], ([text]) => encodeBase32(bytesOf(text as string))),
  b32dec: fn(["string"], ([text]) => decodeBase32(text as string)),
  toJson: fn([ANY], ([value], context) => orEmpty(() => toJson(value!, context))),
  mustToJson: fn([ANY], ([value], context) => toJson(value!, context)),
  toRawJson: fn([ANY], ([value], context) => escapeSeparators(canonicalJson(jsonFromValue(value!, context)))),
  mustToRawJson: fn([ANY], ([value], context) => escapeSeparators(canonicalJson(jsonFromValue(value!, context)))),
  toPrettyJson: fn([ANY], ([value], context) => orEmpty(() => indented(value!, context))),
  mustToPrettyJson: fn([ANY], ([value], context) => indented(value!, context)),
  fromJson: fn(["string"], ([text]) => mapFrom(text as string, parseJson)),
  fromJsonArray: fn(["string"], ([text]) => listFrom(text as string, parseJson)),
  mustFromJson: fn(["string"], ([text]) => {
    const value = decode(text as string, parseJson);
    if (isFailure(value)) throw new FunctionError(value.failure);
    return valueFromJson(value as Json, "float64");
  }),
  toYaml: fn([ANY], ([value], context) => orEmpty(() => writeYaml(jsonFromValue(value!, context)).replace(/\n$/, ""))),
  fromYaml: fn(["string"], ([text]) => mapFrom(text as string, readYaml)),
  fromYamlArray: fn(["string"], ([text]) => listFrom(text as string, readYaml)),
};
