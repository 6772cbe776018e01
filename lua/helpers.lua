-- Sveltos's helper functions for scripts (semantics 4.1): same results, same error returns.
local host_encode, host_decode = __host_base64_encode, __host_base64_decode
__host_base64_encode, __host_base64_decode = nil, nil

local function check_string(value, name)
  if type(value) == "number" then return tostring(value) end
  if type(value) ~= "string" then
    error("bad argument #1 to " .. name .. " (string expected, got " .. type(value) .. ")", 3)
  end
  return value
end

function base64Encode(text)
  text = check_string(text, "base64Encode")
  if text == "" then return nil, "provided string is empty" end
  return host_encode(text)
end

function base64Decode(text)
  text = check_string(text, "base64Decode")
  if text == "" then return nil, "provided string is empty" end
  local bytes = host_decode(text)
  if bytes == nil then return nil, "deconding failed" end
  return bytes
end

local function metadata_entry(map, name, ...)
  if select("#", ...) ~= 2 then return nil, "expected 2 arguments (table, key)" end
  local object, key = ...
  if type(object) ~= "table" then
    error("bad argument #1 to " .. name .. " (table expected, got " .. type(object) .. ")", 3)
  end
  local metadata = object.metadata
  local entries = type(metadata) == "table" and metadata[map]
  local value = type(entries) == "table" and entries[key]
  if type(value) ~= "string" then return nil end
  return value
end

function getLabel(...) return metadata_entry("labels", "getLabel", ...) end
function getAnnotation(...) return metadata_entry("annotations", "getAnnotation", ...) end

function getResource(resources, key)
  if type(resources) ~= "table" then
    error("bad argument #1 to getResource (table expected, got " .. type(resources) .. ")", 2)
  end
  return resources[key]
end
