-- What Sveltos has and a sandbox has not: the names exist, and their use is an error that says why.
local R, host = ...
local type, select, next, getinfo = type, select, next, debug.getinfo
local check, fail = R.check, R.fail

local function refuse(name)
  return function() fail(name .. " is not available in this sandbox: scripts have no access to the outside") end
end

local function refused_table(name, functions)
  local t = {}
  for _, key in next, functions do R.set(t, key, refuse(name .. "." .. key)) end
  return t
end

io = refused_table("io", { "close", "flush", "lines", "input", "output", "open", "popen", "read", "tmpfile", "type", "write" })
for _, key in next, { "stdin", "stdout", "stderr" } do R.set(io, key, host.userdata()) end
channel = refused_table("channel", { "make", "select" })
for _, key in next, { "execute", "exit", "remove", "rename", "setenv", "tmpname" } do os[key] = refuse("os." .. key) end
dofile = refuse("dofile")
loadfile = refuse("loadfile")

debug = refused_table("debug", { "getlocal", "getupvalue", "setlocal", "setupvalue" })

function debug.getmetatable(...)
  check.any(select("#", ...), 1)
  local value = ...
  if type(value) == "string" then return string end
  if type(value) ~= "table" and type(value) ~= "userdata" then return nil end
  return R.user_metatable(value)
end

function debug.setmetatable(value, metatable)
  if metatable ~= nil then check.table(metatable, 2) end
  R.set_metatable(value, metatable)
  return value
end

debug.getfenv, debug.setfenv = getfenv, setfenv

-- Of the fields, those that a script's own text decides.
function debug.getinfo(what, fields)
  if type(what) ~= "function" and type(what) ~= "number" then
    R.argument_error(1, "function or number expected, got " .. type(what))
  end
  check.optstring(fields, 2, "")
  local f = what
  if type(what) == "number" then
    f = R.function_at(R.to_int(what))
    if not f then return nil end
  end
  local info = getinfo(f, "Slu")
  local is_ours = info.source == R.OURS or info.what == "C"
  local t = {}
  R.set(t, "what", is_ours and "G" or info.what)
  R.set(t, "source", is_ours and "" or info.short_src)
  R.set(t, "currentline", -1.0)
  R.set(t, "nups", info.nups + 0.0)
  R.set(t, "linedefined", is_ours and 0.0 or info.linedefined + 0.0)
  R.set(t, "lastlinedefined", is_ours and 0.0 or info.lastlinedefined + 0.0)
  -- The runtime's inner functions rely on who calls them.
  if f == what or R.is_public(f) then R.set(t, "func", f) end
  return t
end

function debug.traceback(message)
  local text = "stack traceback:\n" .. R.traceback()
  return type(message) == "string" and message ~= "" and message .. "\n" .. text or text
end
