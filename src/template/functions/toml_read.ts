/**
 * Reads TOML as BurntSushi/toml does, with its rules for what may be defined twice and its messages. A list of tables in
 * brackets is a list of anything, one of `[[headers]]` is a list of tables.
 */
import { parseTime, TimeParseError } from "../../time/parse_time.ts";
import type { ZoneOffset } from "../../time/zones.ts";
import { byteLength } from "../bytes.ts";
import type { CallContext } from "../function.ts";
import { quoteText } from "../quote.ts";
import { ANY_LIST, ANY_MAP, goInt64, GoList, GoMap, type GoStruct, type Value } from "../value.ts";
import { parseFloat64, parseInt64 } from "../../json/read_number.ts";
import { LOCAL, timeValue } from "./time_value.ts";
import { TomlScanner, TomlSyntaxError, type TomlToken } from "./toml_scan.ts";
import { keyPath } from "./toml_write.ts";

/** @throws {TomlReadError} whose message is the library's. */
export function readToml(text: string, context: CallContext): GoMap {
  context.spend(text.length);
  return new TomlReader(withoutMark(text), context).read();
}

/** The whole message, with the line and the last key. It quotes the text. */
export class TomlReadError extends Error {}

/** Byte order marks of UTF-8 and of UTF-16 don't count. */
function withoutMark(text: string): string {
  const isUtf16 = text.startsWith("\udcff\udcfe") || text.startsWith("\udcfe\udcff");
  return isUtf16 ? text.slice(2) : text.startsWith("\ufeff") ? text.slice(1) : text;
}

const NULL_BYTES = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";

/** The tables of `[[headers]]`, while they are being read. */
class Tables {
  constructor(readonly tables: GoMap[]) {}
}

type Node = Value | Tables;

class TomlReader {
  readonly #scanner: TomlScanner;
  readonly #root = new GoMap();
  /** Lists of tables, by the map that has them and their key. */
  readonly #tables = new Map<GoMap, Map<string, Tables>>();
  /** The key of the table that is being filled. */
  #path: readonly string[] = [];
  /** The last part of the key that is being read. */
  #key = "";
  /** The line of the first part of the last key. */
  #line = 1;
  /** Keys that were defined by other keys alone, by their text. */
  readonly #implicit = new Set<string>();
  /** Whether a key holds a list in brackets, by its text. */
  readonly #isList = new Map<string, boolean>();

  constructor(readonly text: string, readonly context: CallContext) {
    this.#scanner = new TomlScanner(text);
  }

  read(): GoMap {
    try {
      const nul = this.text.slice(0, 6).indexOf("\0");
      if (nul >= 0 && byteLength(this.text.slice(0, nul)) < 6) throw new TomlSyntaxError(NULL_BYTES, 1);
      for (let item = this.#scanner.nextItem(); item !== undefined; item = this.#scanner.nextItem()) {
        this.context.spend(1);
        if (item === "key") this.#topKey();
        else this.#header(item === "tables");
        this.#scanner.endItem();
      }
    } catch (error) {
      if (error instanceof TomlSyntaxError) throw new TomlReadError(this.#explained(error));
      throw error;
    }
    this.#settle();
    return this.#root;
  }

  #explained({ message, line }: TomlSyntaxError): string {
    const outer = keyPath(this.#path);
    const last = this.#key === "" ? outer : this.#path.length === 0 ? this.#key : `${outer}.${this.#key}`;
    return `toml: line ${line}${last === "" ? "" : ` (last key ${quoteText(last)})`}: ${message}`;
  }

  #fail(message: string, line = this.#line): never {
    throw new TomlSyntaxError(message, line);
  }

  /** Lists of tables become lists: no more of them follow. */
  #settle(): void {
    for (const [map, lists] of this.#tables) {
      for (const [key, { tables }] of lists) map.set(key, GoList.grown(tables, `[]${ANY_MAP}`, 4));
    }
  }

  #header(isTables: boolean): void {
    const key = this.#parts(() => this.#scanner.tableName(), () => this.#scanner.tableNameGoesOn());
    if (isTables) this.#scanner.endTables();
    this.#enter(key, isTables);
    this.#setType("", false);
  }

  /** The parts of a key. */
  #parts(next: () => TomlToken, goesOn: () => boolean): string[] {
    const parts: string[] = [];
    do {
      const token = next();
      if (parts.length === 0) this.#line = token.line;
      parts.push(token.type === "text" || token.type === "word" ? this.#textOf(token) : "");
    } while (goesOn());
    return parts;
  }

  #topKey(): void {
    const outer = this.#path;
    this.#scanner.startKey();
    const key = this.#keyParts();
    this.#assign(key);
    this.#path = outer;
    this.#key = "";
  }

  #keyParts(): string[] {
    return this.#parts(() => this.#scanner.keyName(), () => this.#scanner.keyGoesOn());
  }

  /** `a.b.c = value`, within the table at hand. Gives the value back. */
  #assign(key: readonly string[]): Value {
    this.#key = key.at(-1)!;
    for (const part of key.slice(0, -1)) {
      const path = [...this.#path, part];
      this.#implicit.add(keyPath(path));
      this.#enter(path, false);
    }
    const [value, isList] = this.#value(this.#scanner.value(), false);
    this.#set(this.#key, value);
    this.#setType(this.#key, isList);
    return value;
  }

  /** What `key` holds in `map`. */
  #get(map: GoMap, key: string): Node {
    return this.#tables.get(map)?.get(key) ?? map.get(key);
  }

  #has(map: GoMap, key: string): boolean {
    return map.has(key);
  }

  #put(map: GoMap, key: string, node: Exclude<Node, undefined>): void {
    if (node instanceof Tables) {
      const lists = this.#tables.get(map) ?? new Map<string, Tables>();
      this.#tables.set(map, lists.set(key, node));
      // The key is there from now on; what it holds is settled in the end.
      map.set(key, null);
    } else {
      this.#tables.get(map)?.delete(key);
      map.set(key, node);
    }
  }

  /** The table that `node` is, or the last one of a list of tables. */
  #tableOf(node: Node): GoMap | undefined {
    if (node instanceof Tables) return node.tables.at(-1);
    return node instanceof GoMap ? node : undefined;
  }

  /** Makes the table `key` and those around it, and goes there. A key with a value of its own can't be one. */
  #enter(key: readonly string[], isTables: boolean): void {
    let map = this.#root;
    const outer: string[] = [];
    for (const part of key.slice(0, -1)) {
      this.context.spend(1);
      outer.push(part);
      if (!this.#has(map, part)) {
        this.#implicit.add(keyPath(outer));
        this.#put(map, part, new GoMap());
      }
      map = this.#tableOf(this.#get(map, part)) ?? this.#fail(`Key '${keyPath(outer)}' was already created as a hash.`);
    }
    this.#path = outer;
    const last = key.at(-1)!;
    if (isTables) {
      if (!this.#has(map, last)) this.#put(map, last, new Tables([]));
      const list = this.#get(map, last);
      if (!(list instanceof Tables)) {
        this.#fail(`Key '${keyPath(key)}' was already created and cannot be used as an array.`);
      }
      list.tables.push(new GoMap());
    } else this.#set(last, new GoMap());
    this.#path = [...this.#path, last];
  }

  /** Sets a key of the table at hand. What other keys have made of it already stays, but a list is put in place. */
  #set(key: string, value: Value): void {
    let map = this.#root;
    const path: string[] = [];
    for (const part of this.#path) {
      this.context.spend(1);
      path.push(part);
      map = this.#tableOf(this.#get(map, part)) ?? this.#fail(`Key '${keyPath(path)}' has already been defined.`);
    }
    const whole = keyPath([...path, key]);
    if (this.#has(map, key)) {
      if (!this.#implicit.delete(whole)) this.#fail(`Key '${whole}' has already been defined.`);
      if (this.#isList.get(whole) !== true) return;
    }
    this.#put(map, key, value ?? null);
  }

  /** Of the table at hand where the key is empty. */
  #setType(key: string, isList: boolean): void {
    const path = key === "" ? this.#path : [...this.#path, key];
    this.#isList.set(keyPath(path.length === 0 ? [""] : path), isList);
  }

  /** The value, and whether it is a list in brackets. */
  #value(token: TomlToken, isElement: boolean): readonly [Value, boolean] {
    this.context.spend(1);
    switch (token.type) {
      case "text":
        return [this.#textOf(token), false];
      case "word":
        return [token.text === "true", false];
      case "integer":
        return [this.#integer(token.text, token.line), false];
      case "float":
        return [this.#float(token.text, token.line), false];
      case "time":
        return [this.#time(token.text, token.line), false];
      case "list":
        return [this.#list(), true];
      case "table":
        return [this.#inlineTable(isElement), false];
    }
  }

  #list(): GoList {
    this.#setType(this.#key, true);
    const items: Value[] = [];
    while (this.#scanner.nextElement(items.length === 0)) items.push(this.#value(this.#scanner.value(), true)[0]);
    return GoList.grown(items, ANY_LIST, 2);
  }

  #inlineTable(isElement: boolean): GoMap {
    const table = new GoMap();
    const outer = { path: this.#path, key: this.#key };
    const path = [...this.#path, this.#key];
    this.#key = "";
    this.#implicit.add(keyPath(path));
    this.#path = path;
    this.#enter(path, isElement);
    const inner = this.#path;
    for (let isFirst = true; this.#scanner.nextField(isFirst); isFirst = false) {
      this.#scanner.startKey();
      const key = this.#keyParts();
      const value = this.#assign(key);
      let map = table;
      for (const part of key.slice(0, -1)) {
        if (!map.has(part)) map.set(part, new GoMap());
        const next = map.get(part);
        if (!(next instanceof GoMap)) this.#fail(`${quoteText(keyPath(this.#path))} is not a table`);
        map = next;
      }
      map.set(this.#key, value);
      this.#path = inner;
    }
    this.#path = outer.path;
    this.#key = outer.key;
    return table;
  }

  #textOf(token: TomlToken & { readonly text: string }): string {
    if (token.type !== "text") return token.text;
    switch (token.quotes) {
      case "raw":
        return token.text;
      case "raw lines":
        return withoutFirstBreak(token.text);
      case "basic":
        return this.#unescaped(token.text, token.line);
      case "basic lines":
        return this.#unescaped(withoutEscapedBreaks(withoutFirstBreak(token.text)), token.line);
    }
  }

  /** The scanner has seen that escapes are complete. */
  #unescaped(text: string, line: number): string {
    return text.replace(/\\(?:x([^]{2})|u([^]{4})|U([^]{8})|([^]))/g, (_, two, four, eight, short) => {
      const digits: string | undefined = two ?? four ?? eight;
      if (digits === undefined) {
        const character = SHORT_ESCAPES.get(short);
        return character ?? this.#fail(`invalid escape: '\\${short}'`, line);
      }
      const code = parseInt(digits, 16);
      if (code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
        this.#fail(`Escaped character '\\u${digits}' is not valid UTF-8.`, line);
      }
      return String.fromCodePoint(code);
    });
  }

  #integer(text: string, line: number): Value {
    if (!areUnderscoresInside(text)) {
      this.#fail(`Invalid integer ${quoteText(text)}: underscores must be surrounded by digits`, line);
    }
    if (hasLeadingZero(text)) this.#fail(`Invalid integer ${quoteText(text)}: cannot have leading zeroes`, line);
    const value = parseInt64(text, 0);
    return value === undefined ? this.#fail(`${text} is out of range for int64`, line) : goInt64(value);
  }

  #float(text: string, line: number): number {
    const parts = text.split(/[.eE]/).filter((part) => part !== "");
    if (!parts.every(areUnderscoresInside)) {
      this.#fail(`Invalid float ${quoteText(text)}: underscores must be surrounded by digits`, line);
    }
    if (hasLeadingZero(parts[0] ?? "")) {
      this.#fail(`Invalid float ${quoteText(text)}: cannot have leading zeroes`, line);
    }
    if (/\.(?![0-9])/.test(text)) {
      this.#fail(`Invalid float ${quoteText(text)}: '.' must be followed by one or more digits`, line);
    }
    const plain = text.replaceAll("_", "");
    const value = /^[+-]nan$/.test(plain) ? NaN : parseFloat64(plain);
    if (value !== undefined) return value;
    const isNumber = /^[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?$/.test(plain);
    this.#fail(isNumber ? `${text} is out of range for float64` : `Invalid float value: ${quoteText(text)}`, line);
  }

  #time(text: string, line: number): GoStruct {
    const value = text.replaceAll("z", "Z").replace(/[t ]/g, "T");
    for (const [layout, local] of TIMES) {
      try {
        const { zone, ...instant } = parseTime(layout, value);
        if (lacksZero(value, layout)) break;
        return timeValue({ ...instant, zone: zone ?? local });
      } catch (error) {
        if (!(error instanceof TimeParseError)) throw error;
      }
    }
    this.#fail(`invalid datetime: ${quoteText(value)}`, line);
  }
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  ['"', '"'],
  ["\\", "\\"],
]);

function withoutFirstBreak(text: string): string {
  return text.replace(/^\r?\n/, "");
}

/** A backslash at the end of a line takes the break and all white space behind it away. */
function withoutEscapedBreaks(text: string): string {
  return text.replace(/\\\\|\\[ \t\r\n]+/g, (run) => run.includes("\n") ? "" : run);
}

function hasLeadingZero(text: string): boolean {
  return /^0[^box]/.test(text) || /^[+-]0./.test(text);
}

/** Underscores stand between digits; the digits of all bases count. */
function areUnderscoresInside(text: string): boolean {
  return /^[+-]?(?:nan|inf)$/.test(text) || !/(?<![0-9a-fA-F])_/.test(text) && /[0-9a-fA-F]$/.test(text);
}

const zone = (abbreviation: string): ZoneOffset => ({ offset: 0, abbreviation });
/** The library knows times without an offset again by the names of their zones. */
const DATE_TIME = zone("datetime-local"), DATE = zone("date-local"), TIME = zone("time-local");

const TIMES: readonly (readonly [string, ZoneOffset])[] = [
  ["2006-01-02T15:04:05.999999999Z07:00", LOCAL],
  ["2006-01-02T15:04:05.999999999", DATE_TIME],
  ["2006-01-02", DATE],
  ["15:04:05.999999999", TIME],
  ["2006-01-02T15:04Z07:00", LOCAL],
  ["2006-01-02T15:04", DATE_TIME],
  ["15:04", TIME],
];

/** Go reads numbers of one digit where the layout has two: then a sign stands elsewhere. */
function lacksZero(value: string, layout: string): boolean {
  const end = layout.search(/[.Z]/);
  return [...layout.slice(0, end < 0 ? layout.length : end)].some((sign, i) =>
    !/[0-9]/.test(sign) && value[i] !== sign
  );
}
