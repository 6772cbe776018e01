/** A hub with the sample fleet of Cluster API, whose kubeconfigs lead to a second real API server: the member. */
import { kubeconfig, type KubeServer } from "../kube_server.ts";

/** A namespace that the member alone has. */
export const MARKER = "only-in-the-member-cluster";

const DEFINITIONS = [
  "k8s/crds/lib.projectsveltos.io_eventsources",
  "k8s/crds/lib.projectsveltos.io_eventtriggers",
  "tests/cluster/crds/cluster-api",
  "tests/cluster/crds/clusterprofile",
  "tests/cluster/crds/multikueuecluster",
  "tests/cluster/crds/sveltoscluster",
];

/** The accounts of the member that may list namespaces and nothing else. */
export const ACCOUNTS = ["first", "second", "third"];

/** Makes the marker and the accounts; gives a token of each. */
export async function prepareMember(member: KubeServer): Promise<string[]> {
  const subjects = ACCOUNTS.map((name) => ({ kind: "ServiceAccount", namespace: "default", name }));
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: MARKER } },
    ...ACCOUNTS.map((name) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "lists-namespaces" },
      rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["list"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "lists-namespaces" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "lists-namespaces" },
      subjects,
    },
  ];
  await member.apply(...objects.map((object) => JSON.stringify(object)));
  const tokens: string[] = [];
  for (const name of ACCOUNTS) {
    tokens.push((await member.kubectl(["create", "token", "-n", "default", name])).stdout.trim());
  }
  return tokens;
}

/** Kinds and namespaces of all consumers, and the fleet: harbour with a client certificate, lagoon with a token. */
export async function prepareHub(hub: KubeServer, member: KubeServer, token: string): Promise<void> {
  await hub.apply(...await Promise.all(DEFINITIONS.map((file) => Deno.readTextFile(`${file}.yaml`))));
  await hub.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
  const namespace = (name: string, labels = {}) =>
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  const fleet = (file: string) => Deno.readTextFile(`k8s/examples/clusterprofile/cluster/${file}.yaml`);
  await hub.apply(
    ...["mgmt", "argocd", "fleet-controller", "fleet"].map((name) => namespace(name)),
    // Kueue reads ClusterProfiles of its own namespace alone: that makes it a consumer's.
    namespace("kueue-system", { "x-k8s.io/cluster-inventory-consumer": "kueue" }),
    await fleet("namespaces"),
  );
  await hub.apply(await fleet("clusters"), await fleet("secrets"));
  const read = async (file: string) => (await Deno.readFile(`${member.folder}/${file}`)).toBase64();
  const user = `{client-certificate-data: ${await read("admin.crt")}, client-key-data: ${await read("admin.key")}}`;
  await putKubeconfig(hub, "harbour", await kubeconfigWith(member, user));
  await putToken(hub, member, "lagoon", token);
}

export function presetFiles(preset: string, names = ["eventsource", "template", "eventtrigger"]): string[] {
  return names.map((name) => `k8s/examples/${preset}/${name}.yaml`);
}

export async function applyPreset(hub: KubeServer, preset: string, names?: string[]): Promise<void> {
  await hub.apply(...await Promise.all(presetFiles(preset, names).map((file) => Deno.readTextFile(file))));
}

/** Cluster API rotates the kubeconfig of a cluster. */
export async function putToken(hub: KubeServer, member: KubeServer, cluster: string, token: string): Promise<void> {
  await putKubeconfig(hub, cluster, await kubeconfigWith(member, `{token: ${token}}`));
}

async function putKubeconfig(hub: KubeServer, cluster: string, text: string): Promise<void> {
  const patch = JSON.stringify({ data: { value: btoa(text) } });
  await hub.kubectl(["patch", "secret", "-n", "mgmt", `${cluster}-kubeconfig`, "--type=merge", "-p", patch]);
}

/** A kubeconfig for the server with this user. */
export async function kubeconfigWith(server: KubeServer, user: string): Promise<string> {
  const ca = (await Deno.readFile(`${server.folder}/ca.crt`)).toBase64();
  return kubeconfig(server.url, ca, user);
}

/** What Cluster API says of a cluster's control plane. */
export async function setCondition(hub: KubeServer, cluster: string, condition: Record<string, string>): Promise<void> {
  const conditions = [{ lastTransitionTime: "2026-01-02T03:04:05Z", ...condition }];
  const patch = JSON.stringify({ status: { conditions } });
  const target = ["clusters.cluster.x-k8s.io", "-n", "mgmt", cluster];
  await hub.kubectl(["patch", ...target, "--subresource=status", "--type=merge", "-p", patch]);
}
