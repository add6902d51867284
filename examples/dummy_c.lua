-- dummy_c: the twin of dummy.lua, as Falco's guide has one in C++.
--
-- The same event source, the same payload and the same fields under another id, with
-- defaults for everything. It reads its configuration and parameters by itself, to show
-- how that looks without `config` and `params`.

local lure = require "lure"

local jitter = 10

local plugin = {
  name = "dummy_c",
  id = 998,
  version = "0.1.0",
  event_source = "dummy",
  description = "Reference plugin: numbers that grow, with defaults",
  contact = "lure",
  init_schema = [[{
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {
      "jitter": { "type": "integer", "minimum": 0, "description": "Random amount added (default: 10)" }
    },
    "additionalProperties": false
  }]],
}

function plugin.init(config)
  jitter = config.jitter or jitter
end

function plugin.open(params)
  local given = params == "" and {} or lure.json.decode(params)
  return { left = given.maxEvents or 20, sample = given.start or 1 }
end

function plugin.next(instance)
  if instance.left <= 0 then return nil end
  instance.left = instance.left - 1
  instance.sample = instance.sample + 1 + math.random(0, jitter)
  return instance.sample
end

-- One function for all fields, where dummy.lua has one each.
function plugin.extract(_, divisor, event, field)
  if field == "dummy.strvalue" then return event.data end
  local sample = math.tointeger(event.data)
  if field == "dummy.value" or sample == nil then return sample end
  if divisor == 0 then return nil, "the argument must not be 0" end
  return sample % divisor == 0 and 1 or 0
end

plugin.fields = {
  { name = "dummy.value", type = "uint64", desc = "The sample in the event" },
  { name = "dummy.strvalue", type = "string", desc = "The sample, as text" },
  {
    name = "dummy.divisible",
    type = "uint64",
    desc = "1 if the sample is divisible by the argument",
    arg = { required = true, index = true },
  },
}

function plugin.to_string(_, event)
  return ('{"sample": %s}'):format(event.data)
end

return plugin
