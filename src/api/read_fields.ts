/** Checks what a user wrote against a field table: types, required fields, unknown fields, and what is not acted on. */
import { equalJson, field, Float64, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { FieldSpec, FieldTable, FieldType } from "./fields.ts";
import { ManifestError, type Warning } from "./field_error.ts";
import type { ObjectRef } from "./object.ts";

export interface FieldReport {
  readonly errors: readonly ManifestError[];
  readonly warnings: readonly Warning[];
  /** Fields that are acted on, but on purpose not quite as in Sveltos. */
  readonly differences: readonly Warning[];
}

export interface CheckOptions {
  /** Required fields may be missing: conformance cases are no complete manifests. */
  readonly lenient?: boolean;
}

/** Everything that is wrong, or has no effect, in `value`, an object of the given table. */
export function checkFields(
  ref: ObjectRef,
  value: Json | undefined,
  path: string,
  table: FieldTable,
  options: CheckOptions = {},
): FieldReport {
  const errors: ManifestError[] = [];
  const warnings: Warning[] = [];
  const differences: Warning[] = [];
  const fail = (where: string, problem: string) => void errors.push(new ManifestError(ref, where, problem));

  const checkObject = (object: Json | undefined, at: string, fields: FieldTable): void => {
    if (!isJsonObject(object)) return fail(at, `wanted an object, found ${describe(object)}`);
    for (const key of Object.keys(object)) {
      if (!Object.hasOwn(fields, key)) fail(`${at}.${key}`, unknownField(key, at, fields));
    }
    for (const [key, spec] of Object.entries(fields)) {
      const entry = field(object, key);
      if (entry === undefined || entry === null) {
        if (spec.required && !options.lenient) fail(`${at}.${key}`, "required");
        continue;
      }
      checkField(entry, `${at}.${key}`, spec);
    }
  };

  const checkField = (entry: Json, at: string, spec: FieldSpec): void => {
    if (!isOfType(entry, spec.type)) return fail(at, `wanted ${nameOfType(spec.type)}, found ${describe(entry)}`);
    if (spec.treatment !== "acted") return report(entry, at, spec);
    if (spec.nonEmpty && entry === "" && !options.lenient) return fail(at, "required, found an empty text");
    if (spec.enum && !spec.enum.includes(entry as string)) {
      return fail(at, `must be ${spec.enum.slice(0, -1).join(", ")} or ${spec.enum.at(-1)}, found "${entry}"`);
    }
    if (spec.differs && !equalJson(entry, spec.default) && !isEmpty(entry)) {
      differences.push({ field: at, message: spec.differs });
    }
    if (spec.elements) checkElements(entry, at, spec.elements);
    if (!spec.fields) return;
    if (Array.isArray(entry)) entry.forEach((element, index) => checkObject(element, `${at}[${index}]`, spec.fields!));
    else checkObject(entry, at, spec.fields);
  };

  const checkElements = (entry: Json, at: string, type: FieldType): void => {
    const elements = Array.isArray(entry)
      ? entry.map((element, index) => [`${at}[${index}]`, element] as const)
      : Object.entries(entry as JsonObject).map(([key, element]) => [`${at}["${key}"]`, element] as const);
    for (const [where, element] of elements) {
      if (!isOfType(element, type)) fail(where, `wanted ${nameOfType(type)}, found ${describe(element)}`);
    }
  };

  /** A field that is not acted on: nothing where it equals its default, which the API server may have filled in. */
  const report = (entry: Json, at: string, spec: FieldSpec): void => {
    if (equalJson(entry, spec.default) || isEmpty(entry)) return;
    if (spec.treatment === "refused") fail(at, `${spec.instead}`);
    else warnings.push({ field: at, message: `${ref.kind} ${ref.name} ${at} has no effect: ${spec.instead}` });
  };

  checkObject(value, path, table);
  return { errors, warnings, differences };
}

function unknownField(key: string, at: string, fields: FieldTable): string {
  const nested = Object.entries(fields).find(([, spec]) => spec.fields && Object.hasOwn(spec.fields, key));
  if (nested) {
    const [name, spec] = nested;
    return `unknown field; it belongs into ${at}.${name}${spec.type === "list" ? "[]" : ""} (check the indentation)`;
  }
  const close = Object.keys(fields).find((name) => name.toLowerCase() === key.toLowerCase()) ??
    Object.keys(fields).find((name) => isNear(name, key));
  return close ? `unknown field; did you mean ${close}?` : `unknown field; known are ${Object.keys(fields).join(", ")}`;
}

/** One edit (or a missing plural) apart. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  let j = 0;
  while (j < Math.min(a.length, b.length) - i && a.at(-1 - j) === b.at(-1 - j)) j++;
  return Math.max(a.length, b.length) - i - j <= 1;
}

function isEmpty(value: Json): boolean {
  return value === "" || (Array.isArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0);
}

function isOfType(value: Json, type: FieldType): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
    case "integer-or-string":
      return typeof value === "string" || isOfType(value, "integer");
    case "list":
      return Array.isArray(value);
    case "object":
    case "map":
      return isJsonObject(value);
  }
}

function nameOfType(type: FieldType): string {
  return {
    string: "a text",
    boolean: "true or false",
    integer: "a whole number",
    "integer-or-string": "a number or text",
  }[
    type as "string"
  ] ?? (type === "list" ? "a list" : "an object");
}

function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  if (typeof value === "string") return value.length <= 40 ? `the text "${value}"` : "a text";
  return value instanceof Float64 ? `${value.value}` : String(value);
}

/** The text of a field that has been checked; empty where it is absent. */
export function textOf(value: Json | undefined, key: string): string {
  const entry = field(value, key);
  return typeof entry === "string" ? entry : "";
}

/** The list of a field that has been checked; empty where it is absent. */
export function listOf(value: Json | undefined, key: string): Json[] {
  const entry = field(value, key);
  return Array.isArray(entry) ? entry : [];
}
