-- top: a table of what events have, in place of the events: `lure run --top`.
--
--   local top = top.new(options, session)
--   top:opened()                  the source is open: from now on there is something to show
--   top:count(view, event)        for each event
--   top:stepped()                 events that were there are counted: draws, if it is time
--   top:rules(counts)             how often rules fired: a function that answers { { name =, count = }, ... }
--   top:leave()                   the terminal is as before; what was logged is written to it
--   top:tell()                    the table as it is at the end, as lines
--
-- On a terminal it has a screen of its own (topscreen.lua), and log lines that would disturb it wait until the end.
-- Where standard output is no terminal, the table is printed as lines every TEN seconds, and at the end.

local system = require "lure.system"
local colour = require "lure.cli.colour"
local fields = require "lure.cli.fields"
local format = require "lure.cli.format"
local printer = require "lure.cli.printer"
local source = require "lure.cli.source"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"
local topscreen = require "lure.cli.topscreen"
local toptable = require "lure.cli.toptable"
local topvalues = require "lure.cli.topvalues"

local Top = {}
Top.__index = Top

local top = {}

local OUTPUT, ERRORS = 1, 2
local TEN <const> = 10

-- Columns, and values of a field, of a table that is printed as lines.
local WIDE <const> = 160
local VALUES_IN_LINES <const> = 5

-- Events a second are those of the last so many seconds.
local WINDOW <const> = 2

-- Log lines that wait for the end, at most.
local MOST_LINES <const> = 1000

-- Fields of points in time have another value in each event: only those that are asked for.
local function shown_fields(options, info)
  local list = {}
  if options.format then
    list = format.fields(format.read(options.format, info))
  else
    for _, field in ipairs(fields.all(info)) do
      if field.type ~= "abstime" then list[#list + 1] = field end
    end
  end
  local counted = {}
  for i, field in ipairs(list) do
    counted[i] = { name = field.name, get = field.get, field = field, values = topvalues.new(), errors = 0 }
  end
  return counted
end

function top.new(options, session)
  local bold, plain = colour.of("bold", OUTPUT)
  return setmetatable({
    options = options,
    session = session,
    fields = shown_fields(options, session.info),
    screen = topscreen.new(),
    colours = { bold = bold, wrong = colour.of("wrong", OUTPUT), plain = plain },
    events = 0,
    samples = {}, -- of the last seconds: { time =, events = }
    kept = {}, -- log lines
    unkept = 0,
  }, Top)
end

-- ---- the log ----

-- Log lines are kept while they would be written over the screen.
local function keep(self, line)
  self.problem = line:match "[^\n]*"
  if #self.kept < MOST_LINES then
    self.kept[#self.kept + 1] = line
  else
    self.unkept = self.unkept + 1
  end
end

local function write_kept(self)
  source.log_sink = nil
  terminal.write_error(table.concat(self.kept))
  if self.unkept > 0 then terminal.note(("lure: and %d more log lines"):format(self.unkept)) end
  self.kept, self.unkept = {}, 0
end

-- ---- what there is ----

function Top:opened()
  self.began = self.began or system.seconds()
  self.next_time = self.began + TEN
  if self.screen and system.is_terminal(ERRORS) then
    source.log_sink = function(line) keep(self, line) end
  end
  if self.screen then self:draw() end
end

function Top:count(view, event)
  self.events = self.events + 1
  self.newest = event.ts
  for _, one in ipairs(self.fields) do
    local value = one.get(view, event)
    if value ~= nil then one.values:add(text.shown(one.field, value, self.options.raw)) end
  end
end

function Top:rules(counts) self.rule_counts = counts end

-- How far the newest event is behind the clock.
local function look_at_lag(self)
  local ns = tonumber(self.newest)
  self.newest = nil
  if ns and ns > 0 then self.lag = system.time() - ns / 1e9 end
end

-- Events a second in the last seconds.
local function rate(self, now)
  local samples = self.samples
  samples[#samples + 1] = { time = now, events = self.events }
  while #samples > 2 and samples[2].time <= now - WINDOW do table.remove(samples, 1) end
  local seconds = now - samples[1].time
  return seconds > 0 and (self.events - samples[1].events) / seconds or 0
end

-- Errors of all callbacks and fields; those of fields are put to them.
local function count_errors(self)
  local errors, by_name = 0, {}
  for _, use in ipairs(self.session:uses()) do
    errors = errors + use.errors
    if use.kind == "field" then by_name[use.name] = (by_name[use.name] or 0) + use.errors end
  end
  for _, one in ipairs(self.fields) do one.errors = by_name[fields.split(one.name)] or 0 end
  return errors
end

local function progress_of(self)
  local portion, words = self.session:progress()
  return portion and ("%.1f %% %s"):format(portion * 100, words or "")
end

-- `average`: events a second since the beginning, not of the last seconds.
local function shown_now(self, average)
  local now = system.seconds()
  local seconds = now - self.began
  self.errors = self.is_over and self.errors or count_errors(self)
  return {
    name = self.session.script.info.name, events = self.events, errors = self.errors, lag = self.lag,
    seconds = seconds, rate = average and (seconds > 0 and self.events / seconds or 0) or rate(self, now),
    progress = not self.is_over and progress_of(self) or nil, problem = not self.is_over and self.problem or nil,
    rules = self.rule_counts and self.rule_counts(), fields = self.fields,
  }
end

-- ---- showing it ----

function Top:draw()
  self.screen:draw(function(columns, rows) return toptable.lines(shown_now(self), columns, rows, self.colours) end)
end

-- The table as lines.
local function print_table(self, average)
  local colours = { bold = "", wrong = "", plain = "" }
  local rows = #self.fields * VALUES_IN_LINES + 3 -- with a line of all, an empty one, and a head
  local shown = shown_now(self, average)
  if shown.rules then rows = rows + 2 * (#shown.rules + 2) end
  for _, line in ipairs(toptable.lines(shown, WIDE, rows, colours)) do printer.line((line:gsub(" +$", ""))) end
  printer.flush()
end

function Top:stepped()
  if self.newest then look_at_lag(self) end
  if self.screen then
    if self.screen:is_due() then self:draw() end
  elseif system.seconds() >= self.next_time then
    self.next_time = system.seconds() + TEN
    print_table(self)
    printer.line ""
  end
end

function Top:leave()
  if self.is_over or not self.began then return end
  if self.newest then look_at_lag(self) end
  self.errors = count_errors(self) -- as long as there is a state
  self.is_over = true
  if self.screen then self.screen:leave() end
  write_kept(self)
end

function Top:tell() print_table(self, true) end

return top
