/**
 * `deno task faults [--runs N] [--rows F2,F4] [--seed S] [--log FILE] [--brisk] [--load-minutes 5]`: injects every fault N times
 * and prints what came of it: violations of each invariant and how long the outputs took to be right again. Each run is a line
 * of JSON more in the file that `--log` names, which many processes may share; `deno task faults:table` makes the report of it.
 * Exit code 1 where anything is wrong. `--brisk` does not wait after each row's last run until connections have gone back.
 */
import { parseArgs } from "node:util";
import { ALL_ROWS } from "./all_rows.ts";
import { Chance } from "./chance.ts";
import { inOwnFolder } from "./own_folder.ts";
import { type Rates, Rig } from "./rig.ts";
import { load } from "./rows_load.ts";
import { changes, type FaultRow, type ReplicaRow } from "./rows.ts";
import { isGood, isInTime, recordLine, type RunRecord } from "./run_record.ts";
import { cellsOf, summarize, tableOf } from "./table.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** Before the first run: what is measured then is not part of it. */
const BEFORE = -1;

/**
 * Injects each row's fault `runs` times, on one API server a row.
 *
 * @param isLong wait after each row's last run until the program's connections have gone back
 * @param keep is given each run as it ends
 */
export async function injectAll(
  rows: readonly (FaultRow | ReplicaRow)[],
  runs: number,
  seed: number,
  say: (text: string) => void,
  isLong = false,
  keep: (record: RunRecord) => void = () => {},
): Promise<RunRecord[]> {
  const all: RunRecord[] = [];
  for (const row of rows) {
    const records: RunRecord[] = [];
    const chance = new Chance(seed);
    let began = performance.now();
    for await (const verdict of verdictsOf(row, runs, chance, isLong)) {
      const record: RunRecord = {
        row: row.id,
        title: row.title,
        seed: chance.seedOf(records.length),
        run: records.length + 1,
        at: new Date().toISOString(),
        ...verdict,
        recovery: Number.isFinite(verdict.recovery) ? verdict.recovery : null,
        wait: row.wait,
        seconds: Math.round((performance.now() - began) / 1000),
        load: Math.round(10 * Deno.loadavg()[0]!) / 10,
      };
      for (const text of [...verdict.notes, ...verdict.findings]) say(`${row.id} run ${record.run}: ${text}`);
      records.push(record);
      keep(record);
      began = performance.now();
    }
    for (const summary of summarize(records)) say(`| ${cellsOf(summary).join(" | ")} |`);
    all.push(...records);
  }
  return all;
}

/** What goes wrong in the rig itself is a run that went wrong, and the end of the row. */
async function* verdictsOf(
  row: FaultRow | ReplicaRow,
  runs: number,
  chance: Chance,
  isLong: boolean,
): AsyncGenerator<Verdict, void, void> {
  try {
    yield* "inject" in row ? injectOften(row, runs, chance, isLong) : row.judgeRuns(runs, chance);
  } catch (error) {
    yield verdictOf(Infinity, [`own: broken off: ${error instanceof Error ? error.message : error}`], []);
  }
}

async function* injectOften(
  row: FaultRow,
  runs: number,
  chance: Chance,
  isLong: boolean,
): AsyncGenerator<Verdict, void, void> {
  chance.begin(BEFORE);
  let rig = await Rig.open(chance.next, row.flags);
  try {
    const key = `${row.isDirect} ${JSON.stringify(row.size)} ${row.usual ? row.id : ""}`;
    if (!row.isLoad && !steadyRates.has(key)) steadyRates.set(key, await ratesWithoutFault(rig, row));
    for (let run = 0; run < runs; run++) {
      chance.begin(run);
      const recovery = await injectOnce(row, rig);
      if (isLong && !row.isLoad && run === runs - 1 && recovery < Infinity) await rig.settle();
      const verdict = await rig.judge(recovery, steadyRates.get(key));
      if (recovery < Infinity) await rig.end();
      else {
        // Nobody knows in what state the fault has left its servers.
        await rig.close();
        rig = await Rig.open(chance.next, row.flags);
      }
      yield verdict;
    }
  } finally {
    await rig.close();
  }
}

/** @returns the recovery in milliseconds; infinite where the outputs never became right, or what must happen never did. */
async function injectOnce(row: FaultRow, rig: Rig): Promise<number> {
  try {
    await rig.begin(row.isDirect, row.size?.clusters, row.size?.consumers, row.size?.kubeconfigBytes);
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

/** By the size of the world and the way to the API server: the same for all rows but those with a measure of their own. */
const steadyRates = new Map<string, Rates>();

/** The most requests in some seconds while as much changes without a fault. */
async function ratesWithoutFault(rig: Rig, row: FaultRow): Promise<Rates> {
  await rig.begin(row.isDirect, row.size?.clusters, row.size?.consumers, row.size?.kubeconfigBytes);
  await (row.usual ? row.usual(rig) : changes(rig, 2));
  await rig.converge();
  const rate = await rig.rates();
  await rig.end();
  return rate;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "20" },
      rows: { type: "string" },
      seed: { type: "string" },
      log: { type: "string" },
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
  if (rows.length === 0) {
    throw new Error(`no fault is called ${values.rows}: ${ALL_ROWS.map(({ id }) => id).join(", ")}`);
  }
  const { log } = values;
  // A line at once, at the end: others may write to it, too.
  const keep = (record: RunRecord) => {
    if (log !== undefined) Deno.writeTextFileSync(log, `${recordLine(record)}\n`, { append: true });
  };
  const records = await inOwnFolder(() => injectAll(rows, Number(values.runs), seed, console.log, !values.brisk, keep));
  console.log(`\n${tableOf(summarize(records).map(cellsOf))}`);
  Deno.exit(records.every((record) => isGood(record) && isInTime(record)) ? 0 : 1);
}
