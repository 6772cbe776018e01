/** Writes values as BurntSushi/toml does: keys with plain values before tables, nil left out, lists of tables under headers. */
import { formatFloat } from "../../json/number.ts";
import { compareTexts } from "../bytes.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { GoComplex, GoInt, GoList, GoMap, GoStruct, GoText, typeOf, type Value } from "../value.ts";
import { formatInstant, instantOf, isTime, rfc3339 } from "./time_value.ts";

/** What can't be written, in the library's words. */
export class TomlWriteError extends Error {}

/** @throws {TomlWriteError} */
export function writeToml(value: Value, context: CallContext): string {
  if (value === null || value === undefined) {
    throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  }
  return new TomlWriter(context).write(value);
}

/** A key of several parts, as it stands in a header. */
export function keyPath(path: readonly string[]): string {
  return path.map(keyText).join(".");
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

type Table = GoMap | GoStruct;

function isTable(value: Value): value is Table {
  if (value instanceof GoMap) return !value.isNil;
  return value instanceof GoStruct && !isTime(value) && textOf(value) === undefined;
}

/** The text of a type that has one of its own, such as a version. */
function textOf(struct: GoStruct): string | undefined {
  const json = struct.type.toJson?.(struct);
  return typeof json === "string" ? json : undefined;
}

function isNil(value: Value): boolean {
  return value === null || value === undefined || (value instanceof GoMap || value instanceof GoList) && value.isNil;
}

/** A list whose elements are all tables; none of them, or of what they hold, may be nil. */
function isTableList(value: Value): value is GoList {
  if (!(value instanceof GoList) || value.length === 0) return false;
  let areTables = true;
  for (const item of value.items) {
    if (isNil(item)) throw new TomlWriteError("toml: cannot encode array with nil element");
    const kind = isSub(item);
    areTables &&= kind && isTable(item);
  }
  return areTables;
}

/** What gets a header of its own. */
function isSub(value: Value): boolean {
  if (value instanceof GoComplex) throw new TomlWriteError("unsupported type: complex128");
  return isTable(value) && !isNil(value) || isTableList(value);
}

class TomlWriter {
  #text = "";

  constructor(readonly context: CallContext) {}

  write(value: Exclude<Value, null | undefined>): string {
    if (value instanceof GoComplex) throw new TomlWriteError("unsupported type for key '': complex128");
    if (isTable(value)) this.#table([], value);
    else if (isTableList(value)) throw new TomlWriteError("toml: top-level values must be Go maps or structs");
    else if (!(value instanceof GoMap)) this.#element(value);
    return this.#text;
  }

  #put(text: string): void {
    this.context.spend(1);
    this.#text += text;
    this.context.reserve(this.#text.length);
  }

  #break(): void {
    if (this.#text !== "") this.#put("\n");
  }

  /** The header, if there is a path, and the fields. */
  #table(path: readonly string[], table: Table): void {
    if (path.length === 1) this.#break();
    if (path.length > 0) this.#put(`${indentOf(path)}[${keyPath(path)}]\n`);
    this.#fields(path, table);
  }

  #fields(path: readonly string[], table: Table): void {
    const { direct, sub } = fieldsOf(table);
    for (const [key, value] of [...direct, ...sub]) {
      if (isNil(value)) continue;
      const inner = [...path, key];
      if (isTable(value)) this.#table(inner, value);
      else if (isTableList(value)) this.#tables(inner, value);
      else {
        this.#put(`${indentOf(inner)}${keyText(key)} = `);
        this.#element(value);
        this.#put("\n");
      }
    }
  }

  #tables(path: readonly string[], list: GoList): void {
    for (const table of list.items as readonly Table[]) {
      this.#break();
      this.#put(`${indentOf(path)}[[${keyPath(path)}]]\n`);
      this.#fields(path, table);
    }
  }

  #element(value: Value): void {
    if (typeof value === "string") return this.#put(quoted(value));
    if (typeof value === "boolean") return this.#put(String(value));
    if (typeof value === "number") return this.#put(floatText(value));
    if (value instanceof GoInt) return this.#put(intText(value));
    if (value instanceof GoText) return this.#put(quoted(value.text));
    if (value instanceof GoList) return this.#list(value);
    if (value instanceof GoStruct) {
      if (isTime(value)) return this.#put(timeText(value));
      const text = textOf(value);
      if (text !== undefined) return this.#put(quoted(text));
    }
    if (value instanceof GoMap || value instanceof GoStruct) return this.#inlineTable(value);
    throw new TomlWriteError(`unexpected type: ${typeOf(value)}`);
  }

  #list(list: GoList): void {
    this.#put("[");
    list.items.forEach((item, i) => {
      if (i > 0) this.#put(", ");
      this.#element(item);
    });
    this.#put("]");
  }

  /** The library leaves nil out, but not the comma before it. */
  #inlineTable(table: Table): void {
    this.#put("{");
    const { direct, sub } = fieldsOf(table);
    const last = direct.length + sub.length - 1;
    [...direct, ...sub].forEach(([key, value], i) => {
      if (isNil(value)) return;
      this.#put(`${keyText(key)} = `);
      this.#element(value);
      if (i < last) this.#put(", ");
    });
    this.#put("}");
  }
}

type Field = readonly [string, Value];

/** Fields in order, of a map by byte, of a struct as declared; those with headers of their own apart. */
function fieldsOf(table: Table): { readonly direct: readonly Field[]; readonly sub: readonly Field[] } {
  const fields: readonly Field[] = table instanceof GoStruct
    ? table.type.fields.map((name) => [name, table.field(name)] as const)
    : [...table.entries()].sort(([a], [b]) => compareTexts(a, b));
  const { direct = [], sub = [] } = Object.groupBy(fields, ([, value]) => isSub(value) ? "sub" : "direct");
  return { direct, sub };
}

function indentOf(path: readonly string[]): string {
  return "  ".repeat(path.length - 1);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

function quoted(text: string): string {
  const inner = text.replace(
    // deno-lint-ignore no-control-regex -- these are what the library escapes
    /["\\\x00-\x1f\x7f]/g,
    (character) => ESCAPES.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${inner}"`;
}

function intText(value: GoInt): string {
  return typeOf(value) === "time.Duration" ? quoted(value.named!.format(value.value)) : String(value.value);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = formatFloat(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Times that were read without an offset are written so. */
function timeText(time: Value): string {
  const instant = instantOf(time);
  const layout = LOCAL_LAYOUTS.get(instant.zone.abbreviation);
  return layout === undefined ? rfc3339(time) : formatInstant(instant, layout);
}

const LOCAL_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ["datetime-local", "2006-01-02T15:04:05.999999999"],
  ["date-local", "2006-01-02"],
  ["time-local", "15:04:05.999999999"],
]);
