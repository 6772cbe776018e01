-- Errors in gopher-lua's words, placed at the user's own line, and the checks of arguments that raise them.
local R, host = ...
-- The VM's own functions for chunks that run later, when the globals are gopher-lua's or the user's.
R.native = {
  type = type, next = next, select = select, error = error, pcall = pcall, unpack = table.unpack, concat = table.concat,
  sub = string.sub, rep = string.rep, rawget = rawget, load = load,
}
local getinfo, error0, type, select, floor = debug.getinfo, error, type, select, math.floor
local find, match, tostring = string.find, string.match, tostring
-- Every chunk of the runtime has this source; the user's chunks have another.
local OURS = getinfo(1, "S").source
R.OURS = OURS

-- The place of the first frame of the user's, as gopher-lua writes it before a message: "<string>:12:".
local function where()
  local level = 2
  while true do
    local info = getinfo(level, "Sl")
    if not info then return "" end
    if info.what ~= "C" and info.source ~= OURS then
      return info.short_src .. ":" .. tostring(info.currentline) .. ":"
    end
    level = level + 1
  end
end
R.where = where

-- The place of the frame that is `count` frames above the runtime function that asks, as error(message, level) counts: the
-- runtime's own functions stand for gopher-lua's, and are skipped where the count ends at one.
function R.place(count)
  local level, seen = 2, 0
  while true do
    local info = getinfo(level, "Sl")
    if not info then return "" end
    if info.what ~= "C" then
      if seen >= count and info.source ~= OURS then
        return info.short_src .. ":" .. tostring(info.currentline) .. ":"
      end
      seen = seen + 1
    end
    level = level + 1
  end
end

-- Raises a message with the user's place before it.
local function fail(message)
  error0(where() .. " " .. message, 0)
end
R.fail = fail

-- What the user's code calls the function that checks its arguments.
local function function_name()
  local level = 2
  while true do
    local info = getinfo(level, "S")
    if not info or info.source ~= OURS then break end
    level = level + 1
  end
  local info = getinfo(level - 1, "n")
  if not info or not info.name or info.namewhat == "for iterator" then return "(anonymous)" end
  return info.name
end

local function argument_error(n, message)
  fail("bad argument #" .. n .. " to " .. function_name() .. " (" .. message .. ")")
end
R.argument_error = argument_error

local function type_error(n, wanted, value)
  argument_error(n, wanted .. " expected, got " .. type(value))
end
R.type_error = type_error

-- int(float64) of Go.
local TWO_63 = 2.0 ^ 63
local function to_int(n)
  if n ~= n or n >= TWO_63 or n < -TWO_63 then return -TWO_63 end
  if n >= 0 then return floor(n) + 0.0 end
  return -floor(-n) + 0.0
end
R.to_int = to_int

local check = {}
R.check = check

function check.any(count, n)
  if count < n then argument_error(n, "value expected") end
end
function check.table(value, n)
  if type(value) ~= "table" then type_error(n, "table", value) end
  return value
end
function check.func(value, n)
  if type(value) ~= "function" then type_error(n, "function", value) end
  return value
end
function check.boolean(value, n)
  if type(value) ~= "boolean" then type_error(n, "boolean", value) end
  return value
end
function check.int(value, n)
  if type(value) ~= "number" then type_error(n, "number", value) end
  return to_int(value)
end
function check.optint(value, n, default)
  if value == nil then return default end
  if type(value) ~= "number" then type_error(n, "number", value) end
  return to_int(value)
end
function check.optstring(value, n, default)
  if value == nil then return default end
  if type(value) ~= "string" then type_error(n, "string", value) end
  return value
end
check.fail = fail

-- What the VM itself says, in gopher-lua's words. Messages that are ours already pass as they are.
local NATIVE = {
  { "^'__index' chain too long", function() return "too many recursions in gettable" end },
  { "^'__newindex' chain too long", function() return "too many recursions in settable" end },
  { "^attempt to call a ", function() return "attempt to call a non-function object" end },
  { "^stack overflow", function() return "stack overflow" end },
  { "^C stack overflow", function() return "stack overflow" end },
  { "^attempt to compare two (%a+) values", function(kind) return "attempt to compare " .. kind .. " with " .. kind end },
  { "^attempt to compare (%a+) with (%a+)", function(a, b) return "attempt to compare " .. a .. " with " .. b end },
  -- Two tables without metatables: the only operands that do not come to our own operators.
  { "^attempt to perform arithmetic on a table value", function()
    return "cannot perform " .. host.operatorAt(where()) .. " operation between table and table"
  end },
}

function R.translate(message)
  R.on_error()
  if type(message) ~= "string" then return message end
  local place, text = match(message, "^(.-:%d+:) (.*)$")
  if not place then
    place, text = where(), message
  elseif find(place, "(moonferry)", 1, true) then
    -- The VM names the runtime's own line: the user's is meant.
    place = where()
    message = place .. " " .. text
  end
  for _, row in next, NATIVE do
    local start, _, a, b = find(text, row[1])
    if start then return place .. " " .. row[2](a, b) end
  end
  return message
end
