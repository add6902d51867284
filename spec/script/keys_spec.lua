local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local NEXT = "next = function() end,"

describe("a script's table", function()
  it("tells hosts its name, version, id, source, description and contact", function()
    local library = assert(support.load_script [[
      return { name = "n", version = "1.20.300", id = 4294967295, event_source = "s", description = "d", contact = "c",
        next = function() end }
    ]])
    local info = library:info()
    assert.same({ "n", "1.20.300", 4294967295, "s", "d", "c" },
      { info.name, info.version, info.id, info.event_source, info.description, info.contact })
  end)

  it("needs neither description nor contact", function()
    local info = assert(support.load_script(given.source(NEXT))):info()
    assert.same({ "", "" }, { info.description, info.contact })
  end)

  it("needs a name", function()
    assert.equal('script.lua: no name in the plugin table; add name = "..."',
      given.problem [[return { version = "0.1.0", id = 1, event_source = "x", next = function() end }]])
    assert.equal("script.lua:1: name: expected a string that is not empty",
      given.problem [[return { name = "", version = "0.1.0", id = 1, event_source = "x", next = function() end }]])
  end)

  it("needs a version of three numbers", function()
    assert.equal('script.lua: no version in the plugin table; add version = "0.1.0"',
      given.problem [[return { name = "x", id = 1, event_source = "x", next = function() end }]])
    for _, version in ipairs { "", "1", "1.2", "1.2.", "1.2.3.4", "v1.2.3", "1.2.3 ", " 1.2.3", "1.2.3-rc1", "1.-2.3",
                               "+1.2.3" } do
      assert.equal(('script.lua:2: version: expected three numbers as in "0.1.0", got "%s"'):format(version),
        given.problem(('return { name = "x",\nversion = "%s", id = 1, event_source = "x", next = function() end }')
          :format(version)))
    end
  end)

  it("has an id from 1 to 4294967295", function()
    for _, id in ipairs { "0", "-1", "4294967296", "math.mininteger" } do
      given.holds(given.problem(
        ('return { name = "x", version = "0.1.0",\nid = %s, event_source = "x", next = function() end }'):format(id)),
        "script.lua:2: id: expected an integer from 1 to 4294967295, got ")
    end
  end)

  it("has id and event_source, or neither", function()
    assert.equal("script.lua:1: id without event_source; an event source needs both",
      given.problem [[return { name = "x", version = "0.1.0", id = 5, next = function() end }]])
    assert.equal("script.lua:1: event_source without id; an event source needs both (999 is for tests)",
      given.problem [[return { name = "x", version = "0.1.0", event_source = "x", next = function() end }]])
  end)

  it("needs id and event_source for open and next", function()
    assert.equal("script.lua:2: next without id and event_source; an event source needs both",
      given.problem 'return { name = "x", version = "0.1.0",\nnext = function() end }')
    assert.equal("script.lua:2: open without id and event_source; an event source needs both",
      given.problem 'return { name = "x", version = "0.1.0",\nopen = function() end }')
  end)

  it("has id and event_source only with open or next", function()
    given.holds(given.problem [[return { name = "x", version = "0.1.0", id = 5, event_source = "x" }]],
      "id and event_source without open, next or produce")
  end)

  it("may not call its source syscall, which is the framework's", function()
    assert.equal('script.lua:2: event_source: "syscall" is the framework\'s own',
      given.problem 'return { name = "x", version = "0.1.0", id = 1,\nevent_source = "syscall", next = function() end }')
    assert.equal("script.lua:2: event_source: expected a string that is not empty",
      given.problem 'return { name = "x", version = "0.1.0", id = 1,\nevent_source = "", next = function() end }')
  end)
  it("has a source, fields or another thing to do", function()
    assert.equal("script.lua: the plugin table has neither a source (open, next) nor fields, parse, async_events or "
      .. "capture_open",
      given.problem [[return { name = "x", version = "0.1.0" }]])
  end)

  it("is refused with all that is wrong, each with its line", function()
    assert.equal(table.concat({
      'script.lua:4: unknown key "inti" in the plugin table; did you mean "init"?',
      'script.lua:3: version: expected three numbers as in "0.1.0", got "1"',
      "script.lua:5: next without id and event_source; an event source needs both",
    }, "\n\t"), given.problem 'return {\n  name = "x",\n  version = "1",\n  inti = 3,\n  next = function() end }')
  end)

  it("may not have a key that is not known", function()
    assert.equal('script.lua:3: unknown key "extact_event_sources" in the plugin table; did you mean '
      .. '"extract_event_sources"?', given.problem(given.source(NEXT .. ' extact_event_sources = {}')))
    assert.equal('script.lua:3: unknown key "temperature" in the plugin table; keep state in locals',
      given.problem(given.source(NEXT .. ' temperature = "red"')))
    given.holds(given.problem(given.source(NEXT .. ' [12] = "red"')), "the plugin table has the key integer 12")
    given.holds(given.problem(given.source(NEXT .. ' [true] = "red"')), "the plugin table has the key true")
  end)

  it("with a misspelt function tells the line of the function, and nothing that follows from it", function()
    assert.equal('script.lua:5: unknown key "nxt" in the plugin table; did you mean "next"?',
      given.problem('local p = { name = "x", version = "0.1.0", id = 1, event_source = "x" }\nlocal text = [[\nnxt = 1\n]]\n'
        .. "function p.nxt() return nil, text end\nreturn p"))
  end)

  it("with a value of a wrong type has no findings that follow from it", function()
    assert.equal("script.lua:1: name: expected a string, got integer 5",
      given.problem 'return { name = 5, version = "0.1.0", id = 1, event_source = "x", next = print }')
    assert.equal("script.lua:1: next: expected a function, got integer 5",
      given.problem 'return { name = "x", version = "0.1.0", id = 1, event_source = "x", next = 5 }')
    assert.equal('script.lua:1: id: expected an integer, got string "999"',
      given.problem 'return { name = "x", version = "0.1.0", id = "999", event_source = "x", next = print }')
  end)

  it("of a script that requires what is not there is one finding", function()
    local problem = given.problem 'require "nope"'
    assert.is_nil(problem:find("\n", 1, true))
    given.holds(problem, "script.lua:1: module 'nope' not found: no file '", "/nope.lua', nor elsewhere")
  end)

  it("is read once: later writes have no effect", function()
    local instance, state = given.opened [[
      local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x" }
      function plugin.init() plugin.next = nil; plugin.to_string = function() return "changed" end end
      function plugin.next(instance) instance.n = (instance.n or 0) + 1; return instance.n < 3 and instance.n or nil end
      function plugin.to_string() return "kept" end
      return plugin
    ]]
    local rc, events = instance:next_batch()
    assert.same({ "success", 2 }, { rc, #events })
    assert.equal("kept", state:to_string(events[1]))
  end)

  it("is read without its metatable", function()
    assert.equal('script.lua: no name in the plugin table; add name = "..."', given.problem [[
      return setmetatable({ version = "0.1.0", id = 1, event_source = "x", next = function() end },
        { __index = { name = "x" } })
    ]])
  end)
end)

local WRONG = { string = '"text"', integer = "12", float = "1.5", boolean = "true", table = "{}", ["function"] = "print",
                thread = "coroutine.create(print)", userdata = 'require("lure").TIMEOUT' }
local GOT = { string = 'string "text"', integer = "integer 12", float = "number 1.5", boolean = "true", table = "table",
              ["function"] = "function", thread = "thread", userdata = "userdata" }
local EXPECTED = {
  name = { "a string", string = true }, description = { "a string", string = true },
  contact = { "a string", string = true }, version = { "a string", string = true },
  id = { "an integer", integer = true }, event_source = { "a string", string = true },
  required_api_version = { "a string", string = true }, fields = { "a table", table = true },
  config = { "a table", table = true }, init_schema = { "a string", string = true },
  params = { "a table", table = true }, open_params = { "a table or a function", table = true, ["function"] = true },
  batch = { "a table", table = true }, extract_event_sources = { "a table", table = true },
}
for _, name in ipairs { "init", "destroy", "open", "next", "close", "progress", "to_string", "decode", "extract" } do
  EXPECTED[name] = { "a function", ["function"] = true }
end

describe("the key", function()
  for name, expected in pairs(EXPECTED) do
    it(name .. " is " .. expected[1] .. " and nothing else", function()
      for kind, value in pairs(WRONG) do
        if not expected[kind] then
          given.holds(given.problem(("return {\n%s = %s }"):format(name, value)),
            ("script.lua:2: %s: expected %s, got %s"):format(name, expected[1], GOT[kind]))
        end
      end
    end)
  end

  for _, name in ipairs { "close", "progress", "to_string" } do
    it(name .. " makes sense only with a source", function()
      assert.equal(("script.lua:3: %s: makes sense only for an event source; add open or next"):format(name),
        given.problem(given.extractor(('%s = function() end, fields = { { name = "x.y", type = "string", desc = "-", '
          .. 'extract = function() end } }'):format(name))))
    end)
  end

  it("extract makes sense only with fields", function()
    assert.equal("script.lua:3: extract: makes sense only with fields; add them",
      given.problem(given.source(NEXT .. "extract = function() end")))
  end)

  local SINCE_3 = {
    parse = "function() end", parse_event_sources = '{ "x" }', parse_event_types = "{ 322 }",
    async = "function() end", async_events = '{ "x" }', async_event_sources = '{ "x" }', async_interval = "1",
    capture_open = "function() end", capture_close = "function() end", tables = "{}", metrics = "true",
    set_config = "function() end", dump_state = "function() end", extract_event_types = "{ 322 }",
    required_event_schema_version = '"4.0.0"',
  }
  for name, value in pairs(SINCE_3) do
    it(name .. " is refused in the plugin API 0.3.0, which cannot carry it", function()
      assert.equal(("script.lua:3: %s: the plugin API 0.3.0 has no such thing"):format(name),
        given.problem(given.source(NEXT .. name .. " = " .. value), { api = 0 }))
    end)
  end

  local NEEDS = {
    [{ "parse_event_sources", "parse_event_types" }] = "makes sense only with parse; add it",
    [{ "extract_event_types" }] = "makes sense only with fields; add them",
    [{ "tables", "required_event_schema_version" }] = "makes sense only with fields or parse; add one of them",
    [{ "async", "async_event_sources", "async_interval", "dump_state" }] =
      "needs async_events, the list of the events' names; add it",
    [{ "capture_close" }] = "makes sense only with capture_open; add it",
  }
  for names, message in pairs(NEEDS) do
    for _, name in ipairs(names) do
      it(name .. " needs what it belongs to", function()
        assert.equal(("script.lua:3: %s: %s"):format(name, message),
          given.problem(given.source(NEXT .. name .. " = " .. SINCE_3[name])))
      end)
    end
  end
end)

describe("required_api_version", function()
  local function of(version, options)
    return support.load_script(given.source(NEXT .. ' required_api_version = "' .. version .. '"'), options)
  end

  it("without it is the lowest that suffices", function()
    assert.equal("3.0.0", assert(support.load_script(given.source(NEXT))):info().api)
    assert.equal("0.3.0", assert(support.load_script(given.source(NEXT), { api = 0 })):info().api)
  end)

  it("may insist on another", function()
    assert.equal("3.7.0", assert(of "3.7.0"):info().api)
    local newest = ("3.%d.0"):format(support.newest_minor)
    assert.equal(newest, assert(of(newest)):info().api)
    assert.equal("0.3.0", assert(of("0.3.0", { api = 0 })):info().api)
    local library, message = of("3.7.0", { minor = 6 })
    assert.is_nil(library)
    given.holds(message, "3.7.0")
  end)

  it("is one that the library speaks", function()
    for _, version in ipairs { ("3.%d.0"):format(support.newest_minor + 1), "4.0.0", "2.9.0", "0.3.0" } do
      local _, _, detail = of(version)
      assert.equal(('script.lua:3: required_api_version: "%s" is not among 3.0.0 to 3.%d.0, which liblure.so speaks')
        :format(version, support.newest_minor), detail.required_api_version)
    end
    local _, _, detail = of("3.0.0", { api = 0 })
    given.holds(detail.required_api_version, '"3.0.0" is more than the plugin API 0.3.0 of liblure-v0.so', "liblure.so")
    _, _, detail = of "3"
    given.holds(detail.required_api_version, 'expected three numbers as in "3.0.0", got "3"')
  end)
end)

describe("extract_event_sources", function()
  local FIELD = 'fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } },'

  it("without it is the script's own source, or every one", function()
    assert.same({ "x" }, assert(support.load_script(given.source(NEXT .. FIELD))):info().extract_event_sources)
    assert.same({}, assert(support.load_script(given.extractor(FIELD))):info().extract_event_sources)
  end)

  it("names others", function()
    local script = given.extractor(FIELD .. 'extract_event_sources = { "a", "b" }')
    assert.same({ "a", "b" }, assert(support.load_script(script)):info().extract_event_sources)
    assert.same({ "a", "b" }, assert(support.load_script(script, { api = 0 })):info().extract_event_sources)
  end)

  it("is a list of names", function()
    for _, value in ipairs { "{ 1 }", '{ "" }', "{ a = 1 }", "{ {} }" } do
      given.holds(given.problem(given.extractor(FIELD .. "extract_event_sources = " .. value)),
        "script.lua:3: extract_event_sources: expected a list of names")
    end
  end)
end)

describe("batch", function()
  it("has events, bytes and milliseconds", function()
    assert.truthy(support.load_script(given.source(NEXT .. "batch = { events = 1, bytes = 1, milliseconds = 1 }")))
    assert.equal('script.lua:3: unknown key "event" in batch; did you mean "events"?',
      given.problem(given.source(NEXT .. "batch = { event = 1 }")))
  end)

  it("has limits", function()
    for key, values in pairs { events = { "0", "-1", "1.5", '"1"', "1 << 21" }, bytes = { "0", "1 << 31", "{}" },
                               milliseconds = { "0", "101", "true" } } do
      for _, value in ipairs(values) do
        given.holds(given.problem(('return { name = "x", version = "0.1.0", id = 999, event_source = "x",\n%s batch = { %s = %s } }')
          :format(NEXT, key, value)), ("script.lua:2: batch.%s: expected an integer from 1 to "):format(key))
      end
    end
  end)
end)
