/**
 * Random JSON values for YAML writers: texts of every awkward kind, keys that sort by their numbers, lines that fold, nesting,
 * numbers. The same seed gives the same values. They are JSON texts, since only those tell `1e6` from `1000000`.
 */
import type { Random } from "../generate_lua.ts";
import { oddScalar, SPECIAL_CHARACTERS, word } from "./oddities.ts";

const LONG =
  "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna";
const NUMBERS = [
  ..."0 1 -1 -0 -0.0 0.0 1.0 3 10 100 999999 1000000 1000001 1234567.5 0.5 0.1 -0.25 1e6 1e21 1e20 1.5e300 5e-324"
    .split(" "),
  ..."1e-5 0.0001 0.00001 1e-7 123456789.125 9007199254740991 9007199254740993 9223372036854775807".split(" "),
  ..."-9223372036854775808 9223372036854775808 18446744073709551615 18446744073709551616 1e16 1e15 12345678901234567890"
    .split(" "),
  ..."0.30000000000000004 1.7976931348623157e308 -1e-10 123456 1234567 2.5e15 1E3 1e+2".split(" "),
];

/** Words of any length, with blanks of any number between them, so that lines fold in odd places. */
function prose(random: Random): string {
  const words = LONG.split(" ");
  let text = "";
  for (let count = random.below(40); count > 0; count--) {
    text += random.chance(0.05) ? "x".repeat(random.below(100)) : random.pick(words);
    text += random.pick([
      " ",
      " ",
      " ",
      " ",
      " ",
      "  ",
      "   ",
      random.chance(0.2) ? "\n" : " ",
      random.chance(0.1) ? oddScalar(random) : " ",
    ]);
  }
  return random.chance(0.5) ? text.trimEnd() : text;
}

function lines(random: Random): string {
  const line = () =>
    random.pick([
      () => word(random),
      () => oddScalar(random),
      () => "",
      () => ` ${word(random)}`,
      () => `\t${word(random)}`,
      () => `${word(random)} `,
      () => random.pick(["- a", "# c", "---", "...", "a: b", "  ", "%x"]),
    ])();
  return Array.from({ length: 1 + random.below(5) }, line).join(
    random.pick(["\n", "\n", "\n", "\r\n", "\u0085", "\u2028"]),
  ) +
    random.pick(["", "\n", "\n\n", " \n"]);
}

function pieces(random: Random): string {
  const piece = () =>
    random.pick([
      () => random.pick(SPECIAL_CHARACTERS),
      () => random.pick([..."-?:,[]{}#&*!|>'\"%@`~=<.\\ "]),
      () => word(random),
      () => oddScalar(random),
    ])();
  return Array.from({ length: random.below(6) }, piece).join("");
}

export function awkwardText(random: Random): string {
  return random.pick([
    () => oddScalar(random),
    () => oddScalar(random),
    () => word(random),
    () => pieces(random),
    () => pieces(random),
    () => lines(random),
    () => prose(random),
    () => random.pick(SPECIAL_CHARACTERS),
    () => random.chance(0.2) ? word(random).repeat(300) : "",
  ])().toWellFormed();
}

/** Keys of one map tend to begin alike, so that their order depends on what follows. */
function key(random: Random, head: string): string {
  return random.pick([
    () => word(random),
    () =>
      head +
      random.pick([
        "",
        "0",
        "1",
        "2",
        "10",
        "01",
        "1a",
        "a1",
        "-",
        "_",
        ".",
        "a",
        "Z",
        "é",
        "٣",
        "１",
        "10a",
        "1-a",
        "00",
        "100",
      ]),
    () => head + String(random.below(200)),
    () => head + random.pick(["a", "0", "-"]) + String(random.below(30)) + random.pick(["", "a", "-", "."]),
    () => oddScalar(random),
    () => awkwardText(random),
    () =>
      random.chance(0.1)
        ? "k".repeat(random.pick([126, 127, 128, 129, 300, 1019, 1020, 1021, 1022, 1023, 1024, 1025]))
        : "k",
  ])();
}

/** A value as JSON text. */
export function jsonText(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.6)) {
    const items = Array.from({ length: random.below(5) }, () => jsonText(random, depth - 1));
    if (random.chance(0.4)) return `[${items.join(",")}]`;
    const head = random.pick(["", "a", "key", "a1", "x-"]);
    const keys = new Set(Array.from({ length: items.length * 2 }, () => key(random, head)));
    return `{${
      [...keys].slice(0, 8).map((name) => `${JSON.stringify(name)}:${jsonText(random, depth - 1)}`).join(",")
    }}`;
  }
  return random.pick([
    () => JSON.stringify(awkwardText(random)),
    () => JSON.stringify(awkwardText(random)),
    () => JSON.stringify(awkwardText(random)),
    () => random.pick(NUMBERS),
    () => random.pick(["true", "false", "null"]),
    () => random.pick(["[]", "{}"]),
  ])();
}
