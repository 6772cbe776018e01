/** Gate `payload`: what is labelled as the credential of a ClusterProfile must be a kubeconfig that is safe to hand out. */
import { labelsOf, qualifiedKind } from "../../api/object.ts";
import { checkKubeconfigSecret } from "../payload.ts";
import type { Gate } from "./mod.ts";

export const CLUSTER_PROFILE_LABEL = "x-k8s.io/cluster-profile";

export const payloadGate: Gate = {
  name: "payload",
  check(change, context) {
    if (!context.checkPayload || !change.desired || !["Secret", "ConfigMap"].includes(qualifiedKind(change.target))) {
      return undefined;
    }
    if (labelsOf(change.desired)[CLUSTER_PROFILE_LABEL] === undefined) return undefined;
    const { problems } = checkKubeconfigSecret(change.desired);
    const open = problems.filter(({ relaxation }) => !relaxation || !context.allowKubeconfig.includes(relaxation));
    if (open.length === 0) return undefined;
    const relaxations = [...new Set(open.map(({ relaxation }) => relaxation))];
    return {
      reason: open.map(({ reason }) => reason).join("; "),
      relax: relaxations.every((relaxation) => relaxation !== undefined)
        ? `--allow-kubeconfig=${relaxations.join(",")}`
        : "give it a kubeconfig, drop the label, or --no-payload-check",
    };
  },
};
