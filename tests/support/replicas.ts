/**
 * Two replicas with one Lease on a real API server, each with an identity of its own, so that the server's audit log says who
 * wrote what and when. The log, not the program, is asked whether anybody wrote out of turn.
 */
import type { LeaseTiming } from "../../src/controller/lease.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { loadKubeconfig, readKubeconfigFiles } from "../../src/kube/config.ts";
import type { ResourceType } from "../../src/kube/resource.ts";
import { type AuditEntry, readAudit, WHOLE_LOG } from "./audit.ts";
import { kubeconfig, KubeServer } from "./kube_server.ts";
import { RunningMoonferry } from "./moonferry.ts";

export const SLOTS = ["replica-a", "replica-b"] as const;
export type Slot = typeof SLOTS[number];

/** Short enough for a test; the rules are the same. */
export const SHORT_LEASE: LeaseTiming = { duration: 4_000, renewDeadline: 3_000, retryPeriod: 500 };

const OUTPUTS = ["one", "two", "three"];
const CONFIG_MAPS: ResourceType = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  verbs: [],
};
const SECRETS: ResourceType = { ...CONFIG_MAPS, kind: "Secret", plural: "secrets" };
const LEASES: ResourceType = { ...CONFIG_MAPS, group: "coordination.k8s.io", kind: "Lease", plural: "leases" };

const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: RequestResponse
    verbs: [create, update, patch, delete, deletecollection]
    userGroups: ["system:serviceaccounts:moonferry"]
  - level: None
`;

const PIPELINE = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: inputs }
spec:
  collectResources: true
  resourceSelectors: [{ group: "", version: v1, kind: ConfigMap, namespace: inputs }]
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: ticks }
spec:
  sourceClusterSelector: { matchLabels: { a: b } }
  eventSourceName: inputs
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: templates, name: tick }]
---
apiVersion: v1
kind: ConfigMap
metadata: { namespace: templates, name: tick, annotations: { projectsveltos.io/instantiate: ok } }
data:
  secret.yaml: |
    apiVersion: v1
    kind: Secret
    metadata: { namespace: out, name: "{{ .Resource.metadata.name }}" }
    stringData: { tick: "{{ .Resource.data.tick }}" }
`;

const signal = new AbortController().signal;

export class Replicas {
  readonly running = new Map<Slot, RunningMoonferry>();
  /** All that were ever launched. */
  readonly launched: RunningMoonferry[] = [];

  private constructor(
    readonly server: KubeServer,
    readonly folder: string,
    readonly client: KubeClient,
    readonly timing: LeaseTiming,
  ) {}

  static async start(timing = SHORT_LEASE): Promise<Replicas> {
    const folder = await Deno.makeTempDir({ prefix: "moonferry-replicas-" });
    await Deno.writeTextFile(`${folder}/policy.yaml`, AUDIT_POLICY);
    const args = [
      ...WHOLE_LOG,
      "--audit-policy-file",
      `${folder}/policy.yaml`,
      "--audit-log-path",
      `${folder}/audit.log`,
    ];
    const server = await KubeServer.start({ args });
    const connection = loadKubeconfig(await readKubeconfigFiles([server.adminKubeconfig], false), { allowExec: [] });
    const replicas = new Replicas(server, folder, new KubeClient(connection), timing);
    try {
      const crds = ["eventsources", "eventtriggers"].map((name) => `k8s/crds/lib.projectsveltos.io_${name}.yaml`);
      await server.apply(...await Promise.all(crds.map((file) => Deno.readTextFile(file))));
      await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
      const namespaces = ["moonferry", "inputs", "templates", "out"];
      await server.apply(...namespaces.map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }`));
      await server.apply(PIPELINE, ...OUTPUTS.map(input), ...SLOTS.map(account));
      const ca = (await Deno.readFile(`${server.folder}/ca.crt`)).toBase64();
      for (const slot of SLOTS) {
        const { stdout } = await server.kubectl(["create", "token", slot, "-n", "moonferry", "--duration", "10h"]);
        await Deno.writeTextFile(replicas.#kubeconfig(slot), kubeconfig(server.url, ca, `{token: ${stdout.trim()}}`));
      }
    } catch (error) {
      await replicas.stop();
      throw error;
    }
    return replicas;
  }

  #kubeconfig(slot: Slot): string {
    return `${this.folder}/${slot}.kubeconfig`;
  }

  /** @param denoFlags for the process, such as another clock */
  launch(slot: Slot, denoFlags: readonly string[] = []): RunningMoonferry {
    const { duration, renewDeadline, retryPeriod } = this.timing;
    const replica = new RunningMoonferry(
      [
        ...["run", "--yes", "--kubeconfig", this.#kubeconfig(slot), "--mgmt-labels", "a=b"],
        ...["--leader-elect", "--lease-namespace", "moonferry", "--lease-duration", `${duration}ms`],
        ...["--lease-renew-deadline", `${renewDeadline}ms`, "--lease-retry-period", `${retryPeriod}ms`],
        ...["--listen", "127.0.0.1:0", "--report-namespace", "moonferry"],
      ],
      {},
      denoFlags,
    );
    this.running.set(slot, replica);
    this.launched.push(replica);
    return replica;
  }

  /** Gives all inputs another value. */
  async tick(value: string): Promise<void> {
    for (const name of OUTPUTS) {
      const target = { namespace: "inputs", name };
      await this.client.mergePatch(CONFIG_MAPS, target, { data: { tick: value } }, { fieldManager: "test" }, signal);
    }
  }

  /** The values of all outputs; of one that is not there, nothing. */
  async ticks(): Promise<string[]> {
    const { items } = await this.client.listAll(SECRETS, { namespace: "out" }, signal);
    return items.map((item) => atob((item.data as Record<string, string> | undefined)?.tick ?? ""));
  }

  /** True where each output is there and has the value. */
  async haveAll(value: string): Promise<boolean> {
    const ticks = await this.ticks();
    return ticks.length === OUTPUTS.length && ticks.every((tick) => tick === value);
  }

  async lease(): Promise<{ holder: string; transitions: number } | undefined> {
    const { items } = await this.client.listAll(LEASES, { namespace: "moonferry" }, signal);
    const spec = items.find(({ metadata }) => metadata.name === "moonferry")?.spec as
      | Record<string, string | number>
      | undefined;
    return spec && { holder: String(spec.holderIdentity), transitions: Number(spec.leaseTransitions) };
  }

  /** Whose identity the lease holds, by who wrote it last; undefined where nobody does. */
  async leader(): Promise<Slot | undefined> {
    const last = (await this.audit()).findLast(({ holder }) => holder !== undefined);
    return last === undefined || last.holder === "" ? undefined : last.user as Slot;
  }

  async audit(): Promise<AuditEntry[]> {
    return await readAudit(`${this.folder}/audit.log`);
  }

  async stop(): Promise<void> {
    for (const replica of this.running.values()) {
      try {
        replica.kill("SIGKILL");
        await replica.ended();
      } catch {
        // It has ended by itself.
      }
    }
    this.client.close();
    await this.server.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

export function otherThan(slot: Slot): Slot {
  return slot === SLOTS[0] ? SLOTS[1] : SLOTS[0];
}

function input(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { namespace: inputs, name: ${name} }\ndata: { tick: "0" }`;
}

function account(slot: Slot): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata: { namespace: moonferry, name: ${slot} }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${slot} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, namespace: moonferry, name: ${slot} }]
`;
}
