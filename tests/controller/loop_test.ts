/** The loop on a world in memory: what makes a trigger be looked at again. */
import assert from "node:assert/strict";
import { FIRST_REST_MILLISECONDS, REST_MILLISECONDS } from "../../src/controller/breaker.ts";
import { ECHO_MILLISECONDS, Loop, MAKE_WAY_MILLISECONDS, type Report } from "../../src/controller/loop.ts";
import { WorkQueue } from "../../src/controller/queue.ts";
import { type KubeObject, objectKey } from "../../src/api/object.ts";
import { ownedQuery } from "../../src/reconcile/owned.ts";
import { triggerQuery } from "../../src/reconcile/snapshot.ts";
import { reportOf } from "../../src/reconcile/report.ts";
import { type ObjectQuery, queryKey, type ReadOptions } from "../../src/reconcile/reader.ts";
import { predicateOf } from "../../src/reconcile/select.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { eventually } from "../support/eventually.ts";
import { configMap, refTo, TEMPLATE_WORLD } from "../support/rendering.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;

/** A loop that works until nothing is left to do; timers fire when they are told to. */
class LoopSession {
  readonly reports: Report[] = [];
  readonly loop: Loop;
  /** The loop's clock, in milliseconds. */
  time = 0;
  readonly #timers = new Set<{ readonly milliseconds: number; readonly fire: () => void }>();
  readonly #queue = new WorkQueue({
    setTimer: (fire, milliseconds) => {
      const timer = { milliseconds, fire };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
    random: () => 1,
  });

  constructor(readonly world: World, sandbox = createLuaSandbox()) {
    this.loop = new Loop(
      { reader: world, sandbox, templates: { world: TEMPLATE_WORLD } },
      world,
      {
        managementLabels: { a: "b" },
        createNamespaces: false,
        gates: {
          instance: "moonferry",
          allowedKinds: ["Secret"],
          allowKubeconfig: [],
          checkPayload: true,
          adopt: false,
        },
      },
      this.#queue,
      {
        reported: (report) => void this.reports.push(report),
        failed: (_trigger, error) => assert.fail(String(error)),
        unknown: (message) => assert.fail(message),
      },
      undefined,
      () => this.time,
    );
    void this.loop.work(signal);
  }

  /** How many triggers are to be worked on. */
  get depth(): number {
    return this.#queue.depth;
  }

  /** How long each of the waits under way lasts. */
  get waits(): number[] {
    return [...this.#timers].map(({ milliseconds }) => milliseconds);
  }

  /** Lets the waits under way pass. */
  wait(): void {
    this.time += Math.max(...this.waits);
    for (const timer of [...this.#timers]) {
      this.#timers.delete(timer);
      timer.fire();
    }
  }

  /** Lets the loop do what it has to do, and says what it wrote. */
  async settle(): Promise<string[]> {
    const before = this.world.written.length;
    await eventually(() => assert.ok(this.#queue.isIdle, "the loop comes to rest"));
    return this.world.written.slice(before).map(({ action, target }) => `${action} ${target.name}`);
  }

  /** Resolves when so many passes are over, whatever is to come after a wait. */
  async passed(count: number): Promise<void> {
    await eventually(() => assert.equal(this.reports.length, count));
  }

  /** Changes an object, and tells the loop as a watch on each question ever asked would. */
  change(object: KubeObject): void {
    this.world.put(object);
    for (const query of this.#watched()) if (concerns(query, object)) this.loop.notice({ query, object });
  }

  /** Tells the loop of the end of an object, as those watches would. */
  gone(object: KubeObject): void {
    for (const query of this.#watched()) if (concerns(query, object)) this.loop.notice({ query, object });
  }

  #watched(): ObjectQuery[] {
    return this.world.queries.filter(({ options }) => !options.once).map(({ query }) => query);
  }
}

function concerns(query: ObjectQuery, { kind, metadata }: KubeObject): boolean {
  return query.kind === kind && !query.labelSelector && (!query.namespace || query.namespace === metadata.namespace) &&
    (!query.name || query.name === metadata.name);
}

const RESOURCES = [{
  identifier: "S",
  resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "settings" },
}];
const CONTENT = `apiVersion: v1
kind: Secret
metadata: {namespace: out, name: made}
stringData: {size: "{{ .MgmtResources.S.data.size }}"}
`;

Deno.test("a change of a templateResourceRef's object renders again", async () => {
  const session = new LoopSession(
    new World(
      ...pipeline({ trigger: { templateResourceRefs: RESOURCES, policyRefs: [refTo("content")] } }).slice(0, 2),
      input("a", "1"),
      configMap("content", { k: CONTENT }, "template"),
      configMap("settings", { size: "small" }),
    ),
  );
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create made"]);
  session.change(configMap("settings", { size: "big" }));
  assert.deepEqual(await session.settle(), ["update made"]);
  assert.deepEqual(session.world.get("Secret out/made")!.data, { size: btoa("big") });
  const reports = session.reports.length;
  session.change(configMap("unrelated", { size: "big" }));
  await session.settle();
  assert.equal(session.reports.length, reports, "what nobody asked for makes no work");
});

Deno.test("a templateResourceRef's object that appears is seen", async () => {
  const session = new LoopSession(
    new World(
      ...pipeline({ trigger: { templateResourceRefs: RESOURCES, policyRefs: [refTo("content")] } }).slice(0, 2),
      input("a", "1"),
      configMap("content", { k: CONTENT }, "template"),
    ),
  );
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), []);
  assert.equal(session.reports.at(-1)!.reconciliation.plan.failures[0]!.reason, "ResourceNotFound");
  session.change(configMap("settings", { size: "big" }));
  assert.deepEqual(await session.settle(), ["create made"]);
});

Deno.test("a change of a generator's source renders again", async () => {
  const trigger = {
    secretGenerator: [{ namespace: "mgmt", name: "source", nameFormat: "made-{{ .Resource.metadata.name }}" }],
    policyRefs: [],
  };
  const source = (text: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    type: "addons.projectsveltos.io/cluster-profile",
    metadata: { namespace: "mgmt", name: "source" },
    data: { k: btoa(text) },
  });
  const session = new LoopSession(new World(...pipeline({ trigger }).slice(0, 2), input("a", "1"), source("one")));
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create made-a"]);
  session.change(source("two {{ .Resource.spec.v }}"));
  assert.deepEqual(await session.settle(), ["update made-a"]);
  assert.deepEqual(session.world.get("Secret projectsveltos/made-a")!.data, { k: btoa("two 1") });
});

Deno.test("a standby plans and writes nothing; when it leads, all is done", async () => {
  const session = new LoopSession(new World(...pipeline(), input("a", "1"), input("b", "1")));
  session.loop.standBy();
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), []);
  session.change(input("b", "2"));
  assert.deepEqual(await session.settle(), []);
  assert.deepEqual(session.reports.map(({ isStandby, outcomes }) => [isStandby, outcomes.length]), [[true, 0], [
    true,
    0,
  ]]);
  await session.loop.lead(signal);
  assert.deepEqual(await session.settle(), ["create out-a", "create out-b"]);
  assert.equal(session.reports.at(-1)!.isStandby, false);
  assert.deepEqual(session.world.get("Secret in/out-b")!.data, { v: btoa("2") });
});

Deno.test("a plan that was begun while another led is not carried out, but made anew", async () => {
  const world = new World(...pipeline(), input("a", "1"));
  const session = new LoopSession(world);
  session.loop.standBy();
  let leading: Promise<void> | undefined;
  world.onList = ({ kind }) => {
    // In the middle of the pass.
    if (kind === "Input") leading ??= session.loop.lead(signal);
  };
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create out-a"]);
  await leading;
  assert.deepEqual(session.reports.map(({ isStandby }) => isStandby), [true, false]);
});

Deno.test("a plan that is put together of two histories writes and withdraws nothing, and is made anew", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "1"));
  const session = new LoopSession(world);
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create out-a", "create out-b"]);
  const before = session.reports.length;
  world.onList = ({ kind }) => {
    // In the middle of the pass, when the input was read already.
    if (kind === "Secret" && world.history === 0) world.history++;
  };
  world.put(input("c", "1"));
  world.remove("Input in/a");
  session.gone(input("a", "1"));
  await session.passed(before + 1);
  assert.equal(world.written.length, 2);
  const { outcomes } = session.reports.at(-1)!;
  assert.deepEqual(outcomes.map(({ status }) => status), ["postponed", "postponed"]);
  session.wait();
  assert.deepEqual((await session.settle()).sort(), ["create out-c", "delete out-a"]);
});

Deno.test("while a watch that it rests on is opened again, a trigger is left alone", async () => {
  const world = new World(...pipeline(), input("a", "1"));
  const session = new LoopSession(world);
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create out-a"]);
  const before = session.reports.length;
  world.reconnecting.add("Input");
  session.change(input("a", "2"));
  await eventually(() => assert.deepEqual(session.waits, [300]));
  session.wait();
  await eventually(() => assert.deepEqual(session.waits, [300]));
  assert.equal(session.reports.length, before);
  world.reconnecting.clear();
  session.wait();
  assert.deepEqual(await session.settle(), ["update out-a"]);
});

Deno.test("what is left to do when the history is lost in the midst of writing is left to the next plan", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "1"), input("c", "1"));
  const session = new LoopSession(world);
  const apply = world.apply.bind(world);
  world.apply = (change) => {
    world.history = 1;
    return apply(change);
  };
  await session.loop.enqueueAll(signal);
  await session.passed(1);
  const { outcomes } = session.reports[0]!;
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["done", "postponed", "postponed"]);
  session.wait();
  await session.settle();
  assert.equal(world.keys("Secret").length, 3);
});

Deno.test("a mass change that the leader holds is held by whoever takes over", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `i${index}`);
  const world = new World(...pipeline(), ...names.map((name) => input(name, "1")));
  const leader = new LoopSession(world), standby = new LoopSession(world);
  standby.loop.standBy();
  await leader.loop.enqueueAll(signal);
  assert.equal((await leader.settle()).length, 10);
  await standby.loop.enqueueAll(signal);
  await standby.settle();
  for (const name of names) world.remove(`Input in/${name}`);
  for (const session of [leader, standby]) {
    await session.loop.enqueueAll(signal);
    assert.deepEqual(await session.settle(), []);
  }
  // The leader is gone.
  await standby.loop.lead(signal);
  assert.deepEqual(await standby.settle(), []);
  const { held } = standby.reports.at(-1)!.reconciliation.plan;
  assert.deepEqual(new Set(held.map(({ gate }) => gate)), new Set(["mass-change"]));
});

Deno.test("a trigger that was deleted while the program was down: its outputs are withdrawn once it is up", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "1"));
  const before = new LoopSession(world);
  await before.loop.enqueueAll(signal);
  assert.deepEqual(await before.settle(), ["create out-a", "create out-b"]);
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  const after = new LoopSession(world);
  await after.loop.enqueueAll(signal);
  assert.deepEqual((await after.settle()).sort(), ["delete out-a", "delete out-b"]);
  assert.deepEqual(world.keys("Secret"), []);
});

/** With {@link slowly}, what is written before a plan makes way. */
const WRITES_AT_ONCE = MAKE_WAY_MILLISECONDS / 10;

/** From now on each write takes 10 ms, and `meanwhile` happens in the middle of the first few. */
function slowly(session: LoopSession, meanwhile: () => void): void {
  const { world } = session;
  const apply = world.apply.bind(world), start = world.written.length;
  world.apply = (change) => {
    session.time += 10;
    if (world.written.length === start + 10) meanwhile();
    return apply(change);
  };
}

Deno.test("a rotation goes before what is left of a long first publication", async () => {
  const count = WRITES_AT_ONCE + 50;
  const inputs = Array.from({ length: count }, (_, index) => input(`i${index}`, "1"));
  const session = new LoopSession(new World(...pipeline(), ...inputs));
  slowly(session, () => session.change(input("i0", "2")));
  await session.loop.enqueueAll(signal);
  const written = await session.settle();
  assert.equal(written.filter((text) => text.startsWith("create ")).length, count, "each is created once");
  assert.deepEqual(
    written.map((text, index) => ({ text, index })).filter(({ text }) => !text.startsWith("create ")),
    [{ text: "update out-i0", index: WRITES_AT_ONCE }],
  );
  const messages = session.reports.map(({ reconciliation, outcomes }) =>
    reportOf(reconciliation, outcomes).conditions[0]!.message
  );
  assert.deepEqual(messages[0], "50 outputs are still to be written, after what has changed meanwhile");
  assert.equal(messages.at(-1), `${count} outputs as wanted`);
});

Deno.test("a plan that took long makes way after as long, so that writing keeps up, and at last after ten seconds", async () => {
  for (const [planning, writes] of [[100, 200], [5_000, 500], [60_000, 1_000]] as const) {
    const inputs = Array.from({ length: writes + 50 }, (_, index) => input(`i${index}`, "1"));
    const session = new LoopSession(new World(...pipeline(), ...inputs));
    const { planner } = session.loop;
    const plan: typeof planner.plan = (...args) => {
      session.time += planning;
      return planner.plan(...args);
    };
    Object.assign(session.loop, { planner: { plan } });
    slowly(session, () => session.change(input("i0", "2")));
    await session.loop.enqueueAll(signal);
    assert.equal((await session.settle()).indexOf("update out-i0"), writes, `planned for ${planning} ms`);
  }
});

Deno.test("a revocation goes before what is left of a long rotation", async () => {
  const count = WRITES_AT_ONCE + 50;
  const inputs = Array.from({ length: count }, (_, index) => input(`i${index}`, "1"));
  const session = new LoopSession(new World(...pipeline(), ...inputs));
  await session.loop.enqueueAll(signal);
  await session.settle();
  slowly(session, () => {
    const gone = session.world.get("Input in/i7")!;
    session.world.remove("Input in/i7");
    session.gone(gone);
  });
  session.change(pipeline({ template: OUTPUT.replace("stringData:", "stringData:\n  w: x") })[2]!);
  const written = await session.settle();
  assert.deepEqual(
    written.map((text, index) => ({ text, index })).filter(({ text }) => !text.startsWith("update ")),
    [{ text: "delete out-i7", index: WRITES_AT_ONCE }],
  );
  const names = new Set(written.filter((text) => text.startsWith("update ")));
  assert.ok(names.size >= count - 1, "all that stays is rotated");
  const { data } = session.world.get("Secret in/out-i249")!;
  assert.deepEqual(Object.keys(data as object).sort(), ["v", "w"]);
});

Deno.test("where more is rotated than can be written, each output has its turn", async () => {
  const count = WRITES_AT_ONCE + 50, most = 4 * count;
  const session = new LoopSession(
    new World(...pipeline(), ...Array.from({ length: count }, (_, i) => input(`i${i}`, "1"))),
  );
  await session.loop.enqueueAll(signal);
  await session.settle();
  // Whatever is written is rotated again at once.
  const { world } = session;
  const apply = world.apply.bind(world), start = world.written.length;
  world.apply = (change) => {
    session.time += 10;
    const written = world.written.length - start;
    if (written < most) session.change(input(change.target.name.replace("out-", ""), `again ${written}`));
    return apply(change);
  };
  session.change(pipeline({ template: OUTPUT.replace("stringData:", "stringData:\n  w: x") })[2]!);
  const written = await session.settle();
  assert.ok(written.length > most, "it went on for a while");
  const last = Math.max(...Array.from({ length: count }, (_, i) => written.indexOf(`update out-i${i}`)));
  assert.equal(last, count - 1, "none is written twice before all are written once");
});

Deno.test("a long first publication is not interrupted by its own outputs", async () => {
  const count = WRITES_AT_ONCE + 50;
  const inputs = Array.from({ length: count }, (_, index) => input(`i${index}`, "1"));
  const session = new LoopSession(new World(...pipeline(), ...inputs));
  slowly(session, () => {});
  const { world } = session;
  const apply = world.apply.bind(world);
  world.apply = async (change) => {
    const outcome = await apply(change);
    session.loop.notice({
      query: ownedQuery("Secret", "moonferry"),
      object: world.get(`Secret in/${change.target.name}`)!,
    });
    return outcome;
  };
  await session.loop.enqueueAll(signal);
  await session.settle();
  assert.equal(session.reports[0]!.outcomes.filter(({ status }) => status === "done").length, count);
});

Deno.test("an input that can't be asked for by its name holds its revocation for a moment, and not until somebody confirms it", async () => {
  const evaluateCEL = [{ name: "x", rule: "resource.spec.v == '1'" }];
  const source = { resourceSelectors: [{ group: "", version: "v1", kind: "Input", evaluateCEL }] };
  const world = new World(...pipeline({ source }), input("a", "1"));
  const session = new LoopSession(world);
  await session.loop.enqueueAll(signal);
  assert.deepEqual(await session.settle(), ["create out-a"]);
  failOnce(world, (query, { fresh }) => query.kind === "Input" && query.name === "a" && fresh === true);
  const passes = session.reports.length, written = world.written.length;
  session.change(input("a", "2"));
  await session.passed(passes + 1);
  assert.equal(world.written.length, written);
  const { plan } = session.reports.at(-1)!.reconciliation;
  assert.deepEqual(plan.failures.map(({ reason, cause }) => [reason, cause]), [["LiveUnknown", "Unreachable"]]);
  assert.match(plan.failures[0]!.message, /is gone can't be read, .*Input v1 named a.*: it is away$/);
  session.wait();
  assert.deepEqual(await session.settle(), ["delete out-a"]);
});

Deno.test("what the second look could not agree to, since a match has failed in it, is tried again", async () => {
  const two = `${OUTPUT}---\n${OUTPUT.replace("out-", "second-")}`;
  const own = { kind: "ConfigMap", namespace: "mgmt", name: "{{ .Resource.metadata.name }}" };
  const trigger = { policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "t" }, own] };
  const content = ["a", "c"].map((name) => configMap(name, { k: "" }, "template"));
  const objects = pipeline({ trigger, template: two });
  const world = new World(...objects, input("a", "1"), input("c", "1"), ...content);
  const session = new LoopSession(world);
  await session.loop.enqueueAll(signal);
  assert.deepEqual((await session.settle()).sort(), [
    "create out-a",
    "create out-c",
    "create second-a",
    "create second-c",
  ]);
  // The input reads as another version once, so that it is planned again; then one match can't be rendered.
  const list = world.list.bind(world);
  let isOther = false;
  world.list = async (query, signal, options) => {
    const listing = await list(query, signal, options);
    if (isOther || !options?.fresh || query.kind !== "Input" || query.name || !listing.objects) return listing;
    isOther = true;
    failOnce(world, ({ kind, name }) => kind === "ConfigMap" && name === "a");
    const objects = listing.objects.map((object) => ({
      ...object,
      metadata: { ...object.metadata, resourceVersion: "999" },
    }));
    return { objects };
  };
  const passes = session.reports.length, written = world.written.length;
  session.change(pipeline({ trigger })[2]!);
  await session.passed(passes + 1);
  assert.deepEqual(world.written.slice(written).map(({ action, target }) => `${action} ${target.name}`), [
    "delete second-c",
  ]);
  assert.deepEqual(session.reports.at(-1)!.reconciliation.plan.failures.map(({ reason }) => reason), ["Unreachable"]);
  session.wait();
  await session.passed(passes + 2);
  // What could not be read waits a little longer than all else.
  session.wait();
  assert.deepEqual(await session.settle(), ["delete second-a"]);
});

/** The next such question has no answer. */
function failOnce(world: World, matches: (query: ObjectQuery, options: ReadOptions) => boolean): void {
  const list = world.list.bind(world);
  let hasFailed = false;
  world.list = (query, signal, options = {}) => {
    if (hasFailed || !matches(query, options)) return list(query, signal, options);
    hasFailed = true;
    return Promise.resolve({ unknown: { reason: "Unreachable", message: "it is away" } });
  };
}

/** Trigger `copy`, whose EventSource selects the outputs with a label, and which gives a copy of each. */
function copying(label: string, value: string): KubeObject[] {
  const labelFilters = [["moonferry.dev/instance", "moonferry"], [label, value]]
    .map(([key, value]) => ({ key: key!, operation: "Equal", value: value! }));
  const [trigger, source, content] = pipeline({
    trigger: { eventSourceName: "copy", policyRefs: [refTo("copy")] },
    source: { resourceSelectors: [{ group: "", version: "v1", kind: "Secret", labelFilters }] },
    template: OUTPUT.replace("out-{{", "copy-{{").replace(".Resource.spec.v", ".Resource.data.v"),
  });
  return [
    ...[trigger!, source!].map((object) => ({ ...object, metadata: { name: "copy" } })),
    { ...content!, metadata: { ...content!.metadata, name: "copy" } },
  ];
}

/** A session in which what is written is told, as the watches on outputs do. */
function toldOfOutputs(...objects: KubeObject[]): LoopSession {
  const world = new World(...objects);
  const session = new LoopSession(world);
  const apply = world.apply.bind(world);
  world.apply = async (change) => {
    const outcome = await apply(change);
    const object = world.get(objectKey(change.target)) ?? change.live!;
    const watched = world.queries.filter(({ query, options }) => query.kind === "Secret" && !options.once);
    for (const { query } of new Map(watched.map((one) => [queryKey(one.query), one])).values()) {
      if (predicateOf({ ...query, version: "v1" })(object)) session.loop.notice({ query, object });
    }
    return outcome;
  };
  return session;
}

/** A pipeline whose two outputs are there, and whose watch tells of all writes; told before the writer knows of its answer. */
async function toldOfTwoOutputs(): Promise<LoopSession> {
  const session = toldOfOutputs(...pipeline(), input("a", "1"), input("b", "1"));
  await session.loop.enqueueAll(signal);
  await session.passed(1);
  assert.deepEqual(session.waits, [ECHO_MILLISECONDS], "its own writes are no reason to plan again at once");
  return session;
}

for (const { took, wait } of [{ took: 90, wait: undefined }, { took: 800, wait: 80 }, { took: 60_000, wait: 200 }]) {
  Deno.test(`changes that come together are planned together, where a plan takes its time: ${took} ms`, async () => {
    const session = new LoopSession(new World(...pipeline(), input("a", "1"), input("b", "1")));
    session.world.onList = ({ kind }) => void (kind === "Input" && (session.time += took));
    await session.loop.enqueueAll(signal);
    await session.passed(1);
    session.world.onList = () => {};
    session.change(input("a", "2"));
    if (wait === undefined) return await session.passed(2);
    assert.deepEqual(session.waits, [wait]);
    session.change(input("b", "2"));
    assert.deepEqual([session.waits, session.depth], [[wait], 0], "the second does not put it off");
    session.wait();
    await session.passed(2);
    assert.equal(session.world.written.length, 4);
    session.change(input("a", "3"));
    assert.deepEqual(session.waits, [], "the last plan took no time");
    await eventually(() => assert.deepEqual(session.world.get("Secret in/out-a")!.data, { v: btoa("3") }));
  });
}

Deno.test("what it has written itself is looked at once more after a while", async () => {
  const session = await toldOfTwoOutputs();
  assert.equal(session.reports.at(-1)!.sinceChange, undefined);
  session.wait();
  await session.passed(2);
  assert.deepEqual(session.waits, []);
  assert.equal(session.reports.at(-1)!.sinceChange, undefined, "nothing had changed");
  assert.equal(session.world.written.length, 2);
});

Deno.test("a change does not wait for the echo of the writes before, and spares it a pass of its own", async () => {
  const session = await toldOfTwoOutputs();
  session.change(input("b", "2"));
  await session.passed(2);
  assert.deepEqual(session.waits, [ECHO_MILLISECONDS], "of its second write");
  assert.deepEqual(session.world.get("Secret in/out-b")!.data, { v: btoa("2") });
});

Deno.test("outputs that it has deleted are an echo, too", async () => {
  const session = await toldOfTwoOutputs();
  session.world.remove("Input in/a");
  session.gone(input("a", "1"));
  await session.passed(2);
  assert.deepEqual(session.world.keys("Secret"), ["Secret in/out-b"]);
  assert.deepEqual(session.waits, [ECHO_MILLISECONDS]);
});

for (const moment of ["after the pass", "while a pass is under way"]) {
  Deno.test(`what others do to an output it has just written is undone at once: ${moment}`, async () => {
    const session = await toldOfTwoOutputs();
    const edit = () => {
      session.world.put({ ...session.world.get("Secret in/out-a")!, data: { v: btoa("stolen") } } as KubeObject);
      const object = session.world.get("Secret in/out-a")!;
      session.loop.notice({ query: ownedQuery("Secret", "moonferry"), object });
    };
    if (moment === "after the pass") edit();
    else {
      const apply = session.world.apply.bind(session.world);
      session.world.apply = (change) => {
        session.world.apply = apply;
        edit();
        return apply(change);
      };
      session.change(input("b", "2"));
    }
    await session.passed(moment === "after the pass" ? 2 : 3);
    assert.deepEqual(session.world.get("Secret in/out-a")!.data, { v: btoa("1") });
    assert.notEqual(session.reports.at(-1)!.sinceChange, undefined);
  });
}

Deno.test("a trigger that selects another's outputs follows their changes and their end", async () => {
  const labelled = OUTPUT.replace("type: Opaque", "  labels: { tier: first }\ntype: Opaque");
  const session = toldOfOutputs(...pipeline({ template: labelled }), ...copying("tier", "first"), input("a", "1"));
  session.world.put(input("b", "1"));
  await session.loop.enqueueAll(signal);
  const becomes = (names: string[], v = "1") =>
    eventually(() => {
      if (session.waits.length > 0) session.wait();
      assert.deepEqual(session.world.keys("Secret"), names.map((name) => `Secret in/${name}`));
      assert.deepEqual(session.world.get("Secret in/copy-out-b")!.data, { v: btoa(btoa(v)) });
    });
  await becomes(["copy-out-a", "copy-out-b", "out-a", "out-b"]);
  session.change(input("b", "2"));
  await becomes(["copy-out-a", "copy-out-b", "out-a", "out-b"], "2");
  session.world.remove("Input in/a");
  session.gone(input("a", "1"));
  await becomes(["copy-out-b", "out-b"], "2");
});

Deno.test("a trigger that feeds on its own outputs does not spin", async () => {
  const session = toldOfOutputs(...pipeline(), ...copying("moonferry.dev/instance", "moonferry"), input("a", "1"));
  await session.loop.enqueueAll(signal);
  // It goes on for ever, a pass after each wait.
  for (let seconds = 0, passes = 0; seconds < 5; seconds++) {
    await eventually(() => assert.ok(session.reports.length > passes && session.waits.length > 0));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(session.reports.length <= passes + 4, `${session.reports.length - passes} passes within a second`);
    passes = session.reports.length;
    session.wait();
  }
});

const ENDLESS = "function evaluate() while true do end end";

const scripted = (script: string) => ({
  metadata: { name: "t", generation: script.length },
  spec: {
    resourceSelectors: [{ group: "", version: "v1", kind: "Input" }],
    collectResources: true,
    aggregatedSelection: script,
  },
});

Deno.test("a script that was stopped three times is not run for each change of its input, but for another script", async () => {
  const endless = pipeline({ source: scripted(ENDLESS).spec });
  const world = new World(...endless, input("a", "1"));
  const session = new LoopSession(world, createLuaSandbox({ milliseconds: 20 }));
  await session.loop.enqueueAll(signal);
  await session.passed(1);
  for (let v = 2; session.reports.at(-1)!.rests === undefined; v++) {
    assert.ok(v < 5, "three stops are enough");
    session.change(input("a", `early ${v}`));
    assert.equal(session.depth, 0, "others have their turns first");
    session.time += 2 * FIRST_REST_MILLISECONDS;
    session.change(input("a", `${v}`));
    await session.passed(v);
  }
  session.change(input("a", "4"));
  assert.equal(session.depth, 0, "it is not even in the queue");
  assert.deepEqual(session.reports.slice(0, 3).map(({ rests }) => rests !== undefined), [false, false, true]);
  const eventSource = { ...endless[1]!, ...scripted("function evaluate() return {resources = resources} end") };
  session.change(eventSource as KubeObject);
  assert.deepEqual(await session.settle(), ["create out-a"]);
  session.change(input("a", "last"));
  assert.deepEqual(await session.settle(), ["update out-a"]);
});

Deno.test("a script that was stopped is run again after its rest, whether something changes or not", async () => {
  const session = new LoopSession(
    new World(...pipeline({ source: scripted(ENDLESS).spec }), input("a", "1")),
    createLuaSandbox({ milliseconds: 20 }),
  );
  await session.loop.enqueueAll(signal);
  const rests = [FIRST_REST_MILLISECONDS, 2 * FIRST_REST_MILLISECONDS, REST_MILLISECONDS, REST_MILLISECONDS];
  for (const [index, rest] of rests.entries()) {
    await session.passed(index + 1);
    await eventually(() => assert.deepEqual(session.waits, [rest]));
    session.wait();
  }
});

const INPUTS: ObjectQuery = { group: "", version: "v1", kind: "Input" };
const OTHERS: ObjectQuery = { group: "", version: "v1", kind: "Other" };
const sourceOf = (spec: JsonObject) => pipeline({ source: spec })[1]!;
const FAILING = { aggregatedSelection: "error('no')" };

/** What each is about: whether the watch of the trigger's inputs is needed once all is quiet. */
const needs: readonly { name: string; isNeeded: boolean; change: (session: LoopSession) => void }[] = [
  { name: "nothing has changed for days", isNeeded: true, change: () => {} },
  {
    name: "the trigger is suspended",
    isNeeded: true,
    change: ({ world }) => {
      const trigger = pipeline()[0]!;
      const annotations = { "moonferry.dev/suspend": "true" };
      world.put({ ...trigger, metadata: { ...trigger.metadata, annotations } });
    },
  },
  {
    name: "its inputs can't be listed",
    isNeeded: true,
    change: ({ world }) => void world.unknown.set("Input", { reason: "Forbidden", message: "no" }),
  },
  {
    name: "its EventSource can't be read, and so nothing more is asked",
    isNeeded: true,
    change: ({ world }) => void world.unknown.set("EventSource", { reason: "Unreachable", message: "no" }),
  },
  {
    name: "EventTriggers can't be read by its pass",
    isNeeded: true,
    change: ({ world }) => {
      world.unknown.set("EventTrigger", { reason: "Unreachable", message: "no" });
    },
  },
  { name: "its script fails", isNeeded: true, change: ({ world }) => world.put(sourceOf(FAILING)) },
  {
    name: "its EventSource is another one that fails",
    isNeeded: true,
    change: ({ world }) => world.put(sourceOf({ ...FAILING, resourceSelectors: [{ ...OTHERS }] })),
  },
  { name: "the replica stands by", isNeeded: true, change: ({ loop }) => loop.standBy() },
  {
    name: "its EventSource selects something else",
    isNeeded: false,
    change: ({ world }) => world.put(sourceOf({ resourceSelectors: [{ ...OTHERS }] })),
  },
  {
    name: "its EventSource is gone",
    isNeeded: false,
    change: ({ world }) => world.remove("EventSource.lib.projectsveltos.io /t"),
  },
  {
    name: "the trigger is gone",
    isNeeded: false,
    change: ({ world }) => world.remove("EventTrigger.lib.projectsveltos.io /t"),
  },
  {
    name: "the trigger does not select the management cluster any more",
    isNeeded: false,
    change: ({ world }) => world.put(pipeline({ trigger: { sourceClusterSelector: { matchLabels: { a: "c" } } } })[0]!),
  },
];

for (const { name, isNeeded, change } of needs) {
  Deno.test(`what a trigger selects is ${isNeeded ? "needed" : "not needed any more"} where ${name}`, async () => {
    const session = new LoopSession(new World(...pipeline(), input("a", "1")));
    await session.loop.enqueueAll(signal);
    await session.settle();
    assert.ok(session.loop.isNeeded(INPUTS));
    assert.ok(!session.loop.isNeeded(OTHERS));
    change(session);
    // One that fails goes on failing.
    for (let passes = isNeeded ? 3 : 1; passes > 0; passes--) {
      session.time += 24 * 60 * 60_000;
      const { length } = session.reports;
      session.loop.notice({ query: triggerQuery("t") });
      await session.passed(length + 1);
    }
    assert.equal(session.loop.isNeeded(INPUTS), isNeeded);
    const outputs = ownedQuery("Secret", "moonferry");
    assert.ok(session.loop.isNeeded(outputs), "outputs of all triggers, also of those that nobody knows of");
  });
}
