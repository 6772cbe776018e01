/** What all matches give together while one of their Clusters is paused, or was when it vanished: it stays as it is. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { CLUSTER, cluster, CLUSTERS, TOGETHER } from "../support/clusters.ts";
import { optionsFor, session as sessionWith } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const session = (world: World) => sessionWith(world, optionsFor("Secret"));
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).sort();
const changed = (plan: Plan) =>
  plan.changes.filter(({ marks }) => marks === undefined).map(({ action, target }) => `${action} ${formatRef(target)}`)
    .sort();

const NAMES = [..."abcdefghijkl"];
const markOf = (world: World, name: string) =>
  annotationsOf(world.get(`Secret in/out-${name}`)!)["moonferry.dev/paused"];

/** The same as content that is no template, named by a match. */
const plain = (name: string, v: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "mgmt", name },
  data: {
    "s.yaml":
      `apiVersion: v1\nkind: Secret\nmetadata: { name: out-${name}, namespace: in }\nstringData: { v: "${v}" }\n`,
  },
});

interface Way {
  readonly name: string;
  readonly objects: () => KubeObject[];
  /** A Cluster, and what it is to give. */
  readonly put: (world: World, name: string, v: string, paused: boolean) => void;
}

const ways: Way[] = [
  {
    name: "oneForEvent: false",
    objects: () =>
      pipeline({ trigger: { oneForEvent: false }, template: TOGETHER, source: { resourceSelectors: CLUSTERS } }),
    put: (world, name, v, paused) => world.put(cluster(name, { v, paused })),
  },
  {
    name: "content that is no template",
    objects: () => {
      const policyRefs = [{ kind: "ConfigMap", namespace: "mgmt", name: "{{ .MatchingResource.Name }}" }];
      return pipeline({ trigger: { policyRefs }, source: { resourceSelectors: CLUSTERS } }).slice(0, 2);
    },
    put: (world, name, v, paused) => world.put(cluster(name, { paused }), plain(name, v)),
  },
];

for (const { name, objects, put } of ways) {
  const published = async () => {
    const world = new World(...objects());
    for (const name of NAMES) put(world, name, "1", false);
    const step = session(world);
    assert.equal((await step()).counts.create, NAMES.length);
    return { world, step };
  };

  Deno.test(`pause, ${name}: nothing is rotated, published or dropped until the Cluster runs again`, async () => {
    const { world, step } = await published();
    put(world, "a", "2", true);
    put(world, "b", "2", false);
    put(world, "new", "1", false);
    world.remove(CLUSTER("c"));
    for (const pass of [step, step, session(world)]) assert.deepEqual(changed(await pass()), []);
    assert.deepEqual(NAMES.map((name) => markOf(world, name)), NAMES.map(() => CLUSTER("a")));
    put(world, "a", "2", false);
    const plan = await step();
    assert.deepEqual(
      changed(plan),
      ["create Secret in/out-new", "delete Secret in/out-c", "update Secret in/out-a", "update Secret in/out-b"],
    );
    assert.equal(markOf(world, "d"), undefined);
    assert.deepEqual(done(await step()), []);
  });

  for (const restart of [false, true]) {
    Deno.test(`pause, ${name}: what came of a Cluster that moved stays${restart ? " after a restart" : ""}`, async () => {
      const { world, step } = await published();
      put(world, "a", "1", true);
      await step();
      world.remove(CLUSTER("a"));
      const next = restart ? session(world) : step;
      for (let pass = 0; pass < 2; pass++) assert.deepEqual(done(await next()), []);
      put(world, "a", "2", false);
      assert.deepEqual(changed(await next()), ["update Secret in/out-a"]);
      assert.equal(markOf(world, "a"), undefined);
    });
  }

  Deno.test(`pause, ${name}: of two that moved one is back and runs, and what came of the other stays`, async () => {
    const { world, step } = await published();
    for (const name of ["a", "b"]) {
      put(world, name, "1", true);
      await step();
    }
    assert.equal(markOf(world, "a"), `${CLUSTER("a")}, ${CLUSTER("b")}`);
    for (const name of ["a", "b"]) world.remove(CLUSTER(name));
    for (const back of [session(world), step]) {
      put(world, "a", "1", false);
      assert.deepEqual(changed(await back()), []);
      assert.equal(markOf(world, "a"), CLUSTER("b"));
    }
    put(world, "b", "1", false);
    assert.deepEqual(changed(await session(world)()), []);
    assert.equal(markOf(world, "a"), undefined);
  });
}

Deno.test("pause: a mark names no more than eight Clusters, and others once some of them run", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, "0")}`);
  const objects = pipeline({
    trigger: { oneForEvent: false },
    template: TOGETHER,
    source: { resourceSelectors: CLUSTERS },
  });
  const world = new World(...objects, ...names.map((name) => cluster(name)));
  const step = session(world);
  await step();
  world.put(...names.map((name) => cluster(name, { paused: true })));
  await step();
  assert.deepEqual(markOf(world, "c00")!.split(", "), names.slice(0, 8).map(CLUSTER));
  assert.deepEqual(done(await step()), []);
  world.put(...names.slice(0, 5).map((name) => cluster(name)));
  assert.deepEqual(changed(await step()), []);
  assert.deepEqual(markOf(world, "c00")!.split(", "), names.slice(5).map(CLUSTER));
});
