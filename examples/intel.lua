-- intel: what a list of addresses says of the client of a request (access.lua). It is read again when it changes.
local lure = require "lure"
local list

return {
  name = "intel", version = "0.1.0", description = "Addresses of a list", contact = "you@example.org",
  extract_event_sources = { "access" },
  config = { list = { type = "string", required = true, description = "A CSV file: address,note" } },
  init = function(config) list = lure.file.lookup(config.list, { format = "csv", key = "address" }) end,
  decode = function(event) return list:get(event.data:match "^%S*") end,
  fields = {
    { name = "intel.note", type = "string", desc = "What the list says of the client",
      extract = function(entry) return entry.note end },
  },
}
