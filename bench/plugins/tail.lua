-- Lines of a file as events; the open parameters are its path.
local lure = require "lure"

return { name = "tail", version = "0.1.0", id = 999, event_source = "tail",
  open = function(path) return lure.file.tail(path) end }
