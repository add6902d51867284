-- The events of dummy, whose script makes a text of each number by itself.

local plugin = {
  name = "dummy", id = 999, version = "0.1.0", event_source = "dummy",
  description = "Numbers that grow, as texts", contact = "lure",
}

function plugin.open() return { left = math.maxinteger, sample = 0 } end

function plugin.next(instance)
  if instance.left == 0 then return nil end
  instance.left = instance.left - 1
  instance.sample = instance.sample + 1
  return tostring(instance.sample)
end

return plugin
