-- params: the parameters of an event of a capture, as libsinsp's parsers read them. Counted from 1.
--
--   local list = params.of(captured)       their bytes; read once for each event
--   params.has(captured, 3)                whether it is there, and not empty
--   params.integer(captured, 3)            of 8 bytes it has a sign. Missing, or none of its type: 0
--   params.result(captured)                of a system call, the first parameter: 32 or 64 bits, with a sign
--   params.text(captured, 3)               up to its NUL; missing: "<NA>", as old drivers wrote it
--   params.texts(captured, 3)              of "a\0b\0"
--   params.split "a\0b\0"                  the same of any text
--   params.cgroups(texts)                  { { first = "cpu", second = "/a" }, … }; nil: one is no "cpu=/a"
--   params.without_deleted(path)
--
-- `captured` is an event of lua/lure/capture/events.lua. Hosts give up where a number has the wrong size; here it is
-- what there is of it, and of one that is too large its type's bytes.

local eventtypes = require "lure.eventtypes"

local params = {}

local HEADER = 26

local is_wide, sizes = {}, {}
for _, row in ipairs(eventtypes.list()) do
  is_wide[row.code], sizes[row.code] = row.wide, {}
  for number, parameter in ipairs(row.parameters) do sizes[row.code][number] = parameter.size end
end

local INTEGERS = { [1] = "<I1", [2] = "<I2", [4] = "<I4", [8] = "<i8" }

local function read_all(captured)
  local list, bytes = {}, captured.bytes
  local format, width = "<I2", 2
  if is_wide[captured.code] then format, width = "<I4", 4 end
  local at = HEADER + 1 + captured.count * width
  for i = 1, captured.count do
    local length = format:unpack(bytes, HEADER + 1 + (i - 1) * width)
    list[i] = bytes:sub(at, at + length - 1)
    at = at + length
  end
  return list
end

function params.of(captured)
  local list = captured.params
  if not list then
    list = read_all(captured)
    captured.params = list
  end
  return list
end

function params.has(captured, number) return (params.of(captured)[number] or "") ~= "" end

function params.integer(captured, number)
  local size = sizes[captured.code][number]
  if not size then return 0 end -- its type does not have it
  local bytes = params.of(captured)[number] or ""
  if size > 0 then bytes = bytes:sub(1, size) end
  local format = INTEGERS[#bytes]
  return format and format:unpack(bytes) or 0
end

function params.result(captured)
  local bytes = params.of(captured)[1] or ""
  local format = #bytes == 4 and "<i4" or #bytes == 8 and "<i8"
  return format and format:unpack(bytes) or 0
end

function params.text(captured, number)
  local bytes = params.of(captured)[number] or ""
  if bytes == "" or bytes == "(NULL)\0" then return "<NA>" end
  return bytes:match "^[^\0]*"
end

function params.split(text)
  text = text:gsub("%z$", "")
  local parts = {}
  if text == "" then return parts end
  for part in (text .. "\0"):gmatch "([^\0]*)\0" do parts[#parts + 1] = part end
  return parts
end

function params.texts(captured, number) return params.split(params.of(captured)[number] or "") end

local RENAMED = { perf = "perf_event", mem = "memory", io = "blkio" }

-- From "cpu=/a", "mem_cgroup=/b".
function params.cgroups(texts)
  local groups = {}
  for i, text in ipairs(texts) do
    local name, path = text:match "^([^=]*)=(.*)$"
    if not name then return nil end
    name = name:gsub("_cgroup", "", 1)
    groups[i] = { first = RENAMED[name] or name, second = path }
  end
  return groups
end

function params.without_deleted(path) return path:match "^(.+) %(deleted%)$" or path end

return params
