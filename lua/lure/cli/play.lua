-- play: a session whose events are printed, from loading to the summary.
--
--   local play = play.load(options)    may end the command; so do all others
--   play:init()  play:open()
--   play:step()                        prints what there is; true at the end, or after -n events
--   play:close()                       it may be opened again
--   play:finish(quietly)               close, destroy, summary and profile

local system = require "lure.system"
local fields = require "lure.cli.fields"
local flamegraph = require "lure.cli.flamegraph"
local outfile = require "lure.cli.outfile"
local printer = require "lure.cli.printer"
local profile = require "lure.cli.profile"
local progress = require "lure.cli.progress"
local session = require "lure.cli.session"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"
local top = require "lure.cli.top"

local Play = {}
Play.__index = Play

local play = {}

-- The language of conditions is loaded for those who use it.
local function filter_of(options, info)
  return options.filter and require("lure.cli.eventfilter").new(options.filter, info)
end

function play.load(options)
  local loaded = session.load(options)
  local self = setmetatable({
    options = options,
    session = loaded,
    shows = filter_of(options, loaded.info),
    alerts = options.rules and require("lure.cli.alerts").load(options, loaded),
    print_event = not options.rules and printer.choose(options, loaded.info, fields.all(loaded.info)),
    bar = progress.new(),
    top = options.top and top.new(options, loaded),
    events = 0, -- that were printed
    seen = 0,
  }, Play)
  if self.top and self.alerts then self.top:rules(function() return self.alerts:counts() end) end
  return self
end

function Play:init()
  self.session:init()
  if self.top then self.session:begin_profile() end -- it counts errors
end

function Play:open()
  self.began = self.began or system.seconds()
  self.session:open()
  if self.top then self.top:opened() end
end

-- Thrown out of the midst of a batch: there were as many events as were wanted.
local ENOUGH = setmetatable({}, { __name = "enough" })

local function traced(problem) return problem == ENOUGH and problem or stop.traced(problem) end

local function print_alerts(self, view, event)
  for _, line in ipairs(self.alerts:lines(view, event)) do
    self.bar.clear()
    printer.line(line)
  end
end

local function visitor(self)
  return function(view, event)
    self.seen = self.seen + 1
    if self.shows and not self.shows(view, event) then return end
    if self.top then
      self.top:count(view, event)
      if self.alerts then self.alerts:count(view, event) end
    elseif self.alerts then
      print_alerts(self, view, event)
    else
      self.bar.clear()
      printer.line(self.print_event(view, event))
    end
    self.events = self.events + 1
    if self.events == self.options.count then error(ENOUGH, 0) end
  end
end

function Play:step()
  self.visit = self.visit or visitor(self)
  local done, result = xpcall(self.session.step, traced, self.session, self.visit)
  if not done and result ~= ENOUGH then
    self.bar.clear()
    error(result, 0)
  end
  printer.flush()
  if self.top then
    self.top:stepped()
  elseif self.bar.is_due() then
    self.bar.draw(self.session:progress())
  end
  return not done or result
end

function Play:close()
  self.bar.clear()
  if self.top then self.top:leave() end
  io.stdout:flush() -- what was printed comes before what closing logs
  self.session:close()
end

-- With --filter "3 of 20 events", with --rules also the number of alerts.
local function summary(self, seconds)
  local shown = self.shows and ("%d of "):format(self.events) or ""
  local told = self.alerts and (" %s,"):format(text.count(self.alerts.total, "alert")) or ""
  return ("%s%s,%s %.0f events/s, %.3f s\n"):format(shown, text.count(self.seen, "event"), told,
    seconds > 0 and self.seen / seconds or 0, seconds)
end

-- The files that a change of is a reason to begin again.
function Play:files()
  local files = self.session:files()
  local of_rules = self.alerts and self.alerts:files() or {}
  return table.move(of_rules, 1, #of_rules, #files + 1, files)
end

-- The profile is told where the events are: to programs behind them, to people beside them.
local function tell_profile(self, uses)
  if self.options.svg then outfile.write(self.options.svg, flamegraph.svg(uses), { replaces = true }) end
  if self.options.json then
    printer.line(profile.json(uses))
    return printer.flush()
  end
  for _, line in ipairs(profile.table(uses)) do terminal.note(line) end
end

function Play:finish(quietly)
  local seconds = self.began and system.seconds() - self.began
  self:close()
  local uses = self.options.profile and self.session:uses()
  self.session:destroy()
  if quietly or not seconds then return end
  if self.top then self.top:tell() end
  if uses then tell_profile(self, uses) end
  terminal.write_error(summary(self, seconds))
  if self.alerts then self.alerts:tell_summary() end
  source.end_if_signalled() -- while it was closed
end

return play
