-- sources: event sources that stay open in a spec, and the clock of their scripts.
--
-- A clock is "manual" or the system's. Where it is manual the library waits for nothing (src/plugin/testclock.h), so
-- that what a script has to do is done when a few rounds in a row have found nothing.

local system = require "lure.system"
local servers = require "lure.testing.servers"

local sources = {}

local MOST_EVENTS = 100000
local MOST_SECONDS = 10

-- Rounds in which nothing comes: a request goes from the script to a spec's server, and back, in fewer.
local SILENT_ROUNDS = 6

local SHORTLY = 0.0002

local open_sources = {}

---@class lure.testing.Source
local Source = {}
Source.__index = Source

-- `take(event)`: what is kept of an event of lure.host.
function sources.new(plugin, instance, take)
  local source = setmetatable({ plugin = plugin, instance = instance, take = take, arrived = {} }, Source)
  open_sources[#open_sources + 1] = source
  return source
end

function sources.of(plugin)
  local list = {}
  for _, source in ipairs(open_sources) do
    if source.plugin == plugin then list[#list + 1] = source end
  end
  return list
end

function Source:finish()
  for i, source in ipairs(open_sources) do
    if source == self then table.remove(open_sources, i) end
  end
  local instance = self.instance
  self.instance, self.over = nil, true
  if instance then instance:close() end
end

-- One batch; true: it has events.
local function step(source)
  if source.over then return false end
  local result, events, message = source.instance:next_batch()
  for _, event in ipairs(events) do source.arrived[#source.arrived + 1] = source.take(event) end
  source.over = result ~= "timeout" and result ~= "success"
  if source.over and result ~= "eof" then error(message or source.plugin.state:last_error(), 0) end
  if #source.arrived > MOST_EVENTS then
    error(("%s gave %d events and does not wait; say how many to take: source:events(3)"):format(source.plugin.path,
      #source.arrived), 0)
  end
  return #events > 0
end

-- One batch of each open source; true: something came.
function sources.step()
  local came = servers.step()
  for _, source in ipairs(table.move(open_sources, 1, #open_sources, 1, {})) do came = step(source) or came end
  return came
end

local function all_are_manual()
  for _, source in ipairs(open_sources) do
    if not source.plugin.manual then return false end
  end
  return true
end

-- Until all open sources wait.
function sources.settle()
  local silent, finish = 0, system.seconds() + MOST_SECONDS
  local wanted = all_are_manual() and SILENT_ROUNDS or 1
  while silent < wanted do
    silent = sources.step() and 0 or silent + 1
    if silent > 0 and servers.any() then system.sleep(0.001) end -- libcurl counts milliseconds
    if system.seconds() > finish then
      error(("the sources gave events for %d s without a pause"):format(MOST_SECONDS), 0)
    end
  end
end

-- Until condition() is true; false: it was not, for so long.
function sources.wait(condition)
  local finish = system.seconds() + MOST_SECONDS
  while not condition() do
    if system.seconds() > finish then return false end
    if not sources.step() then system.sleep(SHORTLY) end
  end
  return true
end

-- The first events that have come and were not taken yet: `count`, for which it waits, or all.
function Source:next(count)
  if not count then
    sources.settle()
    count = #self.arrived
  elseif not sources.wait(function() return #self.arrived >= count or self.over end) or #self.arrived < count then
    error(("%s: %d events, not %d, %s"):format(self.plugin.path, #self.arrived, count,
      self.over and "and then the end" or self.plugin.manual
        and ("in %d s while its clock stood: plugin:advance(seconds)"):format(MOST_SECONDS)
        or ("in %d s"):format(MOST_SECONDS)), 0)
  end
  local list = table.move(self.arrived, 1, count, 1, {})
  self.arrived = table.move(self.arrived, count + 1, #self.arrived, 1, {})
  return list
end

-- ---- the clock ----

local function ask_clock(plugin, text)
  local answer, message = plugin.state:console("clock", text)
  if not answer then error(message, 0) end
  return answer
end

-- Stops it.
function sources.stop_clock(plugin)
  ask_clock(plugin, "0")
  plugin.manual = true
end

-- Calls f while the clock of a plugin runs: for `open` and `close`, in which the library itself waits.
function sources.while_running(plugin, f, ...)
  if not plugin.manual then return f(...) end
  ask_clock(plugin, "run")
  local answers = table.pack(pcall(f, ...))
  ask_clock(plugin, "0")
  if not answers[1] then error(answers[2], 0) end
  return table.unpack(answers, 2, answers.n)
end

-- Moves it by so many ns, or to the next deadline; how far it came. The background thread has done what was due.
local function move(plugin, left)
  local moved, finish = ask_clock(plugin, tostring(left)), system.seconds() + MOST_SECONDS
  while moved == "busy" do
    if system.seconds() > finish then
      error(("%s: its tasks run for %d s without a pause"):format(plugin.path, MOST_SECONDS), 0)
    end
    system.sleep(SHORTLY)
    moved = ask_clock(plugin, tostring(left))
  end
  return math.tointeger(moved)
end

local function nanoseconds(seconds, what)
  if math.type(seconds) == nil or not (seconds >= 0 and seconds <= 1e9) then
    error(("%s: expected seconds from 0 to 1e9, got %s"):format(what, tostring(seconds)), 0)
  end
  return math.floor(seconds * 1e9 + 0.5)
end

local MOST_STANDSTILLS = 10000

-- From one deadline to the next, with all that the script does then.
function sources.advance(plugin, seconds)
  local left, standstills = nanoseconds(seconds, "advance"), 0
  sources.settle()
  repeat
    local moved = move(plugin, left)
    left, standstills = left - moved, moved == 0 and standstills + 1 or 0
    if standstills > MOST_STANDSTILLS then
      error(("%s: the clock does not move on: the script sets deadlines that are over"):format(plugin.path), 0)
    end
    sources.settle()
  until left == 0
  move(plugin, 0)
  sources.settle()
end

-- Moves it until condition() is true; false: it was not, for so many seconds.
function sources.advance_until(plugin, seconds, condition)
  local left = nanoseconds(seconds, "seconds")
  move(plugin, 0)
  while not condition() and left > 0 do
    left = left - move(plugin, left)
    move(plugin, 0)
  end
  return condition()
end

return sources
