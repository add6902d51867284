-- Lua's loop takes the next of ipairs without a call (src/lua/vmshortcuts.h): as Lua without that change does, which runs
-- this file.
local given = require "spec.given"
local support = require "spec.support"

describe("a loop by ipairs", function()
  for name, body in pairs {
    ["ends at the first nil"] = "for i, v in ipairs { 10, 20, nil, 40 } do say(i, v) end",
    ["has false"] = "for i, v in ipairs { false, false } do say(i, v) end",
    ["of an empty list has nothing"] = "for i, v in ipairs {} do say(i, v) end",
    ["of keys in the hash part goes on"] = "for i, v in ipairs { [2] = 'b', [1] = 'a', x = 1, [3] = 'c' } do say(i, v) end",
    ["may have one variable"] = "for i in ipairs { 'a', 'b' } do say(i) end",
    ["may have more variables"] = [[for i, v, x, y in ipairs { 'a', 'b' } do say(i, v, x, y) x, y = i, v end]],
    ["may be left, and be inside of another"] = [[
      for i, v in ipairs { 'a', 'b', 'c' } do
        for j, w in ipairs { 1, 2 } do say(i, v, j, w) end
        if i == 2 then break end
      end]],
    ["sees what is added and taken away"] = [[
      local list = { 1 }
      for i in ipairs(list) do say(i) if i < 100 then list[i + 1] = i end end
      for i in ipairs(list) do list[#list] = nil say(i) end]],
    ["asks __index of a table that is a table"] = [[
      for i, v in ipairs(setmetatable({ 'a' }, { __index = { 'no', 'b', 'c' } })) do say(i, v) end]],
    ["asks __index of a table that is a function"] = [[
      local list = setmetatable({ 'a', nil, 'c' }, { __index = function(_, i) if i < 6 then return i * i end end })
      for i, v in ipairs(list) do say(i, v) end]],
    ["needs no __index in a metatable"] = "for i, v in ipairs(setmetatable({ 1, 2 }, {})) do say(i, v) end",
    ["may be suspended"] = [[
      local step = coroutine.wrap(function() for i, v in ipairs { 'a', 'b' } do coroutine.yield(i, v) end return "end" end)
      say(step()) say(step()) say(step())]],
    ["of a string has nothing"] = "for i, v in ipairs 'abc' do say(i, v) end",
    ["of a number is refused"] = "say(pcall(function() for i in ipairs(12) do say(i) end end))",
    ["of nothing is refused"] = "say(pcall(ipairs))",
    ["throws what __index throws"] = [[
      say(pcall(function() for i in ipairs(setmetatable({}, { __index = function() error("no", 0) end })) do say(i) end end))]],
    ["is a function as any other"] = [[
      local step, list = ipairs { 'a', 'b' }
      say(step(list, 0)) say(step(list, 1.0)) say(step(list, "1")) say(step(list, 2)) say(pcall(step, list, "x"))
      say(pcall(step, list)) say(pcall(step)) say(step(list, 0, 5))]],
    ["may begin anywhere"] = [[
      local step, list = ipairs { 'a', 'b', 'c' }
      for i, v in step, list, 1 do say(i, v) end
      for i, v in step, list, 1.0 do say(i, v) end
      for i, v in step, list, "1" do say(i, v) end
      for i, v in step, list, math.maxinteger do say(i, v) end
      for i, v in step, list, -1 do say(i, v) end
      say(pcall(function() for i in step, list, 1.5 do say(i) end end))]],
    ["closes what is to be closed"] = [[
      local step, list = ipairs { 'a', 'b' }
      for i in step, list, 0, setmetatable({}, { __close = function() say "closed" end }) do say(i) end]],
    ["works deep in the stack, while the collector runs"] = [[
      local function deep(n, list)
        local sum = 0
        for i, v in ipairs(list) do
          sum = sum + v
          if n > 0 and i == 3 then sum = sum + deep(n - 1, list) + #(("x"):rep(n) .. n) end
        end
        return sum
      end
      say(deep(150, { 1, 2, 3, 4, 5 }))]],
  } do
    it(name, function()
      local whole = ([[
        local said = {}
        local function say(...)
          local words = table.pack(...)
          for i = 1, words.n do words[i] = tostring(words[i]):gsub("^[^ ]*:%%d+: ", "") end
          said[#said + 1] = table.concat(words, " ")
        end
        %s
        return table.concat(said, "\n") .. "."]]):format(body)
      local state = support.start(given.field("function() " .. whole .. " end"))
      local value, problem = state:extract(support.event { data = "" }, "x.y")
      assert.equal(load(whole, "=script.lua")(), value, problem)
    end)
  end
end)
