/**
 * `deno task conform:check MODE CASES EXPECTED`: answers the cases, compares with what the original code answered, and says
 * how many are equal. Ends with 1 where one differs that is in no list.
 */
import { type Answer, parseCases } from "./case.ts";
import { compareAll, summaryOf } from "./compare.ts";
import { knownGaps } from "./known_gaps.ts";
import { MODES } from "./modes/mod.ts";

const [modeName = "", casesPath, expectedPath] = Deno.args;
const mode = MODES.get(modeName);
if (!mode || casesPath === undefined || expectedPath === undefined) {
  console.error(`want: conform:check MODE CASES EXPECTED, with MODE one of ${[...MODES.keys()].join(", ")}`);
  Deno.exit(1);
}
const cases = parseCases(await Deno.readTextFile(casesPath));
const expected = new Map(
  parseCases(await Deno.readTextFile(expectedPath)).map((answer) => [answer.id, answer as Answer]),
);
const comparisons = await compareAll(mode, cases, expected, knownGaps(modeName));
console.log(summaryOf(modeName, comparisons, 20));
if (comparisons.some(({ verdict }) => verdict === "differs")) Deno.exit(1);
