local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- A script with these lines at its top level, and this body of parse.
local function script(top, parse, rest)
  return ([[local lure = require "lure"
%s
return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" }, %s
parse = function(event)
%s
end }]]):format(top, rest or "", parse or "")
end

local THREADS = 'local threads = lure.table("threads", { fields = { comm = "string", ["x.count"] = "uint64" } })'

describe("a table of the host under the plugin API 0.3.0, which has none", function()
  local function with_field(options, body)
    return ([[local lure = require "lure"
local threads = lure.table("threads", { fields = { comm = "string" }, %s })
return { name = "x", version = "0.1.0", extract_event_sources = { "x" },
  fields = { { name = "x.y", type = "bool", desc = "-", extract = function() %s end } } }]]):format(options, body)
  end

  it("is refused", function()
    assert.equal('script.lua:2: lure.table("threads"): the plugin API 0.3.0 has no state tables; declare it with optional = '
      .. "true, and ask for it with exists()", given.problem(with_field("", "return true"), { api = 0 }))
    assert(support.load_script(with_field("", "return true")))
  end)

  it("does not exist where it is optional, and is no table then", function()
    local plugin = support.start(with_field("optional = true", "return threads:exists()"), { api = 0 })
    assert.equal(0, plugin:extract(support.event "1", "x.y"))
    plugin = support.start(with_field("optional = true", "return threads:get(1) ~= nil"), { api = 0 })
    support.capture_stderr(function()
      local _, message = plugin:extract(support.event "1", "x.y")
      assert.matches('state table "threads": it can be used', message)
    end)
  end)
end)

describe("a table of the host", function()
  local inspector, threads

  before_each(function()
    inspector = host.inspector()
    threads = inspector:table "threads"
    threads:add(7, { comm = "cat", uid = 1000, cwd = "/tmp", exe_writable = true })
    threads:add(8, { comm = "dog" })
  end)

  local function start(text, options)
    options = options or {}
    local library = assert(support.load_script(text, options))
    return library:init(options.config or "", { inspector = inspector })
  end

  local function parse(state, tid)
    return state:parse(host.event { type = 3, params = {}, tid = tid or 7, source = "syscall" })
  end

  after_each(function()
    assert.equal(0, threads:references(), "entries that were not released")
  end)

  it("is read and written in parse", function()
    local state = assert(start(script(THREADS, [[
      local thread = threads:get(event.tid)
      thread["x.count"] = thread["x.count"] + 1
      thread.comm = thread.comm .. "!"]])))
    assert.is_true(parse(state))
    assert.is_true(parse(state))
    assert.is_true(parse(state, 8))
    assert.equal(2, threads:read(7, "x.count"))
    assert.equal("cat!!", threads:read(7, "comm"))
    assert.equal("dog!", threads:read(8, "comm"))
  end)

  it("has every field that it lists, declared or not", function()
    local state = assert(start(script('local threads = lure.table "threads"', [[
      local t = threads:get(7)
      error(("%s %d %s %s %d"):format(t.comm, t.uid, t.cwd, t.exe_writable, t.tid), 0)]])))
    local _, message = parse(state)
    given.holds(message, "cat 1000 /tmp true 7")
  end)

  it("answers nil for an entry that is not there", function()
    local state = assert(start(script(THREADS, "assert(threads:get(99) == nil)")))
    assert.is_true(parse(state))
  end)

  it("gets new entries, loses old ones, and knows how many there are", function()
    local state = assert(start(script(THREADS, [[
      local new = threads:add(9, { comm = "new", ["x.count"] = 5 })
      assert(new.comm == "new" and #threads == 3)
      assert(threads:erase(8) == true and threads:erase(8) == false and #threads == 2)]])))
    assert.is_true(parse(state))
    assert.same({ 7, 9 }, threads:keys())
    assert.equal(5, threads:read(9, "x.count"))
  end)

  it("is cleared", function()
    local state = assert(start(script(THREADS, "threads:clear() assert(#threads == 0)")))
    assert.is_true(parse(state))
    assert.equal(0, threads:size())
  end)

  it("is iterated until the function says false", function()
    local state = assert(start(script(THREADS, [[
      local names = {}
      threads:each(function(entry, key) assert(key == nil) names[#names + 1] = entry.comm end)
      table.sort(names)
      assert(table.concat(names, " ") == "cat dog")
      local count = 0
      threads:each(function() count = count + 1 return false end)
      assert(count == 1)]])))
    assert.is_true(parse(state))
  end)

  it("cannot get or lose entries while it is iterated, which hosts do not stand", function()
    local state = assert(start(script(THREADS, [[
      threads:each(function(entry)
        for _, change in ipairs { function() threads:erase(7) end, function() threads:add(9) end, function() threads:clear() end } do
          local fine, message = pcall(change)
          assert(not fine and message:find("cannot get or lose entries while it is iterated", 1, true), message)
        end
        entry.comm = "may be written"
        entry = threads:get(8)
      end)
      threads:erase(8)]])))
    assert.is_true(parse(state))
    assert.equal("may be written", threads:read(7, "comm"))
  end)

  it("carries an error out of an iteration, and goes on", function()
    local state = assert(start(script(THREADS, [[
      threads:each(function(entry) error("stop at " .. entry.comm, 0) end)]])))
    local done, message = parse(state)
    assert.is_nil(done)
    given.holds(message, "parse: stop at ")
    assert.is_nil((parse(state)))
  end)

  it("has entries that are gone when the call, or the step, ends", function()
    local state = assert(start(script(THREADS .. "\nlocal kept, step", [[
      if kept then
        local fine, message = pcall(function() return kept.comm end)
        assert(not fine and message:find("is gone: it is valid only inside the call that got it", 1, true), message)
        fine, message = pcall(function() kept.comm = "x" end)
        assert(not fine and message:find("is gone", 1, true), message)
      end
      kept = threads:get(7)
      pcall(threads.each, threads, function(entry) step = entry error "out" end)
      local fine, message = pcall(function() return step.comm end)
      assert(not fine and message:find("is gone", 1, true), message)
      collectgarbage()]])))
    assert.is_true(parse(state))
    assert.is_true(parse(state))
  end)

  it("releases entries that Lua collects before the call has ended", function()
    local state = assert(start(script(THREADS, "for _ = 1, 2000 do threads:get(7) end collectgarbage()")))
    assert.is_true(parse(state))
  end)

  it("releases entries when the callback throws", function()
    local state = assert(start(script(THREADS, [[
      local kept = threads:get(7)
      threads:add(9, { comm = 12 })]])))
    local _, message = parse(state)
    given.holds(message, "script.lua:", "parse: comm: expected a string without NUL characters, got integer 12")
    assert.same({ 7, 8 }, threads:keys())
  end)

  it("says what it is that a field or key may be", function()
    for code, expected in pairs {
      ['threads:get("x")'] = 'key: expected an integer that int64 can hold, got string "x"',
      ["threads:get(1.5)"] = "key: expected an integer that int64 can hold, got",
      ["threads:get(7).uid = -1"] = "uid: expected an integer that uint32 can hold, got integer -1",
      ["threads:get(7).uid = 1 << 32"] = "uid: expected an integer that uint32 can hold",
      ["threads:get(7).exe_writable = 1"] = "exe_writable: expected true or false, got integer 1",
      ["threads:get(7).comm = {}"] = "comm: expected a string without NUL characters, got table",
      ['threads:get(7).comm = "a\\0b"'] = "comm: expected a string without NUL characters",
      ["return threads:get(7).nothing"] = 'state table "threads" has no field string "nothing"',
      ['threads:get(7).cwd = "/"'] = "read-only",
      ['threads:add(9, { nothing = 1 })'] = 'has no field string "nothing"',
      ["threads.get(1, 2)"] = "table in a state table expected, got number",
    } do
      local state = assert(start(script(THREADS, code)))
      local done, message = parse(state)
      assert.is_nil(done, code)
      given.holds(message, "script.lua:", expected)
    end
  end)

  it("carries integers of 64 bits whole", function()
    local state = assert(start(script(THREADS, [[
      local t = threads:get(7)
      t["x.count"] = "18446744073709551615"
      assert(t["x.count"] == "18446744073709551615")
      t["x.count"] = math.maxinteger
      assert(t["x.count"] == math.maxinteger)]])))
    assert.is_true(parse(state))
    assert.equal(math.maxinteger, threads:read(7, "x.count"))
  end)

  it("has fields of each type that a script adds", function()
    local types = { "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "string", "bool" }
    local fields, code = {}, { "local t = threads:get(7)" }
    for _, type in ipairs(types) do
      fields[#fields + 1] = (type == "bool" and "f_%s = { type = %q, new = true }" or "f_%s = %q"):format(type, type)
      local value = type == "string" and '"text"' or type == "bool" and "true" or type:find "^u" and "200" or "-100"
      code[#code + 1] = ("t.f_%s = %s assert(t.f_%s == %s)"):format(type, value, type, value)
    end
    local state = assert(start(script(('local threads = lure.table("threads", { fields = { %s } })'):format(
      table.concat(fields, ", ")), table.concat(code, "\n"))))
    assert.is_true(parse(state))
    assert.equal(-100, threads:read(7, "f_int8"))
  end)

  it("has tables in its fields, which need 3.5", function()
    local top = [[local threads = lure.table("threads", { fields = {
      file_descriptors = { key = "int64", fields = { name = "string", ["x.mark"] = "int16" } } } })]]
    local text = script(top, [[
      local fds = threads:get(7).file_descriptors
      local fd = fds:add(3, { name = "/etc/passwd" })
      fd["x.mark"] = -5
      assert(#fds == 1 and fds:get(3).name == "/etc/passwd")
      ]])
    assert.equal("3.5.0", assert(support.load_script(text)):info().api)
    local state = assert(start(text))
    assert.is_true(parse(state))
    local entry = threads:subtable(7, "file_descriptors"):get(3)
    assert.same({ "/etc/passwd", -5 }, { entry.name, entry["x.mark"] })
    local library, message = support.load_script(text, { minor = 4 })
    assert.is_nil(library)
    given.holds(message, "3.5.0")
  end)

  it("has tables in its fields that are gone when the call ends", function()
    local state = assert(start(script([[local kept
      local threads = lure.table("threads", { fields = { file_descriptors = "table" } })]], [[
      if kept then
        local fine, message = pcall(kept.get, kept, 3)
        assert(not fine and message:find("is gone", 1, true), message)
      end
      kept = threads:get(7).file_descriptors
      assert(#kept == 0)]])))
    assert.is_true(parse(state))
    assert.is_true(parse(state))
  end)

  it("is read where fields are extracted, and not written", function()
    local state = assert(start(([[local lure = require "lure"
%s
return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" },
fields = {
  { name = "x.comm", type = "string", desc = "-", extract = function(_, _, event) return threads:get(event.tid).comm end },
  { name = "x.bad", type = "string", desc = "-", extract = function() threads:get(7).comm = "x" end },
} }]]):format(THREADS)))
    local event = host.event { type = 3, params = {}, tid = 8, source = "syscall" }
    assert.equal("dog", state:extract(event, "x.comm"))
    local _, message = state:extract(event, "x.bad")
    given.holds(message, 'state table "threads": the host does not let it be written in field x.bad')
  end)

  it("is not to be had where hosts do not give it", function()
    local state = assert(start([[local lure = require "lure"
local threads = lure.table "threads"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", parse = function() end,
  next = function() return threads:get(7).comm end }]]))
    local _, rc, message = given.patiently(assert(state:open()))
    assert.equal("failure", rc)
    given.holds(message, 'state table "threads": the host does not let it be read in next; it does in parse')
  end)

  it("is declared at the top level only", function()
    local _, message = start(script("", "", 'init = function() lure.table "threads" end,'))
    given.holds(message, 'lure.table("threads"): to be called at the script\'s top level')
  end)

  it("that is not there is an error which names those that are", function()
    local _, message = start(script 'local t = lure.table "treads"')
    given.holds(message, 'script.lua:2: lure.table("treads"): the host has no such state table; it has: threads')
  end)

  it("may be optional, and have optional fields", function()
    local state = assert(start(script([[local none = lure.table("none", { optional = true })
local threads = lure.table("threads", { optional = true, fields = { comm = "string", ["not.there"] = "uint64" } })]], [[
      assert(not none:exists() and threads:exists() and threads:exists("comm") and not threads:exists("not.there"))
      local fine, message = pcall(none.get, none, 1)
      assert(not fine and message:find("the host has no such table", 1, true), message)
      assert(threads:get(7).comm == "cat")]])))
    assert.is_true(parse(state))
    assert.is_nil(threads:fields()["not.there"])
  end)

  it("is checked for the types that a script expects", function()
    local _, message = start(script 'local t = lure.table("threads", { key = "string" })')
    given.holds(message, 'script.lua:2: lure.table("threads"): its keys have the type int64, not string')
    _, message = start(script 'local t = lure.table("threads", { fields = { comm = "uint64" } })')
    given.holds(message, 'script.lua:2: state table "threads": the field "comm" has the type string, not uint64')
  end)

  it("raises the version to 3.1, and the script may not insist on less", function()
    assert.equal("3.1.0", assert(support.load_script(script(THREADS))):info().api)
    assert.equal("3.0.0", assert(support.load_script(script(""))):info().api)
    given.holds(given.problem(script(THREADS, "", 'required_api_version = "3.0.0",')),
      'required_api_version: "3.0.0" is less than the 3.1.0 that the script needs')
  end)

  it("needs fields or parse", function()
    given.holds(given.problem [[local lure = require "lure"
lure.table "threads"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() end }]],
      'script.lua:2: lure.table("threads"): hosts give state tables only to plugins with fields or parse')
  end)

  it("refuses declarations that are wrong", function()
    for code, expected in pairs {
      ["lure.table()"] = "string expected, got no value",
      ['for i = 1, 300 do lure.table("x" .. i) end'] = 'lure.table("x257"): a script may use 256 state tables',
      ['lure.table("x", 1)'] = "table expected, got number",
      ['lure.table("x", { feilds = {} })'] = 'expected key, fields and optional, got the key string "feilds"; did you mean "fields"?',
      ['lure.table("x", { key = "table" })'] = 'key: expected a type (int8,',
      ['lure.table("x", { fields = 1 })'] = "fields: expected { NAME = TYPE, … }, got integer 1",
      ['lure.table("x", { fields = { a = "int" } })'] = 'a: expected a type (int8, int16',
      ['lure.table("x", { fields = { a = { type = "int", new = true } } })'] =
        "a: expected { type = TYPE, new = true }, TYPE one of int8, int16",
      ['lure.table("x", { fields = { a = { type = "int8", new = 1 } } })'] = "a: expected { type = TYPE, new = true }",
      ['lure.table("x", { fields = { a = { type = "int8", nwe = true } } })'] = "a: expected { type = TYPE, new = true }",
      ['lure.table("x", { fields = { a = { type = "table", new = true } } })'] = "a: expected { type = TYPE, new = true }",
      ['lure.table("x", { fields = { "a" } })'] = "fields: expected { NAME = TYPE, … }, got the key integer 1",
      ['lure.table("x", { fields = { a = { fields = { b = { } } } } })'] = 'b: expected a type (int8,',
    } do
      given.holds(given.problem(script(code)), "script.lua:2: ", expected)
    end
  end)

  it("is released by hosts of every version that have it", function()
    for minor = 1, support.newest_minor do
      local state = assert(start(script(THREADS, "threads:get(event.tid)['x.count'] = 1"), { minor = minor }))
      assert.is_true(parse(state))
      assert.equal(0, threads:references())
      state:destroy()
    end
  end)
end)
