/**
 * Who can mend it decides when to try again: the user (not until something changes), the API server or a fresh plan (soon),
 * or time (with backoff). This choice is made here and nowhere else.
 */
import type { Outcome } from "../reconcile/apply.ts";
import type { Failure } from "../reconcile/errors.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";

export type Retry = "no" | "soon" | "with backoff";

/** Reasons that mean: the API server, or the way to it. */
const CONNECTION_REASONS = new Set(["Unreachable", "NotSynced"]);

/** Further reasons for which reading again later may give another answer without anybody changing an object. */
const PASSING_REASONS = new Set([
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
  const tried = outcomes.filter(({ retry, status }) => retry && status !== "stale");
  if (tried.some(({ isServerTrouble }) => isServerTrouble)) return "soon";
  if (plan.failures.some(isServerTrouble)) return "soon";
  if (tried.length > 0) return "with backoff";
  if (plan.failures.some(({ reason }) => PASSING_REASONS.has(reason))) return "with backoff";
  // Whoever is in the way is not ours and not watched: look again from time to time.
  if (plan.conflicts.some(({ gate }) => gate === "ownership")) return "with backoff";
  if (outcomes.some(({ status }) => status === "conflict")) return "with backoff";
  return outcomes.some(({ status }) => status === "stale") ? "soon" : "no";
}

function isServerTrouble({ reason, cause }: Failure): boolean {
  return CONNECTION_REASONS.has(cause ?? reason);
}
