/** Rules that read texts of an object take the time of the text's length alone, or end at the limit of steps. */
import { CelError, compileExpression } from "../../src/cel/mod.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../support/hang_guard.ts";

const CONVERSIONS = ["double", "int", "uint", "timestamp", "duration", "bool", "bytes"];

for (const name of CONVERSIONS) {
  const run = compileExpression(`${name}(resource)`);
  Deno.test(`${name}() ends soon, whatever text it is given`, () => {
    for (const { name: text, make } of HOSTILE_TEXTS) assertEndsSoon(text, make, run);
  });
}

const RULES = [
  "resource.contains(resource + 'a')",
  "resource.matches('(a*)*b|^[0-9]+(_[0-9]+)*$')",
  "timestamp('2020-01-01T00:00:00Z').getHours(resource)",
  "resource < resource + 'a'",
];

for (const rule of RULES) {
  const run = compileExpression(rule);
  Deno.test(`a rule ends soon, whatever text it is given: ${rule}`, () => {
    for (const { name: text, make } of HOSTILE_TEXTS.slice(0, 20)) {
      assertEndsSoon(text, make, (value) => {
        try {
          run(value);
        } catch (error) {
          if (!(error instanceof CelError)) throw error;
        }
      });
    }
  });
}

Deno.test("reading a rule ends soon, whatever stands in it", () => {
  for (const { name, make } of HOSTILE_TEXTS) {
    assertEndsSoon(name, make, (text) => {
      for (const rule of [text, `"${text}"`, `[${text}]`]) {
        try {
          compileExpression(rule);
        } catch (error) {
          if (!(error instanceof CelError)) throw error;
        }
      }
    });
  }
});
