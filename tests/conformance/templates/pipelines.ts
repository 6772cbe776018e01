/** Random pipelines whose types mostly fit: literals, fields, variables, calls, pipes, parentheses, chains. */
import type { Random } from "../generate_lua.ts";
import type { Place, Type } from "./data.ts";
import { randomFormat } from "./formats.ts";
import { complexLiteral, floatLiteral, intLiteral, smallLiteral, stringLiteral } from "./literals.ts";
import { FORMED_TEXTS, type Signature, SIGNATURES } from "./signatures.ts";

/** What a place in a template can name. */
export interface Scope {
  readonly dot: Type;
  /** The type of `$`. */
  readonly dollar: Type;
  readonly variables: readonly { readonly name: string; readonly type: Type }[];
  readonly isInRange: boolean;
}

/** How often a value of a random type stands where another is wanted; in a wild template. */
const WRONG = 0.008, WILD = 0.25;
const DEEPEST = 3;
const ANY_TYPES: readonly Type[] = [
  ...[
    "string",
    "string",
    "string",
    "float",
    "float",
    "int",
    "int",
    "int64",
    "bool",
    "strings",
    "floats",
    "map",
  ] as const,
  ...["mixed", "ports", "complex", "nil", "any", "ref", "texts", "byte", "version", "kind"] as const,
];
const FIELDS: Partial<Record<Type, readonly (readonly [string, Type])[]>> = {
  ref: [["Kind", "string"], ["Name", "string"], ["Namespace", "string"], ["APIVersion", "string"], ["UID", "any"]],
  port: [["name", "string"], ["port", "float"]],
  kind: [["Group", "string"], ["Version", "string"], ["Kind", "string"], ["String", "string"]],
  version: [["Major", "any"], ["Minor", "any"], ["Patch", "any"], ["Prerelease", "string"], ["Original", "string"]],
  time: [["Year", "int"], ["Day", "int"], ["Unix", "int64"], ["IsZero", "bool"], ["Weekday", "any"], ["UTC", "time"]],
};
const RESULT_TYPES: Readonly<Record<string, Type>> = {
  s: "string",
  i: "int",
  q: "int64",
  f: "float",
  b: "bool",
  m: "map",
  l: "mixed",
  x: "texts",
  t: "time",
  a: "any",
};
const LISTS: readonly Type[] = ["strings", "floats", "mixed", "ports"];

export class PipelineGenerator {
  #depth = 0;

  readonly #wrong: number;

  constructor(
    readonly random: Random,
    readonly places: readonly Place[],
    readonly root: "one" | "all",
    isWild: boolean,
  ) {
    this.#wrong = isWild ? WILD : WRONG;
  }

  /** A pipeline whose value has the type. */
  pipeline(type: Type, scope: Scope): string {
    const { random } = this;
    if (this.#depth < DEEPEST && random.chance(0.62)) {
      const call = this.#call(type, scope);
      if (call !== undefined) return call;
    }
    return this.operand(type, scope);
  }

  /** What may stand as an argument. */
  operand(type: Type, scope: Scope): string {
    const { random } = this;
    if (random.chance(this.#wrong)) return this.#right(random.pick(ANY_TYPES), scope);
    if (random.chance(0.002)) {
      return random.pick(["nil", ".nope", "$.Resource.spec.nope", ".Nope", "$undefined", "nosuch"]);
    }
    return this.#right(type === "any" ? random.pick(ANY_TYPES) : type, scope);
  }

  #right(type: Type, scope: Scope): string {
    const { random } = this;
    const named = this.#named(type, scope);
    if (named.length > 0 && random.chance(0.55)) return random.pick(named);
    if (this.#depth < DEEPEST && random.chance(0.25)) {
      const call = this.#call(type, scope);
      if (call !== undefined) return `(${this.#space(0.15)}${call}${this.#space(0.15)})`;
    }
    return this.#literal(type, scope);
  }

  /** Everything in scope of the type. */
  #named(type: Type, { dot, dollar, variables }: Scope): string[] {
    const names = variables.filter((one) => one.type === type).map(({ name }) => name);
    if (dot === type && type !== "one" && type !== "all") names.push(".");
    for (const [holder, prefix] of [[dot, ""], [dollar, "$"]] as const) {
      if (holder === this.root) {
        for (const place of this.places) if (place.type === type) names.push(prefix + place.path);
      }
      for (const [field, fieldType] of FIELDS[holder] ?? []) if (fieldType === type) names.push(`${prefix}.${field}`);
    }
    for (const variable of variables) {
      for (const [field, fieldType] of FIELDS[variable.type] ?? []) {
        if (fieldType === type) names.push(`${variable.name}.${field}`);
      }
    }
    return names;
  }

  #literal(type: Type, scope: Scope): string {
    const { random } = this;
    const many = (make: () => string) =>
      Array.from({ length: random.below(4) }, make).map((text) => ` ${text}`).join("");
    switch (type) {
      case "string":
        return stringLiteral(random);
      case "int":
        return intLiteral(random);
      case "float":
        return floatLiteral(random);
      case "int64":
        return `(int64 ${intLiteral(random)})`;
      case "complex":
        return complexLiteral(random);
      case "bool":
        return random.pick(["true", "false"]);
      case "strings":
        return `(list${many(() => stringLiteral(random))})`;
      case "floats":
        return `(list${many(() => floatLiteral(random))})`;
      case "texts":
        return random.pick(['(splitList "," "a,b,c")', '(splitList "" "aü")', "(keys (dict `b` 1 `a` 2) | sortAlpha)"]);
      case "mixed":
      case "maps":
      case "refs":
        return `(list${many(() => this.operand(random.pick(ANY_TYPES), scope))})`;
      case "ports":
        return `(list${many(() => `(dict "name" ${stringLiteral(random)} "port" ${floatLiteral(random)})`)})`;
      case "port":
        return '(dict "name" "http" "port" 80.0)';
      case "map":
      case "one":
      case "all":
      case "ref":
        return `(dict${many(() => `${random.pick(['"a"', '"b"', '"c"', '"app"'])} ${this.operand("any", scope)}`)})`;
      case "byte":
        return random.pick(['(index "abc" 1)', '(index "ü" 0)', "(index `<` 0)"]);
      case "time":
        return random.pick([
          '(toDate "2006-01-02" "2025-03-01")',
          '(toDate "2006-01-02T15:04:05Z07:00" "2025-03-01T10:20:30+01:00")',
          '(toDate "x" "y")',
        ]);
      case "version":
        return random.pick(['(semver "1.2.3")', '(semver "v1.31.2-rc.1+b5")']);
      case "kind":
        return scope.dollar === "one" ? "$.MatchingResource.GroupVersionKind" : '(semver "0.0.1")';
      case "nil":
        return random.pick([
          "(index (dict) `x`)",
          "(first list)",
          "(index (list (list) (dict)) 0 | first)",
          '(fromJson `{"a":null}`).a',
        ]);
    }
    return stringLiteral(random);
  }

  /** A call, maybe with its last argument through a pipe; undefined where nothing gives the type. */
  #call(type: Type, scope: Scope): string | undefined {
    const { random } = this;
    this.#depth++;
    try {
      if (type === "string" && random.chance(0.3)) return this.#printf(scope);
      if (random.chance(0.05)) return this.#chain(scope);
      const fitting = SIGNATURES.filter(({ result }) =>
        type === "any" && result !== "t" || RESULT_TYPES[result] === type
      );
      if (fitting.length === 0) return undefined;
      return this.#callOf(random.pick(fitting), scope);
    } finally {
      this.#depth--;
    }
  }

  /** Fields of what parentheses give. */
  #chain(scope: Scope): string {
    return this.random.pick([
      () => `(index ${this.operand("ports", scope)} ${smallLiteral(this.random)}).name`,
      () => `(dict "a" ${this.operand("any", scope)}).a`,
      () => `(first ${this.operand("ports", scope)}).port`,
      () => `(dict "a" (dict "b" ${this.operand("any", scope)})).a.b`,
      () => `(urlParse "https://u@h/p").host`,
      () => `printf "%v|%s|%q|%10s|%.4s|%+v|%#v" ${this.operand("time", scope)}`,
      () => `${this.operand("time", scope)}.Format ${this.#argument("T", scope)}`,
      () =>
        `${this.operand("time", scope)}.${
          this.random.pick(["Year", "String", "Month", "Clock", "nope", "Weekday.String"])
        }`,
      () => `${this.operand("version", scope)}.${this.random.pick(["Major", "String", "Metadata", "major", "Nope"])}`,
      () => `call ${this.operand("any", scope)} ${this.operand("any", scope)}`,
    ])();
  }

  #callOf({ name, parameters, rest }: Signature, scope: Scope): string {
    const { random } = this;
    const kinds = [...parameters];
    if (rest !== undefined) { for (let i = random.below(3); i > 0; i--) kinds.push(rest); }
    // One argument too many or too few.
    if (random.chance(0.004)) kinds.push("a");
    if (random.chance(0.004)) kinds.pop();
    const args = kinds.map((kind) => this.#argument(kind, scope));
    if (args.length > 0 && random.chance(0.4)) {
      const last = args.pop()!;
      return `${last}${this.#space(0.9)}|${this.#space(0.9)}${[name, ...args].join(this.#gap())}`;
    }
    return [name, ...args].join(this.#gap());
  }

  #argument(kind: string, scope: Scope): string {
    const { random } = this;
    const formed = FORMED_TEXTS[kind];
    if (formed !== undefined) return random.chance(0.93) ? `"${random.pick(formed)}"` : this.operand("string", scope);
    switch (kind) {
      case "k":
        return random.chance(0.95) ? smallLiteral(random) : "(len `abc`)";
      case "I":
        return intLiteral(random);
      case "t":
        // Never anything else: a function takes that for the present.
        return this.#literal("time", scope);
      case "n":
        return this.operand(random.pick(["int", "int", "float", "int64", "int64", "float", "string"]), scope);
      case "l":
        return this.operand(random.pick(LISTS), scope);
    }
    return this.operand(RESULT_TYPES[kind]!, scope);
  }

  /** A call of printf over values of all kinds. */
  printf(scope: Scope): string {
    return this.#printf(scope);
  }

  #printf(scope: Scope): string {
    const { random } = this;
    const { text, operands } = randomFormat(random);
    const format = random.chance(0.9) ? `"${text}"` : `\`${text}\``;
    const types: Type[] = ["string", "float", "int", "int64", "bool", "any", "any", "string", "float", "int"];
    const args = operands.map((kind) =>
      kind === "star" ? smallLiteral(random) : this.operand(random.pick(types), scope)
    );
    if (random.chance(0.03)) args.push(this.operand("any", scope));
    if (random.chance(0.03)) args.pop();
    if (args.length > 0 && random.chance(0.25)) {
      const last = args.pop()!;
      return `${last} | ${["printf", format, ...args].join(" ")}`;
    }
    return ["printf", format, ...args].join(" ");
  }

  #space(probability: number): string {
    return this.random.chance(probability) ? this.#gap() : "";
  }

  #gap(): string {
    return this.random.chance(0.97) ? " " : this.random.pick(["  ", "\n", "\t", " \r\n "]);
  }
}
