-- The life of reload.lua: its file changes while it runs.
return function(host, check, _, fine)
  --- Changes the file, and waits for longer than `reload` and, mostly, a tick of the clock.
  local function change(script)
    local file = assert(io.open(script, "a"))
    file:write("-- changed\n")
    file:close()
    local ready = os.clock() + 0.005
    while os.clock() < ready do end
  end

  --- The first payload of the next batch that has one; nil: the source has failed.
  local function payload(instance, strict)
    for _ = 1, 20 do
      local rc, events, message = instance:next_batch()
      if rc == "success" then
        return events[1].data, events[1]
      end
      if rc == "failure" then
        check(not strict and type(message) == "string" and #message > 0, "failure", tostring(message))
        return nil
      end
    end
    check(false, "no event comes")
  end

  --- Reads until the swapped script's own payloads come. A payload that waited is never lost.
  local function read(state, instance, strict, wanted)
    for _ = 1, strict and 1e6 or 3 do
      local data, event = payload(instance, strict)
      if not data then return end
      check(data:find "^[abc]", "payload", data)
      if fine(strict, "word", state:extract(event, "scarce.word")) then
        check(state:extract(event, "scarce.word") == data .. "new", "word")
      end
      if fine(strict, "users", state:extract(event, "scarce.users")) and data == wanted then return end
    end
    check(not strict, "the script was not swapped", wanted)
  end

  return function(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    if not fine(strict, "load", library, message) then return end
    local state
    state, message = library:init('{"lure": {"log": "fatal", "max_errors": 1, "reload": 0.001}}', { inspector = host.inspector() })
    if not fine(strict, "init", state, message) then return end
    local configured = fine(strict, "set_config", state:set_config '{"word": "new"}')
    fine(strict, "async_open", state:async_open { source = "scarce" })
    fine(strict, "capture_open", state:capture_open())
    local instance
    instance, message = state:open '{"most": 2}'
    if configured and fine(strict, "open", instance, message) then
      read(state, instance, strict, "a0")
      change(script)
      read(state, instance, strict, "a1")
      if strict then check(#state:metrics() > 5, "metrics") end
    end
    state:destroy()
  end
end
