/**
 * Writes YAML that reads back as the same values: keys sorted as go-yaml sorts them, quotes where they are needed. Long
 * lines are not folded, which is the one thing that go-yaml does otherwise.
 */
import { resolvePlain, ScalarError } from "./scalars.ts";
import { Float64, isJsonObject, type Json, stringifyJson } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";

/** How lines are laid out. */
interface Layout {
  /** Spaces for each level. */
  readonly step: number;
  /** Lists below a key are indented as maps are. */
  readonly indentLists: boolean;
}

const KUBERNETES: Layout = { step: 2, indentLists: false };
const GO_YAML_V3: Layout = { step: 4, indentLists: true };

/** One document as sigs.k8s.io/yaml lays it out, with a line break at its end. */
export function writeYaml(value: Json): string {
  return `${block(value, "", KUBERNETES).join("\n")}\n`;
}

/** One document as go-yaml v3 lays it out: four spaces a level, lists indented too. */
export function writeYamlV3(value: Json): string {
  return `${block(value, "", GO_YAML_V3).join("\n")}\n`;
}

function block(value: Json, indent: string, layout: Layout): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((element) => listItem(element, indent, layout));
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.keys(value).sort(compareNatural).flatMap((key) => mapEntry(key, value[key]!, indent, layout));
  }
  return [indent + inline(value)];
}

function mapEntry(key: string, value: Json, indent: string, layout: Layout): string[] {
  const name = `${indent}${scalarText(key)}:`;
  const inner = indent + " ".repeat(layout.step);
  if (typeof value === "string" && isLiteral(value)) {
    return [`${name} ${literalHead(value)}`, ...literalLines(value, inner)];
  }
  if (isInline(value)) return [`${name} ${inline(value)}`];
  return [name, ...block(value, Array.isArray(value) && !layout.indentLists ? indent : inner, layout)];
}

function listItem(element: Json, indent: string, layout: Layout): string[] {
  if (typeof element === "string" && isLiteral(element)) {
    return [`${indent}- ${literalHead(element)}`, ...literalLines(element, indent + " ".repeat(layout.step))];
  }
  if (isInline(element)) return [`${indent}- ${inline(element)}`];
  const lines = block(element, `${indent}  `, layout);
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

const CANNOT_BEGIN = /^([\s#,[\]{}&*!|>'"%@`]|[-?:](\s|$)|---|\.\.\.$)/;
const CANNOT_CONTAIN = /:(\s|$)|\s#|\s$|\n/;
// What go-yaml writes as an escape.
const SPECIAL = /[^\n\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const BASE_60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/;

/** A text in one line: plain where nothing can misread it, in double quotes where something would, else in single ones. */
function scalarText(text: string): string {
  if (couldBeOther(text) || text.includes("\n") || SPECIAL.test(text)) return doubleQuoted(text);
  if (CANNOT_BEGIN.test(text) || CANNOT_CONTAIN.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return text;
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u0084\u0086-\u009f\u2028\u2029\ufeff]/g, escapeUnit)
    .replace(
      /[\ud800-\udbff][\udc00-\udfff]/g,
      (pair) => `\\U${pair.codePointAt(0)!.toString(16).toUpperCase().padStart(8, "0")}`,
    );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Whether YAML reads the plain text as a number, a boolean, null, a date or a number of base 60. */
function couldBeOther(text: string): boolean {
  if (BASE_60.test(text) || TIMESTAMP.test(text)) return true;
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
