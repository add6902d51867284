--- A capture in which processes begin, run programs, open files and end: what each of these events changes in the table
-- of threads is compared with libsinsp.
local writer = require "spec.capture.writer"

local lives = {}

local function i8(number) return ("<i8"):pack(number) end
local function u4(number) return ("<I4"):pack(number) end
local function z(text) return text .. "\0" end

local events, time

local function add(code, tid, params)
  time = time + 1000
  events[#events + 1] = writer.event(code, params, { tid = tid, ts = time })
end

local CLONE, FORK, VFORK, CLONE3, EXECVE, PROCEXIT = 223, 225, 227, 335, 293, 186

-- Of a thread's flags, as the kernel's events have them.
local FILES, NAMESPACE, PARENT, THREAD, VFORKED, IN_NAMESPACE = 1, 1 << 6, 1 << 8, 1 << 13, 1 << 27, 1 << 29

-- The return of a clone, with `result`: 0 in the child.
local function clone(code, tid, result, is)
  add(code, tid, { i8(result), z(is.exe or "/bin/child"), is.args or "-c\0arg two\0", i8(tid), i8(is.pid or tid),
    i8(is.ptid or 1), z "", i8(1024), i8(0), i8(0), u4(1), u4(2), u4(3), z(is.comm or "child"),
    is.cgroups or "cpu=/c\0mem_cgroup=/m\0", u4(is.flags or 0), u4(is.uid or 1000), u4(is.gid or 1001), i8(is.vtid or tid),
    i8(is.vpid or is.pid or tid), i8(is.started or 5) })
end

-- The return of an execve. `more`: parameters by number, from 1, in place of these.
local function execve(tid, comm, more)
  local params = { i8(0), z("./" .. comm), "-x\0", i8(tid), i8(tid), i8(1), z "", i8(2048), i8(0), i8(0), u4(1), u4(2),
    u4(3), z(comm), "cpuset=/e\0", "A=1\0B=2\0", u4(34816), i8(7), u4(1000), u4(1), i8(0), i8(0), i8(0), i8(99), i8(100),
    i8(101), u4(500), z("/usr/bin/" .. comm .. " (deleted)"), i8(77), u4(501), z "x" }
  for number, bytes in pairs(more or {}) do params[number] = bytes end
  add(EXECVE, tid, params)
end

local function exit(tid, reaper) add(PROCEXIT, tid, { i8(0), i8(0), "\0", "\0", i8(reaper or 0) }) end

local function nothing(tid) add(135, tid, { i8(0), i8(0) }) end -- of a nanosleep

local function open(tid, fd, name) add(3, tid, { i8(fd), z(name), u4(1), u4(0), u4(5), i8(fd * 10) }) end

local function begin(...)
  events, time = { writer.section(), ... }, 1700000000000000000
end

-- ---- processes ----

local function processes()
  open(1, 3, "rel/./x/../file")
  open(1, 4, "/abs//file/")
  clone(FORK, 1, 50, { pid = 1, ptid = 0 }) -- in the caller first
  clone(FORK, 50, 0, { pid = 50, ptid = 1 })
  nothing(50)
  clone(CLONE3, 60, 0, { pid = 60, ptid = 50, comm = "first" }) -- in the child first
  clone(CLONE3, 50, 60, { pid = 50, ptid = 1 })
  open(60, 5, "own")
  execve(60, "tool")
  nothing(60)
  clone(VFORK, 70, 0, { pid = 70, ptid = 60, flags = VFORKED })
  execve(70, "quick", { [15] = "no cgroup\0", [16] = "", [28] = "", [20] = u4(0), [29] = "" })
  clone(VFORK, 60, 70, { pid = 60, ptid = 50, flags = VFORKED })
  exit(70)
  nothing(60)
  clone(CLONE, 1, 60, { pid = 1, ptid = 0, comm = "anew" }) -- the end of 60 was not seen
  nothing(60)
  exit(50, 1)
  nothing(1)
end

local function threads()
  clone(CLONE, 1, 101, { pid = 1, ptid = 0, flags = THREAD | FILES, comm = "worker" })
  clone(CLONE, 102, 0, { pid = 1, ptid = 0, flags = THREAD | FILES, comm = "other" })
  open(101, 9, "by/the/thread")
  open(102, 8, "by/the/other")
  add(95, 102, { i8(0), z "sub" }) -- chdir, relative to the directory that a thread has: none
  nothing(101)
  clone(FORK, 101, 150, { pid = 1, ptid = 0 })
  exit(102)
  nothing(101)
  exit(101, 1)
  nothing(150)
  clone(CLONE, 150, 151, { pid = 150, ptid = 101, flags = THREAD | FILES })
  exit(150) -- the first thread of a process stays until the last has ended
  nothing(151)
  exit(151)
  nothing(1)
end

local function groups()
  clone(CLONE, 1, 201, { pid = 1 })
  for tid = 202, 205 do clone(CLONE, 201, tid, { pid = 201, ptid = 1, flags = THREAD | FILES }) end
  clone(FORK, 203, 210, { pid = 201, ptid = 1 })
  exit(203, 202)
  nothing(210)
  execve(201, "alone") -- the others end
  nothing(201)
  exit(201)
  execve(201, "risen") -- another thread has called it, and is the first now
  nothing(201)
  add(401, 201, { i8(0), u4(36), z "", i8(1) }) -- takes orphans
  clone(FORK, 201, 220, { pid = 201 })
  clone(FORK, 220, 221, { pid = 220, ptid = 201 })
  exit(220, 0)
  nothing(221)
end

local function namespaces()
  clone(CLONE, 1, 5, { pid = 1, flags = NAMESPACE })
  clone(CLONE, 300, 0, { pid = 300, ptid = 1, flags = NAMESPACE, vtid = 1, vpid = 1, started = 42 })
  clone(CLONE, 300, 2, { pid = 300, ptid = 1, flags = IN_NAMESPACE, vtid = 1, vpid = 1 })
  clone(CLONE, 301, 0, { pid = 301, ptid = 300, flags = IN_NAMESPACE, vtid = 2, vpid = 2, started = 42 })
  clone(CLONE, 301, 3, { pid = 301, ptid = 300, flags = PARENT, vtid = 2, vpid = 2 })
  clone(CLONE, 302, 0, { pid = 302, ptid = 301, flags = IN_NAMESPACE, vtid = 3, vpid = 3 })
  exit(301)
  nothing(302)
end

local function unknown()
  nothing(900)
  open(900, 3, "somewhere")
  execve(901, "late")
  clone(CLONE, 902, 903, { pid = 902, ptid = 901 })
  clone(CLONE, 905, 0, { pid = 904, ptid = 1, flags = THREAD | FILES, comm = "lost" })
  clone(FORK, 906, 0, { pid = 906, ptid = 907 })
  exit(908)
  exit(903, 909)
  nothing(-1)
end

local function changes()
  open(1, 40, "/dir/of/fd")
  for _, call in ipairs {
    { 95, i8(0), z "sub/dir" }, { 95, i8(-2), z "/nowhere" }, { 95, i8(0), z "../up/\1x" }, -- chdir
    { 97, i8(0), i8(40) }, { 97, i8(0), i8(41) }, { 93, i8(10), z "/from/getcwd" }, -- fchdir, getcwd
    { 267, i8(0), z "new/root" }, { 267, i8(0), z "/other/root" }, { 267, i8(-1), z "/none" }, -- chroot
    { 199, i8(0), u4(1007) }, { 199, i8(-1), u4(1009) }, { 201, i8(0), u4(1008) }, -- setuid, setgid
    { 193, i8(0), u4(1001), u4(1002), u4(1003) }, { 195, i8(0), u4(1004), u4(1005), u4(1006) }, -- setresuid, setresgid
    { 427, i8(0), u4(1021), u4(1022) }, { 429, i8(0), u4(1023), u4(0xFFFFFFFF) }, -- setreuid, setregid
    { 275, i8(1) }, { 275, i8(-1) }, -- setsid
    { 143, i8(0), i8(512), i8(1024), "\7" }, { 143, i8(0), i8(513), i8(1024), "\5" }, { 141, i8(0), i8(-1), i8(-1), "\7" },
    { 145, i8(0), i8(99), i8(100), i8(1), i8(1), i8(2), "\7" }, { 145, i8(0), i8(98), i8(100), i8(1), i8(1), i8(0), "\7" },
    { 145, i8(-1), i8(97), i8(100), i8(1), i8(1), i8(0), "\7" }, { 135, i8(0), i8(0) },
  } do
    add(call[1], 1, { table.unpack(call, 2) })
  end
end

--- All of that. Process 1 is there from the beginning, and 2, its child.
function lives.processes()
  begin(writer.threads(9, { { tid = 1, pid = 1, ptid = 0, comm = "init", args = "a\0", env = "X=1\0", cwd = "/root/", vtid = 1, vpid = 1,
      exe_path = "/sbin/init", flags = 0, sid = 1, uid = 0, gid = 0 },
    { tid = 2, pid = 2, ptid = 1, comm = "two", cwd = "/two", vtid = 2, vpid = 2, flags = 0 },
    { tid = 3, pid = 3, ptid = 4711, comm = "orphan", vtid = 3, vpid = 3, flags = 0 } }),
    writer.descriptors(2, 1, { { fd = 0, ino = 5, type = 7, bytes = "\4\0pipe" } }))
  processes()
  threads()
  groups()
  namespaces()
  unknown()
  changes()
  return table.concat(events)
end

return lives
