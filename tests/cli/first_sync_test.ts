import assert from "node:assert/strict";
import { FIRST_SYNC_MILLISECONDS, requireFirstSync } from "../../src/cli/first_sync.ts";
import type { Listing, ObjectReader, UnknownReason } from "../../src/reconcile/reader.ts";
import { FakeClock } from "../kube/fake_clock.ts";
import { runOn } from "../support/commands.ts";

const NEVER = new AbortController().signal;

function reading(answer: () => Listing): ObjectReader {
  return { list: () => Promise.resolve(answer()), kindOf: () => assert.fail("not asked") };
}

const unknown = (reason: UnknownReason): Listing => ({ unknown: { reason, message: "the server says no" } });

/** Lets each look be taken, until two minutes are over. */
async function passTime(clock: FakeClock): Promise<void> {
  for (let passed = 0; passed < FIRST_SYNC_MILLISECONDS; passed += 1_000) {
    await clock.untilSleeping((ms) => ms === 1_000);
    clock.advance(1_000);
  }
}

for (const reason of ["NotSynced", "Unreachable", "Forbidden"] as const) {
  Deno.test(`first sync: EventTriggers that stay ${reason} for two minutes end the run, with the reason`, async () => {
    const clock = new FakeClock();
    const ended = assert.rejects(requireFirstSync(reading(() => unknown(reason)), clock, NEVER), {
      name: "InputError",
      message: "EventTriggers could not be read within 120 s of the start: the server says no",
    });
    await passTime(clock);
    await ended;
  });
}

Deno.test("first sync: what is read at the last moment is in time, and what comes later is not its business", async () => {
  const clock = new FakeClock(), end = clock.monotonic() + FIRST_SYNC_MILLISECONDS;
  const reader = reading(() => clock.monotonic() < end ? unknown("Forbidden") : { objects: [] });
  const done = requireFirstSync(reader, clock, NEVER);
  await passTime(clock);
  await done;
});

Deno.test("first sync: a definition that is not there yet may come later", async () => {
  await requireFirstSync(reading(() => unknown("KindNotServed")), new FakeClock(), NEVER);
});

Deno.test("first sync: a stop ends the wait without an error", async () => {
  const clock = new FakeClock(), stop = new AbortController();
  const done = requireFirstSync(reading(() => unknown("NotSynced")), clock, stop.signal);
  await clock.untilSleeping((ms) => ms === 1_000);
  stop.abort();
  await done;
});

Deno.test("run: ends with exit code 1 where EventTriggers can't be read in time", async () => {
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => now,
    random: () => 0,
    sleep: (ms: number) => Promise.resolve(void (now += ms)),
  };
  const reader = reading(() => unknown("Forbidden"));
  const { code, said } = await runOn(reader, ["run", "--yes", "--no-leader-elect"], { clock });
  assert.equal(code, 1);
  assert.match(said, /moonferry: EventTriggers could not be read within 120 s of the start: the server says no/);
});
