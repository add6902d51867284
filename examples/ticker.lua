-- ticker: an event of its own every second, whatever the source that is open.
local count = 0

return {
  name = "ticker",
  version = "0.1.0",
  description = "A heartbeat among the events",
  contact = "lure",
  async_events = { "heartbeat" },
  async_event_sources = { "syscall" },
  async_interval = 1,
  async = function(emit)
    count = count + 1
    emit("heartbeat", ('{"count": %d}'):format(count))
  end,
}
