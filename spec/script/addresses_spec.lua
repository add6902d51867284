--- No text of Lua's tells an address: in its place stands a number that belongs to it.
local given = require "spec.given"
local support = require "spec.support"

--- The process's memory, as { from, to }.
local function mappings()
  local list = {}
  for line in io.lines "/proc/self/maps" do
    local from, to = line:match "^(%x+)%-(%x+) "
    list[#list + 1] = { tonumber(from, 16), tonumber(to, 16) }
  end
  return list
end

local told = {
  ["tostring of a table"] = "tostring({})",
  ["tostring of a function"] = "tostring(function() end)",
  ["tostring of a function of C"] = "tostring(print)",
  ["tostring of a coroutine"] = "tostring(coroutine.create(print))",
  ["tostring of a light userdata"] = "tostring(lure.TIMEOUT)",
  ["tostring with a __name"] = "tostring(setmetatable({}, { __name = 'mine' }))",
  ["tostring of an event"] = "tostring(event)",
  ["%s of a table"] = "('%s'):format({})",
  ["%p of a table"] = "('%p'):format({})",
  ["%p of a string"] = "('%p'):format('a string')",
  ["%p of a function of C"] = "('%20p'):format(string.rep)",
  ["%p of a light userdata"] = "('%-20p'):format(lure.ARG)",
  ["an error"] = "select(2, pcall(error, ('%s'):format(_G)))",
}

describe("an address is not told by", function()
  local function result(expression, sandbox)
    local state = support.start(given.field(("function(_, _, event) return %s end"):format(expression)),
      { config = ('{"lure": {"sandbox": "%s"}}'):format(sandbox) })
    return assert(state:extract(support.event "1", "x.y"))
  end

  for _, sandbox in ipairs { "full", "safe" } do
    for how, expression in pairs(told) do
      it(("%s, in the %s sandbox"):format(how, sandbox), function()
        local shown = tonumber(result(expression, sandbox):match "0x(%x+)", 16)
        for _, mapping in ipairs(mappings()) do
          assert.is_false(math.ult(mapping[1] - 1, shown) and math.ult(shown, mapping[2]), expression)
        end
      end)
    end
  end

  it("tostring of a file", function()
    local shown = tonumber(result("tostring(io.stdout)", "full"):match "0x(%x+)", 16)
    for _, mapping in ipairs(mappings()) do
      assert.is_false(math.ult(mapping[1] - 1, shown) and math.ult(shown, mapping[2]))
    end
  end)

  it("what still tells objects apart, and is the same for the same one", function()
    assert.equal("1000 true", result([[(function()
      local seen, count, kept = {}, 0, {}
      for i = 1, 1000 do
        kept[i] = {}
        local text = tostring(kept[i])
        if not seen[text] then seen[text], count = true, count + 1 end
      end
      return count .. " " .. tostring(tostring(kept[1]) == ("table: %p"):format(kept[1]))
    end)()]], "safe"))
  end)

  it("%p of what has none", function() assert.equal("(null) (null)", result("('%p %p'):format(1, nil)", "full")) end)
end)
