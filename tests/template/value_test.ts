/** Values from JSON and back: the expected JSON was written by Go 1.26's encoding/json. */
import assert from "node:assert/strict";
import { canonicalJson, Float64, type Json, type JsonObject } from "../../src/json/json.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../src/template/budget.ts";
import { templateData } from "../../src/template/data.ts";
import {
  anyMap,
  GoComplex,
  GoInt,
  goInt,
  goInt64,
  GoList,
  GoMap,
  GoStruct,
  isTrue,
  jsonFromValue,
  kindOf,
  NIL_MAP,
  STRING_LIST,
  typeOf,
  type Value,
  valueFromJson,
} from "../../src/template/value.ts";

const written: { name: string; value: Value; want: string }[] = [
  { name: "3.0", value: 3, want: "3" },
  { name: "1e6", value: 1e6, want: "1000000" },
  { name: "1e20", value: 1e20, want: "100000000000000000000" },
  { name: "123456789012345680000", value: 123456789012345680000, want: "123456789012345680000" },
  { name: "1e21", value: 1e21, want: "1e+21" },
  { name: "2.5", value: 2.5, want: "2.5" },
  { name: "1e-7", value: 1e-7, want: "1e-7" },
  { name: "1e-6", value: 1e-6, want: "0.000001" },
  { name: "2^53", value: 2 ** 53, want: "9007199254740992" },
  { name: "2^63", value: 2 ** 63, want: "9223372036854776000" },
  { name: "2^64", value: 2 ** 64, want: "18446744073709552000" },
  { name: "the smallest float", value: 5e-324, want: "5e-324" },
  { name: "the largest float", value: Number.MAX_VALUE, want: "1.7976931348623157e+308" },
  { name: "int64 beyond 2^53", value: goInt64(9007199254740993n), want: "9007199254740993" },
  { name: "uint8", value: new GoInt("uint8", 7n), want: "7" },
  { name: "stray bytes", value: "\udcffü\udcc3", want: '"\ufffdü\ufffd"' },
  {
    name: "[]byte",
    value: new GoList([0x68n, 0x69n].map((byte) => new GoInt("uint8", byte)), "[]uint8"),
    want: '"aGk="',
  },
  { name: "the nil map", value: NIL_MAP, want: "null" },
  { name: "a nil slice", value: new GoList([], STRING_LIST, true), want: "null" },
  { name: "nil", value: null, want: "null" },
  {
    name: "nested",
    value: anyMap([["b", new GoList([true, null])], ["a", anyMap([])]]),
    want: '{"a":{},"b":[true,null]}',
  },
];

for (const { name, value, want } of written) {
  Deno.test(`JSON of ${name}`, () => assert.equal(canonicalJson(jsonFromValue(value)), want));
}

const refused: { value: Value; want: string }[] = [
  { value: NaN, want: "json: unsupported value: NaN" },
  { value: -Infinity, want: "json: unsupported value: -Inf" },
  { value: new GoComplex(0, 3), want: "json: unsupported type: complex128" },
];

for (const { value, want } of refused) {
  Deno.test(`no JSON: ${want}`, () =>
    assert.throws(() => jsonFromValue(value), { name: "FunctionError", message: want }));
}

Deno.test("a cycle is an error, and a small value that is large as JSON ends at the limit", () => {
  const map = new GoMap();
  map.set("self", map);
  assert.throws(() => jsonFromValue(map), /encountered a cycle via map\[string\]interface \{\}/);
  let value: Value = "x";
  for (let i = 0; i < 40; i++) value = new GoList([value, value]);
  assert.throws(() => jsonFromValue(value, new Budget(DEFAULT_LIMITS)), LimitError);
});

const read: { name: string; json: Json; float64: string; int64: string }[] = [
  { name: "an integer", json: 3, float64: "float64", int64: "int64" },
  { name: "a fraction", json: 2.5, float64: "float64", int64: "float64" },
  { name: "3.0", json: new Float64(3), float64: "float64", int64: "float64" },
  { name: "beyond 2^53", json: 9007199254740993n, float64: "float64", int64: "int64" },
  { name: "a text", json: "x", float64: "string", int64: "string" },
  { name: "true", json: true, float64: "bool", int64: "bool" },
  { name: "null", json: null, float64: "<nil>", int64: "<nil>" },
  { name: "a list", json: [1], float64: "[]interface {}", int64: "[]interface {}" },
  { name: "an object", json: {}, float64: "map[string]interface {}", int64: "map[string]interface {}" },
];

for (const { name, json, float64, int64 } of read) {
  Deno.test(`the type of ${name} read from JSON`, () => {
    assert.equal(typeOf(valueFromJson(json, "float64")), float64);
    assert.equal(typeOf(valueFromJson(json, "int64")), int64);
  });
}

Deno.test("numbers keep their form at any depth", () => {
  const json: JsonObject = { a: [{ n: 7 }] };
  const numberIn = (map: GoMap) => ((map.get("a") as GoList).items[0] as GoMap).get("n");
  assert.equal(numberIn(valueFromJson(json, "float64")), 7);
  assert.deepEqual(numberIn(valueFromJson(json, "int64")), goInt64(7));
});

Deno.test("what was read once is the same value again, and changes stay", () => {
  const map = valueFromJson({ a: { b: 1 } }, "float64");
  (map.get("a") as GoMap).set("b", 2);
  assert.equal((map.get("a") as GoMap).get("b"), 2);
  assert.equal(map.get("a"), map.get("a"));
});

Deno.test("the nil map can't be written", () => {
  assert.throws(() => NIL_MAP.set("a", 1), { name: "FunctionError", message: "assignment to entry in nil map" });
  assert.equal(NIL_MAP.size, 0);
});

Deno.test("text of JSON that isn't Unicode becomes U+FFFD, as Go's decoder does", () => {
  assert.equal(valueFromJson("a\ud800b\udc80", "float64"), "a\ufffdb\ufffd");
  assert.deepEqual([...valueFromJson({ "\udc80": 1 }, "float64").keys()], ["\ufffd"]);
});

Deno.test("keys sort by byte", () => {
  const map = anyMap([["\u{1F600}", 1], ["\uffff", 2], ["b", 3], ["B", 4]]);
  assert.deepEqual(map.sortedKeys(), ["B", "b", "\uffff", "\u{1F600}"]);
});

Deno.test("integers wrap around at the width of their kind", () => {
  assert.equal(new GoInt("uint8", 256n).value, 0n);
  assert.equal(new GoInt("int8", 128n).value, -128n);
  assert.equal(goInt(2n ** 63n).value, -(2n ** 63n));
  assert.equal(goInt(-1).value, -1n);
  assert.equal(goInt(255).value, 255n);
});

const truths: { name: string; value: Value; want: boolean; kind: string }[] = [
  { name: "nil", value: null, want: false, kind: "invalid" },
  { name: "no value", value: undefined, want: false, kind: "invalid" },
  { name: "0.0", value: 0, want: false, kind: "float64" },
  { name: "NaN", value: NaN, want: true, kind: "float64" },
  { name: "0", value: goInt(0), want: false, kind: "int" },
  { name: "-1", value: goInt(-1), want: true, kind: "int" },
  { name: "0i", value: new GoComplex(0, 0), want: false, kind: "complex128" },
  { name: "a text", value: "0", want: true, kind: "string" },
  { name: "no text", value: "", want: false, kind: "string" },
  { name: "an empty list", value: new GoList([]), want: false, kind: "slice" },
  { name: "a list", value: new GoList([null]), want: true, kind: "slice" },
  { name: "the nil map", value: NIL_MAP, want: false, kind: "map" },
  { name: "a struct", value: templateData({}).pointee(), want: true, kind: "struct" },
  { name: "a pointer", value: templateData({}), want: true, kind: "ptr" },
];

for (const { name, value, want, kind } of truths) {
  Deno.test(`truth and kind of ${name}`, () => {
    assert.equal(isTrue(value), want);
    assert.equal(kindOf(value), kind);
  });
}

Deno.test("JSON of an ObjectReference has lower-case keys and leaves out what is empty", () => {
  const data = templateData({ MatchingResource: { kind: "Service", name: "web", apiVersion: "v1" } });
  const reference = data.field("MatchingResource") as GoStruct;
  assert.equal(canonicalJson(jsonFromValue(reference)), '{"apiVersion":"v1","kind":"Service","name":"web"}');
});
