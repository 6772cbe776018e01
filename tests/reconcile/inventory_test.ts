/** What there is by its marks, and what taking it away by hand may do. */
import assert from "node:assert/strict";
import { formatRef, type KubeObject } from "../../src/api/object.ts";
import { takeInventory } from "../../src/reconcile/inventory.ts";
import { addMarks, type OnStop } from "../../src/reconcile/marks.ts";
import { withdrawalOf, type WithdrawalRequest } from "../../src/reconcile/withdraw.ts";

const TEMPLATE = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" };

function output(trigger: string, namespace: string, name: string, onStop: OnStop = "withdraw", instance = "moonferry") {
  const metadata = { namespace, name, creationTimestamp: "2026-01-01T00:00:00Z" };
  const object: KubeObject = { apiVersion: "v1", kind: "Secret", metadata, data: {} };
  return addMarks(object, instance, { trigger, template: TEMPLATE, key: "k" }, onStop);
}

function trigger(name: string, annotations = {}, status = {}): KubeObject {
  return { apiVersion: "lib.projectsveltos.io/v1beta1", kind: "EventTrigger", metadata: { name, annotations }, status };
}

const OWNED = [
  output("one", "team-a", "x"),
  output("one", "team-b", "y", "leave"),
  output("gone", "team-a", "z"),
  output("one", "team-a", "other-instance", "withdraw", "theirs"),
];

Deno.test("inventory: outputs by trigger, orphans, broken marks, and whose instance is another's is not ours", () => {
  const broken = output("one", "team-a", "broken");
  broken.metadata.annotations = { ...broken.metadata.annotations as object, "moonferry.dev/trigger": "two" };
  const inventory = takeInventory({
    instance: "moonferry",
    triggers: [trigger("one"), trigger("idle")],
    owned: [...OWNED, broken],
    reports: [],
  });
  const shown = inventory.triggers.map(({ name, exists, outputs }) => [
    name,
    exists,
    outputs.map(({ target }) => formatRef(target)),
  ]);
  assert.deepEqual(shown, [
    ["gone", false, ["Secret team-a/z"]],
    ["idle", true, []],
    ["one", true, ["Secret team-a/x", "Secret team-b/y"]],
  ]);
  assert.deepEqual(inventory.broken.map(formatRef), ["Secret team-a/broken"]);
  assert.equal(inventory.triggers[2]!.outputs[0]!.created, Date.UTC(2026, 0, 1));
});

const CONDITIONS = [
  { type: "Ready", status: "False", reason: "Held", message: "2 held; …", lastTransitionTime: "2026-01-02T00:00:00Z" },
  { type: "Held", status: "True", reason: "Payload", message: "2 held; …", lastTransitionTime: "2026-01-02T00:00:00Z" },
];

Deno.test("inventory: holds come of the status with their time, or else of the report", () => {
  const report: KubeObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "m", name: "r" },
    data: {
      "report.json": JSON.stringify({
        trigger: "two",
        conditions: CONDITIONS.map(({ lastTransitionTime: _, ...c }) => c),
      }),
    },
  };
  const timed = { "report.json": JSON.stringify({ trigger: "four", conditions: CONDITIONS }) };
  const { triggers } = takeInventory({
    instance: "moonferry",
    triggers: [
      trigger("one", {}, { conditions: CONDITIONS }),
      trigger("two"),
      trigger("three"),
      // Under Sveltos's definition there are no conditions in it.
      trigger("four", {}, { clusterInfo: [] }),
    ],
    owned: [],
    reports: [report, { ...report, data: { "report.json": "{" } }, { ...report, data: timed }],
  });
  const held = new Map(triggers.map((entry) => [entry.name, entry.held]));
  assert.deepEqual(held.get("one"), {
    count: 2,
    reason: "Payload",
    message: "2 held; …",
    since: "2026-01-02T00:00:00Z",
  });
  assert.deepEqual(held.get("two"), { count: 2, reason: "Payload", message: "2 held; …" });
  assert.equal(held.get("three"), undefined);
  assert.deepEqual(held.get("four"), held.get("one"));
  assert.equal(triggers.find(({ name }) => name === "four")!.ready!.since, "2026-01-02T00:00:00Z");
});

const BASE: WithdrawalRequest = { instance: "moonferry", release: false };
const SUSPENDED = { "moonferry.dev/suspend": "true" };
const WITHDRAWALS: readonly {
  name: string;
  request: Partial<WithdrawalRequest>;
  triggers?: KubeObject[];
  want: string[];
  refused?: number;
}[] = [
  {
    name: "of a trigger, what is to stay is let go",
    request: { trigger: "one" },
    want: ["delete Secret team-a/x", "release Secret team-b/y"],
  },
  {
    name: "of a consumer, whatever the trigger",
    request: { consumer: "team-a" },
    want: ["delete Secret team-a/x", "delete Secret team-a/z"],
  },
  { name: "of both", request: { trigger: "gone", consumer: "team-b" }, want: [] },
  {
    name: "release takes the marks off alone",
    request: { consumer: "team-a", release: true },
    want: ["release Secret team-a/x", "release Secret team-a/z"],
  },
  {
    name: "another instance's is never touched",
    request: { instance: "theirs", trigger: "one" },
    want: ["delete Secret team-a/other-instance"],
  },
  {
    name: "a suspended trigger",
    request: { trigger: "one" },
    triggers: [trigger("one", SUSPENDED)],
    want: ["delete Secret team-a/x", "release Secret team-b/y"],
  },
  {
    name: "a trigger that is there",
    request: { trigger: "one" },
    triggers: [trigger("one")],
    want: ["delete Secret team-a/x", "release Secret team-b/y"],
    refused: 1,
  },
  {
    name: "a trigger whose outputs are to stay whatever happens",
    request: { trigger: "one" },
    triggers: [trigger("one", { "moonferry.dev/suspend": "all" })],
    want: ["delete Secret team-a/x", "release Secret team-b/y"],
    refused: 1,
  },
  {
    name: "a trigger that is there, of others",
    request: { trigger: "gone" },
    triggers: [trigger("one")],
    want: ["delete Secret team-a/z"],
  },
];
for (const { name, request, triggers = [], want, refused = 0 } of WITHDRAWALS) {
  Deno.test(`withdraw: ${name}`, () => {
    const { changes, refusals } = withdrawalOf({ ...BASE, ...request }, OWNED, triggers);
    assert.deepEqual(
      changes.map(({ action, release, target }) => `${release ? "release" : action} ${formatRef(target)}`),
      want,
    );
    assert.equal(refusals.length, refused);
  });
}

Deno.test("withdraw: an output that somebody has annotated to stay is left, and named", () => {
  const kept = output("one", "team-a", "x");
  kept.metadata.annotations = { ...kept.metadata.annotations as object, "moonferry.dev/suspend": "all" };
  const owned = [kept, output("one", "team-a", "y")];
  for (const release of [false, true]) {
    const { changes, suspended } = withdrawalOf({ ...BASE, trigger: "one", release }, owned, []);
    assert.deepEqual(changes.map(({ target }) => formatRef(target)), ["Secret team-a/y"]);
    assert.deepEqual(suspended.map(formatRef), ["Secret team-a/x"]);
  }
});
