/**
 * `deno task faults:table [--doc FILE] [--keep] [--json FILE] LOG…`: merges the runs that `deno task faults --log LOG` has kept,
 * of as many processes as there were, into the table of the report: a row a fault. It rewrites what stands between the
 * report's two markers, and nothing else. `--keep` leaves the rows of faults of which there is no run now; `--json` writes the
 * same figures, and the median duration of a run, for whoever plans the next ones.
 */
import { parseArgs } from "node:util";
import { quantile } from "./output_watch.ts";
import { allowedFor, isInTime, readRecords, type RunRecord } from "./run_record.ts";
import { type Invariant, INVARIANTS } from "./verdict.ts";

const DOC = "docs/reports/faults.md";
export const BEGIN = "<!-- faults:table begin (made by `deno task faults:table`) -->";
export const END = "<!-- faults:table end -->";
const HEAD = ["fault", "what", "runs", ...INVARIANTS, "late (I5)", "recovery p50", "p99", "allowed"];

/** All runs of one fault, together. */
export interface RowSummary {
  readonly row: string;
  readonly title: string;
  readonly runs: number;
  /** Of the runs that judged it; null where none did. */
  readonly violations: Readonly<Record<Invariant, number | null>>;
  /** Runs that took longer than `allowed`, or for ever. */
  readonly late: number;
  /** Milliseconds; null: never. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly allowed: number;
  /** Seconds that a run takes, in the median. */
  readonly medianSeconds: number;
  readonly leastLoad: number;
  readonly mostLoad: number;
}

/**
 * One summary a fault, in the order of the plan's numbers.
 *
 * @throws where two records of one run are there, as where a log is named twice
 */
export function summarize(records: readonly RunRecord[]): RowSummary[] {
  const seen = new Set<string>();
  for (const { row, seed, run, at } of records) {
    const key = `${row} with seed ${seed}, run ${run} of ${at}`;
    if (seen.has(key)) throw new Error(`${key} is there twice: name each log once`);
    seen.add(key);
  }
  const rows = Map.groupBy(records, ({ row }) => row);
  return [...rows.values()].map(summaryOf).sort((a, b) => byNumber.compare(a.row, b.row));
}

const byNumber = new Intl.Collator("en", { numeric: true });

function summaryOf(records: readonly RunRecord[]): RowSummary {
  // A title or a wait that was changed between two logs: the later one says what holds now.
  const { row, title, wait } = records.toSorted((a, b) => a.at < b.at ? -1 : 1).at(-1)!;
  const recoveries = records.map(({ recovery }) => recovery ?? Infinity);
  const loads = records.map(({ load }) => load);
  return {
    row,
    title,
    runs: records.length,
    violations: Object.fromEntries(INVARIANTS.map((id) => [id, sumOf(records, id)])) as RowSummary["violations"],
    late: records.filter((record) => !isInTime(record)).length,
    p50: finite(quantile(recoveries, 0.5)),
    p99: finite(quantile(recoveries, 0.99)),
    allowed: allowedFor(wait),
    medianSeconds: Math.round(quantile(records.map(({ seconds }) => seconds), 0.5)),
    leastLoad: Math.min(...loads),
    mostLoad: Math.max(...loads),
  };
}

function sumOf(records: readonly RunRecord[], id: Invariant): number | null {
  const judged = records.map(({ violations }) => violations[id]).filter((count) => count !== undefined);
  return judged.length === 0 ? null : judged.reduce((total, count) => total + count);
}

const finite = (value: number) => Number.isFinite(value) ? value : null;

/** The row of the report's table, cell by cell. */
export function cellsOf(summary: RowSummary): string[] {
  const seconds = (value: number | null) => value === null ? "never" : `${(value / 1000).toFixed(2)} s`;
  return [
    summary.row,
    summary.title,
    String(summary.runs),
    ...INVARIANTS.map((id) => String(summary.violations[id] ?? "–")),
    String(summary.late),
    seconds(summary.p50),
    seconds(summary.p99),
    `${summary.allowed / 1000} s`,
  ];
}

/** The Markdown table, padded as `deno fmt` does. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...[HEAD, ...rows].map((row) => [...row[column]!].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell + " ".repeat(widths[column]! - [...cell].length)).join(" | ")} |`;
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * The report with another table between its markers.
 *
 * @param isKeeping leave the rows of faults that are not among these
 * @throws where the markers are not there, once each and in order, or what stands between them is no such table
 */
export function withTable(report: string, rows: readonly (readonly string[])[], isKeeping: boolean): string {
  const [before, between, after, ...more] = report.split(new RegExp(`(?<=${escape(BEGIN)})|(?=${escape(END)})`));
  if (!before?.endsWith(BEGIN) || between === undefined || !after?.startsWith(END) || more.length > 0) {
    throw new Error(`the report has not once each, and in this order: ${BEGIN} and ${END}`);
  }
  const kept = isKeeping ? readRows(between).filter(([id]) => rows.every(([other]) => other !== id)) : [];
  const all = [...kept, ...rows].sort((a, b) => byNumber.compare(a[0]!, b[0]!));
  return `${before}\n\n${tableOf(all)}\n\n${after}`;
}

const escape = (text: string) => text.replace(/[^\w\s]/g, "\\$&");

function readRows(table: string): string[][] {
  const rows = table.trim().split("\n").map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  if (rows[0]!.join() !== HEAD.join()) throw new Error(`the report's table has not the columns ${HEAD.join(", ")}`);
  return rows.slice(2);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      doc: { type: "string", default: DOC },
      keep: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  if (positionals.length === 0) throw new Error("name at least one log of `deno task faults --log LOG`");
  const records = await Promise.all(positionals.map(async (log) => readRecords(await Deno.readTextFile(log), log)));
  const summaries = summarize(records.flat());
  await Deno.writeTextFile(
    values.doc,
    withTable(await Deno.readTextFile(values.doc), summaries.map(cellsOf), values.keep),
  );
  if (values.json !== undefined) await Deno.writeTextFile(values.json, `${JSON.stringify(summaries, undefined, 2)}\n`);
  const loads = summaries.flatMap(({ leastLoad, mostLoad }) => [leastLoad, mostLoad]);
  console.log(
    `${records.flat().length} runs of ${summaries.length} faults, load ${Math.min(...loads)} to ${Math.max(...loads)}`,
  );
  const planned = summaries.map(({ row, medianSeconds }) => `${row} ${medianSeconds} s`);
  console.log(`a run takes, in the median: ${planned.join(", ")}`);
}
