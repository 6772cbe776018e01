/** Which triggers are handled: those of `--trigger-selector`, and none beside Sveltos until there is one. */
import assert from "node:assert/strict";
import { formatRef, type KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { applyPlan } from "../../src/reconcile/apply.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { readTriggerSelector, type TriggerScope } from "../../src/reconcile/scope.ts";
import { withdrawalOf } from "../../src/reconcile/withdraw.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { input, pipeline, World } from "../support/world.ts";

const parts = {
  sandbox: createLuaSandbox(),
  templates: { world: { now: () => new Date(0), randomBytes: (count: number) => new Uint8Array(count) } },
};
const signal = new AbortController().signal;

function optionsFor(scope: TriggerScope, instance: string): ReconcileOptions {
  return {
    managementLabels: { a: "b" },
    createNamespaces: false,
    scope,
    gates: { instance, allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
  };
}

/** Plans and carries out once: what was done, what stands frozen, and what was said. */
async function pass(world: World, scope: TriggerScope, instance = "moonferry", trigger = "t", adopt = false) {
  const options = optionsFor(scope, instance);
  const settings = { ...options, gates: { ...options.gates, adopt } };
  const result = await reconcile({ trigger }, { ...parts, reader: world }, settings, signal);
  await applyPlan(result.plan, world, signal);
  const { changes, counts, notes, failures, held } = result.plan;
  return {
    done: changes.map(({ action, target }) => `${action} ${formatRef(target)}`),
    frozen: counts.frozen,
    notes: notes.map(({ message }) => message),
    failures: failures.map(({ reason, message }) => `${reason}: ${message}`),
    held: held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`),
    isOutOfScope: result.computation.snapshot.isOutOfScope === true,
  };
}

const selecting = (text: string): TriggerScope => ({ selector: readTriggerSelector(text), besideSveltos: "hold" });
const TEAM_A = selecting("team=a"), TEAM_B = selecting("team=b");

function world(labels: JsonObject, metadata: JsonObject = {}, status?: JsonObject): World {
  const [trigger, ...rest] = pipeline();
  return new World(labeled(trigger!, labels, metadata, status), ...rest, input("a", "1"), input("b", "2"));
}

function labeled(trigger: KubeObject, labels: JsonObject, metadata: JsonObject = {}, status?: JsonObject): KubeObject {
  return { ...trigger, metadata: { ...trigger.metadata, ...metadata, labels }, ...(status ? { status } : {}) };
}

const SELECTORS: readonly { selector: string; labels: JsonObject; isIn: boolean }[] = [
  { selector: "team=a", labels: { team: "a" }, isIn: true },
  { selector: "team=a", labels: { team: "b" }, isIn: false },
  { selector: "team=a", labels: {}, isIn: false },
  { selector: "team!=a", labels: {}, isIn: true },
  { selector: "team in (a,b),!test", labels: { team: "b" }, isIn: true },
  { selector: "team in (a,b),!test", labels: { team: "b", test: "" }, isIn: false },
];

for (const { selector, labels, isIn } of SELECTORS) {
  Deno.test(`--trigger-selector ${selector} ${isIn ? "takes" : "leaves"} ${JSON.stringify(labels)}`, async () => {
    const { done, isOutOfScope, notes } = await pass(world(labels), selecting(selector));
    assert.equal(isOutOfScope, !isIn);
    assert.deepEqual(done, isIn ? ["create Secret in/out-a", "create Secret in/out-b"] : []);
    assert.deepEqual(notes, []);
  });
}

Deno.test("what came of a trigger that leaves the selector stays, is named, and is neither updated nor withdrawn", async () => {
  const there = world({ team: "a" });
  await pass(there, TEAM_A);
  there.put(labeled(pipeline()[0]!, { team: "b" }), input("a", "changed"));
  there.remove("Input in/b");
  const { done, frozen, notes } = await pass(there, TEAM_A);
  assert.deepEqual([done, frozen], [[], 2]);
  assert.equal(notes.length, 1);
  assert.match(
    notes[0]!,
    /EventTrigger t does not match --trigger-selector team=a\..*Secret in\/out-a, Secret in\/out-b/,
  );
  // It comes back: all is put right.
  there.put(labeled(pipeline()[0]!, { team: "a" }));
  assert.deepEqual((await pass(there, TEAM_A)).done, ["delete Secret in/out-b", "update Secret in/out-a"]);
});

Deno.test("whose selector it enters does not touch what the other instance has written", async () => {
  const there = world({ team: "a" });
  await pass(there, TEAM_A, "first");
  there.put(labeled(pipeline()[0]!, { team: "b" }), input("c", "3"));
  const second = await pass(there, TEAM_B, "second");
  assert.deepEqual(second.done, ["create Secret in/out-c"]);
  assert.deepEqual(second.held, ["ownership Secret in/out-a", "ownership Secret in/out-b"]);
  assert.deepEqual((await pass(there, TEAM_A, "first")).done, []);
});

Deno.test("outputs that the other instance has let go of are taken over where they are", async () => {
  const there = world({ team: "a" });
  await pass(there, TEAM_A, "first");
  const suspended = labeled(pipeline()[0]!, { team: "b" }, { annotations: { "moonferry.dev/suspend": "true" } });
  there.put(suspended);
  const owned = ["out-a", "out-b"].map((name) => there.get(`Secret in/${name}`)!);
  const { changes, refusals } = withdrawalOf({ instance: "first", trigger: "t", release: true }, owned, [suspended]);
  assert.deepEqual([changes.map(({ release }) => release), refusals], [[true, true], []]);
  // As the API server does it: the marks are gone, the rest stays.
  there.put(...owned.map((secret): KubeObject => {
    const { namespace, name, uid } = secret.metadata;
    return { ...secret, metadata: { namespace: namespace!, name: name!, uid: uid! } };
  }));
  assert.deepEqual((await pass(there, TEAM_B, "second")).done, [], "suspended");
  there.put(labeled(pipeline()[0]!, { team: "b" }));
  assert.deepEqual((await pass(there, TEAM_B, "second")).held.length, 2);
  const taken = await pass(there, TEAM_B, "second", "t", true);
  assert.deepEqual(taken.done, ["update Secret in/out-a", "update Secret in/out-b"]);
  assert.deepEqual((await pass(there, TEAM_A, "first")).frozen, 0);
});

Deno.test("a trigger that is deleted has its outputs withdrawn, whatever the selector", async () => {
  const there = world({ team: "a" });
  await pass(there, TEAM_A);
  there.put(labeled(pipeline()[0]!, { team: "b" }));
  await pass(there, TEAM_A);
  there.remove("EventTrigger.lib.projectsveltos.io /t");
  assert.deepEqual((await pass(there, TEAM_B, "second")).done, [], "those of another instance stay");
  assert.deepEqual((await pass(there, TEAM_A)).done, ["delete Secret in/out-b", "delete Secret in/out-a"]);
});

const SVELTOS: readonly { name: string; metadata: JsonObject; status?: JsonObject }[] = [
  { name: "its finalizer", metadata: { finalizers: ["eventtrigger.lib.projectsveltos.io"] } },
  { name: "its status", metadata: {}, status: { clusterInfo: [] } },
];

for (const { name, metadata, status } of SVELTOS) {
  Deno.test(`beside Sveltos (${name}) no trigger is handled until a selector says which`, async () => {
    const there = world({});
    const theirs = labeled({ ...pipeline()[0]!, metadata: { name: "theirs" } }, {}, metadata, status);
    await pass(there, { besideSveltos: "hold" });
    there.put(theirs, input("a", "changed"));
    there.remove("Input in/b");
    const held = await pass(there, { besideSveltos: "hold" });
    assert.deepEqual([held.done, held.frozen], [[], 2]);
    assert.equal(held.failures.length, 1);
    assert.match(held.failures[0]!, /^BesideSveltos: Sveltos handles EventTrigger theirs .*--trigger-selector/);
    // Not even what a deleted trigger has left is withdrawn: who deleted it is not known.
    const [trigger] = pipeline();
    there.remove("EventTrigger.lib.projectsveltos.io /t");
    assert.deepEqual((await pass(there, { besideSveltos: "hold" })).done, []);
    there.put(labeled(trigger!, { team: "a" }));
    assert.deepEqual((await pass(there, TEAM_A)).done, ["delete Secret in/out-b", "update Secret in/out-a"]);
    assert.deepEqual((await pass(there, TEAM_A, "moonferry", "theirs")).done, []);
  });
}

Deno.test("who only shows works beside Sveltos, and says so at the trigger that is Sveltos's", async () => {
  const there = world({}, { finalizers: ["eventtrigger.lib.projectsveltos.io"] });
  const { done, notes, failures } = await pass(there, { besideSveltos: "tell" });
  assert.deepEqual([done.length, failures], [2, []]);
  assert.match(notes.join(), /Sveltos handles EventTrigger t .*--trigger-selector/);
  const other = { ...pipeline()[0]!, metadata: { name: "t2" } };
  there.put(other);
  assert.deepEqual((await pass(there, { besideSveltos: "tell" }, "moonferry", "t2")).notes, []);
});

Deno.test("where the triggers can't be listed, it is not known whether Sveltos is there, and nothing is done", async () => {
  const there = world({});
  there.unknown.set("EventTrigger", { reason: "Unreachable", message: "no API server" });
  assert.deepEqual((await pass(there, { besideSveltos: "hold" })).done, []);
});
