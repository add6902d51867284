-- feeds: where the events of a run come from.
--
-- A feed has `step(visit)`, which shows `visit(event)` the events that there are, waits a little if
-- there are none, and answers true at the end; and `close()`. What fails ends the command.

local host = require "lure.host"
local linereader = require "lure.linereader"
local lazily = require "lure.cli.lazily"
local system = require "lure.system"
local source = require "lure.cli.source"

local captures = lazily "lure.capture.reader"
local threads_of = lazily "lure.capture.table"

local feeds = {}

-- Events that are shown between two looks at the rest: as many as in a batch of the library.
local AT_ONCE = 512

-- How long nothing may come before there is such a look.
local PATIENCE = 0.05

-- How long a source may be asked in vain before there is a look at the rest: that costs four times as much as asking.
local QUIET = 0.1

-- A plugin's own source. `hurries`: there is more than its events to look for.
function feeds.instance(state, params, hurries)
  local instance = source.open(state, params)
  local feed = {}
  function feed.step(visit)
    local quiet = hurries and 0 or system.seconds() + QUIET
    local result, events, message
    repeat
      result, events, message = instance:next_batch()
      local waits = result == "timeout" and not events[1] and system.seconds() < quiet
      if waits then source.end_if_signalled(state) end
    until not waits
    for _, event in ipairs(events) do visit(event) end
    if result == "failure" or result == "not supported" then source.fail(message or state:last_error(), state) end
    source.end_if_signalled(state) -- a read that was interrupted looks like the end
    return result == "eof"
  end
  function feed.progress() return instance:progress() end
  function feed.close() instance:close() end
  return feed
end

local standard_input

-- Standard input is read by one reader, so that nothing is lost when a script is loaded again.
local function reader_of(path)
  if path == "-" and standard_input then return standard_input end
  local reader, message = linereader.open(path)
  if not reader then source.fail(("--events: %s: %s"):format(path, message)) end
  if path == "-" then standard_input = reader end
  return reader
end

-- Each line of a file is the payload of an event. `as`: what all events have, { source =, id = }.
function feeds.lines(path, as)
  local reader = reader_of(path)
  local num, buffer = 0, nil
  local feed = {}

  local function event_of(line)
    num = num + 1
    buffer = host.event { data = line, num = num, source = as.source, id = as.id, buffer = buffer }
    return buffer
  end

  function feed.step(visit)
    local line, what, message = reader:read(math.floor(PATIENCE * 1000))
    for _ = 1, AT_ONCE do
      if not line then break end
      visit(event_of(line))
      line, what, message = reader:read(0)
    end
    if line then visit(event_of(line)) end
    if what == "failure" then source.fail(("--events: %s: %s"):format(path, message)) end
    return what == "end"
  end
  function feed.close()
    if path ~= "-" then reader:close() end
  end
  return feed
end

-- The events of a capture, with what is known of each (see lua/lure/capture/events.lua). What it says of threads goes
-- into the inspector's table. `source_of(captured)`: the name of an event's source, "" where there is none.
function feeds.capture(path, inspector, source_of)
  local on = threads_of.of(inspector)
  on.look = source.end_if_signalled
  local capture, message = captures.open(path, on)
  if not capture then source.fail("--capture: " .. message) end
  local num, buffer = 0, nil
  local feed = {}
  function feed.step(visit)
    for _ = 1, AT_ONCE do
      local captured, problem = capture:next()
      if problem then source.fail("--capture: " .. problem) end
      if not captured then return true end
      num = num + 1
      buffer = host.event { bytes = captured.bytes, num = num, source = source_of(captured), buffer = buffer }
      visit(buffer, captured)
    end
  end
  function feed.close() capture:close() end
  return feed
end

-- No events but the async ones.
function feeds.none()
  return {
    step = function() system.sleep(PATIENCE) end,
    close = function() end,
  }
end

return feeds
