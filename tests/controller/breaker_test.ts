/** A script that is stopped again and again, and what makes it be tried again. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { Breaker, FIRST_REST_MILLISECONDS, MOST_STOPS, REST_MILLISECONDS } from "../../src/controller/breaker.ts";
import type { Failure } from "../../src/reconcile/errors.ts";
import type { Reconciliation } from "../../src/reconcile/reconcile.ts";

const program = (kind: string, generation: number, name = "t"): KubeObject => ({
  apiVersion: "lib.projectsveltos.io/v1beta1",
  kind,
  metadata: { name, uid: `uid of ${kind}`, generation, resourceVersion: String(Math.random()) },
});

const STOPPED = "EventSource t aggregatedSelection: stopped after 2 s of CPU (limit --lua-time)";

function pass(failure: Partial<Failure> = {}, source = 1, trigger = 1): Pick<Reconciliation, "plan" | "computation"> {
  const failures = failure.message === ""
    ? []
    : [{ stage: "aggregate", reason: "LuaError", message: STOPPED, isOutOfTime: true, ...failure }];
  const snapshot = {
    trigger: { object: program("EventTrigger", trigger) },
    source: { object: program("EventSource", source) },
  };
  return { plan: { failures }, computation: { snapshot } } as unknown as Pick<Reconciliation, "plan" | "computation">;
}

/** A breaker that has seen so many stops in a row, and the hand of its clock. */
function stopped(times: number): { breaker: Breaker; clock: { now: number } } {
  const clock = { now: 1_000 };
  const breaker = new Breaker(() => clock.now);
  for (let i = 1; i <= times; i++) assert.equal(breaker.passed("t", pass()), i >= MOST_STOPS);
  return { breaker, clock };
}

Deno.test("breaker: after a stop others have their turns; after three, for five minutes; then one more is enough", () => {
  assert.equal(stopped(1).breaker.rest("t"), FIRST_REST_MILLISECONDS);
  assert.equal(stopped(2).breaker.rest("t"), 2 * FIRST_REST_MILLISECONDS);
  const { breaker, clock } = stopped(3);
  assert.equal(breaker.rest("t"), REST_MILLISECONDS);
  assert.equal(breaker.rest("other"), 0);
  clock.now += REST_MILLISECONDS;
  assert.equal(breaker.rest("t"), 0);
  assert.equal(breaker.passed("t", pass()), true);
  assert.equal(breaker.rest("t"), REST_MILLISECONDS);
});

Deno.test("breaker: a pass that ends well, or fails for another reason, begins anew", () => {
  const others = [{ message: "" }, { message: `an error of the script's own: ${STOPPED}`, isOutOfTime: false }];
  for (const other of others) {
    const { breaker } = stopped(2);
    assert.equal(breaker.passed("t", pass(other)), false);
    assert.equal(breaker.rest("t"), 0);
    assert.equal(breaker.passed("t", pass()), false);
    assert.equal(breaker.rest("t"), FIRST_REST_MILLISECONDS);
  }
  const { breaker } = stopped(2);
  const match = { apiVersion: "v1", kind: "X", namespace: "", name: "x" };
  assert.equal(breaker.passed("t", pass({ match })), false, "what concerns one match leaves the others to be served");
});

/** Whether it is tried at once after the change, and whether one more stop opens the breaker again. */
function after(object: KubeObject | undefined): { isTried: boolean; isOpen: boolean } {
  const { breaker } = stopped(3);
  breaker.noticed("t", object);
  const isTried = breaker.rest("t") === 0;
  breaker.begins("t");
  return { isTried, isOpen: breaker.passed("t", pass()) };
}

Deno.test("breaker: what happens to the trigger during its pass is looked at right after it", () => {
  for (const object of [program("EventTrigger", 1), program("EventSource", 2), undefined]) {
    const { breaker } = stopped(2);
    breaker.begins("t");
    breaker.noticed("t", object);
    assert.equal(breaker.passed("t", pass()), false, "nobody is told of a rest that there is not");
    assert.equal(breaker.rest("t"), 0);
    breaker.begins("t");
    breaker.passed("t", pass());
    assert.ok(breaker.rest("t") > 0);
  }
});

Deno.test("breaker: an input waits; the trigger and its EventSource are looked at once, and with another spec anew", () => {
  const input = { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } };
  assert.deepEqual(after(input), { isTried: false, isOpen: true });
  assert.deepEqual(after(program("EventTrigger", 1)), { isTried: true, isOpen: true }, "it may be gone");
  assert.deepEqual(after(program("EventSource", 1)), { isTried: true, isOpen: true });
  assert.deepEqual(after(program("EventSource", 2)), { isTried: true, isOpen: false });
  assert.deepEqual(after(program("EventTrigger", 2)), { isTried: true, isOpen: false });
  assert.deepEqual(after(program("EventSource", 1, "another")), { isTried: true, isOpen: false });
  assert.deepEqual(after(undefined), { isTried: true, isOpen: false });
});

Deno.test("breaker: stops of another script are counted for themselves", () => {
  const { breaker } = stopped(2);
  assert.equal(breaker.passed("t", pass({}, 2)), false);
  assert.equal(breaker.passed("t", pass({}, 2, 2)), false);
  assert.equal(breaker.rest("t"), FIRST_REST_MILLISECONDS);
});

Deno.test("breaker: the long rest is what it was told, and no other is longer", () => {
  const breaker = new Breaker(() => 0, 7_000);
  const rests = [1, 2, 3, 4].map(() => {
    breaker.passed("t", pass());
    return breaker.rest("t");
  });
  assert.deepEqual(rests, [FIRST_REST_MILLISECONDS, 7_000, 7_000, 7_000]);
});
