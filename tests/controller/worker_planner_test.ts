/** Plans made in a worker are those made here, and what runs there keeps nobody here waiting. */
import assert from "node:assert/strict";
import process from "node:process";
import { type KubeObject, nameOf } from "../../src/api/object.ts";
import { pack, unpack } from "../../src/controller/packed.ts";
import type { PlanCommand } from "../../src/controller/plan_messages.ts";
import { planHere } from "../../src/controller/planner.ts";
import { type PlanWorker, WorkerPlanner } from "../../src/controller/worker_planner.ts";
import { Float64, type JsonObject } from "../../src/json/json.ts";
import { FolderReader } from "../../src/manifests/reader.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import type { ObjectReader } from "../../src/reconcile/reader.ts";
import type { ReconcileOptions, Reconciliation } from "../../src/reconcile/reconcile.ts";
import { readTriggerSelector } from "../../src/reconcile/scope.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { input, pipeline, World } from "../support/world.ts";

const OPTIONS: ReconcileOptions = {
  managementLabels: { a: "b", "cluster-api": "enabled" },
  createNamespaces: false,
  gates: { instance: "moonferry", allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
};
const ENDLESS = { resourceSelectors: [{ group: "", version: "v1", kind: "Input", evaluate: "while true do end" }] };
/** What may or may not be shown, depending on what was read. */
const TOLD = ["plain words", "a-very-secret-value", `in base64 ${btoa("a-very-secret-value")}`];
const signal = new AbortController().signal;

function openWorker(): Worker {
  return new Worker(new URL("../../src/cli/plan_worker.ts", import.meta.url), { type: "module" });
}

/** Both planners, with the same settings. */
class Planners {
  opened = 0;
  worker: PlanWorker | undefined;
  readonly here;
  readonly there;

  constructor(options: ReconcileOptions = OPTIONS, lua = {}, open: () => PlanWorker = openWorker) {
    this.here = planHere({ sandbox: createLuaSandbox(lua), templates: {} }, options);
    this.there = new WorkerPlanner({ options, ...{ lua } }, () => {
      this.opened++;
      return this.worker = open();
    });
  }

  /** Plans twice and says what both say. */
  async agree(reader: ObjectReader, trigger = "t", previous?: Generation): Promise<Reconciliation> {
    const here = await this.here.plan({ trigger }, reader, previous, signal);
    const there = await this.there.plan({ trigger }, reader, previous, signal);
    const { redact, ...plain } = there;
    const { redact: redactHere, ...plainHere } = here;
    assert.deepStrictEqual(untimed(plain), untimed(plainHere));
    for (const text of TOLD) assert.equal(redact(text), redactHere(text));
    return there;
  }

  [Symbol.dispose](): void {
    this.there.close();
  }
}

/** Without the time that the script took, which is another each time. */
function untimed<T extends Omit<Reconciliation, "redact">>(plain: T): T {
  const { matches } = plain.computation;
  if (!matches?.cost) return plain;
  const timeless = { ...matches, cost: { ...matches.cost, milliseconds: 0 } };
  return { ...plain, computation: { ...plain.computation, matches: timeless } };
}

Deno.test("the push model's plan is the same in a worker", async () => {
  using planners = new Planners();
  const reader = new FolderReader({ inputs: ["k8s/examples/push-model"] });
  await reader.load();
  const listed = await reader.list(
    { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" },
    signal,
  );
  const { plan } = await planners.agree(reader, nameOf(listed.objects![0]!));
  assert.ok(plan.counts.create > 0, "it has something to create");
});

Deno.test("what stands in a Secret that a plan has read or made is taken out of texts", async () => {
  using planners = new Planners();
  const { redact } = await planners.agree(new World(...pipeline(), input("a", "a-very-secret-value")));
  assert.doesNotMatch(redact(TOLD[1]!), /very-secret/);
  assert.doesNotMatch(redact(TOLD[2]!), new RegExp(btoa("a-very-secret-value")));
  assert.equal(redact(TOLD[0]!), TOLD[0]);
});

Deno.test("numbers that JSON tells apart and JavaScript does not, and keys of prototypes, survive both ways", async () => {
  using planners = new Planners();
  const odd = input("odd", "1");
  odd.spec = JSON.parse('{"v": "1", "__proto__": {"x": "y"}, "constructor": "c"}');
  Object.assign(odd.spec as object, { float: new Float64(3), big: 9007199254740993n, half: 0.5 });
  const rule = "type(resource.spec.float) == double && resource.spec.big == 9007199254740993 && " +
    'resource.spec["__proto__"].x == "y"';
  const source = {
    resourceSelectors: [{ group: "", version: "v1", kind: "Input", evaluateCEL: [{ name: "r", rule }] }],
  };
  const { plan, computation } = await planners.agree(new World(...pipeline({ source }), odd));
  assert.equal(plan.counts.create, 1, "the worker sees what the rule says");
  const spec = computation.selection!.objects[0]!.spec as JsonObject;
  assert.ok(spec.float instanceof Float64 && spec.big === 9007199254740993n && Object.hasOwn(spec, "__proto__"));
});

Deno.test("a value that was packed, posted and unpacked is what it was", () => {
  const given = { n: [new Float64(-0), new Float64(1e21), 1n << 62n, 1.5, -1, null, undefined], s: new Set(["a"]) };
  const value = { ...given, again: given.n, m: new Map([["k", new Set([new Float64(2)])]]) };
  const back = unpack(structuredClone(pack(value))) as typeof value;
  assert.deepStrictEqual(back, value);
  assert.equal(back.again, back.n, "what was shared is shared");
  assert.throws(() => pack({ at: new Date(0) }), /a Date can't be passed/);
});

Deno.test("failures, unknown inputs, refused kinds and a trigger out of scope are the same", async () => {
  using planners = new Planners();
  const failing = new World(...pipeline({ template: "{{ fail .Resource.metadata.name }}" }), input("a", "1"));
  assert.equal((await planners.agree(failing)).plan.failures.length, 1);

  const broken = new World(
    ...pipeline({
      source: { ...ENDLESS, resourceSelectors: [{ ...ENDLESS.resourceSelectors[0], evaluate: "error({})" }] },
    }),
    input("a", "1"),
  );
  assert.equal((await planners.agree(broken)).plan.failures[0]?.reason, "LuaError");

  const unknown = new World(...pipeline(), input("a", "1"));
  unknown.unknown.set("Input", { reason: "Forbidden", message: "may not list" });
  assert.equal((await planners.agree(unknown)).plan.failures[0]?.reason, "Forbidden");

  assert.equal((await planners.agree(new World(), "gone")).computation.snapshot.state, "deleted");

  const scope = { selector: readTriggerSelector("mine in (yes,sure)"), besideSveltos: "hold" as const };
  using scoped = new Planners({ ...OPTIONS, scope });
  const { computation } = await scoped.agree(new World(...pipeline(), input("a", "1")));
  assert.equal(computation.snapshot.isOutOfScope, true);
});

Deno.test("what a plan remembers crosses over: a mass change waits, and one that a watch saw passes", async () => {
  using planners = new Planners();
  const world = new World(...pipeline(), ...Array.from({ length: 8 }, (_, i) => input(`i${i}`, "1")));
  const first = await planners.agree(world);
  for (const change of first.plan.changes) await world.apply(change);
  const { generation } = await planners.agree(world, "t", first.generation);
  assert.equal(generation!.inputs[0]!.size, 8);
  for (let i = 0; i < 8; i++) world.remove(`Input in/i${i}`);
  const held = await planners.agree(world, "t", generation);
  assert.equal(held.plan.held[0]?.gate, "mass-change");
  const seen = Object.assign(world, { sawDeletion: () => true });
  assert.equal((await planners.agree(seen, "t", generation)).plan.counts.delete, 8);
});

Deno.test("a list of many parts arrives whole and in order, and its objects come back as they were given", async () => {
  using planners = new Planners();
  const world = new World(...pipeline(), ...Array.from({ length: 1100 }, (_, i) => input(`i${i}`, String(i))));
  const { computation } = await planners.agree(world);
  const { objects } = await world.list({ group: "", version: "v1", kind: "Input" }, signal) as {
    objects: KubeObject[];
  };
  assert.equal(computation.selection!.objects.length, 1100);
  computation.selection!.objects.forEach((object, index) => assert.equal(object, objects[index]));
});

Deno.test("an endless script blocks the thread that it runs in, which is the worker's", async () => {
  const lua = { milliseconds: 2000 };
  using planners = new Planners(OPTIONS, lua);
  // Not the start of the worker, but what it is there for.
  await planners.agree(new World(...pipeline(), input("a", "1")));
  const world = new World(...pipeline({ source: ENDLESS }), input("a", "1"));
  /** Milliseconds that this thread computes while the plan is made: the others' computing does not count. */
  const computing = async (planner: typeof planners.here) => {
    const before = process.threadCpuUsage();
    const { plan } = await planner.plan({ trigger: "t" }, world, undefined, signal);
    assert.equal(plan.failures[0]?.reason, "LuaError");
    return process.threadCpuUsage(before).user / 1000;
  };
  const here = await computing(planners.here);
  const there = await computing(planners.there);
  assert.ok(there < here / 4, `this thread computes for ${there} ms, and for ${here} ms where there is no worker`);
});

Deno.test("who aborts waits for no script", async () => {
  using planners = new Planners(OPTIONS, { milliseconds: 2000 });
  const world = new World(...pipeline({ source: ENDLESS }), input("a", "1"));
  const abort = new AbortController();
  const reason = new Error("stop");
  const planned = planners.there.plan({ trigger: "t" }, world, undefined, abort.signal);
  world.onList = ({ kind }) => kind === "Input" && setTimeout(() => abort.abort(reason), 50);
  await assert.rejects(planned, (error) => error === reason);
});

Deno.test("what the reader throws is thrown, itself", async () => {
  using planners = new Planners();
  const world = new World(...pipeline(), input("a", "1"));
  const bug = new TypeError("a bug of the reader's");
  world.onList = ({ kind }) => {
    if (kind === "Input") throw bug;
  };
  await assert.rejects(planners.there.plan({ trigger: "t" }, world, undefined, signal), (error) => error === bug);
  world.onList = () => {};
  assert.equal((await planners.agree(world)).plan.counts.create, 1);
  assert.equal(planners.opened, 1, "that is no fault of the worker's");
});

Deno.test("a worker that fails fails its plan, and the next plan gets another", async () => {
  const failing = () =>
    new Worker("data:application/javascript,onmessage=()=>{throw new Error('broken')}", { type: "module" });
  let isFirst = true;
  using planners = new Planners(OPTIONS, {}, () => {
    const open = isFirst ? failing : openWorker;
    isFirst = false;
    return open();
  });
  const world = new World(...pipeline(), input("a", "1"));
  await assert.rejects(
    planners.there.plan({ trigger: "t" }, world, undefined, signal),
    /planning thread failed.*broken/,
  );
  assert.equal((await planners.agree(world)).plan.counts.create, 1);
  assert.equal(planners.opened, 2);
});

Deno.test("a worker that names what nobody knows fails its plan, and the next plan gets another", async () => {
  const told = [
    { type: "made", id: 1, objects: { numbers: [-1], fresh: [{ live: Object(BigInt(77)) }] } },
    { type: "made", id: 1, objects: { numbers: [-1, -2], fresh: [{}] } },
    { type: "planned", id: 1, reconciliation: { plan: Object(BigInt(77)) } },
  ];
  for (const message of told) {
    /** Answers a plan with the message, which throws what its receiver does not catch. */
    const worker: PlanWorker = {
      onmessage: null,
      onmessageerror: null,
      onerror: null,
      terminate() {},
      postMessage(command) {
        if ((command as PlanCommand).type !== "plan") return;
        setTimeout(() => worker.onmessage!(new MessageEvent("message", { data: message })), 0);
      },
    };
    let isFirst = true;
    using planners = new Planners(OPTIONS, {}, () => {
      const open = isFirst ? () => worker : openWorker;
      isFirst = false;
      return open();
    });
    const world = new World(...pipeline(), input("a", "1"));
    await assert.rejects(
      planners.there.plan({ trigger: "t" }, world, undefined, signal),
      /planning thread can't be understood/,
    );
    assert.equal((await planners.agree(world)).plan.counts.create, 1);
    assert.equal(planners.opened, 2);
  }
});
