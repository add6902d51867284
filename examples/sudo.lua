-- sudo: the commands that are run by sudo, as auth.log has them, also when that is rotated.
local lure = require "lure"

return {
  name = "sudo", version = "0.1.0", id = 999, event_source = "sudo",
  description = "Commands of sudo", contact = "you@example.org",
  open = function(path) return lure.file.tail(path) end,
  decode = function(event) return { event.data:match "sudo: +(%S+) : .- ; USER=(%S+) ; COMMAND=(.*)" } end,
  fields = {
    { name = "sudo.user", type = "string", desc = "Who", extract = function(line) return line[1] end },
    { name = "sudo.command", type = "string", desc = "What", extract = function(line) return line[3] end },
  },
}
