/** How long the event loop was blocked, as its metric says it. */
import assert from "node:assert/strict";
import { BlockMeter } from "../../src/telemetry/block_meter.ts";

Deno.test("a block of the event loop is measured, while it lasts and when it is over", async () => {
  const meter = new BlockMeter();
  try {
    for (const isOver of [false, true]) {
      const end = performance.now() + 400;
      while (performance.now() < end);
      if (isOver) await new Promise((resolve) => setTimeout(resolve, 0));
      const longest = meter.takeLongest();
      assert.ok(longest >= 0.3, `${longest} s`);
      // The timer fires, and the next interval begins.
      await new Promise((resolve) => setTimeout(resolve, 0));
      meter.takeLongest();
    }
  } finally {
    meter.stop();
  }
});
