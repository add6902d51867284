-- What is done again and again leaves nothing in memory.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A metric of the state by its name.
local function metric(state, wanted)
  for _, one in ipairs(assert(state:metrics())) do
    if one.name == wanted then return one.value end
  end
end

--- Lua's memory behind a collection, which the script does when it is asked for metrics.
local function lua_bytes(state)
  metric(state, "lure.memory.bytes")
  return metric(state, "lure.memory.bytes")
end

local COLLECT = "metrics = function() collectgarbage() collectgarbage() return {} end,"

--- The kilobytes that this process has in memory.
local function resident()
  local file = assert(io.open "/proc/self/status")
  local size = tonumber(file:read("a"):match "VmRSS:%s*(%d+)")
  file:close()
  return size
end

--- Calls `round` so often that `grown`, which measures, would show what each leaves.
local function stays_flat(rounds, most, measure, round)
  for i = 1, rounds do round(i) end -- what is made once
  local before = measure()
  for i = rounds + 1, 3 * rounds do round(i) end
  local grown = measure() - before
  assert.is_true(grown < most, ("grown by %d"):format(grown))
end

describe("memory is flat", function()
  it("where a source with an iterator is opened and closed", function()
    local state = support.start(given.source(COLLECT .. [[
      open = function() local held = ("x"):rep(1000) return function() return held end, ("y"):rep(1000), ("z"):rep(1000) end]]))
    stays_flat(100, 50000, function() return lua_bytes(state) end, function() assert(state:open()):close() end)
  end)

  it("where a source is opened and closed", function()
    local state = support.start(given.source(COLLECT .. [[
      open = function() return { ("x"):rep(1000) } end, next = function() return "x" end, close = function() end]]))
    stays_flat(100, 50000, function() return lua_bytes(state) end, function() assert(state:open()):close() end)
  end)

  it("where tasks of a capture are begun and cancelled", function()
    local state = support.start(given.extractor(COLLECT .. [[
      parse_event_sources = { "syscall" }, capture_open = function(capture) kept = capture end,
      parse = function() local held = ("x"):rep(1000) kept:every(60, function() return held end)() end]]))
    assert(state:capture_open())
    local number = 0
    stays_flat(200, 50000, function() return lua_bytes(state) end, function()
      number = number + 1
      assert(state:parse(host.event { type = 3, params = {}, tid = 7, source = "syscall", num = number }))
    end)
    state:capture_close()
  end)

  it("where an iteration over a table ends early, and its entries are erased", function()
    local library = assert(support.load_script([[local lure = require "lure"
      local users = lure.table "users"
      return { name = "x", version = "0.1.0", metrics = true, parse_event_sources = { "syscall" },
        tables = { users = { key = "uint64", fields = { home = "string" } } },
        parse = function()
          for i = 1, 20 do users:add(i, { home = ("h"):rep(100) }) end
          users:each(function() return false end)
          pcall(users.each, users, function() error "enough" end)
          users:clear()
        end }]]))
    local state = assert(library:init("", { inspector = host.inspector() }))
    stays_flat(50, 100, function() return metric(state, "lure.tables.bytes") end, function(i)
      assert(state:parse(host.event { type = 3, params = {}, tid = 7, source = "syscall", num = i }))
    end)
  end)

  it("where fields are asked for with other arguments in each event", function()
    local state = support.start(given.field("function(_, key) return key:sub(1, 1) end", "string", "arg = { key = true },"))
    local long = ("k"):rep(4000)
    local most = os.getenv "LSAN_OPTIONS" and 300000 or 8000 -- AddressSanitizer keeps what is freed for a while
    stays_flat(2000, most, resident, function(i) -- 16 MB of names
      assert.equal("k", (state:extract(support.event { data = "x", num = i, ts = i }, ("x.y[%s%d]"):format(long, i))))
    end)
  end)
end)

-- a sanitizer has an allocator of its own
local test = (support.build:find "asan" or support.build:find "tsan") and function() end or it

describe("what a plugin held is the system's again when it is destroyed:", function()
  for _, api in ipairs { 3, 0 } do
    test(("200 MB of small tables and texts, plugin API %d"):format(api), function()
      local state = support.start(given.extractor [[init = function()
        kept = {}
        for i = 1, 800000 do kept[i] = { "text " .. i } end
      end,
      fields = { { name = "x.y", type = "uint64", desc = "-", extract = function() return #kept end } }]],
        { api = api, config = '{"lure": {"memory": 400000000, "time": 60}}' })
      local full = resident()
      state:destroy()
      local left = resident()
      assert.is_true(full > 100000 and left < full // 8, ("%d of %d KiB"):format(left, full))
    end)
  end
end)
