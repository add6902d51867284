--- Captures that several specs read, written by writer.lua.
local parts = require "spec.events.parts"
local writer = require "spec.capture.writer"

local samples = {}

local function fd(number, of_type)
  of_type.fd, of_type.ino = number, number * 10
  return of_type
end

--- A process list with all that it may hold, and descriptors of every type. The event at the end changes nothing.
function samples.threads()
  local zeros = ("\0"):rep(16)
  return writer.section() .. writer.threads(9, {
    { tid = 1, comm = "init", args = "a\0b c\0", env = "X=1\0Y=2\0", cgroups = "cpuset=/a\0mem_cgroup=/b\0perf=/p\0",
      cwd = "/root", exe_path = "/bin/x (deleted)", loginuid = 7, exe_writable = 1, tty = 3, pidns_init_start_ts = 99,
      exe_ino = 5, exe_ino_ctime = 6, exe_ino_mtime = 7, pgid = 8, exe_upper_layer = 1, exe_lower_layer = 1,
      exe_from_memfd = 1, sid = 11, vpgid = 12, vtid = 13, vpid = 14, uid = 15, gid = 16, fd_limit = 17, flags = 1 },
    { tid = 2, pid = 1, cwd = "/zz", env = "Q=1\0" },
    { tid = 3, cwd = "/x/../y/./z", args = "\0\0x", cgroups = "a=b\0nothing\0" },
    { tid = 4, cwd = "", comm = "", root = "", before_0_10 = true, cgroups = "io=/u=v\0" },
    { tid = 5, cwd = "rel/x" },
    { tid = 6, pid = 1, flags = 1 }, -- shares descriptors
    { tid = -1, pid = -1, comm = "kernel" },
    { tid = 3, pid = 3, comm = "again", cwd = "/" },
  }) .. writer.descriptors(2, 1, {
    fd(3, writer.fd.file("/etc/passwd", 5, 9)),
    fd(4, writer.fd.ipv4("\1\2\3\4", 40000, "\10\0\0\1", 443, 2)),
    fd(5, writer.fd.ipv4("\1\2\3\4", 22, "\10\0\0\1", 40001, 2)), -- accepted: 22 is a server's
    fd(6, writer.fd.ipv6(zeros:sub(2) .. "\1", 1, "\x20\x01\x0d\xb8" .. zeros:sub(6) .. "\5", 53, 3)),
    fd(7, writer.fd.ipv6(zeros:sub(7) .. "\xff\xff\1\2\3\4", 7, zeros:sub(7) .. "\xff\xff\5\6\7\8", 8, 2)),
    fd(8, writer.fd.ipv6("\1\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3", 1, "\1\0\0\0\0\1\0\2\0\1\0\0\0\0\0\3", 53, 3)),
    fd(9, writer.fd.ipv4_server("\0\0\0\0", 22, 2)),
    fd(10, writer.fd.ipv6_server(zeros, 80, 2)),
    fd(11, writer.fd.unix(0x1234, 0x5678, "/run/x")),
    fd(12, writer.fd.unix(1, 2, "")),
    fd(13, writer.fd.named(7, "pipe:[1]")),
    fd(14, writer.fd.named(21, "pidfd:[1]")),
    fd(15, { type = 99, bytes = "of a newer libscap" }),
    fd(17, writer.fd.named(1, "/old")),
    fd(3, writer.fd.named(2, "/directory, in the place of /etc/passwd")),
  }) .. writer.descriptors(1, 2, { fd(3, writer.fd.named(1, "/two")) })
    .. writer.descriptors(2, 77, { fd(3, writer.fd.file("/of/no/thread")) })
    .. writer.event(135, { ("<i8"):pack(0) }) -- the exit of a nanosleep
end

local fixed = { 0, 1, 2, 255, 77, 4711 }

--- Bytes of a parameter of that type; others for another `i`.
function samples.bytes_of(type, i)
  local size = ({ int8 = 1, uint8 = 1, flags8 = 1, enumflags8 = 1, sigtype = 1, int16 = 2, uint16 = 2, flags16 = 2,
    enumflags16 = 2, port = 2, syscallid = 2, int32 = 4, uint32 = 4, flags32 = 4, enumflags32 = 4, uid = 4, gid = 4,
    mode = 4, sigset = 4, fd32 = 4, pid32 = 4, int64 = 8, uint64 = 8, errno = 8, fd = 8, pid = 8, reltime = 8,
    abstime = 8, ipv4addr = 4, ipv6addr = 16 })[type]
  local number = fixed[i % #fixed + 1]
  if size then return (("<I8"):pack(number) .. ("\0"):rep(8)):sub(1, size) end
  if type == "charbuf" or type == "fspath" or type == "fsrelpath" then return "/text/" .. i .. "\0" end
  if type == "bytebuf" then return ("\1\2\0\xFF"):rep(i % 5) end
  if type == "charbufarray" then return "a\0b\0" end
  if type == "sockaddr" then return "\2\1\2\3\4\80\0" end
  if type == "socktuple" then return "\2\1\2\3\4\80\0\5\6\7\8\90\0" end
  if type == "fdlist" then return ("<I2i8I2"):pack(1, 5, 3) end
  return ""
end

-- ---- values of all kinds, by a fixed seed ----

local random = {}
random.__index = random

function random:below(count)
  self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
  return (self.state >> 33) % count
end

function random:one_of(list) return list[self:below(#list) + 1] end

-- Few bits, many bits, none, or all.
function random:bits()
  local value = 0
  for _ = 1, self:below(5) do value = value | 1 << self:below(32) end
  return self:one_of { value, self:below(300), 0, 0xFFFFFFFF }
end

local SIZES = { int8 = 1, uint8 = 1, flags8 = 1, enumflags8 = 1, sigtype = 1, int16 = 2, uint16 = 2, flags16 = 2,
  enumflags16 = 2, port = 2, syscallid = 2, int32 = 4, uint32 = 4, flags32 = 4, enumflags32 = 4, uid = 4, gid = 4,
  mode = 4, sigset = 4, fd32 = 4, pid32 = 4, int64 = 8, uint64 = 8, errno = 8, fd = 8, pid = 8, reltime = 8,
  abstime = 8, ipv4addr = 4, ipv6addr = 16 }

local addresses = { "\2\1\2\3\4\80\0", "\10" .. ("\0"):rep(15) .. "\1\53\0", "\1/run/some.socket\0", "\40" }
local tuples = { "\2\1\2\3\4\80\0\5\6\7\8\90\0", "\10" .. ("\1"):rep(16) .. "\5\0" .. ("\2\0"):rep(8) .. "\6\0",
  "\10" .. (("\0"):rep(10) .. "\xff\xff\1\2\3\4\7\0"):rep(2), "\1" .. ("\1\2\0\0\0\0\0\0"):rep(2) .. "/run/x\0" }
local paths = { "/etc/passwd\0", "file\0", "../x/./y\0", "\0", "<NA>\0", "/\0", "/a//b/../c\0" }

-- No kernel sends to a descriptor below 0, and tells of success.
local function random_bytes(some, name, kind, is_result)
  if kind == "fd" and not is_result then
    return ("<i8"):pack(some:one_of { 0, 3, 4, 5, 77, 78, name:find "dir" and -100 or 79 })
  elseif kind == "fd" or kind == "errno" then
    return ("<i8"):pack(some:one_of { 0, 3, 4, 5, 77, -1, -2, -11, -13, -100, -115, -512 })
  elseif kind == "pid" then
    return ("<i8"):pack(some:one_of { 1, 2, 3, 99, -1 })
  elseif kind == "reltime" then
    return ("<i8"):pack(some:one_of { 0, -1, 1, 1500000000, 123456789012, 1000000 })
  elseif kind == "abstime" then
    return ("<I8"):pack(1700000000123456789 + some:below(1000))
  elseif kind == "syscallid" then
    return ("<I2"):pack(some:below(400))
  end
  local size = SIZES[kind]
  if size then return (("<I8"):pack(some:bits()) .. ("\0"):rep(8)):sub(1, size) end
  if kind == "charbuf" then return some:one_of { "text\0", "\0", "with blanks (and) others\0" } end
  if kind == "fspath" or kind == "fsrelpath" then return some:one_of(paths) end
  if kind == "bytebuf" then return some:one_of { "GET / HTTP/1.1\r\n", "\1\2\0\xFF", ("x"):rep(79 + some:below(3)), "a" } end
  if kind == "sockaddr" then return some:one_of(addresses) end
  if kind == "socktuple" then return some:one_of(tuples) end
  if kind == "fdlist" then return ("<I2i8I2i8I2"):pack(2, 3, some:below(300), 9, 1) end
  return ""
end

-- What changes threads, or is the host's own, or is refused with values that no kernel sends.
local left_out = { clone = true, clone3 = true, fork = true, vfork = true, execve = true, execveat = true, procexit = true,
  container = true, pluginevent = true, asyncevent = true, k8s = true, mesos = true, infra = true, notification = true,
  tracer = true, ["syscall"] = true, ["cpu_hotplug"] = true, ["switch"] = true, ["drop"] = true, scapevent = true,
  procinfo = true, useradded = true, userdeleted = true, groupadded = true, groupdeleted = true, NA = true }

-- Newer than the hosts here, or with parameters that are.
local newer = { [19] = true, [151] = true, [451] = true, [453] = true }

--- One event of each type that the newest libscap writes, with values of all types.
function samples.every_type()
  local list = { writer.section(), writer.threads(9, { { tid = 1 } }) }
  for i, type in ipairs(parts.types()) do
    if not type.unused and not type.old and type.code % 2 == 1 and not newer[type.code] and not left_out[type.name] then
      local params = {}
      for kind in type.parameters:gmatch ":(%S+)" do params[#params + 1] = samples.bytes_of(kind, i + #params) end
      list[#list + 1] = writer.event(type.code, params, { ts = 1700000000000000000 + i * 1001, cpu = i % 4,
        wide = type.wide, large = type.wide, flags = i % 3 == 0 and 2 or nil })
    end
  end
  return table.concat(list)
end

-- `count` events of each of these types with random values, without those that change threads, and the threads and
-- descriptors that they are about. leave_out(type): whether it is left out, too.
function samples.random(seed, count, leave_out)
  local some = setmetatable({ state = seed }, random)
  local list = { writer.section(), writer.threads(9, { { tid = 1, ptid = 0, comm = "init", cwd = "/root", args = "--a\0b\0", env = "A=1\0B=2\0",
    cgroups = "cpu=/x\0" },
    { tid = 2, comm = "sh", cwd = "/home/x/", ptid = 1 }, { tid = 3, pid = 2, comm = "thread", ptid = 1 } }),
    writer.descriptors(2, 1, { fd(3, writer.fd.file("/etc/passwd", 5, 9)), fd(4, writer.fd.named(2, "/some/folder")),
      fd(5, writer.fd.ipv4("\1\2\3\4", 40000, "\10\0\0\1", 443, 2)) }) }
  for i, type in ipairs(parts.types()) do
    local is_left_out = newer[type.code] or left_out[type.name] or leave_out and leave_out(type)
    if not type.unused and not type.old and type.code % 2 == 1 and not is_left_out then
      for j = 1, count do
        local params = {}
        for name, kind in type.parameters:gmatch "(%S+):(%S+)" do
          params[#params + 1] = random_bytes(some, name, kind, #params == 0)
        end
        list[#list + 1] = writer.event(type.code, params, { ts = 1700000000000000000 + i * 1001 + j, cpu = j % 4,
          tid = some:one_of { 1, 2, 3, 1, 2, 98 }, wide = type.wide, large = type.wide })
      end
    end
  end
  return table.concat(list)
end

return samples
