-- The life of batchprefetch.lua.
return function(host, check, _, fine)
  --- Extracts the fields of one event, whose number is known.
  local function ask(state, event, number, strict)
    for field, wanted in pairs { ["scarce.n"] = number, ["scarce.text"] = tostring(number),
                                 ["scarce.odd"] = number % 2 == 1 and tostring(number) or nil } do
      local value, message = state:extract(event, field)
      check(value == wanted or (not strict and value == nil and type(message) == "string" and #message > 0), field, value,
        message)
    end
  end

  --- Reads the source to its end. Events that come are right and in order; a payload may be lost where memory was.
  local function read(state, instance, strict)
    local last = 0
    for _ = 1, 1000 do
      local rc, events, message = instance:next_batch()
      if rc == "failure" then
        check(not strict and type(message) == "string" and #message > 0, "failure", tostring(message))
        return
      elseif rc == "eof" then
        check(not strict or last == 60, "end", last)
        return
      end
      for _, event in ipairs(events) do
        local number = tonumber(event.data)
        check(number == last + 1 or (not strict and number > last), "order", event.data)
        ask(state, event, number, strict)
        last = number
      end
    end
    check(false, "the source does not end")
  end

  return function(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    if not fine(strict, "load", library, message) then return end
    local state, instance
    state, message = library:init '{"lure": {"max_errors": 1, "log": "fatal"}}'
    if not fine(strict, "init", state, message) then return end
    instance, message = state:open()
    if fine(strict, "open", instance, message) then
      read(state, instance, strict)
      instance:close()
    end
    state:destroy()
  end
end
