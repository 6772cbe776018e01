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
// Behind a point go-yaml leaves it to Go, which takes an underscore between two digits.
const FRACTION = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
// go-yaml's own reading of binary numbers takes a sign behind the prefix, too.
const SIGN_BEHIND_PREFIX = /^0b[+-][01]+$/;
const INT64_MIN = -(2n ** 63n);
const UINT64_END = 2n ** 64n;

/** What a plain scalar is; `timestamp` and `text` both read as the text that they are. */
export type ScalarKind = "text" | "timestamp" | "bool" | "null" | "int" | "float";

/** A plain scalar with its kind; a float may be infinite or NaN, and has no `json` then. */
export interface PlainScalar {
  readonly kind: ScalarKind;
  readonly json: Json;
  /** The exact number of an int. */
  readonly integer?: bigint;
  /** The number of a float. */
  readonly float?: number;
}

/** Resolves a plain (unquoted) scalar as go-yaml v2 does. */
export function resolveScalar(text: string): PlainScalar {
  const word = WORDS.get(text);
  if (word !== undefined) return { kind: word === null ? "null" : "bool", json: word };
  if (NOT_JSON.test(text)) return { kind: "float", json: null, float: infinityOrNaN(text) };
  if (text.startsWith(".")) {
    return FRACTION.test(text) ? floatOrText(Number(text.replaceAll("_", "")), text) : asText(text);
  }
  if (!/^[-+0-9]/.test(text)) return asText(text);
  if (isTimestamp(text)) return { kind: "timestamp", json: text };
  const compact = text.replaceAll("_", "");
  const integer = parseInteger(compact);
  if (integer !== undefined) return { kind: "int", json: jsonInteger(integer), integer };
  return FLOAT.test(compact) ? floatOrText(Number(compact), text) : asText(text);
}

function asText(text: string): PlainScalar {
  return { kind: "text", json: text };
}

function infinityOrNaN(text: string): number {
  if (text.toLowerCase() === ".nan") return NaN;
  return text.startsWith("-") ? -Infinity : Infinity;
}

/** Go fails to parse a float that overflows, and go-yaml falls back to the text. */
function floatOrText(value: number, text: string): PlainScalar {
  return Number.isFinite(value) ? { kind: "float", json: jsonFloat(value), float: value } : asText(text);
}

function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (!match) return SIGN_BEHIND_PREFIX.test(text) ? parseSignBehindPrefix(text) : undefined;
  let digits = match[2]!.toLowerCase();
  if (/^0[0-7]+$/.test(digits)) digits = `0o${digits.slice(1)}`;
  const magnitude = magnitudeOf(digits);
  const isUnsigned = match[1] === "";
  const value = match[1] === "-" ? -magnitude : magnitude;
  return value >= INT64_MIN && value < (isUnsigned ? UINT64_END : -INT64_MIN) ? value : undefined;
}

/** The number of a literal; where it has more digits than 64 bits could have, some number that is too large as well. */
function magnitudeOf(literal: string): bigint {
  const [, prefix, digits] = /^(0[xbo])?0*(.*)$/.exec(literal)!;
  return digits!.length > 64 ? UINT64_END : BigInt(`${prefix ?? ""}${digits === "" ? "0" : digits}`);
}

function parseSignBehindPrefix(text: string): bigint | undefined {
  const magnitude = magnitudeOf(text.slice(0, 2) + text.slice(3));
  const value = text[2] === "-" ? -magnitude : magnitude;
  return value >= INT64_MIN && value < -INT64_MIN ? value : undefined;
}

/** Whether the text is an int to go-yaml v3 alone, which reads octal numbers of YAML 1.2 with their sign behind the prefix. */
export function isOctalOfV3(text: string): boolean {
  const compact = text.replaceAll("_", "");
  return /^0o[+-][0-7]+$/.test(compact) && parseSignBehindPrefix(compact) !== undefined;
}

/** What Kubernetes reads in the JSON of an integer: a float beyond int64. */
function jsonInteger(value: bigint): Json {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  return value < -INT64_MIN ? value : new Float64(Number(value));
}

/**
 * A float goes through JSON on its way, where encoding/json writes a whole one below 1e21 with its shortest digits and
 * zeros, so that it is read as an integer where int64 holds it.
 */
function jsonFloat(value: number): Json {
  if (!Number.isInteger(value)) return value;
  return Math.abs(value) < 1e21 ? numberFrom(String(value), value) : new Float64(value);
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[+-]\d{2}:\d{2})?)?$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether go-yaml takes the text for a point in time: a date, or a date and time in one of three forms. */
export function isTimestamp(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : DAYS[month - 1] ?? 0;
  if (day < 1 || day > days) return false;
  if (match[4] === undefined) return true;
  if (Number(match[5]) > 23 || Number(match[6]) > 59 || Number(match[7]) > 59) return false;
  const zone = match[8];
  // With blanks between date and time there is no zone, with a T there must be one.
  if (match[4].startsWith(" ") === (zone !== undefined)) return false;
  // Go lets zones have 24 hours and 60 minutes, since some people write them so.
  return zone === undefined || zone === "Z" || Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) <= 60;
}
