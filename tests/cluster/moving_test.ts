/**
 * From Sveltos to Moonferry and back on a real API server, as docs/moving-from-sveltos.md has it: compared, side by side, taken
 * over, given back; and an observer that no Secret was away or held anything else for a moment. Sveltos itself is not there:
 * what it would write is written as it would.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry } from "../support/moonferry.ts";
import { preparePushModel } from "../support/push_model.ts";
import { SecretObserver } from "../support/secret_observer.ts";
import { applyAsSveltos, asDeployed, profileObjects, SVELTOS_MANAGER } from "../support/sveltos.ts";
import { type KubeObject, nameOf, namespaceOf } from "../../src/api/object.ts";
import { splitManifest } from "../../src/yaml/documents.ts";

/** The copy that is Moonferry's: an EventSource of its own, the same template, a label that no Sveltos cluster has. */
const COPY = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata:
  name: push-model-moved
  labels: { moved: "yes" }
spec:
  sourceClusterSelector: { matchLabels: { moonferry: enabled } }
  eventSourceName: push-model-moved
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: mgmt, name: push-model }]
`;
/** The management cluster as it is registered with Sveltos. */
const CLUSTER = `apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata: { namespace: mgmt, name: mgmt, labels: { cluster-api: enabled } }
spec: {}
`;
const DIFFERING = ["team-argo/default-reef-kubeconfig", "team-batch/default-reef-kubeconfig"];

const profileOf = (object: KubeObject) => `sveltos-${namespaceOf(object)}-${nameOf(object)}`;
const keyOf = (object: KubeObject) => `${namespaceOf(object)}/${nameOf(object)}`;

Deno.test("there and back, and no Secret was away for a moment", async (t) => {
  const server = await KubeServer.start();
  let observer: SecretObserver | undefined;
  const kube = ["--kubeconfig", server.adminKubeconfig];
  const ours = [...kube, "--mgmt-labels", "moonferry=enabled"];
  const LABEL = "x-k8s.io/cluster-profile";
  const secrets = async (): Promise<Map<string, KubeObject>> => {
    const { items } = await server.get("secrets", "-A", "-l", LABEL, "--show-managed-fields");
    return new Map(items.map((object: KubeObject) => [keyOf(object), object]));
  };
  const marksOf = (object: KubeObject, domain: string) => {
    const { labels = {}, annotations = {} } = object.metadata as Record<string, Record<string, string>>;
    return [...Object.keys(labels), ...Object.keys(annotations)].filter((key) => key.startsWith(`${domain}/`)).sort();
  };
  const managersOf = (object: KubeObject) =>
    ((object.metadata.managedFields ?? []) as { manager: string }[]).map(({ manager }) => manager);
  try {
    await preparePushModel(server);
    for (const file of ["sveltoscluster", "sveltos-profiles"]) {
      await server.apply(await Deno.readTextFile(`tests/cluster/crds/${file}.yaml`));
    }
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    await server.apply(CLUSTER);
    const status = JSON.stringify({ status: { ready: true } });
    await server.kubectl(
      ["patch", "sveltoscluster", "-n", "mgmt", "mgmt", "--type=merge", "--subresource=status", "-p", status],
    );
    // Sveltos handles the trigger, and has deployed what it gives; two Secrets have drifted since.
    const finalizer = JSON.stringify({ metadata: { finalizers: ["eventtriggers.lib.projectsveltos.io"] } });
    await server.kubectl(["patch", "eventtrigger", "push-model", "--type=merge", "-p", finalizer]);
    const rendered = await moonferry(["render", ...kube]);
    const wanted = splitManifest(rendered.stdout).map(({ value }) => value as KubeObject);
    assert.equal(wanted.length, 6);
    const keys = wanted.map(keyOf).sort();
    const equal = keys.filter((key) => !DIFFERING.includes(key));
    assert.equal(equal.length, 4);
    const deployed = wanted.map((object) => {
      const drifted = { ...object, data: { ...(object.data as Record<string, string>), extra: btoa("x") } };
      return asDeployed(DIFFERING.includes(keyOf(object)) ? drifted : object, profileOf(object));
    });
    await applyAsSveltos(server, deployed);
    const profiles = (behavior?: string) =>
      deployed.flatMap((object) => profileObjects(profileOf(object), "push-model", behavior));
    await applyAsSveltos(server, profiles());
    const before = await secrets();
    assert.deepEqual([...before.keys()].sort(), keys);
    observer = await SecretObserver.start(server, keys);

    await t.step("compared: what is equal, what differs and why; nothing is written", async () => {
      const { code, stdout } = await moonferry(["plan", "--against", "sveltos", "-o", "json", ...kube]);
      const { counts, differ, eventTriggers } = JSON.parse(stdout);
      assert.deepEqual([counts.equal, counts.differ, counts.onlyHere, counts.onlyThere, counts.held], [4, 2, 0, 0, 0]);
      assert.equal(code, 2);
      for (const { object, differences } of differ) {
        assert.ok(DIFFERING.includes(`${object.namespace}/${object.name}`));
        assert.deepEqual(differences.map(({ path }: { path: string }) => path), [
          "data.extra (it is there, and Moonferry would not write it)",
        ]);
      }
      assert.deepEqual(eventTriggers.map(({ verdict }: { verdict: string }) => verdict), ["works"]);
      assert.equal(observer!.changes.size, 0);
    });

    await t.step("side by side: the copy is Moonferry's alone, and what Sveltos has is held", async () => {
      const source = await Deno.readTextFile("k8s/examples/push-model/eventsource.yaml");
      await server.apply(COPY, source.replace("name: push-model\n", "name: push-model-moved\n"));
      const scoped = ["--trigger-selector", "moved=yes"];
      const beside = await moonferry(["apply", "--yes", ...ours]);
      assert.match(beside.stdout, /Sveltos handles EventTrigger push-model .*--trigger-selector/);
      const { code, stdout } = await moonferry(["apply", "--yes", "--adopt", ...ours, ...scoped]);
      assert.equal(code, 3);
      assert.equal(stdout.match(/^ +! held /gm)?.length, 6);
      assert.match(stdout, /ownership: it exists and is not ours: Sveltos deployed it/);
      assert.equal(observer!.changes.size, 0);
    });

    await t.step("adopt takes nothing that Sveltos would delete, and nothing without being told to", async () => {
      const risky = await moonferry(["adopt", "push-model-moved", "--yes", ...ours]);
      assert.equal(risky.code, 3);
      assert.match(risky.stdout, /0 to adopt, 6 left alone/);
      assert.match(risky.stdout, /has stopMatchingBehavior WithdrawPolicies/);
      assert.match(risky.stdout, /set spec.stopMatchingBehavior: LeavePolicies on EventTrigger push-model,/);
      await applyAsSveltos(server, profiles("LeavePolicies"));
      const shown = await moonferry(["adopt", "push-model-moved", ...ours]);
      assert.match(shown.stdout, /4 to adopt, 2 left alone/);
      assert.match(shown.stderr, /Nothing was written/);
      assert.equal(observer!.changes.size, 0);
    });

    await t.step("adopt: four change hands in one write each, two that differ stay Sveltos's", async () => {
      const { code, stdout } = await moonferry(["adopt", "push-model-moved", "--yes", ...ours]);
      assert.equal(code, 3, stdout);
      await eventually(() => assert.deepEqual([...observer!.changes.keys()].sort(), equal));
      assert.deepEqual([...observer!.changes.values()], [1, 1, 1, 1]);
      const after = await secrets();
      for (const object of equal.map((key) => after.get(key)!)) {
        assert.deepEqual(marksOf(object, "projectsveltos.io"), []);
        assert.equal(marksOf(object, "moonferry.dev").length, 5);
        assert.ok(!managersOf(object).includes(SVELTOS_MANAGER));
      }
      for (const key of DIFFERING) assert.deepEqual(after.get(key), before.get(key));
      const again = await moonferry(["apply", "--yes", ...ours, "--trigger-selector", "moved=yes"]);
      assert.match(again.stdout, /4 as wanted, 2 held/);
      assert.deepEqual(observer!.violations, []);
    });

    await t.step("back: Sveltos deploys again, Moonferry lets go, and none of its marks is left", async () => {
      const suspend = ["annotate", "eventtrigger", "push-model-moved", "moonferry.dev/suspend=true"];
      await server.kubectl(suspend);
      await applyAsSveltos(server, deployed.filter((object) => equal.includes(keyOf(object))));
      const { code, stdout } = await moonferry(["withdraw", "--trigger", "push-model-moved", "--yes", ...kube]);
      // Without --release, too: what Sveltos has taken back is not deleted.
      assert.equal(code, 0, stdout);
      assert.equal(stdout.match(/~ let go .*Sveltos has taken it back/g)?.length, 4);
      for (const object of (await secrets()).values()) {
        assert.deepEqual(marksOf(object, "moonferry.dev"), []);
        assert.deepEqual(managersOf(object), [SVELTOS_MANAGER]);
        assert.deepEqual(object.data, before.get(keyOf(object))!.data);
        assert.deepEqual(
          marksOf(object, "projectsveltos.io"),
          marksOf(before.get(keyOf(object))!, "projectsveltos.io"),
        );
      }
      assert.deepEqual(observer!.violations, []);
      assert.ok(observer!.looks > 10, `${observer!.looks} looks`);
    });

    await t.step("once Sveltos has let go of it, all of it can be Moonferry's", async () => {
      await observer!.stop();
      // What addon-controller does with LeavePolicies when its profile goes; event-manager takes the EventSource along.
      const left = ["kind", "name", "tier"].map((name) => `projectsveltos.io/owner-${name}-`);
      await server.kubectl(["annotate", "secrets", "-A", "-l", LABEL, ...left]);
      await server.kubectl(["delete", "clusterprofile,clustersummary", "-A", "--all", "--wait=false"]);
      await server.kubectl(["delete", "eventsource", "push-model"]);
      await server.kubectl(["annotate", "eventtrigger", "push-model-moved", "moonferry.dev/suspend-"]);
      const taken = await moonferry(["adopt", "push-model-moved", "--yes", ...ours]);
      assert.match(taken.stdout, /4 to adopt, 2 left alone/);
      const scoped = ["--trigger-selector", "moved=yes"];
      // What differs is nobody's now: written anew, on demand.
      const rest = await moonferry(["apply", "--yes", "--adopt", ...ours, ...scoped]);
      assert.equal(rest.code, 0, rest.stdout);
      const all = await secrets();
      assert.deepEqual([...all.keys()].sort(), keys);
      for (const object of all.values()) {
        assert.deepEqual(marksOf(object, "projectsveltos.io"), []);
        assert.deepEqual(Object.keys(object.data as object), ["config"]);
      }
      assert.equal((await moonferry(["plan", ...ours, ...scoped])).code, 0);
    });

    await t.step("let go of, they are nobody's: no marks, and nothing in the books of field managers", async () => {
      await server.kubectl(["annotate", "eventtrigger", "push-model-moved", "moonferry.dev/suspend=true"]);
      const before = await secrets();
      const release = ["withdraw", "--trigger", "push-model-moved", "--release", "--yes", ...kube];
      assert.equal((await moonferry(release)).code, 0);
      for (const [key, object] of await secrets()) {
        assert.deepEqual(marksOf(object, "moonferry.dev"), []);
        assert.ok(!managersOf(object).includes("moonferry"));
        assert.deepEqual(object.data, before.get(key)!.data);
      }
    });

    await t.step("the observer would have seen other data for a moment, and a Secret that is made again", async () => {
      observer = await SecretObserver.start(server, keys);
      const [key] = equal;
      const there = (await secrets()).get(key!)!;
      const at = ["-n", namespaceOf(there), nameOf(there)];
      for (const config of ["eA==", (there.data as Record<string, string>).config]) {
        await server.kubectl(["patch", "secret", ...at, "--type=merge", "-p", JSON.stringify({ data: { config } })]);
      }
      await eventually(() => assert.match(observer!.violations.join(), new RegExp(`watch: ${key} is another`)));
      await server.kubectl(["delete", "secret", ...at]);
      await eventually(() => {
        assert.match(observer!.violations.join(), new RegExp(`watch: ${key} DELETED`));
        assert.match(observer!.violations.join(), new RegExp(`look: ${key} is not there`));
      });
    });
  } finally {
    await observer?.stop();
    await server.stop();
  }
});
