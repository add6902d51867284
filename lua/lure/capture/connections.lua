-- connections: sockets that events of the kernel make, bind and connect, as libsinsp takes them.
--
--   connections.handlers[symbol](event)             `event`: see state.lua
--
-- For traffic.lua:
--
--   connections.add(event, number, domain, type, protocol)
--   local type, tuple = connections.of_tuple(tuple)      what descriptor it makes, with addresses of that kind
--   local union, changed = connections.with_ends(type, is_known, union, tuple)
--   connections.is_one(type)                        whether a descriptor of this type is a connection
--   connections.turn(type, union)                   source and destination change places
--   connections.with_unix(union, tuple)
--   connections.connected(flags)                    of a descriptor

local params = require "lure.capture.params"
local sockets = require "lure.capture.sockets"

local has, integer = params.has, params.integer

local connections = { handlers = {}, CLIENT = 1 << 2, SERVER = 1 << 3 }

local handlers = connections.handlers

-- Types of descriptors that are no connections (SCAP_FD_*).
local UNKNOWN, NETLINK = 0, 15

-- Of a descriptor's flags.
local CLIENT, SERVER, CONNECTED, PENDING, FAILED = connections.CLIENT, connections.SERVER, 1 << 13, 1 << 15, 1 << 16

-- ---- new ones ----

local IP, ICMP, TCP, UDP, RAW_IP = 0, 1, 6, 17, 255
local STREAM, DATAGRAM, RAW = 1, 2, 3

local PROTOCOLS = { [TCP] = sockets.TCP, [UDP] = sockets.UDP, [ICMP] = sockets.ICMP, [RAW_IP] = sockets.RAW }

local function protocol_of(type, protocol)
  if protocol == IP then -- of flags in `type` nothing is wanted
    type = type & 0xFF
    return type == STREAM and sockets.TCP or type == DATAGRAM and sockets.UDP or 0
  end
  return PROTOCOLS[protocol] and type == RAW and sockets.RAW or PROTOCOLS[protocol] or 0
end

function connections.add(event, number, domain, type, protocol)
  local fd = { type = UNKNOWN, union = sockets.EMPTY }
  if domain == sockets.UNIX then
    fd.type = sockets.UNIX_SOCKET
  elseif domain == sockets.INET then
    fd.type = sockets.IPV4
    fd.union = sockets.set(fd.union, "socket_ipv4_l4_proto", protocol_of(type, protocol))
  elseif domain == sockets.INET6 then
    fd.type = sockets.IPV6
    fd.union = sockets.set(fd.union, "socket_ipv6_l4_proto", protocol_of(type, protocol))
  elseif domain == sockets.NETLINK then
    fd.type = NETLINK
  end
  event:add_fd(number, fd)
end

function handlers.SOCKET_SOCKET_X(event)
  if event.result < 0 then return end
  local captured = event.captured
  connections.add(event, event.result, integer(captured, 2), integer(captured, 3), integer(captured, 4))
end

function handlers.SOCKET_SOCKETPAIR_X(event)
  local captured = event.captured
  local one, other = integer(captured, 2), integer(captured, 3)
  if event.result < 0 or one == other then return end
  local union = sockets.set(sockets.EMPTY, "socket_unix_src", integer(captured, 4))
  union = sockets.set(union, "socket_unix_dest", integer(captured, 5))
  event:add_fd(other, { type = sockets.UNIX_SOCKET, union = union })
  event:add_fd(one, { type = sockets.UNIX_SOCKET, union = union })
end

-- What the union of a socket becomes that listens at this address; nil: it does not.
local function server_of(fd, address)
  local port = address and address.port or 0
  if port == 0 then return nil end
  local v4 = sockets.get(fd.union, "socket_ipv4_l4_proto")
  local v6 = sockets.get(fd.union, "socket_ipv6_l4_proto")
  local ip = address.family == sockets.INET and address.ip or sockets.mapped(address.ip)
  if ip then
    local protocol = address.family == sockets.INET and v4 or v6
    return sockets.IPV4_SERVER, sockets.put(fd.union, 0, ip .. ("<I2B"):pack(port, protocol))
  end
  return sockets.IPV6_SERVER, sockets.put(fd.union, 0, address.ip .. ("<I2"):pack(port) .. string.char(v6))
end

function handlers.SOCKET_BIND_X(event)
  local fd = event:used_fd()
  if not fd or event.result < 0 or not has(event.captured, 2) then return end
  local bytes = params.of(event.captured)[2]
  local type, union = server_of(fd, sockets.read_address(bytes))
  event:change_fd { type = type, union = union, flags = type and fd.flags | SERVER or nil,
    name = sockets.address_text(bytes) }
end

-- ---- connections ----

-- The union of a connection with the ends of `tuple`, unless it is known to have them, in this order or the other. The
-- second value: whether something is new.
function connections.with_ends(type, is_known, union, tuple)
  local sip, sport, dip, dport = sockets.ends(type, union)
  local same = sip == tuple.sip and sport == tuple.sport and dip == tuple.dip and dport == tuple.dport
  local turned = sip == tuple.dip and sport == tuple.dport and dip == tuple.sip and dport == tuple.sport
  if is_known and (same or turned) then return union, false end
  return sockets.set_ends(type, union, tuple.sip, tuple.sport, tuple.dip, tuple.dport), not same
end

function connections.is_one(type) return type == sockets.IPV4 or type == sockets.IPV6 end

function connections.turn(type, union)
  local sip, sport, dip, dport = sockets.ends(type, union)
  return sockets.set_ends(type, union, dip, dport, sip, sport)
end

-- A tuple of IPv6 whose addresses are of IPv4 is one of IPv4.
function connections.of_tuple(tuple)
  if tuple.family == sockets.INET then return sockets.IPV4, tuple end
  local source, destination = sockets.mapped(tuple.sip), sockets.mapped(tuple.dip)
  if not source or not destination then return sockets.IPV6, tuple end
  return sockets.IPV4, { sip = source, sport = tuple.sport, dip = destination, dport = tuple.dport }
end

-- The destination is that of the enter event if the exit event tells the one that the process says: it may have changed
-- that meanwhile. If it tells another one, the kernel does.
local function choose_destination(event, tuple)
  local told = has(event.captured, 4) and sockets.read_address(params.of(event.captured)[4])
  local asked = event.enter and has(event.enter, 2) and sockets.read_address(params.of(event.enter)[2])
  if not told or not asked or told.family ~= tuple.family or asked.family ~= tuple.family then return end
  if tuple.path then
    if told.path == tuple.path then tuple.path = asked.path end
  elseif told.ip == tuple.dip and told.port == tuple.dport then
    tuple.dip, tuple.dport = asked.ip, asked.port
  end
end

function connections.connected(flags) return flags & ~(PENDING | FAILED) | CONNECTED end

local function with_role(flags, role) return flags & (CLIENT | SERVER) == 0 and flags | role or flags end

function connections.with_unix(union, tuple)
  return sockets.set(sockets.set(union, "socket_unix_src", tuple.source), "socket_unix_dest", tuple.destination)
end

local function connect_to(event, fd, tuple)
  choose_destination(event, tuple)
  if tuple.path then
    if fd.type ~= sockets.UNIX_SOCKET then return event:change_fd { flags = connections.connected(fd.flags) } end
    return event:change_fd { union = connections.with_unix(fd.union, tuple),
      flags = with_role(connections.connected(fd.flags), CLIENT),
      name = sockets.unix_name(tuple.source, tuple.destination, tuple.path) }
  end
  local type, known = connections.of_tuple(tuple)
  local union, changed = connections.with_ends(type, true, fd.union, known)
  if changed and fd.flags & SERVER ~= 0 and type == sockets.IPV4
    and sockets.get(union, "socket_ipv4_l4_proto") == sockets.UDP then
    union = connections.turn(type, union)
  end
  event:change_fd { type = type, union = union, flags = with_role(connections.connected(fd.flags), CLIENT),
    name = sockets.name(type, union) }
end

-- A connection of which only the address is known that was asked for.
local function connect_without_tuple(event, fd)
  local asked = event.enter and has(event.enter, 2) and sockets.read_address(params.of(event.enter)[2])
  local changes = { flags = connections.connected(fd.flags) }
  if asked and asked.ip then
    local ip = asked.family == sockets.INET and asked.ip or sockets.mapped(asked.ip)
    changes.type = ip and sockets.IPV4 or sockets.IPV6
    local sip, sport = sockets.ends(changes.type, fd.union)
    changes.union = sockets.set_ends(changes.type, fd.union, sip, sport, ip or asked.ip, asked.port)
  elseif event.enter and has(event.enter, 2) then
    changes.name = "NULL"
  end
  event:change_fd(changes)
end

local IN_PROGRESS = -115

function handlers.SOCKET_CONNECT_X(event)
  local fd = event:used_fd()
  if not fd or event.result < 0 and event.result ~= IN_PROGRESS then return end
  if not has(event.captured, 2) then return connect_without_tuple(event, fd) end
  local tuple = sockets.read_tuple(params.of(event.captured)[2])
  if not tuple then return event:change_fd { flags = connections.connected(fd.flags) } end
  connect_to(event, fd, tuple)
end

local function accept(event)
  if event.result < 0 then return end
  event.thread.last_fd = event.result
  if not has(event.captured, 2) then return end
  local bytes = params.of(event.captured)[2]
  local tuple = sockets.read_tuple(bytes)
  if not tuple then return end
  local fd = { type = sockets.UNIX_SOCKET, flags = SERVER | CONNECTED, name = sockets.tuple_text(bytes) }
  if tuple.path then
    fd.union = connections.with_unix(sockets.EMPTY, tuple)
  else
    local type, known = connections.of_tuple(tuple)
    fd.type, fd.union = type, connections.with_ends(type, false, sockets.EMPTY, known)
    local protocol = type == sockets.IPV4 and "socket_ipv4_l4_proto" or "socket_ipv6_l4_proto"
    fd.union = sockets.set(fd.union, protocol, sockets.TCP)
  end
  event:add_fd(event.result, fd)
end

handlers.SOCKET_ACCEPT_5_X, handlers.SOCKET_ACCEPT4_6_X = accept, accept

return connections
