-- What lure makes of conditions and the events of a script: judged(script, conditions) is a list of lines, each of
-- verdicts, a "0" or "1" for each event, or "error: " and why lure refuses the condition.

local condition = require "lure.rules.condition"
local fields = require "lure.rules.fields"
local filter = require "lure.rules.filter"
local view = require "lure.cli.view"
local support = require "spec.support"

return function(script, conditions)
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
