/** Gate `namespaces`: outputs go where they are permitted to go, and into Kubernetes' own namespaces only if that is said. */
import type { Gate } from "./mod.ts";

const SYSTEM_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

export const namespacesGate: Gate = {
  name: "namespaces",
  check(change, context) {
    const { namespace } = change.target;
    if (namespace === "") return undefined;
    const allowed = context.targetNamespaces;
    if (allowed ? allowed.includes(namespace) : !SYSTEM_NAMESPACES.includes(namespace)) return undefined;
    return {
      reason: allowed
        ? `namespace ${namespace} is not among the target namespaces (${allowed.join(", ")})`
        : `namespace ${namespace} is Kubernetes' own`,
      relax: `--target-namespaces=${[...(allowed ?? []), namespace].join(",")}`,
    };
  },
};
