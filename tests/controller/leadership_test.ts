/** Leader election over a lease in memory, with clocks that tests move: takeover, loss, release, and who may write when. */
import assert from "node:assert/strict";
import type { LeaseAnswer, LeaseRecord, StoredLease } from "../../src/api/lease.ts";
import { DEFAULT_TIMING } from "../../src/controller/lease.ts";
import { Leadership, LeaseLost, LeaseRefused, type LeaseStore } from "../../src/controller/leadership.ts";
import { FakeClock } from "../kube/fake_clock.ts";

/** A lease as an API server keeps it. */
class MemoryLease implements LeaseStore {
  readonly description = "Lease ns/moonferry";
  lease: StoredLease | undefined;
  /** Answers all requests with this. */
  broken: LeaseAnswer | undefined;
  writes = 0;
  #version = 0;

  read(): Promise<LeaseAnswer> {
    return this.#answer(() => this.lease ? { state: "stored", lease: this.lease } : { state: "absent" });
  }

  create(record: LeaseRecord): Promise<LeaseAnswer> {
    return this.#answer(() => this.lease ? { state: "changed" } : this.#store(record));
  }

  update(before: StoredLease, record: LeaseRecord): Promise<LeaseAnswer> {
    return this.#answer(() => {
      if (!this.lease) return { state: "absent" };
      return this.lease.resourceVersion === before.resourceVersion ? this.#store(record) : { state: "changed" };
    });
  }

  put(record: Partial<LeaseRecord>): void {
    this.#store({ ...this.lease!.record, ...record });
  }

  #store(record: LeaseRecord): LeaseAnswer {
    this.writes++;
    this.lease = { record, resourceVersion: String(++this.#version) };
    return { state: "stored", lease: this.lease };
  }

  #answer(work: () => LeaseAnswer): Promise<LeaseAnswer> {
    return Promise.resolve(this.broken ?? work());
  }
}

class Replica {
  readonly said: string[] = [];
  readonly stop = new AbortController();
  readonly leadership: Leadership;
  /** How its part ended, once it has. */
  ended: unknown;

  constructor(readonly store: MemoryLease, readonly clock: FakeClock, identity: string) {
    this.leadership = new Leadership({ store, clock, timing: DEFAULT_TIMING, identity }, {
      heldBy: (holder) => this.said.push(`held by ${holder}`),
      failed: (message) => this.said.push(message),
      lost: () => this.said.push("lost"),
    });
  }

  start(): this {
    const work = async () => {
      await this.leadership.acquire(this.stop.signal);
      await this.leadership.keep(this.stop.signal);
    };
    work().catch((error) => this.ended = error);
    return this;
  }

  get mayWrite(): boolean {
    return this.leadership.refusal() === undefined;
  }
}

/** Lets everything that is due happen. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

async function pass(clocks: readonly FakeClock[], milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 500) {
    for (const clock of clocks) clock.advance(Math.min(500, left));
    await settle();
  }
}

Deno.test("the first takes the lease, the second waits and may write nothing", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  const second = new Replica(store, clock, "b").start();
  await pass([clock], 60_000);
  assert.equal(store.lease?.record.holder, "a");
  assert.equal(store.lease?.record.transitions, 0);
  assert.ok(store.writes > 25, "renewed all the time");
  assert.deepEqual([first.mayWrite, second.mayWrite], [true, false]);
  assert.match(second.leadership.refusal()!, /not held by this process/);
  assert.deepEqual(second.said, ["held by a"]);
  first.stop.abort(), second.stop.abort();
});

Deno.test("a holder that dies is replaced after the lease's duration, not earlier, whatever the clocks on the wall say", async () => {
  for (const skew of [0, 3_600_000, -3_600_000]) {
    const store = new MemoryLease(), clock = new FakeClock(), other = new FakeClock();
    other.skew = skew;
    const first = new Replica(store, clock, "a").start();
    await settle();
    const second = new Replica(store, other, "b").start();
    await pass([clock, other], 30_000);
    assert.equal(store.lease?.record.holder, "a", `no flapping with a skew of ${skew}`);
    first.stop.abort();
    await pass([other], 12_000);
    assert.equal(second.mayWrite, false);
    await pass([other], 8_000);
    assert.equal(second.mayWrite, true);
    assert.equal(store.lease?.record.holder, "b");
    assert.equal(store.lease?.record.transitions, 1);
    second.stop.abort();
  }
});

Deno.test("a holder that was stopped for long finds that it may not write, and ends without touching the lease", async () => {
  const store = new MemoryLease(), clock = new FakeClock(), other = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  const second = new Replica(store, other, "b").start();
  await pass([other], 30_000);
  assert.equal(second.mayWrite, true);
  const { writes } = store;
  // All that time passes for the first at once, as after SIGCONT.
  clock.advance(30_000);
  assert.equal(first.mayWrite, false);
  await settle();
  assert.ok(first.ended instanceof LeaseLost);
  assert.match(first.ended.message, /Lease ns\/moonferry was not renewed within 10 s/);
  assert.equal(store.writes, writes);
  assert.equal(store.lease?.record.holder, "b");
  second.stop.abort();
});

Deno.test("who asks before a write is the first to find out, and everybody is told once", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a");
  await first.leadership.acquire(first.stop.signal);
  clock.advance(9_999);
  assert.equal(first.mayWrite, true);
  clock.advance(1);
  assert.equal(first.mayWrite, false);
  assert.equal(first.mayWrite, false);
  assert.deepEqual(first.said, ["lost"]);
});

Deno.test("a holder that can't renew ends at its deadline, before others may take over", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  store.broken = { state: "failed", message: "no API server" };
  await pass([clock], 9_500);
  assert.ok(!first.ended);
  await pass([clock], 500);
  assert.ok(first.ended instanceof LeaseLost);
  assert.match(first.ended.message, /not renewed within 10 s \(no API server\)/);
  assert.deepEqual(first.said, ["no API server", "lost"]);
});

Deno.test("a holder that could not renew for a while goes on", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  store.broken = { state: "failed", message: "no API server" };
  await pass([clock], 7_000);
  store.broken = undefined;
  await pass([clock], 30_000);
  assert.ok(!first.ended);
  assert.equal(first.mayWrite, true);
  first.stop.abort();
});

Deno.test("a lease that somebody else has taken is lost at the next look", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  store.put({ holder: "b" });
  await pass([clock], 2_000);
  assert.ok(first.ended instanceof LeaseLost);
  assert.match(first.ended.message, /was taken by b/);
  assert.equal(first.mayWrite, false);
  assert.equal(store.lease?.record.holder, "b");
});

Deno.test("a lease that was edited or deleted while it is ours is written anew", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  store.put({ durationSeconds: 99 });
  await pass([clock], 2_000);
  assert.equal(store.lease?.record.durationSeconds, 15);
  store.lease = undefined;
  await pass([clock], 2_000);
  assert.equal((store.lease as StoredLease | undefined)?.record.holder, "a");
  assert.equal(first.mayWrite, true);
  first.stop.abort();
});

Deno.test("a lease that was given up is taken within a retry, and whoever gave it up writes nothing any more", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a").start();
  await settle();
  const second = new Replica(store, clock, "b").start();
  await settle();
  first.stop.abort();
  await first.leadership.release(new AbortController().signal);
  assert.equal(store.lease?.record.holder, "");
  assert.equal(first.mayWrite, false);
  await pass([clock], 2_000);
  assert.equal(second.mayWrite, true);
  assert.equal(store.lease?.record.transitions, 1);
  second.stop.abort();
});

Deno.test("a renewal that was carried out unseen does not keep the lease from being given up", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a");
  await first.leadership.acquire(first.stop.signal);
  store.put({ renewTime: "2026-01-01T00:00:00.000000Z" });
  await first.leadership.release(new AbortController().signal);
  assert.equal(store.lease?.record.holder, "");
});

Deno.test("releasing what another has taken meanwhile leaves it to them", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a");
  await first.leadership.acquire(first.stop.signal);
  store.put({ holder: "b" });
  await first.leadership.release(new AbortController().signal);
  assert.equal(store.lease?.record.holder, "b");
});

Deno.test("an answer that comes after the deadline gives no right to write", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  const first = new Replica(store, clock, "a");
  const create = store.create.bind(store);
  store.create = async (record) => {
    clock.advance(10_000);
    return await create(record);
  };
  const acquiring = first.leadership.acquire(first.stop.signal);
  await settle();
  assert.equal(store.lease?.record.holder, "a");
  assert.equal(first.mayWrite, false);
  await pass([clock], 2_000);
  await acquiring;
  assert.equal(first.mayWrite, true);
});

Deno.test("without the right to the lease nobody waits for it", async () => {
  const store = new MemoryLease(), clock = new FakeClock();
  store.broken = { state: "refused", message: "forbidden" };
  await assert.rejects(new Replica(store, clock, "a").leadership.acquire(new AbortController().signal), LeaseRefused);
});
