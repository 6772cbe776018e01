/** The format of conformance cases and answers, `../shared/conformance/README.md`: one JSON object per line. */
import { isJsonObject, type Json, type JsonObject, parseJson, stringifyJson, toFloat } from "../../src/json/json.ts";
import { LuaError } from "../../src/sandbox/mod.ts";
import { INTENDED_NAMES, type IntendedName } from "./intended_differences.ts";

export type Case = JsonObject & { readonly id: string };
export type Answer = JsonObject;
/** Answers one case. What it throws becomes the case's error. */
export type Mode = (input: Case) => Answer | Promise<Answer>;

/** The lines of a file or of standard input as cases. */
export function parseCases(text: string): Case[] {
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => parseJson(line) as Case);
}

export function formatAnswer(answer: Answer): string {
  return stringifyJson(answer);
}

export async function answerCase(mode: Mode, input: Case): Promise<Answer> {
  try {
    return { id: input.id, ...await mode(input) };
  } catch (error) {
    return { id: input.id, error: error instanceof Error ? error.message : String(error), ...intendedOf(error) };
  }
}

/** A failure that is on purpose carries the name of the intended difference. */
function intendedOf(error: unknown): { readonly intended?: IntendedName } {
  if (!(error instanceof LuaError)) return {};
  if (/ is not available in this sandbox/.test(error.message)) return { intended: "no-outside" };
  return error.kind === "limit" ? { intended: "limits" } : {};
}

/** Whether an answer names a difference of the list; a name that isn't there excuses nothing. */
export function isIntended({ intended }: Answer): boolean {
  return INTENDED_NAMES.has(intended as IntendedName);
}

/** Addresses differ from run to run. */
export function maskAddresses(text: string): string {
  return text.replace(/0x[0-9a-f]{6,}/g, "0xADDR");
}

/** The same value with the addresses masked in all its texts, keys included. */
export function maskAll(json: Json): Json {
  if (typeof json === "string") return maskAddresses(json);
  if (Array.isArray(json)) return json.map(maskAll);
  if (!isJsonObject(json)) return json;
  // Made from entries: a key like "__proto__" is a key here.
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [maskAddresses(key), maskAll(value)]));
}

export function textField(object: Json | undefined, key: string): string {
  const value = isJsonObject(object) ? object[key] : undefined;
  return typeof value === "string" ? value : "";
}

/** Equal as the format's README says: numbers by value, keys in any order, lists in order. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined || a === null || b === null) return a === b;
  // Integers beyond 2^53 have digits that a float has not.
  if (typeof a === "bigint" && typeof b === "bigint") return a === b;
  if (isNumber(a) && isNumber(b)) return toFloat(a) === toFloat(b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

function isNumber(value: Json): value is Parameters<typeof toFloat>[0] {
  return typeof value === "number" || typeof value === "bigint" ||
    typeof value === "object" && value !== null && !Array.isArray(value) && !isJsonObject(value);
}
