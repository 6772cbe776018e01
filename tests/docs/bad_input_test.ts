/** docs/bad-input.md: every row is shown by a test that is there, by its whole name. */
import assert from "node:assert/strict";
import { BAD_INPUT } from "../cli/bad_input/table.ts";
import { SHOWN_ELSEWHERE } from "../cli/bad_input/shown.ts";
import { namesOfTests } from "../support/test_names.ts";

const ROWS = 81;
const all = Array.from({ length: ROWS }, (_, index) => index + 1);

Deno.test("every row of docs/bad-input.md is shown by a test that is there", async () => {
  const text = await Deno.readTextFile("docs/bad-input.md");
  const documented = [...text.matchAll(/^\| +(\d+) +\|/gm)].map(([, row]) => Number(row));
  assert.deepEqual(documented, all);
  const here = new Set(BAD_INPUT.map(({ row }) => row));
  assert.deepEqual(all.filter((row) => !here.has(row) && !SHOWN_ELSEWHERE[row]?.length), []);
  const missing: string[] = [];
  for (const [row, tests] of Object.entries(SHOWN_ELSEWHERE)) {
    for (const [file, name] of tests) {
      if (!(await namesOfTests(file)).has(name)) missing.push(`row ${row}: ${file} has no test "${name}"`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("a word of a file, or a part of a name, is no test's name", async () => {
  const names = await namesOfTests("tests/reconcile/payload_test.ts");
  assert.ok(names.has("held: exec"));
  for (const word of ["exec", "held: exe", "empty", "http"]) assert.ok(!names.has(word), word);
});
