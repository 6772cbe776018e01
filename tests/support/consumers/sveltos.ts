/** Sveltos: SveltosClusters of any namespace, each with a Secret beside it that holds its kubeconfig. */
import { type Access, accessOf, type Clusters, decoded, type Hub } from "./hub.ts";

export async function sveltosClusters(hub: Hub): Promise<Clusters> {
  const clusters = new Map<string, Access>();
  for (const { metadata, spec = {} } of await hub.list("/apis/lib.projectsveltos.io/v1beta1/sveltosclusters")) {
    if (spec.paused) continue;
    const name = spec.kubeconfigName || `${metadata.name}-sveltos-kubeconfig`;
    const secret = await hub.get(`/api/v1/namespaces/${metadata.namespace}/secrets/${name}`);
    if (!secret) throw new Error(`Secret ${metadata.namespace}/${name} of a SveltosCluster is not there`);
    const key = spec.kubeconfigKeyName || Object.keys(secret.data)[0]!;
    clusters.set(`${metadata.namespace}/${metadata.name}`, accessOf(decoded(secret.data[key])));
  }
  return clusters;
}
