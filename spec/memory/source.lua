-- A little of everything that allocates.
local lure = require "lure"

local plugin = {
  name = "scarce", id = 999, version = "0.1.0", event_source = "scarce", description = "d", contact = "c",
  config = { word = { type = "string", default = "w" } },
  params = { most = { type = "integer", required = true } },
  open_params = { { value = '{"most": 2}' } },
}

local word

function plugin.init(config) word = config.word end

function plugin.open(params) return { n = 0, most = params.most } end

function plugin.next(instance)
  instance.n = instance.n + 1
  if instance.n > instance.most then return nil end
  return { lure.json.encode { n = instance.n, list = { "a", "b" } }, lure.json.encode { n = -instance.n } }
end

function plugin.decode(event) return lure.json.decode(event.data) end

function plugin.to_string(value) return ("<%d>"):format(value.n) end

plugin.fields = {
  { name = "scarce.n", type = "uint64", desc = "-", extract = function(value) return value.n end },
  { name = "scarce.word", type = "string", desc = "-", arg = { key = true },
    extract = function(value, arg) return word .. arg .. value.n end },
  { name = "scarce.list", type = "string", desc = "-", path = "/n" },
  { name = "scarce.found", type = "string", desc = "-", extract = function(_, _, event)
    local document, all = lure.json.parse(event.data), ""
    for key, value in pairs(document) do all = all .. key .. tostring(value) end
    for _, value in ipairs(document:get "/list" or {}) do all = all .. value end
    return all .. #(document.list or {}) .. document:table().n
  end },
  { name = "scarce.address", type = "ipaddr", desc = "-", extract = function() return "10.0.0.1" end },
}

return plugin
