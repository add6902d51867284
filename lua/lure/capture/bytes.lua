-- bytes: the bytes of a capture, read in order and in pieces, whatever the size of the file.
--
--   local bytes, message = bytes.open(path, look)
--                                               a file of gzip is unpacked; `look()`, if it is there, is called
--                                               for each 64 KiB that are read: what it throws ends that
--   bytes:has(count)                            whether so many bytes follow
--   local text, at = bytes:take(count, "a machine block")
--                                               they begin at text[at]; the place moves on
--   bytes:skip(count, what)
--   bytes:place()                               how many bytes were taken and skipped
--   bytes:fail(place, format, ...)              throws what is wrong there: see bytes.problem
--   bytes:close()
--
-- Where bytes are missing `what` is said to be cut off.

local filebytes = require "lure.filebytes"

local bytes = {}

local Bytes = {}
Bytes.__index = Bytes

local PIECE = 65536

-- The largest event that hosts accept has 64 MiB; its block is a little longer.
local MOST = (64 << 20) + 65536

local Problem = { __tostring = function(problem) return problem.message end }

-- The message of an error that `fail` threw; nil: it is another one.
function bytes.problem(thrown) return getmetatable(thrown) == Problem and thrown.message or nil end

function bytes.open(path, look)
  local file, message = filebytes.open(path)
  if not file then return nil, ("%s: %s"):format(path, message) end
  return setmetatable({ path = path, file = file, look = look or function() end, text = "", at = 1, before = 0 }, Bytes)
end

function Bytes:fail(place, problem, ...)
  local message = ("%s: byte %d: %s"):format(self.path, place, problem:format(...))
  error(setmetatable({ message = message }, Problem), 0)
end

function Bytes:place() return self.before + self.at - 1 end

-- Reads on until so many bytes are there, or the file ends.
local function fill(self, count)
  local parts = { self.text:sub(self.at) }
  local have = #parts[1]
  self.before, self.at = self.before + self.at - 1, 1
  while have < count do
    self.look()
    local piece, message = self.file:read(self.before + have, PIECE)
    if not piece then
      self.text = table.concat(parts)
      self:fail(self.before + have, "%s", message)
    elseif piece == "" then
      break
    end
    parts[#parts + 1], have = piece, have + #piece
  end
  self.text = table.concat(parts)
  return have >= count
end

function Bytes:has(count) return #self.text - self.at + 1 >= count or fill(self, count) end

function Bytes:take(count, what)
  if count > MOST then
    self:fail(self:place(), "%s of %d bytes; at most 64 MiB are possible: the file is damaged", what, count)
  end
  if not self:has(count) then
    self:fail(self:place(), "%s has %d bytes here, not %d: the file is cut off, or damaged", what,
      #self.text - self.at + 1, count)
  end
  local at = self.at
  self.at = at + count
  return self.text, at
end

function Bytes:skip(count, what)
  while count > PIECE do
    self:take(PIECE, what)
    count = count - PIECE
  end
  self:take(count, what)
end

function Bytes:close() self.file:close() end

return bytes
