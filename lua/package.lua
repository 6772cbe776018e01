-- gopher-lua's require and module. The helper modules of Sveltos are there to be required; there are no files to load.
local R, host = ...
local type, select, next_native, gsub, find, match, concat = type, select, next, string.gsub, string.find, string.match, table.concat
local rawget, rawset, load_native = rawget, rawset, R.native.load
local check, fail = R.check, R.fail
local G = _G

local PATH = "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua"

local loaded = {}
for _, name in next, { "_G", "table", "string", "math", "os", "coroutine", "io", "debug", "channel" } do
  loaded[name] = G[name]
end
loaded._G = G

local preload = {}
for _, name in next, host.moduleNames() do
  preload[name] = function()
    local functions = {}
    for _, key in next, host.moduleFunctionNames(name) do
      functions[key] = function(...) return host.callModule(name, key, ...) end
    end
    local module = load_native(host.moduleText(name), R.OURS, "t", G)(functions, check, R.native)
    R.publish(module)
    -- Sveltos: this one module makes itself a global too.
    if name == "sprig" then rawset(G, name, module) end
    return module
  end
end

local function not_found(name)
  local tried = { "no field package.preload['" .. name .. "']" }
  local path = gsub(name, "%.", "/")
  for pattern in string.gmatch(PATH, "[^;]+") do
    local file = gsub(pattern, "%?", (gsub(path, "%%", "%%%%")))
    tried[#tried + 1] = "stat " .. file .. ": no such file or directory"
  end
  fail("module " .. name .. " not found:\n\t" .. concat(tried, "\n\t") .. ", ")
end

package = {
  loaded = loaded,
  preload = preload,
  path = PATH,
  cpath = "",
  config = "/\n;\n?\n!\n-\n",
}
loaded.package = package

function package.loadlib()
  fail("loadlib is not supported")
end

function package.seeall(module)
  check.table(module, 1)
  local metatable = R.user_metatable(module)
  if not metatable then
    metatable = {}
    R.set_metatable(module, metatable)
  end
  R.set(metatable, "__index", G)
end

function package.loader(name)
  local f = package.preload[check.string(name, 1)]
  return f
end
package.loaders = { package.loader }
package.loader = nil

-- Marks a module whose loading has begun.
local loading = host.userdata()

function G.require(name)
  name = check.string(name, 1)
  local value = loaded[name]
  if value then
    if value == loading then fail("loop or previous error loading module: " .. name) end
    return value
  end
  local f
  for i = 1, 100 do
    local loader = rawget(package.loaders, i)
    if loader == nil then break end
    f = loader(name)
    if type(f) == "function" then break end
  end
  if type(f) ~= "function" then not_found(name) end
  R.set(loaded, name, loading)
  local result = f(name)
  if loaded[name] == loading then R.set(loaded, name, result == nil and true or result) end
  return loaded[name]
end

local function find_table(t, name)
  for part in string.gmatch(name, "[^.]+") do
    local inner = rawget(t, part)
    if inner == nil then
      inner = {}
      R.set(t, part, inner)
    elseif type(inner) ~= "table" then
      return nil
    end
    t = inner
  end
  return t
end

function G.module(name, ...)
  name = check.string(name, 1)
  local module = loaded[name]
  if type(module) ~= "table" then
    module = find_table(G, name)
    if not module then fail("name conflict for module: " .. name) end
    R.set(loaded, name, module)
  end
  if module._NAME == nil then
    R.set(module, "_M", module)
    R.set(module, "_NAME", name)
    R.set(module, "_PACKAGE", match(name, "^(.*%.)[^.]*$") or "")
  end
  R.set_env(2, module)
  for i = 1, select("#", ...) do (select(i, ...))(module) end
  return module
end

for _, name in next, { "_G", "table", "string", "math", "os", "coroutine", "io", "debug", "channel", "package" } do
  R.publish(G[name])
end
R.publish(package.loaders)
