/**
 * How much one trigger may read, match and render: limits with names, checked before the work that they bound, so that an
 * EventSource that selects a whole cluster costs its own trigger a message and nobody else anything.
 */
import type { EventSource } from "../api/event_source.ts";
import { isJsonObject, type Json } from "../json/json.ts";
import { type Failure, TriggerFailure } from "./errors.ts";
import { describeQuery } from "./reader.ts";
import type { SelectorListing } from "./snapshot.ts";

export interface PipelineLimits {
  /** Milliseconds of CPU of all runs of `evaluate` scripts, of which there is one for each object. */
  readonly luaMilliseconds: number;
  /** Steps of all CEL rules on all objects together. */
  readonly celSteps: number;
  /** Objects that all selectors of an EventSource list together, before CEL and Lua. */
  readonly inputs: number;
  /** Characters of their keys and texts. */
  readonly inputSize: number;
  /** What a trigger renders for. */
  readonly matches: number;
  /** Objects that all matches of a trigger ask for together. */
  readonly outputs: number;
  /** Characters of all that is rendered. */
  readonly outputSize: number;
  /** Steps of its templates for all matches together; each has {@link LEAST_STEPS} whatever the others took. */
  readonly steps: number;
}

/** Ten milliseconds' worth, and twenty times what a kubeconfig's template takes. */
export const LEAST_STEPS = 100_000;

/** 10,000 Secrets of 5 kB each fit. */
export const DEFAULT_PIPELINE_LIMITS: PipelineLimits = {
  // An ordinary script takes less than a millisecond, and there are 20,000 objects at most.
  luaMilliseconds: 30_000,
  celSteps: 400_000_000,
  inputs: 20_000,
  inputSize: 64 * 1024 * 1024,
  matches: 10_000,
  outputs: 10_000,
  outputSize: 64 * 1024 * 1024,
  steps: 400_000_000,
};

/** The flag that sets a limit, for messages. */
export const PIPELINE_LIMIT_FLAGS = {
  luaMilliseconds: "--max-lua-time",
  celSteps: "--max-cel-cost",
  inputs: "--max-inputs",
  inputSize: "--max-input-size",
  matches: "--max-matches",
  outputs: "--max-outputs",
  outputSize: "--max-output-size",
  steps: "--max-steps",
} as const satisfies Record<keyof PipelineLimits, string>;

const FROZEN = "Its outputs stay as they are";

/** Where there is more input than there may be; it stops counting at the limit. */
export function refuseInputs(
  source: Pick<EventSource, "name" | "selectors">,
  listings: readonly SelectorListing[],
  given: Partial<PipelineLimits> = {},
): Failure | undefined {
  const limits = { ...DEFAULT_PIPELINE_LIMITS, ...given };
  let inputs = 0;
  let size = 0;
  for (const { selector, query, objects } of listings) {
    const index = source.selectors.indexOf(selector);
    const where = `EventSource ${source.name} spec.resourceSelectors[${index}] (${describeQuery(query)})`;
    inputs += objects.length;
    if (inputs > limits.inputs) {
      return exceeded("read", "inputs", `${where}: ${inputs} objects with those of the selectors before it`, limits);
    }
    for (const object of objects) {
      size += textLength(object as Json, limits.inputSize - size);
      if (size > limits.inputSize) {
        const what =
          `${where}: its objects, with those of the selectors before it, have more than ${limits.inputSize} bytes`;
        return exceeded("read", "inputSize", what, limits);
      }
    }
  }
  return undefined;
}

/** @throws {TriggerFailure} where there are more matches than there may be. */
export function refuseMatches(
  source: Pick<EventSource, "name">,
  matches: readonly unknown[],
  given: Partial<PipelineLimits> = {},
): void {
  const limits = { ...DEFAULT_PIPELINE_LIMITS, ...given };
  if (matches.length <= limits.matches) return;
  const what = `EventSource ${source.name}: ${matches.length} matches`;
  throw new TriggerFailure("aggregate", "LimitExceeded", exceeded("aggregate", "matches", what, limits).message);
}

/**
 * What a trigger may take to look at its objects one by one, as it takes it: each run has a limit of its own, and thousands of
 * runs that just keep within it would keep all other triggers waiting for hours.
 */
export class SelectionBudget {
  readonly #limits: PipelineLimits;
  readonly #taken = { luaMilliseconds: 0, celSteps: 0 };

  constructor(given: Partial<PipelineLimits> = {}) {
    this.#limits = { ...DEFAULT_PIPELINE_LIMITS, ...given };
  }

  /** A run has taken so much. */
  add(limit: SelectionLimit, amount: number): void {
    this.#taken[limit] += amount;
  }

  /** To be asked before each run; `what` says which. @throws {TriggerFailure} where those before have used it up. */
  require(limit: SelectionLimit, what: string): void {
    const most = this.#limits[limit];
    if (this.#taken[limit] < most) return;
    const message = exceededMessage(limit, `${what}: ${TAKEN[limit](most)}`);
    throw new TriggerFailure("select", "LimitExceeded", message, { isOutOfTime: true });
  }
}

type SelectionLimit = "luaMilliseconds" | "celSteps";

const TAKEN: Readonly<Record<SelectionLimit, (most: number) => string>> = {
  luaMilliseconds: (most) => `all runs together have taken ${most / 1000} s of CPU`,
  celSteps: (most) => `all rules on all objects together have taken ${most} steps`,
};

/** Counts what a trigger renders, as it is rendered. */
export class OutputBudget {
  readonly #limits: PipelineLimits;
  #objects = 0;
  #size = 0;

  constructor(readonly trigger: string, given: Partial<PipelineLimits> = {}) {
    this.#limits = { ...DEFAULT_PIPELINE_LIMITS, ...given };
  }

  /** @throws {TriggerFailure} where that text was too much. */
  addText(length: number): void {
    this.#size += length;
    if (this.#size > this.#limits.outputSize) {
      this.#fail("outputSize", `what its matches render has more than ${this.#limits.outputSize} bytes`);
    }
  }

  /** @throws {TriggerFailure} where those objects were too many. */
  addObjects(count: number): void {
    this.#objects += count;
    if (this.#objects > this.#limits.outputs) {
      this.#fail("outputs", `its matches ask for more than ${this.#limits.outputs} objects`);
    }
  }

  #fail(limit: keyof PipelineLimits, what: string): never {
    const { message } = exceeded("render", limit, `EventTrigger ${this.trigger}: ${what}`, this.#limits);
    throw new TriggerFailure("render", "LimitExceeded", message);
  }
}

/** Characters of keys and texts, counted no further than a little beyond `most`. */
function textLength(value: Json, most: number): number {
  if (typeof value === "string") return value.length;
  let length = 1;
  if (Array.isArray(value)) {
    for (const element of value) {
      length += textLength(element, most - length);
      if (length > most) return length;
    }
  } else if (isJsonObject(value)) {
    for (const [key, entry] of Object.entries(value)) {
      length += key.length + textLength(entry, most - length);
      if (length > most) return length;
    }
  }
  return length;
}

function exceeded(stage: Failure["stage"], limit: keyof PipelineLimits, what: string, limits: PipelineLimits): Failure {
  const isCount = !limit.endsWith("Size");
  const most = isCount ? `, more than ${limits[limit]}` : "";
  const message = exceededMessage(limit, `${what}${what.includes("more than") ? "" : most}`);
  return { stage, reason: "LimitExceeded", message };
}

function exceededMessage(limit: keyof PipelineLimits, what: string): string {
  return `${what} (limit ${PIPELINE_LIMIT_FLAGS[limit]}). ${FROZEN}: select less, or raise the limit.`;
}
