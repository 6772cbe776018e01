/**
 * Writes YAML that every YAML reader, 1.1 or 1.2, reads back as the same values: keys sorted as go-yaml sorts them, lists
 * not indented, and in double quotes whatever could be taken for something else.
 */
import { resolvePlain, ScalarError } from "./scalars.ts";
import { Float64, isJsonObject, type Json, stringifyJson } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";

/** One document, with a line break at its end. */
export function writeYaml(value: Json): string {
  const lines = block(value, "");
  return `${lines.join("\n")}\n`;
}

function block(value: Json, indent: string): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((element) => listItem(element, indent));
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.keys(value).sort(compareNatural).flatMap((key) => mapEntry(key, value[key]!, indent));
  }
  return [indent + inline(value)];
}

function mapEntry(key: string, value: Json, indent: string): string[] {
  const name = `${indent}${scalarText(key)}:`;
  if (typeof value === "string" && isLiteral(value)) {
    return [`${name} ${literalHead(value)}`, ...literalLines(value, `${indent}  `)];
  }
  if (isInline(value)) return [`${name} ${inline(value)}`];
  return [name, ...block(value, Array.isArray(value) ? indent : `${indent}  `)];
}

function listItem(element: Json, indent: string): string[] {
  if (typeof element === "string" && isLiteral(element)) {
    return [`${indent}- ${literalHead(element)}`, ...literalLines(element, `${indent}  `)];
  }
  if (isInline(element)) return [`${indent}- ${inline(element)}`];
  const lines = block(element, `${indent}  `);
  return [`${indent}- ${lines[0]!.slice(indent.length + 2)}`, ...lines.slice(1)];
}

function isInline(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !isJsonObject(value) || Object.keys(value).length === 0;
}

function inline(value: Json): string {
  if (typeof value === "string") return scalarText(value);
  if (Array.isArray(value)) return "[]";
  if (isJsonObject(value)) return "{}";
  if (value instanceof Float64) return formatFloat(value.value);
  if (typeof value === "number" && !Number.isInteger(value)) return formatFloat(value);
  return stringifyJson(value);
}

const PLAIN = /^[A-Za-z0-9_./+$\\(][A-Za-z0-9_./@%+$\\()=,;:<>^|~ "'?!&*-]*$/;

/** A text in one line: plain where that can't be misread, else in double quotes. */
function scalarText(text: string): string {
  const isPlain = PLAIN.test(text) && !/: |:$| #| $/.test(text) && !couldBeOther(text);
  return isPlain ? text : JSON.stringify(text).replace(/[\u007f-\u00a0\u2028\u2029\ufeff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Whether some YAML reads the plain text as number, boolean, null, date or base-60 number. */
function couldBeOther(text: string): boolean {
  if (/^[-+.]?\d/.test(text) || text === "=" || text === "<<" || text.startsWith("---") || text === "...") return true;
  try {
    return resolvePlain(text) !== text;
  } catch (error) {
    if (error instanceof ScalarError) return true;
    throw error;
  }
}

/** Texts of several lines stay readable, where nothing in them needs an escape. */
function isLiteral(text: string): boolean {
  return text.includes("\n") && /^[^\n\t ]/.test(text) && !/[ \t](\n|$)/.test(text) &&
    !/[^\n\t\u0020-\u007e\u00a1-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u.test(text);
}

function literalHead(text: string): string {
  if (!text.endsWith("\n")) return "|-";
  return text.endsWith("\n\n") ? "|+" : "|";
}

function literalLines(text: string, indent: string): string[] {
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  return body.split("\n").map((line) => line === "" ? "" : indent + line);
}

/** go-yaml's order of keys: runs of digits by their number, letters after everything else. */
export function compareNatural(a: string, b: string): number {
  const x = [...a], y = [...b];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    const isLetterX = /\p{L}/u.test(x[i]!), isLetterY = /\p{L}/u.test(y[i]!);
    if (isLetterX && isLetterY) return x[i]! < y[i]! ? -1 : 1;
    if (isLetterX !== isLetterY) return isLetterX ? 1 : -1;
    const numberX = /^\d+/.exec(x.slice(i).join(""))?.[0], numberY = /^\d+/.exec(y.slice(i).join(""))?.[0];
    if (numberX && numberY && BigInt(numberX) !== BigInt(numberY)) return BigInt(numberX) < BigInt(numberY) ? -1 : 1;
    return x[i]! < y[i]! ? -1 : 1;
  }
  return x.length - y.length;
}
