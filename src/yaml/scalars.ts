/** What a plain YAML scalar means to Kubernetes: YAML 1.1 as go-yaml v2 resolves it, for sigs.k8s.io/yaml. */
import { Float64, type Json, numberFrom } from "../json/json.ts";

const WORDS = new Map<string, Json>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

/** JSON has none of these, so a document that holds one cannot be an object. */
const NOT_JSON = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const INT64_MIN = -(2n ** 63n);
const UINT64_END = 2n ** 64n;

/** A scalar that stands for no JSON value. */
export class ScalarError extends Error {
  override name = "ScalarError";
}

/** The value of a plain (unquoted) scalar. @throws {ScalarError} for infinities and NaN. */
export function resolvePlain(text: string): Json {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (NOT_JSON.test(text)) throw new ScalarError(`${text} is no JSON number`);
  if (text.startsWith(".")) return FLOAT.test(text) ? fromFloat(Number(text), text) : text;
  if (!/^[-+0-9]/.test(text)) return text;
  const compact = text.replaceAll("_", "");
  const integer = parseInteger(compact);
  if (integer !== undefined) return integer;
  return FLOAT.test(compact) ? fromFloat(Number(compact), text) : text;
}

function parseInteger(text: string): number | bigint | undefined {
  const match = INTEGER.exec(text);
  if (!match) return undefined;
  let digits = match[2]!.toLowerCase();
  if (/^0[0-7]+$/.test(digits)) digits = `0o${digits.slice(1)}`;
  const magnitude = BigInt(digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  if (value < INT64_MIN || value >= UINT64_END) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** A float goes through JSON on its way, where a whole one below 1e21 is written without a fraction and read as integer. */
function fromFloat(value: number, text: string): Json {
  if (!Number.isFinite(value)) return text;
  if (!Number.isInteger(value)) return value;
  return Math.abs(value) < 1e21 ? numberFrom(BigInt(value).toString(), value) : new Float64(value);
}
