-- The behaviour of each of the sample plugins that the framework tests itself with
-- (falcosecurity/libs, userspace/libsinsp/test/plugins), as a Lua script. Those that need the kernel's own
-- subtables are in spec/sinsp.
local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local function pack(format, ...) return string.pack("<" .. format, ...) end

local copies = 0

--- The library with this script; a copy of its own, so that more of them are in one inspector.
local function load(name, text, minor)
  copies = copies + 1 -- never over one that is loaded
  local copy = ("%s/lib%s%d.so"):format(support.folder(), name, copies)
  support.run(("cp %s %s"):format(support.quote(support.lib()), support.quote(copy)))
  return assert(host.load(copy, { minor = minor, env = { LURE_SCRIPT = support.file(text, name .. ".lua") } }))
end

local function start(name, text, config, inspector)
  return assert(load(name, text):init(config or "", { inspector = inspector }))
end

local function event(type, tid, params)
  return host.event { type = type, tid = tid or 1, params = params or {}, source = "syscall" }
end

describe("plugin_source", function()
  it("gives the same payload as often as it is asked for", function()
    local state = start("sample_plugin_source", [[local lure = require "lure"
return { name = "sample_plugin_source", version = "0.1.0", id = 999, event_source = "sample",
  init = function() lure.log.info "initializing plugin..." end,
  destroy = function() lure.log.info "destroying plugin..." end,
  open = function(params) local count = math.tointeger(tonumber(params)) or 0 return { left = count > 0 and count or 10000 } end,
  next = function(instance)
    if instance.left == 0 then return nil end
    instance.left = instance.left - 1
    return "hello world\0"
  end }]])
    local list, rc = given.patiently(assert(state:open "3"))
    assert.same({ { "hello world\0", "hello world\0", "hello world\0" }, "eof" }, { list, rc })
    list, rc = given.patiently(assert(state:open ""))
    assert.same({ 10000, "eof" }, { #list, rc })
    assert.equal("initializing plugin...", state:log()[1].message)
  end)
end)

describe("plugin_extract", function()
  it("answers one constant, with its place in the payload", function()
    local state, library = start("sample_plugin_extract", [[local lure = require "lure"
return { name = "sample_plugin_extract", version = "0.1.0", extract_event_sources = { "sample" },
  extract_event_types = { 322 },
  fields = { { name = "sample.hello", type = "string", desc = "A constant hello world string", add_output = true,
    extract = function() return "hello world", 0, 11 end } },
  set_config = function() lure.log.info "new config!" end }]])
    local sample = host.event { data = "hello world\0", source = "sample" }
    local value, offsets = state:extract(sample, "sample.hello", { offsets = true })
    assert.same({ "hello world", { { 38, 11 } } }, { value, offsets })
    assert.same({ 322 }, state:extract_event_types())
    assert.is_true(state:set_config "")
    assert.equal("new config!", state:log()[1].message)
    assert.is_nil(library)
  end)
end)

describe("metrics", function()
  it("counts opens, beside a constant", function()
    local state = start("sample_metrics", [[local count = 0
return { name = "sample_metrics", version = "0.1.0", parse_event_sources = { "syscall" },
  parse_event_types = { "PPME_SYSCALL_OPEN_X" }, parse = function() count = count + 1 end,
  metrics = function()
    return { { name = "dummy_metric", value = 1234 }, { name = "evt_count", value = count, monotonic = true } }
  end }]])
    for _ = 1, 4 do state:parse(event(3)) end
    local found = {}
    for _, metric in ipairs(state:metrics()) do found[metric.name] = metric end
    assert.same({ name = "dummy_metric", value = 1234, type = "non_monotonic", value_type = "u64" }, found.dummy_metric)
    assert.same({ name = "evt_count", value = 4, type = "monotonic", value_type = "u64" }, found.evt_count)
  end)
end)

describe("schema_version_test", function()
  local function of(rest)
    return load("schema_version_test", ([[return { name = "schema_version_test", version = "0.1.0",
fields = { { name = "foo.bar", type = "string", desc = "A constant hello world string", extract = function() end } },
%s }]]):format(rest)):init():kernel_open()
  end

  it("is accepted or refused by the event schema that it asks for", function()
    assert.is_truthy(of 'extract_event_sources = { "syscall" }')
    assert.is_truthy(of 'extract_event_sources = { "syscall" }, required_event_schema_version = "4.0.0"')
    given.holds(select(2, of 'extract_event_sources = { "syscall" }, required_event_schema_version = "3.0.0"'),
      "required event schema version '3.0.0' not compatible")
    given.holds(select(2, of 'extract_event_types = { "open" }, required_event_schema_version = "5.0.0"'),
      "required event schema version '5.0.0' not compatible")
    assert.is_truthy(of 'extract_event_sources = { "foo" }, required_event_schema_version = "1.0.0"')
  end)
end)

describe("syscall_async", function()
  local TEXT = [[local lure = require "lure"
local left, refused
return { name = "sample_syscall_async", version = "0.1.0", async_events = { "sampleticker" },
  async_event_sources = { "syscall" }, async_interval = 0.001,
  config = { count = { type = "integer", default = 100 } },
  init = function(config) left = config.count end,
  async = function(emit)
    if left == 0 then return false end
    left = left - 1
    refused = refused or not pcall(emit, "unsupportedname", "x")
    assert(refused and emit("sampleticker", "sample ticker notification\0", { tid = 1 }))
  end,
  dump_state = function(emit)
    for i = 0, 9 do emit("sampleticker", "hello world #" .. i .. "\0") end
  end }]]

  it("emits as many events as it is told", function()
    local state = start("sample_syscall_async", TEXT, '{"count": 5}')
    state:async_open()
    assert.is_true(state:async_wait(5, 10))
    os.execute "sleep 0.02"
    state:async_close()
    local events = state:async_events()
    assert.same({ 5, "sampleticker", "sample ticker notification\0", 1 },
      { #events, events[1].name, events[1].data, events[1].tid })
    events = state:dump_state()
    assert.same({ 10, "hello world #9\0" }, { #events, events[10].data })
  end)
end)

local PARSE = [[local lure = require "lure"
local threads = lure.table("threads", { fields = { open_evt_count = "uint64" } })
local counters = lure.table "event_counters"
local OPEN = { open = true, openat = true, openat2 = true, open_by_handle_at = true }
return { name = "sample_syscall_parse", version = "0.1.0", parse_event_sources = { "syscall" },
  tables = { event_counters = { key = "uint64", fields = { count = "uint64" } } },
  parse = function(event)
    local counter = counters:get(event.num % 2) or counters:add(event.num % 2)
    counter.count = counter.count + 1
    if OPEN[event.type] then
      local thread = threads:get(event.tid)
      thread.open_evt_count = thread.open_evt_count + 1
    end
  end }]]

local EXTRACT = [[local lure = require "lure"
local threads = lure.table("threads", { optional = true, fields = { open_evt_count = "uint64" } })
local counters = lure.table("event_counters", { optional = true })
local OPEN = { open = true, openat = true, openat2 = true, open_by_handle_at = true }
local function of(name, type, extract) return { name = "sample." .. name, type = type, desc = "-", extract = extract } end
return { name = "sample_syscall_extract", version = "0.1.0", extract_event_sources = { "syscall" },
  extract_event_types = { "open", "PPME_SYSCALL_OPENAT_2_E", "PPME_SYSCALL_OPENAT_2_X", "openat2",
    "PPME_SYSCALL_INOTIFY_INIT1_X", "asyncevent", "PPME_SYSCALL_GETCWD_X" },
  fields = {
    of("is_open", "uint64", function(_, _, event) return OPEN[event.type] and 1 or 0 end),
    of("open_count", "uint64", function(_, _, event)
      if not threads:exists "open_evt_count" then return nil, "nobody counts" end
      return threads:get(event.tid).open_evt_count
    end),
    of("evt_count", "uint64", function(_, _, event)
      if not counters:exists() then return nil, "nobody counts" end
      assert(counters:get(9999) == nil)
      return counters:get(event.num % 2).count
    end),
    of("proc_name", "string", function(_, _, event) return threads:get(event.tid).comm end),
    of("tick", "string", function(_, _, event)
      return event.type == "asyncevent" and event.param.name == "sampleticker" and "true" or "false"
    end),
  } }]]

describe("syscall_parse and syscall_extract", function()
  it("share a field of the threads and a table", function()
    local inspector = host.inspector()
    inspector:table("threads"):add(1, { comm = "init" })
    local parse = start("sample_syscall_parse", PARSE, "", inspector)
    local extract = start("sample_syscall_extract", EXTRACT, "", inspector)
    local function seen(type, num)
      local e = host.event { type = type, tid = 1, params = {}, source = "syscall", num = num }
      assert.is_true(parse:parse(e))
      return e
    end
    local e = seen(3, 1)
    assert.same({ 1, 1, 1, "init", "false" }, { extract:extract(e, "sample.is_open"), extract:extract(e, "sample.open_count"),
      extract:extract(e, "sample.evt_count"), extract:extract(e, "sample.proc_name"), extract:extract(e, "sample.tick") })
    e = seen(307, 3) -- openat
    assert.same({ 2, 2 }, { extract:extract(e, "sample.open_count"), extract:extract(e, "sample.evt_count") })
    e = seen(5, 5) -- close: nobody asked for it
    assert.is_false((extract:extract(e, "sample.is_open") or false))
    assert.equal(0, inspector:table("threads"):references())
    local tick = host.event { type = 402, params = { pack("I4", 0), "sampleticker\0", "x" }, wide = true, source = "syscall",
      num = 6 }
    assert.equal("true", extract:extract(tick, "sample.tick"))
  end)

  it("does without the other", function()
    local inspector = host.inspector()
    inspector:table("threads"):add(1, { comm = "init" })
    local extract = start("sample_syscall_extract", EXTRACT, "", inspector)
    assert.equal("init", extract:extract(event(3), "sample.proc_name"))
    given.holds(select(2, extract:extract(event(3), "sample.open_count")), "nobody counts")
    given.holds(select(2, extract:extract(event(3), "sample.evt_count")), "nobody counts")
  end)
end)

describe("syscall_tables", function()
  it("does all that can be done with the threads and with a table of its own", function()
    local inspector = host.inspector()
    inspector:table("threads"):add(1, { comm = "init", tid = 1 })
    local state = start("sample_tables", [[local lure = require "lure"
local threads = lure.table("threads", { fields = { comm = "string", some_new_dynamic_field = "uint64",
  some_new_dynamic_field_str = "string" } })
local own = lure.table("plugin_sample", { fields = { u64_val = "uint64" } })
local NEW = 999999
return { name = "sample_tables", version = "0.1.0", parse_event_sources = { "syscall" },
  tables = { plugin_sample = { key = "uint64", fields = { u64_val = "uint64" } } },
  parse = function()
    assert(#threads == 1)
    local init = threads:get(1)
    assert(init.comm == "init" and init.some_new_dynamic_field == 0 and init.some_new_dynamic_field_str == "")
    for i = 1, 1000 do
      init.some_new_dynamic_field = i
      init.some_new_dynamic_field_str = "value " .. i
      assert(init.some_new_dynamic_field == i and init.some_new_dynamic_field_str == "value " .. i)
    end
    init.some_new_dynamic_field, init.some_new_dynamic_field_str = 0, ""
    assert(threads:get(NEW) == nil and threads:erase(NEW) == false)
    local new = threads:add(NEW, { comm = "hello" })
    assert(#threads == 2 and new.comm == "hello" and threads:get(NEW).comm == "hello")
    local seen = 0
    threads:each(function(thread) seen = seen + 1 assert(thread.comm ~= "") end)
    assert(seen == 2 and threads:erase(NEW) and #threads == 1)
    for i = 0, 999 do own:add(i, { u64_val = i }) end
    local sum = 0
    own:each(function(entry, key) assert(key == entry.u64_val) sum = sum + key end)
    assert(#own == 1000 and sum == 499500)
    own:clear()
    assert(#own == 0)
  end }]], "", inspector)
    for _ = 1, 3 do assert.is_true(state:parse(event(3))) end
    assert.equal(0, inspector:table("threads"):references())
  end)
end)

describe("routines", function()
  it("begin and end when an event says so", function()
    local state = start("sample_routines", [[local capture, cancel, flag, step = nil, nil, true, 1
local rounds = { 0, 0, 0 }
local function count(i) return function() rounds[i] = rounds[i] + 1 end end
return { name = "sample_routines", version = "0.1.0", parse_event_sources = { "syscall" }, parse_event_types = { "PPME_SYSCALL_OPEN_X" },
  capture_open = function(c) capture = c c:every(0.001, count(1)) end,
  parse = function()
    if step == 1 then cancel = capture:every(0.001, count(2))
    elseif step == 2 then cancel()
    elseif step == 3 then capture:every(0.001, function() rounds[3] = rounds[3] + 1 return flag end)
    elseif step == 4 then flag = false end
    step = step + 1
  end,
  metrics = function() local l = {} for i = 1, 3 do l[i] = { name = "r" .. i, value = rounds[i] } end return l end }]])
    local function rounds()
      local list = {}
      for _, metric in ipairs(state:metrics()) do
        local number = math.tointeger(tonumber(metric.name:match "^r(%d)$"))
        if number then list[number] = metric.value end
      end
      return list
    end
    --- Waits until the rounds of a routine go on, or do not go on any more, within a while.
    local function becomes(number, going)
      for _ = 1, 300 do
        local before = rounds()[number]
        os.execute "sleep 0.03"
        if (rounds()[number] > before) == going then return true end
      end
      return false
    end
    assert.is_true(state:capture_open())
    assert.is_true(becomes(1, true))
    for step, expected in ipairs { { 2, true }, { 2, false }, { 3, true }, { 3, false } } do
      assert.is_true(state:parse(event(3)))
      assert.is_true(becomes(expected[1], expected[2]), "step " .. step)
    end
    assert.is_true(becomes(1, true))
    assert.is_true(state:capture_close())
    local before = rounds()
    os.execute "sleep 0.03"
    assert.same(before, rounds())
  end)
end)
