/** The work queue on a clock by hand. */
import assert from "node:assert/strict";
import { SOON_BACKOFF, TRIGGER_BACKOFF, WorkQueue } from "../../src/controller/queue.ts";

class HandClock {
  timers: { at: number; run: () => void }[] = [];
  now = 0;
  setTimer(run: () => void, milliseconds: number): () => void {
    const timer = { at: this.now + milliseconds, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  }
  random(): number {
    return 1;
  }
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.run();
    }
  }
}

/** What can be taken at once; the queue hands it out in microtasks. */
async function takeNow(queue: WorkQueue): Promise<string | undefined> {
  const nothing = Symbol();
  const taken = await Promise.race([queue.take(), new Promise((resolve) => setTimeout(resolve, 0, nothing))]);
  return taken === nothing ? "nothing" : taken as string | undefined;
}

Deno.test("names come in the order in which they were added, each once", async () => {
  const queue = new WorkQueue(new HandClock());
  for (const name of ["a", "b", "a"]) queue.add(name);
  assert.deepEqual([await queue.take(), await queue.take(), queue.depth], ["a", "b", 0]);
});

Deno.test("a name is never worked on twice at once, and one change while it is makes one more run", async () => {
  const queue = new WorkQueue(new HandClock());
  queue.add("a");
  assert.equal(await queue.take(), "a");
  queue.add("a");
  queue.add("a");
  const next = queue.take();
  queue.add("b");
  assert.equal(await next, "b", "another name is not held up");
  queue.done("a");
  assert.equal(await queue.take(), "a");
  queue.done("a");
  queue.done("b");
  assert.equal(queue.isIdle, true);
});

Deno.test("failures wait twice as long each time, up to the limit, and a change ends the wait", async () => {
  const clock = new HandClock();
  const queue = new WorkQueue(clock);
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    queue.addAfterFailure("a");
    waits.push(clock.timers[0]!.at - clock.now);
    clock.pass(waits.at(-1)!);
    assert.equal(await queue.take(), "a");
    queue.done("a");
  }
  assert.deepEqual(waits.slice(0, 3), [1, 2, 4].map((factor) => factor * TRIGGER_BACKOFF.first));
  assert.equal(waits.at(-1), TRIGGER_BACKOFF.most);
  queue.addAfterFailure("a");
  queue.add("a");
  assert.equal(await queue.take(), "a");
  assert.equal(clock.timers.length, 0);
  queue.done("a");
  queue.forget("a");
  queue.addAfterFailure("a");
  assert.equal(clock.timers[0]!.at - clock.now, TRIGGER_BACKOFF.first);
});

Deno.test("a lost connection is waited for 5 s at most, and does not shorten the wait for the trigger's own trouble", async () => {
  const clock = new HandClock();
  const queue = new WorkQueue(clock);
  const waitAfter = async (backoff: typeof TRIGGER_BACKOFF) => {
    queue.addAfterFailure("a", backoff);
    const wait = clock.timers[0]!.at - clock.now;
    clock.pass(wait);
    assert.equal(await queue.take(), "a");
    queue.done("a");
    return wait;
  };
  const own: number[] = [], soon: number[] = [];
  for (let i = 0; i < 6; i++) own.push(await waitAfter(TRIGGER_BACKOFF));
  for (let i = 0; i < 6; i++) soon.push(await waitAfter(SOON_BACKOFF));
  assert.deepEqual(own, [250, 500, 1000, 2000, 4000, 8000]);
  assert.deepEqual(soon, [2000, 4000, 5000, 5000, 5000, 5000]);
  assert.equal(await waitAfter(TRIGGER_BACKOFF), 16_000, "it goes on where it was");
  assert.equal(await waitAfter(SOON_BACKOFF), 2000, "the connection was there in between");
  queue.forget("a");
  assert.equal(await waitAfter(TRIGGER_BACKOFF), 250);
});

Deno.test("of two waits for one name the shorter one holds", async () => {
  for (const waits of [[5_000, 1_000], [1_000, 5_000]]) {
    const clock = new HandClock();
    const queue = new WorkQueue(clock);
    for (const wait of waits) queue.addAfter("a", wait);
    assert.deepEqual(clock.timers.map(({ at }) => at), [1_000]);
    clock.pass(1_000);
    assert.equal(await queue.take(), "a");
    queue.done("a");
    clock.pass(10_000);
    assert.equal(await takeNow(queue), "nothing", "the longer one does not come after it");
  }
});

Deno.test("what waits without a failure comes with whatever comes before, and a failure is not hurried by it", async () => {
  const clock = new HandClock();
  const queue = new WorkQueue(clock);
  for (const add of [() => queue.add("a"), () => queue.addWithin("a", 1_000)]) {
    queue.addWhenIdle("a", 1_000);
    queue.addWhenIdle("a", 1_000);
    assert.equal(queue.isBusy, false);
    assert.equal(queue.isIdle, true);
    add();
    assert.equal(await queue.take(), "a");
    queue.addWhenIdle("a", 1_000);
    queue.done("a");
    clock.pass(999);
    assert.equal(queue.isBusy, false);
    clock.pass(1);
    assert.equal(await queue.take(), "a", "after its wait, though it came while the name was worked on");
    queue.done("a");
    assert.equal(clock.timers.length, 0);
  }
  for (const waits of [[true, false], [false, true]]) {
    for (const isIdle of waits) {
      if (isIdle) queue.addWhenIdle("a", 1_000);
      else queue.addAfter("a", 1_500);
    }
    queue.addWithin("a", 1_000);
    assert.equal(queue.isBusy, false, "a wait after a failure goes on");
    clock.pass(1_000);
    assert.equal(await queue.take(), "a");
    queue.done("a");
  }
});

Deno.test("what may wait with a failure shortens its wait, and does not end it", async () => {
  const clock = new HandClock();
  const queue = new WorkQueue(clock);
  const isTaken = async () => {
    const name = await takeNow(queue);
    if (name === "a") queue.done("a");
    return name === "a";
  };
  queue.addWithin("a", 1_000);
  assert.equal(await queue.take(), "a", "without a failure it is added at once");
  queue.done("a");
  queue.addAfterFailure("a", { first: 5_000, most: 5_000 });
  const next = queue.take();
  clock.pass(3_000);
  queue.addWithin("a", 1_000);
  clock.pass(500);
  queue.addWithin("a", 1_000);
  clock.pass(499);
  assert.equal(queue.isIdle, false);
  assert.equal(clock.timers.length, 1);
  clock.pass(1);
  assert.equal(await next, "a", "many do not put it off");
  queue.done("a");
  queue.addAfterFailure("a", { first: 200, most: 200 });
  queue.addWithin("a", 1_000);
  clock.pass(200);
  assert.equal(await isTaken(), true, "a shorter wait stays as it is");
});

Deno.test("what may wait with a failure does so too where it comes while the name is worked on and fails", async () => {
  for (const isUrgent of [false, true]) {
    const clock = new HandClock();
    const queue = new WorkQueue(clock);
    queue.add("a");
    assert.equal(await queue.take(), "a");
    if (isUrgent) queue.add("a");
    queue.addWithin("a", 1_000);
    queue.addAfterFailure("a", { first: 5_000, most: 5_000 });
    queue.done("a");
    assert.deepEqual(clock.timers.map(({ at }) => at), isUrgent ? [] : [1_000]);
    const next = queue.take();
    clock.pass(1_000);
    assert.equal(await next, "a");
    queue.addWithin("a", 1_000);
    queue.forget("a");
    queue.done("a");
    assert.equal(await queue.take(), "a", "without a failure it is worked on once more");
  }
});

Deno.test("closing ends all waiting", async () => {
  const queue = new WorkQueue(new HandClock());
  const waiting = queue.take();
  queue.add("a");
  assert.equal(await waiting, "a");
  const other = takeNow(queue);
  queue.close();
  assert.equal(await other, undefined);
  queue.add("b");
  assert.equal(await queue.take(), undefined);
});
