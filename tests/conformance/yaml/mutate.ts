/** Damages texts as typing, copying and generating them does: characters and lines lost, doubled, moved, put in. */
import type { Random } from "../generate_lua.ts";
import { SPECIAL_CHARACTERS } from "./oddities.ts";

const INSERTED = [
  ..."-?:,[]{}#&*!|>'\"%@`~=<.\\ \t\n",
  ": ",
  "- ",
  "? ",
  " #",
  "\n\n",
  "\n  ",
  "---\n",
  "...\n",
  "\n---\n",
  "&a ",
  "*a",
  "!!str ",
  "|\n",
  ">-\n",
  "<<: ",
];

/** A few changes to one text. */
export function mutated(random: Random, text: string): string {
  let result = text;
  for (let times = 1 + random.below(3); times > 0; times--) result = random.pick(MUTATIONS)(random, result);
  return result;
}

/** Where to change something: anywhere, but never within one character. */
function place(random: Random, text: string): number {
  const at = random.below(text.length + 1);
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

function replaced(text: string, from: number, to: number, by: string): string {
  return (text.slice(0, from) + by + text.slice(to)).toWellFormed();
}

type Mutation = (random: Random, text: string) => string;

function byLines(change: (random: Random, lines: string[], at: number) => void): Mutation {
  return (random, text) => {
    const lines = text.split("\n");
    change(random, lines, random.below(lines.length));
    return lines.join("\n");
  };
}

const MUTATIONS: readonly Mutation[] = [
  (random, text) => {
    const at = place(random, text);
    return replaced(text, at, at + 1 + random.below(2), "");
  },
  (random, text) => {
    const at = place(random, text);
    return replaced(text, at, at, text.slice(at, at + 1 + random.below(3)));
  },
  (random, text) => {
    const at = place(random, text);
    return replaced(text, at, at + 2, text.slice(at + 1, at + 2) + text.slice(at, at + 1));
  },
  (random, text) => {
    const at = place(random, text);
    return replaced(text, at, at + random.below(2), random.pick(INSERTED));
  },
  (random, text) => {
    const at = place(random, text);
    return replaced(text, at, at, random.pick(INSERTED));
  },
  (random, text) => {
    const at = place(random, text);
    return random.chance(0.5) ? replaced(text, at, at, random.pick(SPECIAL_CHARACTERS)) : text;
  },
  byLines((_random, lines, at) => lines.splice(at, 1)),
  byLines((_random, lines, at) => lines.splice(at, 0, lines[at]!)),
  byLines((random, lines, at) => lines[at] = random.pick([" ", "  ", "\t", "- ", "    "]) + lines[at]),
  byLines((random, lines, at) => lines[at] = lines[at]!.slice(1 + random.below(2))),
  byLines((random, lines, at) =>
    lines[at] += random.pick([" ", "\t", " # c", "#c", ":", " :", ",", " |", " >-", "\r"])
  ),
  byLines((_random, lines, at) => lines.splice(at, 2, `${lines[at]}${lines[at + 1] ?? ""}`)),
  (random, text) => random.chance(0.3) ? text.slice(0, place(random, text)) : text,
  (random, text) => random.chance(0.15) ? text.replaceAll("\n", random.pick(["\r\n", "\r", "\n\n"])) : text,
];
