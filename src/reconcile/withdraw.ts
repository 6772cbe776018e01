/**
 * Leaving: the changes that take outputs away by their marks alone, whatever their trigger would say. A trigger that a running
 * Moonferry would follow must be gone or suspended first, or it would make them again. Pure.
 */
import { type KubeObject, nameOf, namespaceOf, objectRef } from "../api/object.ts";
import { readMarks } from "./marks.ts";
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
  /** Why nothing may be done, for each trigger that would make its outputs again. */
  readonly refusals: readonly string[];
}

export function withdrawalOf(
  request: WithdrawalRequest,
  owned: readonly KubeObject[],
  triggers: readonly KubeObject[],
): Withdrawal {
  const changes: Change[] = [];
  const alive = new Map(triggers.map((trigger) => [nameOf(trigger), trigger]));
  const refused = new Set<string>();
  for (const object of owned) {
    const marks = readMarks(object);
    if (marks === undefined || marks === "broken" || marks.instance !== request.instance) continue;
    if (request.trigger !== undefined && marks.trigger !== request.trigger) continue;
    if (request.consumer !== undefined && namespaceOf(object) !== request.consumer) continue;
    const trigger = alive.get(marks.trigger);
    if (trigger && suspensionOf(trigger) === "none") refused.add(marks.trigger);
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
  return {
    changes,
    refusals: [...refused].map((name) =>
      `EventTrigger ${name} is there and not suspended: whoever runs it would make its outputs again. Delete it ` +
      `(which withdraws by itself), or annotate it moonferry.dev/suspend=true first.`
    ),
  };
}
