/** What `run` samples of a pass and of its watches for metrics, health and readiness: each value, none of them zero. */
import assert from "node:assert/strict";
import { healthOf, readinessOf, sampleOf } from "../../src/cli/run_telemetry.ts";
import type { Report } from "../../src/controller/loop.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { input, pipeline, World } from "../support/world.ts";

/** A pass with something of everything. */
function reportOf(more: { plan?: object; computation?: object; report?: object } = {}): Report {
  const change = { action: "create" }, update = { action: "update" };
  return {
    trigger: "t",
    took: 2_000,
    waited: 3_000,
    sinceChange: 4_000,
    isStandby: false,
    outcomes: [
      { change, status: "done" },
      { change: update, status: "failed" },
      { change, status: "planned" },
      { change, status: "postponed" },
    ],
    reconciliation: {
      plan: {
        changes: [change, change, update],
        held: [{ gate: "kinds" }, { gate: "kinds" }, { gate: "payload" }],
        failures: [{ match: {} }, { elsewhere: true }],
        counts: { frozen: 5, unchanged: 10, create: 20, update: 40 },
        ...more.plan,
      },
      computation: {
        snapshot: { state: "present", selection: "selected" },
        selection: { celFailures: 6 },
        matches: { cost: { fuel: 7, milliseconds: 8 } },
        ...more.computation,
      },
    },
    ...more.report,
  } as unknown as Report;
}

Deno.test("a pass is sampled with all that it has", () => {
  assert.deepEqual(sampleOf(reportOf(), { dryRun: true }), {
    trigger: "t",
    result: "held",
    seconds: 2,
    waitSeconds: 3,
    delaySeconds: 4,
    writes: [{ action: "create", status: "done" }, { action: "update", status: "failed" }],
    held: new Map([["kinds", 2], ["payload", 1]]),
    frozen: 5,
    outputs: 70,
    failures: 2,
    wouldChange: new Map([["create", 2], ["update", 1]]),
    celFailures: 6,
    script: { fuel: 7, milliseconds: 8 },
  });
});

const results = [
  { name: "a failure of the whole trigger", plan: { failures: [{}] }, result: "failed" },
  { name: "nothing selected can be known", computation: { snapshot: { selection: "frozen" } }, result: "frozen" },
  { name: "something is held", result: "held" },
  { name: "all is well", plan: { held: [] }, result: "ok" },
];
for (const { name, plan, computation, result } of results) {
  Deno.test(`the result of a pass where ${name} is ${result}`, () => {
    assert.equal(sampleOf(reportOf({ plan, computation }), { dryRun: false }).result, result);
  });
}

Deno.test("a pass that wrote nothing has no delay, and one that may write would change nothing", () => {
  const { delaySeconds, wouldChange } = sampleOf(reportOf({ report: { outcomes: [] } }), { dryRun: false });
  assert.deepEqual([delaySeconds, wouldChange], [undefined, undefined]);
});

const scripts = [
  { name: "is stopped", script: "while true do end", limits: { milliseconds: 100 }, atLeast: 1_000 },
  { name: "fails", script: "for i = 1, 1000 do end error('no')", limits: {}, atLeast: 1 },
  { name: "gives what Sveltos refuses", script: "for i = 1, 1000 do end return 1", limits: {}, atLeast: 1 },
];
for (const { name, script, limits, atLeast } of scripts) {
  Deno.test(`a script that ${name} is sampled with what it cost`, async () => {
    const world = new World(
      ...pipeline({ source: { aggregatedSelection: `function evaluate()\n${script}\nend` } }),
      input("a", "1"),
    );
    const reconciliation = await reconcile(
      { trigger: "t" },
      { reader: world, sandbox: createLuaSandbox(limits), templates: { world: TEMPLATE_WORLD } },
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
      new AbortController().signal,
    );
    assert.equal(reconciliation.plan.failures[0]?.reason, "LuaError");
    const sample = sampleOf(reportOf({ report: { reconciliation } }), { dryRun: false });
    assert.ok(sample.script && sample.script.fuel >= atLeast, JSON.stringify(sample.script));
    assert.ok(sample.script.milliseconds >= 0);
  });
}

Deno.test("a watch that has heard nothing for ten minutes is a reason to restart, and no younger one", () => {
  const watches = [{ kind: "Secret", silence: 600_000 }, { kind: "Namespace", silence: 600_001 }];
  assert.deepEqual(healthOf(watches), ["the watch of Namespace has heard nothing for 600 s"]);
});

const loop = (passes: number) => () => ({ passes });
const KNOWN = { kind: "Secret", isKnown: true }, UNKNOWN = { kind: "Secret", isKnown: false };
const UNKNOWN_LINE = "what the API server has of Secret is not known";
const readiness = [
  { name: "all is known", loop: loop(1), isLeader: true, watches: [KNOWN], want: [] },
  {
    name: "two of a kind are unknown",
    loop: loop(1),
    isLeader: true,
    watches: [UNKNOWN, KNOWN, UNKNOWN],
    want: [UNKNOWN_LINE],
  },
  { name: "a standby knows not all", loop: loop(1), isLeader: false, watches: [UNKNOWN], want: [UNKNOWN_LINE] },
  {
    name: "there is no loop yet",
    loop: () => undefined,
    isLeader: true,
    watches: [],
    want: ["nothing was looked at yet"],
  },
  { name: "no pass was made", loop: loop(0), isLeader: true, watches: [], want: ["nothing was looked at yet"] },
];
for (const { name, watches, want, isLeader, loop } of readiness) {
  Deno.test(`readiness where ${name}`, () => {
    assert.deepEqual(readinessOf({ loop, isLeader: () => isLeader }, watches), want);
  });
}
