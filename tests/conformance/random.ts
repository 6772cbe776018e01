/**
 * Random Lua programs, answered by gopher-lua and by the sandbox: `deno task conform:random --seed 7 --count 20000`. Prints
 * the share of equal answers and the first that differ; fails only if the sandbox fails in a way that is no answer.
 */
import { type Answer, type Case, parseCases } from "./case.ts";
import { compareAll, type Comparison, summaryOf } from "./compare.ts";
import { randomCases } from "./generate_lua.ts";
import { luaEval } from "./modes/lua.ts";
import { askOracle, buildOracle } from "./oracle.ts";

const BATCH = 1000;

/** All comparisons, or undefined where there is no Go to answer. */
export async function compareRandom(
  seed: number,
  count: number,
  progress = (_done: number) => {},
): Promise<Comparison[] | undefined> {
  const oracle = await buildOracle();
  if (!oracle) return undefined;
  const comparisons: Comparison[] = [];
  let batch: Case[] = [];
  const flush = async () => {
    const lines = batch.map((one) => JSON.stringify(one)).join("\n");
    const answers = parseCases(await askOracle(oracle, "lua-eval", lines));
    const expected = new Map(answers.map((answer) => [answer.id, answer as Answer]));
    comparisons.push(...await compareAll(luaEval, batch, expected, new Set()));
    batch = [];
    progress(comparisons.length);
  };
  for (const one of randomCases(seed, count)) {
    batch.push(one as unknown as Case);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return comparisons;
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const seed = option("seed", Date.now() % 1_000_000), count = option("count", 1000);
  console.log(`seed ${seed}`);
  const comparisons = await compareRandom(seed, count, (done) => console.error(`${done} of ${count}`));
  if (!comparisons) console.log("Go is not there: nothing to compare with");
  else console.log(summaryOf("random programs", comparisons, 10));
}
