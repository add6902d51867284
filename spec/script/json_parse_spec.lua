-- lure.json.parse: what is found in a text, only where a script asks for it.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The result of a field whose function has `body`, with the payload as `text`: value, or nil and a message.
local function doing(body, payload, config)
  local state = support.start(given.field(("function(text) local json = lure.json; %s end"):format(body)),
    { config = config })
  return state:extract(support.event { data = payload or "" }, "x.y")
end

--- tostring of an expression of `doc`, the document.
local function found(text, expression)
  return doing(("local doc = json.parse(text); return tostring(%s)"):format(expression), text)
end

local function problem_of(text, expression)
  local value, message = found(text, expression)
  assert.is_nil(value)
  return message
end

local audit = [[
{ "verb": "get", "user": { "name": "alice", "groups": [ "a", "b" ] }, "a/b": 1, "": 2, "deep": { "a/b": { "m~n": 3 } },
  "list": [ 10, { "x": [ true, false, null ] }, "last" ], "none": null, "empty": {}, "0": "zero" }]]

describe("a document of lure.json.parse", function()
  for expression, value in pairs {
    ["doc.verb"] = "get", ["doc.user.name"] = "alice", ["doc['a/b']"] = "1", ["doc['']"] = "2", ["doc['0']"] = "zero",
    ["doc.user.groups[2]"] = "b", ["doc.list[1]"] = "10", ["doc.list[2].x[1]"] = "true", ["doc.list[2].x[2]"] = "false",
    ["doc.list[3]"] = "last", ["doc.list[1.0]"] = "10", ["doc.none == json.null"] = "true",
    ["doc.list[2].x[3] == json.null"] = "true",
  } do
    it("has " .. expression, function() assert.equal(value, found(audit, expression)) end)
  end

  for _, expression in ipairs {
    "doc.verbs", "doc.ver", "doc.name", "doc.user.groups[0]", "doc.user.groups[3]", "doc.user.groups[-1]",
    "doc.user.groups[1.5]", "doc.user.groups['1']", "doc.user.groups.x", "doc[1]", "doc[0]", "doc[true]", "doc[doc]",
    "doc.list[math.maxinteger]", "doc.list[math.mininteger]", "doc.empty.x", "doc[nil]",
  } do
    it("has no " .. expression, function() assert.equal("nil", found(audit, expression)) end)
  end

  it("has integers of 64 bits exact, and other numbers as json.decode has them", function()
    for text, value in pairs {
      ["9223372036854775807"] = "integer 9223372036854775807", ["-9223372036854775808"] = "integer -9223372036854775808",
      ["9223372036854775808"] = "nil 9223372036854775808", ["18446744073709551616"] = "float 1.844674407371e+19",
      ["1.0"] = "float 1.0", ["1e3"] = "float 1000.0", ["-0"] = "float -0.0",
    } do
      local expression = "(math.type(%s) or 'nil') .. ' ' .. %s"
      assert.equal(value, found(('{"a":%s}'):format(text), expression:format("doc.a", "doc.a")))
      assert.equal(value, found(text, expression:format("doc", "doc")))
    end
  end)

  it("has strings without their escapes", function()
    assert.equal('"\\/ä€😀\n\t', found([==[["\"\\\/\u00e4\u20ac\ud83d\ude00\n\t"]]==], "doc[1]"))
    assert.equal("3 true", found([==[["a\u0000b"]]==], "#doc[1] .. ' ' .. tostring(doc[1] == 'a\\0b')"))
    local long = ("x"):rep(5000)
    assert.equal(long .. "\n", found(('["%s\\n"]'):format(long), "doc[1]"))
  end)

  it("changes nothing in the function that looks at a long string with escapes", function()
    assert.equal("nil nil 1 nil 7", doing([[local doc = json.parse(text)
      local function nothing() local found = doc[1] end
      local function one() local found = doc[1]; return 1 end
      local function many(...) local found = doc[1]; return ... end
      local a, b, c, d, e = nothing(), nil, one()
      local f, g = many(7)
      return table.concat({ tostring(a), tostring(b), tostring(c), tostring(g), tostring(f) }, " ")]],
      ('["\\n%s"]'):format(("x"):rep(5000))))
    assert.equal("1 nil", doing([[local doc = json.parse(text)
      local function one() local found = doc[1]; return 1 end
      local a, b = one()
      return tostring(a) .. " " .. tostring(b)]], ('["\\n%s"]'):format(("x"):rep(5000))))
  end)

  it("finds keys with escapes in them", function()
    assert.equal("1 2 3", found([[{"\u0061":1,"k\"q":2,"a\/b":3}]],
      [[doc.a .. " " .. doc['k"q'] .. " " .. doc["a/b"] ]]))
  end)

  it("takes the first of equal keys", function()
    assert.equal("1", found('{"a":1,"a":2}', "doc.a"))
    assert.equal("1", found('{"\\u0061":1,"a":2}', "doc:get '/a'"))
  end)

  it("finds them also behind other names", function()
    assert.equal("1", found('{"b":0,"a":1,"\\u0061":2,"a":3}', "doc.a"))
    assert.equal("b=0 a=1 ", doing([[local list = {}
      for key, value in pairs(json.parse(text)) do list[#list + 1] = key .. "=" .. value .. " " end
      return table.concat(list)]], '{"b":0,"a":1,"\\u0061":2,"a":3,"b":4}'))
  end)

  it("has methods, which keys of the same name do not hide", function()
    local text = '{"get":1,"table":{"x":2}}'
    assert.equal("1 2", found(text, "doc:get '/get' .. ' ' .. doc:get('/table/x')"))
    assert.equal("2", found(text, "doc:table().table.x"))
  end)

  it("follows pointers", function()
    for pointer, value in pairs {
      ["/verb"] = "get", ["/user/name"] = "alice", ["/a~1b"] = "1", ["/"] = "2", ["/deep/a~1b/m~0n"] = "3", ["/0"] = "zero",
      ["/list/0"] = "10", ["/list/1/x/1"] = "false", ["/list/2"] = "last", ["/none"] = "null", ["/list/3"] = "nil",
      ["/list/01"] = "nil", ["/list/-"] = "nil", ["/list/x"] = "nil", ["/verb/x"] = "nil", ["/nothing/at/all"] = "nil",
      ["/none/x"] = "nil", ["/list/18446744073709551615"] = "nil", ["/list/99999999999999999999"] = "nil", ["/*"] = "nil",
      ["/" .. ("x"):rep(300)] = "nil", ["/user" .. ("/name"):rep(1000)] = "nil",
    } do
      assert.equal(value, found(audit, ("doc:get %q"):format(pointer)), pointer)
    end
    assert.equal('["a","b"]', found('{"x": ["a","b"]}', "doc:get '/x'"))
    assert.equal('{"x": 1}', found(' {"x": 1} ', "doc:get ''"))
    local long = ("k/~"):rep(200)
    assert.equal("5", found(('{"%s":{"y":5}}'):format(long), ("doc:get '/%s/y'"):format(("k~1~0"):rep(200))))
  end)

  it("counts the elements of a list", function()
    assert.equal("3 0 0 1 0", found('[[1,2,[3,4]],[],[ ],[{"a":[1,2]}],{"a":1}]',
      "#doc[1] .. ' ' .. #doc[2] .. ' ' .. #doc[3] .. ' ' .. #doc[4] .. ' ' .. #doc[5]"))
  end)

  it("is iterated by pairs and ipairs, and by numbers up and down", function()
    assert.equal("x=1;y=nil;z=true;", doing([[local list = {}
      for key, value in pairs(json.parse(text)) do
        if value == json.null then value = "nil" end
        list[#list + 1] = key .. "=" .. tostring(value) .. ";"
      end
      return table.concat(list)]], ' { "x" : 1 , "y" : null , "z" : true } '))
    for _, iteration in ipairs { "pairs(doc)", "ipairs(doc)" } do
      assert.equal("1=a;2=null;3=false;4=[1];", doing(([[local doc, list = json.parse(text), {}
        for number, value in %s do list[#list + 1] = number .. "=" .. tostring(value) .. ";" end
        return table.concat(list)]]):format(iteration), ' [ "a" , null , false , [1] ] '))
    end
    assert.equal("4,3,2,1", doing([[local doc, list = json.parse(text), {}
      for i = #doc, 1, -1 do list[#list + 1] = doc[i] end
      return table.concat(list, ",")]], "[1,2,3,4]"))
    for _, empty in ipairs { "{}", "[]", "{ }", "[ ]" } do
      assert.equal("nil", doing("return tostring((pairs(json.parse(text))(json.parse(text), 0)))", empty))
    end
  end)

  it("is iterated by several at once", function()
    assert.equal("11 12 21 22 ", doing([[local doc, all = json.parse(text), ""
      for _, a in ipairs(doc) do for _, b in ipairs(doc) do all = all .. a .. b .. " " end end
      return all]], "[1,2]"))
    assert.equal("aa ab ba bb ", doing([[local doc, all = json.parse(text), ""
      for a in pairs(doc) do for b in pairs(doc) do all = all .. a .. b .. " " end end
      return all]], '{"a":1,"b":2}'))
  end)

  it("is its text as tostring", function()
    assert.equal('{ "x": [1, 2 ] }', found('[1, { "x": [1, 2 ] }, 3]', "doc[2]"))
  end)

  it("becomes a table by table(), as json.decode makes them", function()
    assert.equal('{"b":[],"c":{"d":[1,null]}}', doing("return json.encode(json.parse(text)[2]:table())",
      '[0, {"b":[], "c":{"d":[1,null]}}, 3]'))
    given.holds(problem_of('{"a":[1,{"b":}]}', "doc.a:table()"), "script.lua:4", "no JSON: expected a value at byte 14")
    given.holds(problem_of('{"a":[1,2}', "doc.a:table()"), 'no JSON: expected "," or "]" at byte 10')
  end)

  it("keeps its text alive, and is not told what it holds by its collection", function()
    assert.equal("7 last", doing([[local docs = {}
      for i = 1, 200 do docs[i] = json.parse(text .. (" "):rep(i))[2].x end
      collectgarbage() collectgarbage()
      local inner = docs[7]
      docs = nil
      collectgarbage() collectgarbage()
      local count = 0
      for i = 1, #inner - 1 do count = count + inner[i] collectgarbage "step" end
      for key, value in pairs(inner) do collectgarbage() end
      return count .. " " .. inner[4] ]], '[1, {"x": [1, 2, 4, "last"]}]'))
  end)

  it("may be kept from event to event", function()
    local state = support.start(given.field [[(function() local kept
      return function(text) kept = kept or lure.json.parse(text); return kept.a end end)()]])
    assert.equal("one", state:extract(support.event { data = '{"a":"one"}', num = 1 }, "x.y"))
    collectgarbage()
    assert.equal("one", state:extract(support.event { data = '{"a":"two"}', num = 2 }, "x.y"))
  end)

  it("cannot be changed, and shows nothing of how it is made", function()
    given.holds(problem_of("{}", "rawequal(doc, nil) or (function() doc.x = 1 end)()"), "script.lua:4",
      "a JSON document cannot be changed; its table() makes a table, which can")
    assert.equal("false", found("{}", "getmetatable(doc)"))
  end)

  it("of nesting 10,000 deep has what is at the bottom", function()
    local deep = ('{"a":'):rep(9999) .. '["bottom"]' .. ("}"):rep(9999)
    assert.equal("bottom", doing([[local doc = json.parse(text)
      for _ = 1, 9999 do doc = doc.a end
      return doc[1] ]], deep))
    assert.equal("bottom", doing("return json.parse(text):get(('/a'):rep(9999) .. '/0')", deep))
    assert.equal("1", found('{"x":' .. deep .. ',"y":1}', "doc.y"))
    assert.equal("bottom", doing([[local value = json.parse(text):table()
      for _ = 1, 9999 do value = value.a end
      return value[1] ]], deep))
    assert.equal("2", found("[" .. ("["):rep(100000) .. ("]"):rep(100000) .. ",2]", "doc[2]"))
    given.holds(problem_of(("["):rep(100000) .. ("]"):rep(100000), "doc:table()"), "nested over 10000 deep")
  end)
end)

describe("a broken text", function()
  for _, case in ipairs {
    { '{"a":1,"b"', "doc.a", "1" }, { '{"a":1,"b"', "doc.b", "nil" }, { '{"a":1,"b":', "doc.b", "nil" },
    { '{"a":1', "doc.a", "nil" }, { '{"a":true', "doc.a", "true" }, { '{"a":"x', "doc.a", "nil" },
    { '{"a":"x"', "doc.a", "x" }, { '{"a":nul}', "doc.a", "nil" }, { '{"a":truex}', "doc.a", "nil" },
    { '{"a":01}', "doc.a", "nil" }, { '{"a":1.}', "doc.a", "nil" }, { '{"a":-}', "doc.a", "nil" },
    { '{"a":"\\x"}', "doc.a", "nil" }, { '{"a":"\n"}', "doc.a", "nil" }, { '{"a":"\\u12"}', "doc.a", "nil" },
    { '{"a":nulx,"b":2}', "doc.b", "2" }, { '{"a":[nulx],"b":2}', "doc.b", "2" }, { '{"a" 1,"b":2}', "doc.b", "nil" },
    { '{a:1}', "doc.a", "nil" }, { '{"\\x":1,"a":2}', "doc.a", "2" }, { "{", "doc.a", "nil" }, { "[", "doc[1]", "nil" },
    { "[", "#doc", "0" }, { "[1,2", "#doc", "2" }, { "[1 2]", "#doc", "1" }, { "[1,,2]", "doc[2]", "nil" },
    { "[1,]", "doc[2]", "nil" }, { "[1}", "doc[1]", "1" }, { "[1}", "doc[2]", "nil" }, { '{"a":[1,2]', "doc.a[2]", "2" }, { "[[1", "doc", "[[1" },
    { '{"a":1}}}x', "doc.a", "1" }, { '{"a":{"b":1}', "doc:get '/a/b'", "1" }, { '[1]\0', "doc[1]", "1" },
    { '["\\', "doc[1]", "nil" }, { '{"a\\', "doc.a", "nil" }, { "12 x", "doc", "12" },
  } do
    it(("%q has %s = %s"):format(case[1], case[2], case[3]), function()
      assert.equal(case[3], found(case[1], case[2]))
    end)
  end

  it("is iterated as far as it goes, without what is no value", function()
    assert.equal("a=1 c=3 ", doing([[local all = ""
      for key, value in pairs(json.parse(text)) do all = all .. key .. "=" .. tostring(value) .. " " end
      return all]], '{"a":1,"b":nulx,"\\x":2,"c":3,"d" 4,"e":5}'))
    assert.equal("1=1 3=3 ", doing([[local all = ""
      for key, value in pairs(json.parse(text)) do all = all .. key .. "=" .. tostring(value) .. " " end
      return all]], '[1,nulx,3,'))
  end)

  it("is read to the end by whatever a script asks, cut at every place", function()
    local state = support.start(given.field [[function(text)
      local function look(doc)
        if type(doc) ~= "userdata" or doc == lure.json.null then return end
        for key, value in pairs(doc) do look(value) look(doc[key]) end
        look(doc:get "/list/1/x") look(doc[#doc]) pcall(doc.table, doc)
        return tostring(doc)
      end
      for i = 1, #text do pcall(function() look(lure.json.parse(text:sub(1, i))) end) end
      return "fine" end]])
    assert.equal("fine", state:extract(support.event { data = audit }, "x.y"))
  end)
end)

describe("lure.json.parse", function()
  it("answers the value itself where that is no list and no object", function()
    for text, value in pairs { ['"x"'] = "x", ["12"] = "12", [" true "] = "true", ["null"] = "null", ["-1.5"] = "-1.5" } do
      assert.equal(value, found(text, "doc"))
    end
  end)

  for text, byte in pairs {
    [""] = 1, ["  "] = 3, ["nulx"] = 1, ["tru"] = 1, ["]"] = 1, ["}"] = 1, [" x"] = 2, ['"a'] = 1, ['"\\x"'] = 1, ["01"] = 1,
    ["-"] = 1, ["'a'"] = 1, ["\0"] = 1, ["\xef\xbb{}"] = 1, ["\xef\xbb\xbf?"] = 4, ["//\n{}"] = 1, ["NaN"] = 1,
  } do
    it(("refuses %q: at byte %d no value begins"):format(text, byte), function()
      assert.equal(("script.lua:4: field x.y: no JSON: expected a value at byte %d"):format(byte), problem_of(text, "doc"))
    end)
  end

  for expression, message in pairs {
    ["json.parse()"] = "bad argument #1 to 'parse' (string expected, got no value)",
    ["json.parse(nil)"] = "string expected, got nil", ["json.parse({})"] = "string expected, got table",
    ["json.parse(12)"] = "string expected, got number", ["json.parse(json.parse '{}')"] = "string expected, got JSON document",
    ["json.parse('{}').get('/a')"] = "JSON document expected, got string", ["json.parse('{}').get()"] = "JSON document expected",
    ["json.parse('{}').get(io.stdout, '/a')"] = "JSON document expected", ["json.parse('{}'):get()"] = "string expected, got no value",
    ["json.parse('{}').get(json.null, '/a')"] = "JSON document expected",
    ["json.parse('{}'):get({})"] = "string expected, got table", ["json.parse('{}').table({})"] = "JSON document expected, got table",
    ["json.parse('{}'):get('a')"] = '"a" is no JSON Pointer: it begins with "/", or is empty for the whole document',
    ["json.parse('{}'):get(1)"] = '"1" is no JSON Pointer', ["json.parse('{}'):get('/a~2')"] = '"~" is written "~0"',
    ["json.parse('{}'):get('/x/~')"] = '"/x/~" is no JSON Pointer: "~" is written "~0", and "/" in a key "~1"',
    ["pairs(json.parse('[]'))({}, 0)"] = "JSON document expected, got table",
    ["pairs(json.parse('[]'))(json.parse('[]'), 'x')"] = "number expected, got string",
    ["json.parse('{}').a.b"] = "attempt to index a nil value (field 'a')",
  } do
    it(("says what is wrong with %s"):format(expression), function()
      local value, problem = doing("return tostring(" .. expression .. ")")
      assert.is_nil(value)
      given.holds(problem, "script.lua:4", message)
    end)
  end

  it("does not make a list of what is none", function()
    assert.equal("nil", doing("return tostring((pairs(json.parse('[]'))(json.parse('{\"a\":1}'), 0)))"))
  end)

  it("is stopped by the limit of time in a huge text", function()
    local began = os.clock()
    local _, message = doing([[local doc = json.parse('{"x":"' .. ('y'):rep(50000000) .. '","a":1}')
      while true do local a = doc.a end]], "", '{"lure": {"time": 0.3}}')
    given.holds(message, "stopped after 0.3 s (limit: init_config.lure.time)")
    assert.is_true(os.clock() - began < 5)
  end)
end)

describe("a document", function()
  it("says how a value is written", function()
    local text = [=[{ "a": 1.50, "b": "x\\u0041", "c": [ 1E3, {"d" : null} ], "e": true, "f": {}, "raw": 7, "g": nope }]=]
    assert.equal("1.50", found(text, 'doc:raw "a"'))
    assert.equal([=["x\\u0041"]=], found(text, 'doc:raw "b"'))
    assert.equal('[ 1E3, {"d" : null} ]', found(text, 'doc:raw "c"'))
    assert.equal("1E3", found(text, "doc.c:raw(1)"))
    assert.equal("null", found(text, 'doc.c[2]:raw "d"'))
    assert.equal("true", found(text, 'doc:raw "e"'))
    assert.equal("7 7", found(text, 'doc:raw "raw" .. " " .. doc:get "/raw"'))
    assert.equal("nil nil nil nil", found(text, 'tostring(doc:raw "none") .. " " .. tostring(doc:raw "g") .. " " '
      .. '.. tostring(doc:raw(1)) .. " " .. tostring(doc.c:raw(3))'))
  end)

  it("is the same one, each time that its key or number is asked for", function()
    local text = '{"far":"' .. ("x"):rep(1000) .. '","a":{"n":1},"b":[{"n":2},{"n":3}],"c":{"n":4},"d":{"n":5},"e":{"n":6},"z":9}'
    assert.equal("true", found(text, "rawequal(doc.a, doc.a) and rawequal(doc.b[2], doc.b[2]) and rawequal(doc.b, doc.b)"))
    -- more of them than are remembered
    assert.equal("1 2 3 4 5 6 9 1 2 3 4 5 6 9 1 2 3 4 5 6 9", found(text, [=[(function()
      local seen = {}
      for _ = 1, 3 do
        for _, v in ipairs { doc.a.n, doc.b[1].n, doc.b[2].n, doc.c.n, doc.d.n, doc.e.n, doc.z } do seen[#seen + 1] = v end
      end
      return table.concat(seen, " ")
    end)()]=]))
  end)

  it("counts its elements once", function()
    assert.equal("2 2", found('[1,{"a":[]}]', '#doc .. " " .. #doc'))
  end)

  it("takes no longer for its records by index than for those of a list at hand", function()
    -- steps of the search count for the limit of time: 60,000 times a megabyte would be far above it
    local body = [=[
      local list = {}
      for i = 1, 60000 do list[i] = ('{"id":%d,"user":{"name":"u%d"}}'):format(i, i) end
      local doc = json.parse('{"before":[' .. table.concat(list, ",") .. '],"Records":[' .. table.concat(list, ",") .. "]}")
      local sum = 0
      for i = 1, 60000 do sum = sum + doc.Records[i].id + doc.before[i].id end
      return ("%d"):format(sum)]=]
    assert.equal("3600060000", doing(body, "", '{"lure":{"time":5}}'))
  end)

  it("takes no longer for elements backwards, or in any order", function()
    local body = [=[
      local list, n = {}, 60000
      for i = 1, n do list[i] = ('{"id":%d,"user":{"name":"u%d"}}'):format(i, i) end
      local doc = json.parse("[" .. table.concat(list, ",") .. "]")
      local sum = 0
      for i = n, 1, -1 do sum = sum + doc[i].id end
      for i = 1, n do sum = sum + doc[i * 7919 % n + 1].id end
      for i = 1, n do assert(doc[n + i] == nil) end
      return ("%d"):format(sum)]=]
    assert.equal("3600060000", doing(body, "", '{"lure":{"time":5}}'))
  end)

  it("has each member by its name in any order: the same before and after its keys have an index", function()
    assert.equal("", doing([=[
      local parts, expected, wrong, at = {}, {}, {}, 1
      for i = 1, 1000 do
        local name = i % 3 == 0 and ("\\u006d%d\\n"):format(i) or i == 500 and "" or "m" .. i
        local key = i % 3 == 0 and ("m%d\n"):format(i) or name
        parts[i] = ('"%s":%s'):format(name, i % 5 == 0 and ("[%d]"):format(i) or i)
        expected[i] = key
      end
      parts[#parts + 1] = '"m1":"a second one","\\u006d2":"another","m\\x":1'
      local doc = json.parse("{" .. table.concat(parts, ",") .. "}")
      for step = 1, 4000 do
        at = (at * 31 + step) % 1000 + 1
        local key = expected[at]
        local ways = { doc[key], doc:get("/" .. key), json.decode(doc:raw(key)) }
        for _, value in pairs(ways) do
          if (type(value) == "number" and value or value[1]) ~= at then wrong[#wrong + 1] = key end
        end
        if doc["none" .. at] ~= nil or doc:raw("none" .. at) or doc:get("/none" .. at) ~= nil then wrong[#wrong + 1] = "none" end
        if step % 100 == 0 then collectgarbage() end
      end
      return table.concat(wrong, " ")]=]))
  end)

  it("has nothing behind a place where it is broken, also by its index", function()
    assert.equal("1 x nil nil 7", doing([=[
      local doc = json.parse('{"a":1,"long":"' .. ("x"):rep(5000) .. '","b":"x","c":7,nothing:1,"d":2,"b":3}')
      local seen
      for _ = 1, 100 do
        seen = { tostring(doc.a), doc.b, tostring(doc.d), tostring(doc.nothing), tostring(doc.c) }
      end
      return table.concat(seen, " ")]=]))
  end)

  it("has each element by its number in any order", function()
    assert.equal("", doing([=[
      local list, wrong, at = {}, {}, 1
      for i = 1, 203 do list[i] = i % 5 == 0 and { i } or i % 7 == 0 and { n = i } or i end
      local doc = json.parse(json.encode(list))
      for step = 1, 3000 do
        at = (at * 31 + step) % 230 - 9
        local value, expected = doc[at], list[at]
        if type(expected) == "table" then value, expected = value[1] or value.n, at end
        if value ~= expected then wrong[#wrong + 1] = at end
        if step % 100 == 0 then collectgarbage() end
      end
      for i, value in ipairs(doc) do if type(value) == "number" and value ~= i then wrong[#wrong + 1] = i end end
      return table.concat(wrong, " ")]=]))
    assert.equal("1 2 nil nil nil", found("[1,2,x,4", "tostring(doc[1]) .. ' ' .. tostring(doc[2]) .. ' ' .. tostring(doc[3]) "
      .. ".. ' ' .. tostring(doc[5]) .. ' ' .. tostring(doc[4])"))
  end)

  it("is what another table takes its keys from", function()
    assert.equal("1 2 nil nil own", found('{"a":1,"b":[2]}', [=[(function()
      local t = setmetatable({ own = "own" }, { __index = doc })
      local list = setmetatable({}, { __index = doc.b })
      return ("%s %s %s %s %s"):format(t.a, list[1.0], list["1"], t.none, t.own)
    end)()]=]))
  end)

  it("is found in a coroutine, deep in the stack, and while the collector runs", function()
    assert.equal("20100", doing([=[
      local list = {}
      for i = 1, 200 do list[i] = { value = i } end
      local text = json.encode { list = list }
      local function deep(doc, n) if n == 0 then return 0 end return doc.list[n].value + deep(doc, n - 1) end
      local sum = coroutine.wrap(function()
        collectgarbage("generational"); collectgarbage("step")
        return deep(json.parse(text), 200)
      end)()
      return ("%d"):format(sum)]=]))
  end)
end)
