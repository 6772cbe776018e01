/** The whole line on a world in memory: what is planned, held, frozen and withdrawn (reliability Decisions 1 to 6). */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject, labelsOf, objectKey } from "../../src/api/object.ts";
import { applyPlan } from "../../src/reconcile/apply.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import {
  INSTANCE_LABEL,
  ORIGIN_ANNOTATION,
  TRIGGER_ANNOTATION,
  TRIGGER_LABEL,
  triggerLabelValue,
} from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { queryKey } from "../../src/reconcile/reader.ts";
import { reportOf } from "../../src/reconcile/report.ts";
import { isRevocation, revocationKey } from "../../src/reconcile/revocation.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const sandbox = createLuaSandbox();
const world_ = { now: () => new Date(0), randomBytes: (count: number) => new Uint8Array(count) };
const signal = new AbortController().signal;

const OPTIONS: ReconcileOptions = {
  managementLabels: { a: "b" },
  createNamespaces: false,
  gates: { instance: "moonferry", allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
};

/** A loop by hand: plans, carries out, and remembers what was accepted. */
class Session {
  generation: Generation | undefined;
  unread: readonly string[] | undefined;
  constructor(readonly world: World, readonly options: ReconcileOptions = OPTIONS, readonly templateWorld = world_) {}

  async plan(): Promise<Plan> {
    const parts = { reader: this.world, sandbox, templates: { world: this.templateWorld } };
    const made = await reconcile({ trigger: "t" }, parts, this.options, signal, this.generation);
    this.generation = made.generation;
    this.unread = made.unread;
    return made.plan;
  }

  async step(): Promise<Plan> {
    const plan = await this.plan();
    await applyPlan(plan, this.world, signal);
    return plan;
  }
}

const actions = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();
const KEY = (name: string) => `Secret in/${name}`;

Deno.test("a plan carried out leaves nothing to do", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  const session = new Session(world);
  assert.deepEqual(actions(await session.step()), ["create Secret in/out-a", "create Secret in/out-b"]);
  assert.deepEqual(actions(await session.step()), []);
  assert.equal(world.get(KEY("out-a"))!.data && (world.get(KEY("out-a"))!.data as Record<string, string>).v, btoa("1"));
});

Deno.test("a changed input updates, a vanished one of several withdraws", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"));
  const session = new Session(world);
  await session.step();
  world.put(input("b", "other"));
  world.remove("Input in/c");
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-c", "update Secret in/out-b"]);
});

Deno.test("a match that fails freezes its own outputs and nobody else's", async () => {
  const template = `{{ if eq .Resource.spec.v "bad" }}{{ .Resource.nope }}{{ end }}${OUTPUT}`;
  const world = new World(...pipeline({ template }), input("a", "1"), input("b", "2"), input("c", "3"));
  const session = new Session(world);
  await session.step();
  world.put(input("a", "bad"), input("b", "new"));
  world.remove("Input in/c");
  const plan = await session.step();
  assert.deepEqual(actions(plan), ["delete Secret in/out-c", "update Secret in/out-b"]);
  assert.equal(plan.failures.length, 1);
  assert.equal(plan.counts.frozen, 1);
  assert.equal((world.get(KEY("out-a"))!.data as Record<string, string>).v, btoa("1"));
});

for (
  const [name, breakIt] of [
    [
      "an input that can't be listed",
      (world: World) => void world.unknown.set("Input", { reason: "Forbidden", message: "no" }),
    ],
    ["a missing EventSource", (world: World) => world.remove("EventSource.lib.projectsveltos.io /t")],
    ["a missing template", (world: World) => world.remove("ConfigMap mgmt/t")],
    [
      "a script that fails",
      (world: World) =>
        world.put(pipeline({ source: { aggregatedSelection: "function evaluate() error('x') end" } })[1]!),
    ],
    [
      "resources = {}",
      (world: World) =>
        world.put(pipeline({ source: { aggregatedSelection: "function evaluate() return {resources = {}} end" } })[1]!),
    ],
    ["a field that is not supported", (world: World) => world.put(pipeline({ trigger: { helmCharts: [{}] } })[0]!)],
    [
      "a CEL rule that is none",
      (world: World) =>
        world.put(
          pipeline({
            source: {
              resourceSelectors: [{
                group: "",
                version: "v1",
                kind: "Input",
                evaluateCEL: [{ name: "x", rule: "(" }, { name: "y", rule: "true" }],
              }],
            },
          })[1]!,
        ),
    ],
    [
      "outputs that can't be listed",
      (world: World) => void world.unknown.set("Secret", { reason: "Unreachable", message: "no" }),
    ],
    [
      "triggers that can't be read",
      (world: World) => void world.unknown.set("EventTrigger", { reason: "KindNotServed", message: "no" }),
    ],
  ] as const
) {
  Deno.test(`incomplete input changes nothing: ${name}`, async () => {
    const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
    const session = new Session(world);
    await session.step();
    world.put(input("a", "new"));
    world.remove("Input in/b");
    breakIt(world);
    const plan = await session.step();
    assert.deepEqual(actions(plan), []);
    assert.ok(plan.failures.length > 0);
    assert.deepEqual(world.keys("Secret"), [KEY("out-a"), KEY("out-b")]);
  });
}

Deno.test("only what a second, fresh read agrees on is revoked", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"));
  const session = new Session(world);
  await session.step();
  const c = world.get("Input in/c")!;
  world.remove("Input in/c");
  // A cache that lagged: the fresh read finds it.
  world.onList = ({ kind }, { fresh }) => {
    if (kind === "Input" && fresh && !world.get("Input in/c")) world.put(c);
  };
  assert.deepEqual(actions(await session.step()), []);
  assert.deepEqual(world.keys("Secret").length, 3);
});

Deno.test("a revocation whose input reads the same again is planned once, and one whose input does not twice", async () => {
  const aggregatedSelection = `function evaluate()
    return { resources = resources }
  end`;
  const world = new World(
    ...pipeline({ source: { aggregatedSelection } }),
    ...["a", "b", "c"].map((name) => input(name, "1")),
  );
  let runs = 0;
  const counting = {
    ...sandbox,
    evaluate: (...args: Parameters<typeof sandbox.evaluate>) => (runs++, sandbox.evaluate(...args)),
  };
  const parts = { reader: world, sandbox: counting, templates: { world: world_ } };
  const { plan, generation } = await reconcile({ trigger: "t" }, parts, OPTIONS, signal);
  await applyPlan(plan, world, signal);
  world.remove("Input in/c");
  const runsOf = async () => {
    runs = 0;
    const { plan } = await reconcile({ trigger: "t" }, parts, OPTIONS, signal, generation);
    return [runs, ...actions(plan)];
  };
  assert.deepEqual(await runsOf(), [1, "delete Secret in/out-c"]);
  // Our own status of the trigger, which a cache does not have yet.
  const trigger = world.get("EventTrigger.lib.projectsveltos.io /t")!;
  const statusAt = (conditions: JsonObject[], more: JsonObject = {}) => ({
    ...trigger,
    status: { ...more, conditions },
  });
  const whole = world.list.bind(world);
  let late = statusAt([{ type: "Ready" }]);
  world.list = async (query, signal, options) => {
    if (query.kind === "EventTrigger" && options?.fresh) world.put(late as KubeObject);
    return await whole(query, signal, options);
  };
  assert.deepEqual(await runsOf(), [1, "delete Secret in/out-c"]);
  late = statusAt([], { other: "of somebody else" });
  assert.equal((await runsOf())[0], 2);
  world.list = whole;
  let isFresh = false;
  world.onList = ({ kind }, { fresh }) => {
    if (kind !== "Input" || !fresh || isFresh) return;
    isFresh = true;
    world.put(input("b", "2"));
  };
  assert.deepEqual(await runsOf(), [2, "delete Secret in/out-c"], "what is written comes of what watches know");
  assert.deepEqual(await runsOf(), [1, "delete Secret in/out-c", "update Secret in/out-b"]);
});

Deno.test("a revocation does not write what watches do not know yet, and so nothing is taken back by the next pass", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c"].map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  // Watches have told that c is gone, and not yet that b was rotated.
  const old = world.get("Input in/b")!;
  world.remove("Input in/c");
  world.put(input("b", "2"));
  const whole = world.list.bind(world);
  world.list = async (query, signal, options) => {
    const listing = await whole(query, signal, options);
    if (query.kind !== "Input" || options?.fresh || !listing.objects) return listing;
    return { objects: listing.objects.map((object) => object.metadata.name === "b" ? old : object) };
  };
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-c"]);
  assert.deepEqual(actions(await session.step()), []);
  world.list = whole;
  assert.deepEqual(actions(await session.step()), ["update Secret in/out-b"]);
});

Deno.test("an output is not deleted where the second read says that it is to be let go", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c"].map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  world.remove("Input in/c");
  const [later] = pipeline({ trigger: { stopMatchingBehavior: "LeavePolicies" } });
  world.onList = ({ kind }, { fresh }) => void (fresh && kind === "EventTrigger" && world.put(later!));
  assert.deepEqual(actions(await session.plan()).filter((text) => text.startsWith("delete")), []);
});

Deno.test("where the input can't be read once more nothing is revoked, and all else is done", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c"].map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  world.remove("Input in/c");
  world.put(input("b", "2"));
  const whole = world.list.bind(world);
  let asked = 0;
  world.list = (query, signal, options) => {
    if (query.kind !== "Input" || !options?.fresh || query.name) return whole(query, signal, options);
    asked++;
    return Promise.resolve({ unknown: { reason: "Unreachable", message: "it is away" } });
  };
  const plan = await session.step();
  assert.deepEqual(actions(plan), ["update Secret in/out-b"]);
  assert.deepEqual(plan.counts.delete, 0);
  assert.deepEqual(plan.failures.map(({ reason }) => reason), ["Unreachable"]);
  assert.equal(asked, 1, "what can't be read is not asked for again and again");
  assert.equal(session.unread?.length, 1, "it is told which revocations wait for that");
  world.list = whole;
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-c"]);
});

Deno.test("where nothing else has changed, what a revocation rests on is read once more, each part once", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c"].map((name) => input(name, "1")));
  // As in every cluster without Sveltos.
  world.unknown.set("SveltosCluster", { reason: "KindNotServed", message: "there is no such kind" });
  const session = new Session(world);
  await session.step();
  world.remove("Input in/c");
  world.queries.length = 0;
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-c"]);
  const fresh = world.queries.filter(({ options }) => options.fresh && !options.once).map(({ query }) =>
    queryKey(query)
  );
  assert.deepEqual(fresh, [...new Set(fresh)]);
  assert.ok(fresh.includes("Input/v1|||"), `asked: ${fresh.join(", ")}`);
});

Deno.test("revocations that were tried in vain a moment ago wait, unless there is another, or their output changed", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c", "d"].map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  world.remove("Input in/c");
  world.put(input("b", "2"));
  const parts = { reader: world, sandbox, templates: { world: world_ } };
  const planned = async (waiting?: ReadonlySet<string>) => {
    world.queries.length = 0;
    const made = await reconcile({ trigger: "t", waiting }, parts, OPTIONS, signal, session.generation);
    const fresh = world.queries.filter(({ options }) => options.fresh && !options.once);
    return { ...made, isReadAgain: fresh.length > 0, actions: actions(made.plan) };
  };
  const tried = await planned();
  const waiting = new Set(tried.plan.changes.filter(isRevocation).map(revocationKey));
  assert.deepEqual([waiting.size, tried.isReadAgain, tried.isWaiting], [1, true, undefined]);

  const left = await planned(waiting);
  assert.deepEqual(left.actions, ["update Secret in/out-b"], "all else is done");
  assert.deepEqual([left.isReadAgain, left.isWaiting, left.plan.counts.delete], [false, true, 0]);
  const [ready] = reportOf(left, []).conditions;
  assert.deepEqual([ready!.status, ready!.reason], ["False", "RevocationsWait"]);
  assert.match(ready!.message, /withdrawals that are still to be made: 1\./);

  world.remove("Input in/d");
  const both = await planned(waiting);
  assert.deepEqual(both.actions, [
    "delete Secret in/out-c",
    "delete Secret in/out-d",
    "update Secret in/out-b",
  ]);
  assert.deepEqual([both.isReadAgain, both.isWaiting], [true, undefined]);

  world.put(input("d", "1"), { ...world.get(KEY("out-c"))!, type: "edited" } as KubeObject);
  const changed = await planned(waiting);
  assert.deepEqual(changed.actions, ["delete Secret in/out-c", "update Secret in/out-b"]);
});

Deno.test("an output that has changed since it was seen is not revoked, nor one that can't be read anew", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"), input("d", "4"));
  const session = new Session(world);
  await session.step();
  for (const name of ["b", "c"]) world.remove(`Input in/${name}`);
  // A cache that lags: the fresh read of the output itself finds what somebody has just written.
  let isOver = false;
  world.onList = ({ kind, name }, { fresh }) => {
    if (kind !== "Secret" || !fresh || name !== "out-b" || isOver) return;
    isOver = true;
    world.put({ ...world.get(KEY("out-b"))!, type: "edited" } as KubeObject);
  };
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-c"]);
  const last = await session.plan();
  assert.deepEqual(actions(last), ["delete Secret in/out-b"]);
  const whole = world.list.bind(world);
  world.list = (query, signal, options) =>
    query.name === "out-b" && options?.fresh
      ? Promise.resolve({ unknown: { reason: "Unreachable", message: "it is away" } })
      : whole(query, signal, options);
  const unread = await session.plan();
  assert.deepEqual(actions(unread), []);
  assert.equal(session.unread?.length, 1);
  assert.deepEqual(unread.failures.map(({ reason, cause }) => [reason, cause]), [["LiveUnknown", "Unreachable"]]);
});

Deno.test("a deleted trigger withdraws everything, however much", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  const session = new Session(world);
  await session.step();
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-a", "delete Secret in/out-b"]);
});

Deno.test("LeavePolicies lets go instead", async () => {
  const world = new World(
    ...pipeline({ trigger: { stopMatchingBehavior: "LeavePolicies" } }),
    input("a", "1"),
    input("b", "2"),
  );
  const session = new Session(world);
  await session.step();
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  const plan = await session.plan();
  assert.deepEqual(plan.changes.map(({ action, release }) => [action, release]), [["update", true], ["update", true]]);
});

Deno.test("a trigger that selects the cluster no more is a mass change, not consent", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  await new Session(world).step();
  const plan = await new Session(world, { ...OPTIONS, managementLabels: {} }).plan();
  assert.deepEqual(held(plan), ["mass-change Secret in/out-a", "mass-change Secret in/out-b"]);
  assert.equal(plan.notes[0]!.reason, "NoClusterMatched");
});

Deno.test("a foreign object at a target is neither written nor deleted", async () => {
  const foreign = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "in", name: "out-a" },
    data: { v: "eA==" },
  };
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"), foreign);
  const session = new Session(world);
  const plan = await session.step();
  assert.deepEqual(actions(plan), ["create Secret in/out-b"]);
  assert.deepEqual(held(plan), ["ownership Secret in/out-a"]);
  assert.equal(plan.conflicts.length, 1);
  world.remove("Input in/a");
  await session.step();
  assert.deepEqual(world.get(KEY("out-a"))!.data, { v: "eA==" });
});

Deno.test("adopt takes it over: by flag, or by annotation on it", async () => {
  const foreign = (annotations: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "in", name: "out-a", annotations },
    data: { v: "eA==" },
  });
  const byFlag = new World(...pipeline(), input("a", "1"), foreign({}));
  assert.deepEqual(
    actions(await new Session(byFlag, { ...OPTIONS, gates: { ...OPTIONS.gates, adopt: true } }).plan()),
    ["update Secret in/out-a"],
  );
  const byAnnotation = new World(...pipeline(), input("a", "1"), foreign({ "moonferry.dev/adopt": "true" }));
  assert.deepEqual(actions(await new Session(byAnnotation).plan()), ["update Secret in/out-a"]);
});

/** What is found at an output's place: its marks as they are, but for this; undefined takes one off. */
const MARKED: readonly {
  readonly name: string;
  readonly labels?: Record<string, string | undefined>;
  readonly annotations?: Record<string, string | undefined>;
  readonly isOurs?: true;
}[] = [
  { name: "all marks as we set them", isOurs: true },
  {
    name: "the instance's label alone",
    labels: { [TRIGGER_LABEL]: undefined },
    annotations: { [TRIGGER_ANNOTATION]: undefined, [ORIGIN_ANNOTATION]: undefined },
  },
  {
    name: "both labels alone",
    annotations: { [TRIGGER_ANNOTATION]: undefined, [ORIGIN_ANNOTATION]: undefined },
  },
  {
    name: "the annotations alone",
    labels: { [INSTANCE_LABEL]: undefined, [TRIGGER_LABEL]: undefined },
  },
  { name: "the instance's label stripped", labels: { [INSTANCE_LABEL]: undefined } },
  { name: "the trigger's label stripped", labels: { [TRIGGER_LABEL]: undefined } },
  { name: "the trigger's name stripped", annotations: { [TRIGGER_ANNOTATION]: undefined } },
  { name: "the origin stripped", annotations: { [ORIGIN_ANNOTATION]: undefined } },
  { name: "an origin that is none", annotations: { [ORIGIN_ANNOTATION]: "somewhere" } },
  { name: "an empty origin", annotations: { [ORIGIN_ANNOTATION]: "" } },
  { name: "the label of another trigger", labels: { [TRIGGER_LABEL]: triggerLabelValue("other") } },
  { name: "the name of another trigger", annotations: { [TRIGGER_ANNOTATION]: "other" } },
  {
    name: "all marks, of another trigger",
    labels: { [TRIGGER_LABEL]: triggerLabelValue("other") },
    annotations: { [TRIGGER_ANNOTATION]: "other" },
  },
  { name: "all marks, of another instance", labels: { [INSTANCE_LABEL]: "other" } },
];

function without(entries: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

for (const { name, labels = {}, annotations = {}, isOurs = false } of MARKED) {
  Deno.test(`marks: ${name}: ${isOurs ? "updated and deleted" : "neither updated nor deleted"}`, async () => {
    const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"));
    const session = new Session(world);
    await session.step();
    const output = world.get(KEY("out-a"))!;
    const metadata = {
      ...output.metadata,
      labels: without({ ...labelsOf(output), ...labels }),
      annotations: without({ ...annotationsOf(output), ...annotations }),
    };
    world.put({ ...output, metadata, data: { v: "eA==" } });
    const found = world.get(KEY("out-a"));
    world.put(input("a", "4"));
    const update = await session.step();
    assert.deepEqual(actions(update), isOurs ? ["update Secret in/out-a"] : []);
    assert.deepEqual(held(update), isOurs ? [] : ["ownership Secret in/out-a"]);
    if (isOurs) assert.deepEqual(world.get(KEY("out-a"))!.data, { v: btoa("4") });
    else assert.deepEqual(world.get(KEY("out-a")), found);
    world.remove("Input in/a");
    assert.deepEqual(actions(await session.step()), isOurs ? ["delete Secret in/out-a"] : []);
    assert.deepEqual(world.get(KEY("out-a")), isOurs ? undefined : found);
  });
}

Deno.test("two instances never touch each other's outputs", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"));
  const one = new Session(world);
  const other = new Session(world, { ...OPTIONS, gates: { ...OPTIONS.gates, instance: "other", adopt: true } });
  await one.step();
  await other.step();
  const found = [KEY("out-a"), KEY("out-b"), KEY("out-c")].map((key) => world.get(key));
  world.put(input("b", "new"));
  world.remove("Input in/a");
  const plan = await other.step();
  assert.deepEqual(actions(plan), []);
  assert.deepEqual(held(plan), ["ownership Secret in/out-b", "ownership Secret in/out-c"]);
  assert.deepEqual([KEY("out-a"), KEY("out-b"), KEY("out-c")].map((key) => world.get(key)), found);
  assert.deepEqual(actions(await one.step()), ["delete Secret in/out-a", "update Secret in/out-b"]);
});

Deno.test("a collision: none without an incumbent; the incumbent keeps being rotated", async () => {
  const template = OUTPUT.replace("out-{{ .Resource.metadata.name }}", "shared");
  const world = new World(...pipeline({ template }), input("a", "1"), input("b", "2"));
  const session = new Session(world);
  const none = await session.step();
  assert.deepEqual(actions(none), []);
  assert.deepEqual(held(none), ["collision Secret in/shared", "collision Secret in/shared"]);
  world.remove("Input in/b");
  assert.deepEqual(actions(await session.step()), ["create Secret in/shared"]);
  world.put(input("b", "2"), input("a", "rotated"));
  const plan = await session.step();
  assert.deepEqual(actions(plan), ["update Secret in/shared"]);
  assert.deepEqual(held(plan), ["collision Secret in/shared"]);
  assert.equal((world.get(KEY("shared"))!.data as Record<string, string>).v, btoa("rotated"));
});

Deno.test("equal outputs of several matches are one", async () => {
  const template = OUTPUT.replace("out-{{ .Resource.metadata.name }}", "shared");
  const world = new World(...pipeline({ template }), input("a", "1"), input("b", "1"));
  const session = new Session(world);
  assert.deepEqual(actions(await session.step()), ["create Secret in/shared"]);
  assert.deepEqual(actions(await session.step()), []);
  // The match that it is booked to goes; the other one still wants it.
  world.remove("Input in/a");
  await session.step();
  assert.deepEqual(world.keys("Secret"), [KEY("shared")]);
});

Deno.test("a renamed output: the new one first, and the old one stays while the new one may not be written", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  const session = new Session(world);
  await session.step();
  world.put(pipeline({ template: OUTPUT.replace("name: out-", "name: new-") })[2]!);
  const plan = await session.plan();
  const order = plan.changes.map(({ action, target }) => `${action} ${target.name}`);
  assert.deepEqual(order.slice(0, 2).sort(), ["create new-a", "create new-b"]);
  assert.deepEqual(plan.changes.filter(({ action }) => action === "delete").map(({ after }) => after.map(objectKey)), [
    [KEY("new-b")],
    [KEY("new-a")],
  ]);
  world.put({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "new-a" } });
  const blocked = await session.step();
  assert.deepEqual(held(blocked), ["ownership Secret in/new-a", "ownership Secret in/out-a"]);
  assert.ok(world.get(KEY("out-a")));
  assert.equal(world.get(KEY("out-b")), undefined);
});

Deno.test("mass change: all inputs, or more than five and a fifth, wait; a watch that saw them go lets them", async () => {
  const inputs = (count: number) => Array.from({ length: count }, (_, i) => input(`i${i}`, "1"));
  const vanish = async (total: number, gone: number) => {
    const world = new World(...pipeline(), ...inputs(total));
    const session = new Session(world);
    await session.step();
    for (let i = 0; i < gone; i++) world.remove(`Input in/i${i}`);
    return { world, session, plan: await session.plan() };
  };
  assert.equal((await vanish(10, 5)).plan.counts.delete, 5, "five of ten are not more than five");
  assert.equal((await vanish(10, 6)).plan.counts.delete, 0, "six of ten wait");
  assert.equal((await vanish(100, 20)).plan.counts.delete, 20, "a fifth is not more than a fifth");
  assert.equal((await vanish(100, 21)).plan.counts.delete, 0);
  assert.equal((await vanish(1, 1)).plan.counts.delete, 0, "all of one wait");
  const { world, session, plan } = await vanish(10, 10);
  const confirmed = new Session(world, { ...OPTIONS, gates: { ...OPTIONS.gates, confirm: plan.hash } });
  confirmed.generation = session.generation;
  assert.equal((await confirmed.plan()).counts.delete, 10, "the hash lets this very plan pass");
  const seen = Object.assign(world, { sawDeletion: () => true });
  session.generation = (await vanish(10, 0)).session.generation;
  assert.equal((await new Session(seen).plan()).counts.delete, 0, "without memory nobody knows which watch saw what");
});

Deno.test("mass change: inputs that are there and lost their label explain themselves", async () => {
  const source = {
    resourceSelectors: [{ group: "", version: "v1", kind: "Input", labelFilters: [{ key: "on", operation: "Has" }] }],
  };
  const labelled = { labels: { on: "" } };
  const world = new World(...pipeline({ source }), input("a", "1", labelled), input("b", "2", labelled));
  const session = new Session(world);
  await session.step();
  for (const name of ["a", "b"]) {
    world.remove(`Input in/${name}`);
    world.put(input(name, "1"));
  }
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-a", "delete Secret in/out-b"]);
});

Deno.test("mass change: a script that has nothing to give any more", async () => {
  const gives = (condition: string) =>
    `function evaluate() if ${condition} then return {resources = resources} end return {} end`;
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const source = { aggregatedSelection: gives('resources[1].spec.v == "1"') };
  const world = new World(...pipeline({ source }), ...names.map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  // After an edit of the EventSource, and at a start, nobody can tell why there are no matches.
  world.put(pipeline({ source: { aggregatedSelection: gives("false") } })[1]!);
  assert.deepEqual(held(await session.step()), names.map((name) => `mass-change Secret in/out-${name}`));
  assert.deepEqual(held(await new Session(world).step()), names.map((name) => `mass-change Secret in/out-${name}`));
  world.put(pipeline({ source })[1]!);
  assert.deepEqual(actions(await session.step()), []);
  // While the same script looks at inputs that are all there, it is one of them that has said so.
  world.put(input("a", "off"));
  assert.deepEqual(actions(await session.step()), names.map((name) => `delete Secret in/out-${name}`));
});

Deno.test("mass change: that an input was not found by name some seconds ago revokes nothing", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  // Its list lacks it, and so did the server when it was asked for by name, but it is there.
  const list = world.list.bind(world);
  let isFound = true;
  world.list = async (query, signal, options) => {
    const listing = await list(query, signal, options);
    if (query.kind !== "Input" || listing.unknown) return listing;
    const isThere = Boolean(query.name) && isFound && !options?.recent;
    return { objects: listing.objects.filter(({ metadata }) => metadata.name !== "a" || isThere) };
  };
  const plan = await session.step();
  assert.deepEqual(actions(plan), []);
  isFound = false;
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-a"]);
});

Deno.test("mass change: a list in which one is missing that is found by name, with its label, revokes nothing", async () => {
  const source = {
    resourceSelectors: [{ group: "", version: "v1", kind: "Input", labelFilters: [{ key: "on", operation: "Has" }] }],
  };
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const world = new World(...pipeline({ source }), ...names.map((name) => input(name, "1", { labels: { on: "" } })));
  const session = new Session(world);
  await session.step();
  const list = world.list.bind(world);
  world.list = async (query, signal, options) => {
    const listing = await list(query, signal, options);
    if (query.kind !== "Input" || query.name || listing.unknown) return listing;
    return { objects: listing.objects.filter(({ metadata }) => metadata.name !== "a") };
  };
  const plan = await session.step();
  assert.deepEqual([actions(plan), held(plan)], [[], ["mass-change Secret in/out-a"]]);
  assert.match(plan.held[0]!.reason, /^1 of 8 Input objects of selector 1 are missing in the list, but are there/);

  // Of many that are missing, one that is there says enough.
  world.list = async (query, signal, options) => {
    const listing = await list(query, signal, options);
    return query.kind !== "Input" || query.name || listing.unknown ? listing : { objects: [] };
  };
  world.queries.length = 0;
  const empty = await session.step();
  assert.deepEqual(actions(empty), []);
  assert.match(
    empty.held[0]!.reason,
    /^at least 1 of 8 Input objects of selector 1 are missing in the list, but are th/,
  );
  assert.equal(world.queries.filter(({ query }) => query.kind === "Input" && query.name).length, 1);

  world.list = list;
  world.put(input("a", "1", { labels: {} }));
  assert.deepEqual(actions(await session.step()), ["delete Secret in/out-a"]);
});

Deno.test("mass change: inputs that are gone are asked for by name no longer than until it is one", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `i${index}`);
  const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  for (const name of names.slice(0, 15)) world.remove(`Input in/${name}`);
  world.queries.length = 0;
  const plan = await session.step();
  assert.deepEqual(actions(plan), []);
  assert.match(plan.held[0]!.reason, /^15 of 20 Input objects of selector 1 are gone at once, and nothing shows why/);
  assert.equal(world.queries.filter(({ query }) => query.kind === "Input" && query.name).length, 6);
});

Deno.test("suspend holds writes, suspend: all holds revocations too", async () => {
  for (const [value, want] of [["true", ["delete Secret in/out-c"]], ["all", []]] as const) {
    const world = new World(...pipeline(), input("a", "1"), input("b", "2"), input("c", "3"));
    const session = new Session(world);
    await session.step();
    const trigger = pipeline()[0]!;
    trigger.metadata.annotations = { "moonferry.dev/suspend": value };
    world.put(trigger, input("a", "new"));
    world.remove("Input in/c");
    assert.deepEqual(actions(await session.plan()), want);
  }
});

Deno.test("a kind that is not allowed is held, and its live objects are not asked for", async () => {
  const template = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: x\n";
  const world = new World(...pipeline({ template }), input("a", "1"));
  const plan = await new Session(world).plan();
  assert.deepEqual(held(plan), ["kinds ClusterRoleBinding x"]);
  assert.ok(world.queries.every(({ query }) => query.kind !== "ClusterRoleBinding"));
});

Deno.test("the order: revocations, rotations, first publications", async () => {
  const world = new World(...pipeline(), ...["a", "b", "c"].map((name) => input(name, "1")));
  const session = new Session(world);
  await session.step();
  world.put(input("b", "2"), input("d", "1"));
  world.remove("Input in/c");
  assert.deepEqual((await session.plan()).changes.map(({ action }) => action), ["delete", "update", "create"]);
});

Deno.test("the hash names the plan: same plan, same hash; another, another", async () => {
  const make = (v: string) => new Session(new World(...pipeline(), input("a", v))).plan();
  assert.equal((await make("1")).hash, (await make("1")).hash);
  assert.notEqual((await make("1")).hash, (await make("2")).hash);
});

Deno.test("what waits is confirmed by its hash, whatever else is rendered anew each time or written meanwhile", async () => {
  const template = `${OUTPUT}  at: "{{ now | date "150405" | b64enc }}"\n`;
  let seconds = 0;
  const clock = { ...world_, now: () => new Date(1000 * seconds++) };
  const world = new World(...pipeline({ template }), ...Array.from({ length: 20 }, (_, i) => input(`i${i}`, "1")));
  const session = new Session(world, OPTIONS, clock);
  await session.step();
  for (let i = 0; i < 10; i++) world.remove(`Input in/i${i}`);
  const { hash, counts } = await session.plan();
  assert.deepEqual([counts.delete, counts.update, counts.held], [0, 10, 10]);
  world.put(input("i15", "2"), input("new", "1"));
  assert.equal((await session.step()).hash, hash);
  const confirm = (name: string) => {
    const trigger = world.get("EventTrigger.lib.projectsveltos.io /t")!;
    const annotations = { "moonferry.dev/confirm": name };
    world.put({ ...trigger, metadata: { ...trigger.metadata, annotations } });
  };
  confirm(hash);
  world.remove("Input in/i10");
  assert.equal((await session.plan()).counts.delete, 0, "one more is another plan");
  world.put(input("i10", "1"));
  const confirmed = await session.step();
  assert.deepEqual([confirmed.counts.delete, confirmed.notes], [10, []]);
  const after = await session.plan();
  assert.equal(after.counts.held, 0);
  assert.match(
    after.notes[0]!.message,
    /^annotation moonferry\.dev\/confirm .* confirms nothing that waits now: take it off/,
  );
});

Deno.test("a mass change is confirmed by the flag, whatever an annotation of an earlier day says, and the other way round", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const annotated of ["of the flag's", "of an earlier day"]) {
    const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
    const session = new Session(world);
    await session.step();
    for (const name of names) world.remove(`Input in/${name}`);
    const { hash } = await session.plan();
    const isEarlier = annotated === "of an earlier day";
    const trigger = world.get("EventTrigger.lib.projectsveltos.io /t")!;
    const annotations = { "moonferry.dev/confirm": isEarlier ? "0123456789abcdef" : hash };
    world.put({ ...trigger, metadata: { ...trigger.metadata, annotations } });
    if (isEarlier) {
      const waits = await session.plan();
      assert.deepEqual([waits.counts.delete, waits.notes.map(({ reason }) => reason)], [0, ["Confirm"]]);
    }
    const gates = { ...OPTIONS.gates, confirm: isEarlier ? hash : "fedcba9876543210" };
    const confirmed = new Session(world, { ...OPTIONS, gates });
    confirmed.generation = session.generation;
    assert.equal((await confirmed.plan()).counts.delete, 8, annotated);
  }
});

Deno.test("no object of the input is changed by what runs over it", async () => {
  const template = '{{ $x := chainSetField .Resource "spec.v" "changed" }}' + OUTPUT;
  const source = {
    aggregatedSelection: "function evaluate() resources[1].spec.w = 1 return {resources = resources} end",
  };
  const world = new World(...pipeline({ template, source }), input("a", "1"));
  await new Session(world).step();
  assert.deepEqual(world.get("Input in/a")!.spec, { v: "1" });
});

Deno.test("ordinary deletions don't add up to a mass change while some match keeps failing", async () => {
  const template = `{{ if eq .Resource.spec.v "bad" }}{{ .Resource.nope }}{{ end }}${OUTPUT}`;
  const inputs = Array.from({ length: 12 }, (_, i) => input(`i${i}`, "1"));
  const world = new World(...pipeline({ template }), ...inputs, input("bad", "bad"));
  const session = new Session(world);
  await session.step();
  for (let i = 0; i < 8; i++) {
    world.remove(`Input in/i${i}`);
    assert.deepEqual(actions(await session.step()), [`delete Secret in/out-i${i}`]);
  }
});
