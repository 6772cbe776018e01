-- Variables that functions share. In gopher-lua a function shares a variable with the function around it by way of the
-- place where that keeps it; raising an error that is caught cuts all such ties, and each side goes on with a copy. So a
-- shared variable that changes lives in a cell here: when an error is caught, the functions that are still running get
-- cells of their own.
local R, host = ...
local getinfo, getlocal, setlocal = debug.getinfo, debug.getlocal, debug.setlocal
local get_metatable, set_metatable, type, running = debug.getmetatable, debug.setmetatable, type, coroutine.running

local CELL = {}
-- Threads in which a handler waits for errors (xpcall): there gopher-lua leaves the ties alone.
local has_handler = set_metatable({}, { __mode = "k" })

function R.cell(value)
  return set_metatable({ value }, CELL)
end

-- Gives every function of the user's that is running in this thread cells of its own.
local function cut()
  local level = 2
  while true do
    local info = getinfo(level, "S")
    if not info then return end
    if info.what ~= "C" and info.source ~= R.OURS then
      local i = 1
      while true do
        local name, value = getlocal(level, i)
        if not name then break end
        if type(value) == "table" and get_metatable(value) == CELL then setlocal(level, i, R.cell(value[1])) end
        i = i + 1
      end
    end
    level = level + 1
  end
end

-- Called where an error is raised that somebody catches.
function R.on_error()
  if not has_handler[(running())] then cut() end
end

function R.set_handler(is_set)
  has_handler[(running())] = is_set or nil
end
