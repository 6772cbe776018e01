/** Clusters that are paused, and move, while nothing of their trigger can be changed: that they were paused is not forgotten. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { applyPlan } from "../../src/reconcile/apply.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import { KeptPasses } from "../../src/reconcile/kept_renderings.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const sandbox = createLuaSandbox();
const options = optionsFor("Secret");
const NAMES = [..."abcdefghijkl"];
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).sort();
const markOf = (world: World, name: string) =>
  annotationsOf(world.get(`Secret in/out-${name}`)!)["moonferry.dev/paused"];

const CLUSTER = (name: string) => `Cluster.cluster.x-k8s.io in/${name}`;
const cluster = (name: string, paused = false): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "in", name },
  spec: { v: "1", paused },
});
const SOURCE: JsonObject = {
  resourceSelectors: [
    { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" },
    { group: "", version: "v1", kind: "Input", evaluateCEL: [{ name: "r", rule: "resource.spec.v == '1'" }] },
  ],
  aggregatedSelection: `function evaluate()
    local all = {}
    for _, one in ipairs(resources) do
      if one.kind == "Cluster" then table.insert(all, one) else local bad = one.spec.list[1].x end
    end
    return { resources = all }
  end`,
};
const objects = (parts: Parameters<typeof pipeline>[0] = {}) => pipeline({ source: SOURCE, ...parts });

/** A process: what passes keep, and a pass that is carried out. */
function running(world: World): () => Promise<Plan> {
  const parts = { reader: world, sandbox, templates: { world: TEMPLATE_WORLD }, keptPasses: new KeptPasses() };
  let previous: Generation | undefined;
  return async () => {
    const { generation, plan } = await reconcile({ trigger: "t" }, parts, options, signal, previous);
    previous = generation;
    await applyPlan(plan, world, signal);
    return plan;
  };
}

/** All is published, and nothing is to be done. */
async function published(trigger: JsonObject = {}): Promise<{ world: World; step: () => Promise<Plan> }> {
  const world = new World(...objects(), ...NAMES.map((name) => cluster(name)));
  const step = running(world);
  assert.equal((await step()).counts.create, NAMES.length);
  world.put(objects({ trigger })[0]!);
  assert.deepEqual(done(await step()), []);
  return { world, step };
}

const TEMPLATE = "ConfigMap mgmt/t";
const rows: { name: string; fail: (world: World) => void; mend: (world: World) => void }[] = [
  {
    name: "a template is missing",
    fail: (world) => world.remove(TEMPLATE),
    mend: (world) => world.put(objects()[2]!),
  },
  {
    name: "a template can't be parsed",
    fail: (world) => world.put({ ...objects()[2]!, data: { "out.yaml": "{{ if" } }),
    mend: (world) => world.put(objects()[2]!),
  },
  {
    name: "the script fails",
    fail: (world) =>
      world.put({ apiVersion: "v1", kind: "Input", metadata: { namespace: "in", name: "x" }, spec: { v: "1" } }),
    mend: (world) => world.remove("Input in/x"),
  },
  {
    name: "another kind can't be read",
    fail: (world) => void world.unknown.set("Input", { reason: "Forbidden", message: "no" }),
    mend: (world) => void world.unknown.delete("Input"),
  },
];

for (const { name, fail, mend } of rows) {
  for (const restart of [false, true]) {
    Deno.test(`pause: paused and moved while ${name}${restart ? ", then a restart" : ""}: all stays`, async () => {
      const { world, step } = await published();
      fail(world);
      assert.ok((await step()).failures.length > 0);
      world.put(cluster("a", true));
      const plan = await step();
      assert.deepEqual([done(plan), plan.counts.update], [["update Secret in/out-a"], 1]);
      assert.equal(markOf(world, "a"), CLUSTER("a"));
      assert.deepEqual(done(await step()), []);
      world.remove(CLUSTER("a"));
      assert.deepEqual(done(await step()), []);
      const next = restart ? running(world) : step;
      if (restart) assert.deepEqual(done(await next()), []);
      mend(world);
      for (let pass = 0; pass < 2; pass++) assert.deepEqual(done(await next()), []);
      world.put(cluster("a"));
      assert.deepEqual(done(await next()), ["update Secret in/out-a"]);
      assert.equal(markOf(world, "a"), undefined);
    });
  }
}

for (const fails of [false, true]) {
  Deno.test(`pause: a dry run writes no mark, and remembers the pause all the same${fails ? ", also while it fails" : ""}`, async () => {
    const { world, step } = await published({ syncMode: "DryRun" });
    if (fails) rows[0]!.fail(world);
    const before = world.written.length;
    world.put(cluster("a", true));
    const plan = await step();
    assert.deepEqual(plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`), [
      "dry-run Secret in/out-a",
    ]);
    world.remove(CLUSTER("a"));
    await step();
    assert.equal(world.written.length, before);
    world.put(...objects());
    assert.deepEqual(done(await step()), ["update Secret in/out-a"], "its mark, and nothing else");
    assert.equal(markOf(world, "a"), CLUSTER("a"));
  });
}

Deno.test("pause: nothing is written for a trigger that can't be read, which may be a dry run", async () => {
  const { world, step } = await published();
  rows[0]!.fail(world);
  world.put(cluster("a", true));
  world.unknown.set("EventTrigger", { reason: "Forbidden", message: "no" });
  assert.deepEqual(done(await step()), []);
  world.unknown.delete("EventTrigger");
  assert.deepEqual(done(await step()), ["update Secret in/out-a"]);
});

const runsAgain: { name: string; fail: (world: World) => void; mend: (world: World) => void }[] = [
  ...rows.slice(0, 1),
  {
    name: "its match can't be rendered",
    fail: (world) => world.put({ ...cluster("a"), spec: {} }),
    mend: () => {},
  },
];

for (const { name, fail, mend } of runsAgain) {
  for (const restart of [false, true]) {
    Deno.test(`pause: a Cluster that runs again, then goes while ${name}${restart ? ", then a restart" : ""}: revoked`, async () => {
      const { world, step } = await published();
      world.put(cluster("a", true));
      await step();
      assert.equal(markOf(world, "a"), CLUSTER("a"));
      world.put(cluster("a"));
      fail(world);
      assert.deepEqual(done(await step()), ["update Secret in/out-a"]);
      assert.equal(markOf(world, "a"), undefined);
      assert.deepEqual(done(await step()), []);
      world.remove(CLUSTER("a"));
      mend(world);
      assert.deepEqual(done(await (restart ? running(world) : step)()), ["delete Secret in/out-a"]);
    });
  }
}
