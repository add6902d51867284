-- Messages of UDP as events; the open parameters are the address.
local lure = require "lure"

return { name = "udp", version = "0.1.0", id = 999, event_source = "udp", batch = { milliseconds = 100 },
  open = function(address)
    local receive, listener = lure.net.listen(address):datagrams()
    return function() return (receive(listener)) end -- without the sender: an iterator's second value is the time
  end }
