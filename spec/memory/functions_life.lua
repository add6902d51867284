-- The life of functions.lua.
return function(host, check, worked)
  local WANTED = { now = "integer", env = "true", version = "true",
    path = "table", found = "2x33", marks = "userdatauserdata", decode = "yé\n", decode_long = "50",
    encode = '{"a":null,"b":[1,2.5,"\\n\\u0001"],"c":{}}', encode_document = '{"k":true,"n":null}',
    parse = "text", kind = "nullobjectlist", get = "y" .. "é\n", raw = "1.50", table = "x",
    pairs = "a3 l17 o19 long600", ipairs = "1640", tostring = '{"k":true,"n":null}2', log = "logged",
    digests = "132eabe1000false", base64 = "abcd", require = "same",
    time = "Mon Nov 23 15:00:00 2026109", compress = "30003000nil", text = "40300303301ABtrue303false", window = "2831",
    lpeg = "8039a_b5", regex = "a1 b c33true1a",
    ip = 'labeth010.255.255.255true299not an address: "x"' }

  local function extract(state, event, strict)
    for field, wanted in pairs(WANTED) do
      local value, message = state:extract(event, "scarce." .. field)
      if worked(value, message, field) then
        check(value == wanted, field, value)
      else
        check(not strict, field, message)
      end
    end
    for _, field in ipairs { "failure", "failure_text" } do
      local value, message = state:extract(event, "scarce." .. field)
      check(value == nil and type(message) == "string" and #message > 0, field, tostring(value), tostring(message))
    end
  end

  return function(library_path, script, strict)
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
    local instance
    instance, message = state:open()
    if worked(instance, message, "open") then
      local rc, events
      rc, events, message = instance:next_batch()
      check(rc ~= "failure" or (not strict and #message > 0), "next_batch", tostring(message))
      if events and events[1] then extract(state, events[1], strict) end
      local part, text = instance:progress()
      check((part == 0.5 and text == "half") or not strict, "progress", tostring(part), tostring(text))
      instance:close()
    else
      check(not strict, "open", message)
    end
    state:destroy()
  end
end
