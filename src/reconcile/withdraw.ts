/**
 * Leaving: the changes that take outputs away by their marks alone, whatever their trigger would say. A trigger that a running
 * Moonferry would follow must be gone or suspended first, or it would make them again. Pure.
 */
import { type KubeObject, nameOf, namespaceOf, type ObjectRef, objectRef } from "../api/object.ts";
import { readMarks, SUSPEND_ANNOTATION } from "./marks.ts";
import { type Change, suspensionOf } from "./plan.ts";
import { isOwnedBySveltos } from "./sveltos_marks.ts";

export interface WithdrawalRequest {
  readonly instance: string;
  /** Outputs of this trigger; absent: of any. */
  readonly trigger?: string;
  /** Outputs in this namespace; absent: in any. */
  readonly consumer?: string;
  /** Only take our marks off: the objects stay, as nobody's. */
  readonly release: boolean;
}

export interface Withdrawal {
  readonly changes: readonly Change[];
  /** Outputs that somebody has annotated to stay whatever happens: they are left as they are. */
  readonly suspended: readonly ObjectRef[];
  /** Why nothing may be done, for each trigger that would make its outputs again, or whose outputs are to stay. */
  readonly refusals: readonly string[];
}

export function withdrawalOf(
  request: WithdrawalRequest,
  owned: readonly KubeObject[],
  triggers: readonly KubeObject[],
): Withdrawal {
  const changes: Change[] = [];
  const suspended: ObjectRef[] = [];
  const alive = new Map(triggers.map((trigger) => [nameOf(trigger), trigger]));
  const refusals = new Set<string>();
  for (const object of owned) {
    const marks = readMarks(object);
    if (marks === undefined || marks === "broken" || marks.instance !== request.instance) continue;
    if (request.trigger !== undefined && marks.trigger !== request.trigger) continue;
    if (request.consumer !== undefined && namespaceOf(object) !== request.consumer) continue;
    const trigger = alive.get(marks.trigger);
    const refusal = trigger && refusalOf(marks.trigger, suspensionOf(trigger));
    if (refusal !== undefined) refusals.add(refusal);
    if (suspensionOf(object) === "all") {
      suspended.push(objectRef(object));
      continue;
    }
    const { origin, step } = marks;
    const base = { target: objectRef(object), origin, step, live: object, after: [] };
    // Sveltos would not make again what somebody else has deleted.
    const isTheirs = isOwnedBySveltos(object);
    const because = [isTheirs ? "Sveltos has taken it back" : "withdrawn by hand"];
    const isReleased = request.release || marks.onStop === "leave" || isTheirs;
    changes.push(
      isReleased ? { ...base, action: "update", release: true, because } : { ...base, action: "delete", because },
    );
  }
  return { changes, suspended, refusals: [...refusals] };
}

function refusalOf(trigger: string, suspension: "none" | "writes" | "all"): string | undefined {
  if (suspension === "writes") return undefined;
  if (suspension === "all") {
    return `EventTrigger ${trigger} is annotated ${SUSPEND_ANNOTATION}=all, which holds withdrawals too. Annotate it ` +
      `${SUSPEND_ANNOTATION}=true first.`;
  }
  return `EventTrigger ${trigger} is there and not suspended: whoever runs it would make its outputs again. Delete it ` +
    `(which withdraws by itself), or annotate it ${SUSPEND_ANNOTATION}=true first.`;
}
