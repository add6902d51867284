-- Fields with a path: what stands in the payload, answered without Lua.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A plugin with the one field x.y. `declared`: its keys, path among them.
local function reading(declared, type, options)
  return support.start(given.extractor(('fields = { { name = "x.y", type = "%s", desc = "-", %s } }'):format(
    type or "string", declared)), options)
end

--- What the field is in a payload: value, or nil and a message.
local function found(payload, declared, type, options, field)
  return reading(declared, type, options):extract(support.event { data = payload }, field or "x.y")
end

--- The value of /a in {"a": text}.
local function a(text, type, options)
  return found('{"a":' .. text .. "}", 'path = "/a"', type, options)
end

--- That there is no value, and no failure either (which is nil and a text).
local function absent(...)
  assert.same({ n = 1 }, table.pack(...))
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("a path as string in plugin API " .. api, function()
    it("is a string without its escapes", function()
      assert.equal('q"\\/\b\f\n\r\tä€😀', a([["q\"\\\/\b\f\n\r\t\u00e4\u20ac\ud83d\ude00"]], nil, options))
      assert.equal("", a('""', nil, options))
    end)

    it("shows a NUL as text", function()
      assert.equal("a\\u0000b", a([["a\u0000b"]], nil, options))
    end)

    for _, number in ipairs { "0", "-1", "1.50", "1e3", "1E+03", "18446744073709551616", "-0" } do
      it("is the number " .. number .. " as written", function()
        assert.equal(number, a(number, nil, options))
      end)
    end

    it("is true or false", function()
      assert.equal("true", a("true", nil, options))
      assert.equal("false", a("false", nil, options))
    end)

    it("is an object or a list without white space, but for that in strings", function()
      assert.equal('{"b":[1,{"c":" d "}],"e":{}}', a('{ "b" : [ 1 ,\n\t{ "c" : " d " } ] , "e" : { } }', nil, options))
    end)

    it("has no value where there is null, or nothing", function()
      absent(a("null", nil, options))
      absent(found('{"b":1}', 'path = "/a"', nil, options))
    end)
  end)

  describe("a path as uint64 in plugin API " .. api, function()
    it("is an integer from 0", function()
      assert.equal(0, a("0", "uint64", options))
      assert.equal("18446744073709551615", a("18446744073709551615", "uint64", options))
    end)

    for text, value in pairs {
      ['"6"'] = 6, ['"007"'] = 7, ["33.0"] = 33, ["1e3"] = 1000, ["1.50E+1"] = 15, ["120e-1"] = 12, ["-0"] = 0, ["0e99"] = 0,
      ["9007199254740993.0"] = 9007199254740993, ["1844674407370955161.5e1"] = "18446744073709551615",
      ['"00018446744073709551615"'] = "18446744073709551615", ["0.0000000000000000000000000000012e31"] = 12,
    } do
      it("is " .. value .. " where there is " .. text, function()
        assert.equal(value, a(text, "uint64", options))
      end)
    end

    for _, text in ipairs { "-1", "1.5", "1e-1", "1e20", "1e999999999999999999", "18446744073709551616", "1844674407370955161.6e1",
      '"18446744073709551616"', '"6x"', '" 6"', '"-6"', '"+6"', '"1e3"', '"6.0"', '""', "007", "true", "null", "[1]", "{}" } do
      it("has no value where there is " .. text, function()
        absent(a(text, "uint64", options))
      end)
    end
  end)
end

describe("a path as bool", function()
  it("is true or false, also in a text, and nothing else", function()
    assert.is_true(a("true", "bool"))
    assert.is_false(a("false", "bool"))
    assert.is_true(a('"true"', "bool"))
    assert.is_false(a('"false"', "bool"))
    for _, text in ipairs { "1", "0", '"True"', '"true "', '"yes"', '""', "null", "[]" } do
      absent(a(text, "bool"))
    end
  end)
end)

describe("a path as a time", function()
  it("is RFC 3339 or nanoseconds where it is an abstime", function()
    assert.equal(1000000000, a('"1970-01-01T00:00:01Z"', "abstime"))
    assert.equal(1700000000123456789, a('"2023-11-14T22:13:20.123456789Z"', "abstime"))
    assert.equal(1700000000000000000, a('"2023-11-15T00:13:20+02:00"', "abstime"))
    assert.equal(17, a("17", "abstime"))
  end)

  it("is nanoseconds where it is a reltime", function()
    assert.equal(17, a("17", "reltime"))
    assert.equal(17, a('"17"', "reltime"))
    assert.equal(1500, a("1.5e3", "reltime"))
    absent(a('"1970-01-01T00:00:01Z"', "reltime"))
  end)

  for text, ns in pairs {
    ["2023-11-14 22:13:20Z"] = 0, ["2023-11-14T22:13:20"] = 0, ["2023-11-14t22:13:20,25z"] = 250000000,
    ["2023-11-15T00:13:20+0200"] = 0, ["2023-11-15 00:13:20 +02:00"] = 0, ["2023-11-14T20:13:20-02"] = 0,
    ["2023-11-14 22:13:20.000000001 UTC"] = 1, ["2023-11-14T22:13:20.9999999999Z"] = 999999999,
  } do
    it("is a relative of RFC 3339, too: " .. text, function()
      assert.equal(1700000000000000000 + ns, a('"' .. text .. '"', "abstime"))
    end)
  end

  for _, text in ipairs { '"2023-11-14T22:13:20."', '"2023-11-14T22:13:20X"', '"2023-11-14T22:13:20 "', '"1969-12-31T23:59:59Z"',
    '"2023-11-14T22:13:20+1"', '"2554-07-21T23:34:34Z"', '"yesterday"', '"2023-13-01T00:00:00Z"', '"2023-02-30T00:00:00Z"', '"2023-11-14"', "1.5" } do
    it("has no value where there is " .. text, function()
      absent(a(text, "abstime"))
    end)
  end
end)

describe("a path as an address", function()
  it("is one in text", function()
    assert.equal("10.0.0.1", a('"10.0.0.1"', "ipaddr"))
    assert.equal("2001:db8::1", a('"2001:db8::1"', "ipaddr"))
    assert.equal("10.0.0.1", a('"10.0.0.1"', "ipaddr", { api = 0 }))
  end)

  for text, address in pairs {
    ["1.2.3.4:80"] = "1.2.3.4", ["[::1]:80"] = "::1", ["[::1]"] = "::1", ["fe80::1%eth0"] = "fe80::1",
    ["[fe80::1%eth0]:443"] = "fe80::1", ["[1.2.3.4]:65535"] = "1.2.3.4", ["::ffff:1.2.3.4"] = "::ffff:1.2.3.4",
  } do
    it(("is %s where there is %s"):format(address, text), function()
      assert.equal(address, a('"' .. text .. '"', "ipaddr"))
      assert.equal(address, a('"' .. text .. '"', "ipnet"))
    end)
  end

  it("is that of a network where it is an ipnet", function()
    assert.equal("10.1.2.0", a('"10.1.2.0/24"', "ipnet"))
    assert.equal("2001:db8::", a('"2001:db8::/32"', "ipnet"))
    assert.equal("10.1.2.0", a('"10.1.2.0/24"', "ipnet", { api = 0 }))
    for _, text in ipairs { '"10.0.0.0/33"', '"::/129"', '"10.0.0.0/"', '"10.0.0.0/-1"', '"/8"', '"10.0.0.0:80/8"', '"1.2.3.4/8/8"' } do
      absent(a(text, "ipnet"))
    end
    absent(a('"10.1.2.0/24"', "ipaddr"))
  end)

  it("has no value where there is anything else", function()
    for _, text in ipairs { '"1.2.3.4:"', '"1.2.3.4:65536"', '"1.2.3.4:http"', '"[::1]80"', '"[::1"', '"::1]"', '"[]"', '"::1%"',
      '"1.2.3.4%eth0"', '"1.2.3.4:80:80"', '"::1:80:"', '"10.0.0"', '"10.0.0.256"', '"localhost"', '""', "10", "null", '"10.0.0.1\\u0000"' } do
      absent(a(text, "ipaddr"))
    end
  end)
end)

describe("a pointer", function()
  local PAYLOAD = '{"":0,"a/b":1,"m~n":2,"l":[10,{"k":11}],"o":{"0":12},"\\u0061":13,"x":{"y":{"z":14}}}'

  for pointer, value in pairs {
    ["/"] = 0, ["/a~1b"] = 1, ["/m~0n"] = 2, ["/l/0"] = 10, ["/l/1/k"] = 11, ["/o/0"] = 12, ["/a"] = 13, ["/x/y/z"] = 14,
  } do
    it(pointer .. " is read as RFC 6901 says", function()
      assert.equal(value, found(PAYLOAD, ('path = "%s"'):format(pointer), "uint64"))
    end)
  end

  for _, pointer in ipairs { "/l/2", "/l/00", "/l/-", "/l/-1", "/l/k", "/x/y/z/0", "/none/a" } do
    it(pointer .. " leads nowhere, and has no value", function()
      absent(found(PAYLOAD, ('path = "%s"'):format(pointer), "uint64"))
    end)
  end

  it("that is empty is the whole payload", function()
    assert.equal('{"a":1}', found(' { "a" : 1 } ', 'path = ""'))
    assert.equal(5, found("5", 'path = ""', "uint64"))
  end)

  it("takes the first of equal keys", function()
    assert.equal(1, found('{"a":1,"a":2}', 'path = "/a"', "uint64"))
    absent(found('{"a":{},"a":{"b":2}}', 'path = "/a/b"', "uint64"))
  end)
end)

describe("a star", function()
  local LIST = 'path = "/l/*/k", list = true'

  it("stands for each element", function()
    assert.same({ 1, 2 }, found('{"l":[{"k":1},{"k":2}]}', LIST, "uint64"))
  end)

  it("leaves out what is missing, or of another type", function()
    assert.same({ 1, 2 }, found('{"l":[{"k":1},{},7,{"k":null},{"k":"x"},{"k":2}]}', LIST, "uint64"))
  end)

  it("has the default for what is missing", function()
    assert.same({ 1, 9, 2 }, found('{"l":[{"k":1},{},{"k":2}]}', LIST .. ", default = 9", "uint64"))
  end)

  it("that is nested is one flat list", function()
    assert.same({ 1, 2, 3 }, found("[[1,2],[],[3]]", 'path = "/*/*", list = true', "uint64"))
  end)

  it("stands for the values of an object, too", function()
    assert.same({ 1, 2 }, found('{"b":1,"a":2}', 'path = "/*", list = true', "uint64"))
  end)

  it("without any element has no value", function()
    absent(found('{"l":[]}', LIST, "uint64"))
  end)

  it("has its element picked by an index", function()
    local declared = 'path = "/l/*/k", arg = { index = true, required = true }'
    assert.equal(2, found('{"l":[{"k":1},{"k":2}]}', declared, "uint64", nil, "x.y[1]"))
    assert.equal(2, found('{"l":[{"k":1},{"k":2}]}', declared, "uint64", { api = 0 }, "x.y[1]"))
    absent(found('{"l":[{"k":1},{"k":2}]}', declared, "uint64", nil, "x.y[2]"))
  end)

  it("beside a path without one leaves that the index 0 alone", function()
    local declared = 'path = { "/items/*/id", "/id" }, arg = { index = true, required = true }'
    assert.equal(4, found('{"id":4}', declared, "uint64", nil, "x.y[0]"))
    absent(found('{"id":4}', declared, "uint64", nil, "x.y[7]"))
    assert.equal(6, found('{"id":4,"items":[{"id":5},{"id":6}]}', declared, "uint64", nil, "x.y[1]"))
    absent(found('{"id":4,"items":[{"id":5},{"id":6}]}', declared, "uint64", nil, "x.y[2]"))
  end)

  it("has only the first of several picked by an index", function()
    assert.same({ 3, 4 }, found("[[1,2],[3,4]]", 'path = "/*/*", list = true, arg = { index = true }', "uint64", nil,
      "x.y[1]"))
  end)
end)

describe("a list whose path ends at an array", function()
  local LIST = 'path = "/a", list = true'

  it("has its elements", function()
    assert.same({ "x", "1.5", '{"b":[]}' }, found('{"a":["x", 1.5, { "b" : [] }]}', LIST))
    assert.same({ 1, 2, 3 }, found('{"a":[1,"2",3.0]}', LIST, "uint64"))
    assert.same({ "[1]", "[]" }, found('{"a":[[1],[ ]]}', LIST))
  end)

  it("leaves out what is of another type, or has the default for it", function()
    assert.same({ 1, 3 }, found('{"a":[1,"x",null,3]}', LIST, "uint64"))
    assert.same({ 1, 9, 9, 3 }, found('{"a":[1,"x",null,3]}', LIST .. ", default = 9", "uint64"))
  end)

  it("has no value where that is empty", function()
    absent(found('{"a":[]}', LIST))
    absent(found('{"a":[]}', LIST .. ', default = "none"'))
    assert.same({ "none" }, found("{}", LIST .. ', default = "none"'))
  end)

  it("has one value where there is something else", function()
    assert.same({ "x" }, found('{"a":"x"}', LIST))
    assert.same({ '{"b":1}' }, found('{"a":{"b":1}}', LIST))
  end)

  it("has the element that an index picks", function()
    local declared = LIST .. ", arg = { index = true }"
    assert.same({ "y" }, found('{"a":["x","y"]}', declared, nil, nil, "x.y[1]"))
    assert.same({ "x", "y" }, found('{"a":["x","y"]}', declared))
    absent(found('{"a":["x","y"]}', declared, nil, nil, "x.y[2]"))
    assert.same({ "x" }, found('{"a":"x"}', declared, nil, nil, "x.y[0]"))
    absent(found('{"a":"x"}', declared, nil, nil, "x.y[1]"))
  end)

  it("has them behind a star, too", function()
    assert.same({ 1, 2, 3 }, found('{"l":[{"a":[1,2]},{"a":[]},{"a":3}]}', 'path = "/l/*/a", list = true', "uint64"))
  end)

  it("has those that stand before a fault", function()
    assert.same({ 1, 2 }, found('{"a":[1,2,', LIST, "uint64"))
    assert.same({ 1 }, found('{"a":[1}', LIST, "uint64"))
  end)

  it("may be the argument's", function()
    assert.same({ 1, 2 }, found('{"a":[1,2]}', "path = lure.ARG, list = true, arg = { key = true }", "uint64", nil, "x.y[/a]"))
  end)
end)

describe("a payload that begins with a byte order mark", function()
  local MARK = "\xef\xbb\xbf"

  it("is read behind it", function()
    assert.equal("1", found(MARK .. '{"a":1}', 'path = "/a"'))
    assert.equal(5, found(MARK .. "5", 'path = ""', "uint64"))
    assert.same({ 1, 2 }, found(MARK .. " [1,2]", 'path = "", list = true', "uint64"))
    local state = reading 'path = "/a"'
    for i = 1, 20 do -- along the predictor of earlier ones, too
      assert.equal(tostring(i), state:extract(support.event { data = MARK .. ('{"b":0,"a":%d}'):format(i), num = i }, "x.y"))
    end
  end)

  it("may be no other, and no part of one", function()
    absent(found("\xef\xbb" .. '{"a":1}', 'path = "/a"'))
    absent(found(MARK, 'path = "/a"'))
    absent(found(MARK .. MARK .. '{"a":1}', 'path = "/a"'))
  end)
end)

describe("a field with a path", function()
  it("has its default where there is no value", function()
    assert.equal("none", found("{}", 'path = "/a", default = "none"'))
    assert.equal(7, found('{"a":null}', 'path = "/a", default = 7', "uint64"))
    assert.is_false(found("{}", 'path = "/a", default = false', "bool"))
    assert.equal("0.30000000000000004", found("{}", 'path = "/a", default = 0.1 + 0.2')) -- all digits
    assert.equal("1.7976931348623157e+308", found("{}", 'path = "/a", default = 1.7976931348623157e308'))
    assert.equal(math.maxinteger, found("{}", 'path = "/a", default = math.maxinteger', "uint64"))
    assert.equal("here", found('{"a":"here"}', 'path = "/a", default = "none"'))
  end)

  it("may have several, of which the first that is found counts", function()
    local declared = 'path = { "/a", "/b" }'
    assert.equal("1", found('{"b":2,"a":1}', declared))
    assert.equal("2", found('{"b":2}', declared))
    absent(found('{"c":3}', declared))
  end)

  it("may take its argument as the pointer", function()
    local declared = "path = lure.ARG, arg = { key = true, required = true }"
    for _, api in ipairs { 3, 0 } do
      local state = reading(declared, nil, { api = api })
      local event = support.event '{"a":{"b":"deep"},"c":2}'
      assert.equal("deep", state:extract(event, "x.y[/a/b]"))
      assert.equal("2", state:extract(event, "x.y[/c]"))
      absent(state:extract(event, "x.y[/d]"))
    end
  end)

  it("is right for each event, where events follow each other", function()
    local state = reading 'path = "/a"'
    for i = 1, 20 do
      assert.equal(tostring(i), state:extract(support.event { data = ('{"a":%d}'):format(i), num = i }, "x.y"))
    end
  end)

  it("is right for each event where there are many, which are found together", function()
    local fields, names = {}, {}
    for i = 1, 12 do
      fields[i], names[i] = ('{ name = "x.f%d", type = "uint64", desc = "-", path = "/k%d" }'):format(i, i), "x.f" .. i
    end
    local state = support.start(given.extractor("fields = { " .. table.concat(fields, ", ") .. " }"))
    for event = 1, 20 do
      local members, expected = {}, { n = 12 }
      for i = 1, 12 do
        expected[i] = 100 * event + i
        members[i] = ('"k%d":%d'):format(i, expected[i])
      end
      local shown = support.event { data = "{" .. table.concat(members, ",") .. "}", num = event }
      local values = {}
      for i = 1, 12 do values[i] = state:extract(shown, names[i]) end
      assert.same(expected, table.pack(table.unpack(values, 1, 12)))
    end
  end)
end)

describe("a payload that is broken", function()
  for payload, value in pairs {
    ["hello"] = false, [""] = false, ["{"] = false, ['{"a"'] = false, ['{"a":'] = false, ['{"a":"tex'] = false,
    ['{"a":tru'] = false, ['{"a":[1,2'] = false, ['{"b":[}],"a":1}'] = false, ['{"a":01}'] = false,
    ['{"a":"x\\q"}'] = false, ['{"a":nulx}'] = false, ['{"a":"here","b":'] = "here", ['{"a":"here"} trailing'] = "here",
  } do
    it(("has %s at /a: %q"):format(value or "no value", payload), function()
      assert.same({ n = 1, value or nil }, table.pack(found(payload, 'path = "/a"')))
    end)
  end

  it("has no number where it ends within one, as more digits may be missing", function()
    absent(found('{"a":12', 'path = "/a"', "uint64"))
    assert.equal(12, found('{"a":12}', 'path = "/a"', "uint64"))
  end)

  it("may be nested deeper than any stack", function()
    local deep = ("["):rep(1000000)
    absent(found('{"b":' .. deep, 'path = "/a"'))
    assert.equal("1", found('{"b":' .. deep .. ("]"):rep(1000000) .. ',"a":1}', 'path = "/a"'))
  end)
end)
