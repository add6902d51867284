-- rules: files of rules for the plugins that lure check looks at: what Falco refuses, what it warns of, and rules that
-- never fire.

local loader = require "lure.rules.loader"
local reach = require "lure.rules.reach"
local ruleset = require "lure.rules.ruleset"
local world = require "lure.rules.world"

local rules = {}

-- Severities of findings by those of problems.
local SEVERITY = { error = "error", note = "error", warning = "hint", hint = "hint" }

-- Adds the findings; answers what was loaded. `infos`: of the plugins; `priority`: the least, or nil.
function rules.look_at(paths, infos, priority, findings)
  local loaded = loader.load(paths, world.of_infos(infos, priority))
  for _, problem in ipairs(loaded.found.list) do
    findings:add(SEVERITY[problem.severity], problem.file or "rules", problem.line, problem.message)
  end
  reach.look(loaded, function(place, message) findings:add("hint", place.file.name, place.line, message) end)
  return loaded
end

-- "rules: 12 of 15 can fire; skipped: 3 rules of the source syscall"
function rules.summary(loaded)
  local skipped = ruleset.new(loaded, {}):skipped()
  local behind = #skipped > 0 and "; skipped: " .. table.concat(skipped, ", ") or ""
  return ("rules: %d of %d can fire%s"):format(#loaded.rules, #loaded.all, behind)
end

return rules
