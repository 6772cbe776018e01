/** The state of one evaluation: variables, the budget, and failures, which are values because && and || absorb them. */
import type { Json } from "../json/json.ts";
import type { Pattern } from "./library/patterns.ts";
import { CEL_LIMIT_FLAGS, type CelLimits } from "./limits.ts";
import { type Value, valueOf } from "./value.ts";

/** What went wrong at run time. Reasons name types and the rule's own literals, never what the object holds. */
export class Failure {
  /** UTF-16 offset in the rule of the operation that failed first. */
  at: number | undefined;
  constructor(readonly reason: string) {}
}

export type Result = Value | Failure;

/** An operation that takes no operands of such types; cel-go says it with the same words. */
export function noSuchOverload(): Failure {
  return new Failure("no such overload");
}

/** Ends an evaluation: unlike failures, nothing in the rule absorbs it. */
export class Aborted extends Error {
  override name = "Aborted";
  /** @param at UTF-16 offset in the rule, where one place is to blame */
  constructor(readonly stage: "evaluate" | "limit", readonly reason: string, readonly at?: number) {
    super(reason);
  }
}

/** Go panics where bytes would be a map's key, which ends the rule even where the result would not count. */
export function bytesAsKey(at?: number): Aborted {
  return new Aborted("evaluate", "bytes can't be the key of a map", at);
}

export class Evaluation {
  /** By the plan's slots: 0 is `resource`, then accumulator and variable of each enclosing fold. */
  readonly variables: Result[];
  /** Those that this evaluation has paid for. */
  readonly patterns = new Map<string, Pattern>();
  #spent = 0;

  constructor(resource: Json, readonly limits: CelLimits) {
    this.variables = [valueOf(resource)];
  }

  /** Steps so far. */
  get spent(): number {
    return this.#spent;
  }

  /** @throws {Aborted} at the cost limit. */
  spend(steps: number): void {
    this.#spent += steps;
    const { cost } = this.limits;
    if (this.#spent > cost) throw new Aborted("limit", `stopped after ${cost} steps (limit ${CEL_LIMIT_FLAGS.cost})`);
  }

  /** Pays for going through `length` characters or bytes once. @throws {Aborted} at the cost limit. */
  spendText(length: number): void {
    this.spend(1 + Math.floor(length / 10));
  }
}
