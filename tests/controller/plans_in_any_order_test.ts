/**
 * Plans of several triggers at once, of a world that changes in any way, by planners that keep and share what they can: each is
 * the plan of a planner that keeps nothing, and nothing adds up.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import * as fc from "fast-check";
import type { KubeObject } from "../../src/api/object.ts";
import type { PlanCommand } from "../../src/controller/plan_messages.ts";
import { planHere } from "../../src/controller/planner.ts";
import { WorkerPlanner } from "../../src/controller/worker_planner.ts";
import { cloneJson, type JsonObject } from "../../src/json/json.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import type { ObjectReader } from "../../src/reconcile/reader.ts";
import { reconcile, type Reconciliation } from "../../src/reconcile/reconcile.ts";
import { isRevocation } from "../../src/reconcile/revocation.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { LocalWorker } from "../support/local_worker.ts";
import { optionsFor } from "../support/session.ts";
import { input, pipeline, World } from "../support/world.ts";

const SEED = 20261127;
const signal = new AbortController().signal;
const OPTIONS = optionsFor("Secret", "ConfigMap");
const parts = {
  sandbox: createLuaSandbox(),
  templates: { world: { now: () => new Date(0), randomBytes: (count: number) => new Uint8Array(count).fill(7) } },
};
const TRIGGERS = ["t", "u"] as const;

/** A world as caches show it: the same object until it was read anew, and another one for each fresh read. */
class CachedWorld extends World {
  #shown = new WeakMap<KubeObject, KubeObject>();

  /** What is there is from now on shown by other objects that are equal. */
  forgetIdentities(): void {
    this.#shown = new WeakMap();
  }

  override async list(...[query, signal, options]: Parameters<ObjectReader["list"]>) {
    const listing = await super.list(query, signal, options);
    if (!listing.objects) return listing;
    return { objects: listing.objects.map((object) => options?.fresh ? cloneJson(object) : this.#shownFor(object)) };
  }

  #shownFor(object: KubeObject): KubeObject {
    let shown = this.#shown.get(object);
    if (!shown) this.#shown.set(object, shown = cloneJson(object));
    return shown;
  }
}

/** Ticks before a message is delivered, from 0 to 3, by a generator of Lehmer's: the same for the same seed. */
function delays(seed: number): () => Promise<void> {
  let state = seed % 2147483646 + 1;
  return async () => {
    state = state * 48271 % 2147483647;
    for (let ticks = state % 4; ticks > 0; ticks--) await new Promise((resolve) => setImmediate(resolve));
  };
}

/** The three planners over one world, and what the sharing one's two sides have in common. */
class Planners {
  readonly here = planHere(parts, OPTIONS);
  readonly there: WorkerPlanner;
  readonly workers: LocalWorker[] = [];
  readonly previous = new Map<string, Generation | undefined>();
  /** The numbers of objects that the worker of now was sent and was not told to forget. */
  sent = new Set<number>();

  constructor(readonly world: CachedWorld, seed: number) {
    const delay = delays(seed);
    this.there = new WorkerPlanner({ options: OPTIONS }, () => {
      this.sent = new Set();
      const worker = new LocalWorker(parts, delay, (command) => this.#note(command));
      this.workers.push(worker);
      return worker;
    });
  }

  #note(command: PlanCommand): void {
    if (command.type === "part" || command.type === "listed") {
      for (const number of command.objects.numbers) this.sent.add(number);
    } else if (command.type === "settle") { for (const number of command.forget) this.sent.delete(number); }
  }

  /** Plans of both triggers, made at once where there is a worker; all have to say the same. */
  async agree(): Promise<Reconciliation[]> {
    const previous = TRIGGERS.map((trigger) => this.previous.get(trigger));
    const there = await Promise.all(
      TRIGGERS.map((trigger, i) => this.there.plan({ trigger }, this.world, previous[i], signal)),
    );
    for (const [i, trigger] of TRIGGERS.entries()) {
      const anew = await reconcile({ trigger }, { ...parts, reader: this.world }, OPTIONS, signal, previous[i]);
      const here = await this.here.plan({ trigger }, this.world, previous[i], signal);
      assert.deepStrictEqual(told(here), told(anew), "here, with what was kept");
      assert.deepStrictEqual(told(there[i]!), told(anew), "in a worker, with what was kept and shared");
      for (const text of ["value-1", "value-2", "value-3", "plain"]) {
        assert.equal(there[i]!.redact(text), anew.redact(text));
      }
      this.previous.set(trigger, there[i]!.generation);
    }
    return there;
  }

  /** Nothing was thrown where nobody catches it. */
  check(): void {
    for (const { thrown } of this.workers) assert.deepStrictEqual(thrown, []);
  }
}

/** What a plan says, without its function, and what its script took. */
function told({ redact: _, ...plain }: Reconciliation) {
  const { matches } = plain.computation;
  if (!matches) return plain;
  return { ...plain, computation: { ...plain.computation, matches: { ...matches, cost: undefined } } };
}

Deno.test("what is kept from older passes is named to nobody who may have forgotten it", async () => {
  const world = newWorld();
  const planners = new Planners(world, 1);
  await planners.agree();
  // Equal objects, read anew: from now on only the trigger that does not plan needs the ones before.
  world.forgetIdentities();
  await planners.there.plan({ trigger: "u" }, world, undefined, signal);
  // Each match after it gets another place, and is sent anew with the object that it was recognised by.
  world.put(input("a", "value-3"), input("b", "value-1"));
  await planners.agree();
  await planners.agree();
  planners.there.close();
  assert.equal(planners.workers.length, 1);
});

const NAME = "{{ .MatchingResource.Name }}";
const secret = (body: string, name = NAME) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: out }\nstringData:\n  ${body}\n`;
const V = "v: {{ .Resource.spec.v | quote }}";
const configMap = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${NAME}-after, namespace: out }\n`;
const TEMPLATES = [
  secret(V),
  secret(V) + configMap,
  secret(V, `${NAME}-{{ .Resource.spec.v }}`),
  secret("v: {{ now | unixEpoch | quote }}"),
  `{{ if eq .Resource.spec.v "value-2" }}{{ fail "no" }}{{ end }}` + secret(V),
  `{{ if eq .Resource.spec.v "value-3" }}{{ $_ := set .Cluster.metadata "seen" "${NAME}" }}{{ end }}` +
  secret("v: {{ .Cluster.metadata.seen | quote }}"),
  `{{ if eq .Resource.spec.v "value-1" }}# nothing{{ else }}${secret(V)}{{ end }}`,
  secret("v: {{ .Cluster.metadata.name }}"),
];
const SCRIPTS = [
  "",
  `function evaluate()
  local all = {}
  for i = #resources, 1, -1 do
    table.insert(all, resources[i])
    if resources[i].spec.v == "value-2" then table.insert(all, resources[i]) end
  end
  if #all == 0 then return {} end
  return { resources = all }
end`,
];

const of = (kind: string, given: Parameters<typeof pipeline>[0] = {}) =>
  pipeline(given).find((each) => each.kind === kind)!;
const triggerNamed = (name: string, extra: JsonObject = {}) => {
  const trigger = of("EventTrigger");
  return { ...trigger, metadata: { name }, spec: { ...trigger.spec as JsonObject, ...extra } };
};
/** The template's output names are of one namespace for each trigger, so that they don't collide. */
function newWorld(): CachedWorld {
  const world = new CachedWorld(...pipeline({ template: TEMPLATES[0] }), input("a", "value-1"), input("c", "value-2"));
  world.put(
    triggerNamed("u", { eventSourceName: "u", policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "u" }] }),
  );
  const [source, template] = [of("EventSource"), of("ConfigMap", { template: other(TEMPLATES[0]!) })];
  world.put({ ...source, metadata: { name: "u" } }, { ...template, metadata: { ...template.metadata, name: "u" } });
  return world;
}
const other = (template: string) => template.replaceAll("namespace: out", "namespace: other");

const KEY = { t: "EventTrigger.lib.projectsveltos.io /t", u: "EventTrigger.lib.projectsveltos.io /u" };
const which = fc.constantFrom(...TRIGGERS);
const step = fc.oneof(
  fc.record({
    do: fc.constant("put" as const),
    name: fc.constantFrom("a", "b", "c", "d"),
    v: fc.constantFrom("value-1", "value-2", "value-3"),
  }),
  fc.record({ do: fc.constant("remove" as const), name: fc.constantFrom("a", "b", "c", "d") }),
  fc.record({ do: fc.constant("template" as const), of: which, index: fc.nat(TEMPLATES.length - 1) }),
  fc.record({ do: fc.constant("drop template" as const), of: which }),
  fc.record({ do: fc.constant("script" as const), of: which, index: fc.nat(1), collect: fc.boolean() }),
  fc.record({
    do: fc.constant("trigger" as const),
    of: which,
    extra: fc.constantFrom({}, { oneForEvent: false }, { extraLabels: { x: "y" } }, { syncMode: "OneTime" }, {
      stopMatchingBehavior: "LeavePolicies",
    }),
  }),
  fc.record({ do: fc.constant("drop trigger" as const), of: which, isBack: fc.boolean() }),
  fc.record({ do: fc.constant("identities" as const) }),
  fc.record({ do: fc.constant("give up" as const), of: which }),
  fc.record({ do: fc.constant("die" as const) }),
  fc.record({ do: fc.constant("unreadable" as const), kind: fc.constantFrom("Input", "ConfigMap", "EventSource") }),
);
type StepOf = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(one: StepOf, planners: Planners): Promise<void> {
  const { world } = planners;
  const named = (object: KubeObject, name: string) => ({ ...object, metadata: { ...object.metadata, name } });
  const own = (name: "t" | "u") => ({
    eventSourceName: name,
    policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name }],
  });
  switch (one.do) {
    case "put":
      return world.put(input(one.name, one.v));
    case "remove":
      if (world.get(`Input in/${one.name}`)) world.remove(`Input in/${one.name}`);
      return;
    case "template": {
      const template = one.of === "t" ? TEMPLATES[one.index]! : other(TEMPLATES[one.index]!);
      return world.put(named(of("ConfigMap", { template }), one.of));
    }
    case "drop template":
      if (world.get(`ConfigMap mgmt/${one.of}`)) world.remove(`ConfigMap mgmt/${one.of}`);
      return;
    case "script":
      return world.put(named(
        of("EventSource", { source: { collectResources: one.collect, aggregatedSelection: SCRIPTS[one.index]! } }),
        one.of,
      ));
    case "trigger":
      return world.put(triggerNamed(one.of, { ...own(one.of), ...one.extra as JsonObject }));
    case "drop trigger": {
      const there = world.get(KEY[one.of]);
      if (!there) return world.put(triggerNamed(one.of, own(one.of)));
      world.remove(KEY[one.of]);
      if (one.isBack) world.put(triggerNamed(one.of, own(one.of)));
      return;
    }
    case "identities":
      return world.forgetIdentities();
    case "give up": {
      const abort = new AbortController();
      const planned = planners.there.plan({ trigger: one.of }, world, undefined, abort.signal);
      world.onList = ({ kind }) => kind === "ConfigMap" && queueMicrotask(() => abort.abort(new Error("given up")));
      await planned.catch(() => {});
      world.onList = () => {};
      return;
    }
    case "die": {
      const planned = planners.there.plan({ trigger: "t" }, world, undefined, signal);
      planners.workers.at(-1)!.fail("out of memory");
      await assert.rejects(planned, /out of memory/);
      return;
    }
    case "unreadable":
      world.unknown.set(one.kind, { reason: "Forbidden", message: "may not" });
      await planners.agree();
      world.unknown.delete(one.kind);
  }
}

Deno.test(`any changes of the world between plans made at once (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.nat(4)), { minLength: 1, maxLength: 14 }),
      fc.nat(),
      async (steps, seed) => {
        const world = newWorld();
        const planners = new Planners(world, seed);
        for (const [one, room] of steps) {
          const made = await planners.agree();
          // What there is no room for is postponed; revocations are not.
          for (const { plan } of made) {
            let left = room;
            for (const change of plan.changes) if (isRevocation(change) || left-- > 0) await world.apply(change);
          }
          await take(one, planners);
        }
        await planners.agree();
        for (const name of TRIGGERS) if (world.get(KEY[name])) world.remove(KEY[name]);
        await planners.agree();
        assert.deepStrictEqual([...planners.sent], [], "of triggers that are gone nothing stays");
        planners.check();
        planners.there.close();
      },
    ),
    { seed: SEED, numRuns: 30 },
  );
});
