/** What scripts may return, and what Sveltos refuses (semantics §2.3, §3.4, §11.2.9). */
import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../src/json/json.ts";
import { LuaError } from "../../src/sandbox/mod.ts";
import { readAggregate, readEvaluate } from "../../src/sandbox/results.ts";

const OBJECT: JsonObject = { kind: "X" };

const AGGREGATES: readonly { name: string; value: Json; want: { resources: JsonObject[] | null; message: string } }[] =
  [
    { name: "nothing set", value: {}, want: { resources: null, message: "" } },
    { name: "a list", value: { resources: [OBJECT] }, want: { resources: [OBJECT], message: "" } },
    { name: "a message alone", value: { message: "none today" }, want: { resources: null, message: "none today" } },
    {
      name: "keys in any case",
      value: { Resources: [OBJECT], MESSAGE: "m" },
      want: { resources: [OBJECT], message: "m" },
    },
    {
      name: "the exact key wins",
      value: { RESOURCES: [], resources: [OBJECT] },
      want: { resources: [OBJECT], message: "" },
    },
    { name: "unknown keys are ignored", value: { other: 1 }, want: { resources: null, message: "" } },
    {
      name: "kind alone is enough",
      value: { resources: [{ kind: "X", metadata: "oops" }] },
      want: { resources: [{ kind: "X", metadata: "oops" }], message: "" },
    },
  ];

for (const { name, value, want } of AGGREGATES) {
  Deno.test(`aggregate: ${name}`, () => assert.deepEqual(readAggregate(value), want));
}

const BAD_AGGREGATES: readonly { name: string; value: Json; error: RegExp }[] = [
  { name: "a list at the top", value: [OBJECT], error: /must return a table with keys, found a list/ },
  { name: "an empty table", value: { resources: {} }, error: /empty table.*leave resources unset/ },
  { name: "a table with keys", value: { resources: { a: 1 } }, error: /found a table with keys/ },
  { name: "a text", value: { resources: "x" }, error: /must be a list, found a text/ },
  {
    name: "an element that is a text",
    value: { resources: [OBJECT, "x"] },
    error: /resources\[2\] must be an object, found a text/,
  },
  { name: "a hole", value: { resources: [OBJECT, null, OBJECT] }, error: /hole at 2/ },
  { name: "no kind", value: { resources: [{}] }, error: /resources\[1\]\.kind: required/ },
  { name: "an empty kind", value: { resources: [{ kind: "" }] }, error: /resources\[1\]\.kind: required/ },
  { name: "a message that is a number", value: { message: 5 }, error: /message must be a text, found a number/ },
];

for (const { name, value, error } of BAD_AGGREGATES) {
  Deno.test(`aggregate refuses: ${name}`, () => {
    assert.throws(() => readAggregate(value), (thrown) => thrown instanceof LuaError && error.test(thrown.message));
  });
}

Deno.test("evaluate: matching is false by default, keys in any case", () => {
  assert.deepEqual(readEvaluate({}), { matching: false, message: "" });
  assert.deepEqual(readEvaluate({ MATCHING: true, Message: "m" }), { matching: true, message: "m" });
  assert.throws(() => readEvaluate({ matching: "yes" }), /matching must be true or false, found a text/);
});
