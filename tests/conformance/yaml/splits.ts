/**
 * Random rendered texts for the splitter: documents with a kind between separators of every spelling, JSON values one after the
 * other, lists of texts, comments and blank lines; many of them damaged. The same seed gives the same texts.
 */
import type { Random } from "../generate_lua.ts";
import { awkwardText } from "./writes.ts";
import { randomYamlText } from "./reads.ts";
import { MANIFESTS } from "./manifests.ts";
import { mutated } from "./mutate.ts";
import { oddScalar, word } from "./oddities.ts";

const COMMENTS = [
  ...[
    "# c\n",
    "# c",
    "  # c\n",
    "#\n",
    "##\n",
    "## c\n",
    "# a # b\n",
    "\t# c\n",
    "#c\n\n",
    "# ---\n",
    "# {\n",
    "#!x\n",
    " #\n#\n",
  ],
  ...["\n", "\n\n", "  \n", "\t\n", "\r\n", "\u00a0\n", "\f\n", "\u0085"],
];
const NUMBERS = [
  "9007199254740993",
  "1e400",
  "-9007199254740993",
  "1.0",
  "1e21",
  "18446744073709551615",
  "0.1",
  "017",
  "1_000",
];

/** A value as YAML in one line. */
function inline(random: Random): string {
  return random.pick([
    () => word(random),
    () => oddScalar(random),
    () => random.pick(NUMBERS),
    () => JSON.stringify(awkwardText(random)),
    () => "{a: 1, b: [x, ~]}",
    () =>
      random.pick([
        '"\\x7f"',
        '"\\u0085x"',
        '"a\\Nb"',
        '"\\uFEFF"',
        "'---'",
        '"--- x"',
        "&a b",
        "*a",
        "{<<: {a: 1}}",
        '{"<<": {a: 1}}',
        '{"<<": 1}',
      ]),
  ])();
}

function object(random: Random): string {
  const lines = [
    `kind: ${
      random.pick(["X", "Pod", "ConfigMap", random.chance(0.1) ? "y" : "Secret", random.chance(0.05) ? '""' : "Z"])
    }`,
  ];
  for (let count = random.below(4); count > 0; count--) {
    lines.push(
      random.pick([
        () => `${random.pick(["a", "b", "data", "on", "1", "k-v"])}: ${inline(random)}`,
        () => `text: |\n  ${random.pick(["---", "a", "# c", "- x", "{"])}\n  b`,
        () => `list:\n- ${inline(random)}\n- ${inline(random)}`,
        () => random.pick(["# c", "## c", "#", "  # c", ""]),
        () => `metadata: {name: ${random.pick(["a", "x---y", "b"])}}`,
      ])(),
    );
  }
  if (random.chance(0.3)) lines.reverse();
  return `${lines.join(random.chance(0.05) ? "\r\n" : "\n")}${random.pick(["\n", "\n", "\n", "", "\n...\n", "\r\n"])}`;
}

function json(random: Random): string {
  const value = () =>
    random.pick([
      () => JSON.stringify(awkwardText(random)),
      () => random.pick(["1", "null", "true", "[1, {}]", "1.5", "{}"]),
      () => random.pick(NUMBERS),
    ])();
  const gap = () => random.pick(["", "", " ", "\n", "\n\t", "  "]);
  const fields = [`"kind":${gap()}"${random.pick(["X", "Y"])}"`];
  for (let count = random.below(3); count > 0; count--) {
    fields.push(
      `"${random.pick(["a", "b", "kind", "a", "c\\u00e9"])}"${gap()}:${gap()}${
        random.chance(0.1) ? '"\\/\\ud83d\\ude00"' : value()
      }`,
    );
  }
  return `{${gap()}${fields.join(`,${gap()}`)}${gap()}${random.chance(0.03) ? "," : ""}}${
    random.pick(["", "\n", "\n", " ", "\n\n", "\t\n"])
  }`;
}

/** A list whose items are texts that hold documents. */
function listed(random: Random): string {
  const item = () =>
    random.pick([
      () => `- |\n  ${object(random).trimEnd().replaceAll("\n", "\n  ")}\n`,
      () => `- ${JSON.stringify(random.chance(0.7) ? object(random) : json(random))}\n`,
      () => `- '{kind: X, a: ${word(random)}}'\n`,
      () => `- ${random.chance(0.2) ? inline(random) : '"kind: X"'}\n`,
      () =>
        random.chance(0.3)
          ? `- ${
            random.pick([
              "1",
              "1.5",
              "true",
              "~",
              "1e6",
              "2024-01-01",
              "{a: 1}",
              "[a]",
              "0.1",
              "123456789.5",
              "kind: X",
            ])
          }\n`
          : "- 'kind: Y'\n",
    ])();
  return Array.from({ length: 1 + random.below(3) }, item).join("");
}

function separator(random: Random): string {
  return random.pick([
    ...[
      "---\n",
      "---\n",
      "---\n",
      "---\n",
      "---\n",
      "--- # c\n",
      "---  \n",
      "---\t\n",
      "---#c\n",
      "---\r\n",
      "----\n",
      "--- x\n",
      " ---\n",
    ],
    ...[
      "---\n---\n",
      "\n---\n\n",
      "---\n# c\n---\n",
      "--- |\n",
      "...\n---\n",
      "%YAML 1.1\n---\n",
      "---",
      "---\u00a0\n",
      "--- {kind: X}\n",
    ],
  ]);
}

function rendered(random: Random): string {
  const document = () =>
    random.pick([
      () => object(random),
      () => object(random),
      () => object(random),
      () => json(random),
      () => json(random),
      () => listed(random),
      () => random.pick(COMMENTS),
      () => random.pick(["null\n", "~\n", "", "{}\n", "[]\n", "text\n", "- {kind: X}\n", "5\n", "- - a\n"]),
      () => random.chance(0.3) ? random.pick(MANIFESTS) : object(random),
      () => random.chance(0.2) ? randomYamlText(random) : object(random),
    ])();
  const around = () => random.chance(0.2) ? random.pick(COMMENTS) : "";
  let text = around() + (random.chance(0.3) ? separator(random) : "");
  const isJson = random.chance(0.15);
  for (let count = 1 + random.below(3); count > 0; count--) {
    text += around() + (isJson ? json(random) : document()) + around();
    if (count > 1 || random.chance(0.15)) {
      text += isJson && random.chance(0.6) ? random.pick(["", "\n"]) : separator(random);
    }
  }
  return random.chance(0.03) ? `\ufeff${text}` : text;
}

export function randomRendering(random: Random): string {
  if (random.chance(0.1)) return Array.from({ length: random.below(5) }, () => random.pick(COMMENTS)).join("");
  return random.chance(0.3) ? mutated(random, rendered(random)) : rendered(random);
}
