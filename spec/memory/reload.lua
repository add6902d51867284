-- A source with tables, async events, listening and metrics, which is swapped while it runs.
local lure = require "lure"

local users = lure.table "users"

local plugin = {
  name = "scarce", id = 999, version = "0.1.0", event_source = "scarce", batch = { events = 2 },
  config = { word = { type = "string", default = "w" } },
  params = { most = { type = "integer", required = true } },
  async_events = { "one" }, async_interval = 3600,
  tables = { users = { key = "string", fields = { count = "uint64" } } },
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

function plugin.set_config(config) word = config.word end

function plugin.open(params) return { n = 0, most = params.most } end

function plugin.next(instance)
  instance.n = instance.n + 1
  return { "a" .. plugin.kept.count, "b", "c" }
end

plugin.fields = {
  { name = "scarce.word", type = "string", desc = "-", extract = function(value) return value .. word end },
  { name = "scarce.users", type = "uint64", desc = "-", extract = function()
    local user = users:get "ann" or users:add "ann"
    user.count = user.count + 1
    return user.count
  end },
}

function plugin.async(emit) emit("one", "two") end

function plugin.capture_open(capture) capture:every(3600, function() end) end

function plugin.metrics() return { { name = "m", value = plugin.kept.count } } end

return plugin
