/** Scripts that mean harm end within their limits, in process, and leave nothing behind. */
import assert from "node:assert/strict";
import type { Json } from "../../src/json/json.ts";
import { createLuaSandbox, LuaError, type LuaLimits } from "../../src/sandbox/mod.ts";
import { timeOf } from "../support/hang_guard.ts";
import { BOMBS, HOSTILE, HUGE } from "./hostile.ts";

const MILLISECONDS = 150;
const sandbox = createLuaSandbox({ milliseconds: MILLISECONDS, bytes: 64 * 1024 * 1024 });

function evaluate(body: string): unknown {
  const text = `function evaluate()\n${body}\nend`;
  return sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] }).value;
}

const LIMIT = /stopped after 0\.15 s of CPU|memory limit 64 MiB/;

for (const { name, body } of HOSTILE) {
  Deno.test(`a limit stops: ${name}`, () => {
    const took = timeOf(() =>
      assert.throws(
        () => evaluate(body),
        (error) => error instanceof LuaError && error.kind === "limit" && LIMIT.test(error.message),
      )
    );
    // Generous: it must end near its limit, not exactly there; a limit that doesn't hold never ends.
    assert.ok(took < 20 * MILLISECONDS);
    assert.deepEqual(evaluate("return {fine = true}"), { fine: true });
  });
}

const patient = createLuaSandbox({ milliseconds: 4_000, bytes: 64 * 1024 * 1024 });

for (const { name, body, end } of HUGE) {
  Deno.test(`something huge ends as it should: ${name}`, () => {
    const text = `function evaluate()\n${body}\nend`;
    let found: string;
    try {
      found = JSON.stringify(patient.evaluate({ text, name: "test" }, { global: "resources", value: [] }).value);
    } catch (error) {
      assert.ok(error instanceof LuaError, String((error as Error).stack));
      found = error.message;
    }
    assert.match(found, end);
    assert.deepEqual(evaluate("return {fine = true}"), { fine: true });
  });
}

Deno.test("scripts that take all memory, one after the other, take it once", () => {
  const body = "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(100000) .. i end";
  assert.throws(() => evaluate(body), LIMIT);
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 20; i++) assert.throws(() => evaluate(body), LIMIT);
  // Each takes 64 MiB, which is the same memory in all; the rest is what the collector lets lie.
  assert.ok(Deno.memoryUsage().rss - before < 64 * 1024 * 1024);
});

for (const { name, text } of BOMBS) {
  Deno.test(`a bomb for the parser ends with a result or an error: ${name}`, () => {
    const whole = `${text}\nfunction evaluate() return {} end`;
    try {
      sandbox.evaluate({ text: whole, name: "test" }, { global: "resources", value: [] });
    } catch (error) {
      assert.ok(error instanceof LuaError, String((error as Error).stack));
      assert.ok(error.message.length < 2000);
    }
    assert.deepEqual(evaluate("return {fine = true}"), { fine: true });
  });
}

/** What Lua itself refuses. */
const REFUSED: readonly { name: string; body: string; error: RegExp }[] = [
  {
    name: "endless recursion",
    body: "local function f() return f() + 1 end return f()",
    error: /stack overflow|memory limit/,
  },
  {
    name: "recursion through gsub",
    body: "local function f() return (('x'):gsub('x', f)) end return {x = f()}",
    error: /overflow|too deep/,
  },
  { name: "a string of 2 GiB", body: "return {x = ('x'):rep(2 ^ 31)}", error: /too large|memory/ },
  {
    name: "100,000 parentheses",
    body: `return {x = ${"(".repeat(100_000)}1${")".repeat(100_000)}}`,
    error: /overflow|too many|levels/,
  },
  {
    name: "a variable that would be closed",
    body: "local x <close> = setmetatable({}, {__close = function() while true do end end})",
    error: /syntax error near '<'/,
  },
  { name: "os.execute", body: "os.execute('ls')", error: /os\.execute is not available in this sandbox/ },
  { name: "os.exit", body: "os.exit(1)", error: /os\.exit is not available in this sandbox/ },
  { name: "io.open", body: "io.open('/etc/passwd')", error: /io\.open is not available in this sandbox/ },
  { name: "dofile", body: "dofile('/etc/passwd')", error: /dofile is not available in this sandbox/ },
  { name: "debug.sethook", body: "debug.sethook()", error: /no function \(field 'sethook'\)/ },
  { name: "debug.getregistry", body: "debug.getregistry()", error: /no function \(field 'getregistry'\)/ },
  {
    name: "debug.setupvalue",
    body: "debug.setupvalue(print, 1, 2)",
    error: /debug\.setupvalue is not available in this sandbox/,
  },
  { name: "require of a file", body: "require('socket')", error: /module socket not found/ },
  {
    name: "bytecode by loadstring",
    body: "local f, e = loadstring('\\27Lua') error(e)",
    error: /Invalid token/,
  },
  {
    name: "a function of the host by its name",
    body: "return {x = host.print('x')}",
    error: /nil value \(global 'host'\)/,
  },
  {
    name: "the runtime by its name",
    body: "return {x = __m_set({}, 'a', 1)}",
    error: /no function \(global '__m_set'\)/,
  },
  {
    name: "the runtime's inner functions by way of debug.getinfo",
    body: `require('strings').ContainsFunc('a', function()
        debug.getinfo(3).func(nil, print, true)
      end)`,
    error: /attempt to call a non-function object|attempt to call a value that is no function/,
  },
  {
    name: "a chunk that passes for the runtime",
    body: "local f = loadstring('return x', '(moonferry)') setfenv(f, {x = 'mine'}) error(f())",
    error: /mine/,
  },
  {
    name: "the runtime as environment of its functions",
    body: "return {x = getfenv(pairs) == _G and getfenv(0) == _G and setfenv(pairs, {})}",
    error: /cannot change the environment/,
  },
];

for (const { name, body, error } of REFUSED) {
  Deno.test(`refused: ${name}`, () => {
    assert.throws(() => evaluate(body), (thrown) => thrown instanceof LuaError && error.test(thrown.message));
    assert.deepEqual(evaluate("return {fine = true}"), { fine: true });
  });
}

Deno.test("a binary chunk is no script", () => {
  const run = () => sandbox.evaluate({ text: "\x1bLua", name: "test" }, { global: "resources", value: [] });
  assert.throws(run, /binary chunks are not allowed/);
});

Deno.test("a script that is too long is refused by the limit's name", () => {
  const run = () =>
    sandbox.evaluate({ text: "-".repeat(300 * 1024), name: "test" }, { global: "resources", value: [] });
  assert.throws(run, /more than 262144 \(limit --lua-script-size\)/);
});

Deno.test("finalisers never run, as in gopher-lua", () => {
  const body =
    "for i = 1, 1000 do setmetatable({}, {__gc = function() while true do end end}) end return {fine = true}";
  assert.deepEqual(evaluate(body), { fine: true });
});

/** Limits of what is given and returned, each by the name of its flag. */
const SIZES: readonly { name: string; limit: Partial<LuaLimits>; body: string; error: RegExp }[] = [
  {
    name: "resources in",
    limit: { resourcesIn: 1 },
    body: "return {}",
    error: /^test: 2 resources are selected, more than 1 \(limit --lua-resources-in\)$/,
  },
  {
    name: "resources out",
    limit: { resourcesOut: 1 },
    body: "return {resources = {{kind = 'A'}, {kind = 'B'}}}",
    error: /^test: 2 resources are returned, more than 1 \(limit --lua-resources-out\)$/,
  },
  {
    name: "size of one given",
    limit: { resourceBytes: 4 },
    body: "return {}",
    error: /^test: Secret n\/secret has more than 4 bytes \(limit --lua-resource-size\)$/,
  },
  {
    name: "size of one returned",
    limit: { resourceBytes: 40 },
    body: "return {resources = {{kind = ('x'):rep(50)}}}",
    error: /^test: returned resource 1 has more than 40 bytes \(limit --lua-resource-size\)$/,
  },
];

for (const { name, limit, body, error } of SIZES) {
  Deno.test(`a limit of sizes: ${name}`, () => {
    const value: Json = [{ kind: "Secret", metadata: { name: "secret", namespace: "n" } }, { kind: "B" }];
    const text = `function evaluate() ${body} end`;
    const run = () => createLuaSandbox(limit).evaluate({ text, name: "test" }, { global: "resources", value });
    assert.throws(run, (thrown) => thrown instanceof LuaError && thrown.kind === "limit" && error.test(thrown.message));
  });
}

Deno.test("what a script changes is gone with it", () => {
  evaluate("string.upper = nil print = nil _G.x = 1 getmetatable('').__index = {} return {}");
  assert.deepEqual(evaluate("return {u = ('a'):upper(), x = x == nil}"), { u: "A", x: true });
});

Deno.test("the host's value is never written to", () => {
  const value = [{ kind: "A", metadata: { name: "a" } }];
  const text = "function evaluate() resources[1].metadata.name = 'other' return {} end";
  sandbox.evaluate({ text, name: "test" }, { global: "resources", value });
  assert.deepEqual(value, [{ kind: "A", metadata: { name: "a" } }]);
});

Deno.test("keys of JavaScript's own are ordinary keys", () => {
  const value = JSON.parse('[{"__proto__": {"polluted": true}, "constructor": "c"}]');
  const text =
    "function evaluate(r) return {a = r[1].__proto__.polluted, b = r[1].constructor, __proto__ = {c = 1}} end";
  const result = sandbox.evaluate({ text, name: "test" }, { global: "resources", value }).value as Record<
    string,
    unknown
  >;
  assert.equal(result.a, true);
  assert.equal(result.b, "c");
  assert.deepEqual(Object.getOwnPropertyDescriptor(result, "__proto__")?.value, { c: 1 });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(({} as Record<string, unknown>).c, undefined);
});

Deno.test("print is kept up to its limit, and the rest is counted", () => {
  const text = "function evaluate() for i = 1, 2000 do print('line', i) end return {} end";
  const result = sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] });
  assert.equal(result.printed.length, 8 * 1024);
  assert.ok(result.printed.startsWith("line\t1\nline\t2\n"));
  assert.ok(result.printedDropped > 0);
});

Deno.test("metamethods of the globals are the script's own: they may answer, raise, or run for ever", () => {
  const run = (index: string) => {
    const text = `setmetatable(_G, {__index = ${index}, __newindex = ${index}})`;
    return sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] }).value;
  };
  assert.deepEqual(run("function() return function() return {fine = true} end end"), { fine: true });
  assert.throws(
    () => run("function() error('no') end"),
    (error) => error instanceof LuaError && /no/.test(error.message),
  );
  assert.throws(() => run("function() while true do end end"), LIMIT);
  const set = "function evaluate() return {} end setmetatable(_G, {__newindex = function() error('no') end})";
  assert.throws(
    () => sandbox.evaluate({ text: set, name: "test" }, { global: "resources", value: [] }),
    (error) => error instanceof LuaError && /no/.test(error.message),
  );
});

Deno.test("input that is larger than the memory is a limit, by its name", () => {
  const labels = (i: number) => Object.fromEntries([[`k${i}`, `${"v".repeat(1500)}${i}`]]);
  const value = Array.from(
    { length: 40_000 },
    (_, i) => ({ kind: "X", metadata: { name: `n${i}`, labels: labels(i) } }),
  );
  const run = () =>
    patient.evaluate({ text: "function evaluate() return {} end", name: "test" }, { global: "resources", value });
  assert.throws(run, (error) => error instanceof LuaError && error.kind === "limit" && LIMIT.test(error.message));
  assert.deepEqual(evaluate("return {fine = true}"), { fine: true });
});
