-- golden: recorded events, and what a plugin makes of them now.
--
-- A golden file has one JSON object a line, as `lure run --json` prints it and `lure record`
-- writes it: payload (or payload_base64, where it is not UTF-8), fields, and num, ts, source.
-- All fields that need no argument are compared, and of others those that the line has.
-- Lines of events of the kernel have type, tid and params in the place of the payload; their events come from the
-- capture that they were recorded from.

local fields = require "lure.cli.fields"
local json = require "lure.cli.json"
local lazily = require "lure.cli.lazily"
local system = require "lure.system"
local outfile = require "lure.cli.outfile"
local printer = require "lure.cli.printer"
local terminal = require "lure.cli.terminal"
local view = require "lure.cli.view"

local kernelparams = lazily "lure.cli.kernelparams"

local golden = {}

local MOST_SHOWN = 10 -- differences in a message

local function text_of(member) return member and json.text(member) end

-- The fields of a line, as JSON by name, and the names in their order.
local function recorded_fields(object)
  local by_name, names = {}, {}
  for _, member in ipairs(json.members(object) or {}) do
    local name = json.text('"' .. member.key .. '"')
    by_name[name] = json.printable(json.compact(object:sub(member.start, member.finish - 1)))
    names[#names + 1] = name
  end
  return by_name, names
end

-- The payload of a line that is a recorded event; nil: it is none.
function golden.payload_of(line)
  local whole = text_of(json.member(line, "payload_base64"))
  return whole and json.from_base64(whole) or text_of(json.member(line, "payload"))
end

-- What a line of the file says; throws where it is no event.
local function read_line(line, file, number, captured)
  local payload = golden.payload_of(line)
  if not payload and not captured and json.member(line, "params") then
    error(('%s:%d: an event of the kernel; name the capture that it is from: plugin:golden("%s", { capture = FILE })')
      :format(file, number, file), 0)
  elseif not payload and not json.member(line, "params") then
    error(('%s:%d: expected an event as lure record writes it, a JSON object with a "payload"'):format(file, number), 0)
  end
  local recorded, names = recorded_fields(json.member(line, "fields") or "{}")
  return {
    payload = payload,
    num = math.tointeger(tonumber(json.member(line, "num") or number)),
    ts = math.tointeger(tonumber(text_of(json.member(line, "ts")) or 0)),
    source = text_of(json.member(line, "source")),
    fields = recorded, names = names,
  }
end

-- What is to be shown of an event: all plain fields, then those with arguments that were recorded.
local function shown_of(info, entry)
  local shown = fields.all(info)
  for _, name in ipairs(entry.names) do
    local base, argument = name:match("^([^%[]*)%[(.*)%]$")
    if base and fields.exists(info, base) then shown[#shown + 1] = fields.named(info, base, argument) end
  end
  return shown
end

-- A field that has no value now: because there is none, or because it failed.
local function why_absent(plugin, event, name)
  local asked, value, message = pcall(plugin.state.extract, plugin.state, event:raw(), name)
  return not asked and value or message or "nothing"
end

-- One text for each field of the event that is not what it was.
local function differences(plugin, event, entry, now)
  local present, names = recorded_fields(json.member(now, "fields"))
  local found = {}
  local function differs(name, expected, got)
    found[#found + 1] = ("  event %d: %s\n    expected %s\n    got      %s"):format(entry.num, name, expected, got)
  end
  for _, name in ipairs(entry.names) do
    local got = present[name] or why_absent(plugin, event, name)
    if got ~= entry.fields[name] then differs(name, entry.fields[name], got) end
  end
  for _, name in ipairs(names) do
    if not entry.fields[name] then differs(name, "nothing", present[name]) end
  end
  return found
end

local function report(plugin, path, found, changed)
  local lines = { ("%s: %d of its events %s not what %s makes of %s now; lure test --update takes this over"):format(
    path, changed, changed == 1 and "is" or "are", plugin.path:match("[^/]*$"), changed == 1 and "it" or "them") }
  table.move(found, 1, math.min(#found, MOST_SHOWN), 2, lines)
  if #found > MOST_SHOWN then lines[#lines + 1] = ("  and %d more differences"):format(#found - MOST_SHOWN) end
  return table.concat(lines, "\n")
end

-- What is shown of an event beside its fields.
local function view_of(plugin, event)
  local captured = event.captured
  return view.new {
    state = event.source ~= "" and plugin.state or nil, source = plugin.info.event_source, captured = captured,
    kernel = captured and not captured.plugin_id and kernelparams.row(captured.code) or nil,
  }
end

-- The event of a line: made of what it says, or the next one of the capture.
local function event_of(plugin, entry, next_event, place)
  if not next_event then
    return plugin:event(entry.payload, { num = entry.num, ts = entry.ts, source = entry.source })
  end
  local event = next_event()
  if event and event.num == entry.num then return event end
  error(("%s: the event %d is not the next one of the capture, %s"):format(place, entry.num,
    event and ("which is %d"):format(event.num) or "which has no more"), 0)
end

-- Compares: true; or false and a text, what is different; or nil and a text, why that cannot be told.
-- `updating`: rewrites the file instead, and says so. `next_event()`: the events, if they are a capture's.
function golden.compare(plugin, file, path, updating, next_event)
  local found, lines, changed, number = {}, {}, 0, 0
  local input <close>, message = system.open_regular(file)
  if not input then return nil, message end
  for line in input:lines() do
    number = number + 1
    if line:find("%S") then
      local entry = read_line(line, path, number, next_event)
      local event = event_of(plugin, entry, next_event, ("%s:%d"):format(path, number))
      lines[#lines + 1] = printer.json(shown_of(plugin.info, entry))(view_of(plugin, event), event:raw())
      local different = differences(plugin, event, entry, lines[#lines])
      if #different > 0 then changed = changed + 1 end
      table.move(different, 1, #different, #found + 1, found)
    end
  end
  if #lines == 0 then return nil, path .. ": has no events; record some: lure record SCRIPT -o FILE" end
  if changed == 0 then return true end
  if not updating then return false, report(plugin, path, found, changed) end
  outfile.write(file, table.concat(lines, "\n") .. "\n", { replaces = true })
  terminal.note(("%s: updated, %d of %d events changed"):format(path, changed, #lines))
  return true
end

return golden
