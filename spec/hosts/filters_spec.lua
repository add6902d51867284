-- Conditions in sysdig 0.29 and later, over fields of the types that both know. libsinsp says more: spec/sinsp/filters_spec.lua.

local judged = require "spec.rules.judged"
local randomconditions = require "spec.rules.randomconditions"
local sysdig = require "spec.hosts.sysdig"

local EVENTS, CONDITIONS = 16, 16

-- The numbers of the events that a line of verdicts names; nil: it is an error.
local function numbers_in(line)
  if line:find("^error: ") then return nil end
  local numbers = {}
  for place in line:gmatch("()1") do numbers[#numbers + 1] = tostring(place) end
  return numbers
end

sysdig.each("a random condition", function(host)
  it("is of events what lure says, and refused where lure refuses it", function()
    local random = randomconditions.new(13, "0.29")
    local script, conditions = random:script(EVENTS), {}
    for i = 1, CONDITIONS do conditions[i] = random:condition() end
    local types = host:with("types", script)
    for i, line in ipairs(judged(script, conditions)) do
      local result = host:run { plugins = { types }, source = types, format = "%evt.num", filter = conditions[i] }
      local expected = numbers_in(line)
      local said = ("%s\n%s\n%s"):format(conditions[i], line, result.err)
      if expected then assert.same(expected, result.lines, said) else assert.not_equal(0, result.status, said) end
    end
  end)
end)
