-- lure run: events in a host of our own, on standard output.

local args = require "lure.cli.args"
local colour = require "lure.cli.colour"
local falcoentry = require "lure.cli.falcoentry"
local outfile = require "lure.cli.outfile"
local play = require "lure.cli.play"
local printer = require "lure.cli.printer"
local ruleoptions = require "lure.cli.ruleoptions"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local watch = require "lure.cli.watch"

local run = {
  name = "run",
  summary = "run a script and print its events",
  options = {
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--falco"] = falcoentry.option,
    ["--source"] = { key = "source", value = "PLUGIN", script = true },
    ["--source-config"] = { key = "source_config", value = "JSON", read = args.contents },
    ["--events"] = { key = "events", value = "FILE" },
    ["--capture"] = { key = "capture", value = "FILE" },
    ["--filter"] = { key = "filter", value = "CONDITION" },
    ["--rules"] = ruleoptions.rules,
    ["--priority"] = ruleoptions.priority,
    ["--matching"] = ruleoptions.matching,
    ["--watch"] = { key = "watch" },
    ["--top"] = { key = "top" },
    ["--profile"] = { key = "profile" },
    ["--svg"] = { key = "svg", value = "FILE" },
    ["-n"] = { key = "count", value = "N", read = args.count },
    ["-p"] = { key = "format", value = "FORMAT" },
    ["--json"] = { key = "json" },
    ["--raw"] = { key = "raw" },
    ["--color"] = { key = "color", value = "WHEN", choices = colour.modes },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure run SCRIPT [--config JSON] [--open PARAMS] [--filter CONDITION] [-n N] [-p FORMAT]
       [--json] [--raw] [--falco FILE] [--events FILE] [--source PLUGIN] [--source-config JSON]
       [--capture FILE] [--rules RULES]... [--priority PRIORITY] [--matching HOW] [--watch]
       [--profile] [--svg FILE] [--top] [--color WHEN]

Runs a script through the same library that Falco and sysdig load, and prints
one line for each event:

  NUM TIME TEXT field=value ...

with every field that needs no argument and has a value. Async events have
NAME TEXT instead of TEXT. SCRIPT may also be a plugin's library (.so).

Events come from the script's own source, from --source, from a capture, or from
lines: those of --events, or those of standard input if the script only has fields.

  --config JSON   the plugin's configuration (init_config), by default {}.
                  lure.max_errors is 1 unless it is set: the first error that
                  "next" throws ends the run
  --open PARAMS   the open parameters; by default the first of the source's
                  open_params. "@FILE", here and in --config, is replaced by the
                  content of a file, "@@" by "@". A map or list in a .yaml or .yml
                  file becomes JSON, with numbers and booleans as Falco reads them,
                  unless they are quoted
  --falco FILE    takes what is not given here from Falco's configuration: SCRIPT
                  (the only plugin that it loads, or the only one that names a
                  script; otherwise say which, by path or by the plugin's name),
                  init_config and open_params as Falco passes them, and, for a
                  script that only has fields, --source, if one other plugin is
                  loaded
  --events FILE   each line is the payload of an event of the script's source, or
                  of the first of its extract_event_sources, or, with --source, of
                  that plugin's source; "-": standard input.
                  A line ends with LF or CR LF, which is not part of the payload,
                  and may contain any other bytes, at most 64 MiB. An empty line
                  is an event with an empty payload
  --source PLUGIN takes events from this plugin, a library or a script; its fields
                  can be printed, too. With --events they are those lines
  --source-config JSON   the configuration of that plugin
  --capture FILE  takes events from a capture that sysdig or Falco has written
                  (.scap, also packed by gzip): those of the kernel and of plugins,
                  and async events. Parsers, fields and listeners see them as in
                  Falco; the table "threads" has the processes of the capture, and
                  changes with each event. TEXT is the type of an event of the
                  kernel and its parameters, with numbers for flags and errors. With
                  --source the fields of that plugin's events can be printed, too
  --filter CONDITION   prints only events of which the condition of a Falco rule or
                  a sysdig filter is true, as in
                  'dummy.value >= 10 and dummy.divisible[3] = 1'. What libsinsp
                  refuses is an error that says where; what it takes but is hardly
                  meant is told on standard error. Macros and lists need rules
  --rules RULES   prints alerts in place of events: what Falco would print with these
                  rules, a file or a directory of .yaml files, in the order in which
                  they are given. At the end standard error tells how often each rule
                  fired. Rules of other sources are skipped, and told of, too. With
                  --json alerts are objects with Falco's keys; with --filter only those
                  events count. Repeatable
  --priority PRIORITY   leaves out rules that are less urgent: emergency, alert,
                  critical, error, warning, notice, informational or debug (the
                  default), as Falco's "priority"
  --matching HOW  first (the default): one alert an event, that of the first rule whose
                  condition is true; all: of each of them. As Falco's "rule_matching"
  -n N            stops after N events; with --filter N that were printed
  -p FORMAT       prints this for each event: %field and %field[argument] are
                  replaced by values (<NA> if there is none, lists as (a,b)), %% by
                  a percent sign; %20field has 20 characters. Available is what
                  Falco's outputs have for events of plugins: evt.num, evt.time,
                  evt.time.iso8601, evt.rawtime, evt.type, evt.source,
                  evt.pluginname, evt.plugininfo (the event's text), evt.asynctype,
                  evt.arg.data (of an async event) and the rest of evt.*; and
                  %tolower(field), toupper, basename, b64 (decodes) and len. A "*" at
                  the beginning is ignored
  --raw           prints times (fields of the type abstime) as ns since 1970, instead
                  of 2017-07-14T02:40:00.123456789+0000; with --json they are always
                  ns
  --json          prints an object for each event: num, ts (ns, as text), source,
                  async (the name of an async event), payload, and in "fields"
                  those with a value, or, with -p, those that FORMAT names. Bytes
                  that are not UTF-8 become U+FFFD; the whole payload is then also
                  in "payload_base64"
  --watch         loads the script again when it, one of its modules or the rules change,
                  and continues with that. Mistakes are shown with their line, and the
                  last version that could be opened continues. Ctrl-C ends it
  --top           shows no events, but a table of them, on a screen of its own that is
                  drawn twice a second and when its size changes: events per second,
                  errors, the lag (how far the newest event's time is behind the
                  clock), alerts per rule with --rules, and the most frequent values of
                  each field (of those that
                  -p names, if given; points in time only then), how many different
                  ones there are, the field's errors, and with --rules how often each
                  rule fired, in place of the alerts. Log lines wait until the
                  end. Counts are exact up to 4096 different values; behind that those
                  with "~" may be too low. If standard output is no terminal, the table
                  is printed as text every 10 s. At the end it is printed once more
  --profile       prints at the end calls, errors and time of each callback and field
                  that was called, slowest first, on standard error; with --json
                  as a last object, {"profile": [...]}, on standard output. Later
                  requests of a field in the same event are not counted; of the
                  fields with a path the first one in an event has the time of all.
                  The time of "next" includes the time that it waits
  --svg FILE      with --profile: also writes a flame graph, a picture for browsers of
                  the share that each callback and field has of the time; a file that
                  is there is replaced
  --color WHEN    auto (the default: on a terminal, unless NO_COLOR is set), always
                  or never

Control characters are printed as \n, \x1b and so on, characters that are
invisible or change the direction of text as \u{202e}. The last line of a terminal
shows the progress of the source, if the script has "progress". At the end a line
on standard error tells the number of events, events per second and the time.
Ctrl-C and SIGTERM interrupt what the script is doing, and end the run: its
"close" and "destroy" are called, and have a second each. A second Ctrl-C does not
wait for them. An error is shown once, at the end, with the
line of the script and a traceback.

Exit status: 0 at the end of the source or after N events, 1 if the script or
its source failed, 2 for a wrong command line, 130 or 143 after Ctrl-C, SIGTERM.

  lure run examples/dummy.lua
  lure run examples/dummy.lua --config '{"jitter": 0}' --open '{"start": 1, "maxEvents": 9}'
  lure run examples/dummy.lua -n 3 -p '%evt.num %dummy.value %dummy.divisible[3]'
  lure run examples/dummy.lua --json | jq .fields
  lure run examples/dummy.lua --filter 'dummy.value in (3, 5) or dummy.strvalue startswith 7'
  lure run examples/dummy.lua --watch -n 5
  lure run --falco /etc/falco/falco.yaml -n 5
  lure run my_fields.lua --events events.jsonl --rules my_rules.yaml
  lure run my_fields.lua --events events.jsonl --profile --svg profile.svg
  lure run examples/access.lua --open /var/log/nginx/access.log --top
  lure run my_fields.lua --source libjson_source.so --open /var/log/app.json
]],
}

local function run_once(options)
  local current = play.load(options)
  source.finally(function(problem) current:finish(stop.is_quiet(problem)) end, function()
    source.end_if_signalled()
    current:init()
    current:open()
    repeat
      source.end_if_signalled()
    until current:step()
  end)
end

local function check_options(options)
  if options.svg and not options.profile then stop.usage "run: --svg is a picture of the profile: add --profile" end
  if options.svg then outfile.check(options.svg, true, function(message) stop.usage("run: --svg: %s", message) end) end
  for _, other in ipairs { "json", "watch" } do
    if options.top and options[other] then stop.usage("run: --top shows a table; leave out --%s", other) end
  end
end

function run.main(options)
  ruleoptions.check("run", options, options.top and {} or { ["-p"] = "format", ["--raw"] = "raw" })
  colour.mode = options.color or colour.mode
  check_options(options)
  printer.start()
  if options.watch then watch.run(options) else run_once(options) end
  return 0
end

return run
