local host = require "lure.host"
local support = require "spec.support"

local function pack(format, ...) return string.pack("<" .. format, ...) end

--- Loads and inits an example as a host of this version; nil and why not where that is refused.
local function start(name, minor, config, inspector)
  local library, message = support.load_script("examples/" .. name .. ".lua", { minor = minor })
  if not library then return nil, message end
  return assert(library:init(config or "", { inspector = inspector })), library
end

local function open(tid, name, fd)
  return host.event { type = 3, params = { pack("i8", fd or 3), name .. "\0", pack("I4", 1) }, tid = tid, source = "syscall" }
end

-- First version of the plugin API that each example may run on.
local FIRST = { accounts = 0, dummy = 0, dummy_c = 0, opens = 1, ticker = 0, quiet = 7, rates = 0, connections = 0,
  access = 0, auth = 0, logins = 0, intel = 0, origins = 1, sudo = 0, journald = 0, syslog = 0, webhook = 0, poller = 0, docker = 0,
  cloudtrail = 0, json = 0, k8saudit = 0 }
local CONFIG = { dummy = "{}", intel = '{"list": "spec/examples/bad.csv"}',
  webhook = '{"secret": "sixteen letters!"}', poller = '{"token": "x"}' }

describe("the examples", function()
  it("are all known here", function()
    local files = support.run("ls examples")
    for name in files:gmatch("([%w_]+)%.lua") do assert.is_truthy(FIRST[name], name) end
  end)

  for name, first in pairs(FIRST) do
    it(name .. " runs on every version from 3." .. first .. " on, and is refused with a reason before", function()
      for minor = 0, support.newest_minor do
        local state, message = start(name, minor, CONFIG[name])
        if minor < first then
          assert.is_nil(state)
          assert.matches("plugin required API version '3." .. first .. ".0' not compatible", message, 1, true)
        else
          assert.is_truthy(state, message)
          state:destroy()
        end
      end
    end)
  end
end)

describe("examples/opens.lua", function()
  it("counts for each thread and each file", function()
    for minor = 1, support.newest_minor do
      local inspector = host.inspector()
      local threads = inspector:table "threads"
      threads:add(7, { comm = "cat" })
      local state = start("opens", minor, "", inspector)
      assert.is_true(state:parse(open(7, "/etc/passwd")))
      assert.is_true(state:parse(open(7, "/etc/hosts")))
      assert.is_true(state:parse(open(9, "/etc/passwd"))) -- a thread that the host does not know
      assert.is_true(state:parse(open(7, "/nothing", -2)))
      for _, enter in ipairs { 2, 102, 306, 326 } do -- enter events have no descriptor yet
        assert.is_true(state:parse(host.event { type = enter, params = {}, tid = 7, source = "syscall" }))
      end
      assert.equal(2, threads:read(7, "opens.count"))
      assert.equal(2, state:extract(open(7, "/x"), "opens.count"))
      assert.is_nil((state:extract(open(9, "/x"), "opens.count")))
      assert.equal(2, state:extract(open(7, "/x"), "opens.file[/etc/passwd]"))
      assert.equal(0, state:extract(open(7, "/x"), "opens.file[/none]"))
      assert.equal("cat", inspector:table("opened_files"):read("/etc/hosts", "last"))
      assert.equal(0, threads:references())
      state:destroy()
    end
  end)
end)

describe("examples/ticker.lua", function()
  it("emits its first heartbeat at once", function()
    local state = start("ticker", 12)
    assert.is_true(state:async_open())
    assert.is_true(state:async_wait(1, 10))
    local event = state:async_events()[1]
    assert.same({ "heartbeat", '{"count": 1}' }, { event.name, event.data })
    assert.is_true(state:async_close())
  end)
end)

describe("examples/quiet.lua", function()
  it("tells of a capture without events", function()
    local state = start("quiet", 12, '{"seconds": 0.02}')
    state:async_open()
    assert.is_true(state:capture_open())
    assert.is_true(state:parse(open(7, "/x")))
    assert.is_true(state:async_wait(1, 10))
    local report = state:async_events()[1]
    assert.equal("no event for 0.02 seconds", report.data)
    assert.is_true(state:parse(host.event { type = 402, wide = true, source = "syscall",
      params = { pack("I4", 0), "quiet\0", report.data } }))
    assert.is_true(state:capture_close())
    assert.equal("1 events in this capture", state:log()[1].message)
    state:async_close()
  end)
end)

describe("examples/rates.lua", function()
  it("counts events by type", function()
    local state = start("rates", 12)
    for _ = 1, 3 do state:parse(open(7, "/x")) end
    state:parse(host.event { type = 5, params = {}, source = "syscall" })
    local found = {}
    for _, metric in ipairs(state:metrics()) do found[metric.name] = metric.value end
    assert.same({ 3, 1, 4 }, { found.events_open, found.events_close, found["lure.parse.calls"] })
  end)
end)

describe("examples/connections.lua", function()
  it("shows where connections go to", function()
    local state = start("connections", 12)
    local tuple = "\2\10\0\0\1" .. pack("I2", 1025) .. "\10\0\0\2" .. pack("I2", 443)
    local event = host.event { type = 23, params = { pack("i8", 0), tuple, pack("i8", 3) }, source = "syscall", num = 1 }
    assert.same({ "10.0.0.2", 443, false }, { state:extract(event, "connection.ip"),
      state:extract(event, "connection.port"), state:extract(event, "connection.failed") })
    local unix = host.event { type = 23, params = { pack("i8", 0), "\1" .. pack("I8I8", 1, 2) .. "/run/x\0" },
      source = "syscall", num = 2 }
    assert.is_nil((state:extract(unix, "connection.ip")))
  end)
end)
