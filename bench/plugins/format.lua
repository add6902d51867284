-- Samples as text, by string.format and math.random; bench/floorformat.c is the same in C, the random numbers too.

return {
  name = "format", id = 999, version = "0.1.0", event_source = "format",
  description = "Samples as text", contact = "lure",
  open = function()
    math.randomseed(42)
    return { sample = 0 }
  end,
  next = function(instance)
    instance.sample = instance.sample + 1
    return string.format("sample %d: %d %%", instance.sample, math.random(100))
  end,
}
