/** Gate `mass-change` for updates: a program that renders differently waits for a person; a changed input does not. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const OLD = "2026-01-01T00:00:00Z", WRITTEN = "2026-06-01T00:00:00Z", LATER = "2026-07-01T00:00:00Z";

function by(manager: string, time: string, subresource?: string): JsonObject {
  return { manager, time, operation: "Apply", fieldsType: "FieldsV1", ...(subresource ? { subresource } : {}) };
}

/** The object as the API server would show it, last changed at `time`. */
function changed(object: KubeObject, ...managedFields: JsonObject[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, creationTimestamp: OLD, managedFields } };
}

interface Row {
  readonly name: string;
  readonly held: number;
  readonly updated: number;
  /** How many of the ten outputs another version gave. */
  readonly differing?: number;
  /** How many inputs somebody has changed since. */
  readonly changedInputs?: number;
  readonly template?: string;
  /** More of the EventSource. */
  readonly source?: JsonObject;
  /** What has happened to the world since. */
  since?(world: World): void;
}

/** Ten outputs, of which some hold what another version of the program gave. */
async function worldOf({ differing = 10, changedInputs = 0, template = OUTPUT, source, since }: Row): Promise<World> {
  const inputs = Array.from({ length: 10 }, (_, i) => input(`i${i}`, "1"));
  const world = new World(...pipeline({ template, source: source ?? {} }), ...inputs);
  await session(world, optionsFor("Secret"))();
  const all = ["EventTrigger.lib.projectsveltos.io", "EventSource.lib.projectsveltos.io", "ConfigMap", "Input"].flatMap(
    (kind) => world.keys(kind),
  );
  for (const key of all) world.put(changed(world.get(key)!, by("kubectl", OLD)));
  for (const [index, key] of world.keys("Secret").entries()) {
    const output = world.get(key)!;
    const data = index < differing ? { v: btoa("as before") } : output.data;
    world.put(changed({ ...output, data } as KubeObject, by("moonferry", WRITTEN)));
  }
  for (let i = 0; i < changedInputs; i++) world.put(changed(world.get(`Input in/i${i}`)!, by("kubectl", LATER)));
  since?.(world);
  return world;
}

async function firstPlan(world: World, confirm?: string): Promise<Plan> {
  const options: ReconcileOptions = optionsFor("Secret", "Profile");
  const parts = { reader: world, sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
  const gates = { ...options.gates, ...(confirm ? { confirm } : {}) };
  return (await reconcile({ trigger: "t" }, parts, { ...options, gates }, signal)).plan;
}

const touch = (key: string, ...entries: JsonObject[]) => (world: World) =>
  world.put(changed(world.get(key)!, ...entries));

const ROWS: readonly Row[] = [
  { name: "another version gives all differently", held: 10, updated: 0 },
  { name: "six of ten", differing: 6, held: 6, updated: 0 },
  { name: "half is not more than half", differing: 5, held: 0, updated: 5 },
  { name: "one input of ten was changed, and all would be rewritten", changedInputs: 1, held: 10, updated: 0 },
  { name: "half of the inputs were changed", changedInputs: 5, held: 0, updated: 10 },
  { name: "the template was edited", since: touch("ConfigMap mgmt/t", by("kubectl", LATER)), held: 0, updated: 10 },
  {
    name: "the EventTrigger was edited",
    since: touch("EventTrigger.lib.projectsveltos.io /t", by("kubectl", LATER)),
    held: 0,
    updated: 10,
  },
  {
    name: "only the EventTrigger's status was written",
    since: touch("EventTrigger.lib.projectsveltos.io /t", by("kubectl", OLD), by("moonferry", LATER, "status")),
    held: 10,
    updated: 0,
  },
  {
    name: "the EventTrigger was only annotated for us, with the hash of another plan",
    since: touch("EventTrigger.lib.projectsveltos.io /t", by("kubectl", OLD), {
      ...by("kubectl-annotate", LATER),
      fieldsV1: { "f:metadata": { "f:annotations": { ".": {}, "f:moonferry.dev/confirm": {} } } },
    }),
    held: 10,
    updated: 0,
  },
  {
    name: "the EventTrigger was annotated for us, and edited as well",
    since: touch("EventTrigger.lib.projectsveltos.io /t", {
      ...by("kubectl", LATER),
      fieldsV1: {
        "f:metadata": { "f:annotations": { "f:moonferry.dev/confirm": {} } },
        "f:spec": { "f:oneForEvent": {} },
      },
    }),
    held: 0,
    updated: 10,
  },
  {
    name: "the EventSource was edited in the very second of the write",
    since: touch("EventSource.lib.projectsveltos.io /t", by("kubectl", WRITTEN)),
    held: 0,
    updated: 10,
  },
  {
    name: "somebody has edited the outputs",
    since: (world) => {
      for (const key of world.keys("Secret")) touch(key, by("moonferry", WRITTEN), by("kubectl", LATER))(world);
    },
    held: 0,
    updated: 10,
  },
  {
    name: "outputs from a backup, which have lost their book-keeping",
    since: (world) => {
      for (const key of world.keys("Secret")) touch(key, by("velero", LATER))(world);
    },
    held: 0,
    updated: 10,
  },
  {
    name: "what depends on the time is another each time",
    template: `${OUTPUT}  at: {{ now | date "2006" | quote }}\n`,
    held: 0,
    updated: 10,
  },
  {
    name: "so is what a script has asked the time for",
    source: {
      resourceSelectors: [{ group: "", version: "v1", kind: "Input" }],
      aggregatedSelection: "function evaluate() local t = os.time() return {resources = resources} end",
    },
    held: 0,
    updated: 10,
  },
  {
    name: "a script that takes a time apart has not asked for it",
    source: {
      resourceSelectors: [{ group: "", version: "v1", kind: "Input" }],
      aggregatedSelection: 'function evaluate() local y = os.date("%Y", 0) return {resources = resources} end',
    },
    held: 10,
    updated: 0,
  },
];

for (const row of ROWS) {
  Deno.test(`mass update: ${row.name}`, async () => {
    const plan = await firstPlan(await worldOf(row));
    assert.deepEqual([plan.counts.held, plan.counts.update], [row.held, row.updated]);
    assert.ok(plan.held.every(({ gate, relax }) => gate === "mass-change" && relax.includes(plan.hash)));
  });
}

Deno.test("mass update: the hash lets it pass, pass after pass it stays held, and files say nothing of times", async () => {
  const world = await worldOf(ROWS[0]!);
  const step = session(world, optionsFor("Secret"));
  assert.equal((await step()).counts.held, 10);
  assert.equal((await step()).counts.held, 10, "a plan that is held was not accepted");
  const { hash } = await step();
  assert.equal((await firstPlan(world, hash)).counts.update, 10);
  for (const key of world.keys("Secret")) {
    const { metadata: { managedFields: _, creationTimestamp: __, ...metadata }, ...rest } = world.get(key)!;
    world.put({ ...rest, metadata } as KubeObject);
  }
  assert.equal((await firstPlan(world)).counts.update, 10);
});

Deno.test("mass update: what a running process sees change is carried out, however much it is", async () => {
  const world = new World(...pipeline(), ...Array.from({ length: 10 }, (_, i) => input(`i${i}`, "1")));
  const step = session(world, optionsFor("Secret"));
  await step();
  for (const key of world.keys("Secret")) {
    world.put(changed({ ...world.get(key)!, data: { v: btoa("drifted") } } as KubeObject, by("moonferry", LATER)));
  }
  assert.equal((await step()).counts.update, 10);
});

Deno.test("mass update: what follows a held output in its match waits for it, too", async () => {
  const more = `${OUTPUT}---
apiVersion: v1
kind: Profile
metadata: { name: "{{ .Resource.metadata.name }}", namespace: in }
`;
  const world = await worldOf(ROWS[0]!);
  const template = pipeline({ template: more })[2]!;
  world.put(changed(template, by("kubectl", OLD)));
  const plan = await firstPlan(world);
  assert.deepEqual([plan.counts.held, plan.counts.create, plan.changes.length], [20, 0, 0]);
});

/** Ten outputs whose names, or namespaces, another version gave differently. */
async function renamedWorld(rename: (metadata: KubeObject["metadata"]) => JsonObject, since?: Row["since"]) {
  const world = await worldOf({ name: "", held: 0, updated: 0, differing: 0, since });
  for (const key of world.keys("Secret")) {
    const output = world.get(key)!;
    const { uid: _, ...metadata } = output.metadata;
    world.remove(key);
    world.put({ ...output, metadata: { ...metadata, ...rename(output.metadata) } as KubeObject["metadata"] });
  }
  return world;
}
const before = ({ name }: KubeObject["metadata"]) => ({ name: `before-${name}` });

Deno.test("mass update: other names are held like other contents, the old and the new ones", async () => {
  const world = await renamedWorld(before);
  const plan = await firstPlan(world);
  const count = (wanted: string) => plan.held.filter(({ change: { action } }) => action === wanted).length;
  assert.deepEqual([count("create"), count("delete"), plan.changes], [10, 10, []]);
  assert.ok(plan.held.every(({ gate }) => gate === "mass-change"));
  const { counts } = await firstPlan(world, plan.hash);
  assert.deepEqual([counts.create, counts.delete, counts.held], [10, 10, 0]);
});

Deno.test("mass update: other names that an edited template gives, or another consumer, are no other program", async () => {
  const edited = await firstPlan(await renamedWorld(before, touch("ConfigMap mgmt/t", by("kubectl", LATER))));
  assert.deepEqual([edited.counts.create, edited.counts.delete, edited.counts.held], [10, 10, 0]);
  const moved = await firstPlan(await renamedWorld(() => ({ namespace: "before" })));
  assert.deepEqual([moved.counts.create, moved.counts.delete, moved.counts.held], [10, 10, 0]);
});

Deno.test("mass update: where more outputs go than come, they are withdrawn, not renamed", async () => {
  const template = `${OUTPUT}---\n${OUTPUT.replace("out-", "more-")}`;
  const world = await worldOf({ name: "", held: 0, updated: 0, template });
  for (const key of world.keys("Secret")) world.put(changed(world.get(key)!, by("moonferry", WRITTEN)));
  world.put(changed(pipeline({ template: OUTPUT.replace("out-", "new-") })[2]!, by("kubectl", OLD)));
  const { counts } = await firstPlan(world);
  assert.deepEqual([counts.create, counts.delete, counts.held], [10, 20, 0]);
});
