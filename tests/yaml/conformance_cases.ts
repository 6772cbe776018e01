/** The conformance cases of YAML with Go's answers, for what our tests ask beyond equal answers. */
import { type Answer, type Case, parseCases } from "../conformance/case.ts";
import { caseFiles } from "../conformance/case_files.ts";
import { knownGaps } from "../conformance/known_gaps.ts";

/** Every case of `mode` but those that are known to differ, with its answer. */
export function casesOf(mode: string): { readonly input: Case; readonly wanted: Answer }[] {
  const gaps = knownGaps(mode);
  const read = (name: string) =>
    parseCases(Deno.readTextFileSync(new URL(`../conformance/cases/${name}.jsonl`, import.meta.url)));
  return caseFiles().filter((file) => file.mode === mode).flatMap(({ name }) => {
    const answers = read(`${name}.expected`);
    return read(name).map((input, i) => ({ input, wanted: answers[i]! }));
  }).filter(({ input }) => !gaps.has(input.id));
}
