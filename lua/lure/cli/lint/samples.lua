-- samples: every field asked for sample events, those of the source itself or lines of a file.
--
-- It happens in a process of its own, which is ended after some seconds: a source may wait
-- forever. What it says are lines: "event", "value N" (of the Nth thing asked), "fault N MESSAGE",
-- "trouble MESSAGE" (why there are no more events).

local apart = require "lure.apart"
local golden = require "lure.testing.golden"
local host = require "lure.host"
local json = require "lure.cli.json"
local stop = require "lure.cli.stop"

local samples = {}

local EVENTS = 20    -- of a source
local SECONDS = 1    -- that a source is waited for
local PATIENCE = 3   -- seconds until what does not come back is ended
local LINES = 1000   -- of a file

-- ---- in the process of its own ----

local function ask_fields(state, event, asked, say)
  say("event\n")
  for i, name in ipairs(asked) do
    local value, message = state:extract(event, name)
    if message then
      say(("fault %d %s\n"):format(i, message:match("[^\n]*")))
    elseif value ~= nil then
      say(("value %d\n"):format(i))
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

local function ask_lines(state, lines, asked, say)
  for number, line in ipairs(lines) do
    ask_fields(state, host.event { data = line, num = number, ts = os.time() * 1000000000 }, asked, say)
  end
end

-- The first error of "next" is told, and a call may take a second, unless the person says something else.
local function configuration(typed)
  if typed == nil or typed:match("^%s*$") then typed = "{}" end
  if not json.members(typed) or json.member(typed, "lure") then return typed end
  return json.insert(typed, "lure", '{"max_errors":1,"time":1}')
end

local function ask_all(loaded, options, asked, say)
  local state, message = loaded:init(configuration(options.config))
  if not state then return say("trouble " .. message:match("[^\n]*") .. "\n") end
  if options.lines then ask_lines(state, options.lines, asked, say) else ask_source(state, options, asked, say) end
  state:destroy()
end

-- ---- here ----

-- The names to ask: fields that need no argument, and what the person names; and those left out.
local function choose(info, also)
  local asked, left_out, named = {}, {}, {}
  for _, name in ipairs(also) do
    asked[#asked + 1] = name
    named[name:match("^[^%[]+")] = true
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
local function unsuitable(info, lines)
  local sources = info.extract_event_sources
  if #info.fields == 0 and (lines or not info.capabilities.sourcing) then return "there are no fields" end
  if #sources == 1 and sources[1] == "syscall" then return "the fields are those of the kernel's events" end
end

-- Counts what was said.
local function read(said, asked)
  local result = { events = 0, fields = {} }
  for i, name in ipairs(asked) do result.fields[i] = { name = name, values = 0, faults = 0 } end
  for line in said:gmatch("([^\n]*)\n") do
    local kind, index, message = line:match("^(%l+) ?(%d*) ?(.*)$")
    local field = result.fields[tonumber(index)]
    if kind == "event" then
      result.events = result.events + 1
    elseif kind == "value" then
      field.values = field.values + 1
    elseif kind == "fault" then
      field.faults = field.faults + 1
      field.message = field.message or message
    elseif kind == "trouble" then
      result.trouble = line:match("^trouble (.*)$")
    end
  end
  return result
end

-- Asks. `options`: lines (of a file, or nil: the source), open, config, fields (a list of names with
-- arguments). Answers { events =, fields = { { name =, values =, faults =, message = } }, left_out = list of
-- fields, trouble = a finding or nil, note = why there is nothing to say, or nil }.
function samples.ask(loaded, info, options)
  local asked, left_out = choose(info, options.fields)
  local note = unsuitable(info, options.lines)
  if not note and not options.lines and not info.capabilities.sourcing then
    note = "it has no event source of its own; give --events FILE"
  end
  if note then return { events = 0, fields = {}, left_out = left_out, note = note } end
  local said, ended, signal = apart(PATIENCE, function(say)
    host.redirect_stderr("/dev/null")
    local done, problem = pcall(ask_all, loaded, options, asked, say)
    if done then return end
    say("trouble " .. (stop.broken_rule(problem) or error(problem, 0)) .. "\n")
  end)
  local result = read(said, asked)
  result.left_out = left_out
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
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local lines = {}
  for line in file:lines() do
    lines[#lines + 1] = payload_of(line)
    if #lines == LINES then break end
  end
  file:close()
  return lines
end

-- ---- findings ----

local function of_events(count, events)
  if count == events then return events == 1 and "the one event" or ("all %d events"):format(events) end
  return ("%d of %d events"):format(count, events)
end

-- Where a message is of one field, or of what comes before all of them ("decode"): told once.
function samples.judge(result, file, line_of, findings)
  local told = {}
  for _, field in ipairs(result.fields) do
    local name = field.name:match("^[^%[]+")
    if field.faults > 0 then
      local place = field.message:match("^[^ ]*:%d+: ") or ""
      local own = field.message:find("field " .. name, #place + 1, true)
      if own or not told[place] then
        if not own then told[place] = true end
        findings:add_placed(("%s (in %s)"):format(field.message, of_events(field.faults, result.events)), file)
      end
    elseif field.values == 0 and result.events > 0 then
      findings:add("hint", file, line_of(name), ("field %s has no value in %s"):format(field.name,
        result.events == 1 and "the one sample event" or ("any of %d sample events"):format(result.events)))
    end
  end
  if result.trouble then findings:add_placed(result.trouble, file) end
end

-- A line for people: what was asked, and what was not.
function samples.summary(result)
  local parts = {}
  if result.events > 0 then parts[1] = ("%d event%s"):format(result.events, result.events == 1 and "" or "s") end
  if result.note then parts[#parts + 1] = (result.events > 0 and "" or "none: ") .. result.note end
  if result.trouble and result.events == 0 then parts[#parts + 1] = "none" end
  for _, field in ipairs(not result.note and result.left_out or {}) do
    parts[#parts + 1] = ("%s was not asked (--field '%s[%s]')"):format(field.name, field.name,
      field.arg.index and "3" or "key")
  end
  return table.concat(parts, "; ")
end

return samples
