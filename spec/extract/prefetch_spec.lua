-- Fields that were extracted from the last event are prefetched for the next one (src/plugin/fieldcache.h); the
-- values are the same as without.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The event number `number`, as a host shows it.
local function event(number, data)
  return support.event { data = data or tostring(number), num = number, ts = 1000 + number }
end

--- The value of each of the fields in each of three events, extracted in this order.
local function answers(state, fields, data)
  local list = {}
  for number = 1, 3 do
    local shown = event(number, data)
    for _, field in ipairs(fields) do
      list[#list + 1] = (state:extract(shown, field))
    end
  end
  return list
end

for _, api in ipairs { 3, 0 } do
  local function start(fields, rest)
    return support.start(given.extractor(([[%s fields = (function()
      local last, calls, tointeger = 0, 0, math.tointeger
      return { %s }
    end)()]]):format(rest or "", fields)), { api = api })
  end

  describe(("a prefetched value (plugin API %d)"):format(api), function()
    -- x.set is called, for it sets an upvalue; x.last only reads it, and is evaluated directly.
    local SET = [[{ name = "x.set", type = "uint64", desc = "-", extract = function(v) last = tointeger(v); return last end },
      { name = "x.last", type = "uint64", desc = "-", extract = function() return last end },
      { name = "x.other", type = "uint64", desc = "-", extract = function() return last end }]]

    it("sees what a function before it has changed", function()
      assert.same({ 1, 1, 1, 2, 2, 2, 3, 3, 3 }, answers(start(SET), { "x.set", "x.last", "x.other" }))
      assert.same({ 0, 1, 1, 1, 2, 2, 2, 3, 3 }, answers(start(SET), { "x.last", "x.set", "x.other" }))
    end)

    it("sees what a function has changed that was called after the first request", function()
      local state = start(SET)
      for number = 1, 200 do
        local shown = event(number)
        assert.equal(number - 1, (state:extract(shown, "x.last")))
        assert.equal(number, (state:extract(shown, "x.set")))
        assert.equal(number, (state:extract(shown, "x.other")))
        assert.equal(number - 1, (state:extract(shown, "x.last"))) -- what every rule sees
      end
    end)

    it("needs no call of a function whose field is not requested", function()
      local state = start [[{ name = "x.count", type = "uint64", desc = "-", extract = function() calls = calls + 1; return calls end },
        { name = "x.eval", type = "string", desc = "-", extract = function(v) return v end },
        { name = "x.path", type = "string", desc = "-", path = "/a" }]]
      assert.same({ 1, "1" }, { (state:extract(event(1), "x.count")), (state:extract(event(1), "x.eval")) })
      for number = 2, 9 do
        assert.equal(tostring(number), (state:extract(event(number), "x.eval")))
        assert.is_nil((state:extract(event(number), "x.path")))
      end
      assert.equal(2, (state:extract(event(10), "x.count")))
    end)

    it("needs no call of decode for a function whose field is not requested", function()
      local state = start([[{ name = "x.eval", type = "uint64", desc = "-", extract = function(v) return v.count end },
        { name = "x.path", type = "uint64", desc = "-", path = "/a" }]], [[decode = (function()
          local count = 0
          return function() count = count + 1; return { count = count } end
        end)(),]])
      for number = 1, 5 do
        local shown = event(number, '{"a":' .. number .. "}")
        assert.equal(number, (state:extract(shown, "x.path")))
        if number == 1 or number == 5 then
          assert.equal(number == 1 and 1 or 2, (state:extract(shown, "x.eval")))
        end
      end
    end)

    it("is the field that it was for each argument", function()
      local state = start [[{ name = "x.arg", type = "string", desc = "-", arg = { index = true, key = true },
          extract = function(v, arg) return arg == 3 and "three" or arg or v end },
        { name = "x.at", type = "uint64", desc = "-", arg = { required = true, index = true }, path = "/*/n" }]]
      for number = 1, 4 do
        local shown = event(number, ('[{"n":%d},{"n":%d}]'):format(number, 10 * number))
        for _ = 1, 2 do
          assert.equal("three", (state:extract(shown, "x.arg[3]")))
          assert.equal("key" .. number % 2, (state:extract(shown, "x.arg[key" .. number % 2 .. "]")))
          assert.equal(number, (state:extract(shown, "x.at[0]")))
          assert.equal(10 * number, (state:extract(shown, "x.at[1]")))
          assert.is_nil((state:extract(shown, "x.at[2]")))
        end
      end
    end)

    it("is right, and memory is bounded, where no two requests are the same", function()
      local state = start [[{ name = "x.arg", type = "string", desc = "-", arg = { key = true },
        extract = function(v, arg) return arg end }]]
      for number = 1, 30 do
        local shown = event(number)
        for i = 1, 300 do
          local key = ("key %d of %d"):format(i, number)
          assert.equal(key, (state:extract(shown, "x.arg[" .. key .. "]")))
        end
      end
    end)

    it("is the new script's, once that has taken over", function()
      local function source(a, b)
        return given.source(([[open = function() return 0 end, next = function() return '{"a":1,"b":2}' end, fields = {
          { name = "x.a", type = "uint64", desc = "-", %s }, { name = "x.b", type = "uint64", desc = "-", %s } }]]):format(a, b))
      end
      local path, state = changing.start(source('path = "/a"', "extract = function() return 20 end"), { api = api })
      local instance = assert(state:open())
      local function next_values(...)
        local rc, events, message = instance:next_batch()
        assert.equal("success", rc, message)
        local list = {}
        for i, field in ipairs { ... } do list[i] = (state:extract(events[1], field)) end
        return list
      end
      assert.same({ 1, 20 }, next_values("x.a", "x.b"))
      assert.same({ 1, 20 }, next_values("x.a", "x.b"))
      changing.write(path, source("extract = (function() local n = 0 return function() n = n + 1 return n end end)()", 'path = "/b"'),
        "in place")
      assert.same({ 2 }, next_values("x.b"))
      assert.same({ 2, 1 }, next_values("x.b", "x.a"))
    end)
  end)
end

describe("a prefetched value", function()
  it("is evaluated again after set_config", function()
    local state = support.start(given.extractor [[fields = (function()
        local limit = 1
        set = function(config) limit = config.limit end
        return { { name = "x.a", type = "uint64", desc = "-", extract = function() return limit end },
          { name = "x.b", type = "uint64", desc = "-", extract = function() return limit end } }
      end)(), config = { limit = { type = "integer" } }, set_config = function(config) set(config) end]])
    assert.same({ 1, 1 }, { (state:extract(event(1), "x.a")), (state:extract(event(1), "x.b")) })
    local second = event(2)
    assert.equal(1, (state:extract(second, "x.a")))
    assert(state:set_config '{"limit": 7}')
    assert.same({ 1, 7 }, { (state:extract(second, "x.a")), (state:extract(second, "x.b")) })
  end)
end)
