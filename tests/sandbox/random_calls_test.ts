/** Every function that a script has, called with whatever may come: what a script does to them is the script's, never a fault. */
import assert from "node:assert/strict";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";

/** Calls functions of all libraries at random, protected, and operators between the same values. */
const TEXT = String.raw`
local seed = SEED
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return math.floor(seed / 65536) % n + 1
end
local libraries = {
  string = string, table = table, math = math, os = os, coroutine = coroutine, debug = debug, package = package, base = _G,
  strings = require("strings"), runes = require("runes"), json = require("json"), sprig = require("sprig"),
}
-- Each of these takes a tenth of a second and more.
local slow = { genPrivateKey = true, bcrypt = true, htpasswd = true, derivePassword = true }
local functions, names = {}, {}
for library, t in pairs(libraries) do
  for name, f in pairs(t) do
    if type(f) == "function" and not slow[name] then
      functions[#functions + 1] = f
      names[#functions] = library .. "." .. name
    end
  end
end
local odd = setmetatable({}, {
  __index = function(_, key) return key end, __call = function() return 1 end, __tostring = function() return "T" end,
  __len = function() return 3 end, __concat = function() return "c" end, __lt = function() return 1 end,
})
local values = {
  true, false, 0, -1, 1, 3, 1.5, 1e308, 0 / 0, 1 / 0, -1 / 0, 2 ^ 53, -2 ^ 63, 2 ^ 63, 100000, "", "x", "%", "%%", "%5$d", "[", "(",
  "a b c", "\255\254", "é", "0x1p4", "1e400", "1_000", ("ab"):rep(3000), {}, { 1, 2, 3 }, { a = 1 }, { "x", "y" }, odd, { {} },
  { [1] = 1, [3] = 3 }, { [5] = "x" }, function(...) return ... end, function() error("E") end, function() return {} end,
  function() return "q" end, function() return true end, coroutine.create(function() coroutine.yield(1) end),
  newproxy(true), print, "2006-01-02", "http://a:b@c/d?e#f", '[1,{"a":null}]', "a: [1, {b: c}]\n", "^1.2 || >3", "5s",
}
-- What a call may have replaced.
local pcall, pairs, type, math = pcall, pairs, type, { floor = math.floor }
function evaluate()
  local called = 0
  for i = 1, 2000 do
    local f = functions[random(#functions)]
    local a, b, c, d = values[random(#values + 3)], values[random(#values + 3)], values[random(#values + 3)], values[random(#values + 3)]
    local count = random(5)
    if count == 1 then pcall(f)
    elseif count == 2 then pcall(f, a)
    elseif count == 3 then pcall(f, a, b)
    elseif count == 4 then pcall(f, a, b, c)
    else pcall(f, a, b, c, d) end
    pcall(function() return a .. b end)
    pcall(function() return a + b end)
    pcall(function() return a < b end)
    pcall(function() return a == b, a[b] end)
    pcall(function() a[b] = c end)
    pcall(function() return -a, #a end)
    pcall(function() for _ in pairs(a) do break end end)
    called = called + 1
  end
  return { called = called }
end`;

const sandbox = createLuaSandbox({ milliseconds: 20_000, bytes: 64 * 1024 * 1024 });

for (let seed = 1; seed <= 12; seed++) {
  Deno.test(`calls at random of seed ${seed} end with answers`, () => {
    const text = TEXT.replace("SEED", String(seed));
    const { value } = sandbox.evaluate({ text, name: "test" }, { global: "resources", value: [] });
    assert.deepEqual(value, { called: 2000 });
  });
}
