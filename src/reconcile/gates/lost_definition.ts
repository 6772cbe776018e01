/**
 * Gate `mass-change` for triggers that are gone: deleting a trigger is consent to withdraw its outputs, but triggers that went
 * with their definition (Sveltos uninstalled and installed anew, a definition replaced by force) nobody need have deleted, nor
 * those that a backup does not bring back, or not yet. An output that was last written before the definition was made, or that
 * has lost the record of our writes, is of such a trigger, unless somebody says otherwise.
 */
import { formatRef } from "../../api/object.ts";
import { lastWrittenAt } from "../change_times.ts";
import type { Change, Draft, Held } from "../plan.ts";

/** @param definedAt When the definition of EventTrigger was made, in milliseconds since 1970; undefined: nothing says. */
export function holdLostTriggers(draft: Draft, trigger: string, definedAt: number | undefined, hash: string): Draft {
  if (definedAt === undefined) return draft;
  const causeOf = ({ action, release, live, target }: Change): string | undefined => {
    if (action !== "delete" && !release || !live) return undefined;
    const written = lastWrittenAt(live);
    if (written === undefined) return `${formatRef(target)} has no record of our writes: it may come from a backup`;
    if (written >= definedAt) return undefined;
    return `its definition was made anew at ${since}, after ${
      formatRef(target)
    } was written: it may have gone with the ` +
      "definition before";
  };
  const since = new Date(definedAt).toISOString().replace(".000Z", "Z");
  const relax =
    `make the EventTrigger again, or withdraw what it gave: moonferry withdraw --trigger ${trigger}, or apply ` +
    `--confirm ${hash}`;
  const held = draft.changes.flatMap((change): Held[] => {
    const cause = causeOf(change);
    return cause === undefined
      ? []
      : [{ change, gate: "mass-change", reason: `EventTrigger ${trigger} is gone, but ${cause}`, relax }];
  });
  const waiting = new Set(held.map(({ change }) => change));
  return { ...draft, changes: draft.changes.filter((change) => !waiting.has(change)), held: [...draft.held, ...held] };
}
