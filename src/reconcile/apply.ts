/**
 * Plan → Outcomes: carries out the changes of a plan in its order, many at a time, through the {@link Applier} seam. What
 * fails concerns its own output only; what waited for it stays undone.
 */
import { objectKey } from "../api/object.ts";
import { type Change, isGround, type Plan } from "./plan.ts";

export type OutcomeStatus =
  /** Written or deleted. */
  | "done"
  /** The write changed nothing. */
  | "unchanged"
  /** The object has changed since the plan was made: plan again. */
  | "stale"
  /** Somebody else's object stands at the target. */
  | "conflict"
  /** It could not be written; `message` says why. */
  | "failed"
  /** Not tried, since the loop only looks. */
  | "planned"
  /** Not tried yet: something else has changed meanwhile and goes first. */
  | "postponed"
  /** Not tried, since what it waits for was not done. */
  | "skipped";

export interface Outcome {
  readonly change: Change;
  readonly status: OutcomeStatus;
  /** For people, free of Secret bytes; empty where there is nothing to say. */
  readonly message: string;
  /** True where trying again later may help (the API was busy or away), without any change of the input. */
  readonly retry: boolean;
}

/** Where changes go: server-side apply, a folder, or nowhere. It never throws for what one object causes. */
export interface Applier {
  apply(change: Change, signal: AbortSignal): Promise<Outcome>;
}

/** How many changes are on their way at once. */
export const CHANGES_IN_FLIGHT = 32;

/** How many creates and updates a cluster is sent in a second. */
export const DEFAULT_WRITES_PER_SECOND = 100;

/**
 * Carries out the plan: deletes, then updates, then creates (namespaces first), then deletes that wait for a create. Within each of these the
 * order is the plan's and up to {@link CHANGES_IN_FLIGHT} are under way together. Before each first publication `isOvertaken` is
 * asked whether it and those after it are to be postponed.
 */
export async function applyPlan(
  plan: Pick<Plan, "changes">,
  applier: Applier,
  signal: AbortSignal,
  onOutcome: (outcome: Outcome) => void = () => {},
  isOvertaken: () => boolean = () => false,
): Promise<Outcome[]> {
  const done = new Map<string, Outcome>();
  const outcomes: Outcome[] = [];
  const record = (outcome: Outcome) => {
    done.set(objectKey(outcome.change.target), outcome);
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  const postpone = (change: Change) => record({ change, status: "postponed", message: "", retry: false });
  let isCut = false;
  for (const phase of phasesOf(plan.changes)) {
    await eachInFlight(phase, async (change) => {
      if (signal.aborted) {
        record({ change, status: "skipped", message: "stopped before it was tried", retry: true });
        return;
      }
      if (change.action === "create" && (isCut ||= isOvertaken())) return postpone(change);
      const missing = change.after.find((target) => {
        const status = done.get(objectKey(target))?.status;
        return status !== "done" && status !== "unchanged";
      });
      if (missing) {
        if (done.get(objectKey(missing))?.status === "postponed") return postpone(change);
        const message = `it waits for ${missing.namespace}/${missing.name}, which was not written`;
        record({ change, status: "skipped", message, retry: false });
        return;
      }
      record(await applier.apply(change, signal));
    });
  }
  return outcomes;
}

function phasesOf(changes: readonly Change[]): Change[][] {
  const pick = (test: (change: Change) => boolean) => changes.filter(test);
  return [
    pick((change) => change.action === "delete" && change.after.length === 0),
    pick((change) => change.action === "update"),
    pick((change) => change.action === "create" && isGround(change)),
    pick((change) => change.action === "create" && !isGround(change)),
    pick((change) => change.action === "delete" && change.after.length > 0),
  ];
}

/** Runs `work` over the items in order, at most {@link CHANGES_IN_FLIGHT} at a time. */
export async function eachInFlight<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(CHANGES_IN_FLIGHT, items.length) }, lane));
}
