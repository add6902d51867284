-- A changed script takes over while other threads and other plugins use its state: async, every, metrics, tables.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- Waits until `good` says so: at most 5 s.
local function wait(good)
  for _ = 1, 500 do
    if good() then return true end
    os.execute "sleep 0.01"
  end
  return false
end

local function metric(state, name)
  for _, one in ipairs(state:metrics()) do
    if one.name == name then return one.value end
  end
end

describe("a script that changes while it runs", function()
  --- An extractor with `rest` in its table.
  local function script(rest, top)
    return ([[local lure = require "lure"
local count = 0
%s
return { name = "x", version = "0.1.0", extract_event_sources = { "x" },
fields = { { name = "x.y", type = "string", desc = "-", extract = function() return "y" end } },
%s }]]):format(top or "", rest)
  end

  local number = 0

  --- Shows another event, so that the host's call may swap the script.
  local function show(state)
    number = number + 1
    return state:extract(host.event { data = "a", num = number, source = "x" }, "x.y")
  end

  it("has its async called from then on, also where it had none, or it had ended", function()
    local text = [[async_events = { "a" }, async_event_sources = { "x" }, async_interval = %s, async = %s]]
    local path, state = changing.start(script(text:format(0.001, [[function(emit) emit("a", "old") end]])))
    assert(state:async_open { source = "x" })
    assert.is_true(state:async_wait(3))
    local function swap(interval, async)
      changing.write(path, script(text:format(interval, async)))
      show(state)
    end
    local function emits(wanted)
      return wait(function()
        local events = state:async_events()
        return #events > 0 and events[#events].data == wanted
      end)
    end
    swap(0.001, [[function(emit) emit("a", "new") end]])
    assert.is_true(emits "new")
    swap(0.001, "nil")
    state:async_events()
    os.execute "sleep 0.02"
    assert.same({}, state:async_events())
    swap(0.001, [[function(emit) emit("a", "once") return false end]])
    assert.is_true(emits "once")
    swap(60, [[function(emit) emit("a", "again") end]])
    assert.is_true(emits "again")
    assert(state:async_close())
    state:destroy()
  end)

  it("has its async go on where the changed one is broken", function()
    local text = [[async_events = { "a" }, async_event_sources = { "x" }, async_interval = 0.001,
async = function(emit) count = count + 1 emit("a", count) return count < 5 or %s end]]
    local path, state = changing.start(script(text:format "true"))
    assert(state:async_open { source = "x" })
    assert.is_true(state:async_wait(7))
    changing.write(path, "}")
    show(state)
    local last = 0
    assert.is_true(wait(function()
      for _, event in ipairs(state:async_events()) do last = tonumber(event.data) end
      return last > 100
    end))
    changing.write(path, script(text:format "false"))
    show(state)
    assert.is_true(wait(function()
      for _, event in ipairs(state:async_events()) do last = tonumber(event.data) end
      return last == 5
    end))
    changing.write(path, "}")
    show(state)
    os.execute "sleep 0.02"
    assert.same({}, state:async_events()) -- it has ended, and does not begin again
    state:destroy()
  end)

  it("is told of the open capture, and its every of the old one's end", function()
    local text = [[metrics = function() return { { name = "%s", value = count } } end,
capture_open = function(capture) capture:every(0.001, function() count = count + 1 end) end,
capture_close = function() note "%s closes" end]]
    local note, noted = changing.notes()
    local path, state = changing.start(script((text:gsub("%%s", "old")), note))
    assert(state:capture_open())
    assert.is_true(wait(function() return metric(state, "old") > 3 end))
    changing.write(path, script((text:gsub("%%s", "new")), note))
    show(state)
    assert.same({ "old closes" }, noted())
    assert.is_nil(metric(state, "old"))
    assert.is_true(wait(function() return metric(state, "new") > 3 end))
    changing.write(path, script((text:gsub("capture:every", "error 'boom' %0")), note))
    show(state)
    assert.is_nil(metric(state, "%s"))
    assert.is_true(wait(function() return metric(state, "new") > 3 end)) -- opened again
    changing.write(path, "}")
    local before = metric(state, "new")
    show(state)
    assert.is_true(wait(function() return metric(state, "new") > before + 3 end))
    noted() -- of the script that could not take over, too
    assert(state:capture_close())
    assert.same({ "new closes" }, noted())
    state:destroy()
  end)

  it("goes on counting what its callbacks have used", function()
    local path, state = changing.start(script "metrics = true")
    for _ = 1, 10 do show(state) end
    local calls = metric(state, "lure.extract.calls")
    changing.write(path, script "metrics = function() return { { name = 'own', value = 1 } } end")
    show(state)
    assert.same({ calls + 1, 1 }, { metric(state, "lure.extract.calls"), metric(state, "own") })
    state:destroy()
  end)

  it("may be read for metrics meanwhile", function()
    local text = "metrics = function() count = count + 1 return { { name = 'own', value = count } } end"
    local path, state = changing.start(script(text))
    local job = state:ask_metrics()
    for n = 1, 10 do
      changing.write(path, script(text, "-- " .. n))
      show(state)
    end
    assert.is_true(job:join() > 0)
    state:destroy()
  end)

  it("keeps its state tables, and what others hold of them", function()
    local text = [[tables = { users = { key = "string", fields = { count = "uint64", home = "string",
  sessions = { key = "uint16", fields = { tty = "string" } } } }, other = { key = "int8", fields = {} } },
parse_event_sources = { "x" },
parse = function(event) local user = users:get(event.data) or users:add(event.data)
  user.count = user.count + %d
  user.sessions:add(user.count, { tty = "t" .. #user.sessions }) end]]
    local inspector = host.inspector()
    local path, state = changing.start(script(text:format(1), 'local users = lure.table "users"'), { inspector = inspector })
    local function parse()
      number = number + 1
      assert.is_true(state:parse(host.event { data = "ann", num = number, source = "x" }))
    end
    parse()
    local users = inspector:table "users"
    local held = users:hold "ann"
    assert.equal(1, held:read "count")
    changing.write(path, script(text:format(10), 'local users = lure.table "users" '))
    parse()
    assert.same({ 11, 2, "t1" }, { held:read "count", users:subtable("ann", "sessions"):size(),
      users:subtable("ann", "sessions"):read(11, "tty") })
    changing.write(path, script((text:format(100):gsub("home", "house")), 'local users = lure.table "users"'))
    parse()
    assert.equal(21, held:read "count")
    held:release()
    state:destroy()
  end)

  it("takes over the host's tables that the old one had looked up", function()
    local text = [[parse_event_sources = { "syscall" }, parse_event_types = { 3 },
parse = function(event) local thread = threads:get(event.tid)
  thread["x.count"] = thread["x.count"] + %d
  assert(not missing:exists())
  thread.file_descriptors:add(thread["x.count"], { name = "f" }) end]]
    local top = [[local missing = lure.table("missing", { optional = true })
local threads = lure.table("threads", { fields = { ["x.count"] = "uint64",
  file_descriptors = { fields = { name = "string" } } } }) %s]]
    local inspector = host.inspector()
    inspector:table("threads"):add(7, { comm = "cat" })
    local path, state = changing.start(script(text:format(1), top:format ""), { inspector = inspector })
    local function parse()
      number = number + 1
      assert.is_true(state:parse(host.event { type = 3, params = {}, num = number, tid = 7, source = "syscall" }))
      assert.equal(0, inspector:table("threads"):references())
      return inspector:table("threads"):read(7, "x.count")
    end
    assert.equal(1, parse())
    changing.write(path, script(text:format(10), top:format ""))
    assert.equal(11, parse())
    assert.equal("f", inspector:table("threads"):subtable(7, "file_descriptors"):read(11, "name"))
    local lines = support.capture_stderr(function()
      changing.write(path, script(text:format(100), top:format 'lure.table "other"'))
      assert.equal(21, parse())
    end)
    given.holds(lines, "lure.table: the state tables and their fields, in their order, were others when the host loaded")
    state:destroy()
  end)

  it("may be a source, with a thread of its own that emits meanwhile", function()
    local text = [[local lure = require "lure"
return { name = "x", version = "0.1.0", id = 999, event_source = "x",
async_events = { "a" }, async_interval = 0.001, async = function(emit) emit("a", "%s") end,
next = function() return "%s" end }]]
    local path, state = changing.start((text:gsub("%%s", "0")))
    local instance = assert(state:open())
    assert(state:async_open { source = "x" })
    for n = 1, 20 do
      changing.write(path, (text:gsub("%%s", tostring(n))))
      changing.read_until(instance, function(data) return data == tostring(n) end)
    end
    assert.is_true(wait(function()
      local events = state:async_events()
      return #events > 0 and events[#events].data == "20"
    end))
    state:destroy()
  end)

  it("is seen by no other thread before its init is over, although that waits", function()
    local text = [[init = function() %s ready = 1 end,
metrics = function() assert(ready, "too early") return { { name = "ready", value = ready } } end]]
    local path, state = changing.start(script(text:format "", "local ready"))
    local job = state:ask_metrics()
    for i = 1, 5 do
      changing.write(path, script(text:format("lure.sleep(0.05)") .. (" "):rep(i), "local ready"))
      show(state)
    end
    assert.is_true(job:join() > 0)
    for _, line in ipairs(state:log()) do assert.is_nil(line.message:find "too early", line.message) end
    state:destroy()
  end)
end)
