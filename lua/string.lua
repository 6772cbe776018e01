-- gopher-lua's string library.
local R, host = ...
local type, select, unpack, tonumber_native, rawget = type, select, table.unpack, tonumber, rawget
local find, sub, byte, char, rep, reverse, concat = string.find, string.sub, string.byte, string.char, string.rep, string.reverse, table.concat
local lower, upper, error0 = string.lower, string.upper, error
local check, fail, argument_error, type_error = R.check, R.fail, R.argument_error, R.type_error
local number_text, raw_text = R.number_text, R.raw_text

local library = {}

-- Positions of Lua as offsets from 0.
local function offset_of(length, position, is_start)
  if is_start and position ~= 0 then position = position - 1 end
  if position < 0 then position = length + position + 1 end
  if position < 0 then position = 0 end
  if not is_start and position > length then position = length end
  return position
end

function library.len(s)
  return #check.string(s, 1) + 0.0
end

function library.sub(s, first, last)
  s = check.string(s, 1)
  local start = offset_of(#s, check.int(first, 2), true)
  local stop = offset_of(#s, check.optint(last, 3, -1), false)
  if start >= #s or stop < start then return "" end
  return sub(s, start + 1, stop)
end

function library.rep(s, count)
  s = check.string(s, 1)
  count = check.int(count, 2)
  if count < 0 then return "" end
  return rep(s, count)
end

function library.reverse(s)
  return reverse(check.string(s, 1))
end

local function floats(...)
  local count = select("#", ...)
  if count == 1 then return (...) + 0.0 end
  local numbers = { ... }
  for i = 1, count do numbers[i] = numbers[i] + 0.0 end
  return unpack(numbers, 1, count)
end

local MAX_BYTES = 5110

function library.byte(...)
  local s, first, last = ...
  s = check.string(s, 1)
  local start, stop = check.optint(first, 2, 1) - 1, check.optint(last, 3, -1)
  if start < 0 then start = #s + start + 1 end
  if stop < 0 then stop = #s + stop + 1 end
  if select("#", ...) == 2 then
    if start < 0 or start >= #s then return end
    return byte(s, start + 1) + 0.0
  end
  if start < 0 then start = 0 end
  if stop > #s then stop = #s end
  if stop < 0 or stop <= start or start >= #s then return end
  if stop - start > MAX_BYTES then fail("registry overflow") end
  return floats(byte(s, start + 1, stop))
end

function library.char(...)
  local bytes = { ... }
  for i = 1, select("#", ...) do bytes[i] = char(check.int(bytes[i], i) % 256) end
  return concat(bytes)
end

function library.dump()
  fail("GopherLua does not support the string.dump")
end

function library.upper(s)
  s = check.string(s, 1)
  return find(s, "[\128-\255]") and host.upper(s) or upper(s)
end

function library.lower(s)
  s = check.string(s, 1)
  return find(s, "[\128-\255]") and host.lower(s) or lower(s)
end

-- Values that can't cross to the host go as their kind and what they print as.
local function described(value, ...)
  local kind = type(value)
  if kind == "table" or kind == "function" or kind == "userdata" or kind == "thread" then
    value = { kind, raw_text(value) }
  end
  return value
end

function library.format(format, ...)
  format = check.string(format, 1)
  local count = select("#", ...)
  local is_plain = true
  for i = 1, count do
    local kind = type((select(i, ...)))
    if kind ~= "string" and kind ~= "number" and kind ~= "boolean" and kind ~= "nil" then is_plain = false end
  end
  if is_plain then return host.format(format, ...) end
  local values = { ... }
  for i = 1, count do values[i] = described(values[i]) end
  return host.format(format, unpack(values, 1, count))
end

-- Patterns. The VM's own matcher serves those for which it agrees with gopher-lua's in every match; the host knows which,
-- and matches the others itself. A match is a list: offset, end, and each capture as text or as position.

local is_native = {}

local function native_match(start, stop, ...)
  if start == nil then return nil end
  return { start - 1, stop, n = select("#", ...), ... }
end

local function host_matches(s, pattern, offset, limit)
  local flat = host.findMatches(pattern, s, offset, limit)
  local matches, at, count = {}, 1, #flat
  while at <= count do
    local captures = flat[at]
    local match = { flat[at + 1], flat[at + 2], n = (captures - 1) // 1 | 0 }
    for i = 2, captures do
      local start, stop = flat[at + 2 * i - 1], flat[at + 2 * i]
      match[i + 1] = stop < 0 and start or sub(s, start + 1, stop)
    end
    matches[#matches + 1] = match
    at = at + 1 + 2 * captures
  end
  return matches
end

-- All matches from an offset on, up to `limit` of them (-1: all).
local function find_matches(s, pattern, offset, limit)
  local native = is_native[pattern]
  if native == nil then
    native = host.isPlainPattern(pattern)
    is_native[pattern] = native
  end
  if not native then return host_matches(s, pattern, offset, limit) end
  local matches, count = {}, 0
  local is_anchored = byte(pattern, 1) == 94
  local at = offset
  while at <= #s do
    local match = native_match(find(s, pattern, at + 1))
    if match == nil then break end
    -- gopher-lua compares with the limit after each position that it tries: a limit of 0 ends at the first without a match.
    if limit == count and match[1] > at then break end
    count = count + 1
    matches[count] = match
    if count == limit or is_anchored then break end
    at = match[2] > match[1] and match[2] or match[1] + 1
  end
  return matches
end

local function capture_value(value)
  if type(value) == "number" then return value + 0.0 end
  return value
end

local function captures(match)
  local count = match.n
  if count == 1 then return capture_value(match[3]) end
  for i = 3, count + 2 do match[i] = capture_value(match[i]) end
  return unpack(match, 3, count + 2)
end

function library.find(...)
  local s, pattern, first, plain = ...
  s, pattern = check.string(s, 1), check.string(pattern, 2)
  if pattern == "" then return 1.0, 0.0 end
  local offset = offset_of(#s, check.optint(first, 3, 1), true)
  if select("#", ...) == 4 and plain then
    if offset > #s then
      error0("runtime error: slice bounds out of range [" .. number_text(offset) .. ":" .. number_text(#s) .. "]", 0)
    end
    local start, stop = find(s, pattern, offset + 1, true)
    if start == nil then return nil end
    return start + 0.0, stop + 0.0
  end
  local match = find_matches(s, pattern, offset, 1)[1]
  if match == nil then return nil end
  return match[1] + 1.0, match[2] + 0.0, captures(match)
end

function library.match(s, pattern, first)
  s, pattern = check.string(s, 1), check.string(pattern, 2)
  local offset = check.optint(first, 3, 1)
  if offset < 0 then offset = #s + offset + 1 end
  offset = offset - 1
  if offset < 0 then offset = 0 end
  local match = find_matches(s, pattern, offset, 1)[1]
  -- gopher-lua gives no value at all here, not nil.
  if match == nil then return end
  if match.n == 0 then return sub(s, match[1] + 1, match[2]) end
  return captures(match)
end

local function gmatch_next(state)
  local index = state.at
  state.at = index + 1
  local match = state.matches[index]
  if match == nil then return end
  if match.n == 0 then return sub(state.s, match[1] + 1, match[2]) end
  return captures(match)
end

function library.gmatch(s, pattern)
  s, pattern = check.string(s, 1), check.string(pattern, 2)
  local state = { at = 1, s = s, matches = find_matches(s, pattern, 0, -1) }
  return function() return gmatch_next(state) end
end
library.gfind = library.gmatch

-- What `%n` in a replacement stands for.
local function captured(s, match, index)
  if index == 0 or index == 1 and match.n == 0 then return sub(s, match[1] + 1, match[2]) end
  if index > match.n then fail("invalid capture index") end
  local value = match[index + 2]
  return type(value) == "number" and number_text(value) or value
end

local function expand(s, match, replacement)
  local parts, at = {}, 1
  while true do
    local percent = find(replacement, "%", at, true)
    parts[#parts + 1] = sub(replacement, at, (percent or 0) - 1)
    if not percent then return concat(parts) end
    local digit = byte(replacement, percent + 1)
    if digit == nil then
      parts[#parts + 1] = "%"
      return concat(parts)
    end
    if digit >= 48 and digit <= 57 then
      parts[#parts + 1] = captured(s, match, digit - 48)
    elseif digit == 37 then
      parts[#parts + 1] = "%"
    else
      parts[#parts + 1] = "%" .. char(digit)
    end
    at = percent + 2
  end
end

local function as_text(value)
  if type(value) == "string" then return value end
  if type(value) == "number" then return number_text(value) end
  return ""
end

function library.gsub(...)
  local s, pattern, replacement, limit = ...
  s, pattern = check.string(s, 1), check.string(pattern, 2)
  local kind = type(replacement)
  if kind ~= "string" and kind ~= "table" and kind ~= "function" then
    argument_error(3, "string or table or function expected, got " .. kind)
  end
  local matches = find_matches(s, pattern, 0, check.optint(limit, 4, -1))
  if #matches == 0 then return s, 0.0 end
  local parts, count, at = {}, 0, 1
  for i = 1, #matches do
    local match = matches[i]
    local whole = sub(s, match[1] + 1, match[2])
    local value
    if kind == "string" then
      value = find(replacement, "%", 1, true) and expand(s, match, replacement) or replacement
    else
      if kind == "table" then
        value = replacement[match.n == 0 and whole or capture_value(match[3])]
      elseif match.n == 0 then
        value = replacement(whole)
      else
        value = replacement(captures(match))
      end
      value = (value == nil or value == false) and whole or as_text(value)
    end
    parts[count + 1], parts[count + 2] = sub(s, at, match[1]), value
    count = count + 2
    at = match[2] + 1
  end
  parts[count + 1] = sub(s, at)
  return concat(parts), #matches + 0.0
end

for name in next, string do string[name] = nil end
for name, f in next, library do string[name] = f end
-- gopher-lua: the library is the metatable of texts, and says so.
string.__index = string
