-- Functions that direct evaluation has just room for, and that have one more of everything (src/lua/evalrun.h).
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The field's value in a few events, which must be the same in all.
local function value_of(extract, type, config)
  local state = support.start(given.field(extract, type), { config = config })
  local first, message
  for number = 1, 4 do
    local value, problem = state:extract(support.event { data = "payload", num = number, ts = number, source = "x" }, "x.y")
    if number == 1 then first, message = value, problem end
    assert.equal(first, value)
  end
  return first, message
end

describe("a function", function()
  it("may have as many variables as it likes", function() -- REGISTERS
    for count = 12, 20 do
      local names, values = {}, {}
      for i = 1, count do names[i], values[i] = "v" .. i, tostring(100 + i) end
      local all = table.concat(names, ", ")
      assert.equal(100 + count, value_of(("function() local %s = %s; return v%d end"):format(all, table.concat(values, ", "), count),
        "uint64"))
      assert.equal(101, value_of(("function() local %s = %s; return v1 end"):format(all, table.concat(values, ", ")), "uint64"))
      assert.equal(1, value_of(("function() local %s = %s; return v2 - v1 end"):format(all, table.concat(values, ", ")), "uint64"))
    end
  end)

  it("may have as many texts of the event as it likes", function() -- TEXTS
    for _, count in ipairs { 1, 63, 64, 65, 66, 200 } do
      local parts = { "local v, n = nil, 0" }
      for i = 1, count do
        parts[i + 1] = ("v = event.%s if v == %q then n = n + 1 end"):format(i % 2 == 1 and "source" or "type",
          i % 2 == 1 and "x" or "pluginevent")
      end
      assert.equal(count, value_of(("function(_, _, event) %s return n end"):format(table.concat(parts, " ")), "uint64"))
    end
  end)

  it("has what __index says of a key that a table lacks", function()
    assert.equal("deep", value_of("(function() local t = setmetatable({}, { __index = function() return 'deep' end }) " ..
      "return function() return t.key end end)()"))
    assert.equal("there", value_of("(function() local t = setmetatable({}, { __index = { key = 1 } }) " ..
      "return function() if t.key then return 'there' end return 'not there' end end)()"))
  end)

  it("that loops is stopped by the limit of time", function()
    for _, body in ipairs { "local n = 0; while true do n = n + 1 end", "local n = 0; repeat n = n + 1 until n < 0",
                            "::again:: goto again", "local n = 1; while n ~= 0 do n = n ~ 2 end return n" } do
      local value, message = value_of("function() " .. body .. " end", "uint64", '{"lure": {"time": 0.05, "max_errors": 0}}')
      assert.is_nil(value)
      given.holds(message, "stopped after 0.05 s")
    end
  end)

  it("that loops to an end has what it comes to", function()
    assert.equal(10, value_of("function() local n = 0; while n < 10 do n = n + 1 end return n end", "uint64"))
    assert.equal(10, value_of("function() local n = 0; repeat n = n + 1 until n == 10 return n end", "uint64"))
  end)
end)
