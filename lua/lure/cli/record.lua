-- lure record: what an event source produces, in a file for lure test.

local args = require "lure.cli.args"
local falcoentry = require "lure.cli.falcoentry"
local fields = require "lure.cli.fields"
local outfile = require "lure.cli.outfile"
local printer = require "lure.cli.printer"
local session = require "lure.cli.session"
local source = require "lure.cli.source"
local shell = require "lure.cli.shell"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local record = {
  name = "record",
  summary = "write the events of a source to a file",
  options = {
    ["-o"] = { key = "output", value = "FILE" },
    ["--force"] = { key = "force" },
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--falco"] = falcoentry.option,
    ["--capture"] = { key = "capture", value = "FILE" },
    ["-n"] = { key = "count", value = "N", read = args.count },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure record SCRIPT|PLUGIN.so -o FILE [--config JSON] [--open PARAMS]
                   [--falco FILE] [--capture FILE] [-n N] [--force]

Runs an event source, as lure run does, and writes each event with all fields
that have a value to a file, one JSON object in a line, as lure run --json prints
them. In a spec, plugin:golden("FILE") checks that the fields of those events are
still the same (see lure test).

  -o FILE         the file; an existing file is not changed. It appears when all
                  events are in it
  --force         replaces an existing file
  --config JSON   the plugin's configuration (init_config), by default {}
  --open PARAMS   the open parameters; by default the first of the script's
                  open_params; "@FILE", here and in --config, is replaced by the
                  content of a file
  --falco FILE    SCRIPT, init_config and open_params from Falco's configuration,
                  as for lure run
  --capture FILE  the events are those of a capture (.scap), as for lure run, and
                  SCRIPT needs no source. A spec then has to name it, too:
                  plugin:golden("FILE", { capture = "FILE.scap" })
  -n N            stops after N events

Ctrl-C and SIGTERM end it; the file has the events until then. For a script
without a source: lure run SCRIPT --events PAYLOADS --json > FILE

Exit status: 0 at the end of the source or after N events, 1 if the script or
its source failed or had no event, 2 for a wrong command line, 130 or 143 after
Ctrl-C, SIGTERM.

  lure record accounts.lua --open /etc/passwd -n 20 -o spec/accounts.json
]],
}

-- The file, made when the first line is written.
local Output = {}
Output.__index = Output

function Output:line(line)
  self.file = self.file or outfile.create(self.path, { replaces = self.replaces })
  self.file:write(line, "\n")
  self.count = self.count + 1
end

-- Says early that the disk is full.
function Output:flush()
  if self.file then self.file:flush() end
end

function Output:close()
  if not self.file or self.file.is_over then return end
  self.file:finish()
  terminal.note(("%s in %s"):format(text.count(self.count, "event"), self.path))
end

local function check_options(options, info)
  if not options.output then stop.usage("record: which file? -o FILE; see: lure record --help") end
  if not info.capabilities.sourcing and not options.capture then
    stop.usage("%s has no event source (no open, no next); record what it makes of others' events by: "
      .. "lure run %s --events PAYLOADS --json > %s", options.script, shell.word(options.script),
      shell.word(options.output))
  end
  outfile.check(options.output, options.force, function(message)
    stop.usage("record: %s%s", message, message:find(" exists, and", 1, true) and "; --force replaces it" or "")
  end)
end

-- All events of the source, or as many as are wanted; async ones are none of them.
local function write_events(current, options, output)
  local print_event = printer.json(fields.all(current.info))
  local function visit(view, event)
    if not view.async and output.count ~= options.count then output:line(print_event(view, event)) end
  end
  current:init()
  current:open()
  repeat
    local over = current:step(visit)
    output:flush()
  until over or output.count == options.count
end

function record.main(options)
  options.typed = true -- standard input is not for events
  local current = session.load(options)
  check_options(options, current.info)
  local output = setmetatable({ path = options.output, replaces = options.force, count = 0 }, Output)
  source.finally(function()
    current:close()
    current:destroy()
    output:close()
  end, write_events, current, options, output)
  if output.count == 0 then
    stop.failed("%s: the %s had no event; nothing is written", options.capture or options.script,
      options.capture and "capture" or "source")
  end
  return 0
end

return record
