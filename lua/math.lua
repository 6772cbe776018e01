-- gopher-lua's math library.
local R, host = ...
local native, select, type = {}, select, type
for name, f in next, math do native[name] = f end
local floor, ceil, huge, fmod = math.floor, math.ceil, math.huge, math.fmod
local check, fail, error0 = R.check, R.fail, error

local library = { pi = math.pi, huge = 1.7976931348623157e308 }

for _, name in next, { "abs", "acos", "asin", "cos", "exp", "sin", "sqrt", "tan" } do
  local f = native[name]
  library[name] = function(x) return f(check.number(x, 1) + 0.0) + 0.0 end
end

function library.atan(x) return native.atan(check.number(x, 1) + 0.0) end
function library.atan2(y, x) return native.atan(check.number(y, 1) + 0.0, check.number(x, 2) + 0.0) end
function library.log(x) return native.log(check.number(x, 1) + 0.0) end
function library.log10(x) return native.log(check.number(x, 1) + 0.0, 10) end
function library.deg(x) return check.number(x, 1) * 180 / native.pi end
function library.rad(x) return check.number(x, 1) * native.pi / 180 end
function library.pow(x, y) return R.power(check.number(x, 1), check.number(y, 2)) end
function library.mod(x, y) return check.number(x, 1) % check.number(y, 2) end

local function is_finite(x)
  return x == x and x ~= huge and x ~= -huge
end

function library.floor(x)
  x = check.number(x, 1)
  return is_finite(x) and floor(x) + 0.0 or x
end
function library.ceil(x)
  x = check.number(x, 1)
  return is_finite(x) and ceil(x) + 0.0 or x
end
function library.fmod(x, y)
  return fmod(check.number(x, 1) + 0.0, check.number(y, 2) + 0.0)
end
function library.modf(x)
  x = check.number(x, 1)
  if not is_finite(x) then
    if x ~= x then return x, x end
    return x, 0 / 0
  end
  local whole = x < 0 and -floor(-x) or floor(x)
  return whole + 0.0, x - whole
end

local function hyperbolic(name)
  library[name] = function(x) return host.hyperbolic(name, check.number(x, 1)) end
end
hyperbolic("sinh")
hyperbolic("cosh")
hyperbolic("tanh")

function library.frexp(x)
  x = check.number(x, 1)
  if x == 0 or not is_finite(x) then return x, 0.0 end
  local exponent, rest = 0.0, x < 0 and -x or x
  while rest >= 1 do
    rest, exponent = rest / 2, exponent + 1
  end
  while rest < 0.5 do
    rest, exponent = rest * 2, exponent - 1
  end
  return x < 0 and -rest or rest, exponent
end

function library.ldexp(x, exponent)
  x, exponent = check.number(x, 1), check.int(exponent, 2)
  if exponent > 3000 then exponent = 3000.0 elseif exponent < -3000 then exponent = -3000.0 end
  -- In steps that are exact, since 2^exponent alone may be too large or too small for a number.
  while exponent > 1000 do
    x, exponent = x * 2.0 ^ 1000, exponent - 1000
  end
  while exponent < -1000 do
    x, exponent = x * 2.0 ^ -1000, exponent + 1000
  end
  return x * 2.0 ^ exponent
end

local function best(is_better)
  return function(...)
    local count = select("#", ...)
    if count == 0 then fail("wrong number of arguments") end
    local result = check.number((...), 1)
    for i = 2, count do
      local value = check.number((select(i, ...)), i)
      if is_better(value, result) then result = value end
    end
    return result
  end
end
library.max = best(function(a, b) return a > b end)
library.min = best(function(a, b) return a < b end)

-- Numbers that look random, the same in every evaluation: a selection must not depend on chance.
function library.random(...)
  local count = select("#", ...)
  if count == 0 then return native.random() end
  local first, last = 1.0, check.int((...), 1)
  if count > 1 then
    first, last = last, check.int((select(2, ...)), 2)
  end
  if last < first then error0("invalid argument to Intn", 0) end
  return floor(native.random() * (last - first + 1)) + first
end

function library.randomseed(seed)
  native.randomseed(check.int(seed, 1) // 1 | 0)
end

for name in next, math do math[name] = nil end
for name, f in next, library do math[name] = f end
