/**
 * Who can mend it decides when to try again: the user (not until something changes), time (with backoff), or the plan's
 * own age (soon). This choice is made here and nowhere else.
 */
import type { Outcome } from "../reconcile/apply.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";

export type Retry = "no" | "soon" | "with backoff";

/** Reasons for which reading again later may give another answer without anybody changing an object. */
const PASSING_REASONS = new Set([
  "Unreachable",
  "NotSynced",
  "Forbidden",
  "KindNotServed",
  "KindTerminating",
  "LiveUnknown",
  // It is another trigger that has to change, or Sveltos that has to go.
  "BesideSveltos",
]);

/** Whether and how the trigger is to be tried again without any watch event. */
export function whenToRetry(reconciliation: Reconciliation, outcomes: readonly Outcome[]): Retry {
  const { plan } = reconciliation;
  if (outcomes.some(({ retry, status }) => retry && status !== "stale")) return "with backoff";
  if (plan.failures.some(({ reason }) => PASSING_REASONS.has(reason))) return "with backoff";
  // Whoever is in the way is not ours and not watched: look again from time to time.
  if (plan.conflicts.some(({ gate }) => gate === "ownership")) return "with backoff";
  if (outcomes.some(({ status }) => status === "conflict")) return "with backoff";
  return outcomes.some(({ status }) => status === "stale") ? "soon" : "no";
}
