/** What one rendering may cost. Go has no such limits; a template that loops for ever or doubles a string must end here. */

/** The limits of one rendering. */
export interface RenderLimits {
  /** Nodes evaluated, elements visited, values printed; making a text costs a step per 16 bytes more. */
  readonly steps: number;
  /** Bytes of the whole output, and of any one text that a function makes. */
  readonly outputBytes: number;
  /** `{{template}}` calls within each other (Go: 100,000). */
  readonly templateDepth: number;
}

export const DEFAULT_LIMITS: RenderLimits = { steps: 10_000_000, outputBytes: 16 * 1024 * 1024, templateDepth: 500 };

/** The flag that sets a limit, for messages. */
export const LIMIT_FLAGS = {
  steps: "--template-steps",
  outputBytes: "--template-output-size",
  templateDepth: "--template-depth",
} as const satisfies Record<keyof RenderLimits, string>;

/** How deep values may be nested where they are printed or turned into JSON; Go's JSON encoder gives up there too. */
export const VALUE_DEPTH = 1000;

/** A limit was exceeded; `message` names it. */
export class LimitError extends Error {
  override readonly name = "LimitError";
}

/**
 * Steps that many renderings have together. Where none are left, each may still take `least`, which is enough for what loops
 * over little: a template that never ends for some must not keep the others waiting, nor fail them.
 */
export class StepPool {
  /** @param flag Which sets `steps`, for messages. */
  constructor(readonly steps: number, readonly least: number, readonly flag: string) {
    this.left = steps;
  }

  left: number;
}

/** Counts down the limits of one rendering. */
export class Budget {
  readonly #given: number;
  #steps: number;

  constructor(readonly limits: RenderLimits, readonly pool?: StepPool) {
    this.#given = pool ? Math.min(limits.steps, Math.max(pool.left, pool.least)) : limits.steps;
    this.#steps = this.#given;
  }

  /** To be called once the rendering is over. */
  end(): void {
    if (this.pool) this.pool.left -= this.#given - Math.max(0, this.#steps);
  }

  /** Takes `steps` of work off. @throws {LimitError} when none are left. */
  spend(steps: number): void {
    this.#steps -= steps;
    // A negative or NaN cost must not give steps back.
    if (!(this.#steps >= 0) || !(steps >= 0)) {
      const isOwn = this.#given === this.limits.steps;
      const limit = isOwn || !this.pool
        ? `limit ${LIMIT_FLAGS.steps}`
        : `all together have taken ${this.pool.steps}, limit ${this.pool.flag}`;
      throw new LimitError(`stopped after ${this.#given} steps (${limit})`);
    }
  }

  /** Asks for room for a text (or list) of `bytes` before it is made. @throws {LimitError} if it would be too large. */
  reserve(bytes: number): void {
    if (!(bytes <= this.limits.outputBytes)) {
      const { outputBytes } = this.limits;
      throw new LimitError(`a text of more than ${outputBytes} bytes (limit ${LIMIT_FLAGS.outputBytes})`);
    }
    this.spend(Math.max(0, Math.ceil(bytes / 16)));
  }
}
