-- Sveltos's module `json` (semantics 4.2).
local host, check, native = ...
local type, select, rep, concat, error_native, pcall_native =
  native.type, native.select, native.rep, native.concat, native.error, native.pcall
local pairs = check.pairs

-- Go has no bound of its own; deeper tables could not be read back.
local MAX_DEPTH = 1000

-- What can't be encoded, and how deep it lies: Go's encoder says its own name once for each table on the way.
local function refuse(reason, depth)
  local prefix = "json: error calling MarshalJSON for type json.jsonValue: "
  error_native({ message = rep(prefix, depth) .. reason }, 0)
end

local encode

local function encode_list(t, seen, depth)
  local parts = {}
  for key, value in pairs(t) do
    if type(key) ~= "number" then refuse("cannot encode mixed or invalid key types", depth) end
    if key ~= #parts + 1 then refuse("cannot encode sparse array", depth) end
    parts[#parts + 1] = value
  end
  for i = 1, #parts do parts[i] = encode(parts[i], seen, depth + 1) end
  return "[" .. concat(parts, ",") .. "]"
end

local function encode_object(t, seen, depth)
  local names, values = {}, {}
  for key, value in pairs(t) do
    if type(key) ~= "string" then refuse("cannot encode mixed or invalid key types", depth) end
    names[#names + 1], values[key] = key, value
  end
  names = host.sorted(names)
  for i = 1, #names do
    names[i] = host.quote(names[i]) .. ":" .. encode(values[names[i]], seen, depth + 1)
  end
  return "{" .. concat(names, ",") .. "}"
end

function encode(value, seen, depth)
  local kind = type(value)
  if kind == "nil" then return "null" end
  if kind == "boolean" then return value and "true" or "false" end
  if kind == "string" then return host.quote(value) end
  if kind == "number" then
    if value ~= value or value == 1 / 0 or value == -1 / 0 then
      refuse("json: unsupported value: " .. check.tostring(value), depth)
    end
    return host.number(value)
  end
  if kind ~= "table" then refuse("cannot encode " .. kind .. " to JSON", depth) end
  if seen[value] then refuse("cannot encode recursively nested tables to JSON", depth) end
  if depth > MAX_DEPTH then refuse("nested too deep", depth) end
  seen[value] = true
  local first
  for key in pairs(value) do
    first = type(key)
    break
  end
  if first == nil then return "[]" end
  if first == "number" then return encode_list(value, seen, depth) end
  if first == "string" then return encode_object(value, seen, depth) end
  refuse("cannot encode mixed or invalid key types", depth)
end

-- The JSON of a value; nil and the reason where it has none.
local function encoded(value)
  local ok, result = pcall_native(encode, value, {}, 1)
  if ok then return result end
  if type(result) == "table" and result.message then return nil, result.message end
  error_native(result, 0)
end

local json = {}

function json.encode(...)
  check.any(select("#", ...), 1)
  return encoded((...))
end

function json.decode(text)
  return host.decode(check.string(text, 1))
end

function json.toYAML(...)
  check.any(select("#", ...), 1)
  local text, problem = encoded((...))
  if not text then return nil, problem end
  return host.toYAML(text)
end

function json.fromYAML(text)
  return host.fromYAML(check.string(text, 1))
end

return json
