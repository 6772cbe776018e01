/** Why a trigger, or one match of it, could not be computed: values that travel in the plan, each complete enough to act on. */
import type { ObjectRef } from "../api/object.ts";
import type { ScriptCost } from "../sandbox/mod.ts";
import type { UnknownReason } from "./reader.ts";

/** Where in the pipeline it failed: an arrow of docs/architecture.md, `read` for input that could not be read. */
export type Stage = "read" | "select" | "aggregate" | "render" | "parse" | "validate";

/** A failure that freezes outputs: those of one match, or of the whole trigger where `match` is absent ({@link isFatal}). */
export interface Failure {
  readonly stage: Stage;
  /** A CamelCase reason for machines: `TemplateError`, `EventSourceNotFound`, … */
  readonly reason: string;
  /** Where the reason is that something is not known: why it is not. */
  readonly cause?: UnknownReason;
  /** What could not be done, where, what was found and wanted, what to do next. Cleared of Secret bytes in the end. */
  readonly message: string;
  readonly match?: ObjectRef;
  /** True where it concerns another cluster alone: what this one gets goes on as usual. */
  readonly elsewhere?: boolean;
  /** True where a script has used up its time: it takes all of that again each time that it is run. */
  readonly isOutOfTime?: boolean;
  /** Lines of the user's script that led to it, innermost first; for those who ask for more. Free of Secret bytes. */
  readonly traceback?: string;
}

/** Whether the failure freezes the whole trigger. */
export function isFatal({ match, elsewhere }: Failure): boolean {
  return match === undefined && elsewhere !== true;
}

/** `a, b and 3 more`: as many names as a message takes. */
export function listNames(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

/** Something that a user should know but that changes nothing. */
export interface Note {
  readonly reason: string;
  readonly message: string;
}

/** Thrown inside the core where a whole trigger cannot go on; the pipeline turns it into its {@link Failure}. */
export class TriggerFailure extends Error {
  readonly failure: Failure;
  /** What the `aggregatedSelection` that failed had cost; no part of the failure, which is the same each time. */
  readonly scriptCost?: ScriptCost;
  constructor(
    stage: Stage,
    reason: string,
    message: string,
    options?: {
      cause?: unknown;
      traceback?: string;
      isOutOfTime?: boolean;
      scriptCost?: ScriptCost;
    },
  ) {
    super(message, options);
    this.scriptCost = options?.scriptCost;
    this.name = "TriggerFailure";
    this.failure = {
      stage,
      reason,
      message,
      ...(options?.traceback ? { traceback: options.traceback } : {}),
      ...(options?.isOutOfTime ? { isOutOfTime: true } : {}),
    };
  }
}
