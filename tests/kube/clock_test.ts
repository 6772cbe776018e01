import assert from "node:assert/strict";
import { Backoff } from "../../src/kube/backoff.ts";
import { DeadlineError, systemClock, untilAborted, withDeadline } from "../../src/kube/clock.ts";
import { FakeClock } from "./fake_clock.ts";

const NEVER = new AbortController().signal;

Deno.test("deadline: what is done in time is returned, and no timer stays", async () => {
  // The test runner itself fails a test that leaves a timer behind.
  assert.equal(await withDeadline(systemClock, 60_000, NEVER, () => Promise.resolve(5)), 5);
  await assert.rejects(withDeadline(systemClock, 60_000, NEVER, () => Promise.reject(new Error("no"))), /no/);
});

Deno.test("deadline: ends the wait even for work that doesn't heed its signal", async () => {
  const clock = new FakeClock();
  let inner: AbortSignal | undefined;
  const waiting = assert.rejects(
    withDeadline(clock, 5_000, NEVER, (signal) => {
      inner = signal;
      return new Promise(() => {});
    }),
    (error) => error instanceof DeadlineError && error.message === "no answer within 5 s",
  );
  await clock.untilSleeping((ms) => ms === 5_000);
  clock.advance(5_000);
  await waiting;
  assert.ok(inner?.aborted);
});

Deno.test("deadline: an abort ends it with its own reason", async () => {
  const stop = new AbortController();
  const waiting = withDeadline(new FakeClock(), 5_000, stop.signal, () => new Promise(() => {}));
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(withDeadline(new FakeClock(), 5_000, stop.signal, () => Promise.resolve(1)), /enough/);
});

Deno.test("sleep: ends with the signal's reason and leaves no timer", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error("wake up"));
  await assert.rejects(sleeping, /wake up/);
  await assert.rejects(systemClock.sleep(60_000, stop.signal), /wake up/);
});

Deno.test("untilAborted: the promise wins, or the signal does", async () => {
  assert.equal(await untilAborted(Promise.resolve(1), NEVER), 1);
  await assert.rejects(untilAborted(Promise.reject(new Error("no")), NEVER), /no/);
  const stop = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});

Deno.test("backoff: doubles up to its cap, and is forgiven after two quiet minutes", () => {
  const clock = new FakeClock();
  // This clock's chance is 0, which takes off a full half.
  const backoff = new Backoff(clock);
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(() => backoff.next(30_000)), [400, 800, 1600, 3200, 6400, 12800, 15000]);
  assert.equal(backoff.next(5_000), 2500);
  clock.advance(120_000);
  assert.equal(backoff.next(30_000), 15000);
  clock.advance(120_001);
  assert.equal(backoff.next(30_000), 400);
});

Deno.test("backoff: never above its cap, whatever chance says", () => {
  const clock = Object.assign(new FakeClock(), { random: () => 0.999999 });
  const backoff = new Backoff(clock);
  for (let i = 0; i < 100; i++) assert.ok(backoff.next(5_000) <= 5_000);
});
