-- samples: every field asked for sample events, those of the source itself, lines of a file, or a capture's.
--
-- It happens in a process of its own, which is ended after some seconds: a source may wait
-- forever. The plugin's library is loaded there, and not before: a library that starts threads
-- when it is loaded (all that are written in Go) does not work in a copy of its process.
-- What the process says are lines: "asked NAME" (one thing that is asked, as JSON), "left KIND NAME" (a field
-- that is not), "event", "value N" (of the Nth thing asked), "fault N MESSAGE", "missing N REASON" and
-- "misfit N REASON" (why its path had no value: src/json/pathreason.h), "other N REASON" (the event is not the
-- plugin's), "trouble MESSAGE" (why there are no more events), "note TEXT" (why there is nothing to say), "metric NAME"
-- (one of the plugin's own).

local forkedcall = require "lure.forkedcall"
local fields = require "lure.cli.fields"
local golden = require "lure.testing.golden"
local host = require "lure.host"
local json = require "lure.cli.json"
local lazily = require "lure.cli.lazily"
local library = require "lure.cli.library"
local linereader = require "lure.linereader"
local system = require "lure.system"
local schema = require "lure.cli.schema"
local stop = require "lure.cli.stop"
local count_text = require("lure.cli.text").count

local captures = lazily "lure.capture.reader"
local threads_of = lazily "lure.capture.table"

local samples = {}

local EVENTS = 20    -- of a source
local SECONDS = 1    -- that a source is waited for
local PATIENCE = 3   -- seconds until what does not come back is ended
local LINES = 1000   -- of a file

-- ---- in the process of its own ----

-- Why the path of a field has no value in an event.
local function say_reason(state, event, number, name, say)
  local kind, reason = (state:console("reason", name, event) or ""):match("^(%l+) (.*)$")
  if kind then say(("%s %d %s\n"):format(kind, number, reason)) end
end

-- `asked` are the names, with `reasons` where the library can tell why there is no value.
local function ask_fields(state, event, asked, say)
  say("event\n")
  for i, name in ipairs(asked) do
    local value, message = state:extract(event, name)
    if message then
      say(("fault %d %s\n"):format(i, message:match("[^\n]*")))
    elseif value ~= nil then
      say(("value %d\n"):format(i))
    elseif asked.reasons then
      say_reason(state, event, i, name, say)
    end
  end
end

local function ask_source(state, options, asked, say)
  local suggested = options.open or (state:open_params() or {})[1]
  local instance, message = state:open(type(suggested) == "table" and suggested.value or suggested or "")
  if not instance then return say("trouble " .. message:match("[^\n]*") .. "\n") end
  local shown, began = 0, os.time()
  repeat
    local result, events, problem = instance:next_batch()
    for i = 1, math.min(#events, EVENTS - shown) do ask_fields(state, events[i], asked, say) end
    shown = shown + #events
    if result == "failure" or result == "not supported" then
      problem = problem or state:last_error()
      say("trouble " .. problem:match("[^\n]*") .. "\n")
    end
  until result ~= "success" and result ~= "timeout" or shown >= EVENTS or os.difftime(os.time(), began) > SECONDS
  instance:close()
end

local function ask_lines(state, payloads, asked, say)
  for number, payload in ipairs(payloads) do
    ask_fields(state, host.event { data = payload, num = number, ts = os.time() * 1000000000 }, asked, say)
  end
end

-- Whether the plugin has fields for events of that type and source.
local function takes(state, info, captured, source)
  local types = state:extract_event_types()
  local has_type, has_source = types == "all", #info.extract_event_sources == 0
  for _, type in ipairs(types ~= "all" and types or {}) do has_type = has_type or type == captured.code end
  for _, name in ipairs(info.extract_event_sources) do has_source = has_source or name == source end
  return source ~= "" and has_type and has_source
end

-- The first events of a capture that the plugin has fields for; it parses all before them, too.
local function ask_capture(state, info, path, asked, say)
  local capture, message = captures.open(path, threads_of.of(state:inspector()))
  local shown, num, began = 0, 0, os.time()
  while capture and shown < LINES and os.difftime(os.time(), began) <= SECONDS do
    local captured, problem = capture:next()
    message = problem
    if not captured then break end
    num = num + 1
    local source = captures.source_of(captured, info)
    local event = host.event { bytes = captured.bytes, num = num, source = source }
    if info.capabilities.parsing and source ~= "" then state:parse(event) end
    if takes(state, info, captured, source) and not captured.only_state then
      ask_fields(state, event, asked, say)
      shown = shown + 1
    end
  end
  if message then return say("trouble " .. message .. "\n") end
  if shown > 0 then return end
  say(("note none of the first %d events of the capture is one that it has fields for\n"):format(num))
end

-- The first error of "next" is told, and a call may take a second, unless the person says something else.
local function configuration(typed, info)
  if type(typed) == "function" then typed = typed(info) end
  if typed == nil or typed:match("^%s*$") then typed = "{}" end
  if not info.console or not json.members(typed) or json.member(typed, "lure") then return typed end
  return json.insert(typed, "lure", '{"max_errors":1,"time":1}')
end

-- The names to ask: fields that need no argument, and what the person names of this plugin; and those left out.
local function choose(info, also)
  local asked, left_out, named = {}, {}, {}
  for _, whole in ipairs(also) do
    if not fields.problem_of(info, whole) then
      asked[#asked + 1] = whole
      named[fields.split(whole)] = true
    end
  end
  for _, field in ipairs(info.fields) do
    if not field.arg.required then
      asked[#asked + 1] = field.name
    elseif not named[field.name] then
      left_out[#left_out + 1] = field
    end
  end
  return asked, left_out
end

-- Why events of a plugin, or the lines of a file, say nothing about it; nil: they do.
local function unsuitable(info, payloads, capture)
  local sources = info.extract_event_sources
  local given = payloads or capture
  if #info.fields == 0 and (given or not info.capabilities.sourcing) then return "there are no fields" end
  if #sources == 1 and sources[1] == "syscall" and not capture then
    return "the fields are those of the kernel's events; give --capture FILE"
  end
end

-- Says what is asked; answers nil where there is nothing to ask.
local function announce(info, options, say)
  local asked, left_out = choose(info, options.fields)
  for _, name in ipairs(asked) do say("asked " .. json.string(name) .. "\n") end
  for _, field in ipairs(left_out) do say(("left %s %s\n"):format(field.arg.index and "index" or "key", field.name)) end
  local note = unsuitable(info, options.lines, options.capture)
  if not note and not options.lines and not options.capture and not info.capabilities.sourcing then
    note = "it has no event source of its own; give --events FILE"
  end
  asked.reasons = info.console
  if not note then return asked end
  say("note " .. note .. "\n")
end

-- Of a plugin without metrics there is nothing to say. What is wrong with some is only logged: hosts get the others.
local function say_metrics(state, say)
  state:log()
  for _, metric in ipairs(state:metrics() or {}) do
    if not metric.name:find("^lure%.") then say(("metric %s\n"):format(metric.name)) end
  end
  for _, line in ipairs(state:log()) do
    if line.severity == "error" then say("trouble " .. line.message:match("[^\n]*") .. "\n") end
  end
end

-- The plugin state; nil and why it does not start.
local function start(loaded, info, options)
  local config = configuration(options.config, info)
  local message = schema.refusal(info, config)
  if message then return nil, message end
  return loaded:init(config)
end

local function ask_all(path, options, say)
  local loaded = library.load(path, options.api, true, true)
  if not loaded then return end
  local info = loaded:info()
  local asked = announce(info, options, say)
  local state, message = start(loaded, info, options)
  if not state then
    if asked then say("trouble " .. message:match("[^\n]*") .. "\n") end
    return
  end
  local fine, problem = state:kernel_open()
  if not fine then say("trouble " .. problem:match("[^\n]*") .. "\n") end
  if asked and options.capture then
    ask_capture(state, info, options.capture, asked, say)
  elseif asked and options.lines then
    ask_lines(state, options.lines, asked, say)
  elseif asked then
    ask_source(state, options, asked, say)
  end
  say_metrics(state, say)
  state:destroy()
end

-- ---- here ----

-- What each kind of line adds to the result.
local taken = {}

function taken.asked(result, name)
  table.insert(result.fields, { name = json.text(name), values = 0, faults = 0, misfits = 0 })
end

function taken.left(result, rest)
  local kind, name = rest:match("^(%a+) (.*)$")
  table.insert(result.left_out, { name = name, argument = kind == "index" and "3" or "key" })
end

function taken.event(result) result.events = result.events + 1 end

function taken.value(result, index)
  local field = result.fields[math.tointeger(index)]
  field.values = field.values + 1
end

-- Of "N TEXT" the Nth thing asked, and the text.
local function field_of(result, rest)
  local index, text = rest:match("^(%d+) (.*)$")
  return result.fields[math.tointeger(index)], text
end

function taken.fault(result, rest)
  local field, message = field_of(result, rest)
  field.faults = field.faults + 1
  field.message = field.message or message
end

function taken.missing(result, rest)
  local field, reason = field_of(result, rest)
  field.missing = field.missing or reason
end

function taken.other(result, rest)
  local field, reason = field_of(result, rest)
  field.other = field.other or reason
end

function taken.misfit(result, rest)
  local field, reason = field_of(result, rest)
  field.misfits = field.misfits + 1
  field.misfit = field.misfit or reason
end

function taken.trouble(result, message) result.trouble = result.trouble or message end

function taken.note(result, note) result.note = note end

function taken.metric(result, name) table.insert(result.metrics, name) end

-- Counts what was said.
local function read(said)
  local result = { events = 0, fields = {}, left_out = {}, metrics = {} }
  for line in said:gmatch("([^\n]*)\n") do
    local kind, rest = line:match("^(%l+) ?(.*)$")
    if taken[kind] then taken[kind](result, rest) end
  end
  return result
end

-- What is wrong with the names that a person wants to ask, where no plugin of the list of infos has them; nil: nothing.
function samples.problem_of(infos, names)
  for _, whole in ipairs(names) do
    local problem
    for _, info in ipairs(infos) do
      problem = fields.problem_of(info, whole)
      if not problem then break end
    end
    if problem then return problem end
  end
end

-- Asks the plugin at `path`, which is not loaded yet in this process. `options`: api, lines (of a file) or capture (its
-- path) or neither (the source), open, config, fields (a list of names with arguments). Answers { events =,
-- fields = { { name =, values =, faults =, message =, misfits =, misfit =, missing =, other = } },
-- left_out = { { name =, argument = } }, metrics = names, trouble = a finding or nil, note = why there is nothing to
-- say, or nil }; of a plugin that does not load there is nothing in it.
function samples.ask(path, options)
  local call, failure = forkedcall.start(function(say)
    host.redirect_stderr("/dev/null")
    local done, problem = pcall(ask_all, path, options, say)
    if done then return end
    say("trouble " .. (stop.broken_rule(problem) or error(problem, 0)) .. "\n")
  end)
  if not call then stop.failed("check: a child process: %s", failure) end
  local said, ended, signal = call:finish(PATIENCE)
  local result = read(said)
  if result.note then return result end
  if signal then
    result.trouble = ("it crashed (signal %d)"):format(signal)
  elseif not ended then
    result.note = ("it did not come back within %d s, and was ended"):format(PATIENCE)
  elseif result.events == 0 and not result.trouble then
    result.note = options.lines and "the file has no line" or ("no event within %d s"):format(SECONDS)
  end
  return result
end

-- The payload of a line: what lure record writes has more in it.
local function payload_of(line)
  local recorded = json.member(line, "fields") and json.member(line, "num") and golden.payload_of(line)
  return recorded or line
end

-- The payloads in a file, of the first so many lines; nil and why not.
function samples.read(path)
  if path ~= "-" and not path:find "^/dev/" and system.exists(path) and not system.is_file(path) then
    return nil, path .. ": is no regular file"
  end
  local reader, message = linereader.open(path)
  if not reader then return nil, ("%s: %s"):format(path, message) end
  local payloads = {}
  repeat
    local line, what, problem = reader:read(-1)
    if line then payloads[#payloads + 1] = payload_of(line) end
    if what == "failure" then return nil, ("%s: %s"):format(path, problem) end
  until #payloads == LINES or what == "end"
  reader:close()
  return payloads
end

-- ---- findings ----

local function of_events(count, events)
  if count == events then return events == 1 and "the one event" or ("all %d events"):format(events) end
  return ("%d of %d events"):format(count, events)
end

-- What is said of a field that has no value in any event, or in some a value that does not fit.
local function without_value(field, events)
  local where = field.values > 0 and ("%d of %d sample events"):format(field.misfits, events)
    or events == 1 and "the one sample event" or ("any of %d sample events"):format(events)
  local reason = field.misfit or field.missing or field.other -- what events that are the plugin's lack tells more
  return ("field %s has no value in %s%s"):format(field.name, where, reason and ": " .. reason or "")
end

-- What Falco takes out of names of metrics, wherever it stands; docs/reference.md lists the same.
local units = { "_sec", "_ns", "_ts", "_bytes", "_kb", "_mb", "_perc", "_ratio", "_total" }

local function judge_metric(name, file, line_of, findings)
  for _, unit in ipairs(units) do
    local at = name:find(unit, 1, true)
    if at then
      findings:add("hint", file, line_of(name),
        ('metric %s: Falco takes "%s" out of the name; give it as "%s.%s"'):format(name, unit, name:sub(1, at - 1),
          name:sub(at + 1)))
    end
  end
end

-- Where a message is of one field, or of what comes before all of them ("decode"): told once.
function samples.judge(result, file, line_of, findings)
  local told = {}
  for _, field in ipairs(result.fields) do
    local name = fields.split(field.name)
    if field.faults > 0 then
      local place = field.message:match("^[^ ]*:%d+: ") or ""
      local own = field.message:find("field " .. name, #place + 1, true)
      if own or not told[place] then
        if not own then told[place] = true end
        findings:add_placed(("%s (in %s)"):format(field.message, of_events(field.faults, result.events)), file)
      end
    elseif field.values == 0 and result.events > 0 or field.misfits > 0 then
      findings:add("hint", file, line_of(name), without_value(field, result.events))
    end
  end
  for _, name in ipairs(result.metrics) do judge_metric(name, file, line_of, findings) end
  if result.trouble then findings:add_placed(result.trouble, file) end
end

-- A line for people: what was asked, and what was not.
function samples.summary(result)
  local parts = {}
  if result.events > 0 then parts[1] = count_text(result.events, "event") end
  if result.note then parts[#parts + 1] = (result.events > 0 and "" or "none: ") .. result.note end
  if result.trouble and result.events == 0 and not result.note then parts[#parts + 1] = "none" end
  for _, field in ipairs(not result.note and result.left_out or {}) do
    parts[#parts + 1] = ("%s was not asked (--field '%s[%s]')"):format(field.name, field.name, field.argument)
  end
  return table.concat(parts, "; ")
end

return samples
