-- reader: captures in libscap's format, as `sysdig -w` and Falco write them, in little endian, plain or of gzip.
--
--   local capture, message = reader.open(path, {        reads on up to the first event
--     begin = function() end,                           a section begins: what was known of threads is over
--     thread = function(thread) end,                    see processes.lua
--     descriptor = function(tid, fd) end,
--     interfaces = function(list) end,                  see interfaces.lua
--     user = function(what, id, entry) end,             see users.lua
--     ready = function() end,                           all threads of the section are known
--     event = function(captured) end,                   before it is given to anyone; may be missing
--     size = function() return 0 end,                   how many bytes all events have put somewhere
--     look = function() end,                            may be missing: see bytes.lua
--     most = 1 << 30,                                   bytes that threads may take; by default 1 GiB
--   })
--   local event, message = capture:next()               see events.lua; nil: the end, or what is wrong
--   capture:close()
--   reader.source_of(event, info)
--
-- A file is a row of blocks: type, length, content, length. First comes a section header, then what was known when the
-- capture began (what is known of the machine is skipped), then events. Several captures may stand in one file, one
-- behind the other. Events of types that are newer than those of this library are left out and not counted, as in
-- libscap; those of older ones become what they are today (see convert.lua).
--
-- The content is not trusted: each length is compared with what is there, and no more is read into memory than an
-- event or an entry of a list has. The threads that a section begins with, with their descriptors, may take `most`
-- bytes, and so may what events add: a small file of gzip can have any number of them.

local bytes_of = require "lure.capture.bytes"
local convert = require "lure.capture.convert"
local events = require "lure.capture.events"
local interfaces = require "lure.capture.interfaces"
local processes = require "lure.capture.processes"
local sizes = require "lure.capture.sizes"
local users = require "lure.capture.users"

local reader = {}

local Reader = {}
Reader.__index = Reader

local SECTION = 0x0A0D0D0A
local MAGIC, SWAPPED = 0x1A2B3C4D, 0x4D3C2B1A
local MAJOR = 1

local BLOCK_HEADER = 8
local BLOCK_ENDS = 12 -- header and length at the end

-- Type and length of the next block; nil: the file ends.
local function block_header(self)
  local bytes = self.bytes
  if not bytes:has(1) then return nil end
  local kind, total = ("<I4I4"):unpack(bytes:take(BLOCK_HEADER, "a block"))
  if kind ~= SECTION and total < BLOCK_ENDS then
    bytes:fail(bytes:place() - BLOCK_HEADER, "a block of %d bytes, which has 12 at least: the file is damaged", total)
  end
  return kind, total
end

local function block_end(self, total, place)
  local again = ("<I4"):unpack(self.bytes:take(4, "a block"))
  if again ~= total then
    self.bytes:fail(place, "the block's length is %d at its begin and %d at its end: the file is damaged", total, again)
  end
end

-- The section header, behind its type and length.
local function read_section(self, total)
  local bytes, place = self.bytes, self.bytes:place() - BLOCK_HEADER
  local text, at = bytes:take(16, "the section header")
  local magic, major, minor = ("<I4I2I2"):unpack(text, at)
  if magic == SWAPPED then
    bytes:fail(place, "the capture was written on a big-endian machine; only those of little-endian ones can be read")
  elseif magic ~= MAGIC then
    bytes:fail(place, "expected the number 0x1A2B3C4D of a capture, got 0x%08X", magic)
  elseif major > MAJOR then
    bytes:fail(place, "the capture has the format %d.%d; those of up to %d can be read", major, minor, MAJOR)
  elseif total < BLOCK_ENDS + 16 then
    bytes:fail(place, "a section header of %d bytes, which has 28 at least: the file is damaged", total)
  end
  bytes:skip(total - BLOCK_ENDS - 16, "the section header")
  block_end(self, total, place)
  self.charged, self.converter = 0, convert.new()
  self.on.begin()
end

-- Bytes that all threads and descriptors may take.
local MOST = 1 << 30

local function check_size(self, size)
  local most = self.on.most or MOST
  if size > most then
    self.bytes:fail(self.bytes:place(), "the processes of the capture take more than %d MiB", most >> 20)
  end
end

local function charge(self, size)
  self.charged = self.charged + size
  check_size(self, self.charged)
end

local function pass(self, event)
  if not self.on.event then return end
  self.on.event(event)
  check_size(self, self.on.size())
end

local function add_thread(self, thread)
  local size = sizes.ENTRY
  for _, value in pairs(thread) do
    if type(value) == "string" then size = size + #value end
  end
  for _, name in ipairs { "args", "env", "cgroups" } do
    for _, value in ipairs(thread[name]) do
      size = size + sizes.ELEMENT + (type(value) == "string" and #value or #value.first + #value.second)
    end
  end
  charge(self, size)
  self.on.thread(thread)
end

local function add_descriptor(self, tid, fd)
  charge(self, sizes.ENTRY + #fd.name)
  self.on.descriptor(tid, fd)
end

local function add_user(self, what, id, entry)
  charge(self, sizes.ENTRY + sizes.of(entry))
  self.on.user(what, id, entry)
end

local function read_list(self, kind, total)
  local bytes, place, size = self.bytes, self.bytes:place() - BLOCK_HEADER, total - BLOCK_ENDS
  if processes.threads[kind] then
    processes.threads[kind](bytes, size, function(thread) add_thread(self, thread) end)
  elseif processes.descriptors[kind] then
    processes.descriptors[kind](bytes, size, function(tid, fd) add_descriptor(self, tid, fd) end)
  elseif interfaces.blocks[kind] then
    self.on.interfaces(interfaces.blocks[kind](bytes, size, function() charge(self, sizes.ELEMENT) end))
  elseif users.blocks[kind] then
    users.blocks[kind](bytes, size, function(what, id, entry) add_user(self, what, id, entry) end)
  else
    bytes:skip(size, "a block")
  end
  block_end(self, total, place)
end

-- A section header and the lists behind it, up to the first event, which waits in `self.kind` and `self.total`.
local function begin_section(self, kind, total)
  local bytes = self.bytes
  if kind ~= SECTION then
    bytes:fail(bytes:place() - BLOCK_HEADER,
      "expected the section header of a capture (block 0x0A0D0D0A), got block 0x%08X", kind)
  end
  read_section(self, total)
  repeat
    kind, total = block_header(self)
    if not kind then bytes:fail(bytes:place(), "the capture has no events") end
    if not events.blocks[kind] then read_list(self, kind, total) end
  until events.blocks[kind]
  self.kind, self.total = kind, total
  self.on.ready()
end

local function begin_file(self)
  local kind, total = nil, nil
  if self.bytes:has(1) then kind, total = block_header(self) end
  if not kind then self.bytes:fail(0, "the file is empty") end
  begin_section(self, kind, total)
end

local function next_event(self)
  while true do
    local kind, total = self.kind, self.total
    self.kind = nil
    if not kind then kind, total = block_header(self) end
    if not kind then return nil end
    local block = events.blocks[kind]
    if block then
      local event = events.read(self.bytes, block, total)
      event = event and self.converter:take(event)
      if event then
        pass(self, event)
        return event
      end
    else
      begin_section(self, kind, total)
    end
  end
end

-- What f answers; nil and what is wrong with the file.
local function guarded(f, self)
  local done, result = pcall(f, self)
  if done then return result end
  return nil, bytes_of.problem(result) or error(result, 0)
end

function reader.open(path, on)
  local bytes, message = bytes_of.open(path, on.look)
  if not bytes then return nil, message end
  local self = setmetatable({ bytes = bytes, on = on }, Reader)
  local _, problem = guarded(begin_file, self)
  if not problem then return self end
  self:close()
  return nil, problem
end

function Reader:next()
  if self.problem then return nil, self.problem end
  local event, problem = guarded(next_event, self)
  self.problem = problem
  return event, problem
end

function Reader:close() self.bytes:close() end

-- The name of an event's source where only the plugin with that `info` is known; "": it is of another one.
function reader.source_of(event, info)
  if (event.plugin_id or 0) == 0 then return "syscall" end
  return event.plugin_id == info.id and info.event_source or ""
end

return reader
