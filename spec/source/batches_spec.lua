local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A source that delivers what the Lua function body `next` returns for the number n = 1, 2, ...
local function counting(body, rest)
  return given.source(("open = function() return { n = 0 } end, %s\nnext = function(i) i.n = i.n + 1; local n = i.n\n%s end")
    :format(rest or "", body))
end

--- How many events each batch has, up to the end.
local function sizes(instance)
  local list = {}
  while true do
    local rc, events = instance:next_batch()
    if rc ~= "success" then
      return list, rc
    end
    list[#list + 1] = #events
  end
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("a source in plugin API " .. api, function()
    it("delivers strings and integers until it returns nil", function()
      local instance = given.opened(counting [[return ({ "a", 12, "", -5, math.mininteger, 3.0, "\0b\0" })[n] ]], options)
      assert.same({ { "a", "12", "", "-5", "-9223372036854775808", "3", "\0b\0" }, "eof" },
        { given.payloads(instance) })
    end)

    it("has ended for ever with its first end", function()
      local instance, state = given.opened(counting('calls = n; return n == 2 and "x" or nil',
        'fields = { { name = "x.calls", type = "uint64", desc = "-", extract = function() return calls end } },'), options)
      assert.same({ {}, "eof" }, { given.payloads(instance) })
      assert.same({ {}, "eof" }, { given.payloads(instance) })
      assert.equal(1, state:extract(support.event "1", "x.calls"))
    end)

    it("delivers what came before the end with success, then says end", function()
      local instance = given.opened(counting 'return n <= 3 and n or nil', options)
      local rc, events = instance:next_batch()
      assert.same({ "success", 3 }, { rc, #events })
      rc, events = instance:next_batch()
      assert.same({ "eof", 0 }, { rc, #events })
    end)

    it("has the time that it gives, or the host's clock", function()
      local instance = given.opened(counting [[
        if n == 1 then return "a", 0 elseif n == 2 then return "b", 1700000000123456789
        elseif n == 3 then return "c", 5.0 elseif n == 4 then return "d", nil elseif n == 5 then return "e" end]], options)
      local _, events = instance:next_batch()
      local times = {}
      for i, event in ipairs(events) do
        times[i] = event.ts
      end
      assert.same({ 0, 1700000000123456789, 5 }, { times[1], times[2], times[3] })
      local now = os.time()
      for i = 4, 5 do
        assert.is_true(math.abs(times[i] // 1000000000 - now) < 60)
      end
    end)

    it("has batches of at most batch.events", function()
      assert.same({ { 4, 4, 2 }, "eof" },
        { sizes((given.opened(counting("return n <= 10 and n or nil", "batch = { events = 4, milliseconds = 100 },"), options))) })
    end)

    it("is called as often as there is room in the batch, and not once more", function()
      for _, body in ipairs { "return i.n", "return tostring(i.n)" } do -- evaluated directly, and called
        local instance, state = given.opened(given.source(([[batch = { events = 4, milliseconds = 100 }, metrics = true,
          open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1 %s end]]):format(body)))
        for round = 1, 3 do
          assert.equal("success", (instance:next_batch()))
          for _, metric in ipairs(state:metrics()) do
            if metric.name == "lure.next.calls" then assert.equal(4 * round, metric.value) end
          end
        end
      end
    end)

    it("has batches of 512 events without a limit of its own", function()
      local script = counting("return n <= 600 and n or nil", "batch = { milliseconds = 100 },") -- for slow machines
      assert.same({ { 512, 88 }, "eof" }, { sizes((given.opened(script, options))) })
    end)

    it("has batches of at most batch.bytes, but for one that is larger", function()
      for bytes = 9, 11 do
        assert.same({ { 3, 3, 1, 1 }, "eof" }, { sizes((given.opened(counting([[if n == 7 then return ("x"):rep(100) end
          return n <= 8 and "abc" or nil]], ("batch = { bytes = %d, milliseconds = 100 },"):format(bytes)), options))) })
      end
    end)

    it("has batches of at most batch.milliseconds", function()
      local instance = given.opened(counting([[local until_ = lure.now() + 2000000
        while lure.now() < until_ do end; return n <= 50 and n or nil]], "batch = { milliseconds = 10 },"), options)
      local list = sizes(instance)
      assert.is_true(#list >= 5)
      for _, size in ipairs(list) do
        assert.is_true(size >= 1 and size <= 15)
      end
    end)

    it("may deliver lists, which go on in the next batch", function()
      local instance = given.opened(counting([[if n == 1 then local t = {}; for i = 1, 10 do t[i] = i end; return t, 77
        elseif n == 2 then return { "a", "b" } elseif n == 3 then return { "c" } end]],
        "batch = { events = 4, milliseconds = 100 },"), options)
      local all, times = {}, {}
      for i, wanted in ipairs { 4, 4, 4, 1 } do
        local rc, events = instance:next_batch()
        assert.same({ "success", wanted }, { rc, #events }, "batch " .. i)
        for _, event in ipairs(events) do
          all[#all + 1], times[#times + 1] = event.data, event.ts
        end
      end
      assert.equal("1 2 3 4 5 6 7 8 9 10 a b c", table.concat(all, " "))
      for i = 1, 10 do
        assert.equal(77, times[i])
      end
      assert.equal("eof", (instance:next_batch()))
    end)

    it("may deliver lists in which some have a time of their own", function()
      local instance = given.opened(counting([[if n == 1 then return { "a", { "b", 5 }, { 3, 6 }, { "d" }, { "e", 0 } }, 77 end]],
        "batch = { events = 2, milliseconds = 100 },"), options)
      local got = {}
      repeat
        local rc, events = instance:next_batch()
        for _, event in ipairs(events) do got[#got + 1] = event.data .. " " .. event.ts end
      until rc ~= "success"
      assert.same({ "a 77", "b 5", "3 6", "d 77", "e 0" }, got)
    end)

    it("keeps a payload that does not fit for the next batch", function()
      assert.same({ { "aaaa", "bbbb", "c" }, "eof" }, { given.payloads((given.opened(
        counting('return ({ "aaaa", "bbbb", "c" })[n]', "batch = { bytes = 6 },"), options))) })
    end)

    it("says timeout for an empty list and for lure.TIMEOUT", function()
      local instance = given.opened(counting [[if n == 1 then return {} elseif n == 2 then return lure.TIMEOUT
        elseif n == 3 then return "x" end]], options)
      assert.equal("timeout", (instance:next_batch()))
      assert.equal("timeout", (instance:next_batch()))
      assert.same({ { "x" }, "eof" }, { given.payloads(instance) })
    end)

    it("delivers at once what came before a timeout", function()
      local instance = given.opened(counting('if n == 1 then return "x" end; return lure.TIMEOUT',
        "batch = { milliseconds = 100 },"), options)
      local rc, events = instance:next_batch()
      assert.same({ "success", 1 }, { rc, #events })
      assert.equal("timeout", (instance:next_batch()))
    end)

    it("can be opened several times at once, each instance by itself", function()
      local state = support.start(given.source [[batch = { milliseconds = 100 },
        open = function(p) return { p = p, n = 0 } end,
        next = function(i) i.n = i.n + 1; return i.n <= 3 and i.p .. i.n or nil end]], options)
      local a, b = assert(state:open "a"), assert(state:open "b")
      local _, of_a = a:next_batch()
      local _, of_b = b:next_batch()
      assert.same({ "a1", "a2", "a3" }, { of_a[1].data, of_a[2].data, of_a[3].data })
      assert.same({ "b1", "b2", "b3" }, { of_b[1].data, of_b[2].data, of_b[3].data })
      a:close()
      assert.equal("b1", of_b[1].data)
      assert.equal("eof", (b:next_batch()))
    end)

    it("can run in several plugin states at once, each by itself", function()
      local library = assert(support.load_script(given.source [[init = function(c) step = c.step; at = 0 end,
        next = function() at = at + step; return at < 10 and at or nil end]], options))
      local a, b = assert(library:init '{"step": 3}'), assert(library:init '{"step": 4}')
      local ia, ib = assert(a:open()), assert(b:open())
      assert.same({ "3", "6", "9" }, (given.payloads(ia)))
      a:destroy()
      assert.same({ "4", "8" }, (given.payloads(ib)))
    end)
  end)
end

describe("an idle source", function()
  it("sleeps, and leaves the core to others", function()
    local instance = given.opened(given.source "batch = { milliseconds = 20 }, next = function() return lure.TIMEOUT end")
    -- The CPU time until the clock's second is over, and how many timeouts there were.
    local function second()
      local cpu, timeouts, began = os.clock(), 0, os.time()
      while os.time() == began do
        assert.equal("timeout", (instance:next_batch()))
        timeouts = timeouts + 1
      end
      return os.clock() - cpu, timeouts
    end
    second()
    -- a wake is 0.01 ms of lure's own, under 0.1% of a core; a virtual machine adds 0.1 ms, where it is busy more,
    -- and wakes late
    local least, most = math.huge, 0
    for _ = 1, 30 do
      local cpu, timeouts = second()
      least, most = math.min(least, cpu), math.max(most, timeouts)
      assert.is_true(timeouts < 55, timeouts .. " timeouts")
      if least < 0.03 and most > 15 then break end
    end
    assert.is_true(least < 0.03, "CPU time " .. least)
    assert.is_true(most > 15, most .. " timeouts")
  end)

  it("has its batches end after batch.milliseconds", function()
    local instance = given.opened(given.source "batch = { milliseconds = 100 }, next = function() return {} end")
    local batches
    for _ = 1, 30 do -- a busy machine wakes late
      local began = os.time()
      while os.time() == began do end
      began, batches = os.time(), 0
      while os.time() == began do
        instance:next_batch()
        batches = batches + 1
      end
      assert.is_true(batches <= 11, batches .. " batches")
      if batches >= 5 then break end
    end
    assert.is_true(batches >= 5, batches .. " batches")
  end)
end)

describe("a large payload", function()
  it("may have 64 MiB", function()
    local instance = given.opened(counting 'return n == 1 and ("x"):rep(64 << 20) or nil')
    local rc, events = instance:next_batch()
    assert.same({ "success", 1, 64 << 20 }, { rc, #events, events[1].size })
    assert.equal("eof", (instance:next_batch()))
  end)

  it("over 64 MiB is an error, and the source goes on", function()
    local instance, state = given.opened(counting [[if n == 1 then return ("x"):rep((64 << 20) + 1) end
      if n == 2 then return { "a", ("x"):rep((64 << 20) + 1), "b" } end]])
    assert.same({ { "a", "b" }, "eof" }, { given.patiently(instance) })
    given.holds(state:log()[1].message, "script.lua:4: next: expected a payload of at most 64 MiB, got 67108865 bytes")
  end)
end)
