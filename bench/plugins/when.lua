-- The time at the begin of a line of a log, as bench/logs.lua makes them, with an offset, read fifty times so that
-- little of what is measured is the call; bench/floortext.c is the same in C.
local parse = require "lure".time.parse

return {
  name = "text", id = 999, version = "0.1.0", event_source = "text",
  description = "Lines of a log", contact = "lure",
  open = function(path) return io.lines(path) end,
  fields = {
    { name = "text.when", type = "uint64", desc = "When, in ns",
      extract = function(line)
        local text, ns = line:sub(1, 19) .. "+0100", nil
        for _ = 1, 50 do ns = parse(text) end
        return ns
      end },
  },
}
