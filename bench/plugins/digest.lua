-- SHA-256 of 1 MiB, whose first byte is that of an event; bench/floordigest.c is the same by OpenSSL.
local lure = require "lure"

local text = ("\0"):rep((1 << 20) - 1)

return {
  name = "digest", id = 999, version = "0.1.0", event_source = "digest",
  description = "A digest of what is long", contact = "lure",
  open = function(path) return io.lines(path) end,
  fields = {
    { name = "digest.begin", type = "uint64", desc = "Its first byte",
      extract = function(line) return lure.crypto.sha256(line:sub(1, 1) .. text):byte() end },
  },
}
