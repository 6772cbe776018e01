/** multicluster-runtime's kubeconfig provider: labelled Secrets of one namespace; a Secret's name is the cluster's. */
import { type Access, accessOf, type Clusters, decoded, type Hub } from "./hub.ts";

export async function kubeconfigProviderClusters(hub: Hub, namespace: string): Promise<Clusters> {
  const clusters = new Map<string, Access>();
  for (const { metadata, data } of await hub.secrets(namespace)) {
    if (metadata.labels?.["sigs.k8s.io/multicluster-runtime-kubeconfig"] !== "true") continue;
    if (metadata.deletionTimestamp !== undefined || !data?.kubeconfig) continue;
    clusters.set(metadata.name, accessOf(decoded(data.kubeconfig)));
  }
  return clusters;
}
