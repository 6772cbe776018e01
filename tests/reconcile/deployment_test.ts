/** How outputs are deployed: sync modes, drift that is let be, namespaces and subresources, on a world in memory. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, labelsOf } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import type { ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { optionsFor, session as sessionWith } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const OPTIONS = optionsFor("Secret", "Widget");
const session = (world: World, options: Partial<ReconcileOptions> = {}) =>
  sessionWith(world, { ...OPTIONS, ...options });
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`);
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`);

Deno.test("OneTime: an output that somebody deletes is not made again, one that never was is", async () => {
  const world = new World(...pipeline({ trigger: { syncMode: "OneTime" } }), input("a", "1"), input("b", "2"));
  world.put({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "out-b" } });
  const step = session(world);
  const first = await step();
  assert.deepEqual([done(first), held(first)], [["create Secret in/out-a"], ["ownership Secret in/out-b"]]);
  // The loop sees its own write and looks again.
  assert.deepEqual(done(await step()), []);
  world.remove("Secret in/out-a");
  world.remove("Secret in/out-b");
  assert.deepEqual(done(await step()), ["create Secret in/out-b"]);
  assert.deepEqual(done(await step()), []);
  world.remove("Secret in/out-b");
  assert.deepEqual(done(await step()), []);
});

Deno.test("a kind that is served in several versions is compared in the one that its template is written in", async () => {
  const template = `apiVersion: example.com/v1alpha1
kind: Profile
metadata: { name: "{{ .Resource.metadata.name }}", namespace: in }
spec: { v: {{ .Resource.spec.v | quote }} }
`;
  for (const served of [["v1alpha1", "v1alpha2"], ["v1alpha2", "v1alpha1"]]) {
    const world = new World(...pipeline({ template }), input("a", "1"), input("b", "2"));
    world.versions.set("Profile", served);
    const step = sessionWith(world, optionsFor("Profile.example.com"));
    assert.equal((await step()).counts.create, 2);
    assert.deepEqual(done(await step()), []);
    world.put(input("a", "new"));
    const [change, ...more] = (await step()).changes;
    assert.deepEqual([change?.because, change?.live?.apiVersion, more], [["spec.v"], "example.com/v1alpha1", []]);
    world.remove("Input in/b");
    assert.deepEqual(done(await step()), ["delete Profile in/b"]);
  }
});

Deno.test("OneTime: what a template drops stays, what has no match any more goes", async () => {
  const two = `${OUTPUT}---\n${OUTPUT.replace("out-", "more-")}`;
  const world = new World(
    ...pipeline({ trigger: { syncMode: "OneTime" }, template: two }),
    input("a", "1"),
    input("b", "2"),
  );
  const step = session(world);
  assert.equal((await step()).counts.create, 4);
  world.put(pipeline()[2]!);
  assert.deepEqual(done(await step()), []);
  world.remove("Input in/a");
  assert.deepEqual(done(await step()).sort(), ["delete Secret in/more-a", "delete Secret in/out-a"]);
});

Deno.test("DryRun: everything is held, what another gate would hold under that gate's name; a deleted trigger withdraws", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  const step = session(world);
  await step();
  world.put(pipeline({ trigger: { syncMode: "DryRun" } })[0]!, input("a", "changed"), input("c", "3"));
  world.put({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "out-c" } });
  world.remove("Input in/b");
  const plan = await step();
  assert.deepEqual(done(plan), []);
  const wanted = ["dry-run Secret in/out-a", "dry-run Secret in/out-b", "ownership Secret in/out-c"];
  assert.deepEqual(held(plan).sort(), wanted);
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  assert.deepEqual(done(await step()).sort(), ["delete Secret in/out-a", "delete Secret in/out-b"]);
});

Deno.test("namespaces: created first, once, unmarked, and only for what may be written", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  world.put({ apiVersion: "v1", kind: "Input", metadata: { namespace: "kube-system", name: "x" }, spec: { v: "3" } });
  const plan = await session(world, { createNamespaces: true })();
  assert.deepEqual(done(plan), ["create Namespace in", "create Secret in/out-a", "create Secret in/out-b"]);
  assert.deepEqual(held(plan), ["namespaces Secret kube-system/out-x"]);
  const namespace = world.get("Namespace /in")!;
  assert.deepEqual([labelsOf(namespace), annotationsOf(namespace)].map((map) => Object.keys(map)), [[], []]);
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  const gone = await session(world, { createNamespaces: true })();
  assert.deepEqual(done(gone).sort(), ["delete Secret in/out-a", "delete Secret in/out-b"]);
});

Deno.test("namespaces: not without the flag, and not in a dry run", async () => {
  const world = new World(...pipeline(), input("a", "1"));
  assert.deepEqual(done(await session(world)()), ["create Secret in/out-a"]);
  const dry = new World(...pipeline({ trigger: { syncMode: "DryRun" } }), input("a", "1"));
  assert.deepEqual(done(await session(dry, { createNamespaces: true })()), []);
});

const WIDGET = `apiVersion: v1
kind: Widget
metadata: { name: w, namespace: in }
spec: { size: 1 }
status: { phase: "{{ .Resource.spec.v }}" }
`;

function widgets(annotations: JsonObject, subresources: string[]): World {
  const objects = pipeline({ template: WIDGET });
  objects[2] = { ...objects[2]!, metadata: { ...objects[2]!.metadata, annotations } };
  const world = new World(...objects, input("a", "1"));
  world.subresources.set("Widget", subresources);
  return world;
}

const INSTANTIATE = { "projectsveltos.io/instantiate": "ok" };
const ASKED = { ...INSTANTIATE, "projectsveltos.io/subresources": "status, nonsense/../../secrets" };

Deno.test("subresources: written where asked for and served; what is not is a warning", async () => {
  const plan = await session(widgets(ASKED, ["status"]))();
  assert.deepEqual(plan.changes[0]!.subresources, ["status"]);
  assert.deepEqual(plan.changes[0]!.desired!.status, { phase: "1" });
  assert.match(plan.notes.map(({ message }) => message).join("\n"), /has no subresource nonsense/);
});

Deno.test("subresources: a status that is not asked for is dropped where the API server would drop it", async () => {
  const plan = await session(widgets(INSTANTIATE, ["status"]))();
  assert.equal("status" in plan.changes[0]!.desired!, false);
  assert.match(plan.notes.map(({ message }) => message).join("\n"), /status is dropped/);
  const without = await session(widgets(INSTANTIATE, []))();
  assert.deepEqual(without.changes[0]!.desired!.status, { phase: "1" });
});

Deno.test("drift: a target that is no regular expression freezes the trigger and says which", async () => {
  const driftExclusions = [{ paths: ["/data"], target: { kind: "(" } }];
  const plan = await session(new World(...pipeline({ trigger: { driftExclusions } }), input("a", "1")))();
  assert.deepEqual(done(plan), []);
  assert.match(plan.failures[0]!.message, /spec\.driftExclusions\[0\]\.target\.kind: "\("/);
});
