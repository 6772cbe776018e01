/** Triggers that are gone: deleted, which is consent, or lost with their definition, which is none. */
import assert from "node:assert/strict";
import { annotationsOf, type KubeObject } from "../../src/api/object.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import type { ObjectQuery } from "../../src/reconcile/reader.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const BEFORE = "2026-01-01T00:00:00Z", MADE = "2026-02-01T00:00:00Z", AFTER = "2026-03-01T00:00:00Z";

const definition = (creationTimestamp: string): KubeObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "eventtriggers.lib.projectsveltos.io", creationTimestamp },
});

/** Two outputs, written by the named managers at these times, of a trigger that is gone. */
async function worldOf(...managers: (readonly [manager: string, time: string])[]): Promise<World> {
  const world = new World(...pipeline({ template: OUTPUT }), input("a", "1"), input("b", "1"));
  await session(world, optionsFor("Secret"))();
  const managedFields = managers.map(([manager, time]) => ({ manager, time, operation: "Apply" }));
  for (const key of world.keys("Secret")) {
    const output = world.get(key)!;
    world.put({ ...output, metadata: { ...output.metadata, managedFields } });
  }
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  return world;
}

async function planOf(world: World, confirm?: string): Promise<Plan> {
  const options = optionsFor("Secret");
  const parts = { reader: world, sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
  const gates = { ...options.gates, ...(confirm === undefined ? {} : { confirm }) };
  return (await reconcile({ trigger: "t" }, parts, { ...options, gates }, signal)).plan;
}

const OURS: readonly [string, string] = ["moonferry", BEFORE];
const ROWS: {
  name: string;
  managers: (readonly [string, string])[];
  defined?: string;
  held: number;
}[] = [
  {
    name: "its definition is older than its outputs: it was deleted",
    managers: [["moonferry", AFTER]],
    defined: MADE,
    held: 0,
  },
  { name: "its definition is newer: it may have gone with the one before", managers: [OURS], defined: MADE, held: 2 },
  {
    name: "so also where somebody else has written since",
    managers: [OURS, ["kubectl", AFTER]],
    defined: MADE,
    held: 2,
  },
  {
    name: "what was written under this definition had its trigger",
    managers: [OURS, ["moonferry", AFTER]],
    defined: MADE,
    held: 0,
  },
  {
    name: "an output that has lost its book-keeping may come from a backup",
    managers: [["velero", BEFORE]],
    defined: MADE,
    held: 2,
  },
  { name: "a folder has no definition", managers: [OURS], held: 0 },
];

for (const { name, managers, defined, held } of ROWS) {
  Deno.test(`a trigger that is gone: ${name}`, async () => {
    const world = await worldOf(...managers);
    if (defined) world.put(definition(defined));
    const { counts, held: waiting } = await planOf(world);
    assert.deepEqual([counts.held, counts.delete], [held, 2 - held]);
    for (const { gate, reason, relax } of waiting) {
      assert.equal(gate, "mass-change");
      assert.match(
        reason,
        managers[0]![0] === "velero"
          ? /t is gone, but Secret in\/out-. has no record of our writes: it may come from a backup/
          : /t is gone, but its definition was made anew at 2026-02-01T00:00:00Z, after Secret in\/out-/,
      );
      assert.match(
        relax,
        /make the EventTrigger again, or .* moonferry withdraw --trigger t, or apply --confirm [0-9a-f]{16}/,
      );
    }
  });
}

Deno.test("a trigger that is gone with its definition: its hash lets it pass, and the trigger made again keeps its outputs", async () => {
  const world = await worldOf(OURS);
  world.put(definition(MADE));
  const { hash } = await planOf(world);
  assert.equal((await planOf(world, hash)).counts.delete, 2);
  world.put(pipeline()[0]!);
  const { counts } = await planOf(world);
  assert.deepEqual([counts.unchanged, counts.held, counts.delete], [2, 0, 0]);
});

Deno.test("a trigger that is gone: a watch has seen it deleted, whatever became of its definition before", async () => {
  const world = await worldOf(OURS);
  world.put(definition(MADE));
  const seen = Object.assign(world, {
    sawDeletion: ({ kind, name }: ObjectQuery) => kind === "EventTrigger" && name === "t",
  });
  assert.equal((await planOf(seen)).counts.delete, 2);
});

Deno.test("a trigger that is gone: where its definition can't be read, nothing is withdrawn", async () => {
  const world = await worldOf(OURS);
  world.unknown.set("CustomResourceDefinition", { reason: "Unreachable", message: "no answer" });
  const { counts, failures } = await planOf(world);
  assert.deepEqual([counts.frozen, counts.delete], [2, 0]);
  assert.match(failures[0]!.message, /whether its definition is still the one that it had can't be read: no answer/);
});

Deno.test("a trigger that is gone with its definition: what is to stay is not let go of either", async () => {
  const world = await worldOf(OURS);
  world.put(definition(MADE));
  for (const key of world.keys("Secret")) {
    const output = world.get(key)!;
    const annotations = { ...annotationsOf(output), "moonferry.dev/on-stop": "leave" };
    world.put({ ...output, metadata: { ...output.metadata, annotations } });
  }
  assert.equal((await planOf(world)).counts.held, 2);
});
