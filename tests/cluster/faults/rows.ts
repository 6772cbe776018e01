/**
 * The faults of reliability §3, each as what it does to a rig whose outputs are all there. The runner then waits for the right
 * outputs, times it, and judges. `wait` is how long the fault's own nature may keep them back (invariant I5 adds 5 s).
 */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { DescribedRequest, FaultRule } from "../../support/fault_proxy.ts";
import type { Chance } from "./chance.ts";
import { collectionOf, judgePatience, judgeResumption, toldToWait } from "./proxy_record.ts";
import type { Rig } from "./rig.ts";
import { ENDLESS } from "./soak_faults.ts";
import { fullLists, triesOf, watched } from "./tries.ts";
import type { Verdict } from "./verdict.ts";

interface RowHead {
  readonly id: string;
  readonly title: string;
  /** Milliseconds. */
  readonly wait: number;
}

/** A row that is not about one program on a rig: it judges by itself. */
export interface ReplicaRow extends RowHead {
  judgeRuns(runs: number, chance: Chance): AsyncIterable<Verdict>;
}

export interface FaultRow extends RowHead {
  /** Past the proxy, which answers 503 for a server that is away. */
  readonly isDirect?: boolean;
  /** Also in the short form, which CI runs. */
  readonly isShort?: boolean;
  /** More or less than four clusters and three consumers. */
  readonly size?: {
    readonly clusters: number;
    readonly consumers: readonly string[];
    /** At least; absent: as they come. */
    readonly kubeconfigBytes?: number;
  };
  /** For the program. */
  readonly flags?: readonly string[];
  /** Load instead of a fault: there is no run without it to compare rates and footprint with. */
  readonly isLoad?: boolean;
  /** What is done without the fault, to compare requests with, where that is not {@link changes}. */
  usual?(rig: Rig): Promise<void>;
  /** Injects the fault, changes the world under it, and ends it. */
  inject(rig: Rig): Promise<void>;
  /** What else must hold, once the outputs are right again. */
  after?(rig: Rig): Promise<void>;
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
export const between = (rig: Rig, from: number, to: number) => from + Math.floor(rig.random() * (to - from + 1));

/** A rotation, a new cluster, and one that is not to be published any more. */
export async function changes(rig: Rig, generation = between(rig, 2, 1000)): Promise<void> {
  await rig.world.rotate("c0", generation);
  await rig.world.addCluster(`n${generation}`);
  await rig.world.unpublish("c1");
  await rig.permitWithdrawals();
}

/** A fault in the proxy while the world changes, for so many seconds and until `until` is over. */
function proxied(
  rules: (rig: Rig) => FaultRule[],
  seconds: number,
  until: FaultRow["inject"] = () => Promise.resolve(),
): FaultRow["inject"] {
  return async (rig) => {
    rig.proxy.set(...rules(rig));
    await changes(rig);
    await pause(seconds * 1000);
    await until(rig);
    rig.proxy.set();
  };
}

/**
 * What happened while the watches were cut is known only to who lists anew, and the second page of that is too old as well:
 * then it is one list. What comes of the pages: tests/kube/client_test.ts "a continue token that expires on page 2 …".
 */
function expirePages(): Pick<FaultRow, "usual" | "inject" | "after"> {
  let horizon: number, passesBefore: number, before: ReadonlyMap<string, string>;
  const isLater = ({ search }: DescribedRequest) => search.has("continue");
  const cut = async (rig: Rig, isExpired: boolean) => {
    horizon = Infinity;
    rig.proxy.set(
      {
        matches: ({ isWatch, search }) => isWatch && search.has("sendInitialEvents"),
        answer: { status: 400, reason: "BadRequest" },
      },
      {
        matches: ({ isWatch, search }) => isWatch && Number(search.get("resourceVersion")) < horizon,
        answer: { status: 410, reason: "Expired" },
      },
      ...(isExpired ? [{ matches: isLater, answer: { status: 410, reason: "Expired" } }] : []),
      { matches: ({ search }) => Number(search.get("limit")) > 1, pageSize: 2 },
    );
    rig.proxy.endAll();
    await changes(rig);
    horizon = Number((await rig.api.get("/api/v1/namespaces?limit=1")).metadata.resourceVersion);
  };
  return {
    // As many lists, in as many pages, none of which is too old.
    async usual(rig) {
      await cut(rig, false);
      await rig.converge();
    },
    async inject(rig) {
      before = await rig.world.found();
      passesBefore = await passesOf(rig);
      rig.proxy.record();
      await cut(rig, true);
    },
    async after(rig) {
      const expired = rig.proxy.requests.filter(({ search, status }) => search.has("continue") && status === 410);
      const collections = new Set(expired.map(collectionOf));
      rig.notes.push(
        `second pages that were too old: ${expired.length}, passes: ${await passesOf(rig) - passesBefore}`,
      );
      rig.expect(collections.size > 1, `second pages were asked for of ${collections.size} collections alone`);
      for (const what of collections) {
        const last = expired.findLast((request) => collectionOf(request) === what)!;
        const whole = rig.proxy.requests.some((request) =>
          collectionOf(request) === what && request.at >= last.at && !request.isWatch && !request.search.has("limit") &&
          !request.search.has("continue") && request.status === 200
        );
        rig.expect(whole, `${what} was not listed as a whole`);
      }
      const writes = (await rig.writes()).filter(({ resource, verb }) =>
        resource === "secrets" && verb.startsWith("delete")
      );
      const gone = [...before.keys()].filter((output) => output.includes("/default-c1-"));
      rig.expect(writes.length === gone.length, `${writes.length} outputs were deleted, not ${gone.length}`);
      rig.proxy.set();
    },
  };
}

/** How often the pipeline was planned. */
async function passesOf(rig: Rig): Promise<number> {
  const counts = (await rig.metrics()).matchAll(
    /^moonferry_reconcile_total\{[^}]*trigger="push-model"[^}]*\} (\S+)$/gm,
  );
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** For how long it is waited until somebody is told to wait, and until who was told asks again after that, in milliseconds. */
const TOLD_LIMIT = 30_000;

/** A small share of a few requests may be none, or none that is judged; and who has nothing to do asks nothing. */
async function untilTold(rig: Rig): Promise<void> {
  for (const end = Date.now() + TOLD_LIMIT; toldToWait(rig.proxy.requests) === 0 && Date.now() < end;) {
    await rig.world.rotate("c0", between(rig, 1001, 9_000_000));
    await pause(1000);
  }
}

/** Nobody asks again before the time is over that the server has named. Who waits, and for how long: tests/kube/client_test.ts. */
function patiently(share: number, retryAfter: number, seconds: number): Pick<FaultRow, "inject" | "after"> {
  return {
    async inject(rig) {
      rig.proxy.record();
      await proxied(error(429, "TooManyRequests", share, retryAfter), seconds, untilTold)(rig);
    },
    async after(rig) {
      const limit = 1000 * retryAfter + TOLD_LIMIT;
      // It may have been something that no output waits for: a status, a report.
      for (const end = Date.now() + limit; judgePatience(rig.proxy.requests).waited === 0 && Date.now() < end;) {
        await pause(500);
      }
      const { findings, waited } = judgePatience(rig.proxy.requests);
      rig.notes.push(`told to wait, and came again: ${waited}`);
      rig.expect(waited > 0, "nothing was told to wait");
      for (const finding of findings) rig.expect(false, finding);
    },
  };
}

/**
 * Watches end in good order, each a second after it began, also those that are open already; all go on where they were. For a
 * while nothing happens, so that whoever lists does it because of that; then the world changes.
 */
async function endWatches(rig: Rig, quiet: number, busy: number): Promise<void> {
  rig.proxy.record();
  rig.proxy.set({ matches: ({ isWatch }) => isWatch, endAfter: 1000 });
  const began = Date.now();
  rig.proxy.endAll();
  await pause(quiet * 1000);
  const lists = fullLists(await triesOf(rig.auditLog, began));
  await changes(rig);
  await pause(busy * 1000);
  const { findings, resumed } = judgeResumption(rig.proxy.requests);
  rig.proxy.set();
  const watches = watched(await triesOf(rig.auditLog, began));
  rig.notes.push(`watches that went on: ${resumed}, of ${watches.size} collections`);
  // Two in each five seconds are what the program's pace allows: fewer would be a fault that was not there.
  rig.expect(watches.size > 3 && resumed >= watches.size * (quiet + busy) / 4, `only ${resumed} watches went on`);
  for (const finding of findings) rig.expect(false, finding);
  for (const [what, count] of lists) {
    rig.expect(!watches.has(what), `${what} was listed ${count} times because watches ended`);
  }
}

/** Nothing is written before the last of what the pipeline is made of was read, and never under a name that it would not have then. */
function startedLate(): Pick<FaultRow, "inject" | "after"> {
  let started: number, synced: number, late: readonly [string, string];
  return {
    async inject(rig) {
      // Outputs of a ClusterSet: their names are right only where its Namespace is known.
      await rig.world.addClusterSet("fleet", "prod");
      for (const name of ["s0", "s1"]) await rig.world.addCluster(name, "prod");
      await rig.converge();
      await rig.kill();
      const [path, selector] = late = LISTS[Math.floor(rig.random() * LISTS.length)]!;
      rig.proxy.record();
      const isLate = ({ path: asked, search }: DescribedRequest) =>
        asked === path && (search.get("labelSelector") ?? "").includes(selector);
      // A list is asked for as one, or as the beginning of a watch.
      rig.proxy.set({ matches: (request) => request.method === "GET" && isLate(request), delay: 6000 });
      started = Date.now();
      for (const name of ["c0", "s0"]) await rig.world.rotate(name, between(rig, 2, 1000));
      rig.start();
      await eventually(() => assert.ok(firstAnswer(rig, isLate) !== undefined, "the late list was never read"));
      rig.proxy.set();
      synced = firstAnswer(rig, isLate)!;
    },
    async after(rig) {
      const writes = (await rig.writes()).filter(({ resource, at }) => resource === "secrets" && at >= started);
      const early = writes.filter(({ at }) => at < synced);
      rig.notes.push(
        `late: ${late.join(" ")}; first write ${Math.min(...writes.map(({ at }) => at)) - synced} ms after`,
      );
      rig.expect(writes.length > 0, "there was nothing to write");
      for (const { verb, namespace, name } of early) rig.expect(false, `too early: ${verb} ${namespace}/${name}`);
      for (const { verb, namespace, name } of writes) {
        rig.expect(!name.startsWith("default-s"), `a wrong name: ${verb} ${namespace}/${name}`);
      }
    },
  };
}

/** Its outputs may go and come, as they do where the trigger is away for longer: each once. */
function triggerAgain(): Pick<FaultRow, "usual" | "inject" | "after"> {
  let began: number;
  return {
    async usual(rig) {
      await rig.world.deleteTrigger();
      await eventually(async () => assert.equal((await rig.world.found()).size, 0, "its outputs go"));
      await rig.world.createTrigger();
    },
    async inject(rig) {
      // Deleting the trigger is consent: what goes until it is back may go.
      for (const name of (await rig.world.found()).keys()) rig.mayGo.add(name);
      began = Date.now();
      await rig.world.deleteTrigger();
      await rig.world.createTrigger();
    },
    async after(rig) {
      const writes = (await rig.writes()).filter(({ verb, resource, at }) =>
        resource === "secrets" && verb !== "patch" && at >= began
      );
      const often = Map.groupBy(writes, ({ verb, namespace, name }) => `${verb} ${namespace}/${name}`);
      for (const [write, { length }] of often) rig.expect(length === 1, `${length} times ${write}`);
    },
  };
}

const error = (status: number, reason: string, share: number, retryAfter?: number) => (): FaultRule[] => [
  {
    matches: ({ isWatch }) => !isWatch,
    share,
    answer: { status, reason, ...(retryAfter === undefined ? {} : { retryAfter }) },
  },
];
const OUTPUT = "/api/v1/namespaces/team-a/secrets/default-c2-kubeconfig";
/** What the pipeline is made of: path, and what tells the selectors apart. */
const LISTS = [
  ["/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters", ""],
  ["/api/v1/namespaces/mgmt/secrets", "cluster.x-k8s.io/cluster-name"],
  ["/api/v1/namespaces", "x-k8s.io/cluster-inventory-consumer"],
  ["/api/v1/namespaces", "clusterset.multicluster.x-k8s.io"],
] as const;

/** When the first of these requests was answered, in milliseconds since 1970. */
function firstAnswer(rig: Rig, matches: (request: DescribedRequest) => boolean): number | undefined {
  const answered = rig.proxy.requests.filter(matches).flatMap(({ answeredAt }) => answeredAt ?? []);
  return answered.length === 0 ? undefined : Math.min(...answered);
}

export const ROWS: readonly FaultRow[] = [
  {
    id: "F1",
    title: "killed in the middle of its writes",
    wait: 3_000,
    isShort: true,
    async inject(rig) {
      // Each write waits a little, so that a kill falls between two of them.
      rig.proxy.set({ matches: ({ method }) => method !== "GET", delay: 60 });
      for (let i = 0; i < 6; i++) await rig.world.rotate(`c${i % 4}`, between(rig, 2, 1000));
      await changes(rig);
      await pause(between(rig, 0, 900));
      await rig.kill();
      rig.proxy.set();
      rig.start();
    },
  },
  ...[1, 10].map((seconds): FaultRow => ({
    id: `F2/${seconds}`,
    title: `API server killed, down for ${seconds} s`,
    wait: 5_000,
    isDirect: true,
    isShort: seconds === 1,
    async inject(rig) {
      await rig.server.killApi();
      await pause(seconds * 1000);
      await rig.server.startApi();
      await changes(rig);
    },
  })),
  {
    id: "F3",
    title: "etcd stopped for 20 s",
    wait: 30_000,
    async inject(rig) {
      rig.server.signalEtcd("SIGSTOP");
      await pause(20_000);
      rig.server.signalEtcd("SIGCONT");
      await changes(rig);
    },
  },
  {
    id: "F4",
    title: "watches ended every second",
    wait: 5_000,
    isShort: true,
    // Watches that end at once, and the growing wait between them: tests/kube/reflector_test.ts "watches that end at once …".
    inject: (rig) => endWatches(rig, 6, 6),
  },
  {
    id: "F5",
    title: "history compacted, API server restarted: 410 on every watch",
    wait: 5_000,
    isDirect: true,
    isShort: true,
    async inject(rig) {
      await rig.server.killApi();
      await rig.server.startApi();
      await changes(rig);
      await rig.server.compact();
    },
  },
  {
    id: "F5/page",
    title: "410 on every watch, lists in pages, and 410 on their second page",
    wait: 10_000,
    ...expirePages(),
  },
  {
    id: "F6/silent",
    title: "connections open and silent",
    wait: 95_000,
    inject: proxied(() => [{ body: "silent" }], 100),
  },
  { id: "F6/drip", title: "one byte a second", wait: 10_000, inject: proxied(() => [{ body: "drip" }], 15) },
  {
    id: "F6/cut",
    title: "answers cut within a line",
    wait: 5_000,
    isShort: true,
    inject: proxied(() => [{ share: 0.4, body: "cut" }], 8),
  },
  {
    id: "F6/split",
    title: "answers in pieces of a few bytes",
    wait: 5_000,
    isShort: true,
    // Every split of every line: tests/kube/line_splitter_test.ts.
    async inject(rig) {
      await rig.server.apply(CHARACTERS);
      rig.world.kept.set("team-a/characters", base64(TEXT));
      await rig.converge();
      rig.proxy.record();
      rig.proxy.set({ body: "split" });
      await changes(rig);
      for (let round = 0; round < 5; round++) {
        const text = `${round}${TEXT}`;
        await rig.api.merge("/api/v1/namespaces/mgmt/configmaps/characters", { data: { text } });
        rig.world.kept.set("team-a/characters", base64(text));
        await pause(1000);
      }
      const { splitCharacters } = rig.proxy;
      rig.notes.push(`pieces that ended within a character: ${splitCharacters}`);
      rig.expect(splitCharacters > 100, `only ${splitCharacters} pieces ended within a character`);
      rig.proxy.set();
    },
  },
  {
    id: "F7/429",
    title: "429 with Retry-After 1, half of all",
    wait: 3_000,
    isShort: true,
    ...patiently(0.5, 1, 8),
  },
  {
    id: "F7/429-30",
    title: "429 with Retry-After 30, a tenth of all for 4 s",
    wait: 40_000,
    ...patiently(0.1, 30, 4),
  },
  {
    id: "F7/429-all",
    title: "429 without Retry-After, all",
    wait: 10_000,
    inject: proxied(error(429, "TooManyRequests", 1), 8),
  },
  { id: "F7/500", title: "500, half of all", wait: 5_000, inject: proxied(error(500, "InternalError", 0.5), 8) },
  {
    id: "F7/503",
    title: "503, all",
    wait: 5_000,
    isShort: true,
    inject: proxied(error(503, "ServiceUnavailable", 1), 8),
  },
  {
    id: "F7/409",
    title: "409, half of all writes",
    wait: 5_000,
    inject: proxied(
      () => [{ matches: ({ method }) => method !== "GET", share: 0.5, answer: { status: 409, reason: "Conflict" } }],
      6,
    ),
  },
  { id: "F7/504", title: "504, a fifth of all", wait: 5_000, inject: proxied(error(504, "Timeout", 0.2), 8) },
  {
    id: "F12",
    title: "the CRD of Clusters deleted, and made again with its objects",
    wait: 15_000,
    isShort: true,
    async inject(rig) {
      const from = rig.position;
      await rig.server.kubectl(["delete", "crd", "clusters.cluster.x-k8s.io"]);
      await rig.logs(/KindNotServed|KindTerminating|does not serve|being deleted/, from);
      await pause(3000);
      await rig.server.apply(await Deno.readTextFile("tests/cluster/crds/cluster-api.yaml"));
      await rig.server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
      for (let i = 0; i < 4; i++) await rig.world.addCluster(`c${i}`);
    },
  },
  {
    id: "F14",
    title: "an output edited, added to, relabelled, deleted",
    wait: 0,
    isShort: true,
    async inject(rig) {
      await rig.api.merge(OUTPUT, { data: { config: "eA==" } });
      await rig.api.merge(OUTPUT.replace("team-a", "team-b"), {
        data: { more: "eA==" },
        metadata: { labels: { "x-k8s.io/cluster-profile": null } },
      });
      await rig.api.delete(OUTPUT.replace("team-a", "team-c"));
    },
  },
  {
    id: "F15",
    title: "a source rotated often, emptied, forged elsewhere",
    wait: 0,
    isShort: true,
    async inject(rig) {
      await rig.api.put("/api/v1/namespaces/team-a/secrets", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "c2-kubeconfig", namespace: "team-a", labels: { "cluster.x-k8s.io/cluster-name": "c2" } },
        type: "cluster.x-k8s.io/secret",
        data: { value: btoa("forged") },
      });
      for (let i = 0; i < 5; i++) await rig.world.rotate("c2", between(rig, 2, 100_000));
    },
  },
  {
    id: "F16",
    title: "a script that never ends beside it",
    wait: 6_000,
    isShort: true,
    async inject(rig) {
      await rig.server.apply(ENDLESS);
      await pause(1000);
      await changes(rig);
      await rig.logs(/limit|stopped/i, 0);
      await rig.server.kubectl(["delete", "eventtrigger", "endless"]);
      await rig.server.kubectl(["delete", "eventsource", "endless"]);
    },
  },
  {
    id: "F17",
    title: "started while one list is late",
    wait: 10_000,
    isShort: true,
    ...startedLate(),
  },
  {
    id: "F19",
    title: "two clusters want one name, then not",
    wait: 0,
    isShort: true,
    async inject(rig) {
      const clusters = "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters";
      const before = await rig.world.found();
      const from = rig.position;
      await rig.api.merge(`${clusters}/c3`, { metadata: { labels: { "clusterprofile-name": "c2" } } });
      await rig.logs(/collision/, from);
      const during = await rig.world.found();
      for (const [name, value] of before) {
        if (during.get(name) !== value) throw new Error(`${name} changed while two clusters wanted one name`);
      }
      await rig.api.merge(`${clusters}/c3`, { metadata: { labels: { "clusterprofile-name": "c3" } } });
    },
  },
  {
    id: "F23",
    title: "asked to stop in the middle of its writes",
    wait: 3_000,
    isShort: true,
    async inject(rig) {
      rig.proxy.set({ matches: ({ method }) => method !== "GET", delay: 100 });
      await changes(rig);
      const started = performance.now();
      const code = await rig.kill("SIGTERM");
      if (code !== 0 || performance.now() - started > 10_000) throw new Error(`it ended with ${code} after too long`);
      rig.proxy.set();
      rig.start();
    },
  },
  {
    id: "F26",
    title: "the trigger deleted and made again at once",
    wait: 5_000,
    isShort: true,
    ...triggerAgain(),
  },
];

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
/** Characters of one to four bytes. */
const TEXT = "aéß渡し船⛴🚢".repeat(40);
/** A ConfigMap's text, in a Secret: a character that was read wrongly shows in it. */
const CHARACTERS = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: characters }
spec:
  collectResources: true
  resourceSelectors: [{ group: "", version: v1, kind: ConfigMap, namespace: mgmt, name: characters }]
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: characters }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: characters
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: mgmt, name: characters-template }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: characters-template, namespace: mgmt, annotations: { projectsveltos.io/instantiate: ok } }
data:
  secret.yaml: |
    apiVersion: v1
    kind: Secret
    metadata: { name: characters, namespace: team-a }
    data: { config: "{{ .Resource.data.text | b64enc }}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: characters, namespace: mgmt }
data: { text: "${TEXT}" }
`;
