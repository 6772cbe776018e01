/** Reads the case tables, in which gopher-lua's answers stand. */
import assert from "node:assert/strict";

interface Table<Row> {
  readonly seed: number;
  readonly cases: readonly Row[];
}

export function readTable<Row>(name: string): Table<Row> {
  return JSON.parse(Deno.readTextFileSync(new URL(`./cases/${name}.json`, import.meta.url)));
}

/** A number as Go writes it. */
export function numberOf(text: string): number {
  const known: Readonly<Record<string, number>> = { NaN, "+Inf": Infinity, "-Inf": -Infinity };
  return known[text] ?? Number(text);
}

/** One test for many rows: it says how many differ, and shows the first. */
export function assertRows<Row>(rows: readonly Row[], least: number, check: (row: Row) => void): void {
  assert.ok(rows.length >= least, `${rows.length} rows, fewer than ${least}`);
  const failures: string[] = [];
  for (const row of rows) {
    try {
      check(row);
    } catch (error) {
      failures.push(`${JSON.stringify(row)}\n${(error as Error).message}`);
    }
  }
  const shown = failures.slice(0, 10).join("\n\n");
  assert.equal(failures.length, 0, `${failures.length} of ${rows.length} rows differ:\n${shown}`);
}
