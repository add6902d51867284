-- socketfields: the two ends of a connection, fd.cip, fd.lport and the like: rows for kernelfields.lua.
--
-- Client and server (c, s) are who has connected and who was waiting; local and remote (l, r) are told apart by the
-- addresses of the machine that a capture was made on. A connection of which nobody knows who began it has neither.
-- Addresses are texts.

local sockets = require "lure.capture.sockets"
local interfaces = require "lure.capture.interfaces"
local eventdescriptor = require "lure.cli.eventdescriptor"
local lazily = require "lure.cli.lazily"
local threads = require "lure.cli.threads"

local eventtypes = lazily "lure.eventtypes"

local of_descriptor = eventdescriptor.field

-- A flag of a descriptor.
local CONNECTED <const> = 1 << 13

local has_role = threads.has_role

local function is_listening(descriptor)
  return descriptor.type == sockets.IPV4_SERVER or descriptor.type == sockets.IPV6_SERVER
end

-- ---- one end: { bytes of the address, port }, or nil ----

local function client(descriptor) return has_role(descriptor) and (threads.ends_of(descriptor)) or nil end

local function server(descriptor)
  local _, found = threads.ends_of(descriptor)
  return has_role(descriptor) and found or nil
end

-- The port of a socket that listens is known, too, where it has no role.
local function server_of_port(descriptor)
  if not is_listening(descriptor) then return server(descriptor) end
  local _, found = threads.ends_of(descriptor)
  return found
end

local function is_of_machine(view, descriptor, address)
  local state = view.captured.state
  if view.threads:container(view.captured.thread) ~= "" then return false end -- it has addresses of its own
  return state ~= nil and interfaces.has(state.interfaces, descriptor.type, address)
end

-- The end that is this machine's, and the other.
local function sides(descriptor, view)
  local from, to = threads.ends_of(descriptor)
  if not from or not has_role(descriptor) then return nil end
  if is_of_machine(view, descriptor, from[1]) then return from, to end
  return to, from
end

local function near(descriptor, view) return (sides(descriptor, view)) end

local function far(descriptor, view) return (select(2, sides(descriptor, view))) end

-- ---- what is told of it ----

local function address(one) return eventtypes.address_text(one[1]) end

local function port(one) return one[2] end

-- What `part` says of the end that `find` tells.
local function of_end(find, part)
  return of_descriptor(function(descriptor, view)
    local found = find(descriptor, view)
    return found and part(found)
  end)
end

local function never() return false end

-- libsinsp names no protocols unless it is told to: it is the port as a text, and "" of the others that have `none`.
local function protocol(find, none)
  return of_descriptor(function(descriptor, view)
    local found = not is_listening(descriptor) and find(descriptor, view)
    if found then return ("%d"):format(port(found)) end
    return none(descriptor) and "" or nil
  end)
end

-- Of both ends what `part` is of each: conditions are true if they are of one of the two.
local function each_end(part)
  return of_descriptor(function(descriptor)
    local list = {}
    local first, second = threads.ends_of(descriptor)
    for _, one in pairs { first or second, second } do list[#list + 1] = part(one) end
    return list
  end)
end

local function is_server(descriptor, view)
  if is_listening(descriptor) then return true end
  local _, to = threads.ends_of(descriptor)
  return to ~= nil and is_of_machine(view, descriptor, to[1])
end

local function family(descriptor)
  if descriptor.type == sockets.UNIX_SOCKET then return "unix" end
  return threads.protocol_number(descriptor) and "ip" or nil
end

local function nothing() return nil end

local rows = {
  { "fd.ip", "ipaddr", nothing, each = each_end(address), all = true, only_compared = true },
  { "fd.net", "ipnet", nothing, each = each_end(address), all = true, only_compared = true },
  { "fd.port", "uint64", nothing, each = each_end(port), all = true, only_compared = true },
  { "fd.proto", "uint64", nothing, each = each_end(port), all = true, only_compared = true },
  { "fd.l4proto", "string", of_descriptor(function(fd) return threads.protocol_of(fd) or "<NA>" end) },
  { "fd.sockfamily", "string", of_descriptor(family) },
  { "fd.connected", "bool", of_descriptor(function(fd) return fd.flags & CONNECTED ~= 0 end) },
  { "fd.is_server", "bool", of_descriptor(is_server) },
}

local no_protocol = { c = has_role, s = is_listening, l = never, r = never }

for letter, find in pairs { c = client, s = server, l = near, r = far } do
  local with_port = find == server and server_of_port or find
  table.move({
    { ("fd.%sip"):format(letter), "ipaddr", of_end(find, address) },
    { ("fd.%snet"):format(letter), "ipnet", of_end(find, address), only_compared = true },
    { ("fd.%sport"):format(letter), "uint64", of_end(with_port, port) },
    { ("fd.%sproto"):format(letter), "string", protocol(find, no_protocol[letter]) },
  }, 1, 4, #rows + 1, rows)
end

return rows
