local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- A script that may emit "tick" and "tock", with `rest` in its table.
local function script(rest, top)
  return ([[local lure = require "lure"
%s
return { name = "x", version = "0.1.0", async_events = { "tick", "tock" }, async_event_sources = { "syscall" },
%s
}]]):format(top or "", rest or "")
end

local function names(events)
  local list = {}
  for i, event in ipairs(events) do list[i] = event.name .. " " .. event.data end
  return list
end

--- The threads of this process but the first, with the masks of signals that they block.
local function threads()
  local stat = assert(io.open "/proc/self/stat")
  local process = stat:read "n"
  stat:close()
  local list = {}
  for thread in support.run(("ls /proc/%d/task"):format(process)):gmatch "%d+" do
    local status = tonumber(thread) ~= process and io.open(("/proc/%d/task/%s/status"):format(process, thread))
    if status then
      list[thread] = status:read("a"):match "SigBlk:%s*(%x+)"
      status:close()
    end
  end
  return list
end

describe("async", function()
  it("runs on a thread that takes no signal of the host's", function()
    local before, count = threads(), 0
    local state = support.start(script 'async_interval = 0.001, async = function(emit) emit("tick", "x") end')
    state:async_open()
    assert.is_true(state:async_wait(1, 10))
    for thread, blocked in pairs(threads()) do
      if not before[thread] then
        count = count + 1
        assert.equal("fffffffe7ffbfeff", blocked) -- all but SIGKILL, SIGSTOP, and two of the C library's own
      end
    end
    assert.is_true(count == 1 or support.build:find "tsan$" and count == 2, count) -- ThreadSanitizer has one of its own
    state:async_close()
  end)

  it("emits events every now and then, until the handler is taken back", function()
    local state = support.start(script([[async_interval = 0.002,
      async = function(emit) count = count + 1 assert(emit("tick", "number " .. count)) end]], "local count = 0"))
    assert.is_true(state:async_open())
    assert.is_true(state:async_wait(5, 10))
    assert.is_true(state:async_close())
    local events = state:async_events()
    assert.same({ "tick number 1", "tick number 2" }, { table.unpack(names(events), 1, 2) })
    assert.equal(-1, events[1].tid)
    assert.equal(0, events[1].plugin_id)
    os.execute "sleep 0.02"
    assert.same({}, state:async_events())
    assert.is_true(state:async_open())
    assert.is_true(state:async_wait(1, 10))
    state:destroy()
  end)

  it("is waited for where it runs while the handler is taken back", function()
    local state = support.start(script([[async_interval = 0.001, async = function(emit)
      emit("tick", "begin")
      local till = os.clock() + 0.02
      while os.clock() < till do end
    end]]))
    for _ = 1, 10 do
      assert.is_true(state:async_open())
      assert.is_true(state:async_wait(1, 10))
      assert.is_true(state:async_close())
      state:async_events()
    end
    state:destroy()
  end)

  it("ends itself by false", function()
    local state = support.start(script 'async_interval = 0.001, async = function(emit) emit("tick", 7) return false end')
    state:async_open()
    assert.is_true(state:async_wait(1, 10))
    assert.is_false(state:async_wait(1, 0.03) and #state:async_events() > 1)
    state:async_close()
  end)

  it("goes on after it has thrown", function()
    local restore = host.redirect_stderr(support.folder() .. "/async.log")
    local state = support.start(script([[async_interval = 0.001, async = function(emit)
      count = count + 1
      if count % 2 == 1 then error "now and then" end
      emit("tick", count)
    end]], "local count = 0"))
    state:async_open()
    local come = state:async_wait(3, 10)
    state:async_close()
    restore()
    assert.is_true(come)
    local log = state:log()
    given.holds(log[1].message, "script.lua:6: async: now and then")
  end)

  it("survives a handler that fails, and says what is lost", function()
    local state = support.start(script([[async_interval = 0.001, async = function(emit)
      local done, why = emit("tick", "x")
      assert(done == nil and why == "the queue is full")
      failed = failed + 1
    end, metrics = function() return { { name = "failed", value = failed } } end]], "local failed = 0"))
    assert.is_true(state:async_open { fail = "the queue is full" })
    local failed = 0
    while failed < 3 do
      for _, metric in ipairs(state:metrics()) do
        if metric.name == "failed" then failed = metric.value end
      end
    end
    state:async_close()
    given.holds(state:log()[1].message, 'emit: "tick" is lost: the queue is full')
  end)

  it("may be without a function: other callbacks emit", function()
    local state = support.start([[local lure = require "lure"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", async_events = { "tick" },
  open = function() return { n = 0 } end,
  next = function(i) i.n = i.n + 1 if i.n > 3 then return nil end lure.emit("tick", i.n, { ts = 5 }) return i.n end }]])
    state:async_open()
    local list, rc = given.patiently(assert(state:open()))
    assert.same({ "1", "2", "3" }, list)
    assert.equal("eof", rc)
    local events = state:async_events()
    assert.same({ "tick 1", "tick 2", "tick 3" }, names(events))
    assert.same({ 5, -1, 999 }, { events[1].ts, events[1].tid, events[1].plugin_id })
    state:async_close()
  end)

  it("tells emitters that nobody takes events", function()
    local state = support.start([[local lure = require "lure"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", async_events = { "tick" },
  next = function() local done, why = lure.emit("tick", "x") return nil, why end }]])
    local _, rc, message = given.patiently(assert(state:open()))
    assert.equal("failure", rc)
    given.holds(message, "nobody takes async events now")
  end)

  it("may give an event a thread, where the kernel's events are open", function()
    local state = support.start(script 'async = function(emit) emit("tick", "x", { ts = 9, tid = 6 }) return false end')
    state:async_open()
    assert.is_true(state:async_wait(1, 10))
    local event = state:async_events()[1]
    assert.same({ 9, 6 }, { event.ts, event.tid })
    state:async_close()
  end)

  it("refuses what no host takes", function()
    for code, expected in pairs {
      ['emit("tack", "")'] = 'emit: "tack" is not among async_events; add it there',
      ['emit("tick")'] = "emit: expected the data as a string or an integer, got nothing",
      ['emit("tick", 1.5)'] = "emit: expected the data as a string or an integer, got",
      ['emit("tick", "", { ts = -1 })'] = "emit: expected ts to be an integer from 0, got integer -1",
      ['emit("tick", "", { time = 1 })'] = 'emit: the options are ts and tid, got the key string "time"',
      ['emit("tick", "", 5)'] = "table expected, got number",
      ['emit("tick", "", { tid = "x" })'] = 'emit: expected tid to be an integer from 0, got string "x"',
      ['emit("tick", ("x"):rep(67108865))'] = "more than the 67108864 that an event may have",
      ['emit("ti\\0ck", "")'] = "expected the name of an async event",
      ["emit()"] = "string expected, got no value",
    } do
      local state = support.start(script(("dump_state = function(emit) %s end"):format(code)))
      local done, message = state:dump_state()
      assert.is_nil(done)
      given.holds(message, "script.lua:", "dump_state: ", expected)
    end
  end)

  it("carries up to 64 MiB", function()
    local state = support.start(script [[dump_state = function(emit) emit("tick", ("x"):rep(64 << 20)) end]])
    assert.equal(64 << 20, #state:dump_state()[1].data)
  end)

  it("carries text, with or without a NUL at its end, and none", function()
    local state = support.start(script [[dump_state = function(emit)
      emit("tick", "a\0b\255") emit("tock", "") emit("tock", "c\255\0") emit("tock", "\0") end]])
    local events = state:dump_state()
    assert.same({ "a\\u0000b\u{FFFD}", "", "c\u{FFFD}\0", "\0" },
      { events[1].data, events[2].data, events[3].data, events[4].data })
  end)

  it("carries data of which each is one byte longer than the last", function()
    local state = support.start(script [[dump_state = function(emit)
      for size = 0, 200 do emit("tick", ("x"):rep(size)) emit("tock", ("y"):rep(size) .. "\0") end end]])
    local events = assert(state:dump_state())
    for size = 0, 200 do
      assert.equal(("x"):rep(size), events[2 * size + 1].data)
      assert.equal(("y"):rep(size) .. "\0", events[2 * size + 2].data)
    end
  end)

  it("dumps the state, with an emit of its own", function()
    local state = support.start(script([[dump_state = function(emit) kept = emit emit("tick", "one") emit("tock", "two") end,
      set_config = function() local done, why = kept("tick", "late") return nil, why end]], "local kept"))
    assert.same({ "tick one", "tock two" }, names(assert(state:dump_state())))
    given.holds(select(2, state:set_config "{}"), "nobody takes async events now")
  end)

  it("works with every version, and dump_state since 3.10", function()
    local text = script 'async = function(emit) emit("tick", "x") return false end, dump_state = function() end'
    for minor = 0, support.newest_minor do
      local state = support.start(text, { minor = minor })
      assert.is_true(state:async_open())
      assert.is_true(state:async_wait(1, 10))
      assert.is_true(state:async_close())
      if minor >= 10 then assert.same({}, state:dump_state()) end
      state:destroy()
    end
  end)

  it("is refused where it is declared wrongly", function()
    for rest, expected in pairs {
      ['async_events = {}'] = "async_events: expected a list of names",
      ['async_events = { 1 }'] = "async_events: expected a list of names",
      ['async_events = { "a" }, async_event_sources = { "" }'] = "async_event_sources: expected a list of names",
      ['async_events = { "a" }, async_interval = 0'] = "async_interval: expected seconds from 0.001 to 86400, got 0",
      ['async_events = { "a" }, async_interval = 0/0'] = "async_interval: expected seconds from 0.001 to 86400",
    } do
      given.holds(given.problem(('return { name = "x", version = "0.1.0",\n%s }'):format(rest)), "script.lua:2: ", expected)
    end
  end)
end)
