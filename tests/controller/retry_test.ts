/** Who can mend what went wrong decides when a trigger is tried again. */
import assert from "node:assert/strict";
import { whenToRetry } from "../../src/controller/retry.ts";
import type { Outcome } from "../../src/reconcile/apply.ts";
import type { Failure } from "../../src/reconcile/errors.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import type { Reconciliation } from "../../src/reconcile/reconcile.ts";

function reconciliation(failures: Partial<Failure>[], conflicts: { gate: string }[] = []): Reconciliation {
  return { plan: { failures, conflicts } } as unknown as Reconciliation;
}

function outcome(parts: Partial<Outcome>): Outcome {
  return { change: {} as Change, status: "failed", message: "", retry: false, ...parts };
}

const FINE = reconciliation([]);

Deno.test("what the API server or the way to it is to blame for is tried again soon", () => {
  for (const reason of ["Unreachable", "NotSynced"]) {
    assert.equal(whenToRetry(reconciliation([{ reason }]), []), "soon", reason);
  }
  assert.equal(whenToRetry(reconciliation([{ reason: "LiveUnknown", cause: "Unreachable" }]), []), "soon");
  assert.equal(whenToRetry(FINE, [outcome({ retry: true, isServerTrouble: true })]), "soon");
});

Deno.test("what others have to mend is tried again with the trigger's own backoff", () => {
  for (const reason of ["Forbidden", "KindNotServed", "KindTerminating", "BesideSveltos"]) {
    assert.equal(whenToRetry(reconciliation([{ reason }]), []), "with backoff", reason);
  }
  assert.equal(whenToRetry(reconciliation([{ reason: "LiveUnknown", cause: "Forbidden" }]), []), "with backoff");
  assert.equal(whenToRetry(reconciliation([], [{ gate: "ownership" }]), []), "with backoff");
  assert.equal(whenToRetry(FINE, [outcome({ status: "conflict" })]), "with backoff");
  assert.equal(whenToRetry(FINE, [outcome({ retry: true })]), "with backoff");
});

Deno.test("of both, the server's trouble decides: it may be over long before the other is", () => {
  const both = reconciliation([{ reason: "Forbidden" }, { reason: "Unreachable" }], [{ gate: "ownership" }]);
  assert.equal(whenToRetry(both, []), "soon");
  const outcomes = [outcome({ status: "conflict" }), outcome({ retry: true, isServerTrouble: true })];
  assert.equal(whenToRetry(FINE, outcomes), "soon");
});

Deno.test("a plan that was overtaken is made again soon, and what only a change can mend waits for one", () => {
  assert.equal(whenToRetry(FINE, [outcome({ status: "stale" })]), "soon");
  assert.equal(whenToRetry(reconciliation([{ reason: "TemplateError" }]), [outcome({})]), "no");
});
