/** Gate `kinds`: a closed list of kinds, and no Secret type that would mint a credential. */
import { field } from "../../json/json.ts";
import { qualifiedKind } from "../../api/object.ts";
import type { Gate } from "./mod.ts";

/** Creating one of these makes the API server issue or accept a new credential. */
const MINTING_TYPES = ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"];

export const kindsGate: Gate = {
  name: "kinds",
  check(change, context) {
    const kind = qualifiedKind(change.target);
    if (!context.allowedKinds.includes(kind)) {
      const list = [...context.allowedKinds, kind].join(",");
      return {
        reason: `kind ${kind} is not among the allowed kinds (${context.allowedKinds.join(", ")})`,
        relax: `--allowed-kinds=${list}`,
      };
    }
    const type = change.desired && kind === "Secret" ? field(change.desired, "type") : undefined;
    if (typeof type === "string" && MINTING_TYPES.includes(type)) {
      return {
        reason: `a Secret of type ${type} would mint a credential`,
        relax: "give it another type; there is no flag for this",
      };
    }
    return undefined;
  },
};
