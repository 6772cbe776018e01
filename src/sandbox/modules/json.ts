/** Sveltos's module `json`: Go's encoding/json, and YAML by way of JSON. Texts are byte strings. */
import { goJsonError } from "../../json/go_error.ts";
import { canonicalJson, isJsonObject, type Json, parseJson, toFloat } from "../../json/json.ts";
import { readYaml, YamlError } from "../../yaml/read.ts";
import { writeYamlThroughJson } from "../../yaml/write.ts";
import { bytesOfString, utf8Bytes } from "../bytes.ts";
import { decodeUtf8 } from "../convert.ts";
import type { HostFunction, HostList, HostValue } from "../host_value.ts";

function textOf(bytes: HostValue): string {
  return decodeUtf8(bytesOfString(bytes as string));
}

/** A text in JSON as Go writes it: HTML's characters and line separators are escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029\x7f]/g, (character) => {
    return character === "\x7f" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** JSON as values of Lua: null is no value, which shortens lists. */
function valueOf(json: Json): HostValue {
  if (json === null) return undefined;
  if (typeof json === "string") return utf8Bytes(json);
  if (typeof json === "boolean") return json;
  if (Array.isArray(json)) return { list: json.filter((element) => element !== null).map(valueOf) };
  if (isJsonObject(json)) {
    const entries = Object.keys(json).filter((key) => json[key] !== null);
    return { map: entries.map((key) => [utf8Bytes(key), valueOf(json[key]!)] as const) };
  }
  return toFloat(json);
}

function decode(text: string): HostValue | readonly HostValue[] {
  const problem = goJsonError(text);
  return problem === undefined ? valueOf(parseJson(text)) : [undefined, utf8Bytes(problem)];
}

export const json: Readonly<Record<string, HostFunction>> = {
  quote: (text) => utf8Bytes(quote(textOf(text))),
  number: (value) => canonicalJson(value as number),
  sorted: (names) => ({ list: [...(names as HostList).list].sort((a, b) => (a as string) < (b as string) ? -1 : 1) }),
  decode: (text) => decode(textOf(text)),
  toYAML: (text) => utf8Bytes(writeYamlThroughJson(parseJson(textOf(text)))),
  fromYAML: (text) => {
    try {
      return valueOf(readYaml(textOf(text)));
    } catch (error) {
      if (error instanceof YamlError) return [undefined, utf8Bytes(error.goMessage)];
      throw error;
    }
  },
};
