-- session: a script and what feeds it, from loading to destroy.
--
--   local session = session.load(options)     what `lure run` was told; `info` is what can be shown
--   session:init()
--   session:open()
--   session:step(visit)                       `visit(view, event)` for each event; true at the end
--   session:close()                           it may be opened again
--   session:destroy()
--
-- What fails ends the command, so whoever goes on after that catches it.

local host = require "lure.host"
local system = require "lure.system"
local contains = require "lure.cli.contains"
local feeds = require "lure.cli.feeds"
local lazily = require "lure.cli.lazily"
local library = require "lure.cli.library"
local report = require "lure.cli.report"
local schema = require "lure.cli.schema"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local view = require "lure.cli.view"

local captures = lazily "lure.capture.reader"
local kernelparams = lazily "lure.cli.kernelparams"
local threads = lazily "lure.cli.threads"

local Session = {}
Session.__index = Session

local session = {}

local INPUT = 0
local ASYNC_EVENT = 402
local NO_THREAD = -1

-- ---- what feeds it ----

local function list_of(names)
  local quoted = {}
  for i, name in ipairs(names) do quoted[i] = ('"%s"'):format(name) end
  return table.concat(quoted, ", ")
end

-- The events of another plugin: it has a source, and the script wants to see it.
local function check_other(options, script, other)
  if not other.info.capabilities.sourcing then
    stop.usage("--source: %s has no event source (no open, no next)", options.source)
  end
  local wanted, name = script.info.extract_event_sources, other.info.event_source
  if #script.info.fields > 0 and #wanted > 0 and name and not contains(wanted, name) then
    stop.usage('%s has fields for events of the source %s only, and %s is the source "%s": '
      .. "add that to extract_event_sources", options.script, list_of(wanted), options.source, name)
  end
end

-- What lines are events of: with --source of that plugin.
local function check_lines(options, info, other)
  if other then return { source = other.event_source, id = other.id } end
  local sources = #info.extract_event_sources > 0 and info.extract_event_sources or info.parse_event_sources
  local name = info.event_source or sources[1]
  if name == "syscall" then
    stop.usage("%s wants events of the kernel, which no line of text is; run it in Falco or sysdig", options.script)
  end
  return { source = name, id = info.id }
end

local function has_own_events(info) return info.capabilities.sourcing or info.capabilities.async end

-- The file of lines to read, or nil. Where something else is typed (`typed`), standard input is not for events.
local function lines_for(options, info)
  local others = options.source or options.capture or options.typed
  if options.events or others or has_own_events(info) then return options.events end
  if not system.is_terminal(INPUT) then return "-" end
  stop.usage("%s has no event source (no open, no next): its events come from other plugins or from the kernel. "
    .. "Give it some: --events FILE, one a line, --source PLUGIN.so or --capture FILE.scap", options.script)
end

local function check_options(options)
  if options.capture and (options.events or options.open) then
    stop.usage("%s is not for events that come from --capture", options.events and "--events" or "--open")
  elseif options.open and options.events then
    stop.usage "run: --open is for a source; events come from --events"
  elseif options.source_config and not options.source then
    stop.usage "run: --source-config needs --source"
  end
end

local function check_profile(options, script, other)
  if options.profile and not script.info.console and not (other and other.info.console) then
    stop.usage("--profile: %s was not made by lure, and does not count what it does", options.script)
  end
end

-- ---- loading ----

-- `keeps_log`: what it logs is not written at once, but by Session:tell_log.
local function part(path, config, keeps_log)
  local loaded, info = source.load(path, keeps_log)
  return { path = path, config = config, loaded = loaded, info = info }
end

-- What can be shown: the script's fields, and those of the source that have other names.
local function joined(script, other)
  local info = setmetatable({ fields = {} }, { __index = script.info })
  local known = {}
  for _, field in ipairs(script.info.fields) do
    info.fields[#info.fields + 1], known[field.name] = field, true
  end
  for _, field in ipairs(other and other.info.fields or {}) do
    if not known[field.name] then
      info.fields[#info.fields + 1] = setmetatable({ of_source = true }, { __index = field })
    end
  end
  return info
end

function session.load(options)
  check_options(options)
  local other = options.source and part(options.source, options.source_config, options.top)
  local script = part(options.script, options.config, options.top)
  if options.add_source and not (other or options.events or has_own_events(script.info)) then
    options.add_source() -- of a configuration of Falco
    other = options.source and part(options.source, options.source_config, options.top)
  end
  if other then check_other(options, script, other) end
  check_profile(options, script, other)
  local from = lines_for(options, script.info)
  return setmetatable({
    options = options,
    script = script,
    other = other,
    parts = { other or script, other and script },
    info = joined(script, other),
    lines = from,
    lines_as = from and check_lines(options, script.info, other and other.info),
  }, Session)
end

-- ---- init ----

-- Two scripts are of one library, which inits the one that it loaded last.
local function are_one_library(script, other)
  return other and not library.is_plugin(script.path) and not library.is_plugin(other.path)
end

function Session:init()
  system.catch_signals() -- loading lets go of what holds errors back then
  local inspector
  for _, one in ipairs(self.parts) do
    if are_one_library(self.script, self.other) then
      one.loaded = library.load(one.path, 3, true, self.options.top) or one.loaded
    end
    local config = source.configuration(one.config, one.info)
    local refusal = schema.refusal(one.info, config)
    if refusal then source.fail(refusal) end
    local state, message, log = one.loaded:init(config, { inspector = inspector })
    if not state then source.fail(message, log) end
    one.state, inspector = state, state:inspector()
    source.end_if_signalled()
  end
  for _, path in ipairs(self:files()) do report.know(path) end
  if self.options.profile then self:begin_profile() end
end

-- ---- events ----

-- The name of the source whose events are seen; nil: there is none.
function Session:source()
  local name = self.lines_as and self.lines_as.source
  if not self.lines then name = (self.other or self.script).info.event_source end
  return name or self.script.info.async_event_sources[1]
end

-- All sources whose events may be seen.
function Session:sources()
  if not self.options.capture then return { self:source() } end
  local sources = { "syscall" }
  for _, one in ipairs(self.parts) do
    sources[#sources + 1] = one.info.event_source
    for _, name in ipairs(one.info.extract_event_sources) do
      sources[#sources + 1] = name
    end
  end
  return sources
end

function Session:new_view()
  local from = (self.other or self.script).info
  return view.new {
    plugin = from.event_source and from.name,
    plugin_id = from.id or 0,
    state = self.script.state,
    source_state = self.other and self.other.state,
    source = self:source(),
    speaks = self.script.info.capabilities.sourcing,
    before = 0,
  }
end

-- The plugin whose events have that id, or nil.
local function part_with_id(self, id)
  for _, one in ipairs(self.parts) do
    if one.info.id == id then return one end
  end
end

-- "syscall" for the kernel's events; "" for those of a plugin that is not here: no plugin is shown them.
local function source_of(self, captured)
  local known = part_with_id(self, captured.plugin_id) or self.script
  return captures.source_of(captured, known.info)
end

-- The view of an event of a capture.
function Session:view_of(captured, event)
  local known = part_with_id(self, captured.plugin_id)
  local is_kernels = not captured.plugin_id
  local is_known = event.source ~= ""
  return view.new {
    captured = captured,
    kernel = is_kernels and kernelparams.row(captured.code) or nil,
    async = captured.name and { name = captured.name, data = captured.data } or nil,
    plugin = known and known.info.name,
    plugin_id = captured.plugin_id,
    state = is_known and self.script.state or nil,
    source_state = is_known and self.other and self.other.state or nil,
    text_state = known and known.info.capabilities.sourcing and known.state or nil,
    threads = is_kernels and self.threads or nil,
    before = 0,
  }
end

-- The states that can do that.
function Session:states(capability)
  local states = {}
  for _, one in ipairs(self.parts) do
    if one.info.capabilities[capability] then states[#states + 1] = one.state end
  end
  return states
end

local function new_feed(self)
  if self.options.capture then
    self.threads = threads.new(assert(self.script.state:inspector():table "threads"))
    return feeds.capture(self.options.capture, self.script.state:inspector(),
      function(captured) return source_of(self, captured) end)
  end
  if self.lines then return feeds.lines(self.lines, self.lines_as) end
  local from = self.other or self.script
  if from.info.capabilities.sourcing then
    return feeds.instance(from.state, self.options.open, #self:states "async" > 0)
  end
  return feeds.none()
end

function Session:open()
  self.feed = new_feed(self)
  self.view, self.seen, self.listeners = self:new_view(), 0, {}
  if self.view.source == "syscall" and not self.options.capture then
    for _, one in ipairs(self.parts) do
      local fine, message = one.state:kernel_open()
      if not fine then source.fail(message) end
    end
  end
  for _, state in ipairs(self.options.capture and {} or self:states "async") do -- it has async events of its own
    local done, message = state:async_open { source = self.view.source }
    if not done then source.fail(message, state) end
  end
  for _, state in ipairs(self:states "listening") do
    table.insert(self.listeners, state) -- it closes what it could not open, too, as hosts do
    local done, message = state:capture_open()
    if not done then source.fail(message, state) end
  end
end

-- What went wrong in `parse` is logged; hosts go on.
local function parse(self, event)
  if event.source == "" then return end
  for _, one in ipairs(self.parts) do
    if one.info.capabilities.parsing then one.state:parse(event) end
  end
end

local function visit_async(self, visit)
  for _, state in ipairs(self:states "async") do
    for _, told in ipairs(state:async_events()) do
      source.end_if_signalled()
      self.seen = self.seen + 1
      local event = host.event {
        type = ASYNC_EVENT, wide = true, num = self.seen, ts = math.tointeger(told.ts), tid = NO_THREAD,
        source = self.view.source, params = { string.pack("<I4", told.plugin_id), told.name .. "\0", told.data },
      }
      self.view.before = self.view.before + 1
      parse(self, event)
      visit(self.view:of_async(told.name, told.data), event)
    end
  end
end

-- Writes what was logged and is not yet written (see source.tell_log).
function Session:tell_log(all)
  for _, one in ipairs(self.parts) do
    if one.state then source.tell_log(one.state, all) end
  end
end

-- True at the end of the source.
function Session:step(visit)
  local over = self.feed.step(function(event, captured)
    source.end_if_signalled()
    self.seen = self.seen + 1
    parse(self, event)
    if captured and captured.only_state then return end
    visit(captured and self:view_of(captured, event) or self.view, event)
  end)
  if not self.options.capture then visit_async(self, visit) end
  self:tell_log()
  return over
end

-- How far the source is, from 0 to 1, and in words; nil: it does not say.
function Session:progress()
  local from = self.other or self.script
  if self.feed.progress and from.info.symbols.get_progress then return self.feed.progress() end
end

-- ---- the end ----

function Session:close()
  if not self.feed then return end
  for _, state in ipairs(self.listeners or {}) do state:capture_close() end
  for _, state in ipairs(self.options.capture and {} or self:states "async") do state:async_close() end
  self.feed.close()
  self.feed = nil
  self:tell_log(true)
end

function Session:destroy()
  system.signalled() -- one that came while it was closed is not for destroy
  for i = #self.parts, 1, -1 do
    if self.parts[i].state then self.parts[i].state:destroy() end
  end
end

-- ---- what only lure's own library tells ----

function Session:begin_profile()
  for _, one in ipairs(self.parts) do
    if one.info.console then assert(one.state:console "profile") end
  end
end

-- What each callback and field has used: a list of { plugin =, kind =, name =, calls =, errors =, nanoseconds = }.
function Session:uses()
  local uses = {}
  for _, one in ipairs(self.parts) do
    local told = one.state and one.info.console and one.state:console "uses"
    for kind, name, calls, errors, time in (told or ""):gmatch("(%S+)\t(%S+)\t(%d+)\t(%d+)\t(%d+)\n") do
      uses[#uses + 1] = { plugin = one.info.name, kind = kind, name = name, calls = math.tointeger(calls),
        errors = math.tointeger(errors), nanoseconds = math.tointeger(time) }
    end
  end
  return uses
end

-- The files that scripts and their modules were read from.
function Session:files()
  local files = {}
  for _, one in ipairs(self.parts) do
    local told = one.state and one.info.console and one.state:console "files"
    for path in (told or ""):gmatch("[^\n]+") do files[#files + 1] = path end
  end
  return files
end

return session
