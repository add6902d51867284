local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local FIELD = 'fields = { { name = "x.y", type = "string", desc = "-", extract = function(value, _, event) '
  .. 'return tostring(value) .. " " .. event.type end } },'

local function start(rest, options)
  local library = assert(support.load_script(given.extractor(FIELD .. rest), options))
  return assert(library:init()), library
end

local function of(type, source)
  return host.event { type = type, params = {}, source = source or "syscall", wide = type == 402 or nil }
end

describe("the types of events that a script extracts from", function()
  it("are plugin events, unless it takes those of the kernel: then all", function()
    assert.same({ 322 }, (start ""):extract_event_types())
    assert.same({ 322 }, (start 'extract_event_sources = { "a", "b" }'):extract_event_types())
    assert.equal("all", (start 'extract_event_sources = { "a", "syscall" }'):extract_event_types())
  end)

  it("are given by name, for enter and exit, by libscap's symbol, or by number", function()
    assert.same({ 2, 3, 322 }, (start 'extract_event_types = { "open", 322 }'):extract_event_types())
    assert.same({ 3, 6 }, (start 'extract_event_types = { "PPME_SYSCALL_OPEN_X", 6, 3 }'):extract_event_types())
  end)

  it("are checked", function()
    for code, expected in pairs {
      ['{ "opne" }'] = 'extract_event_types: there is no event type called "opne"; did you mean "open',
      ['{ "PPME_NOTHING" }'] = 'there is no event type called "PPME_NOTHING"',
      ["{ 9999 }"] = "expected names or numbers of event types",
      ["{ -1 }"] = "got integer -1",
      ["{ 1.5 }"] = "expected names or numbers of event types",
      ["{ true }"] = "expected names or numbers of event types",
      ["{}"] = "extract_event_types: expected a list of event types",
    } do
      given.holds(given.problem(given.extractor(FIELD .. "\nextract_event_types = " .. code)),
        "script.lua:", expected)
    end
  end)

  it("are numbers below that of all types", function()
    local header = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/src/event/eventtable.h"))
    local count = tonumber(header:read("a"):match("#define EVENT_TYPES (%d+)"))
    header:close()
    assert.same({ count - 1 }, start(("extract_event_types = { %d }"):format(count - 1)):extract_event_types())
    for _, number in ipairs { count, count + 1, 65535, 65536, 65538 } do
      given.holds(given.problem(given.extractor(FIELD .. ("\nextract_event_types = { %d }"):format(number))),
        "expected names or numbers of event types", "got integer " .. number)
    end
  end)

  it("are told to hosts of every version", function()
    for minor = 0, 11 do
      local library = assert(support.load_script(given.extractor(FIELD .. 'extract_event_types = { "open" }'),
        { minor = minor }))
      assert.same({ 2, 3 }, assert(library:init()):extract_event_types())
    end
  end)

  it("are all that is shown to the script", function()
    local state = start 'extract_event_sources = { "syscall" }, extract_event_types = { "open" }'
    assert.equal("nil open", state:extract(of(3), "x.y"))
    assert.is_nil((state:extract(of(4), "x.y", { unasked = true })))
    assert.is_nil((state:extract(of(3, "other"), "x.y", { unasked = true })))
  end)

  it("make the event schema known to hosts of 3.12", function()
    local function schema(rest)
      return start(rest, { minor = 12 })
    end
    assert.is_truthy(schema 'extract_event_sources = { "syscall" }')
    local old = given.extractor(FIELD .. 'extract_event_sources = { "syscall" }, required_event_schema_version = "3.0.0"')
    given.holds(select(2, support.start(old):kernel_open()), "required event schema version '3.0.0'")
    assert.is_true(support.start(old, { minor = 11 }):kernel_open())
    given.holds(given.problem(given.extractor(FIELD .. 'required_event_schema_version = "four"')),
      'required_event_schema_version: expected three numbers as in "4.0.0", got "four"')
  end)
end)

describe("parse", function()
  local function count(rest)
    local library = assert(support.load_script(([[local lure = require "lure"
local seen = 0
return { name = "x", version = "0.1.0", parse = function(event)
  seen = seen + 1
  if event.param[1] == "bad" then error "oh no" end
end, metrics = function() return { { name = "seen", value = seen } } end, %s }]]):format(rest or "")))
    return assert(library:init())
  end

  local function seen(state)
    for _, metric in ipairs(state:metrics()) do
      if metric.name == "seen" then return metric.value end
    end
  end

  it("is shown what it asks for, and nothing else", function()
    local state = count 'parse_event_sources = { "syscall" }, parse_event_types = { "open", "close" }'
    assert.same({ 2, 3, 4, 5 }, state:parse_event_types())
    for _, type in ipairs { 2, 3, 4, 5 } do assert.is_true(state:parse(of(type))) end
    assert.equal(4, seen(state))
    for _, type in ipairs { 6, 7, 322, 402, 9999, 65535 } do state:parse(of(type), { unasked = true }) end
    state:parse(of(3, "k8s_audit"), { unasked = true })
    assert.equal(4, seen(state))
  end)

  it("tells the host that it failed, and goes on", function()
    local state = count 'parse_event_sources = { "syscall" }'
    local done, message = state:parse(host.event { type = 3, params = { "bad" }, source = "syscall" })
    assert.is_nil(done)
    given.holds(message, "script.lua:5: parse: oh no")
    assert.is_true(state:parse(of(3)))
  end)

  it("may be all that a plugin does, in every version", function()
    for minor = 0, support.newest_minor do
      local state = assert(assert(support.load_script('return { name = "x", version = "0.1.0", parse = function() end }',
        { minor = minor })):init())
      assert.is_true(state:parse(host.event { data = "x", source = "any" }))
      state:destroy()
    end
  end)
end)

describe("events without a payload", function()
  it("have no data, and no value where there is no decode", function()
    local state = start 'extract_event_sources = { "syscall" }'
    assert.equal("nil open", state:extract(of(3), "x.y"))
    state = start [[extract_event_sources = { "syscall" },
      decode = function(event) assert(event.data == nil) return event.param.fd or "no fd" end]]
    assert.equal("no fd open", state:extract(of(3), "x.y"))
    state = start 'extract_event_sources = { "syscall" }, decode = function() return nil end'
    assert.is_nil((state:extract(of(3), "x.y")))
  end)

  it("have parameters that only other events of their name have: nil, and not an error", function()
    local state = start [[extract_event_sources = { "syscall" },
      decode = function(event) return tostring(event.param.fd) .. (event.param.name or "") end]]
    assert.equal("nil open", state:extract(of(2), "x.y")) -- the enter of open
    state = start 'extract_event_sources = { "syscall" }, decode = function(event) return event.param.adress end'
    given.holds(select(2, state:extract(of(2), "x.y")), 'an event of type PPME_SYSCALL_OPEN_E has no parameter "adress"')
  end)

  it("have no value at a path, not even the default", function()
    local library = assert(support.load_script(given.extractor('extract_event_sources = { "syscall" },'
      .. 'fields = { { name = "x.y", type = "string", desc = "-", path = "/a", default = "d" } }')))
    assert.is_nil((assert(library:init()):extract(of(3), "x.y")))
  end)

  it("that are async events have their data", function()
    local state = start [[extract_event_sources = { "syscall" }, extract_event_types = { 402 },
      decode = function(event) return event.param.name .. "=" .. event.data end]]
    local event = host.event { type = 402, params = { "\0\0\0\0", "tick\0", "payload" }, wide = true, source = "syscall" }
    assert.equal("tick=payload asyncevent", state:extract(event, "x.y"))
  end)
end)
