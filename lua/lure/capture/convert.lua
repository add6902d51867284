-- convert: the events of older captures as the newest libscap hands them on.
--
--   local converter = convert.new()
--   converter:take(captured)           the event, changed where it has to be; nil: hosts leave it out
--
-- Older drivers sent an event when a system call began and one when it returned, each with a part of the parameters;
-- today the one of the return has them all, and only few others are sent. Types that came to lack a parameter were
-- replaced by new ones. See conversions.lua. What an event does not have, and the one before does not tell either, is
-- empty or 0.
--
-- libscap ends at an event of which it knows no conversion; here such an event stays what it is.

local eventtypes = require "lure.eventtypes"
local conversions = require "lure.capture.conversions"
local params = require "lure.capture.params"

local convert = {}

local Converter = {}
Converter.__index = Converter

local rows, by_symbol = {}, {}
for _, row in ipairs(eventtypes.list()) do
  row = { code = row.code, symbol = row.symbol:match "^PPME_(.*)$", parameters = row.parameters, old = row.old,
    unused = row.unused, wide = row.wide }
  rows[row.code], by_symbol[row.symbol] = row, row
end

-- Whose enter events are kept and handed on, and handed on only; the others are only kept, if they are old.
local KEPT = { SYSCALL_EXECVE_19_E = true, SOCKET_CONNECT_E = true }
local HANDED_ON = { SYSCALL_EXECVEAT_E = true }

-- What enter events may take that are kept: then all are forgotten. Drivers send the exit soon.
local MOST = 64 << 20

function convert.new() return setmetatable({ enters = {}, size = 0 }, Converter) end

local function forget(self, tid)
  local enter = self.enters[tid]
  if not enter then return end
  self.enters[tid], self.size = nil, self.size - enter.size
end

local function keep(self, captured)
  forget(self, captured.tid)
  if self.size > MOST then self.enters, self.size = {}, 0 end
  local size = 1024 + #captured.bytes
  self.enters[captured.tid] = { code = captured.code, list = params.of(captured), size = size }
  self.size = self.size + size
end

local function is_enter(row) return row.code % 2 == 0 end

-- ---- one parameter ----

-- 0 as a type has it; of users and groups it is the highest number.
local function default_of(parameter)
  local byte = (parameter.type == "uid" or parameter.type == "gid") and "\xFF" or "\0"
  return byte:rep(parameter.size)
end

-- Cut to the size of the type, if it has one.
local function fitted(bytes, parameter) return parameter.size > 0 and bytes:sub(1, parameter.size) or bytes end

local function value_of(meaning, parameter, own, enter)
  local bytes
  if meaning.own then bytes = own[meaning.own] end
  if meaning.enter and enter then bytes = enter[meaning.enter] end
  if bytes then return fitted(bytes, parameter) end
  return meaning.default and default_of(parameter) or ""
end

-- ---- one event ----

-- Makes `captured` an event of the type `row` with these parameters.
local function become(captured, row, list)
  local format, lengths = row.wide and "<I4" or "<I2", {}
  for i, bytes in ipairs(list) do lengths[i] = format:pack(#bytes) end
  local body = table.concat(lengths) .. table.concat(list)
  captured.code, captured.count, captured.params = row.code, #list, list
  captured.bytes = ("<i8i8I4I2I4"):pack(captured.ts, captured.tid, 26 + #body, row.code, #list) .. body
end

-- The parameters of the enter event that belongs to an exit, if it was seen.
local function enter_of(self, captured)
  local enter = self.enters[captured.tid]
  return enter and enter.code == captured.code - 1 and enter.list or nil
end

local function quoted(bytes) return '"' .. (bytes or ""):match("^[^\0]*"):gsub('["\\]', "\\%0") .. '"' end

-- What containers were told by before they were told as JSON.
local function container(list)
  local kind = list[2] and #list[2] == 4 and ("<I4"):unpack(list[2]) or 0
  return { ('{"id":%s,"type":%d,"name":%s,"image":%s}'):format(quoted(list[1]), kind, quoted(list[3]), quoted(list[4]))
    .. "\0" }
end

local function rename(self, captured, row)
  local own = params.of(captured)
  if row.symbol == "CONTAINER_E" then return become(captured, by_symbol.CONTAINER_JSON_E, container(own)) end
  local renamed = conversions.renamed[row.symbol]
  local new = by_symbol[renamed.to]
  local enter, list = enter_of(self, captured), {}
  for number, meaning in ipairs(renamed) do
    list[number] = value_of(meaning, new.parameters[number], own, enter)
  end
  become(captured, new, list)
end

local function fill(self, captured, row)
  local filled, own, list = conversions.filled[row.symbol] or {}, params.of(captured), {}
  local enter = enter_of(self, captured)
  table.move(own, 1, captured.count, 1, list)
  for number = captured.count + 1, #row.parameters do
    local meaning = filled[number] or {}
    if meaning.is_later and number > captured.count + 1 then enter = nil end
    list[number] = value_of(meaning, row.parameters[number], own, enter)
  end
  become(captured, row, list)
end

function Converter:take(captured)
  local row, is_renamed = rows[captured.code], false
  while conversions.renamed[row.symbol] or row.symbol == "CONTAINER_E" do
    rename(self, captured, row)
    row, is_renamed = rows[captured.code], true
  end
  if row.unused then return nil end
  if (is_renamed or conversions.filled[row.symbol]) and captured.count < #row.parameters then
    fill(self, captured, row)
  end
  if not is_enter(row) then
    if enter_of(self, captured) then forget(self, captured.tid) end
    return captured
  end
  if HANDED_ON[row.symbol] or not row.old and not KEPT[row.symbol] then return captured end
  keep(self, captured)
  return KEPT[row.symbol] and captured or nil
end

return convert
