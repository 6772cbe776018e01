/** Changes that take something away: they are made sure of before they are carried out, and wait where that was in vain. */
import { objectKey, resourceVersionOf, uidOf } from "../api/object.ts";
import type { Failure } from "./errors.ts";
import type { UnreadInput } from "./generation.ts";
import type { Change } from "./plan.ts";
import { describeQuery, type Unknown } from "./reader.ts";
import type { Reconciliation } from "./reconcile.ts";

/** The reason of the note that says that revocations wait. */
export const REVOCATIONS_WAIT = "RevocationsWait";

/** Whether the change takes an output away: deletes it, or lets it go. */
export function isRevocation(change: Change): boolean {
  return change.action === "delete" || change.release === true;
}

/**
 * Equal for the same revocation (a deletion is no release) of the same object in the same version: what was refused for one
 * version may do for the next.
 */
export function revocationKey({ target, live, release }: Change): string {
  return JSON.stringify([objectKey(target), release === true, live && uidOf(live), live && resourceVersionOf(live)]);
}

/** The reconciliation with no revocation but those that are `kept`; `unread` are those that could not be made sure of. */
export function withoutRevocations(
  reconciliation: Reconciliation,
  failures: readonly Failure[],
  kept: ReadonlySet<Change> = new Set(),
  unread: readonly Change[] = [],
): Reconciliation {
  const { plan, redact } = reconciliation;
  const cleared = failures.map((failure) => ({ ...failure, message: redact(failure.message) }));
  const changes = plan.changes.filter((change) => !isRevocation(change) || kept.has(change));
  const count = (wanted: Change["action"]) => changes.filter(({ action }) => action === wanted).length;
  const counts = { ...plan.counts, update: count("update"), delete: count("delete") };
  return {
    ...reconciliation,
    plan: { ...plan, changes, counts, failures: [...plan.failures, ...cleared] },
    ...(unread.length > 0 ? { unread: unread.map(revocationKey) } : {}),
  };
}

/** The reconciliation whose revocations all wait; undefined where one of them was not refused a moment ago. */
export function whileAllWait(
  reconciliation: Reconciliation,
  waiting: ReadonlySet<string> | undefined,
): Reconciliation | undefined {
  const revocations = reconciliation.plan.changes.filter(isRevocation);
  if (!waiting || !revocations.every((change) => waiting.has(revocationKey(change)))) return undefined;
  const without = withoutRevocations(reconciliation, []);
  const { plan } = without;
  const message =
    `EventTrigger ${plan.trigger}: withdrawals that are still to be made: ${revocations.length}. The last ` +
    "try was in vain; the next follows within seconds, or at once where one of the outputs changes";
  return {
    ...without,
    isWaiting: true,
    plan: { ...plan, notes: [...plan.notes, { reason: REVOCATIONS_WAIT, message }] },
  };
}

/** The failure of a trigger whose input can't be read once more. */
export function unreadable(trigger: string, { reason, message }: Unknown): Failure {
  return {
    stage: "read",
    reason,
    message: `EventTrigger ${trigger}: nothing is revoked, since its input can't be read once more: ${message}`,
  };
}

/** The failure of a trigger whose revocations are held, perhaps for no other reason than that its inputs can't be asked for. */
export function unreadInputs(trigger: string, unread: readonly UnreadInput[]): Failure[] {
  const [first] = unread;
  if (first === undefined) return [];
  const more = unread.length > 1 ? `, and ${unread.length - 1} more` : "";
  const message =
    `EventTrigger ${trigger}: whether what is not selected any more is gone can't be read, so that nothing is revoked: ` +
    `${describeQuery(first.query)}: ${first.unknown.message}${more}`;
  return [{ stage: "read", reason: "LiveUnknown", cause: first.unknown.reason, message }];
}
