-- The life of formats.lua.
return function(host, check, _, fine)
  local VALUES <const> = {
    ["scarce.level"] = "info", ["scarce.long"] = 'a "b"', ["scarce.x"] = "x", ["scarce.row"] = '2 "3"', ["scarce.any[/sys/data/x/y]"] = "1",
    ["scarce.any[/web/target]"] = "/a", ["scarce.any[/any/b]"] = "bb", ["scarce.code"] = "v=w",
    ["scarce.keys"] = '{"attributes":{"k":"v"},"event":"d","product":"b","product_version":"c","vendor":"a","version":"1.0"}',
  }

  --- Each field of the event, with its place; where memory was out it has none, and a text says so.
  local function ask(state, event, strict)
    for field, wanted in pairs(VALUES) do
      local value, message = state:extract(event, field, { offsets = true })
      check(value == wanted or (not strict and value == nil and type(message) == "string" and #message > 0), field, value, message)
    end
  end

  return function(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    if not fine(strict, "load", library, message) then return end
    local state, instance
    state, message = library:init '{"lure": {"max_errors": 1, "log": "fatal"}}'
    if not fine(strict, "init", state, message) then return end
    instance, message = state:open()
    if fine(strict, "open", instance, message) then
      local rc, events = instance:next_batch()
      check(not strict or rc == "success", "next_batch", rc)
      for _, event in ipairs(events or {}) do
        ask(state, event, strict)
        ask(state, event, strict)
      end
      instance:close()
    end
    state:destroy()
  end
end
