-- gopher-lua's table library. It reads and writes tables without their metatables, and by their array part.
local R, host = ...
local type, select, rawget, rawset, next, concat_native = type, select, rawget, rawset, next, table.concat
local check, fail, raw_set = R.check, R.fail, R.raw_set
local raw_length, array_length, set_array_length, number_text = R.raw_length, R.array_length, R.set_array_length, R.number_text
local xpcall_native, error0 = xpcall, error

-- gopher-lua keeps all parts and separators in its registers at once.
local MAX_CONCAT = 2557

local library = {}

function library.getn(t)
  return raw_length(check.table(t, 1))
end

library.maxn = library.getn

function library.insert(...)
  local t, position, value = ...
  check.table(t, 1)
  local count = select("#", ...)
  if count == 1 then fail("wrong number of arguments") end
  if count == 2 then
    if position ~= nil then raw_set(t, raw_length(t) + 1, position) end
    return
  end
  position = check.int(position, 2)
  local length = array_length(t)
  if position > length or position <= 0 then return raw_set(t, position, value) end
  raw_set(t, length + 1.0, rawget(t, length))
  for i = length, position + 1, -1 do raw_set(t, i, rawget(t, i - 1)) end
  raw_set(t, position, value)
end

function library.remove(...)
  local t, position = ...
  check.table(t, 1)
  position = select("#", ...) == 1 and -1 or check.int(position, 2)
  local length = array_length(t)
  if length == 0 or position > length then return nil end
  local value
  if position == length or position < 1 then
    value = rawget(t, length)
  else
    value = rawget(t, position)
    for i = position, length - 1 do raw_set(t, i, rawget(t, i + 1)) end
  end
  -- The array part itself gets shorter, which leaves no hole.
  rawset(t, length, nil)
  set_array_length(t, length - 1)
  return value
end

local function check_part(value, i)
  if type(value) ~= "string" and type(value) ~= "number" then
    fail("invalid value (" .. type(value) .. ") at index " .. number_text(i) .. " in table for concat")
  end
  return value
end

function library.concat(...)
  local t, separator, first, last = ...
  check.table(t, 1)
  separator = check.optstring(separator, 2, "")
  local length = raw_length(t)
  first = check.optint(first, 3, 1.0)
  last = check.optint(last, 4, length)
  if select("#", ...) == 3 and (first > length or first < 1) then return "" end
  if first > length then first = length end
  if first < 1 then first = 1.0 end
  if last > length then last = length end
  if first > last then return "" end
  if last - first + 1 > MAX_CONCAT then fail("registry overflow") end
  -- gopher-lua: a single part comes back as it is, be it a number.
  if first == last then return check_part(rawget(t, first), first) end
  local parts, count = {}, 0
  for i = first, last do
    local value = check_part(rawget(t, i), i)
    count = count + 1
    parts[count] = type(value) == "number" and number_text(value) or value
  end
  return concat_native(parts, separator)
end

-- Sorting: the steps of Go's sort.Sort one for one, since what compares equal, or by an order that contradicts itself, comes
-- out in the order that those steps leave. Positions count from 0.

local function bit_length(n)
  local bits = 0
  while n > 0 do
    bits, n = bits + 1, n // 2
  end
  return bits
end

-- The pseudo-random numbers that break patterns: xorshift of 64 bits.
local function random_source(seed)
  local state = seed
  return function()
    state = state ~ (state << 13)
    state = state ~ (state >> 7)
    state = state ~ (state << 17)
    return state
  end
end

local INSERTION_SIZE = 12
local NINTHER_SIZE = 50
local MAX_SWAPS = 12

local function sort(t, count, is_less)
  local function less(i, j) return is_less(t[i + 1], t[j + 1]) end
  local function swap(i, j) t[i + 1], t[j + 1] = t[j + 1], t[i + 1] end

  local function insertion(a, b)
    for i = a + 1, b - 1 do
      local j = i
      while j > a and less(j, j - 1) do
        swap(j, j - 1)
        j = j - 1
      end
    end
  end

  local function sift_down(low, high, first)
    local at = low
    while true do
      local child = 2 * at + 1
      if child >= high then return end
      if child + 1 < high and less(first + child, first + child + 1) then child = child + 1 end
      if not less(first + at, first + child) then return end
      swap(first + at, first + child)
      at = child
    end
  end

  local function heap(a, b)
    local high = b - a
    for i = (high - 1) // 2, 0, -1 do sift_down(i, high, a) end
    for i = high - 1, 0, -1 do
      swap(a, a + i)
      sift_down(0, i, a)
    end
  end

  local swaps = 0
  local function in_order(a, b)
    if less(b, a) then
      swaps = swaps + 1
      return b, a
    end
    return a, b
  end
  local function median(a, b, c)
    a, b = in_order(a, b)
    b, c = in_order(b, c)
    a, b = in_order(a, b)
    return b
  end

  -- The pivot, and what the search for it says of the order: "increasing", "decreasing" or nothing.
  local function choose_pivot(a, b)
    local length = b - a
    swaps = 0
    local i, j, k = a + length // 4, a + length // 4 * 2, a + length // 4 * 3
    if length >= 8 then
      if length >= NINTHER_SIZE then
        i = median(i - 1, i, i + 1)
        j = median(j - 1, j, j + 1)
        k = median(k - 1, k, k + 1)
      end
      j = median(i, j, k)
    end
    if swaps == 0 then return j, "increasing" end
    if swaps == MAX_SWAPS then return j, "decreasing" end
    return j
  end

  local function partial_insertion(a, b)
    local i = a + 1
    for _ = 1, 5 do
      while i < b and not less(i, i - 1) do i = i + 1 end
      if i == b then return true end
      if b - a < 50 then return false end
      swap(i, i - 1)
      if i - a >= 2 then
        for j = i - 1, 1, -1 do
          if not less(j, j - 1) then break end
          swap(j, j - 1)
        end
      end
      if b - i >= 2 then
        for j = i + 1, b - 1 do
          if not less(j, j - 1) then break end
          swap(j, j - 1)
        end
      end
    end
    return false
  end

  local function partition_equal(a, b, pivot)
    swap(a, pivot)
    local i, j = a + 1, b - 1
    while true do
      while i <= j and not less(a, i) do i = i + 1 end
      while i <= j and less(a, j) do j = j - 1 end
      if i > j then return i end
      swap(i, j)
      i, j = i + 1, j - 1
    end
  end

  local function partition(a, b, pivot)
    swap(a, pivot)
    local i, j = a + 1, b - 1
    while i <= j and less(i, a) do i = i + 1 end
    while i <= j and not less(j, a) do j = j - 1 end
    if i > j then
      swap(j, a)
      return j, true
    end
    swap(i, j)
    i, j = i + 1, j - 1
    while true do
      while i <= j and less(i, a) do i = i + 1 end
      while i <= j and not less(j, a) do j = j - 1 end
      if i > j then break end
      swap(i, j)
      i, j = i + 1, j - 1
    end
    swap(j, a)
    return j, false
  end

  local function break_patterns(a, b)
    local length = b - a
    if length < 8 then return end
    local random = random_source(length)
    local modulus = 1 << bit_length(length)
    local middle = a + length // 4 * 2 - 1
    for i = 0, 2 do
      local other = random() & (modulus - 1)
      if other >= length then other = other - length end
      swap(middle + i, a + other)
    end
  end

  local function reverse(a, b)
    local i, j = a, b - 1
    while i < j do
      swap(i, j)
      i, j = i + 1, j - 1
    end
  end

  local function quick(a, b, limit)
    local was_balanced, was_partitioned = true, true
    while true do
      local length = b - a
      if length <= INSERTION_SIZE then return insertion(a, b) end
      if limit == 0 then return heap(a, b) end
      if not was_balanced then
        break_patterns(a, b)
        limit = limit - 1
      end
      local pivot, hint = choose_pivot(a, b)
      if hint == "decreasing" then
        reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = "increasing"
      end
      if was_balanced and was_partitioned and hint == "increasing" and partial_insertion(a, b) then return end
      if a > 0 and not less(a - 1, pivot) then
        a = partition_equal(a, b, pivot)
      else
        local middle
        middle, was_partitioned = partition(a, b, pivot)
        local left, right = middle - a, b - middle
        if left < right then
          was_balanced = left >= length // 8
          quick(a, middle, limit)
          a = middle + 1
        else
          was_balanced = right >= length // 8
          quick(middle + 1, b, limit)
          b = middle
        end
      end
    end
  end

  if count > 1 then quick(0, count, bit_length(count)) end
end

local function natural_less(a, b)
  local kind = type(a)
  if kind ~= type(b) then R.compare_error(a, b) end
  if kind == "table" and not R.user_metatable(a) then R.compare_error(a, b) end
  return a < b
end

function library.sort(...)
  local t, f = ...
  check.table(t, 1)
  local is_less = natural_less
  if select("#", ...) > 1 then
    check.func(f, 2)
    is_less = f
  end
  -- A list apart from the table: an order function may look at the table, which in gopher-lua is sorted in place; but then
  -- the elements are the same ones, and writing each swap through would cost more than all the rest.
  local count = array_length(t)
  local elements = {}
  for i = 1, count do elements[i] = rawget(t, i) end
  local ok, problem = xpcall_native(sort, R.translate, elements, count, is_less)
  -- What was done before an error stays done.
  for i = 1, count do raw_set(t, i + 0.0, elements[i]) end
  if not ok then error0(problem, 0) end
end

for name in next, table do table[name] = nil end
for name, f in next, library do table[name] = f end
