/** What is left of a template's line where its text may hold what a Secret says. */
import assert from "node:assert/strict";
import { actionsOf } from "../../src/reconcile/explain.ts";

for (
  const [context, want] of [
    [
      "password: hunter2 {{ .x }} end\n                     ^",
      "········· ······· {{ .x }} ···\n                     ^",
    ],
    ["{{ .a }}b{{ .c }}\n   ^", "{{ .a }}·{{ .c }}\n   ^"],
    ["no action\n^", "·· ······\n^"],
    ["…hunter2 }} {{ .x }}…\n ^", "…······· ·· {{ .x }}…\n ^"],
    ["{{ .x }} {{ unclosed hunter2\n         ^", "{{ .x }} ·· ········ ·······\n         ^"],
    ["\ttab {{ .x }}\n\t    ^", "\t··· {{ .x }}\n\t    ^"],
    ["ü€😀 {{ .x }}\n    ^", "··· {{ .x }}\n    ^"],
    ["one line", "··· ····"],
    ["", ""],
  ] as const
) {
  Deno.test(`the actions of ${JSON.stringify(context)}`, () => assert.equal(actionsOf(context), want));
}
