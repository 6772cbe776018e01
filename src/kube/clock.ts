/** Time and chance as values that are passed in, so that tests decide when a minute is over. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment: a clock that nobody sets. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted, leaving no timer behind. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal.addEventListener("abort", stop, { once: true });
    });
  },
};

/** Thrown by {@link withDeadline} when its time is over. */
export class DeadlineError extends Error {
  override name = "DeadlineError";
  constructor(readonly ms: number) {
    super(`no answer within ${Math.round(ms / 1000)} s`);
  }
}

/**
 * Runs `work` for at most `ms`. Its signal is aborted when the time is over or `signal` is aborted, and the wait ends
 * there and then, whether or not `work` heeds it.
 *
 * @throws {DeadlineError} when the time is over; the reason of `signal` when that is aborted; what `work` throws.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const inner = new AbortController();
  const timer = new AbortController();
  const forward = () => inner.abort(signal.reason);
  signal.addEventListener("abort", forward, { once: true });
  const over = clock.sleep(ms, timer.signal).then(() => inner.abort(new DeadlineError(ms)), () => {});
  const stopped = new Promise<never>((_, reject) => {
    inner.signal.addEventListener("abort", () => reject(inner.signal.reason), { once: true });
  });
  // A loser of the race must not be an unhandled rejection.
  stopped.catch(() => {});
  const working = work(inner.signal);
  working.catch(() => {});
  try {
    return await Promise.race([working, stopped]);
  } finally {
    signal.removeEventListener("abort", forward);
    timer.abort();
    await over;
  }
}

/** Waits for `promise`, but no longer than until `signal` is aborted; the promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
