/** Faults of what is read: kinds, sources, consumers and pipelines that vanish, flip, are forged, or come back as others. */
import type { Any } from "./api.ts";
import { findReturns } from "./invariants.ts";
import { OutputWatch, quantile } from "./output_watch.ts";
import type { Rig } from "./rig.ts";
import { between, changes, type FaultRow, pause } from "./rows.ts";
import { triesOf, type Try } from "./tries.ts";
import type { DescribedRequest } from "../../support/fault_proxy.ts";

const CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusters.cluster.x-k8s.io";
const CRD_FILE = "tests/cluster/crds/cluster-api.yaml";
const CLUSTERS = "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters";
const TRIGGER = "/apis/lib.projectsveltos.io/v1beta1/eventtriggers/push-model";
const NOT_SERVED = /KindNotServed|KindTerminating|does not serve|being deleted/;

/** What was there `before` is there, and as it was. */
async function expectSame(rig: Rig, before: ReadonlyMap<string, string>, when: string): Promise<void> {
  const now = await rig.world.found();
  for (const [output, value] of before) rig.expect(now.get(output) === value, `${output} was changed ${when}`);
}

async function establish(rig: Rig): Promise<void> {
  await rig.server.apply(await Deno.readTextFile(CRD_FILE));
  await rig.server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
}

async function serve(rig: Rig, version: string, served: boolean): Promise<void> {
  const { spec } = await rig.api.get(CRD);
  const versions = spec.versions.map((entry: Any) => entry.name === version ? { ...entry, served } : entry);
  await rig.api.merge(CRD, { spec: { versions } });
}

/** Writes into the namespace that were refused since `from`, which is in milliseconds since 1970. */
async function refusedIn(rig: Rig, name: string, from: number): Promise<Try[]> {
  const tries = await triesOf(rig.auditLog, from);
  return tries.filter(({ namespace, status, verb }) => namespace === name && verb === "create" && status >= 400);
}

function isOfSources({ path }: DescribedRequest): boolean {
  return /^\/api\/v1\/namespaces$|\/namespaces\/mgmt\/(secrets|clusters)$/.test(path);
}

/** All sources come back empty to whoever lists them, and `isFound` says whether they are found by name. */
function emptySources(rig: Rig, isFound: boolean): void {
  const isOne = (path: string) =>
    /\/namespaces\/mgmt\/(secrets|clusters)\/|^\/api\/v1\/namespaces\/team-[^/]*$/.test(path);
  rig.proxy.set(
    { matches: isOfSources, isEmpty: true },
    ...(isFound ? [] : [{
      matches: ({ method, path }: { method: string; path: string }) => method === "GET" && isOne(path),
      answer: { status: 404, reason: "NotFound" },
    }]),
  );
  rig.proxy.endAll(isOfSources);
}

/** The sources are there again, and whoever watches them is told so. */
function endEmptySources(rig: Rig): void {
  rig.proxy.set({ matches: (request) => request.isWatch && isOfSources(request), isEmpty: true });
  rig.proxy.endAll(isOfSources);
}

/** As many inputs change as {@link emptySources} takes away: each cluster, its kubeconfig, and each consumer. */
async function changeAll(rig: Rig): Promise<void> {
  const touch = (path: string) => rig.api.merge(path, { metadata: { labels: { touched: "yes" } } });
  await Promise.all([
    ...["c0", "c1", "c2", "c3"].flatMap((name) => [rig.world.rotate(name, 1001), touch(`${CLUSTERS}/${name}`)]),
    ...["team-a", "team-b", "team-c"].map((name) => touch(`/api/v1/namespaces/${name}`)),
  ]);
  await rig.converge();
  await changes(rig, 1002);
}

/** A consumer leaves, and comes back, with as many other changes as when its namespace does. */
async function leaveAndReturn(rig: Rig): Promise<void> {
  await rig.world.labelConsumer("team-a", false);
  await rig.world.addCluster("n1");
  await rig.permitWithdrawals();
  await rig.converge();
  await rig.world.rotate("c0", 1001);
  await rig.converge();
  await rig.world.labelConsumer("team-a", true);
}

/** All clusters are really withdrawn, and published again. */
async function revokeAll(rig: Rig): Promise<void> {
  const names = ["c0", "c1", "c2", "c3"];
  await Promise.all(names.map((name) => rig.world.unpublish(name)));
  await rig.permitWithdrawals();
  await rig.converge();
  await Promise.all(names.map((name) => rig.world.addCluster(name)));
}

function flip(seconds: number, isFound: boolean): Pick<FaultRow, "wait" | "usual" | "inject" | "after"> {
  let watch: OutputWatch, before: ReadonlyMap<string, string>;
  return {
    wait: 10_000,
    usual: changeAll,
    async inject(rig) {
      before = await rig.world.found();
      watch = await OutputWatch.open(rig.api);
      const position = rig.position;
      emptySources(rig, isFound);
      await rig.logs(/0 selected/, position);
      await pause(seconds * 1000);
      await expectSame(rig, before, "while its sources were not listed");
      rig.expect(/gate":"mass-change"|mass-change/.test(rig.log.slice(position)), "nothing was held by mass-change");
      endEmptySources(rig);
      await rig.logs(/[1-9]\d* selected/, rig.position);
      rig.proxy.set();
      await changes(rig);
    },
    async after(rig) {
      await watch.close();
      for (const output of findReturns(watch.events, before)) {
        rig.expect(false, `${output} got back what it had before its source was rotated`);
      }
    },
  };
}

export const INPUT_ROWS: readonly FaultRow[] = [
  {
    id: "F12/unserved",
    title: "the version of Clusters that is selected is not served for a while",
    wait: 15_000,
    async inject(rig) {
      const before = await rig.world.found();
      const position = rig.position;
      await serve(rig, "v1beta1", false);
      await rig.logs(NOT_SERVED, position);
      await pause(3000);
      await expectSame(rig, before, "while the version was not served");
      await serve(rig, "v1beta1", true);
      await changes(rig);
    },
  },
  {
    id: "F12/empty",
    title: "the CRD of Clusters deleted, and made again without its objects",
    wait: 15_000,
    async inject(rig) {
      const before = await rig.world.found();
      const position = rig.position;
      await rig.server.kubectl(["delete", "crd", "clusters.cluster.x-k8s.io"]);
      await rig.logs(NOT_SERVED, position);
      await pause(between(rig, 500, 30_000));
      const again = rig.position;
      await establish(rig);
      await rig.logs(/mass-change/, again);
      await expectSame(rig, before, "while there were no Clusters");
      for (let i = 0; i < 4; i++) await rig.world.addCluster(`c${i}`);
    },
  },
  {
    id: "F13",
    title: "a consumer's namespace Terminating, gone, made again",
    wait: 0,
    isShort: true,
    usual: leaveAndReturn,
    async inject(rig) {
      await rig.api.delete("/api/v1/namespaces/team-a");
      await rig.world.addCluster("n1");
      // What is being deleted is no consumer: its outputs are revoked, and none is tried there.
      await rig.permitWithdrawals();
      const others = await rig.converge();
      rig.expect(others < 5_000, `the other consumers waited ${others} ms`);
      await rig.world.rotate("c0", between(rig, 2, 1000));
      await rig.converge();
      const refused = await refusedIn(rig, "team-a", 0);
      rig.expect(refused.length === 0, `${refused.length} writes were tried there`);
      await rig.world.finishNamespace("team-a");
      await pause(between(rig, 0, 1000));
      await rig.world.addConsumer("team-a");
    },
  },
  {
    id: "F13/fixed",
    title: "a namespace that a template names Terminating, gone, made again",
    wait: 30_000,
    async inject(rig) {
      const seconds = 40;
      await rig.api.put("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "team-z" } });
      await rig.server.apply(FIXED);
      for (const name of ["c0", "c1", "c2", "c3"]) rig.world.kept.set(`team-z/fixed-${name}`, FIXED_VALUE);
      await rig.converge();
      await rig.api.delete("/api/v1/namespaces/team-z");
      const began = Date.now();
      await rig.world.addCluster("n1");
      const others = await rig.converge();
      rig.expect(others < 5_000, `all others waited ${others} ms`);
      await pause(seconds * 1000);
      const refused = await refusedIn(rig, "team-z", began);
      const perMinute = 60 * refused.length / seconds;
      rig.notes.push(`refused tries a minute: ${perMinute.toFixed(0)}`);
      rig.expect(refused.length > 0, "nothing was refused");
      // 1, 2, 4, 8, 16, 30 s after each other, and once more for each change of the inputs.
      rig.expect(perMinute <= 18, `${perMinute} refused tries a minute for one output`);
      await rig.world.finishNamespace("team-z");
      await pause(between(rig, 0, 2000));
      await rig.api.put("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "team-z" } });
      rig.world.kept.set("team-z/fixed-n1", FIXED_VALUE);
    },
    async after(rig) {
      await rig.server.kubectl(["delete", "eventtrigger,eventsource", "fixed"]);
      for (const name of rig.world.kept.keys()) rig.mayGo.add(name);
      rig.world.kept.clear();
      await rig.converge();
    },
  },
  {
    id: "F15/emptied",
    title: "a source emptied, others rotated",
    wait: 0,
    async inject(rig) {
      await rig.world.keep((output) => output.endsWith("/default-c2-kubeconfig"));
      const position = rig.position;
      await rig.api.merge("/api/v1/namespaces/mgmt/secrets/c2-kubeconfig", { data: { value: "" } });
      await rig.logs(/held: data.config is empty/, position);
      await changes(rig);
      const others = await rig.converge();
      rig.expect(others < 5_000, `the others waited ${others} ms`);
      rig.world.kept.clear();
      await rig.world.rotate("c2", between(rig, 2, 1000));
    },
  },
  {
    id: "F15/deleted",
    title: "a source deleted, and there again",
    wait: 0,
    async inject(rig) {
      await rig.api.delete("/api/v1/namespaces/mgmt/secrets/c2-kubeconfig");
      await rig.permitWithdrawals();
      const gone = await rig.converge();
      rig.expect(gone < 5_000, `it was withdrawn after ${gone} ms`);
      await rig.world.rotate("c2", between(rig, 2, 1000));
    },
  },
  {
    id: "F15/forged",
    title: "a source swapped by forged ones",
    wait: 0,
    async inject(rig) {
      const watch = await OutputWatch.open(rig.api);
      const forged = btoa("apiVersion: v1\nkind: Config\n# forged\n");
      const places = [["team-a", "c2-kubeconfig"], ["default", "c2-kubeconfig"], ["mgmt", "c2-kubeconfig-kubeconfig"], [
        "mgmt",
        "a-c2-kubeconfig",
      ]] as const;
      await rig.api.delete("/api/v1/namespaces/mgmt/secrets/c2-kubeconfig");
      await rig.permitWithdrawals();
      for (const [namespace, name] of places) {
        await rig.api.put(`/api/v1/namespaces/${namespace}/secrets`, {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name, namespace, labels: { "cluster.x-k8s.io/cluster-name": "c2" } },
          type: "cluster.x-k8s.io/secret",
          data: { value: forged },
        });
      }
      await rig.world.rotate("c0", between(rig, 2, 1000));
      await rig.converge();
      await rig.world.rotate("c2", between(rig, 2, 1000));
      await rig.converge();
      await watch.close();
      rig.expect(watch.events.every(({ value }) => value !== forged), "an output got what is forged");
      rig.expect(watch.events.length > 0, "the judge saw nothing");
    },
    async after(rig) {
      // One kubeconfig after the other, each to all consumers.
      const watch = await OutputWatch.open(rig.api);
      const times: number[] = [];
      for (let i = 0; i < 20; i++) {
        const name = `c${i % 4}`, from = performance.now();
        await rig.world.rotate(name, between(rig, 2, 100_000));
        const wanted = await rig.world.wanted();
        await rig.converge();
        // Not as fast as the program can follow: its requests are compared with those of a few changes (I8).
        await pause(300);
        const first = watch.firstAfter(from, ({ output, value }) => wanted.get(output) === value);
        rig.expect(first.size === 3, `${first.size} of 3 outputs followed`);
        times.push(...first.values());
      }
      await watch.close();
      const p99 = quantile(times, 0.99);
      rig.notes.push(`rotate to target: p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
      rig.expect(p99 < 5_000, `the slowest of ${times.length} took ${p99} ms`);
    },
  },
  {
    id: "F18/2",
    title: "all sources away for 2 s by 200 and an empty list",
    isShort: true,
    ...flip(2, false),
  },
  {
    id: "F18/found",
    title: "all sources missing in lists for 2 s, but found by name",
    ...flip(2, true),
  },
  {
    id: "F18/120",
    title: "all sources away for 2 min by 200 and an empty list",
    ...flip(120, false),
  },
  {
    id: "F18/confirm",
    title: "all sources away by 200 and an empty list; somebody confirms that",
    wait: 10_000,
    usual: revokeAll,
    async inject(rig) {
      const before = await rig.world.found();
      const position = rig.position;
      emptySources(rig, false);
      await rig.logs(/moonferry.dev\/confirm=[0-9a-f]+/, position);
      await pause(2000);
      await expectSame(rig, before, "before anybody had confirmed");
      const hash = /moonferry.dev\/confirm=([0-9a-f]+)/.exec(rig.log.slice(position))![1]!;
      for (const output of before.keys()) rig.mayGo.add(output);
      await rig.api.merge(TRIGGER, { metadata: { annotations: { "moonferry.dev/confirm": hash } } });
      const started = performance.now();
      while ((await rig.world.found()).size > 0 && performance.now() - started < 30_000) await pause(100);
      const left = (await rig.world.found()).size, seconds = ((performance.now() - started) / 1000).toFixed(1);
      rig.expect(left === 0, `${left} outputs are there ${seconds} s after they were confirmed to be revoked`);
      rig.notes.push(`revoked ${seconds} s after it was confirmed`);
      endEmptySources(rig);
      await rig.logs(/[1-9]\d* selected/, rig.position);
      rig.proxy.set();
    },
  },
  {
    id: "F19/incumbent",
    title: "two clusters want one name; the one that has it is rotated",
    wait: 0,
    async inject(rig) {
      const position = rig.position;
      const label = (profile: string) =>
        rig.api.merge(`${CLUSTERS}/c3`, { metadata: { labels: { "clusterprofile-name": profile } } });
      await rig.world.keep((output) => output.endsWith("/default-c3-kubeconfig"));
      await label("c2");
      await rig.logs(/collision/, position);
      const began = Date.now();
      await pause(3000);
      const writes = (await rig.writes()).filter(({ resource, at }) => resource === "secrets" && at >= began);
      rig.expect(writes.length === 0, `${writes.length} writes while two wanted one name`);
      // Whoever has it goes on being rotated; the other one waits, and keeps what it had.
      const generation = between(rig, 2, 1000);
      await rig.world.rotate("c2", generation);
      const value = (await rig.api.get("/api/v1/namespaces/mgmt/secrets/c2-kubeconfig")).data.value;
      for (const team of ["team-a", "team-b", "team-c"]) rig.world.kept.set(`${team}/default-c2-kubeconfig`, value);
      const followed = await rig.converge();
      rig.expect(followed < 5_000, `the one that has the name was rotated after ${followed} ms`);
      rig.world.kept.clear();
      await label("c3");
    },
  },
  {
    id: "F26/source",
    title: "the EventSource deleted and made again",
    wait: 5_000,
    isShort: true,
    async inject(rig) {
      const before = await rig.world.found();
      const position = rig.position;
      await rig.api.delete("/apis/lib.projectsveltos.io/v1beta1/eventsources/push-model");
      await rig.logs(/EventSourceNotFound|frozen/, position);
      await pause(between(rig, 0, 2000));
      await expectSame(rig, before, "while there was no EventSource");
      await rig.server.apply(await Deno.readTextFile("k8s/examples/push-model/eventsource.yaml"));
      await changes(rig);
    },
  },
];

const FIXED_VALUE = btoa("fixed");
/** Its outputs all go to one namespace, which is none of its inputs. */
const FIXED = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: fixed }
spec:
  collectResources: true
  resourceSelectors: [{ group: cluster.x-k8s.io, version: v1beta1, kind: Cluster, namespace: mgmt }]
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: fixed }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: fixed
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: mgmt, name: fixed }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: fixed, namespace: mgmt, annotations: { projectsveltos.io/instantiate: ok } }
data:
  secret.yaml: |
    apiVersion: v1
    kind: Secret
    metadata: { name: "fixed-{{ .MatchingResource.Name }}", namespace: team-z }
    data: { config: ${FIXED_VALUE} }
`;
