-- The key `format`: what functions get, where values stand, parts with formats of their own, and mistakes.
local formats = require "spec.formats.given"
local given = require "spec.given"
local support = require "spec.support"

local HEADER <const> = 38 -- bytes before the payload of an event

local function start(rest) return (support.start(given.extractor(rest))) end

local ONE <const> = [[fields = { { name = "x.y", type = "string", path = "/a", desc = "-" } }]]

local function problem(keys) return given.problem(given.extractor(keys .. ", " .. ONE)) end

describe("a script with a format", function()
  it("gives functions the document, and decode the payload", function()
    local plugin = start [[format = "logfmt", fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(value) return value.a end },
      { name = "x.z", type = "string", desc = "-", extract = function(value, _, event) return event.data .. #value:get "/b" end } } ]]
    assert.same({ "1", "a=1 b=222", n = 2 }, { plugin:extract(support.event "a=1 b=22", "x.y"),
      plugin:extract(support.event "a=1 b=22", "x.z"), n = 2 })
    plugin = start [[format = "logfmt", decode = function(event) return event.data:upper() end, fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(value) return value end },
      { name = "x.z", type = "string", desc = "-", path = "/a" } } ]]
    assert.same({ "A=B", "b", n = 2 }, plugin:extract(support.event "a=b", { "x.y", "x.z" }))
  end)

  it("gives the same with and without optimizations, in one event after the other", function()
    local script = given.source [[format = { "csv", columns = { "n", "text" } }, batch = { events = 64 },
      open = function()
        local i = 0
        return function()
          i = i + 1
          if i <= 300 then return i % 7 == 0 and "" or i .. "," .. ("x"):rep(i * i // 20) end
        end
      end,
      fields = {
        { name = "x.n", type = "uint64", path = "/n", desc = "-" },
        { name = "x.text", type = "string", desc = "-", extract = function(value) return value.text end },
        { name = "x.both", type = "string", desc = "-", extract = function(value) return value.n .. value.text end } } ]]
    local all = {}
    for _, config in ipairs { "", '{"lure":{"optimize":false}}', '{"lure":{"optimize":["batch_prefetch","direct_evaluation","prefetch"]}}' } do
      local plugin = support.start(script, { config = config })
      local instance, list = plugin:open "", {}
      while true do
        local _, events = instance:next_batch()
        if not events or #events == 0 then break end
        for _, event in ipairs(events) do
          local found = plugin:extract(event, { "x.text", "x.n", "x.both" })
          list[#list + 1] = ("%s %s %s"):format(found[1], found[2], found[3])
        end
      end
      assert.equal(300, #list)
      assert.equal("nil nil nil", list[7])
      all[#all + 1] = table.concat(list, "\n")
    end
    assert.equal(all[1], all[2])
    assert.equal(all[1], all[3])
  end)

  it("gives to_string the document, and prints the payload without it", function()
    local script = given.source('format = "logfmt", open = function() return ("a=1 b=2"):gmatch ".+" end, ' .. ONE .. ", %s")
    for rest, expected in pairs { ["to_string = function(value) return value.b end"] = "2", [""] = "a=1 b=2" } do
      local plugin = support.start((script:format(rest)))
      local _, events = plugin:open(""):next_batch()
      assert.equal(expected, plugin:to_string(events[1]))
    end
  end)

  it("may say json: functions get the document", function()
    local plugin = start [[format = "json", fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(value) return value.a end } } ]]
    assert.equal("1", plugin:extract(support.event '{"a":"1"}', "x.y"))
    for _, payload in ipairs { "", "12", "x" } do assert.is_nil(plugin:extract(support.event(payload), "x.y")) end
  end)

  it("has lists, defaults and all types", function()
    local plugin = start [[format = "logfmt", fields = {
      { name = "x.list", type = "string", list = true, path = "/*", desc = "-" },
      { name = "x.n", type = "uint64", path = { "/m", "/n" }, default = 7, desc = "-" },
      { name = "x.on", type = "bool", path = "/on", desc = "-" }, { name = "x.ip", type = "ipaddr", path = "/ip", desc = "-" },
      { name = "x.at", type = "abstime", path = "/at", desc = "-" } } ]]
    local found = plugin:extract(support.event "ip=::1 on=true at=1970-01-01T00:00:01Z", { "x.list", "x.n", "x.on", "x.ip", "x.at" })
    assert.same({ "::1", "true", "1970-01-01T00:00:01Z" }, found[1])
    assert.same({ 7, true, 1000000000 }, { found[2], found[3], found[5] })
    assert.equal(5, plugin:extract(support.event "n=5 on", "x.n"))
    assert.is_nil(plugin:extract(support.event "", "x.n"))
  end)

  it("tells hosts where values stand in the payload", function()
    local plugin = formats.start '"logfmt"'
    local payload = [[a=1 long="x \"y\"" alone last=z]]
    for path, text in pairs { ["/a"] = "1", ["/long"] = [[x \"y\"]], ["/last"] = "z" } do
      local _, offsets = plugin:extract(support.event(payload), ("x.y[%s]"):format(path), { offsets = true })
      assert.same({ { HEADER + payload:find(text, 1, true) - 1, #text } }, offsets)
    end
    local _, offsets = plugin:extract(support.event(payload), "x.y[/alone]", { offsets = true })
    assert.same({ { 0, 0 } }, offsets)
    plugin = formats.start('"logfmt"', 'inside = { long = "json" },')
    _, offsets = plugin:extract(support.event(payload), "x.y[/a]", { offsets = true })
    assert.same({ { 0, 0 } }, offsets)
  end)

  it("believes functions where their values stand", function()
    local plugin = start [[format = "logfmt", fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(value) return value.a, 2, 1 end } } ]]
    local _, offsets = plugin:extract(support.event "a=1", "x.y", { offsets = true })
    assert.same({ { HEADER + 2, 1 } }, offsets)
  end)

  it("tells hosts where the values of a list stand", function()
    local plugin = start [[format = { "csv", separator = " " }, fields = {
      { name = "x.y", type = "string", list = true, path = "/*", desc = "-" } } ]]
    local list = {}
    for i = 1, 100 do list[i] = ("v%d"):format(i) end
    local payload = table.concat(list, " ")
    local _, offsets = plugin:extract(support.event(payload), "x.y", { offsets = true })
    for i, value in ipairs(list) do
      assert.equal(value, payload:sub(offsets[i][1] - HEADER + 1, offsets[i][1] - HEADER + offsets[i][2]))
    end
    assert.equal(100, #offsets)
  end)

  it("opens parts that have a format of their own, outer ones first", function()
    local plugin = formats.start('"logfmt"', 'inside = { message = "json", ["/message/log"] = "logfmt", ["a/b"] = { "csv", columns = { "x" } } },')
    local payload = [[message="{\"user\":{\"name\":\"ann\"},\"log\":\"k=v on\",\"n\":[1]}" a/b="1,2" z=1]]
    assert.same({ ["/message/user/name"] = "ann", ["/message/log/k"] = "v", ["/message/log/on"] = "true", ["/message/n/0"] = "1",
      ["/a~1b/x"] = "1", ["/a~1b/1"] = "2", ["/z"] = "1" }, formats.values(plugin, payload, { "/message/user/name", "/message/log/k",
      "/message/log/on", "/message/n/0", "/a~1b/x", "/a~1b/1", "/z" }))
  end)

  it("opens parts of JSON, too", function()
    local plugin = formats.start('"json"', 'inside = { log = "logfmt" },')
    assert.equal('{"log":{"a":"1","b":"\\"ä"},"z":2}', formats.document(plugin, ' {"log":"a=1 b=\\"\\\\\\"\\u00e4\\"","z":2}'))
    plugin = start [[inside = { log = "json" }, fields = { { name = "x.y", type = "string", path = "/log/a", desc = "-" } } ]]
    assert.equal("1", plugin:extract(support.event [[{"log":"{\"a\":1}\n"}]], "x.y"))
  end)

  it("leaves a part as it is that is not of its format", function()
    local plugin = formats.start('"json"', 'inside = { log = "json", other = "logfmt" },')
    for _, payload in ipairs { '{"log":"plain"}', '{"log":"{\\"a\\":"}', '{"log":"{}{}"}', '{"log":7}', '{"log":{"b":1}}',
      '{"log":""}', '{"other":"="}', '{"x":1}', "[1]", '{"log":"12"}' } do
      assert.equal(payload, formats.document(plugin, payload))
    end
  end)

  it("says what is wrong in its declaration", function()
    for keys, expected in pairs {
      ['format = "logfm"'] = 'format: expected "json", .* or .*, got string "logfm"; did you mean "logfmt"?',
      ['format = "xml"'] = 'format: expected "json", .* or .*, got string "xml"$',
      ['format = "LEEF"'] = 'got string "LEEF"; did you mean "leef"?',
      ['format = { "Csv" }'] = 'got string "Csv"; did you mean "csv"?',
      ['format = {}'] = 'format: expected "json", .* or .*, got nil',
      ['format = 7'] = "format: expected a string or a list of strings, got integer 7",
      ['format = { "logfmt", columns = { "a" } }'] = 'unknown key "columns" in format',
      ['format = { "csv", colums = { "a" } }'] = 'unknown key "colums" in format; did you mean "columns"',
      ['format = { "csv", columns = {} }'] = "format: columns: expected a list of 1 to 4096 names",
      ['format = { "csv", columns = { 7 } }'] = "format: columns: expected a list of 1 to 4096 names",
      ['format = { "csv", columns = "a,b" }'] = "format: columns: expected a list of 1 to 4096 names",
      ['format = { "csv", columns = { "a", false, "b", false, "a" } }'] = 'format: columns: "a" is there twice; give false',
      ['format = { "csv", separator = ",," }'] = 'format: separator: expected one byte .*, got string ",,"',
      ['format = { "csv", separator = "\\n" }'] = "format: separator: expected one byte",
      ['format = { "csv", header = 1 }'] = "format: header: expected true or false, got integer 1",
      ['format = { "csv", header = true, columns = { "a" } }'] = "format: has both columns and header",
      ['inside = { a = "xml" }'] = 'inside: /a: expected "json", .*, got string "xml"',
      ['inside = { a = 7 }'] = 'inside: /a: expected "json", .*, got integer 7',
      ['inside = { ["/a/*"] = "json" }'] = 'inside: /a/%*: it cannot have a "%*"',
      ['inside = { ["/a~"] = "json" }'] = 'inside: /a~: .* is no JSON Pointer',
      ['inside = { "json" }'] = "inside: expected names or JSON Pointers as keys, got integer 1",
    } do
      local told = problem(keys)
      assert.matches(expected, told)
      assert.not_matches("\n.*\n", told) -- that a path does not fit what is wrong goes without saying
    end
    assert.matches("format: makes sense only with fields", given.problem(given.source 'format = "logfmt", next = function() end,'))
  end)

  it("takes 4096 columns, and not one more", function()
    local script = [[fields = { { name = "x.y", type = "string", path = "/c%d", desc = "-" } }, format = { "csv", columns = (function()
      local list = {} for i = 1, %d do list[i] = "c" .. i end return list end)() } ]]
    assert.equal("v", start(script:format(4096, 4096)):extract(support.event((","):rep(4095) .. "v"), "x.y"))
    assert.matches("expected a list of 1 to 4096 names", given.problem(given.extractor(script:format(1, 4097))))
  end)

  it("takes 64 parts inside, and not one more", function()
    local script = ONE .. [[, inside = (function() local list = {} for i = 1, %d do list["p" .. i] = "json" end return list end)() ]]
    assert.is_truthy(start(script:format(64)))
    assert.matches("inside: expected at most 64 parts", given.problem(given.extractor(script:format(65))))
  end)

  it("stays within the memory limit, and says so", function()
    local plugin = support.start(given.extractor('format = "logfmt", ' .. ONE), { config = '{"lure":{"memory":4194304}}' })
    local _, message = plugin:extract(support.event(("\1k "):rep(2 << 20)), "x.y")
    assert.matches("memory", message)
    assert.equal("1", plugin:extract(support.event "a=1", "x.y"))
  end)
end)
