-- Log entries in JSON, as bench/logs.lua makes them; bench/floorjson.c has the same fields in C.
--
-- $LURE_BENCH_JSON is how they are read: "parse" (lure.json.parse), "decode" (to tables), "paths" (declared).

local lure = require "lure"

local how = lure.env "LURE_BENCH_JSON"

local plugin = {
  name = "json_lines", id = 999, version = "0.1.0", event_source = "json_lines",
  description = "Log entries in JSON", contact = "lure",
  open = function(path) return io.lines(path) end,
  fields = {
    { name = "log.service", type = "string", desc = "Whose", extract = function(entry) return entry.service end },
    { name = "log.host", type = "string", desc = "Where", extract = function(entry) return entry.host end },
    { name = "log.user", type = "string", desc = "Who", extract = function(entry) return entry.user.name end },
    { name = "log.method", type = "string", desc = "How", extract = function(entry) return entry.request.method end },
    { name = "log.path", type = "string", desc = "What", extract = function(entry) return entry.request.path end },
    { name = "log.names", type = "string", desc = "All names", list = true,
      extract = function(entry)
        local names = {}
        for _, item in ipairs(entry.items) do names[#names + 1] = item.name end
        return names
      end },
  },
}

if how == "parse" then
  function plugin.decode(event) return lure.json.parse(event.data) end
elseif how == "decode" then
  function plugin.decode(event) return lure.json.decode(event.data) end
else
  plugin.fields = {
    { name = "log.service", type = "string", desc = "Whose", path = "/service" },
    { name = "log.host", type = "string", desc = "Where", path = "/host" },
    { name = "log.user", type = "string", desc = "Who", path = "/user/name" },
    { name = "log.method", type = "string", desc = "How", path = "/request/method" },
    { name = "log.path", type = "string", desc = "What", path = "/request/path" },
    { name = "log.names", type = "string", desc = "All names", list = true, path = "/items/*/name" },
  }
end

return plugin
