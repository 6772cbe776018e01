-- What Lua 5.1 (as gopher-lua has it) offers and Lua 5.4 does not, or does differently.
local host_print, host_number = __host_print, __host_number
__host_print, __host_number = nil, nil
local type, select, tostring_native, math_type = type, select, tostring, math.type
local load_native, error = load, error

-- Numbers print as Go prints them: whole ones in full, others with the shortest digits.
local function format_number(n)
  if math_type(n) == "integer" then return tostring_native(n) end
  if n == math.floor(n) and n >= -2^63 and n < 2^63 then return string.format("%d", n) end
  return host_number(n)
end

function tostring(...)
  if select("#", ...) == 0 then error("bad argument #1 to tostring (value expected)", 2) end
  local value = ...
  if type(value) == "number" then return format_number(value) end
  return tostring_native(value)
end

function print(...)
  local texts = {}
  for i = 1, select("#", ...) do
    texts[i] = tostring((select(i, ...)))
  end
  host_print(table.concat(texts, "\t"))
end

unpack = table.unpack
table.unpack, table.pack, table.move = nil, nil, nil
rawlen, warn, collectgarbage = nil, nil, function() return 0 end

function table.getn(t) return #t end
function table.maxn(t)
  local largest = 0
  for key in pairs(t) do
    if type(key) == "number" and key > largest then largest = key end
  end
  return largest
end

math.pow = function(x, y) return x ^ y end
math.mod = math.fmod
math.log10 = function(x) return math.log(x, 10) end
-- gopher-lua: the largest finite number, not infinity.
math.huge = 1.7976931348623157e308
math.type, math.tointeger, math.ult, math.maxinteger, math.mininteger = nil, nil, nil, nil, nil

string.gfind = string.gmatch
string.pack, string.unpack, string.packsize, string.dump = nil, nil, nil, nil

-- Text only: Lua 5.1 compiles text with loadstring, and load takes a function.
function loadstring(text, name)
  if type(text) ~= "string" then error("bad argument #1 to loadstring (string expected, got " .. type(text) .. ")", 2) end
  return load_native(text, name or text, "t")
end
function load(reader, name)
  if type(reader) ~= "function" then error("bad argument #1 to load (function expected, got " .. type(reader) .. ")", 2) end
  return load_native(reader, name, "t")
end

-- Finalisers would run at moments that no script controls; gopher-lua has none.
local setmetatable_native = setmetatable
function setmetatable(t, metatable)
  if type(metatable) == "table" and rawget(metatable, "__gc") ~= nil then
    error("__gc is not available in this sandbox", 2)
  end
  return setmetatable_native(t, metatable)
end
