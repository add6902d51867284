-- dummy: numbers that grow. The reference plugin of Falco's guide, in Lua.
--
--   lure run examples/dummy.lua --config '{"jitter": 0}'

local jitter

local plugin = {
  name = "dummy",
  id = 999,
  version = "0.1.0",
  event_source = "dummy",
  description = "Reference plugin: numbers that grow",
  contact = "lure",
  config = {
    jitter = { type = "integer", minimum = 0, default = 10, description = "Random amount added to each sample" },
  },
  params = {
    start = { type = "integer", minimum = 0, required = true, description = "Value before the first sample" },
    maxEvents = { type = "integer", minimum = 0, required = true, description = "Events until the end" },
  },
  open_params = { { value = '{"start": 1, "maxEvents": 20}', desc = "Twenty samples" } },
}

function plugin.init(config)
  jitter = config.jitter
end

function plugin.open(params)
  return { left = params.maxEvents, sample = params.start }
end

function plugin.next(instance)
  if instance.left == 0 then return nil end
  instance.left = instance.left - 1
  instance.sample = instance.sample + 1 + math.random(0, jitter)
  return instance.sample
end

function plugin.decode(event)
  return math.tointeger(event.data)
end

plugin.fields = {
  {
    name = "dummy.value",
    type = "uint64",
    desc = "The sample in the event",
    extract = function(sample) return sample end,
  },
  {
    name = "dummy.strvalue",
    type = "string",
    desc = "The sample, as text",
    extract = function(_, _, event) return event.data end,
  },
  {
    name = "dummy.divisible",
    type = "uint64",
    desc = "1 if the sample is divisible by the argument",
    arg = { required = true, index = true },
    extract = function(sample, divisor)
      if divisor == 0 then return nil, "the argument must not be 0" end
      return sample % divisor == 0 and 1 or 0
    end,
  },
}

function plugin.to_string(sample)
  return ('{"sample": "%d"}'):format(sample)
end

return plugin
