/**
 * Random data of a template: a match or all of them, a cluster, a CloudEvent, with values of every size and kind that JSON
 * has. Beside the text, where values of which type lie, so that templates can use them rightly.
 */
import type { Random } from "../generate_lua.ts";

/** What a template knows of a value. `port` and `ref` have fields; a `map` has some keys of the list of paths. */
export type Type =
  | "one"
  | "all"
  | "ref"
  | "refs"
  | "port"
  | "ports"
  | "map"
  | "maps"
  | "string"
  | "strings"
  | "texts"
  | "float"
  | "floats"
  | "int64"
  | "int"
  | "complex"
  | "bool"
  | "mixed"
  | "byte"
  | "time"
  | "version"
  | "kind"
  | "nil"
  | "any";

/** A value's place below the data, `.Resource.spec.name`. */
export interface Place {
  readonly path: string;
  readonly type: Type;
}

export interface Data {
  readonly json: string;
  readonly root: "one" | "all";
  readonly places: readonly Place[];
}

const TEXTS = [
  ...[
    "",
    "a",
    "web",
    "Web Front",
    "web-front-01",
    "team-a",
    "x y  z",
    " padded ",
    "a,b,,c",
    "k=v",
    "1.2.3",
    "v1.31.2",
    "42",
  ],
  ...["-7", "3.5", "true", "null", "0x1F", "1e3", "2025-03-01T10:20:30Z", "10.0.0.0/8", "r.example.com/x/web:1.2.3"],
  ...[
    "ünïcödé",
    "€😀",
    "日本語",
    "Ǆ ß İ",
    "a\u0301",
    "\u200b",
    "\ufeffbom",
    "\u2028",
    "a\tb\nc",
    "\r\n",
    "\u0000",
    "\u0007\u001b",
  ],
  ...[
    '<a href="x">&\'+</a>',
    "\\",
    "\\n",
    '"',
    "'",
    "`",
    "{{ .x }}",
    "%d %s %%",
    "a/b/../c",
    "aGVsbG8=",
    "!!",
    "---",
    "\u007f",
  ],
  ...[
    '{"a":1,"b":[true,null]}',
    "a: 1\nb:\n- x\n- 2\n",
    "[1,2]",
    "a = 1\n[b]\nc = true\n",
    "https://u:p@h:8080/p?q=1#f",
  ],
];
const FLOATS = [
  ...[
    "0",
    "1",
    "3",
    "-5",
    "8080",
    "80",
    "1000000",
    "999999",
    "21000000",
    "123456789",
    "9007199254740993",
    "1e21",
    "1e20",
  ],
  ...[
    "0.1",
    "2.5",
    "-0.5",
    "1e-7",
    "1e-5",
    "0.000123",
    "123456.789",
    "1e100",
    "1.7976931348623157e308",
    "5e-324",
    "-0.0",
  ],
  ...["3.0", "1e3", "0.30000000000000004", "1e15", "1e16", "123456789012345680", "-1e6", "4294967296", "1.5e-10"],
];
const INTEGERS = [
  ...["0", "1", "2", "4", "7", "-1", "-3", "255", "1000000", "2147483648", "9007199254740993", "9223372036854775807"],
  ...["-9223372036854775808", "9223372036854775808", "-0"],
];
/** Keys that a template can write behind a dot; some are names that JavaScript has a use for. */
const NAMES = [
  ...["a", "b", "c", "app", "tier", "x1", "_", "ü", "日本", "if", "end", "nil", "true", "constructor", "__proto__"],
  ...["toString", "length", "Kind", "Name"],
];
const OTHER_KEYS = ["a.b/c", "with space", "10", "9", "", "<k>", "k-v", "😀"];

export class DataMaker {
  readonly #places: Place[] = [];

  constructor(readonly random: Random) {}

  make(): Data {
    const { random } = this;
    const root = random.chance(0.78) ? "one" : "all";
    const fields = root === "one" ? this.#one() : this.#all();
    fields.push(["Cluster", this.#cluster()]);
    if (root === "all" || random.chance(0.05)) this.#places.push({ path: ".Cluster", type: "map" });
    return { json: object(fields), root, places: this.#places };
  }

  #one(): [string, string][] {
    const { random } = this;
    const fields: [string, string][] = [];
    this.#places.push({ path: ".MatchingResource", type: "ref" });
    if (random.chance(0.97)) {
      fields.push(["Resource", this.#resource(".Resource")]);
      this.#places.push({ path: ".Resource", type: "map" });
    }
    if (random.chance(0.1)) {
      fields.push(["MatchingResource", '{"kind":"Secret","namespace":"n","name":"s","apiVersion":"v1","uid":"u-1"}']);
    }
    if (random.chance(0.1)) {
      const data = this.#object(".CloudEvent", [["subject", "string"], ["n", "float"], ["list", "strings"]]);
      fields.push(["CloudEvent", data]);
      this.#places.push({ path: ".CloudEvent", type: "map" });
    }
    return fields;
  }

  #all(): [string, string][] {
    const { random } = this;
    const resources = Array.from({ length: random.below(4) }, () => this.#resource(undefined));
    const fields: [string, string][] = [["Resources", list(resources)]];
    if (random.chance(0.2)) fields.push(["CloudEvents", list([this.#object(undefined, [["subject", "string"]])])]);
    this.#places.push({ path: ".Resources", type: "maps" }, { path: ".MatchingResources", type: "refs" });
    this.#places.push({ path: ".CloudEvents", type: "maps" });
    return fields;
  }

  #resource(path: string | undefined): string {
    const metadata = this.#object(below(path, "metadata"), [
      ["name", "string"],
      ["namespace", "string"],
      ["labels", "map"],
      ["annotations", "map"],
      ["generation", "float"],
    ]);
    const spec = this.#object(below(path, "spec"), [
      ...this.#numbered("s", "string", 5),
      ...this.#numbered("n", "float", 5),
      ["on", "bool"],
      ["off", "bool"],
      ["nul", "nil"],
      ["list", "strings"],
      ["nums", "floats"],
      ["mixed", "mixed"],
      ["ports", "ports"],
      ["map", "map"],
      ["deep", "map"],
    ]);
    const status = this.#object(below(path, "status"), [["phase", "string"], ["ready", "bool"], [
      "conditions",
      "ports",
    ]]);
    const head: [string, string][] = [["apiVersion", '"v1"'], ["kind", JSON.stringify(this.random.pick(["X", "Pod"]))]];
    return object([...head, ["metadata", metadata], ["spec", spec], ["status", status]]);
  }

  #cluster(): string {
    const metadata = this.#object(".Cluster.metadata", [["name", "string"], ["labels", "map"], [
      "generation",
      "int64",
    ]]);
    const spec = this.#object(".Cluster.spec", [
      ...this.#numbered("i", "int64", 4),
      ["ratio", "float"],
      ["on", "bool"],
      ["list", "strings"],
    ]);
    return object([["kind", '"SveltosCluster"'], ["metadata", metadata], ["spec", spec]]);
  }

  #numbered(letter: string, type: Type, count: number): [string, Type][] {
    return Array.from({ length: count }, (_, i) => [`${letter}${i}`, type]);
  }

  #object(path: string | undefined, fields: readonly (readonly [string, Type])[]): string {
    const { random } = this;
    if (path !== undefined) this.#places.push({ path, type: "map" });
    const present = fields.filter(() => random.chance(0.97));
    return object(present.map(([name, type]) => [name, this.#value(below(path, name), type)]));
  }

  #value(path: string | undefined, type: Type): string {
    const json = this.#json(path, type);
    if (path !== undefined) this.#places.push({ path, type: json === "null" ? "nil" : type });
    return json;
  }

  #json(path: string | undefined, type: Type): string {
    const { random } = this;
    const many = (make: () => string) => list(Array.from({ length: random.below(4) }, make));
    switch (type) {
      case "string":
        return this.#text();
      case "float":
        return random.pick(FLOATS);
      case "int64":
        return random.pick(INTEGERS);
      case "bool":
        return random.pick(["true", "false"]);
      case "strings":
        return many(() => this.#text());
      case "floats":
        return many(() => random.pick(FLOATS));
      case "ports":
        return many(() => object([["name", this.#text()], ["port", random.pick(FLOATS)]]));
      case "mixed":
        return many(() => this.#json(undefined, random.pick(["string", "float", "bool", "nil", "strings", "map"])));
      case "map":
        return this.#map(path);
    }
    return "null";
  }

  #map(path: string | undefined): string {
    const { random } = this;
    const names = NAMES.filter(() => random.chance(0.2));
    const named = names.map((name): [string, string] => {
      const type = random.pick<Type>(["string", "string", "float", "bool", "nil", "strings"]);
      return [name, this.#value(below(path, name), type)];
    });
    const others = OTHER_KEYS.filter(() => random.chance(0.08)).map((key): [string, string] => [key, this.#text()]);
    return object([...named, ...others]);
  }

  #text(): string {
    return JSON.stringify(this.random.pick(TEXTS));
  }
}

function below(path: string | undefined, name: string): string | undefined {
  return path === undefined ? undefined : `${path}.${name}`;
}

/** Text, not values: JSON.stringify would write 3.0 as 3, and puts `__proto__` where nobody sees it. */
function object(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}

function list(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}
