-- A source that is swapped while it runs, of what both plugin APIs have.
local plugin = {
  name = "scarce", id = 999, version = "0.1.0", event_source = "scarce", batch = { events = 2 },
  config = { word = { type = "string", default = "w" } },
}

local word

function plugin.init(config)
  word = config.word
  plugin.kept = { count = 0, texts = { "a", { "b" } } }
end

function plugin.reload(old)
  plugin.kept = old.kept
  plugin.kept.count = plugin.kept.count + 1
end

function plugin.open() return { n = 0 } end

function plugin.next(instance)
  instance.n = instance.n + 1
  return { "a" .. plugin.kept.count, "b", "c" }
end

plugin.fields = {
  { name = "scarce.word", type = "string", desc = "-", extract = function(value) return value .. word end },
}

return plugin
