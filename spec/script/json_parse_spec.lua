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

  it("finds keys with escapes in them", function()
    assert.equal("1 2 3", found([[{"\u0061":1,"k\"q":2,"a\/b":3}]],
      [[doc.a .. " " .. doc['k"q'] .. " " .. doc["a/b"] ]]))
  end)

  it("takes the first of equal keys", function()
    assert.equal("1", found('{"a":1,"a":2}', "doc.a"))
    assert.equal("1", found('{"\\u0061":1,"a":2}', "doc:get '/a'"))
  end)
end)
