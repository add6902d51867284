-- Payloads of so many letters, and fields that read them, or do not.

local plugin = {
  name = "dummy", id = 999, version = "0.1.0", event_source = "dummy",
  description = "Letters", contact = "lure",
  params = { size = { type = "integer", minimum = 1, required = true, description = "Letters in a payload" } },
}

function plugin.open(params) return { left = math.maxinteger, letters = ("x"):rep(params.size) } end

function plugin.next(instance)
  if instance.left == 0 then return nil end
  instance.left = instance.left - 1
  return instance.letters
end

function plugin.decode() return true end

-- Where bench/floor.c has them: the first and the third are never asked for.
local function none() return nil end

plugin.fields = {
  { name = "dummy.value", type = "uint64", desc = "None", extract = none },
  { name = "dummy.strvalue", type = "string", desc = "The payload",
    extract = function(_, _, event) return event.data end },
  { name = "dummy.divisible", type = "uint64", desc = "None", extract = none },
  { name = "dummy.num", type = "uint64", desc = "The event's number",
    extract = function(_, _, event) return event.num end },
}

return plugin
