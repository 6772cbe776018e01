/**
 * `deno task faults [--runs N] [--rows F2,F4] [--seed S] [--brisk] [--load-minutes 5]`: injects every fault N times and prints
 * what came of it: violations of each invariant and how long the outputs took to be right again. Exit code 1 where anything is
 * wrong. `--brisk` does not wait after each row's last run until connections have gone back.
 */
import { parseArgs } from "node:util";
import { ALL_ROWS } from "./all_rows.ts";
import { INVARIANTS, type Rates, Rig, type Verdict } from "./rig.ts";
import { load } from "./rows_load.ts";
import { changes, type FaultRow, type ReplicaRow } from "./rows.ts";

/** Invariant I5: so long after the fault's own wait. */
const I5 = 5_000;

export interface RowResult {
  readonly row: FaultRow | ReplicaRow;
  readonly verdicts: readonly Verdict[];
}

/** A generator of numbers from 0 to 1 that a seed fixes. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Injects each row's fault `runs` times, on one API server a row.
 *
 * @param isLong wait after each row's last run until the program's connections have gone back
 */
export async function injectAll(
  rows: readonly (FaultRow | ReplicaRow)[],
  runs: number,
  seed: number,
  say: (text: string) => void,
  isLong = false,
): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const row of rows) {
    const random = randomFrom(seed);
    const verdicts = "inject" in row
      ? await injectOften(row, runs, random, say, isLong)
      : await row.judgeRuns(runs, random, say);
    for (const [run, { findings }] of verdicts.entries()) {
      for (const finding of findings) say(`${row.id} run ${run + 1}: ${finding}`);
    }
    results.push({ row, verdicts });
    say(lineOf({ row, verdicts }));
  }
  return results;
}

async function injectOften(
  row: FaultRow,
  runs: number,
  random: () => number,
  say: (text: string) => void,
  isLong: boolean,
): Promise<Verdict[]> {
  const rig = await Rig.open(random, row.flags);
  const verdicts: Verdict[] = [];
  try {
    const key = `${row.isDirect} ${JSON.stringify(row.size)}`;
    if (!row.isLoad && !steadyRates.has(key)) steadyRates.set(key, await ratesWithoutFault(rig, row));
    for (let run = 0; run < runs; run++) {
      await rig.begin(row.isDirect, row.size?.clusters, row.size?.consumers, row.size?.kubeconfigBytes);
      const recovery = await injectOnce(row, rig);
      if (isLong && !row.isLoad && run === runs - 1 && recovery < Infinity) await rig.settle();
      verdicts.push(await rig.judge(recovery, row.asksMore ? undefined : steadyRates.get(key)));
      for (const note of rig.notes) say(`${row.id} run ${run + 1}: ${note}`);
      await rig.end();
    }
  } finally {
    await rig.close();
  }
  return verdicts;
}

/** @returns the recovery in milliseconds; infinite where the outputs never became right, or what must happen never did. */
async function injectOnce(row: FaultRow, rig: Rig): Promise<number> {
  try {
    await row.inject(rig);
    const recovery = await convergeForGood(rig);
    await row.after?.(rig);
    return recovery;
  } catch (error) {
    rig.expect(false, error instanceof Error ? error.message : String(error));
    return Infinity;
  }
}

/** What is right may be on its way to something else: it is looked at again once the program writes nothing more. */
async function convergeForGood(rig: Rig): Promise<number> {
  const started = performance.now();
  for (let recovery = await rig.converge();; recovery = performance.now() - started) {
    await rig.untilQuiet();
    if ((await rig.difference()).length === 0) return recovery;
    await rig.converge();
  }
}

/** By the size of the world and the way to the API server: the same for all rows, so measured once. */
const steadyRates = new Map<string, Rates>();

/** The most requests in some seconds while the same changes come without a fault. */
async function ratesWithoutFault(rig: Rig, row: FaultRow): Promise<Rates> {
  await rig.begin(row.isDirect, row.size?.clusters, row.size?.consumers, row.size?.kubeconfigBytes);
  await changes(rig, 2);
  await rig.converge();
  const rate = await rig.rates();
  await rig.end();
  return rate;
}

export function isGood({ verdicts }: RowResult): boolean {
  return verdicts.every(({ violations }) => INVARIANTS.every((id) => (violations[id] ?? 0) === 0));
}

export function isInTime({ row, verdicts }: RowResult): boolean {
  return verdicts.every(({ recovery }) => recovery <= row.wait + I5);
}

function lineOf({ row, verdicts }: RowResult): string {
  const sum = (id: typeof INVARIANTS[number]) => {
    const judged = verdicts.map(({ violations }) => violations[id]).filter((count) => count !== undefined);
    return judged.length === 0 ? "–" : judged.reduce((total, count) => total + count);
  };
  const sorted = verdicts.map(({ recovery }) => recovery).sort((a, b) => a - b);
  const quantile = (share: number) =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN) / 1000).toFixed(2);
  const late = verdicts.filter(({ recovery }) => recovery > row.wait + I5).length;
  const cells = [
    row.id,
    row.title,
    String(verdicts.length),
    ...INVARIANTS.map((id) => String(sum(id))),
    String(late),
    `${quantile(0.5)} s`,
    `${quantile(0.99)} s`,
    `${(row.wait + I5) / 1000} s`,
  ];
  return `| ${cells.join(" | ")} |`;
}

export function tableOf(results: readonly RowResult[]): string {
  const head = ["fault", "what", "runs", ...INVARIANTS, "late (I5)", "recovery p50", "p99", "allowed"];
  return [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...results.map(lineOf)].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "20" },
      rows: { type: "string" },
      seed: { type: "string" },
      brisk: { type: "boolean", default: false },
      "load-minutes": { type: "string", default: "5" },
    },
  });
  load.minutes = Number(values["load-minutes"]);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  console.log(`seed ${seed}`);
  const wanted = values.rows?.split(",");
  const rows = ALL_ROWS.filter(({ id }) =>
    wanted === undefined || wanted.some((name) => id === name || id.startsWith(`${name}/`))
  );
  const results = await injectAll(rows, Number(values.runs), seed, console.log, !values.brisk);
  console.log(`\n${tableOf(results)}`);
  Deno.exit(results.every((result) => isGood(result) && isInTime(result)) ? 0 : 1);
}
