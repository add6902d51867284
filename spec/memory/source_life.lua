-- The life of source.lua.
return function(host, check, worked)
  local WANTED = { ["scarce.n"] = 1, ["scarce.word[k]"] = "wk1", ["scarce.list"] = nil, ["scarce.address"] = "10.0.0.1",
    ["scarce.found"] = 'list["a","b"]n1ab21' }

  local function extract(state, event, strict)
    for field, wanted in pairs(WANTED) do
      local value, message = state:extract(event, field)
      if worked(value, message, field) then
        check(value == wanted, field, value)
      else
        check(not strict, field, message)
      end
    end
    local text = state:to_string(event)
    check(text == "<1>" or (not strict and (text == "" or text:find('"n":1', 1, true))), "to_string", text)
  end

  -- Of the events; a slow machine spreads them over more batches.
  local NUMBERS = { 1, -1, 2, -2 }

  --- Reads the source to its end. Events that come are right and in order.
  local function read(state, instance, strict)
    local seen = 0
    for _ = 1, 20 do
      local rc, events, message = instance:next_batch()
      if rc == "success" then
        for _, event in ipairs(events) do
          seen = seen + 1
          check(tonumber(event.data:match '"n":(%-?%d+)') == NUMBERS[seen], "event", seen, event.data)
          if seen == 1 then extract(state, event, strict) end
        end
      elseif rc == "failure" then
        check(not strict and type(message) == "string" and #message > 0, "failure", tostring(message))
        return
      elseif rc == "eof" then
        return
      end
    end
    check(false, "the source does not end")
  end

  local function life(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    if not worked(library, message, "load") then
      check(not strict, "load", message)
      return
    end
    local state
    state, message = library:init '{"lure": {"max_errors": 1, "log": "fatal"}}'
    if not worked(state, message, "init") then
      check(not strict, "init", message)
      return
    end
    local suggestions
    suggestions, message = state:open_params()
    if worked(suggestions, message, "open_params") then
      check(suggestions[1].value == '{"most": 2}', "open_params", suggestions[1].value)
    end
    local instance
    instance, message = state:open '{"most": 2}'
    if worked(instance, message, "open") then
      read(state, instance, strict)
      instance:close()
    else
      check(not strict, "open", message)
    end
    state:destroy()
  end

  return life
end
