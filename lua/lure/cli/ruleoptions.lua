-- ruleoptions: what commands are told about rules; see args.lua.

local priorities = require "lure.rules.priorities"
local stop = require "lure.cli.stop"

local ruleoptions = {}

-- How many alerts an event may give: of the first rule that fires, or of all.
ruleoptions.ways = { "first", "all" }

local function priority(value)
  local number = priorities.read(value)
  if not number then return nil, priorities.all() end
  return number
end

ruleoptions.rules = { key = "rules", value = "RULES", list = true }
ruleoptions.priority = { key = "priority", value = "PRIORITY", read = priority }
ruleoptions.matching = { key = "matching", value = "HOW", choices = ruleoptions.ways }

-- Options that only make sense with --rules, and those that make none.
function ruleoptions.check(command, options, excluded)
  for _, name in ipairs { "priority", "matching" } do
    if options[name] and not options.rules then
      stop.usage("%s: --%s is for rules: add --rules FILE", command, name)
    end
  end
  for name, key in pairs(excluded) do
    if options.rules and options[key] then
      stop.usage("%s: %s is about events, and --rules shows alerts; leave one of them out", command, name)
    end
  end
end

return ruleoptions
