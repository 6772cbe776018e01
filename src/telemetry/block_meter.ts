/** Measures how long the event loop is blocked: what a heavy script costs everybody else. */

const INTERVAL_MILLISECONDS = 50;

export class BlockMeter {
  #longest = 0;
  #expected = performance.now() + INTERVAL_MILLISECONDS;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - this.#expected);
      this.#expected = now + INTERVAL_MILLISECONDS;
    }, INTERVAL_MILLISECONDS);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** Seconds of the longest block since the last call. */
  takeLongest(): number {
    const longest = Math.max(this.#longest, performance.now() - this.#expected, 0) / 1000;
    this.#longest = 0;
    return longest;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
