/** Numbers from 0 to 1 that a seed fixes, begun anew for each run: so that one run of many can be done again alone. */

export class Chance {
  #random: () => number;

  constructor(readonly seed: number) {
    this.#random = randomFrom(seed);
  }

  /** The seed of the run that counts from 0. */
  seedOf(run: number): number {
    return this.seed + run;
  }

  /** Begins with the run's own seed. */
  begin(run: number): void {
    this.#random = randomFrom(this.seedOf(run));
  }

  readonly next = (): number => this.#random();
}

/** A generator of numbers from 0 to 1 that a seed fixes. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
