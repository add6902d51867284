-- lure.testing: a plugin in a spec, as it is in Falco.
--
-- For specs that `lure test` runs. A script is loaded through the real liblure.so, in the
-- host that is in `lure`; a plugin's library (packed by lure, or any other) as it is.
--
--   local testing = require "lure.testing"
--   local plugin = testing.load("dummy.lua", { config = { jitter = 0 } })
--
--   plugin:event("12"):field("dummy.divisible[3]")       --> 1
--   plugin:events({ start = 1, maxEvents = 3 })[1].data  --> "2"
--   plugin:fields(plugin:event("12"))                    --> { ["dummy.value"] = 12, … }
--   plugin:golden("dummy.json")                          recorded by lure record
--   plugin:event { type = "openat", tid = 7, params = { name = "/etc/passwd" } }
--   plugin:capture("opens.scap")                         the events of a capture
--   assert.fires(plugin:rules("dummy_rules.yaml"), "Even", plugin:event("12"))
--
-- Events are copies: they may be kept as long as one likes. What fails is thrown, with the script's file and line, at
-- the line of the spec; `assert.error_matches` looks at it. A field without a value is nil. A plugin that parses sees
-- each event once, when `events` or `event` gives it.
--
-- A relative path is looked for in the directory of the file that calls, in the one above it
-- (specs usually are in a directory spec), and in the working directory.
--
-- A source that waits is opened, fed and closed; with a manual clock its sleeps and timeouts take no time:
--
--   local plugin = testing.load("poller.lua", { clock = "manual" })
--   local source = plugin:open { url = server.url }
--   plugin:advance(60)
--   source:events(2)[1].data
--
-- What the script logs is in `plugin:log()`, and on standard error; there without the errors
-- that are thrown.

local host = require "lure.host"
local asking = require "lure.testing.asking"
local clients = require "lure.testing.clients"
local golden = require "lure.testing.golden"
local programs = require "lure.testing.programs"
local rules = require "lure.testing.rules"
local servers = require "lure.testing.servers"
local sources = require "lure.testing.sources"
local lazily = require "lure.cli.lazily"
local library = require "lure.cli.library"
local schema = require "lure.cli.schema"
local source = require "lure.cli.source"
local stop = require "lure.cli.stop"
local text = require "lure.cli.text"

local captures = lazily "lure.capture.reader"
local kernel = lazily "lure.testing.kernel"

local ask, demand, throw = asking.ask, asking.demand, asking.throw
local find, as_json, check_names = asking.find, asking.as_json, asking.check_names

---@class lure.testing
local testing = {
  updating = false, -- golden files are rewritten
}

local MOST_EVENTS = 100000
local MOST_SECONDS = 10

local loaded_plugins = {}

---@class lure.testing.Plugin
---@field path string as it was given to `load`
---@field info lure.host.Info name, version, fields, capabilities, …
---@field state lure.host.State
local Plugin = {}
Plugin.__index = Plugin

---@class lure.testing.KernelEvent
---@field type string its name, or libscap's PPME_… symbol
---@field dir? ">" | "<" enter or exit; by default the exit, if there is one
---@field params? table<string | integer, any> by name; by number: its bytes
---@field tid? integer
---@field ts? integer nanoseconds
---@field num? integer

---@class lure.testing.Event
---@field data? string the payload; nil: it is an event of the kernel
---@field ts integer nanoseconds
---@field num integer
---@field source? string
---@field tid? integer
---@field type? string the name of an event of the kernel, or of a capture: "openat"
local Event = {}
Event.__index = Event

---@class lure.testing.Alert
---@field rule string the rule's name
---@field priority string "Warning"
---@field output string without time and priority
---@field source string
---@field tags string[]
---@field text string the line that Falco prints
---@field json string the object that Falco prints with json_output

---@class lure.testing.Rules for assert.fires(rules, name, event), assert.silent(rules, event [, name])
---@field alerts fun(self: lure.testing.Rules, event: lure.testing.Event): lure.testing.Alert[]

-- ---- plugins ----

local function load_library(target, api)
  local done, loaded, problems = pcall(library.load, target, api, false, true)
  if not done then throw(loaded) end
  return loaded or throw(table.concat(problems, "\n"))
end

local function init(plugin, loaded, config)
  local message, log
  plugin.state, message, log = loaded:init(config)
  plugin.last_words = log
  return plugin.state, message
end

-- A script, or a plugin's library: loaded and initialized.
-- options: config = table or JSON text; api = "0.3": as in a host of the plugin API 0.3.0; clock = "manual": from init
-- on time passes for the script only by plugin:advance.
---@param path string
---@param options? { config?: table | string, api?: "0.3", clock?: "manual" }
---@return lure.testing.Plugin
function testing.load(path, options)
  options = options or {}
  check_names(options, "config", "api", "clock")
  if options.clock ~= nil and options.clock ~= "manual" then
    throw('clock: expected "manual", got %s', tostring(options.clock))
  elseif options.clock and options.api == "0.3" then
    throw "clock: that of the plugin API 0.3.0 cannot be stopped; leave out api, or clock"
  end
  local config = as_json(options.config, "config")
  local target = find(path)
  local loaded = load_library(target, options.api == "0.3" and 0 or 3)
  local plugin = setmetatable({ path = path, info = loaded:info(), logged = {}, last_words = {}, given = 0, told = 0 },
    Plugin)
  config = source.configuration(config, plugin.info, { { "max_errors", "1" } })
  local refusal = schema.refusal(plugin.info, config)
  if refusal then throw("%s", refusal) end
  ask(plugin, init, plugin, loaded, config)
  loaded_plugins[#loaded_plugins + 1] = plugin
  if options.clock then ask(plugin, sources.stop_clock, plugin) end
  return plugin
end

-- Closes all plugins and servers, and removes programs.
function testing.close()
  for _, plugin in ipairs(loaded_plugins) do plugin:close() end
  loaded_plugins = {}
  servers.close()
  programs.close()
end

local function close_source(opened) sources.while_running(opened.plugin, opened.finish, opened) end

function Plugin:close()
  if not self.state then return end
  for _, opened in ipairs(sources.of(self)) do ask(self, close_source, opened) end
  local state = self.state
  self.state, self.asked, self.last_words = nil, nil, {}
  ask(self, state.destroy, state)
end

-- What was logged since the last time: a list of { severity =, message =, component = }.
---@return { severity: string, message: string, component: string }[]
function Plugin:log()
  ask(self, function() end)
  local logged = self.logged
  self.logged = {}
  return logged
end

-- luassert is there where Busted runs.
local has_luassert, luassert = pcall(require, "luassert")
if has_luassert then rules.assertions(luassert) end

-- ---- events ----

-- `known`: what there is to know of one of the kernel or a capture.
local function new_event(plugin, members, known)
  return setmetatable({ plugin = plugin, data = members.data, ts = members.ts, num = members.num,
    source = members.source, tid = members.tid, type = known and known.type, captured = known and known.captured },
    Event)
end

-- The event of lure.host. Only the last one is kept: many at once take much address space.
---@return lure.host.Event
function Event:raw()
  local plugin = self.plugin
  if not plugin.state then throw("%s is closed", plugin.path) end
  if plugin.asked ~= self then
    plugin.raw = self.captured and host.event { bytes = self.captured.bytes, num = self.num, source = self.source }
      or host.event { data = self.data, ts = self.ts, num = self.num, tid = self.tid, source = self.source }
    plugin.asked = self
  end
  return plugin.raw
end

local function parse(event)
  local plugin = event.plugin
  if event.source == "" then return end -- of a plugin that is not here
  if plugin.info.capabilities.parsing then ask(plugin, plugin.state.parse, plugin.state, event:raw()) end
end

-- What an event of lua/lure/capture/events.lua is in a spec.
local function captured_event(plugin, captured, num)
  local members = { ts = captured.ts, num = num, tid = captured.tid, data = captured.data,
    source = captures.source_of(captured, plugin.info) }
  return new_event(plugin, members, { captured = captured, type = kernel.type_of(captured) })
end

-- An event of the kernel.
local function kernel_event(plugin, members)
  check_names(members, "type", "dir", "params", "ts", "num", "tid")
  local done, captured = pcall(kernel.new_event, members)
  if not done then throw("%s", captured) end
  ask(plugin, kernel.pass, plugin, captured)
  plugin.given = plugin.given + 1
  local event = captured_event(plugin, captured, members.num or plugin.given)
  parse(event)
  return event
end

-- An event with this payload. members: ts (ns), num, source, tid; by default now, one more than the last, the plugin's
-- own source. Or an event of the kernel: a table with type (as "openat"; the exit, unless dir is ">"), params by name
-- with values as event.param has them, tid (1), ts and num. With a result it changes the table "threads" first.
---@param payload string | integer | lure.testing.KernelEvent
---@param members? { ts?: integer, num?: integer, source?: string, tid?: integer }
---@return lure.testing.Event
function Plugin:event(payload, members)
  if type(payload) == "table" then return kernel_event(self, payload) end
  members = members or {}
  check_names(members, "ts", "num", "source", "tid")
  self.given = self.given + 1
  local event = new_event(self, { data = tostring(payload), ts = members.ts or host.event({}).ts,
    num = members.num or self.given, source = members.source, tid = members.tid })
  parse(event)
  return event
end

---@class lure.testing.Thread
local Thread = {}
Thread.__index = Thread

-- The value of a field of the thread, also of one that the plugin has added; nil: there is no such thread.
---@param name string
---@return any
function Thread:read(name) return ask(self.plugin, self.threads.read, self.threads, self.tid, name) end

-- Makes the thread `tid` in the table "threads", or changes the fields that are given: those of the table, with args,
-- env and cgroups as lists, and file_descriptors by number, as names or as tables.
---@param values table<string, any>
---@return lure.testing.Thread
function Plugin:thread(values)
  local threads = ask(self, kernel.set_thread, self.state:inspector(), values)
  return setmetatable({ plugin = self, threads = threads, tid = values.tid }, Thread)
end

-- Shows `take` the events of a capture, one after the other, as parsers see them.
local function read_capture(plugin, file, take, most)
  kernel.read_capture(file, plugin, function(captured, num)
    local event = captured_event(plugin, captured, num)
    parse(event)
    if not captured.only_state then take(event) end
  end, most)
end

-- The events of a capture (.scap), all or the first `most`, as parsers and listeners see them, and in the table
-- "threads" the processes that it has.
---@param path string
---@param most? integer
---@return lure.testing.Event[]
function Plugin:capture(path, most)
  local file, list = find(path), {}
  local listens = self.info.capabilities.listening
  local function take(event)
    list[#list + 1] = event
    if #list > MOST_EVENTS then
      throw("%s has more than %d events; say how many to take: plugin:capture(path, 1000)", path, MOST_EVENTS)
    end
  end
  ask(self, function()
    if listens then demand(self.state.capture_open, self.state) end
    local done, problem = pcall(read_capture, self, file, take, most)
    if listens then demand(self.state.capture_close, self.state) end
    if not done then error(problem, 0) end
  end)
  return list
end

local function open(plugin, params)
  if not plugin.info.capabilities.sourcing then
    throw("%s has no event source; give it an event: plugin:event(payload)", plugin.path)
  end
  if not params then
    local suggested = demand(plugin.state.open_params, plugin.state)
    params = suggested[1] and suggested[1].value or ""
  end
  return demand(plugin.state.open, plugin.state, as_json(params, "params"))
end

local function take_events(plugin, instance, most, list)
  local finish = os.time() + MOST_SECONDS
  while true do
    local result, events, message = instance:next_batch()
    for _, event in ipairs(events) do
      list[#list + 1] = new_event(plugin, event)
      parse(list[#list])
      if #list == most then return end
    end
    if result == "eof" then return end
    if result == "failure" or result == "not supported" then throw(message or plugin.state:last_error()) end
    if os.time() > finish or #list > MOST_EVENTS then
      throw("%s gave %d events in %d s and no end; say how many to take: plugin:events(params, 3)", plugin.path, #list,
        MOST_SECONDS)
    end
  end
end

-- The events of the source that `params` opens (text or table; default: the first of open_params), to
-- its end or the first `most`.
---@param params? string | table
---@param most? integer
---@return lure.testing.Event[]
function Plugin:events(params, most)
  local list = {}
  ask(self, function()
    local instance = open(self, params)
    local done, problem = pcall(take_events, self, instance, most, list)
    instance:close()
    if not done then error(problem, 0) end
  end)
  return list
end

-- Rules of Falco, of files and directories that are looked for as scripts are. The last argument may be a table:
-- priority, the least that rules need, as "notice"; matching: "first" (the default, as Falco), or "all". Has
-- rules:alerts(event); assert.fires(rules, name, event) and assert.silent(rules, event [, name]) take them.
---@param ... string | { priority?: string, matching?: "first" | "all" }
---@return lure.testing.Rules
function Plugin:rules(...)
  local named, options = { ... }, {}
  if type(named[#named]) == "table" then options = table.remove(named) end
  check_names(options, "priority", "matching")
  if #named == 0 then throw 'rules: which files? plugin:rules("my_rules.yaml")' end
  for i, path in ipairs(named) do
    if type(path) ~= "string" then throw("rules: expected names of files, got a %s", type(path)) end
    named[i] = find(path)
  end
  return ask(self, rules.load, self, named, options)
end

local Source = {}
Source.__index = Source

-- The event source that `params` opens (as in `events`), which stays open.
---@param params? string | table
---@return lure.testing.Source
function Plugin:open(params)
  return ask(self, function()
    local instance = sources.while_running(self, open, self, params)
    local function take(event)
      local taken = new_event(self, event)
      parse(taken)
      return taken
    end
    local opened = sources.new(self, instance, take)
    sources.step() -- so that it listens
    return setmetatable({ plugin = self, opened = opened }, Source)
  end)
end

-- The events that have come since the last time: all that are there, or the first `count`, for which it waits 10 s.
---@param count? integer
---@return lure.testing.Event[]
function Source:events(count) return ask(self.plugin, self.opened.next, self.opened, count) end

function Source:close() ask(self.plugin, close_source, self.opened) end

-- Time passes for the script, which has a manual clock: what it waits for in these seconds comes, one after the other.
---@param seconds number
function Plugin:advance(seconds)
  if not self.manual then throw('advance: the clock is the system\'s; load it with { clock = "manual" }') end
  ask(self, sources.advance, self, seconds)
end

-- ---- what is at the other end ----

local function told(f, ...)
  local answers = table.pack(pcall(f, ...))
  if not answers[1] then throw("%s", stop.is(answers[2]) and answers[2].message or answers[2]) end
  return table.unpack(answers, 2, answers.n)
end

-- Sends texts: each is a message (udp://, unixgram://), or all go over one connection (tcp://, unix://).
---@param address string
---@param ... string
function testing.send(address, ...) told(clients.send, address, ...) end

-- An HTTP request to a script that serves. options: method, headers, body (a table becomes JSON).
---@param url string
---@param options? { method?: string, headers?: table<string, string>, body?: string | table }
---@return { status: integer, headers: table<string, string>, body: string }
function testing.request(url, options) return told(clients.request, url, options) end

-- An HTTP server for a script that asks: handler(request) returns status, headers and body (a table becomes JSON), or
-- nothing: then it never answers. server.url is its address, server.requests what it was asked.
---@param handler fun(request: lure.testing.Request): integer?, table?, (string | table)?
---@return lure.testing.Server
function testing.server(handler) return told(servers.open, handler) end

-- A program that scripts find instead of the system's: a shell script, or what its "#!" says.
---@param name string
---@param script string
function testing.program(name, script) told(programs.add, name, script) end

-- The first `count` async events: { name =, data =, ts =, tid = }. seconds: how long to wait, 10; with a manual clock,
-- of the script's time, a day.
---@param count integer
---@param seconds? number
---@return { name: string, data: string, ts: integer, tid: integer }[]
function Plugin:emitted(count, seconds)
  local events
  ask(self, function()
    local wanted = count + self.told -- it counts from init on
    demand(self.state.async_open, self.state)
    local come = self.manual
      and sources.advance_until(self, seconds or 86400, function() return self.state:async_wait(wanted, 0) end)
      or not self.manual and self.state:async_wait(wanted, seconds or MOST_SECONDS)
    demand(self.state.async_close, self.state)
    events = self.state:async_events()
    self.told = self.told + #events
    if not come then throw("%s emitted %d events, not %d", self.path, #events, count) end
  end)
  return table.move(events, 1, count, 1, {})
end

local function check_field(plugin, name)
  local base, names = name:match("^[^%[]*"), {}
  for _, field in ipairs(plugin.info.fields) do
    if field.name == base then return end
    names[#names + 1] = field.name
  end
  throw('unknown field "%s"%s', base, text.suggestion(base, names))
end

-- A field's value, as "dummy.value" or "dummy.divisible[3]"; nil: it has none.
---@param name string
---@return lure.Value?
function Event:field(name)
  local plugin, event = self.plugin, self:raw()
  check_field(plugin, name)
  return (ask(plugin, plugin.state.extract, plugin.state, event, name))
end

-- A parameter of an event of the kernel, as event.param has it in a script; nil: it has none.
---@param name string
---@return any
function Event:param(name)
  if not self.captured then throw "param: this is no event of the kernel" end
  return ask(self.plugin, kernel.param, self.captured, name)
end

-- The event as text, as %evt.plugininfo shows it.
---@return string
function Event:text()
  local plugin, event = self.plugin, self:raw()
  return (ask(plugin, plugin.state.to_string, plugin.state, event))
end

-- All fields that need no argument and have a value.
---@param event lure.testing.Event
---@return table<string, lure.Value>
function Plugin:fields(event)
  local values = {}
  for _, field in ipairs(self.info.fields) do
    if not field.arg.required then
      values[field.name] = ask(self, self.state.extract, self.state, event:raw(), field.name)
    end
  end
  return values
end

-- Every field of every event in the file is what it was when it was recorded (`lure record`, or
-- `lure run --json`). With `lure test --update` the file becomes what the script extracts now.
-- options: capture, the one that the events were recorded from.
---@param path string
---@param options? { capture?: string }
function Plugin:golden(path, options)
  check_names(options or {}, "capture")
  local file, capture = find(path), options and options.capture and find(options.capture)
  local events = capture and coroutine.wrap(function()
    read_capture(self, capture, function(event)
      if not event.captured.name then coroutine.yield(event) end -- async events are not recorded
    end)
  end)
  local same, differences = ask(self, golden.compare, self, file, path, testing.updating, events)
  if not same then require("busted").fail(asking.located(differences), 0) end
end

return testing
