/**
 * Gate `mass-change` for triggers that are gone: deleting a trigger is consent to withdraw its outputs, but triggers that went
 * with their definition (Sveltos uninstalled and installed anew, a definition replaced by force) nobody need have deleted. An
 * output that was last written before the definition was made is of such a trigger, unless somebody says otherwise.
 */
import { formatRef } from "../../api/object.ts";
import { lastWrittenAt } from "../change_times.ts";
import type { Change, Draft, Held } from "../plan.ts";

/** @param definedAt When the definition of EventTrigger was made, in milliseconds since 1970; undefined: nothing says. */
export function holdLostTriggers(draft: Draft, trigger: string, definedAt: number | undefined, hash: string): Draft {
  if (definedAt === undefined) return draft;
  const isLost = ({ action, release, live }: Change) => {
    const written = (action === "delete" || release) && live ? lastWrittenAt(live) : undefined;
    return written !== undefined && written < definedAt;
  };
  const since = new Date(definedAt).toISOString().replace(".000Z", "Z");
  const relax =
    `make the EventTrigger again, or withdraw what it gave: moonferry withdraw --trigger ${trigger}, or apply ` +
    `--confirm ${hash}`;
  const held = draft.changes.filter(isLost).map((change): Held => ({
    change,
    gate: "mass-change",
    reason: `EventTrigger ${trigger} is gone, but its definition was made anew at ${since}, after ` +
      `${formatRef(change.target)} was written: it may have gone with the definition before`,
    relax,
  }));
  return { ...draft, changes: draft.changes.filter((change) => !isLost(change)), held: [...draft.held, ...held] };
}
