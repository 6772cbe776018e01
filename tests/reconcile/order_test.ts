/** Outputs of a match are published in the order of its templates and withdrawn in reverse (reliability Decision 17). */
import assert from "node:assert/strict";
import { formatRef, type KubeObject, objectKey } from "../../src/api/object.ts";
import { type Applier, applyPlan, type Outcome, type OutcomeStatus } from "../../src/reconcile/apply.ts";
import { StepCounter } from "../../src/reconcile/order.ts";
import type { Change, Plan } from "../../src/reconcile/plan.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { DryApplier } from "../../src/reconcile/dry_applier.ts";
import { withdrawalOf } from "../../src/reconcile/withdraw.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const sandbox = createLuaSandbox();
const signal = new AbortController().signal;
const OPTIONS = optionsFor("Secret", "Profile");

/** A Secret, and a Profile that refers to it. */
const TWO = `${OUTPUT}---
apiVersion: v1
kind: Profile
metadata: { name: "{{ .Resource.metadata.name }}", namespace: in }
spec: { v: {{ .Resource.spec.v | quote }} }
`;

/** Notes when a change begins and ends; what `answers` names comes out otherwise, and each takes as long as `turns` says. */
class SlowApplier implements Applier {
  readonly log: string[] = [];
  constructor(
    readonly world: World,
    readonly answers: Record<string, OutcomeStatus> = {},
    readonly turns: (text: string) => number = () => 3,
  ) {}

  async apply(change: Change): Promise<Outcome> {
    const text = `${change.action} ${formatRef(change.target)}`;
    this.log.push(`begin ${text}`);
    for (let turn = 0; turn < this.turns(text); turn++) await Promise.resolve();
    this.log.push(`end ${text}`);
    const status = this.answers[text];
    if (status) return { change, status, message: "", retry: true };
    return await this.world.apply(change);
  }
}

async function planOf(world: World): Promise<Plan> {
  const parts = { reader: world, sandbox, templates: { world: TEMPLATE_WORLD } };
  return (await reconcile({ trigger: "t" }, parts, OPTIONS, signal)).plan;
}

async function settle(world: World): Promise<void> {
  await applyPlan(await planOf(world), world, signal);
  assert.equal((await planOf(world)).changes.length, 0);
}

/** Every `later` began after every `earlier` of the same name had ended. */
function assertAfter(log: readonly string[], earlier: string, later: string): void {
  const end = log.indexOf(`end ${earlier}`), begin = log.indexOf(`begin ${later}`);
  assert.ok(end >= 0 && begin >= 0, `${earlier} and ${later} in ${log.join(", ")}`);
  assert.ok(end < begin, `${later} began before ${earlier} had ended: ${log.join(", ")}`);
}

const texts = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ change, status }) => `${status} ${change.action} ${formatRef(change.target)}`).sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();

Deno.test("steps: a kind of its own after another one; equal kinds together; each match for itself", () => {
  const counter = new StepCounter();
  const secret = { apiVersion: "v1", kind: "Secret" }, profile = { apiVersion: "x/v1", kind: "Profile" };
  const next = (match: string, object: Pick<KubeObject, "apiVersion" | "kind">, key = "k") =>
    counter.next(object, {
      trigger: "t",
      match: { apiVersion: "v1", kind: "M", namespace: "in", name: match },
      template: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" },
      key,
    });
  assert.deepEqual([next("a", secret), next("a", secret), next("b", profile), next("a", profile)], [0, 0, 0, 1]);
  // Of a generator: it has no place among them.
  assert.deepEqual([next("a", secret, ""), next("a", { apiVersion: "x/v2", kind: "Profile" })], [0, 1]);
  assert.deepEqual([next("a", secret), next("b", profile)], [2, 0]);
});

Deno.test("published in order: a Profile begins when its Secret is there, whatever another match takes", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
  const applier = new SlowApplier(world, {}, (text) => text.endsWith("out-a") ? 500 : 1);
  await applyPlan(await planOf(world), applier, signal);
  assertAfter(applier.log, "create Secret in/out-a", "create Profile in/a");
  assertAfter(applier.log, "create Secret in/out-b", "create Profile in/b");
  assert.ok(applier.log.indexOf("end create Profile in/b") < applier.log.indexOf("end create Secret in/out-a"));
});

Deno.test("rotated in order, also where the Secret must be made anew", async () => {
  for (const isThere of [true, false]) {
    const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
    await settle(world);
    world.put(input("a", "new"));
    if (!isThere) world.remove("Secret in/out-a");
    const applier = new SlowApplier(world);
    await applyPlan(await planOf(world), applier, signal);
    assertAfter(applier.log, `${isThere ? "update" : "create"} Secret in/out-a`, "update Profile in/a");
  }
});

Deno.test("withdrawn in reverse: a match that is gone, a trigger that is gone, by hand", async () => {
  const ways: ((world: World) => Promise<Pick<Plan, "changes">>)[] = [
    (world) => {
      world.remove("Input in/b");
      return planOf(world);
    },
    (world) => {
      world.remove("EventTrigger.lib.projectsveltos.io /t");
      return planOf(world);
    },
    (world) => {
      const all = [...world.keys("Secret"), ...world.keys("Profile")].map((key) => world.get(key)!);
      return Promise.resolve(withdrawalOf({ instance: "moonferry", release: false }, all, []));
    },
  ];
  for (const way of ways) {
    const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
    await settle(world);
    const applier = new SlowApplier(world);
    await applyPlan(await way(world), applier, signal);
    assertAfter(applier.log, "delete Profile in/b", "delete Secret in/out-b");
    assert.equal(world.get("Secret in/out-b"), undefined);
  }
});

Deno.test("renamed: the new ones in order, then the old ones in reverse", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"));
  await settle(world);
  const renamed = TWO.replace("out-{{", "new-{{").replace(
    '"{{ .Resource.metadata.name }}"',
    '"new-{{ .Resource.metadata.name }}"',
  );
  world.put(pipeline({ template: renamed })[2]!);
  const applier = new SlowApplier(world);
  await applyPlan(await planOf(world), applier, signal);
  assertAfter(applier.log, "create Secret in/new-a", "create Profile in/new-a");
  assertAfter(applier.log, "create Profile in/new-a", "delete Profile in/a");
  assertAfter(applier.log, "delete Profile in/a", "delete Secret in/out-a");
});

Deno.test("what could not be written or deleted keeps what waits for it, of its own match alone", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
  const first = new SlowApplier(world, { "create Secret in/out-a": "failed" });
  const outcomes = await applyPlan(await planOf(world), first, signal);
  assert.deepEqual(texts(outcomes), [
    "done create Profile in/b",
    "done create Secret in/out-b",
    "failed create Secret in/out-a",
    "skipped create Profile in/a",
  ]);
  assert.match(
    outcomes.find(({ status }) => status === "skipped")!.message,
    /waits for Secret in\/out-a, which was not written/,
  );
  await settle(world);
  world.remove("Input in/a");
  const second = await applyPlan(
    await planOf(world),
    new SlowApplier(world, { "delete Profile in/a": "stale" }),
    signal,
  );
  assert.deepEqual(texts(second), ["skipped delete Secret in/out-a", "stale delete Profile in/a"]);
  await settle(world);
});

Deno.test("a held Secret holds the Profile that refers to it; a held Profile holds no Secret", async () => {
  const foreign = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { namespace: "in", name } });
  const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"), foreign("Secret", "out-a"));
  world.put(foreign("Profile", "b"));
  const plan = await planOf(world);
  assert.deepEqual(held(plan), ["ownership Profile in/a", "ownership Profile in/b", "ownership Secret in/out-a"]);
  assert.deepEqual(plan.changes.map(({ target }) => formatRef(target)), ["Secret in/out-b"]);
  assert.match(
    plan.held.find(({ change }) => formatRef(change.target) === "Profile in/a")!.reason,
    /it waits for Secret in\/out-a, which is held/,
  );
  assert.equal(plan.counts.held, 3);
});

Deno.test("two matches that want one Secret: the Profile of the newcomer, which would refer to the other's, is held", async () => {
  const template = TWO.replace("out-{{ .Resource.metadata.name }}", "shared");
  const world = new World(...pipeline({ template }), input("a", "1"));
  await settle(world);
  world.put(input("b", "2"));
  const plan = await planOf(world);
  assert.deepEqual(held(plan), ["collision Profile in/b", "collision Secret in/shared"]);
  assert.deepEqual(plan.changes, []);
});

Deno.test("a Profile whose withdrawal is suspended keeps its Secret", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
  await settle(world);
  const profile = world.get("Profile in/a")!;
  const annotations = { ...profile.metadata.annotations as Record<string, string>, "moonferry.dev/suspend": "all" };
  world.put({ ...profile, metadata: { ...profile.metadata, annotations } });
  world.remove("Input in/a");
  const plan = await planOf(world);
  assert.deepEqual([held(plan), plan.changes], [["suspend Profile in/a", "suspend Secret in/out-a"], []]);
});

for (const value of ["suspended", "failing"]) {
  Deno.test(`a Secret that was renamed stays while the Profile that still refers to it is ${value}`, async () => {
    const world = new World(...pipeline({ template: TWO }), input("a", "1"));
    await settle(world);
    const renamed = TWO.replace("out-{{", "new-{{").replace("spec: {", "spec: { secret: new,");
    world.put(pipeline({ template: renamed })[2]!);
    if (value === "suspended") {
      const profile = world.get("Profile in/a")!;
      const annotations = {
        ...profile.metadata.annotations as Record<string, string>,
        "moonferry.dev/suspend": "true",
      };
      world.put({ ...profile, metadata: { ...profile.metadata, annotations } });
    }
    const answers: Record<string, OutcomeStatus> = value === "failing" ? { "update Profile in/a": "failed" } : {};
    // Also when the new Secret has been there for long.
    for (let pass = 0; pass < 3; pass++) {
      await applyPlan(await planOf(world), new SlowApplier(world, answers), signal);
      assert.deepEqual(world.keys("Secret"), ["Secret in/new-a", "Secret in/out-a"]);
    }
    if (value === "suspended") return;
    await applyPlan(await planOf(world), world, signal);
    assert.deepEqual(world.keys("Secret"), ["Secret in/new-a"]);
  });
}

Deno.test("the mark of a pause that stays on a suspended Secret holds nothing that follows", async () => {
  const template = TWO.replace(".Resource.spec.v", ".Resource.kind");
  const resourceSelectors = [{ group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" }];
  const cluster = (v: string, paused: boolean): KubeObject => ({
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: { namespace: "in", name: "a" },
    spec: { v, paused },
  });
  const world = new World(
    ...pipeline({ source: { resourceSelectors }, template }),
    cluster("1", false),
  );
  const step = session(world, OPTIONS);
  await step();
  world.put(cluster("1", true));
  await step();
  const secret = world.get("Secret in/out-a")!;
  const annotations = { ...secret.metadata.annotations as Record<string, string>, "moonferry.dev/suspend": "true" };
  const managedFields = [{
    manager: "moonferry",
    operation: "Apply",
    fieldsV1: { "f:metadata": { "f:annotations": { "f:moonferry.dev/paused": {} } } },
  }];
  world.put({ ...secret, metadata: { ...secret.metadata, annotations, managedFields } });
  world.put(cluster("2", false));
  const plan = await step();
  assert.deepEqual(held(plan), ["suspend Secret in/out-a"]);
  assert.deepEqual(plan.changes.map(({ target }) => formatRef(target)), ["Profile in/a"]);
});

Deno.test("a dry run plans every step", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"));
  const outcomes = await applyPlan(await planOf(world), new DryApplier(), signal);
  assert.deepEqual(texts(outcomes), ["planned create Profile in/a", "planned create Secret in/out-a"]);
});

Deno.test("only later steps carry a mark, and it may be broken without harm", async () => {
  const world = new World(...pipeline({ template: TWO }), input("a", "1"), input("b", "2"));
  await settle(world);
  const stepOf = (key: string) =>
    (world.get(key)!.metadata.annotations as Record<string, string>)["moonferry.dev/step"];
  assert.deepEqual([stepOf("Secret in/out-a"), stepOf("Profile in/a")], [undefined, "1"]);
  const profile = world.get("Profile in/a")!;
  const annotations = { ...profile.metadata.annotations as Record<string, string>, "moonferry.dev/step": "-1e9" };
  world.put({ ...profile, metadata: { ...profile.metadata, annotations } });
  assert.deepEqual((await planOf(world)).changes.map(({ action, target }) => `${action} ${formatRef(target)}`), [
    "update Profile in/a",
  ]);
  await settle(world);
});

Deno.test("5,000 outputs of all matches together, kinds alternating, are ordered without ado", async () => {
  const template = `{{ range $i, $_ := until 2500 }}
---
apiVersion: v1
kind: Secret
metadata: { name: "out-{{ $i }}", namespace: in }
---
apiVersion: v1
kind: Profile
metadata: { name: "p{{ $i }}", namespace: in }
{{ end }}`;
  const world = new World(...pipeline({ trigger: { oneForEvent: false }, template }), input("a", "1"));
  const plan = await planOf(world);
  assert.deepEqual(plan.failures, []);
  const outcomes = await applyPlan(plan, world, signal);
  assert.equal(outcomes.filter(({ status }) => status === "done").length, 5000);
  assert.deepEqual(
    world.written.slice(0, 3).map(({ target }) => formatRef(target)),
    ["Secret in/out-0", "Profile in/p0", "Secret in/out-1"],
  );
});

/** A namespace with a Secret and a Profile that refers to it, and a Profile of the same match in another namespace. */
const PLACES = `apiVersion: v1
kind: Namespace
metadata: { name: "ns-{{ .Resource.metadata.name }}" }
---
apiVersion: v1
kind: Secret
metadata: { name: out, namespace: "ns-{{ .Resource.metadata.name }}" }
---
apiVersion: v1
kind: Profile
metadata: { name: near, namespace: "ns-{{ .Resource.metadata.name }}" }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "b-{{ .Resource.metadata.name }}" }
---
apiVersion: v1
kind: Profile
metadata: { name: "{{ .Resource.metadata.name }}", namespace: far }
`;
const NEAR = ["Namespace /ns-a", "Profile ns-a/near", "Secret ns-a/out"];
const BINDING = "ClusterRoleBinding.rbac.authorization.k8s.io /b-a";
const withdrawn: { name: string; object: string; stay: string[] }[] = [
  { name: "a Profile", object: "Profile ns-a/near", stay: NEAR },
  { name: "a Secret", object: "Secret ns-a/out", stay: ["Namespace /ns-a", "Secret ns-a/out"] },
  { name: "what is in another namespace", object: "Profile far/a", stay: ["Profile far/a"] },
  { name: "what is in no namespace", object: BINDING, stay: [BINDING, ...NEAR] },
];

for (const { name, object, stay } of withdrawn) {
  for (const how of ["suspended", "failing"]) {
    Deno.test(`a removal waits for later steps in its own namespace, and in none: ${name} is ${how}`, async () => {
      const world = new World(...pipeline({ template: PLACES }), input("a", "1"), input("b", "1"));
      const kinds = ["Secret", "Namespace", "Profile", "ClusterRoleBinding.rbac.authorization.k8s.io"];
      const step = session(world, optionsFor(...kinds));
      await step();
      const there = world.get(object)!;
      if (how === "suspended") {
        const annotations = { ...there.metadata.annotations as Record<string, string>, "moonferry.dev/suspend": "all" };
        world.put({ ...there, metadata: { ...there.metadata, annotations } });
      } else {
        const apply = world.apply.bind(world);
        world.apply = (change) =>
          objectKey(change.target) === object
            ? Promise.resolve({ change, status: "failed", message: "", retry: true })
            : apply(change);
      }
      world.remove("Input in/a");
      const plan = await step();
      const before = new Set(
        [...plan.changes, ...plan.held.map(({ change }) => change)].map(({ target }) => objectKey(target)),
      );
      assert.deepEqual([...before].filter((key) => world.get(key)).sort(), [...stay].sort());
    });
  }
}

Deno.test("what is dropped does not wait for what can't be written in another namespace", async () => {
  const far = (v: string) =>
    `---\napiVersion: v1\nkind: Profile\nmetadata: { name: "{{ .Resource.metadata.name }}", namespace: far }\nspec: { v: ${v} }\n`;
  const keep = OUTPUT.replace("out-", "keep-");
  const world = new World(
    ...pipeline({ template: `${keep}---\n${OUTPUT}${far("one")}` }),
    input("a", "1"),
    input("b", "1"),
  );
  await settle(world);
  world.put(pipeline({ template: keep + far("two") })[2]!);
  const outcomes = await applyPlan(
    await planOf(world),
    new SlowApplier(world, { "update Profile far/a": "failed" }),
    signal,
  );
  assert.ok(texts(outcomes).includes("done delete Secret in/out-a"), texts(outcomes).join());
});
