-- logins: failed logins over SSH in auth.log, with the number of failures that the user had within five minutes.
local lure = require "lure"

return {
  name = "logins", version = "0.1.0", id = 999, event_source = "logins", description = "SSH logins",
  contact = "you@example.org",
  produce = function(path, emit)
    local window = lure.window(300)
    for line, _, cursor in lure.file.tail(path) do
      -- a user's name may hold anything: sshd's own words are the first "]: " and the last "from"
      local user, address = line:gsub(" invalid user", "", 1):match "^[^%]]- sshd%S+: Failed %S+ for (.*) from (%S+) port"
      if user then
        local ns = lure.time.parse(line:match "^%d%S+" or line:sub(1, 15)) or lure.now()
        local failures = window:add(user, ns)
        emit(lure.json.encode { user = user, address = address, failures = failures }, nil, cursor)
      end
    end
  end,
  fields = {
    { name = "logins.user", type = "string", desc = "Who could not log in", path = "/user" },
    { name = "logins.address", type = "ipaddr", desc = "From where", path = "/address" },
    { name = "logins.failures", type = "uint64", desc = "Failures of this user in five minutes", path = "/failures" },
  },
}
