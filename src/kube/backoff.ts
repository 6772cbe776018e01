/** How long to wait after a failure: longer each time, never in step with others. */
import type { Clock } from "./clock.ts";

const FIRST = 800;
/** Without a failure for so long, the next one counts as the first. */
const FORGIVEN_AFTER = 2 * 60_000;

export class Backoff {
  #clock: Clock;
  #failures = 0;
  #lastFailure = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was tried has gone well for a while: its next failure is its first. */
  forgive(): void {
    this.#failures = 0;
  }

  /** Milliseconds to wait after one more failure: 0.8 s, doubled each time up to `cap`, of which a random half is taken off. */
  next(cap: number): number {
    const now = this.#clock.now();
    if (now - this.#lastFailure > FORGIVEN_AFTER) this.#failures = 0;
    this.#lastFailure = now;
    const whole = Math.min(cap, FIRST * 2 ** Math.min(this.#failures++, 20));
    return whole * (0.5 + this.#clock.random() / 2);
  }
}
