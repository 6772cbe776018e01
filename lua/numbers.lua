-- Numbers and text as gopher-lua turns one into the other.
local R, host = ...
local type, tostring_native, tonumber_native, floor = type, tostring, tonumber, math.floor
local find, gsub = string.find, string.gsub
local check, type_error = R.check, R.type_error

-- Whole numbers of up to 14 digits print natively as they should; the host knows all others.
local function number_text(n)
  if n == 0 then return "0" end
  if n > -1e14 and n < 1e14 and floor(n) == n then return tostring_native(n) end
  return host.formatNumber(n)
end
R.number_text = number_text

-- The number that a text is in arithmetic; nil where it is none.
local function parse_number(text)
  if #text < 16 and find(text, "^%-?[1-9]%d*$") then return tonumber_native(text) + 0.0 end
  return host.parseNumber(text)
end
R.parse_number = parse_number

function check.number(value, n)
  if type(value) == "number" then return value end
  if type(value) == "string" then
    local number = parse_number(value)
    if number then return number end
  end
  type_error(n, "number", value)
end

function check.string(value, n)
  if type(value) == "string" then return value end
  if type(value) == "number" then return number_text(value) end
  type_error(n, "string", value)
end

-- What tostring gives, without metatables: "table: 0x…", and functions of the runtime look like any other.
local function raw_text(value)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return number_text(value) end
  if kind == "nil" or kind == "boolean" then return tostring_native(value) end
  return (gsub(tostring_native(value), "builtin: ", ""))
end
R.raw_text = raw_text
check.tostring = raw_text
