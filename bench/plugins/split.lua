-- Lines of a log, taken apart once by `decode`; bench/floortext.c has the same fields in C, from text.time on.

return {
  name = "text", id = 999, version = "0.1.0", event_source = "text",
  description = "Lines of a log", contact = "lure",
  open = function(path) return io.lines(path) end,
  decode = function(event) return { event.data:match("^(%S+) (%S+) (%S+) (%S+) (.*)$") } end,
  fields = {
    { name = "text.time", type = "string", desc = "When", extract = function(part) return part[1] end },
    { name = "text.host", type = "string", desc = "Where", extract = function(part) return part[2] end },
    { name = "text.program", type = "string", desc = "Who", extract = function(part) return part[3] end },
    { name = "text.verb", type = "string", desc = "What", extract = function(part) return part[4] end },
    { name = "text.rest", type = "string", desc = "The rest", extract = function(part) return part[5] end },
  },
}
