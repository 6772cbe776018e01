-- The harmless part of gopher-lua's os library: time and dates, in UTC. There is no environment and no other program.
local R, host = ...
local type, select, rawget, find, gsub = type, select, rawget, string.find, string.gsub
local check, type_error = R.check, R.type_error

-- A whole number of a table for os.time: texts of decimal digits count as well.
local function part(t, key, default)
  local value = rawget(t, key)
  if type(value) == "number" then return R.to_int(value) end
  if type(value) ~= "string" then return default end
  value = gsub(value, "^ +", "")
  if find(value, "^0") and not find(value, "^0[xX]") then
    value = gsub(value, "^0+", "")
    if value == "" then return 0.0 end
  end
  local number = R.parse_number(value)
  return number and R.to_int(number) or default
end

os = {}

function os.time(...)
  local t = ...
  if t == nil then return host.seconds() end
  if type(t) ~= "table" then type_error(1, "table", t) end
  return host.timeOf(part(t, "year", -1), part(t, "month", -1), part(t, "day", -1), part(t, "hour", 12),
    part(t, "min", 0), part(t, "sec", 0))
end

function os.date(...)
  local format, seconds = ...
  local count = select("#", ...)
  format = count == 0 and "%c" or check.string(format, 1)
  seconds = count < 2 and host.seconds() or check.int(seconds, 2)
  format = gsub(format, "^!+", "")
  if not find(format, "^%*t") then return host.date(seconds, format) end
  local year, month, day, hour, minute, second, weekday = host.dateParts(seconds)
  local t = {}
  R.set(t, "year", year)
  R.set(t, "month", month)
  R.set(t, "day", day)
  R.set(t, "hour", hour)
  R.set(t, "min", minute)
  R.set(t, "sec", second)
  R.set(t, "wday", weekday)
  R.set(t, "yday", 0.0)
  R.set(t, "isdst", false)
  return t
end

function os.clock()
  return 0.0
end

function os.difftime(later, earlier)
  return check.int(later, 1) - check.int(earlier, 2)
end

function os.getenv(name)
  check.string(name, 1)
  return nil
end

function os.setlocale()
  return false
end
