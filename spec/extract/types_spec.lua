local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function value_of(expression, type, options, rest)
  local state = support.start(given.field("function() return " .. expression .. " end", type, rest), options)
  return state:extract(support.event "1", "x.y")
end

local LIST = "list = true,"

-- Lua value, what the host gets of it in API 3 (nil: it is an error), and in API 0.3.0 where that differs
local CASES = {
  string = {
    { '"text"', "text" }, { '""', "" }, { '"a\\0b"', "a\\u0000b" }, { '"\\0"', "\\u0000" }, { '"\\xff"', "\u{FFFD}" },
    { "5" }, { "1.5" }, { "true" }, { "{}" }, { "print" }, { "lure.TIMEOUT" }, { "coroutine.create(print)" },
  },
  uint64 = {
    { "0", 0 }, { "5", 5 }, { "5.0", 5 }, { "math.maxinteger", math.maxinteger }, { '"12"', 12 }, { '"0"', 0 }, { '"007"', 7 },
    { '"00018446744073709551615"', "18446744073709551615" },
    { '"18446744073709551615"', "18446744073709551615" }, { '"9223372036854775808"', "9223372036854775808" },
    { "2.0^63", "9223372036854775808" }, { "2.0^64 - 2048", "18446744073709549568" },
    { "2.0^64" }, { "-2.0^63" }, { "-1" }, { "1.5" }, { '"18446744073709551616"' }, { '"-1"' },
    { '"1.0"' }, { '" 1"' }, { '""' }, { '"0x10"' }, { '"12 apples"' }, { '"1\\0"' }, { "1e300" }, { "0/0" }, { "-0.5" },
    { "true" }, { "false" }, { "{}" }, { "print" }, { "lure.TIMEOUT" }, { "coroutine.create(print)" },
  },
  bool = {
    { "true", true, 1 }, { "false", false, 0 },
    { '"true"', true, 1 }, { '"false"', false, 0 },
    { "1" }, { "0" }, { '"True"' }, { '""' }, { "{}" }, { "1.5" }, { "print" }, { "lure.TIMEOUT" }, { "coroutine.create(print)" },
  },
  reltime = {
    { "0", 0 }, { "1500000000", 1500000000 }, { "2.0", 2 }, { '"5"', 5 },
    { "-1" }, { '"5s"' }, { "1.5" }, { "true" }, { "{}" }, { "print" }, { "lure.TIMEOUT" }, { "coroutine.create(print)" },
  },
  abstime = {
    { "1700000000123456789", 1700000000123456789 },
    { '"2024-01-01T00:00:00Z"', 1704067200000000000 }, { '"17"', 17 },
    { "-1" }, { '"2024-01-32T00:00:00Z"' }, { "1.5" }, { "true" }, { "{}" }, { "print" }, { "lure.TIMEOUT" },
    { "coroutine.create(print)" },
  },
  ipaddr = {
    { '"10.0.0.1"', "10.0.0.1" }, { '"::1"', "::1" }, { '"2001:db8:0::1"', "2001:db8::1" }, { '"0.0.0.0"', "0.0.0.0" },
    { '"fe80::1%eth0"', "fe80::1" }, { '"10.0.0.1:80"', "10.0.0.1" }, { '"[::1]:80"', "::1" },
    { '"10.0.0"' }, { '"10.0.0.256"' }, { '""' }, { '" 10.0.0.1"' }, { '"10.0.0.1\\0"' }, { '"10.0.0.0/8"' }, { "1" },
    { "1.5" }, { "true" }, { "{}" }, { "print" }, { "lure.TIMEOUT" }, { "coroutine.create(print)" },
  },
  ipnet = {
    { '"10.0.0.0"', "10.0.0.0" }, { '"2001:db8::"', "2001:db8::" }, { '"10.1.0.0/16"', "10.1.0.0" },
    { '"x"' }, { '"10.1.0.0/33"' }, { "1" }, { "{}" },
  },
}

for type, cases in pairs(CASES) do
  for _, case in ipairs(cases) do
    local expression, value, plain = case[1], case[2], case[3]
    if value == nil then
      it(("a field of type %s may not be %s"):format(type, expression), function()
        for _, api in ipairs { 3, 0 } do
          local got, message = value_of(expression, type, { api = api })
          assert.is_nil(got)
          given.holds(message, "script.lua:4: field x.y: expected ", ", got ")
        end
        local got, message = value_of("{ " .. expression .. " }", type, {}, LIST)
        assert.is_nil(got)
        given.holds(message, "script.lua:4: field x.y: expected each element to be ", ", got ")
      end)
    else
      it(("a field of type %s may be %s"):format(type, expression), function()
        assert.equal(value, (value_of(expression, type)))
        if plain == nil then plain = value end
        assert.equal(plain, (value_of(expression, type, { api = 0 })))
        assert.same({ value, value }, (value_of(("{ %s, %s }"):format(expression, expression), type, {}, LIST)))
      end)
    end
  end
end

describe("a field that is a list", function()
  it("is a sequence; an empty one is absent", function()
    assert.same({ "a", "", "b" }, (value_of('{ "a", "", "b" }', "string", {}, LIST)))
    assert.same({ n = 1 }, table.pack(value_of("{}", "string", {}, LIST)))
    assert.same({ n = 1 }, table.pack(value_of("nil", "string", {}, LIST)))
  end)

  it("may be long", function()
    local list = value_of("(function() local t = {}; for i = 1, 100000 do t[i] = i end; return t end)()", "uint64", {}, LIST)
    assert.same({ 100000, 1, 100000 }, { #list, list[1], list[100000] })
  end)

  for expression, got in pairs {
    ['"a"'] = 'expected a list (string), got string "a"', ["5"] = "expected a list (string), got integer 5",
    ["true"] = "expected a list (string), got true", ["print"] = "expected a list (string), got function",
    ["lure.TIMEOUT"] = "expected a list (string), got userdata",
    ['{ a = "b" }'] = 'expected a list without holes (string), got a table with the key string "a"',
    ['{ "a", x = "b" }'] = 'expected a list without holes (string), got a table with the key string "x"',
    ['{ "a", nil, "c" }'] = "expected a list without holes (string), got one with nil among its elements",
    ['{ [2] = "b" }'] = "expected a list without holes (string), got a table with the key integer 2",
    ['{ [0] = "b" }'] = "expected a list without holes (string), got a table with the key integer 0",
    ['{ [1.5] = "b" }'] = "expected a list without holes (string), got a table with the key number 1.5",
    ['{ "a", { "b" } }'] = "expected each element to be ",
  } do
    it("may not be " .. expression, function()
      local value, message = value_of(expression, "string", {}, LIST)
      assert.is_nil(value)
      given.holds(message, "script.lua:4: field x.y: " .. got)
    end)
  end
end)

describe("a field that is no list", function()
  it("may not be one", function()
    given.holds(select(2, value_of('{ "a" }', "string")), "script.lua:4: field x.y: expected ", "got table")
  end)
end)

describe("an argument", function()
  local function argument_of(arg, text, options)
    local state = support.start(given.field(
      'function(_, arg) return (math.type(arg) or type(arg)) .. ":" .. tostring(arg) end', "string",
      ("arg = { %s },"):format(arg)), options)
    return (state:extract(support.event "1", "x.y" .. text))
  end

  for _, api in ipairs { 3, 0 } do
    local options = { api = api }

    it("that is an index is an integer, in plugin API " .. api, function()
      assert.equal("integer:0", argument_of("index = true", "[0]", options))
      assert.equal("integer:12", argument_of("index = true", "[12]", options))
      assert.equal("nil:nil", argument_of("index = true", "", options))
    end)

    it("that is a key is a string, in plugin API " .. api, function()
      assert.equal("string:12", argument_of("key = true", "[12]", options))
      assert.equal("string:a.b", argument_of("key = true", "[a.b]", options))
      assert.equal("nil:nil", argument_of("key = true", "", options))
    end)

    it("that is either is an integer if decimal without leading zero, in plugin API " .. api, function()
      assert.equal("integer:12", argument_of("index = true, key = true", "[12]", options))
      assert.equal("integer:0", argument_of("index = true, key = true", "[0]", options))
      assert.equal("string:012", argument_of("index = true, key = true", "[012]", options))
      assert.equal("string:00", argument_of("index = true, key = true", "[00]", options))
      assert.equal("string:-1", argument_of("index = true, key = true", "[-1]", options))
      assert.equal("string:0x1", argument_of("index = true, key = true", "[0x1]", options))
      assert.equal("integer:9223372036854775807", argument_of("index = true, key = true", "[9223372036854775807]", options))
      assert.equal("string:9223372036854775808", argument_of("index = true, key = true", "[9223372036854775808]", options))
      assert.equal("string:99999999999999999999", argument_of("index = true, key = true", "[99999999999999999999]", options))
      assert.equal("nil:nil", argument_of("index = true, key = true", "", options))
    end)
  end
end)
