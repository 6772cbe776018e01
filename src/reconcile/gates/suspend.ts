/** Gate `suspend`: people stop changes with an annotation, on a trigger or on a single output. */
import { SUSPEND_ANNOTATION } from "../marks.ts";
import { suspensionOf } from "../plan.ts";
import type { Gate } from "./mod.ts";

export const suspendGate: Gate = {
  name: "suspend",
  check(change, context) {
    const places = [["the EventTrigger", context.triggerObject], ["the object", change.live]] as const;
    for (const [where, object] of places) {
      const suspension = suspensionOf(object);
      // What is noted (a paused Cluster) is noted all the same: whoever plans once nothing is suspended any more has to know.
      if (object === context.triggerObject && Object.values(change.marks ?? {}).some((mark) => mark !== null)) continue;
      if (suspension === "none" || (suspension === "writes" && change.action === "delete")) continue;
      return {
        reason: `annotation ${SUSPEND_ANNOTATION} on ${where} holds it`,
        relax: `remove the annotation ${SUSPEND_ANNOTATION} from ${where}`,
      };
    }
    return undefined;
  },
};
