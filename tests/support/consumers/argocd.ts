/** Argo CD: Secrets of its own namespace with the type label, a cluster for each, in fields of Argo CD's own. */
import { type Access, type Clusters, decoded, type Hub } from "./hub.ts";

export async function argoClusters(hub: Hub, namespace = "argocd"): Promise<Clusters> {
  const clusters = new Map<string, Access>();
  for (const { data } of await hub.secrets(namespace, { "argocd.argoproj.io/secret-type": "cluster" })) {
    const server = decoded(data.server), name = decoded(data.name);
    const { bearerToken, username, password, tlsClientConfig = {} } = JSON.parse(decoded(data.config));
    if (username || password) throw new Error("basic authentication");
    if (tlsClientConfig.insecure) throw new Error(`${name}: the server would not be proven`);
    const pem = (value?: string) => value === undefined ? undefined : decoded(value);
    clusters.set(name, {
      server,
      ca: pem(tlsClientConfig.caData)!,
      token: bearerToken,
      cert: pem(tlsClientConfig.certData),
      key: pem(tlsClientConfig.keyData),
    });
  }
  return clusters;
}
