/** Gate `payload`: what is labelled as the credential of a ClusterProfile must be a kubeconfig that is safe to hand out. */
import { formatRef, labelsOf, objectRef, qualifiedKind } from "../../api/object.ts";
import type { JsonObject } from "../../json/json.ts";
import type { Note } from "../errors.ts";
import { checkKubeconfigSecret } from "../payload.ts";
import type { Change } from "../plan.ts";
import type { Gate } from "./mod.ts";

export const CLUSTER_PROFILE_LABEL = "x-k8s.io/cluster-profile";

/** Whether the object is labelled as the credential of a ClusterProfile. */
export function isCredential(object: JsonObject): boolean {
  return ["Secret", "ConfigMap"].includes(qualifiedKind(objectRef(object))) &&
    labelsOf(object)[CLUSTER_PROFILE_LABEL] !== undefined;
}

/** What is odd about the kubeconfigs that are about to be written, without holding them: a note for all that share it. */
export function payloadNotes(changes: readonly Change[]): Note[] {
  const odd = Map.groupBy(
    changes.filter(({ desired }) => desired && isCredential(desired)).flatMap((change) =>
      checkKubeconfigSecret(change.desired!).warnings.map((warning) => ({ warning, change }))
    ),
    ({ warning }) => warning,
  );
  return [...odd].map(([warning, entries]) => {
    const others = entries.length > 1 ? ` and ${entries.length - 1} more` : "";
    return { reason: "Kubeconfig", message: `${formatRef(entries[0]!.change.target)}${others}: ${warning}` };
  });
}

export const payloadGate: Gate = {
  name: "payload",
  check(change, context) {
    if (!context.checkPayload || !change.desired || !isCredential(change.desired)) return undefined;
    const { problems } = checkKubeconfigSecret(change.desired!);
    const open = problems.filter(({ relaxation }) => !relaxation || !context.allowKubeconfig.includes(relaxation));
    if (open.length === 0) return undefined;
    const relaxations = [...new Set(open.map(({ relaxation }) => relaxation))];
    return {
      reason: open.map(({ reason }) => reason).join("; "),
      relax: relaxations.every((relaxation) => relaxation !== undefined)
        ? `--allow-kubeconfig=${relaxations.join(",")}`
        : `give it a kubeconfig${
          change.desired.kind === "Secret" ? "" : " and kind: Secret"
        }, drop the label, or --no-payload-check`,
    };
  },
};
