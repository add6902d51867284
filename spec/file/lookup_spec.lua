-- lure.file.lookup: tables from files that change.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function write(path, text)
  local file = assert(io.open(path .. ".new", "wb"))
  file:write(text)
  file:close()
  os.rename(path .. ".new", path)
end

--- A plugin whose field x.y is the expression, with the lookup in `list`.
local function start(path, options, expression)
  local script = given.extractor(([[
    init = function() list = lure.file.lookup(%q, %s) end,
    fields = { { name = "x.y", type = "string", desc = "-", extract = function() return tostring(%s) end } } ]])
    :format(path, options, expression))
  return assert(support.load_script(script)):init ""
end

local function value(text, options, expression)
  local state, message = start(support.file(text, "list"), options, expression)
  if not state then return nil, message end
  return (state:extract(support.event "1", "x.y"))
end

describe("lure.file.lookup", function()
  it("has the lines of a file as keys, without comments and empty ones", function()
    local text = "10.0.0.1\n# a comment\n\nname\r\n22"
    for key, expected in pairs { ["'10.0.0.1'"] = "true", ["'name'"] = "true", ["'22'"] = "true", ["22"] = "true",
                                 ["'# a comment'"] = "nil", ["''"] = "nil", ["nil"] = "nil", ["{}"] = "nil" } do
      assert.equal(expected, value(text, "nil", ("list:get(%s)"):format(key)))
    end
    assert.equal("3", value(text, "nil", "list:count()"))
  end)

  it("has the rows of CSV, by the first column or another", function()
    local text = 'name,ip,note\r\nann,10.0.0.1,"a, ""b""\nc"\nbob,10.0.0.2\n\n"",10.0.0.3,\n'
    assert.equal('10.0.0.1 a, "b"\nc', value(text, '{ format = "csv" }', 'list:get("ann").ip .. " " .. list:get("ann").note'))
    assert.equal("bob nil", value(text, '{ format = "csv", key = "ip" }',
      'list:get("10.0.0.2").name .. " " .. tostring(list:get("10.0.0.2").note)'))
    assert.equal("3", value(text, '{ format = "csv", key = "ip" }', "list:count()"))
  end)

  it("has the rows of CSV that are only an empty value in quotes", function()
    assert.equal("2 x", value('name\n""\n\nx\n', '{ format = "csv" }', 'list:count() .. " " .. list:get("").name .. list:get("x").name'))
    assert.matches("line 2: it has no value in the column of the key", select(2, value('a,b\n""\n', '{ format = "csv", key = "b" }', "1")))
  end)

  it("is walked by pairs, as it is then", function()
    local walk = [[(function()
      local words = {}
      for key, row in pairs(list) do words[#words + 1] = key .. "=" .. tostring(type(row) == "table" and row.n or row) end
      table.sort(words)
      return table.concat(words, " ")
    end)()]]
    assert.equal("a=1 b=2", value("k,n\na,1\nb,2\n", '{ format = "csv" }', walk))
    assert.equal("a=true b=true", value("a\nb\n", "nil", walk))
    assert.equal("", value("", "nil", walk))
    assert.equal("x nil", value("k,net\nx,10.0.0.0/8\n", '{ format = "csv", key = "net" }', [[(function()
      local set = lure.ip.set(pairs(list))
      return set:contains("10.1.2.3").k .. " " .. tostring(set:contains "11.0.0.0")
    end)()]]))
  end)

  it("goes on through the old table where the file changes while it is walked, and counts versions", function()
    local path = support.file("a\nb\nc\n", "list")
    local state = assert(start(path, "nil", [[(function()
      if not step then step, walked = pairs(list) key = step(nil, nil) end
      local seen = tostring(list:get "z") .. list:version()
      if list:get "z" then
        local count = 0
        while key do count, key = count + 1, step(nil, key) end
        seen = seen .. " " .. count
      end
      return seen
    end)()]]))
    local num = 1
    local found
    assert.equal("nil1", (state:extract(support.event("1", num), "x.y")))
    write(path, "z\n")
    local ends = os.time() + 20
    repeat
      num = num + 1
      found = state:extract(support.event("1", num), "x.y")
    until found ~= "nil1" or os.time() > ends
    assert.equal("true2 3", found)
  end)

  it("does without the byte order mark that some editors and spreadsheets write", function()
    assert.equal("true nil", value("\u{FEFF}a\nb\n", "nil", 'tostring(list:get("a")) .. " " .. tostring(list:get("\\u{FEFF}a"))'))
    assert.equal("nil", value("\u{FEFF}# a comment\n", "nil", 'list:get("# a comment")'))
    assert.equal("ann", value("\u{FEFF}ip,name\n10.0.0.1,ann\n", '{ format = "csv", key = "ip" }', 'list:get("10.0.0.1").name'))
    assert.equal("7", value("\u{FEFF}a: 7\n", '{ format = "yaml" }', 'list:get("a")'))
  end)

  it("finds the names of CSV behind empty lines", function()
    assert.equal("2", value("\n\r\nk,v\na,2\n", '{ format = "csv" }', 'list:get("a").v'))
  end)

  it("counts a key once, and the last one with it is there", function()
    assert.equal("2", value("a\nb\na\n", "nil", "list:count()"))
    assert.equal("2", value("k,v\na,1\nb,1\na,2\n", '{ format = "csv" }', "list:count()"))
    assert.equal("2", value("k,v\na,1\nb,1\na,2\n", '{ format = "csv" }', 'list:get("a").v'))
    assert.equal("2", value('["a", "b", "a"]', '{ format = "json" }', "list:count()"))
  end)

  it("has the members of a JSON object, or the elements of a list", function()
    assert.equal("7", value('{"a": {"b": 7}}', '{ format = "json" }', 'list:get("a").b'))
    assert.equal("true true nil", value('["a", 5]', '{ format = "json" }',
      'tostring(list:get("a")) .. " " .. tostring(list:get(5)) .. " " .. tostring(list:get("5"))'))
    assert.equal("2", value('[{"id": "a", "n": 1}, {"id": "b", "n": 2}]', '{ format = "json", key = "id" }', 'list:get("b").n'))
    assert.equal("0", value("{}", '{ format = "json" }', "list:count()"))
  end)

  it("has the members of a YAML map, or the elements of a list", function()
    local function yaml(text, expression, key)
      return value(text, ('{ format = "yaml", key = %s }'):format(key and ("%q"):format(key) or "nil"), expression)
    end
    assert.equal("7", yaml("# hosts\na:\n  b: 7\n", 'list:get("a").b'))
    assert.equal("true true nil", yaml("- a\n- 5\n- '6'\n", 'tostring(list:get("a")) .. " " .. tostring(list:get(5)) .. " " '
      .. ".. tostring(list:get(6))"))
    assert.equal("2", yaml("- id: a\n  n: 1\n- id: b\n  n: 2\n", 'list:get("b").n', "id"))
    assert.equal("https", yaml("443: https\n", 'list:get("443")')) -- keys are texts, as in JSON
    assert.equal("0", yaml("{}", "list:count()"))
    assert.equal("first", yaml("a: first\n---\na: second\n", 'list:get("a")'))
  end)

  it("takes plain values of YAML for what they are in JSON, and all others for text", function()
    local text = "a: [1, -2.5, 1e3, true, null, ~, 007, yes, 0x1f, .inf, 10.0.0.1, 2024-01-01, '1', \"true\", 9223372036854775807]"
    local state = assert(start(support.file(text, "list"), '{ format = "yaml" }', [[(function()
      local words = {}
      for _, one in ipairs(list:get("a")) do
        words[#words + 1] = one == lure.json.null and "null" or (math.type(one) or type(one)) .. ":" .. tostring(one)
      end
      return table.concat(words, " ")
    end)()]]))
    assert.equal("integer:1 float:-2.5 float:1000.0 boolean:true null null string:007 string:yes string:0x1f string:.inf "
      .. "string:10.0.0.1 string:2024-01-01 string:1 string:true integer:9223372036854775807", state:extract(support.event "1", "x.y"))
  end)

  it("honours the tags of YAML", function()
    local text = "a: [!!str 12, !!str true, !!int '7', !!float 2, !!bool \"true\", !!null '', !ours 5, !ours x, !!int 9223372036854775808]\n"
      .. "!!str 1: !!map {b: !!seq [1]}"
    local state = assert(start(support.file(text, "list"), '{ format = "yaml" }', [[(function()
      local words = {}
      for _, one in ipairs(list:get("a")) do
        words[#words + 1] = one == lure.json.null and "null" or (math.type(one) or type(one)) .. ":" .. tostring(one)
      end
      return table.concat(words, " ") .. " " .. list:get("1").b[1]
    end)()]]))
    assert.equal("string:12 string:true integer:7 float:2.0 boolean:true null string:5 string:x string:9223372036854775808 1",
      state:extract(support.event "1", "x.y"))
    for value_of, why in pairs {
      ["!!int x"] = 'line 2: expected what !!int is in JSON, got "x"', ["!!int 1.5"] = 'what !!int is in JSON, got "1.5"',
      ["!!float .inf"] = 'what !!float is in JSON, got ".inf"', ["!!bool yes"] = 'what !!bool is in JSON, got "yes"',
      ["!!null 0"] = 'what !!null is in JSON, got "0"', ["!!int ''"] = 'what !!int is in JSON, got ""',
      ["!!int " .. ("x"):rep(64)] = 'got "' .. ("x"):rep(64) .. '"', ["!!int " .. ("x"):rep(65)] = 'got "' .. ("x"):rep(64) .. '"...',
    } do
      assert.matches(why, select(2, value("a: 1\nb: " .. value_of, '{ format = "yaml" }', "1")), 1, true)
    end
  end)

  it("shares what aliases of YAML name, and makes no copies and no rings of them", function()
    assert.equal("true 5", value("a: &x {n: 5}\nb: *x\n", '{ format = "yaml" }',
      'tostring(list:get("a") == list:get("b")) .. " " .. list:get("b").n'))
    local lines = { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" } -- 10^41 values, were they copied
    for i = 1, 40 do
      lines[#lines + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a%d, "):format(i - 1):rep(10))
    end
    assert.equal("41", value(table.concat(lines, "\n"), '{ format = "yaml" }', "list:count()"))
    for text, problem in pairs {
      ["a: &x [*x]"] = "line 1: an alias without its anchor, or inside of it",
      ["a: 1\nb: *y"] = "line 2: an alias without its anchor, or inside of it",
    } do
      assert.matches(problem, select(2, value(text, '{ format = "yaml" }', "1")), 1, true)
    end
  end)

  it("says where a YAML file is broken", function()
    for text, problem in pairs {
      ["a: [1"] = "line 2: did not find expected ',' or ']'",
      ["a: 1\n b: 2\n"] = "line 2: mapping values are not allowed in this context",
      ["a: 1\nb: \xff\n"] = "line 2: invalid leading UTF-8 octet",
      ["[a]: 1\n"] = "line 1: expected a text as key",
      ["just text"] = "expected a YAML map or list",
      [""] = "expected a YAML map or list",
      ["- [a]\n"] = "element 1: expected a text, a number, or an object and the option key",
    } do
      local _, message = value(text, '{ format = "yaml" }', "1")
      assert.matches("lure.file.lookup: ", message, 1, true)
      assert.matches(problem, message, 1, true)
    end
  end)

  it("takes YAML nested 200 deep, and of 16 MiB, and nothing beyond", function()
    local function deep(levels) return "a: " .. ("["):rep(levels - 1) .. ("]"):rep(levels - 1) end
    assert.equal("1", value(deep(200), '{ format = "yaml" }', "list:count()"))
    assert.matches("line 1: nested too deeply", select(2, value(deep(201), '{ format = "yaml" }', "1")), 1, true)
    assert.matches("line 1: nested too deeply", select(2, value(("["):rep(1000000), '{ format = "yaml" }', "1")), 1, true)
    local function long(size) return "a: 1\n#" .. ("x"):rep(size - 6) end
    assert.equal("1", value(long(16 * 1024 * 1024), '{ format = "yaml" }', "list:count()"))
    assert.matches("a YAML file may have 16 MiB", select(2, value(long(16 * 1024 * 1024 + 1), '{ format = "yaml" }', "1")), 1, true)
  end)

  it("reads what gzip has packed", function()
    local path = support.file("one\ntwo\n", "list")
    support.run("gzip " .. support.quote(path))
    local state = assert(start(path .. ".gz", "nil", 'list:get("two")'))
    assert.equal("true", (state:extract(support.event "1", "x.y")))
  end)

  it("tells what is wrong with a file", function()
    for _, case in ipairs {
      { "a,b\n1,2,3\n", '{ format = "csv" }', "line 2: it has more values than the first line has columns" },
      { "a,b\n1\n", '{ format = "csv", key = "b" }', "line 2: it has no value in the column of the key" },
      { "a,b\n1,2\n", '{ format = "csv", key = "c" }', 'line 1: there is no column "c" (key)' },
      { 'a,b\n1,"2\n', '{ format = "csv" }', "line 2: a quoted value has no end" },
      { 'a,b\n1,"2"3\n', '{ format = "csv" }', "line 2: expected a separator or the line's end behind a quoted value" },
      { "[1", '{ format = "json" }', "" },
      { "1", '{ format = "json" }', "expected a JSON object or list" },
      { "[[]]", '{ format = "json" }', "element 1: expected a text, a number, or an object and the option key" },
      { '[{"a": 1}]', '{ format = "json", key = "b" }', 'element 1 has no text or number in "b" (key)' },
    } do
      local _, message = value(case[1], case[2], "1")
      assert.is_string(message, case[1])
      given.holds(message, "lure.file.lookup: ", "/list: " .. case[3])
    end
    local _, message = start("/nowhere", "nil", "1")
    given.holds(message, "lure.file.lookup: /nowhere: No such file or directory")
    _, message = start("/dev/zero", "nil", "1")
    given.holds(message, "lure.file.lookup: /dev/zero: expected a regular file")
  end)

  it("refuses other arguments", function()
    for options, expected in pairs {
      ['{ format = "xml" }'] = 'lure.file.lookup: format: expected "lines", "csv", "json" or "yaml", got string "xml"',
      ['{ formt = "csv" }'] = 'lure.file.lookup: unknown option string "formt"; did you mean "format"?',
      ["{ key = 1 }"] = "lure.file.lookup: key: expected the name of a column or member, got integer 1",
    } do
      local _, message = value("", options, "1")
      given.holds(message, expected)
    end
  end)

  it("reads a file again that has changed, and stays with the old table where the new one is broken", function()
    local path = support.file('{"a": 1}', "list")
    local state = assert(start(path, '{ format = "json" }', 'list:get("a")'))
    local number = 0
    --- The field's value, of a new event each time, as soon as `done` is true of it; at most 20 s.
    local function wait(done)
      local ends, got = os.time() + 20
      repeat
        number = number + 1
        got = state:extract(support.event { data = "x", num = number }, "x.y")
        if done(got) then return got end
        support.run "sleep 0.05"
      until os.time() > ends
      return got
    end
    assert.equal("1", wait(function() return true end))
    write(path, '{"a": 2}')
    assert.equal("2", wait(function(got) return got ~= "1" end))
    local said = support.capture_stderr(function()
      write(path, '{"a": ')
      local looks = 0
      assert.equal("2", wait(function(got) looks = looks + 1 return got ~= "2" or looks > 50 end))
    end)
    given.holds(said, "lure.file.lookup: " .. path .. ": ", "; what was read before stays")
    assert.equal(1, select(2, said:gsub("what was read before stays", "")))
    os.remove(path)
    assert.equal("2", wait(function() return true end))
    write(path, '{"a": 3}')
    assert.equal("3", wait(function(got) return got ~= "2" end))
  end)

  it("takes memory of the script's limit only", function()
    local path = support.file("", "list")
    support.run(("yes 'a line of some length, and each is another' | head -n 500000 | nl >%s"):format(support.quote(path)))
    local state, message = assert(support.load_script(given.extractor(([[
      init = function() list = lure.file.lookup(%q) end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() return "1" end } } ]]):format(path))))
      :init '{"lure": {"memory": 20000000}}'
    assert.is_nil(state)
    given.holds(message, "not enough memory")
  end)
end)
