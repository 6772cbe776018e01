/** Sveltos's module `json`: Go's encoding/json, and YAML by way of JSON. Texts are byte strings. */
import { goJsonError } from "../../json/go_error.ts";
import { canonicalJson, isJsonObject, type Json, JsonDepthError, parseJson, toFloat } from "../../json/json.ts";
import { textOf } from "../../template/bytes.ts";
import { readYaml, YamlError } from "../../yaml/read.ts";
import { writeYamlThroughJson, YamlWriteError } from "../../yaml/write.ts";
import { bytesOfString, utf8Bytes } from "../../template/byte_string.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "../host_value.ts";
import { eachRune, REPLACEMENT } from "./runes.ts";

/** Lists and objects that are nested deeper are refused; Go's bound is 10,000. */
const MAX_DEPTH = 1000;

/** A number that no float64 holds. */
class HugeNumber extends Error {}

/** The text of a byte string; a byte that is no part of UTF-8 is a lone surrogate. */
function decoded(bytes: HostValue): string {
  return textOf(bytesOfString(bytes as string));
}

/** A text in JSON as Go writes it: HTML's characters, line separators and what is no UTF-8 are escaped. */
function quote(text: string): string {
  const quoted = text.isWellFormed()
    ? JSON.stringify(text)
    : `"${
      text.split(/([\udc80-\udcff])/u).map((piece, i) => i % 2 ? "\\ufffd" : JSON.stringify(piece).slice(1, -1)).join(
        "",
      )
    }"`;
  return quoted.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A number in JSON as Go writes a float64, whose zero keeps its sign. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : canonicalJson(value);
}

/** JSON as values of Lua: null is no value, which shortens lists. */
function valueOf(json: Json, depth = 0): HostValue {
  if (json === null) return undefined;
  if (typeof json === "string") return utf8Bytes(json);
  if (typeof json === "boolean") return json;
  if (depth === MAX_DEPTH && typeof json === "object") throw new HostError(`nested deeper than ${MAX_DEPTH}`);
  const inner = depth + 1;
  if (Array.isArray(json)) {
    return { list: json.filter((element) => element !== null).map((element) => valueOf(element, inner)) };
  }
  if (isJsonObject(json)) {
    const entries = Object.keys(json).filter((key) => json[key] !== null);
    return { map: entries.map((key) => [utf8Bytes(key), valueOf(json[key]!, inner)] as const) };
  }
  const number = toFloat(json);
  if (!Number.isFinite(number)) throw new HugeNumber();
  return number;
}

/** The first number of a JSON text that no float64 holds. */
function firstHugeNumber(text: string): string {
  let huge = "";
  (JSON.parse as (text: string, reviver: (k: string, v: unknown, c: { source?: string }) => unknown) => unknown)(
    text,
    (_key, value, { source }) => {
      if (huge === "" && typeof value === "number" && !Number.isFinite(value)) huge = source ?? "";
      return value;
    },
  );
  return huge;
}

function decode(text: string): HostValue | readonly HostValue[] {
  try {
    return valueOf(parseJson(text));
  } catch (error) {
    // To Go it is no error up to 10,000 levels.
    if (error instanceof JsonDepthError) throw new HostError(error.message);
    // Go's scanner takes the end of the text for a blank.
    if (error instanceof SyntaxError) return [undefined, utf8Bytes(goJsonError(`${text} `) ?? error.message)];
    if (!(error instanceof HugeNumber)) throw error;
    return [undefined, `json: cannot unmarshal number ${firstHugeNumber(text)} into Go value of type float64`];
  }
}

/** YAML of a JSON text that {@link quote} and {@link numberText} made. */
function encodeYaml(json: string): HostValue | readonly HostValue[] {
  try {
    return utf8Bytes(writeYamlThroughJson(parseJson(json)));
  } catch (error) {
    if (error instanceof YamlWriteError) return [undefined, utf8Bytes(error.message)];
    if (error instanceof JsonDepthError) throw new HostError(error.message);
    throw error;
  }
}

/** What go-yaml says of bytes that are no UTF-8; undefined where all are. */
function encodingError(bytes: string): string | undefined {
  const stray = strayByte(bytes);
  if (stray < 0) return undefined;
  const first = bytes.charCodeAt(stray);
  const length = first >= 0xc0 && first <= 0xdf ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0;
  if (length === 0) return "yaml: invalid leading UTF-8 octet";
  if (stray + length > bytes.length) return "yaml: incomplete UTF-8 octet sequence";
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes.charCodeAt(stray + i);
    if ((byte & 0xc0) !== 0x80) return "yaml: invalid trailing UTF-8 octet";
    code = code << 6 | byte & 0x3f;
  }
  const isLong = code >= (length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000);
  return isLong ? "yaml: invalid Unicode character" : "yaml: invalid length of a UTF-8 sequence";
}

/** Where the first byte stands that is no part of UTF-8; -1 where there is none. */
function strayByte(bytes: string): number {
  let found = -1;
  eachRune(bytes, (code, offset, length) => {
    if (code === REPLACEMENT && length === 1) found = offset;
    return found >= 0;
  });
  return found;
}

function decodeYaml(bytes: string): HostValue | readonly HostValue[] {
  const problem = encodingError(bytes);
  if (problem !== undefined) return [undefined, problem];
  try {
    return valueOf(readYaml(decoded(bytes)));
  } catch (error) {
    if (error instanceof YamlError) return [undefined, utf8Bytes(error.goMessage)];
    throw error;
  }
}

export const json: Readonly<Record<string, HostFunction>> = {
  quote: (text) => utf8Bytes(quote(decoded(text))),
  number: (value) => numberText(value as number),
  sorted: (names) => ({ list: [...(names as HostList).list].sort((a, b) => (a as string) < (b as string) ? -1 : 1) }),
  decode: (text) => decode(decoded(text)),
  toYAML: (text) => encodeYaml(decoded(text)),
  fromYAML: (text) => decodeYaml(text as string),
};
