-- sockets: addresses in captures: their texts, and what a descriptor of a socket has of them.
--
--   sockets.ipv4(bytes), sockets.ipv6(bytes)     texts: "1.2.3.4", "::1"
--   sockets.mapped(bytes)                        the 4 bytes of the IPv4 address in one of IPv6; nil: there is none
--   local tuple = sockets.read_tuple(bytes)      a parameter of the type socktuple; nil: of a family that has none
--   local address = sockets.read_address(bytes)  one of the type sockaddr: family, ip, port, path
--   sockets.tuple_text(bytes), sockets.address_text(bytes)   as hosts show the parameters
--
-- A tuple has `family`, and sip, sport, dip, dport, or source, destination and path of a socket of the file system;
-- addresses are bytes.
--
-- libsinsp keeps what it knows of a socket in a union of 37 bytes, `union`. The fields socket_… of the table are views
-- of it, so they are written together.
--
--   sockets.fields(union)                        all of them, by name
--   sockets.union(fd)                            from those that a descriptor of the table has
--   sockets.get(union, name), sockets.set(union, name, value)
--   sockets.name(type, union)                    of a connection, as hosts name it

local paths = require "lure.capture.paths"
local constants = require "lure.rules.constants"

local sockets = { UNIX = 1, INET = 2, INET6 = 10, NETLINK = 16, IPV4 = 3, IPV6 = 4, IPV4_SERVER = 5, IPV6_SERVER = 6,
  UNIX_SOCKET = 8, TCP = 2, UDP = 3, ICMP = 4, RAW = 5 }

-- ---- texts ----

function sockets.ipv4(bytes) return ("%d.%d.%d.%d"):format(bytes:byte(1, 4)) end

-- The longest run of zeros in a list of 16-bit words, of at least two: its first place and its length.
local function longest_zeros(words)
  local from, count = 0, 1
  local i = 1
  while i <= 8 do
    local j = i
    while j <= 8 and words[j] == 0 do j = j + 1 end
    if j - i > count then from, count = i, j - i end
    i = math.max(j, i + 1)
  end
  return from, count
end

-- As inet_ntop writes it.
function sockets.ipv6(bytes)
  local words = { (">I2I2I2I2I2I2I2I2"):unpack(bytes) }
  words[9] = nil -- where `unpack` has stopped
  local from, count = longest_zeros(words)
  if from == 1 and count == 6 then return "::" .. sockets.ipv4(bytes:sub(13)) end
  if from == 1 and count == 5 and words[6] == 0xFFFF then return "::ffff:" .. sockets.ipv4(bytes:sub(13)) end
  local left, right = {}, {}
  for at, word in ipairs(words) do
    if from == 0 or at < from then
      left[#left + 1] = ("%x"):format(word)
    elseif at >= from + count then
      right[#right + 1] = ("%x"):format(word)
    end
  end
  if from == 0 then return table.concat(left, ":") end
  return table.concat(left, ":") .. "::" .. table.concat(right, ":")
end

-- No address at all is taken for one of IPv4.
function sockets.mapped(bytes)
  local rest = bytes:sub(11, 16)
  if bytes:sub(1, 10) ~= ("\0"):rep(10) then return nil end
  return (rest:sub(1, 2) == "\xFF\xFF" or rest == ("\0"):rep(6)) and bytes:sub(13, 16) or nil
end

function sockets.ends_text(text, sip, sport, dip, dport)
  return ("%s:%d->%s:%d"):format(text(sip), sport, text(dip), dport)
end

-- ---- parameters ----

function sockets.read_address(bytes)
  local family = bytes:byte(1)
  if family == sockets.INET and #bytes == 7 then
    local ip, port = ("c4<I2"):unpack(bytes, 2)
    return { family = family, ip = ip, port = port }
  elseif family == sockets.INET6 and #bytes == 19 then
    local ip, port = ("c16<I2"):unpack(bytes, 2)
    return { family = family, ip = ip, port = port }
  elseif family == sockets.UNIX then
    return { family = family, path = bytes:sub(2):match "^[^\0]*" }
  end
end

function sockets.read_tuple(bytes)
  local family = bytes:byte(1)
  if family == sockets.INET and #bytes == 13 then
    local sip, sport, dip, dport = ("c4<I2c4<I2"):unpack(bytes, 2)
    return { family = family, sip = sip, sport = sport, dip = dip, dport = dport }
  elseif family == sockets.INET6 and #bytes == 37 then
    local sip, sport, dip, dport = ("c16<I2c16<I2"):unpack(bytes, 2)
    return { family = family, sip = sip, sport = sport, dip = dip, dport = dport }
  elseif family == sockets.UNIX and #bytes >= 17 then
    local source, destination = ("<i8i8"):unpack(bytes, 2)
    return { family = family, source = source, destination = destination, path = bytes:sub(18):match "^[^\0]*" }
  end
end

function sockets.address_text(bytes)
  local address = sockets.read_address(bytes)
  if not address then return ("family %d"):format(bytes:byte(1)) end
  if address.path then return paths.printable(address.path) end
  local text = address.family == sockets.INET and sockets.ipv4 or sockets.ipv6
  return ("%s:%d"):format(text(address.ip), address.port)
end

function sockets.unix_name(source, destination, path)
  return ("%x->%x %s"):format(source, destination, paths.printable(path))
end

-- How two ends are printed, and as what: those of IPv6 as IPv4 where both are that.
local function shown(is_ipv6, sip, dip)
  if not is_ipv6 then return sockets.ipv4, sip, dip end
  local source, destination = sockets.mapped(sip), sockets.mapped(dip)
  if source and destination then return sockets.ipv4, source, destination end
  return sockets.ipv6, sip, dip
end

function sockets.tuple_text(bytes)
  local tuple = sockets.read_tuple(bytes)
  if not tuple then return ("family %d"):format(bytes:byte(1)) end
  if tuple.path then return sockets.unix_name(tuple.source, tuple.destination, tuple.path) end
  local text, sip, dip = shown(tuple.family == sockets.INET6, tuple.sip, tuple.dip)
  return sockets.ends_text(text, sip, tuple.sport, dip, tuple.dport)
end

-- ---- the union ----

local SIZE = 37

-- Where each field of the table stands in it, of which type of descriptor it is, and its format.
local PLACES = {
  socket_ipv4_src_ip = { 0, 3, "<I4" },
  socket_ipv4_dest_dip = { 4, 3, "<I4" },
  socket_ipv4_src_port = { 8, 3, "<I2" },
  socket_ipv4_dst_port = { 10, 3, "<I2" },
  socket_ipv4_l4_proto = { 12, 3, "B" },
  socket_ipv6_src_ip_low = { 0, 4, "<i8" },
  socket_ipv6_src_ip_high = { 8, 4, "<i8" },
  socket_ipv6_dest_ip_low = { 16, 4, "<i8" },
  socket_ipv6_dest_ip_high = { 24, 4, "<i8" },
  socket_ipv6_src_port = { 32, 4, "<I2" },
  socket_ipv6_dst_port = { 34, 4, "<I2" },
  socket_ipv6_l4_proto = { 36, 4, "B" },
  socket_ipv4_server_ip = { 0, 5, "<I4" },
  socket_ipv4_server_port = { 4, 5, "<I2" },
  socket_ipv4_server_l4_proto = { 6, 5, "B" },
  socket_ipv6_server_ip_low = { 0, 6, "<i8" },
  socket_ipv6_server_ip_high = { 8, 6, "<i8" },
  socket_ipv6_server_port = { 16, 6, "<I2" },
  socket_ipv6_server_l4_proto = { 18, 6, "B" },
  socket_unix_src = { 0, 8, "<i8" },
  socket_unix_dest = { 8, 8, "<i8" },
}

sockets.EMPTY = ("\0"):rep(SIZE)

function sockets.put(union, at, bytes) return union:sub(1, at) .. bytes .. union:sub(at + #bytes + 1) end

function sockets.get(union, name)
  local place = PLACES[name]
  return (place[3]:unpack(union, place[1] + 1))
end

function sockets.set(union, name, value)
  local place = PLACES[name]
  return sockets.put(union, place[1], place[3]:pack(value))
end

function sockets.fields(union)
  local values = {}
  for name, place in pairs(PLACES) do values[name] = place[3]:unpack(union, place[1] + 1) end
  return values
end

-- Numbers above 2^63-1 come from the table as digits.
local function bits(value) return type(value) == "string" and constants.wrapped(value) or value end

function sockets.union(fd)
  local union = sockets.EMPTY
  for _, kind in ipairs { sockets.IPV6, fd.type } do -- those of IPv6 see all of it
    for name, place in pairs(PLACES) do
      if place[2] == kind and fd[name] then union = sockets.set(union, name, bits(fd[name])) end
    end
  end
  return union
end

-- The two addresses and ports of a connection.
function sockets.ends(type, union)
  if type == sockets.IPV4 then
    local sip, dip, sport, dport, protocol = ("c4c4<I2I2B"):unpack(union)
    return sip, sport, dip, dport, protocol
  end
  local sip, dip, sport, dport, protocol = ("c16c16<I2I2B"):unpack(union)
  return sip, sport, dip, dport, protocol
end

function sockets.set_ends(type, union, sip, sport, dip, dport)
  local bytes = (type == sockets.IPV4 and "c4c4<I2I2" or "c16c16<I2I2"):pack(sip, dip, sport, dport)
  return sockets.put(union, 0, bytes)
end

function sockets.name(type, union)
  local sip, sport, dip, dport, protocol = sockets.ends(type, union)
  local text
  text, sip, dip = shown(type == sockets.IPV6, sip, dip)
  if protocol == sockets.TCP or protocol == sockets.UDP then return sockets.ends_text(text, sip, sport, dip, dport) end
  if protocol == sockets.ICMP or protocol == sockets.RAW and type == sockets.IPV4 then
    return text(sip) .. "->" .. text(dip)
  end
  return "<unknown>"
end

return sockets
