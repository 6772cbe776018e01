/**
 * Gate `mass-change` for triggers that are gone: deleting a trigger is consent to withdraw its outputs, but triggers that went
 * with their definition (Sveltos uninstalled and installed anew, a definition replaced by force) nobody need have deleted, nor
 * those that a backup does not bring back, or not yet. An output that was last written before the definition was made, or that
 * has lost the record of our writes, is of such a trigger, unless somebody says otherwise. In a folder a trigger that is gone
 * may have been moved, or be half-written: there somebody always has to say so.
 */
import { formatRef } from "../../api/object.ts";
import { lastWrittenAt } from "../change_times.ts";
import type { Change, Draft, Held } from "../plan.ts";

/** @param defined When the definition of EventTrigger was made, in milliseconds since 1970; undefined: nothing says. */
export function holdLostTriggers(
  draft: Draft,
  trigger: string,
  defined: number | "in a folder" | undefined,
  hash: string,
): Draft {
  if (defined === undefined) return draft;
  const causeOf = ({ action, release, live, target }: Change): string | undefined => {
    if (action !== "delete" && !release || !live) return undefined;
    if (defined === "in a folder") {
      return "files do not say whether somebody deleted it: it may be moved, or half-written";
    }
    const written = lastWrittenAt(live);
    if (written === undefined) return `${formatRef(target)} has no record of our writes: it may come from a backup`;
    if (written >= defined) return undefined;
    return `its definition was made anew at ${timeText(defined)}, after ${
      formatRef(target)
    } was written: it may have gone with the ` +
      "definition before";
  };
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

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
