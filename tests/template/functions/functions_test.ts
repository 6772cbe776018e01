/** Sprig's functions and Sveltos's, family by family, against the answers of the Go program in `oracle/`. */
import assert from "node:assert/strict";
import { NOT_YET } from "../../../src/template/functions/missing.ts";
import { failing, functionRows } from "../../conformance/functions.ts";
import { answer, functionNames, goCases, verdictOf } from "./go_answers.ts";

for (const [file, cases] of goCases()) {
  Deno.test(`functions as Go has them: ${file}`, async (t) => {
    for (const { template, ...wanted } of cases) {
      await t.step(template, () => {
        const found = answer(template);
        if (verdictOf(wanted, found) === "differs") assert.deepEqual(found, wanted);
      });
    }
  });
}

Deno.test("each function has enough cases, and all are as Go has them", () => {
  assert.equal(functionNames().sprig.length, 211);
  const bad = failing(functionRows()).filter(({ name }) => !NOT_YET.includes(name));
  assert.deepEqual(bad, []);
});

Deno.test("fromToml refuses a time that it could only read in part, and nothing else", () => {
  assert.match(answer('{{ fromToml "d = 1979-05-27T00:32:00.999999Z" }}').wantError!.message, /more than three digits/);
  assert.equal(answer(`{{ (fromToml "t = '00:32:00.999999'").t }}`).want, "00:32:00.999999");
});
