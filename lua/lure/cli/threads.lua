-- threads: the processes and descriptors that hosts know at an event, as their fields tell of them.
--
--   local known = threads.new(table)          the table "threads" of lure.host
--   known:has(tid)   known:read(tid, name)    a field of the table, as its type has it
--   known:main(tid)                           the thread that its process began with; nil: it is not there
--   known:parent(tid)                         that of the parent; nil: it is not there
--   known:ancestor(tid, n)                    of 0 the process itself
--   known:ancestors(tid)                      parents, theirs and so on, a list, at most until one comes twice
--   known:list(tid, name)                     args, env: a list of texts;   known:cgroups(tid): of "cpuset=/a"
--   known:descriptor(tid, fd)                 its fields in a table; nil: there is none
--   known:descriptors(tid)                    a list of all that it uses
--   known:container(tid)                      the container that a plugin says it is in; "": none
--   known:absolute(tid, fd, path)             a path below the directory that fd is, -100: the working directory
--   threads.letter_of(descriptor)             "f" of a file, "4" of an IPv4 socket
--   threads.type_of(descriptor)               the same with the protocol of a socket: "4t"
--   threads.kind_of(descriptor)               "file", "ipv4"
--   threads.has_role(descriptor)              whether it is known to be a client's or a server's
--   threads.protocol_of(descriptor)           "tcp"; nil: it is none that libsinsp knows, no socket, or without a role
--   threads.protocol_number(descriptor)       of an IPv4 or IPv6 socket; nil: it is none
--   threads.ends_of(descriptor)               { bytes of the address, port } of the client and of the server, or nil

local paths = require "lure.capture.paths"
local sockets = require "lure.capture.sockets"

local threads = {}

local Threads = {}
Threads.__index = Threads

local AT_FDCWD = -100
local MAIN_THREAD = 1 << 30

function threads.new(table_of) return setmetatable({ table = table_of }, Threads) end

function Threads:read(tid, name) return (self.table:read(tid, name)) end

function Threads:has(tid) return self:read(tid, "tid") ~= nil end

function Threads:main(tid)
  local pid = self:read(tid, "pid")
  if not pid or pid == tid or self:read(tid, "flags") & MAIN_THREAD ~= 0 then return pid and tid end
  return self:has(pid) and pid or nil
end

function Threads:parent(tid)
  local main = self:main(tid)
  local parent = main and self:read(main, "ptid")
  return parent and self:main(parent)
end

function Threads:ancestor(tid, n)
  local at = self:main(tid)
  for _ = 1, n do
    if not at then return nil end
    at = self:parent(at)
  end
  return at
end

function Threads:ancestors(tid)
  local list, seen = {}, {}
  local main = self:main(tid)
  local at = main and self:read(main, "ptid")
  while at and at ~= -1 and not seen[at] and self:has(at) do
    list[#list + 1], seen[at] = at, true
    at = self:read(at, "ptid")
  end
  return list
end

-- Calls visit(list, i) for each entry of a list in the thread, and answers what it made.
local function each(self, tid, name, visit)
  local list, made = self.table:subtable(tid, name), {}
  for i = 0, list and list:size() - 1 or -1 do made[i + 1] = visit(list, i) end
  return made
end

function Threads:list(tid, name)
  return each(self, tid, name, function(list, i) return (list:read(i, "value")) end)
end

function Threads:cgroups(tid)
  return each(self, tid, "cgroups", function(list, i) return list:read(i, "first") .. "=" .. list:read(i, "second") end)
end

function Threads:descriptor(tid, fd)
  local list = self.table:subtable(tid, "file_descriptors")
  return list and (list:get(fd)) or nil
end

function Threads:descriptors(tid)
  local list = self.table:subtable(tid, "file_descriptors")
  return list and assert(list:entries()) or {}
end

function Threads:container(tid) return tostring(self:read(tid, "container_id") or "") end

-- ---- paths ----

-- nil: the directory is not known. `nameless`: where libsinsp looks if its name is "", by default in the root.
function Threads:absolute(tid, fd, path, nameless)
  if path:sub(1, 1) == "/" then return paths.join("", path) end
  if fd == AT_FDCWD then
    local main = self:main(tid)
    return paths.join(main and self:read(main, "cwd") or "./", path)
  end
  local directory = self:descriptor(tid, fd)
  if not directory then return nil end
  return paths.join(directory.name == "" and nameless or directory.name .. "/", path)
end

-- ---- types of descriptors ----

-- By libscap's number: how libsinsp calls it, and its letter.
local KINDS = {
  [0] = { "<NA>", "o" }, { "file", "f" }, { "directory", "d" }, { "ipv4", "4" }, { "ipv6", "6" }, { "ipv4", "4" },
  { "ipv6", "6" }, { "pipe", "p" }, { "unix", "u" }, { "event", "e" }, { "<NA>", "X" }, { "signalfd", "s" },
  { "eventpoll", "l" }, { "inotify", "i" }, { "timerfd", "t" }, { "netlink", "n" }, { "file", "f" }, { "bpf", "b" },
  { "userfaultfd", "u" }, { "io_uring", "r" }, { "memfd", "m" }, { "pidfd", "P" },
}
local NO_KIND <const> = { "<NA>", "?" }

local PROTOCOL_OF = { [sockets.IPV4] = "socket_ipv4_l4_proto", [sockets.IPV6] = "socket_ipv6_l4_proto",
  [sockets.IPV4_SERVER] = "socket_ipv4_server_l4_proto", [sockets.IPV6_SERVER] = "socket_ipv6_server_l4_proto" }
local PROTOCOLS = { [sockets.TCP] = "tcp", [sockets.UDP] = "udp", [sockets.ICMP] = "icmp", [sockets.RAW] = "raw" }

function threads.kind_of(descriptor) return (KINDS[descriptor.type] or NO_KIND)[1] end

function threads.letter_of(descriptor) return (KINDS[descriptor.type] or NO_KIND)[2] end

-- In the flags of a descriptor.
local CLIENT, SERVER = 1 << 2, 1 << 3

function threads.has_role(descriptor) return descriptor.flags & (CLIENT | SERVER) ~= 0 end

function threads.protocol_of(descriptor)
  local number = threads.protocol_number(descriptor)
  local is_connection = descriptor.type == sockets.IPV4 or descriptor.type == sockets.IPV6
  if is_connection and number ~= sockets.RAW and not threads.has_role(descriptor) then return nil end
  return PROTOCOLS[number]
end

function threads.protocol_number(descriptor)
  local field = PROTOCOL_OF[descriptor.type]
  return field and descriptor[field]
end

function threads.type_of(descriptor)
  return threads.letter_of(descriptor) .. (threads.protocol_of(descriptor) or ""):sub(1, 1)
end

-- ---- addresses of descriptors ----

-- The client's end of a connection, as bytes and a port, and that of the server; nil: there is none.
function threads.ends_of(fd)
  local union = sockets.union(fd)
  if fd.type == sockets.IPV4 or fd.type == sockets.IPV6 then
    local sip, sport, dip, dport = sockets.ends(fd.type, union)
    return { sip, sport }, { dip, dport }
  elseif fd.type == sockets.IPV4_SERVER then
    return nil, { union:sub(1, 4), fd.socket_ipv4_server_port }
  elseif fd.type == sockets.IPV6_SERVER then
    return nil, { union:sub(1, 16), fd.socket_ipv6_server_port }
  end
end

return threads
