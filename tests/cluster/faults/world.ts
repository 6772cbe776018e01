/**
 * A management cluster for faults: Clusters with kubeconfigs, consumers, and the shipped pipeline. It knows what should be
 * there, by looking at the API itself and by rules of its own.
 */
import { CANARIES } from "../../support/canaries.ts";
import type { KubeServer } from "../../support/kube_server.ts";
import type { Any, Api } from "./api.ts";

const MGMT = "/api/v1/namespaces/mgmt";
const CLUSTERS = "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters";
const SET = "clusterset.k8s.io", SET_NAMESPACE = "clusterset.multicluster.x-k8s.io";
const TRIGGERS = "/apis/lib.projectsveltos.io/v1beta1/eventtriggers";
/** Where the program's reports go. */
export const REPORTS = "reports";
const CONSUMER = "x-k8s.io/cluster-inventory-consumer";

/** Stands in every kubeconfig; if it shows anywhere but in a Secret, something leaks. */
export const CANARY = CANARIES.fault;

export class World {
  /** Outputs that stay as they are whatever becomes of their sources, as {@link wanted} gives them. */
  readonly kept = new Map<string, string>();
  /** Targets at which somebody else's object stands, `<namespace>/<name>`. */
  readonly foreign = new Set<string>();
  /** Kubeconfigs are filled up to so many bytes. */
  kubeconfigBytes = 0;
  /** Names of ClusterProfiles that no Secret can be made of. */
  readonly unpublishable = new Set<string>();

  constructor(readonly api: Api, readonly server: KubeServer) {}

  async prepare(): Promise<void> {
    const files = [
      "k8s/crds/lib.projectsveltos.io_eventsources.yaml",
      "k8s/crds/lib.projectsveltos.io_eventtriggers.yaml",
      "tests/cluster/crds/cluster-api.yaml",
    ];
    await this.server.apply(...await Promise.all(files.map((file) => Deno.readTextFile(file))));
    await this.server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    for (const name of ["mgmt", REPORTS]) await this.api.put("/api/v1/namespaces", namespace(name));
  }

  /** `count` published clusters and some consumers, and the pipeline. */
  async build(count: number, consumers: readonly string[]): Promise<void> {
    this.kept.clear();
    this.foreign.clear();
    this.unpublishable.clear();
    for (const name of consumers) await this.addConsumer(name);
    for (let i = 0; i < count; i++) await this.addCluster(`c${i}`);
    const files = ["eventsource", "template", "eventtrigger"];
    await this.server.apply(
      ...await Promise.all(files.map((file) => Deno.readTextFile(`k8s/examples/push-model/${file}.yaml`))),
    );
  }

  /** Takes away what a run has made, outputs too. */
  async clear(): Promise<void> {
    await this.api.delete(`/api/v1/namespaces/${REPORTS}/configmaps`);
    for (const path of [TRIGGERS, "/apis/lib.projectsveltos.io/v1beta1/eventsources", CLUSTERS]) {
      await this.api.delete(path);
    }
    for (const { metadata } of (await this.api.get("/api/v1/namespaces")).items) {
      if (metadata.name === "mgmt" || metadata.name.startsWith("team-")) {
        await this.api.delete(`/api/v1/namespaces/${metadata.name}/secrets`);
      }
      if (metadata.deletionTimestamp) await this.finishNamespace(metadata.name);
      else if (metadata.name.startsWith("team-")) await this.labelConsumer(metadata.name, false);
    }
  }

  /** What the namespace controller does where there is one: a namespace that was deleted is emptied, and gone. */
  async finishNamespace(name: string): Promise<void> {
    const path = `/api/v1/namespaces/${name}`;
    await this.api.delete(`${path}/secrets`);
    const namespace = await this.api.get(path);
    await this.api.ask("PUT", `${path}/finalize`, { ...namespace, spec: { finalizers: [] } });
  }

  async addConsumer(name: string): Promise<void> {
    await this.api.put("/api/v1/namespaces", namespace(name, { [CONSUMER]: "yes" }));
  }

  async labelConsumer(name: string, isOne: boolean): Promise<void> {
    await this.api.merge(`/api/v1/namespaces/${name}`, { metadata: { labels: { [CONSUMER]: isOne ? "yes" : null } } });
  }

  /** The Namespace that stands for a ClusterSet: the names of its Clusters' outputs begin with it. */
  async addClusterSet(name: string, set: string): Promise<void> {
    await this.api.put("/api/v1/namespaces", namespace(name, { [SET_NAMESPACE]: set }));
  }

  /** @param set of which ClusterSet it is; absent: of none */
  async addCluster(name: string, set?: string): Promise<void> {
    await this.rotate(name, 1);
    await this.api.put(CLUSTERS, {
      apiVersion: "cluster.x-k8s.io/v1beta1",
      kind: "Cluster",
      metadata: {
        name,
        namespace: "mgmt",
        labels: { "clusterprofile-name": name, ...(set === undefined ? {} : { [SET]: set }) },
      },
      spec: {},
    });
  }

  /** Cluster API writes a new kubeconfig. */
  async rotate(name: string, generation: number): Promise<void> {
    await this.api.put(`${MGMT}/secrets`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `${name}-kubeconfig`, namespace: "mgmt", labels: { "cluster.x-k8s.io/cluster-name": name } },
      type: "cluster.x-k8s.io/secret",
      data: { value: btoa(kubeconfig(name, generation, this.kubeconfigBytes)) },
    });
  }

  /** The cluster is not to be published any more. */
  async unpublish(name: string): Promise<void> {
    await this.api.merge(`${CLUSTERS}/${name}`, { metadata: { labels: { "clusterprofile-name": null } } });
  }

  async pause(name: string): Promise<void> {
    await this.api.merge(`${CLUSTERS}/${name}`, { spec: { paused: true } });
  }

  async deleteCluster(name: string): Promise<void> {
    await this.api.delete(`${CLUSTERS}/${name}`);
  }

  async deleteTrigger(): Promise<void> {
    await this.api.delete(`${TRIGGERS}/push-model`);
  }

  async createTrigger(): Promise<void> {
    await this.server.apply(await Deno.readTextFile("k8s/examples/push-model/eventtrigger.yaml"));
  }

  /** What should be there now: `<namespace>/<name>` → the kubeconfig, in base64. */
  async wanted(): Promise<Map<string, string>> {
    const [clusters, secrets, namespaces] = await Promise.all([
      this.api.get(CLUSTERS),
      this.api.get(`${MGMT}/secrets`),
      this.api.get("/api/v1/namespaces"),
    ]);
    const values = new Map(secrets.items.map(({ metadata, data }: Any) => [metadata.name, data?.value]));
    // What is being deleted is no consumer any more.
    const consumers = namespaces.items.filter(({ metadata }: Any) =>
      metadata.labels?.[CONSUMER] !== undefined && metadata.deletionTimestamp === undefined
    );
    const sets = new Map(
      namespaces.items.map(({ metadata }: Any) => [metadata.labels?.[SET_NAMESPACE], metadata.name]),
    );
    const wanted = new Map<string, string>();
    for (const { metadata } of clusters?.items ?? []) {
      const profile = metadata.labels?.["clusterprofile-name"], value = values.get(`${metadata.name}-kubeconfig`);
      if (!profile || !value || this.unpublishable.has(profile)) continue;
      for (const consumer of consumers) {
        const place = sets.get(metadata.labels[SET] ?? "none") ?? "default";
        wanted.set(`${consumer.metadata.name}/${place}-${profile}-kubeconfig`, value as string);
      }
    }
    for (const [name, value] of this.kept) wanted.set(name, value);
    for (const name of this.foreign) wanted.delete(name);
    return wanted;
  }

  /** What is there now of these clusters is to stay as it is. */
  async keep(isKept: (output: string) => boolean): Promise<void> {
    for (const [name, value] of await this.found()) if (isKept(name)) this.kept.set(name, value);
  }

  /** The objects that carry our mark. */
  async outputs(): Promise<Any[]> {
    return (await this.api.get("/api/v1/secrets?labelSelector=moonferry.dev/instance")).items;
  }

  /** What is there and carries our mark. */
  async found(): Promise<Map<string, string>> {
    const items = await this.outputs();
    return new Map(items.map(({ metadata, data }: Any) => [`${metadata.namespace}/${metadata.name}`, data?.config]));
  }
}

function namespace(name: string, labels: Record<string, string> = {}): Any {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** As Cluster API gives one, filled up to so many bytes. */
export function kubeconfig(name: string, generation: number, bytes = 0): string {
  const text = `apiVersion: v1
kind: Config
clusters: [{name: ${name}, cluster: {server: "https://${name}.example.com:6443"}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: admin}}]
current-context: ${name}
users: [{name: admin, user: {token: ${CANARY}-${name}-${generation}}}]
`;
  return text.length < bytes ? `${text}# ${"-".repeat(bytes - text.length - 3)}\n` : text;
}
