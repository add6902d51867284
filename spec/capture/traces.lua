--- Captures of random events that change threads and their descriptors, always the same for a seed: few threads, few
-- descriptors and few addresses, so that they meet each other.
--
--   traces.random(seed, count, leave_out)     the bytes of a capture; leave_out(code), if it is there: whether no events of
--                                             that type are wanted
local writer = require "spec.capture.writer"

local traces = {}

local function i8(number) return ("<i8"):pack(number) end
local function u4(number) return ("<I4"):pack(number) end
local function u2(number) return ("<I2"):pack(number) end
local function z(text) return text .. "\0" end

local function one_of(...) return (select(math.random(select("#", ...)), ...)) end

-- One of the values, or empty as often as one of them.
local function maybe(bytes) return math.random(4) > 1 and bytes or "" end

-- ---- values ----

local function tid() return one_of(1, 1, 2, 10, 11, 12, 13) end
local function fd() return math.random(0, 6) end
local function result(good) return i8(one_of(good, good, good, good, -2)) end

local function name()
  return z(one_of("file", "/abs/file", "../up", "dir/./x//y", "<NA>", "/", ".", "a\1b", "..", "/a/../../b/"))
end

local function dirfd() return i8(one_of(-100, -100, fd(), fd(), 99)) end
local function flags() return u4(one_of(0, 1, 1 << 10, 1 << 12, 1 << 14, 1 << 15 | 3, 1 << 16)) end

local function ipv4() return one_of("\0\0\0\0", "\127\0\0\1", "\10\0\0\1", "\10\0\0\2", "\1\2\3\4") end

local ZEROS = ("\0"):rep(16)

local function ipv6()
  return one_of(ZEROS, ZEROS:sub(2) .. "\1", "\x20\x01\x0d\xb8" .. ZEROS:sub(6) .. "\5", ZEROS:sub(7) .. "\xff\xff\1\2\3\4",
    ZEROS:sub(7) .. "\xff\xff\10\0\0\1")
end

local function port() return u2(one_of(0, 53, 80, 40000)) end
local function path() return z(one_of("/run/x", "", "/run/y\2")) end

local function address()
  return one_of("\2" .. ipv4() .. port(), "\10" .. ipv6() .. port(), "\1" .. path())
end

local function tuple()
  return one_of("\2" .. ipv4() .. port() .. ipv4() .. port(), "\10" .. ipv6() .. port() .. ipv6() .. port(),
    "\1" .. i8(math.random(9)) .. i8(math.random(9)) .. path())
end

-- ---- events ----

-- By type: a weight, and a function that answers parameters.
local kinds = {}

local function kind(weight, code, params) kinds[#kinds + 1] = { weight, code, params } end

kind(2, 2, function() return { name(), flags(), u4(0) } end)
kind(4, 3, function() return { result(fd()), name(), flags(), u4(0), maybe(u4(5)), maybe(i8(7)) } end)
kind(1, 58, function() return { name(), u4(0) } end)
kind(2, 59, function() return { result(fd()), name(), u4(0), maybe(u4(5)), maybe(i8(7)), maybe(u2(one_of(0, 1, 2))) } end)
kind(2, 306, function() return { dirfd(), name(), flags(), u4(0) } end)
kind(4, 307, function() return { result(fd()), maybe(dirfd()), maybe(name()), maybe(flags()), u4(0), u4(5), maybe(i8(7)) } end)
kind(2, 327, function() return { result(fd()), dirfd(), name(), flags(), u4(0), u4(0), u4(5), i8(7) } end)
kind(1, 337, function() return { result(fd()), i8(4), flags(), name(), u4(5), i8(7) } end)
kind(4, 5, function() return { result(0), i8(fd()) } end)
kind(3, 7, function() return { result(5), "data", i8(fd()), u4(5) } end)
kind(3, 9, function() return { result(5), "data", i8(fd()), u4(5) } end)
kind(4, 19, function()
  return { result(fd()), u4(one_of(1, 2, 2, 10, 10, 16, 17)), u4(one_of(1, 2, 3, 2 | 1 << 11)), u4(one_of(0, 1, 6, 17, 255)) }
end)
kind(3, 21, function() return { result(0), maybe(address()), i8(fd()) } end)
kind(2, 22, function() return { i8(fd()), address() } end)
kind(5, 23, function() return { i8(one_of(0, 0, -115, -111)), maybe(tuple()), i8(fd()), maybe(address()) } end)
kind(3, 29, function() return { result(4), "data", i8(fd()), u4(4), maybe(tuple()) } end)
kind(4, 31, function() return { result(4), "data", i8(fd()), u4(4), maybe(tuple()) } end)
kind(2, 49, function() return { result(4), "data", i8(fd()), u4(4), maybe(tuple()) } end)
kind(2, 51, function() return { result(4), i8(fd()), u4(4), "data", maybe(tuple()) } end)
kind(2, 33, function() return { result(4), "data", i8(fd()), u4(4), maybe(tuple()) } end)
kind(5, 35, function() return { result(4), "data", maybe(tuple()), i8(fd()), u4(4) } end)
kind(2, 53, function() return { result(4), u4(4), "data", maybe(tuple()), "", i8(fd()) } end)
kind(2, 55, function() return { result(4), i8(fd()), u4(4), "data", maybe(tuple()), "" } end)
kind(1, 43, function()
  return { result(0), i8(fd()), i8(fd()), i8(123), i8(456), u4(1), u4(1), u4(0) }
end)
kind(3, 247, function() return { result(fd()), maybe(tuple()), "\0", u4(0), u4(0) } end)
kind(3, 389, function() return { result(fd()), maybe(tuple()), "\0", u4(0), u4(0), u4(0) } end)
kind(1, 61, function() return { result(0), i8(fd()), i8(fd()), i8(99) } end)
kind(1, 393, function() return { result(0), i8(fd()), i8(fd()), i8(99), flags() } end)
kind(2, 363, function() return { result(fd()), i8(fd()), i8(fd()) } end)
kind(2, 365, function() return { result(fd()), i8(fd()), i8(fd()), u4(one_of(0, 1 << 12)) } end)
kind(1, 367, function() return { result(fd()), i8(fd()) } end)
kind(1, 151, function() return { result(fd()), i8(fd()), one_of("\1", "\26", "\3") } end)
kind(1, 95, function() return { result(0), name() } end)
kind(2, 97, function() return { result(0), i8(fd()) } end)
kind(1, 405, function() return { result(fd()), z "memory", u4(1) } end)
kind(1, 409, function() return { result(fd()), i8(tid()), u4(2) } end)
kind(2, 407, function() return { result(fd()), i8(fd()), i8(fd()), u4(0) } end)
kind(1, 137, function() return { result(fd()), "\0", "\0" } end)
kind(1, 321, function() return { result(fd()), u4(0) } end)
kind(1, 369, function() return { result(fd()), u4(0) } end)
kind(1, 377, function() return { result(fd()), u4(0) } end)
kind(1, 395, function() return { result(fd()), u2(3) } end)
kind(1, 397, function() return { result(fd()), u2(3), i8(0) } end)
kind(1, 399, function() return { result(fd()), u2(3), i8(0), u4(0) } end)

-- ---- processes ----

local THREAD, FILES, VFORKED, IN_NAMESPACE = 1 << 13, 1, 1 << 27, 1 << 29

local function clone(returned, of, pid, ptid)
  return { i8(returned), z "/bin/child", "-c\0", i8(of), i8(pid), i8(ptid), z "", i8(1024), i8(0), i8(0), u4(1), u4(2),
    u4(3), maybe(z "child"), maybe(one_of("cpu=/c\0", "nothing\0")),
    u4(one_of(0, 0, 0, THREAD | FILES, THREAD | FILES, VFORKED, IN_NAMESPACE)), u4(1000), u4(1001), i8(of), i8(pid), i8(5) }
end

for _, code in ipairs { 223, 225, 227, 335 } do
  kind(2, code, function(of)
    local child = tid()
    return clone(child == of and 0 or child, of, one_of(of, tid()), tid())
  end)
end
kind(1, 292, function() return { name() } end)
kind(1, 330, function() return { dirfd(), name(), u4(one_of(0, 0, 1)) } end)
kind(2, 293, function(of)
  return { result(0), z "./x", "-x\0", i8(of), i8(one_of(of, of, tid())), i8(1), z "", i8(2048), i8(0), i8(0), u4(1),
    u4(2), u4(3), maybe(z "x"), maybe "cpuset=/e\0", maybe "A=1\0B=2\0", maybe(u4(34816)), maybe(i8(7)), maybe(u4(1000)),
    maybe(u4(math.random(0, 15))), i8(0), i8(0), i8(0), i8(99), i8(100), maybe(i8(101)), maybe(u4(500)),
    math.random(2) == 1 and "" or z "/usr/bin/x (deleted)", maybe(i8(77)), maybe(u4(501)), z "x" }
end)
kind(3, 186, function() return { i8(0), i8(0), "\0", "\0", maybe(i8(tid())) } end)
kind(1, 401, function() return { result(0), u4(one_of(36, 37, 1)), z "", i8(one_of(0, 1)) } end)
kind(3, 135, function() return { i8(0), i8(0) } end)

local function any(leave_out)
  local sum = 0
  for _, one in ipairs(kinds) do sum = sum + one[1] end
  local at = math.random(sum)
  for _, one in ipairs(kinds) do
    at = at - one[1]
    if at <= 0 then return leave_out and leave_out(one[2]) and any(leave_out) or one end
  end
end

-- ---- captures ----

local function interfaces()
  local function entry(type, body, title) return u2(type) .. u2(#title) .. body .. title end
  return writer.block(0x205, entry(1, "\127\0\0\1\255\0\0\0\0\0\0\0" .. i8(0), "lo")
    .. entry(3, "\10\0\0\7\255\255\255\0\10\0\0\255", "eth0")
    .. entry(4, ZEROS:sub(2) .. "\1" .. ZEROS .. ZEROS, "lo") .. entry(2, "\xfe\x80" .. ZEROS:sub(4) .. "\9" .. ZEROS .. ZEROS .. i8(0), "eth0"))
end

function traces.random(seed, count, leave_out)
  math.randomseed(seed)
  local events = { writer.section(), writer.machine(), interfaces(), writer.threads(9, {
    { tid = 1, pid = 1, ptid = 0, vtid = 1, vpid = 1, flags = 0, cwd = "/root" },
    { tid = 2, pid = 2, ptid = 1, vtid = 2, vpid = 2, flags = 0, cwd = "/two" },
    { tid = 10, pid = 10, ptid = 2, vtid = 10, vpid = 10, flags = 0, cwd = "/ten" },
    { tid = 11, pid = 10, ptid = 2, vtid = 11, vpid = 10, flags = 1 } }) }
  for i = 1, count do
    local of, one = tid(), any(leave_out)
    local options = { tid = of, ts = 1700000000000000000 + i * 300000000 }
    events[#events + 1] = writer.event(one[2], one[3](of), options)
    if one[2] % 2 == 0 and one[2] ~= 186 and math.random(4) > 1 then -- its exit comes next
      for _, other in ipairs(kinds) do
        if other[2] == one[2] + 1 then events[#events + 1] = writer.event(other[2], other[3](of), options) end
      end
    end
  end
  return table.concat(events)
end

return traces
