-- Sveltos's module `runes` (semantics 4.4). Runes are code points.
local host, check, native = ...
local type, next, unpack, sub, select = native.type, native.next, native.unpack, native.sub, native.select

-- s a text, i a whole number, o one that may be missing, t a table of numbers.
local SIGNATURES = {
  iscontrol = "i", isdigit = "i", isgraphic = "i", isletter = "i", islower = "i", ismark = "i", isnumber = "i",
  isprint = "i", ispunct = "i", isspace = "i", issymbol = "i", istitle = "i", isupper = "i", validrune = "i",
  isinrange = "iii", tolower = "i", toupper = "i", totitle = "i", containsrune = "si", isvalidutf8 = "s",
  reverserunes = "s", runecount = "s", runeslice = "s", runewidth = "i", runeat = "si", runeindex = "sio",
  runerange = "soo", runesplit = "si", bytestorune = "t", bytetostring = "t", runetobytes = "t", stringtobytes = "s",
}
local CHECKS = {
  s = check.string,
  i = check.int,
  -- The numbers of a table; what else it holds is left out.
  t = function(value, n)
    local numbers = {}
    for _, one in check.pairs(check.table(value, n)) do
      if type(one) == "number" then numbers[#numbers + 1] = one end
    end
    return numbers
  end,
  o = function(value, n) return check.optint(value, n, nil) end,
}

local runes = {}

for name, signature in next, SIGNATURES do
  local f, count = host[name], #signature
  local checks = {}
  for i = 1, count do checks[i] = CHECKS[sub(signature, i, i)] end
  runes[name] = function(...)
    local values = { ... }
    for i = 1, count do values[i] = checks[i](values[i], i) end
    return f(unpack(values, 1, count))
  end
end

function runes.runestring(...)
  local codes = { ... }
  for i = 1, select("#", ...) do codes[i] = check.int(codes[i], i) end
  return host.runestring(codes)
end

return runes
