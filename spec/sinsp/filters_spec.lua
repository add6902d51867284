-- Conditions: what they are of events, and which are refused, by lure (lua/lure/rules) and by libsinsp.

local driver = require "spec.sinsp.driver"
local judged = require "spec.rules.judged"
local randomconditions = require "spec.rules.randomconditions"

local EVENTS = 16

-- "refused" for both kinds of an error.
local function outcome(line) return line:find("^error: ") and "refused" or line end

driver.describe("random conditions", function(libsinsp)
  -- The conditions that lure and libsinsp take differently, with what each says.
  local function differences(script, conditions)
    libsinsp:with("types", script)
    libsinsp.folder:write("conditions", table.concat(conditions, "\x1e") .. "\x1e")
    local lines = libsinsp:play [[
      load a ./libtypes.so
      open a types
      judge a conditions
    ]]
    assert.equal(#conditions, #lines, table.concat(lines, "\n", 1, math.min(3, #lines)))
    local found, taken, mixed = {}, 0, 0
    for i, line in ipairs(judged(script, conditions)) do
      if outcome(line) ~= outcome(lines[i]) then
        found[#found + 1] = ("%s\n  lure: %s\n  libsinsp: %s"):format(conditions[i], line, lines[i])
      end
      if outcome(line) ~= "refused" then
        taken = taken + 1
        if line:find("0") and line:find("1") then mixed = mixed + 1 end
      end
    end
    return found, taken, mixed
  end

  for part = 1, 4 do
    it(("are of events what libsinsp says, and refused where it refuses them (%d of 4)"):format(part), function()
      local random = randomconditions.new(part)
      local script, conditions = random:script(EVENTS), {}
      for i = 1, 5000 do conditions[i] = random:condition() end
      local found, taken, mixed = differences(script, conditions)
      assert(#found == 0, ("%d differ:\n%s"):format(#found, table.concat(found, "\n", 1, math.min(#found, 20))))
      assert.is_true(taken > 3000, taken) -- or the conditions say little
      assert.is_true(mixed > 1000, mixed)
    end)
  end
end)
