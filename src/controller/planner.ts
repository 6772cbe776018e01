/** Where a pass is computed: the same function of the same values, in this thread or in another. */
import type { Generation } from "../reconcile/generation.ts";
import type { ObjectReader } from "../reconcile/reader.ts";
import { KeptPasses } from "../reconcile/kept_renderings.ts";
import { type Parts, reconcile, type ReconcileOptions, type Reconciliation } from "../reconcile/reconcile.ts";
import { SecretIndexes } from "../reconcile/secret_values.ts";
import type { Request } from "../reconcile/snapshot.ts";

export interface Planner {
  /**
   * Makes the plan of one trigger from what the reader answers, all of it as {@link reconcile} does.
   *
   * @throws the signal's reason once it is aborted, what the reader throws, or an error that is a bug
   */
  plan(
    request: Request,
    reader: ObjectReader,
    previous: Generation | undefined,
    signal: AbortSignal,
  ): Promise<Reconciliation>;
}

/** Plans in this thread, which has no time for anything else while a script runs. */
export function planHere(parts: Omit<Parts, "reader">, options: ReconcileOptions): Planner {
  const kept = { secretIndexes: new SecretIndexes(), keptPasses: new KeptPasses(), ...parts };
  return {
    plan: (request, reader, previous, signal) => reconcile(request, { ...kept, reader }, options, signal, previous),
  };
}
