/** Random templates: text, actions, variables, branches, loops and definitions within each other, and their scopes. */
import type { Random } from "../generate_lua.ts";
import type { Data, Type } from "./data.ts";
import { complexLiteral, floatLiteral, intLiteral, stringLiteral } from "./literals.ts";
import { PipelineGenerator, type Scope } from "./pipelines.ts";

const TEXTS = [
  ...[
    "",
    "",
    " ",
    "\n",
    "\n\n",
    "  \n",
    "a",
    "b: ",
    "- x\n",
    "kind: Secret\n",
    "  name: ",
    "|",
    "\t",
    "\r\n",
    "ü€",
    "}}",
    "{ ",
  ],
  ...['"', "'", "<p>", "a < b & c", "}", "}}}", "---\n", " x ", ".", "$", "\u00a0", "😀 "],
];
const RANGE_TYPES: readonly Type[] = [
  "strings",
  "floats",
  "mixed",
  "ports",
  "map",
  "int",
  "int64",
  "texts",
  "refs",
  "maps",
  "nil",
];
const ELEMENTS: Partial<Record<Type, Type>> = {
  strings: "string",
  floats: "float",
  ports: "port",
  int: "int",
  int64: "int64",
  texts: "string",
  refs: "ref",
  maps: "map",
};
const VALUE_TYPES: readonly Type[] = [
  "string",
  "float",
  "int",
  "int64",
  "bool",
  "map",
  "strings",
  "mixed",
  "any",
  "ports",
  "nil",
];

/** The share of templates whose types don't fit. */
const WILD = 0.07;
/** The shares of those that are nothing but calls of printf, or literals. */
const FORMATS = 0.08, LITERALS = 0.04;

/** The scope that a piece leaves behind. */
interface Piece {
  readonly text: string;
  readonly scope: Scope;
}

export class StatementGenerator {
  readonly #pipelines: PipelineGenerator;
  readonly #definitions: { readonly name: string; readonly type: Type }[] = [];
  #budget: number;
  #depth = 0;
  #counter = 0;

  constructor(readonly random: Random, readonly data: Data) {
    this.#pipelines = new PipelineGenerator(random, data.places, data.root, random.chance(WILD));
    this.#budget = 3 + random.below(14);
  }

  template(): string {
    const { random, data } = this;
    const scope: Scope = { dot: data.root, dollar: data.root, variables: [], isInRange: false };
    const roll = random.next();
    if (roll < FORMATS) return this.#lines(() => this.#pipelines.printf(scope));
    if (roll < FORMATS + LITERALS) return this.#lines(() => this.#literal());
    const parts: string[] = [];
    if (random.chance(0.15)) parts.push(this.#definition());
    if (random.chance(0.05)) parts.push(this.#definition());
    parts.push(this.#body(scope));
    // A definition may stand behind its use.
    if (parts.length > 1 && random.chance(0.3)) parts.push(parts.shift()!);
    return parts.join("");
  }

  /** Actions that hardly ever fail, many of them. */
  #lines(make: () => string): string {
    return Array.from({ length: 1 + this.random.below(9) }, () => `{{ ${make()} }}\n`).join("");
  }

  #literal(): string {
    const { random } = this;
    const literal = () => random.pick([intLiteral, floatLiteral, complexLiteral, stringLiteral])(random);
    return random.pick([
      literal,
      () => `print ${literal()} ${literal()}`,
      () => `print ${literal()}${literal()}`,
      () => `${literal()} | print`,
      () => `(${literal()})(${literal()})`,
      () => `(${literal()})`,
      () => `${random.pick(["int", "float64", "typeOf", "kindOf", "len", "printf `%v %T`", "list"])} ${literal()}`,
      () => `eq ${literal()} ${literal()}`,
      () => `${literal()}.x`,
      () => `print ${random.pick(["true", "nil", ".", "$", "(1)", ".Nope", "false"])}${literal()}`,
    ])();
  }

  #body(scope: Scope): string {
    const { random } = this;
    this.#depth++;
    let text = "";
    let inner = scope;
    for (let i = 1 + random.below(this.#depth > 1 ? 3 : 5); i > 0 && this.#budget > 0; i--) {
      this.#budget--;
      const piece = this.#statement(inner);
      text += random.pick(TEXTS) + piece.text;
      inner = piece.scope;
    }
    this.#depth--;
    return text + random.pick(TEXTS);
  }

  #statement(scope: Scope): Piece {
    const { random } = this;
    const isDeep = this.#depth > 3;
    const roll = random.next();
    if (roll < 0.36 || isDeep) return { text: this.#action(this.#printed(scope)), scope };
    if (roll < 0.50) return this.#variable(scope);
    if (roll < 0.62) return { text: this.#branch(scope), scope };
    if (roll < 0.70) return { text: this.#with(scope), scope };
    if (roll < 0.86) return { text: this.#range(scope), scope };
    if (roll < 0.89) return { text: this.#comment(), scope };
    if (roll < 0.94) return { text: this.#call(scope), scope };
    if (roll < 0.96) return { text: this.#block(scope), scope };
    if (roll < 0.985 && scope.isInRange) return { text: this.#leave(scope), scope };
    return {
      text: this.#action(random.pick([".", "$", "nil", "", "break", "1", "len", ".Cluster", "$.Cluster.spec"])),
      scope,
    };
  }

  #printed(scope: Scope): string {
    return this.#pipelines.pipeline(this.random.chance(0.4) ? "string" : this.random.pick(VALUE_TYPES), scope);
  }

  #action(inner: string): string {
    const { random } = this;
    const left = random.chance(0.85)
      ? random.pick(["{{ ", "{{ ", "{{", "{{\n", "{{\t"])
      : random.pick(["{{- ", "{{-\n"]);
    const right = random.chance(0.85) ? random.pick([" }}", " }}", "}}", "\n}}"]) : random.pick([" -}}", "\n-}}"]);
    // "{{-1}}" is a number, "{{- 1}}" trims.
    return left + inner + right;
  }

  #variable(scope: Scope): Piece {
    const { random } = this;
    const known = scope.variables;
    if (known.length > 0 && random.chance(0.4)) {
      const { name, type } = random.pick(known);
      const value = this.#pipelines.pipeline(random.chance(0.85) ? type : "any", scope);
      return { text: this.#action(`${name} = ${value}`), scope };
    }
    const type = random.pick(VALUE_TYPES);
    const name = `$${random.pick(["x", "y", "z", "i", "ü", "x1", "name", "_", "if", "1"])}`;
    const value = this.#pipelines.pipeline(type, scope);
    return {
      text: this.#action(`${name}${random.pick([" := ", ":=", " :="])}${value}`),
      scope: withVariable(scope, name, type),
    };
  }

  #branch(scope: Scope): string {
    const { random } = this;
    const condition = () => this.#pipelines.pipeline(random.chance(0.6) ? "bool" : "any", scope);
    let text = this.#action(`if ${condition()}`) + this.#body(scope);
    for (let i = random.chance(0.25) ? 1 + random.below(2) : 0; i > 0; i--) {
      text += this.#action(`else if ${condition()}`) + this.#body(scope);
    }
    if (random.chance(0.5)) text += this.#action("else") + this.#body(scope);
    return text + this.#action("end");
  }

  #with(scope: Scope): string {
    const { random } = this;
    const type = random.pick(VALUE_TYPES);
    const value = this.#pipelines.pipeline(type, scope);
    const inner = { ...scope, dot: type };
    const isNamed = random.chance(0.3);
    let text = this.#action(`with ${isNamed ? "$w := " : ""}${value}`) +
      this.#body(isNamed ? withVariable(inner, "$w", type) : inner);
    if (random.chance(0.2)) {
      const other = random.pick(VALUE_TYPES);
      text += this.#action(`else with ${this.#pipelines.pipeline(other, scope)}`) +
        this.#body({ ...scope, dot: other });
    }
    if (random.chance(0.4)) text += this.#action("else") + this.#body(scope);
    return text + this.#action("end");
  }

  #range(scope: Scope): string {
    const { random } = this;
    const type = random.pick(RANGE_TYPES);
    const over = this.#rangeOver(type, scope);
    const element = ELEMENTS[type] ?? "any";
    let inner: Scope = { ...scope, dot: element, isInRange: true };
    let declared = "";
    if (random.chance(0.35)) {
      declared = "$e := ";
      inner = withVariable(inner, "$e", element);
    } else if (random.chance(0.4) && (type !== "int" && type !== "int64" || random.chance(0.1))) {
      declared = "$k, $v := ";
      inner = withVariable(withVariable(inner, "$k", type === "map" ? "string" : "int"), "$v", element);
    } else if (scope.variables.length > 0 && random.chance(0.1)) {
      declared = `${random.pick(scope.variables).name} = `;
    }
    let text = this.#action(`range ${declared}${over}`) + this.#body(inner);
    if (random.chance(0.3)) text += this.#action("else") + this.#body(scope);
    return text + this.#action("end");
  }

  #rangeOver(type: Type, scope: Scope): string {
    const { random } = this;
    if (type === "int") return random.pick(["3", "2", "0", "(len `abc`)", "'\\x03'", "-1", "0x2", "1", "4"]);
    if (type === "int64") return random.pick(["(int64 2)", "(add 1 1)", "(int64 0)"]);
    return this.#pipelines.pipeline(type, scope);
  }

  #leave(scope: Scope): string {
    const word = this.random.pick(["break", "continue"]);
    if (this.random.chance(0.15)) return this.#action(word);
    return this.#action(`if ${this.#pipelines.pipeline("bool", scope)}`) + this.#action(word) + this.#action("end");
  }

  #comment(): string {
    const inner = this.random.pick(["", " c ", " {{ x }} ", "\n", " * / ", "ü", "-"]);
    return this.random.pick([
      `{{/*${inner}*/}}`,
      `{{- /*${inner}*/ -}}`,
      `{{/*${inner}*/ -}}`,
      `{{- /*${inner}*/}}`,
      this.random.chance(0.1) ? "{{ /* c */ }}" : "",
    ]);
  }

  #definition(): string {
    const { random } = this;
    const type = random.pick(VALUE_TYPES);
    const name = `t${this.#counter++}`;
    if (random.chance(0.2)) {
      this.#definitions.push({ name, type: "int" });
      return `${this.#action(`define "${name}"`)}${this.#action("if gt (int .) 0")}.${
        this.#action(`template "${name}" (sub . 1)`)
      }${this.#action(". ")}${this.#action("end")}${this.#action("end")}`;
    }
    const body = this.#body({ dot: type, dollar: type, variables: [], isInRange: false });
    this.#definitions.push({ name, type });
    return `${this.#action(`define ${random.pick([`"${name}"`, `\`${name}\``])}`)}${body}${this.#action("end")}`;
  }

  #call(scope: Scope): string {
    const { random } = this;
    if (this.#definitions.length === 0) {
      return random.chance(0.1) ? this.#action(`template "none" .`) : this.#action(this.#printed(scope));
    }
    const { name, type } = random.pick(this.#definitions);
    const value = type === "int" ? random.pick(["3", "0", "2"]) : this.#pipelines.pipeline(type, scope);
    return this.#action(`template "${name}"${random.chance(0.95) ? ` ${value}` : ""}`);
  }

  #block(scope: Scope): string {
    const type = this.random.pick(VALUE_TYPES);
    const name = `b${this.random.chance(0.95) ? this.#counter++ : 0}`;
    const value = this.#pipelines.pipeline(type, scope);
    const body = this.#body({ dot: type, dollar: type, variables: [], isInRange: false });
    return this.#action(`block "${name}" ${value}`) + body + this.#action("end");
  }
}

function withVariable(scope: Scope, name: string, type: Type): Scope {
  const others = scope.variables.filter((one) => one.name !== name);
  return { ...scope, variables: [...others, { name, type }] };
}
