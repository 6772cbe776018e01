/**
 * Writes a case file of random rules, for the oracle to answer: well-typed ones mostly, with a wrong part now and then.
 *
 *   deno run tests/cel/oracle/fuzz.ts SEED COUNT > tests/cel/cases/fuzz.json
 */

const OBJECT = String
  .raw`{"apiVersion":"v1","kind":"R","metadata":{"name":"web-1","labels":{"app":"web","n":"10"}},"spec":{"i":3,"neg":-7,"f":0.5,"whole":3.0,"big":9007199254740993,"t":true,"nil":null,"s":"abc","num":"42","el":[],"em":{},"ints":[1,2,3],"mixed":[1,"a",2.5,null,true],"maps":[{"name":"a","n":1},{"name":"b"}],"one":{"k":2},"date":"2025-03-01T10:00:00Z","dur":"90s"}}`;

type Kind = "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list" | "map" | "time" | "duration" | "any";

const KINDS: readonly Kind[] = ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "time", "duration"];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Writer {
  /** Variables of the macros around. */
  #variables: string[] = [];
  constructor(readonly random: () => number) {}

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  /** An expression that is of the kind, most of the time. */
  expression(kind: Kind, depth: number): string {
    if (this.random() < 0.04) return this.expression(this.pick(KINDS), depth);
    if (kind === "any") return this.expression(this.pick(KINDS), depth);
    if (depth <= 0 || this.random() < 0.1) return this.#leaf(kind);
    const choice = this.random();
    if (choice < 0.06) return `dyn(${this.expression(kind, depth - 1)})`;
    if (choice < 0.12) {
      const condition = this.expression("bool", depth - 1);
      return `(${condition} ? ${this.expression(kind, depth - 1)} : ${this.expression(kind, depth - 1)})`;
    }
    if (choice < 0.16) return `[${this.#list(kind, depth)}][${this.expression("int", 0)}]`;
    if (choice < 0.2) return `{"a": ${this.expression(kind, depth - 1)}}${this.pick([".a", '["a"]', ".b"])}`;
    return this.#operation(kind, depth - 1);
  }

  #list(kind: Kind, depth: number): string {
    return Array.from({ length: this.pick([0, 1, 2, 2, 3]) }, () => this.expression(kind, depth - 1)).join(", ");
  }

  #leaf(kind: Kind): string {
    if (this.#variables.length > 0 && this.random() < 0.35) return this.pick(this.#variables);
    const part = this.random() < 0.1 ? this.pick(["nope", "nil", "s.x", "ints.x", "i.x"]) : undefined;
    if (part) return `resource.spec.${part}`;
    switch (kind) {
      case "bool":
        return this.pick(["true", "false", "resource.spec.t", "has(resource.spec.i)", "has(resource.spec.nope)"]);
      case "int":
        return this.pick(["0", "1", "2", "-1", "resource.spec.i", "resource.spec.neg", 'resource.spec["i"]']);
      case "uint":
        return this.pick(["0u", "1u", "3u", "uint(2)"]);
      case "double":
        return this.pick(["0.0", "1.0", "2.5", "resource.spec.f", "resource.spec.whole", 'resource.spec["f"]']);
      case "string":
        return this.pick(['"a"', '""', '"abc"', "resource.spec.s", "resource.spec.num", 'resource.spec["s"]']);
      case "bytes":
        return this.pick(['b"a"', 'b""', 'bytes("abc")']);
      case "list":
        return this.pick(["[]", "[1, 2]", '["a"]', '[1, "a"]', "resource.spec.ints", "resource.spec.mixed"]);
      case "map":
        return this.pick(["{}", '{"a": 1}', "{1: 2}", "resource.spec.one", "resource.spec.em"]);
      case "time":
        return this.pick(['timestamp("2025-03-01T10:00:00Z")', "timestamp(resource.spec.date)", "timestamp(0)"]);
      case "duration":
        return this.pick(['duration("1h")', "duration(resource.spec.dur)", 'duration("-1ms")']);
      case "any":
        return this.#leaf(this.pick(KINDS));
    }
  }

  #operation(kind: Kind, depth: number): string {
    const of = (wanted: Kind) => this.expression(wanted, depth);
    switch (kind) {
      case "bool":
        return this.#test(depth);
      case "int":
        return this.pick([
          () => `(${of("int")} ${this.pick(["+", "-", "*", "/", "%"])} ${of("int")})`,
          () => `-${of("int")}`,
          () => `size(${of(this.pick(["string", "list", "map", "bytes"]))})`,
          () => `${of(this.pick(["string", "list", "map"]))}.size()`,
          () => `int(${of(this.pick(["int", "uint", "double", "string", "time", "duration"]))})`,
          () => `${of("time")}.${this.pick(["getFullYear", "getMonth", "getHours", "getDayOfWeek"])}()`,
          () => `${of("duration")}.${this.pick(["getHours", "getMinutes", "getSeconds"])}()`,
        ])();
      case "uint":
        return this.random() < 0.6
          ? `(${of("uint")} ${this.pick(["+", "*", "/"])} ${of("uint")})`
          : `uint(${of("int")})`;
      case "double":
        return this.random() < 0.6
          ? `(${of("double")} ${this.pick(["+", "-", "*", "/"])} ${of("double")})`
          : `double(${of(this.pick(["int", "uint", "string", "double"]))})`;
      case "string":
        return this.random() < 0.5
          ? `(${of("string")} + ${of("string")})`
          : `string(${of(this.pick(["int", "uint", "double", "bool", "bytes", "string", "time", "duration"]))})`;
      case "bytes":
        return this.random() < 0.5 ? `(${of("bytes")} + ${of("bytes")})` : `bytes(${of("string")})`;
      case "list":
        return this.#listOperation(depth);
      case "map":
        return `{${this.pick(['"a"', "1", "true", "2u", of("string")])}: ${of("any")}, "b": ${of("any")}}`;
      case "time":
        return `(${of("time")} ${this.pick(["+", "-"])} ${of("duration")})`;
      case "duration":
        return this.random() < 0.5
          ? `(${of("duration")} ${this.pick(["+", "-"])} ${of("duration")})`
          : `(${of("time")} - ${of("time")})`;
      case "any":
        return of("any");
    }
  }

  #test(depth: number): string {
    const of = (wanted: Kind) => this.expression(wanted, depth);
    return this.pick([
      () => `(${of("bool")} ${this.pick(["&&", "||"])} ${of("bool")})`,
      () => `(${of("bool")} ${this.pick(["&&", "||"])} ${of("bool")} ${this.pick(["&&", "||"])} ${of("bool")})`,
      () => `!${of("bool")}`,
      () => this.#comparison(depth),
      () => this.#comparison(depth),
      () => `(${of("any")} ${this.pick(["==", "!="])} ${of("any")})`,
      () => `(${of("any")} in ${of("list")})`,
      () => `(${of("string")} in ${of("map")})`,
      () => `${of("string")}.${this.pick(["contains", "startsWith", "endsWith", "matches"])}(${of("string")})`,
      () => `${of("list")}.${this.pick(["all", "exists", "exists_one"])}(${this.#body("bool", depth)})`,
      () => `${of("map")}.${this.pick(["all", "exists", "exists_one"])}(${this.#body("bool", depth)})`,
      () => `(type(${of("any")}) == ${this.pick(["int", "string", "list", "map", "double", "null_type"])})`,
      () => `bool(${of(this.pick(["bool", "string"]))})`,
    ])();
  }

  #comparison(depth: number): string {
    const kind = this.pick<Kind>(["int", "uint", "double", "string", "bytes", "time", "duration", "bool"]);
    const operator = this.pick(["<", "<=", ">", ">=", "==", "!="]);
    return `(${this.expression(kind, depth)} ${operator} ${this.expression(kind, depth)})`;
  }

  #listOperation(depth: number): string {
    const list = this.expression("list", depth);
    return this.pick([
      () => `(${list} + ${this.expression("list", depth)})`,
      () => `[${this.#list(this.pick(KINDS), depth)}]`,
      () => `${list}.filter(${this.#body("bool", depth)})`,
      () => `${list}.map(${this.#body(this.pick(KINDS), depth)})`,
      () => `resource.spec.maps.map(${this.#body(this.pick(KINDS), depth)})`,
    ])();
  }

  /** Variable and body of a macro. */
  #body(kind: Kind, depth: number): string {
    const name = this.pick(["x", "y", "z"]);
    this.#variables.push(name, `${name}.n`, `(${name} + 1)`);
    const body = this.expression(kind, depth);
    this.#variables.splice(-3);
    return `${name}, ${body}`;
  }
}

const [seed = "1", count = "100"] = Deno.args;
const writer = new Writer(randomFrom(Number(seed)));
const rules = new Set<string>();
while (rules.size < Number(count)) {
  const rule = writer.expression(writer.pick<Kind>(["bool", "bool", "any"]), writer.pick([2, 3, 3, 4]));
  if (rule.length > 12 && rule.length < 300) rules.add(rule);
}
const about = `Random rules: deno run tests/cel/oracle/fuzz.ts ${seed} ${count}`;
const cases = [...rules].map((rule) => JSON.stringify({ rule })).join(",");
console.log(`{"about":${JSON.stringify(about)},"resources":[{"name":"r","object":${OBJECT}}],"cases":[${cases}]}`);
