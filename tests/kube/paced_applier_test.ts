/** How writes are spread over time. */
import assert from "node:assert/strict";
import { PacedApplier } from "../../src/kube/paced_applier.ts";
import type { Applier } from "../../src/reconcile/apply.ts";
import type { Action, Change } from "../../src/reconcile/plan.ts";
import { FakeClock } from "./fake_clock.ts";

const target = { apiVersion: "v1", kind: "Secret", namespace: "a", name: "b" };
const changeOf = (action: Action, release = false): Change => ({
  action,
  release,
  target,
  origin: { trigger: "t", template: target, key: "" },
  because: [],
  step: 0,
  after: [],
});
const never = new AbortController().signal;

function paced(perSecond: number) {
  const clock = new FakeClock();
  const at: number[] = [];
  const started = clock.monotonic();
  const inner: Applier = {
    apply: (change) => {
      at.push(clock.monotonic() - started);
      return Promise.resolve({ change, status: "done", message: "", retry: false });
    },
  };
  return { clock, at, applier: new PacedApplier(inner, perSecond, clock) };
}

/** Moves on step by step, so that what was woken can go on. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  for (let i = 0; i < milliseconds; i += 10) {
    clock.advance(10);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("no more than so many a second, after a burst of a tenth of a second's worth", async () => {
  const { clock, at, applier } = paced(100);
  const all = Array.from({ length: 60 }, () => applier.apply(changeOf("update"), never));
  await pass(clock, 1000);
  await Promise.all(all);
  assert.equal(at.filter((time) => time === 0).length, 10);
  for (const [index, time] of at.entries()) assert.ok(index <= 10 + time / 10, `write ${index} at ${time} ms`);
  assert.equal(at.at(-1), 500);
});

Deno.test("slower than ten a second: one at once, and then one by one", async () => {
  const { clock, at, applier } = paced(2);
  const all = Array.from({ length: 3 }, () => applier.apply(changeOf("create"), never));
  await pass(clock, 1000);
  await Promise.all(all);
  assert.deepEqual(at, [0, 500, 1000]);
});

Deno.test("a change that has waited is asked about once more, and may be left to another plan", async () => {
  const { clock, at, applier } = paced(2);
  let isVoid = false;
  const all = Array.from({ length: 3 }, () => applier.apply(changeOf("create"), never, () => isVoid));
  await pass(clock, 600);
  isVoid = true;
  await pass(clock, 600);
  assert.deepEqual((await Promise.all(all)).map(({ status }) => status), ["done", "done", "postponed"]);
  assert.deepEqual(at, [0, 500]);
});

Deno.test("deletes and releases never wait", async () => {
  const { at, applier } = paced(1);
  const waiting = Array.from({ length: 3 }, () => applier.apply(changeOf("update"), AbortSignal.timeout(1)));
  await applier.apply(changeOf("delete"), never);
  await applier.apply(changeOf("update", true), never);
  assert.equal(at.length, 3);
  const stopped = (await Promise.all(waiting)).filter(({ status }) => status === "skipped");
  assert.equal(stopped.length, 2, "those that still waited when they were told to stop");
  assert.ok(stopped.every(({ retry }) => retry));
});

Deno.test("a quiet time saves up no more than the burst", async () => {
  const { clock, at, applier } = paced(100);
  await applier.apply(changeOf("update"), never);
  clock.advance(60_000);
  const all = Array.from({ length: 30 }, () => applier.apply(changeOf("update"), never));
  assert.equal(at.filter((time) => time === 60_000).length, 10);
  await pass(clock, 200);
  await Promise.all(all);
});
