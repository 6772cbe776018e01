/** Each fault of the short form once; `deno task faults` injects all of them, often. */
import assert from "node:assert/strict";
import { RIG_ROWS } from "./all_rows.ts";
import { injectAll } from "./run.ts";
import { isGood } from "./run_record.ts";

const seed = Math.floor(Math.random() * 1e9);

for (const row of RIG_ROWS.filter(({ isShort }) => isShort)) {
  Deno.test(`fault ${row.id}: ${row.title} (seed ${seed})`, async () => {
    const findings: string[] = [];
    const records = await injectAll([row], 1, seed, (text) => findings.push(text));
    assert.ok(records.every(isGood), findings.join("\n"));
  });
}
