-- lure.window: what it counts is what a list of all events has, and it is bounded.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What a script with this body returns, as a text; nil and the message. `show(...)` makes one of many values.
local function returned(body, config)
  return given.returned(([[function()
    local function show(...)
      local list = table.pack(...)
      for i = 1, list.n do list[i] = tostring(list[i]) end
      return table.concat(list, " ")
    end
    %s end]]):format(body), "1", { config = config })
end

local fails = given.failing(returned)

describe("lure.window", function()
  it("counts the events of each key", function()
    assert.equal("1 true|2 true|1 true|2 true|0 true", returned [[
      local w = lure.window(60)
      return table.concat({ show(w:add("a", 1)), show(w:add("a", 2)), show(w:add("b", 3)), show(w:count "a"), show(w:count "c") }, "|")]])
  end)

  it("forgets an event once a newer one is later by more than the window", function()
    assert.equal("3 2 1", returned [[
      local w = lure.window(10)
      w:add("a", 0) w:add("a", 1) w:add("a", 10000000000)
      local first = w:count "a"
      w:add("b", 10000000001)
      local second = w:count "a"
      w:add("b", 10000000002)
      return first .. " " .. second .. " " .. w:count "a"]])
  end)

  it("is exactly as long as the decimal number of seconds says", function() -- 2.01 * 1e9 is a float below 2010000000
    assert.equal("1 0", returned [[
      local w = lure.window(2.01)
      w:add("a", 0) w:add("b", 2010000000)
      local first = w:count "a"
      w:add("b", 2010000001)
      return first .. " " .. w:count "a"]])
  end)

  it("counts late events that are inside, and no others", function()
    assert.equal("1 2 2 0 0 1", returned [[
      local w = lure.window(10)
      local a = w:add("a", 20000000000)
      local b = w:add("a", 10000000000)
      local c = w:add("a", 9999999999)
      return show(a, b, c, w:dropped())]])
  end)

  it("adds up numbers, and counts different values", function()
    assert.equal("12 true 3 true 5 true", returned [[
      local w = lure.window(10)
      for _, value in ipairs { 5, 5, 2, "GET" } do w:add("a", 1, value) end
      w:add("a", 1)
      return show(w:sum "a") .. " " .. show(w:distinct "a") .. " " .. show(w:count "a")]])
  end)

  it("has exact sums of integers, also beyond 64 bits, and of what is left where floats have gone", function()
    assert.equal("9223372036854775807 integer 1.8446744073709552e+19 float 1.5 float 7 integer 0", returned [[
      local w = lure.window(10)
      w:add("a", 1, math.maxinteger)
      local one, kind = w:sum "a", math.type((w:sum "a"))
      w:add("a", 1, math.maxinteger)
      local two = ("%.17g"):format((w:sum "a"))
      local second = math.type((w:sum "a"))
      w:add("b", 1, 1e300) w:add("b", 11000000001, 1.5)
      local three, third = w:sum "b", math.type((w:sum "b"))
      w:add("b", 22000000003, 7)
      return show(one, kind, two, second, three, third, (w:sum "b"), math.type((w:sum "b")), (w:sum "none"))]])
  end)

  it("takes keys and values as tables do: 1 is 1.0 and not '1'", function()
    assert.equal("2 1 1 3", returned [[
      local w = lure.window(10)
      for _, key in ipairs { 1, 1.0, "1", 1.5 } do w:add(key, 1) w:add("values", 1, key) end
      return show((w:count(1)), (w:count "1"), (w:count(1.5)), (w:distinct "values"))]])
  end)

  it("tells texts of any length apart", function()
    assert.equal("ok", returned [[
      local w, texts = lure.window(10), {}
      for length = 0, 70 do
        for _, last in ipairs { "", "\0", "x", "y" } do texts[#texts + 1] = ("k"):rep(length) .. last end
      end
      texts[#texts + 1] = ("k"):rep(1 << 20) .. "x"
      texts[#texts + 1] = ("k"):rep(1 << 20) .. "y"
      local naive = {}
      for _, text in ipairs(texts) do naive[text] = (naive[text] or 0) + 1 w:add(text, 1) end
      for text, count in pairs(naive) do assert(w:count(text) == count, text) end
      return "ok"]])
  end)

  it("has what a list of all events has", function()
    assert.equal("ok", returned [[
      math.randomseed(11)
      local w, span = lure.window(0.001), 1000000
      local events, newest, now = {}, 0, 0
      for step = 1, 4000 do
        now = now + math.random(0, 2000)
        local key, ns = "k" .. math.random(1, 20), now - (math.random(4) == 1 and math.random(0, 1500000) or 0)
        local value = math.random(3) > 1 and math.random(1, 6) or nil
        newest = math.max(newest, ns)
        if ns >= newest - span then events[#events + 1] = { key, ns, value } end
        w:add(key, ns, value)
        if step % 100 == 0 then
          local counts, sums, values, kept = {}, {}, {}, {}
          for _, event in ipairs(events) do
            local k, v = event[1], event[3]
            if event[2] >= newest - span then
              kept[#kept + 1] = event
              counts[k], sums[k], values[k] = (counts[k] or 0) + 1, (sums[k] or 0) + (v or 0), values[k] or {}
              if v then values[k][v] = true end
            end
          end
          events = kept
          for n = 1, 20 do
            local k, different = "k" .. n, 0
            for _ in pairs(values[k] or {}) do different = different + 1 end
            local count, exact = w:count(k)
            assert(exact and count == (counts[k] or 0) and w:sum(k) == (sums[k] or 0) and w:distinct(k) == different, k)
          end
        end
      end
      return "ok"]])
  end)

  it("drops the key that was added to longest ago where there are too many, and says of whom it cannot be sure", function()
    assert.equal("1 true|0 0 0|1 false|0 false|1 true|1 true|1 1 0|1 true", returned [[
      local w, list = lure.window(10, { keys = 3 }), {}
      w:add("a", 1) w:add("b", 2)
      list[1] = show(w:add("c", 3))                       -- at the bound
      list[2] = show(w:dropped())
      w:count "a"                                         -- looking is no use
      list[3] = show(w:add("d", 4))                       -- past it: whether d was there before is not known any more
      list[4] = show(w:count "a")
      list[5], list[6], list[7] = show(w:count "b"), show(w:count "c"), show(w:dropped())
      w:add("b", 10000000005)
      list[8] = show(w:add("a", 10000000006))             -- what was lost is too old now
      return table.concat(list, "|")]])
  end)

  it("takes no events of a dropped key from the one in its place", function()
    assert.equal("2 1", returned [[
      local w = lure.window(10, { keys = 1 })
      w:add("a", 1) w:add("a", 2)
      w:add("b", 10000000001) w:add("b", 10000000002)
      return show((w:count "b")) .. " " .. show((w:add("c", 10000000003)))]])
  end)

  it("drops the oldest event where there are too many, and says whose count lacks one", function()
    assert.equal("3 true|0 0 0|2 false|2 true|0 1 0|0 false", returned [[
      local w, list = lure.window(10, { events = 4 }), {}
      w:add("a", 1) w:add("a", 2) w:add("b", 3)
      list[1] = show(w:add("a", 4))
      list[2] = show(w:dropped())
      w:add("b", 5)
      list[3], list[4], list[5] = show(w:count "a"), show(w:count "b"), show(w:dropped())
      list[6] = show(lure.window(10, { events = 1 }):add("c", 6))
      local one = lure.window(10, { events = 1 })
      one:add("x", 7) one:add("y", 8)
      list[6] = show(one:count "x")
      return table.concat(list, "|")]])
  end)

  it("drops an event that is older than all where there are too many", function()
    assert.equal("1 false 0 1 0", returned [[
      local w = lure.window(10, { events = 1 })
      w:add("a", 5)
      w:add("a", 4)
      return show(w:count "a") .. " " .. show(w:dropped())]])
  end)

  it("takes times at both ends of 64 bits", function()
    assert.equal("1 1 0 2", returned [[
      local w = lure.window(1e9)
      local first = w:add("a", math.mininteger)
      local second = w:add("a", math.maxinteger)
      return show(first, second, (w:add("b", math.mininteger)), (w:add("a", math.maxinteger - 1000000000000000000)))]])
  end)

  it("is there in the safe sandbox", function()
    assert.equal("1", returned([[return tostring((require "lure.window"(1):add("a", 1)))]], '{"lure": {"sandbox": "safe"}}'))
  end)

  it("refuses other arguments", function()
    for _, seconds in ipairs { "0", "-1", "0/0", "1/0", "1.1e9", "'5'", "nil", "{}" } do
      fails(("lure.window(%s)"):format(seconds), "script.lua:", "lure.window: expected seconds, a number above 0 and at most 1e9, got ")
    end
    fails("lure.window(1, { key = 5 })", 'lure.window: unknown option string "key"; did you mean "keys"?')
    for option, most in pairs { keys = 1000000, events = 10000000 } do
      assert.equal("1", returned(("lure.window(1, { %s = %d }) return '1'"):format(option, most)))
      for _, value in ipairs { most + 1, 0, "1.5" } do
        fails(("lure.window(1, { %s = %s })"):format(option, value), ("lure.window: %s: expected an integer from 1 to %d, got"):format(
          option, most))
      end
    end
    local add = "lure.window(1):add(%s)"
    fails(add:format "nil, 1", "lure.window: add: expected a key, a text or a number, got nil")
    fails(add:format "0/0, 1", "lure.window: add: expected a key, a text or a number, got ")
    fails(add:format "'a', '1'", 'lure.window: add: expected the event\'s time, an integer (ns), got string "1"')
    fails(add:format "'a', 1.5", "lure.window: add: expected the event's time, an integer (ns), got ")
    fails(add:format "'a', 1, {}", "lure.window: add: expected a value, a text or a number, got table")
    for _, method in ipairs { "add", "count", "sum", "distinct", "dropped" } do
      for _, self in ipairs { "nil", "{}", "io.stdout", "1" } do
        fails(("lure.window(1).%s(%s, 'a', 1)"):format(method, self), ("lure.window: %s: expected a window, got "):format(method),
          ("call it as window:%s(...)"):format(method))
      end
    end
  end)

  it("says so where memory is out, and goes on", function()
    local value, message = returned([[
      local w = lure.window(1e9)
      local ok, message
      for i = 1, 1000000 do
        ok, message = pcall(w.add, w, i, i, i + 0.5)
        if not ok then return message .. " " .. tostring(w:count(1) == 1) end
      end]], '{"lure": {"memory": 20000000}}')
    given.holds(value or message, "lure.window: not enough memory (limit: init_config.lure.memory) true")
  end)

  it("gives memory back when it is collected", function()
    local state = support.start(given.field [[function()
      local w = lure.window(1e9)
      for i = 1, 20000 do w:add(i, i, i) end
      return "ok"
    end]], { config = '{"lure": {"memory": 20000000}}' })
    for number = 1, 40 do
      local value, message = state:extract(support.event { data = "x", num = number }, "x.y")
      assert.equal("ok", value, message)
    end
  end)

  it("has a hash that is SipHash, as OpenSSL and Python have it", function()
    local parts = assert(package.loadlib(support.build .. "/spec/windowparts.so", "luaopen_windowparts"))()
    local key = "\0\1\2\3\4\5\6\7\8\9\10\11\12\13\14\15"
    local texts, python = {}, {}
    for length = 0, 40 do
      texts[length] = ("abcdefghijklmnopqrstuvwxyz0123456789ABCD\xff"):sub(-length - 1, -2)
      python[length + 1] = ("b'%s'"):format(texts[length])
    end
    for length = 0, 40, 5 do
      local digest = support.run(("LD_PRELOAD= openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 -in %s SIPHASH")
        :format(support.file(texts[length])))
      assert.equal(digest:match "%x+":lower(), (parts.long(key, texts[length]):gsub(".", function(c) return ("%02x"):format(c:byte()) end)))
    end
    local hashes = support.run(([[LD_PRELOAD= PYTHONHASHSEED=0 python3 -c "
import sys
assert sys.hash_info.algorithm == 'siphash13'
for text in [%s]: print(hash(text))"]]):format(table.concat(python, ", ")))
    local length = 0
    for hash in hashes:gmatch "[^\n]+" do
      if length > 0 then -- Python's hash of an empty text is 0
        assert.equal(math.tointeger(hash), parts.short(("\0"):rep(16), texts[length]))
        if length % 8 == 7 and length < 40 then
          assert.equal(math.tointeger(hash), parts.words(("\0"):rep(16), texts[length]))
        end
      end
      length = length + 1
    end
    assert.equal(41, length)
  end)
end)
