/**
 * Spreads writes over time, so that a burst (a first publication, a new template) does not press on the API server: at most so
 * many a second, revocations exempt (reliability, Decision 16).
 */
import { type Applier, type Outcome, postponed } from "../reconcile/apply.ts";
import type { Change } from "../reconcile/plan.ts";
import type { Clock } from "./clock.ts";

export class PacedApplier implements Applier {
  /** On the monotonic clock: when the next write may go, if no burst is saved up. */
  #next = 0;
  readonly #interval: number;
  /** Milliseconds' worth of writes that may go at once after a quiet while: a tenth of a second. */
  readonly #burst: number;

  /** @param perSecond writes a second, at least 1 */
  constructor(readonly inner: Applier, perSecond: number, readonly clock: Clock) {
    this.#interval = 1000 / perSecond;
    this.#burst = Math.max(this.#interval, 100);
  }

  async apply(
    change: Change,
    signal: AbortSignal,
    isPostponed: (change: Change) => boolean = () => false,
  ): Promise<Outcome> {
    // What takes a credential away never waits.
    if (change.action === "delete" || change.release) return await this.inner.apply(change, signal);
    const now = this.clock.monotonic();
    const due = Math.max(this.#next, now - this.#burst + this.#interval);
    this.#next = due + this.#interval;
    if (due > now) {
      try {
        await this.clock.sleep(due - now, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        return { change, status: "skipped", message: "stopped before it was tried", retry: true };
      }
      if (isPostponed(change)) return postponed(change);
    }
    return await this.inner.apply(change, signal);
  }
}
