-- watch: runs a script, and runs it again when it, one of its modules or a file of its rules has changed.
--
-- A script that fails to load, to init or to open is told of with the line of its source, and the last
-- one that did not goes on.

local system = require "lure.system"
local changes = require "lure.cli.changes"
local library = require "lure.cli.library"
local play = require "lure.cli.play"
local report = require "lure.cli.report"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local watch = {}

local INTERVAL = 0.1

-- ---- the loop ----

local Watch = {}
Watch.__index = Watch

-- Calls f; false where it failed, which is told. Signals and closed pipes end the command as ever.
local function try(f, ...)
  local done, problem = xpcall(f, stop.traced, ...)
  if done then return true, problem end
  if not stop.is(problem) or system.signalled() or not problem.message then error(problem, 0) end
  io.stdout:flush()
  report.tell(problem.message, problem.trace)
  return false
end

function Watch:drop(quietly)
  local current = self.current
  self.current = nil
  if current then current:finish(quietly) end
end

-- A new play in place of the present one, if nothing is wrong with it.
function Watch:replace(candidate)
  if self.current then self.current:close() end
  if try(candidate.open, candidate) then
    self:drop()
    self.current = candidate
    return true
  end
  candidate:finish(true)
  if self.current then try(self.current.open, self.current) end
  return false
end

function Watch:load()
  local before = changes.stamps(self.files)
  local candidate
  local done = try(function() candidate = play.load(self.options) end)
  if done and not try(candidate.init, candidate) then
    done = false
    candidate:finish(true)
  end
  done = done and self:replace(candidate)
  if done then
    local files = candidate:files()
    table.sort(files)
    if table.concat(files, "\n") ~= table.concat(self.files, "\n") then before = nil end
    self.files = files
  else
    self.files = changes.with_neighbours(self.files, self.scripts)
    before = nil
  end
  self.watcher.see(self.files, before)
  if not done then self:wait_for_change() end
end

function Watch:wait_for_change()
  if not self.current then terminal.note("lure: waiting for a change of " .. self.options.script) end
end

function Watch:step()
  local over = true
  if not try(function() over = self.current:step() end) or over then
    self:drop()
    self:wait_for_change()
  end
end

local function loop(self)
  self:load()
  while true do
    source.end_if_signalled()
    if self.watcher.changed() then
      terminal.note(("lure: %s has changed"):format(self.options.script))
      self:load()
    elseif self.current then
      self:step()
    else
      system.sleep(INTERVAL)
    end
  end
end

local function scripts_of(options)
  local scripts = {}
  for _, path in ipairs { options.script, options.source } do
    if not library.is_plugin(path) then scripts[#scripts + 1] = path end
  end
  if #scripts == 0 then
    stop.usage("--watch: %s is a shared library, which stays as it is in a process; expected a script", options.script)
  end
  return scripts
end

-- The files of rules, and the directories of those: nobody may have read them yet.
local function add_rules(files, named)
  if not named then return end
  local found, folders = require("lure.rules.rulefiles").find(named, { add = function() end })
  for _, list in ipairs { found, folders } do
    for _, path in ipairs(list) do files[#files + 1] = system.absolute(path) end
  end
end

function watch.run(options)
  local scripts = scripts_of(options)
  local self = setmetatable({ options = options, scripts = scripts, files = {}, watcher = changes.watcher() }, Watch)
  for i, script in ipairs(scripts) do self.files[i] = system.absolute(script) end
  add_rules(self.files, options.rules)
  system.catch_signals()
  source.finally(function(problem) self:drop(stop.is_quiet(problem)) end, loop, self)
end

return watch
