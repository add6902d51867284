-- source: what a run needs of an event source, and of the ways that it ends.
--
-- What fails ends the command. Ctrl-C and SIGTERM do, too, but close and destroy are called.

local process = require "lure.process"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local stop = require "lure.cli.stop"

local source = {}

-- The configuration as it was typed, with lure.max_errors = 1 unless it says something there.
-- What is no JSON object stays what it is: the library says so. So does what is for a plugin that lure
-- did not make, as its `info`, if given, tells.
function source.configuration(typed, info)
  if typed == nil or typed:match("^%s*$") then typed = "{}" end
  if (info and not info.console) or not json.members(typed) then return typed end
  local lure, place = json.member(typed, "lure")
  if not lure then return json.insert(typed, "lure", '{"max_errors":1}') end
  if not json.members(lure) or json.member(lure, "max_errors") then return typed end
  return typed:sub(1, place.start - 1) .. json.insert(lure, "max_errors", "1") .. typed:sub(place.finish)
end

function source.end_if_signalled()
  local signal = process.signalled()
  if not signal then return end
  io.stderr:write(process.release_errors())
  stop.by_signal(signal)
end

-- What fails because a signal interrupted it is no failure, and what was said of it is nothing
-- that anyone wants to read.
function source.fail(message)
  local signal = process.signalled()
  if not signal then stop.failed("%s", message) end
  process.release_errors()
  stop.by_signal(signal)
end

-- Runs `body`, then `finish(problem)` whatever happened; nil: nothing did.
function source.finally(finish, body, ...)
  local done, problem = xpcall(body, stop.traced, ...)
  finish(not done and problem or nil)
  if not done then error(problem, 0) end
end

-- The library of a script or a plugin, and what it says of itself.
function source.load(script)
  local loaded, problems = library.load(script, 3)
  if not loaded then source.fail(table.concat(problems, "\n")) end
  return loaded, loaded:info()
end

-- Opens what `params` says, or the first of the plugin's own suggestions.
function source.open(state, params)
  if not params then
    local suggested, message = state:open_params()
    if not suggested then source.fail(message) end
    params = suggested[1] and suggested[1].value or ""
  end
  local instance, message = state:open(params)
  if not instance then source.fail(message) end
  return instance
end

return source
