/** Random formats of printf: every verb with every flag, widths, precisions, argument numbers, and mistakes. */
import type { Random } from "../generate_lua.ts";

const VERBS = [..."vvvvvdddsssqqxXoObcUeEfFgGtTw"];
const ODD_VERBS = [..."zyaZk%!ü*", " ", "\\n", "-", "[", "]", ""];

/** The format without its quotes; `stars` is how many of its operands must be small integers, by their places. */
export interface Format {
  readonly text: string;
  readonly operands: readonly ("star" | "value")[];
}

export function randomFormat(random: Random): Format {
  const operands: ("star" | "value")[] = [];
  let text = "";
  const count = 1 + random.below(3);
  for (let i = 0; i < count; i++) {
    text += random.pick(["", "", "|", " ", "a=", "ü", "%%", "<"]);
    text += directive(random, operands);
  }
  return { text: text + random.pick(["", "", "", "|", "%"]), operands };
}

function directive(random: Random, operands: ("star" | "value")[]): string {
  let text = "%";
  if (random.chance(0.5)) { for (let i = random.below(3); i >= 0; i--) text += random.pick([..."+-# 0"]); }
  if (random.chance(0.03)) text += `[${random.pick(["1", "2", "3", "0", "9", "", "x", "-1"])}]`;
  if (random.chance(0.4)) text += number(random, operands);
  if (random.chance(0.35)) text += `.${random.chance(0.1) ? "" : number(random, operands)}`;
  if (random.chance(0.03)) text += `[${random.pick(["1", "2", "3", "99"])}]`;
  operands.push("value");
  return text + (random.chance(0.05) ? random.pick(ODD_VERBS) : random.pick(VERBS));
}

function number(random: Random, operands: ("star" | "value")[]): string {
  if (random.chance(0.08)) {
    operands.push("star");
    return random.chance(0.2) ? "[1]*" : "*";
  }
  return random.pick(["0", "1", "2", "3", "5", "8", "10", "12", "20", "30", "07"]);
}
