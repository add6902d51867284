-- accounts: every line of /etc/passwd is an event.
return {
  name = "accounts", version = "0.1.0", id = 999, event_source = "accounts",
  description = "Accounts of this machine", contact = "you@example.org",
  open = function(path) return io.lines(path) end,
  decode = function(event) return { event.data:match("^([^:]*):[^:]*:(%d+):") } end,
  fields = {
    { name = "account.name", type = "string", desc = "User", extract = function(line) return line[1] end },
    { name = "account.uid", type = "uint64", desc = "Number", extract = function(line) return math.tointeger(line[2]) end },
  },
}
