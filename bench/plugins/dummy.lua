-- dummy, as bench/floor.c has it in C.
--
-- $LURE_BENCH_PLUS is how many fields dummy.plusN there are (0), $LURE_BENCH_BATCH how many events a batch has (512).

local lure = require "lure"

local tointeger = math.tointeger

local plugin = {
  name = "dummy", id = 999, version = "0.1.0", event_source = "dummy",
  description = "Numbers that grow", contact = "lure",
  batch = { events = tonumber(lure.env "LURE_BENCH_BATCH") },
  params = {
    maxEvents = { type = "integer", minimum = 0, default = math.maxinteger, description = "Events until the end" },
  },
}

function plugin.open(params) return { sample = 0, last = params.maxEvents } end

function plugin.next(instance)
  local sample = instance.sample
  if sample >= instance.last then return nil end
  sample = sample + 1
  instance.sample = sample
  return sample
end

plugin.fields = {
  { name = "dummy.value", type = "uint64", desc = "The sample",
    extract = function(digits) return digits end },
  { name = "dummy.strvalue", type = "string", desc = "The sample, as text",
    extract = function(digits) return digits end },
  { name = "dummy.divisible", type = "uint64", desc = "1 if it is divisible by the argument",
    arg = { required = true, index = true },
    extract = function(digits, divisor)
      if divisor == 0 then return nil, "the argument must not be 0" end
      return tointeger(digits) % divisor == 0 and 1 or 0
    end },
  { name = "dummy.num", type = "uint64", desc = "The event's number",
    extract = function(_, _, event) return event.num end },
  { name = "dummy.called", type = "string", desc = "The sample, as text; lure answers no function with `...` itself",
    extract = function(...) return (...) end },
}

for i = 1, tonumber(lure.env "LURE_BENCH_PLUS") or 0 do
  table.insert(plugin.fields, { name = "dummy.plus" .. i, type = "uint64", desc = "The sample and more",
    extract = function(digits) return tointeger(digits) + i end })
end

function plugin.to_string(digits) return '{"sample": "' .. digits .. '"}' end

return plugin
