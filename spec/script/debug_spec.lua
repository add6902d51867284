--- The functions of `debug` that a script has, and the metatables that it cannot have: nothing of C's is in its reach.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What the statements return in a field function: tostring of it, or the error.
local function returned(statements, config)
  local state = support.start(given.field("function()\n" .. statements .. "\nend"), { config = config })
  local value, message = state:extract(support.event "1", "x.y")
  return value or message
end

--- What getlocal tells of any frame below a callback of string.gsub, a C function, that holds no value of the script's.
local function seen(call)
  return returned(([[
    local seen = {}
    local function look(level, i)
      local valid, name, value = pcall(debug.getlocal, %s)
      if valid and name and (type(value) ~= "number" or name:find("^%%(")) then
        seen[#seen + 1] = name .. "=" .. type(value)
      end
    end
    string.gsub("a", ".", function() for level = 0, 9 do for i = -3, 12 do look(level, i) end end end)
    table.sort(seen)
    return table.concat(seen, " ")
  ]]):format(call))
end

describe("debug.getlocal", function()
  for _, level in ipairs { "level", "tostring(level)", "level + 0.0", "('%d.0'):format(level)", "level - 2",
    "level + (1 << 32)", "level - (1 << 32)", "math.maxinteger - level", "math.mininteger + level" } do
    for _, thread in ipairs { "", "coroutine.running(), " } do
      it("tells no value of C's: getlocal(" .. thread .. level .. ", i)", function()
        assert.is_nil(seen(thread .. level .. ", i"):find("userdata", 1, true))
        assert.is_nil(seen(thread .. level .. ", i"):find("(", 1, true))
        assert.is_nil(seen(thread .. level .. ", tostring(i)"):find("(", 1, true))
      end)
    end
  end

  it("tells no value that a C function left behind in the registers of a Lua function", function()
    assert.equal("", returned [[
      local told = {}
      local meta = { __add = function()
        for i = 1, 250 do
          local name, value = debug.getlocal(2, i)
          if name and name:find("^%(") then told[#told + 1] = name .. "=" .. type(value) end
        end
        return 1
      end }
      local object = setmetatable({}, meta)
      local function frame(a)
        local sum = a + 1
        local x1, x2, x3, x4, x5, x6, x7, x8, x9 = sum, sum, sum, sum, sum, sum, sum, sum, sum
        return x1, x2, x3, x4, x5, x6, x7, x8, x9
      end
      string.gsub(("x"):rep(5000), ".", function() return "yy" end)
      frame(object)
      return table.concat(told, " ")
    ]])
  end)

  it("refuses numbers that no level has", function()
    for _, level in ipairs { "-1", "1 << 32", "math.maxinteger", "math.mininteger", "'x'", "1.5", "nil" } do
      given.holds(returned(("return debug.getlocal(%s, 1)"):format(level)), "bad argument #1 to 'getlocal'")
    end
  end)

  it("is not in the safe sandbox", function()
    assert.equal("nil", returned("return tostring(debug.getlocal)", '{"lure": {"sandbox": "safe"}}'))
  end)
end)

describe("debug.getinfo", function()
  it("has levels that are the caller's, however they are written", function()
    for _, level in ipairs { "1", "'1'", "1.0", "coroutine.running(), 1", "coroutine.running(), '1'" } do
      assert.equal("5", returned(("return tostring(debug.getinfo(%s).currentline)"):format(level)))
    end
  end)

  it("knows no level beyond those that there are", function()
    for _, level in ipairs { "-1", "1 << 32", "(1 << 32) + 1", "1000", "math.maxinteger", "math.mininteger" } do
      assert.equal("nil", returned(("return tostring(debug.getinfo(%s))"):format(level)))
    end
  end)
end)

describe("a metatable of C's", function()
  for name, value in pairs {
    ["of files"] = "io.stdout", ["of closed files"] = "(function() local f = io.tmpfile(); f:close(); return f end)()",
    ["of null"] = "lure.json.null", ["of decoded lists"] = "lure.json.decode '[1]'",
    ["of documents"] = "lure.json.parse '[1]'",
  } do
    it(name .. " is hidden", function()
      assert.equal("false", returned(("return tostring(getmetatable(%s))"):format(value)))
    end)
  end

  it("gets no finalizer", function()
    for _, value in ipairs { "io.stdout", "lure.json.decode '[]'", "lure.json.null" } do
      given.holds(returned(("getmetatable(%s).__gc = print"):format(value)), "attempt to index a boolean value")
    end
  end)

  it("does not keep a list from having another", function()
    assert.equal("mine", returned [[
      local list = setmetatable(lure.json.decode "[1]", { __tostring = function() return "mine" end })
      return tostring(list) ]])
  end)

  it("is not that of a script's table", function()
    assert.equal("true nil 5 true", returned [[
      local meta = {}
      return tostring(getmetatable(setmetatable({}, meta)) == meta) .. " " .. tostring(getmetatable({})) .. " " ..
        tostring(getmetatable(setmetatable({}, { __metatable = 5 }))) .. " " ..
        tostring(getmetatable("").__index == string) ]])
    given.holds(returned "return getmetatable()", "bad argument #1 to 'getmetatable' (value expected)")
  end)
end)
