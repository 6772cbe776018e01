/** Each fault of the short form once; `deno task faults` injects all of them, often. */
import assert from "node:assert/strict";
import { injectAll, isGood, tableOf } from "./run.ts";
import { RIG_ROWS } from "./all_rows.ts";

const seed = Math.floor(Math.random() * 1e9);

for (const row of RIG_ROWS.filter(({ isShort }) => isShort)) {
  Deno.test(`fault ${row.id}: ${row.title} (seed ${seed})`, async () => {
    const findings: string[] = [];
    const results = await injectAll([row], 1, seed, (text) => findings.push(text));
    assert.ok(results.every(isGood), `${findings.join("\n")}\n${tableOf(results)}`);
  });
}
