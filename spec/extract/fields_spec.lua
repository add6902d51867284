local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function state_of(extract, type, options, rest)
  return support.start(given.field(extract, type, rest), options)
end

local function value_of(extract, type, options, rest)
  return state_of(extract, type, options, rest):extract(support.event "12", "x.y")
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("a field function in plugin API " .. api, function()
    it("is given value, argument, event and field", function()
      assert.equal("12 nil 12 x.y", value_of([[function(value, arg, event, field)
        return table.concat({ value, tostring(arg), event.data, field }, " ") end]], "string", options))
    end)

    it("that returns nil has no value in this event", function()
      assert.same({ n = 1 }, table.pack(value_of("function() return nil end", "string", options)))
      assert.same({ n = 1 }, table.pack(value_of("function() end", "uint64", options)))
    end)

    it("that throws or returns nil and a text fails this extraction and no other", function()
      local state = support.start(given.extractor [[fields = {
        { name = "x.a", type = "string", desc = "-", extract = function() error("oh") end },
        { name = "x.b", type = "string", desc = "-", extract = function() return nil, "no" end },
        { name = "x.c", type = "string", desc = "-", extract = function(v) return v end } }]], options)
      local event = support.event "12"
      assert.same({ nil, "script.lua:4: field x.a: oh" }, { state:extract(event, "x.a") })
      assert.same({ nil, "script.lua:5: field x.b: no" }, { state:extract(event, "x.b") })
      assert.equal("12", state:extract(event, "x.c"))
      local all, message = state:extract(event, { "x.c", "x.a", "x.b" })
      assert.is_nil(all)
      given.holds(message, "field x.")
    end)

    it("is called once for an event, however often the field is extracted", function()
      local state = state_of('function(v) calls = (calls or 0) + 1; return v .. ":" .. calls end', "string", options)
      local event = support.event { data = "a", num = 1 }
      for _ = 1, 3 do
        assert.equal("a:1", state:extract(event, "x.y"))
      end
      assert.equal("b:2", state:extract(support.event { data = "b", num = 2 }, "x.y"))
    end)

    it("is remembered absent and failed, too", function()
      local state = state_of([[function(v) calls = (calls or 0) + 1
        if v == "absent" then return nil elseif v == "failed" then error("call " .. calls) end; return tostring(calls) end]],
        "string", options)
      local absent, failed = support.event { data = "absent", num = 1 }, support.event { data = "failed", num = 2 }
      for _ = 1, 3 do
        assert.is_nil((state:extract(absent, "x.y")))
      end
      for _ = 1, 3 do
        local value, message = state:extract(failed, "x.y")
        assert.is_nil(value)
        given.holds(message, "call 2")
      end
      assert.equal("3", state:extract(support.event { data = "x", num = 3 }, "x.y"))
    end)

    it("gets one call for each argument", function()
      local state = state_of('function(v, arg) calls = (calls or 0) + 1; return arg .. ":" .. calls end', "string", options,
        "arg = { required = true, key = true },")
      local event = support.event { data = "a", num = 1 }
      assert.same({ "k:1", "l:2", "k:1", "l:2" }, { (state:extract(event, "x.y[k]")), (state:extract(event, "x.y[l]")),
        (state:extract(event, "x.y[k]")), (state:extract(event, "x.y[l]")) })
    end)

    it("gets one call for each index, whatever else is extracted in between", function()
      local state = support.start(given.extractor [[
        extract = function(v, arg, _, field) calls = (calls or 0) + 1
          return ("%s %s %s:%d"):format(field, v, arg, calls) end,
        fields = { { name = "x.i", type = "string", desc = "-", arg = { index = true } },
          { name = "x.both", type = "string", desc = "-", arg = { index = true, key = true } },
          { name = "x.none", type = "string", desc = "-" } }]], options)
      local first, second = support.event { data = "a", num = 1 }, support.event { data = "b", num = 2 }
      for _ = 1, 3 do
        assert.equal("x.i a 0:1", state:extract(first, "x.i[0]"))
        assert.equal("x.i a 7:2", state:extract(first, "x.i[7]"))
        assert.equal("x.i a nil:3", state:extract(first, "x.i"))
        assert.equal("x.both a 7:4", (state:extract(first, "x.both[7]")))
        assert.equal("x.both a seven:5", state:extract(first, "x.both[seven]"))
        assert.equal("x.none a nil:6", state:extract(first, "x.none"))
      end
      assert.equal("x.i b 0:7", state:extract(second, "x.i[0]"))
      assert.equal("x.i b 0:7", state:extract(second, "x.i[0]"))
      assert.equal("x.i a 0:8", state:extract(first, "x.i[0]"))
    end)

    it("may be one for all fields", function()
      local state = support.start(given.extractor [[
        extract = function(value, arg, event, field) return field == "x.own" and "wrong" or field .. value end,
        fields = { { name = "x.a", type = "string", desc = "-" }, { name = "x.b", type = "string", desc = "-" },
          { name = "x.own", type = "string", desc = "-", extract = function() return "own" end } }]], options)
      local values = state:extract(support.event "!", { "x.a", "x.b", "x.own" })
      assert.same({ "x.a!", "x.b!", "own" }, { values[1], values[2], values[3] })
    end)
  end)

  describe("decode in plugin API " .. api, function()
    local function decoding(body, rest)
      return support.start(given.source(([[next = function() end, %s decode = function(event) %s end,
        fields = { { name = "x.y", type = "string", desc = "-", extract = function(v) called = (called or 0) + 1
          return type(v) == "table" and v.text or tostring(v) end },
          { name = "x.z", type = "uint64", desc = "-", extract = function() return decoded end },
          { name = "x.path", type = "string", desc = "-", path = "/a" } }]]):format(rest or "", body)), options)
    end

    it("is called once for an event and hands its value to fields and to_string", function()
      local state = decoding("decoded = (decoded or 0) + 1; return { text = event.data .. '!' }",
        "to_string = function(v) return '<' .. v.text .. '>' end,")
      local event = support.event { data = "a", num = 1 }
      assert.equal("a!", state:extract(event, "x.y"))
      assert.equal("<a!>", state:to_string(event))
      assert.equal(1, state:extract(event, "x.z"))
    end)

    it("may return any value but nil, also false", function()
      assert.equal("false", decoding("return false"):extract(support.event "a", "x.y"))
      assert.equal("5", decoding("return 5"):extract(support.event "a", "x.y"))
    end)

    it("that returns nil says that the payload is not the script's", function()
      local state = decoding("return nil", "to_string = function() return 'never' end,")
      local event = support.event '{"a": "b"}'
      assert.same({ n = 1 }, table.pack(state:extract(event, "x.y")))
      assert.equal('{"a": "b"}', state:to_string(event))
      assert.equal("b", state:extract(event, "x.path"))
    end)

    it("that fails fails each such field with its text, and to_string returns the payload", function()
      for body, text in pairs { ["error('bad payload')"] = "script.lua:3: decode: bad payload",
                                ["return nil, 'bad payload'"] = "script.lua:3: decode: bad payload" } do
        local state = decoding("decoded = (decoded or 0) + 1; " .. body, "to_string = function() return 'never' end,")
        local event = support.event "zzz"
        assert.same({ nil, text }, { state:extract(event, "x.y") })
        assert.same({ nil, text }, { state:extract(event, "x.z") })
        assert.equal("zzz", state:to_string(event))
      end
    end)

    it("that returns nil and no text has failed", function()
      given.holds(select(2, decoding("return nil, 5"):extract(support.event "a", "x.y")),
        "script.lua:3: decode: expected a string behind nil (what went wrong), got integer 5")
    end)
  end)

  describe("to_string in plugin API " .. api, function()
    local function showing(body)
      return support.start(given.source("next = function() end, to_string = function(value, event) " .. body .. " end"), options)
    end

    it("shows the payload where there is none", function()
      local state = support.start(given.source "next = function() end", options)
      assert.equal("text", state:to_string(support.event "text"))
      assert.equal("a\\u0000b", state:to_string(support.event "a\0b"))
    end)

    it("is given value and event", function()
      assert.equal("12/12", showing('return value .. "/" .. event.data'):to_string(support.event "12"))
    end)

    it("shows a NUL as text", function()
      assert.equal("a\\u0000b\\u0000", showing('return "a\\0b\\0"'):to_string(support.event "12"))
    end)

    for body, problem in pairs {
      ["error('oh')"] = "oh", ["return nil, 'oh'"] = "oh", ["return"] = "expected a string, got nil",
      ["return 5"] = "expected a string, got integer 5", ["return {}"] = "expected a string, got table",
      ["return true"] = "expected a string, got true", ["return print"] = "expected a string, got function",
      ["return lure.TIMEOUT"] = "expected a string, got userdata", ["return 1.5"] = "expected a string, got number 1.5",
    } do
      it("that is `" .. body .. "` has failed: the payload is shown, the error logged", function()
        local state = showing(body)
        assert.equal("12", state:to_string(support.event "12"))
        given.holds(state:last_error(), "script.lua:3: to_string: " .. problem)
        if api == 3 then
          given.holds(state:log()[1].message, "to_string: " .. problem)
        end
      end)
    end
  end)
end

describe("the event that functions are given", function()
  it("has data, num, ts, source, type, tid and param", function()
    local state = state_of([[function(_, _, e) return table.concat({ e.data, e.num, e.ts, e.source, e.type, e.tid }, " ") end]])
    assert.equal("12 7 1234 s pluginevent 42",
      state:extract(host.event { data = "12", num = 7, ts = 1234, tid = 42, source = "s", id = 5 }, "x.y"))
  end)

  it("has the script's own source in plugin API 0.3.0, or nil", function()
    local read = "function(_, _, e) return tostring(e.source) .. ' ' .. e.type end"
    assert.equal("nil pluginevent", value_of(read, "string", { api = 0 }))
    local state = support.start(given.source(([[next = function() end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = %s } }]]):format(read)), { api = 0 })
    assert.equal("x pluginevent", state:extract(support.event "1", "x.y"))
  end)

  it("has nothing else, and cannot be changed", function()
    given.holds(select(2, value_of "function(_, _, e) return e.dat end"),
      'an event has no "dat"; it has data, num, ts, source, type, tid and param')
    given.holds(select(2, value_of "function(_, _, e) e.data = 1 end"), "an event cannot be changed")
    given.holds(select(2, value_of "function(_, _, e) return e[1] end"), "field x.y")
    assert.equal("false", value_of "function(_, _, e) return tostring(getmetatable(e)) end")
  end)

  it("errors when it is used after its call", function()
    local state = state_of [[function(v, _, e) local old = kept; kept = e
      if v == "2" then return pcall(function() return old.data end) and "the same object" end
      return v end]]
    assert.equal("1", state:extract(support.event { data = "1", num = 1 }, "x.y"))
    assert.equal("the same object", state:extract(support.event { data = "2", num = 2 }, "x.y"))
    local library = assert(support.load_script(given.source [[next = function() if kept then return kept.data end end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function(_, _, e) kept = e; return "x" end } }]]))
    state = assert(library:init '{"lure": {"max_errors": 1}}')
    state:extract(support.event "1", "x.y")
    local _, rc, message = given.payloads(assert(state:open()))
    assert.equal("failure", rc)
    given.holds(message, "this event is gone: it is valid only inside the call that was given it")
  end)

  it("has bytes of any kind as data", function()
    local state = state_of "function(_, _, e) return (e.data:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end"
    assert.equal("000aff", state:extract(support.event "\0\n\xff", "x.y"))
    assert.equal("", state:extract(support.event { data = "" }, "x.y"))
  end)
end)

describe("events of another type", function()
  it("have no such fields", function()
    local state = state_of 'function() return "never" end'
    assert.same({ 322 }, state:extract_event_types())
    local event = require("lure.host").event { type = 3, params = {}, source = "x" }
    assert.is_nil((state:extract(event, "x.y", { unasked = true })))
  end)
end)

it("an index that no integer of Lua's can hold is the largest one, and so in no list", function()
  for _, optimize in ipairs { "true", "false" } do
    local state = support.start(given.extractor [[fields = {
      { name = "x.index", type = "string", desc = "-", arg = { index = true }, extract = function(_, i) return tostring(i) end },
      { name = "x.list", type = "string", desc = "-", arg = { index = true }, path = "/*", default = "none" } }]],
      { config = ('{"lure": {"optimize": %s}}'):format(optimize) })
    local event = support.event { data = '["a"]', num = 1 }
    for _, index in ipairs { "9223372036854775806", "9223372036854775807" } do
      assert.equal(index, state:extract(event, ("x.index[%s]"):format(index)))
    end
    for _, index in ipairs { "9223372036854775808", "18446744073709551615", "9223372036854775808" } do
      assert.equal("9223372036854775807", state:extract(event, ("x.index[%s]"):format(index)))
      assert.is_nil((state:extract(event, ("x.list[%s]"):format(index))))
    end
  end
end)

describe("arguments under the plugin API 0.3.0, whose hosts do not check them", function()
  local function start()
    return support.start(given.extractor [[fields = {
      { name = "x.index", type = "uint64", desc = "-", arg = { index = true, required = true },
        extract = function(_, i) return i end } }]], { api = 0 })
  end

  it("are checked by lure", function()
    local state = start()
    assert.equal(7, state:extract(support.event "e", "x.index[7]"))
    for argument, expected in pairs {
      [""] = "field x.index: needs an argument: x.index[3]",
      ["[x]"] = 'field x.index: expected an index (digits, without leading zeros) as the argument, got "x"',
      ["[-1]"] = 'got "-1"', ["[007]"] = 'got "007"', ["[99999999999999999999]"] = 'got "99999999999999999999"',
    } do
      local value, message = state:extract(support.event "e", "x.index" .. argument)
      assert.is_nil(value)
      given.holds(message, expected)
    end
  end)
end)
