/** Invariants I4, I6 and I8 of reliability §3, as they are judged for one run of one fault. */
import type { Any } from "./api.ts";
import type { Write } from "./audit.ts";
import type { OutputEvent } from "./output_watch.ts";
import type { Sample } from "./process_samples.ts";

export type Footprint = Pick<Sample, "rss" | "sockets">;

/** In which requests are counted: longer than the longest wait between two tries of a lost connection. */
export const WINDOW = 5_000;
/** A change of memory that says nothing: V8 collects when it sees fit. */
const MORE_RSS = 128;
/** Writes that may be in flight at once; their connections wait for their next use for a while. */
const MORE_SOCKETS = 32;

/** I4: never two field managers of ours on an output, never two processes that write in the same second. */
export function findManagers(outputs: readonly Any[], writes: readonly Write[]): string[] {
  const findings: string[] = [];
  for (const { metadata } of outputs) {
    const ours = (metadata.managedFields ?? []).filter(({ manager }: Any) => manager.startsWith("moonferry"));
    const names = new Set(ours.map(({ manager, operation }: Any) => `${manager} by ${operation}`));
    if (names.size > 1) {
      findings.push(`I4: ${metadata.namespace}/${metadata.name} is managed by ${[...names].join(", ")}`);
    }
  }
  const seconds = Map.groupBy(writes, ({ at }) => Math.floor(at / 1000));
  for (const [second, same] of seconds) {
    const users = new Set(same.map(({ user }) => user));
    if (users.size > 1) findings.push(`I4: in second ${second} ${[...users].join(" and ")} wrote`);
  }
  return findings;
}

/** I6: as much memory and as many sockets as before the fault, but for what a busy moment leaves behind for a while. */
export function findFootprint(before: Footprint, after: Footprint): string[] {
  const findings: string[] = [];
  if (after.rss > before.rss + MORE_RSS) {
    findings.push(`I6: RSS went from ${before.rss.toFixed(0)} to ${after.rss.toFixed(0)} MiB`);
  }
  if (after.sockets > before.sockets + MORE_SOCKETS) {
    findings.push(`I6: sockets went from ${before.sockets} to ${after.sockets}`);
  }
  return findings;
}

/** I8: at no time during the fault and after it more than twice the requests of the busiest time without one. */
export function findRate(busiest: number, steady: number): string[] {
  if (busiest <= 2 * steady) return [];
  return [`I8: ${busiest} requests within ${WINDOW / 1000} s; without a fault at most ${steady}`];
}

/**
 * Outputs that got a value back which they had had before another one, once for each time: a rotated credential never comes
 * again.
 *
 * @param before what each had when the events began
 */
export function findReturns(
  events: readonly Pick<OutputEvent, "output" | "type" | "value">[],
  before: ReadonlyMap<string, string>,
): string[] {
  const past = new Map<string, (string | undefined)[]>([...before].map(([output, value]) => [output, [value]]));
  const returns: string[] = [];
  for (const { output, type, value } of events) {
    const values = past.get(output) ?? [];
    past.set(output, values);
    if (type === "DELETED" || values.at(-1) === value) continue;
    if (values.includes(value)) returns.push(output);
    values.push(value);
  }
  return returns;
}

/** The most of these times (in milliseconds, in any order) that fall within one {@link WINDOW}. */
export function busiest(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while (sorted[last]! - sorted[first]! >= WINDOW) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
