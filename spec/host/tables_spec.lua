local host = require "lure.host"
local support = require "spec.support"

local function load(name, options)
  return assert(host.load(("%s/spec/%s.so"):format(support.build, name), options))
end

--- What becomes of an event with this payload.
local function doing(state, what)
  return state:parse(host.event { data = what, source = "tables" })
end

describe("an inspector", function()
  local inspector, threads

  before_each(function()
    inspector = host.inspector()
    threads = assert(inspector:table "threads")
  end)

  it("has a table of threads", function()
    assert.same({ threads = "int64" }, inspector:tables())
    assert.equal("threads", threads:name())
    assert.equal(0, threads:size())
    local fields = threads:fields()
    assert.same({ type = "int64", read_only = false }, fields.tid)
    assert.same({ type = "string", read_only = false }, fields.comm)
    assert.same({ type = "bool", read_only = false }, fields.exe_writable)
    assert.same({ type = "string", read_only = true }, fields.cwd)
    assert.same({ type = "table", read_only = true }, fields.file_descriptors)
  end)

  it("lets a spec work on entries", function()
    assert.is_true(threads:add(7, { comm = "cat", uid = 1000, cwd = "/tmp", exe_writable = true }))
    assert.is_true(threads:add(8))
    assert.equal(2, threads:size())
    assert.same({ 7, 8 }, threads:keys())
    assert.same({ "cat", "" }, threads:keys "comm")
    local entry = threads:get(7)
    assert.same({ 7, "cat", 1000, "/tmp", true, 0 },
      { entry.tid, entry.comm, entry.uid, entry.cwd, entry.exe_writable, entry.ptid })
    assert.equal("cat", threads:entries()[1].comm)
    assert.is_true(threads:write(7, "comm", "dog"))
    assert.equal("dog", threads:read(7, "comm"))
    assert.is_true(threads:erase(7))
    assert.same({ n = 2, nil, "get_entry found no element at given key" }, table.pack(threads:get(7)))
    assert.same({ n = 2, nil, "table entry not found" }, table.pack(threads:erase(7)))
    assert.is_true(threads:clear())
    assert.equal(0, threads:size())
  end)

  it("checks what a spec writes", function()
    threads:add(7)
    assert.error_matches(function() threads:write(7, "uid", -1) end, "uid: expected a value of the type uint32, got %-1")
    assert.error_matches(function() threads:write(7, "comm", 1) end, "comm: expected a string, got a number")
    assert.error_matches(function() threads:get "x" end, "the key: expected a value of the type int64")
    assert.same({ nil, "there is no field 'x'" }, { threads:read(7, "x") })
    assert.same({ nil, "there is no field 'x'" }, { threads:add(1, { x = 1 }) })
  end)

  it("takes numbers above 2^63-1 as digits, as it gives them, up to the largest of 64 bits", function()
    threads:clear()
    assert(threads:add(1, { exe_ino = "18446744073709551615" }))
    assert.equal("18446744073709551615", threads:read(1, "exe_ino"))
    assert(threads:write(1, "exe_ino", "9223372036854775808"))
    assert.equal("9223372036854775808", threads:read(1, "exe_ino"))
    for _, text in ipairs { "18446744073709551616", "1x", "" } do
      assert.error_matches(function() threads:write(1, "exe_ino", text) end, "exe_ino: expected a value of the type uint64")
    end
  end)

  it("takes fields of each type", function()
    threads:add(7)
    for type, value in pairs { int8 = -128, int16 = -1, int32 = 5, int64 = math.mininteger, uint8 = 255, uint16 = 65535,
      uint32 = 4294967295, uint64 = 12, string = "x", bool = true } do
      assert.is_true(threads:add_field("new." .. type, type))
      assert.is_true(threads:write(7, "new." .. type, value))
      assert.equal(value, threads:read(7, "new." .. type))
    end
    threads:write(7, "new.uint64", -1)
    assert.equal("18446744073709551615", threads:read(7, "new.uint64"))
    assert.same({ nil, "can't add dynamic field of type table: t" }, { threads:add_field("t", "table") })
    assert.same({ nil, "can't add dynamic field already defined as static: comm" }, { threads:add_field("comm", "string") })
    assert.matches("multiple definitions of dynamic field", select(2, threads:add_field("new.bool", "int8")))
    assert.is_true(threads:add_field("new.bool", "bool"))
  end)

  it("has subtables", function()
    threads:add(7)
    local descriptors = assert(threads:subtable(7, "file_descriptors"))
    assert.equal("file_descriptors", descriptors:name())
    assert.is_true(descriptors:add(3, { fd = 3, name = "/etc/passwd", dev = 4 }))
    assert.equal("/etc/passwd", threads:subtable(7, "file_descriptors"):read(3, "name"))
    threads:erase(7)
    assert.equal(1, descriptors:size())
  end)

  it("lets entries share a subtable", function()
    for _, key in ipairs { 7, 8 } do threads:add(key) end
    threads:subtable(8, "file_descriptors"):add(1)
    threads:subtable(7, "file_descriptors"):add(3, { name = "/etc/passwd" })
    assert.is_true(threads:share(8, "file_descriptors", 7))
    assert.is_true(threads:share(8, "file_descriptors", 8))
    assert.same({ 3 }, threads:subtable(8, "file_descriptors"):keys())
    threads:subtable(8, "file_descriptors"):add(4)
    threads:erase(8)
    assert.equal(2, threads:subtable(7, "file_descriptors"):size())
    assert.same({ nil, "no entry with the key 9" }, { threads:share(7, "file_descriptors", 9) })
    assert.same({ nil, "no entry with the key 9" }, { threads:share(9, "file_descriptors", 7) })
    assert.error_matches(function() threads:share(7, "comm", 7) end, "comm is no subtable")
  end)

  it("keeps entries that are held", function()
    threads:add(7, { comm = "cat" })
    local held = assert(threads:hold(7))
    threads:erase(7)
    assert.equal("cat", held:read "comm")
    assert.is_true(held:write("comm", "dog"))
    held:release()
    assert.error_matches(function() held:read "comm" end, "this entry is released")
    assert.is_nil((threads:hold(7)))
  end)

  it("refuses tables that are not there", function()
    assert.same({ nil, "failed to find state table 'x'" }, { inspector:table "x" })
  end)
end)

describe("a plugin that uses tables", function()
  local inspector, threads, state

  before_each(function()
    inspector = host.inspector()
    threads = inspector:table "threads"
    threads:add(7, { comm = "cat", cwd = "/tmp" })
    state = assert(load("tables_v3"):init("", { inspector = inspector }))
  end)

  it("reads and writes entries in parse", function()
    assert.is_true(doing(state, "see"))
    assert.is_true(doing(state, "see"))
    assert.equal(2, threads:read(7, "spec.seen"))
    assert.is_true(doing(state, "rename"))
    assert.equal("renamed", threads:read(7, "comm"))
    assert.is_true(doing(state, "make"))
    assert.same({ 7, 9 }, threads:keys())
    assert.same({ "made", 9 }, { threads:read(9, "comm"), threads:read(9, "tid") })
    assert.is_true(doing(state, "iterate"))
    assert.equal(0, threads:references())
  end)

  it("reads entries in extract", function()
    assert.equal("cat", state:extract(host.event { data = "", source = "tables" }, "tables.comm"))
    threads:erase(7)
    assert.same({ nil, "thread 7: get_entry found no element at given key" },
      { state:extract(host.event { data = "", source = "tables" }, "tables.comm") })
  end)

  it("reads and writes subtables, and adds fields to them", function()
    assert.is_true(doing(state, "open"))
    local descriptors = threads:subtable(7, "file_descriptors")
    local entry = descriptors:get(3)
    assert.same({ "/etc/passwd", -5 }, { entry.name, entry["spec.mark"] })
    assert.equal(0, threads:references())
  end)

  it("gets the host's text where it fails", function()
    assert.same({ nil, "writing: attempt to write to read-only static struct field: cwd" }, { doing(state, "move") })
    threads:clear()
    assert.same({ nil, "thread: get_entry found no element at given key" }, { doing(state, "see") })
    assert.equal(0, threads:references())
  end)

  it("has its references counted", function()
    doing(state, "leak")
    doing(state, "leak")
    doing(state, "create")
    assert.equal(3, threads:references())
    state:destroy()
    assert.equal(3, threads:references())
  end)

  it("can keep an entry over calls", function()
    doing(state, "keep")
    threads:erase(7)
    assert.equal(1, threads:references())
    assert.is_true(doing(state, "read kept"))
    assert.equal(0, threads:references())
  end)

  for what, rule in pairs {
    ["release twice"] = "releasing of an entry of table \"threads\" that was released before",
    ["use released"] = "reading of an entry of table \"threads\" that was released before",
    ["destroy"] = "destroying of an entry of table \"threads\" that it did not create",
    ["release created"] = "releasing of an entry of table \"threads\" that is to be added or destroyed",
    ["add twice"] = "adding of an entry of table \"threads\" that was added (what",
    ["use iterated"] = "reading of an entry of table \"threads\" that was lent by an iteration before",
    ["erase while iterating"] = "erasing in table \"threads\" while it is iterated over",
    ["field of threads"] = "reading of a field that is none of table \"file_descriptors\"",
  } do
    it("breaks a rule: " .. what, function()
      assert.error_matches(function() doing(state, what) end, "plugin tables: " .. rule, 1, true)
      assert.is_true(doing(state, "see"))
    end)
  end

  it("loses a subtable with the end of the call", function()
    doing(state, "open")
    assert.error_matches(function() doing(state, "use kept") end,
      "plugin tables: asking for the size of a subtable after the call in which it was read")
  end)

  it("is not shown events that it did not ask for", function()
    assert.is_false(state:parse(host.event { data = "see", source = "other" }))
    assert.is_false(state:parse(host.event { type = 5, params = {}, tid = 7 }))
    assert.equal(0, threads:read(7, "spec.seen"))
    assert.is_true(state:parse(host.event { data = "see", source = "other" }, { unasked = true }))
    assert.is_true(state:parse(host.event { type = 3, params = {}, tid = 7 }))
    assert.equal(2, threads:read(7, "spec.seen"))
    assert.same({ 322, 3 }, state:parse_event_types())
    assert.is_nil(state:extract(host.event { data = "", source = "other" }, "tables.comm"))
    assert.equal("cat", state:extract(host.event { data = "", source = "other" }, "tables.comm", { unasked = true }))
  end)
end)

describe("looking for tables and fields", function()
  local function message(config, options)
    local state, text = load("tables_v3", options):init(config)
    return state or text
  end

  it("fails as in libsinsp", function()
    assert.matches("threads: table in registry accessed with wrong key type: table='threads', requested='string', "
      .. "actual='int64'", message "wrong key")
    assert.equal("stock: failed to find state table 'stock'", message "stock")
    assert.equal("comm: incompatible data types for static field: comm", message "wrong field")
    assert.equal("nothing: undefined field 'nothing' in table 'threads'", message "unknown field")
    assert.equal("comm: can't add dynamic field already defined as static: comm", message "static field")
    assert.equal("x: can't add dynamic field of type table: x", message "table field")
  end)

  it("finds no subtables in hosts before 3.5", function()
    assert.equal("file_descriptors: undefined field 'file_descriptors' in table 'threads'",
      message("", { minor = 4, env = { API = "3.1.0" } }))
  end)
end)

describe("a plugin made for 3.0", function()
  for _, minor in ipairs { 0, 1, support.newest_minor } do
    it("has its entries taken back after each call, on a host of 3." .. minor, function()
      local inspector = host.inspector()
      local threads = inspector:table "threads"
      threads:add(7, { comm = "cat" })
      local state = assert(load("tables_v3", { minor = minor, env = { API = "3.0.0" } }):init("", { inspector = inspector }))
      assert.is_true(doing(state, "see"))
      assert.equal("cat", state:extract(host.event { data = "", source = "tables" }, "tables.comm"))
      assert.equal(1, threads:read(7, "spec.seen"))
      assert.equal(0, threads:references())
    end)
  end
end)

describe("what a plugin is shown to parse", function()
  it("ends where it ended in the version of the host", function()
    local program = support.file([[
      local host = require "lure.host"
      local path, minor = ...
      local state = host.load(path, { minor = tonumber(minor), env = { API = "3.0.0" } }):init()
      state:inspector():table("threads"):add(7)
      print(state:parse(host.event { data = "greedy", source = "tables" }))]])
    local function run(minor)
      return support.run(("LUA_CPATH=%s lua5.4 %s %s %d"):format(support.quote(package.cpath), program,
        support.build .. "/spec/tables_v3.so", minor))
    end
    assert.same({ "true\n", 0 }, { run(1) })
    assert.not_equal(0, select(2, run(0)))
  end)
end)

describe("a plugin that offers a table", function()
  local function offer(config, options)
    local inspector = host.inspector()
    local state, text = load("offering_v3", options):init(config or "", { inspector = inspector })
    return inspector, state, text
  end

  it("has it found by specs", function()
    local inspector = offer()
    assert.same({ threads = "int64", stock = "uint64" }, inspector:tables())
    local stock = assert(inspector:table "stock")
    assert.equal("stock", stock:name())
    assert.equal(1, stock:size())
    assert.same({ type = "table", read_only = true }, stock:fields().parts)
    assert.same({ count = 3, label = "nuts" }, stock:get(1))
    assert.is_true(stock:add(2, { count = 5, label = "bolts" }))
    assert.is_true(stock:write(2, "count", 6))
    assert.equal(6, stock:read(2, "count"))
    assert.same({ "nuts", "bolts" }, stock:keys "label")
    assert.same({ { count = 3, label = "nuts" }, { count = 6, label = "bolts" } }, stock:entries())
    assert.error_matches(function() stock:keys() end, "plugins do not tell the keys of entries")
    assert.is_true(stock:erase(2))
    assert.same({ nil, "not in stock" }, { stock:get(2) })
    assert.same({ nil, "a stock takes no more fields" }, { stock:add_field("x", "int8") })
    local held = stock:hold(1)
    assert.is_true(stock:clear())
    assert.equal("nuts", held:read "label")
    held:release()
  end)

  it("has its subtables found", function()
    local inspector = offer()
    local stock = inspector:table "stock"
    local parts = assert(stock:subtable(1, "parts"))
    assert.is_true(parts:add(10, { count = 1 }))
    assert.equal(1, stock:subtable(1, "parts"):read(10, "count"))
    assert.same({ nil, "not in stock" }, { parts:get(11) })
  end)

  it("has it found by other plugins", function()
    local inspector = offer()
    local stock = inspector:table "stock"
    local state = assert(load("tables_v3"):init("stock", { inspector = inspector }))
    assert.is_true(doing(state, "take stock"))
    assert.equal(2, stock:read(1, "count"))
    stock:clear()
    assert.same({ nil, "stock: not in stock" }, { doing(state, "take stock") })
  end)

  it("lives as long as its inspector, if nobody destroys it", function()
    local inspector = offer()
    collectgarbage()
    collectgarbage()
    assert.same({ threads = "int64", stock = "uint64" }, inspector:tables())
  end)

  it("is let go where it is destroyed, and with its inspector", function()
    local watched = setmetatable({}, { __mode = "k" })
    local function watch(state)
      watched[state] = true
      return state
    end
    local inspector, state = offer()
    state = watch(state):destroy()
    collectgarbage()
    collectgarbage()
    assert.is_nil(state or next(watched))
    watch(load "offering_v3":init("", { inspector = inspector }))
    inspector = nil
    collectgarbage()
    collectgarbage()
    assert.is_nil(inspector or next(watched))
  end)

  it("takes it along when it is destroyed", function()
    local inspector, state = offer()
    local stock = inspector:table "stock"
    local user = assert(load("tables_v3"):init("stock", { inspector = inspector }))
    state:destroy()
    assert.same({ threads = "int64" }, inspector:tables())
    assert.error_matches(function() stock:size() end, "the plugin that offered this table is destroyed")
    assert.error_matches(function() doing(user, "take stock") end,
      "asking for an entry of a table of plugin offering, which is destroyed")
  end)

  it("is checked as libsinsp checks it", function()
    local function refused(config, text, options)
      local _, _, message = offer(config, options)
      assert.matches(text, message)
    end
    refused("no name", "failure in adding state table defined by plugin 'offering': name is null")
    refused("no table", "table is null")
    refused("taken", "table added to registry multiple times")
    refused("twice", "table added to registry multiple times")
    refused("table keys", "a key of a table cannot have this type")
    refused("no ext", "extended vtables must all be defined")
    refused("inconsistent", "broken or inconsistent fields vtables")
    refused("no release", "broken or inconsistent reader vtables")
  end)

  it("may have plain functions only, if it is made for 3.0", function()
    local inspector = assert(offer("no ext", { env = { API = "3.0.0" } }))
    local stock = assert(inspector:table "stock")
    assert.same({ count = 3, label = "nuts" }, stock:get(1))
    assert.same({ nil, "the iteration was ended before it was through" }, { stock:entries() })
  end)

  it("can be used as hosts of 3.0 do", function()
    local inspector = offer()
    local stock = assert(inspector:table("stock", { legacy = true }))
    assert.same({ count = 3, label = "nuts" }, stock:get(1))
    assert.error_matches(function() stock:entries() end, "hosts of 3.0 do not iterate over tables")
  end)
end)
