/** TOML as Go's BurntSushi/toml writes and reads it. */
import { parse, TomlDate, TomlError as TomlSyntaxError, type TomlValue } from "smol-toml";
import { formatFloat } from "../../json/number.ts";
import { compareBytes } from "../../json/json.ts";
import type { CallContext } from "../function.ts";
import { FunctionError } from "../function.ts";
import { parseTime } from "../../time/parse_time.ts";
import type { ZoneOffset } from "../../time/zones.ts";
import {
  ANY,
  ANY_MAP,
  GoComplex,
  GoInt,
  goInt64,
  GoList,
  GoMap,
  GoStruct,
  GoText,
  typeOf,
  type Value,
} from "../value.ts";
import { type Family, fn } from "./define.ts";
import { formatInstant, instantOf, isTime, LOCAL, rfc3339, timeValue } from "./time_value.ts";

const INDENT = "  ";
/** What can't be written or read: Sveltos gives the message as the text, or under the key `Error`. */
class TomlError extends Error {}

const NIL_ELEMENT = "toml: cannot encode array with nil element";
const NO_KEY = "toml: top-level values must be Go maps or structs";

function isTable(value: Value): value is GoMap | GoStruct {
  return value instanceof GoMap || value instanceof GoStruct && value.type.fields.length > 0;
}

/** A list whose elements are all tables is written as tables of its own. */
function isTableList(value: Value): value is GoList {
  if (!(value instanceof GoList) || value.length === 0) return false;
  if (value.items.some((item) => item === null || item === undefined)) throw new TomlError(NIL_ELEMENT);
  return value.items.every(isTable);
}

function isNil(value: Value): boolean {
  return value === null || value === undefined;
}

/** Fields in order: of a map by byte, of a struct as declared. */
function entriesOf(table: GoMap | GoStruct): (readonly [string, Value])[] {
  if (table instanceof GoStruct) return table.type.fields.map((name) => [name, table.field(name)] as const);
  return [...table.entries()].sort(([a], [b]) => compareBytes(a, b));
}

class TomlWriter {
  #text = "";

  constructor(readonly context: CallContext) {}

  write(value: Value): string {
    if (isTable(value)) this.#table([], value);
    else if (isTableList(value)) throw new TomlError(NO_KEY);
    else if (value instanceof GoComplex) throw new TomlError("unsupported type for key '': complex128");
    else this.#text += this.#element(value);
    return this.#text;
  }

  #line(text: string): void {
    this.context.spend(1);
    this.#text += text;
    this.context.reserve(this.#text.length);
  }

  #table(path: readonly string[], table: GoMap | GoStruct): void {
    const entries = entriesOf(table).filter(([, value]) => !isNil(value));
    const indent = INDENT.repeat(path.length);
    for (const [key, value] of entries) {
      if (!isSubTable(value)) this.#line(`${indent}${keyText(key)} = ${this.#element(value)}\n`);
    }
    for (const [key, value] of entries) {
      const inner = [...path, key];
      const name = inner.map(keyText).join(".");
      if (isTable(value)) {
        if (path.length === 0 && this.#text !== "") this.#line("\n");
        this.#line(`${indent}[${name}]\n`);
        this.#table(inner, value);
      } else if (isTableList(value)) {
        for (const item of value.items) {
          if (this.#text !== "") this.#line("\n");
          this.#line(`${indent}[[${name}]]\n`);
          this.#table(inner, item as GoMap | GoStruct);
        }
      }
    }
  }

  /** BurntSushi/toml leaves out nil, but not the comma before it. */
  #inlineTable(table: GoMap | GoStruct): string {
    const entries = entriesOf(table);
    const direct = entries.filter(([, value]) => !isSubTable(value)),
      sub = entries.filter(([, value]) => isSubTable(value));
    const parts = [...direct, ...sub].map(([key, value], i) => {
      const isLast = i === entries.length - 1;
      return isNil(value) ? "" : `${keyText(key)} = ${this.#element(value)}${isLast ? "" : ", "}`;
    });
    return `{${parts.join("")}}`;
  }

  #element(value: Value): string {
    this.context.spend(1);
    if (typeof value === "string") return `"${escape(value)}"`;
    if (value instanceof GoText) return `"${escape(value.text)}"`;
    if (typeof value === "boolean") return String(value);
    if (typeof value === "number") return floatText(value);
    if (value instanceof GoInt) {
      return typeOf(value) === "time.Duration" ? `"${value.named!.format(value.value)}"` : String(value.value);
    }
    if (value instanceof GoList) {
      if (value.items.some(isNil)) throw new TomlError(NIL_ELEMENT);
      return `[${value.items.map((item) => this.#element(item)).join(", ")}]`;
    }
    if (isTime(value)) return timeText(value);
    if (value instanceof GoStruct && value.type.format) return `"${escape(value.type.format(value))}"`;
    if (isTable(value)) return this.#inlineTable(value);
    throw new TomlError("unsupported type: complex128");
  }
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

/** Whether a value is written after those of the other kind, under a header of its own where it can be. */
function isSubTable(value: Value): boolean {
  return !isNil(value) && (isTable(value) || isTableList(value));
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${escape(key)}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

function escape(text: string): string {
  return text.replace(/["\\\x7f]|[^ -\uffff]/g, (character) => {
    if (Object.hasOwn(ESCAPES, character)) return ESCAPES[character]!;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = formatFloat(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * What was read as a template has it. A list of tables alone counts as one of `[[headers]]`, whose type in Go is another than
 * that of a list in brackets.
 */
function valueOfToml(value: TomlValue, context: CallContext): Value {
  context.spend(1);
  if (typeof value === "bigint") {
    if (BigInt.asIntN(64, value) !== value) throw new TomlError("toml: an integer is out of range for int64");
    return goInt64(value);
  }
  if (typeof value !== "object") return value;
  if (value instanceof TomlDate) return timeOfToml(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => valueOfToml(item, context));
    const areTables = items.length > 0 && items.every((item) => item instanceof GoMap);
    return areTables ? new GoList(items, `[]${ANY_MAP}`) : new GoList(items);
  }
  return new GoMap(new Map(Object.entries(value).map(([key, item]) => [key, valueOfToml(item, context)])));
}

/** Dates and times without an offset lie in zones that BurntSushi/toml names after their kinds. */
function timeOfToml(date: TomlDate): GoStruct {
  const text = date.toISOString();
  const [layout, kind] = date.isDate()
    ? ["2006-01-02", "date-local"]
    : date.isTime()
    ? ["15:04:05", "time-local"]
    : date.isLocal()
    ? ["2006-01-02T15:04:05", "datetime-local"]
    : ["2006-01-02T15:04:05Z07:00", undefined];
  const { zone, ...instant } = parseTime(layout!, text);
  const local: ZoneOffset = kind === undefined ? LOCAL : { offset: 0, abbreviation: kind };
  return timeValue({ ...instant, zone: zone ?? local });
}

/** What the library can't keep of a time, in a text that has one. */
const FINE_FRACTION = /:\d\d\.\d{4,}/;

function hasTime(value: TomlValue): boolean {
  if (typeof value !== "object") return false;
  return value instanceof TomlDate || Object.values(value).some(hasTime);
}

/**
 * Sveltos: a map, or one with the key `Error`, whose text is not that of Go. What sets a value and then makes a table or
 * another value of it is an error here, as TOML says; BurntSushi/toml lets some of it pass.
 */
function fromToml(text: string, context: CallContext): GoMap {
  context.spend(text.length);
  try {
    const table = parse(text, { integersAsBigInt: true });
    if (FINE_FRACTION.test(text) && hasTime(table)) {
      throw new FunctionError("fromToml can't read times with more than three digits after the seconds");
    }
    return valueOfToml(table, context) as GoMap;
  } catch (error) {
    if (error instanceof TomlError) return new GoMap(new Map([["Error", error.message]]));
    if (error instanceof TomlSyntaxError) return new GoMap(new Map([["Error", `toml: ${firstLine(error.message)}`]]));
    throw error;
  }
}

/** Without the part of the text that follows, which may be secret. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0]!;
}

export const toml: Family = {
  fromToml: fn(["string"], ([text], context) => fromToml(text as string, context)),
  toToml: fn([ANY], ([value], context) => {
    if (isNil(value!)) throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
    try {
      return new TomlWriter(context).write(value!);
    } catch (error) {
      if (error instanceof TomlError) return error.message;
      throw error;
    }
  }),
};
