/**
 * Each function that Sveltos's templates have, with how many of the committed cases that Go answered call it, and how many of
 * those we answer alike: `deno task conform:functions`. The exit code is 1 if a function has too few cases, or one differs.
 */
import { calledFunctions } from "../template/functions/called_functions.ts";
import {
  answer,
  firstStage,
  functionNames,
  goCases,
  isSecondStage,
  secondStage,
  verdictOf,
} from "../template/functions/go_answers.ts";

/** A function with fewer cases is not known to be right. */
export const ENOUGH = 3;

export interface FunctionRow {
  readonly name: string;
  readonly from: string;
  cases: number;
  equal: number;
  differs: number;
  intended: number;
}

/** A row for each function, sorted by name; Sveltos's hide those of sprig of the same name. */
export function functionRows(): readonly FunctionRow[] {
  const rows = new Map<string, FunctionRow>();
  for (const [from, names] of Object.entries(functionNames())) {
    for (const name of names) rows.set(name, { name, from, cases: 0, equal: 0, differs: 0, intended: 0 });
  }
  const names = [...rows.keys()];
  for (const [file, cases] of goCases()) {
    for (const { template, ...wanted } of cases) {
      const called = calledFunctions(template, names);
      if (called.size === 0) continue;
      const verdict = verdictOf(wanted, answer(template, isSecondStage(file) ? secondStage() : firstStage()));
      for (const name of called) {
        const row = rows.get(name)!;
        row.cases++;
        row[verdict]++;
      }
    }
  }
  return [...rows.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The rows that say that something is missing or wrong. */
export function failing(rows: readonly FunctionRow[]): readonly FunctionRow[] {
  return rows.filter(({ cases, differs }) => cases < ENOUGH || differs > 0);
}

function table(rows: readonly FunctionRow[]): string {
  const line = (...cells: (string | number)[]) =>
    cells.map((cell, i) => i < 2 ? String(cell).padEnd(i === 0 ? 28 : 8) : String(cell).padStart(9)).join("");
  const total = (key: "cases" | "equal" | "differs" | "intended") => rows.reduce((sum, row) => sum + row[key], 0);
  return [
    line("function", "of", "cases", "equal", "differs", "intended"),
    ...rows.map(({ name, from, cases, equal, differs, intended }) => line(name, from, cases, equal, differs, intended)),
    line(`${rows.length} functions`, "", total("cases"), total("equal"), total("differs"), total("intended")),
  ].join("\n");
}

if (import.meta.main) {
  const rows = functionRows();
  console.log(table(rows));
  const bad = failing(rows);
  if (bad.length > 0) {
    console.error(`fewer than ${ENOUGH} cases, or one that differs: ${bad.map(({ name }) => name).join(", ")}`);
    Deno.exit(1);
  }
}
