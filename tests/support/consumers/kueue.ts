/** Kueue MultiKueue: MultiKueueClusters, whose kubeconfig or ClusterProfile lies in Kueue's own namespace. */
import { field, type JsonObject } from "../../../src/json/json.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import { accessByProfile } from "./cluster_profile.ts";
import { type Access, accessOf, type Clusters, decoded, type Hub } from "./hub.ts";

const NAMESPACE = "kueue-system";

/** The clusters that would become Active. */
export async function multiKueueClusters(hub: Hub): Promise<Clusters> {
  const clusters = new Map<string, Access>();
  for (
    const { metadata, spec: { clusterSource } } of await hub.list("/apis/kueue.x-k8s.io/v1beta2/multikueueclusters")
  ) {
    const { kubeConfig, clusterProfileRef } = clusterSource;
    if (clusterProfileRef) {
      const path =
        `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${NAMESPACE}/clusterprofiles/${clusterProfileRef.name}`;
      const profile = await hub.get(path);
      if (profile) clusters.set(metadata.name, await accessByProfile(hub, profile));
      continue;
    }
    if (kubeConfig.locationType !== "Secret") throw new Error("a path is on Kueue's own disk");
    const secret = await hub.get(`/api/v1/namespaces/${NAMESPACE}/secrets/${kubeConfig.location}`);
    if (!secret) continue;
    const kubeconfig = decoded(secret.data.kubeconfig);
    refuseInsecure(kubeconfig);
    clusters.set(metadata.name, accessOf(kubeconfig));
  }
  return clusters;
}

/** What Kueue refuses in a kubeconfig: files, passwords, programs, and servers that are not proven. */
function refuseInsecure(text: string): void {
  const config = readYaml(text);
  for (const entry of field(config, "users") as JsonObject[]) {
    for (const name of ["tokenFile", "exec", "auth-provider", "username", "password"]) {
      if (field(entry.user, name) !== undefined) throw new Error(`${name} is not allowed`);
    }
  }
  for (const entry of field(config, "clusters") as JsonObject[]) {
    if (field(entry.cluster, "insecure-skip-tls-verify")) throw new Error("insecure TLS verification is not allowed");
    if (field(entry.cluster, "certificate-authority")) {
      throw new Error("certificate-authority file paths are not allowed");
    }
    const { hostname } = new URL(field(entry.cluster, "server") as string);
    if (!/^[a-z0-9.-]+$/.test(hostname)) throw new Error("untrusted server endpoint");
  }
}
