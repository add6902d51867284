-- events: the events in a capture's blocks.
--
--   events.blocks[block_type]                   nil: it is no event
--   local event = events.read(bytes, block, total)
--                                               the whole block, whose header was taken; nil: hosts skip it
--   event.bytes                                 in libscap's layout, header included
--   event.code, event.ts, event.tid, event.cpu, event.count (of parameters)
--   event.only_state                            it is for parsers; nobody is shown it
--   event.plugin_id, event.data                 of an event of a plugin and an async one; nil: the kernel's
--   event.name                                  of an async one
--
-- Blocks of version 1 do not say how many parameters an event has: as many as fill it, at most those that its type
-- has.

local eventtypes = require "lure.eventtypes"

local events = {}

-- By number: version 1 or 2 of the event's header, `flags` of 32 bits in front, `large` where more than 64 KiB may
-- come.
events.blocks = {
  [0x204] = { version = 1 },
  [0x80 << 24 | 0x10ABCD] = { version = 1 }, -- before the first release
  [0x208] = { version = 1, flags = true },
  [0x216] = { version = 2 },
  [0x217] = { version = 2, flags = true },
  [0x221] = { version = 2, large = true },
  [0x222] = { version = 2, flags = true, large = true },
}

local PLUGIN_EVENT, ASYNC_EVENT = 322, 402

-- These say a length that is 3 too large in blocks of version 1: of "notification" and "infrastructure".
local TOO_LONG = { [280] = true, [286] = true }

-- In a block's flags.
local STATE_ONLY = 1

local HEADER = 26        -- time, thread, length, type, number of parameters
local HEADER_V1 = 22     -- without the last
local BLOCK_HEADER = 8   -- type and length of the block
local BLOCK_END = 4      -- its length again
local LONGEST = 1 << 16  -- of blocks that are not large

local types = {}
for _, row in ipairs(eventtypes.list()) do types[row.code] = row end

-- The lengths of `count` parameters at text[at]: their sum.
local function sum_of(text, at, count, width)
  local sum = 0
  local format = width == 4 and "<I4" or "<I2"
  for i = 0, count - 1 do sum = sum + format:unpack(text, at + i * width) end
  return sum
end

-- How many parameters fill the `size` bytes behind the header at text[at]; nil: no number of them does.
local function count_parameters(text, at, size, most)
  for count = most, 0, -1 do
    local lengths = count * 2
    if lengths <= size then
      local filled = lengths + sum_of(text, at, count, 2)
      if filled == size then return count end
      if filled < size then return nil end
    end
  end
end

local function read_version_1(bytes, place, text, at, capacity)
  local ts, tid, length, code = ("<i8i8I4I2"):unpack(text, at)
  if not types[code] then return nil end
  if TOO_LONG[code] then length = length - 3 end
  if length < HEADER_V1 or length > capacity then
    bytes:fail(place, "an event of %d bytes in a block that has room for %d: the file is damaged", length, capacity)
  end
  local size = length - HEADER_V1
  local count = count_parameters(text, at + HEADER_V1, size, #types[code].parameters)
  if not count then
    bytes:fail(place, "an event of the type %s whose parameters do not fill its %d bytes: the file is damaged",
      types[code].symbol, length)
  end
  local header = ("<i8i8I4I2I4"):pack(ts, tid, size + HEADER, code, count)
  return { code = code, ts = ts, tid = tid, count = count,
    bytes = header .. text:sub(at + HEADER_V1, at + length - 1) }
end

local function read_version_2(bytes, place, text, at, capacity)
  local ts, tid, length, code, count = ("<i8i8I4I2I4"):unpack(text, at)
  if not types[code] then return nil end
  if length < HEADER or length > capacity then
    bytes:fail(place, "an event of %d bytes in a block that has room for %d: the file is damaged", length, capacity)
  end
  local width = types[code].wide and 4 or 2
  local lengths = count * width
  if lengths > length - HEADER or sum_of(text, at + HEADER, count, width) > length - HEADER - lengths then
    bytes:fail(place, "the %d parameters of an event of the type %s do not fit in its %d bytes: the file is damaged",
      count, types[code].symbol, length)
  end
  return { code = code, ts = ts, tid = tid, count = count, bytes = text:sub(at, at + length - 1) }
end

-- What events of plugins and async ones have beside.
local function read_plugin_event(bytes, place, event, parameters)
  local text, lengths = event.bytes, {}
  if event.count == parameters then
    for i = 1, parameters do lengths[i] = ("<I4"):unpack(text, HEADER + i * 4 - 3) end
  end
  local at = HEADER + parameters * 4 + 1
  if lengths[1] ~= 4 or #text ~= at - 1 + sum_of(text, HEADER + 1, parameters, 4) then
    bytes:fail(place, "an event of the type %s has %d parameters, the first of 4 bytes: the file is damaged",
      types[event.code].symbol, parameters)
  end
  event.plugin_id = ("<I4"):unpack(text, at)
  if parameters == 2 then
    event.data = text:sub(at + 4)
  else
    event.name = text:sub(at + 4, at + 3 + lengths[2]):match "^[^\0]*"
    event.data = text:sub(at + 4 + lengths[2])
  end
end

function events.read(bytes, block, total)
  local place = bytes:place() - BLOCK_HEADER
  local before = block.flags and 6 or 2
  local least = BLOCK_HEADER + before + (block.version == 1 and HEADER_V1 or HEADER) + BLOCK_END
  if total < least or (total - BLOCK_HEADER > LONGEST and not block.large) then
    bytes:fail(place, "a block of %d bytes with an event, which has %d at least and %d at most: the file is damaged",
      total, least, block.large and 64 << 20 or LONGEST + BLOCK_HEADER)
  end
  local text, at = bytes:take(total - BLOCK_HEADER, "an event")
  if ("<I4"):unpack(text, at + total - BLOCK_HEADER - BLOCK_END) ~= total then
    bytes:fail(place, "the block's length at its end is not %d as at its begin: the file is damaged", total)
  end
  local read = block.version == 1 and read_version_1 or read_version_2
  local event = read(bytes, place, text, at + before, total - BLOCK_HEADER - BLOCK_END - before)
  if not event then return nil end
  event.cpu = ("<I2"):unpack(text, at)
  event.only_state = block.flags and ("<I4"):unpack(text, at + 2) & STATE_ONLY ~= 0
  if event.code == PLUGIN_EVENT then read_plugin_event(bytes, place, event, 2) end
  if event.code == ASYNC_EVENT then read_plugin_event(bytes, place, event, 3) end
  return event
end

return events
