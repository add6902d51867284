-- lure run: an event source in a host of our own, its events on standard output.

local args = require "lure.cli.args"
local fields = require "lure.cli.fields"
local printer = require "lure.cli.printer"
local source = require "lure.cli.source"
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

with every field that needs no argument and has a value. Of a plugin that has
async events and no source, these are printed, NUM TIME NAME DATA, until Ctrl-C.

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
                  payload stands there whole as well, in "payload_base64". Async events
                  also have a name

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

local function check_source(script, info)
  if info.capabilities.sourcing or info.capabilities.async then return end
  stop.usage("%s has no event source (no open, no next): its events come from other plugins or from the kernel. "
    .. "Run it in Falco or sysdig; a later version of lure reads events from a file", script)
end

function run.main(options)
  local loaded, info = source.load(options.script)
  check_source(options.script, info)
  local print_event = printer.choose(options, info, fields.all(info))

  printer.start()
  source.run(loaded, info, options, function(view, event) printer.line(print_event(view, event)) end, printer.flush)
  return 0
end

return run
