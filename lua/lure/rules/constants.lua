-- constants: the texts that conditions compare fields with, read as libsinsp reads them for a type.
--
--   constants.wrapped(digits)                             an integer of 64 bits without a sign
--   local value, problem = constants.read(text, type)     a value as in fields.lua; of an "ipnet"
--                                                         { bytes =, prefix = }, as networks.lua takes them

local host = require "lure.host"

local constants = {}

-- libsinsp's buffer for one, with its NUL.
local LONGEST = 255

-- ---- numbers ----

local MOST = "18446744073709551615"

-- Is this the digits of more than `most`?
local function exceeds(digits, most)
  return #digits > #most or #digits == #most and digits > most
end

-- The digits of a number up to 2^64 - 1, in Lua's integers.
local function wrapped(digits)
  local number = 0
  for digit in digits:gmatch("%d") do number = number * 10 + math.tointeger(digit) end
  return number
end

-- As sscanf(3) reads "%lu": blanks in front, a sign, which is taken, and too large is the largest.
local function read_unsigned(text)
  local sign, digits = text:match("^[ \t\n\v\f\r]*([+-]?)0*(%d+)$")
  if not sign then return nil end
  if exceeds(digits, MOST) then return -1 end
  local number = wrapped(digits)
  return sign == "-" and -number or number
end

-- As "%ld".
local function read_signed(text)
  local sign, digits = text:match("^[ \t\n\v\f\r]*([+-]?)0*(%d+)$")
  if not sign then return nil end
  if sign == "-" then return exceeds(digits, "9223372036854775808") and math.mininteger or -wrapped(digits) end
  return exceeds(digits, "9223372036854775807") and math.maxinteger or wrapped(digits)
end

-- The length of a network's mask: 32 bits of it, then 8, as libsinsp reads it.
local function read_prefix(text)
  local number = read_unsigned(text)
  return number and number & 0xFF
end

-- ---- addresses ----

local function read_address(text)
  local bytes = host.address(text)
  if not bytes or (#bytes == 4) ~= (text:find(".", 1, true) ~= nil) then return nil end -- "::1.2.3.4": neither
  return bytes
end

local function read_ipaddr(text)
  local bytes = read_address(text)
  return bytes, ('"%s" is no IP address'):format(text)
end

local function read_ipnet(text)
  local address, mask = text:match("^([^/]*)/([^\n]*)")
  if not address then
    return nil, ('"%s" is no IP network; write its mask, as in 10.0.0.0/8 or %s/%d'):format(text, text,
      text:find(".", 1, true) and 32 or 128)
  end
  local bytes = host.address(address)
  if not bytes or (#bytes == 4) ~= (text:find(".", 1, true) ~= nil) then
    return nil, ('"%s" is no IP network'):format(text)
  end
  local prefix, most = read_prefix(mask), #bytes * 8
  if not prefix or prefix > most or prefix == 0 and most == 128 then
    return nil, ('"%s" is no IP network: expected a mask of %d to %d bits'):format(text, most == 128 and 1 or 0, most)
  end
  return { bytes = bytes, prefix = prefix }
end

-- ---- all types ----

local NO_NUMBER = '"%s" is no number; libsinsp takes decimal digits only'

local function read_number(text) return read_unsigned(text), NO_NUMBER:format(text) end

local function read_integer(text) return read_signed(text), NO_NUMBER:format(text) end

local readers = {
  string = function(text)
    if #text > LONGEST then return nil, ("a text of %d bytes; libsinsp takes at most %d"):format(#text, LONGEST) end
    return text
  end,
  bytes = function(text)
    if #text > LONGEST then return nil, ("a text of %d bytes; libsinsp takes at most %d"):format(#text, LONGEST) end
    return text
  end,
  bool = function(text)
    local value = text == "true" and 1 or text == "false" and 0 or nil
    return value, ('"%s" is neither true nor false'):format(text)
  end,
  uint64 = read_number,
  abstime = read_number,
  reltime = read_number,
  uint32 = function(text)
    local number, problem = read_number(text)
    return number and number & 0xFFFFFFFF, problem
  end,
  int64 = read_integer,
  int16 = function(text)
    local number, problem = read_integer(text)
    return number and (number + 0x8000 & 0xFFFF) - 0x8000, problem
  end,
  double = function(text) -- libsinsp reads whole numbers of 32 bits only
    local number, problem = read_integer(text)
    return number and (number + 0x80000000 & 0xFFFFFFFF) - 0x80000000 + 0.0, problem
  end,
  around = read_number,
  ipaddr = read_ipaddr,
  ipnet = read_ipnet,
}

function constants.read(text, kind)
  if kind ~= "bytes" and text:find("\0", 1, true) then return nil, "a text with a NUL, which libsinsp refuses" end
  return readers[kind](text)
end

constants.wrapped = wrapped

-- The bytes of hexadecimal digits, for bcontains and bstartswith; nil: these are none.
function constants.unhex(text)
  if text == "" or #text % 2 ~= 0 or text:find("%X") then return nil end
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

return constants
