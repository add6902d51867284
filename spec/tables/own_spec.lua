local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- A script that offers a table "users" by name, with this body of parse.
local function script(parse, more)
  return ([[local lure = require "lure"
local users = lure.table "users"
return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
tables = { users = { key = "string", fields = {
  count = "uint64", home = "string", admin = "bool", small = "int8",
  sessions = { key = "uint16", fields = { tty = "string", since = "int64" } } } } },
%s
parse = function(event)
%s
end }]]):format(more or "", parse or "")
end

describe("a table of the script's own", function()
  local inspector, state

  local function start(text, options)
    local library = assert(support.load_script(text, options))
    return assert(library:init("", { inspector = inspector }))
  end

  local function parse()
    return state:parse(host.event { type = 3, params = {}, tid = 7, source = "syscall" })
  end

  before_each(function() inspector = host.inspector() end)

  for _, how in ipairs { "extended", "legacy" } do
    it("is offered to others, who read and write it, through the " .. how .. " functions", function()
      state = start(script())
      assert.equal("string", inspector:tables().users)
      local users = assert(inspector:table("users", { legacy = how == "legacy" }))
      assert.equal("users", users:name())
      assert.equal(0, users:size())
      local fields = users:fields()
      assert.same({ type = "uint64", read_only = false }, fields.count)
      assert.same({ type = "table", read_only = false }, fields.sessions)
      assert.is_true(users:add("ann", { count = 3, home = "/home/ann", admin = true, small = -5 }))
      assert.is_true(users:add("bob"))
      assert.same({ 3, "/home/ann", true, -5 }, { users:read("ann", "count"), users:read("ann", "home"),
        users:read("ann", "admin"), users:read("ann", "small") })
      assert.same({ 0, "", false }, { users:read("bob", "count"), users:read("bob", "home"), users:read("bob", "admin") })
      assert.is_true(users:write("bob", "home", "/b"))
      assert.equal("/b", users:read("bob", "home"))
      assert.equal(2, users:size())
      assert.is_true(users:erase "bob")
      assert.same({ nil, "state table: there is no entry with this key" }, { users:erase "bob" })
      assert.same({ nil, "state table: there is no entry with this key" }, { users:get "bob" })
      assert.is_true(users:clear())
      assert.equal(0, users:size())
    end)
  end

  it("has a size while the script changes it on another thread", function()
    state = start(script(nil, [[async_events = { "a" }, async_event_sources = { "syscall" }, async_interval = 0.001,
      async = function(emit) users:add("n" .. #users) emit("a", "") end,]]))
    local users = assert(inspector:table "users")
    assert(state:async_open { source = "syscall" })
    local size = 0
    repeat
      local now = users:size()
      assert.is_true(now >= size)
      size = now
    until size >= 20
    state:async_close()
    assert.equal(#state:async_events(), users:size())
  end)

  it("is iterated, also while entries go", function()
    state = start(script [[
      for i = 1, 100 do users:add("u" .. i, { count = i }) end
      local sum = 0
      users:each(function(entry, key)
        sum = sum + entry.count
        assert(key == "u" .. entry.count)
        users:erase(key)
        assert(entry.count > 0)
      end)
      assert(sum == 5050 and #users == 0)
      users:add("one", { count = 1 }) users:add("two", { count = 2 })
      local seen = 0
      users:each(function() seen = seen + 1 users:clear() end)
      assert(seen == 1)]])
    assert.is_true(parse())
  end)

  it("is left by a jump out of an iteration of another plugin: not locked, and nothing held but for the last one", function()
    local used
    local function tables_bytes()
      for _, metric in ipairs(state:metrics()) do
        if metric.name:find "tables" then return metric.value end
      end
    end
    state = start(script("users:add('own')", "metrics = true,"))
    local other = assert(host.load(support.build .. "/spec/jumping_v3.so"):init("", { inspector = inspector }))
    for round = 1, 100 do
      assert.is_true(other:parse(host.event { data = "x", source = "tables" }))
      local job = state:ask_metrics() -- on a thread of its own, which waits for the tables' lock
      assert.is_true(job:join() > 0)
      used = used or tables_bytes()
      assert.equal(used, tables_bytes(), "bytes after round " .. round)
    end
    assert.is_true(parse())
    assert.equal(1, inspector:table("users"):size())
  end)

  it("has tables in its fields", function()
    state = start(script [[
      local ann = users:get("ann") or users:add("ann")
      local session = ann.sessions:get(1) or ann.sessions:add(1, { tty = "tty1" })
      session.since = session.since + 10]])
    assert.is_true(parse())
    assert.is_true(parse())
    local sessions = inspector:table("users"):subtable("ann", "sessions")
    assert.same({ "tty1", 20 }, { sessions:read(1, "tty"), sessions:read(1, "since") })
    assert.is_true(sessions:add(2, { tty = "x" }))
    assert.equal(2, sessions:size())
    assert.is_true(inspector:table("users"):erase "ann")
  end)

  it("keeps entries that others hold when they are erased, replaced, or the table is cleared", function()
    state = start(script())
    local users = inspector:table "users"
    users:add("ann", { home = "/home/ann" })
    local first = assert(users:hold "ann")
    users:erase "ann"
    assert.equal("/home/ann", first:read "home")
    users:add("ann", { home = "/second" })
    local second = assert(users:hold "ann")
    users:add("ann", { home = "/third" })
    assert.equal("/second", second:read "home")
    users:clear()
    assert.equal("/second", second:read "home")
    second:write("home", "/changed")
    assert.equal("/changed", second:read "home")
    first:release()
    second:release()
  end)

  it("keeps a text that was read while the entry is held", function()
    state = start(script 'users:add("bob") users:get("ann").home = ("x"):rep(1000)')
    local users = inspector:table "users"
    users:add("ann", { home = "/home/ann" })
    local held = users:hold "ann"
    assert.equal("/home/ann", held:read "home")
    assert.is_true(parse())
    assert.equal(1000, #held:read "home")
    held:release()
  end)

  it("in a field may be dropped while another holds an entry of it", function()
    state = start(script())
    local users = inspector:table "users"
    users:add "ann"
    local sessions = users:subtable("ann", "sessions")
    sessions:add(1, { tty = "tty1" })
    local held = sessions:hold(1)
    users:erase "ann"
    sessions = nil -- luacheck: ignore
    collectgarbage()
    assert.equal("tty1", held:read "tty")
    held:release()
  end)

  it("gets fields from others, of each type but table", function()
    state = start(script())
    local users = inspector:table "users"
    users:add "ann"
    for type, value in pairs { int8 = -8, int16 = -16, int32 = -32, int64 = math.mininteger, uint8 = 8, uint16 = 16,
      uint32 = 32, uint64 = 64, string = "text", bool = true } do
      assert.is_true(users:add_field("new_" .. type, type))
      assert.is_true(users:write("ann", "new_" .. type, value))
      assert.equal(value, users:read("ann", "new_" .. type))
    end
    assert.is_nil((users:add_field("t", "table")))
    assert.same({ nil, "state table: the field is there, with another type" }, { users:add_field("count", "int8") })
  end)

  for _, key in ipairs { "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "string", "bool" } do
    it("has keys of the type " .. key, function()
      state = start(([[local lure = require "lure"
local t = lure.table "t"
return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
tables = { t = { key = "%s", fields = { text = "string" } } },
parse = function() t:each(function(entry, key) entry.text = tostring(key) end) end }]]):format(key))
      local one = key == "string" and "one" or key == "bool" and true or key:find "^u" and 200 or -100
      local t = inspector:table "t"
      assert.is_true(t:add(one))
      assert.is_true(parse())
      assert.equal(tostring(one), t:read(one, "text"))
      assert.is_true(t:erase(one))
    end)
  end

  it("holds many entries", function()
    state = start(script [[
      for i = 1, 20000 do users:add("user " .. i, { count = i }) end
      for i = 1, 20000, 2 do assert(users:erase("user " .. i)) end
      assert(#users == 10000 and users:get("user 2").count == 2 and not users:get("user 1"))]])
    assert.is_true(parse())
  end)

  it("is what a plain Lua table would be, through many random steps from both sides", function()
    state = start([[local lure = require "lure"
local t = lure.table "t"
local model, seed = {}, 1
local function random(n) seed = (seed * 6364136223846793005 + 1442695040888963407) & math.maxinteger return (seed >> 33) % n + 1 end
return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
tables = { t = { key = "string", fields = { n = "int64", s = "string", sub = { key = "int64", fields = { s = "string" } } } } },
parse = function()
  local kept = {}
  for _ = 1, 400 do
    local key, what = "k" .. random(40), random(8)
    local entry = t:get(key)
    assert((entry == nil) == (model[key] == nil))
    if what <= 2 then
      t:add(key, { n = seed, s = "s" .. seed })
      model[key] = { n = seed, s = "s" .. seed, sub = {} }
    elseif what == 3 then
      assert(t:erase(key) == (model[key] ~= nil))
      model[key] = nil
    elseif entry and what == 4 then
      entry.s = ("x"):rep(random(50))
      model[key].s = entry.s
    elseif entry and what == 5 then
      local n = random(5)
      entry.sub:add(n, { s = key })
      model[key].sub[n] = key
    elseif entry and what == 6 then
      local n = random(5)
      assert(entry.sub:erase(n) == (model[key].sub[n] ~= nil))
      model[key].sub[n] = nil
    elseif entry and what == 7 then
      kept[#kept + 1] = entry
    elseif what == 8 and random(20) == 1 then
      t:clear()
      model = {}
    end
  end
  local count = 0
  t:each(function(e, key)
    count = count + 1
    assert(e.n == model[key].n and e.s == model[key].s)
    local subs = 0
    e.sub:each(function(sub, n) subs = subs + 1 assert(sub.s == model[key].sub[n]) end)
    for _ in pairs(model[key].sub) do subs = subs - 1 end
    assert(subs == 0)
  end)
  for _ in pairs(model) do count = count - 1 end
  assert(count == 0)
  for _, entry in ipairs(kept) do assert(type(entry.s) == "string") end
end }]])
    local t = inspector:table "t"
    local held = {}
    for round = 1, 60 do
      local done, message = parse()
      assert.is_true(done, message)
      local key = "k" .. round % 40 + 1
      if round % 3 == 0 and #held > 0 then
        assert.is_string(held[1]:read "s")
        table.remove(held, 1):release()
      else
        held[#held + 1] = t:hold(key)
      end
    end
    for _, one in ipairs(held) do one:release() end
  end)

  it("has tables in its entries that are gone when the entry is", function()
    state = start(script [[
      users:add("ann").sessions:add(1, { tty = "tty1" })
      users:add("bob")
      local kept
      users:each(function(entry, key)
        kept = entry.sessions
        users:erase(key)
        kept:add(2, { tty = "still there" }) -- the step holds the entry
      end)
      local fine, message = pcall(kept.add, kept, 3)
      assert(not fine and message:find('this table "sessions" is gone', 1, true), message)
      local session = users:add("cat").sessions:add(1, { tty = "x" })
      users:clear()
      collectgarbage()
      assert(session.tty == "x")]])
    assert.is_true(parse())
  end)

  it("is used with the types that it has", function()
    for options, expected in pairs {
      ['{ key = "int64" }'] = 'script.lua:2: lure.table("t"): its keys have the type string, not int64',
      ['{ fields = { n = "string" } }'] = 'script.lua:2: state table "t": the field "n" has the type int64, not string',
    } do
      local library = assert(support.load_script(([[local lure = require "lure"
local t = lure.table("t", %s)
return { name = "x", version = "0.1.0", parse = print, tables = { t = { key = "string", fields = { n = "int64" } } } }]]):format(
        options)))
      given.holds(select(2, library:init("", { inspector = inspector })), expected)
    end
  end)

  it("gets fields from lure.table, as many as it wants", function()
    local fields = {}
    for i = 1, 100 do fields[i] = ("f%03d = 'int64'"):format(i) end
    state = start(([[local lure = require "lure"
local t = lure.table("t", { fields = { %s } })
return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
tables = { t = { key = "int64", fields = { n = "int64" } } },
parse = function() t:add(1, { f001 = 1, f100 = 100, n = 5 }) assert(t:get(1).f100 == 100) end }]]):format(
      table.concat(fields, ", ")))
    assert.is_true(parse())
    assert.equal(100, inspector:table("t"):read(1, "f100"))
  end)

  it("has a limit: the memory that the script may hold", function()
    local library = assert(support.load_script(script [[for i = 1, math.huge do users:add("user " .. i, { home = ("x"):rep(1000) }) end]]))
    state = assert(library:init('{"lure": {"memory": 4194304}}', { inspector = inspector }))
    local done, message = parse()
    assert.is_nil(done)
    given.holds(message, 'state table "users": ', "not enough memory (limit: init_config.lure.memory)")
    library = assert(support.load_script([[local lure = require "lure"
local t = lure.table "t"
return { name = "y", version = "0.1.0", parse = print, tables = { t = { key = "int64", fields = { s = "string" } } },
init = function() for i = 1, math.huge do t:add(i, { s = ("x"):rep(1000) }) end end }]]))
    given.holds(select(2, library:init '{"lure": {"memory": 4194304}}'), "init: ",
      "not enough memory (limit: init_config.lure.memory)")
    local users = inspector:table "users"
    assert.is_true(users:size() > 1000)
    assert.is_nil((users:write("user 1", "home", ("y"):rep(100000))))
    assert.is_true(users:clear())
    assert.is_true(users:add("again", { home = "/home" }))
  end)

  it("may be used in every callback", function()
    state = start([[local lure = require "lure"
local t = lure.table "t"
return { name = "x", version = "0.1.0", id = 999, event_source = "x",
tables = { t = { key = "int64", fields = { n = "int64" } } }, parse = function() end,
init = function() t:add(1, { n = 10 }) end,
open = function() t:get(1).n = 20 return {} end,
next = function() local e = t:get(1) e.n = e.n + 1 return e.n end,
to_string = function() return "n is " .. t:get(1).n end,
close = function() t:clear() end }]])
    local instance = assert(state:open())
    local _, events = instance:next_batch()
    assert.equal("21", events[1].data)
    given.holds(state:to_string(events[1]), "n is ")
    instance:close()
    assert.equal(0, inspector:table("t"):size())
  end)

  it("is offered in every version from 3.1 on; with tables in fields, 3.5", function()
    local text = [[return { name = "x", version = "0.1.0", parse = function() end,
      tables = { t = { key = "int64", fields = { n = "int64" } } } }]]
    for minor = 0, support.newest_minor do
      inspector = host.inspector()
      local library, message = support.load_script(text, { minor = minor })
      if minor == 0 then
        assert.is_nil(library)
        given.holds(message, "3.1.0")
      else
        state = assert(library:init("", { inspector = inspector }))
        assert.is_true(inspector:table("t"):add(1, { n = 2 }))
        state:destroy()
      end
    end
    assert.equal("3.5.0", assert(support.load_script(script())):info().api)
  end)

  it("is not to have the name of another", function()
    local library = assert(support.load_script [[return { name = "x", version = "0.1.0", parse = function() end,
      tables = { threads = { key = "int64", fields = {} } } }]])
    local _, message = library:init("", { inspector = inspector })
    given.holds(message, 'tables: the host refuses "threads": ')
  end)

  it("is used by another script", function()
    state = start(script 'users:add("ann", { count = 41 })')
    assert.is_true(parse())
    local copy = support.folder() .. "/libother.so"
    support.run(("cp %s %s"):format(support.quote(support.lib()), support.quote(copy)))
    local other = assert(host.load(copy, { env = { LURE_SCRIPT = support.file([[local lure = require "lure"
local users = lure.table("users", { fields = { count = "uint64", sessions = { key = "uint16", fields = { tty = "string" } } } })
return { name = "other", version = "0.1.0", parse_event_sources = { "syscall" },
parse = function()
  local ann = users:get("ann")
  ann.count = ann.count + 1
  ann.sessions:add(5, { tty = "from another" })
end }]], "other.lua") } }))
    local second = assert(other:init("", { inspector = inspector }))
    assert.is_true(second:parse(host.event { type = 3, params = {}, source = "syscall" }))
    assert.equal(42, inspector:table("users"):read("ann", "count"))
    assert.equal("from another", inspector:table("users"):subtable("ann", "sessions"):read(5, "tty"))
    second:destroy()
  end)

  it("is refused where its declaration is wrong", function()
    for code, expected in pairs {
      ["{ t = 1 }"] = "tables: expected { NAME = { key = TYPE, fields = { … } } }, got integer 1",
      ["{ 1 }"] = "tables: expected",
      ["{ t = {} }"] = "tables.t: key: expected a type (int8,",
      ['{ t = { key = "int64" } }'] = "tables.t: fields: expected { NAME = TYPE, … }, got nil",
      ['{ t = { key = "int64", fields = { a = "table" } } }'] = "tables.t: a: expected a type",
      ['{ t = { key = "int64", fields = { a = {} } } }'] = "tables.t.a: key: expected a type",
      ['{ t = { kee = "int64", key = "int64", fields = {} } }'] = 'did you mean "key"?',
    } do
      given.holds(given.problem(
        ('return { name = "x", version = "0.1.0", parse = function() end,\ntables = %s }'):format(code)), expected)
    end
  end)
end)
