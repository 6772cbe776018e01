/** The faults of the soak: each begins, lasts for some seconds while the world goes on changing, and ends. */
import type { FaultRule } from "../../support/fault_proxy.ts";
import type { Rig } from "./rig.ts";

export interface LastingFault {
  readonly name: string;
  begin(rig: Rig, clusters: number): Promise<void>;
  end?(rig: Rig): Promise<void>;
}

/** What the proxy before the API server does. */
const inProxy = (name: string, ...rules: FaultRule[]): LastingFault => ({
  name,
  begin: (rig) => Promise.resolve(rig.proxy.set(...rules)),
  end: (rig) => Promise.resolve(rig.proxy.set()),
});
const refuse = (status: number, reason: string, share: number): FaultRule => ({
  matches: ({ isWatch }) => !isWatch,
  share,
  answer: { status, reason },
});
const outputOf = (rig: Rig, clusters: number, team: string) =>
  `/api/v1/namespaces/${team}/secrets/default-c${Math.floor(rig.random() * clusters)}-kubeconfig`;
const CLUSTERS = "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters";

export const SOAK_FAULTS: readonly LastingFault[] = [
  {
    ...inProxy("F4 watches end every second"),
    begin(rig) {
      rig.proxy.set({ matches: ({ isWatch }) => isWatch, endAfter: 1000 });
      // Those that are open already know nothing of it.
      rig.proxy.endAll();
      return Promise.resolve();
    },
  },
  inProxy("F6 answers cut", { share: 0.3, body: "cut" }),
  inProxy("F6 answers in small pieces", { body: "split" }),
  inProxy("F6 one byte a second", { share: 0.3, body: "drip" }),
  inProxy("F6 silence", { matches: ({ isWatch }) => isWatch, body: "silent" }),
  inProxy("F7 429", refuse(429, "TooManyRequests", 0.5)),
  inProxy("F7 500", refuse(500, "InternalError", 0.3)),
  inProxy("F7 503", refuse(503, "ServiceUnavailable", 1)),
  inProxy("F7 409 for writes", {
    matches: ({ method }) => method !== "GET",
    share: 0.5,
    answer: { status: 409, reason: "Conflict" },
  }),
  inProxy("slow", { delay: 300 }),
  inProxy("F11 Secrets may not be read", {
    matches: ({ path, method }) => method === "GET" && /\/secrets/.test(path),
    answer: { status: 403, reason: "Forbidden" },
  }),
  {
    name: "F2 API server killed",
    begin: (rig) => rig.server.killApi(),
    end: (rig) => rig.server.startApi(),
  },
  {
    name: "F3 etcd stopped",
    begin: (rig) => Promise.resolve(rig.server.signalEtcd("SIGSTOP")),
    end: (rig) => Promise.resolve(rig.server.signalEtcd("SIGCONT")),
  },
  { name: "F5 history compacted", begin: (rig) => rig.server.compact() },
  {
    name: "F14 outputs edited and deleted",
    async begin(rig, clusters) {
      // One that is being withdrawn meanwhile is no fault.
      const edited = outputOf(rig, clusters, "team-a");
      if (await rig.api.get(edited)) await rig.api.merge(edited, { data: { config: "eA==", more: "eA==" } });
      await rig.api.delete(outputOf(rig, clusters, "team-b"));
    },
  },
  {
    name: "F16 a script that never ends",
    begin: (rig) => rig.server.apply(ENDLESS),
    async end(rig) {
      await rig.server.kubectl(["delete", "eventtrigger", "endless"]);
      await rig.server.kubectl(["delete", "eventsource", "endless"]);
    },
  },
  {
    name: "F19 two clusters want one name",
    begin: (rig) => rig.api.merge(`${CLUSTERS}/c1`, { metadata: { labels: { "clusterprofile-name": "c0" } } }),
    end: (rig) => rig.api.merge(`${CLUSTERS}/c1`, { metadata: { labels: { "clusterprofile-name": "c1" } } }),
  },
];

/** A trigger whose script burns its time at every pass. */
export const ENDLESS = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: endless }
spec:
  resourceSelectors: [{ group: "", version: v1, kind: Namespace }]
  aggregatedSelection: |
    function evaluate()
      while true do pcall(function() while true do end end) end
    end
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: endless }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: endless
  policyRefs: [{ kind: ConfigMap, namespace: mgmt, name: push-model }]
`;
