-- lure run: an event source in a host of our own, its events on standard output.

local process = require "lure.process"
local args = require "lure.cli.args"
local fields = require "lure.cli.fields"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local printer = require "lure.cli.printer"
local stop = require "lure.cli.stop"

local run = {
  name = "run",
  summary = "run an event source and print its events",
  options = {
    ["--config"] = { key = "config", value = "JSON" },
    ["--open"] = { key = "open", value = "PARAMS" },
    ["-n"] = { key = "count", value = "N", read = args.count },
    ["-p"] = { key = "format", value = "FORMAT" },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure run SCRIPT [--config JSON] [--open PARAMS] [-n N] [-p FORMAT] [--json]

Runs the event source that a Lua script is, through the same library that Falco
and sysdig load, and prints one line for each event:

  NUM TIME TEXT field=value ...

with every field that needs no argument and has a value.

  --config JSON   the plugin's configuration (init_config), by default {}.
                  lure.max_errors is 1 here, unless it is given: the first error
                  that "next" throws ends the run
  --open PARAMS   what to open; by default the first of the script's open_params
  -n N            stop after N events
  -p FORMAT       print this for each event: %field and %field[argument] stand
                  for values (<NA> where there is none, lists as (a,b)), %% for a
                  percent sign. Every event also has evt.num, evt.time,
                  evt.rawtime (ns), evt.source and evt.plugininfo (its text)
  --json          print an object for each event: num, ts (ns, as text), source,
                  payload, and in "fields" those with a value, or, with -p, those
                  that FORMAT names. What is not UTF-8 is shown as U+FFFD; such a
                  payload stands there whole as well, in "payload_base64"

Control characters are printed as \n, \x1b and so on. Names are dim on a
terminal, unless NO_COLOR is set. Ctrl-C and SIGTERM end the run: the script's
"close" and "destroy" are called; a second Ctrl-C does not wait for them.

Exit status: 0 at the end of the source or after N events, 1 if the script or
its source failed, 2 for a wrong command line, 130 or 143 after Ctrl-C, SIGTERM.

  lure run examples/dummy.lua
  lure run examples/dummy.lua --config '{"jitter": 0}' --open '{"start": 1, "maxEvents": 9}'
  lure run examples/dummy.lua -n 3 -p '%evt.num %dummy.value %dummy.divisible[3]'
  lure run examples/dummy.lua --json | jq .fields
]],
}

-- The configuration as it was typed, with lure.max_errors = 1 unless it says something there.
-- What is no JSON object stays what it is: the library says so.
local function configuration(typed)
  if typed == nil or typed:match("^%s*$") then typed = "{}" end
  if not json.members(typed) then return typed end
  local lure, place = json.member(typed, "lure")
  if not lure then return json.insert(typed, "lure", '{"max_errors":1}') end
  if not json.members(lure) or json.member(lure, "max_errors") then return typed end
  return typed:sub(1, place.start - 1) .. json.insert(lure, "max_errors", "1") .. typed:sub(place.finish)
end

local function end_if_signalled()
  local signal = process.signalled()
  if not signal then return end
  io.stderr:write(process.release_errors())
  stop.by_signal(signal)
end

-- What fails because a signal interrupted it is no failure, and what was said of it is nothing
-- that anyone wants to read.
local function fail(message)
  local signal = process.signalled()
  if not signal then stop.failed("%s", message) end
  process.release_errors()
  stop.by_signal(signal)
end

local function load(script)
  local loaded, problems = library.load(script, 3)
  if not loaded then fail(table.concat(problems, "\n")) end
  return loaded, loaded:info()
end

local function check_source(script, info)
  if info.capabilities.sourcing then return end
  stop.usage("%s has no event source (no open, no next): its events come from other plugins or from the kernel. "
    .. "Run it in Falco or sysdig; a later version of lure reads events from a file", script)
end

local function open(state, params)
  if not params then
    local suggested, message = state:open_params()
    if not suggested then fail(message) end
    params = suggested[1] and suggested[1].value or ""
  end
  local instance, message = state:open(params)
  if not instance then fail(message) end
  return instance
end

-- Prints until the source ends or `most` events are shown.
local function show(view, instance, print_event, most)
  local shown = 0
  while true do
    end_if_signalled()
    local result, events, message = instance:next_batch()
    for _, event in ipairs(events) do
      end_if_signalled()
      printer.line(print_event(view, event))
      shown = shown + 1
      if shown == most then return end
    end
    printer.flush()
    if result == "eof" then return end_if_signalled() end -- a read that was interrupted looks like the end
    if result == "failure" or result == "not supported" then fail(message or view.state:last_error()) end
  end
end

-- Runs `body`, then `finish` whatever happened.
local function finally(finish, body, ...)
  local done, problem = xpcall(body, stop.traced, ...)
  finish()
  if not done then error(problem, 0) end
end

function run.main(options)
  local loaded, info = load(options.script)
  check_source(options.script, info)
  local print_event = printer.choose(options, info, fields.all(info))

  process.catch_signals()
  printer.start()
  local state, message = loaded:init(configuration(options.config))
  if not state then fail(message) end
  finally(function() state:destroy() end, function()
    end_if_signalled()
    local instance = open(state, options.open)
    finally(function() instance:close() end, show, { state = state, source = info.event_source }, instance,
      print_event, options.count)
    printer.flush()
  end)
  return 0
end

return run
