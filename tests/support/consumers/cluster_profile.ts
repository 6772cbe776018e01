/**
 * Consumers of ClusterProfiles: how cluster-inventory-api's `pkg/access` comes from a profile to a connection, with the
 * plugin `kubeconfig-secretreader` as the program that it would run, and how multicluster-runtime engages clusters by it.
 */
import { field } from "../../../src/json/json.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import { type Access, accessOf, type Clusters, decoded, type Hub, type Item, only } from "./hub.ts";

const GROUP = "/apis/multicluster.x-k8s.io";
/** The consumer's provider file names the plugins that it has. */
const PROVIDERS = ["kubeconfig-secretreader"];
const EXEC_EXTENSION = "client.authentication.k8s.io/exec";

export async function listProfiles(hub: Hub, version: "v1alpha1" | "v1alpha2" = "v1alpha1"): Promise<Item[]> {
  return await hub.list(`${GROUP}/${version}/clusterprofiles`);
}

/** Server and CA are the profile's, the credential is the plugin's; nothing else of the profile counts. */
export async function accessByProfile(hub: Hub, profile: Item): Promise<Access> {
  const { status = {} } = profile;
  // The older field is read first and the newer one wins, as in the library.
  const all = new Map(
    [...status.credentialProviders ?? [], ...status.accessProviders ?? []].map((one) => [one.name, one]),
  );
  const accessor = PROVIDERS.map((name) => all.get(name)).find((one) => one !== undefined);
  if (!accessor) throw new Error(`no matching access provider in ${profile.metadata.name}`);
  const extension = (accessor.cluster.extensions ?? []).find(({ name }: Item) => name === EXEC_EXTENSION)?.extension;
  const credential = await readSecretForPlugin(hub, extension);
  return {
    server: accessor.cluster.server,
    ca: decoded(accessor.cluster["certificate-authority-data"]),
    ...credential,
  };
}

/**
 * The plugin: name and key are wanted, namespace and context are optional. It refuses a kubeconfig with extensions, and takes
 * a token, or certificate and key where both are inline.
 */
async function readSecretForPlugin(hub: Hub, config: Item): Promise<Pick<Access, "token" | "cert" | "key">> {
  if (!config?.name || !config.key) throw new Error("missing name or key in ExecCredential.Spec.Cluster.Config");
  const namespace = config.namespace ?? "default";
  const secret = await hub.get(`/api/v1/namespaces/${namespace}/secrets/${config.name}`);
  const encoded = secret?.data?.[config.key];
  if (!encoded) throw new Error(`secret ${namespace}/${config.name} has no ${config.key}`);
  const kubeconfig = readYaml(decoded(encoded));
  if (field(kubeconfig, "extensions") !== undefined) throw new Error("kubeconfig extensions are not supported");
  const chosen = config.context ? { ...kubeconfig as Item, "current-context": config.context } : kubeconfig;
  const { token, cert, key } = accessOf(JSON.stringify(chosen));
  if (!token && !(cert && key)) throw new Error("no authentication method found");
  return { token, cert, key };
}

/** multicluster-runtime's cluster-inventory provider: profiles of all namespaces whose control plane is healthy. */
export async function engagedProfiles(
  hub: Hub,
  strategy: (hub: Hub, profile: Item) => Promise<Access>,
): Promise<Clusters> {
  const clusters = new Map<string, Access>();
  for (const profile of await listProfiles(hub)) {
    const healthy = (profile.status?.conditions ?? []).find(({ type }: Item) => type === "ControlPlaneHealthy");
    if (healthy?.status !== "True") continue;
    clusters.set(`${profile.metadata.namespace}/${profile.metadata.name}`, await strategy(hub, profile));
  }
  return clusters;
}

/** Its older strategy: the one Secret in the profile's own namespace whose labels name consumer and profile, key `Config`. */
export function secretStrategy(consumer: string): (hub: Hub, profile: Item) => Promise<Access> {
  return async (hub, { metadata }) => {
    const labels = { "x-k8s.io/cluster-inventory-consumer": consumer, "x-k8s.io/cluster-profile": metadata.name };
    const secrets = await hub.secrets(metadata.namespace, labels);
    return accessOf(decoded(only(secrets, `Secret of ${metadata.name}`).data.Config));
  };
}
