-- Conditions: what they are of events, and which are refused, by lure (lua/lure/rules) and by libsinsp.

local condition = require "lure.rules.condition"
local fields = require "lure.rules.fields"
local filter = require "lure.rules.filter"
local view = require "lure.cli.view"
local driver = require "spec.sinsp.driver"
local randomconditions = require "spec.rules.randomconditions"
local support = require "spec.support"

local EVENTS = 16

-- What lure makes of conditions and a script's events: a line each, of verdicts or why it refuses one.
local function judged(script, conditions)
  local state, library = support.start(script)
  local instance = assert(state:open(""))
  local info = library:info()
  local known = fields.new(info)
  local verdicts, checks = {}, {}
  for i, text in ipairs(conditions) do
    local node, problem = condition.parse(text)
    if node then checks[i], problem = filter.compile(node, known) end
    verdicts[i] = checks[i] and {} or { "error: " .. problem.message }
  end
  local shown = view.new { state = state, source = info.event_source, plugin = info.name, plugin_id = info.id, speaks = true,
    before = 0 }
  repeat
    local result, events = instance:next_batch()
    for _, event in ipairs(events) do
      known:select(shown, event)
      for i, check in pairs(checks) do table.insert(verdicts[i], check() and "1" or "0") end
    end
  until result == "eof"
  for i, list in ipairs(verdicts) do verdicts[i] = table.concat(list) end
  return verdicts
end

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
