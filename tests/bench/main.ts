/**
 * `deno task bench [cel|lua|template|passes]`: how fast the engines are, beside the original Go code in the same run where Go
 * is there, and what a pass costs that keeps what the one before has made.
 */
import { buildOracle } from "../conformance/oracle.ts";
import { benchCel } from "./cel.ts";
import { benchLua } from "./lua.ts";
import { benchPasses } from "./passes.ts";
import { benchTemplates } from "./template.ts";

const BENCHES: readonly [name: string, run: (oracle: string | undefined) => Promise<void>][] = [
  ["template", benchTemplates],
  ["lua", benchLua],
  ["cel", benchCel],
  ["passes", benchPasses],
];

const unknown = Deno.args.find((word) => !BENCHES.some(([name]) => name === word));
if (unknown !== undefined) {
  console.error(`there is no bench "${unknown}"; there are: ${BENCHES.map(([name]) => name).join(", ")}`);
  Deno.exit(1);
}
const oracle = await buildOracle();
if (!oracle) console.log("Go is not there: our own times alone");
for (const [name, run] of BENCHES) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  console.log(`\n== ${name}`);
  await run(oracle);
}
