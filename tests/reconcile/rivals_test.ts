import assert from "node:assert/strict";
import type { Change, Plan } from "../../src/reconcile/plan.ts";
import type { Reconciliation } from "../../src/reconcile/reconcile.ts";
import { withoutRivals } from "../../src/reconcile/rivals.ts";

function change(trigger: string, name: string, more: Partial<Change> = {}): Change {
  const target = { apiVersion: "v1", kind: "Secret", namespace: "n", name };
  const origin = { trigger, template: target, key: "k" };
  return { action: "create", target, origin, because: [], step: 0, after: [], ...more };
}

function planned(trigger: string, ...changes: Change[]): Reconciliation {
  const counts = { create: changes.length, update: 0, delete: 0, unchanged: 0, held: 0, conflicts: 0, frozen: 0 };
  const plan: Plan = { trigger, changes, held: [], conflicts: [], failures: [], notes: [], counts, hash: "h" };
  return { plan, redact: (text) => text.replace("secretname", "[redacted]") } as Reconciliation;
}

const names = ({ plan }: Reconciliation) => plan.changes.map(({ target }) => target.name);

Deno.test("rivals: what an earlier plan creates is held in every later one, and nothing else is", () => {
  const plans = withoutRivals([
    planned("a", change("a", "x"), change("a", "own")),
    planned("b", change("b", "x"), change("b", "y")),
    planned("c", change("c", "y"), change("c", "x"), change("c", "secretname")),
    planned("d", change("d", "secretname")),
  ]);
  assert.deepEqual(plans.map(names), [["x", "own"], ["y"], ["secretname"], []]);
  assert.deepEqual(
    plans[2]!.plan.held.map(({ gate, reason, change }) => `${gate} ${change.target.name} ${reason.slice(0, 14)}`),
    ["ownership y EventTrigger b", "ownership x EventTrigger a"],
  );
  assert.deepEqual(plans.map(({ plan }) => [plan.counts.create, plan.counts.held]), [[2, 0], [1, 1], [1, 2], [0, 1]]);
  assert.equal(plans[3]!.plan.held[0]!.change.target.name, "[redacted]");
});

Deno.test("rivals: a namespace that several need is made by whoever comes first; updates and deletions have an owner", () => {
  const namespaces = ["a", "b"].map((trigger) => planned(trigger, change(trigger, "ns", { unowned: true })));
  assert.deepEqual(withoutRivals(namespaces).map(names), [["ns"], ["ns"]]);
  const others = ["a", "b"].map((trigger) => planned(trigger, change(trigger, "x", { action: "update" })));
  assert.deepEqual(withoutRivals(others).map(names), [["x"], ["x"]]);
});
