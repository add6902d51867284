-- processes: the threads that a capture begins with, and their file descriptors.
--
--   processes.threads[block_type](bytes, size, visit)       visit { tid =, pid =, …, args = list, env =, cgroups = }
--   processes.descriptors[block_type](bytes, size, visit)   visit(tid, { fd =, type =, name =, … })
--   processes.choose_role(fd, server_ports)                 of an IPv4 socket, when all of them are known
--
-- The members are the fields of libsinsp's table "threads" (0.23), with the values that it has there; the layout is
-- that of libscap's nine versions of the process list and two of the descriptors.

local entries = require "lure.capture.entries"

local processes = { threads = {}, descriptors = {} }

local NO_USER = 0xFFFFFFFF

-- Set in the flags of all threads that were there before the first event: the name is known, and the thread runs.
local OF_ALL = 1 << 17 | 1 << 19

local MAIN_THREAD = 1 << 30

-- ---- texts ----

-- The parts of "a\0b\0", or of one without the last NUL.
local function parts_of(text)
  local parts = {}
  for part in (text:gsub("%z$", "") .. "\0"):gmatch "([^\0]*)\0" do parts[#parts + 1] = part end
  return text ~= "" and parts or {}
end

local RENAMED = { perf = "perf_event", mem = "memory", io = "blkio" }

-- Of "cpu=/a", "mem_cgroup=/b": { { first = "cpu", second = "/a" }, … }; empty where one of them has no "=".
local function cgroups_of(text)
  local groups = {}
  for i, part in ipairs(parts_of(text)) do
    local name, path = part:match "^([^=]*)=(.*)$"
    if not name then return {} end
    name = name:gsub("_cgroup", "", 1)
    groups[i] = { first = RENAMED[name] or name, second = path }
  end
  return groups
end

-- A path without "." and "..", with a slash at its end.
local function directory_of(path)
  local root = path:match "^/?"
  local names = {}
  for name in path:gmatch "[^/]+" do
    if name == ".." then
      names[#names] = nil
    elseif name ~= "." then
      names[#names + 1] = name
    end
  end
  return #names > 0 and root .. table.concat(names, "/") .. "/" or "/"
end

local function without_deleted(path) return (path:gsub(" %(deleted%)$", "")) end

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
  for _ = 1, 3 do list:optional("<I8") end -- capabilities
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
    thread.cwd = directory_of(thread.cwd)
  end
end

local function read_thread(list, version)
  local thread = { reaper_tid = -1, sid = -1, vpgid = -1, vtid = -1, vpid = -1, exe_path = "", root = "",
    pidns_init_start_ts = 0, tty = 0, env = {}, cgroups = {} }
  thread.tid, thread.pid, thread.ptid = list:number "<i8", list:number "<i8", list:number "<i8"
  if version >= 6 then thread.sid = list:number "<i8" end
  if version >= 8 then thread.vpgid = list:number "<i8" end
  thread.comm, thread.exe = list:name(), list:name()
  if version >= 7 then thread.exe_path = without_deleted(list:name()) end
  thread.args = parts_of(list:text())
  thread.cwd = list:name()
  thread.fd_limit = list:number "<i8"
  thread.flags = list:number "<I4" | OF_ALL
  thread.uid, thread.gid = list:number "<I4", list:number "<I4"
  if version >= 2 then
    for _ = 1, 3 do list:number "<I4" end -- sizes of memory
    for _ = 1, 2 do list:number "<I8" end -- page faults
  end
  if version >= 3 then thread.env = parts_of(list:text()) end
  if version >= 4 then
    thread.vtid, thread.vpid = list:number "<i8", list:number "<i8"
    thread.cgroups = cgroups_of(list:text())
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
local NO_TYPE, IPV4, IPV6, UNIX, UNSUPPORTED = 0, 3, 4, 8, 10

local TCP = 2

local function ipv4_text(ip) return ("%d.%d.%d.%d"):format(("<I4"):pack(ip):byte(1, 4)) end

local function set_ipv4(fd, source, destination, from, to)
  fd.type = IPV4
  fd.socket_ipv4_src_ip, fd.socket_ipv4_src_port = source, from
  fd.socket_ipv4_dest_dip, fd.socket_ipv4_dst_port = destination, to
  fd.name = ("%s:%d->%s:%d"):format(ipv4_text(source), from, ipv4_text(destination), to)
end

local function read_ipv4(list, fd)
  set_ipv4(fd, list:number "<I4", list:number "<I4", list:number "<I2", list:number "<I2")
  fd.socket_ipv4_l4_proto = list:number "B"
end

-- The longest run of at least two zeros is "::", as inet_ntop writes it.
local function ipv6_text(words)
  words[9] = nil -- where `unpack` has stopped
  local from, count = 0, 1
  local i = 1
  while i <= 8 do
    local j = i
    while j <= 8 and words[j] == 0 do j = j + 1 end
    if j - i > count then from, count = i, j - i end
    i = math.max(j, i + 1)
  end
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

-- Its two halves as the table has them, and its text.
local function read_ipv6_address(list)
  local low, high = list:number "<i8", list:number "<i8"
  local raw = ("<i8i8"):pack(low, high)
  local mapped = raw:sub(1, 12) == ("\0"):rep(10) .. "\xFF\xFF"
  return { low = low, high = high, text = ipv6_text(table.pack((">I2I2I2I2I2I2I2I2"):unpack(raw))),
    ipv4 = mapped and ("<I4"):unpack(raw, 13) or nil }
end

local function read_ipv6(list, fd)
  local source, destination = read_ipv6_address(list), read_ipv6_address(list)
  local from, to, protocol = list:number "<I2", list:number "<I2", list:number "B"
  if source.ipv4 and destination.ipv4 then -- libsinsp makes it an IPv4 socket
    set_ipv4(fd, source.ipv4, destination.ipv4, from, to)
    fd.socket_ipv4_l4_proto = protocol
    return
  end
  fd.type = IPV6
  fd.socket_ipv6_src_ip_low, fd.socket_ipv6_src_ip_high = source.low, source.high
  fd.socket_ipv6_dest_ip_low, fd.socket_ipv6_dest_ip_high = destination.low, destination.high
  fd.socket_ipv6_src_port, fd.socket_ipv6_dst_port, fd.socket_ipv6_l4_proto = from, to, protocol
  fd.name = ("%s:%d->%s:%d"):format(source.text, from, destination.text, to)
end

local function read_ipv4_server(list, fd)
  fd.socket_ipv4_server_ip, fd.socket_ipv4_server_port = list:number "<I4", list:number "<I2"
  fd.socket_ipv4_server_l4_proto = list:number "B"
  fd.name = ("%s:%d"):format(ipv4_text(fd.socket_ipv4_server_ip), fd.socket_ipv4_server_port)
end

local function read_ipv6_server(list, fd)
  local address = read_ipv6_address(list)
  fd.socket_ipv6_server_ip_low, fd.socket_ipv6_server_ip_high = address.low, address.high
  fd.socket_ipv6_server_port, fd.socket_ipv6_server_l4_proto = list:number "<I2", list:number "B"
  fd.name = ("%s:%d"):format(address.text, fd.socket_ipv6_server_port)
end

local function read_unix(list, fd)
  fd.socket_unix_src, fd.socket_unix_dest = list:number "<i8", list:number "<i8"
  fd.name = list:name()
end

local function read_file(list, fd)
  fd.open_flags = list:number "<I4"
  fd.name = list:name()
  fd.dev = list:optional("<I4", 0)
end

local function read_named(list, fd) fd.name = list:name() end

-- By type (SCAP_FD_*), from 1.
local readers = { [3] = read_ipv4, [4] = read_ipv6, [5] = read_ipv4_server, [6] = read_ipv6_server, [8] = read_unix,
  [16] = read_file }
for type = 1, 21 do readers[type] = readers[type] or read_named end

-- How libsinsp marks descriptors that were there before the first event, and sockets.
local FROM_LIST = 1
local CLIENT, SERVER, CONNECTED = 1 << 2, 1 << 3, 1 << 13

local function flags_of(fd)
  if fd.type == UNIX then return FROM_LIST | (fd.name == "" and CLIENT or SERVER) end
  if fd.socket_ipv4_l4_proto == TCP or fd.socket_ipv6_l4_proto == TCP then return FROM_LIST | CONNECTED end
  return FROM_LIST
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

-- A connection that the capture begins with is a client's, unless one of the `server_ports` is at its begin: then it
-- was accepted there, and stands the other way around.
function processes.choose_role(fd, server_ports)
  if fd.type ~= IPV4 then return end
  if not server_ports[fd.socket_ipv4_src_port] then
    fd.flags = fd.flags | CLIENT
    return
  end
  set_ipv4(fd, fd.socket_ipv4_dest_dip, fd.socket_ipv4_src_ip, fd.socket_ipv4_dst_port, fd.socket_ipv4_src_port)
  fd.flags = fd.flags | SERVER
end

processes.descriptors[0x203] = reader_of_descriptors(false)
processes.descriptors[0x8001ABCD] = reader_of_descriptors(false)
processes.descriptors[0x218] = reader_of_descriptors(true)

return processes
