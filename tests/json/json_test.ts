/** JSON values with Go's two kinds of number, and how Go prints floats. Answers of Go 1.26 (`fmt.Println`, encoding/json). */
import assert from "node:assert/strict";
import {
  canonicalJson,
  cloneJson,
  compareBytes,
  equalJson,
  Float64,
  JsonDepthError,
  MAX_JSON_DEPTH,
  parseJson,
  stringifyJson,
} from "../../src/json/json.ts";
import { formatFloat } from "../../src/json/number.ts";

const FLOATS: readonly (readonly [number, string])[] = [
  ...[[1e5, "100000"], [1e6, "1e+06"], [123456, "123456"], [1234567, "1.234567e+06"], [
    1234567.5,
    "1.2345675e+06",
  ]] as const,
  ...[[1e20, "1e+20"], [1e21, "1e+21"], [1e-4, "0.0001"], [1e-5, "1e-05"], [21000000, "2.1e+07"]] as const,
  ...[[12345678901234567890, "1.2345678901234567e+19"], [0.00012345, "0.00012345"], [2.5, "2.5"], [
    -0.5,
    "-0.5",
  ]] as const,
  ...[[0, "0"], [-0, "-0"], [Infinity, "+Inf"], [-Infinity, "-Inf"], [NaN, "NaN"]] as const,
];

for (const [value, want] of FLOATS) {
  Deno.test(`float64 ${want}`, () => assert.equal(formatFloat(value), want));
}

Deno.test("integers and floats are told apart", () => {
  const value = parseJson(
    '{"i":3,"f":3.0,"e":1e2,"big":9007199254740993,"max":9223372036854775807,"over":9223372036854775808}',
  );
  assert.deepEqual(value, {
    i: 3,
    f: new Float64(3),
    e: new Float64(100),
    big: 9007199254740993n,
    max: 9223372036854775807n,
    over: new Float64(9223372036854775808),
  });
  assert.equal(stringifyJson(value).includes("9007199254740993"), true);
});

Deno.test("so many levels are read, more are refused by name, and brackets in strings are none", () => {
  const nested = (levels: number, leaf: string) => `${'{"a":['.repeat(levels / 2)}${leaf}${"]}".repeat(levels / 2)}`;
  for (const leaf of ["1", "1.5", '"[[["', String.raw`"\\"`, String.raw`"\"[[["`]) {
    for (const walk of [canonicalJson, stringifyJson, cloneJson]) walk(parseJson(nested(MAX_JSON_DEPTH, leaf)));
    for (const levels of [MAX_JSON_DEPTH + 2, 20_000, 200_000]) {
      assert.throws(() => parseJson(nested(levels, leaf)), JsonDepthError, `${levels} ${leaf}`);
    }
  }
  const strings = JSON.stringify({ a: "[".repeat(5_000), b: `\\"${"{".repeat(5_000)}`, c: "\\" });
  assert.equal(stringifyJson(parseJson(strings)), strings);
  assert.equal((parseJson(`[${"[],".repeat(5_000)}[]]`) as unknown[]).length, 5_001);
  assert.throws(() => parseJson(`"${"[".repeat(5_000)}`), (error) => !(error instanceof JsonDepthError));
});

Deno.test("texts that look like numbers stay texts", () => {
  assert.deepEqual(parseJson('{"a":"1.0","b":"12345678901234567890"}'), { a: "1.0", b: "12345678901234567890" });
});

Deno.test("__proto__ is an ordinary key, through copying and printing", () => {
  const value = cloneJson(parseJson('{"__proto__":{"a":1.5},"b":2}'));
  assert.equal(canonicalJson(value), '{"__proto__":{"a":1.5},"b":2}');
  assert.equal(({} as Record<string, unknown>).a, undefined);
});

Deno.test("strings are ordered by their UTF-8 bytes", () => {
  // In UTF-16 the emoji would come first.
  assert.deepEqual(["\uFFFD", "😀", "z", "a-b/x", "a/x"].sort(compareBytes), ["a-b/x", "a/x", "z", "\uFFFD", "😀"]);
});

Deno.test("equality is by value", () => {
  assert.ok(equalJson(parseJson('{"a":1,"b":[2.0]}'), parseJson('{"b":[2],"a":1.0}')));
  assert.ok(!equalJson(parseJson('{"a":1}'), parseJson('{"a":1,"b":null}')));
  assert.ok(!equalJson(parseJson("[1]"), parseJson('{"0":1}')));
});
