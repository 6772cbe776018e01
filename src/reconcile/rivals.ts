/**
 * Plans of several triggers that are made together: what two of them want to create has no owner yet that a gate could see.
 * The first one gets it, as it would if they were carried out one after the other.
 */
import { objectKey } from "../api/object.ts";
import type { Change, Held, Plan } from "./plan.ts";
import type { Reconciliation } from "./reconcile.ts";
import { clearedHeld } from "./seen.ts";

/** The plans in the order in which they are to be carried out; what an earlier one creates is held in a later one. */
export function withoutRivals(reconciliations: readonly Reconciliation[]): Reconciliation[] {
  const first = new Map<string, string>();
  return reconciliations.map((reconciliation) => {
    const { plan, redact } = reconciliation;
    const rivalOf = (change: Change) => claims(change) ? first.get(objectKey(change.target)) : undefined;
    const held = plan.changes.flatMap((change) => {
      const rival = rivalOf(change);
      return rival === undefined ? [] : [clearedHeld(heldBy(rival, change), redact)];
    });
    const changes = plan.changes.filter((change) => rivalOf(change) === undefined);
    for (const change of changes) if (claims(change)) first.set(objectKey(change.target), plan.trigger);
    return held.length === 0 ? reconciliation : { ...reconciliation, plan: withHeld(plan, changes, held) };
  });
}

/** A namespace that two of them need is nobody's: whoever makes it, it is there. */
function claims({ action, unowned }: Change): boolean {
  return action === "create" && !unowned;
}

function heldBy(rival: string, change: Change): Held {
  return {
    change,
    gate: "ownership",
    reason: `EventTrigger ${rival} is to create it as well, and comes first`,
    relax: "let only one of the two EventTriggers give it",
  };
}

function withHeld(plan: Plan, changes: readonly Change[], held: readonly Held[]): Plan {
  const counts = {
    ...plan.counts,
    create: plan.counts.create - held.length,
    held: plan.counts.held + held.length,
  };
  return { ...plan, changes, held: [...plan.held, ...held], counts };
}
