-- syslog: messages over UDP, TCP and unix sockets, as RFC 5424 and RFC 3164 have them.
local lure = require "lure"

return {
  name = "syslog", version = "0.1.0", id = 999, event_source = "syslog",
  description = "Messages of syslog", contact = "you@example.org",
  open_params = { { value = "udp://0.0.0.0:514 tcp://0.0.0.0:514", desc = "Addresses; also unixgram:///PATH" } },
  produce = function(params, emit)
    for address in params:gmatch "%S+" do
      local listener = lure.net.listen(address)
      local function stream(connection) for line in connection:lines() do emit(line) end end
      local function messages() for message in listener:datagrams() do emit(message) end end
      lure.spawn(address:find "^[tu][cn][pi]x?:" and function() listener:serve(stream) end or messages)  -- tcp:, unix:
    end
    lure.sleep(1e9)                                    -- its tasks are the source
  end,
  format = "syslog",
  fields = {
    { name = "syslog.level", type = "uint64", desc = "From 0, an emergency, to 7", path = "/severity" },
    { name = "syslog.host", type = "string", desc = "The machine, as the message says", path = "/host" },
    { name = "syslog.app", type = "string", desc = "The program", path = "/app" },
    { name = "syslog.text", type = "string", desc = "What it says", path = "/message" },
    { name = "syslog.data", type = "string", desc = "Its structured data: syslog.data[/data/ID/NAME]", path = lure.ARG,
      arg = { key = true, required = true } },
  },
}
