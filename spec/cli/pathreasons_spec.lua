-- lure check --run and --events: why the path of a field has no value.

local lint_result = require "spec.cli.lintresult"
local support = require "spec.support"

-- The reasons that are told of one field with what `field` says, asked of these payloads; `words` are more of the
-- command's. And how it says of which events.
local function reasons_of(field, payloads, ...)
  local path = lint_result.script(('plugin.next = function() end\nplugin.fields = { { name = "t.x", desc = "-", %s } }')
    :format(field))
  local list = lint_result.findings_of(path, "--events", support.file(table.concat(payloads, "\n") .. "\n", "events"), ...)
  assert.is_true(#list < 2)
  if not list[1] then return end
  local where, reason = list[1]:match("^script%.lua:4: hint: field t%.x%S* has no value in ([^:]*): (.*)$")
  return reason or list[1], where
end

local function reason_of(field, payload, ...) return (reasons_of(field, { payload }, ...)) end

describe("the reason why a path has no value", function()
  for _, row in ipairs {
    { "uint64", '"6x"', 'the text "6x"; uint64 takes an integer from 0, or digits' },
    { "uint64", '-1', "the number -1; uint64 takes an integer from 0, or digits" },
    { "uint64", '{"a":1}', "an object; uint64 takes an integer from 0, or digits" },
    { "bool", '"yes"', 'the text "yes"; bool takes true or false' },
    { "bool", "1", "the number 1; bool takes true or false" },
    { "uint64", "true", "true; uint64 takes an integer from 0, or digits" },
    { "reltime", '"soon"', 'the text "soon"; reltime takes an integer of nanoseconds from 0' },
    { "abstime", '"soon"', 'the text "soon"; abstime takes nanoseconds from 0, or a time as in RFC 3339' },
    { "ipaddr", '"localhost"', 'the text "localhost"; ipaddr takes the text of an IP address' },
    { "ipnet", "[]", "a list; ipnet takes the text of an IP address or network" },
    { "string", [["\q"]], [[the text "\q"; string takes a string, a number, true or false]] },
  } do
    it("is that " .. row[1] .. " does not take " .. row[2], function()
      assert.equal("/uid is " .. row[3], reason_of(('type = %q, path = "/uid"'):format(row[1]), '{"uid":' .. row[2] .. "}"))
    end)
  end

  it("is a time that is written in another way than time = says", function()
    assert.equal('/t is the text "x"; reltime takes a number of seconds from 0',
      reason_of([[type = "reltime", time = "s", path = "/t"]], [[{"t":"x"}]]))
    assert.equal('/t is the text "2026-01-02", which is no time of the format "%d.%m.%Y"',
      reason_of([[type = "abstime", time = "%d.%m.%Y", path = "/t"]], [[{"t":"2026-01-02"}]]))
  end)

  it("is that the payload is not of the script's format", function()
    local path = lint_result.script(('plugin.next = function() end\nplugin.format = "logfmt"\nplugin.fields = { { %s } }'):format(
      [[name = "t.x", desc = "-", type = "uint64", path = "/n"]]))
    for payload, reason in pairs { ['"'] = "the payload has nothing of the format logfmt", ["n=x"] = '/n is the text "x"; uint64 takes an '
      .. "integer from 0, or digits", ["m=1"] = 'the payload has no "n"' } do
      local list = lint_result.findings_of(path, "--events", support.file(payload .. "\n", "events"))
      assert.matches(reason, list[1], 1, true)
    end
    local mixed = lint_result.findings_of(path, "--events", support.file('"\nm=1\n', "events"))
    assert.matches('any of 2 sample events: the payload has no "n"', mixed[1], 1, true)
  end)

  for _, row in ipairs {
    { '{"user":{"id":1}}', '/user is there, but has no "name"' },
    { '{"User":1}', 'the payload has no "user"' },
    { '{"user":"bob"}', '/user is the text "bob", and has no "name"' },
    { '{"user":null}', '/user is null, and has no "name"' },
    { '{"user":[{"name":1}]}', '/user is a list, and has no "name"; "*" stands for each of its elements' },
    { '{"user":{"name":null}}', "/user/name is null" },
    { '{"user":{"id":1', '/user is there, but has no "name"; the payload is no complete JSON' },
    { '{"user":{"name":"bo', "/user/name is cut off; the payload is no complete JSON" },
    { 'bob logged in', 'the payload is no JSON object: it begins with "bob logged in"' },
    { '"', [[the payload is no JSON object: it begins with """]] },
    { ' ', "the payload is empty" },
    { '{"user":"', [[/user is the text "", and has no "name"; the payload is no complete JSON]] },
  } do
    it("is what is missing in " .. row[1], function()
      assert.equal(row[2], reason_of([[type = "string", path = "/user/name"]], row[1]))
    end)
  end

  it("names keys as a path writes them, and quotes what is not UTF-8 or cannot be shown", function()
    assert.equal([[/a~1b~0c is there, but has no "d/e"]],
      reason_of([[type = "string", path = "/a~1b~0c/d~1e"]], [[{"a/b~c":{}}]]))
    assert.equal('/a is the text "\u{FFFD}\\x1b"; uint64 takes an integer from 0, or digits',
      reason_of([[type = "uint64", path = "/a"]], '{"a":"\xFF\27"}'))
  end)

  it("is the first element that does not fit", function()
    local field = [[type = "uint64", list = true, path = %q]]
    assert.equal("/a/1 is null", reason_of([[type = "uint64", path = "/a/1"]], '{"a":[1,null]}'))
    assert.equal('/a/1/b is the text "x"; uint64 takes an integer from 0, or digits',
      reason_of(field:format "/a/*/b", '{"a":[{},{"b":"x"},{"b":"y"}]}'))
    assert.equal('/a/k/b is the text "x"; uint64 takes an integer from 0, or digits',
      reason_of(field:format "/a/*/b", '{"a":{"k":{"b":"x"}}}'))
    assert.equal('/a/0 is the text "x"; uint64 takes an integer from 0, or digits',
      reason_of(field:format "/a", '{"a":["x"]}'))
    assert.equal("/a is an empty list", reason_of(field:format "/a/*", '{"a":[]}'))
    assert.equal("/a is an empty object", reason_of(field:format "/a/*", '{"a":{}}'))
    assert.equal('/a is the number 1, and has no "*"', reason_of(field:format "/a/*", '{"a":1}'))
  end)

  it("is an element that a list does not have", function()
    assert.equal("/a is a list of 2, and has no element 5", reason_of([[type = "uint64", path = "/a/5"]], '{"a":[1,2]}'))
    local field = [[type = "uint64", arg = { index = true }, path = "/a/*"]]
    assert.equal("/a is a list of 2, and has no element 5", reason_of(field, '{"a":[1,2]}', "--field", "t.x[5]"))
    assert.equal('/a/1 is the text "x"; uint64 takes an integer from 0, or digits',
      reason_of(field, '{"a":[1,"x"]}', "--field", "t.x[1]"))
    field = [[type = "uint64", list = true, arg = { index = true, required = true }, path = "/a"]]
    assert.equal("/a is a list of 2, and has no element 5", reason_of(field, '{"a":[1,2]}', "--field", "t.x[5]"))
    assert.equal("/a has no element 5", reason_of(field, '{"a":1}', "--field", "t.x[5]"))
  end)

  it("is told of a path that the argument gives", function()
    assert.equal([[/a is there, but has no "b"]], reason_of(
      [[type = "string", arg = { key = true, required = true }, path = lure.ARG]], '{"a":{}}', "--field", "t.x[/a/b]"))
  end)

  it("is told of each alternative; what does not fit before what is missing", function()
    local field = [[type = "uint64", path = { "/a", "/b" }]]
    assert.equal([[the payload has no "a"; the payload has no "b"]], reason_of(field, "{}"))
    assert.equal("/b is true; uint64 takes an integer from 0, or digits", reason_of(field, '{"b":true}'))
  end)

  it("is told once, with the first that was seen, and only where no event has a value or one does not fit", function()
    local field = [[type = "uint64", path = "/a"]]
    assert.is_nil((reasons_of(field, { '{"a":1}', "{}", '{"a":null}' })))
    assert.same({ 'the payload has no "a"', "any of 2 sample events" }, { reasons_of(field, { "{}", '{"a":null}' }) })
    assert.same({ '/a is the text "x"; uint64 takes an integer from 0, or digits', "2 of 4 sample events" },
      { reasons_of(field, { '{"a":1}', "{}", '{"a":"x"}', '{"a":"y"}' }) })
    assert.same({ '/a is the text "x"; uint64 takes an integer from 0, or digits', "any of 2 sample events" },
      { reasons_of(field, { "{}", '{"a":"x"}' }) })
  end)

  it("is told of payloads as lure run has them: without the line's end and the file's byte order mark", function()
    local path = lint_result.script("plugin.next = function() end plugin.fields = { { name = 't.x', desc = '-', type = 'uint64', "
      .. "extract = function(value) return value end } }")
    assert.same({}, (lint_result.findings_of(path, "--events", support.file("\u{FEFF}1\r\n2\r\n3", "events"))))
  end)

  for _, row in ipairs {
    { [[path = "/l/*/name", list = true, where = { kind = "User" }]], '{"l":[{"kind":"Group","name":"a"}]}',
      '/l/0 is left out: "kind" is the text "Group", and where wants "User"' },
    { [[path = "/l/*/name", list = true, where = { kind = { "User", "Robot" } }]], '{"l":[{"name":"a"}]}',
      '/l/0 is left out: "kind" is missing, and where wants "User" or another' },
    { [[path = "/a", where = { ["/b/c"] = 1 }]], '{"a":1,"b":{"c":2}}',
      'the payload is left out: "/b/c" is the number 2, and where wants "1"' },
    { [[path = "/a/{b,c}"]], '{"a":{}}', '/a is there, but has no "b"; /a is there, but has no "c"' },
    { [[path = "/a", list = true, keys = true]], '{"a":[1]}', "/a is a list, and has no members with names" },
    { [[path = "/a", list = true, keys = true]], '{"a":{}}', "/a is an empty object" },
    { [[path = "/a", keys = true, arg = { index = true, required = true }]], '{"a":{"b":1}}', nil },
    { [[path = "/a", join = " "]], '{"a":[]}', "/a is an empty list" },
    { [[path = "/l/*/v", list = true, all = true]], '{"l":[{"v":1},{}]}', '/l/1 is there, but has no "v"' },
    { [[path = "/a", extract = function() end]], '{"a":null}', "/a is null" },
    { [[path = "/a", default = lure.path "/b"]], "{}", 'the payload has no "a"' },
  } do
    it("is told of what is declared beside the path: " .. row[1] .. " in " .. row[2], function()
      assert.equal(row[3], reason_of('type = "string", ' .. row[1], row[2]))
    end)
  end

  it("is that when finds nothing", function()
    local path = lint_result.script([[plugin.next = function() end plugin.when = { "/id", "/uid" }
plugin.fields = { { name = "t.x", desc = "-", type = "string", path = "/a" } }]])
    local list = lint_result.findings_of(path, "--events", support.file('{"a":1}\n', "events"))
    assert.matches('the payload has no "id"; the payload has no "uid"; see when', list[1], 1, true)
    assert.same({}, (lint_result.findings_of(path, "--events", support.file('{"a":1,"uid":2}\n', "events"))))
  end)

  it("is that there would be more than 16 MiB to join", function()
    assert.equal("the texts to be joined have more than 16 MiB together", (reason_of(
      [[type = "string", path = "/l/*/n", join = "", default = ("x"):rep(65536)]], '{"l":[' .. ("{},"):rep(256) .. "{}]}")))
  end)

  it("is told with --run of the source's own events", function()
    assert.same({ [[script.lua:5: hint: field t.x has no value in the one sample event: /uid is the text "6x"; ]]
      .. "uint64 takes an integer from 0, or digits" }, (lint_result.findings_of(lint_result.script [[
plugin.open = function() return { true } end
plugin.next = function(instance) if table.remove(instance) then return '{"uid":"6x"}' end end
plugin.fields = { { name = "t.x", type = "uint64", desc = "-", path = "/uid" } }]], "--run")))
  end)
end)
