/** What the thread that has the world and the thread that plans say to each other; all values packed. */
import type { ReconcileOptions } from "../reconcile/reconcile.ts";

/** What every plan of a process is made with: plain values, of which the planning thread makes its parts. */
export interface PlanSettings {
  readonly options: ReconcileOptions;
}

/** How many objects one message has at most: a few milliseconds of copying, between which others have their turn. */
export const PART = 250;

/** To the planning thread. */
export type PlanCommand =
  | { readonly type: "open"; readonly settings: unknown }
  | { readonly type: "plan"; readonly id: number; readonly trigger: string; readonly previous: unknown }
  | { readonly type: "abort"; readonly id: number }
  /** Some of a list's objects; the answer that follows has the rest. */
  | { readonly type: "part"; readonly call: number; readonly objects: unknown }
  | { readonly type: "answer"; readonly call: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly call: number; readonly message: string };

/** A question for the reader, which is where the world is. */
export type Question = { readonly method: "list" | "kindOf" | "sawDeletion"; readonly args: readonly unknown[] };

/** From the planning thread. */
export type PlanReply =
  | { readonly type: "question"; readonly id: number; readonly call: number; readonly question: Question }
  /** Values that the plan to follow names by their places, after those of the objects that were asked for. */
  | { readonly type: "made"; readonly id: number; readonly values: unknown }
  | { readonly type: "planned"; readonly id: number; readonly reconciliation: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: FailedPlan };

export interface FailedPlan {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}
