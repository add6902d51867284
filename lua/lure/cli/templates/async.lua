-- What lure new writes for async events: a file that changes.
return {
  what = "events among those of the kernel, whenever a file changes",
  run_options = " -n 1",
  script = [==[
-- @NAME@: an event among those of the kernel, whenever a file changes.
local lure = require "lure"

local path, seen

---@type lure.Plugin
local plugin = {
  name = "@NAME@", version = "0.1.0", -- no id: its events come among those of another source
  description = "Tells when a file changes", contact = "you@example.org",
  config = {
    path = { type = "string", default = "/etc/passwd", description = "The file to look at" },
  },
  async_events = { "changed" },
  async_event_sources = { "syscall" },
  async_interval = 0.5, -- seconds
}

function plugin.init(config) path = config.path end

-- Every half second, on a thread of lure's, so it may wait. The first event says what is there.
function plugin.async(emit)
  local file <close> = assert(io.open(path))
  local text = file:read("a")
  if text ~= seen then emit("changed", lure.json.encode({ path = path, bytes = #text })) end
  seen = text
end

return plugin
]==],
  spec = [==[
-- To run it: lure test
local testing = require "lure.testing"

describe("@NAME@.lua", function()
  it("tells of the file that it is to look at", function()
    local plugin = testing.load("@NAME@.lua", { config = { path = "/etc/hostname" } })
    local event = plugin:emitted(1)[1]
    assert.equal("changed", event.name)
    assert.matches('"path":"/etc/hostname"', event.data, 1, true)
  end)

  it("logs that the file is gone, and goes on", function()
    local plugin = testing.load("@NAME@.lua", { config = { path = "/no/such/file" } })
    assert.error_matches(function() plugin:emitted(1, 0.1) end, "emitted 0 events, not 1")
    assert.matches("No such file", plugin:log()[1].message)
  end)
end)
]==],
  rule = {
    name = "A file changed", desc = "The file that @NAME@ looks at is another one now",
    condition = "evt.type = changed", output = "A file changed (%evt.arg.data)", priority = "NOTICE",
  },
}
