/** What the thread that has the world and the thread that plans say to each other; all values packed. */
import type { ReconcileOptions } from "../reconcile/reconcile.ts";

/** What every plan of a process is made with: plain values, of which the planning thread makes its parts. */
export interface PlanSettings {
  readonly options: ReconcileOptions;
}

/** How many objects that are new to the other side one message has at most: a few milliseconds of copying. */
export const PART = 250;
/** How many it names at most that the other side has. */
export const NAMED_PART = 5_000;

/** Objects by their numbers; `fresh` are those, in this order, that the other side has not yet. */
export interface NumberedObjects {
  readonly numbers: readonly number[];
  readonly fresh: readonly unknown[];
}

/** To the planning thread. */
export type PlanCommand =
  | { readonly type: "open"; readonly settings: unknown }
  | { readonly type: "plan"; readonly id: number; readonly request: unknown; readonly previous: unknown }
  | { readonly type: "abort"; readonly id: number }
  /** The plan is over: whether what it has made is shared from now on, and which objects nobody needs any more. */
  | { readonly type: "settle"; readonly id: number; readonly isKept: boolean; readonly forget: readonly number[] }
  /** Some of a list's objects; the answer that follows has the rest. */
  | { readonly type: "part"; readonly call: number; readonly objects: NumberedObjects }
  | { readonly type: "listed"; readonly call: number; readonly objects: NumberedObjects }
  | { readonly type: "answer"; readonly call: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly call: number; readonly message: string };

/** A question for the reader, which is where the world is. */
export type Question = {
  readonly method: "list" | "kindOf" | "sawDeletion" | "endedPaused" | "lastOnStop";
  readonly args: readonly unknown[];
};

/** From the planning thread. */
export type PlanReply =
  | { readonly type: "question"; readonly id: number; readonly call: number; readonly question: Question }
  /** Values that the plan to follow names by their numbers. */
  | { readonly type: "made"; readonly id: number; readonly objects: NumberedObjects }
  | { readonly type: "planned"; readonly id: number; readonly reconciliation: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: FailedPlan };

export interface FailedPlan {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}
