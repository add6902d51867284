-- Direct evaluation of functions that get what their field's path has found, and of string.match: the values are those of
-- calls. A function with `...` is always called.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local PRELUDE = 'local lure = require "lure"\nlocal match, type, tointeger, tonumber = string.match, type, math.tointeger, tonumber\n'

--- A plugin whose fields return what each of the bodies does of `/a`, evaluated or called.
local function plugin(bodies, parameters, declared)
  local fields = {}
  for i, body in ipairs(bodies) do
    fields[i] = ('{ name = "x.y%d", type = "string", desc = "-", path = "/a", extract = function(%s) %s end, %s }'):format(i,
      parameters, body, declared or "")
  end
  return support.start(PRELUDE .. given.extractor("fields = { " .. table.concat(fields, ",\n") .. " }"))
end

--- The value of the field, or what it fails with, without the script's name and line.
local function value_of(state, event, i)
  local value, message = state:extract(event, "x.y" .. i)
  return value or message and (message:gsub("^.-:%d+: ", "")) or "none"
end

--- Both give the same for each of the JSON texts, the first of them after another event.
local function same(bodies, texts, declared)
  local evaluated, called = plugin(bodies, "v, arg, event, name", declared), plugin(bodies, "v, arg, event, name, ...", declared)
  for number, text in ipairs(texts) do
    local event = support.event { data = ('{"b":1,"a":%s,"c":"d"}'):format(text), num = number, ts = number }
    for i, body in ipairs(bodies) do
      assert.equal(value_of(called, event, i), value_of(evaluated, event, i), body .. " of " .. text)
    end
  end
end

local VALUES = { '"a:b"', '""', '"x"', '"12"', '"user=bob port=22"',
  [["\n\u0041"]], [["a\u0026b"]], [["\x"]], '"\u{e4}"', '"\xff"', "1", "0", "-1", "-0", "007",
  "1.5", "1e3", "true", "false", "null", "123456789012345678", "1234567890123456789", "9223372036854775807",
  "9223372036854775808", "9999999999999999999", "18446744073709551616", "[1,2]", "[]", "{}", '{"b":"c"}',
  '{"b":{"c":[1,"t"]}}', '"unclosed', "[1", "tru",
  '"a long text without any escapes, of more than thirty-two bytes, and of more than sixty-four bytes, too"' }

describe("a function of what a path has found, evaluated directly,", function()
  it("gives what a call does, of every kind of value", function()
    same({ "return v", "return type(v)", "return type(v) == 'string' and v or 'other'", "return v == 'x' and 'yes' or 'no'",
      "return v == 1 and 'one' or v == true and 'true' or nil", "return match(v, '^[^:]*')", "return match(v, 'user=(%w+)')",
      "return tointeger(v) and 'integer' or 'none'", "return v.b", "return v[1]", "return v.b.c[2]", "return name",
      "return event.data == v and 'all' or 'part'", "for _, item in ipairs(v) do return item end", "return #v == 3 and 'three' or 'no'",
      "if type(v) == 'userdata' then return 'document' end return match(v, '%d+')", "return 'a' .. v" }, VALUES)
  end)

  it("is not called where that is broken inside, and gets no broken element", function()
    local state = plugin({ "return type(v)", "return type(v), ..." }, "v, ...")
    local lists = support.start(given.extractor [[fields = { { name = "x.y", type = "string", desc = "-", path = "/a/*",
      extract = function(list) return #list .. table.concat(list) end } } ]])
    for number, broken in ipairs { '"a\tb"', '"a\0b"', [["\x"]] } do
      local event = support.event { data = '{"a":' .. broken .. "}", num = number, ts = number }
      assert.equal("none", value_of(state, event, 1))
      assert.equal("none", value_of(state, event, 2))
      assert.is_nil((lists:extract(support.event { data = '{"a":[' .. broken .. "]}", num = 10 + number }, "x.y")))
      event = support.event { data = '{"a":["b",' .. broken .. ',"c"]}', num = 20 + number }
      assert.equal("2bc", (lists:extract(event, "x.y")))
    end
  end)

  it("gets the constants of `default` and `null`", function()
    same({ "return v", "return type(v)", "return match(v, '^n(.*)')" }, VALUES, "default = 'none', null = 'nil'")
    local state = plugin({ "return match(v, '^n(.*)')" }, "v", "default = 'none', null = 'nil'")
    assert.equal("one", (state:extract(support.event { data = "{}", num = 1 }, "x.y1")))
    assert.equal("il", (state:extract(support.event { data = '{"a":null}', num = 2 }, "x.y1")))
  end)

  it("gets a document of 4096 bytes, and one of a byte more", function()
    for size = 4095, 4098 do
      same({ "return v.b", "return v.none or 'none'" }, { '{"c":"' .. ("y"):rep(size - 14) .. '","b":"e"}' })
    end
  end)

  it("keeps its value where a call for another field comes next", function()
    local state = support.start(PRELUDE .. given.extractor([[fields = {
      { name = "x.y", type = "string", desc = "-", path = "/a", extract = function(v) return match(v, "^%a+") end },
      { name = "x.z", type = "string", desc = "-", path = "/a", extract = function(v) collectgarbage() return v:upper() end } }]]))
    for i = 1, 20 do
      local shown = support.event { data = '{"a":"ab' .. i .. '"}', num = i }
      assert.equal("ab", (state:extract(shown, "x.y")))
      assert.equal("AB" .. i, (state:extract(shown, "x.z")))
      assert.equal("ab", (state:extract(shown, "x.y")))
    end
  end)

  it("takes its own results alone of the type of its field", function()
    local declared = '{ name = "x.y", type = "uint64", desc = "-", path = "/a", extract = function(v) return v end }'
    local state = support.start(given.extractor("fields = { " .. declared .. " }"))
    for text, expected in pairs { ["12"] = 12, ['"12"'] = 12, ["0"] = 0 } do
      assert.equal(expected, (state:extract(support.event { data = ('{"a":%s}'):format(text), num = 0 }, "x.y")))
    end
    for _, text in ipairs { '"x"', "-1", "true", "[1]", "1.5" } do
      local value, message = state:extract(support.event { data = ('{"a":%s}'):format(text), num = 0 }, "x.y")
      assert.is_nil(value)
      assert.truthy(message:find("field x.y: expected an integer from 0", 1, true), text .. ": " .. message)
    end
  end)
end)

describe("string.match, evaluated directly,", function()
  local TEXTS = { '"abc"', '"aabbcc"', '"key=value; k2=v2"', '""', '"a]b-c^d"', '"%d (x) [y]"', '"host:80@x"', '"  spaced  "' }

  local function bodies(patterns)
    local list = {}
    for i, pattern in ipairs(patterns) do list[i] = ("return match(v, %q)"):format(pattern) end
    return list
  end

  it("gives what a call does, or its error", function()
    same(bodies { "", "^", "$", "^$", "a", "b$", "^b", ".", ".-", ".*", ".+c", "a?b", "(a)", "(a*)(b*)", "()", "(a", "a)", "%a+", "%A",
      "%w-%s", "^%s*(.-)%s*$", "[abc]+",
      "[^abc]+", "[a-c]*$", "[%w=]+", "[^%s;]+", "[]]", "[^]]+", "[a-]", "[%]]", "[a", "%", "%1", "(a)%1",
      "%b()", "%f[%a]%a+", "=(%w+)", "=(%w+);", "^(%w+)=", "%.", "%%d", "%z", "[%z]", "a-b", "a**", "^*", "(.-)=(.*)", "[a-%%]", "@(.+)$",
      ":(%d+)", "x-$", "%d%d?$" }, TEXTS)
  end)

  it("takes sixteen items and one more", function()
    for count = 15, 17 do
      same(bodies { ("a"):rep(count), "^" .. ("a?"):rep(count), ("[ab]"):rep(count) .. "$", "(" .. ("."):rep(count - 2) .. ")" },
        { '"' .. ("a"):rep(40) .. '"', '"' .. ("a"):rep(count) .. '"', '"' .. ("a"):rep(count - 1) .. '"' })
    end
  end)

  it("takes a pattern of 128 bytes and one more", function()
    for size = 127, 129 do same(bodies { "[" .. ("x"):rep(size - 4) .. "a]+" }, TEXTS) end
  end)

  it("is called where it takes long, so the time limit ends it", function()
    same(bodies { ".-.-.-.-b", "a*a*a*a*b" }, { '"' .. ("a"):rep(40) .. '"' })
    same(bodies { "^[ac]*$" }, { '"' .. ("ac"):rep(32000) .. '"', '"' .. ("ac"):rep(34000) .. '"' })
  end)
end)
