-- traffic: what reading from sockets and writing to them tells of their ends, as libsinsp takes it.
--
--   traffic.handlers[symbol](event)      `event`: see state.lua
--
-- A datagram may come from anywhere: the socket has the ends of the last one. A socket that nobody saw being made is
-- taken for one of UDP.

local connections = require "lure.capture.connections"
local interfaces = require "lure.capture.interfaces"
local params = require "lure.capture.params"
local sockets = require "lure.capture.sockets"

local has, integer = params.has, params.integer

local traffic = { handlers = {} }

-- Of a descriptor's flags.
local CLIENT, SERVER = connections.CLIENT, connections.SERVER

local DATAGRAM, UDP = 2, 17

local function tuple_of(event, number)
  local tuple = has(event.captured, number) and sockets.read_tuple(params.of(event.captured)[number]) or nil
  if tuple then tuple.number = number end
  return tuple
end

-- ---- who is the client ----

-- Whether a socket of IPv4 of the process has that port: at its destination, or where it listens; at its source.
local function has_port(thread, at_source, port)
  for _, fd in ipairs(thread:descriptors():entries()) do
    if fd.type == sockets.IPV4 then
      if port == (at_source and fd.socket_ipv4_src_port or fd.socket_ipv4_dst_port) then return true end
    elseif fd.type == sockets.IPV4_SERVER and not at_source and port == fd.socket_ipv4_server_port then
      return true
    end
  end
  return false
end

-- The role of a socket that has none yet. libsinsp looks at the ports of IPv4 whatever the socket is, and finds the
-- socket itself among those of its process, so that of IPv4 are servers where they read first.
local function guess_role(event, fd, is_read)
  local thread, union = event.thread, fd.union
  if fd.type ~= sockets.IPV4 then
    if not has_port(thread, false, sockets.get(union, "socket_ipv4_dst_port")) then return CLIENT end
    if not has_port(thread, true, sockets.get(union, "socket_ipv4_src_port")) then return SERVER end
  end
  return is_read and SERVER or CLIENT
end

-- ---- the ends ----

-- What a socket is that listened before.
local function was_server(fd)
  if fd.type ~= sockets.IPV4_SERVER then return fd.union end
  return sockets.set(fd.union, "socket_ipv4_l4_proto", sockets.get(fd.union, "socket_ipv4_server_l4_proto"))
end

local function with_protocol(type, union)
  local name = type == sockets.IPV4 and "socket_ipv4_l4_proto" or "socket_ipv6_l4_proto"
  return sockets.get(union, name) == 0 and sockets.set(union, name, sockets.UDP) or union
end

-- Takes over the ends that a datagram tells. A descriptor is not made one of IPv6: what it was taken for before stays,
-- whatever the addresses are.
local function set_ends(event, fd, tuple, is_read)
  local kind, known = connections.of_tuple(tuple)
  local union, type = fd.union, kind == sockets.IPV4 and kind or fd.type
  if tuple.family == sockets.INET then union = was_server(fd) end
  local changed
  union, changed = connections.with_ends(kind, type == kind, union, known)
  if not changed then return event:change_fd { type = type, union = union } end
  if not connections.is_one(type) then
    return event:change_fd { union = union, name = sockets.tuple_text(params.of(event.captured)[tuple.number]) }
  end
  fd.type, fd.union = type, interfaces.complete(event.state.interfaces, type, with_protocol(type, union))
  event:change_fd { type = type, union = fd.union }
  local role = fd.flags & (CLIENT | SERVER)
  if role == 0 then role = guess_role(event, fd, is_read) end
  if role & (is_read and CLIENT or SERVER) ~= 0 then fd.union = connections.turn(type, fd.union) end
  event:change_fd { union = fd.union, flags = fd.flags | role, name = sockets.name(type, fd.union) }
end

local function take_tuple(event, number, is_read)
  local fd = event:used_fd()
  if not fd then return end -- the number is below 0
  local is_tcp = fd.type == sockets.IPV4 and sockets.get(fd.union, "socket_ipv4_l4_proto") == sockets.TCP
  local tuple = (fd.name == "" or not is_tcp) and tuple_of(event, number)
  if not tuple then return end
  if tuple.path then
    event:change_fd { type = sockets.UNIX_SOCKET, union = connections.with_unix(fd.union, tuple),
      name = sockets.unix_name(tuple.source, tuple.destination, tuple.path) }
  else
    set_ends(event, fd, tuple, is_read)
  end
end

-- `number`: of the parameter that has the ends, if there is one.
local function transfer(number, is_read)
  return function(event)
    if not event.fd or event.result < 0 then return end
    local list = event.thread:descriptors()
    local type = list:read(event.fd, "type")
    if connections.is_one(type) then
      local flags = list:read(event.fd, "flags")
      local connected = connections.connected(flags)
      if flags ~= connected then list:write(event.fd, "flags", connected) end
    end
    if number then take_tuple(event, number, is_read) end
  end
end

-- A socket that is written to and not known is taken for one of UDP.
local function send(number)
  local handler = transfer(number, false)
  return function(event)
    local tuple = not event.fd and event.result >= 0 and tuple_of(event, 5)
    if tuple and not tuple.path then
      connections.add(event, integer(event.captured, 3), tuple.family, DATAGRAM, UDP)
    end
    handler(event)
  end
end

local handlers = traffic.handlers

for name, number in pairs { RECVFROM = 3, RECVMSG = 4, RECVMMSG = 5, RECV = 5 } do
  handlers["SOCKET_" .. name .. "_X"] = transfer(number, true)
end
for _, name in ipairs { "SEND", "SENDTO", "SENDMSG" } do handlers["SOCKET_" .. name .. "_X"] = send(5) end
handlers.SOCKET_SENDMMSG_X = transfer(5, false)
for _, name in ipairs { "READ", "WRITE", "READV", "WRITEV", "PREAD", "PWRITE", "PREADV", "PWRITEV" } do
  handlers["SYSCALL_" .. name .. "_X"] = transfer(nil)
end

return traffic
