-- The life of swap.lua: its file changes while it runs.
return function(host, check, _, fine)
  --- Changes the file, and waits for longer than `reload` and, mostly, a tick of the clock.
  local function change(script)
    local file = assert(io.open(script, "a"))
    file:write("-- changed\n")
    file:close()
    local ready = os.clock() + 0.005
    while os.clock() < ready do end
  end

  --- Reads until a payload comes that begins with `wanted`; false: the source has failed, or there are many others.
  local function read(state, instance, strict, wanted)
    for _ = 1, strict and 1e6 or 60 do
      local rc, events, message = instance:next_batch()
      if rc == "failure" then
        check(not strict and type(message) == "string" and #message > 0, "failure", tostring(message))
        return
      end
      for _, event in ipairs(events) do
        check(event.data:find "^[abc]", "payload", event.data)
        if fine(strict, "word", state:extract(event, "scarce.word")) then
          check(state:extract(event, "scarce.word") == event.data .. "w", "word")
        end
        if event.data == wanted then return end
      end
    end
    check(not strict, "the script was not swapped", wanted)
  end

  return function(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    if not fine(strict, "load", library, message) then return end
    local state, instance
    state, message = library:init '{"lure": {"log": "fatal", "max_errors": 1, "reload": 0.001}}'
    if not fine(strict, "init", state, message) then return end
    instance, message = state:open()
    if fine(strict, "open", instance, message) then
      read(state, instance, strict, "a0")
      change(script)
      read(state, instance, strict, "a1")
      instance:close()
    end
    state:destroy()
  end
end
