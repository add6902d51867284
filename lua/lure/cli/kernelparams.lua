-- kernelparams: the parameters of events of the kernel, for people.
--
--   kernelparams.row(code)                   the row of an event type in lure.eventtypes
--   kernelparams.plain(captured, number)     one as text, numbers as digits; nil: it has none
--   kernelparams.json(captured)              all that it has, the same as members of a JSON object
--   kernelparams.value(captured, number)     as scripts read it; nil: it has none
--   kernelparams.bytes(captured, number)     its bytes; nil: the event has fewer
--   kernelparams.number_of(row, name)        from 1; nil: no such parameter
--   kernelparams.type_of(name)               the type of the first such parameter of all; nil: no type has it
--
-- `captured` is an event of lua/lure/capture/events.lua. What hosts print for a parameter is in kerneltext.lua.

local eventtypes = require "lure.eventtypes"
local json = require "lure.cli.json"
local text = require "lure.cli.text"

local kernelparams = {}

local HEADER = 26

local rows, parameter_types = {}, {}
for _, row in ipairs(eventtypes.list()) do
  rows[row.code] = row
  for _, parameter in ipairs(row.parameters) do
    parameter_types[parameter.name] = parameter_types[parameter.name] or parameter.type
  end
end

function kernelparams.type_of(name) return parameter_types[name] end

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

function kernelparams.plain(captured, number)
  local value = kernelparams.value(captured, number)
  if value == nil then return nil end
  if type(value) == "table" then return shown_table(value) end
  if rows[captured.code].parameters[number].type == "bytebuf" then return text.bytes(value) end
  return tostring(value)
end

function kernelparams.json(captured)
  local parts = {}
  for number, parameter in ipairs(rows[captured.code].parameters) do
    local plain = kernelparams.plain(captured, number)
    if plain then parts[#parts + 1] = json.string(parameter.name) .. ":" .. json.string(plain) end
  end
  return table.concat(parts, ",")
end

return kernelparams
