/** Random calls of template functions, and chains of those that change things in place, beside Go. */
import assert from "node:assert/strict";
import { callSummary, compareCalls } from "./calls.ts";

/** Of random calls so many are equal at least; what differs is what the known gaps of `template` say. */
const FLOOR = 0.999;

Deno.test("random calls of template functions answer as in Go, and none ends but with an answer", async () => {
  const count = Number(Deno.env.get("MOONFERRY_RANDOM_CALLS") ?? 20);
  const seed = Number(Deno.env.get("MOONFERRY_RANDOM_SEED") ?? 20_251_101);
  const comparisons = await compareCalls(seed, count);
  if (!comparisons) return console.log("Go is not there: no answers to compare with");
  const summary = callSummary(comparisons, 2);
  console.log(summary);
  assert.ok(comparisons.length > count * 200);
  assert.ok(comparisons.filter(({ isEqual }) => isEqual).length / comparisons.length >= FLOOR, summary);
  const faults = comparisons.filter(({ found }) => found.wantError?.message.startsWith("FAULT"));
  assert.deepEqual(faults.map(({ template, found }) => [template, found]), []);
});
