--- Kernel events for specs: parameters by name, the others absent (length 0).
local parts = require "spec.events.parts"

local system = {}

local types = {}
for _, type in ipairs(parts.types()) do
  types[type.symbol] = { code = type.code, wide = type.wide, names = {} }
  for name in type.parameters:gmatch("(%S+):") do
    table.insert(types[type.symbol].names, name)
  end
end

--- Options for host.event: an event of the type with libscap's symbol PPME_<symbol>. `values`: name -> bytes.
-- `count`: only so many of its parameters, as an older capture has.
function system.options(symbol, values, count)
  local type = assert(types["PPME_" .. symbol], symbol)
  local list, left = {}, {}
  for name in pairs(values) do left[name] = true end
  for i = 1, count or #type.names do
    list[i] = values[type.names[i]] or ""
    left[type.names[i]] = nil
  end
  assert(next(left) == nil, "no such parameter")
  return { type = type.code, wide = type.wide, params = list, source = "syscall", num = 1, ts = 1, tid = 1 }
end

--- The bytes of an event with a header that says what the arguments say. `lengths`: of its parameters.
function system.bytes(code, lengths, rest, wide, count)
  local body = {}
  for i, length in ipairs(lengths) do
    body[i] = (wide and "<I4" or "<I2"):pack(length)
  end
  local text = table.concat(body) .. rest
  return ("<I8i8I4I2I4"):pack(1, 1, 26 + #text, code, count or #lengths) .. text
end

return system
