--- Helpers for specs of the script contract: small scripts, and what comes of them.
local support = require "spec.support"

local given = {}

--- A source called "x" with `rest` in its table.
function given.source(rest)
  return ([[local lure = require "lure"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { milliseconds = 100 },
%s
}]]):format(rest)
end

--- A plugin without a source, with `rest` in its table.
function given.extractor(rest)
  return ([[local lure = require "lure"
return { name = "x", version = "0.1.0",
%s
}]]):format(rest)
end

--- An extractor with the one field x.y and its function, of the type "string" or another.
function given.field(extract, type, rest)
  return given.extractor(('fields = { { name = "x.y", type = "%s", desc = "-", %s\nextract = %s } }'):format(
    type or "string", rest or "", extract))
end

--- Why the script is refused when it is loaded: what stands where hosts expect the required API version.
function given.problem(script, options)
  local library, _, detail = support.load_script(script, options)
  if library then
    error("the script loads", 2)
  end
  return detail.required_api_version
end

--- What runs Lua code in a script, as `f "return lure.now(), nil"`, and returns the results as a text, with ", " between
--- them, or throws. options: as support.start has them.
function given.evaluator(options)
  local plugin = support.start(given.field([[function(code)
    local results = table.pack(assert(load("local lure = ...; " .. code, "=code"))(lure))
    for i = 1, results.n do results[i] = tostring(results[i]) end
    return table.concat(results, ", ")
  end]]), options)
  return function(code)
    local text, problem = plugin:extract(support.event(code), "x.y")
    if not text then error(problem, 0) end
    return text
  end
end

--- What the function of a field returns for an event with `data`; nil and the message. options: as support.start has them.
function given.returned(extract, data, options)
  local state = support.start(given.field(extract), options)
  local value, message = state:extract(support.event(data), "x.y")
  state:destroy()
  return value, message
end

--- The check that `returned(body)` is nil and a message that holds each of the other texts.
function given.failing(returned)
  return function(body, ...)
    local value, message = returned(body)
    if value ~= nil then error(("a message was expected, not %q"):format(value), 2) end
    return given.holds(message, ...)
  end
end

--- All payloads up to the first batch that has none (or `most` batches), that batch's code and message.
function given.payloads(instance, most)
  local list = {}
  for _ = 1, most or 1000 do
    local rc, events, message = instance:next_batch()
    for _, event in ipairs(events) do
      list[#list + 1] = event.data
    end
    if rc ~= "success" then
      return list, rc, message
    end
  end
  return list, "success"
end

--- The same, going on through batches that say "timeout", and through as many as it takes.
function given.patiently(instance)
  local all = {}
  while true do
    local list, rc, message = given.payloads(instance)
    table.move(list, 1, #list, #all + 1, all)
    if rc ~= "timeout" and rc ~= "success" then
      return all, rc, message
    end
  end
end

--- Opens a script that is a source. options: as support.start has them, and params. Returns the instance, the state.
function given.opened(script, options)
  local state = support.start(script, options)
  return assert(state:open(options and options.params)), state
end

--- True if `text` holds each of the other texts.
function given.holds(text, ...)
  for _, part in ipairs { ... } do
    if not text:find(part, 1, true) then
      error(("expected %q in: %s"):format(part, text), 2)
    end
  end
  return true
end

return given
