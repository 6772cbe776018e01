-- Sveltos's module `sprig` (semantics 4.5): a part of sprig's functions, some with another order of arguments.
local host, check, native = ...
local type, next, select, unpack, sub, pcall =
  native.type, native.next, native.select, native.unpack, native.sub, native.pcall

-- s a text, i a whole number, n a number that is no text, t a table, l a table of texts, a anything.
local SIGNATURES = {
  abbrev = "is", abbrevboth = "iis", adler32sum = "s", ago = "n", b32enc = "s", b64enc = "s", b32dec = "s",
  b64dec = "s", base = "s", dir = "s", clean = "s", ext = "s", isAbs = "s", osBase = "s", osDir = "s", osClean = "s",
  osExt = "s", osIsAbs = "s", bcrypt = "s", camelcase = "s", kebabcase = "s", snakecase = "s", swapcase = "s",
  untitle = "s", initials = "s", nospace = "s", shuffle = "s", decryptAES = "ss", encryptAES = "ss",
  derivePassword = "issss", duration = "a", durationRound = "a", genPrivateKey = "s", htpasswd = "ss", indent = "is",
  nindent = "is", plural = "ssi", quote = "l", squote = "l", randInt = "ii", regexFind = "ss", regexFindAll = "ssi",
  regexMatch = "ss", regexReplaceAll = "sss", regexReplaceAllLiteral = "sss", regexSplit = "ssi", semverCompare = "ss",
  sha1sum = "s", sha256sum = "s", sha512sum = "s", substr = "iis", trunc = "is", urlParse = "s", wrap = "is",
  wrapWith = "iss",
}

-- Raises an error as the module has them: its name, and the user's place twice.
local function fail(name, message)
  local _, place = pcall(check.fail, "")
  check.fail(name .. ": " .. place .. message)
end

local function type_error(name, n, wanted, value)
  fail(name, "bad argument #" .. n .. " to " .. name .. " (" .. wanted .. " expected, got " .. type(value) .. ")")
end

local function count_arguments(name, wanted, count)
  if count < wanted then
    fail(name, "bad argument #1 to " .. name .. " (" .. name .. " requires " .. wanted .. " arguments)")
  end
end

local function text(name, value, n)
  if type(value) == "string" then return value end
  if type(value) ~= "number" then type_error(name, n, "string", value) end
  return check.tostring(value)
end

local function plain_number(name, value, n)
  if type(value) ~= "number" then type_error(name, n, "number", value) end
  return value
end

local function number(name, value, n)
  if type(value) == "string" then
    local ok, converted = pcall(check.number, value, n)
    if ok then return converted end
  end
  return plain_number(name, value, n)
end

local function whole(name, value, n)
  return check.int(number(name, value, n), n)
end

local function table_of(name, value, n)
  if type(value) ~= "table" then type_error(name, n, "table", value) end
  return value
end

local function texts_of(t)
  local texts = {}
  for _, value in check.pairs(t) do texts[#texts + 1] = check.tostring(value) end
  return texts
end

local READERS = {
  s = text,
  i = whole,
  n = plain_number,
  t = table_of,
  l = function(name, value, n) return texts_of(table_of(name, value, n)) end,
  a = function(_, value) return value end,
}

local sprig = {}

for name, signature in next, SIGNATURES do
  local f, count = host[name], #signature
  local readers = {}
  for i = 1, count do readers[i] = READERS[sub(signature, i, i)] end
  sprig[name] = function(...)
    count_arguments(name, count, select("#", ...))
    local values = { ... }
    for i = 1, count do values[i] = readers[i](name, values[i], i) end
    return f(unpack(values, 1, count))
  end
end

local function is_empty(value)
  if value == nil or value == false or value == 0 or value == "" then return true end
  if type(value) ~= "table" then return false end
  for _ in check.pairs(value) do return false end
  return true
end

function sprig.empty(...)
  count_arguments("empty", 1, select("#", ...))
  return is_empty((...))
end

-- A function of one table.
local function of_table(name, call)
  sprig[name] = function(...)
    count_arguments(name, 1, select("#", ...))
    return call(table_of(name, (...), 1))
  end
end

of_table("all", function(t)
  for _, value in check.pairs(t) do
    if is_empty(value) then return false end
  end
  return true
end)

of_table("any", function(t)
  for _, value in check.pairs(t) do
    if not is_empty(value) then return true end
  end
  return false
end)

of_table("compact", function(t)
  local kept = {}
  for _, value in check.pairs(t) do
    if not is_empty(value) then kept[#kept + 1] = value end
  end
  return kept
end)

-- Values are the same where their texts are.
of_table("uniq", function(t)
  local kept, seen = {}, {}
  for _, value in check.pairs(t) do
    local key = check.tostring(value)
    if not seen[key] then
      seen[key] = true
      kept[#kept + 1] = value
    end
  end
  return kept
end)

of_table("seq", function(t)
  local numbers = {}
  for _, value in check.pairs(t) do numbers[#numbers + 1] = number("seq", value, 1) end
  return host.seq(numbers)
end)

-- The fields of a URL, in the order in which the host takes them.
local URL_KEYS = { "scheme", "host", "path", "query", "opaque", "fragment", "userinfo" }

of_table("urlJoin", function(t)
  local values = {}
  for i = 1, #URL_KEYS do
    local value = native.rawget(t, URL_KEYS[i])
    values[i] = value == nil and "" or text("urlJoin", value, 1)
  end
  return host.urlJoin(unpack(values, 1, #URL_KEYS))
end)

function sprig.coalesce(...)
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if not is_empty(value) then return value end
  end
  return nil
end

function sprig.cat(...)
  local parts = {}
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if value ~= nil then parts[#parts + 1] = check.tostring(value) end
  end
  return native.concat(parts, " ")
end

function sprig.ternary(...)
  count_arguments("ternary", 3, select("#", ...))
  local yes, no, condition = ...
  if type(condition) ~= "boolean" then type_error("ternary", 3, "boolean", condition) end
  if condition then return yes end
  return no
end

function sprig.sortAlpha(...)
  count_arguments("sortAlpha", 1, select("#", ...))
  local value = ...
  if type(value) ~= "table" then return { check.tostring(value) } end
  return host.sortAlpha(texts_of(value))
end

function sprig.toDecimal(...)
  count_arguments("toDecimal", 1, select("#", ...))
  return host.toDecimal(check.tostring((...)))
end

function sprig.round(...)
  count_arguments("round", 2, select("#", ...))
  local value, places, from = ...
  if value == nil then type_error("round", 1, "number", value) end
  return host.round(value, whole("round", places, 2), from ~= nil and number("round", from, 3) or nil)
end

return sprig
