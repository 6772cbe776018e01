/**
 * Triggers whose script is stopped again and again: each of their passes costs all the time that a script may take, and gives
 * nothing. After each stop such a trigger is left alone for so long that the others have their turns, and after three in a row
 * for a good while, unless its EventSource or the trigger itself is another by then. (Its outputs stay as they are all the
 * same: without the script nobody knows what they should be.)
 */
import { fieldAt } from "../json/json.ts";
import { type KubeObject, objectKey, objectRef, uidOf } from "../api/object.ts";
import { isFatal } from "../reconcile/errors.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";

/** So many stops in a row open the breaker. */
export const MOST_STOPS = 3;
/** `--lua-rest` where it is not given. */
export const REST_MILLISECONDS = 5 * 60_000;
/** After the first stop, and twice that after the second: a script may take 2 s of CPU, which is more on a busy machine. */
export const FIRST_REST_MILLISECONDS = 5_000;

interface Stops {
  readonly count: number;
  /** By object: in which version the EventSource and the trigger were stopped. */
  readonly versions: ReadonlyMap<string, string>;
  readonly until: number;
}

export class Breaker {
  readonly #stops = new Map<string, Stops>();
  /** Triggers of which something was said that is to be looked at, whatever comes of the pass that is under way. */
  readonly #due = new Set<string>();

  /**
   * @param now Milliseconds since some moment.
   * @param restMilliseconds How long an open breaker lasts; no other rest is longer.
   */
  constructor(readonly now: () => number, readonly restMilliseconds = REST_MILLISECONDS) {}

  /** To be called before each pass, which looks at all that was noticed until then. */
  begins(trigger: string): void {
    this.#due.delete(trigger);
  }

  /** To be called after each pass. True where this pass has opened the breaker, or opened it again. */
  passed(trigger: string, reconciliation: Pick<Reconciliation, "plan" | "computation">): boolean {
    if (!wasStopped(reconciliation)) {
      this.#stops.delete(trigger);
      return false;
    }
    const { snapshot } = reconciliation.computation;
    const programs = [snapshot.trigger?.object, snapshot.source?.object].filter((object) => object !== undefined);
    const versions = new Map(programs.map((object) => [objectKey(objectRef(object)), versionOf(object)]));
    const before = this.#stops.get(trigger);
    const isSame = before && [...versions].every(([key, version]) => before.versions.get(key) === version);
    const count = isSame ? before.count + 1 : 1;
    const isOpen = count >= MOST_STOPS;
    const rest = isOpen ? this.restMilliseconds : Math.min(this.restMilliseconds, count * FIRST_REST_MILLISECONDS);
    const isDue = this.#due.has(trigger);
    this.#stops.set(trigger, { count, versions, until: isDue ? 0 : this.now() + rest });
    return isOpen && !isDue;
  }

  /**
   * To be called for each change that concerns the trigger. What happens to the EventSource or the trigger (it may be gone, or
   * confirmed) is looked at once, and another spec begins anew; so does what nobody knows.
   */
  noticed(trigger: string, object: KubeObject | undefined): void {
    if (object && object.kind !== "EventSource" && object.kind !== "EventTrigger") return;
    this.#due.add(trigger);
    const stops = this.#stops.get(trigger);
    if (!stops) return;
    const isSame = object && stops.versions.get(objectKey(objectRef(object))) === versionOf(object);
    if (isSame) this.#stops.set(trigger, { ...stops, until: 0 });
    else this.#stops.delete(trigger);
  }

  /** For how many milliseconds the trigger is to be left alone; 0: not at all. */
  rest(trigger: string): number {
    return Math.max(0, (this.#stops.get(trigger)?.until ?? 0) - this.now());
  }
}

/** Whether a script has used up its time. What takes no time (a size, a syntax error) costs nobody anything. */
function wasStopped({ plan }: Pick<Reconciliation, "plan">): boolean {
  return plan.failures.some((failure) => isFatal(failure) && failure.isOutOfTime === true);
}

/** Another one where the spec is another; a status that somebody writes makes no difference. */
function versionOf(object: KubeObject): string {
  const generation = fieldAt(object, "metadata", "generation");
  return `${uidOf(object)} ${generation ?? fieldAt(object, "metadata", "resourceVersion")}`;
}
