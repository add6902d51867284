--- A capture of users that come and go, of capabilities, memory and time of the processor that threads get and lose, and
-- of descriptors that they wait for: what libsinsp knows beside the table of threads.
local writer = require "spec.capture.writer"

local resources = {}

local function i8(number) return ("<i8"):pack(number) end
local function u4(number) return ("<I4"):pack(number) end
local function z(text) return text .. "\0" end

local BEGIN <const> = 1700000000000000000

local USERS <const> = {
  { uid = 0, gid = 0, name = "chief", home = "/home/chief", shell = "/bin/zsh", more = "of a newer libscap" },
  { uid = 1000, gid = 1000, name = "anna", home = "/home/anna", shell = "/bin/bash" },
  { uid = 1001, gid = 1000, name = "+nis", home = "", shell = "" },
  { uid = 1000, gid = 1000, name = "berta", home = "/home/berta", shell = "/bin/sh" },
  { gid = 1000, name = "people" }, { gid = 1001, name = "-nis" },
}

local THREADS <const> = {
  { tid = 1, ptid = 0, comm = "init", uid = 0, gid = 0, loginuid = 1000, inheritable = 0, permitted = (1 << 41) - 1, effective = 1 << 21,
    vtid = 1, vpid = 1, sid = 1 },
  { tid = 2, ptid = 1, comm = "sh", uid = 1000, gid = 1000, loginuid = 0xFFFFFFFF, vtid = 2, vpid = 2, sid = 1, fd_limit = 0 },
  { tid = 3, pid = 2, ptid = 1, comm = "worker", uid = 1001, gid = 1001, loginuid = 1001, flags = 1, vtid = 3, vpid = 2 },
  { tid = 4, ptid = 1, comm = "other", uid = 1002, gid = 1002, vtid = 4, vpid = 4, fd_limit = 3 },
}

local function descriptors(tid)
  local list = { writer.fd.ipv4("\1\2\3\4", 40000, "\10\0\0\1", 443, 2), writer.fd.ipv4_server("\0\0\0\0", 22, 2),
    writer.fd.ipv6(("\1"):rep(16), 1, ("\2"):rep(16), 53, 3), writer.fd.ipv6_server(("\1"):rep(16), 80, 2),
    writer.fd.named(7, ""), writer.fd.unix(1, 2, "/run/x") }
  for i, one in ipairs(list) do one.fd, one.ino = i + 2, i end
  return writer.descriptors(2, tid, list)
end

-- The types of events.
local SWITCH, BRK, MMAP, CAPSET, UNSHARE, SETNS, POLL, PPOLL = 152, 159, 161, 353, 285, 241, 81, 255
local USER_ADDED, USER_DELETED, GROUP_ADDED, GROUP_DELETED, SETUID, FORK, EXECVE = 354, 356, 358, 360, 199, 225, 293

local NEW_USERS <const> = 1 << 20

local function waits(...)
  local parts = { ("<I2"):pack(select("#", ...)) }
  for i = 1, select("#", ...) do parts[i + 1] = ("<i8I2"):pack((select(i, ...)), 1) end
  return table.concat(parts)
end

local function switch(next, major, size) return { i8(next), i8(major), i8(major + 1), u4(size), u4(size + 1), u4(size + 2) } end

local function user(uid, name, container) return { u4(uid), u4(5), z(name), z("/home/" .. name), z("/bin/" .. name), z(container) } end

local function fork(returned, tid, size, vtid, namespace)
  return { i8(returned), z "child", "", i8(tid), i8(tid), i8(1), z "", i8(64), i8(7), i8(8), u4(size), u4(size + 1), u4(size + 2),
    z "child", "", u4(0), u4(1000), u4(1000), i8(vtid or tid),
    i8(vtid or tid), i8(namespace or 0) }
end

local function execve(tid, changed)
  return { i8(0), z "./x", "", i8(tid), i8(tid), i8(1), z "", i8(64), i8(11), i8(12), u4(13), u4(14), u4(15), z "x", "", "", u4(0),
    i8(1), u4(1000), u4(0), i8(1), i8(2), i8(4), i8(9), i8(changed), i8(changed), u4(1000), z "/x", i8(1), u4(1000), z "x" }
end

-- cpu, thread, type, parameters
local function events()
  return {
    { 0, 1, SWITCH, switch(2, 5, 100) }, { 1, 2, SWITCH, switch(3, 6, 200) }, { 0, 3, SWITCH, switch(1, 7, 300) },
    { 0, 1, SWITCH, { i8(2), i8(1), i8(1), u4(1), u4(1), "" } }, { 0, 99, SWITCH, switch(1, 5, 100) }, { 0, 1, SWITCH, switch(2, 9, 100) },
    { 0, 2, BRK, { i8(1), u4(500), u4(501), u4(502) } }, { 0, 3, BRK, { i8(1), u4(600), "", "" } },
    { 0, 2, MMAP, { i8(1), u4(700), u4(701), u4(702), i8(0), i8(0), u4(0), u4(0), i8(-1), i8(0) } },
    { 0, 2, CAPSET, { i8(0), i8(1), i8(3), i8(7) } }, { 0, 2, CAPSET, { i8(-1), i8(0), i8(0), i8(0) } },
    { 0, 3, UNSHARE, { i8(0), u4(NEW_USERS) } }, { 0, 2, UNSHARE, { i8(0), u4(1) } }, { 0, 2, UNSHARE, { i8(-1), u4(NEW_USERS) } },
    { 0, 2, SETNS, { i8(0), i8(3), u4(NEW_USERS) } },
    { 0, 1, POLL, { i8(2), waits(3, 4, 5, 6, 7, 8, 9, -1), i8(0) } }, { 0, 1, PPOLL, { i8(0), waits(4), i8(0), "" } },
    { 0, 2, POLL, { i8(0), waits(), i8(0) } }, { 0, 99, POLL, { i8(0), waits(3), i8(0) } },
    { 0, -1, USER_ADDED, user(1001, "carla", "") }, { 0, 3, SETUID, { i8(0), u4(1001) } }, { 0, 3, SETUID, { i8(0), u4(1002) } },
    { 0, -1, USER_ADDED, user(1002, "dora", "container") }, { 0, 4, BRK, { i8(0), u4(0), u4(0), u4(0) } },
    { 0, -1, USER_ADDED, user(1002, "+x", "") }, { 0, -1, GROUP_ADDED, { u4(1002), z "some", z "" } }, { 0, 4, BRK, { i8(0), "", "", "" } },
    { 0, -1, USER_DELETED, user(1000, "berta", "") }, { 0, -1, GROUP_DELETED, { u4(1000), z "people", z "" } },
    { 0, -1, USER_DELETED, user(0, "chief", "") }, { 0, 2, BRK, { i8(1), u4(1), u4(2), u4(3) } }, { 0, 1, BRK, { i8(1), u4(1), u4(2), u4(3) } },
    { 0, 2, FORK, fork(50, 2, 1000) }, { 0, 50, BRK, { i8(1), "", "", "" } }, { 0, 50, EXECVE, execve(50, BEGIN + 5) },
    { 0, 50, FORK, fork(51, 50, 2000) }, { 0, 51, BRK, { i8(1), "", "", "" } }, { 0, 51, EXECVE, execve(51, BEGIN) },
    { 0, 61, FORK, fork(0, 61, 3000) }, { 0, 61, BRK, { i8(1), "", "", "" } },
  }
end

-- Of threads that were not there when the capture began, some in a namespace of processes.
local function begins()
  return {
    { 0, 61, FORK, fork(0, 61, 3000) }, { 0, 61, BRK, { i8(1), "", "", "" } }, { 0, 61, EXECVE, execve(61, BEGIN - 5) },
    { 0, 61, FORK, fork(62, 61, 10) }, { 0, 62, BRK, { i8(1), "", "", "" } }, { 0, 62, EXECVE, execve(62, BEGIN + 5) },
    { 0, 63, FORK, fork(0, 63, 20, 3, BEGIN - 1000) }, { 0, 63, EXECVE, execve(63, BEGIN - 900) },
    { 0, 63, EXECVE, execve(63, BEGIN - 1100) }, { 0, 64, FORK, fork(0, 64, 20, 4, BEGIN) }, { 0, 64, EXECVE, execve(64, BEGIN) },
  }
end

local function put(parts, list)
  for i, one in ipairs(list) do
    parts[#parts + 1] = writer.event(one[3], one[4], { tid = one[2], cpu = one[1], ts = BEGIN + i * i * 1000 })
  end
  return table.concat(parts)
end

--- A capture of threads that begin, and of how long it is since their programs were changed.
function resources.begins() return put({ writer.section(), writer.machine() }, begins()) end

--- With the list of users of that version.
function resources.capture(version)
  return put({ writer.section(), writer.machine(), writer.users(version, USERS), writer.threads(9, THREADS), descriptors(1),
    descriptors(2) }, events())
end

return resources
