/** Writing: that it reads back, numbers of every kind, what Go's way through JSON refuses. */
import assert from "node:assert/strict";
import { canonicalJson, field, Float64, isJsonObject, type Json } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { writeYaml, writeYamlThroughJson, writeYamlV3 } from "../../src/yaml/write.ts";
import { casesOf } from "./conformance_cases.ts";

function hasMergeKey(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasMergeKey);
  return isJsonObject(value) && (Object.hasOwn(value, "<<") || Object.values(value).some(hasMergeKey));
}

Deno.test("what is written reads back", () => {
  const cases = casesOf("yaml-write");
  assert.ok(cases.length > 600);
  for (const { input } of cases) {
    const value = field(input, "value")!;
    // go-yaml writes the key << plain and takes it for a merge when it reads.
    if (!hasMergeKey(value)) assert.equal(canonicalJson(readYaml(writeYaml(value))), canonicalJson(value), input.id);
  }
});

Deno.test("characters that Go's way through JSON refuses or folds are written so that they read back", () => {
  const text = "\u007f \u0080 a\u0085b \u009f \ufeff \ufffe \uffff";
  assert.equal(
    writeYaml({ text }),
    'text: "\\x7F \\x80 a\\Nb \\x9F \\uFEFF \\uFFFE \\uFFFF"\n',
  );
  assert.deepEqual(readYaml(writeYaml({ text })), { text });
});

const NUMBERS: readonly { name: string; value: Json; sigs: string; v3: string }[] = [
  { name: "an integer", value: 1000000, sigs: "1000000\n", v3: "1000000\n" },
  { name: "a whole float", value: new Float64(1000000), sigs: "1000000\n", v3: "1e+06\n" },
  { name: "a small float", value: new Float64(3), sigs: "3\n", v3: "3\n" },
  { name: "an integer beyond 2^53", value: 9007199254740993n, sigs: "9007199254740993\n", v3: "9007199254740993\n" },
  {
    name: "a float of 2^63",
    value: new Float64(2 ** 63),
    sigs: "9223372036854776000\n",
    v3: "9.223372036854776e+18\n",
  },
  { name: "a float beyond 64 bits", value: new Float64(1e20), sigs: "1e+20\n", v3: "1e+20\n" },
  { name: "minus zero", value: new Float64(-0), sigs: "0\n", v3: "-0\n" },
];
for (const { name, value, sigs, v3 } of NUMBERS) {
  Deno.test(`numbers: ${name}`, () => {
    assert.equal(writeYaml(value), sigs);
    assert.equal(writeYamlV3(value), v3);
  });
}

Deno.test("a key named __proto__ is a key", () => {
  const value = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
  assert.equal(writeYaml(value), "__proto__:\n  a: 1\nconstructor: 2\n");
});

Deno.test("the given object is not changed", () => {
  const value = { b: "\u0085", a: [1] };
  const before = JSON.stringify(value);
  writeYamlThroughJson(value);
  writeYamlV3(value);
  assert.equal(JSON.stringify(value), before);
});
