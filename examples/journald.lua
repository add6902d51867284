-- journald: the journal of systemd, as journalctl follows it.
local lure = require "lure"

return {
  name = "journald", version = "0.1.0", id = 999, event_source = "journald",
  description = "The journal of systemd", contact = "you@example.org",
  open_params = { { value = "-f -n 0", desc = "Arguments of journalctl: what is logged from now on" } },
  open = function(params)
    local words = { "journalctl", "-o", "json" }
    for word in params:gmatch "%S+" do words[#words + 1] = word end
    return lure.process.run(words):lines()
  end,
  fields = { { name = "journald.unit", type = "string", desc = "The unit of systemd", path = "/_SYSTEMD_UNIT" },
    { name = "journald.app", type = "string", desc = "The program", path = { "/SYSLOG_IDENTIFIER", "/_COMM" } },
    { name = "journald.priority", type = "string", desc = "From 0, an emergency, to 7", path = "/PRIORITY" },
    { name = "journald.message", type = "string", desc = "What it says", path = "/MESSAGE" } },
}
