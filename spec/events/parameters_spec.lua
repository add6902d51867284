-- event.param: what scripts see of the system's events.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"
local system = require "spec.events.kernelevents"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A plugin whose field x.y is what the Lua expression about `event` is, shown as Lua writes it.
local function showing(expression)
  return support.start(([[
    local function show(value)
      if type(value) ~= "table" then return type(value) == "string" and ("%%q"):format(value) or tostring(value) end
      local keys, list = {}, {}
      for key in pairs(value) do keys[#keys + 1] = key end
      table.sort(keys)
      for i, key in ipairs(keys) do
        list[i] = (math.type(key) and "" or key .. " = ") .. show(value[key])
      end
      return "{ " .. table.concat(list, ", ") .. " }"
    end
    return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" }, fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(_, _, event)
        return show(%s) end } } }]]):format(expression))
end

--- The expression's value in an event of the system: see system.options.
local function shown(expression, symbol, values, count)
  return showing(expression):extract(host.event(system.options(symbol, values, count)), "x.y")
end

local LOCALHOST6 = ("\0"):rep(15) .. "\1"
local PAST_SIGNED = ("<I8"):pack(-1 & ~5)

-- what it shows; type, parameter, its bytes, its value as Lua writes it
local CASES = {
  { "descriptors and results are signed", "SYSCALL_OPEN_X", "fd", ("<i8"):pack(-13), "-13" },
  { "process ids are integers", "SYSCALL_CLONE_20_X", "tid", ("<i8"):pack(1 << 40), tostring(1 << 40) },
  { "descriptors of 32 bits are signed too", "SYSCALL_EPOLL_CREATE1_X", "res", ("<i8"):pack(-1), "-1" },
  { "flags are integers", "SYSCALL_OPEN_X", "flags", ("<I4"):pack(0xffffffff), "4294967295" },
  { "flags of 8 bits are integers", "SOCKET_SHUTDOWN_X", "how", "\x81", "129" },
  { "user ids are not signed", "SYSCALL_SETUID_E", "uid", ("<I4"):pack(0xffffffff), "4294967295" },
  { "inode numbers fit", "SYSCALL_OPEN_X", "ino", ("<I8"):pack(math.maxinteger), tostring(math.maxinteger) },
  { "what is past 2^63 - 1 is its digits", "SYSCALL_OPEN_X", "ino", PAST_SIGNED, '"18446744073709551610"' },
  { "a text ends before its NUL", "SYSCALL_OPEN_X", "name", "/etc/passwd\0", '"/etc/passwd"' },
  { "a text without a NUL is a text", "SYSCALL_OPEN_X", "name", "/etc", '"/etc"' },
  { "an empty text is there", "SYSCALL_OPEN_X", "name", "\0", '""' },
  { "a text of no length is not", "SYSCALL_OPEN_X", "name", "", "nil" },
  { "bytes are all of them", "SYSCALL_READ_X", "data", "a\0b\xff", '"a\\0b\u{FFFD}"' },
  { "bytes of no length are empty", "SYSCALL_READ_X", "data", "", '""' },
  { "texts are a list", "ITER_TASK_E", "argv", "ls\0\0-l\0", '{ "ls", "", "-l" }' },
  { "texts may lack the last NUL", "ITER_TASK_E", "argv", "ls\0-l", '{ "ls", "-l" }' },
  { "an IPv4 address", "SOCKET_BIND_X", "addr", "\2\127\0\0\1" .. ("<I2"):pack(8080),
    '{ family = "inet", ip = "127.0.0.1", port = 8080 }' },
  { "an IPv6 address", "SOCKET_BIND_X", "addr", "\10" .. LOCALHOST6 .. ("<I2"):pack(443),
    '{ family = "inet6", ip = "::1", port = 443 }' },
  { "a path as address", "SOCKET_BIND_X", "addr", "\1/run/x.sock\0", '{ family = "unix", path = "/run/x.sock" }' },
  { "an address of another family", "SOCKET_BIND_X", "addr", "\16rest", "{ family = 16 }" },
  { "an address that is too short", "SOCKET_BIND_X", "addr", "\2\127\0\0\1\80", "nil" },
  { "the ends of an IPv4 socket", "SOCKET_CONNECT_X", "tuple",
    "\2\10\0\0\1" .. ("<I2"):pack(40000) .. "\10\0\0\2" .. ("<I2"):pack(80),
    '{ destination = { ip = "10.0.0.2", port = 80 }, family = "inet", source = { ip = "10.0.0.1", port = 40000 } }' },
  { "the ends of an IPv6 socket", "SOCKET_CONNECT_X", "tuple",
    "\10" .. LOCALHOST6 .. ("<I2"):pack(1) .. LOCALHOST6 .. ("<I2"):pack(2),
    '{ destination = { ip = "::1", port = 2 }, family = "inet6", source = { ip = "::1", port = 1 } }' },
  { "the ends of a unix socket", "SOCKET_CONNECT_X", "tuple",
    "\1" .. ("<I8I8"):pack(0xffff888100000000, 0) .. "/run/x.sock\0",
    '{ destination = "0x0", family = "unix", path = "/run/x.sock", source = "0xffff888100000000" }' },
  { "ends that are too short", "SOCKET_CONNECT_X", "tuple", "\1" .. ("\0"):rep(15), "nil" },
  { "descriptors to wait for", "SYSCALL_POLL_X", "fds", ("<I2i8I2i8I2"):pack(2, 3, 1, -1, 0x10),
    "{ { fd = 3, flags = 1 }, { fd = -1, flags = 16 } }" },
  { "no descriptors", "SYSCALL_POLL_X", "fds", "\0\0", "{  }" },
  { "fewer descriptors than it says", "SYSCALL_POLL_X", "fds", ("<I2i8I2"):pack(2, 3, 1), "nil" },
  { "an option of unknown kind is bytes", "SOCKET_SETSOCKOPT_X", "val", "\0ab", '"ab"' },
  { "an option that is an error", "SOCKET_SETSOCKOPT_X", "val", "\1" .. ("<i8"):pack(-2), "-2" },
  { "an option of 32 bits", "SOCKET_SETSOCKOPT_X", "val", "\2" .. ("<I4"):pack(7), "7" },
  { "an option of 64 bits", "SOCKET_GETSOCKOPT_X", "val", "\3" .. ("<I8"):pack(8), "8" },
  { "an option that is a time", "SOCKET_GETSOCKOPT_X", "val", "\4" .. ("<I8"):pack(1500000000), "1500000000" },
  { "an option of a kind that is not known", "SOCKET_GETSOCKOPT_X", "val", "\5" .. ("<I8"):pack(8), "nil" },
  { "an option of the wrong length", "SOCKET_GETSOCKOPT_X", "val", "\2\1", "nil" },
  { "an address to trace", "SYSCALL_PTRACE_X", "addr", "\0" .. ("<I8"):pack(4096), "4096" },
  { "a signal to trace with", "SYSCALL_PTRACE_X", "data", "\1\9", "9" },
  { "a descriptor of bpf", "SYSCALL_BPF_X", "res_or_fd", "\0" .. ("<i8"):pack(5), "5" },
  { "a result of bpf", "SYSCALL_BPF_X", "res_or_fd", "\1" .. ("<i8"):pack(-1), "-1" },
  { "a number for keyctl", "SYSCALL_KEYCTL_X", "arg2", "\0" .. ("<i8"):pack(-3), "-3" },
  { "a text for keyctl", "SYSCALL_KEYCTL_X", "arg5", "\1key\0", '"key"' },
  { "what libsinsp made for itself", "TRACER_E", "args", ("<I8"):pack(0x7fff0000), "nil" },
  { "a plugin event's id", "PLUGINEVENT_E", "plugin_id", ("<I4"):pack(999), "999", { event_data = "x" } },
}

describe("event.param.NAME", function()
  for _, case in ipairs(CASES) do
    local title, symbol, name, bytes, expected, others = table.unpack(case)
    it(("%s: %s of %s"):format(title, name, symbol), function()
      local values = { [name] = bytes }
      for other, value in pairs(others or {}) do values[other] = value end
      assert.equal(expected, (shown("event.param." .. name, symbol, values)))
    end)
  end

  it("is nil where the length does not fit the type", function()
    for _, bytes in ipairs { "", "\1", ("\1"):rep(7), ("\1"):rep(9) } do
      assert.equal("nil", (shown("event.param.fd", "SYSCALL_OPEN_X", { fd = bytes })))
    end
  end)

  it("is nil where an older capture does not have it", function()
    assert.equal("{ 3 }", (shown("{ event.param.fd, event.param.ino }", "SYSCALL_OPEN_X", { fd = ("<i8"):pack(3) }, 1)))
  end)

  it("stands behind other parameters, whatever their length", function()
    for _, length in ipairs { 0, 1, 255, 256, 65535 } do
      assert.equal("7", (shown("event.param.ino", "SYSCALL_OPEN_X",
        { name = ("n"):rep(length), ino = ("<I8"):pack(7) })))
    end
  end)

  it("that the type does not have is an error with those that it has", function()
    local value, message = shown("event.param.path", "SYSCALL_OPEN_X", {})
    assert.is_nil(value)
    given.holds(message, "script.lua:13: field x.y: ",
      'an event of type PPME_SYSCALL_OPEN_X has no parameter "path"; it has: fd, name, flags, mode, dev, ino')
    given.holds(select(2, shown("event.param.fd", "PROCEXIT_E", {})), 'no parameter "fd"; it has: none')
  end)
end)

describe("event.param[i]", function()
  it("is the bytes of a parameter, counted from 1", function()
    local values = { fd = ("<i8"):pack(3), name = "/etc\0" }
    assert.equal('"/etc\\0"', (shown("event.param[2]", "SYSCALL_OPEN_X", values)))
    assert.equal('"/etc\\0"', (shown("event.param[2.0]", "SYSCALL_OPEN_X", values)))
    assert.equal('""', (shown("event.param[3]", "SYSCALL_OPEN_X", values)))
  end)

  it("is nil where there is none", function()
    for _, number in ipairs { "0", "-1", "7", "1.5", "math.maxinteger", "math.mininteger", "1 << 32", "(1 << 32) + 1" } do
      assert.equal("nil", (shown(("event.param[%s]"):format(number), "SYSCALL_OPEN_X", {})), number)
    end
  end)

  it("has no other keys", function()
    given.holds(select(2, shown("event.param[true]", "SYSCALL_OPEN_X", {})),
      "event.param: expected the name or number of a parameter, got a boolean")
  end)
end)

describe("event.param", function()
  it("cannot be changed", function()
    given.holds(select(2, shown("(function() event.param.fd = 1 end)()", "SYSCALL_OPEN_X", {})),
      "an event cannot be changed")
  end)

  it("errors when it is used after its call", function()
    local plugin = support.start(given.source [[
      next = function() return select(2, pcall(function() return kept.fd end)) end,
      extract_event_sources = { "syscall" }, extract_event_types = { "open" },
      fields = { { name = "x.y", type = "string", desc = "-",
        extract = function(_, _, event) kept = event.param; return "seen" end } }]])
    assert.equal("seen", (plugin:extract(host.event(system.options("SYSCALL_OPEN_X", {})), "x.y")))
    local _, events = assert(plugin:open()):next_batch()
    given.holds(events[1].data, "this event is gone: it is valid only inside the call that was given it")
  end)

  it("goes with event.type, the name of the type", function()
    assert.equal('"open"', (shown("event.type", "SYSCALL_OPEN_X", {})))
    assert.equal('"open"', (shown("event.type", "SYSCALL_OPEN_E", {})))
  end)

  it("has no names where the type is not known", function()
    local unknown = { type = 60000, num = 1, source = "syscall", params = { "a" } }
    assert.equal("60000", (showing("event.type"):extract(host.event(unknown), "x.y")))
    assert.equal("nil", (showing("event.param[1]"):extract(host.event(unknown), "x.y")))
    given.holds(select(2, showing("event.param.fd"):extract(host.event(unknown), "x.y")),
      "events of type 60000 are not known; their parameters have no names")
  end)
end)
