-- Sveltos's helper functions for scripts (semantics 4.1): same results, same error returns.
local R, host = ...
local type, select, rawget = type, select, rawget
local check = R.check

if not host.hasHelpers() then return end

function base64Encode(text)
  text = check.string(text, 1)
  if text == "" then return nil, "provided string is empty" end
  return host.base64Encode(text)
end

function base64Decode(text)
  text = check.string(text, 1)
  if text == "" then return nil, "provided string is empty" end
  local bytes = host.base64Decode(text)
  -- Sveltos's own words.
  if bytes == nil then return nil, "deconding failed" end
  return bytes
end

local function metadata_entry(map, ...)
  if select("#", ...) ~= 2 then return nil, "expected 2 arguments (table, key)" end
  local object, key = ...
  check.table(object, 1)
  key = check.string(key, 2)
  local metadata = rawget(object, "metadata")
  local entries = type(metadata) == "table" and rawget(metadata, map)
  local value = type(entries) == "table" and rawget(entries, key)
  if type(value) ~= "string" then return nil end
  return value
end

function getLabel(...)
  return R.keep(metadata_entry("labels", ...))
end

function getAnnotation(...)
  return R.keep(metadata_entry("annotations", ...))
end

function getResource(resources, key)
  check.table(resources, 1)
  return rawget(resources, check.string(key, 2))
end
