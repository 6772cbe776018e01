/**
 * Gate `mass-change`, the other way round: when a process plans for the first time and would rewrite more than half of a
 * trigger's outputs although hardly anything of what they are made of has changed since they were written, it is the program
 * that renders differently (another version, other flags), and its updates wait for a person (reliability, Decision 5).
 */
import { qualifiedKind } from "../../api/object.ts";
import { type InputTimes, writtenAt } from "../change_times.ts";
import { originKey } from "../origin.ts";
import type { Change, Draft, Held } from "../plan.ts";

/**
 * Holds the updates that no change of the input explains, where they are more than half of the outputs. An output that gets
 * another name in its namespace is one that is rewritten; its new name then waits together with the old one.
 *
 * @param isPublication Whether the change publishes under a name that its origin does not have yet.
 */
export function holdMassUpdate(
  draft: Draft,
  times: InputTimes | undefined,
  outputs: number,
  hash: string,
  isPublication: (change: Change) => boolean,
): Draft {
  if (!times) return draft;
  const removals = Map.groupBy(draft.changes.filter(({ action }) => action === "delete"), placeOf);
  const publications = Map.groupBy(draft.changes.filter(isPublication), placeOf);
  // More that go than come are not all under another name now.
  const isRenamed = (place: string) =>
    (publications.get(place)?.length ?? 0) >= (removals.get(place)?.length ?? Infinity);
  const shares = new Map<Change, number>();
  for (const change of draft.changes) {
    const isUpdate = change.action === "update" && !change.release && change.marks === undefined;
    const isRewritten = isUpdate || change.action === "delete" && isRenamed(placeOf(change));
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
  const renamed = new Set([...shares.keys()].filter(({ action }) => action === "delete").map(placeOf));
  const waits = (change: Change) => shares.has(change) || isPublication(change) && renamed.has(placeOf(change));
  const held = draft.changes.filter(waits).map((change): Held => ({ change, gate: "mass-change", reason, relax }));
  return { ...draft, changes: draft.changes.filter((change) => !waits(change)), held: [...draft.held, ...held] };
}

/** Where an output comes from and goes to, whatever its name. */
function placeOf({ origin, target }: Change): string {
  return JSON.stringify([originKey(origin), qualifiedKind(target), target.namespace]);
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
