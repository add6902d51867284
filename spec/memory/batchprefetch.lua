-- A source that is evaluated directly, and fields that are prefetched for many events at once.
return {
  name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  open = function() return { n = 0 } end,
  next = function(instance)
    instance.n = instance.n + 1
    if instance.n > 60 then return nil end
    return instance.n
  end,
  fields = {
    { name = "scarce.text", type = "string", desc = "-", extract = function(value) return value end },
    { name = "scarce.odd", type = "string", desc = "-",
      extract = function(value) return math.tointeger(value) % 2 == 1 and value or nil end },
    { name = "scarce.n", type = "uint64", desc = "-", extract = function(value) return value end },
  },
}
