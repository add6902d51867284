-- examples/json.lua against what the official plugin extracts (../shared/data, where it is there), and beyond.
local host = require "lure.host"
local json_text = require "spec.json_text"
local reference = require "spec.examples.reference"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."
local SCRIPT = SOURCE .. "/examples/json.lua"
local DATA = SOURCE .. "/../shared/data/json/"

local read = reference.read

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A member of the golden data that may be null, which json_text answers as it does.
local function text(value) return type(value) == "string" and value or nil end

describe("examples/json.lua", function()
  it("has the fields of the official plugin, in its order, for all sources", function()
    local own = reference.same_fields(DATA, SCRIPT)
    if not own then return pending "no ../shared/data" end
    assert.same({ "json", {} }, { own.name, own.extract_event_sources })
  end)

  it("has the values of the official plugin", function()
    local lines = read(DATA .. "events.jsonl")
    if not lines then return pending "no ../shared/data" end
    local state = support.start(SCRIPT)
    local count, number, wrong = 0, 0, {}
    for golden in lines:gmatch "[^\n]+" do
      local expected = json_text.decode(golden)
      number = number + 1
      local event = support.event { data = expected.payload, num = number, ts = math.tointeger(tonumber(expected.ts)) }
      local loose = {}
      for _, name in ipairs(expected.order_dependent or {}) do loose[name] = true end
      -- names from the text, as members that are null may be lost
      for name in golden:match '"fields":(.*)$':gmatch '"(j[%a]+%.[^"\\]-%]?)":' do
        local value, official = state:extract(event, name), text(expected.fields[name])
        count = count + 1
        if not loose[name] and value ~= official then
          wrong[#wrong + 1] = ("%s %d %s: %s, not %s"):format(expected.file, expected.index, name, value, official)
        end
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
    assert.equal(44, number)
    assert.is_true(count > 30 * number)
  end)

  local state

  --- The value of a field in an event with this payload.
  local function value(field, payload)
    state = state or support.start(SCRIPT)
    return state:extract(support.event { data = payload, num = 0, ts = 12 }, field)
  end

  it("reads what RFC 8259 refuses, as the plugin does, but does not indent it", function()
    for _, odd in ipairs { "NaN", "-nan", "Inf", "+iNF", "007", "+1", "1.2.3", "1e", "-", ".", '"\1"', '"a\tb"' } do
      local payload = ('[%s, {"a":%s}]'):format(odd, odd)
      assert.equal(odd:match '^"(.*)"$' or odd, value("json.value[/1/a]", payload))
      assert.equal(('[%s,{"a":%s}]'):format(odd, odd), value("json.value[]", payload))
      assert.equal("12", value("json.rawtime", payload))
      assert.is_nil(value("json.obj", payload))
    end
  end)

  it("has no value of what is no document at all", function()
    for _, payload in ipairs { "", "7", '"text"', " {}", "\239\187\191{}", "{", "[1,2", "[1,]", '{"a":1,}', "{'a':1}", "{a:1}", "[1 2]", "[1]2",
      "[1}", '{"a" 1}', '{"a":}', "[tru]", "[nul]", "[1x]", '["a]', '["a\\"]', "[\v1]", "[1inf]" } do
      for _, field in ipairs { "json.value[]", "json.value[/0]", "json.value[/a]", "json.obj", "json.rawtime", "jevt.value[]" } do
        assert.is_nil(value(field, payload), payload)
      end
    end
  end)

  it("reads 300 values in each other, and no more", function()
    local function nested(depth, scalar) return ("["):rep(depth) .. scalar .. ("]"):rep(depth) end
    assert.equal(nested(300, ""), value("json.value[]", nested(300, "")))
    assert.equal("7", value("json.value[" .. ("/0"):rep(299) .. "]", nested(299, "7")))
    assert.is_string(value("json.obj", nested(300, "")))
    for _, payload in ipairs { nested(301, ""), nested(300, "7"), nested(100000, "") } do
      assert.is_nil(value("json.value[]", payload))
      assert.is_nil(value("json.obj", payload))
    end
  end)

  it("decodes what is an escape, and leaves what is none", function()
    local function decoded(inside) return value("json.value[/k]", '{"k":"' .. inside .. '"}') end
    assert.equal('"\\/\b\f\n\r\t', decoded [[\"\\\/\b\f\n\r\t]])
    assert.equal("a\u{E9}\u{20AC}\u{1F5FC}", decoded [[\u0061\u00E9\u20ac\ud83d\uddfc]])
    assert.equal([[\x \u12 \u12g4 \ud83d \uddfc!]], decoded [[\x \u12 \u12g4 \ud83d \uddfc!]])
    assert.equal("\u{FFFD}\u{FFFD}", decoded [[\ud83d\u0041\uddfc\ud83d]])
    assert.equal("a", decoded [[a\u0000b]])
    assert.equal("v", value("json.value[/a b]", [[{"c":1,"a\u0020b":"v","a b":"w"}]]))
  end)

  it("takes the element of a list by whatever Go reads as a number", function()
    for _, part in ipairs { "1", "01", "+1" } do assert.equal("b", value("json.value[/" .. part .. "]", '["a","b"]')) end
    for _, part in ipairs { "2", "-1", "1.0", "0x1", "", " 1", "99999999999999999999" } do
      assert.is_nil(value("json.value[/" .. part .. "]", '["a","b"]'))
    end
  end)

  it("indents without a change of spelling, and keeps the white space at the end", function()
    assert.equal('[\n  {\n    "\\u0061": [],\n    "b": {}\n  },\n  -0.50E+1,\n  "\195\\/"\n] \n', value("json.obj",
      '[ { "\\u0061" : [ ] ,\t"b":{\r} },-0.50E+1 , "\195\\/" ] \n'):gsub("\u{FFFD}", "\195"), nil)
  end)

  it("needs one function", function()
    local _, count = read(SCRIPT):gsub("%f[%w]function%f[%W]", "")
    assert.equal(1, count)
  end)
end)
