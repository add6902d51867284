--- Direct evaluation of functions (src/lua/eval.h): the values are the same as with a call. A function with `...` is
-- always called.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local BODIES = {
  "return value", "return arg", "return field", "return event", "return event.num", "return event.ts", "return event.tid",
  "return event['num\\0x']", "return event.type", "return event.data", "return event.source", "return event.none", "return event.param[1]",
  "return tointeger(value)", "return tonumber(value)", "return math.tointeger(value)", "return tointeger(value) % arg",
  "return tointeger(value) == arg and 'yes' or nil", "return #value", "return #value > 2", "return value == 'abc'",
  "if value == '7' then return 'seven' elseif field == 'x.none' then return 1 end return arg",
  "return value .. 'x'", "return value:upper()", "return value + 1", "return value < 'b'", "return nil, 'sad'",
  "return -1", "return 1.5", "return {}", "return '10.0.0.1'", "return 'a\\0b'", "return true", "return", "",
  "return value.a", "return value.a.b", "return value.list[2]", "return value[value.key]", "return value.meta.a",
  "return value.none and value.none.a", "return value.none.a", "return not value.a",
  "return value, 0, 1", "error('sad')", "return error", "for i = 1, 3 do arg = i end return arg",
}

local PAYLOADS = { "", "0", "7", "007", "42", "-5", "1e3", " 12", "abc", "a\0b", "10.0.0.1", "18446744073709551615", "::1" }

local DECODE = [[decode = function(event)
  if event.data == "0" then return nil end
  return { a = { b = event.data }, list = { 1, 2 }, key = "a", meta = setmetatable({}, { __index = { a = "inherited" } }) }
end,]]

--- A script with the function twice, in one line, so that errors have the same.
local function script(body, type, rest)
  local function field(name, head)
    return ([[{ name = "x.%s", type = "%s", desc = "-", arg = { index = true, key = true }, extract = %s %s end }]]):format(
      name, type, head, body)
  end
  local fields = field("eval", "function(value, arg, event, field)") .. ", "
    .. field("call", "function(...) local value, arg, event, field = ...")
  return given.extractor(([[%s
fields = (function()
  local tointeger, tonumber = math.tointeger, tonumber
  return { %s }
end)()]]):format(rest, fields))
end

--- What the host gets of the field: values, or how many, or the error, without the field's name.
local function answer(state, event, field, argument)
  local results = table.pack(state:extract(event, field .. argument))
  for i = 1, results.n do
    if type(results[i]) == "string" then results[i] = results[i]:gsub("x%.eval", "x.call") end
  end
  return results
end

local function compare(body, type, rest, payloads)
  local state = support.start(script(body, type, rest))
  for number, payload in ipairs(payloads) do
    local event = support.event { data = payload, num = number, ts = 1000 + number }
    for _, argument in ipairs { "", "[3]", "[abc]" } do
      assert.same(answer(state, event, "x.call", argument), answer(state, event, "x.eval", argument))
    end
  end
end

for _, body in ipairs(BODIES) do
  it(("%q is the same with and without a call"):format(body), function()
    for _, type in ipairs(support.field_types) do
      compare(body, type, "", PAYLOADS)
      compare(body, type, DECODE, { "x", "0", "7" })
    end
  end)
end

describe("a decode that is evaluated directly", function()
  local DECODES = {
    "return event.data", "return math.tointeger(event.data)", "return tonumber(event.data) or false", "return event.num",
    "return event.source", "return event.none", "return mode", "return nil", "return", "return true", "return 'constant'",
    "if event.data == '7' then return nil end return event.data", "if event.data == '7' then return nil, 'sad' end return 1",
    "return event.data .. 'x'", "return { event.data }", "return #event.data % 2 == 0", "error('sad')", "return -1",
  }

  --- The script with decode in one line; `head` has the line's begin.
  local function decoding(head, body)
    return given.source(([[next = function() return nil end, decode = %s %s end,
to_string = function(value, event) return (type(value) == "table" and "table" or tostring(value)) .. "|" .. event.data end,
fields = (function()
  mode = "mode 0"
  return {
    { name = "x.value", type = "string", desc = "-", extract = function(value) return value end },
    { name = "x.number", type = "uint64", desc = "-", extract = function(value) return value end },
    { name = "x.flag", type = "bool", desc = "-", extract = function(value) return value end },
    { name = "x.data", type = "string", desc = "-", extract = function(_, _, event) return event.data end },
    { name = "x.called", type = "string", desc = "-", extract = function(...)
        local value = ...; mode = "mode of " .. tostring(value); return math.type(value) or type(value) end },
  }
end)()]]):format(head, body))
  end

  for _, body in ipairs(DECODES) do
    it(("%q is the same with a call"):format(body), function()
      local direct, called = support.start(decoding("function(event)", body)),
        support.start(decoding("function(...) local event = ...", body))
      for number, payload in ipairs { "", "7", "42", "0", "-5", "a text", "a\0b", "10.0.0.1", ("long"):rep(100), "7", "42", "8" } do
        local event = support.event { data = payload, num = number, ts = 1000 + number }
        local fields = number % 2 == 0 and { "x.value", "x.called", "x.number", "x.flag", "x.data", "x.called", "x.value" }
          or { "x.number", "x.flag", "x.value", "x.called", "x.data" }
        for _, field in ipairs(fields) do
          assert.same(table.pack(called:extract(event, field)), table.pack(direct:extract(event, field)))
        end
        assert.equal(called:to_string(event), direct:to_string(event))
      end
    end)
  end
end)

describe("a function that is evaluated directly", function()
  it("has a value of its own in each event", function()
    local state = support.start(given.field "function(value) return value end")
    for i = 1, 100 do
      local event = support.event { data = ("x"):rep(i), num = i }
      assert.equal(("x"):rep(i), (state:extract(event, "x.y")))
    end
  end)

  it("finds a key wherever it is in its table by now, and in other tables", function()
    local state = support.start(given.extractor [[fields = (function()
  local tointeger, names = math.tointeger, { key = 0 }
  return {
    { name = "x.grow", type = "uint64", desc = "-", extract = function(value)
      names["k" .. value] = true
      names.key = value % 3 ~= 0 and tointeger(value) or nil
      if value % 20 == 0 then names = { key = tointeger(value), other = 1 } end
      return value
    end },
    { name = "x.key", type = "uint64", desc = "-", extract = function() return names.key end },
  }
end)()]])
    for i = 1, 100 do
      local event = support.event { data = tostring(i), num = i }
      state:extract(event, "x.grow")
      assert.equal((i % 3 ~= 0 or i % 20 == 0) and i or nil, (state:extract(event, "x.key")))
    end
  end)

  it("sees what other functions have changed", function()
    local state = support.start(given.extractor [[fields = (function()
  local last, seen = "none", {}
  return {
    { name = "x.set", type = "string", desc = "-", extract = function(value) last, seen.last = value, value return value end },
    { name = "x.last", type = "string", desc = "-", extract = function() return last end },
    { name = "x.seen", type = "string", desc = "-", extract = function() return seen.last end },
  }
end)()]])
    assert.equal("none", (state:extract(support.event { data = "a", num = 1 }, "x.last")))
    for i = 2, 9 do
      local event = support.event { data = "e" .. i, num = i }
      state:extract(event, "x.set")
      assert.same({ "e" .. i, "e" .. i }, { (state:extract(event, "x.last")), (state:extract(event, "x.seen")) })
    end
  end)

  it("does as another function of Lua's name says, where the script has put one there", function()
    local state = support.start(given.extractor [[fields = (function()
  function math.tointeger() return 99 end
  return { { name = "x.y", type = "uint64", desc = "-", extract = function(value) return math.tointeger(value) end } }
end)()]])
    assert.equal(99, (state:extract(support.event "5", "x.y")))
  end)

  it("ends a series of calls that run into the time limit, and is suspended with them", function()
    local LOOP = "if event.data == 'loop' then while true do end end return event.data"
    for _, rest in ipairs { ("decode = function(event) %s end, fields = { { name = 'x.y', type = 'string', desc = '-', " ..
                             "extract = function(value) return value end } }"):format(LOOP),
                            ("fields = { { name = 'x.y', type = 'string', desc = '-', " ..
                             "extract = function(_, _, event) %s end } }"):format(LOOP) } do
      local state = support.start(given.extractor(rest), { config = '{"lure": {"time": 0.2, "max_errors": 2}}' })
      for i = 1, 3 do
        local value, message = state:extract(support.event { data = "loop", num = 2 * i }, "x.y")
        assert.is_nil(value)
        given.holds(message, "limit: init_config.lure.time")
        assert.equal("7", (state:extract(support.event { data = "7", num = 2 * i + 1 }, "x.y")))
      end
      for i = 10, 40 do assert.equal("7", (state:extract(support.event { data = "7", num = i }, "x.y"))) end
      for i = 41, 42 do state:extract(support.event { data = "loop", num = i }, "x.y") end
      assert.same({ n = 1 }, table.pack(state:extract(support.event { data = "7", num = 43 }, "x.y"))) -- suspended
    end
  end)

  it("is counted like others", function()
    local state = support.start(given.extractor [[metrics = true,
fields = { { name = "x.y", type = "string", desc = "-", extract = function(value) return value end } }]])
    for i = 1, 5 do state:extract(support.event { data = "e", num = i }, "x.y") end
    local calls
    for _, metric in ipairs(state:metrics()) do
      if metric.name == "lure.extract.calls" then calls = metric.value end
    end
    assert.equal(5, calls)
  end)
end)
