/** Random quoted texts and collections in brackets, as one line or over several. */
import type { Random } from "../generate_lua.ts";
import { oddScalar, SPECIAL_CHARACTERS, word } from "./oddities.ts";

const ESCAPES = [
  ...["\\0", "\\a", "\\b", "\\t", "\\\t", "\\n", "\\v", "\\f", "\\r", "\\e", "\\ ", '\\"', "\\'", "\\\\", "\\N", "\\_"],
  ...[
    "\\L",
    "\\P",
    "\\x41",
    "\\xff",
    "\\u00e9",
    "\\u2028",
    "\\U0001F600",
    "\\/",
    "\\q",
    "\\x4",
    "\\uD83D",
    "\\U00110000",
  ],
  ..."\\x00 \\x7f \\x85 \\ufeff \\uffff".split(" "),
];
const GOOD_ESCAPES = ESCAPES.slice(0, 23);

/** What the tests of a document share: its random numbers and the anchors that it has so far. */
export interface Surroundings {
  readonly random: Random;
  readonly anchors: string[];
}

/** Blanks that may come between two words of a quoted text. */
function gap(random: Random, indent: string): string {
  return random.pick([
    () => " ",
    () => " ",
    () => "  ",
    () => "\t",
    () => `\n${indent} `,
    () => ` \n${indent}  `,
    () => `\n\n${indent} \t`,
    () => random.chance(0.1) ? random.pick(["\n", "\n---\n", "\n...\n", "\u2028", "\u0085", "\r", "\r\n"]) : " ",
  ])();
}

function joined(random: Random, indent: string, part: () => string): string {
  const parts = Array.from({ length: random.below(5) }, part);
  const edge = () => random.chance(0.15) ? gap(random, indent) : "";
  return edge() + parts.join(random.chance(0.7) ? " " : gap(random, indent)) + edge();
}

export function singleQuoted(random: Random, indent: string): string {
  const part = () =>
    random.chance(0.1) ? random.pick(SPECIAL_CHARACTERS) : random.pick([word(random), oddScalar(random), "''"]);
  return `'${joined(random, indent, () => part().replace(/^'$|(?<!')'(?!')/g, "''"))}'`;
}

export function doubleQuoted(random: Random, indent: string): string {
  const escapes = random.chance(0.15) ? ESCAPES : GOOD_ESCAPES;
  return `"${
    joined(random, indent, () =>
      random.pick([
        () => word(random),
        () => oddScalar(random).replace(/["\\]/g, "\\$&"),
        () => random.pick(escapes),
        () => word(random) + random.pick(escapes),
        () => random.chance(0.1) ? "\\\n" + indent + " " : "",
        () => random.chance(0.1) ? random.pick(SPECIAL_CHARACTERS) : "x",
      ])())
  }"`;
}

/** Anchor and tag, most often neither. */
export function properties({ random, anchors }: Surroundings): string {
  if (random.chance(0.88)) return "";
  const parts: string[] = [];
  if (random.chance(0.6)) {
    const name = random.pick(["a", "b", "c", "x1", "a-b", "long_name"]);
    anchors.push(name);
    parts.push(`&${name}`);
  }
  if (random.chance(0.5)) {
    parts.push(random.pick([
      ...[
        "!!str",
        "!!str",
        "!!int",
        "!!float",
        "!!bool",
        "!!null",
        "!!map",
        "!!seq",
        "!!binary",
        "!!timestamp",
        "!!merge",
      ],
      ...[
        "!custom",
        "!",
        "!e!x",
        "!<tag:yaml.org,2002:str>",
        "!<tag:yaml.org,2002:int>",
        "!<!x>",
        "!a%20b",
        "!!set",
        "!!omap",
      ],
      ..."!%C3%BC !%zz !< !a!b!c !!st%72 !%80 !%C3%28 !%F8 !%C3x !a%".split(" "),
    ]));
  }
  if (random.chance(0.3)) parts.reverse();
  return parts.map((part) => `${part}${random.pick([" ", " ", " ", "  "])}`).join("");
}

export function alias({ random, anchors }: Surroundings): string {
  return `*${anchors.length > 0 && random.chance(0.93) ? random.pick(anchors) : random.pick(["nope", "a", ""])}`;
}

/** A scalar that fits in one line or folds at `indent`. */
export function inlineScalar(surroundings: Surroundings, indent: string): string {
  const { random } = surroundings;
  return random.pick([
    () => oddScalar(random),
    () => oddScalar(random),
    () => word(random),
    () => singleQuoted(random, indent),
    () => doubleQuoted(random, indent),
    () => random.chance(0.5) ? alias(surroundings) : "",
    () =>
      random.chance(0.3)
        ? `!!binary ${random.pick(["aGk=", "aGk", '"aG\\n  k="', "/+==", "w7w=", "/w==", "a GI="])}`
        : "1",
  ])();
}

/** A list or map in brackets. */
export function flow(surroundings: Surroundings, indent: string, depth: number): string {
  const { random } = surroundings;
  const isMap = random.chance(0.5);
  const space = () =>
    random.pick([
      "",
      "",
      "",
      " ",
      " ",
      "  ",
      "\t",
      random.chance(0.3) ? `\n${indent} ` : "",
      random.chance(0.1) ? ` # c\n${indent} ` : "",
    ]);
  const value = (): string => {
    if (depth > 0 && random.chance(0.3)) return properties(surroundings) + flow(surroundings, indent, depth - 1);
    return properties(surroundings) + inlineScalar(surroundings, indent);
  };
  const pair = () =>
    random.pick([
      () => `${value()}: ${value()}`,
      () => `${value()}: ${value()}`,
      () => `${word(random)}: ${value()}`,
      () => `"${word(random)}":${space()}${value()}`,
      () => `${random.pick(["? ", "?"])}${value()} : ${value()}`,
      () => `? ${value()}`,
      () => `${value()} :${value()}`,
      () => `: ${value()}`,
      () => `${value()}:`,
      () => random.chance(0.3) ? `<<: ${alias(surroundings)}` : `${value()}`,
    ])();
  const item = () => isMap ? pair() : random.chance(0.15) ? pair() : value();
  const items = Array.from({ length: random.below(4) }, () => space() + item() + space());
  const [open, close] = isMap ? ["{", "}"] : ["[", "]"];
  const tail = random.pick(["", "", "", "", ",", random.chance(0.2) ? ",," : ""]);
  const end = random.chance(0.02) ? random.pick(["", "]", "}", "x"]) : close;
  return open + items.join(",") + tail + space() + end;
}
