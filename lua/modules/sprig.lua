-- Sveltos's module `sprig` (semantics 4.5): a part of sprig's functions, some with another order of arguments.
local host, check, native = ...
local type, next, select, unpack, sub, concat =
  native.type, native.next, native.select, native.unpack, native.sub, native.concat

-- s a text, i a whole number, n a number, t a table, a anything.
local SIGNATURES = {
  abbrev = "is", abbrevboth = "iis", adler32sum = "s", ago = "n", b32enc = "s", b64enc = "s", b32dec = "s", b64dec = "s",
  base = "s", dir = "s", clean = "s", ext = "s", isAbs = "s", osBase = "s", osDir = "s", osClean = "s", osExt = "s",
  osIsAbs = "s", bcrypt = "s", camelcase = "s", kebabcase = "s", snakecase = "s", swapcase = "s", untitle = "s",
  initials = "s", nospace = "s", shuffle = "s", decryptAES = "ss", encryptAES = "ss", derivePassword = "issss",
  duration = "n", durationRound = "a", genPrivateKey = "s", htpasswd = "ss", indent = "is", nindent = "is",
  plural = "ssi", quote = "t", squote = "t", randInt = "ii", regexFind = "ss", regexFindAll = "ssi", regexMatch = "ss",
  regexReplaceAll = "sss", regexReplaceAllLiteral = "sss", regexSplit = "ssi", semverCompare = "ss", seq = "t",
  sha1sum = "s", sha256sum = "s", sha512sum = "s", substr = "iis", toDecimal = "s", trunc = "is", urlParse = "s", wrap = "is", wrapWith = "iss",
}
local CHECKS = {
  s = check.string,
  i = check.int,
  n = check.number,
  t = check.table,
  a = function(value) return value end,
}

local sprig = {}

for name, signature in next, SIGNATURES do
  local f, count = host[name], #signature
  local checks = {}
  for i = 1, count do checks[i] = CHECKS[sub(signature, i, i)] end
  sprig[name] = function(...)
    if select("#", ...) < count then
      check.fail("bad argument #1 to " .. name .. " (" .. name .. " requires " .. count .. " arguments)")
    end
    local values = { ... }
    for i = 1, count do values[i] = checks[i](values[i], i) end
    return f(unpack(values, 1, count))
  end
end

local function is_empty(value)
  if value == nil or value == false or value == 0 or value == "" then return true end
  if type(value) ~= "table" then return false end
  for _ in check.pairs(value) do return false end
  return true
end

function sprig.empty(value)
  return is_empty(value)
end

function sprig.all(t)
  for _, value in check.pairs(check.table(t, 1)) do
    if is_empty(value) then return false end
  end
  return true
end

function sprig.any(t)
  for _, value in check.pairs(check.table(t, 1)) do
    if not is_empty(value) then return true end
  end
  return false
end

function sprig.coalesce(...)
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if not is_empty(value) then return value end
  end
  return nil
end

function sprig.compact(t)
  local kept = {}
  for _, value in check.pairs(check.table(t, 1)) do
    if not is_empty(value) then kept[#kept + 1] = value end
  end
  return kept
end

function sprig.uniq(t)
  local kept, seen = {}, {}
  for _, value in check.pairs(check.table(t, 1)) do
    if not seen[value] then
      seen[value] = true
      kept[#kept + 1] = value
    end
  end
  return kept
end

function sprig.cat(...)
  local parts = {}
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if value ~= nil then parts[#parts + 1] = check.tostring(value) end
  end
  return concat(parts, " ")
end

function sprig.ternary(yes, no, condition)
  if condition then return yes end
  return no
end

function sprig.sortAlpha(value)
  if type(value) ~= "table" then return { check.string(value, 1) } end
  local texts = {}
  for _, one in check.pairs(value) do texts[#texts + 1] = check.tostring(one) end
  return host.sortAlpha(texts)
end

-- The fields of a URL, in the order in which the host takes them.
local URL_KEYS = { "scheme", "host", "path", "query", "opaque", "fragment", "userinfo" }

function sprig.urlJoin(t)
  check.table(t, 1)
  local values = {}
  for i = 1, #URL_KEYS do
    local value = native.rawget(t, URL_KEYS[i])
    values[i] = value ~= nil and check.string(value, 1) or ""
  end
  return host.urlJoinFields(unpack(values, 1, #URL_KEYS))
end

function sprig.round(value, places, from)
  return host.round(check.number(value, 1), check.int(places, 2), check.optint(from, 3, nil) and check.number(from, 3) or 0.5)
end

return sprig
