-- intel: what a list of addresses and networks says of the client of a request (access.lua); read again when it changes.
local lure = require "lure"
local list, networks, version

--- The networks of the list; those of before where there is something else in it.
local function known()
  if list:version() ~= version then
    local valid, found = pcall(lure.ip.set, pairs(list))
    if valid then networks = found else lure.log.error("%s; the list of before stays", found) end
    version = list:version()
  end
  return networks
end

return {
  name = "intel", version = "0.1.0", description = "Addresses of a list", contact = "you@example.org",
  extract_event_sources = { "access" },
  config = { list = { type = "string", required = true, description = "A CSV file: address,note" } },
  init = function(config)
    list = lure.file.lookup(config.list, { format = "csv", key = "address" })
    networks, version = lure.ip.set(pairs(list)), list:version()
  end,
  decode = function(event) return (known():contains(event.data:match "^%S*")) end,
  fields = {
    { name = "intel.note", type = "string", desc = "What the list says of the client",
      extract = function(entry) return entry.note end },
  },
}
