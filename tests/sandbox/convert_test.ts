/** What becomes of values on their way into Lua and back: the tables of Sveltos's behaviour (semantics §3.2 and §3.3). */
import assert from "node:assert/strict";
import { equalJson, Float64, type Json, parseJson, stringifyJson } from "../../src/json/json.ts";
import { createLuaSandbox, LuaError } from "../../src/sandbox/mod.ts";

const sandbox = createLuaSandbox();

function run(body: string, value: Json = null): Json {
  const text = `function evaluate(value)\n${body}\nend`;
  return sandbox.evaluate({ text, name: "test" }, { global: "obj", value }).value;
}

/** In and straight out again. */
const THERE_AND_BACK: readonly { name: string; json: string; want: string }[] = [
  {
    name: "texts, booleans and numbers of a map",
    json: '{"s":"x","b":true,"i":3,"f":2.5}',
    want: '{"s":"x","b":true,"i":3,"f":2.5}',
  },
  { name: "an empty map", json: '{"m":{}}', want: '{"m":{}}' },
  { name: "an empty list becomes a map", json: '{"l":[]}', want: '{"l":{}}' },
  { name: "a null in a map is no key", json: '{"n":null,"a":1}', want: '{"a":1}' },
  { name: "integers vanish from lists", json: '{"l":[1,2,3]}', want: '{"l":{}}' },
  { name: "floats stay, integers beside them go", json: '{"l":[1.5,2]}', want: '{"l":[1.5]}' },
  { name: "a whole float is a float", json: '{"l":[1.0,2]}', want: '{"l":[1]}' },
  { name: "lists in lists vanish", json: '{"l":[["a"],"b"]}', want: '{"l":["b"]}' },
  { name: "nulls vanish from lists and leave no hole", json: '{"l":["a",null,"b"]}', want: '{"l":["a","b"]}' },
  { name: "maps in lists stay", json: '{"l":[{"a":1},{"b":[1]}]}', want: '{"l":[{"a":1},{"b":{}}]}' },
  { name: "texts of many bytes", json: '{"s":"ä€😀\\u0000x"}', want: '{"s":"ä€😀\\u0000x"}' },
  {
    name: "an integer beyond 2^53 loses its last digit",
    json: '{"i":9007199254740993}',
    want: '{"i":9007199254740992}',
  },
  { name: "a very large float", json: '{"f":1e+21}', want: '{"f":1e+21}' },
];

for (const { name, json, want } of THERE_AND_BACK) {
  Deno.test(`there and back: ${name}`, () => {
    const result = run("return {v = value}", parseJson(json)) as Record<string, Json>;
    assert.ok(equalJson(result.v, parseJson(want)), `${stringifyJson(result.v!)} is not ${want}`);
  });
}

/** What a script returns, as JSON. */
const RETURNED: readonly { name: string; lua: string; want: string }[] = [
  { name: "an empty table is a map", lua: "{}", want: "{}" },
  { name: "a list", lua: "{1, 'a', true}", want: '[1,"a",true]' },
  { name: "a mixed table loses its keys", lua: "{1, 2, x = 3}", want: "[1,2]" },
  { name: "a hole is null", lua: "{1, nil, 3}", want: "[1,null,3]" },
  {
    name: "one entry far out makes a list with nulls",
    lua: "(function() local t = {} t[5] = 1 return t end)()",
    want: "[null,null,null,null,1]",
  },
  { name: "zero is a key like any other", lua: "{[0] = 'a'}", want: '{"0":"a"}' },
  { name: "negative and fractional keys", lua: "{[-1] = 'a', [1.5] = 'b'}", want: '{"-1":"a","1.5":"b"}' },
  { name: "large negative keys print as Go prints floats", lua: "{[-1000000] = 'a'}", want: '{"-1e+06":"a"}' },
  { name: "a key beyond the array part", lua: "{[67108864] = 'a'}", want: '{"6.7108864e+07":"a"}' },
  { name: "boolean keys", lua: "{[true] = 'a', [false] = 'b'}", want: '{"true":"a","false":"b"}' },
  { name: "texts of digits stay keys", lua: "{['1'] = 'a', ['2'] = 'b'}", want: '{"1":"a","2":"b"}' },
  { name: "whole floats", lua: "{v = 10 / 2, w = 2 ^ 53}", want: '{"v":5,"w":9007199254740992}' },
  { name: "math.huge is the largest finite number", lua: "{v = math.huge}", want: '{"v":1.7976931348623157e308}' },
  { name: "bytes that are no UTF-8, one for one", lua: "{v = 'a\\255\\254b'}", want: '{"v":"a\\ufffd\\ufffdb"}' },
  { name: "a cut character", lua: "{v = '\\226\\130'}", want: '{"v":"\\ufffd\\ufffd"}' },
];

for (const { name, lua, want } of RETURNED) {
  Deno.test(`returned: ${name}`, () => {
    const result = run(`return {v = ${lua}}`) as Record<string, Json>;
    assert.ok(equalJson(result.v, parseJson(want)), `${stringifyJson(result.v!)} is not ${want}`);
  });
}

Deno.test("a float too large for an integer stays a float", () => {
  assert.deepEqual((run("return {v = 1e21}") as Record<string, Json>).v, new Float64(1e21));
});

const REFUSED: readonly { name: string; lua: string; error: RegExp }[] = [
  { name: "a function", lua: "{a = {print}}", error: /v\.a\[1\]: a function can't be returned/ },
  { name: "a coroutine", lua: "{a = coroutine.create(function() end)}", error: /v\.a: a thread can't be returned/ },
  { name: "NaN", lua: "{a = 0/0}", error: /v\.a: NaN can't be returned/ },
  { name: "infinity", lua: "{a = 1/0}", error: /v\.a: \+Inf can't be returned/ },
  {
    name: "a table that contains itself",
    lua: "(function() local t = {} t.t = t return t end)()",
    error: /nested deeper than 64/,
  },
];

for (const { name, lua, error } of REFUSED) {
  Deno.test(`refused on the way out: ${name}`, () => {
    assert.throws(
      () => run(`return {v = ${lua}}`),
      (thrown) => thrown instanceof LuaError && thrown.kind === "result" && error.test(thrown.message),
    );
  });
}

/** Numbers as texts: gopher-lua prints a whole number in full and any other with Go's shortest digits. */
const NUMBERS: readonly { lua: string; want: string }[] = [
  { lua: "10 / 2 .. ''", want: "5" },
  { lua: "3 .. ''", want: "3" },
  { lua: "-0 .. 'x'", want: "0x" },
  { lua: "tostring(1e15)", want: "1000000000000000" },
  { lua: "tostring(2 ^ 53)", want: "9007199254740992" },
  { lua: "tostring(1 / 3)", want: "0.3333333333333333" },
  { lua: "tostring(0.1 + 0.2)", want: "0.30000000000000004" },
  { lua: "tostring(1234567.5)", want: "1.2345675e+06" },
  { lua: "tostring(1e100)", want: "1e+100" },
  { lua: "tostring(0.00001)", want: "1e-05" },
  { lua: "tostring(1 / 0)", want: "+Inf" },
  { lua: "tostring(0 / 0)", want: "NaN" },
  { lua: "value.port .. '/' .. value.big", want: "8080/9007199254740992" },
];

for (const { lua, want } of NUMBERS) {
  Deno.test(`a number as text: ${lua}`, () => {
    const input = parseJson('{"port":8080,"big":9007199254740993}');
    assert.equal((run(`return {v = ${lua}}`, input) as Record<string, Json>).v, want);
  });
}

Deno.test("the argument and the global are one table, set after the chunk ran", () => {
  const text =
    "before = obj function evaluate(o) o.x = 1 return {same = o == obj, x = obj.x, before = before == nil} end";
  const { value } = sandbox.evaluate({ text, name: "test" }, { global: "obj", value: {} });
  assert.deepEqual(value, { same: true, x: 1, before: true });
});

Deno.test("a local evaluate is not found", () => {
  const run = () =>
    sandbox.evaluate({ text: "local function evaluate() end", name: "test" }, { global: "obj", value: {} });
  assert.throws(run, /there is no function evaluate\(\); it must be global/);
});

Deno.test("errors name the script and the user's own line", () => {
  const text = "function evaluate()\n  local x = {}\n  return x.a.b\nend";
  const run = () => sandbox.evaluate({ text, name: "EventSource e aggregatedSelection" }, { global: "obj", value: {} });
  assert.throws(run, { message: "EventSource e aggregatedSelection:3: attempt to index a nil value (field 'a')" });
});
