/** What one failing match, one exclusion or one held plan must leave alone: on a world in memory, pass after pass. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject, labelsOf } from "../../src/api/object.ts";
import { fieldAt, type JsonObject } from "../../src/json/json.ts";
import { INSTANCE_LABEL, readMarks } from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { queryKey } from "../../src/reconcile/reader.ts";
import type { ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { optionsFor, session as sessionWith } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const OPTIONS = optionsFor("Secret", "Namespace");
const session = (world: World, options: Partial<ReconcileOptions> = {}) =>
  sessionWith(world, { ...OPTIONS, ...options });
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();
const trigger = (spec: Parameters<typeof pipeline>[0] extends infer P ? NonNullable<P> : never) => pipeline(spec)[0]!;

Deno.test("OneTime: a match that failed before its outputs were there gets them once it can be rendered", async () => {
  const template = `${OUTPUT}---\n${OUTPUT.replace("out-", "more-").replace(".spec.v", ".spec.w")}`;
  const objects = pipeline({ trigger: { syncMode: "OneTime" } });
  const [first, second] = template.split("---\n") as [string, string];
  objects[2] = { ...objects[2]!, data: { "a.yaml": first, "b.yaml": second } };
  const world = new World(...objects, input("a", "1"));
  const step = session(world);
  assert.deepEqual(done(await step()), []);
  world.put({ ...input("a", "1"), spec: { v: "1", w: "2" } });
  assert.deepEqual(done(await step()), ["create Secret in/out-a", "create Secret in/more-a"].sort());
});

const SHARED = OUTPUT.replace("out-{{ .Resource.metadata.name }}", "out");

Deno.test("collision: the output of a match that fails is not taken over by another match", async () => {
  const world = new World(...pipeline({ template: SHARED }), input("a", "1"));
  const step = session(world);
  await step();
  world.put({ ...input("a", "1"), spec: {} }, input("b", "2"));
  const plan = await step();
  assert.deepEqual([done(plan), held(plan)], [[], ["collision Secret in/out"]]);
  assert.match(plan.held[0]!.reason, /Input in\/a/);
  // Its owner is no match any more: now it may.
  world.remove("Input in/a");
  world.put(input("c", "3"));
  world.remove("Input in/c");
  assert.deepEqual(done(await step()), ["update Secret in/out"]);
});

Deno.test("what is no template stays while the match that names it fails", async () => {
  const plain = (name: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "mgmt", name },
    data: { "s.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: plain-${name}, namespace: in }\n` },
  });
  const policyRefs = [{ kind: "ConfigMap", namespace: "mgmt", name: "{{ .MatchingResource.Name }}" }];
  const objects = [trigger({ trigger: { policyRefs } }), pipeline()[1]!];
  const world = new World(...objects, input("a", "1"), input("b", "2"), plain("a"), plain("b"));
  const step = session(world);
  assert.deepEqual(done(await step()), ["create Secret in/plain-a", "create Secret in/plain-b"]);
  world.remove("ConfigMap mgmt/a");
  const plan = await step();
  assert.match(plan.failures[0]!.message, /stays as it is/);
  assert.deepEqual(done(plan), []);
  world.put(plain("a"));
  world.remove("Input in/a");
  assert.deepEqual(done(await step()), ["delete Secret in/plain-a"]);
});

for (
  const path of ["/metadata", "/metadata/labels", "/metadata/annotations", "/metadata/labels/moonferry.dev~1instance"]
) {
  Deno.test(`drift: excluding ${path} takes nothing away of what makes an object ours`, async () => {
    const driftExclusions = [{ paths: [path] }];
    const world = new World(...pipeline({ trigger: { driftExclusions } }), input("a", "1"));
    world.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "in", name: "out-a", managedFields: [], labels: { theirs: "1" } },
    });
    const step = session(world, { gates: { ...OPTIONS.gates, adopt: true } });
    const [change] = (await step()).changes;
    const marks = readMarks(change!.desired!);
    assert.ok(marks && marks !== "broken");
    assert.equal("managedFields" in change!.desired!.metadata, false);
    assert.deepEqual(done(await step()), []);
    assert.equal(labelsOf(world.get("Secret in/out-a")!)[INSTANCE_LABEL], "moonferry");
    world.remove("EventTrigger.lib.projectsveltos.io /t");
    assert.deepEqual(done(await step()), ["delete Secret in/out-a"]);
  });
}

Deno.test("drift: a key that others add to a Secret stays where it is excluded, and goes where it is not", async () => {
  const driftExclusions = [{ paths: ["/data/theirs"] }];
  const world = new World(...pipeline({ trigger: { driftExclusions } }), input("a", "1"));
  const step = session(world);
  await step();
  const add = (key: string) => {
    const secret = world.get("Secret in/out-a")!;
    world.put({ ...secret, data: { ...secret.data as Record<string, string>, [key]: "eA==" } });
  };
  add("theirs");
  assert.deepEqual(done(await step()), []);
  add("others");
  const [change] = (await step()).changes;
  assert.deepEqual(Object.keys(change!.desired!.data as object).sort(), ["theirs", "v"]);
  assert.deepEqual(change!.because, ["data.others (not asked for)"]);
});

Deno.test("namespaces: one that the trigger itself gives is not created a second time, unmarked", async () => {
  const template = `apiVersion: v1\nkind: Namespace\nmetadata: { name: in }\n---\n${OUTPUT}`;
  const world = new World(...pipeline({ template }), input("a", "1"));
  const step = session(world, { createNamespaces: true });
  const plan = await step();
  assert.deepEqual(done(plan), ["create Namespace in", "create Secret in/out-a"]);
  assert.deepEqual(plan.changes.map(({ unowned }) => unowned === true), [false, false]);
  assert.deepEqual(held(await step()), []);
  const other = new World(...pipeline({ template }), input("a", "1"));
  const gates = { ...OPTIONS.gates, allowedKinds: ["Secret"] };
  const without = await session(other, { createNamespaces: true, gates })();
  assert.deepEqual([done(without), held(without)], [["create Namespace in", "create Secret in/out-a"], [
    "kinds Namespace in",
  ]]);
});

for (const how of ["dry-run", "suspend"] as const) {
  Deno.test(`mass-change: what vanished while all was held by ${how} is not gone unnoticed afterwards`, async () => {
    const names = [..."abcdefghij"];
    const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
    const step = session(world);
    assert.equal((await step()).counts.create, 10);
    const holding = trigger(how === "dry-run" ? { trigger: { syncMode: "DryRun" } } : {});
    world.put(
      how === "dry-run"
        ? holding
        : { ...holding, metadata: { ...holding.metadata, annotations: { "moonferry.dev/suspend": "all" } } },
    );
    await step();
    for (const name of names.slice(0, 8)) world.remove(`Input in/${name}`);
    assert.equal((await step()).counts.held, 8);
    await step();
    world.put(trigger({}));
    const plan = await step();
    assert.deepEqual(done(plan), []);
    assert.deepEqual(new Set(plan.held.map(({ gate }) => gate)), new Set(["mass-change"]));
  });
}

Deno.test("pause: a Cluster that is paused while revocations are held is remembered as paused", async () => {
  const cluster = (name: string, paused: boolean): KubeObject => ({
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: { namespace: "in", name },
    spec: { v: "1", paused },
  });
  const resourceSelectors = [{ group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" }];
  const objects = pipeline({ source: { resourceSelectors } });
  const world = new World(...objects, ...[..."abcdefghij"].map((name) => cluster(name, false)));
  const key = world.keys("Cluster.cluster.x-k8s.io").find((name) => name.endsWith("/b"))!;
  const step = session(world);
  assert.equal((await step()).counts.create, 10);
  const [held] = objects;
  world.put({ ...held!, metadata: { ...held!.metadata, annotations: { "moonferry.dev/suspend": "all" } } });
  world.remove(key);
  assert.equal((await step()).counts.held, 1);
  world.put(cluster("a", true));
  await step();
  world.remove(key.replace(/b$/, "a"));
  await step();
  world.put(held!);
  assert.deepEqual(done(await step()), ["delete Secret in/out-b"]);
  assert.deepEqual(done(await step()), []);
});

const CLUSTERS = [{ group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" }];
const cluster = (name: string, spec: JsonObject = {}, labels: JsonObject = {}): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "in", name, labels },
  spec: { v: "1", ...spec },
});
const CLUSTER = (name: string) => `Cluster.cluster.x-k8s.io in/${name}`;
const PAUSED = "moonferry.dev/paused";
const pausedMark = (world: World, name: string) => annotationsOf(world.get(`Secret in/out-${name}`)!)[PAUSED];

Deno.test("pause: a Cluster that was paused and vanished while the program did not run leaves its outputs there", async () => {
  const world = new World(
    ...pipeline({ source: { resourceSelectors: CLUSTERS } }),
    ...[..."abcdefghijkl"].map((name) => cluster(name)),
  );
  const step = session(world);
  await step();
  world.put(cluster("a", { paused: true }), cluster("b", { paused: true }));
  assert.deepEqual(done(await step()), ["update Secret in/out-a", "update Secret in/out-b"]);
  assert.equal(pausedMark(world, "a"), CLUSTER("a"));
  assert.deepEqual(done(await step()), [], "once is enough");
  for (const name of ["a", "b", "c"]) world.remove(CLUSTER(name));
  const restarted = session(world);
  const plan = await restarted();
  assert.deepEqual(done(plan), ["delete Secret in/out-c"]);
  assert.match(plan.notes.map(({ message }) => message).join("\n"), /and gone: Cluster in\/a, in\/b;/);
  assert.deepEqual(done(await restarted()), []);
  // One comes back, and runs.
  world.put(cluster("a", { v: "2" }));
  assert.deepEqual(done(await restarted()), ["update Secret in/out-a"]);
  assert.equal(pausedMark(world, "a"), undefined);
  world.remove(CLUSTER("a"));
  assert.deepEqual(done(await restarted()), ["delete Secret in/out-a"]);
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  assert.ok(done(await restarted()).includes("delete Secret in/out-b"), "deleting the trigger is consent");
});

Deno.test("pause: a suspended EventTrigger's outputs are marked as well, so that a move ends none of them", async () => {
  for (const suspend of ["true", "all"]) {
    const objects = pipeline({ source: { resourceSelectors: CLUSTERS } });
    const world = new World(...objects, ...[..."abcdefghijkl"].map((name) => cluster(name)));
    await session(world)();
    const [running] = objects as [KubeObject];
    const annotations = { "moonferry.dev/suspend": suspend };
    world.put({ ...running, metadata: { ...running.metadata, annotations } }, cluster("a", { paused: true }));
    assert.deepEqual(done(await session(world)()), ["update Secret in/out-a"]);
    world.remove(CLUSTER("a"));
    assert.deepEqual(done(await session(world)()), []);
    world.put(running);
    assert.deepEqual(done(await session(world)()), []);
  }
});

Deno.test("pause: few that never come back are asked for by their names, many at once", async () => {
  for (const count of [2, 17]) {
    const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
    const world = new World(...pipeline({ source: { resourceSelectors: CLUSTERS } }), ...names.map((n) => cluster(n)));
    const step = session(world);
    await step();
    const moved = names.slice(0, count);
    world.put(...moved.map((name) => cluster(name, { paused: true })));
    await step();
    for (const name of moved) world.remove(CLUSTER(name));
    const restarted = session(world);
    world.queries.length = 0;
    assert.deepEqual(done(await restarted()), []);
    const asked = world.queries.filter(({ query, options }) => query.kind === "Cluster" && options.fresh);
    assert.deepEqual(asked.map(({ query }) => query.name), count === 2 ? moved : [undefined]);
    world.put(cluster("c1"));
    assert.equal(pausedMark(world, "c1"), CLUSTER("c1"));
    assert.deepEqual(done(await restarted()), ["update Secret in/out-c1"]);
  }
});

Deno.test("pause: a mark that names no Cluster keeps nothing, and asks nobody", async () => {
  const world = new World(
    ...pipeline({ source: { resourceSelectors: CLUSTERS } }),
    ...[..."abcdefghijkl"].map((name) => cluster(name)),
  );
  await session(world)();
  for (const [name, mark] of [["a", "x"], ["b", "Secret in/b"], ["c", "Cluster.cluster.x-k8s.io /c"]] as const) {
    const secret = world.get(`Secret in/out-${name}`)!;
    const annotations = { ...annotationsOf(secret), [PAUSED]: mark };
    world.put({ ...secret, metadata: { ...secret.metadata, annotations } });
  }
  world.remove(CLUSTER("a"));
  world.queries.length = 0;
  assert.deepEqual(done(await session(world)()), [
    "delete Secret in/out-a",
    "update Secret in/out-b",
    "update Secret in/out-c",
  ]);
  const asked = world.queries.filter(({ query: { kind, version, labelSelector } }) =>
    kind === "Cluster" && version === "" && labelSelector === undefined
  );
  assert.deepEqual(asked, []);
  assert.deepEqual([..."bc"].map((name) => pausedMark(world, name)), [undefined, undefined]);
});

Deno.test("pause: whether a Cluster runs again is asked now, whatever was heard of it a minute ago", async () => {
  class Remembering extends World {
    readonly #answers = new Map<string, ReturnType<World["list"]>>();

    /** As a reader that keeps watches: what is asked in passing of many objects is asked once in a while. */
    override list(...asked: Parameters<World["list"]>): ReturnType<World["list"]> {
      const [query, , options = {}] = asked;
      if (!options.once || options.fresh || query.name) return super.list(...asked);
      const key = queryKey(query), known = this.#answers.get(key) ?? super.list(...asked);
      this.#answers.set(key, known);
      return known;
    }
  }
  const world = new Remembering(
    ...pipeline({ source: { resourceSelectors: CLUSTERS } }),
    ...[..."abcdefghijkl"].map((name) => cluster(name)),
  );
  const step = session(world);
  await step();
  for (const name of ["a", "b"]) {
    world.put(cluster(name, { paused: true }));
    assert.deepEqual(done(await step()), [`update Secret in/out-${name}`]);
    world.remove(CLUSTER(name));
    assert.deepEqual(done(await step()), [], `${name} was moved`);
  }
  world.put(cluster("b", { v: "2" }));
  assert.deepEqual(done(await step()), ["update Secret in/out-b"]);
});

Deno.test("pause: a Cluster that is not selected any more once it runs again loses its outputs", async () => {
  const resourceSelectors = [{ ...CLUSTERS[0]!, labelFilters: [{ key: "on", operation: "Has" }] }];
  const world = new World(
    ...pipeline({ source: { resourceSelectors } }),
    cluster("a", {}, { on: "" }),
    cluster("b", {}, { on: "" }),
  );
  const step = session(world);
  await step();
  world.put(cluster("a", { paused: true }, { on: "" }));
  await step();
  world.put(cluster("a", { paused: true }));
  assert.deepEqual(done(await step()), []);
  world.put(cluster("a"));
  assert.deepEqual(done(await step()), ["delete Secret in/out-a"]);
});

Deno.test("pause: what is left alone loses the mark all the same once its Cluster runs, and nothing else", async () => {
  const objects = pipeline({ source: { resourceSelectors: CLUSTERS }, trigger: { syncMode: "OneTime" } });
  const world = new World(...objects, cluster("a"), cluster("b"));
  const step = session(world);
  await step();
  world.put(cluster("a", { paused: true }));
  await step();
  assert.equal(pausedMark(world, "a"), CLUSTER("a"));
  world.put(cluster("a", { v: "2" }));
  assert.deepEqual(done(await step()), ["update Secret in/out-a"]);
  assert.equal(pausedMark(world, "a"), undefined);
  assert.equal(fieldAt(world.get("Secret in/out-a")!, "data", "v"), btoa("1"));
  assert.deepEqual(done(await step()), []);
});

Deno.test("stopMatchingBehavior: what the trigger says now counts, also on an output whose drift is let be", async () => {
  const template = OUTPUT.replace(
    "metadata:\n",
    'metadata:\n  annotations: { projectsveltos.io/driftDetectionIgnore: "" }\n',
  );
  const world = new World(...pipeline({ template }), input("a", "1"), input("b", "1"));
  const step = session(world);
  await step();
  world.put(trigger({ trigger: { stopMatchingBehavior: "LeavePolicies" } }));
  await step();
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  const plan = await step();
  assert.deepEqual(plan.changes.map(({ release }) => release), [true, true]);
});

Deno.test("counts: a release that only the second read asks for is not counted", async () => {
  const world = new World(
    ...pipeline({ trigger: { stopMatchingBehavior: "LeavePolicies" } }),
    ...[..."abcdefghij"].map((name) => input(name, "1")),
  );
  const step = session(world);
  await step();
  world.remove("Input in/a");
  world.onList = (_query, { fresh }) => {
    if (fresh && world.get("Input in/b")) world.remove("Input in/b");
  };
  const plan = await step();
  assert.deepEqual([done(plan), plan.counts.update], [["update Secret in/out-a"], 1]);
});
