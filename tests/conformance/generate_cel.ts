/**
 * Random CEL expressions over random objects: most are well-typed by what the object holds at the path they use, some have a
 * wrong part, and some are texts that were damaged, for the parser. The same seed gives the same cases.
 *
 *     deno run -A tests/conformance/generate_cel.ts --seed 7 --count 1000 > cases.jsonl
 */
import { Float64, isJsonObject, type Json } from "../../src/json/json.ts";
import { damage } from "./damage_cel.ts";
import { randomLiteral, randomPattern, randomZone } from "./generate_cel_literal.ts";
import { Random } from "./generate_lua.ts";
import { formatObject, randomObject, TEXTS } from "./generate_object.ts";

export type Kind =
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "list"
  | "map"
  | "time"
  | "duration"
  | "null"
  | "type";

const KINDS: readonly Kind[] = [
  ...["bool", "bool", "int", "int", "uint", "double", "double", "string", "string", "bytes", "list", "list"] as const,
  ...["map", "time", "duration", "null", "type"] as const,
];

/** How much of the expressions is wrong on purpose. */
const WRONG_KIND = 0.03;
const DAMAGED = 0.12;

/** Something that an expression may name: a path into the object, or a macro's variable. */
interface Known {
  readonly text: string;
  readonly kind: Kind;
  /** What it is in this object; unknown for elements of what the expression makes. */
  readonly json?: Json;
}

/** What a macro goes over. */
interface Range {
  readonly text: string;
  readonly element: Omit<Known, "text">;
  /** A map of several keys: Go goes over them in any order. */
  readonly isUnordered: boolean;
}

function kindOf(json: Json): Kind {
  if (json === null) return "null";
  if (typeof json === "string") return "string";
  if (typeof json === "boolean") return "bool";
  if (typeof json === "bigint") return "int";
  if (json instanceof Float64) return "double";
  if (typeof json === "number") return Number.isInteger(json) ? "int" : "double";
  return Array.isArray(json) ? "list" : "map";
}

const RESERVED = new Set(["in", "true", "false", "null"]);

class Writer {
  readonly #random: Random;
  readonly #known: Known[] = [];

  constructor(random: Random, resource: Json) {
    this.#random = random;
    this.#learn("resource", resource, 6);
  }

  /** An expression whose value is of the kind, most of the time. */
  write(kind: Kind, depth: number): string {
    const random = this.#random;
    if (random.chance(WRONG_KIND)) return this.write(random.pick(KINDS), depth);
    if (depth <= 0 || random.chance(0.12)) return this.#leaf(kind);
    const choice = random.next();
    if (choice < 0.04) return `dyn(${this.write(kind, depth - 1)})`;
    if (choice < 0.09) {
      return `(${this.write("bool", depth - 1)} ? ${this.write(kind, depth - 1)} : ${this.write(kind, depth - 1)})`;
    }
    if (choice < 0.12) return `[${this.#list(kind, depth)}][${this.write(random.pick(["int", "int", "double"]), 0)}]`;
    if (choice < 0.15) {
      const access = random.pick([".a", '["a"]', ".b", ".`a`", '["a" + ""]']);
      return `{"a": ${this.write(kind, depth - 1)}, "c": ${this.#any(0)}}${access}`;
    }
    if (choice < 0.17) return `(${this.write(kind, depth - 1)})`;
    return this.#operation(kind, depth - 1);
  }

  #any(depth: number): string {
    return this.write(this.#random.pick(KINDS), depth);
  }

  /** Makes paths below `text` known, each in one of the ways to write it. */
  #learn(text: string, json: Json, depth: number): void {
    this.#known.push({ text, json, kind: kindOf(json) });
    if (depth <= 0) return;
    if (Array.isArray(json)) {
      json.forEach((element, index) => {
        const written = this.#random.pick([`${index}`, `${index}`, `${index}`, `${index}u`, `${index}.0`]);
        this.#learn(`${text}[${written}]`, element, depth - 1);
      });
    } else if (isJsonObject(json)) {
      for (const key of Object.keys(json)) this.#learn(text + this.#access(key), json[key]!, depth - 1);
    }
  }

  #access(key: string): string {
    const quoted = `[${JSON.stringify(key)}]`;
    const isField = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !RESERVED.has(key);
    if (isField) return this.#random.pick([`.${key}`, `.${key}`, `.${key}`, quoted]);
    return /^[\w.\-/ ]+$/.test(key) ? this.#random.pick([`.\`${key}\``, quoted]) : quoted;
  }

  #path(kind: Kind, wanted: (known: Known) => boolean = () => true): string | undefined {
    const candidates = this.#known.filter((known) => known.kind === kind && wanted(known));
    if (candidates.length === 0) return undefined;
    // The newest are variables of the macros around, which are there to be used.
    return this.#random.chance(0.4) ? candidates.at(-1)!.text : this.#random.pick(candidates).text;
  }

  #leaf(kind: Kind): string {
    const random = this.#random;
    if (random.chance(0.03)) return this.#absent();
    const path = random.chance(0.6) ? this.#path(kind) : undefined;
    return path ?? randomLiteral(random, kind);
  }

  /** A path that leads nowhere, or through something that has no fields. */
  #absent(): string {
    const random = this.#random;
    const { text } = random.pick(this.#known);
    return text + random.pick([".nope", '["nope"]', ".nope.deeper", "[9]", "[-1]", "[0]", "[true]", "[null]", "[1.5]"]);
  }

  #list(kind: Kind, depth: number): string {
    const count = this.#random.pick([0, 1, 2, 2, 3]);
    return Array.from({ length: count }, () => this.write(kind, depth - 1)).join(this.#random.pick([", ", ","]));
  }

  #operation(kind: Kind, depth: number): string {
    const random = this.#random;
    const of = (wanted: Kind) => this.write(wanted, depth);
    const convert = (name: string, ...kinds: Kind[]) =>
      `${name}(${this.#convertible(name, random.pick(kinds), depth)})`;
    switch (kind) {
      case "bool":
        return this.#test(depth);
      case "int":
        return random.pick([
          () => `(${of("int")} ${random.pick(["+", "-", "*", "/", "%"])} ${of("int")})`,
          () => `-${of("int")}`,
          () => `size(${of(random.pick(["string", "list", "map", "bytes"]))})`,
          () => `${of(random.pick(["string", "list", "map"]))}.size()`,
          () => `${this.#selected(depth)}.size()`,
          () => convert("int", "int", "uint", "double", "string", "time", "duration"),
          () => this.#date(depth),
          () => `${of("duration")}.${random.pick(["getHours", "getMinutes", "getSeconds", "getMilliseconds"])}()`,
        ])();
      case "uint":
        return random.chance(0.5)
          ? `(${of("uint")} ${random.pick(["+", "-", "*", "/", "%"])} ${of("uint")})`
          : convert("uint", "int", "uint", "double", "string");
      case "double":
        return random.chance(0.5)
          ? `(${of("double")} ${random.pick(["+", "-", "*", "/"])} ${of("double")})`
          : random.chance(0.2)
          ? `-${of("double")}`
          : convert("double", "int", "uint", "double", "string");
      case "string":
        return random.chance(0.4)
          ? `(${of("string")} + ${of("string")})`
          : convert("string", "int", "uint", "double", "bool", "bytes", "string", "time", "duration");
      case "bytes":
        return random.chance(0.5) ? `(${of("bytes")} + ${of("bytes")})` : `bytes(${of("string")})`;
      case "list":
        return this.#listOperation(depth);
      case "map":
        return random.chance(0.5)
          ? `{${this.#key(depth)}: ${this.#any(depth)}, ${this.#key(depth)}: ${this.#any(depth)}}`
          : this.#leaf("map");
      case "time":
        return random.chance(0.5)
          ? `(${of("time")} ${random.pick(["+", "-"])} ${of("duration")})`
          : convert("timestamp", "string", "string", "int", "time");
      case "duration":
        return random.pick([
          () => `(${of("duration")} ${random.pick(["+", "-"])} ${of("duration")})`,
          () => `(${of("time")} - ${of("time")})`,
          () => convert("duration", "string", "string", "duration"),
        ])();
      case "null":
        return this.#leaf("null");
      case "type":
        return `type(${this.#any(depth)})`;
    }
  }

  /** What a conversion takes: of texts, those that it may read. */
  #convertible(name: string, kind: Kind, depth: number): string {
    const random = this.#random;
    if (kind !== "string" || random.chance(0.2)) return this.write(kind, depth);
    const family = { timestamp: TEXTS.time, duration: TEXTS.duration, bool: TEXTS.bool }[name] ?? TEXTS.number;
    const path = random.chance(0.5)
      ? this.#path("string", ({ json }) => (family as readonly string[]).includes(json as string))
      : undefined;
    return path ?? JSON.stringify(random.pick(family as readonly string[]));
  }

  #date(depth: number): string {
    const random = this.#random;
    const field = random.pick([
      ...["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"],
      ...["getHours", "getMinutes", "getSeconds", "getMilliseconds"],
    ]);
    return `${this.write("time", depth)}.${field}(${random.chance(0.4) ? randomZone(random) : ""})`;
  }

  #key(depth: number): string {
    const random = this.#random;
    return random.pick([
      () => random.pick(['"a"', '"b"', '"name"', "1", "2u", "true", "1.0", "0.5"]),
      () => this.write(random.pick(["string", "int"]), depth),
      () => this.#any(depth),
    ])();
  }

  #test(depth: number): string {
    const random = this.#random;
    const of = (wanted: Kind) => this.write(wanted, depth);
    return random.pick([
      () => `(${of("bool")} ${random.pick(["&&", "||"])} ${of("bool")})`,
      () => `${of("bool")} ${random.pick(["&&", "||"])} ${of("bool")} ${random.pick(["&&", "||"])} ${of("bool")}`,
      () => `!${of("bool")}`,
      () => this.#comparison(depth),
      () => this.#comparison(depth),
      () => this.#comparison(depth),
      () => `(${this.#any(depth)} ${random.pick(["==", "!="])} ${this.#any(depth)})`,
      () => this.#has(),
      () => this.#has(),
      () => `(${this.#any(depth)} in ${of("list")})`,
      () =>
        `(${random.pick(["string", "string", "int"] as const).replace(/.*/, (kind) => of(kind as Kind))} in ${
          of("map")
        })`,
      () => `${of("string")}.${random.pick(["contains", "startsWith", "endsWith"])}(${of("string")})`,
      () => `${of("string")}.matches(${random.chance(0.9) ? randomPattern(random) : of("string")})`,
      () => this.#quantified(depth),
      () => this.#quantified(depth),
      () => `(type(${this.#any(depth)}) == ${random.chance(0.5) ? of("type") : randomLiteral(random, "type")})`,
      () => `bool(${this.#convertible("bool", random.pick(["bool", "string", "string"]), depth)})`,
    ])();
  }

  #has(): string {
    const random = this.#random;
    const { text } = random.pick(this.#known);
    return `has(${text}${random.pick(["", "", "", ".nope", ".name", ".nope.deeper", ".`a/b`"])})`;
  }

  #comparison(depth: number): string {
    const random = this.#random;
    const kind = random.pick<Kind>(["int", "uint", "double", "string", "bytes", "time", "duration", "bool"]);
    const other = random.chance(0.15) ? random.pick<Kind>(["int", "uint", "double"]) : kind;
    const operator = random.pick(["<", "<=", ">", ">=", "==", "!="]);
    return `(${this.write(kind, depth)} ${operator} ${this.write(other, depth)})`;
  }

  #range(depth: number): Range {
    const random = this.#random;
    const paths = this.#known.filter(({ json }) => Array.isArray(json) || isJsonObject(json));
    const usual = paths.filter(({ json }) => Array.isArray(json) && json.length > 0);
    const from = usual.length > 0 && random.chance(0.6) ? usual : paths;
    if (from.length > 0 && random.chance(0.75)) {
      const { text, json } = random.pick(from);
      const elements: readonly Json[] = Array.isArray(json) ? json : Object.keys(json as object);
      const element = elements.length === 0 ? null : random.pick(elements);
      const isUnordered = !Array.isArray(json) && elements.length > 1;
      return { text, element: { json: element, kind: kindOf(element) }, isUnordered };
    }
    const kind = random.pick(KINDS);
    return { text: `[${this.#list(kind, depth)}]`, element: { kind }, isUnordered: false };
  }

  #quantified(depth: number): string {
    const macro = this.#random.pick(["all", "exists", "exists", "exists_one"]);
    const range = this.#range(depth);
    return `${range.text}.${macro}(${this.#body(range, () => this.write("bool", depth))})`;
  }

  /** `filter` or `map` of which only the number of elements is looked at, so that maps may be gone over. */
  #selected(depth: number): string {
    const range = this.#range(depth);
    if (this.#random.chance(0.3)) return `${range.text}.map(${this.#body(range, () => this.#any(depth))})`;
    return `${range.text}.filter(${this.#body(range, () => this.write("bool", depth))})`;
  }

  #listOperation(depth: number): string {
    const random = this.#random;
    const range = this.#range(depth);
    if (range.isUnordered || random.chance(0.3)) {
      return random.chance(0.5)
        ? `(${this.write("list", depth)} + ${this.write("list", depth)})`
        : `[${this.#list(random.pick(KINDS), depth)}]`;
    }
    const bool = () => this.write("bool", depth);
    return random.pick([
      () => `${range.text}.filter(${this.#body(range, bool)})`,
      () => `${range.text}.map(${this.#body(range, () => this.#any(depth))})`,
      () => `${range.text}.map(${this.#body(range, () => `${bool()}, ${this.#any(depth)}`)})`,
      () => `${range.text}.filter(${this.#body(range, bool)}).map(${this.#body(range, () => this.#any(depth))})`,
    ])();
  }

  /** Variable and body of a macro; in the body the variable and what is below it are known. */
  #body(range: Range, write: () => string): string {
    const random = this.#random;
    const name = random.pick(["x", "y", "c", "k", "v", "resource", "__x", "int", "size", "google", "string", "X1"]);
    const before = this.#known.length;
    if (range.element.json !== undefined) this.#learn(name, range.element.json, 3);
    else this.#known.push({ text: name, kind: range.element.kind });
    const body = `${name}, ${write()}`;
    this.#known.length = before;
    return body;
  }
}

/** How many expressions share an object. */
const SAME_OBJECT = 10;

/** `count` lines of cases of mode `cel`, which ask for values; as text, since floats would not stay floats otherwise. */
export function* randomRules(seed: number, count: number): Generator<string> {
  let resource: Json = null, object = "";
  for (let i = 0; i < count; i++) {
    const random = new Random(seed * 1_000_003 + i);
    if (i % SAME_OBJECT === 0) {
      resource = randomObject(random);
      object = formatObject(resource);
    }
    const kind: Kind = random.chance(0.6) ? "bool" : random.pick(KINDS);
    const rule = new Writer(random, resource).write(kind, random.pick([1, 2, 2, 3, 3, 4, 5]));
    const text = JSON.stringify(random.chance(DAMAGED) ? damage(random, rule) : rule);
    yield `{"id":"cel-${seed}-${i}","values":true,"rules":[{"name":"r","rule":${text}}],"resource":${object}}`;
  }
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const encoder = new TextEncoder();
  for (const line of randomRules(option("seed", 1), option("count", 100))) {
    Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  }
}
