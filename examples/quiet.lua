-- quiet: says when a capture has gone quiet: no event for some seconds.
--
-- Listens to captures, counts events as they pass, and looks at the count every now and then.
local lure = require "lure"

local seconds
local seen, before = 0, 0

return {
  name = "quiet",
  version = "0.1.0",
  description = "Tells of captures without events",
  contact = "lure",
  config = {
    seconds = { type = "number", minimum = 0.01, default = 60, description = "Without an event until it is told" },
  },
  async_events = { "quiet" },
  async_event_sources = { "syscall" },
  parse_event_sources = { "syscall" },

  init = function(config) seconds = config.seconds end,

  parse = function(event)
    if event.type ~= "asyncevent" then seen = seen + 1 end -- what it says itself is no event
  end,

  capture_open = function(capture)
    capture:every(seconds, function()
      if seen == before then lure.emit("quiet", ("no event for %g seconds"):format(seconds)) end
      before = seen
    end)
  end,

  capture_close = function() lure.log.info("%d events in this capture", seen) end,
}
