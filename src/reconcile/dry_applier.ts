/** An applier that writes nothing: what `run --dry-run` uses to look without touching. */
import type { Applier, Outcome } from "./apply.ts";
import type { Change } from "./plan.ts";

export class DryApplier implements Applier {
  apply(change: Change): Promise<Outcome> {
    return Promise.resolve({ change, status: "planned", message: "", retry: false });
  }
}
