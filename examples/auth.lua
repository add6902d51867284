-- auth: who logs in and who becomes somebody else, as sshd, sudo and su write it to auth.log, with what failed before.
local lure = require "lure"

-- By program: what a line means, how it looks, and what its captures are. People choose names, directories and commands, so
-- each pattern holds on to what the program itself writes, at the begin and at the end.
local LINES = {
  sshd = { { "failure", "^Failed %S+ for (.*) from (%S+) port %d+", "user", "address" },
    { "success", "^Accepted %S+ for (.*) from (%S+) port %d+", "user", "address" } },
  sudo = { { "failure", "^(%S+) : (%d+) incorrect password attempts? ; .-USER=(%S+) ; .-COMMAND=(.*)", "user", "times",
      "target", "command" },
    { "denied", "^(%S+) : [^;=]+ ; .-USER=(%S+) ; .-COMMAND=(.*)", "user", "target", "command" },
    { "success", "^(%S+) : [^;=]+=.-USER=(%S+) ; .-COMMAND=(.*)", "user", "target", "command" } },
  su = { { "failure", "^FAILED SU %(to (.*)%) (%S+) on %S+$", "target", "user" },
    { "success", "^%(to (.*)%) (%S+) on %S+$", "target", "user" } },
}

local function read(program, text)
  for _, line in ipairs(LINES[program] or {}) do
    local values, found = { program = program, result = line[1] }, { text:match(line[2]) }
    for i, value in ipairs(found) do values[line[i + 2]] = value:gsub("^invalid user ", "") end
    if #found > 0 then return values end
  end
end

return {
  name = "auth", version = "0.2.0", id = 999, event_source = "auth", description = "Logins", contact = "you@example.org",
  produce = function(path, emit)
    local users, addresses = lure.window(300), lure.window(300)
    for line, _, cursor in lure.file.tail(path) do
      local stamp = line:match "^%d%S+" or line:sub(1, 15)
      local program, text = line:match("^ %S+ (%a+)[^%s:]*: +(.*)", #stamp + 1)
      local again, repeated = (text or ""):match "^message repeated (%d+) times: %[ (.*)%]$"  -- by rsyslog
      local values = read(program, repeated or text)
      if values then
        local ns, failed = lure.time.parse(stamp) or lure.now(), values.result == "failure"
        users:add(values.user, ns, failed and math.tointeger(again or values.times or 1) or 0)
        if failed and values.address then addresses:add(values.address, ns, values.user) end
        values.failures, values.users = users:sum(values.user), addresses:distinct(values.address or "none")
        emit(lure.json.encode(values), nil, cursor)
      end
    end
  end,
  fields = {
    { name = "auth.program", type = "string", desc = "sshd, sudo or su", path = "/program" },
    { name = "auth.result", type = "string", desc = "success, failure, or denied by the rules of sudo", path = "/result" },
    { name = "auth.user", type = "string", desc = "Who it is, or says to be", path = "/user" },
    { name = "auth.target", type = "string", desc = "Whom sudo and su make of that", path = "/target" },
    { name = "auth.address", type = "ipaddr", desc = "From where, over SSH", path = "/address" },
    { name = "auth.command", type = "string", desc = "What sudo is to run", path = "/command" },
    { name = "auth.failures", type = "uint64", desc = "Failures of this user in five minutes", path = "/failures" },
    { name = "auth.users", type = "uint64", desc = "Users that failed from this address in five minutes", path = "/users" },
  },
}
