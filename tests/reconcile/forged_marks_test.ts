/** What a tenant may mark as ours in a namespace of its own: it speaks for that object alone. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import { addMarks } from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { CLUSTER, cluster, CLUSTERS, TOGETHER } from "../support/clusters.ts";
import { optionsFor, session as sessionWith } from "../support/session.ts";
import { OUTPUT, pipeline, World } from "../support/world.ts";

const session = (world: World) => sessionWith(world, optionsFor("Secret"));
/** What is done to genuine outputs. */
const done = (plan: Plan) =>
  plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).filter((one) => !one.includes(" tenant/"))
    .sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();

const NOWHERE = { "moonferry.dev/paused": "Cluster.cluster.x-k8s.io in/nowhere" };

/** A Secret of the tenant with all our marks; without a match it is one of all of them together. */
function forged(name: string, match: string | undefined, more: Record<string, string>, step = 0): KubeObject {
  const reference = { apiVersion: "cluster.x-k8s.io/v1beta1", kind: "Cluster", namespace: "in" };
  const template = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" };
  const origin = {
    trigger: "t",
    template,
    key: "out.yaml",
    ...(match ? { match: { ...reference, name: match } } : {}),
  };
  const secret: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "tenant", name } };
  const marked = addMarks(secret, "moonferry", origin, "withdraw", step);
  return { ...marked, metadata: { ...marked.metadata, annotations: { ...annotationsOf(marked), ...more } } };
}

/** Twelve Clusters, so that the end of one is no mass change, and their outputs. */
async function published(oneForEvent = true): Promise<{ world: World; step: () => Promise<Plan> }> {
  const objects = pipeline({
    trigger: { oneForEvent },
    source: { resourceSelectors: CLUSTERS },
    template: oneForEvent ? OUTPUT : TOGETHER,
  });
  const world = new World(...objects, ...[..."abcdefghijkl"].map((name) => cluster(name)));
  const step = session(world);
  assert.equal((await step()).counts.create, 12);
  return { world, step };
}

const rows: { name: string; oneForEvent?: boolean; secrets: KubeObject[] }[] = [
  {
    name: "the mark of a pause on what looks like an output of the match",
    secrets: [forged("f1", "a", NOWHERE), forged("f2", "b", NOWHERE)],
  },
  {
    name: "the mark of a pause on what looks like an output of all matches together",
    oneForEvent: false,
    secrets: [forged("f", undefined, NOWHERE)],
  },
  {
    name: "what looks like a later step, suspended",
    secrets: [forged("f", "a", { "moonferry.dev/suspend": "all" }, 9)],
  },
  {
    name: "what looks like a later step of all matches together, suspended",
    oneForEvent: false,
    secrets: [forged("f", undefined, { "moonferry.dev/suspend": "all" }, 9)],
  },
];

for (const { name, oneForEvent, secrets } of rows) {
  for (const restart of [false, true]) {
    Deno.test(`forged: ${name} keeps nothing elsewhere${restart ? ", nor after a restart" : ""}`, async () => {
      const { world, step } = await published(oneForEvent);
      world.put(...secrets);
      await step();
      world.put(cluster("b", { v: "2" }));
      world.remove(CLUSTER("a"));
      const plan = await (restart ? session(world) : step)();
      assert.deepEqual(done(plan), ["delete Secret in/out-a", "update Secret in/out-b"], `${held(plan)}`);
    });
  }
}

Deno.test("forged: what looks like a later step and can't be deleted keeps nothing elsewhere", async () => {
  const { world, step } = await published();
  world.put(forged("f", "a", {}, 9));
  world.remove(CLUSTER("a"));
  const apply = world.apply.bind(world);
  world.apply = (change) =>
    change.target.namespace === "tenant"
      ? Promise.resolve({ change, status: "failed", message: "a webhook says no", retry: true })
      : apply(change);
  await step();
  assert.equal(world.get("Secret in/out-a"), undefined);
  assert.ok(world.get("Secret tenant/f"));
});

Deno.test("forged: the mark of a pause is not handed on to genuine outputs, so that it ends with the forgery", async () => {
  const { world, step } = await published();
  world.put(forged("f", "b", NOWHERE));
  await step();
  assert.equal(annotationsOf(world.get("Secret in/out-b")!)["moonferry.dev/paused"], undefined);
  world.remove("Secret tenant/f");
  world.put(cluster("b", { v: "2" }));
  assert.deepEqual(done(await session(world)()), ["update Secret in/out-b"]);
});

Deno.test("pause: a Cluster that has moved keeps its outputs in each namespace, also after a restart", async () => {
  const template = ["one", "two", "three"].map((namespace) =>
    OUTPUT.replace("{{ .Resource.metadata.namespace }}", namespace)
  )
    .join("---\n");
  const world = new World(
    ...pipeline({ source: { resourceSelectors: CLUSTERS }, template }),
    ...[..."abcdefghijkl"].map((name) => cluster(name)),
  );
  const step = session(world);
  await step();
  world.put(cluster("a", { paused: true }));
  await step();
  world.remove(CLUSTER("a"));
  for (const pass of [step, session(world), session(world)]) assert.deepEqual(done(await pass()), []);
  assert.equal(world.keys("Secret").filter((key) => key.endsWith("/out-a")).length, 3);
});

Deno.test("pause: an output that its own mark keeps is given to no other match", async () => {
  const template = OUTPUT.replace("out-{{ .Resource.metadata.name }}", "{{ .Resource.spec.to }}");
  const world = new World(
    ...pipeline({ source: { resourceSelectors: CLUSTERS }, template }),
    ...[..."abcdefghijkl"].map((name) => cluster(name, { to: name })),
  );
  const step = session(world);
  await step();
  world.put(cluster("a", { to: "a", paused: true }));
  await step();
  world.remove(CLUSTER("a"));
  world.put(cluster("b", { v: "2", to: "a" }));
  for (const restarted of [session(world), session(world)]) {
    const plan = await restarted();
    assert.deepEqual(done(plan), []);
    const taking = plan.held.find(({ change }) => formatRef(change.target) === "Secret in/a");
    assert.equal(taking?.gate, "collision");
    assert.match(taking.reason, /belongs to .*Cluster in\/a,/);
  }
});
