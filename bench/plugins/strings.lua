-- The events of dummy, whose script makes a text of each number by itself.

local plugin = {
  name = "dummy", id = 999, version = "0.1.0", event_source = "dummy",
  description = "Numbers that grow, as texts", contact = "lure",
}

function plugin.open() return { sample = 0 } end

function plugin.next(instance)
  local sample = instance.sample + 1
  instance.sample = sample
  return "" .. sample
end

return plugin
