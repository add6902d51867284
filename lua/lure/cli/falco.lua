-- lure falco: an installed Falco with this plugin, started again when its script or its rules change.

local args = require "lure.cli.args"
local changes = require "lure.cli.changes"
local child = require "lure.childprocess"
local falcofiles = require "lure.cli.falcofiles"
local falcoyaml = require "lure.cli.falcoyaml"
local files = require "lure.cli.files"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local linereader = require "lure.linereader"
local outfile = require "lure.cli.outfile"
local printer = require "lure.cli.printer"
local system = require "lure.system"
local report = require "lure.cli.report"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local falco = {
  name = "falco",
  summary = "run a script in Falco and show its alerts",
  options = {
    ["-r"] = { key = "rules", value = "RULES", list = true },
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--source"] = { key = "source", value = "PLUGIN", script = true },
    ["--source-config"] = { key = "source_config", value = "JSON", read = args.contents },
    ["--falco"] = { key = "falco", value = "PATH" },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure falco SCRIPT [-r RULES]... [--config JSON] [--open PARAMS] [--source PLUGIN]
       [--source-config JSON] [--json] [--falco PATH]

Runs Falco, which has to be installed, with a script or a plugin's library (.so)
and its rules: alerts go to standard output, Falco's log to standard error. The
configuration is written to a temporary directory: no driver, no other plugin,
nothing of /etc/falco.

Falco, and lure falco with it, ends when the source ends, or at Ctrl-C. When the
script, a Lua file beside it or a file of rules changes, Falco is started again.
If there is a mistake in a change, it is shown and Falco continues. Needs Falco
0.38 or later.

  -r RULES        a file of rules, or a directory of them; may be given more than
                  once. By default NAME_rules.yaml, or rules.yaml, beside NAME.lua
  --config JSON   the plugin's configuration (init_config), by default {}
  --open PARAMS   the open parameters; by default the first of the source's
                  open_params. "@FILE", here and in --config, is replaced by the
                  content of a file, "@@" by "@"
  --source PLUGIN the plugin, a library or a script, that gives the events: for a
                  script that only has fields
  --source-config JSON   the configuration of that plugin
  --json          prints alerts as JSON, one object in a line
  --falco PATH    the program to run, by default the falco that the shell finds

Exit status: that of Falco if it ends by itself; 1 if a host would refuse the
script, 2 for a wrong command line or no Falco, 130 or 143 after Ctrl-C, SIGTERM.

  lure falco logins/logins.lua
  lure falco my_fields.lua -r my_rules.yaml --source libk8saudit.so --open audit.jsonl
]],
}

local INTERVAL = 0.02
local GRACE = 1 -- seconds that Falco has to end
local LINES_AT_ONCE = 1000 -- of Falco's, until signals and files are looked at again
local NO_SUCH_FILE = 2 -- ENOENT

-- ---- what Falco is told ----

local function rules_of(options)
  local rules = options.rules
  if not rules then
    local directory = changes.directory_of(options.script)
    local name = options.script:match("[^/]*$"):gsub("%.lua$", ""):gsub("%.so[%d.]*$", "")
    local tried = { name .. "_rules.yaml", name:gsub("^lib(.)", "%1") .. "_rules.yaml", "rules.yaml" }
    for _, file in ipairs(tried) do
      if system.exists(directory .. "/" .. file) then return { directory .. "/" .. file } end
    end
    stop.usage("falco: no rules: %s is missing; name a file: -r RULES, or begin one: lure show %s --format falco-rules",
      directory .. "/" .. tried[1], options.script)
  end
  local list = {}
  for i, path in ipairs(rules) do
    if not system.exists(path) then stop.usage("falco: %s: No such file or directory", path) end
    list[i] = system.absolute(path)
  end
  return list
end

-- A plugin for Falco: what it says of itself, where its library is, its configuration, what it opens.
local Part = {}
Part.__index = Part

-- `option` is the one that config comes from.
local function part(path, config, option)
  local self = setmetatable({ path = path, config = config or "{}" }, Part)
  if not json.members(self.config) then stop.usage('falco: %s: expected a JSON object, got "%s"', option, config) end
  self.loaded, self.info = source.load(path)
  if not library.is_plugin(path) then
    self.config = json.insert(self.config, "script", json.string(system.absolute(path)))
  end
  return self
end

-- The first of its own suggestions.
function Part:suggested()
  local state, problem = self.loaded:init(self.config)
  if not state then source.fail(problem) end
  local list, message = state:open_params()
  state:destroy()
  if not list then source.fail(message) end
  return list[1] and list[1].value or ""
end

-- `own`: a directory for a copy of the library, since one file is one script; nil: it is used where it is.
function Part:entry(open, own)
  local path = library.is_plugin(self.path) and system.absolute(self.path) or library.find(3)
  if own and not library.is_plugin(self.path) then
    local copy = own .. "/libsource.so"
    if not system.exists(copy) then outfile.write(copy, assert(files.read(path))) end -- a Falco may run with it
    path = copy
  end
  return falcoyaml.plugin { name = self.info.name, library = path, init = falcoyaml.escaped(self.config), open = open }
end

-- ---- one Falco after the other ----

local Runner = {}
Runner.__index = Runner

-- Loads the plugins and writes the configuration. What fails ends the command.
function Runner:prepare(name)
  local options = self.options
  local script = part(options.script, options.config, "--config")
  local other = options.source and part(options.source, options.source_config, "--source-config")
  local giver = other or script
  if other and not other.info.capabilities.sourcing then
    stop.usage("falco: --source: %s has no event source (no open, no next)", options.source)
  end
  local missing = not other and falcofiles.missing_sources(script.info)
  if missing then
    stop.usage("falco: %s has fields for events of %s: name a plugin that gives them: --source PLUGIN",
      options.script, table.concat(missing, ", "))
  end
  local open = options.open
  if not open and giver.info.capabilities.sourcing then open = giver:suggested() end
  local names = { other and other.info.name or script.info.name, other and script.info.name }
  local entries = other and other:entry(open, self.directory) .. script:entry() or script:entry(open)
  local path = self.directory .. "/" .. name
  outfile.write(path, "plugins:\n" .. entries .. falcoyaml.load_plugins(names) .. falcoyaml.trying()
    .. "watch_config_files: false\njson_output: " .. tostring(options.json or false) .. "\n", { replaces = true })
  self.event_source = giver.info.capabilities.sourcing and not script.info.capabilities.async
    and giver.info.event_source or nil
  return path
end

function Runner:command(configuration, ...)
  -- "-U": else Falco 0.38 to 0.43 keep alerts back until there are 4 KiB of them
  local words = { self.options.falco or "falco", "-U", "-c", configuration, ... }
  -- else Falco goes on with a source of the kernel's events when this one has ended
  if self.event_source then table.move({ "--enable-source", self.event_source }, 1, 2, #words + 1, words) end
  for _, path in ipairs(self.rules) do table.move({ "-r", path }, 1, 2, #words + 1, words) end
  return words
end

-- The process, and its pipes; it ends the command where there is no such program.
function Runner:begin(start, ...)
  local pid, message, number = start(...)
  system.catch_signals(true) -- loading a script has let go of what holds errors back
  if pid then return pid, message, number end
  if number ~= NO_SUCH_FILE then stop.usage("falco: %s", message) end
  stop.usage(self.options.falco and "falco: %s" or "falco: %s; install Falco (https://falco.org/docs/setup), "
    .. "or name its program: --falco PATH", message)
end

function Runner:start_falco(words)
  local pid, output, errors = self:begin(child.start_piped, words)
  self.pid, self.output, self.errors = pid, linereader.open(output), linereader.open(errors)
end

-- Passes lines on that Falco has written: payloads and names are in them. True: there may be more.
local function pass_on(reader, write)
  for _ = 1, LINES_AT_ONCE do
    local line = reader:read(0)
    if not line then return false end
    write(line)
  end
  return true
end

function Runner:escaped(line)
  return terminal.escaped(self.options.json and json.printable(json.utf8(line)) or line)
end

function Runner:pass_all_on()
  local more = pass_on(self.output, function(line) printer.line(self:escaped(line)) end)
  printer.flush()
  return pass_on(self.errors, terminal.note) or more
end

-- The same where the command ends: nothing is thrown.
function Runner:pass_rest_on()
  pass_on(self.output, function(line) terminal.write(self:escaped(line), "\n") end)
  pass_on(self.errors, terminal.note)
  io.stdout:flush()
end

-- Ends a program and all that it has started; at the second Ctrl-C at once. `meanwhile`: what else is done.
local function end_program(pid, meanwhile)
  local late = system.seconds() + GRACE
  child.stop(pid, "TERM")
  while not child.status(pid) do
    local _, again = system.signalled()
    if again or system.seconds() > late then child.stop(pid, "KILL") end
    if meanwhile then meanwhile() end
    system.sleep(INTERVAL, true)
  end
end

-- Waits for a program that is to be over soon. Its status, or the command ends with a signal.
local function finish(pid)
  while true do
    local status = child.status(pid)
    if status then return status end
    if system.signalled() then
      end_program(pid)
      source.end_if_signalled()
    end
    system.sleep(INTERVAL)
  end
end

function Runner:files()
  local list = changes.with_neighbours({}, self.scripts)
  for _, path in ipairs(self.rules) do
    list[#list + 1] = path
    for _, name in ipairs(system.names(path) or {}) do list[#list + 1] = path .. "/" .. name end
  end
  return list
end

-- Would Falco take this? What it says is shown where it would not.
function Runner:is_fine(configuration)
  local output = self.directory .. "/output"
  local status = finish(self:begin(child.start, self:command(configuration, "--dry-run"), output))
  if status ~= 0 then terminal.note_lines(files.read(output) or "") end
  return status == 0
end

-- The configuration for what there is now; nil: something is wrong with it, which was told.
function Runner:checked()
  local done, result = xpcall(self.prepare, stop.traced, self, "next.yaml")
  if done then return self:is_fine(result) and result or nil end
  if not stop.is(result) or system.signalled() or not result.message then error(result, 0) end
  io.stdout:flush()
  report.tell(result.message, result.trace)
end

function Runner:stop()
  local pid = self.pid
  self.pid = nil
  if not pid then return end
  end_program(pid, function() self:pass_rest_on() end)
  self:pass_rest_on()
  self.output:close()
  self.errors:close()
end

function Runner:reload()
  terminal.note(("lure: %s or its rules have changed"):format(self.options.script))
  local before = changes.stamps(self:files())
  local next_one = self:checked()
  self.watcher.see(self:files(), before)
  if not next_one then return terminal.note "lure: Falco goes on with what was there before" end
  self:stop()
  os.rename(next_one, self.configuration)
  self:start_falco(self:command(self.configuration))
end

function Runner:run()
  self.configuration = self:prepare("falco.yaml")
  self.watcher.see(self:files())
  self:start_falco(self:command(self.configuration))
  while true do
    source.end_if_signalled()
    local status = child.status(self.pid)
    local more = self:pass_all_on()
    if status then
      self.pid = nil
      while more do more = self:pass_all_on() end
      return status
    elseif self.watcher.changed() then
      self:reload()
    elseif not more then
      system.sleep(INTERVAL)
    end
  end
end

function Runner:finish()
  self:stop()
  for _, name in ipairs(system.names(self.directory) or {}) do os.remove(self.directory .. "/" .. name) end
  os.remove(self.directory)
end

function falco.main(options)
  if options.source_config and not options.source then stop.usage "falco: --source-config needs --source" end
  local rules = rules_of(options)
  local scripts = {}
  for _, path in ipairs { options.script, options.source } do
    if not library.is_plugin(path) then scripts[#scripts + 1] = path end
  end
  system.catch_signals(true)
  local directory, problem = system.make_temporary()
  if not directory then stop.failed("%s", problem) end
  local self = setmetatable({ options = options, rules = rules, directory = directory, scripts = scripts,
    watcher = changes.watcher() }, Runner)
  local status
  source.finally(function() self:finish() end, function() status = self:run() end)
  return status
end

return falco
