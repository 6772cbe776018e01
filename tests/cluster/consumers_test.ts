/**
 * Every preset, from Cluster API to the consumer's own call: small consumers that follow the documented contract of each to
 * the letter find the clusters on a hub, and list Namespaces of a second real API server with what they find.
 */
import assert from "node:assert/strict";
import { argoClusters } from "../support/consumers/argocd.ts";
import {
  accessByProfile,
  engagedProfiles,
  listProfiles,
  secretStrategy,
} from "../support/consumers/cluster_profile.ts";
import {
  applyPreset,
  kubeconfigWith,
  MARKER,
  prepareHub,
  prepareMember,
  presetFiles,
  putToken,
  setCondition,
} from "../support/consumers/fleet.ts";
import {
  type Access,
  type Clusters,
  Hub,
  type Item,
  listNamespaces,
  type WatchEvent,
} from "../support/consumers/hub.ts";
import { multiKueueClusters } from "../support/consumers/kueue.ts";
import { kubeconfigProviderClusters } from "../support/consumers/multicluster_runtime.ts";
import { byInventoryLibrary, byText } from "../support/consumers/push_model.ts";
import { sveltosClusters } from "../support/consumers/sveltos.ts";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";

/** All at once; push-model-kep takes the place of push-model on the way, since a consumer wants one Secret of a profile. */
const PRESETS = ["push-model", "clusterprofile", "kueue", "argocd", "multicluster-runtime", "sveltoscluster"];
const KINDS = [
  "Secret",
  "ClusterProfile.multicluster.x-k8s.io",
  "MultiKueueCluster.kueue.x-k8s.io",
  "SveltosCluster.lib.projectsveltos.io",
];
const CONSUMER_NAMESPACES = ["kueue-system", "team-batch", "team-build"];
const FLAGS = [
  "--mgmt-labels=cluster-api=enabled",
  `--allowed-kinds=${KINDS.join(",")}`,
  "--source-namespaces=mgmt",
  `--target-namespaces=${[...CONSUMER_NAMESPACES, "argocd", "fleet-controller", "fleet"].join(",")}`,
];
const COLLECTIONS = [
  "/api/v1/secrets",
  "/apis/multicluster.x-k8s.io/v1alpha1/clusterprofiles",
  "/apis/kueue.x-k8s.io/v1beta2/multikueueclusters",
  "/apis/lib.projectsveltos.io/v1beta1/sveltosclusters",
];
const OURS = { "moonferry.dev/instance": "moonferry" };

interface Consumer {
  readonly name: string;
  /** All clusters that it gets on with. */
  find(hub: Hub): Promise<Clusters>;
  /** What it calls a cluster. */
  namesOf(cluster: string): readonly string[];
}

const BY_LIBRARY: Consumer = {
  name: "push model as on Sveltos's page (cluster-inventory-api pkg/secrets)",
  find: (hub) => each((name) => byInventoryLibrary(hub, "build", { namespace: "default", name })),
  namesOf: (name) => [name],
};
const BY_TEXT: Consumer = {
  name: "push model as the KEP words it (k0smotron)",
  find: (hub) => each((name) => byText(hub, "batch", name)),
  namesOf: (name) => [name],
};
const BY_PROFILE: Consumer = {
  name: "multicluster-runtime, cluster inventory, access provider",
  find: (hub) => engagedProfiles(hub, accessByProfile),
  namesOf: (name) => CONSUMER_NAMESPACES.map((namespace) => `${namespace}/moonferry-${name}`),
};
const OTHERS: readonly Consumer[] = [
  BY_PROFILE,
  {
    name: "multicluster-runtime, kubeconfig provider",
    find: (hub) => kubeconfigProviderClusters(hub, "fleet-controller"),
    namesOf: (name) => [name],
  },
  { name: "Kueue MultiKueue", find: multiKueueClusters, namesOf: (name) => [name] },
  { name: "Argo CD", find: argoClusters, namesOf: (name) => [name] },
  { name: "Sveltos", find: sveltosClusters, namesOf: (name) => [`fleet/${name}`] },
];

/** By a contract that asks for one profile after the other: those that are there. */
async function each(find: (name: string) => Promise<Access>): Promise<Clusters> {
  const found = new Map<string, Access>();
  for (const name of ["harbour", "lagoon", "shoal"]) {
    try {
      found.set(name, await find(name));
    } catch (error) {
      if (!(error instanceof Error) || !/: 0 found/.test(error.message)) throw error;
    }
  }
  return found;
}

/** The consumer has exactly these clusters and gets on with each: only the member cluster has the marker. */
async function assertConnects(hub: Hub, consumer: Consumer, ...clusters: readonly string[]): Promise<Clusters> {
  const found = await consumer.find(hub);
  assert.deepEqual([...found.keys()].sort(), clusters.flatMap((cluster) => consumer.namesOf(cluster)).sort());
  for (const [name, access] of found) assert.ok((await listNamespaces(access)).includes(MARKER), name);
  return found;
}

/** Until the consumer gets on with lagoon by this token and no other. */
async function assertUses(hub: Hub, consumer: Consumer, token: string): Promise<void> {
  await eventually(async () => {
    const found = await assertConnects(hub, consumer, "harbour", "lagoon");
    const used = [...found].filter(([name]) => name.endsWith("lagoon")).map(([, access]) => access.token);
    assert.ok(used.length > 0 && used.every((one) => one === token), consumer.name);
  });
}

const nameOf = ({ kind, metadata: { namespace, name } }: Item) =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

/** The first event of one comes before that of the other: revisions of etcd are in the order of the writes. */
async function assertBefore(
  events: readonly WatchEvent[],
  type: WatchEvent["type"],
  earlier: string,
  later: string,
): Promise<void> {
  const revisionOf = (name: string) =>
    Number(
      events.find((event) => event.type === type && nameOf(event.object) === name)?.object.metadata.resourceVersion,
    );
  await eventually(() => {
    assert.ok(revisionOf(earlier) > 0 && revisionOf(later) > 0, `no ${type} of ${earlier} or ${later} was seen`);
  });
  assert.ok(revisionOf(earlier) < revisionOf(later), `${type}: ${later} came before ${earlier}`);
}

/** Everything of ours by name, and the version that it has. */
async function versionsOf(hub: Hub): Promise<Map<string, string>> {
  const all = await Promise.all(COLLECTIONS.map((collection) => hub.list(collection, OURS)));
  return new Map(
    all.flat().map(({ metadata: { namespace, name, resourceVersion } }) => [`${namespace}/${name}`, resourceVersion]),
  );
}

/** A kubeconfig of a ServiceAccount with the rights that `moonferry rbac` prints for the presets. */
async function leastRights(server: KubeServer, presets: readonly string[]): Promise<string> {
  // Files alone don't say that a kind has no namespace; its definition does.
  const definition = "tests/cluster/crds/multikueuecluster.yaml";
  const files = [definition, ...presets.flatMap((preset) => presetFiles(preset))].flatMap((file) => ["-f", file]);
  const { code, stdout, stderr } = await moonferry(["rbac", ...files, ...FLAGS]);
  assert.equal(code, 0, stderr);
  await server.apply("{apiVersion: v1, kind: Namespace, metadata: {name: moonferry}}");
  await server.apply(
    "{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: moonferry, name: moonferry}}",
    stdout,
  );
  const token = (await server.kubectl(["create", "token", "-n", "moonferry", "moonferry"])).stdout.trim();
  const path = `${server.folder}/moonferry.kubeconfig`;
  await Deno.writeTextFile(path, await kubeconfigWith(server, `{token: ${token}}`));
  return path;
}

Deno.test("presets for consumers, on two real API servers", async (t) => {
  const [hubServer, member] = await Promise.all([KubeServer.start(), KubeServer.start()]);
  let loop: RunningMoonferry | undefined;
  const watching = new AbortController();
  try {
    const hub = await Hub.of(hubServer);
    const tokens = await prepareMember(member) as [string, string, string];
    await prepareHub(hubServer, member, tokens[0]);
    await setCondition(hubServer, "harbour", { type: "ControlPlaneReady", status: "True" });
    await setCondition(hubServer, "lagoon", { type: "ControlPlaneReady", status: "False", reason: "ScalingUp" });
    for (const preset of PRESETS) await applyPreset(hubServer, preset);
    const narrow = await leastRights(hubServer, [...PRESETS, "push-model-kep"]);
    loop = new RunningMoonferry(["run", "--kubeconfig", narrow, ...FLAGS, "--yes"]);

    await t.step("a cluster whose control plane is not healthy is engaged by nobody who asks for that", async () => {
      await eventually(async () => void await assertConnects(hub, BY_PROFILE, "harbour"));
      await eventually(async () => assert.equal((await listProfiles(hub)).length, 6));
      await setCondition(hubServer, "lagoon", { type: "ControlPlaneReady", status: "True" });
    });

    for (const consumer of [BY_LIBRARY, ...OTHERS]) {
      await t.step(`${consumer.name}: finds both clusters and lists their namespaces`, async () => {
        await eventually(async () => void await assertConnects(hub, consumer, "harbour", "lagoon"));
      });
    }

    await t.step("a ClusterProfile serves the older strategy and the newer version, and holds no secret", async () => {
      for (
        const [consumer, namespace] of [["kueue", "kueue-system"], ["batch", "team-batch"], ["build", "team-build"]]
      ) {
        const profiles = await listProfiles(hub, "v1alpha2");
        const own = profiles.filter(({ metadata }) => metadata.namespace === namespace);
        assert.equal(own.length, 2);
        for (const profile of own) {
          assert.ok((await listNamespaces(await secretStrategy(consumer!)(hub, profile))).includes(MARKER));
          assert.equal(profile.metadata.labels["x-k8s.io/cluster-manager"], profile.spec.clusterManager.name);
          assert.doesNotMatch(JSON.stringify(profile), new RegExp(`${tokens[0]}|client-|PRIVATE`));
        }
      }
    });

    await t.step("Kueue by ClusterProfile, which lies in its own namespace", async () => {
      await hubServer.apply(KUEUE_BY_PROFILE);
      const found = await multiKueueClusters(hub);
      assert.ok((await listNamespaces(found.get("by-profile")!)).includes(MARKER));
      await hubServer.kubectl(["delete", "multikueuecluster", "by-profile"]);
    });

    await t.step("a rotation reaches every consumer; a ClusterProfile tells of it when its Secret has it", async () => {
      const events = await hub.watch(COLLECTIONS, watching.signal);
      const hashOf = ({ metadata: { annotations } }: Item) => annotations["credentials.moonferry.dev/sha256"];
      const hashes = new Map((await listProfiles(hub)).map((profile) => [nameOf(profile), hashOf(profile)]));
      await putToken(hubServer, member, "lagoon", tokens[1]);
      // Whoever goes on with the old one is refused from now on.
      await member.kubectl(["delete", "serviceaccount", "-n", "default", "first"]);
      for (const consumer of [BY_LIBRARY, ...OTHERS]) await assertUses(hub, consumer, tokens[1]);
      await eventually(async () => {
        const changed = (await listProfiles(hub)).filter((profile) => hashes.get(nameOf(profile)) !== hashOf(profile));
        assert.deepEqual(
          changed.map(nameOf).sort(),
          CONSUMER_NAMESPACES.map((namespace) => `ClusterProfile ${namespace}/moonferry-lagoon`),
        );
      });
      for (const namespace of CONSUMER_NAMESPACES) {
        const profile = `${namespace}/moonferry-lagoon`;
        await assertBefore(events, "MODIFIED", `Secret ${profile}-kubeconfig`, `ClusterProfile ${profile}`);
      }
    });

    await t.step(
      "with Cluster API v1beta2 instead nothing else is written, and its conditions are followed",
      async () => {
        const before = await versionsOf(hub);
        for (const preset of ["push-model", "clusterprofile"]) {
          await applyPreset(hubServer, `${preset}-v1beta2`, ["eventsource"]);
        }
        const condition = { type: "ControlPlaneAvailable", message: "" };
        await setCondition(hubServer, "harbour", { ...condition, status: "False", reason: "NotAvailable" });
        await eventually(async () => void await assertConnects(hub, BY_PROFILE, "lagoon"));
        const changed = [...await versionsOf(hub)].filter(([name, version]) => before.get(name) !== version);
        assert.deepEqual(
          changed.map(([name]) => name).sort(),
          CONSUMER_NAMESPACES.map((namespace) => `${namespace}/moonferry-harbour`),
        );
        await setCondition(hubServer, "harbour", { ...condition, status: "True", reason: "Available" });
        await eventually(async () => void await assertConnects(hub, BY_PROFILE, "harbour", "lagoon"));
      },
    );

    await t.step("another manager's access provider in a profile stays, and a plan has nothing to do", async () => {
      const path = "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/team-build/clusterprofiles/moonferry-harbour";
      const theirs = { name: "theirs", cluster: { server: "https://theirs.example.com" } };
      await hub.applyAs("other", `${path}/status`, {
        apiVersion: "multicluster.x-k8s.io/v1alpha1",
        kind: "ClusterProfile",
        metadata: { name: "moonferry-harbour", namespace: "team-build" },
        status: { accessProviders: [theirs] },
      });
      const condition = { type: "ControlPlaneAvailable", status: "True", message: "" };
      await setCondition(hubServer, "harbour", { ...condition, reason: "StillAvailable" });
      await eventually(async () => {
        const { status } = await hub.get(path);
        assert.equal(status.conditions[0].reason, "StillAvailable");
        const names = status.accessProviders.map(({ name }: Item) => name);
        assert.deepEqual(names.sort(), ["kubeconfig-secretreader", "theirs"]);
      });
      const { code, stdout } = await moonferry(["plan", "--kubeconfig", narrow, ...FLAGS]);
      assert.equal(code, 0, stdout);
    });

    await t.step(`${BY_TEXT.name} in place of the other, which finds nothing; and a rotation`, async () => {
      await hubServer.kubectl(["delete", "eventtrigger", "push-model"]);
      await eventually(async () => void await assertConnects(hub, BY_LIBRARY));
      await applyPreset(hubServer, "push-model-kep");
      await eventually(async () => void await assertConnects(hub, BY_TEXT, "harbour", "lagoon"));
      await putToken(hubServer, member, "lagoon", tokens[2]);
      await member.kubectl(["delete", "serviceaccount", "-n", "default", "second"]);
      await assertUses(hub, BY_TEXT, tokens[2]);
    });

    await t.step("a Cluster that is gone is found by nobody, and what refers to a Secret goes before it", async () => {
      const events = await hub.watch(COLLECTIONS, watching.signal);
      await hubServer.kubectl(["delete", "clusters.cluster.x-k8s.io", "-n", "mgmt", "lagoon"]);
      for (const consumer of [BY_TEXT, ...OTHERS]) {
        await eventually(async () => void await assertConnects(hub, consumer, "harbour"));
      }
      for (const namespace of CONSUMER_NAMESPACES) {
        const profile = `${namespace}/moonferry-lagoon`;
        await assertBefore(events, "DELETED", `ClusterProfile ${profile}`, `Secret ${profile}-kubeconfig`);
      }
      await assertBefore(events, "DELETED", "MultiKueueCluster lagoon", "Secret kueue-system/lagoon-kubeconfig");
      await assertBefore(events, "DELETED", "SveltosCluster fleet/lagoon", "Secret fleet/lagoon-sveltos-kubeconfig");
    });

    await t.step("without triggers every consumer finds nothing, and nothing of ours is left", async () => {
      await hubServer.kubectl(["delete", "eventtriggers", "--all"]);
      for (const consumer of [BY_TEXT, ...OTHERS]) {
        await eventually(async () => void await assertConnects(hub, consumer));
      }
      await eventually(async () => assert.deepEqual([...await versionsOf(hub)], []));
    });

    await t.step("nothing was forbidden, and no log line holds a credential", () => {
      assert.doesNotMatch(loop!.log, /forbidden/i);
      assert.doesNotMatch(loop!.log, new RegExp([...tokens, "PRIVATE KEY", "client-key-data"].join("|")));
    });
  } finally {
    watching.abort();
    await loop?.stop().catch(() => {});
    await Promise.all([hubServer.stop(), member.stop()]);
  }
});

const KUEUE_BY_PROFILE = `apiVersion: kueue.x-k8s.io/v1beta2
kind: MultiKueueCluster
metadata: { name: by-profile }
spec: { clusterSource: { clusterProfileRef: { name: moonferry-lagoon } } }
`;
