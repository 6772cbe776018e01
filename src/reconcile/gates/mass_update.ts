/**
 * Gate `mass-change`, the other way round: when a process plans for the first time and would rewrite more than half of a
 * trigger's outputs although hardly anything of what they are made of has changed since they were written, it is the program
 * that renders differently (another version, other flags), and its updates wait for a person (reliability, Decision 5).
 */
import { type InputTimes, writtenAt } from "../change_times.ts";
import type { Change, Draft, Held } from "../plan.ts";

/** Holds the updates that no change of the input explains, where they are more than half of the outputs. */
export function holdMassUpdate(draft: Draft, times: InputTimes | undefined, outputs: number, hash: string): Draft {
  if (!times) return draft;
  const shares = new Map<Change, number>();
  for (const change of draft.changes) {
    const isRewritten = change.action === "update" && !change.release && change.pausedBy === undefined;
    const written = isRewritten && change.live ? writtenAt(change.live) : undefined;
    if (written !== undefined && times.program < written) shares.set(change, changedShare(times, written));
  }
  const explained = outputs * [...shares.values()].reduce((sum, share) => sum + share, 0) / Math.max(1, shares.size);
  if (shares.size - explained <= outputs / 2) return draft;
  const reason =
    `${shares.size} of ${outputs} outputs would be rewritten although what they are made of has not changed ` +
    "since they were written: this version, or its flags, must give them differently";
  const relax = `look at what differs (plan --verbose), then --confirm ${hash}, or annotate the EventTrigger ` +
    `moonferry.dev/confirm=${hash}, if that is right`;
  const held = [...shares.keys()].map((change): Held => ({ change, gate: "mass-change", reason, relax }));
  return { ...draft, changes: draft.changes.filter((change) => !shares.has(change)), held: [...draft.held, ...held] };
}

/**
 * How much of the outputs the selected objects that have changed since can account for: each its share of its selector's, since
 * outputs are made by joining them.
 */
function changedShare({ selected }: InputTimes, since: number): number {
  let share = 0;
  for (const times of selected) {
    // Times have seconds: what was changed within the second of the write may have come after it.
    if (times.length > 0) share += times.filter((time) => time >= since).length / times.length;
  }
  return Math.min(1, share);
}
