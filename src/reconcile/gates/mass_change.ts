/**
 * Gate `mass-change`: when too much of a trigger's input vanishes at once, revocations wait for a person. It counts causes
 * (inputs that are gone), not outputs, and lets pass what a fresh read has explained one by one.
 */
import { objectKey } from "../../api/object.ts";
import { matchKey } from "../origin.ts";
import type { Change, Draft, Held, PlanInput } from "../plan.ts";
import { isRevocation } from "../revocation.ts";

/** More than both of these, or all inputs, is a mass change. */
export const MASS_CHANGE_SHARE = 0.2;
export const MASS_CHANGE_COUNT = 5;

/** What vanished from one set of causes since the last accepted generation. */
export interface Vanishing {
  /** What was counted: `Cluster.cluster.x-k8s.io objects of selector 1`, or `matches`. */
  readonly what: string;
  readonly before: number;
  /** Gone, and no fresh read has shown why. */
  readonly unexplained: number;
  /** Missing in a list, but there and as the selector wants it when asked for by name: the list was not complete. */
  readonly contradicted?: number;
  /** So many more are missing in the list, and were not asked for by name since that is a mass change without them. */
  readonly unasked?: number;
}

export function isMassChange({ before, unexplained, contradicted = 0 }: Vanishing): boolean {
  if (contradicted > 0) return true;
  if (unexplained === 0) return false;
  return unexplained >= before || (unexplained > MASS_CHANGE_COUNT && unexplained > before * MASS_CHANGE_SHARE);
}

/**
 * Holds the revocations of the draft where a mass change is seen, but for those of matches that are gone by themselves: each
 * match being one selected object, no other that is missing has to do with them.
 */
export function holdMassChange(
  draft: Draft,
  { vanishings, departed, matches }: Pick<PlanInput, "vanishings" | "departed" | "matches">,
  hash: string,
): Draft {
  const mass = vanishings.find(isMassChange);
  if (!mass) return draft;
  const { what, before, unexplained, contradicted = 0, unasked = 0 } = mass;
  const reason = contradicted > 0
    ? `${
      unasked > 0 ? "at least " : ""
    }${contradicted} of ${before} ${what} are missing in the list, but are there when asked for by name`
    : `${unexplained + unasked} of ${before} ${what} are gone at once, and nothing shows why`;
  const relax = `--confirm ${hash}, or annotate the EventTrigger moonferry.dev/confirm=${hash}, if that is right`;
  const isOfItself = ({ origin }: Change) =>
    contradicted === 0 && origin.match !== undefined && !matches.has(matchKey(origin)) &&
    departed?.has(objectKey(origin.match)) === true;
  const waits = (change: Change) => isRevocation(change) && !isOfItself(change);
  const held = draft.changes.filter(waits).map((change): Held => ({ change, gate: "mass-change", reason, relax }));
  return { ...draft, changes: draft.changes.filter((change) => !waits(change)), held: [...draft.held, ...held] };
}
