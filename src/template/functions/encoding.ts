/** Encodings: base64, base32, JSON and YAML, of sprig and of Sveltos, which overrides some of sprig's. */
import { base64Bytes, decodeBase32, encodeBase32 } from "./base_encodings.ts";
import { goJsonError } from "../../json/go_error.ts";
import { isJsonObject, type Json, parseJson } from "../../json/json.ts";
import { readYaml, YamlError } from "../../yaml/read.ts";
import { writeYaml } from "../../yaml/write.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { ANY, GoList, GoMap, jsonFromValue, type Value, valueFromJson } from "../value.ts";
import { type Family, fn } from "./define.ts";
import { jsonText } from "./json_text.ts";

const toJson = (value: Value, context: CallContext) => jsonText(value, { escapeHtml: true }, context);
const toRawJson = (value: Value, context: CallContext) => jsonText(value, { escapeHtml: false }, context);
const toPrettyJson = (value: Value, context: CallContext) =>
  jsonText(value, { escapeHtml: true, indent: "  " }, context);

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
    if (error instanceof SyntaxError) return { failure: goJsonError(`${text} `) ?? "the text is not JSON" };
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

/** Sprig gives the error's text back. */
function decodeBase64(text: string): string {
  const decoded = base64Bytes(text);
  return typeof decoded === "string" ? decoded : textOf(decoded);
}

export const encoding: Family = {
  b64enc: fn(["string"], ([text]) => bytesOf(text as string).toBase64()),
  b64dec: fn(["string"], ([text]) => decodeBase64(text as string)),
  b32enc: fn(["string"], ([text]) => encodeBase32(bytesOf(text as string))),
  b32dec: fn(["string"], ([text]) => decodeBase32(text as string)),
  toJson: fn([ANY], ([value], context) => orEmpty(() => toJson(value!, context))),
  mustToJson: fn([ANY], ([value], context) => toJson(value!, context)),
  toRawJson: fn([ANY], ([value], context) => toRawJson(value!, context)),
  mustToRawJson: fn([ANY], ([value], context) => toRawJson(value!, context)),
  toPrettyJson: fn([ANY], ([value], context) => orEmpty(() => toPrettyJson(value!, context))),
  mustToPrettyJson: fn([ANY], ([value], context) => toPrettyJson(value!, context)),
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
