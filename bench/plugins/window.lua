-- An update of lure.window for each event, whose payload is one of 100,000 keys, not in order; bench/floormap.c
-- counts them with a bare hash map.

local lure = require "lure"

local KEYS = 100000
local window, now = lure.window(2.5, { keys = KEYS }), 0

return {
  name = "window", id = 999, version = "0.1.0", event_source = "dummy",
  description = "Counts of keys", contact = "lure",
  open = function() return { sample = 0 } end,
  next = function(instance)
    instance.sample = instance.sample + 1
    return instance.sample * 40503 % KEYS
  end,
  fields = {
    { name = "window.count", type = "uint64", desc = "How often the key was there",
      extract = function(key)
        now = now + 10000
        return (window:add(key, now))
      end },
  },
}
