/**
 * Random Lua programs, templates, CEL rules or YAML, answered by Go and by us:
 * `deno task conform:random --seed 7 --count 20000`, `deno task conform:random template --seed 7 --count 20000`, `cel`,
 * `yaml-read`, `yaml-write`, `yaml-write-v3`, `yaml-split`. Prints the share of equal answers and the first that differ; fails
 * only if one of ours fails in a way that is no answer.
 */
import { type Answer, type Case, formatAnswer, parseCases } from "./case.ts";
import { compareAll, type Comparison, summaryOf } from "./compare.ts";
import { errorSummary } from "./error_texts.ts";
import { randomRules } from "./generate_cel.ts";
import { randomCases } from "./generate_lua.ts";
import { randomTemplates } from "./generate_template.ts";
import { randomYamlReads, randomYamlSplits, randomYamlWrites } from "./generate_yaml.ts";
import { MODES } from "./modes/mod.ts";
import { askOracle, buildOracle } from "./oracle.ts";
import { isRandomGap } from "./random_gaps.ts";
import { ruleSummary } from "./rule_outcomes.ts";

const BATCH = 1000;
/** So often an answer that differs is asked for again, to see whether it is the same. */
const TIMES_AGAIN = 30;

/** What can be made at random: cases of a mode, as lines. */
export interface RandomKind {
  readonly title: string;
  readonly mode: string;
  readonly lines: (seed: number, count: number) => Iterable<string>;
  /** Go's answer may be another each time, which is a known gap. */
  readonly mayVary?: boolean;
}

export const RANDOM_PROGRAMS: RandomKind = {
  title: "random programs",
  mode: "lua-eval",
  *lines(seed, count) {
    for (const one of randomCases(seed, count)) yield JSON.stringify(one);
  },
};
export const RANDOM_TEMPLATES: RandomKind = {
  title: "random templates",
  mode: "template",
  lines: randomTemplates,
};
export const RANDOM_RULES: RandomKind = { title: "random rules", mode: "cel", lines: randomRules };

export const RANDOM_YAML: readonly RandomKind[] = [
  { title: "random YAML texts", mode: "yaml-read", lines: randomYamlReads },
  { title: "random values", mode: "yaml-write", lines: randomYamlWrites, mayVary: true },
  { title: "random values", mode: "yaml-write-v3", lines: randomYamlWrites, mayVary: true },
  { title: "random rendered texts", mode: "yaml-split", lines: randomYamlSplits },
];

const KINDS: ReadonlyMap<string, RandomKind> = new Map([
  ["lua", RANDOM_PROGRAMS],
  ["template", RANDOM_TEMPLATES],
  ["cel", RANDOM_RULES],
  ...RANDOM_YAML.map((kind) => [kind.mode, kind] as const),
]);

/** All comparisons, or undefined where there is no Go to answer. */
export async function compareRandom(
  { mode, lines, mayVary }: RandomKind,
  seed: number,
  count: number,
  progress = (_done: number) => {},
): Promise<Comparison[] | undefined> {
  const oracle = await buildOracle();
  if (!oracle) return undefined;
  const comparisons: Comparison[] = [];
  let batch: string[] = [];
  const flush = async () => {
    const cases: Case[] = parseCases(batch.join("\n"));
    const answers = parseCases(await askOracle(oracle, mode, batch.join("\n")));
    const expected = new Map(answers.map((answer) => [answer.id, answer as Answer]));
    const compared = await compareAll(MODES.get(mode)!, cases, expected, new Set());
    const ask = (lines: string) => askOracle(oracle, mode, lines);
    for (const one of mayVary ? await withoutVarying(compared, ask, batch) : compared) {
      const isGap = one.verdict === "differs" && isRandomGap(mode, one.input, one.wanted, one.found);
      comparisons.push(isGap ? { ...one, verdict: "known gap" } : one);
    }
    batch = [];
    progress(comparisons.length);
  };
  for (const line of lines(seed, count)) {
    batch.push(line);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return comparisons;
}

/** The same, but where Go's answer is another each time it is no difference of ours. */
async function withoutVarying(
  comparisons: readonly Comparison[],
  ask: (lines: string) => Promise<string>,
  lines: readonly string[],
): Promise<Comparison[]> {
  const asked = lines.filter((_line, i) => comparisons[i]!.verdict === "differs").join("\n");
  const answers = new Map<string, Set<string>>();
  for (let time = 0; asked !== "" && time < TIMES_AGAIN; time++) {
    for (const answer of parseCases(await ask(asked))) {
      answers.set(answer.id, (answers.get(answer.id) ?? new Set()).add(formatAnswer(answer)));
    }
  }
  return comparisons.map((one) => (answers.get(one.id)?.size ?? 0) > 1 ? { ...one, verdict: "known gap" } : one);
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const name = Deno.args[0]?.startsWith("--") ? "lua" : Deno.args[0] ?? "lua";
  const kind = KINDS.get(name);
  if (!kind) {
    console.error(`unknown kind "${name}": want one of ${[...KINDS.keys()].join(", ")}`);
    Deno.exit(1);
  }
  const seed = option("seed", Date.now() % 1_000_000), count = option("count", 1000), shown = option("show", 10);
  console.log(`seed ${seed}`);
  const comparisons = await compareRandom(kind, seed, count, (done) => console.error(`${done} of ${count}`));
  if (!comparisons) console.log("Go is not there: nothing to compare with");
  else {
    console.log(summaryOf(kind.title, comparisons, shown));
    if (kind === RANDOM_RULES) console.log(ruleSummary(comparisons));
    if (kind === RANDOM_TEMPLATES || kind.mode === "yaml-read") console.log(errorSummary(comparisons, shown));
  }
}
