/** `plan --against sveltos` and `adopt` on the command line: what they print, for people and machines, and their exit codes. */
import assert from "node:assert/strict";
import { type KubeObject, nameOf, namespaceOf } from "../../src/api/object.ts";
import { splitManifest } from "../../src/yaml/documents.ts";
import { writeYaml } from "../../src/yaml/write.ts";
import { moonferry } from "../support/moonferry.ts";
import { asDeployed, profileObjects } from "../support/sveltos.ts";

const EXAMPLE = "k8s/examples/push-model";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];

/** A folder beside the example's: what Sveltos would have made of it, changed by `change`, and Sveltos's profiles. */
async function withDeployed(
  change: (object: KubeObject) => KubeObject | undefined,
  run: (args: string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const { stdout } = await moonferry(["render", "-f", EXAMPLE, ...LABELS]);
    const objects = splitManifest(stdout).flatMap(({ value }) => change(value as KubeObject) ?? []).map((object) => {
      return asDeployed(object, `sveltos-${namespaceOf(object)}`);
    });
    const profiles = [...new Set(objects.map(namespaceOf))].flatMap((name) =>
      profileObjects(`sveltos-${name}`, "push-model", "LeavePolicies")
    );
    const text = [...objects, ...profiles].map((object) => `---\n${writeYaml(object)}`).join("");
    await Deno.writeTextFile(`${folder}/sveltos.yaml`, text);
    await run(["plan", "--against", "sveltos", "-f", EXAMPLE, "-f", folder, ...LABELS], folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a trigger that selects no cluster says so, and what to do", () =>
  withDeployed((object) => object, async (args) => {
    const bare = args.slice(0, -LABELS.length);
    const { stdout } = await moonferry(bare);
    assert.match(
      stdout,
      /^EventTrigger push-model: 0 equal, 0 differ\n {2}note {2}.*--mgmt-labels cluster-api=enabled\./,
    );
    const { notes } = JSON.parse((await moonferry([...bare, "-o", "json"])).stdout);
    assert.deepEqual(notes.map(({ reason }: { reason: string }) => reason), ["NoClusterMatched"]);
  }));

Deno.test("all equal: exit code 0, and what the pipeline's parts do here", () =>
  withDeployed((object) => object, async (args) => {
    const { code, stdout } = await moonferry(args);
    assert.equal(code, 0);
    assert.match(stdout, /^EventTrigger push-model: 6 equal, 0 differ\n/);
    assert.match(stdout, /\nAgainst Sveltos: 6 equal, 0 differ, 0 only here, 0 only there\n/);
    assert.match(stdout, /\nEventSources\n {2}works {4}push-model {2}used by push-model\n/);
    assert.match(
      stdout,
      /\nEventTriggers\n {2}works {4}push-model\n {11}differs by design: spec\.policyRefs,/,
    );
  }));

Deno.test("what differs is told by path and hash, what only one has by name: exit code 2", () =>
  withDeployed((object) => {
    const key = `${namespaceOf(object)}/${nameOf(object)}`;
    if (key === "team-argo/default-reef-kubeconfig") return undefined;
    if (key === "team-batch/default-reef-kubeconfig") {
      return { ...object, data: { config: btoa("canary-of-this-test") } };
    }
    if (!key.startsWith("team-batch/fleet-prod")) return object;
    return { ...object, metadata: { ...object.metadata, name: "stale" } };
  }, async (args) => {
    const { code, stdout } = await moonferry(args);
    assert.equal(code, 2);
    assert.match(stdout, /: 3 equal, 1 differ, 2 only here\n/);
    assert.match(
      stdout,
      /~ differs {5}Secret team-batch\/default-reef-kubeconfig {2}for .*\n +data\.config: sha256:\w{12} here, sha256:\w{12} there\n/,
    );
    assert.match(stdout, /\+ only here {3}Secret team-argo\/default-reef-kubeconfig/);
    assert.match(
      stdout,
      /- only there {2}Secret team-batch\/stale {2}of ClusterProfile sveltos-team-batch of EventTrigger push-model\n/,
    );
    const json = await moonferry([...args, "-o", "json"]);
    assert.equal(json.code, 2);
    const document = JSON.parse(json.stdout);
    const { equal, differ, onlyHere, onlyThere, ours, foreign, held } = document.counts;
    assert.deepEqual([equal, differ, onlyHere, onlyThere, ours, foreign, held], [3, 1, 2, 1, 0, 0, 0]);
    assert.deepEqual(document.onlyThere[0].owner, { kind: "ClusterProfile", name: "sveltos-team-batch" });
    assert.equal(document.onlyThere[0].trigger, "push-model");
    assert.deepEqual(Object.keys(document.differ[0].differences[0]).sort(), ["here", "path", "there"]);
    const yaml = await moonferry([...args, "-o", "yaml"]);
    assert.match(yaml.stdout, /\n {2}onlyThere: 1\n/);
    for (const text of [stdout, json.stdout, yaml.stdout]) {
      assert.doesNotMatch(text, /canary-of-this-test|Y2FuYXJ5LW9m|YXBpVmVyc2lvbjog/);
    }
  }));

Deno.test("what is refused is named by field, what is held by gate", () =>
  withDeployed((object) => object, async (args, folder) => {
    await Deno.writeTextFile(
      `${folder}/more.yaml`,
      `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: nats }
spec: { messagingMatchCriteria: [{ subject: x }] }
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: charts }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: push-model
  helmCharts: [{ chartName: x }]
`,
    );
    const { code, stdout } = await moonferry(args);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /\n {2}refused {2}nats {2}used by no EventTrigger\n {11}spec\.messagingMatchCriteria: CloudEvents/,
    );
    assert.match(stdout, /\n {2}refused {2}charts\n {11}EventTrigger charts spec\.helmCharts: Helm charts are not/);
    const held = await moonferry([...args, "--trigger", "push-model", "--target-namespaces", "team-argo"]);
    assert.equal(held.code, 3);
    assert.match(
      held.stdout,
      /3 equal, 0 differ, 3 not looked at\n {2}\? not seen {4}Secret team-batch\/.*\n +namespaces: namespace team-batch is/,
    );
    assert.match(held.stdout, /\n {2}differs {2}push-model\n {11}gate namespaces: .*\(and 2 more\)\n/);
    assert.doesNotMatch(held.stdout, /charts|nats/);
  }));

Deno.test("bad usage of both", async () => {
  const rows = [
    { args: ["plan", "--against", "flux"], want: /--against: "flux" is none of sveltos/ },
    { args: ["apply", "--against", "sveltos"], want: /--against does not go with apply; it goes with plan/ },
    { args: ["adopt"], want: /adopt takes the name of one EventTrigger/ },
    { args: ["adopt", "a", "b"], want: /adopt takes the name of one EventTrigger/ },
    { args: ["adopt", "a", "-f", "x"], want: /--file does not go with adopt/ },
    { args: ["adopt", "a", "--adopt"], want: /--adopt does not go with adopt/ },
  ];
  for (const { args, want } of rows) {
    const { code, stderr } = await moonferry(args);
    assert.equal(code, 1);
    assert.match(stderr, want);
  }
});
