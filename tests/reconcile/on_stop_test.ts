/** A trigger that says another stopMatchingBehavior and then goes: its last word counts, whatever keeps its outputs as they are. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { ON_STOP_ANNOTATION, onStopOf } from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { cluster, CLUSTERS } from "../support/clusters.ts";
import { optionsFor, session } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const TRIGGER = "EventTrigger.lib.projectsveltos.io /t";
const done = (plan: Plan) =>
  plan.changes.map(({ action, release, target }) => `${release ? "release" : action} ${formatRef(target)}`).sort();

const withMetadata = (object: KubeObject, metadata: JsonObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});
const SUSPENDED = { annotations: { "moonferry.dev/suspend": "all" } };

interface Row {
  readonly name: string;
  /** More of the trigger's spec. */
  readonly spec?: JsonObject;
  /** What happens before the trigger says something else; a pass follows. */
  readonly before?: (world: World) => void;
  /** The trigger as it is when it says something else. */
  readonly with?: (trigger: KubeObject) => KubeObject;
  /** True: no pass sees what it says then. */
  readonly isUnseen?: boolean;
  /** True: a new process makes the last plan. */
  readonly restart?: boolean;
  /** What happens after the trigger is gone; a pass comes before. */
  readonly after?: (world: World) => void;
}

const PAUSE = (world: World) => world.put(cluster("a", { paused: true }));
const rows: readonly Row[] = [
  { name: "it is suspended", with: (trigger) => withMetadata(trigger, SUSPENDED) },
  { name: "it is suspended, after a restart", with: (trigger) => withMetadata(trigger, SUSPENDED), restart: true },
  { name: "a Cluster is paused", before: PAUSE },
  { name: "a Cluster is paused, after a restart", before: PAUSE, restart: true },
  { name: "OneTime, after a restart", spec: { syncMode: "OneTime" }, restart: true },
  {
    name: "the trigger is frozen, after a restart",
    before: (world) => world.remove("ConfigMap mgmt/t"),
    restart: true,
  },
  {
    name: "a field freezes the trigger, after a restart",
    with: (trigger) => ({ ...trigger, spec: { ...trigger.spec as JsonObject, nobody: "knows" } }),
    restart: true,
  },
  {
    name: "a match fails, after a restart",
    before: (world) => world.put({ ...cluster("a"), spec: {} }),
    restart: true,
  },
  { name: "it goes before a pass sees it", isUnseen: true },
  {
    name: "it is being deleted, and somebody's finalizer keeps it",
    with: (trigger) => withMetadata(trigger, { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a.b/c"] }),
    isUnseen: true,
  },
  {
    name: "an output may not be touched until it is gone",
    before: (world) => {
      const output = world.get("Secret in/out-a")!;
      world.put(withMetadata(output, { annotations: { ...annotationsOf(output), ...SUSPENDED.annotations } }));
    },
    after: (world) => {
      const output = world.get("Secret in/out-a")!;
      const { "moonferry.dev/suspend": _, ...annotations } = annotationsOf(output);
      world.put(withMetadata(output, { annotations }));
    },
  },
];

/** The world leaves out what is being deleted, as a selector does; the API server lists it. */
function showTerminating(world: World, trigger: KubeObject): void {
  const list = world.list.bind(world);
  world.list = (query, signal, options) =>
    query.kind === trigger.kind ? Promise.resolve({ objects: [trigger] }) : list(query, signal, options);
}

for (const row of rows) {
  for (const [first, last] of [["WithdrawPolicies", "LeavePolicies"], ["LeavePolicies", "WithdrawPolicies"]]) {
    Deno.test(`stopMatchingBehavior: ${last}, then it goes: ${row.name}`, async () => {
      const saying = (stopMatchingBehavior: string) =>
        pipeline({
          source: { resourceSelectors: CLUSTERS },
          trigger: { ...row.spec, stopMatchingBehavior },
        });
      const world = new World(...saying(first!), cluster("a"), cluster("b"));
      const said = (row.with ?? ((trigger: KubeObject) => trigger))(saying(last!)[0]!);
      Object.assign(world, { lastOnStop: () => row.isUnseen && !world.get(TRIGGER) ? onStopOf(said) : false });
      const pass = session(world, optionsFor("Secret"));
      await pass();
      await pass();
      row.before?.(world);
      await pass();
      world.put(said);
      if (!row.isUnseen) {
        await pass();
        assert.deepEqual(done(await pass()), [], "what is noted is not noted again");
      }
      if (said.metadata.deletionTimestamp) showTerminating(world, world.get(TRIGGER)!);
      else world.remove(TRIGGER);
      const next = row.restart ? session(world, optionsFor("Secret")) : pass;
      const plans = [await next()];
      row.after?.(world);
      if (row.after) plans.push(await next());
      const verb = last === "LeavePolicies" ? "release" : "delete";
      const changed = plans.flatMap(done);
      // The world lets nothing go: what is released is released again.
      assert.deepEqual([...new Set(changed)].sort(), [`${verb} Secret in/out-a`, `${verb} Secret in/out-b`]);
    });
  }
}

Deno.test("stopMatchingBehavior: a trigger that only looks notes nothing on its outputs", async () => {
  const world = new World(...pipeline({ source: { resourceSelectors: CLUSTERS } }), cluster("a"));
  const pass = session(world, optionsFor("Secret"));
  await pass();
  const looking = { syncMode: "DryRun", stopMatchingBehavior: "LeavePolicies" };
  for (const trigger of [looking, { ...looking, nobody: "knows" }]) {
    world.put(pipeline({ trigger })[0]!);
    await pass();
    assert.equal(annotationsOf(world.get("Secret in/out-a")!)[ON_STOP_ANNOTATION], "withdraw");
  }
});
