/** Gate `dry-run`: with `syncMode: DryRun` all that would be done is reported, and nothing is. */
import type { Gate } from "./mod.ts";

export const dryRunGate: Gate = {
  name: "dry-run",
  check(_change, { isDryRun }) {
    if (!isDryRun) return undefined;
    return {
      reason: "the EventTrigger has syncMode DryRun: this is what it would do",
      relax: "set spec.syncMode to Continuous, or leave it out",
    };
  },
};
