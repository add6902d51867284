-- connections: where a connect of the kernel's events goes to.
local function peer(event)
  local tuple = event.param.tuple
  return tuple and type(tuple.destination) == "table" and tuple.destination or nil
end

return {
  name = "connections",
  version = "0.1.0",
  description = "The far ends of connections",
  contact = "lure",
  extract_event_sources = { "syscall" },
  extract_event_types = { "PPME_SOCKET_CONNECT_X" },

  decode = peer,

  fields = {
    { name = "connection.ip", type = "ipaddr", desc = "Address of the far end", extract = function(far) return far.ip end },
    { name = "connection.port", type = "uint64", desc = "Its port", extract = function(far) return far.port end },
    { name = "connection.failed", type = "bool", desc = "The kernel has refused it",
      extract = function(_, _, event) return event.param.res < 0 and event.param.res ~= -115 end }, -- EINPROGRESS
  },
}
