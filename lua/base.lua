-- gopher-lua's global functions.
local R, host = ...
local type, select, next_native, rawget, rawequal, rawlen = type, select, next, rawget, rawequal, rawlen
local error0, xpcall_native, load_native, unpack_native = error, xpcall, load, R.native.unpack
local getinfo, getupvalue, upvaluejoin, concat = debug.getinfo, debug.getupvalue, debug.upvaluejoin, table.concat
local find = string.find
local check, fail, argument_error, type_error = R.check, R.fail, R.argument_error, R.type_error
local metafield, raw_text, translate = R.metafield, R.raw_text, R.translate
local get_metatable = debug.getmetatable
local G = _G

-- The registers of gopher-lua's states end here; more values at a time are an error.
local MAX_UNPACK = 5110

function G.assert(...)
  local value, message = ...
  if value == nil or value == false then fail(check.optstring(message, 2, "assertion failed!")) end
  return ...
end

function G.collectgarbage() end

function G.error(...)
  check.any(select("#", ...), 1)
  local message, level = ...
  level = check.optint(level, 2, 1)
  if type(message) == "string" and level > 0 then
    local place = R.place(level == 1 and 1 or level - 1)
    error0(place .. " " .. message, 0)
  end
  error0(message, 0)
end

function G.getmetatable(...)
  check.any(select("#", ...), 1)
  local value = ...
  if type(value) == "string" then return string end
  local user = (type(value) == "table" or type(value) == "userdata") and R.user_metatable(value)
  if not user then return nil end
  local shown = rawget(user, "__metatable")
  if shown ~= nil then return shown end
  return user
end

function G.setmetatable(...)
  local value, metatable = ...
  if metatable ~= nil and type(metatable) ~= "table" then
    argument_error(2, "nil or table expected, got " .. type(metatable))
  end
  if value == nil then fail("cannot set metatable to a nil object.") end
  if metafield(value, "__metatable") ~= nil then fail("cannot change a protected metatable") end
  R.set_metatable(value, metatable)
  return value
end

local function ipairs_next(t, i)
  i = i + 1.0
  local value = rawget(t, i)
  if value ~= nil then return i, value end
end
-- Tables without the user's metatables can be read directly.
local function ipairs_next_plain(t, i)
  i = i + 1.0
  local value = t[i]
  if value ~= nil then return i, value end
end

function G.ipairs(t)
  check.table(t, 1)
  return (R.user_metatable(t) and ipairs_next or ipairs_next_plain), t, 0.0
end

function G.pairs(t)
  check.table(t, 1)
  return R.pairs(t)
end

function G.next(t, key)
  check.table(t, 1)
  return R.next(t, key)
end

-- Not a tail call of the native one: the frame counts in the places of errors.
local function finish(...)
  R.set_handler(false)
  return ...
end

function G.pcall(...)
  check.any(select("#", ...), 1)
  local f = ...
  if type(f) ~= "function" and type(metafield(f, "__call")) ~= "function" then
    return false, "attempt to call a " .. type(f) .. " value"
  end
  return finish(xpcall_native(f, translate, select(2, ...)))
end

function G.xpcall(f, handler)
  check.func(f, 1)
  check.func(handler, 2)
  local function handle(message)
    local _, result = xpcall_native(handler, translate, translate(message))
    return result
  end
  R.set_handler(true)
  return finish(xpcall_native(f, handle))
end

-- Runs the host's call of the user's function: what failed, and where it was called from.
function R.run(f, ...)
  local function handle(message)
    return { message = translate(message), traceback = R.traceback() }
  end
  return finish(xpcall_native(f, handle, ...))
end

-- The frames of the user's, innermost first: "line 12 in function 'f'".
function R.traceback()
  local lines, level = {}, 2
  while #lines < 30 do
    local info = getinfo(level, "Sln")
    if not info then break end
    if info.what ~= "C" and info.source ~= R.OURS then
      local name = info.name and "function '" .. info.name .. "'" or "the script"
      lines[#lines + 1] = info.short_src .. ":" .. info.currentline .. ": in " .. name
    end
    level = level + 1
  end
  return concat(lines, "\n")
end

function G.print(...)
  local texts = {}
  for i = 1, select("#", ...) do
    texts[i] = raw_text(R.tostring((select(i, ...))))
  end
  host.print(concat(texts, "\t"))
end

function G.rawequal(...)
  check.any(select("#", ...), 1)
  check.any(select("#", ...), 2)
  local a, b = ...
  return rawequal(a, b)
end

function G.rawget(...)
  local t, key = ...
  check.table(t, 1)
  check.any(select("#", ...), 2)
  return rawget(t, key)
end

function G.rawset(...)
  local t, key, value = ...
  check.table(t, 1)
  check.any(select("#", ...), 2)
  check.any(select("#", ...), 3)
  R.rawset(t, key, value)
end

function G.select(n, ...)
  if n == "#" then return select("#", ...) + 0.0 end
  if type(n) == "string" then argument_error(1, "invalid string '" .. n .. "'") end
  if type(n) ~= "number" then argument_error(1, "number or string expected, got " .. type(n)) end
  local index, count = R.to_int(n), select("#", ...) + 1
  if index < 0 then index = count + index elseif index > count then index = count end
  if index < 1 then argument_error(1, "index out of range") end
  if index == count then return end
  return select(index, ...)
end

local function tostring_(value)
  local f = metafield(value, "__tostring")
  if type(f) == "function" then return (f(value)) end
  return raw_text(value)
end
R.tostring = tostring_

function G.tostring(...)
  check.any(select("#", ...), 1)
  local value = ...
  return tostring_(value)
end

function G.tonumber(...)
  local value, base = ...
  base = check.optint(base, 2, nil)
  check.any(select("#", ...), 1)
  if type(value) == "number" then return value end
  if type(value) ~= "string" then return nil end
  return host.toNumber(value, base)
end

function G.type(...)
  check.any(select("#", ...), 1)
  local value = ...
  return type(value)
end

function G.unpack(t, first, last)
  check.table(t, 1)
  first = check.optint(first, 2, 1)
  last = check.optint(last, 3, R.raw_length(t))
  if last < first then return end
  if last - first + 1 > MAX_UNPACK then fail("registry overflow") end
  if R.user_metatable(t) then
    local copy = {}
    for i = first, last do copy[i] = rawget(t, i) end
    t = copy
  end
  return unpack_native(t, first // 1 | 0, last // 1 | 0)
end

function G._printregs() end

function G.newproxy(like)
  local proxy = host.userdata()
  if like == true then
    R.set_metatable(proxy, {})
  elseif type(like) == "userdata" then
    R.set_metatable(proxy, R.user_metatable(like))
  end
  return proxy
end

-- Code from text

-- The functions that emitted code calls, in the order in which it takes them.
local function runtime()
  return R.set, R.concat2, R.concat, R.length, R.power, R.negate, R.shapes, R.shape, R.list, R.pack, R.build, R.extend,
    R.iterate, R.iterateList, R.forStart, R.forLimit, R.forPrepare, R.enter, R.keep, R.argTable, R.cell
end

-- Globals for the host, which must not meet an error of the user's metamethods unprotected.
function R.global(name)
  return G[name]
end

function R.set_global(name, value)
  R.set(G, name, value)
end

-- A chunk that is already written in the VM's language → the user's main function.
function R.load_emitted(text, name, env)
  -- No chunk of the user's passes for one of the runtime.
  if "=" .. name == R.OURS then name = name .. " " end
  local chunk, problem = load_native(text, "=" .. name, "t", env or G)
  if not chunk then return nil, problem end
  return chunk(runtime())
end

-- What a function finds its globals in.
local function env_index(f)
  for i = 1, 255 do
    local name = getupvalue(f, i)
    if not name then return nil end
    if name == "_ENV" then return i end
  end
end

local own_env = setmetatable({}, { __mode = "k" })

local function is_users(f)
  local info = getinfo(f, "S")
  return info.what ~= "C" and info.source ~= R.OURS
end

local function env_of(f)
  if not is_users(f) then return G end
  local i = env_index(f)
  if i then
    local _, env = getupvalue(f, i)
    return env
  end
  return own_env[f] or G
end

-- The function `level` frames above the runtime function that asks; nil where there is none.
local function function_at(level)
  local at, seen = 2, 0
  while true do
    local info = getinfo(at, "Sf")
    if not info then return nil end
    if info.what ~= "C" then
      if seen == level then return info.func end
      seen = seen + 1
    end
    at = at + 1
  end
end

local function current_env()
  local f = function_at(2)
  return f and env_of(f) or G
end

local function compile(text, name, env)
  local emitted, problem = host.rewrite(text, name)
  if not emitted then return nil, problem end
  return R.load_emitted(emitted, name, env)
end

function G.loadstring(text, name)
  text = check.string(text, 1)
  return compile(text, check.optstring(name, 2, "<string>"), current_env())
end

function G.load(reader, name)
  check.func(reader, 1)
  name = check.optstring(name, 2, "?")
  local env = current_env()
  local parts = {}
  while true do
    local part = reader()
    if part == nil or part == "" then break end
    if type(part) ~= "string" and type(part) ~= "number" then
      return nil, "reader function must return a string"
    end
    parts[#parts + 1] = raw_text(part)
  end
  return compile(concat(parts), name, env)
end

function G.getfenv(...)
  local what = 1
  if select("#", ...) > 0 then what = (...) end
  if type(what) == "function" then return env_of(what) end
  if type(what) == "number" and what >= 1 then
    local f = function_at(R.to_int(what))
    if f and is_users(f) then return env_of(f) end
  end
  return G
end

function G.setfenv(...)
  local what, env = 1, (select(2, ...))
  if select("#", ...) > 0 then what = (...) end
  check.table(env, 2)
  local f = what
  if type(what) == "number" then
    if what < 1 then return end
    f = function_at(R.to_int(what))
  end
  if type(f) ~= "function" or not is_users(f) then fail("cannot change the environment of given object") end
  local i = env_index(f)
  if i then upvaluejoin(f, i, function() return env end, 1) end
  own_env[f] = env
  return f
end
R.set_env = G.setfenv
R.function_at = function_at

-- The library's functions, which a script may have by way of debug.getinfo as well as by name.
local is_public = setmetatable({}, { __mode = "k" })
function R.publish(t)
  for _, value in next_native, t do
    if type(value) == "function" then is_public[value] = true end
  end
end
function R.is_public(f)
  return is_users(f) or is_public[f] == true
end

G._VERSION = "Lua 5.1"
G._GOPHER_LUA_VERSION = "GopherLua 0.1"
G.rawlen, G.warn, G.utf8 = nil, nil, nil
