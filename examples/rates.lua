-- rates: how many events of each type there were, among the metrics of the host.
local counts = {}

return {
  name = "rates",
  version = "0.1.0",
  description = "Counts events by type",
  contact = "lure",
  parse_event_sources = { "syscall" },

  parse = function(event) counts[event.type] = (counts[event.type] or 0) + 1 end,

  metrics = function()
    local list = {}
    for type, count in pairs(counts) do
      list[#list + 1] = { name = "events_" .. tostring(type):gsub("%W", "_"), value = count, monotonic = true }
    end
    return list
  end,
}
