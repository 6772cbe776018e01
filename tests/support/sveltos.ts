/** Writes what Sveltos's addon-controller would write: objects with its marks, its profiles, under its field manager, with force. */
import { createHash } from "node:crypto";
import { annotationsOf, type KubeObject, labelsOf } from "../../src/api/object.ts";
import { canonicalJson } from "../../src/json/json.ts";
import type { KubeServer } from "./kube_server.ts";

export const SVELTOS_MANAGER = "application/apply-patch";

/** The object as it is deployed by a ClusterProfile from a ConfigMap, into the management cluster `mgmt/mgmt`. */
export function asDeployed(object: KubeObject, profile: string): KubeObject {
  const hash = createHash("sha256").update(canonicalJson(object)).digest("hex");
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labelsOf(object), "projectsveltos.io/reason": "Resources" },
      annotations: {
        ...annotationsOf(object),
        "projectsveltos.io/reference-kind": "ConfigMap",
        "projectsveltos.io/reference-name": `${profile}-content`,
        "projectsveltos.io/reference-namespace": "projectsveltos",
        "projectsveltos.io/reference-tier": "100",
        "projectsveltos.io/hash": `sha256:${hash}`,
        "projectsveltos.io/owner-kind": "ClusterProfile",
        "projectsveltos.io/owner-name": profile,
        "projectsveltos.io/owner-tier": "100",
        "projectsveltos.io/clustersummary": "sveltos-mgmt-mgmt",
        "projectsveltos.io/deploymenttype": "Remote",
      },
    },
  };
}

/** The ClusterProfile that an EventTrigger's match makes, and its ClusterSummary for the management cluster. */
export function profileObjects(profile: string, trigger: string | undefined, behavior?: string): KubeObject[] {
  const spec = { syncMode: "Continuous", ...(behavior ? { stopMatchingBehavior: behavior } : {}) };
  const apiVersion = "config.projectsveltos.io/v1beta1";
  const labels: Record<string, string> = trigger === undefined
    ? {}
    : { "eventtrigger.lib.projectsveltos.io/eventtriggername": trigger };
  const owner = { apiVersion, kind: "ClusterProfile", name: profile, uid: `uid-of-${profile}` };
  return [
    { apiVersion, kind: "ClusterProfile", metadata: { name: profile, labels }, spec },
    {
      apiVersion,
      kind: "ClusterSummary",
      metadata: { namespace: "mgmt", name: `${profile}-sveltos-mgmt`, ownerReferences: [owner] },
      spec: { clusterNamespace: "mgmt", clusterName: "mgmt", clusterType: "Sveltos", clusterProfileSpec: spec },
    },
  ];
}

/** Server-side apply as Sveltos's, with force. */
export async function applyAsSveltos(server: KubeServer, objects: readonly KubeObject[]): Promise<void> {
  const args = ["apply", "--server-side", "--force-conflicts", `--field-manager=${SVELTOS_MANAGER}`, "-f", "-"];
  await server.kubectl(args, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
}
