-- Fields are evaluated for the next events of a batch before the host shows them (src/plugin/batchprefetch.h); the
-- values are the same as without. It begins once a pattern is stable, so all of this takes hundreds of events.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A source that counts from 1, in batches of `batch` events; `payload` is what it makes of a number, an expression of n.
local function counting(fields, payload, batch, rest)
  return given.source(([[batch = { events = %d, milliseconds = 100 },
    open = function() return { n = 0 } end,
    next = function(i) i.n = i.n + 1; local n = i.n; return %s end,
    %s fields = (function()
      local last, tointeger, text = 0, math.tointeger, "text"
      set = function(n) last = n end
      return { %s }
    end)()]]):format(batch or 500, payload or "n", rest or "", fields))
end

--- Shows `count` events in their order: calls show(state, event, number) for each.
local function show_all(state, instance, count, show)
  local number = 0
  while number < count do
    local rc, events, message = instance:next_batch()
    assert.equal("success", rc, message)
    for _, event in ipairs(events) do
      number = number + 1
      show(state, event, number)
    end
  end
end

--- With optimizations, unless `optimize` is "false".
local function opened(script, optimize)
  local instance, state = given.opened(script, { config = ('{"lure": {"optimize": %s}}'):format(optimize or "true") })
  return state, instance
end

local FIELDS = [[
  { name = "x.same", type = "uint64", desc = "-", extract = function(v) return v end },
  { name = "x.text", type = "string", desc = "-", extract = function(v) return v end },
  { name = "x.twice", type = "uint64", desc = "-", extract = function(v) return tointeger(v) * 2 end },
  { name = "x.even", type = "bool", desc = "-", extract = function(v) return tointeger(v) % 2 == 0 end },
  { name = "x.third", type = "string", desc = "-", extract = function(v)
      if tointeger(v) % 3 == 0 then return text end
    end },
  { name = "x.rest", type = "uint64", desc = "-", arg = { index = true, key = true },
    extract = function(v, by) if by == "none" then return nil end return tointeger(v) % by end },
  { name = "x.last", type = "uint64", desc = "-", extract = function() return last end },
  { name = "x.set", type = "uint64", desc = "-", extract = function(v) last = tointeger(v); return last end },
  { name = "x.num", type = "uint64", desc = "-", extract = function(_, _, event) return event.num end },
  { name = "x.fails", type = "uint64", desc = "-", extract = function(v) return 1000 // ((tointeger(v) - 150) * (tointeger(v) - 150)) end }]]

describe("a value prefetched for a later event of the batch", function()
  for _, batch in ipairs { 1, 2, 7, 33, 500 } do
    it(("is that of its event, in batches of %d"):format(batch), function()
      local state, instance = opened(counting(FIELDS, "n", batch))
      show_all(state, instance, 700, function(_, event, n)
        for _ = 1, 2 do
          assert.equal(n, (state:extract(event, "x.same")))
          assert.equal(tostring(n), (state:extract(event, "x.text")))
          assert.equal(2 * n, (state:extract(event, "x.twice")))
          assert.equal(n % 2 == 0, (state:extract(event, "x.even")))
          assert.equal(n % 3 == 0 and "text" or nil, (state:extract(event, "x.third")))
          assert.equal(n % 5, (state:extract(event, "x.rest[5]")))
          assert.equal(n % 11, (state:extract(event, "x.rest[11]")))
          assert.is_nil((state:extract(event, "x.rest[none]")))
          assert.equal(event.num, (state:extract(event, "x.num")))
        end
      end)
    end)
  end

  it("has what decode returns, where that is evaluated directly", function()
    local state, instance = opened(counting([[
      { name = "x.same", type = "uint64", desc = "-", extract = function(v) return v end },
      { name = "x.text", type = "string", desc = "-", extract = function(_, _, event) return event.data end },
      { name = "x.name", type = "string", desc = "-", extract = function(v, _, _, field) if v % 2 == 0 then return field end end },
      { name = "x.rest", type = "uint64", desc = "-", arg = { index = true }, extract = function(v, by) return v % by end },
      { name = "x.num", type = "uint64", desc = "-", extract = function(_, _, event) return event.num end },
      { name = "x.called", type = "string", desc = "-", extract = function(v) return ("called %d"):format(v) end }]],
      "n", 200, [[to_string = function(v) return "text of " .. v end, decode = function(event)
        local n = math.tointeger(event.data)
        if n % 10 == 3 then return nil end
        if n == 555 then error "no 555" end
        return n end,]]))
    show_all(state, instance, 1000, function(_, event, n)
      local ours = n % 10 ~= 3
      if n == 555 then
        local value, message = state:extract(event, "x.same")
        assert.is_nil(value)
        given.holds(message, "decode: no 555")
        return
      end
      assert.equal(ours and n or nil, (state:extract(event, "x.same")))
      assert.equal(ours and tostring(n) or nil, (state:extract(event, "x.text")))
      assert.equal(ours and n % 2 == 0 and "x.name" or nil, (state:extract(event, "x.name")))
      if n % 100 == 0 or n == 303 then
        assert.equal(ours and "called " .. n or nil, (state:extract(event, "x.called")))
        assert.equal(ours and "text of " .. n or event.data, state:to_string(event))
      end
      assert.equal(ours and n % 7 or nil, (state:extract(event, "x.rest[7]")))
      assert.equal(ours and event.num or nil, (state:extract(event, "x.num")))
    end)
  end)

  it("has what decode returned before a function changed that", function()
    local state, instance = opened(counting([[
      { name = "x.same", type = "string", desc = "-", extract = function(v) return v end },
      { name = "x.again", type = "string", desc = "-", extract = function(v) return v end },
      { name = "x.set", type = "string", desc = "-", extract = function(v) mode = mode .. "!"; return v end }]],
      "n", 500, [[decode = function() return mode end,
        init = function() mode = "a" end, set_config = function() mode = mode .. "?" end,]]))
    local text = "a"
    show_all(state, instance, 1000, function(_, event, n)
      local before = text
      assert.equal(before, (state:extract(event, "x.same")))
      if n % 90 == 0 then
        assert.equal(before, (state:extract(event, "x.set")))
        text = text .. "!"
      elseif n % 90 == 45 then
        assert(state:set_config("{}"))
        text = text .. "?"
        collectgarbage()
      end
      assert.equal(before, (state:extract(event, "x.again")))
    end)
  end)

  it("is there where one call extracts several fields", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 300, function(_, event, n)
      assert.equal(n, (state:extract(event, "x.same")))
      assert.same({ n, tostring(n), 2 * n }, { table.unpack((state:extract(event, { "x.same", "x.text", "x.twice" }))) })
    end)
  end)

  it("stays valid until the next event is shown", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 300, function(_, event, n)
      local text, twice = state:extract_raw(event, "x.text"), state:extract_raw(event, "x.twice")
      local rest, last = state:extract_raw(event, "x.rest[7]"), state:extract_raw(event, "x.last")
      if n % 50 == 0 then state:extract(event, "x.set") end
      assert.same({ tostring(n), 2 * n, n % 7, (n - 1) // 50 * 50 }, { text:read(), twice:read(), rest:read(), last:read() })
    end)
  end)

  it("is dropped when a function runs that may have changed it", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 2000, function(_, event, n)
      assert.equal(n, (state:extract(event, "x.same")))
      assert.equal((n - 1) // 100 * 100, (state:extract(event, "x.last")))
      if n % 100 == 0 then assert.equal(n, (state:extract(event, "x.set"))) end
      assert.equal((n - 1) // 100 * 100, (state:extract(event, "x.last"))) -- what every rule sees
    end)
  end)

  it("is dropped for fields of the same event that are extracted after such a function", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 2000, function(_, event, n)
      assert.equal(n, (state:extract(event, "x.same")))
      if n % 100 == 0 then assert.equal(n, (state:extract(event, "x.set"))) end
      assert.equal(n // 100 * 100, (state:extract(event, "x.last")))
    end)
  end)

  it("is dropped when set_config changes it", function()
    local state, instance = opened(counting(FIELDS, "n", 500,
      "config = { last = { type = 'integer' } }, set_config = function(config) set(config.last) end,"))
    show_all(state, instance, 500, function(_, event, n)
      if n % 170 == 0 then assert(state:set_config(('{"last": %d}'):format(n))) end
      assert.equal(n // 170 * 170, (state:extract(event, "x.last")))
      assert.equal(n, (state:extract(event, "x.same")))
    end)
  end)

  it("is right for fields that are extracted now and then", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 900, function(_, event, n)
      if n % 7 ~= 3 then assert.equal(tostring(n), (state:extract(event, "x.text"))) end
      if n % 5 == 0 then assert.equal(2 * n, (state:extract(event, "x.twice"))) end
      if n > 450 then assert.equal(n % 9, (state:extract(event, "x.rest[9]"))) end
    end)
  end)

  it("is right where events are skipped, shown again, or in another order", function()
    local state, instance = opened(counting(FIELDS, "n", 100))
    local random = 1
    for round = 0, 9 do
      local _, events = instance:next_batch()
      for i = 1, 100 do
        random = random * 48271 % 2147483647
        local which = random % 10 == 0 and 1 + random // 10 % 100 or i
        assert.equal(100 * round + which, (state:extract(events[which], "x.same")))
        assert.equal(tostring(100 * round + which), (state:extract(events[which], "x.text")))
        if random % 3 == 0 then assert.equal(tostring(100 * round + i), state:to_string(events[i])) end
      end
    end
  end)

  it("is right where the host leaves a batch before its end", function()
    local state, instance = opened(counting(FIELDS, "n * 7919 % 1000003 % (n % 7 == 0 and 10 or 1000000)", 300))
    for round = 0, 9 do
      local _, events = instance:next_batch()
      for i = 1, round % 2 == 0 and 170 + round or 300 do
        local n = 300 * round + i
        local value = n * 7919 % 1000003 % (n % 7 == 0 and 10 or 1000000)
        assert.equal(value, (state:extract(events[i], "x.same")))
        assert.equal(tostring(value), (state:extract(events[i], "x.text")))
      end
    end
  end)

  it("is right beside fields with paths, and without a field of it", function()
    local state, instance = opened(counting([[
      { name = "x.text", type = "string", desc = "-", extract = function(v) return v end },
      { name = "x.size", type = "uint64", desc = "-", extract = function(v) return #v end },
      { name = "x.n", type = "uint64", desc = "-", path = "/n" },
      { name = "x.word", type = "string", desc = "-", path = "/w" }]],
      [['{"n":' .. n .. ',"w":"word ' .. n .. '"}']]))
    show_all(state, instance, 700, function(_, event, n)
      local text = ('{"n":%d,"w":"word %d"}'):format(n, n)
      if n > 300 then assert.equal(n, (state:extract(event, "x.n"))) end
      if n < 600 then assert.equal(text, (state:extract(event, "x.text"))) end
      assert.equal("word " .. n, (state:extract(event, "x.word")))
      if n < 600 then assert.equal(#text, (state:extract(event, "x.size"))) end
    end)
  end)

  it("is right for two instances that alternate, and with others' events between", function()
    local instance, state = given.opened(counting(FIELDS))
    local other = assert(state:open())
    local _, of_one = instance:next_batch()
    local _, of_other = other:next_batch()
    for i = 1, 400 do
      local foreign = i > 200 and i % 20 == 0 and support.event { data = "9" .. i, num = 10000 + i }
      assert.equal(i, (state:extract(of_one[i], "x.same")))
      if foreign then assert.equal(tonumber("9" .. i), (state:extract(foreign, "x.same"))) end
      if i % 30 < 15 then assert.equal(2 * (401 - i), (state:extract(of_other[401 - i], "x.twice"))) end
      assert.equal(i % 2 == 0, (state:extract(of_one[i], "x.even")))
    end
    local _, again = other:next_batch()
    assert.equal(401, (state:extract(of_one[401], "x.same")))
    assert.equal(501, (state:extract(again[1], "x.same")))
    instance:close()
    assert.equal(502, (state:extract(again[2], "x.same")))
  end)

  it("is right for payloads of all kinds and sizes", function()
    local payload = [[(n % 10 == 1 and "" or n % 10 == 2 and ("y"):rep(n * 37) or n % 10 == 3 and "a\0b" .. n
      or n % 50 == 4 and ("z"):rep(20000) or n)]]
    local state, instance = opened(counting(FIELDS, payload))
    local function expected(n)
      return n % 10 == 1 and "" or n % 10 == 2 and ("y"):rep(n * 37) or n % 10 == 3 and "a\\u0000b" .. n
        or n % 50 == 4 and ("z"):rep(20000) or tostring(n)
    end
    show_all(state, instance, 1000, function(_, event, n)
      assert.equal(expected(n), (state:extract(event, "x.text")))
      local value, message = state:extract(event, "x.same")
      if expected(n) == tostring(n) then
        assert.equal(n, value)
      else
        assert.is_nil(value)
        given.holds(message, "field x.same: expected")
      end
      assert.equal(expected(n), (state:extract(event, "x.text")))
    end)
  end)

  it("fails for the one event for which the function throws", function()
    local state, instance = opened(counting(FIELDS))
    show_all(state, instance, 400, function(_, event, n)
      assert.equal(n, (state:extract(event, "x.same")))
      local value, message = state:extract(event, "x.fails")
      if n == 150 then
        assert.is_nil(value)
        given.holds(message, "field x.fails: attempt to divide by zero")
      else
        assert.equal(1000 // ((n - 150) * (n - 150)), value)
      end
    end)
  end)

  it("is the new script's, once that has taken over", function()
    local function source(answer)
      return given.source(([[batch = { events = 1000, milliseconds = 100 }, open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1; return i.n end,
        fields = { { name = "x.y", type = "uint64", desc = "-", extract = function() return %d end } }]]):format(answer))
    end
    local path, state = changing.start(source(1))
    local instance = assert(state:open())
    for answer = 1, 3 do
      local _, events = instance:next_batch()
      for i = 1, 500 do assert.equal(answer, (state:extract(events[i], "x.y"))) end
      changing.write(path, source(answer + 1), "in place")
      for i = 501, 700 do assert.equal(answer, (state:extract(events[i], "x.y"))) end -- the next batch is the new script's
    end
  end)

  --- Watches values. Returns watch(answer, value), which tells whether the value has other memory than the one before:
  -- it was prefetched. The memory of an event is reused for the next one.
  local function watcher()
    local before
    return function(answer, value)
      local has_own = before ~= nil and before ~= answer:address()
      before = answer:address()
      assert.equal(value, answer:read())
      return has_own
    end
  end

  --- Extracts fields(n) of 1000 events, x.f1 to x.f6, all of which are the payload's size; returns for which share of
  -- those behind the 300th the first value was prefetched.
  local function share(fields, size, optimize)
    local all = {}
    for i = 1, 6 do
      all[i] = ("{ name = 'x.f%d', type = 'uint64', desc = '-', extract = function(v) return #v end }"):format(i)
    end
    local state, instance = opened(counting(table.concat(all, ", "), ("('y'):rep(%s)"):format(size or "n % 100")), optimize)
    local watch, count = watcher(), 0
    show_all(state, instance, 1000, function(_, event, n)
      local answers = {}
      for i, name in ipairs(fields(n)) do answers[i] = state:extract_raw(event, name) end
      local has_own = watch(answers[1], #event.data)
      assert.is_false(has_own and n == 2)
      if has_own and n > 300 then count = count + 1 end
    end)
    return count / 700
  end

  --- More than the part `least` of them were; or none, where every function is called.
  local function assert_most(part, least)
    if support.plain then assert.equal(0, part) else assert.is_true(part > (least or 0.9), tostring(part)) end
  end

  -- all other tests here would pass without any prefetch
  it("is there once it has been quiet for a while", function()
    assert_most(share(function() return { "x.f1", "x.f2" } end))
  end)

  it("is not there without optimizations", function()
    assert.equal(0, share(function() return { "x.f1", "x.f2" } end, nil, "false"))
  end)

  it("is there where decode is evaluated directly, and functions read the payload", function()
    for _, decode in ipairs { "return event.data", "return nil" } do
      local state, instance = opened(counting([[
        { name = "x.f1", type = "string", desc = "-", extract = function(_, _, event) return event.data end }]],
        "n", 500, "decode = function(event) " .. decode .. " end,"))
      local watch, count = watcher(), 0
      show_all(state, instance, 1000, function(_, event, n)
        local answer = state:extract_raw(event, "x.f1")
        if decode == "return nil" then
          assert.is_nil(answer and answer:read())
        else
          if watch(answer, tostring(n)) and n > 300 then count = count + 1 end
        end
      end)
      if decode ~= "return nil" then assert_most(count / 700, 0.85) end
    end
  end)

  it("is there for a field that is extracted from most events, beside others", function()
    assert_most(share(function(n) return n % 5 == 0 and { "x.f1", "x.f2", "x.f3" } or { "x.f1" } end))
  end)

  it("is there in spite of a large payload now and then", function()
    assert_most(share(function() return { "x.f1" } end, "n % 50 == 0 and 9000 or n % 49"))
  end)

  it("is not there for fields that alternate", function()
    assert.is_true(share(function(n) return { "x.f" .. 1 + n % 5 } end) < 0.1)
  end)

  it("is there again behind an event that is shown again", function()
    local state, instance = opened(counting(FIELDS, "n", 1000))
    for again = 301, 334 do -- where looks begin differs
      local events, _
      repeat _, events = instance:next_batch() until #events == 1000 -- on a slow machine some have fewer
      local watch, count = watcher(), 0
      for i, event in ipairs(events) do
        if i == again then assert.equal(events[5].data, (state:extract(events[5], "x.text"))) end
        local has_own = watch(state:extract_raw(event, "x.same"), tonumber(event.data))
        if has_own and i > 500 then count = count + 1 end
      end
      assert_most(count / 500, 0.8)
    end
  end)

  it("ends where the source ends", function()
    local state, instance = opened(counting(FIELDS, "n <= 300 and n or nil"))
    show_all(state, instance, 300, function(_, event, n) assert.equal(n, (state:extract(event, "x.same"))) end)
    assert.equal("eof", (instance:next_batch()))
  end)
end)
