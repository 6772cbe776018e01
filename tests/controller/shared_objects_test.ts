/** What the planning thread was sent once is named from then on, and forgotten when nobody needs it any more. */
import assert from "node:assert/strict";
import type { PlanCommand } from "../../src/controller/plan_messages.ts";
import { Holders, SharedObjects } from "../../src/controller/shared_objects.ts";
import { type PlanWorker, WorkerPlanner } from "../../src/controller/worker_planner.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import type { ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { input, pipeline, World } from "../support/world.ts";

const options: ReconcileOptions = {
  managementLabels: { a: "b" },
  createNamespaces: false,
  gates: { instance: "moonferry", allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
};

/** A planner with a true worker, and what it was told: how many objects were sent whole and are still known to it. */
class Watched {
  sent = 0;
  readonly known = new Set<number>();
  readonly planner: WorkerPlanner;

  constructor() {
    this.planner = new WorkerPlanner({ options }, () => {
      const worker: PlanWorker = new Worker(new URL("../../src/cli/plan_worker.ts", import.meta.url), {
        type: "module",
      });
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message) => {
        this.#note(message as PlanCommand);
        post(message);
      };
      return worker;
    });
  }

  #note(command: PlanCommand): void {
    if (command.type === "part" || command.type === "listed") {
      this.sent += command.objects.fresh.length;
      for (const number of command.objects.numbers) this.known.add(number);
    } else if (command.type === "settle") {
      for (const number of command.forget) if (number > 0) assert.ok(this.known.delete(number), "it was known");
    }
  }

  /** How many objects were sent whole for this plan. */
  async plan(world: World, trigger = "t", previous?: Generation, signal = new AbortController().signal) {
    const before = this.sent;
    const reconciliation = await this.planner.plan({ trigger }, world, previous, signal);
    return { reconciliation, sent: this.sent - before };
  }

  [Symbol.dispose](): void {
    this.planner.close();
  }
}

Deno.test("of what did not change since the last pass nothing is sent again, of what did all", async () => {
  using watched = new Watched();
  const world = new World(...pipeline(), input("a", "1"), input("b", "1"));
  const first = await watched.plan(world);
  assert.ok(first.sent >= 5, "two inputs, the trigger, its source and template");
  assert.equal((await watched.plan(world)).sent, 0);
  world.put(input("b", "2"));
  const third = await watched.plan(world);
  assert.equal(third.sent, 1);
  assert.deepStrictEqual(
    third.reconciliation.plan.changes.map(({ desired }) => desired),
    (await watched.plan(world)).reconciliation.plan.changes.map(({ desired }) => desired),
  );
});

Deno.test("what is gone is forgotten, and so is all of a trigger that is", async () => {
  using watched = new Watched();
  const world = new World(...pipeline(), input("a", "1"), input("b", "1"));
  await watched.plan(world);
  const all = watched.known.size;
  world.remove("Input in/b");
  await watched.plan(world);
  assert.equal(watched.known.size, all - 1);
  const gone = new World();
  await watched.plan(gone);
  assert.equal(watched.known.size, 0);
});

Deno.test("two triggers share what both read, and it stays as long as one of them needs it", async () => {
  using watched = new Watched();
  const [trigger, ...others] = pipeline();
  const second = { ...trigger!, metadata: { name: "u" } };
  const world = new World(trigger!, second, ...others, input("a", "1"));
  const { sent: firstSent } = await watched.plan(world, "t");
  const { sent: secondSent } = await watched.plan(world, "u");
  assert.equal(secondSent, 1, `the second trigger; the first had ${firstSent}`);
  await watched.plan(new World(), "t");
  assert.equal((await watched.plan(world, "u")).sent, 0, "what the other one needs is still there");
});

Deno.test("plans that are given up or fail leave nothing behind", async () => {
  using watched = new Watched();
  const world = new World(...pipeline(), ...Array.from({ length: 600 }, (_, i) => input(`i${i}`, "1")));
  for (let round = 0; round < 3; round++) {
    const abort = new AbortController();
    world.onList = ({ kind }) => kind === "Input" && queueMicrotask(() => abort.abort(new Error("stop")));
    await assert.rejects(watched.plan(world, "t", undefined, abort.signal), /stop/);
    world.onList = ({ kind }) => {
      if (kind === "Input") throw new Error("a bug of the reader's");
    };
    await assert.rejects(watched.plan(world), /a bug of the reader's/);
  }
  world.onList = () => {};
  assert.equal(watched.known.size, 0);
  const { reconciliation } = await watched.plan(world);
  assert.equal(reconciliation.plan.counts.create, 600);
});

Deno.test("holders: what two hold is needed until both have let go", () => {
  const holders = new Holders();
  const first = new Set<number>(), second = new Set<number>();
  for (const number of [1, 2]) holders.hold(first, number);
  for (const number of [2, 3]) holders.hold(second, number);
  assert.deepStrictEqual(holders.keep("a", first), []);
  assert.deepStrictEqual(holders.keep("a", second), [1]);
  assert.deepStrictEqual(holders.forget("a"), [2, 3]);
  assert.deepStrictEqual(holders.forget("a"), []);
});

Deno.test("shared objects: a number that nobody has learned is a bug, and is told", () => {
  const shared = new SharedObjects(-1);
  const object = {};
  shared.learn(shared.nextNumber(), object);
  assert.equal(shared.numbers.get(object), -1);
  assert.equal(shared.get(-1), object);
  shared.forget([-1, -2]);
  assert.equal(shared.size, 0);
  assert.throws(() => shared.get(-1), /object -1.*not known here/);
});
