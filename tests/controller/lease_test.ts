/** The rules of leader election, row by row: who may take the lease, what is written into it, how long one may write. */
import assert from "node:assert/strict";
import type { LeaseRecord } from "../../src/api/lease.ts";
import {
  acquireWait,
  decide,
  DEFAULT_TIMING,
  heldRecord,
  type LeaseTiming,
  type Observation,
  observe,
  releasedRecord,
  timingProblem,
  writingTimeLeft,
} from "../../src/controller/lease.ts";

const T0 = "2026-01-01T00:00:00.000000Z", T1 = "2026-01-01T00:01:00.000000Z";
const held: LeaseRecord = { holder: "a", durationSeconds: 15, acquireTime: T0, renewTime: T0, transitions: 3 };
const seen = (record: LeaseRecord, since: number, resourceVersion = "1"): Observation => ({
  lease: { record, resourceVersion },
  since,
});

const DECISIONS = [
  { name: "held by another, seen just now", record: held, since: 0, now: 0, want: "wait" },
  { name: "held by another, almost expired", record: held, since: 0, now: 14_999, want: "wait" },
  { name: "held by another, expired", record: held, since: 0, now: 15_000, want: "take" },
  {
    name: "its times are those of a clock that is years ahead",
    record: { ...held, renewTime: "2099-01-01T00:00:00Z" },
    since: 0,
    now: 15_000,
    want: "take",
  },
  {
    name: "its times are those of a clock that is years behind",
    record: { ...held, renewTime: "1999-01-01T00:00:00Z" },
    since: 0,
    now: 14_999,
    want: "wait",
  },
  {
    name: "its holder has said another duration",
    record: { ...held, durationSeconds: 60 },
    since: 0,
    now: 59_999,
    want: "wait",
  },
  { name: "its holder has said no duration", record: { ...held, durationSeconds: 0 }, since: 0, now: 0, want: "take" },
  { name: "given up", record: { ...held, holder: "" }, since: 0, now: 0, want: "take" },
  { name: "ours", record: { ...held, holder: "me" }, since: 0, now: 0, want: "renew" },
  { name: "ours and long expired", record: { ...held, holder: "me" }, since: 0, now: 99_000, want: "renew" },
] as const;

for (const { name, record, since, now, want } of DECISIONS) {
  Deno.test(`a lease: ${name}: ${want}`, () => assert.equal(decide(seen(record, since), "me", now), want));
}

Deno.test("a lease that is as before is as old as before; a renewal makes it new", () => {
  const first = observe(undefined, { record: held, resourceVersion: "1" }, 100);
  assert.equal(first.since, 100);
  assert.equal(observe(first, { record: held, resourceVersion: "1" }, 5_000).since, 100);
  assert.equal(observe(first, { record: held, resourceVersion: "2" }, 5_000).since, 5_000);
});

Deno.test("who takes a lease counts the transition, who renews keeps it", () => {
  const written = (stored?: LeaseRecord) => heldRecord(stored, "me", DEFAULT_TIMING, T1);
  const mine = { holder: "me", durationSeconds: 15, renewTime: T1 };
  assert.deepEqual(written(), { ...mine, acquireTime: T1, transitions: 0 });
  assert.deepEqual(written(held), { ...mine, acquireTime: T1, transitions: 4 });
  assert.deepEqual(written({ ...held, holder: "me" }), { ...mine, acquireTime: T0, transitions: 3 });
  const released = releasedRecord({ ...held, holder: "me" }, T1);
  assert.deepEqual([released.holder, released.durationSeconds, released.transitions], ["", 1, 3]);
  assert.equal(written(released).transitions, 4);
});

Deno.test("a holder may write until the renew deadline after its last renewal was sent", () => {
  assert.equal(writingTimeLeft(1_000, 1_000, DEFAULT_TIMING), 10_000);
  assert.equal(writingTimeLeft(1_000, 10_999, DEFAULT_TIMING), 1);
  assert.equal(writingTimeLeft(1_000, 11_000, DEFAULT_TIMING), 0);
  assert.equal(writingTimeLeft(1_000, 60_000, DEFAULT_TIMING), 0);
});

Deno.test("those who wait do so for one to 2.2 periods, as client-go", () => {
  assert.equal(acquireWait(DEFAULT_TIMING, 0), 2_000);
  assert.equal(acquireWait(DEFAULT_TIMING, 0.5), 3_200);
});

const TIMINGS: readonly { timing: Partial<LeaseTiming>; problem?: RegExp }[] = [
  { timing: {} },
  { timing: { duration: 3_000, renewDeadline: 2_000, retryPeriod: 500 } },
  { timing: { duration: 10_000 }, problem: /duration must be longer than the renew deadline/ },
  { timing: { duration: 15_500 }, problem: /whole seconds/ },
  { timing: { duration: 0, renewDeadline: 0 }, problem: /at least one/ },
  { timing: { retryPeriod: 8_334 }, problem: /longer than 1\.2 times the retry period/ },
  { timing: { retryPeriod: 8_333 } },
  { timing: { retryPeriod: 0 }, problem: /longer than nothing/ },
];

for (const { timing, problem } of TIMINGS) {
  Deno.test(`times of a lease: ${JSON.stringify(timing)}`, () => {
    const found = timingProblem({ ...DEFAULT_TIMING, ...timing });
    if (problem) assert.match(found ?? "", problem);
    else assert.equal(found, undefined);
  });
}
