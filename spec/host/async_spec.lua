local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local function start(mode, minor)
  local library = assert(host.load(support.build .. "/spec/async_v3.so", { minor = minor or 12 }))
  return assert(library:init(mode or ""))
end

describe("async events", function()
  it("are kept until they are taken", function()
    local state = start()
    assert.is_true(state:async_open())
    assert.is_true(state:set_config "send")
    assert.is_true(state:set_config "send")
    local events = state:async_events()
    assert.equal(2, #events)
    assert.same({ name = "tick", data = "a\nb", tid = -1, plugin_id = 0, ts = events[1].ts }, events[1])
    assert.is_true(events[1].ts > 1700000000 * 1000000000)
    assert.same({}, state:async_events())
    assert.is_true(state:async_close())
    state:destroy()
  end)

  it("come from threads", function()
    local state = start "endless"
    assert.is_true(state:async_open())
    assert.is_true(state:async_wait(5, 10))
    assert.equal("from a thread", state:async_events()[5].data)
    assert.is_true(state:async_close())
    state:async_events()
    assert.is_false(state:async_wait(1000000, 0.01))
    assert.is_true(state:async_open())
    state:destroy() -- takes the handler back first
  end)

  it("can all be refused", function()
    local state = start()
    assert.is_true(state:async_open { fail = "the queue is full" })
    assert.same({ nil, "the queue is full" }, { state:set_config "send" })
    assert.same({}, state:async_events())
  end)

  for mode, message in pairs {
    type = "malformed async event produced by plugin: async",
    params = "malformed async event produced by plugin: async",
    name = "incompatible async event 'tock' produced by plugin: async",
    far = "async event ts too far in future: plugin async",
  } do
    it("that are not as they should be are refused, and the host goes on: " .. mode, function()
      local state = start(mode)
      state:async_open()
      assert.same({ nil, message }, { state:set_config "send" })
      assert.same({}, state:async_events())
      assert.is_true(state:set_config "") -- a mode in which all is well
      assert.is_true(state:set_config "send")
      assert.equal(1, #state:async_events())
    end)
  end

  it("that libsinsp would take although their lengths are wrong break a rule", function()
    local state = start "length"
    state:async_open()
    assert.error_matches(function() state:set_config "send" end,
      "malformed async event produced by plugin: async (the lengths of its parameters do not add up", 1, true)
    assert.same({}, state:async_events())
  end)

  it("may have any plugin id: the host sets it", function()
    local state = start "id"
    state:async_open()
    assert.is_true(state:set_config "send")
    assert.equal(0, state:async_events()[1].plugin_id)
  end)

  it("may have a thread only if the open source is the kernel's", function()
    local state = start "thread"
    state:async_open()
    assert.is_true(state:set_config "send")
    assert.equal(7, state:async_events()[1].tid)
    state:async_close()
    state:async_open { source = "text" }
    given.holds(select(2, state:set_config "send"), "can have no thread associated with open event source 'text'")
  end)

  it("are not to come after the handler was taken back", function()
    local state = start()
    state:async_open()
    state:async_close()
    assert.same({ nil, "async event sent with NULL handler: async" }, { state:set_config "late" })
    assert.is_true(state:set_config "")
  end)

  it("need a plugin that takes the handler", function()
    local state = start "refuse open"
    assert.same({ nil, "I do not like it" }, { state:async_open() })
    state:destroy()
    state = start "refuse close"
    assert.is_true(state:async_open())
    assert.error_matches(function() state:async_open() end, "must reset the async event handler before setting a new one")
    assert.same({ nil, "I do not like it" }, { state:async_close() })
    assert.is_true(state:set_config "send") -- the handler stays
    state:destroy()
  end)

  it("have a handler that has to be taken back at the end", function()
    local state = start "refuse close"
    assert.is_true(state:async_open())
    assert.error_matches(function() state:destroy() end,
      "set_async_event_handler of plugin async failed when the host ended, which aborts it: I do not like it")
  end)
end)

describe("a dump of state", function()
  it("is a list of async events", function()
    local events = assert(start():dump_state())
    assert.same({ "state", "one", "state", "two" },
      { events[1].name, events[1].data, events[2].name, events[2].data })
  end)

  it("may fail", function()
    assert.same({ nil, "nothing to dump" }, { start("no dump"):dump_state() })
    given.holds(select(2, start("name"):dump_state()), "incompatible async event 'tock'")
  end)

  it("is known to hosts of 3.10 and later", function()
    assert.same({ nil, "a host of plugin API 3.9 does not know plugin_dump_state" }, { start("", 9):dump_state() })
    assert.is_table(start("", 10):dump_state())
  end)
end)

describe("listening", function()
  it("begins routines that go on until the end", function()
    local state = start()
    assert.is_true(state:capture_open())
    assert.equal(1, state:routines())
    assert.equal("listening", state:inspector():table("threads"):read(1, "comm"))
    assert.equal(0, state:inspector():table("threads"):references())
    repeat local rounds = state:metrics()[1].value until rounds > 10
    assert.error_matches(function() state:capture_open() end, "the capture is open already")
    assert.is_true(state:capture_close())
    assert.equal(0, state:routines())
    local rounds = state:metrics()[1].value
    assert.equal(rounds, state:metrics()[1].value)
  end)

  it("has routines that end themselves", function()
    local state = start "five rounds"
    assert.is_true(state:capture_open())
    repeat local count = state:routines() until count == 0
    assert.equal(5, state:metrics()[1].value)
    assert.is_true(state:capture_close())
  end)

  it("ends routines that the plugin forgot, and with the state", function()
    local state = start "forgetful"
    assert.is_true(state:capture_open())
    assert.is_true(state:capture_close())
    assert.equal(0, state:routines())
    assert.is_true(state:capture_open())
    state:destroy()
  end)

  it("does not let routines use tables, at which the host may be at work", function()
    local state = start "peek"
    assert.is_true(state:capture_open())
    assert.error_matches(function() repeat state:routines() until false end,
      "plugin async: asking for the size of a table outside of init, extract_fields, parse_event, capture_open")
    assert.error_matches(function() state:destroy() end, "outside of init") -- where it asks once more
  end)

  it("may be refused", function()
    local state = start "refuse capture"
    assert.same({ nil, "no capture" }, { state:capture_open() })
    state = start "refuse end"
    assert.is_true(state:capture_open())
    assert.same({ nil, "not yet" }, { state:capture_close() })
    assert.is_true(state:set_config "")
    assert.is_true(state:capture_open())
    assert.is_true(state:set_config "refuse end")
    assert.error_matches(function() state:destroy() end, "capture_close of plugin async failed when the host ended")
  end)

  it("is known to hosts of 3.7 and later", function()
    assert.same({ nil, "a host of plugin API 3.6 does not know plugin_capture_open" }, { start("", 6):capture_open() })
    assert.is_true(start("", 7):capture_open())
  end)

  it("shows get_owner_last_error to plugins of 3.9 and later", function()
    assert.is_true(start("greedy", 9):capture_open())
    local program = support.file([[
      local host = require "lure.host"
      host.load(..., { minor = 8 }):init("greedy"):capture_open()]])
    local _, status = support.run(("LUA_CPATH=%s lua5.4 %s %s"):format(support.quote(package.cpath), program,
      support.build .. "/spec/async_v3.so"))
    assert.not_equal(0, status)
  end)
end)

describe("metrics", function()
  it("are numbers with a name", function()
    local metrics = start():metrics()
    assert.same({ name = "rounds", value = 0, type = "monotonic", value_type = "u64" }, metrics[1])
    assert.same({ name = "sent", value = 0, type = "monotonic", value_type = "u32" }, metrics[2])
    assert.same({ name = "cold", value = -3, type = "non_monotonic", value_type = "s32" }, metrics[3])
    assert.equal(math.mininteger, metrics[4].value)
    assert.same({ 0.5, "double", 0.25, "float", -1, "int" }, { metrics[5].value, metrics[5].value_type,
      metrics[6].value, metrics[6].value_type, metrics[7].value, metrics[7].value_type })
  end)

  it("are asked for on another thread", function()
    local state = start()
    local job = state:ask_metrics()
    state:async_open()
    for _ = 1, 1000 do state:set_config "send" end
    assert.error_matches(function() state:destroy() end, "metrics are still asked for")
    assert.is_true(job:join() > 0)
    assert.equal(1000, state:metrics()[2].value)
  end)

  it("that hosts cannot use are errors", function()
    assert.error_matches(function() start("nameless"):metrics() end, "get_metrics of plugin async: a metric has no name")
    assert.error_matches(function() start("strange"):metrics() end, "a metric has a value of an unknown type")
    assert.error_matches(function() start("no array"):metrics() end, "there are to be metrics, and the array is NULL")
  end)

  it("are known to hosts of 3.6 and later", function()
    assert.same({ nil, "a host of plugin API 3.5 does not know plugin_get_metrics" }, { start("", 5):metrics() })
    assert.same({ nil, "a host of plugin API 3.5 does not know plugin_get_metrics" }, { start("", 5):ask_metrics() })
    assert.is_table(start("", 6):metrics())
  end)
end)

describe("a new config", function()
  it("is taken or refused", function()
    local state = start()
    assert.is_true(state:set_config "{}")
    assert.same({ nil, "what is that?" }, { state:set_config "nonsense" })
    assert.same({ nil, "a host of plugin API 3.3 does not know plugin_set_config" }, { start("", 3):set_config "" })
  end)
end)

describe("a plugin without a capability", function()
  it("is not asked for it", function()
    for file, text in pairs { extractor_v3 = "plugin words has no plugin_", counter_v0 = "plugin API 0 does not know plugin_" } do
      local state = assert(assert(host.load(("%s/spec/%s.so"):format(support.build, file))):init())
      local function refused(symbol, ...)
        assert.same({ n = 2, nil, text .. symbol }, table.pack(...))
      end
      refused("parse_event", state:parse(host.event { data = "x" }))
      refused("set_async_event_handler", state:async_open())
      refused("set_async_event_handler", state:async_close())
      refused("dump_state", state:dump_state())
      refused("capture_open", state:capture_open())
      refused("capture_close", state:capture_close())
      refused("get_metrics", state:metrics())
      refused("get_metrics", state:ask_metrics())
      refused("set_config", state:set_config "{}")
    end
  end)
end)
