-- kernelparams: the parameters of events of the kernel, for people.
--
--   kernelparams.row(code)                   the row of an event type in lure.eventtypes
--   kernelparams.text(captured)              "fd=3 name=/etc/passwd": all that it has
--   kernelparams.json(captured)              the same as members of a JSON object
--   kernelparams.shown(captured, number)     one as text, as in `text`; nil: it has none
--   kernelparams.value(captured, number)     as scripts read it; nil: it has none
--   kernelparams.bytes(captured, number)     its bytes; nil: the event has fewer
--   kernelparams.number_of(row, name)        from 1; nil: no such parameter
--   kernelparams.is_name(name)               whether any type has it
--
-- `captured` is an event of lua/lure/capture/events.lua. Numbers stay numbers: what hosts print instead for some of
-- them (names of flags and errors, the file of a descriptor) is not known here.

local eventtypes = require "lure.eventtypes"
local json = require "lure.cli.json"
local text = require "lure.cli.text"

local kernelparams = {}

local HEADER = 26

local rows, names = {}, {}
for _, row in ipairs(eventtypes.list()) do
  rows[row.code] = row
  for _, parameter in ipairs(row.parameters) do names[parameter.name] = true end
end

function kernelparams.is_name(name) return names[name] == true end

function kernelparams.row(code) return rows[code] end

function kernelparams.number_of(row, name)
  for number, parameter in ipairs(row.parameters) do
    if parameter.name == name then return number end
  end
end

function kernelparams.bytes(captured, number)
  if number > captured.count then return nil end
  local format = rows[captured.code].wide and "<I4" or "<I2"
  local width = format:packsize()
  local at = HEADER + captured.count * width + 1
  for i = 1, number - 1 do at = at + format:unpack(captured.bytes, HEADER + 1 + (i - 1) * width) end
  return captured.bytes:sub(at, at + format:unpack(captured.bytes, HEADER + 1 + (number - 1) * width) - 1)
end

local function shown_end(address) return ("%s:%d"):format(address.ip, address.port) end

local function shown_table(value)
  if value.source and value.path then return ("%s->%s %s"):format(value.source, value.destination, value.path) end
  if value.source then return shown_end(value.source) .. "->" .. shown_end(value.destination) end
  if value.ip then return shown_end(value) end
  if value.family then return value.path or ("family %s"):format(value.family) end
  local parts = {}
  for i, part in ipairs(value) do
    parts[i] = type(part) == "table" and ("%d:%x"):format(part.fd, part.flags) or tostring(part)
  end
  return table.concat(parts, " ")
end

function kernelparams.value(captured, number)
  local bytes = kernelparams.bytes(captured, number)
  if not bytes or not rows[captured.code].parameters[number] then return nil end
  return eventtypes.value(captured.code, number, bytes)
end

function kernelparams.shown(captured, number)
  local value = kernelparams.value(captured, number)
  if value == nil then return nil end
  if type(value) == "table" then return shown_table(value) end
  if rows[captured.code].parameters[number].type == "bytebuf" then return text.bytes(value) end
  return tostring(value)
end

-- What `write` makes of the name and the text of each parameter that has a value, in a list.
local function all(captured, write)
  local parts = {}
  for number, parameter in ipairs(rows[captured.code].parameters) do
    local shown = kernelparams.shown(captured, number)
    if shown then parts[#parts + 1] = write(parameter.name, shown) end
  end
  return parts
end

function kernelparams.text(captured)
  return table.concat(all(captured, function(name, shown) return name .. "=" .. shown end), " ")
end

function kernelparams.json(captured)
  local function member(name, shown) return json.string(name) .. ":" .. json.string(shown) end
  return table.concat(all(captured, member), ",")
end

return kernelparams
