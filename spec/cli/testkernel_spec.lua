-- lure.testing: events of the kernel, threads and captures in specs.
local program = require "spec.cli.program"
local writer = require "spec.capture.writer"

local opens = [[
  local lure = require "lure"
  local threads = lure.table("threads", { fields = { comm = "string", ["opens.count"] = "uint64",
    args = { key = "int64", fields = { value = "string" } },
    cgroups = { key = "int64", fields = { first = "string", second = "string" } },
    file_descriptors = { key = "int64", fields = { name = "string", ino = "uint64" } } } })
  return { name = "opens", version = "0.1.0", parse_event_sources = { "syscall" }, extract_event_sources = { "syscall" },
    capture_open = function() lure.log.info "begin" end, capture_close = function() lure.log.info "end" end,
    parse_event_types = { "openat", "open" },
    parse = function(event)
      local thread = threads:get(event.tid)
      if thread then thread["opens.count"] = thread["opens.count"] + 1 end
    end,
    fields = {
      { name = "opens.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name end },
      { name = "opens.type", type = "string", desc = "-", extract = function(_, _, event) return event.type end },
      { name = "opens.count", type = "uint64", desc = "-", extract = function(_, _, event)
        local thread = threads:get(event.tid)
        return thread and thread["opens.count"]
      end },
      { name = "opens.param", type = "string", arg = { key = true, required = true }, desc = "-",
        extract = function(_, name, event)
          local value = event.param[math.tointeger(name) or name]
          if type(value) ~= "table" then return value and tostring(value) end
          local list = {}
          local function add(before, part)
            for key, one in pairs(part) do
              if type(one) == "table" then add(before .. key .. ".", one) else list[#list + 1] = before .. key .. "=" .. one end
            end
          end
          add("", value)
          table.sort(list)
          return table.concat(list, " ")
        end },
      { name = "opens.thread", type = "string", desc = "-", extract = function(_, _, event)
        local thread = threads:get(event.tid)
        local list = { thread.comm }
        thread.args:each(function(one) list[#list + 1] = one.value end)
        thread.cgroups:each(function(one) list[#list + 1] = one.first .. "=" .. one.second end)
        local fds = {}
        thread.file_descriptors:each(function(one) fds[#fds + 1] = one.name .. ":" .. one.ino end)
        table.sort(fds)
        return table.concat(list, " ") .. " " .. table.concat(fds, " ")
      end },
    } }
]]

-- Runs `body` as a spec with `plugin`; returns what `lure test` does.
local function test(body, files)
  local all = { ["opens.lua"] = opens, ["spec/x_spec.lua"] = ([[
    local testing = require "lure.testing"
    describe("opens.lua", function()
      local plugin
      before_each(function() plugin = testing.load "opens.lua" end)
      after_each(testing.close)
      %s
    end)
  ]]):format(body) }
  for name, text in pairs(files or {}) do all[name] = text end
  local folder = program.folder_with(all)
  return program.lure_in(folder, "test", "--output=TAP"), folder
end

local function passes(body, files)
  local result = test(body, files)
  assert.equal(0, result.status, result.out .. result.err)
  assert.matches("ok 1", result.out)
end

describe("plugin:event of the kernel", function()
  it("is the newest exit of that name, with parameters by name", function()
    passes [[
      it("is", function()
        local event = plugin:event { type = "openat", tid = 7, params = { fd = 3, name = "/etc/passwd" } }
        assert.equal("/etc/passwd", event:field "opens.name")
        assert.equal("openat", event:field "opens.type")
        assert.same({ "openat", 7, "syscall", 1, 3 }, { event.type, event.tid, event.source, event.num, event:param "fd" })
        assert.is_nil(event:param "flags")
        assert.error_matches(function() event:param "flag" end, "an event of the type openat has no parameter \"flag\"")
        assert.is_nil(event:field "opens.param[flags]")
        assert.equal(307, event:raw().type)
        assert.equal(306, plugin:event { type = "openat", dir = ">" }:raw().type)
        assert.equal(3, plugin:event { type = "PPME_SYSCALL_OPEN_X", num = 9, ts = 5 }:raw().type)
        assert.equal(5, plugin:event { type = 3, num = 9, ts = 5 }.ts)
        assert.equal(186, plugin:event { type = "procexit" }:raw().type)
      end)
    ]]
  end)

  it("has values of all types as scripts read them", function()
    passes [[
      local function read(type, name, value, text)
        local event = plugin:event { type = type, params = { [name] = value } }
        assert.equal(text or tostring(value), event:field(("opens.param[%s]"):format(name)))
      end
      it("has", function()
        read("open", "fd", -2)
        read("open", "ino", "18446744073709551615")
        read("open", "flags", 4294967295)
        read("read", "data", "some bytes")
        read("connect", "addr", { ip = "1.2.3.4", port = 80 }, "family=inet ip=1.2.3.4 port=80")
        read("connect", "addr", { ip = "::1", port = 65535 }, "family=inet6 ip=::1 port=65535")
        read("connect", "addr", { path = "/run/x" }, "family=unix path=/run/x")
        read("connect", "tuple", { source = { ip = "1.2.3.4", port = 1 }, destination = { ip = "5.6.7.8", port = 2 } },
          "destination.ip=5.6.7.8 destination.port=2 family=inet source.ip=1.2.3.4 source.port=1")
        read("connect", "tuple", { source = "0x10", destination = "0x20", path = "/run/x" },
          "destination=0x20 family=unix path=/run/x source=0x10")
        read("poll", "fds", { { fd = 3, flags = 5 }, { fd = 4 } }, "1.fd=3 1.flags=5 2.fd=4 2.flags=0")
        local event = plugin:event { type = "open", params = { ("<i8"):pack(77) } }
        assert.equal("77", event:field "opens.param[fd]")
        assert.equal("77", event:field "opens.param[fd]")
      end)
    ]]
  end)

  it("says what is wrong with it", function()
    passes [[
      local function refused(members, text)
        assert.error_matches(function() plugin:event(members) end, text)
      end
      it("says", function()
        refused({ type = "opnat" }, 'type: no event "opnat"; did you mean "openat"%?')
        refused({}, 'type: no event "nil"')
        refused({ type = "open", dir = "in" }, 'dir: expected ">" %(enter%) or "<" %(exit%), got in')
        refused({ type = "procexit", dir = "<" }, 'there is no event "procexit" with the dir <')
        refused({ type = "open", params = { nam = "x" } }, 'PPME_SYSCALL_OPEN_X has no parameter "nam"; it has: fd, name')
        refused({ type = "open", params = { fd = "x" } }, 'parameter fd %(fd%): expected an integer of 64 bits, got "x"')
        refused({ type = "open", params = { fd = true } }, "expected an integer of 64 bits, got true")
        refused({ type = "open", params = { flags = 1 << 32 } }, "an integer of 32 bits from 0, got 4294967296")
        refused({ type = "open", params = { flags = -1 } }, "an integer of 32 bits from 0, got %-1")
        refused({ type = "open", params = { ino = "18446744073709551616" } }, "an integer of 64 bits from 0, got")
        refused({ type = "open", params = { name = 5 } }, "parameter name %(fspath%): expected a text, got a number")
        refused({ type = "open", params = { name = "a\0b" } }, "expected a text without NUL, which ends it")
        refused({ type = "open", params = { name = ("x"):rep(65535) } }, "65536 bytes; it may have 65535")
        refused({ type = "connect", params = { addr = { ip = "x", port = 1 } } }, 'expected an address, got "x"')
        refused({ type = "connect", params = { tuple = { source = { ip = "::1", port = 1 },
          destination = { ip = "1.2.3.4", port = 1 } } } }, 'expected an IPv6 address, got "1.2.3.4"')
        refused({ type = "connect", params = { tuple = 5 } }, "expected { source = ")
        refused({ type = "poll", params = { fds = { 5 } } }, "expected a list of { fd =, flags = }, got a number in it")
        refused({ typ = "open" }, 'unknown option "typ"; there are: type, dir, params, ts, num, tid')
        plugin:event { type = "open", params = { name = ("x"):rep(65534) } }
      end)
    ]]
  end)
end)

describe("plugin:thread", function()
  it("makes a thread, or changes it, also what parsers have added; and reads it", function()
    passes [[
      it("makes", function()
        local thread = plugin:thread { tid = 7, comm = "cat", args = { "a", "b" }, cgroups = { cpu = "/x" },
          file_descriptors = { [3] = "/etc/hosts", [4] = { name = "/etc/passwd", ino = 5 } } }
        plugin:event { type = "openat", tid = 7 }
        plugin:event { type = "openat", tid = 8 }
        assert.equal(1, thread:read "opens.count")
        assert.equal(7, thread:read "pid")
        plugin:thread { tid = 7, ["opens.count"] = 40, args = { "c" } }
        local event = plugin:event { type = "openat", tid = 7 }
        assert.equal(41, event:field "opens.count")
        assert.equal("cat c cpu=/x /etc/hosts:0 /etc/passwd:5", event:field "opens.thread")
      end)
    ]]
  end)

  it("is changed by events, as in Falco, and one that ends is gone with the next event", function()
    passes [[
      it("changes", function()
        plugin:thread { tid = 1, comm = "sh", cwd = "/root/", ptid = 0, args = { "-c" } }
        plugin:event { type = "clone", tid = 1, params = { res = 7, exe = "sh", comm = "sh", pid = 1 } }
        local child = plugin:thread { tid = 7 }
        assert.same({ "sh", 1, 7 }, { child:read "comm", child:read "ptid", child:read "pid" })
        plugin:event { type = "execve", tid = 7, params = { res = 0, exe = "ls", comm = "ls", pid = 7, ptid = 1,
          trusted_exepath = "/bin/ls", args = "-l\0" } }
        assert.same({ "ls", "/bin/ls" }, { child:read "comm", child:read "exe_path" })
        local event = plugin:event { type = "openat", tid = 7, params = { fd = 3, dirfd = -100, name = "x", ino = 5 } }
        assert.equal("ls -l /root/x:5", event:field "opens.thread")
        event = plugin:event { type = "procexit", tid = 7, params = { status = 0 } }
        assert.equal("ls", child:read "comm")
        plugin:event { type = "openat", tid = 1 }
        assert.error_matches(function() child:read "comm" end, "no element")
      end)
    ]]
  end)

  it("says what is wrong with it", function()
    passes [[
      it("says", function()
        assert.error_matches(function() plugin:thread { tid = 7, com = "x" } end, 'no field "com"; did you mean "comm"%?')
        assert.error_matches(function() plugin:thread { comm = "x" } end, "with the number of a thread, tid, got nil")
        assert.error_matches(function() plugin:thread { tid = 7, args = "x" } end, "args: expected a table, got a string")
        assert.error_matches(function() plugin:thread { tid = 7, uid = "x" } end, "^uid: expected a value of the type uint32, got x")
      end)
    ]]
  end)
end)

local capture = writer.section() .. writer.threads(9, { { tid = 1, comm = "init" }, { tid = 7, comm = "cat" } })
  .. writer.open("/etc/passwd", 3, { ts = 5 }) .. writer.open("/state/only", 4, { flags = 1 })
  .. writer.async_event(4711, "told", "data") .. writer.open("/etc/hosts", 4, { tid = 7 }) .. writer.plugin_event(9, "x")

describe("plugin:capture", function()
  it("has the events of a capture, with its threads, and tells listeners", function()
    passes([[
      it("has", function()
        local events = plugin:capture "x.scap"
        assert.equal(4, #events)
        assert.same({ "open", 1, 5, "syscall" }, { events[1].type, events[1].num, events[1].ts, events[1].source })
        assert.same({ "told", 3, "data" }, { events[2].type, events[2].num, events[2].data })
        assert.equal("/etc/passwd", events[1]:field "opens.name")
        assert.equal(2, events[1]:field "opens.count")
        assert.equal("cat /etc/hosts:77", events[3]:field "opens.thread")
        assert.is_nil(events[4]:field "opens.name")
        assert.equal("x", events[4].data)
        assert.equal(1, #plugin:capture("x.scap", 1))
        local messages = {}
        for i, line in ipairs(plugin:log()) do messages[i] = line.message end
        assert.same({ "begin", "end", "begin", "end" }, messages)
      end)
    ]], { ["x.scap"] = capture })
  end)

  it("says what is wrong with the file", function()
    passes([[
      it("says", function()
        assert.error_matches(function() plugin:capture "x.scap" end, "x.scap: byte %d+: .* cut off, or damaged")
        assert.error_matches(function() plugin:capture "none.scap" end, "none.scap: found neither in")
      end)
    ]], { ["x.scap"] = capture:sub(1, -3) })
  end)
end)

describe("lure record --capture", function()
  local folder

  before_each(function()
    folder = program.folder_with { ["opens.lua"] = opens, ["x.scap"] = capture, ["spec/x_spec.lua"] = [[
      it("is as it was", function()
        require("lure.testing").load("opens.lua"):golden("x.json", { capture = "x.scap" })
      end)
    ]] }
  end)

  local function record(...) return program.lure_in(folder, "record", "opens.lua", "--capture", "x.scap", ...) end

  it("writes events of a capture, which plugin:golden compares with what there is now", function()
    local result = record("-o", "x.json")
    assert.equal(0, result.status, result.err)
    assert.matches("^3 events in x.json\n", result.err:match "3 events.*")
    result = program.lure_in(folder, "test")
    assert.equal(0, result.status, result.out)
    program.shell(("cd %s && sed -i 's/event.param.name/event.param.name .. \"!\"/' opens.lua"):format(folder))
    result = program.lure_in(folder, "test")
    assert.equal(1, result.status)
    assert.matches('event 1: opens.name\n%s+expected "/etc/passwd"\n%s+got%s+"/etc/passwd!"', result.out)
    assert.equal(0, program.lure_in(folder, "test", "--update").status)
    assert.equal(0, program.lure_in(folder, "test").status)
  end)

  it("stops after -n events, and says where golden lacks the capture, or has another one", function()
    assert.equal(0, record("-o", "x.json", "-n", "1").status)
    assert.equal(0, program.lure_in(folder, "test").status)
    program.shell(("cd %s && sed -i 's/, { capture = \"x.scap\" }//' spec/x_spec.lua"):format(folder))
    assert.matches('x.json:1: an event of the kernel; name the capture that it is from: '
      .. 'plugin:golden%("x.json", { capture = FILE }%)', program.lure_in(folder, "test").out)
  end)
end)
