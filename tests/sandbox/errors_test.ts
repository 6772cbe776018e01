/** What a person reads of a script that fails: the script's name, their own line, the variable, and how it came there. */
import assert from "node:assert/strict";
import { createLuaSandbox, LuaError } from "../../src/sandbox/mod.ts";

const sandbox = createLuaSandbox({ milliseconds: 2_000 });

function failure(text: string): LuaError {
  try {
    sandbox.evaluate({ text, name: "EventSource push-model aggregatedSelection" }, { global: "resources", value: [] });
  } catch (error) {
    assert.ok(error instanceof LuaError, String(error));
    return error;
  }
  assert.fail("the script did not fail");
}

const ROWS: readonly { name: string; text: string; message: string }[] = [
  {
    name: "a field of nil, by the field's name",
    text: "function evaluate()\n  local object = {}\n  return object.metadata.name\nend",
    message: "3: attempt to index a nil value (field 'metadata')",
  },
  {
    name: "a field of a nil local",
    text: "function evaluate()\n  local object\n  return object.name\nend",
    message: "3: attempt to index a nil value (local 'object')",
  },
  {
    name: "a field of a nil global",
    text: "function evaluate()\n  return cluster.name\nend",
    message: "2: attempt to index a nil value (global 'cluster')",
  },
  {
    name: "an assignment into nil",
    text: "function evaluate()\n  local t = {}\n  t.spec.a = 1\nend",
    message: "3: attempt to index a nil value (field 'spec')",
  },
  {
    name: "two candidates in a line leave it open",
    text: "function evaluate() local a, b = {}, {} return (a.x.name or 1) + b.y.name end",
    message: "1: attempt to index a nil value (for its key 'name')",
  },
  {
    name: "a call of nothing",
    text: "function evaluate()\n  nothing()\nend",
    message: "2: attempt to call a value that is no function (global 'nothing')",
  },
  {
    name: "a method that is not there",
    text: "function evaluate()\n  local s = 'x'\n  return s:shout()\nend",
    message: "3: attempt to call a value that is no function (method 'shout')",
  },
  {
    name: "arithmetic on nil",
    text: "function evaluate()\n  local t = {}\n  return {x = 1 + t.n}\nend",
    message: "3: cannot perform add operation between number and nil",
  },
  {
    name: "a concatenation with nil over several lines",
    text: "function evaluate()\n  local t = {}\n  return 'a'\n    .. t.b\nend",
    message: "3: cannot perform concat operation between string and nil",
  },
  {
    name: "a library function in a return",
    text: "function evaluate()\n  return string.rep()\nend",
    message: "2: bad argument #1 to rep (string expected, got nil)",
  },
  { name: "error with a text", text: "function evaluate()\n\n  error('no cluster')\nend", message: "3: no cluster" },
  {
    name: "error one level up",
    text: "local function check()\n  error('bad', 3)\nend\nfunction evaluate()\n  check()\nend",
    message: "5: bad",
  },
  { name: "a syntax error", text: "function evaluate()\n  local x = = 5\nend", message: "2: syntax error near '='" },
  {
    name: "the end of the text",
    text: "function evaluate()\n  if x then",
    message: " syntax error at the end of the text",
  },
  {
    name: "syntax of later Luas",
    text: "function evaluate()\n  return 7 // 2\nend",
    message: "2: syntax error near '/'",
  },
  {
    name: "a label that is not there",
    text: "function evaluate()\n  goto done\nend",
    message: "2: no visible label 'done' for <goto> at line 2",
  },
  {
    name: "an error within a coroutine",
    text: "function evaluate()\n  coroutine.wrap(function()\n    local t\n    return t.x\n  end)()\nend",
    message: "4: attempt to index a nil value (local 't')",
  },
  {
    name: "an error of loaded code",
    text: "function evaluate()\n  loadstring('error(\"inner\")', 'inner')()\nend",
    message: " inner:1: inner",
  },
  {
    name: "an error within a module's callback",
    text:
      "local s = require('strings')\nfunction evaluate()\n  return s.Map(function(c)\n    return c.x\n  end, 'a')\nend",
    message: "4: attempt to index a number value (local 'c')",
  },
];

for (const { name, text, message } of ROWS) {
  Deno.test(`errors: ${name}`, () => {
    assert.equal(failure(text).message, `EventSource push-model aggregatedSelection:${message}`);
  });
}

Deno.test("errors: the traceback names the user's lines and functions, and nothing of the host", () => {
  const text =
    "local function inner(o)\n  return o.metadata.name\nend\nlocal function outer()\n  local n = inner({})\n  return n\nend\n" +
    "function evaluate()\n  local all = outer()\n  return all\nend";
  const { traceback } = failure(text);
  assert.equal(traceback, "line 2: in function 'inner'\nline 5: in function 'outer'\nline 9: in the script");
});

Deno.test("errors: what the script catches has gopher-lua's words and its own name for the chunk", () => {
  const text = "function evaluate() local ok, e = pcall(function() return nil + 1 end) return {message = e} end";
  const { value } = sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] });
  assert.deepEqual(value, { message: "<string>:1: cannot perform add operation between nil and number" });
});

Deno.test("errors: the sandbox serves on after a failure, with nothing of it left", () => {
  failure("leaked = 5 function evaluate() string.upper = nil error('x') end");
  const text = "function evaluate() return {leaked = leaked, upper = ('a'):upper()} end";
  assert.deepEqual(sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] }).value, { upper: "A" });
});
