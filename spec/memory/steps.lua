-- The life of a source whose events say what came of one step each, or "failed: " and why. `wanted`: what they say where
-- nothing fails. `options.config`: more of init_config.lure.
return function(wanted, options)
  options = options or {}

  return function(host, check, _, fine)
    --- A step: what is wanted, or, where memory may be out, a text that says that it failed.
    local function check_step(number, text, strict)
      local is_failure = text:find "^failed: ." and not strict
      check(text == wanted[number] or is_failure, "step", number, text)
    end

    --- Reads the source to its end, which is early where a step's own event has no memory.
    local function read(instance, strict)
      local seen, deadline = 0, os.time() + 60
      repeat
        check(os.time() < deadline, "the source does not end, behind step", seen)
        local rc, events, message = instance:next_batch()
        for _, event in ipairs(events or {}) do
          local number, text = event.data:match "^(%d+) (.*)$"
          check(number and tonumber(number) > seen, "order", event.data)
          seen = tonumber(number)
          check_step(seen, text, strict)
        end
        check(rc ~= "failure" or (not strict and #message > 0), "next_batch", tostring(message))
      until rc == "failure" or rc == "eof"
      check(not strict or seen == #wanted, seen, "steps")
    end

    return function(library_path, script, strict)
      local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
      if not fine(strict, "load", library, message) then return end
      local state, instance
      state, message = library:init(('{"lure": {"max_errors": 1, "log": "fatal"%s}}'):format(options.config or ""))
      if not fine(strict, "init", state, message) then return end
      instance, message = state:open()
      if fine(strict, "open", instance, message) then
        read(instance, strict)
        instance:close()
      end
      state:destroy()
    end
  end
end
