/**
 * Plan → Outcomes: carries out the changes of a plan in its order, many at a time, through the {@link Applier} seam. What
 * fails concerns its own output only; what waited for it stays undone.
 */
import { formatRef, objectKey } from "../api/object.ts";
import { eachInFlight } from "./in_flight.ts";
import { phasesOf, type Step, stepsOf } from "./order.ts";
import type { Change, Plan } from "./plan.ts";

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
  /** True where the API server, or the way to it, is to blame. */
  readonly isServerTrouble?: boolean;
  /** What a cluster's object is since it was written: its watch tells that, too. */
  readonly written?: Written;
}

/** One object, and the version that it has since; without a version it was deleted. */
export interface Written {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/** Where changes go: server-side apply, a folder, or nowhere. It never throws for what one object causes. */
export interface Applier {
  /** @param isPostponed As of {@link applyPlan}, for an applier that lets a change wait: to be asked once more after that. */
  apply(change: Change, signal: AbortSignal, isPostponed?: (change: Change) => boolean): Promise<Outcome>;
}

/** What comes of a change that is for another plan to make. */
export function postponed(change: Change): Outcome {
  return { change, status: "postponed", message: "", retry: false };
}

/** How many changes are on their way at once. */
const CHANGES_IN_FLIGHT = 32;

/** How many creates and updates a cluster is sent in a second. */
export const DEFAULT_WRITES_PER_SECOND = 100;

/**
 * Carries out the plan phase by phase ({@link phasesOf}), up to {@link CHANGES_IN_FLIGHT} changes together. A change begins
 * when all that it waits for is done, and is skipped where that was not to be had. Before each one `isPostponed` is asked
 * whether it is for another plan to make.
 */
export async function applyPlan(
  plan: Pick<Plan, "changes">,
  applier: Applier,
  signal: AbortSignal,
  onOutcome: (outcome: Outcome) => void = () => {},
  isPostponed: (change: Change) => boolean = () => false,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const done = new Map<string, Outcome>();
  const started = new Map<Change, Promise<Outcome>>();
  const stepsBefore = new Map(
    stepsOf(plan.changes).flatMap(({ changes, previous }) =>
      changes.map((change): [Change, readonly Step[]] => [change, previous])
    ),
  );
  const ends = new Map<Step, Promise<Outcome | undefined>>();
  // The first that failed of a step. All of it was started before: nobody waits for what nobody will start.
  const failureIn = (step: Step) => {
    let end = ends.get(step);
    if (!end) {
      end = Promise.all(step.changes.map((change) => started.get(change)!)).then((all) =>
        all.find((one) => !isDone(one))
      );
      ends.set(step, end);
    }
    return end;
  };
  const carryOut = async (change: Change): Promise<Outcome> => {
    const before = stepsBefore.get(change) ?? [];
    const failed = before.length > 0 && !signal.aborted
      ? (await Promise.all(before.map(failureIn))).find((one) => one !== undefined)
      : undefined;
    if (signal.aborted) return { change, status: "skipped", message: "stopped before it was tried", retry: true };
    if (isPostponed(change)) return postponed(change);
    const missing = failed?.change.target ?? change.after.find((target) => {
      const outcome = done.get(objectKey(target));
      return !outcome || !isDone(outcome);
    });
    if (!missing) return await applier.apply(change, signal, isPostponed);
    if ((failed ?? done.get(objectKey(missing)))?.status === "postponed") return postponed(change);
    const what = failed?.change.action === "delete" ? "deleted" : "written";
    const message = `it waits for ${formatRef(missing)}, which was not ${what}`;
    return { change, status: "skipped", message, retry: false };
  };
  for (const phase of phasesOf(plan.changes)) {
    await eachInFlight(CHANGES_IN_FLIGHT, phase, async (change) => {
      const work = carryOut(change);
      started.set(change, work);
      const outcome = await work;
      done.set(objectKey(change.target), outcome);
      outcomes.push(outcome);
      onOutcome(outcome);
    });
  }
  return outcomes;
}

function isDone({ status }: Outcome): boolean {
  return status === "done" || status === "unchanged" || status === "planned";
}
