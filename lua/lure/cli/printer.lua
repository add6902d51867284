-- printer: the three ways to show an event, each a function of (view, event) that answers a
-- line; and standard output, where the lines go.

local system = require "lure.system"
local colour = require "lure.cli.colour"
local format = require "lure.cli.format"
local json = require "lure.cli.json"
local lazily = require "lure.cli.lazily"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local kernelparams = lazily "lure.cli.kernelparams"

local printer = {}

local OUTPUT = 1
local EPIPE = 32

-- NUM TIME TEXT (of async events: NAME DATA), then name=value for each of `shown` that has a value.
function printer.columns(shown, raw)
  local dim, plain = colour.of("dim", OUTPUT)
  local labels = {}
  for i, field in ipairs(shown) do labels[i] = dim .. terminal.escaped(field.name) .. "=" .. plain end
  return function(view, event)
    local words = { tostring(view:num(event)), text.time(event.ts) }
    if view.async then words[3] = terminal.escaped(view.async.name) end
    words[#words + 1] = terminal.escaped(view:text(event))
    for i, field in ipairs(shown) do
      local value = field.get(view, event)
      if value ~= nil then words[#words + 1] = labels[i] .. terminal.escaped(text.shown(field, value, raw)) end
    end
    return table.concat(words, " ")
  end
end

-- The pieces of a FORMAT.
function printer.formatted(pieces, raw)
  return function(view, event)
    local parts = {}
    for i, piece in ipairs(pieces) do
      if type(piece) == "string" then
        parts[i] = piece
      else
        local value = piece.get(view, event)
        local shown = value == nil and "<NA>" or terminal.escaped(text.shown(piece, value, raw))
        parts[i] = piece.width and text.cut(shown .. (" "):rep(piece.width - utf8.len(shown)), piece.width) or shown
      end
    end
    return table.concat(parts)
  end
end

local function json_value(value, digits)
  if type(value) == "string" and not digits then return json.string(value) end
  if type(value) ~= "table" then return tostring(value) end
  local elements = {}
  for i, element in ipairs(value) do elements[i] = json_value(element, digits) end
  return "[" .. table.concat(elements, ",") .. "]"
end

-- The payload; of the kernel's events the type, the thread, and the parameters as texts.
local function content(view, event)
  if view.kernel then
    return (',"type":%s,"tid":%d,"params":{%s}'):format(json.string(view.kernel.name), event.tid,
      kernelparams.json(view.captured))
  end
  local data = view:data(event)
  local whole = json.is_utf8(data) and "" or (',"payload_base64":"%s"'):format(json.base64(data))
  local async = view.async and (',"async":%s'):format(json.string(view.async.name)) or ""
  return ('%s,"payload":%s%s'):format(async, json.string(data), whole)
end

-- One JSON object. A payload that is not UTF-8 also stands there whole, as base64. An async event has its name, too.
function printer.json(shown)
  return function(view, event)
    local members, seen = {}, {}
    local source = view:source_of(event)
    for _, field in ipairs(shown) do
      local value = field.get(view, event)
      if value ~= nil and not seen[field.name] then
        seen[field.name] = true
        members[#members + 1] = json.string(field.name) .. ":" .. json_value(value, field.digits)
      end
    end
    return ('{"num":%s,"ts":"%s","source":%s%s,"fields":{%s}}'):format(view:num(event), event.ts,
      source and json.string(source) or "null", content(view, event), table.concat(members, ","))
  end
end

-- How the options ask for it. Usage errors come from here.
function printer.choose(options, info, default)
  local pieces = options.format and format.read(options.format, info)
  if options.json then return printer.json(pieces and format.fields(pieces) or default) end
  if pieces then return printer.formatted(pieces, options.raw) end
  return printer.columns(default, options.raw)
end

-- ---- standard output ----

local function check(written, message, code)
  if written then return end
  -- who reads no more has what they wanted
  if code == EPIPE then stop.unread() end
  if system.signalled() then stop.by_signal(system.signalled()) end
  stop.failed("standard output: %s", message)
end

-- A terminal shows every line at once; else lines wait for `flush`.
function printer.start() io.stdout:setvbuf(system.is_terminal(OUTPUT) and "line" or "full", 65536) end

function printer.line(line) check(terminal.write(line, "\n")) end

-- Writes what waits; ends the command if nobody reads any more.
function printer.flush()
  check(io.stdout:flush())
  if system.is_closed(OUTPUT) then stop.unread() end
end

return printer
