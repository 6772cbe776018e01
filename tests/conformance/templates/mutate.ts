/** Breaks a template's text in the ways that people do: characters and tokens dropped, doubled, swapped, put in. */
import type { Random } from "../generate_lua.ts";

const PIECES = [
  ...[
    "{{",
    "}}",
    "{{-",
    "-}}",
    " -}}",
    "{{- ",
    "{{/*",
    "*/}}",
    "*/",
    "/*",
    "(",
    ")",
    "|",
    ".",
    "$",
    ":=",
    "=",
    ",",
    '"',
    "`",
    "'",
    "\\",
  ],
  ...[
    "end",
    "{{end}}",
    "{{ end }}",
    "{{else}}",
    "else",
    "if",
    "range",
    "with",
    "define",
    "template",
    "block",
    "break",
    "continue",
  ],
  ...[
    "nil",
    "true",
    "0x",
    "1_",
    "1e",
    "08",
    "'",
    "''",
    "'ab'",
    ".5.",
    "..",
    "$$",
    "$x",
    "nosuch",
    "&",
    "#",
    "%",
    "@",
    "\u0000",
    "\n",
    "\t",
  ],
  ...["ü", "😀", "\u00a0", "-", "+", "--1", "1+", "3i", "}", "{", "[", "]", ";", "!", "=="],
];

export function mutated(text: string, random: Random): string {
  let result = text;
  for (let i = random.chance(0.7) ? 1 : 1 + random.below(3); i > 0; i--) result = mutation(result, random);
  return result;
}

function mutation(text: string, random: Random): string {
  const units = random.chance(0.5) ? Array.from(text) : text.match(/\{\{-?|-?\}\}|[\w.$]+|\s+|[^\w\s]/g) ?? [];
  if (units.length === 0) return random.pick(PIECES);
  const at = random.below(units.length);
  const unit = units[at]!;
  const [before, after] = [units.slice(0, at), units.slice(at + 1)];
  const joined = (middle: string) => before.join("") + middle + after.join("");
  return random.pick([
    () => joined(""),
    () => joined(""),
    () => joined(unit + unit),
    () => joined(random.pick(PIECES)),
    () => joined(unit + random.pick(PIECES)),
    () => joined(random.pick(units) + unit),
    () => before.join("") + (after[0] ?? "") + unit + after.slice(1).join(""),
    () => before.join(""),
  ])();
}
