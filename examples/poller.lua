-- poller: the audit log of a web service, which gives it in pages; no entry is missed, also after a restart.
local lure = require "lure"
local settings

return {
  name = "poller", version = "0.1.0", id = 999, event_source = "poller",
  description = "The audit log of a web service", contact = "you@example.org",
  config = { token = { type = "string", required = true, secret = true, description = "Who may read the log" },
    seconds = { type = "number", default = 10, minimum = 0.01, description = "How often it is asked for more" } },
  init = function(config) settings = config end,
  produce = function(url, emit)
    local after = lure.cursor() or "0"                -- the id of the last entry that was delivered
    while true do
      local page = lure.http.get(url, { query = { after = after, limit = 100 }, retry = true,
        headers = { Authorization = "Bearer " .. settings.token } }):json()
      for _, entry in ipairs(page.entries) do
        after = tostring(entry.id)
        emit(lure.json.encode(entry), entry.at * 1000000000, after)
      end
      if not page.more or #page.entries == 0 then lure.sleep(settings.seconds) end
    end
  end,
  fields = { { name = "poller.user", type = "string", desc = "Who did it", path = "/user" },
    { name = "poller.action", type = "string", desc = "What was done", path = "/action" },
    { name = "poller.target", type = "string", desc = "To whom or what", path = "/target" } },
}
