/**
 * Random texts for YAML readers: whole documents of every construct of YAML 1.1, single scalars of all kinds, soups of signs,
 * and manifests; many of them damaged. The same seed gives the same texts.
 */
import type { Random } from "../generate_lua.ts";
import { alias, flow, inlineScalar, properties, type Surroundings } from "./flow.ts";
import { MANIFESTS } from "./manifests.ts";
import { mutated } from "./mutate.ts";
import { oddScalar, SPECIAL_CHARACTERS, word } from "./oddities.ts";

class StreamGenerator implements Surroundings {
  anchors: string[] = [];

  constructor(readonly random: Random) {}

  stream(): string {
    const { random } = this;
    let text = random.chance(0.02) ? "\ufeff" : "";
    text += random.pick(["", "", "", "", "# head\n", "\n", " \n"]);
    if (random.chance(0.08)) text += this.#directives();
    const count = random.chance(0.85) ? 1 : random.below(4);
    for (let i = 0; i < count; i++) {
      if (i > 0 || random.chance(0.25)) text += this.#start();
      this.anchors = [];
      text += this.#root();
      if (random.chance(0.08)) text += random.pick(["...\n", "... # end\n", "...", "...x\n"]);
    }
    text += random.pick([
      "",
      "",
      "",
      "",
      "",
      "",
      "\n\n",
      "# tail",
      "# tail\n",
      "  \n",
      "\t\n",
      "trailing\n",
      "- x\n",
      "]",
      "}\n",
    ]);
    return random.chance(0.05) ? text.replaceAll("\n", random.pick(["\r\n", "\r\n", "\r"])) : text;
  }

  #directives(): string {
    const { random } = this;
    const lines = Array.from({ length: 1 + random.below(2) }, () =>
      random.pick([
        ...[
          "%YAML 1.1",
          "%YAML 1.1 # c",
          "%YAML 1.2",
          "%YAML 1",
          "%YAML 1.1x",
          "%YAML  01.1",
          "%YAML 111.1",
          "%FOO bar",
        ],
        ...[
          "%TAG ! tag:x,2000:",
          "%TAG !e! tag:example.com,2000:",
          "%TAG !e! !",
          "%TAG !e tag:x",
          "%TAG !! tag:y,2000:",
          "%",
          "%TAG",
        ],
      ]));
    return `${lines.join("\n")}\n${random.chance(0.85) ? "---\n" : ""}`;
  }

  #start(): string {
    return this.random.pick([
      "---\n",
      "---\n",
      "---\n",
      "--- # c\n",
      "--- ",
      "---\t",
      "---x\n",
      "--- |\n",
      "--- >\n",
      " ---\n",
      "---",
    ]);
  }

  #root(): string {
    const { random } = this;
    const depth = 1 + random.below(4);
    return random.pick([
      () => this.#map("", depth),
      () => this.#map("", depth),
      () => this.#map("", depth),
      () => this.#list("", depth),
      () => this.#map(" ".repeat(random.below(3)), depth),
      () => `${properties(this)}${flow(this, "", depth)}\n`,
      () => `${properties(this)}${inlineScalar(this, "")}\n`,
      () => `${properties(this)}${this.#block("")}`,
      () => random.pick(["", "# nothing\n", "\n"]),
    ])();
  }

  #comment(): string {
    return this.random.chance(0.9) ? "" : this.random.pick([" # c", "  # c: d", "\t# c", "#c", " #"]);
  }

  /** Lines between two entries. */
  #between(indent: string): string {
    const { random } = this;
    if (random.chance(0.9)) return "";
    return random.pick(["\n", "  \n", `${indent}# c\n`, "# c\n", `${indent}  # c\n`, "\t\n", `${indent}\t# c\n`]);
  }

  #map(indent: string, depth: number): string {
    const { random } = this;
    let text = "";
    for (let count = 1 + random.below(4); count > 0; count--) {
      text += this.#between(indent);
      text += random.chance(0.06) ? this.#complexEntry(indent, depth) : indent + this.#entry(indent, depth);
    }
    return text;
  }

  #key(): string {
    const { random } = this;
    return random.pick([
      () => word(random),
      () => word(random),
      () => word(random),
      () => random.pick(["a", "b", "c"]),
      () => random.pick(["a", "b", "c"]),
      () => oddScalar(random),
      () => inlineScalar(this, ""),
      () => properties(this) + word(random),
      () => random.chance(0.1) ? `${alias(this)} ` : "z",
      () => random.chance(0.1) ? flow(this, "", 1) : "z",
      () => random.chance(0.05) ? "k".repeat(random.pick([1020, 1023, 1024, 1025, 1030])) : "z",
      () => random.chance(0.3) ? "? z" : "k",
    ])();
  }

  #entry(indent: string, depth: number): string {
    const { random } = this;
    if (random.chance(0.06)) return this.#mergeEntry(indent, depth);
    const colon = random.pick([":", ":", ":", ":", ":", ":", ":", " :", ":  ", ":\t"]);
    return `${this.#key()}${colon}${this.#value(indent, depth, true)}`;
  }

  #mergeEntry(indent: string, depth: number): string {
    const { random } = this;
    const key = random.pick(["<<", "<<", "<<", "<<", '"<<"', "!!merge <<", "!!str <<", "<< "]);
    const source = random.pick([
      () => alias(this),
      () => alias(this),
      () => `[${alias(this)}, ${alias(this)}]`,
      () => `[${alias(this)}, ${flow(this, indent, 1)}]`,
      () => `{a: 1, b: 2}`,
      () => flow(this, indent, depth),
      () => oddScalar(random),
      () => `&m {a: 3}`,
    ])();
    return `${key}: ${source}\n`;
  }

  #complexEntry(indent: string, depth: number): string {
    const key = `${indent}?${this.#value(indent, Math.min(depth, 2), true)}`;
    return this.random.chance(0.8) ? `${key}${indent}:${this.#value(indent, depth, true)}` : key;
  }

  #list(indent: string, depth: number): string {
    const { random } = this;
    let text = "";
    for (let count = 1 + random.below(4); count > 0; count--) {
      text += `${this.#between(indent)}${indent}-${this.#value(indent, depth, false)}`;
    }
    return text;
  }

  /** What follows a colon, a dash or a question mark, with the line break behind it. */
  #value(indent: string, depth: number, isInMap: boolean): string {
    const { random } = this;
    const deeper = indent + " ".repeat(1 + random.below(4));
    const before = `${random.pick([" ", " ", " ", " ", "  ", "\t"])}${properties(this)}`;
    const nest = depth > 0 && random.chance(0.55);
    if (nest) {
      const own = before.trim() === "" ? "" : before.trimEnd();
      return random.pick([
        () => `${own}${this.#comment()}\n${this.#map(deeper, depth - 1)}`,
        () => `${own}${this.#comment()}\n${this.#map(deeper, depth - 1)}`,
        () => `${own}${this.#comment()}\n${this.#list(isInMap && random.chance(0.5) ? indent : deeper, depth - 1)}`,
        // In the line of the dash: the map's column is that of its first key.
        () => isInMap ? ` ${flow(this, indent, depth)}\n` : ` ${this.#map(`${indent}  `, depth - 1).trimStart()}`,
        () => isInMap ? "\n" : ` ${this.#list(`${indent}  `, depth - 1).trimStart()}`,
        () => `${before}${flow(this, deeper, depth)}${this.#comment()}\n`,
      ])();
    }
    return random.pick([
      () => `${before}${inlineScalar(this, deeper)}${this.#comment()}\n`,
      () => `${before}${inlineScalar(this, deeper)}${this.#comment()}\n`,
      () => `${before}${oddScalar(random)}${this.#comment()}\n`,
      () => `${before}${this.#folded(deeper)}${this.#comment()}\n`,
      () => `${before}${this.#block(indent)}`,
      () => `${before}${flow(this, deeper, 1)}${this.#comment()}\n`,
      () => `${this.#comment()}\n`,
      () => `\n${deeper}${inlineScalar(this, deeper)}\n`,
    ])();
  }

  /** A plain text over several lines. */
  #folded(indent: string): string {
    const { random } = this;
    const lines = Array.from(
      { length: 1 + random.below(4) },
      () => random.chance(0.7) ? word(random) : oddScalar(random),
    );
    return lines.join(
      random.pick([`\n${indent}`, `\n${indent}`, `\n\n${indent}`, ` \n${indent}\t`, "\n", `\n${indent}# c\n${indent}`]),
    );
  }

  /** A text behind `|` or `>`. */
  #block(indent: string): string {
    const { random } = this;
    const step = 1 + random.below(4);
    const digit = random.chance(0.8) ? "" : String(random.chance(0.8) ? step : random.below(10));
    const chomping = random.pick(["", "", "-", "+", random.chance(0.1) ? "--" : ""]);
    const header = random.pick(["|", ">"]) + (random.chance(0.5) ? digit + chomping : chomping + digit);
    const inner = indent + " ".repeat(step);
    const line = () =>
      random.pick([
        () => inner + word(random),
        () => inner + word(random),
        () => inner + oddScalar(random),
        () => `${inner} ${word(random)}`,
        () => `${inner}\t${word(random)}`,
        () => `${inner}# no comment`,
        () => "",
        () => "",
        () => inner,
        () => " ".repeat(random.below(6)),
        () => random.chance(0.1) ? `${inner.slice(1)}${word(random)}` : `${inner}${word(random)} `,
        () =>
          random.chance(0.1) ? random.pick(["\t", "# c", `${indent}# c`, inner + random.pick(SPECIAL_CHARACTERS)]) : "",
      ])();
    const lines = Array.from({ length: random.below(6) }, line);
    return `${header}${this.#comment()}\n${lines.map((one) => `${one}\n`).join("")}`;
  }
}

const SIGNS = [
  ..."-?:,[]{}#&*!|>'\"%@`\\ \n\t".split(""),
  ..."a b 1 : - ? -- --- ... << ~ \n \n  \n- \n? \n: a: b: \"a\" 'b' {} [] &a *a !!str ! |- >+ ||".split(" "),
  " ",
  " ",
  "\n",
  "\n  ",
];

function soup(random: Random): string {
  return Array.from({ length: 1 + random.below(14) }, () => random.pick(SIGNS)).join("");
}

function lone(random: Random): string {
  return random.pick([
    () => `a: ${oddScalar(random)}`,
    () => `${oddScalar(random)}: a`,
    () => `[${oddScalar(random)}, ${oddScalar(random)}]`,
    () => `{${oddScalar(random)}: ${oddScalar(random)}}`,
    () => oddScalar(random),
    () =>
      `- ${oddScalar(random)}\n- ${
        random.pick(["!!int ", "!!float ", "!!bool ", "!!str ", "!!null ", "!!timestamp ", "! "])
      }${oddScalar(random)}`,
    () =>
      `a: ${random.pick(["!!int ", "!!float ", "!!bool ", "!!timestamp "])}"${
        random.pick(["1", "1.5", "yes", "2024-01-01", "x"])
      }"`,
  ])();
}

export function randomYamlText(random: Random): string {
  const stream = () => new StreamGenerator(random).stream();
  return random.pick([
    stream,
    stream,
    stream,
    () => mutated(random, stream()),
    () => mutated(random, stream()),
    () => mutated(random, random.pick(MANIFESTS)),
    () => mutated(random, random.pick(MANIFESTS)),
    () => lone(random),
    () => soup(random),
    () => mutated(random, lone(random)),
  ])();
}
