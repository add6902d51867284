-- lure.json: what it decodes, what it refuses, what it writes.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The result of a field whose function has `body`, with the payload as `text`: value, or nil and a message.
local function doing(body, payload)
  local state = support.start(given.field(("function(text) local json = lure.json; %s end"):format(body)))
  return state:extract(support.event { data = payload or "" }, "x.y")
end

--- What the text says, written again.
local function again(text)
  return doing("return json.encode(json.decode(text))", text)
end

--- The Lua value that `expression` makes of `v`, the decoded text: its tostring.
local function decoded(text, expression)
  return doing(("local v = json.decode(text); return tostring(%s)"):format(expression or "v"), text)
end

--- What is written for a Lua expression.
local function encoded(expression)
  return doing(("return json.encode(%s)"):format(expression))
end

local function problem_of(text)
  local value, message = decoded(text)
  assert.is_nil(value)
  return message
end

describe("lure.json.decode", function()
  it("makes tables, strings, numbers and booleans", function()
    assert.equal("x", decoded('{"a":[1,{"b":"x"}]}', "v.a[2].b"))
    assert.equal("true", decoded('[true,false]', "v[1] == true and v[2] == false"))
  end)

  it("makes null a value of its own", function()
    assert.equal("true", decoded("[null]", "v[1] == json.null and #v == 1"))
    assert.equal("null", decoded "null")
  end)

  it("has integers of 64 bits exact", function()
    assert.equal("9223372036854775807 integer", decoded("9223372036854775807", 'v .. " " .. math.type(v)'))
    assert.equal("-9223372036854775808 integer", decoded("-9223372036854775808", 'v .. " " .. math.type(v)'))
    assert.equal("9007199254740993", decoded "9007199254740993")
  end)

  it("has integers above 2^63-1 as strings of digits, up to 2^64-1", function()
    assert.equal("string 9223372036854775808", decoded("9223372036854775808", 'type(v) .. " " .. v'))
    assert.equal("string 18446744073709551615", decoded("18446744073709551615", 'type(v) .. " " .. v'))
    assert.equal("float", decoded("18446744073709551616", "math.type(v)"))
  end)

  it("has 1.0 and 1e3 as floats", function()
    assert.equal("float", decoded("1.0", "math.type(v)"))
    assert.equal("float 1000.0", decoded("1e3", 'math.type(v) .. " " .. v'))
  end)

  it("reads escapes, also of characters beyond 16 bits", function()
    assert.equal('"\\/ä€😀\n\t', decoded([["\"\\\/\u00e4\u20ac\ud83d\ude00\n\t"]]))
  end)

  it("passes over a byte order mark", function()
    assert.equal('{"a":1}', again "\xef\xbb\xbf {\"a\":1}")
    given.holds(problem_of "\xef\xbb\xbf[1,]", "at byte 7")
  end)

  it("takes the first of equal keys", function()
    assert.equal("1", decoded('{"a":1,"a":2}', "v.a"))
    assert.equal("1", decoded('{"a":1,"\\u0061":2}', "v.a"))
  end)

  for _, count in ipairs { 31, 32, 33, 64, 65, 1000 } do
    it(("has all of %d elements, and of as many keys, of which each may come again"):format(count), function()
      local numbers, pairs_of = {}, {}
      for i = 1, count do
        numbers[i], pairs_of[i] = i, ('"k%d":%d,"k%d":"second"'):format(i, i, (i + 1) // 2)
      end
      assert.equal("true", decoded(("[[%s],{%s}]"):format(table.concat(numbers, ","), table.concat(pairs_of, ",")),
        ("(function() local n = 0; for k, x in pairs(v[2]) do n = n + 1; if k ~= 'k' .. x then return k end end "
        .. "for i = 1, %d do if v[1][i] ~= i then return i end end return n == %d and #v[1] == n end)()"):format(count, count)))
    end)
  end

  it("takes the deepest nesting also where each list has much in front", function()
    local many = ("0,"):rep(31)
    assert.equal("0", decoded(("[" .. many):rep(9999) .. "[0]" .. ("]"):rep(9999),
      "(function() local x = v; for _ = 1, 9999 do x = x[32] end return x[1] end)()"))
  end)

  it("skips white space, which is four characters", function()
    assert.equal('{"a":[1,2]}', again ' \t\r\n{ "a" :\n[ 1 , 2 ] } \n')
    given.holds(problem_of "\v1", "at byte 1")
  end)

  it("throws with file, line and the byte", function()
    assert.equal('script.lua:4: field x.y: no JSON: expected a value at byte 6', problem_of '{"a":}')
  end)

  for text, byte in pairs {
    [""] = 1, ["nulx"] = 1, ["tru"] = 1, ["NaN"] = 1, ["Infinity"] = 1, ["01"] = 2, ["1."] = 1, [".5"] = 1, ["+1"] = 1,
    ["1e"] = 1, ["-"] = 1, ["0x10"] = 2, ["[1,]"] = 4, ["[1 2]"] = 4, ["[,1]"] = 2, ["["] = 2, ["]"] = 1, ["[1}"] = 3,
    ['{"a":1,}'] = 8, ["{a:1}"] = 2, ["{'a':1}"] = 2, ["{1:2}"] = 2, ['{"a" 1}'] = 6, ['{"a"}'] = 5, ["1 2"] = 3,
    ["'a'"] = 1, ['"a'] = 2, ['"\\x41"'] = 2, ['"\\u12"'] = 2, ['"a\nb"'] = 3, ['"a\0b"'] = 3, ["// c\n1"] = 1,
    ["\xef\xbb1"] = 1, ["\xef\xbb\xbf"] = 4, ["\xef\xbb\xbf\xef\xbb\xbf1"] = 4,
  } do
    it(("refuses %q, as RFC 8259 does, at byte %d"):format(text, byte), function()
      local message = problem_of(text)
      given.holds(message, "no JSON: ")
      assert.equal(byte, tonumber(message:match("at byte (%d+)")), message)
    end)
  end

  it("takes nesting of 10,000, and no deeper", function()
    assert.equal("table", decoded(("["):rep(10000) .. ("]"):rep(10000), "type(v)"))
    assert.equal("table", decoded(('{"a":'):rep(9999) .. "{}" .. ("}"):rep(9999), "type(v)"))
    given.holds(problem_of(("["):rep(10001) .. ("]"):rep(10001)), "nested over 10000 deep")
    given.holds(problem_of(("["):rep(1000000)), "nested over 10000 deep")
  end)

  it("takes a string and nothing else", function()
    local _, message = doing "return json.decode({})"
    given.holds(message, "script.lua:4", "string expected, got table")
  end)
end)

describe("lure.json.encode", function()
  it("writes keys in order, so that equal tables are equal text", function()
    assert.equal('{"a":1,"b":[true,"x"],"c":{"d":null}}', encoded "{ c = { d = json.null }, b = { true, 'x' }, a = 1 }")
  end)

  for expression, text in pairs {
    ["math.maxinteger"] = "9223372036854775807", ["math.mininteger"] = "-9223372036854775808", ["0.1"] = "0.1",
    ["1.0"] = "1.0", ["1e300"] = "1e+300", ["true"] = "true", ["json.null"] = "null", ["''"] = '""', ["{}"] = "{}",
    ["{ 1, 2 }"] = "[1,2]", ["{ '' }"] = '[""]', ["'ä€😀'"] = '"ä€😀"', ["'a\\0b'"] = '"a\\u0000b"',
    ["'\"\\\\\\n'"] = '"\\"\\\\\\n"', ["{ [''] = 1 }"] = '{"":1}',
  } do
    it(("writes %s as %s"):format(expression, text), function()
      assert.equal(text, encoded(expression))
    end)
  end

  for _, text in ipairs {
    "[]", "{}", "[[],{}]", '{"a":[]}', "9223372036854775807", "-9223372036854775808", "1.0", "null", "[null]", '"\\u0000"',
  } do
    it("writes " .. text .. " again as it was read", function()
      assert.equal(text, again(text))
    end)
  end

  it("writes a float so that the same comes back", function()
    for _, number in ipairs { "0.1", "1/3", "2^53 + 0.0", "5e-324", "1.7976931348623157e308" } do
      assert.equal("true", doing(("local n = %s; local m = json.decode(json.encode(n)); "
        .. "return tostring(m == n and math.type(m) == 'float')"):format(number)), number)
    end
  end)

  it("writes bytes that are no UTF-8 as U+FFFD, so that the text is JSON", function()
    assert.equal('"a\u{FFFD}b"', encoded "'a\\xffb'")
  end)

  it("writes a list that was decoded as a list, also when it has been emptied", function()
    assert.equal("[]", doing "local l = json.decode('[1]'); table.remove(l); return json.encode(l)")
    assert.equal('{"a":[],"b":[[]]}', doing [=[local t = json.decode('{"a":[{},2],"b":[[3]]}')
      t.a[2], t.a[1] = nil, nil; t.b[1][1] = nil; return json.encode(t)]=])
    assert.equal("[2]", doing "local l = json.decode('[1]'); l[1] = 2; return json.encode(l)")
  end)

  it("writes a document as it stands, without white space", function()
    assert.equal('{"a":[1.50,18446744073709551615,"x y\\"\\u0041"],"b":{}}',
      doing('return json.encode(json.parse(text))', ' { "a" : [ 1.50, 18446744073709551615, "x y\\"\\u0041" ] ,\n\t"b" : { } } '))
    assert.equal('[{"b":[2.0]},{"b":[2.0]}]', doing('local d = json.parse(text).a; return json.encode { d, d }',
      '{"a": {"b": [ 2.0 ]}, "c": '))
    assert.equal('["a\u{FFFD}"]', doing('return json.encode(json.parse(text))', '[ "a\xff" ]'))
  end)

  it("refuses a document that is no JSON", function()
    given.holds(select(2, doing("return json.encode(json.parse(text))", '{"a":[1,}')), "script.lua:4", "no JSON: ", "at byte 9")
  end)

  it("writes an empty list that was filled as a list", function()
    assert.equal('[1]', doing "local l = json.decode('[]'); l[1] = 1; return json.encode(l)")
  end)

  it("may be given one table twice", function()
    assert.equal("[[1],[1]]", doing "local t = { 1 }; return json.encode({ t, t })")
  end)

  for expression, text in pairs {
    ["0/0"] = "NaN", ["1/0"] = "infinity", ["-1/0"] = "infinity", ["{ 1, a = 2 }"] = "mixes names and numbers",
    ["{ 1, nil, 3 }"] = "holes", ["{ [2] = 1 }"] = "holes", ["{ [0] = 1 }"] = "holes", ["{ [1.5] = 1 }"] = "a key is a number",
    ["{ [true] = 1 }"] = "a key is a boolean", ["print"] = "a function cannot be JSON", ["{ print }"] = "a function cannot be JSON",
    ["coroutine.create(print)"] = "a thread cannot be JSON", ["lure.TIMEOUT"] = "a userdata cannot be JSON",
    ["nil"] = "for null give lure.json.null",
  } do
    it(("refuses %s"):format(expression), function()
      local value, message = encoded(expression)
      assert.is_nil(value)
      given.holds(message, "script.lua:4", text)
    end)
  end

  it("refuses a table that contains itself", function()
    given.holds(select(2, doing "local t = {}; t.t = t; return json.encode(t)"), "a table contains itself")
    given.holds(select(2, doing "local t = { {} }; t[1][1] = t; return json.encode(t)"), "a table contains itself")
  end)

  it("refuses nesting over 10,000", function()
    local body = "local t = {}; for _ = 1, %d do t = { t } end; return tostring(#json.encode(t) > 0)"
    assert.equal("true", doing(body:format(9999)))
    given.holds(select(2, doing(body:format(10000))), "nested over 10000 deep")
  end)
end)

describe("lure.json.kind", function()
  it("says what a value is in JSON", function()
    for expression, kind in pairs {
      ["{}"] = "object", ["{ a = 1 }"] = "object", ["{ 1 }"] = "list", ['json.decode "[]"'] = "list", ['json.decode "{}"'] = "object",
      ['json.parse "[]"'] = "list", ['json.parse "{}"'] = "object", ["json.null"] = "null", ["1"] = "number", ["1.5"] = "number",
      ["'a'"] = "string", ["false"] = "boolean", ["nil"] = "nil", ["print"] = "nil", ["lure.TIMEOUT"] = "nil",
      ["(function() local l = json.decode '[1]'; l[1] = nil; return l end)()"] = "list",
    } do
      assert.equal(kind, doing(("return tostring(json.kind(%s))"):format(expression)), expression)
    end
  end)
end)
