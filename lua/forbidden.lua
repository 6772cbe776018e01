-- Names that scripts may know from elsewhere exist, and their use is an error that says why.
local function refuse(name)
  return function() error(name .. " is not available in this sandbox: scripts have no access to the outside", 2) end
end

local function refused_table(name, functions)
  local t = {}
  for _, key in ipairs(functions) do t[key] = refuse(name .. "." .. key) end
  return setmetatable(t, { __index = function(_, key) return refuse(name .. "." .. tostring(key)) end })
end

io = refused_table("io", { "open", "read", "write", "lines", "popen", "close", "input", "output", "tmpfile", "type" })
debug = refused_table("debug", { "getinfo", "sethook", "traceback", "getlocal", "getmetatable", "setmetatable" })
channel = refused_table("channel", { "make", "select" })
for _, key in ipairs({ "execute", "exit", "remove", "rename", "tmpname", "setlocale" }) do os[key] = refuse("os." .. key) end
os.date = function() error("os.date is not available yet", 2) end
dofile = refuse("dofile")
loadfile = refuse("loadfile")

function require(name)
  error("module " .. tostring(name) .. " is not available yet", 2)
end
package = nil
