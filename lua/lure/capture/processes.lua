-- processes: the threads that a capture begins with, and their file descriptors.
--
--   processes.threads[block_type](bytes, size, visit)       visit { tid =, pid =, …, args = list, env =, cgroups =,
--                                                           resources = see resources.lua }
--   processes.descriptors[block_type](bytes, size, visit)   visit(tid, { fd =, type =, name =, … })
--   processes.server_port(fd)                               nil: it does not listen
--   processes.choose_role(fd, server_ports)                 of a connection, when all ports are known
--
-- The members are the fields of libsinsp's table "threads" (0.23), with the values that it has there; what there is of
-- a socket stands in `union` (see sockets.lua). The layout is that of libscap's nine versions of the process list and
-- two of the descriptors.

local entries = require "lure.capture.entries"
local params = require "lure.capture.params"
local paths = require "lure.capture.paths"
local resources = require "lure.capture.resources"
local sockets = require "lure.capture.sockets"

local processes = { threads = {}, descriptors = {} }

local NO_USER = 0xFFFFFFFF

-- Set in the flags of all threads that were there before the first event: the name is known, and the thread runs.
local OF_ALL = 1 << 17 | 1 << 19

local MAIN_THREAD = 1 << 30

-- ---- threads ----

-- What came with version 9, and later at its end. Versions of libscap before 0.10 do not have `pidns_init_start_ts` and
-- `tty`, which stand in front of what they have: then no more is left than that.
local OF_OLD_VERSIONS = 29

local function read_newest(list, thread)
  if list:rest() > OF_OLD_VERSIONS then
    thread.pidns_init_start_ts = list:optional("<I8", 0)
    thread.tty = list:optional("<I4", 0)
  end
  thread.loginuid = list:optional("<I4", NO_USER)
  thread.exe_writable = list:optional("B", 0) ~= 0
  local own = thread.resources
  for _, name in ipairs { "inheritable", "permitted", "effective" } do own[name] = list:optional("<i8", 0) end
  thread.exe_upper_layer = list:optional("B", 0) ~= 0
  thread.exe_ino = list:optional("<I8", 0)
  thread.exe_ino_ctime = list:optional("<I8", 0)
  thread.exe_ino_mtime = list:optional("<I8", 0)
  thread.exe_from_memfd = list:optional("B", 0) ~= 0
  thread.exe_lower_layer = list:optional("B", 0) ~= 0
  thread.pgid = list:optional("<i8", -1)
end

-- Environment and working directory are those of the process: its other threads have none of their own.
local function keep_of_process(thread)
  if thread.tid ~= thread.pid and thread.flags & MAIN_THREAD == 0 then
    thread.env, thread.cwd = {}, ""
  else
    thread.cwd = paths.directory("", thread.cwd)
  end
end

local function read_thread(list, version)
  local thread = { reaper_tid = -1, sid = -1, vpgid = -1, vtid = -1, vpid = -1, exe_path = "", root = "",
    pidns_init_start_ts = 0, tty = 0, env = {}, cgroups = {}, resources = resources.new() }
  thread.tid, thread.pid, thread.ptid = list:number "<i8", list:number "<i8", list:number "<i8"
  if version >= 6 then thread.sid = list:number "<i8" end
  if version >= 8 then thread.vpgid = list:number "<i8" end
  thread.comm, thread.exe = list:name(), list:name()
  if version >= 7 then thread.exe_path = params.without_deleted(list:name()) end
  thread.args = params.split(list:text())
  thread.cwd = list:name()
  thread.fd_limit = list:number "<i8"
  thread.flags = list:number "<I4" | OF_ALL
  thread.uid, thread.gid = list:number "<I4", list:number "<I4"
  if version >= 2 then
    local own = thread.resources
    own.vmsize, own.vmrss, own.vmswap = list:number "<I4", list:number "<I4", list:number "<I4"
    own.pfmajor, own.pfminor = list:number "<i8", list:number "<i8"
  end
  if version >= 3 then thread.env = params.split(list:text()) end
  if version >= 4 then
    thread.vtid, thread.vpid = list:number "<i8", list:number "<i8"
    thread.cgroups = params.cgroups(params.split(list:text())) or {}
  end
  if version >= 5 then thread.root = list:name() end
  read_newest(list, thread)
  keep_of_process(thread)
  return thread
end

local function reader_of_threads(version)
  return function(bytes, size, visit)
    local list = entries.new(bytes, size, "the process list")
    while list:more() do
      list:begin(version >= 9)
      local thread = read_thread(list, version)
      list:finish()
      visit(thread)
    end
    list:close()
  end
end

-- The numbers of the blocks, by version; the second are those from before the first release.
for version, numbers in ipairs { { 0x202, 0x8000ABCD }, { 0x207, 0x8013ABCD }, { 0x209, 0x8014ABCD }, { 0x210 },
  { 0x211 }, { 0x212 }, { 0x213 }, { 0x214 }, { 0x215 } } do
  for _, number in ipairs(numbers) do processes.threads[number] = reader_of_threads(version) end
end

-- ---- file descriptors ----

-- Types of descriptors (SCAP_FD_*).
local NO_TYPE, UNIX, UNSUPPORTED = 0, 8, 10
local IPV4, IPV6 = sockets.IPV4, sockets.IPV6

-- What a descriptor has of a socket. A connection of IPv6 between two addresses of IPv4 is one of IPv4.
local function set_socket(fd, type, bytes)
  fd.type, fd.union = type, sockets.put(sockets.EMPTY, 0, bytes)
end

local function set_ends(fd, type, sip, dip, from, to, protocol)
  local text = type == IPV4 and sockets.ipv4 or sockets.ipv6
  set_socket(fd, type, sip .. dip .. ("<I2I2B"):pack(from, to, protocol))
  fd.name = sockets.ends_text(text, sip, from, dip, to)
end

local function read_ipv4(list, fd)
  set_ends(fd, IPV4, list:raw(4), list:raw(4), list:number "<I2", list:number "<I2", list:number "B")
end

local function read_ipv6(list, fd)
  local sip, dip = list:raw(16), list:raw(16)
  local from, to, protocol = list:number "<I2", list:number "<I2", list:number "B"
  local source, destination = sockets.mapped(sip), sockets.mapped(dip)
  if source and destination then
    set_ends(fd, IPV4, source, destination, from, to, protocol)
  else
    set_ends(fd, IPV6, sip, dip, from, to, protocol)
  end
end

-- One that listens.
local function reader_of_server(size, text)
  return function(list, fd)
    local ip, port, protocol = list:raw(size), list:number "<I2", list:number "B"
    set_socket(fd, fd.type, ip .. ("<I2B"):pack(port, protocol))
    fd.name = ("%s:%d"):format(text(ip), port)
  end
end

local function read_unix(list, fd)
  set_socket(fd, fd.type, list:raw(16))
  fd.name = list:name()
end

local function read_file(list, fd)
  fd.open_flags = list:number "<I4"
  fd.name = list:name()
  fd.dev = list:optional("<I4", 0)
end

local function read_named(list, fd) fd.name = list:name() end

-- By type (SCAP_FD_*), from 1.
local readers = { [3] = read_ipv4, [4] = read_ipv6, [5] = reader_of_server(4, sockets.ipv4),
  [6] = reader_of_server(16, sockets.ipv6), [8] = read_unix,
  [16] = read_file }
for type = 1, 21 do readers[type] = readers[type] or read_named end

-- How libsinsp marks descriptors that were there before the first event, and sockets.
local FROM_LIST = 1
local CLIENT, SERVER, CONNECTED = 1 << 2, 1 << 3, 1 << 13

local function flags_of(fd)
  if fd.type == UNIX then return FROM_LIST | (fd.name == "" and CLIENT or SERVER) end
  local is_connection = fd.type == IPV4 or fd.type == IPV6
  local protocol = is_connection and select(5, sockets.ends(fd.type, fd.union))
  return protocol == sockets.TCP and FROM_LIST | CONNECTED or FROM_LIST
end

local function read_descriptor(list, has_length)
  list:begin(has_length)
  local fd = { open_flags = 0 }
  fd.fd, fd.ino, fd.type = list:number "<i8", list:number "<i8", list:number "B"
  if readers[fd.type] then
    readers[fd.type](list, fd)
  elseif fd.type ~= NO_TYPE and not has_length then
    list.bytes:fail(list.from, "a file descriptor of the type %d, of which is not known how long it is", fd.type)
  else
    fd.name = ("unknown-type:[%d]"):format(fd.type)
  end
  list:finish()
  if fd.type == NO_TYPE then return nil end
  if not readers[fd.type] then fd.type = UNSUPPORTED end
  fd.flags = flags_of(fd)
  return fd
end

local function reader_of_descriptors(has_length)
  return function(bytes, size, visit)
    local list = entries.new(bytes, size, "the list of file descriptors")
    list:begin(false)
    local tid = list:number "<i8"
    while list:more() do
      local fd = read_descriptor(list, has_length)
      if fd then visit(tid, fd) end
    end
    list:close()
  end
end

-- The port that it listens at; nil: it does not.
function processes.server_port(fd)
  if fd.type == sockets.IPV4_SERVER then return sockets.get(fd.union, "socket_ipv4_server_port") end
  if fd.type == sockets.IPV6_SERVER then return sockets.get(fd.union, "socket_ipv6_server_port") end
end

-- A connection that the capture begins with is a client's, unless one of the `server_ports` is at its begin: then it
-- was accepted there, and stands the other way around.
function processes.choose_role(fd, server_ports)
  if fd.type ~= IPV4 then return end
  local sip, from, dip, to, protocol = sockets.ends(IPV4, fd.union)
  if not server_ports[from] then
    fd.flags = fd.flags | CLIENT
    return
  end
  set_ends(fd, IPV4, dip, sip, to, from, protocol)
  fd.flags = fd.flags | SERVER
end

processes.descriptors[0x203] = reader_of_descriptors(false)
processes.descriptors[0x8001ABCD] = reader_of_descriptors(false)
processes.descriptors[0x218] = reader_of_descriptors(true)

return processes
