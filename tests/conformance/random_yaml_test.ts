/** Random YAML is read, written and split as by Go, without exception: `deno task conform:random yaml-read` tries more of it. */
import assert from "node:assert/strict";
import { summaryOf } from "./compare.ts";
import { compareRandom, RANDOM_YAML } from "./random.ts";

const COUNT = Number(Deno.env.get("MOONFERRY_RANDOM_YAML") ?? 500);
const SEED = Number(Deno.env.get("MOONFERRY_RANDOM_SEED") ?? 20_251_101);

for (const kind of RANDOM_YAML) {
  Deno.test(`as Go answers: ${kind.title} of ${kind.mode}`, async () => {
    const comparisons = await compareRandom(kind, SEED, COUNT);
    if (!comparisons) return console.log("Go is not there: no answers to compare with");
    assert.equal(comparisons.length, COUNT);
    const differing = comparisons.filter(({ verdict }) => verdict !== "equal" && verdict !== "known gap");
    assert.equal(differing.length, 0, summaryOf(kind.title, comparisons));
    // Both kinds of answers, or it would prove little.
    const failed = comparisons.filter(({ wanted }) => wanted.error !== undefined).length;
    if (kind.mode !== "yaml-write-v3") assert.ok(failed > 0 && failed < 0.7 * COUNT, `${failed} of ${COUNT} fail`);
  });
}
