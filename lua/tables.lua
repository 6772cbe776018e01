-- Tables as gopher-lua has them. Two things show to scripts that the VM's own tables do not keep: the order in which keys
-- other than positions came first, which is the order of `pairs`; and how far the array part reaches, holes included, which
-- `#` and the functions of `table` go by.
--
-- A table without a metatable of the VM is either a list without holes and without other keys, or one that the host made of
-- a Kubernetes object, whose order is not defined. Any other has a metatable of ours, which knows its keys. A metatable that
-- many tables share describes how they came to be: adding a key leads on to the next shared one. One that has changed
-- in its own way has a metatable for itself. The user's metatables are stood for by one of ours each.
local R, host = ...
local type, next_native, rawget, rawset, rawlen, select = type, next, rawget, rawset, rawlen, select
local get_metatable, set_metatable, floor, byte = debug.getmetatable, debug.setmetatable, math.floor, string.byte
local check, fail = R.check, R.fail

-- gopher-lua: positions from here on are keys like any other.
local MAX_INDEX = 67108864
-- A longer chain of shared metatables is not followed.
local MAX_SHARED = 16

-- The user's tables that have a metatable of the user's → what is known of their keys.
local order_of = set_metatable({}, { __mode = "k" })
-- Our metatable ↔ the user's that it stands for.
local user_of = set_metatable({}, { __mode = "k" })
local stand_in_of = set_metatable({}, { __mode = "k" })

local newindex, holey_length

local function is_index(key)
  return type(key) == "number" and key >= 1 and key < MAX_INDEX and floor(key) == key
end

local function new_order(shared)
  return { keys = {}, place = {}, count = 0, shared = shared, following = shared and {} or nil, __newindex = newindex }
end

local function add_key(order, key)
  local count = order.count + 1
  order.count, order.keys[count], order.place[key] = count, key, count
end

local function copy_order(order)
  local copy = new_order(false)
  for i = 1, order.count do add_key(copy, order.keys[i]) end
  copy.length, copy.__len = order.length, order.__len
  return copy
end

local root

local function order_for(t)
  local metatable = get_metatable(t)
  if metatable == nil then return nil end
  if metatable.place then return metatable end
  return order_of[t]
end

-- Makes what is known of a table its own, where other tables share it.
local function own_order(t)
  local metatable = get_metatable(t)
  local order = order_for(t)
  if order == nil or order.shared then
    order = order and copy_order(order) or new_order(false)
    if metatable == nil or metatable.place then
      set_metatable(t, order)
    else
      order_of[t] = order
    end
  end
  return order
end

-- Keeps account of a table from now on.
local function track(t)
  if rawlen(t) == 0 and next_native(t) ~= nil then
    local order = new_order(false)
    for key in next_native, t do add_key(order, key) end
    if get_metatable(t) == nil then set_metatable(t, order) else order_of[t] = order end
    return order
  end
  if get_metatable(t) == nil then set_metatable(t, root) else order_of[t] = root end
  return root
end

local function note_key(t, order, key)
  if order.place[key] then return end
  if not order.shared then return add_key(order, key) end
  local following = order.following[key]
  if not following and order.count < MAX_SHARED then
    following = new_order(true)
    for i = 1, order.count do add_key(following, order.keys[i]) end
    add_key(following, key)
    order.following[key] = following
  end
  if not following then return add_key(own_order(t), key) end
  if get_metatable(t) == order then set_metatable(t, following) else order_of[t] = following end
end

-- Sets a position of a table that is accounted for.
local function set_index(t, order, key, value)
  if not order.length then
    local length = rawlen(t)
    if value ~= nil and key <= length + 1 then
      rawset(t, key, value)
      return
    end
    order = own_order(t)
    order.length, order.__len = length, holey_length
  end
  if key > order.length then order.length = floor(key) end
  rawset(t, key, value)
end

local function check_key(key)
  if key == nil then fail("table index is nil") end
  if key ~= key then fail("table index is NaN") end
end

local function raw_set(t, key, value)
  check_key(key)
  local order = order_for(t)
  if order == nil then
    if value ~= nil then
      local length = rawlen(t)
      if rawget(t, key) ~= nil or key == length + 1 and (length > 0 or next_native(t) == nil) then
        rawset(t, key, value)
        return
      end
    elseif not is_index(key) then
      rawset(t, key, value)
      return
    end
    order = track(t)
  end
  if is_index(key) then return set_index(t, order, key, value) end
  if value ~= nil then note_key(t, order, key) end
  rawset(t, key, value)
end
R.raw_set = raw_set
newindex = raw_set

function holey_length(t)
  for i = order_for(t).length, 1, -1 do
    if rawget(t, i) ~= nil then return i + 0.0 end
  end
  return 0.0
end

root = new_order(true)
root.__newindex = newindex

-- The user's metatables

local OPERATORS = { "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat" }

local function user_metatable(value)
  local metatable = get_metatable(value)
  return metatable and user_of[metatable]
end
R.user_metatable = user_metatable

-- The field of a value's metatable that gopher-lua looks at.
local function metafield(value, event)
  local kind = type(value)
  if kind == "string" then return rawget(R.string_library, event) end
  if kind ~= "table" and kind ~= "userdata" then return nil end
  local metatable = user_metatable(value)
  return metatable and rawget(metatable, event)
end
R.metafield = metafield

local function same_function(a, b, event)
  local f = metafield(a, event)
  if type(f) == "function" and f == metafield(b, event) then return f end
end

local function compare_error(a, b)
  fail("attempt to compare " .. type(a) .. " with " .. type(b))
end
R.compare_error = compare_error

local function equal(a, b)
  local f = same_function(a, b, "__eq")
  return f ~= nil and (f(a, b)) and true or false
end
local function less(a, b)
  local f = type(a) == type(b) and same_function(a, b, "__lt")
  if not f then compare_error(a, b) end
  return (f(a, b)) and true or false
end
local function less_or_equal(a, b)
  if type(a) ~= type(b) then compare_error(a, b) end
  local f = same_function(a, b, "__le")
  if f then return (f(a, b)) and true or false end
  return not less(b, a)
end

-- Gives our metatable the user's events anew. What gopher-lua does not know (finalisers, weak references, to-be-closed) is
-- left out.
local function stand_in_sync(metatable, user)
  for _, event in next, OPERATORS do
    local f = rawget(user, event)
    metatable[event] = type(f) == "function" and f or R.operators[event]
  end
  -- The VM gives operators of one operand the operand twice.
  metatable.__unm = R.operators.__unm
  metatable.__index = rawget(user, "__index")
  local call = rawget(user, "__call")
  metatable.__call = type(call) == "function" and call or nil
  local length = rawget(user, "__len")
  metatable.__len = type(length) == "function" and function(t) return (length(t)) end or
    function(t)
      if type(t) ~= "table" then fail("__len undefined") end
      local order = order_of[t]
      return order and order.length and holey_length(t) or rawlen(t) + 0.0
    end
  metatable.__eq = rawget(user, "__eq") ~= nil and equal or nil
  metatable.__lt, metatable.__le = less, less_or_equal
  local set = rawget(user, "__newindex")
  if set == nil then
    metatable.__newindex = raw_set
  elseif type(set) == "function" then
    metatable.__newindex = set
  else
    metatable.__newindex = function(_, key, value) R.set(set, key, value) end
  end
end

local function stand_in(user)
  local metatable = stand_in_of[user]
  if not metatable then
    -- Our metatable is how a later change of the user's is noticed.
    if get_metatable(user) == nil then track(user) end
    metatable = {}
    stand_in_of[user], user_of[metatable] = metatable, user
    stand_in_sync(metatable, user)
  end
  return metatable
end

local function noticed_set(t, key, value)
  if value == nil and type(t) == "table" and is_index(key) and
    (rawget(t, key) ~= nil or get_metatable(t).__newindex == raw_set) then
    raw_set(t, key, value)
  else
    t[key] = value
  end
  local metatable = stand_in_of[t]
  if metatable and type(key) == "string" and byte(key) == 95 then stand_in_sync(metatable, t) end
end

-- `t[key] = value` of the user's code.
function R.set(t, key, value)
  local metatable = get_metatable(t)
  if metatable == nil then
    if value ~= nil then
      if t[key] ~= nil then
        t[key] = value
        return
      end
      local length = #t
      if key == length + 1 and (length > 0 or next_native(t) == nil) then
        t[key] = value
        return
      end
    end
    return raw_set(t, key, value)
  end
  if value == nil or stand_in_of[t] then return noticed_set(t, key, value) end
  t[key] = value
end

function R.rawset(t, key, value)
  raw_set(t, key, value)
  local metatable = stand_in_of[t]
  if metatable then stand_in_sync(metatable, t) end
end

-- @param user nil or a table
function R.set_metatable(value, user)
  local kind = type(value)
  if kind == "userdata" then
    set_metatable(value, user and stand_in(user) or nil)
  elseif kind == "table" then
    local order = order_for(value)
    if user then
      order_of[value] = order
      set_metatable(value, stand_in(user))
    else
      order_of[value] = nil
      set_metatable(value, order)
    end
  end
end

-- Length and order

-- How far the array part reaches, holes at its end included.
local function array_length(t)
  local order = order_for(t)
  return order and order.length or rawlen(t)
end
R.array_length = array_length

function R.set_array_length(t, length)
  local order = order_for(t)
  if order and order.length then order.length = length end
end

-- `#t` without metatables.
local function raw_length(t)
  local order = order_for(t)
  if order and order.length then return holey_length(t) end
  return rawlen(t) + 0.0
end
R.raw_length = raw_length
check.len = raw_length

-- `#value` of the user's code.
function R.length(value)
  local length = #value
  return type(length) == "number" and length + 0.0 or length
end

local function next_of_order(t, key, order)
  local from
  if key == nil or type(key) == "number" and key > 0 and key < MAX_INDEX and floor(key) == key then
    local index, length = key or 0, order.length or rawlen(t)
    while index < length do
      index = index + 1.0
      local value = rawget(t, index)
      if value ~= nil then return index, value end
    end
    if length == 0 or index == length then from = 1 end
  end
  from = from or (order.place[key] or 1) + 1
  local keys = order.keys
  for i = from, order.count do
    local value = rawget(t, keys[i])
    if value ~= nil then return keys[i], value end
  end
  return nil
end

local function next_of_list(t, key)
  key = (key or 0.0) + 1.0
  local value = t[key]
  if value ~= nil then return key, value end
  local order = order_for(t)
  if order then return next_of_order(t, key - 1, order) end
  return nil
end

local function found(ok, key, value)
  if ok and key ~= nil then return key, value end
  return nil
end

-- The next key and value in gopher-lua's order. Any key is accepted, as gopher-lua does.
local function next_pair(t, key)
  local order = order_for(t)
  if order then return next_of_order(t, key, order) end
  if rawlen(t) > 0 then
    if key ~= nil and (type(key) ~= "number" or key < 0) then return nil end
    local rest = (key or 0.0) + 1.0
    local value = rawget(t, rest)
    if value ~= nil then return rest, value end
    return nil
  end
  return found(pcall(next_native, t, key))
end
R.next = next_pair

local function next_of_any(t, key)
  return next_pair(t, key)
end

function R.pairs(t)
  local metatable = get_metatable(t)
  if metatable == nil then
    if rawlen(t) > 0 then return next_of_list, t, nil end
    return next_native, t, nil
  end
  return next_of_any, t, nil
end
check.pairs = R.pairs

-- Constructors

-- `{a, b, …}` whose elements may be nil.
function R.list(t, count)
  for i = 1, count do
    if t[i] == nil then
      local order = own_order(t)
      order.length, order.__len = count, holey_length
      return t
    end
  end
  return t
end

-- `{a, …, f()}`
function R.pack(...)
  return R.list({ ... }, select("#", ...))
end

function R.argTable(...)
  local count = select("#", ...)
  local t = R.pack(...)
  R.set(t, "n", count + 0.0)
  return t
end

function R.shapes(descriptions)
  for _, description in next, descriptions do
    local order = new_order(true)
    for i = 1, #description do add_key(order, description[i]) end
    description.order = order
  end
  return descriptions
end

-- `{key = value, …, element, …}` with keys that the text names.
function R.shape(description, t)
  local order = description.order
  if not description.sure then
    local keys, is_whole = order.keys, true
    for i = 1, order.count do
      if t[keys[i]] == nil then is_whole = false end
    end
    for i = 1, description.n do
      if t[i] == nil then is_whole = false end
    end
    if not is_whole then
      local own = new_order(false)
      for i = 1, order.count do
        if t[keys[i]] ~= nil then add_key(own, keys[i]) end
      end
      set_metatable(t, own)
      return R.list(t, description.n)
    end
  end
  return set_metatable(t, order)
end

-- Constructors that are written in pieces → how many elements without key they have so far.
local built = set_metatable({}, { __mode = "k" })

-- Adds fields to a table. A letter says of each what follows for it: "k" key and value, "p" a value, "m" any number.
-- gopher-lua: fields with a key are set at once, those without when the others are done.
local function extend(t, letters, ...)
  local at, positions = 1, {}
  local count = built[t] or 0
  for i = 1, #letters do
    local letter = byte(letters, i)
    if letter == 107 then
      local key, value = (select(at, ...)), (select(at + 1, ...))
      raw_set(t, key, value)
      at = at + 2
    elseif letter == 112 then
      positions[#positions + 1] = at
      at = at + 1
    else
      for rest = at, select("#", ...) do positions[#positions + 1] = rest end
    end
  end
  for i = 1, #positions do
    count = count + 1
    raw_set(t, count + 0.0, (select(positions[i], ...)))
  end
  built[t] = count
  return t
end
R.extend = extend

function R.build(letters, ...)
  return extend({}, letters, ...)
end
