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
  { name: "formats of a huge precision", body: "while true do string.format('%.999999f', 1) end" },
  {
    name: "a format that shows one long text again and again",
    body: "local f, s = ('%[1].1q%[1].0d'):rep(50000), ('1'):rep(1000000) while true do string.format(f, s) end",
  },
  {
    name: "open indexes of a format",
    body: "local f = ('%['):rep(500000) while true do string.format(f) end",
  },
  {
    name: "gsub that multiplies",
    body: "while true do pcall(function() return ('a'):rep(1000000):gsub('a', ('b'):rep(1000)) end) end",
  },
  {
    name: "char of many",
    body: "local t = {} for i = 1, 5000 do t[i] = 65 end while true do string.char(unpack(t)) end",
  },
  { name: "inserts at the front", body: "local t = {} while true do table.insert(t, 1, 1) end" },
  {
    name: "concat over holes",
    body: "local t = {} t[60000000] = 1 t[60000000] = nil while true do pcall(table.concat, t) end",
  },
  {
    name: "long texts compared",
    body: "local a, b = ('a'):rep(5000000), ('a'):rep(5000000) .. 'b' while true do local x = a < b end",
  },
  { name: "long texts joined", body: "local s = ('x'):rep(5000000) while true do local t = s .. 'y' end" },
  {
    name: "long texts that are no numbers",
    body: "local s = '1' .. (' '):rep(500000) .. 'x' while true do tonumber(s) end",
  },
  {
    name: "arithmetic with long texts",
    body: "local s = ('1_'):rep(500000) while true do pcall(function() return s + 1 end) end",
  },
  { name: "long formats of dates", body: "local f = ('%Y'):rep(500000) while true do os.date(f) end" },
  {
    name: "parts of dates that are long texts",
    body: "local s = (' '):rep(1000000) .. 'x' while true do os.time({year = s, month = s, day = s}) end",
  },
  { name: "a long module's name", body: "while true do pcall(module, ('a.'):rep(100000)) end" },
  { name: "a name of a missing module", body: "while true do pcall(require, ('a.%'):rep(1000000)) end" },
  {
    name: "a regular expression that looks to the end for each match",
    body: "local s = require('sprig') while true do s.regexFindAll('a.*b|a', ('a'):rep(1000000), -1) end",
  },
  {
    name: "a regular expression of many states",
    body: "local s = require('sprig') while true do s.regexMatch(('.*'):rep(2000), ('a'):rep(1000000)) end",
  },
  {
    name: "versions in comparisons without end",
    body: "local s = require('sprig') while true do s.semverCompare(('>=1  '):rep(200) .. '~', '1.2.3') end",
  },
  {
    name: "documents of YAML",
    body: "local j = require('json') local s = ('- - a\\n'):rep(170000) while true do j.fromYAML(s) end",
  },
  {
    name: "lists that are decoded and kept",
    body:
      "local j, t, s = require('json'), {}, '[' .. ('[],'):rep(300000) .. '1]' while true do t[#t + 1] = j.decode(s) end",
  },
  {
    name: "a global that is looked up without end",
    body: "setmetatable(_G, {__index = function() while true do end end}) return {x = nothing}",
  },
  {
    name: "coroutines within coroutines",
    body: "local function f() coroutine.wrap(f)() end while true do pcall(f) end",
  },
  {
    name: "sorts within sorts",
    body:
      "local function f() local t = {1, 2} table.sort(t, function(a, b) f() return a < b end) end while true do pcall(f) end",
  },
  {
    name: "calls within protected calls",
    body: "local function f() pcall(f) pcall(f) end f()",
  },
  {
    name: "indexes within indexes",
    body:
      "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
  },
  {
    name: "code made of pieces",
    body: "while true do load(function() return 'x = 1 ' end) end",
  },
];

/** Bodies that ask for something huge once: what they end with, a result as JSON or an error's message. */
export const HUGE: readonly { name: string; body: string; end: RegExp }[] = [
  { name: "string.rep", body: "return {x = ('x'):rep(1e9)}", end: /memory limit 64 MiB \(limit --lua-memory\)/ },
  {
    name: "string.rep of string.rep",
    body: "return {x = ('x'):rep(1e7):rep(100)}",
    end: /memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a width of a format",
    body: "return {x = string.format('%9999999d', 1)}",
    end: /a function gives back 9999999 bytes: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "what a format repeats",
    body: "return {x = string.format(('%[1]s'):rep(100000), ('x'):rep(1000000))}",
    end: /:2: the result of string\.format is too long/,
  },
  {
    name: "string.format of a long text in hexadecimal digits",
    body: "return {x = #string.format('%x', ('x'):rep(1000000))}",
    end: /^\{"x":2000000\}$/,
  },
  {
    name: "a text for a function of the host",
    body: "return {x = ('é'):rep(5000000):upper()}",
    end: /a function is given 10000000 bytes, more than 1048576 bytes \(limit --lua-resource-size\)/,
  },
  {
    name: "texts for a function of the host together",
    body: "local s = ('x'):rep(1000000) return {x = string.format('%s%s%s%s%s', s, s, s, s, s)}",
    end: /a function is given \d+ bytes, more than 4194304 bytes in all \(limit --lua-resource-size\)/,
  },
  {
    name: "a list for a function of the host",
    body: "local t = {} for i = 1, 600000 do t[i] = '' end return {x = require('strings').Join(t, '')}",
    end: /a function is given \d+ bytes, more than 4194304 bytes in all \(limit --lua-resource-size\)/,
  },
  {
    name: "a list that a function of the host gives back",
    body: "return {x = #require('strings').Split(('a'):rep(1000000), '')}",
    end: /a function gives back 9000000 bytes: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "matches of a pattern that Lua's own matcher does not know",
    body: "return {x = ('a'):rep(1000000):gsub('', '')}",
    end: /pattern\/input too complex/,
  },
  {
    name: "unpack",
    body: "return {x = select('#', unpack({}, 1, 1e8))}",
    end: /registry overflow/,
  },
  { name: "string.byte", body: "return {x = select('#', ('a'):rep(1e6):byte(1, -1))}", end: /registry overflow/ },
  {
    name: "table.concat of many",
    body: "local t = {} for i = 1, 3000 do t[i] = 'x' end return {x = table.concat(t)}",
    end: /registry overflow/,
  },
  {
    name: "a separator of table.concat",
    body: "local t = {} for i = 1, 2000 do t[i] = 'x' end return {x = table.concat(t, ('y'):rep(1000000))}",
    end: /memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a place of table.insert",
    body: "local t = {} table.insert(t, 60000000, 1) return {n = #t}",
    end: /^\{"n":60000000\}$/,
  },
  {
    name: "a chunk",
    body: "return {x = tostring(loadstring(('x = 1 '):rep(1000000)))}",
    end: /a function is given 6000000 bytes/,
  },
  {
    name: "a chunk within what may be given",
    body: "return {x = tostring(loadstring(('x = 1 '):rep(100000)))}",
    end: /the chunk has 600000 bytes, more than 262144/,
  },
  { name: "a message", body: "error(('x'):rep(10000000))", end: /^test:2: x{900,1100}… \(cut\)$/ },
  { name: "a line of print", body: "print(('x'):rep(10000000)) return {fine = true}", end: /^\{"fine":true\}$/ },
  {
    name: "a value that is returned a thousand times",
    body:
      "local t = {} for i = 1, 20000 do t[i] = {} end local r = {} for i = 1, 999 do r[i] = {kind = 'x', t = t} end return {resources = r}",
    end: /\d+ values are returned: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a text that is returned a thousand times",
    body: "local x, r = ('x'):rep(1000000), {} for i = 1, 999 do r[i] = {kind = 'x', x = x} end return {resources = r}",
    end: /texts of \d+ bytes are returned: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a key that is returned a thousand times",
    body:
      "local x, r = ('x'):rep(1000000), {} for i = 1, 999 do r[i] = {kind = 'x', [x] = 1} end return {resources = r}",
    end: /texts of \d+ bytes are returned: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a list with one far element",
    body: "local t = {} t[60000000] = 1 return {t = t}",
    end: /60000002 values are returned: memory limit 64 MiB \(limit --lua-memory\)/,
  },
  {
    name: "a text that is returned",
    body: "return {x = ('x'):rep(10000000)}",
    end: /x has more than 1048576 bytes \(limit --lua-resource-size\)/,
  },
  {
    name: "a key that is returned",
    body: "return {[('x'):rep(10000000)] = 1}",
    end: /has more than 1048576 bytes \(limit --lua-resource-size\)/,
  },
  {
    name: "aliases of aliases in YAML",
    body: `local d = 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]\\n'
      for i = 1, 9 do d = d .. 'a' .. i .. ': &a' .. i .. ' [' .. ('*a' .. (i - 1) .. ','):rep(10) .. ']\\n' end
      local value, problem = require('json').fromYAML(d)
      return {x = problem}`,
    end: /document contains excessive aliasing/,
  },
  {
    name: "brackets of JSON",
    body: "return {x = tostring((pcall(require('json').decode, ('['):rep(1000000))))}",
    end: /^\{"x":"(true|false)"\}$/,
  },
  {
    name: "all memory, and the error caught",
    body:
      "local t = {} while pcall(function() for i = 1, 1000 do t[#t + 1] = ('x'):rep(100) .. #t end end) do end return {n = #t}",
    end: /memory limit 64 MiB \(limit --lua-memory\)|stopped after|^\{"n":\d+\}$/,
  },
  {
    name: "all memory, kept in a global, the error caught",
    body: `all = {}
      local size = 1e6
      while size > 16 do
        if not pcall(function() all[#all + 1] = ('x'):rep(size) .. #all end) then size = math.floor(size / 2) end
      end
      return {n = #all}`,
    end: /memory limit 64 MiB \(limit --lua-memory\)|stopped after|^\{"n":\d+\}$/,
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
