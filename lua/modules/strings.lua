-- Sveltos's module `strings` (semantics 4.3): Go's package of that name.
local host, check, native = ...
local type, next, unpack, sub = native.type, native.next, native.unpack, native.sub

-- Functions of the host by name; a letter says what each argument must be: s a text, i a whole number, t a table of
-- texts.
local SIGNATURES = {
  Compare = "ss", Contains = "ss", ContainsAny = "ss", ContainsRune = "si", Count = "ss", Cut = "ss", CutPrefix = "ss",
  CutSuffix = "ss", EqualFold = "ss", Fields = "s", HasPrefix = "ss", HasSuffix = "ss", Index = "ss", IndexAny = "ss",
  IndexByte = "si", IndexRune = "si", Join = "ts", LastIndex = "ss", LastIndexAny = "ss", LastIndexByte = "si",
  Repeat = "si", Replace = "sssi", ReplaceAll = "sss", Split = "ss", SplitAfter = "ss", SplitN = "ssi",
  SplitAfterN = "ssi", Title = "s", ToLower = "s", ToTitle = "s", ToUpper = "s", Trim = "ss", TrimLeft = "ss",
  TrimPrefix = "ss", TrimRight = "ss", TrimSpace = "s", TrimSuffix = "ss",
}
local CHECKS = { s = check.string, i = check.int }

-- The texts of a table; what else it holds is left out.
function CHECKS.t(value, n)
  local texts = {}
  for _, one in check.pairs(check.table(value, n)) do
    if type(one) == "string" then texts[#texts + 1] = one end
  end
  return texts
end

local strings = {}

for name, signature in next, SIGNATURES do
  local f, count = host[name], #signature
  local checks = {}
  for i = 1, count do checks[i] = CHECKS[sub(signature, i, i)] end
  strings[name] = function(...)
    local values = { ... }
    for i = 1, count do values[i] = checks[i](values[i], i) end
    return f(unpack(values, 1, count))
  end
end

-- Functions that ask a function of the script about each character. `runes` gives code, offset and length of each.

local function accepts(f, code)
  local answer = f(code)
  if type(answer) ~= "boolean" then check.fail("the function must return a boolean, found " .. type(answer)) end
  return answer
end

local function first_index(s, f, wanted)
  local runes = host.runes(s)
  for i = 1, #runes, 3 do
    if accepts(f, runes[i]) == wanted then return runes[i + 1], runes[i + 2] end
  end
end

local function last_index(s, f, wanted)
  local runes = host.runes(s)
  for i = #runes - 2, 1, -3 do
    if accepts(f, runes[i]) == wanted then return runes[i + 1], runes[i + 2] end
  end
end

function strings.ContainsFunc(s, f)
  s, f = check.string(s, 1), check.func(f, 2)
  return first_index(s, f, true) ~= nil
end

function strings.IndexFunc(s, f)
  s, f = check.string(s, 1), check.func(f, 2)
  return (first_index(s, f, true)) or -1.0
end

function strings.LastIndexFunc(s, f)
  s, f = check.string(s, 1), check.func(f, 2)
  return (last_index(s, f, true)) or -1.0
end

local function trim_left(s, f)
  local at = first_index(s, f, false)
  return at and sub(s, at + 1) or ""
end

local function trim_right(s, f)
  local at, length = last_index(s, f, false)
  return at and sub(s, 1, at + length) or ""
end

function strings.TrimFunc(s, f)
  s, f = check.string(s, 1), check.func(f, 2)
  return trim_right(trim_left(s, f), f)
end

function strings.TrimLeftFunc(s, f)
  return trim_left(check.string(s, 1), check.func(f, 2))
end

function strings.TrimRightFunc(s, f)
  return trim_right(check.string(s, 1), check.func(f, 2))
end

function strings.FieldsFunc(s, f)
  s, f = check.string(s, 1), check.func(f, 2)
  local runes, fields, start = host.runes(s), {}, nil
  for i = 1, #runes, 3 do
    if accepts(f, runes[i]) then
      if start then fields[#fields + 1] = sub(s, start + 1, runes[i + 1]) end
      start = nil
    else
      start = start or runes[i + 1]
    end
  end
  if start then fields[#fields + 1] = sub(s, start + 1) end
  return fields
end

function strings.Map(f, s)
  f, s = check.func(f, 1), check.string(s, 2)
  local runes, codes = host.runes(s), {}
  for i = 1, #runes, 3 do
    local code = f(runes[i])
    if type(code) ~= "number" then check.fail("the function must return a number, found " .. type(code)) end
    if code >= 0 then codes[#codes + 1] = code end
  end
  return host.text(codes)
end

return strings
