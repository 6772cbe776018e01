/**
 * Random calls of template functions, answered by Go and by us: `deno task conform:calls --seed 7 --count 200`. Prints the share
 * of equal answers function by function, and the first that differ. `--only NAME,NAME` asks some functions alone, `--only "(chains)"` chains
 * of those that change maps and lists in place.
 */
import { answer, type FunctionAnswer, verdictOf } from "../template/functions/go_answers.ts";
import { calledNames, randomCalls } from "./generate_calls.ts";
import { chainOf, randomChains } from "./generate_chains.ts";

const FOLDER = new URL("../template/functions/", import.meta.url);

export interface CallComparison {
  readonly name: string;
  readonly template: string;
  readonly wanted: FunctionAnswer;
  readonly found: FunctionAnswer;
  readonly isEqual: boolean;
}

/** The path of the Go program, or undefined where there is no Go. */
async function buildOracle(): Promise<string | undefined> {
  const path = `${Deno.env.get("TMPDIR") ?? "/tmp"}/moonferry-function-oracle`;
  try {
    const { success, stderr } = await new Deno.Command("go", {
      args: ["build", "-tags", "faketime", "-o", path, "."],
      cwd: new URL("./oracle/", FOLDER),
      env: { GOFLAGS: "-mod=mod" },
    }).output();
    if (!success) throw new Error(`go build of the oracle failed: ${new TextDecoder().decode(stderr)}`);
    return path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function askGo(oracle: string, templates: readonly string[]): Promise<FunctionAnswer[]> {
  const process = new Deno.Command(oracle, {
    args: ["-lines", decodeURIComponent(new URL("./cases/data.json", FOLDER).pathname)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    env: { TZ: "UTC" },
  }).spawn();
  const writer = process.stdin.getWriter();
  const lines = templates.map((template) => `${JSON.stringify(template)}\n`).join("");
  const written = writer.write(new TextEncoder().encode(lines)).then(() => writer.close());
  const { stdout, success } = await process.output();
  await written;
  if (!success) throw new Error("the oracle failed");
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Our answer; a failure that is no TemplateError is one that differs from all. */
function ourAnswer(template: string): FunctionAnswer {
  try {
    return answer(template);
  } catch (error) {
    return { wantError: { stage: "execute", message: `FAULT ${error instanceof Error ? error.stack : error}` } };
  }
}

/** Not a function, but chains of those that change things in place. */
export const CHAINS = "(chains)";

/** Chains that make no map that contains itself, which would be the end of the Go program. */
function* endingChains(seed: number, count: number): Generator<string> {
  for (const statements of randomChains(seed, count)) {
    const beginnings = statements.map((_, i) => chainOf(statements.slice(0, i + 1)));
    if (!beginnings.some(isEndless)) yield beginnings.at(-1)!;
  }
}

function isEndless(template: string): boolean {
  const message = ourAnswer(template).wantError?.message ?? "";
  return /contains itself|nested too deep|\(limit|encountered a cycle|levels of maps/.test(message);
}

/** All comparisons, or undefined where there is no Go to answer. */
export async function compareCalls(
  seed: number,
  count: number,
  names: readonly string[] = [...calledNames(), CHAINS],
): Promise<CallComparison[] | undefined> {
  const oracle = await buildOracle();
  if (oracle === undefined) return undefined;
  const calls = names.flatMap((name) => {
    const templates = name === CHAINS ? endingChains(seed, count) : new Set(randomCalls(name, seed, count));
    return [...templates].map((template) => ({ name, template }));
  });
  const answers = await askGo(oracle, calls.map(({ template }) => template));
  return calls.flatMap(({ name, template }, i) => {
    const wanted = answers[i]!;
    // An address differs from run to run.
    if (/\(0x[0-9a-f]{6,}\)/.test(wanted.want ?? "")) return [];
    const found = ourAnswer(template);
    return [{ name, template, wanted, found, isEqual: verdictOf(wanted, found) === "equal" }];
  });
}

/** A line for each function that has differences, with the first of them. */
export function callSummary(comparisons: readonly CallComparison[], shown: number): string {
  const byName = Map.groupBy(comparisons, ({ name }) => name);
  const lines: string[] = [];
  for (const [name, all] of byName) {
    const differing = all.filter(({ isEqual }) => !isEqual);
    if (differing.length === 0) continue;
    lines.push(`${name}: ${differing.length} of ${all.length} differ`);
    for (const { template, wanted, found } of differing.slice(0, shown)) {
      lines.push(`  ${template}`, `    want ${plain(wanted)}`, `    got  ${plain(found)}`);
    }
  }
  const equal = comparisons.filter(({ isEqual }) => isEqual).length;
  lines.push(`${comparisons.length} calls, ${equal} equal (${(100 * equal / comparisons.length).toFixed(2)} %)`);
  return lines.join("\n");
}

function plain({ want, hex, wantError }: FunctionAnswer): string {
  return wantError
    ? `${wantError.stage}: ${wantError.message}`
    : want === undefined
    ? `hex ${hex}`
    : JSON.stringify(want);
}

if (import.meta.main) {
  const option = (name: string) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? undefined : Deno.args[at + 1];
  };
  const seed = Number(option("seed") ?? Date.now() % 1_000_000), count = Number(option("count") ?? 200);
  console.log(`seed ${seed}`);
  const comparisons = await compareCalls(seed, count, option("only")?.split(","));
  if (!comparisons) console.log("Go is not there: nothing to compare with");
  else console.log(callSummary(comparisons, Number(option("shown") ?? 3)));
}
