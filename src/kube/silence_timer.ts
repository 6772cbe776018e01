/** Notices when a stream has gone silent: a dead connection neither ends nor fails. */
import type { Clock } from "./clock.ts";

/** Nothing came for too long. */
export class SilenceError extends Error {
  override name = "SilenceError";
  constructor(ms: number) {
    super(`no byte for ${Math.round(ms / 1000)} s`);
  }
}

/** One timer for a whole stream: one for each chunk would cost more than reading it. */
export class SilenceTimer {
  #clock: Clock;
  #lastHeard: number;
  #stopped = new AbortController();
  #failure: unknown;
  #fail: (reason: unknown) => void = () => {};

  /** @param signal Ends the wait with its reason. */
  constructor(clock: Clock, silenceMs: number, signal: AbortSignal) {
    this.#clock = clock;
    this.#lastHeard = clock.now();
    this.#watchClock(silenceMs, AbortSignal.any([signal, this.#stopped.signal])).catch((reason) => {
      this.#failure = reason;
      this.#fail(reason);
    });
  }

  /** What `read` gives. @throws {SilenceError} or the signal's reason, if that comes first. */
  during<T>(read: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      if (this.#failure !== undefined) reject(this.#failure);
      read.then((result) => {
        this.#lastHeard = this.#clock.now();
        resolve(result);
      }, reject);
    });
  }

  stop(): void {
    this.#fail = () => {};
    this.#stopped.abort();
  }

  async #watchClock(silenceMs: number, signal: AbortSignal): Promise<never> {
    while (true) {
      // A clock that was set back must not make the wait longer.
      const left = Math.min(silenceMs, this.#lastHeard + silenceMs - this.#clock.now());
      if (left <= 0) throw new SilenceError(silenceMs);
      await this.#clock.sleep(left, signal);
    }
  }
}
