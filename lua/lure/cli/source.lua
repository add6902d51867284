-- source: what a run needs of an event source, and of the ways that it ends.
--
-- What fails ends the command. Ctrl-C and SIGTERM do, too, but close and destroy are called.

local system = require "lure.system"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local source = {}

-- What init_config.lure is here, unless the configuration says something else: the first error of "next" ends
-- the run, and errors are in the host's log only, which is ours.
local OWN = { { "stderr", "false" }, { "max_errors", "1" } }

-- The configuration as it was typed, with OWN in it, or what else is given. What is no JSON object stays what it
-- is: the library says so. So does what is for a plugin that lure did not make, as its `info`, if given, tells.
-- A function of that stands for what depends on it (see falcoentry.lua).
function source.configuration(typed, info, others)
  if type(typed) == "function" then typed = typed(info) end
  if typed == nil or typed:match("^%s*$") then typed = "{}" end
  if (info and not info.console) or not json.members(typed) then return typed end
  if not json.member(typed, "lure") then typed = json.insert(typed, "lure", "{}") end
  local lure, place = json.member(typed, "lure")
  if not json.members(lure) then return typed end
  for _, own in ipairs(others or OWN) do
    if not json.member(lure, own[1]) then lure = json.insert(lure, own[1], own[2]) end
  end
  return typed:sub(1, place.start - 1) .. lure .. typed:sub(place.finish)
end

-- ---- the log ----

-- By state, an error of "next" that was logged: the source may fail with it when it is asked again.
local pending = setmetatable({}, { __mode = "k" })

-- What a state has logged and not yet written.
local function unwritten(state)
  local lines = state:log()
  if pending[state] then table.insert(lines, 1, pending[state]) end
  pending[state] = nil
  return lines
end

-- Where log lines go in place of standard error: a function, while something else is on the terminal; or nil.
source.log_sink = nil

local function write_log(lines)
  for _, line in ipairs(lines) do
    local begin = ("%s: %s: "):format(line.component or "lure", line.severity)
    local write = source.log_sink or terminal.write_error
    write(terminal.escaped(begin) .. terminal.lines(line.message) .. "\n")
  end
end

-- Writes that on standard error. An error of "next" waits for the next call, unless this is the last (`all`).
function source.tell_log(state, all)
  local lines = unwritten(state)
  local last = lines[#lines]
  if not all and last and last.message:find("^[^\n]-: next: ") then
    lines[#lines] = nil
  else
    last = nil
  end
  write_log(lines)
  pending[state] = last
end

-- What a `state`, if given, has logged last is about a wait that the signal has ended: nobody wants to read that.
function source.end_if_signalled(state)
  local signal = system.signalled()
  if not signal then return end
  if state then unwritten(state) end
  terminal.write_error(terminal.lines(system.release_errors()))
  stop.by_signal(signal)
end

-- Takes the line that says `message`, too, out of what was logged; answers what follows it there: a traceback.
local function take_trace(message, lines)
  local last = lines[#lines]
  if not last or last.message:sub(1, #message) ~= message then return nil end
  lines[#lines] = nil
  return last.message:sub(#message + 1):match("^\n\t?(stack traceback:.*)$")
end

-- What fails because a signal interrupted it is no failure, and what was said of it is nothing
-- that anyone wants to read. `log` is the state that failed, or the lines that it has logged: there the message
-- may stand, too, with a traceback.
function source.fail(message, log)
  local signal = system.signalled()
  local lines = type(log) == "userdata" and unwritten(log) or log or {}
  if signal then
    system.release_errors()
    stop.by_signal(signal)
  end
  local trace = take_trace(message, lines)
  write_log(lines)
  stop.traced_failure(message, trace)
end

-- Runs `body`, then `finish(problem)` whatever happened; nil: nothing did.
function source.finally(finish, body, ...)
  local done, problem = xpcall(body, stop.traced, ...)
  finish(not done and problem or nil)
  if not done then error(problem, 0) end
end

-- The library of a script or a plugin, and what it says of itself. `keeps_log`: see library.lua.
function source.load(script, keeps_log)
  local loaded, problems = library.load(script, 3, false, keeps_log)
  if not loaded then source.fail(table.concat(problems, "\n")) end
  return loaded, loaded:info()
end

-- Opens what `params` says, or the first of the plugin's own suggestions.
function source.open(state, params)
  if not params then
    local suggested, message = state:open_params()
    if not suggested then source.fail(message, state) end
    params = suggested[1] and suggested[1].value or ""
  end
  local instance, message = state:open(params)
  if not instance then source.fail(message, state) end
  return instance
end

return source
