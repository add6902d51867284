-- lure record: what an event source produces, in a file for lure test.

local args = require "lure.cli.args"
local falcoentry = require "lure.cli.falcoentry"
local fields = require "lure.cli.fields"
local printer = require "lure.cli.printer"
local process = require "lure.process"
local session = require "lure.cli.session"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"

local record = {
  name = "record",
  summary = "write the events of a source to a file",
  options = {
    ["-o"] = { key = "output", value = "FILE" },
    ["--force"] = { key = "force" },
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--falco"] = falcoentry.option,
    ["-n"] = { key = "count", value = "N", read = args.count },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure record SCRIPT|PLUGIN.so -o FILE [--config JSON] [--open PARAMS]
                   [--falco FILE] [-n N] [--force]

Runs an event source, as lure run does, and writes each event with all fields
that have a value to a file, one JSON object in a line, as lure run --json prints
them. In a spec, plugin:golden("FILE") checks that the fields of those events are
still the same (see lure test).

  -o FILE         the file; an existing file is not changed
  --force         replaces an existing file
  --config JSON   the plugin's configuration (init_config), by default {}
  --open PARAMS   the open parameters; by default the first of the script's
                  open_params; "@FILE", here and in --config, is replaced by the
                  content of a file
  --falco FILE    SCRIPT, init_config and open_params from Falco's configuration,
                  as for lure run
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

local function check(output, done, message)
  if not done then stop.failed("%s: %s", output.path, message) end
  return done
end

function Output:line(line)
  if not self.file then
    local message
    self.file, message = io.open(self.path, "wb")
    if not self.file then stop.failed("%s", message) end
  end
  check(self, self.file:write(line, "\n"))
  self.count = self.count + 1
end

function Output:flush()
  if self.file then check(self, self.file:flush()) end
end

function Output:close()
  if not self.file then return end
  check(self, self.file:close())
  io.stderr:write(("%d event%s in %s\n"):format(self.count, self.count == 1 and "" or "s", self.path))
end

local function check_options(options, info)
  if not options.output then stop.usage("record: which file? -o FILE; see: lure record --help") end
  if not info.capabilities.sourcing then
    stop.usage("%s has no event source (no open, no next); record what it makes of others' events by: "
      .. "lure run %s --events PAYLOADS --json > %s", options.script, options.script, options.output)
  end
  if not options.force and process.exists(options.output) then
    stop.usage("record: %s exists, and is left as it is; --force replaces it", options.output)
  end
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
  local output = setmetatable({ path = options.output, count = 0 }, Output)
  source.finally(function()
    current:close()
    current:destroy()
    output:close()
  end, write_events, current, options, output)
  if output.count == 0 then stop.failed("%s: the source had no event; nothing is written", options.script) end
  return 0
end

return record
