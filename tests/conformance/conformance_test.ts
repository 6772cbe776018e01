/** The samples of the original code's answers, and cases of our own that it answered: equal, or in a list with a reason. */
import assert from "node:assert/strict";
import { type Answer, parseCases } from "./case.ts";
import { caseFiles } from "./case_files.ts";
import { compareAll, type Comparison, summaryOf } from "./compare.ts";
import { INTENDED_DIFFERENCES } from "./intended_differences.ts";
import { KNOWN_GAPS, knownGaps } from "./known_gaps.ts";
import { MODES } from "./modes/mod.ts";
import { isInOwnWords } from "./own_words.ts";
import { compareRandom, RANDOM_PROGRAMS, RANDOM_RULES, RANDOM_TEMPLATES } from "./random.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(path, import.meta.url));
const SAMPLES = ["lua-eval", "lua-aggregate", "lua-evaluate", "cel", "template", "pipeline"];
const FILES = [
  ...SAMPLES.map((mode) => ({ title: `samples of ${mode}`, mode, path: `./samples/${mode}` })),
  ...caseFiles().map(({ name, mode }) => ({ title: `our own ${name} of ${mode}`, mode, path: `./cases/${name}` })),
];
const INTENDED_CASES = new Set(INTENDED_DIFFERENCES.flatMap(({ cases }) => cases));

for (const { title, mode, path } of FILES) {
  Deno.test(`as the original answers: ${title}`, async () => {
    const cases = parseCases(read(`${path}.jsonl`));
    const expected = new Map(parseCases(read(`${path}.expected.jsonl`)).map((answer) => [answer.id, answer as Answer]));
    assert.equal(expected.size, cases.length);
    const comparisons = await compareAll(MODES.get(mode)!, cases, expected, knownGaps(mode));
    assert.equal(comparisons.length, cases.length, "each case has an answer");
    const differing = comparisons.filter(({ verdict }) => verdict === "differs");
    assert.equal(differing.length, 0, summaryOf(title, comparisons));
    if (mode === "template") assert.deepEqual(otherWords(comparisons), []);
    // "Intended" is said by the answer itself: unless it is in the list, a fault could hide behind it.
    const unlisted = comparisons.filter(({ id, verdict }) => verdict === "intended" && !INTENDED_CASES.has(id));
    assert.deepEqual(unlisted.map(({ id, found }) => [id, found.error]), []);
  });
}

/** Messages of templates that are neither Go's nor in words of our own on purpose. */
function otherWords(comparisons: readonly Comparison[]): { id: string; wanted: string; found: string }[] {
  return comparisons.filter(({ wanted, found }) => typeof wanted.error === "string" && typeof found.error === "string")
    .map(({ id, wanted, found }) => ({ id, wanted: wanted.error as string, found: found.error as string }))
    .filter(({ wanted, found }) => wanted !== found && !isInOwnWords(wanted, found));
}

Deno.test("known gaps are gaps: a case that has become equal leaves the list", async () => {
  for (const [mode, gaps] of Object.entries(KNOWN_GAPS)) {
    const listed = new Set(gaps.flatMap(({ cases }) => cases));
    for (const file of FILES.filter((one) => one.mode === mode)) {
      const cases = parseCases(read(`${file.path}.jsonl`)).filter(({ id }) => listed.has(id));
      const expected = new Map(
        parseCases(read(`${file.path}.expected.jsonl`)).map((answer) => [answer.id, answer as Answer]),
      );
      for (const { id, verdict } of await compareAll(MODES.get(mode)!, cases, expected, listed)) {
        assert.notEqual(verdict, "equal", id);
        listed.delete(id);
      }
    }
    assert.deepEqual([...listed], [], `${mode}: no such case`);
  }
});

/** Of random programs so many are equal at least; what differs is what the known gaps say. */
const RANDOM_FLOOR = 0.97;

Deno.test("random programs answer as in gopher-lua, and none ends but with an answer", async () => {
  const count = Number(Deno.env.get("MOONFERRY_RANDOM_PROGRAMS") ?? 300);
  const seed = Number(Deno.env.get("MOONFERRY_RANDOM_SEED") ?? 20_251_101);
  const comparisons = await compareRandom(RANDOM_PROGRAMS, seed, count);
  if (!comparisons) return console.log("Go is not there: no answers to compare with");
  console.log(summaryOf(`random programs of seed ${seed}`, comparisons, 0));
  assert.equal(comparisons.length, count);
  const equal = comparisons.filter(({ verdict }) => verdict === "equal").length;
  assert.ok(equal / count >= RANDOM_FLOOR, summaryOf(`random programs of seed ${seed}`, comparisons));
  // An answer is a result or an error of the script; anything else is a fault of the sandbox.
  const faults = comparisons.filter(({ found }) =>
    typeof found.error === "string" && !/^script(:\d+)?: /.test(found.error)
  );
  assert.deepEqual(faults.map(({ id, found }) => [id, found.error]), []);
});

Deno.test("random templates are rendered as by text/template, or fail alike and in its words", async () => {
  const count = Number(Deno.env.get("MOONFERRY_RANDOM_PROGRAMS") ?? 500);
  const seed = Number(Deno.env.get("MOONFERRY_RANDOM_SEED") ?? 20_251_101);
  const comparisons = await compareRandom(RANDOM_TEMPLATES, seed, count);
  if (!comparisons) return console.log("Go is not there: no answers to compare with");
  const summary = summaryOf(`random templates of seed ${seed}`, comparisons, 5);
  assert.equal(comparisons.length, count);
  assert.equal(comparisons.filter(({ verdict }) => verdict === "differs").length, 0, summary);
  // What ends Go's process has no message.
  assert.deepEqual(otherWords(comparisons.filter(({ wanted }) => wanted.panic !== true)), []);
});

Deno.test("random rules of CEL compute what they compute in cel-go", async () => {
  const count = Number(Deno.env.get("MOONFERRY_RANDOM_PROGRAMS") ?? 1000);
  const seed = Number(Deno.env.get("MOONFERRY_RANDOM_SEED") ?? 20_251_101);
  const comparisons = await compareRandom(RANDOM_RULES, seed, count);
  if (!comparisons) return console.log("Go is not there: no answers to compare with");
  const summary = summaryOf(`random rules of seed ${seed}`, comparisons, 5);
  assert.equal(comparisons.length, count);
  assert.equal(comparisons.filter(({ verdict }) => verdict === "differs").length, 0, summary);
});
