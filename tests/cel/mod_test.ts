/** Rules against the answers that cel-go gave for them in Sveltos's environment. */
import assert from "node:assert/strict";
import { CelError, compileExpression, compileRule } from "../../src/cel/mod.ts";
import { Failure } from "../../src/cel/evaluation.ts";
import { typeName } from "../../src/cel/value.ts";
import type { Json } from "../../src/json/json.ts";
import { formatValue, type GoCase, readCases } from "./support.ts";

/** What cel-go says and what we say, in one form. Where a rule is refused counts, the words don't. */
interface Answer {
  type?: string;
  want?: string;
  stage?: string;
  place?: string;
}

function wanted({ type, want, wantError }: GoCase): Answer {
  if (!wantError) return { type, want };
  // cel-go finds some impossible indexes between checking and evaluating; our check does it.
  if (wantError.stage === "program") return { stage: "check" };
  if (wantError.stage === "check") return { stage: "check", place: `${wantError.line}:${wantError.column}` };
  return { stage: wantError.stage };
}

function answer(rule: string, resource: Json, { wantError }: GoCase): Answer {
  try {
    const value = compileExpression(rule)(resource);
    if (value instanceof Failure) return { stage: "evaluate" };
    return { type: typeName(value), want: formatValue(value) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const { stage, line, column } = error;
    return stage === "check" && wantError?.stage === "check" ? { stage, place: `${line}:${column}` } : { stage };
  }
}

/** The outcome of a rule, which is all that selection sees. */
function outcome(rule: string, resource: Json): string {
  try {
    return String(compileRule(rule).evaluate(resource));
  } catch (error) {
    if (error instanceof CelError) return "error";
    throw error;
  }
}

for (const name of ["everyday", "conformance", "syntax"]) {
  const { cases, objectOf } = readCases(name);
  Deno.test(`${name}: ${cases.length} rules compute what cel-go computes`, () => {
    for (const row of cases) assert.deepEqual(answer(row.rule, objectOf(row), row), wanted(row), row.rule);
  });

  Deno.test(`${name}: rules hold, don't, or fail as in cel-go`, () => {
    for (const row of cases) {
      const want = row.type === "bool" ? row.want : "error";
      assert.equal(outcome(row.rule, objectOf(row)), want, row.rule);
    }
  });
}
