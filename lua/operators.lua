-- Operators and loops where gopher-lua's differ from the VM's. Values that are no tables have metatables too: what they
-- can't do is an error in gopher-lua's words, with the operands' types.
local R, host = ...
local type, rawget, select, tonumber, unpack = type, rawget, select, tonumber, table.unpack
local get_metatable, set_metatable, getinfo = debug.getmetatable, debug.setmetatable, debug.getinfo
local concat_native = table.concat
local fail, metafield, number_text, parse_number = R.fail, R.metafield, R.number_text, R.parse_number

-- Arithmetic

local function power(a, b)
  if b == 2 then return a * a end
  return host.power(a, b)
end

local COMPUTE = {
  add = function(a, b) return a + b end,
  sub = function(a, b) return a - b end,
  mul = function(a, b) return a * b end,
  div = function(a, b) return a / b end,
  mod = function(a, b) return a % b end,
  pow = power,
}

-- What the VM calls where an operand is no number: a metamethod of either, or texts that are numbers.
local function operator(name)
  local event, compute = "__" .. name, COMPUTE[name]
  return function(a, b)
    local f = metafield(a, event)
    if f == nil then f = metafield(b, event) end
    if type(f) == "function" then return (f(a, b)) end
    if type(a) == "string" then a = parse_number(a) or a end
    if type(b) == "string" then b = parse_number(b) or b end
    if type(a) == "number" and type(b) == "number" then return compute(a, b) end
    fail("cannot perform " .. name .. " operation between " .. type(a) .. " and " .. type(b))
  end
end

local operators = {}
for name in next, COMPUTE do operators["__" .. name] = operator(name) end
R.operators = operators

function operators.__unm(a)
  local f = metafield(a, "__unm")
  if type(f) == "function" then return (f(a)) end
  if type(a) == "string" then
    local number = parse_number(a)
    if number then return -number end
  end
  fail("__unm undefined")
end

function R.power(a, b)
  if type(a) == "number" and type(b) == "number" then return power(a, b) end
  return operators.__pow(a, b)
end

-- `-a` of the user's code.
function R.negate(a)
  if type(a) == "number" then return -a end
  return operators.__unm(a)
end

-- Texts

local function concat_pair(a, b)
  local ta, tb = type(a), type(b)
  if ta == "number" then
    a, ta = number_text(a), "string"
    if tb ~= "string" and tb ~= "number" then ta = "number" end
  end
  if tb == "number" and ta == "string" then b, tb = number_text(b), "string" end
  if ta == "string" and tb == "string" then return a .. b end
  return nil
end

-- `a .. b` of the user's code.
function R.concat2(a, b)
  if type(a) == "string" and type(b) == "string" then return a .. b end
  local text = concat_pair(a, b)
  if text then return text end
  local f = metafield(a, "__concat")
  if f == nil then f = metafield(b, "__concat") end
  if type(f) == "function" then return (f(a, b)) end
  fail("cannot perform concat operation between " .. type(a) .. " and " .. type(b))
end
local concat2 = R.concat2

-- `a .. b .. c` and longer: from the right, as gopher-lua does, which shows where a metamethod is among the operands.
function R.concat(...)
  local parts = { ... }
  local count = select("#", ...)
  for i = 1, count do
    local part = parts[i]
    local kind = type(part)
    if kind == "number" then
      parts[i] = number_text(part)
    elseif kind ~= "string" then
      local result = (select(count, ...))
      for j = count - 1, 1, -1 do result = concat2((select(j, ...)), result) end
      return result
    end
  end
  return concat_native(parts)
end

-- Loops

local function check_loop(value, what)
  if type(value) ~= "number" then fail("for statement " .. what .. " must be a number") end
end

-- gopher-lua takes the step off the start and adds it again, which shows in fractions.
function R.forStart(start, step)
  check_loop(start, "init")
  -- The VM would run the body once for what is no number.
  if start ~= start then return step > 0 and 1e999 or -1e999 end
  return start - step + step
end

function R.forLimit(limit, step)
  check_loop(limit, "limit")
  if limit ~= limit then return step > 0 and -1e999 or 1e999 end
  return limit + 0.0
end

-- Start, limit and step of a loop whose step is not known beforehand. A step of 0 never ends, or never begins.
function R.forPrepare(start, limit, step)
  check_loop(start, "init")
  check_loop(step, "step")
  check_loop(limit, "limit")
  start = start - step + step
  if step ~= step or start ~= start or limit ~= limit then return 1.0, 0.0, 1.0 end
  if step == 0 then
    if start < limit then return 1.0, 0.0, 1.0 end
    return start, -1e999, -5e-324
  end
  return start, limit, step
end

-- A generic loop has three values; the VM would close a fourth.
function R.iterate(f, state, control)
  return f, state, control
end

-- `for … in f, {a, …}`: gopher-lua begins with what its compiler left behind, the constructor's first element.
function R.iterateList(f, state)
  return f, state, (rawget(state, 1))
end

-- Calls

-- gopher-lua's call stack has room for 256 frames, of the user's functions and of its own.
local MAX_FRAMES = 256
-- Fewer levels of the VM than this can't be too many frames: the asker's own and those below the user's come on top.
local MAX_LEVEL = MAX_FRAMES + 4

-- Stands at the beginning of functions that may call themselves.
function R.enter()
  if not getinfo(MAX_LEVEL, "l") then return end
  -- Functions of the VM's own in between (pcall is two here) don't count; the one that began it all neither.
  local level, frames = 2, -1
  while true do
    local info = getinfo(level, "S")
    if not info then break end
    if info.what ~= "C" then frames = frames + 1 end
    level = level + 1
  end
  if frames > MAX_FRAMES then fail("stack overflow") end
end

-- `return f()` where f is gopher-lua's own: the caller's frame stays, for the place in an error.
function R.keep(...)
  return ...
end

-- Types

local function index_error(value, key)
  fail("attempt to index a non-table object(" .. type(value) .. ") with key '" .. R.raw_text(key) .. "'")
end

local function type_metatable()
  local metatable = {
    __index = index_error,
    __newindex = index_error,
    __call = function() fail("attempt to call a non-function object") end,
    __len = function() fail("__len undefined") end,
    __lt = R.compare_error,
    __le = R.compare_error,
  }
  for event, f in next, operators do metatable[event] = f end
  return metatable
end

local ordinary = type_metatable()
set_metatable(nil, ordinary)
set_metatable(true, ordinary)
set_metatable(0, ordinary)
local of_functions = type_metatable()
of_functions.__call = nil
set_metatable(print, of_functions)
set_metatable(coroutine.create(print), ordinary)

local of_strings = get_metatable("")
for event, f in next, type_metatable() do
  if event ~= "__index" and event ~= "__len" then of_strings[event] = f end
end
of_strings.__idiv, of_strings.__index = nil, string
R.string_library = string
