/** Scripts that mean harm, for tests and for the benchmark. */

/** Scripts that would never end, or take all memory: bodies of `evaluate`. Each is stopped by a limit. */
export const HOSTILE: readonly { name: string; body: string }[] = [
  { name: "endless loop", body: "while true do end" },
  { name: "endless goto", body: "::again:: goto again" },
  { name: "endless repeat", body: "repeat until false" },
  { name: "endless for", body: "for i = 1, math.huge do end" },
  { name: "loop in pcall, again and again", body: "while true do pcall(function() while true do end end) end" },
  { name: "loop in an xpcall handler", body: "xpcall(function() error('x') end, function() while true do end end)" },
  { name: "pcall swallowing errors", body: "while true do pcall(error, 'x') end" },
  { name: "loop in a coroutine", body: "coroutine.wrap(function() while true do end end)()" },
  {
    name: "endless yields",
    body: "local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
  },
  {
    name: "endless coroutines",
    body: "local all = {} while true do all[#all + 1] = coroutine.create(function() end) end",
  },
  {
    name: "__index loop",
    body: "local t = setmetatable({}, {__index = function() while true do end end}) return {x = t.y}",
  },
  {
    name: "__eq loop",
    body: "local m = {__eq = function() while true do end end} return {x = setmetatable({}, m) == setmetatable({}, m)}",
  },
  {
    name: "__concat loop",
    body: "local t = setmetatable({}, {__concat = function() while true do end end}) return {x = t .. 'x'}",
  },
  { name: "pattern bomb in match", body: "return {x = (('a'):rep(30)):match(('a-'):rep(20) .. 'b')}" },
  { name: "pattern bomb in find", body: "return {x = (('x'):rep(4000)):find('.-.-.-.-b$')}" },
  { name: "pattern bomb in gsub", body: "return {x = (('a'):rep(30)):gsub(('a*'):rep(20) .. 'b', '')}" },
  {
    name: "endless sort",
    body:
      "local t = {} for i = 1, 200000 do t[i] = i % 7 end while true do table.sort(t, function(a, b) return a < b end) end",
  },
  {
    name: "concat of many",
    body: "local t = {} for i = 1, 2500 do t[i] = 'x' end while true do table.concat(t) end",
  },
  { name: "string doubling", body: "local s = 'x' while true do s = s .. s end" },
  { name: "string.rep in a loop", body: "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end" },
  { name: "endless table", body: "local t = {} for i = 1, 1e9 do t[i] = i end" },
  { name: "tables in tables", body: "local t = {} while true do t = {t} end" },
  { name: "many closures", body: "local t = {} while true do t[#t + 1] = function() return t end end" },
  { name: "gsub with a function that loops", body: "return {x = ('a'):gsub('a', function() while true do end end)}" },
  { name: "load in a loop", body: "while true do loadstring('return 1')() end" },
  {
    name: "tostring that loops",
    body: "return {x = tostring(setmetatable({}, {__tostring = function() while true do end end}))}",
  },
  { name: "format of huge width", body: "while true do local s = string.format('%99d', 1) end" },
  { name: "unpack of many", body: "local t = {} for i = 1, 1e7 do t[i] = i end return {x = select('#', unpack(t))}" },
  {
    name: "pattern bomb of the host's matcher",
    body: "return {x = (('a'):rep(40)):match('(' .. ('a*'):rep(25) .. ')%1b')}",
  },
  { name: "balanced pairs again and again", body: "local s = ('('):rep(200000) while true do s:find('%b()x') end" },
  {
    name: "an index that makes tables",
    body:
      "local m = {} m.__index = function() return setmetatable({}, m) end local t = setmetatable({}, m) while true do t = t.x end",
  },
  {
    name: "length of a table with holes",
    body: "local t = {} t[60000000] = 1 t[60000000] = nil while true do local n = #t end",
  },
  { name: "pairs over holes", body: "local t = {} t[60000000] = 1 while true do for k in pairs(t) do end end" },
  { name: "new keys without end", body: "local t = {} local i = 0 while true do i = i + 1 t['k' .. i] = i end" },
  {
    name: "json of a large table again and again",
    body:
      "local json = require('json') local t = {} for i = 1, 1000 do t[i] = {a = i} end while true do json.encode(t) end",
  },
  { name: "errors caught for ever", body: "local function f() error({}) end while true do pcall(f) end" },
  { name: "environments without end", body: "while true do setfenv(function() return x end, {}) end" },
  {
    name: "sort by an order that lies",
    body: "local t = {} for i = 1, 5000 do t[i] = i end while true do table.sort(t, function() return true end) end",
  },
  {
    name: "concat by metamethods",
    body:
      "local m = {} m.__concat = function(a, b) return setmetatable({}, m) end local t = setmetatable({}, m) while true do t = t .. 'x' end",
  },
];

/** Scripts, whole, that are large or deep: each ends by itself, with a result or an error. */
export const BOMBS: readonly { name: string; text: string }[] = [
  { name: "nested tables", text: `x = ${"{".repeat(50_000)}${"}".repeat(50_000)}` },
  { name: "nested functions", text: `${"function f() ".repeat(10_000)}${"end ".repeat(10_000)}` },
  { name: "nested calls", text: `x = ${"f(".repeat(50_000)}${")".repeat(50_000)}` },
  { name: "a chain of fields", text: `x = a${".a".repeat(100_000)}` },
  { name: "a chain of additions", text: `x = 1${"+1".repeat(60_000)}` },
  { name: "a chain of concatenations", text: `x = "a"${'.."a"'.repeat(40_000)}` },
  { name: "a chain of comparisons", text: `x = 1${"==1".repeat(50_000)}` },
  { name: "minus signs", text: `x = ${"- ".repeat(100_000)}1` },
  { name: "many statements", text: "x = 1 ".repeat(40_000) },
  { name: "many locals", text: "local a ".repeat(30_000) },
  { name: "many labels", text: Array.from({ length: 10_000 }, (_, i) => `::l${i}::`).join(" ") },
  { name: "many gotos", text: `${"goto done ".repeat(20_000)} ::done::` },
  {
    name: "many names of functions",
    text: Array.from({ length: 5_000 }, (_, i) => `function f${i}() f${i + 1}() end`).join(" "),
  },
  { name: "elseif without end", text: `if x then ${"elseif x then ".repeat(15_000)} end` },
  { name: "a long comment that does not close", text: `--[${"=".repeat(100_000)}[` },
  { name: "brackets of a long string", text: `x = [[${"]".repeat(200_000)}` },
  { name: "a number of many digits", text: `x = ${"9".repeat(200_000)}` },
  { name: "a table of many keys", text: `x = {${Array.from({ length: 20_000 }, (_, i) => `k${i}=1`).join(",")}}` },
  {
    name: "a table of computed keys",
    text: `x = {${Array.from({ length: 15_000 }, (_, i) => `[f(${i})]=1`).join(",")}}`,
  },
  { name: "targets of one assignment", text: `${Array.from({ length: 5_000 }, (_, i) => `t[${i}]`).join(",")} = 1` },
];
