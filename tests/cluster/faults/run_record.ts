/** One run of one fault as one line of JSON: what `--log` keeps, and the report is made of. */
import { INVARIANTS, type Verdict } from "./verdict.ts";

/** Invariant I5: so long after the fault's own wait. */
const I5 = 5_000;

export interface RunRecord extends Omit<Verdict, "recovery"> {
  readonly row: string;
  readonly title: string;
  /** `--runs 1` with this seed does this run again. */
  readonly seed: number;
  /** From 1 on, in its process. */
  readonly run: number;
  /** When it ended, as RFC 3339 has it. */
  readonly at: string;
  /** Milliseconds from the end of the fault to the right outputs; null where they never were. */
  readonly recovery: number | null;
  /** Milliseconds that the fault's own nature may keep them back. */
  readonly wait: number;
  /** How long the run took, with all that had to be started for it. */
  readonly seconds: number;
  /** The machine's load average of the last minute. */
  readonly load: number;
}

/** The record without line breaks. */
export function recordLine(record: RunRecord): string {
  return JSON.stringify(record);
}

/**
 * Reads what `--log` has written.
 *
 * @param source named in errors
 * @throws where a line is no record; the last one may be cut off, as by a kill, and then counts as none
 */
export function readRecords(text: string, source: string): RunRecord[] {
  const lines = text.split("\n");
  // Each record ends with a line break: what comes after the last one is none, or was not written to its end.
  return lines.slice(0, -1).flatMap((line, index) => line.trim() === "" ? [] : [readRecord(line, source, index + 1)]);
}

function readRecord(line: string, source: string, number: number): RunRecord {
  const fail = (what: string): never => {
    throw new Error(`${source}:${number}: ${what}; wanted a line that tests/cluster/faults/run.ts --log has written`);
  };
  let record: Partial<RunRecord> | null = null;
  try {
    record = JSON.parse(line);
  } catch {
    return fail("no JSON");
  }
  if (typeof record !== "object" || record === null) return fail(`found ${typeof record}`);
  for (const key of ["row", "title", "at"] as const) {
    if (typeof record[key] !== "string") return fail(`${key} is no string`);
  }
  for (const key of ["seed", "run", "wait", "seconds", "load"] as const) {
    if (typeof record[key] !== "number") return fail(`${key} is no number`);
  }
  if (record.recovery !== null && typeof record.recovery !== "number") {
    return fail("recovery is no number, and not null");
  }
  const { violations } = record;
  if (typeof violations !== "object" || violations === null) return fail("violations is no object");
  for (const id of INVARIANTS) {
    const count = violations[id];
    const mayBeAbsent = id === "I6" || id === "I8";
    if (typeof count !== "number" && !(mayBeAbsent && count === undefined)) {
      return fail(`violations.${id} is no number`);
    }
  }
  return record as RunRecord;
}

/** Invariant I5: right in time, after the fault's own wait. */
export function isInTime({ recovery, wait }: Pick<RunRecord, "recovery" | "wait">): boolean {
  return recovery !== null && recovery <= allowedFor(wait);
}

/** The longest recovery that invariant I5 allows, in milliseconds. */
export function allowedFor(wait: number): number {
  return wait + I5;
}

/** Without a violation of what was judged. */
export function isGood({ violations }: Pick<RunRecord, "violations">): boolean {
  return INVARIANTS.every((id) => (violations[id] ?? 0) === 0);
}
