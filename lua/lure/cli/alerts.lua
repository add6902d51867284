-- alerts: what `lure run --rules` shows in place of events.
--
--   local alerts = alerts.load(options, session)    ends the command where Falco would refuse the rules
--   alerts:count(view, event)                       an event: a list of the rules that fire
--   alerts:lines(view, event)                       the same: a list of what to print
--   alerts:counts()                                 how often each rule fired
--   alerts:tell_summary()                           the same, on standard error
--   alerts:files()                                  the files that the rules came from, and their folders

local alert = require "lure.rules.alert"
local loader = require "lure.rules.loader"
local problems = require "lure.rules.problems"
local ruleset = require "lure.rules.ruleset"
local stop = require "lure.cli.stop"
local system = require "lure.system"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"
local world = require "lure.rules.world"

local Alerts = {}
Alerts.__index = Alerts

local alerts = {}

local function of_severity(found, severity)
  local lines = {}
  for _, problem in ipairs(found.list) do
    if problem.severity == severity then lines[#lines + 1] = problems.text(problem) end
  end
  return lines
end

function alerts.load(options, session)
  local loaded = loader.load(options.rules, world.of_session(session, options.priority))
  local errors = of_severity(loaded.found, "error")
  if #errors > 0 then stop.failed("%s", table.concat(errors, "\n")) end
  for _, note in ipairs(of_severity(loaded.found, "note")) do terminal.note("lure: note: " .. note) end
  if #session:sources() == 0 then
    terminal.note("lure: note: the events have no source, so no rule sees them: the script has none, and fields for "
      .. "events of any; say with --source which plugin they are of, or declare extract_event_sources")
  end
  local write = options.json and alert.json or alert.text
  return setmetatable({ loaded = loaded, set = ruleset.new(loaded, options), write = write, total = 0 }, Alerts)
end

function Alerts:count(view, event)
  local fired = self.set:alerts(view, event)
  self.total = self.total + #fired
  return fired
end

function Alerts:lines(view, event)
  local lines = {}
  for i, rule in ipairs(self:count(view, event)) do lines[i] = self.write(rule, view, event) end
  return lines
end

-- How often each rule fired, most often first: a list of { name =, count = }.
function Alerts:counts()
  local list = {}
  for i, one in ipairs(self.set:counts()) do list[i] = { name = one.rule.name, count = one.count } end
  return list
end

function Alerts:tell_summary()
  local silent = 0
  for _, one in ipairs(self:counts()) do
    if one.count > 0 then
      terminal.note(("%8d  %s"):format(one.count, one.name))
    else
      silent = silent + 1
    end
  end
  if silent > 0 then terminal.note(("%8d  %s did not fire"):format(0, text.count(silent, "other rule"))) end
  for _, skipped in ipairs(self.set:skipped()) do terminal.note("skipped: " .. skipped) end
  local warnings = of_severity(self.loaded.found, "warning")
  if #warnings > 0 then
    terminal.note(("%s about the rules; lure check SCRIPT --rules … tells them")
      :format(text.count(#warnings, "warning")))
  end
end

function Alerts:files()
  local files = {}
  for _, list in ipairs { self.loaded.files, self.loaded.folders } do
    for _, path in ipairs(list) do files[#files + 1] = system.absolute(path) end
  end
  return files
end

return alerts
