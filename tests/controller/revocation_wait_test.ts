/** When the loop tries a revocation again that it tried in vain, on a clock by hand. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { Loop, REFUSED_MILLISECONDS, type Report } from "../../src/controller/loop.ts";
import { WorkQueue } from "../../src/controller/queue.ts";
import type { Outcome } from "../../src/reconcile/apply.ts";
import { ownedQuery } from "../../src/reconcile/owned.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { eventually } from "../support/eventually.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { input, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const TRIGGER = "EventTrigger.lib.projectsveltos.io /t";

/** A loop on a world of four inputs whose outputs are all there, which is told to fail now. */
async function begin() {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  let time = 0;
  const clock = {
    setTimer(run: () => void, milliseconds: number) {
      const timer = { at: time + milliseconds, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    random: () => 1,
  };
  const world = new World(...pipeline(), ...["a", "b", "c", "d"].map((name) => input(name, "1")));
  const reports: Report[] = [];
  const queue = new WorkQueue(clock);
  const gates = {
    instance: "moonferry",
    allowedKinds: ["Secret"],
    allowKubeconfig: [],
    checkPayload: true,
    adopt: false,
  };
  const loop = new Loop(
    { reader: world, sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } },
    world,
    { managementLabels: { a: "b" }, createNamespaces: false, gates },
    queue,
    {
      reported: (report) => void reports.push(report),
      failed: (_trigger, error) => assert.fail(String(error)),
      unknown: (message) => assert.fail(message),
    },
    undefined,
    () => time,
  );
  void loop.work(signal);
  /** Until nothing is left to do but to wait. @returns the deletes that were tried, and whether anything was read anew for them */
  const settle = async () => {
    const written = world.written.length;
    world.queries.length = 0;
    await eventually(() => assert.ok(!queue.isBusy));
    const tried = world.written.slice(written).filter(({ action }) => action === "delete");
    return {
      tried: tried.map(({ target }) => target.name),
      isReadAgain: world.queries.some(({ options }) => options.fresh && !options.once),
    };
  };
  const pass = async (milliseconds: number) => {
    time += milliseconds;
    for (const timer of [...timers]) {
      if (timer.at > time) continue;
      timers.delete(timer);
      timer.run();
    }
    return await settle();
  };
  const remove = (name: string) => {
    const object = world.get(`Input in/${name}`)!;
    world.remove(`Input in/${name}`);
    loop.notice({ query: { group: "", version: "v1", kind: "Input" }, object });
  };
  const noticeOutput = (object: KubeObject) => loop.notice({ query: ownedQuery("Secret", "moonferry"), object });
  await loop.enqueueAll(signal);
  await settle();
  const write = world.apply.bind(world);
  const refuse = (outcome: Partial<Outcome> | undefined) => {
    world.apply = (change) => {
      if (outcome === undefined || change.action !== "delete") return write(change);
      world.written.push(change);
      return Promise.resolve({ change, status: "failed", message: "", retry: true, ...outcome });
    };
  };
  return { world, loop, reports, settle, pass, remove, noticeOutput, refuse };
}

Deno.test("a refused revocation is tried again after its wait, and not by passes for another reason", async () => {
  const { world, loop, reports, settle, pass, remove, noticeOutput, refuse } = await begin();
  refuse({ status: "stale", retry: false });
  remove("a");
  assert.deepEqual(await settle(), { tried: ["out-a"], isReadAgain: true });
  // What the program's own writes look like, and a change of another input.
  noticeOutput(world.get("Secret in/out-b")!);
  assert.deepEqual(await pass(1_000), { tried: [], isReadAgain: false });
  world.put(input("b", "2"));
  loop.notice({ query: { group: "", version: "v1", kind: "Input" }, object: input("b", "2") });
  assert.deepEqual(await pass(0), { tried: [], isReadAgain: false });
  assert.deepEqual(world.get("Secret in/out-b")!.data, { v: btoa("2") }, "the other change is not kept waiting");
  assert.equal(reports.at(-1)!.reconciliation.isWaiting, true);
  assert.deepEqual((await pass(REFUSED_MILLISECONDS - 1_001)).tried, []);
  refuse(undefined);
  assert.deepEqual(await pass(1), { tried: ["out-a"], isReadAgain: true });
  assert.equal(reports.at(-1)!.reconciliation.isWaiting, undefined);
});

Deno.test("a refused revocation is tried at once where its output is another, or another revocation is to be made", async () => {
  const { world, settle, remove, noticeOutput, refuse } = await begin();
  refuse({ status: "stale", retry: false });
  remove("a");
  assert.deepEqual((await settle()).tried, ["out-a"]);
  // Why it was refused: somebody else has written.
  world.put({ ...world.get("Secret in/out-a")!, type: "edited" } as KubeObject);
  noticeOutput(world.get("Secret in/out-a")!);
  // The trigger waits after a failure: its outputs end that no sooner than after a second.
  assert.deepEqual((await settle()).tried, []);
  remove("b");
  assert.deepEqual((await settle()).tried.toSorted(), ["out-a", "out-b"]);
  refuse(undefined);
  remove("c");
  assert.deepEqual((await settle()).tried.toSorted(), ["out-a", "out-b", "out-c"]);
});

Deno.test("revocations whose input can't be read again wait, too, and a trigger that is gone is not forgotten meanwhile", async () => {
  const { world, loop, settle, pass, remove, noticeOutput } = await begin();
  const list = world.list.bind(world);
  world.list = (query, signal, options) =>
    options?.fresh && query.kind === "EventTrigger"
      ? (world.queries.push({ query, options }), Promise.resolve({ unknown: { reason: "Unreachable", message: "no" } }))
      : list(query, signal, options);
  remove("a");
  assert.deepEqual(await settle(), { tried: [], isReadAgain: true });
  assert.deepEqual(await pass(2_000), { tried: [], isReadAgain: false }, "the trigger's own retry is none of theirs");
  assert.deepEqual(await pass(1_000), { tried: [], isReadAgain: true });
  const trigger = world.get(TRIGGER)!;
  world.remove(TRIGGER);
  loop.notice({ query: { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" }, object: trigger });
  assert.deepEqual(await settle(), { tried: [], isReadAgain: true }, "others are to be revoked now");
  for (let i = 0; i < 2; i++) {
    const passes = loop.passes;
    noticeOutput(world.get("Secret in/out-b")!);
    assert.deepEqual(await pass(1_000), { tried: [], isReadAgain: false });
    assert.ok(loop.passes > passes, "a pass for another reason");
  }
  assert.equal(world.keys("Secret").length, 4);
  world.list = list;
  assert.deepEqual((await pass(3_000)).tried.toSorted(), ["out-a", "out-b", "out-c", "out-d"]);
});
