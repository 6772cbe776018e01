/** A clock that stands still until a test moves it, and tells who waits for it. */
import type { Clock } from "../../src/kube/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly ms: number;
  wake(): void;
}

export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #sleepers = new Set<Sleeper>();
  #watchers = new Set<() => void>();
  /** Every length of sleep that was asked for, in order. */
  readonly sleeps: number[] = [];

  /** How far the clock that people set is off. */
  skew = 0;

  now(): number {
    return this.#now + this.skew;
  }

  monotonic(): number {
    return this.#now;
  }

  random(): number {
    return 0;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const sleeper: Sleeper = {
        ms,
        until: this.#now + ms,
        wake: () => {
          signal.removeEventListener("abort", stop);
          resolve();
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      this.sleeps.push(ms);
      this.#sleepers.add(sleeper);
      for (const look of this.#watchers) look();
    });
  }

  /** Resolves as soon as somebody sleeps for so long that `matches`. */
  untilSleeping(matches: (ms: number) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (![...this.#sleepers].some(({ ms }) => matches(ms))) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Moves on, waking in order of time all who are due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (true) {
      const due = [...this.#sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (!due) break;
      this.#now = Math.max(this.#now, due.until);
      this.#sleepers.delete(due);
      due.wake();
    }
    this.#now = end;
  }
}
