/** Encodings: base64, base32, JSON and YAML, of sprig and of Sveltos, which overrides some of sprig's. */
import { base64Bytes, decodeBase32, encodeBase32 } from "./base_encodings.ts";
import { goJsonError } from "../../json/go_error.ts";
import { isJsonObject, type Json, JsonDepthError, parseJson } from "../../json/json.ts";
import { readYaml, YamlError } from "../../yaml/read.ts";
import { writeYamlThroughJson, YamlWriteError } from "../../yaml/write.ts";
import { FunctionError } from "../function.ts";
import { bytesOf, textOf } from "../bytes.ts";
import {
  ANY,
  ANY_LIST,
  ANY_MAP,
  anyMap,
  GoList,
  GoMap,
  jsonFromValue,
  NIL_MAP,
  type Value,
  valueFromJson,
} from "../value.ts";
import { type Family, fn } from "./define.ts";
import { type JsonStyle, jsonText } from "./json_text.ts";
import { octetError } from "./yaml_octets.ts";

const HTML_SAFE: JsonStyle = { escapesHtml: true };
const RAW: JsonStyle = { escapesHtml: false };
const INDENTED: JsonStyle = { escapesHtml: true, isIndented: true };

/** Sveltos: what can't be encoded is the empty text. */
function orEmpty(encode: () => string): string {
  try {
    return encode();
  } catch (error) {
    if (error instanceof FunctionError || error instanceof YamlWriteError) return "";
    throw error;
  }
}

/** What a text of JSON or YAML holds, and what Go says is wrong with it; both where some of it can't be held. */
interface Decoded {
  readonly value: Json;
  readonly problem?: string;
}

function decodeJson(text: string): Decoded {
  try {
    const value = parseJson(text);
    return withoutOverflow(text) ?? { value };
  } catch (error) {
    // To Go it is no error up to 10,000 levels: not to be taken for text that holds nothing.
    if (error instanceof JsonDepthError) throw new FunctionError(error.message);
    if (!(error instanceof SyntaxError)) throw error;
    return { value: null, problem: goJsonError(`${text} `) ?? error.message };
  }
}

const MAY_OVERFLOW = /[eE]\+?\d{3}|\d{300}/;

/** Go's decoder leaves a number out that no float64 holds, goes on, and says so in the end. */
function withoutOverflow(text: string): Decoded | undefined {
  if (!MAY_OVERFLOW.test(text)) return undefined;
  let literal: string | undefined;
  const value = (JSON.parse as (text: string, reviver: (k: string, v: Json, c: { source?: string }) => Json) => Json)(
    text,
    (_key, value, { source }) => {
      if (typeof value !== "number" || Number.isFinite(value)) return value;
      literal ??= source;
      return null;
    },
  );
  if (literal === undefined) return undefined;
  // A number that stands alone is one still.
  return { value: value ?? 0, problem: `json: cannot unmarshal number ${literal} into Go value of type float64` };
}

function decodeYaml(text: string): Decoded {
  const wrongBytes = octetError(text);
  if (wrongBytes !== undefined) return { value: null, problem: `error converting YAML to JSON: ${wrongBytes}` };
  try {
    return { value: readYaml(text) };
  } catch (error) {
    if (error instanceof YamlError) {
      return { value: null, problem: `error converting YAML to JSON: ${error.goMessage}` };
    }
    throw error;
  }
}

/** Go's words for a value of another type than is wanted. */
function wrongType(value: Json, wanted: string): string {
  return `json: cannot unmarshal ${kindOfJson(value)} into Go value of type ${wanted}`;
}

function kindOfJson(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (isJsonObject(value)) return "object";
  return typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "number";
}

const NIL_LIST = new GoList([], ANY_LIST, true);
/** What wrong types are called where the text was YAML. */
const AFTER_YAML = "error unmarshaling JSON: while decoding JSON: ";

/** Sveltos: a map, in which `Error` is what went wrong. A null of JSON makes it nil, one of YAML leaves it empty. */
function mapFrom({ value, problem }: Decoded, ofNull = NIL_MAP, prefix = ""): Value {
  if (isJsonObject(value)) {
    const map = valueFromJson(value, "float64");
    if (problem !== undefined) map.set("Error", problem);
    return map;
  }
  if (value === null && problem === undefined) return ofNull;
  return anyMap([["Error", value === null ? problem! : prefix + wrongType(value, ANY_MAP)]]);
}

/** Sveltos: a list, or one of what went wrong. */
function listFrom({ value, problem }: Decoded, ofNull = NIL_LIST, prefix = ""): Value {
  if (Array.isArray(value) && problem === undefined) return valueFromJson(value, "float64");
  if (value === null && problem === undefined) return ofNull;
  const isWrongType = value !== null && !Array.isArray(value);
  return new GoList([isWrongType ? prefix + wrongType(value, ANY_LIST) : problem!]);
}

/** Sprig gives the error's text back. */
function decodeBase64(text: string): string {
  const decoded = base64Bytes(text);
  return typeof decoded === "string" ? decoded : textOf(decoded);
}

/** The functions of JSON text in `style`, in sprig's two forms. */
function mustJson(style: JsonStyle) {
  return fn([ANY], ([value], context) => jsonText(value!, style, context));
}

function json(style: JsonStyle) {
  return fn([ANY], ([value], context) => orEmpty(() => jsonText(value!, style, context)));
}

export const encoding: Family = {
  b64enc: fn(["string"], ([text]) => bytesOf(text as string).toBase64()),
  b64dec: fn(["string"], ([text]) => decodeBase64(text as string)),
  b32enc: fn(["string"], ([text]) => encodeBase32(bytesOf(text as string))),
  b32dec: fn(["string"], ([text]) => decodeBase32(text as string)),
  toJson: json(HTML_SAFE),
  mustToJson: mustJson(HTML_SAFE),
  // Sprig: the one that panics.
  toRawJson: mustJson(RAW),
  mustToRawJson: mustJson(RAW),
  toPrettyJson: json(INDENTED),
  mustToPrettyJson: mustJson(INDENTED),
  fromJson: fn(["string"], ([text]) => mapFrom(decodeJson(text as string))),
  fromJsonArray: fn(["string"], ([text]) => listFrom(decodeJson(text as string))),
  mustFromJson: fn(["string"], ([text]) => {
    const { value, problem } = decodeJson(text as string);
    // The number may be a secret.
    if (problem !== undefined) throw new FunctionError(problem.replace(/^(json: cannot unmarshal number) \S+/, "$1"));
    return valueFromJson(value, "float64");
  }),
  toYaml: fn(
    [ANY],
    ([value], context) => orEmpty(() => writeYamlThroughJson(jsonFromValue(value!, context)).replace(/\n$/, "")),
  ),
  fromYaml: fn(["string"], ([text]) => mapFrom(decodeYaml(text as string), new GoMap(), AFTER_YAML)),
  fromYamlArray: fn(["string"], ([text]) => listFrom(decodeYaml(text as string), new GoList([]), AFTER_YAML)),
};
