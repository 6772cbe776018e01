/**
 * The two readings of KEP-4322's push model that are in use: a consumer has namespaces labelled with its name, and finds the
 * Secret of a ClusterProfile in them by label. They differ in the key, and in whether the consumer may have several.
 */
import { type Access, accessOf, decoded, type Hub, only } from "./hub.ts";

const CONSUMER = "x-k8s.io/cluster-inventory-consumer";
const PROFILE = "x-k8s.io/cluster-profile";
const PROFILE_NAMESPACE = "x-k8s.io/cluster-profile-namespace";

/**
 * kubernetes-sigs/cluster-inventory-api `pkg/secrets`: all namespaces of the consumer, exactly one Secret in all of them
 * whose labels name the profile (no namespace label means `default`), key `config`.
 */
export async function byInventoryLibrary(
  hub: Hub,
  consumer: string,
  profile: { readonly namespace: string; readonly name: string },
): Promise<Access> {
  const namespaces = await hub.list("/api/v1/namespaces", { [CONSUMER]: consumer });
  const candidates = [];
  for (const { metadata: { name } } of namespaces) {
    for (const secret of await hub.secrets(name, { [PROFILE]: profile.name })) {
      if ((secret.metadata.labels[PROFILE_NAMESPACE] ?? "default") === profile.namespace) candidates.push(secret);
    }
  }
  return accessOf(decoded(only(candidates, `Secret of ${profile.name} for ${consumer}`).data.config));
}

/** The KEP's text, as k0smotron reads it: one namespace with the consumer's name, one Secret of the profile, key `Config`. */
export async function byText(hub: Hub, consumer: string, profile: string): Promise<Access> {
  const namespaces = await hub.list("/api/v1/namespaces", { [CONSUMER]: consumer });
  const namespace = only(namespaces, `namespace of ${consumer}`).metadata.name;
  const secrets = await hub.secrets(namespace, { [PROFILE]: profile });
  return accessOf(decoded(only(secrets, `Secret of ${profile} for ${consumer}`).data.Config));
}
