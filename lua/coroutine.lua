-- gopher-lua's coroutines.
local R, host = ...
local native, type, select, error0, xpcall_native = coroutine, type, select, error, xpcall
local create, resume, status, running, yield = native.create, native.resume, native.status, native.running, native.yield
local is_yieldable = native.isyieldable
local check, fail, translate, type_error = R.check, R.fail, R.translate, R.type_error

local DEAD, RUNNING = "can not resume a dead thread", "can not resume a running thread"

local function rethrow(ok, ...)
  if ok then return ... end
  error0((...), 0)
end

-- Errors are put into gopher-lua's words where they happen, which is within the coroutine.
local function create_translated(f)
  return create(function(...) return rethrow(xpcall_native(f, translate, ...)) end)
end

local function refusal(thread)
  if status(thread) == "dead" then return DEAD end
  if status(thread) ~= "suspended" then return RUNNING end
end

local library = {}

function library.create(f)
  return create_translated(check.func(f, 1))
end

local function resumed(...)
  return ...
end

function library.resume(thread, ...)
  if type(thread) ~= "thread" then type_error(1, "thread", thread) end
  local problem = refusal(thread)
  if problem then return false, problem end
  return resumed(resume(thread, ...))
end

function library.wrap(f)
  local thread = create_translated(check.func(f, 1))
  return function(...)
    local problem = refusal(thread)
    if problem then fail(problem) end
    return rethrow(resume(thread, ...))
  end
end

function library.yield(...)
  if not is_yieldable() then error0(" can not yield from outside of a coroutine", 0) end
  return yield(...)
end

function library.status(thread)
  if type(thread) ~= "thread" then type_error(1, "thread", thread) end
  return status(thread)
end

function library.running()
  local thread, is_main = running()
  if is_main then return nil end
  return thread
end

coroutine = library
