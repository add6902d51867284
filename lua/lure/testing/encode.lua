-- encode: events of the kernel as bytes, from values as scripts read them (`event.param`).
--
--   local bytes, code = encode.event { type = "openat", tid = 1, ts = ns, params = { fd = 3, name = "/etc/passwd" } }
--
-- `type`: an event's name, its symbol (PPME_…) or its number. A name is the exit of the system call in its newest
-- version, or the enter where there is no exit; with dir = ">" it is the enter. Parameters that are not given are
-- absent (their length is 0), as those of which the kernel knows nothing; `params[1]` are the bytes of the first. What
-- is wrong is thrown as a text.

local eventtypes = require "lure.eventtypes"
local text = require "lure.cli.text"

local encode = {}

local types = eventtypes.list()

local function fail(message, ...) error(message:format(...), 0) end

local function quoted(value) return type(value) == "string" and ('"%s"'):format(value) or tostring(value) end

-- ---- the type ----

local function names()
  local list, seen = {}, {}
  for _, type in ipairs(types) do
    if not type.unused and not seen[type.name] then list[#list + 1], seen[type.name] = type.name, true end
  end
  return list
end

local function is_exit(type) return type.code % 2 == 1 end

-- Whether `type` is rather meant by its name than `other`.
local function better(type, other)
  if not other then return true end
  if type.old ~= other.old then return other.old end
  if is_exit(type) ~= is_exit(other) then return is_exit(type) end
  return type.code > other.code
end

local function find(wanted, direction)
  if math.type(wanted) == "integer" then return types[wanted + 1] end
  local found
  for _, type in ipairs(types) do
    if type.symbol == wanted then return type end
    local fits = not direction or is_exit(type) == (direction == "<")
    if type.name == wanted and not type.unused and fits and better(type, found) then found = type end
  end
  return found
end

local function type_of(members)
  local wanted, direction = members.type, members.dir
  if direction ~= nil and direction ~= ">" and direction ~= "<" then
    fail('dir: expected ">" (enter) or "<" (exit), got %s', tostring(direction))
  end
  local found = (type(wanted) == "string" or math.type(wanted) == "integer") and find(wanted, direction)
  if not found and direction and find(wanted) then fail('there is no event "%s" with the dir %s', wanted, direction) end
  return found or fail('type: no event "%s"%s', tostring(wanted), text.suggestion(tostring(wanted), names()))
end

-- ---- values ----

local UNSIGNED = { uint8 = true, uint16 = true, uint32 = true, uint64 = true, flags8 = true, flags16 = true,
  flags32 = true, enumflags8 = true, enumflags16 = true, enumflags32 = true, syscallid = true, sigtype = true,
  sigset = true, port = true, uid = true, gid = true, mode = true, reltime = true, abstime = true }

-- From digits, too: those of numbers above 2^63-1.
local function integer_of(value)
  local number = math.tointeger(value)
  if number or type(value) ~= "string" or not value:find "^%d+$" then return number end
  number = 0
  for digit in value:gmatch "%d" do
    if math.ult(0x1999999999999999, number) or number == 0x1999999999999999 and digit > "5" then return nil end
    number = number * 10 + tonumber(digit)
  end
  return number
end

local function integer(value, parameter)
  local number, bits = type(value) ~= "boolean" and integer_of(value), parameter.size * 8
  local unsigned = UNSIGNED[parameter.type]
  local fits = number and (bits == 64 or unsigned and number >= 0 and number < 1 << bits
    or not unsigned and number >= -(1 << bits - 1) and number < 1 << bits - 1)
  if fits and unsigned and math.type(value) == "integer" and value < 0 then fits = false end
  if not fits then
    fail("expected an integer of %d bits%s, got %s", bits, unsigned and " from 0" or "", quoted(value))
  end
  return ("<i8"):pack(number):sub(1, parameter.size)
end

local function string_of(value)
  if type(value) ~= "string" then fail("expected a text, got a %s", type(value)) end
  return value
end

local function with_nul(value)
  if string_of(value):find("\0", 1, true) then fail "expected a text without NUL, which ends it" end
  return value .. "\0"
end

local function list_of(value, write)
  if type(value) ~= "table" then fail("expected a list, got a %s", type(value)) end
  local parts = {}
  for i, element in ipairs(value) do parts[i] = write(element) end
  return table.concat(parts), #parts
end

local function address(value, size)
  local bytes = type(value) == "string" and eventtypes.address(value)
  if not bytes or size and #bytes ~= size then
    fail("expected an %saddress, got %s", size == 4 and "IPv4 " or size == 16 and "IPv6 " or "", quoted(value))
  end
  return bytes
end

-- Numbers of families of addresses.
local UNIX, INET, INET6 = "\1", "\2", "\10"

local PORT = { type = "port", size = 2 }

-- { ip =, port = } as bytes, with the family; `size`: that of the other end.
local function socket_end(value, size)
  if type(value) ~= "table" then fail("expected { ip = ADDRESS, port = NUMBER }, got a %s", type(value)) end
  local bytes = address(value.ip, size)
  return bytes .. integer(value.port, PORT), #bytes == 4 and INET or INET6, #bytes
end

local function sockaddr(value)
  if type(value) == "table" and value.path then return UNIX .. with_nul(value.path) end
  local bytes, family = socket_end(value)
  return family .. bytes
end

local function pointer(value)
  local number = type(value) == "string" and value:find "^0x%x+$" and math.tointeger(value) or integer_of(value or 0)
  if not number then fail('expected the kernel\'s address of an end, as "0x…", got %s', quoted(value)) end
  return ("<i8"):pack(number)
end

local function socktuple(value)
  if type(value) ~= "table" then
    fail("expected { source = { ip =, port = }, destination = { ip =, port = } }, got a %s", type(value))
  end
  if value.path then return UNIX .. pointer(value.source) .. pointer(value.destination) .. with_nul(value.path) end
  local source, family, size = socket_end(value.source)
  return family .. source .. socket_end(value.destination, size)
end

local FD, FLAGS = { type = "fd", size = 8 }, { type = "flags16", size = 2 }

local function fdlist(value)
  local bytes, count = list_of(value, function(fd)
    if type(fd) ~= "table" then fail("expected a list of { fd =, flags = }, got a %s in it", type(fd)) end
    return integer(fd.fd, FD) .. integer(fd.flags or 0, FLAGS)
  end)
  return ("<I2"):pack(count) .. bytes
end

local function texts(value) return (list_of(value, with_nul)) end

-- By type; those with a size that are not here are integers. The others are the bytes themselves: of a dynamic one the
-- first says of which type it is.
local writers = { charbuf = with_nul, fspath = with_nul, fsrelpath = with_nul, charbufarray = texts,
  sockaddr = sockaddr, socktuple = socktuple, fdlist = fdlist, ipv4addr = function(value) return address(value, 4) end,
  ipv6addr = function(value) return address(value, 16) end }

local function write(value, parameter)
  if writers[parameter.type] then return writers[parameter.type](value) end
  return parameter.size > 0 and integer(value, parameter) or string_of(value)
end

-- ---- the event ----

local function number_of(type, key)
  if math.type(key) == "integer" and key >= 1 and key <= #type.parameters then return key end
  local known = {}
  for number, parameter in ipairs(type.parameters) do
    if parameter.name == key then return number end
    known[number] = parameter.name
  end
  fail('an event of the type %s has no parameter "%s"; it has: %s', type.symbol, tostring(key),
    #known > 0 and table.concat(known, ", ") or "none")
end

-- The bytes of all parameters, by number.
local function parameters_of(type, params)
  local list = {}
  for i = 1, #type.parameters do list[i] = "" end
  for key, value in pairs(params or {}) do
    local number = number_of(type, key)
    local parameter = type.parameters[number]
    local done, bytes = pcall(key == number and string_of or write, value, parameter)
    if not done then fail("parameter %s (%s): %s", key, parameter.type, bytes) end
    if #bytes > 0xFFFF and not type.wide then
      fail("parameter %s (%s): %d bytes; it may have 65535", key, parameter.type, #bytes)
    end
    list[number] = bytes
  end
  return list
end

function encode.event(members)
  local type = type_of(members)
  local list, lengths = parameters_of(type, members.params), {}
  for i, bytes in ipairs(list) do lengths[i] = (type.wide and "<I4" or "<I2"):pack(#bytes) end
  local body = table.concat(lengths) .. table.concat(list)
  return ("<i8i8I4I2I4"):pack(members.ts, members.tid, 26 + #body, type.code, #list) .. body, type.code
end

return encode
