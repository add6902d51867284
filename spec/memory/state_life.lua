-- The life of state.lua.
return function(host, check, _, fine)
  local function event(number)
    return host.event { type = 3, tid = 7, num = number, source = "syscall",
      params = { ("<i8"):pack(3), "/etc/passwd\0", ("<I4"):pack(1) } }
  end

  local function parse(state, inspector, strict)
    local threads = inspector:table "threads"
    for number = 1, 2 do
      fine(strict, "parse", state:parse(event(number)))
      check(threads:references() == 0, "an entry was not released")
    end
    if strict then check(threads:read(7, "s.count") == 2, "s.count", threads:read(7, "s.count")) end
    if fine(strict, "s.name", state:extract(event(3), "s.name")) then
      check(state:extract(event(3), "s.name") == "/etc/passwd", "s.name")
    end
    fine(strict, "s.count", state:extract(event(3), "s.count"))
    check(threads:references() == 0, "an entry was not released")
  end

  local function ask(state, strict)
    local metrics = state:metrics()
    if strict then check(#metrics > 10, "metrics", #metrics) end
    fine(strict, "set_config", state:set_config '{"word": "new"}')
    if fine(strict, "dump_state", state:dump_state()) and strict then
      check(state:dump_state()[1].data == "state", "dump_state")
    end
  end

  return function(library_path, script, strict)
    local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
    local inspector = host.inspector()
    inspector:table("threads"):add(7, { comm = "cat" })
    if not fine(strict, "load", library, message) then return end
    local state
    state, message = library:init('{"lure": {"log": "fatal"}}', { inspector = inspector })
    if not fine(strict, "init", state, message) then return end
    local handed = fine(strict, "async_open", state:async_open())
    local opened = fine(strict, "capture_open", state:capture_open())
    parse(state, inspector, strict)
    if handed and strict then check(#state:async_events() == 2, "async events") end
    ask(state, strict)
    if opened then check(state:capture_close(), "capture_close failed") end
    if handed then check(state:async_close(), "taking the handler back failed") end
    state:destroy()
  end
end
