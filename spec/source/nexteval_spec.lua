-- Direct evaluation of a `next` that only counts and joins texts (src/lua/eval.h): payloads are the same as with calls.
local given = require "spec.given"
local host = require "lure.host"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- All payloads of a source, up to its end, and how that came about.
local function payloads(rest, options)
  local list, rc, message = given.patiently((given.opened(given.source(rest), options)))
  return list, rc, message
end

--- The numbers from `first` to `last`, as payloads.
local function numbers(first, last)
  local list = {}
  for n = first, last do list[#list + 1] = tostring(n) end
  return list
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("a next that only counts, in plugin API " .. api, function()
    it("may count in its instance, in a variable, and in a table", function()
      assert.same({ numbers(1, 2000), "eof" }, { payloads([[open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1; if i.n <= 2000 then return i.n end end]], options) })
      assert.same({ numbers(1, 2000), "eof" }, { payloads([[next = (function() local n = 0
        return function() n = n + 1; if n > 2000 then return nil end return n end end)()]], options) })
      assert.same({ numbers(1, 2000), "eof" }, { payloads([[next = (function() local t = { at = { n = 0, odd = false } }
        return function() local at = t.at; at.n = at.n + 1; at.odd = not at.odd
          if at.odd ~= (at.n % 2 == 1) then return "odd" end
          if at.n > 2000 then return nil end return at.n end end)()]], options) })
    end)

    it("may write often: eight times without a call, more often with one", function() -- WRITES, in src/lua/evalrun.h
      for count = 6, 12 do
        local fields, writes = {}, {}
        for n = 1, count do fields[n], writes[n] = ("f%d = 0"):format(n), ("i.f%d = i.f%d + 1"):format(n, n) end
        assert.same({ numbers(1, 100), "eof" }, { payloads(([[open = function() return { %s } end,
          next = function(i) %s; if i.f1 <= 100 then return i.f%d end end]]):format(table.concat(fields, ", "),
          table.concat(writes, "; "), count), options) })
      end
    end)

    it("may go through a list, and from number to number", function()
      assert.same({ { "one", "2", "", "a\0b", "-9223372036854775808" }, "eof" }, { payloads([[next = (function()
        local list, n = { "one", 2, "", "a\0b", math.mininteger }, 0
        return function() n = n + 1; return list[n] end end)()]], options) })
      assert.same({ { "1", "2", "4", "8", "16", "32" }, "eof" }, { payloads([[open = function() return { n = 1 } end,
        next = function(i) local n = i.n; i.n = n << 1; if n < 64 then return n end end]], options) })
    end)

    it("may join texts and integers", function()
      local expected = {}
      for n = 1, 2000 do
        expected[n] = n % 7 == 0 and "7|7|7" or n % 50 == 1 and ("x"):rep(n) .. n or ('{"n":%d,"minus":"%d."}'):format(n, -n)
      end
      assert.same({ expected, "eof" }, { payloads([[open = function() return { n = 0, long = "" } end,
        next = function(i)
          local n = i.n + 1
          i.n = n
          if n > 2000 then return nil end
          if n % 7 == 0 then return 7 .. "|" .. 7 .. "|" .. "" .. "7" end
          if n % 50 == 1 then i.long = string.rep("x", n) return i.long .. n end
          local text = "n" .. n % 3
          if text .. "" == "n3" or #text ~= 2 then return "a text that is wrong" end
          return '{"n":' .. n .. ',"minus":"' .. -n .. '."}' end]], options) })
    end)

    it("may join up to 1024 bytes without a call, and more with one", function() -- JOINED
      for length = 1015, 1030 do
        local expected = {}
        for n = 1, 20 do expected[n] = ("x"):rep(length) .. "|" .. n % 10 end
        assert.same({ expected, "eof" }, { payloads(([[open = function() return { n = 0, text = ("x"):rep(%d) } end,
          next = function(i) i.n = i.n + 1; if i.n <= 20 then return i.text .. "|" .. i.n %% 10 end end]]):format(length), options) })
      end
    end)

    it("joins what Lua joins, and throws for all else", function()
      assert.same({ { "1.5", "1.5x", "joined", "12" }, "eof" }, { payloads([[next = (function()
        local n, some = 0, { 1.5, "1.5x", setmetatable({}, { __concat = function() return "joined" end }), false, {}, 12 }
        return function() n = n + 1; if n <= 6 then return some[n] .. "" end end end)()]], options) })
      local _, rc, message = payloads([[open = function() return { n = 0 } end, next = function(i)
        i.n = i.n + 1
        return "n" .. (i.n < 5 and i.n or nil) end]], { api = api, config = '{"lure": {"max_errors": 1}}' })
      assert.equal("failure", rc)
      given.holds(message, "script.lua:5: next: attempt to concatenate a nil value")
    end)

    it("draws the numbers of math.random that a call draws", function()
      local LIMITS = { "0, 10", "6", "1, 6", "-5, 2", "7, 7", "0, 1 << 40", "math.mininteger, math.maxinteger", "0", "0, i.n" }
      for _, limits in ipairs(LIMITS) do
        local draw = load(("local i = ...; return math.random(%s)"):format(limits))
        for _, every in ipairs { 3, 50, 1000 } do -- which of the numbers is drawn by a call
          local expected = {}
          math.randomseed(42, 7)
          for n = 1, 500 do expected[n] = tostring(draw { n = n }) end
          assert.same({ expected, "eof" }, { payloads(([[batch = { bytes = 300 },
            open = function() math.randomseed(42, 7); return { n = 0 } end,
            next = function(i)
              i.n = i.n + 1
              if i.n > 500 then return nil end
              local number = math.random(%s)
              if i.n %% %d == 0 then return tostring(number) end
              return number end]]):format(limits, every), options) })
        end
      end
    end)

    it("draws as another function says that the script has put in place of math.random", function()
      assert.same({ { "9", "9", "9" }, "eof" }, { payloads([[open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1; math.random = function(low, high) return high end
          if i.n <= 3 then return math.random(0, 9) end end]], options) })
    end)

    it("draws nothing from an interval that is empty, or of a text", function()
      for limits, problem in pairs { ["1, 0"] = "bad argument #1 to 'random' (interval is empty)",
                                     ["'x'"] = "bad argument #1 to 'random' (number expected, got string)",
                                     ["1, 2, 3"] = "wrong number of arguments" } do
        local _, rc, message = payloads(("open = function() return { n = 0 } end, next = function() return math.random(%s) end")
          :format(limits), { api = api, config = '{"lure": {"max_errors": 1}}' })
        assert.equal("failure", rc)
        given.holds(message, problem)
      end
    end)

    it("throws, and is tried again, as if it had been called", function()
      assert.same({ { "1", "2", "3", "5", "6", "7" }, "eof" }, { payloads([[open = function() return { n = 0, sum = 0 } end,
        next = function(i) i.n = i.n + 1; i.sum = i.sum + i.n
          if i.n == 4 then error("four") end
          if i.sum ~= i.n * (i.n + 1) // 2 then return "a sum that is wrong" end
          if i.n < 8 then return i.n end end]], options) })
    end)

    it("may do more now and then, or most of the time", function()
      for _, every in ipairs { 1, 2, 3, 10, 100 } do
        local expected = {}
        for n = 1, 1000 do expected[n] = n % every == 0 and "called " .. n or tostring(n) end
        assert.same({ expected, "eof" }, { payloads(([[open = function() return { n = 0, calls = 0 } end,
          next = function(i) i.n = i.n + 1; local n = i.n
            if n > 1000 then return nil end
            if n %% %d == 0 then i.calls = i.calls + 1; return "called " .. tostring(n) end
            return n end]]):format(every), options) })
      end
    end)

    it("has not written twice where it is called after all", function()
      local expected = {}
      for n = 2, 1000, 2 do expected[#expected + 1] = n % 6 == 0 and "called " .. n or tostring(n) end
      assert.same({ expected, "eof" }, { payloads([[open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1; i.n = i.n + 1
          if i.n > 1000 then return nil end
          if i.n % 6 == 0 then return "called " .. tostring(i.n) end
          return i.n end]], options) })
    end)

    it("ends, waits and fails as with calls", function()
      assert.same({ numbers(1, 50), "failure", "script.lua:5: next: no more" }, { payloads([[open = function() return { n = 0 } end,
        batch = { milliseconds = 1 },
        next = function(i) i.n = i.n + 1; if i.n > 50 then return nil, "no more" end
          if i.n % 20 == 0 and not i.waited then i.waited = true; i.n = i.n - 1; return lure.TIMEOUT end
          i.waited = false; return i.n end]], options) })
      local _, rc, message = payloads([[open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1; return i.n < 5 and i.n or 1.5 end]],
        { api = api, config = '{"lure": {"max_errors": 1}}' })
      assert.equal("failure", rc)
      given.holds(message, "next: expected a payload (a string or an integer), got")
      _, rc, message = payloads([[next = (function() local large = ("x"):rep((64 << 20) + 1); return function() return large end end)()]],
        { api = api, config = '{"lure": {"max_errors": 1}}' })
      assert.equal("failure", rc)
      given.holds(message, "next: expected a payload of at most 64 MiB, got 67108865 bytes")
    end)

    it("fails after as many errors in a row as with calls", function()
      local list, rc, message = payloads([[next = (function() local n, large = 0, ("x"):rep((64 << 20) + 1)
        return function() n = n + 1; if n % 3 == 0 and n < 10 then return n end return large end end)()]],
        { api = api, config = '{"lure": {"max_errors": 3}}' })
      assert.same({ { "3", "6", "9" }, "failure" }, { list, rc })
      given.holds(message, "got 67108865 bytes", "(error 3 in a row")
    end)

    it("may let go of the text that it returns, with no memory to spare", function()
      local delivered = 0
      for memory = 1100000, 2000000, 50000 do
        local fine, list, rc, message = pcall(payloads, [[batch = { bytes = 100 },
          open = function() return { n = 0, text = ("abc"):rep(200000), more = ("z"):rep(300000) } end,
          next = function(i) i.n = i.n + 1
            if i.n == 2 then local text = i.text; i.text = nil; return text end
            if i.n <= 5 then return i.n end end]], { api = api, config = ('{"lure": {"memory": %d}}'):format(memory) })
        if fine and rc == "eof" then
          assert.same({ "1", ("abc"):rep(200000), "3", "4", "5" }, list)
          delivered = delivered + 1
        else
          given.holds(fine and message or list, "not enough memory")
        end
      end
      assert.is_true(delivered > 5)
    end)

    it("loses nothing that has no room in a batch", function()
      for _, limits in ipairs { "events = 1", "events = 3", "bytes = 1", "bytes = 7", "events = 5, bytes = 9" } do
        local instance = given.opened(given.source(([[batch = { %s }, open = function() return { n = 95 } end,
          next = function(i) i.n = i.n + 1; if i.n <= 1005 then return i.n end end]]):format(limits)), options)
        local events, bytes = limits:match "events = (%d+)", limits:match "bytes = (%d+)"
        local all, rc, batch = {}
        repeat
          rc, batch = instance:next_batch()
          local size = 0
          for i, event in ipairs(batch) do
            all[#all + 1] = event.data
            size = size + #event.data
            assert.is_true(i == 1 or size <= (tonumber(bytes) or size))
          end
          assert.is_true(#batch <= (tonumber(events) or 512))
        until rc ~= "success"
        assert.same(numbers(96, 1005), all)
        assert.equal("eof", rc)
      end
    end)

    it("uses metatables where Lua does", function()
      assert.same({ { "10", "20", "30" }, "eof" }, { payloads([[open = function()
          local real = { n = 0 }
          return setmetatable({}, { __index = real, __newindex = function(_, key, value) real[key] = value + 9 end })
        end,
        next = function(i) i.n = i.n + 1; if i.n <= 30 then return i.n end end]], options) })
      assert.same({ { "1", "2", "3" }, "eof" }, { payloads([[open = function()
          return setmetatable({ n = 0 }, { __newindex = function() error("never") end })
        end,
        next = function(i) i.n = i.n + 1; if i.n <= 3 then return i.n end end]], options) })
      assert.same({ { "3", "4", "5" }, "eof" }, { payloads([[open = function()
          return { n = setmetatable({ at = 0 }, { __add = function(a, b) a.at = a.at + b; return a end, __lt = function() return false end }) }
        end,
        next = function(i) i.n = i.n + 1; local at = i.n.at; if at > 5 then return nil end if at > 2 then return at end
          i.n = i.n + 2; return i.n.at end]], options) })
    end)
  end)
end

describe("a next that only counts", function()
  it("is counted among the calls", function()
    local instance, state = given.opened(given.source [[batch = { events = 10 }, open = function() return { n = 0 } end,
      next = function(i) i.n = i.n + 1; return i.n <= 25 and i.n or nil end,
      metrics = function() return {} end]])
    assert.same({ numbers(1, 25), "eof" }, { given.payloads(instance) })
    local counted
    for _, metric in ipairs(assert(state:metrics())) do
      if metric.name == "lure.next.calls" then counted = metric.value end
    end
    assert.equal(26, counted)
  end)
end)
