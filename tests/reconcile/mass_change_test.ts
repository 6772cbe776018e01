/** Gate `mass-change`: what it goes on holding, what it lets pass meanwhile, and who can make it hold (Decision 5). */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { addMarks } from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import type { ObjectQuery } from "../../src/reconcile/reader.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, pipeline, World } from "../support/world.ts";

const OPTIONS = optionsFor("Secret");
const done = (plan: Plan) =>
  plan.changes.map(({ action, release, target }) => `${release ? "release" : action} ${formatRef(target)}`).sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();
const withdrawn = (...names: string[]) => names.map((name) => `delete Secret in/out-${name}`);
const waiting = (...names: string[]) => names.map((name) => `mass-change Secret in/out-${name}`);

const of = (env: string, kind = "Input") => ({
  group: "",
  version: "v1",
  kind,
  labelFilters: [{ key: "env", operation: "Equal", value: env }],
});
const labelled = (name: string, env: string) => input(name, "1", { labels: { env } });
const PROD = ["p1", "p2", "p3"];
const sourceOf = (...resourceSelectors: JsonObject[]) => pipeline({ source: { resourceSelectors } });

/** What else happens when the EventSource is edited while the end of all of `prod`, three of 23 matches, is held. */
const EDITS: {
  name: string;
  selectors: JsonObject[];
  then?: (world: World) => void;
  want: { done: string[]; held: string[] };
}[] = [
  { name: "another selector", selectors: [of("prod"), of("dev"), of("x")], want: { done: [], held: waiting(...PROD) } },
  { name: "in another order", selectors: [of("dev"), of("prod")], want: { done: [], held: waiting(...PROD) } },
  { name: "without theirs", selectors: [of("dev")], want: { done: [], held: waiting(...PROD) } },
  {
    name: "they are back, selected no more",
    selectors: [of("dev")],
    then: (world) => world.put(...PROD.map((name) => labelled(name, "prod"))),
    want: { done: withdrawn(...PROD), held: [] },
  },
  {
    name: "they are back",
    selectors: [of("dev"), of("prod")],
    then: (world) => world.put(...PROD.map((name) => labelled(name, "prod"))),
    want: { done: [], held: [] },
  },
  {
    name: "a watch saw them go",
    selectors: [of("dev"), of("prod")],
    then: (world) => void Object.assign(world, { sawDeletion: () => true }),
    want: { done: withdrawn(...PROD), held: [] },
  },
];

for (const { name, selectors, then, want } of EDITS) {
  Deno.test(`mass change: it is held after an edit of the EventSource as before: ${name}`, async () => {
    const dev = Array.from({ length: 20 }, (_, i) => labelled(`d${i}`, "dev"));
    const objects = sourceOf(of("prod"), of("dev"));
    const world = new World(...objects, ...PROD.map((name) => labelled(name, "prod")), ...dev);
    const step = session(world, OPTIONS);
    await step();
    for (const name of PROD) world.remove(`Input in/${name}`);
    assert.deepEqual(held(await step()), waiting(...PROD));
    world.put(sourceOf(...selectors)[1]!);
    then?.(world);
    for (let pass = 0; pass < 2; pass++) {
      const plan = await step();
      if (pass === 0 || want.held.length > 0) {
        assert.deepEqual({ done: done(plan), held: held(plan) }, want, `pass ${pass}`);
      }
    }
  });
}

Deno.test("mass change: after an edit it is let pass by its hash", async () => {
  const dev = Array.from({ length: 20 }, (_, i) => labelled(`d${i}`, "dev"));
  const world = new World(...sourceOf(of("prod"), of("dev")), ...PROD.map((name) => labelled(name, "prod")), ...dev);
  const step = session(world, OPTIONS);
  await step();
  for (const name of PROD) world.remove(`Input in/${name}`);
  const { hash } = await step();
  const [trigger, edited] = sourceOf(of("dev"));
  world.put(edited!);
  assert.equal((await step()).hash, hash);
  world.put({ ...trigger!, metadata: { ...trigger!.metadata, annotations: { "moonferry.dev/confirm": hash } } });
  assert.deepEqual(done(await step()), withdrawn(...PROD));
  world.put(trigger!, sourceOf(of("prod"), of("dev"))[1]!);
  assert.deepEqual(held(await step()), []);
});

const GONE = [..."abcdef"];
const SCRIPT = "function evaluate() return {resources = resources} end";

/** Twelve inputs, of which six are gone and held; then one more leaves. */
const MEANWHILE: { name: string; source?: JsonObject; leave: (world: World) => void; passes: boolean }[] = [
  { name: "a label is taken off", leave: (world) => world.put(input("l", "1")), passes: true },
  { name: "it is deleted before a watch", leave: (world) => world.remove("Input in/l"), passes: true },
  {
    name: "it is gone like the others",
    leave: (world) => {
      world.remove("Input in/l");
      Object.assign(world, { sawDeletion: () => false });
    },
    passes: false,
  },
  {
    name: "a label is taken off, but a script makes the matches",
    source: { aggregatedSelection: SCRIPT },
    leave: (world) => world.put(input("l", "1")),
    passes: false,
  },
];

for (const { name, source, leave, passes } of MEANWHILE) {
  Deno.test(`mass change: what has nothing to do with it is withdrawn meanwhile: ${name}`, async () => {
    const names = [..."abcdefghijkl"];
    const objects = pipeline({ source: { resourceSelectors: [of("x")], ...source } });
    const world = new World(...objects, ...names.map((name) => labelled(name, "x")));
    const step = session(world, OPTIONS);
    await step();
    Object.assign(world, { sawDeletion: ({ name }: ObjectQuery) => name === "l" });
    for (const name of GONE) world.remove(`Input in/${name}`);
    assert.deepEqual(held(await step()), waiting(...GONE));
    leave(world);
    const plan = await step();
    assert.deepEqual(
      [done(plan), held(plan)],
      passes ? [withdrawn("l"), waiting(...GONE)] : [
        [],
        waiting(...GONE, "l"),
      ],
    );
    assert.deepEqual(held(await step()), passes ? waiting(...GONE) : waiting(...GONE, "l"), "and the others wait on");
  });
}

/** What somebody may make who can write Secrets in a namespace of their own. */
function forged(name: string, annotations: Record<string, string>): KubeObject {
  const secret: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "tenant", name } };
  const match = { apiVersion: "v1", kind: "Input", namespace: "in", name: `no-${name}` };
  const template = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" };
  const marked = addMarks(secret, "moonferry", { trigger: "t", match, template, key: "out.yaml" }, "withdraw");
  return { ...marked, metadata: { ...marked.metadata, annotations: { ...annotationsOf(marked), ...annotations } } };
}

for (
  const { name, forgeries, gone, want } of [
    { name: "none is forged", forgeries: 0, gone: 1, want: withdrawn("a") },
    { name: "eight are suspended, with matches that never were", forgeries: 8, gone: 1, want: withdrawn("a") },
    { name: "they don't make a mass change look small either", forgeries: 80, gone: 6, want: [] },
  ]
) {
  Deno.test(`mass change: at a start what is suspended as a whole is not counted: ${name}`, async () => {
    const names = [..."abcdefghijkl"];
    const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
    await session(world, OPTIONS)();
    for (let i = 0; i < forgeries; i++) world.put(forged(`f${i}`, { "moonferry.dev/suspend": "all" }));
    for (const name of names.slice(0, gone)) world.remove(`Input in/${name}`);
    assert.deepEqual(done(await session(world, OPTIONS)()), want);
  });
}
