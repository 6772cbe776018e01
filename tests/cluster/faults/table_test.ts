/** The report's table counts every run that was kept, and says so where there is nothing to count. */
import assert from "node:assert/strict";
import { readRecords, recordLine, type RunRecord } from "./run_record.ts";
import { BEGIN, cellsOf, END, summarize, tableOf, withTable } from "./table.ts";

const NONE = { I1: 0, I2: 0, I3: 0, I4: 0, I7: 0, own: 0 };

const record = (row: string, seed: number, more: Partial<RunRecord> = {}): RunRecord => ({
  row,
  title: `title of ${row}`,
  seed,
  run: 1,
  at: "2026-01-01T00:00:00.000Z",
  violations: { ...NONE, I6: 0, I8: 0 },
  findings: [],
  notes: [],
  figures: {},
  recovery: 1_000,
  wait: 5_000,
  seconds: 30,
  load: 2,
  ...more,
});
const logOf = (...records: RunRecord[]) => records.map((one) => `${recordLine(one)}\n`).join("");

Deno.test("what is kept comes back, but for a last line that a kill has cut off", () => {
  const one = record("F1", 1, { findings: ["I2: delete\nteam-a/x"], recovery: null });
  assert.deepEqual(readRecords(logOf(one, record("F2", 2)), "log"), [one, record("F2", 2)]);
  const log = logOf(one, record("F2", 2));
  assert.deepEqual(readRecords(log.slice(0, -20), "log"), [one]);
  assert.deepEqual(readRecords(log.slice(0, -1), "log"), [one]);
});

Deno.test("a line that is no record is refused, and named", () => {
  const refused = (line: string) => () => readRecords(`${logOf(record("F1", 1))}${line}\n`, "a.log");
  assert.throws(refused("| F1 | killed |"), /a\.log:2: no JSON/);
  assert.throws(refused("null"), /a\.log:2: found object/);
  assert.throws(refused(recordLine({ ...record("F1", 1), wait: "5" } as unknown as RunRecord)), /wait is no number/);
  const { I3: _, ...rest } = NONE;
  assert.throws(
    refused(recordLine(record("F1", 1, { violations: rest as typeof NONE }))),
    /violations\.I3 is no number/,
  );
});

Deno.test("all runs of a fault are one row, in the order of the numbers", () => {
  const summaries = summarize([
    record("F10", 1),
    record("F2/10", 1),
    record("F2/1", 1, { recovery: 2_000, seconds: 40, load: 1 }),
    record("F2/1", 2, { recovery: 10_001, seconds: 90, violations: { ...NONE, I3: 2, I8: 1 } }),
    record("F2/1", 3, { recovery: 3_000, seconds: 50, violations: { ...NONE, I3: 1, I6: 0 }, load: 7 }),
  ]);
  assert.deepEqual(summaries.map(({ row }) => row), ["F2/1", "F2/10", "F10"]);
  const [{ violations, ...first }] = summaries as [typeof summaries[number]];
  assert.deepEqual(violations, { I1: 0, I2: 0, I3: 3, I4: 0, I6: 0, I7: 0, I8: 1, own: 0 });
  assert.deepEqual(first, {
    row: "F2/1",
    title: "title of F2/1",
    runs: 3,
    late: 1,
    p50: 3_000,
    p99: 10_001,
    allowed: 10_000,
    medianSeconds: 50,
    leastLoad: 1,
    mostLoad: 7,
  });
});

Deno.test("what no run judged, and what never became right, are no zeros", () => {
  const [summary] = summarize([
    record("F1", 1, { recovery: null, violations: NONE }),
    record("F1", 2, { violations: NONE }),
    record("F1", 3, { recovery: null, violations: NONE }),
  ]);
  const cells = cellsOf(summary!);
  assert.deepEqual(cells, ["F1", "title of F1", ..."3 0 0 0 0 – 0 – 0 2 never never".split(" "), "10 s"]);
});

Deno.test("a log that is named twice is refused", () => {
  const records = [record("F1", 1), record("F1", 2)];
  assert.throws(() => summarize([...records, ...records]), /F1 with seed 1, run 1 .* is there twice/);
});

Deno.test("the report's prose stays, and the table between its markers is another", () => {
  const cells = (...records: RunRecord[]) => summarize(records).map(cellsOf);
  const report = `# Faults\n\nprose | with a pipe\n\n${BEGIN}\n\n${
    tableOf(cells(record("F1", 1), record("F3", 1)))
  }\n\n${END}\n\nmore\n`;
  const fresh = cells(record("F3", 7, { title: "another" }), record("F2", 7));
  const [before, after] = [report.slice(0, report.indexOf(BEGIN)), report.slice(report.indexOf(END))];

  const replaced = withTable(report, fresh, false);
  assert.equal(replaced, `${before}${BEGIN}\n\n${tableOf(fresh)}\n\n${after}`);
  assert.equal(withTable(replaced, fresh, false), replaced);

  const kept = withTable(report, fresh, true);
  assert.equal(kept, `${before}${BEGIN}\n\n${tableOf([...cells(record("F1", 1)), ...fresh])}\n\n${after}`);
});

Deno.test("a report without its markers, or with another table between them, is left alone", () => {
  assert.throws(() => withTable("# Faults\n", [], false), /has not once each/);
  assert.throws(() => withTable(`${END}\n${BEGIN}\n`, [], false), /has not once each/);
  assert.throws(() => withTable(`${BEGIN}\n${END}\n${BEGIN}\n${END}\n`, [], false), /has not once each/);
  assert.throws(() => withTable(`${BEGIN}\n| a |\n| - |\n${END}\n`, [], true), /has not the columns/);
});
