-- entries: the lists in a capture's blocks, one value after the other, never beyond the block.
--
--   local entries = entries.new(bytes, size, "the process list")
--   while entries:more() do
--     entries:begin(has_length)       has_length: an entry begins with its length
--     entries:number "<i8"            a value of 8 bytes, or of what the format says
--     entries:raw(4)                  as many bytes
--     entries:text()                  16 bits of length, then as many bytes
--     entries:optional("<I4", other)  where the entry has it; `other` where an older one ends before
--     entries:finish()                skips what newer versions have added to the entry
--   end
--   entries:close()                   the padding

local entries = {}

local Entries = {}
Entries.__index = Entries

-- The shortest entry that there can be; what is left is padding then.
local LEAST = 4

function entries.new(bytes, size, what) return setmetatable({ bytes = bytes, left = size, what = what }, Entries) end

function Entries:more() return self.left >= LEAST end

local function take(self, count)
  if count > self.left then
    self.bytes:fail(self.bytes:place(), "%s ends %d bytes before its last entry: the file is damaged", self.what,
      count - self.left)
  end
  self.left = self.left - count
  self.read = self.read + count
  return self.bytes:take(count, self.what)
end

function Entries:number(format)
  local text, at = take(self, format:packsize())
  return (format:unpack(text, at))
end

function Entries:raw(count)
  local text, at = take(self, count)
  return text:sub(at, at + count - 1)
end

function Entries:text() return self:raw(self:number "<I2") end

-- A text that a C program ends at its first NUL.
function Entries:name() return self:text():match "^[^\0]*" end

-- `length` 0: the entry does not say how long it is, and has nothing optional.
function Entries:begin(has_length)
  self.read, self.from = 0, self.bytes:place()
  self.length = has_length and self:number "<I4" or 0
end

-- How many bytes of the entry are left, as it says.
function Entries:rest() return self.length > 0 and self.length - self.read or 0 end

function Entries:optional(format, other)
  if self:rest() < format:packsize() then return other end
  return self:number(format)
end

function Entries:finish()
  if self.length == 0 then return end
  if self.read > self.length then
    self.bytes:fail(self.from, "an entry of %s says that it has %d bytes, and has %d: the file is damaged", self.what,
      self.length, self.read)
  end
  local rest = self:rest()
  if rest > self.left then take(self, rest) end -- which fails
  self.left = self.left - rest
  self.bytes:skip(rest, self.what)
end

function Entries:close() self.bytes:skip(self.left, self.what) end

return entries
