/** `--lua-time` is the script's own: what other threads of the process take is not counted. */
import assert from "node:assert/strict";
import { createLuaSandbox, LuaError } from "../../src/sandbox/mod.ts";
import { timeOf } from "../support/hang_guard.ts";

Deno.test("threads that are busy beside a script take none of the script's time", async () => {
  const end = new Int32Array(new SharedArrayBuffer(4));
  await Promise.all([1, 2, 3].map(() => startBusy(end)));
  const milliseconds = 500;
  const sandbox = createLuaSandbox({ milliseconds });
  const text = "function evaluate() while true do end end";
  const took = timeOf(() =>
    assert.throws(
      () => sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] }),
      (error) => error instanceof LuaError && error.isOutOfTime === true,
    )
  );
  Atomics.store(end, 0, 1);
  // Were the others' time counted, this one would have had a quarter of it.
  assert.ok(took >= milliseconds - 50, `stopped after ${took} ms of its own`);
});

/** Resolves when the thread is busy, which it is until the number is not 0. */
async function startBusy(end: Int32Array): Promise<void> {
  const worker = new Worker(import.meta.resolve("./busy_worker.ts"), { type: "module" });
  const isBusy = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  worker.postMessage(end);
  await isBusy;
}
