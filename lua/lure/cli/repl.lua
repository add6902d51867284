-- lure repl: Lua typed into a running script.

local host = require "lure.host"
local system = require "lure.system"
local prompt = require "lure.prompt"
local args = require "lure.cli.args"
local falcoentry = require "lure.cli.falcoentry"
local fields = require "lure.cli.fields"
local format = require "lure.cli.format"
local linereader = require "lure.linereader"
local printer = require "lure.cli.printer"
local session = require "lure.cli.session"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local repl = {
  name = "repl",
  summary = "interactive prompt inside a running script",
  options = {
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--falco"] = falcoentry.option,
    ["--event"] = { key = "event", value = "PAYLOAD" },
    ["--events"] = { key = "events", value = "FILE" },
    ["--source"] = { key = "source", value = "PLUGIN", script = true },
    ["--source-config"] = { key = "source_config", value = "JSON", read = args.contents },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure repl SCRIPT [--config JSON] [--event PAYLOAD] [--open PARAMS]
       [--falco FILE] [--events FILE] [--source PLUGIN] [--source-config JSON]

Starts the script as a host does, including "init", and reads Lua that runs inside
the script's own state, with its sandbox and limits. The values of an expression
are shown, a statement is run; an unfinished line continues in the next one. The
names are

  plugin   the table that the script returned
  event    the current event, as the script's functions see it
  lure     the module
  ...      the script's globals, and those of its top-level locals that its
           functions use (to look at: assigning makes a global of yours)

Local variables end with their line, globals stay. What the script prints or logs
is written to standard error. Lines that begin with a colon are commands:

  :next            the next event, of the script's source, or of --source or
                   --events, becomes the current one; the first opens the source
  :event PAYLOAD   an event with this payload becomes the current one
  :fields [NAME[ARGUMENT] ...]   the fields of the current event, or these
  :help            this list
  :quit            ends the session, as Ctrl-D; "close" and "destroy" are called

  --config JSON    the plugin's configuration (init_config), by default {}; "@FILE",
                   here and in --open, is replaced by the content of a file
  --falco FILE     SCRIPT, init_config and open_params from Falco's configuration,
                   as for lure run
  --event PAYLOAD  begins with such an event
  --open PARAMS, --events FILE, --source PLUGIN, --source-config JSON
                   where :next takes events from, as for lure run

If GNU readline or libedit is installed, Tab completes names and the arrow keys
bring back lines. If standard input is not a terminal, only values are shown, and
the first error ends the session.

Exit status: 0 at the end, 1 after an error if standard input is not a terminal,
or if the script cannot be started, 2 for a wrong command line, 130 after Ctrl-C.

  lure repl examples/dummy.lua --event 12
  echo 'plugin.decode(event)' | lure repl examples/dummy.lua --event 12
]],
}

local INPUT, OUTPUT = 0, 1

-- How long :next waits for an event.
local PATIENCE = 5

local Repl = {}
Repl.__index = Repl

-- ---- events ----

-- Events one by one: a coroutine that yields them, or nothing where none came in a while.
local function events_of(self)
  return coroutine.wrap(function()
    self.session:open()
    repeat
      local over = self.session:step(coroutine.yield)
      if not over then coroutine.yield() end
    until over
    stop.failed "the source has ended; :next opens it again"
  end)
end

function Repl:show(view, event)
  self.view, self.event = view, event
  terminal.write(self.print_event(view, event), "\n")
end

-- An event that looks like one of the source's.
function Repl:make(payload)
  local info = self:origin()
  self.made = (self.made or 0) + 1
  local name = info.event_source or info.extract_event_sources[1]
  self:show(self.session:new_view(), host.event { data = payload, num = self.made, source = name, id = info.id })
end

-- Whose events they are.
function Repl:origin() return (self.session.other or self.session.script).info end

function Repl:has_events()
  local capabilities = self:origin().capabilities
  return self.session.lines or capabilities.sourcing or capabilities.async
end

-- The next event, or nil where none came in a while. After a failure the source is opened again.
function Repl:take_event()
  self.events = self.events or events_of(self)
  local done, view, event = xpcall(self.events, stop.traced)
  if done then return view, event end
  self.events = nil
  self.session:close()
  error(view, 0)
end

function Repl:next()
  if not self:has_events() then
    stop.failed "nothing has events here: begin with --events FILE or --source PLUGIN, or make some by :event"
  end
  local patient = system.seconds() + PATIENCE
  repeat
    source.end_if_signalled()
    local view, event = self:take_event()
    if view then return self:show(view, event) end
  until system.seconds() > patient
  stop.failed("no event came in %d s", PATIENCE)
end

-- ---- fields ----

function Repl:fields(words)
  if not self.event then stop.failed "there is no current event yet; see :next and :event" end
  local info = self.session.info
  local shown = words == "" and fields.all(info) or format.fields(format.read("%" .. words:gsub("%s+", " %%"), info))
  for _, field in ipairs(shown) do
    local value = field.get(self.view, self.event)
    terminal.print(("%s = %s"):format(field.name, value == nil and "<NA>" or text.shown(field, value)))
  end
end

-- ---- what is typed ----

local commands = {
  help = function() terminal.write(repl.help:match("(  :next.-)\n\n"), "\n") end,
  next = Repl.next,
  fields = Repl.fields,
  event = Repl.make,
}

-- Puts our part into the script's state.
function Repl:enter()
  local done, message = self.session.script.state:console("load", system.embedded "lure.cli.inside")
  if not done then stop.failed("%s", message) end
end

function Repl:ask(what, rest)
  local state, request = self.session.script.state, what .. "\n" .. rest
  local answer, message = state:console("call", request, self.event)
  if answer == nil and message:find "nothing is loaded" then -- init_config.lure.reload has made a new state
    self:enter()
    answer, message = state:console("call", request, self.event)
  end
  if answer == nil then
    stop.failed("%s", (message:gsub("^lure:%d+: console: ", ""):gsub("^(repl:%d+: )console: ", "%1")))
  end
  return answer
end

function Repl:run_command(line)
  local name, rest = line:match("^:(%a+)%s*(.-)%s*$")
  if name == "quit" then
    self.over = true
  elseif commands[name] then
    commands[name](self, rest)
  else
    stop.failed('unknown command "%s"; see :help', line)
  end
end

-- True if the text is only a beginning.
function Repl:evaluate(code)
  local kind, rest = self:ask("evaluate", code):match("^(%a+)\n(.*)$")
  if kind == "more" then return true end
  if kind == "error" then stop.failed("%s", rest) end
  if rest ~= "" then terminal.print_lines(rest) end
end

-- What the word at the cursor may become.
function Repl:complete(line, begin, word)
  local found = {}
  local function add(name)
    if name:sub(1, #word) == word then found[#found + 1] = name end
  end
  if line:find("^:") and begin == 0 then
    for name in pairs(commands) do add(":" .. name) end
    add ":quit"
  elseif line:find("^:fields ") then
    for _, field in ipairs(self.session.info.fields) do add(terminal.escaped(field.name)) end
  elseif not line:find("^:") then
    for name in self:ask("complete", word):gmatch("[^\n]+") do add(name) end
  end
  table.sort(found)
  return found
end

-- ---- lines ----

-- A function (text) that answers a line, or nil at the end.
function Repl:line_reader()
  local talks = system.is_terminal(INPUT) and system.is_terminal(OUTPUT)
  if talks and prompt.open(function(...) return self:complete(...) end) then return prompt.read, true end
  local reader = linereader.open "-"
  return function(before)
    if talks then
      terminal.write(before)
      io.flush()
    end
    repeat
      source.end_if_signalled()
      local line, what, message = reader:read(100)
      if what == "failure" then stop.failed("standard input: %s", message) end
      if line or what == "end" then return line end
    until false
  end, talks
end

function Repl:take(code, line)
  if code == "" and line:find("^%s*:") then
    self:run_command(line:match("^%s*(.*)$"))
    return ""
  end
  code = code == "" and line or code .. "\n" .. line
  return code:find("%S") and self:evaluate(code) and code or ""
end

-- Tells a person what went wrong and goes on; ends the command for anyone else.
function Repl:try(talks, code, line)
  local done, result = xpcall(self.take, stop.traced, self, code, line)
  self.session:tell_log(true)
  if done then return result end
  if stop.is(result) and result.message then result.message = result.message:gsub("^%-p: ", "") end
  if not talks or not stop.is(result) or not result.message or system.signalled() then error(result, 0) end
  io.stdout:flush()
  terminal.note_lines(result.message)
  return ""
end

function Repl:loop()
  local read, talks = self:line_reader()
  local code = ""
  if talks then terminal.print(("%s; :help tells more, Ctrl-D ends"):format(self.session.info.name)) end
  if self.options.event then self:make(self.options.event) end
  while not self.over do
    local line = read(code == "" and "> " or ">> ")
    source.end_if_signalled()
    if not line then break end
    code = self:try(talks, code, line)
  end
  if code ~= "" then stop.failed("%s", self:ask("evaluate", code):match("\n(.*)$")) end
end

function repl.main(options)
  if options.events == "-" then
    stop.usage "repl: --events -: expected a file; standard input is where Lua comes from"
  end
  options.typed = true
  local current = session.load(options)
  local self = setmetatable({
    options = options,
    session = current,
    print_event = printer.columns(fields.all(current.info)),
  }, Repl)
  io.stdout:setvbuf "line"
  source.finally(function()
    current:close()
    current:destroy()
  end, function()
    current:init()
    self:enter()
    self:loop()
  end)
  return 0
end

return repl
