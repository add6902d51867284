local host = require "lure.host"
local support = require "spec.support"

local function load(name, options)
  return assert(host.load(("%s/spec/%s.so"):format(support.build, name), options))
end

local function start(name, options)
  return assert(load(name, options):init())
end

describe("extracting a field of API 3", function()
  local state, event

  before_each(function()
    state = start "counter_v3"
    event = host.event { data = "12" }
  end)

  it("answers a value of each type as a Lua value", function()
    assert.equal(12, state:extract(event, "counter.value"))
    assert.equal("12", state:extract(event, "counter.text"))
    assert.is_true(state:extract(event, "counter.even"))
    assert.is_false(state:extract(host.event { data = "13" }, "counter.even"))
    assert.equal(12, state:extract(event, "counter.at"))
    assert.equal(12, state:extract(event, "counter.gap"))
    assert.equal("10.0.0.12", state:extract(event, "counter.address"))
    assert.equal("a00:c::", state:extract(event, "counter.network"))
    assert.same({ "1", "2" }, state:extract(event, "counter.digits"))
  end)

  it("answers numbers above those of Lua as digits", function()
    assert.equal("18446744073709551615", state:extract(event, "counter.huge"))
  end)

  it("answers nil where the event has no value", function()
    assert.same({ n = 1 }, table.pack(state:extract(event, "counter.absent")))
  end)

  it("that fails answers nil and the plugin's text", function()
    local value, message = state:extract(event, "counter.fails")
    assert.is_nil(value)
    assert.equal("this field always fails", message)
  end)

  it("passes arguments as libsinsp does", function()
    assert.equal(36, state:extract(event, "counter.times[3]"))
    assert.equal("said hello", state:extract(event, "counter.said[hello]"))
    assert.equal("said ", state:extract(event, "counter.said[]"))
    assert.equal("nothing", state:extract(event, "counter.said"))
    assert.equal("7 7", state:extract(event, "counter.either[7]"))
    assert.equal("-1 07", state:extract(event, "counter.either[07]"))
    assert.equal("-1 -", state:extract(event, "counter.either"))
  end)

  it("refuses what is no field, or no argument for it", function()
    local function refused(field, message)
      assert.error_matches(function() state:extract(event, field) end, message, 1, true)
    end
    refused("counter.nothing", "the plugin has no field 'counter.nothing'")
    refused("counter.times", "filter 'counter.times': counter.times requires an argument but none provided")
    refused("counter.times[x]", "has an invalid index argument not composed only by digits: x")
    refused("counter.times[03]", "has an invalid index argument starting with 0: 03")
    refused("counter.times[99999999999999999999]", "not representable on 64 bit")
    refused("counter.value[1]", "does not allow nor require an argument but one is provided: 1")
    refused("counter.said[x", "has unbalanced argument brackets")
  end)

  it("can ask for many fields in one call", function()
    local values = state:extract(event, { "counter.value", "counter.absent", "counter.said[x]", "counter.times[2]" })
    assert.same({ 12, nil, "said x", 24, n = 4 }, values)
    local none, message = state:extract(event, { "counter.value", "counter.fails" })
    assert.is_nil(none)
    assert.equal("this field always fails", message)
  end)

  it("shows number and source of the event", function()
    assert.equal("counter 1", state:extract(event, "counter.source"))
    assert.equal("counter 0", state:extract(host.event { num = 0 }, "counter.source"))
  end)

  it("is not asked of a plugin that does not take events of that source or type", function()
    assert.is_nil(state:extract(host.event { data = "12", source = "other" }, "counter.value"))
    assert.is_nil(state:extract(host.event { type = 402, params = { "\0\0\0\0", "name\0", "" }, wide = true },
      "counter.value"))
  end)

  it("can keep the raw values and read them later", function()
    local pointer = assert(state:extract_raw(event, "counter.value"))
    assert.equal(12, pointer:read())
    state:extract(host.event { data = "13" }, "counter.value")
    assert.equal(13, pointer:read()) -- this plugin uses its memory again, and it shows
    assert.is_nil(assert(state:extract_raw(event, "counter.absent")):read())
    assert.equal("this field always fails", select(2, state:extract_raw(event, "counter.fails")))
    state:destroy()
    assert.error_matches(function() pointer:read() end, "destroyed")
  end)
end)

describe("a value that the framework cannot use", function()
  local function value(field)
    local state = start "faulty_v3"
    return function() state:extract(host.event { data = "1" }, "faulty." .. field) end
  end

  it("is a Lua error that names the rule", function()
    assert.error_matches(value "unset", "field faulty.unset: res_len was not set")
    assert.error_matches(value "two", "field faulty.two: more than one value for a field that is no list")
    assert.error_matches(value "address", "field faulty.address: an address has neither 4 nor 16 bytes")
    assert.error_matches(value "null", "field faulty.null: a string is NULL")
    assert.error_matches(value "pointer", "field faulty.pointer: res_len says that there are values")
    local state = start "faulty_v3"
    assert.error_matches(function() state:extract(host.event { data = "1" }, "faulty.offset", { offsets = true }) end,
      "field faulty.offset: a value offset lies outside of the event")
    assert.same({ 0, { { 38, 2 } } },
      { state:extract(host.event { data = "12" }, "faulty.offset", { offsets = true }) })
  end)
end)

describe("what is shown to a plugin", function()
  it("is gone after the call", function()
    local state = assert(load("extractor_v3"):init('x'))
    assert.equal("gone", state:extract(host.event { data = "a", num = 7, source = "text" }, "words.config"))
    assert.equal("gone", state:last_error())
  end)

  it("ends where an older host's structs end", function()
    local child = support.file([[
      local host = require "lure.host"
      local library = assert(host.load(arg[1], { minor = tonumber(arg[2]) }))
      print(library:init():extract(host.event { data = "1" }, "greedy.offsets"))
    ]])
    local function with(minor)
      return support.run(("LUA_CPATH=%s lua5.4 %s %s/spec/greedy_v3.so %d"):format(
        support.quote(package.cpath), child, support.build, minor))
    end
    assert.equal("0\n", (with(12)))
    local _, status = with(10)
    assert.not_equal(0, status) -- SIGSEGV, or what a sanitizer makes of it
  end)
end)

describe("offsets", function()
  it("come with the values of a 3.11 host that asks for them", function()
    local state = assert(load("extractor_v3"):init('x'))
    local event = host.event { data = "two words", source = "text" }
    local values, offsets = state:extract(event, "words.both", { offsets = true })
    assert.same({ "two", "words" }, values)
    assert.same({ { 38, 3 }, { 42, 5 } }, offsets)
  end)
end)

describe("extracting a field of API 0.3.0", function()
  local state, event

  before_each(function()
    state = start "counter_v0"
    event = host.event { data = "12" }
  end)

  it("passes arguments as text, and \"\" for none", function()
    assert.equal(12, state:extract(event, "counter.value"))
    assert.equal('said "x"', state:extract(event, "counter.said[x]"))
    assert.equal('said ""', state:extract(event, "counter.said"))
    assert.same({ 12, 'said "03"', nil, n = 3 },
      state:extract(event, { "counter.value", "counter.said[03]", "counter.absent" }))
    assert.equal("this field always fails", select(2, state:extract(event, "counter.fails")))
  end)

  it("is asked of a source for its own events only", function()
    assert.equal(12, state:extract(host.event { data = "12", id = 77 }, "counter.value"))
    assert.is_nil(state:extract(host.event { data = "12", id = 78 }, "counter.value"))
  end)

  it("is asked of an extractor for the sources that it wants", function()
    local extractor = start "extractor_v0"
    assert.equal(3, extractor:extract(host.event { data = "abc", source = "counter" }, "size.bytes"))
    assert.is_nil(extractor:extract(host.event { data = "abc", source = "other" }, "size.bytes"))
    local _, events = assert(state:open("1")):next_batch()
    assert.equal(1, extractor:extract(events[1], "size.bytes"))
  end)
end)

describe("an event of the host's own", function()
  it("has what it was given", function()
    local event = host.event { data = "abc", num = 7, ts = 8, tid = 9, id = 10, source = "here" }
    assert.same({ "abc", 3, 7, 8, 9, 10, "here", 322 },
      { event.data, event.size, event.num, event.ts, event.tid, event.plugin_id, event.source, event.type })
  end)

  it("can use the memory of another, which is gone then", function()
    local first = host.event { data = "123456" }
    local second = host.event { data = "654321", buffer = first }
    assert.equal("654321", second.data)
    assert.error_matches(function() return first.data end, "its memory was given to another one")
    assert.equal(654321, start("counter_v3"):extract(second, "counter.value"))
  end)

  it("can be copied with changes", function()
    local copy = host.event({ data = "abc", source = "here" }):copy { num = 0, data = "de", source = "there", id = 4 }
    assert.same({ "de", 0, "there", 4 }, { copy.data, copy.num, copy.source, copy.plugin_id })
  end)

  it("refuses keys that it does not know", function()
    assert.has_error(function() host.event { dta = "" } end, 'unknown key "dta" of an event')
    assert.error_matches(function() return host.event({}).dta end, 'an event has no "dta"')
  end)
end)

describe("the text of an event", function()
  it("without one from the plugin is the beginning of its payload", function()
    local state = start "counter_v3"
    assert.equal("datalen=10 data=1234567890", state:to_string(host.event { data = "1234567890" }))
    assert.equal("datalen=10 data=<binary>", state:to_string(host.event { data = "123\n567890" }))
  end)
end)
