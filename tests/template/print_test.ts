/** `printf` against Go's answers, and what keeps printing bounded. */
import assert from "node:assert/strict";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../src/template/budget.ts";
import { FunctionError } from "../../src/template/function.ts";
import { parseTemplate } from "../../src/template/mod.ts";
import { replaceStrayBytes } from "../../src/template/bytes.ts";
import { sprint } from "../../src/template/print.ts";
import { sprintf } from "../../src/template/printf.ts";
import { goInt, GoList, GoMap, type Value } from "../../src/template/value.ts";
import { CASE_FUNCTIONS, caseData, readCases, WORLD } from "./support.ts";

for (const { name, template, want } of readCases("printf")) {
  Deno.test(`printf ${name}`, () => {
    const text = parseTemplate("oracle", template, CASE_FUNCTIONS).render(caseData(), { world: WORLD });
    assert.equal(replaceStrayBytes(text), want);
  });
}

const budget = () => new Budget(DEFAULT_LIMITS);

Deno.test("a map that contains itself is an error, not a crash", () => {
  const map = new GoMap();
  map.set("self", map);
  assert.throws(() => sprint([map], budget()), FunctionError);
});

Deno.test("a small value that prints large ends at the limit", () => {
  let value: Value = "0123456789";
  for (let i = 0; i < 40; i++) value = new GoList([value, value]);
  assert.throws(() => sprint([value], budget()), LimitError);
});

Deno.test("wide fields end at the limit", () => {
  const format = "%9000000d".repeat(4);
  assert.throws(() => sprintf(format, [goInt(1), goInt(2), goInt(3), goInt(4)], budget()), LimitError);
});

Deno.test("%p is refused: there are no addresses", () => {
  assert.throws(() => sprintf("%p", [new GoMap()], budget()), /%p is not supported/);
});
