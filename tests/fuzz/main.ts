/**
 * `deno task fuzz --minutes N --seed S`: tries all properties with ever new inputs. A failure prints the smallest input that
 * was found, and the seed that leads to it; with that seed the run is the same again. Exit code 1 where one has failed.
 */
import { parseArgs } from "node:util";
import { PROPERTIES } from "./properties.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { minutes: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
});
const minutes = Number(values.minutes ?? 1);
const firstSeed = Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1);
if (!(minutes > 0) || !Number.isInteger(firstSeed)) {
  console.error("fuzz: wanted --minutes N and --seed S, both numbers");
  Deno.exit(1);
}
const chosen = PROPERTIES.filter(({ name }) => name.includes(values.only ?? ""));
if (chosen.length === 0) {
  console.error(`fuzz: no property has "${values.only}" in its name`);
  Deno.exit(1);
}
const until = Date.now() + minutes * 60_000;
const failed = new Set<string>();
let inputs = 0;
for (let seed = firstSeed; Date.now() < until && failed.size < chosen.length; seed++) {
  for (const { name, runs, try: attempt } of chosen) {
    if (failed.has(name) || Date.now() >= until) continue;
    try {
      await attempt(seed, runs);
      inputs += runs;
    } catch (error) {
      failed.add(name);
      const { message, cause } = error as Error;
      console.error(`\n${name}, seed ${seed}: ${String(cause).slice(0, 2_000)}\n${message.slice(0, 4_000)}`);
    }
  }
}
console.log(`${inputs} inputs from seed ${firstSeed} on: ${failed.size} of ${chosen.length} properties failed`);
Deno.exit(failed.size === 0 ? 0 : 1);
