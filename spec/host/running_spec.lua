local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local function load(name, options)
  return assert(host.load(("%s/spec/%s.so"):format(support.build, name), options))
end

local function all_data(instance)
  local list = {}
  while true do
    local rc, events = instance:next_batch()
    for _, event in ipairs(events) do
      list[#list + 1] = event.data
    end
    if rc ~= "success" then
      return list, rc
    end
  end
end

for _, name in ipairs { "counter_v3", "counter_v0" } do
  describe("a source (" .. name .. ")", function()
    local state

    before_each(function() state = assert(load(name):init()) end)
    after_each(function() state:destroy() end)

    it("delivers its events in batches until the end", function()
      local list, rc = all_data(assert(state:open("7")))
      assert.same({ "1", "2", "3", "4", "5", "6", "7" }, list)
      assert.equal("eof", rc)
    end)

    it("has its events numbered, and completed as libscap does", function()
      local instance = assert(state:open("4"))
      local _, events = instance:next_batch()
      assert.equal(1, events[1].num)
      assert.equal(3, events[3].num)
      assert.equal(2000, events[2].ts)
      assert.is_true(events[1].ts > 1700000000 * 1000000000)
      assert.equal(77, events[2].plugin_id)
      assert.equal(-1, events[2].tid)
      assert.equal(322, events[2].type)
      assert.equal("counter", events[2].source)
      _, events = instance:next_batch()
      assert.equal(4, events[1].num)
    end)

    it("takes its events back with the next batch", function()
      local instance = assert(state:open("7"))
      local _, events = instance:next_batch()
      local kept = events[1]:copy()
      instance:next_batch()
      assert.error_matches(function() return events[1].data end, "this event is gone")
      assert.equal("1", kept.data)
      assert.equal(77, kept.plugin_id)
    end)

    it("that cannot be opened says why, and is closed without an instance", function()
      local instance, message = state:open("-3")
      assert.is_nil(instance)
      assert.equal("cannot count to -3", message)
      if name == "counter_v3" then
        assert.equal("closed without an instance", state:last_error())
      end
    end)

    it("tells its progress", function()
      local instance = assert(state:open("6"))
      instance:next_batch()
      local progress, text = instance:progress()
      assert.equal(0.5, progress)
      assert.equal("counting", text)
    end)

    it("may be open several times", function()
      local first, second = assert(state:open("2")), assert(state:open("3"))
      local _, events = first:next_batch()
      local _, others = second:next_batch()
      assert.equal(2, #events)
      assert.equal(3, #others)
      first:close()
      assert.equal("3", others[3].data)
      assert.error_matches(function() first:next_batch() end, "this instance is closed")
    end)

    it("is closed when its plugin state is destroyed", function()
      local instance = assert(state:open("2"))
      local _, events = instance:next_batch()
      state:destroy()
      assert.error_matches(function() instance:next_batch() end, "this instance is closed")
      assert.error_matches(function() return events[1].data end, "this event is gone")
      assert.error_matches(function() state:open("2") end, "this plugin state is destroyed")
      state:destroy()
    end)

    it("shows its events as text", function()
      local _, events = assert(state:open("1")):next_batch()
      assert.truthy(state:to_string(events[1]):find("number 1", 1, true))
    end)

    it("does not see the texts that a Lua string can hold and C cannot", function()
      assert.error_matches(function() state:open("1\0") end, "NUL")
    end)
  end)
end

describe("init", function()
  it("that fails gives the plugin's last error", function()
    for _, name in ipairs { "counter_v3", "counter_v0" } do
      local state, message = load(name):init('{"fail": true}')
      assert.is_nil(state)
      assert.equal('the config says "{"fail": true}"', message)
    end
  end)

  it("that fails without a state has no error to ask for", function()
    local state, message = load("faulty_v3"):init('{"stateless": true}')
    assert.is_nil(state)
    assert.equal("plugin handle or 'get_last_error' function not defined", message)
  end)

  it("may be called many times, each with a state of its own", function()
    local library = load "counter_v3"
    local first, second = assert(library:init()), assert(library:init())
    first:destroy()
    assert.equal("1", select(2, assert(second:open("1")):next_batch())[1].data)
  end)

  it("is not reached by what is no JSON, where the plugin has a JSON schema", function()
    local state, message = load("counter_v3"):init("script.lua")
    assert.is_nil(state)
    assert.equal("error in plugin counter: init config is not a valid json", message)
    local _, bad = load("faulty_v3", { env = { FAULT = "schema" } }):init()
    assert.equal("error in plugin faulty: get_init_schema did not return a json object", bad)
  end)

  it("gets {} for an empty config with a schema", function()
    local state = load("extractor_v3"):init()
    assert.is_truthy(state)
  end)

  it("has to set the result code", function()
    assert.error_matches(function() load("faulty_v3"):init('{"unset": 1}') end, "did not set the result code")
  end)

  it("hands out a log function to plugins of 3.3 and later", function()
    local state = assert(load("extractor_v3"):init("x"))
    assert.same({ { message = "hello", severity = "info" } }, state:log())
    assert.same({}, state:log())
    state:extract(host.event { data = "a b", source = "text" }, "words.both")
    assert.same({ { message = "words.both", severity = "debug", component = "words" } }, state:log())
  end)
end)

describe("after init", function()
  it("the event types are asked for", function()
    local state = assert(load("counter_v3"):init())
    assert.same({ 322 }, state:extract_event_types())
  end)

end)

describe("the event schema", function()
  local function start(schema)
    return assert(load("extractor_v3", { env = { SCHEMA = schema } }):init())
  end

  it("that a plugin asks for is compared when events of the kernel are opened, and not before", function()
    for schema, problem in pairs {
      ["4.0.0"] = false, ["4.1.0"] = false,
      ["3.1.0"] = "plugin words required event schema version '3.1.0' not compatible with the event schema version in "
        .. "use '4.1.0': major versions disagree",
      [""] = "required event schema version '3.0.0' not compatible",
      ["4.2.0"] = "minor version is less than the requested one",
      ["4.1.1"] = "patch version is less than the requested one",
    } do
      local state = start(schema)
      assert.same({ 322, 402 }, state:extract_event_types())
      local fine, message = state:kernel_open()
      if problem then
        assert.is_nil(fine)
        given.holds(message, problem)
      else
        assert.is_true(fine)
      end
      state:destroy()
    end
  end)

  it("is of no interest to those who take events of plugins only", function()
    assert.is_true(assert(load("counter_v3"):init()):kernel_open())
    assert.is_true(assert(load("counter_v0"):init()):kernel_open())
  end)
end)

describe("a host of each minor version", function()
  it("runs a plugin that asks for 3.0.0 only", function()
    for minor = 0, support.newest_minor do
      local state = assert(load("counter_v3", { minor = minor }):init())
      local _, events = assert(state:open("2")):next_batch()
      assert.equal(2, state:extract(events[2], "counter.value"))
      assert.same({ 322 }, state:extract_event_types())
      state:destroy()
    end
  end)
end)

describe("the open parameters", function()
  it("are a list of suggestions", function()
    local state = assert(load("counter_v3"):init())
    assert.same({ { value = "5", desc = "Five events", separator = "," }, { value = "9" } }, state:open_params())
  end)

  it("are an empty list where the plugin has none", function()
    assert.same({}, assert(load("counter_v0"):init()):open_params())
  end)
end)

describe("a batch", function()
  local state

  before_each(function() state = assert(load("faulty_v3"):init()) end)

  local function next_of(params)
    local instance = assert(state:open(params))
    return function() return instance:next_batch() end
  end

  it("that is a success without events breaks a rule", function()
    assert.error_matches(next_of "success without events", "unexpected 0 size event returned by plugin faulty")
  end)

  it("at the end of which nevts is left as it was breaks a rule", function()
    assert.error_matches(next_of "eof leaves nevts", "did not set the number of events")
  end)

  it("that counts events without showing them breaks a rule", function()
    assert.error_matches(next_of "no array", "answered 1 events and did not set the array")
  end)

  it("of another plugin's events breaks a rule", function()
    assert.error_matches(next_of "foreign", "plugin='faulty', expected_id=78, actual_id=12")
  end)

  it("of malformed events breaks a rule", function()
    for _, fault in ipairs { "malformed", "too long" } do
      assert.error_matches(next_of(fault), "malformed plugin event produced by plugin: 'faulty'")
    end
  end)

  it("with a code that no one knows breaks a rule", function()
    assert.error_matches(next_of "unknown code", "answered an unknown result code 42")
  end)

  it("that failed comes with the plugin's text", function()
    local rc, events, message = next_of "failure"()
    assert.equal("failure", rc)
    assert.same({}, events)
    assert.equal("the text of the failure", message)
  end)
end)

describe("in the background", function()
  it("a plugin is loaded and started again and again while another runs", function()
    local state = assert(load("counter_v3"):init())
    local job = host.background(support.build .. "/spec/counter_v3.so", { times = 200 })
    local instance = assert(state:open("3000"))
    assert.equal(3000, #all_data(instance))
    assert.is_true(job:join())
    assert.is_true(job:join())
  end)

  it("the first failure ends it, with its text", function()
    local job = host.background(support.build .. "/spec/counter_v3.so", { times = 3, config = '{"fail":1}' })
    local fine, message = job:join()
    assert.is_nil(fine)
    assert.equal('the config says "{"fail":1}"', message)
    job = host.background(support.build .. "/spec/bare_v3.so")
    fine, message = job:join()
    assert.is_nil(fine)
    assert.truthy(message:find("required symbol not implemented", 1, true))
  end)
end)

describe("an event of the host's that is given as its bytes", function()
  local header = ("<I8i8I4I2I4"):pack(5, -1, 26, 3, 0)

  it("has what they say", function()
    local event = host.event { bytes = header, num = 7, source = "syscall" }
    assert.same({ 5, -1, 3, 7, "syscall" }, { event.ts, event.tid, event.type, event.num, event.source })
    event = host.event { bytes = ("<I8i8I4I2I4I4I4I4"):pack(5, -1, 42, 322, 2, 4, 4, 77) .. "data", buffer = event }
    assert.same({ "data", 77 }, { event.data, event.plugin_id })
  end)

  it("is refused where they are no event: too short, of another length, or of a plugin without its parameters", function()
    for _, bytes in ipairs { "", header:sub(1, 25), header .. "x", ("<I8i8I4I2I4"):pack(5, -1, 26, 322, 0) } do
      assert.error_matches(function() host.event { bytes = bytes } end, #bytes .. " bytes are no event in libscap's layout")
    end
  end)
end)
