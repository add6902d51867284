local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function opened(body, options, rest)
  return given.opened(given.source((rest or "") .. " produce = function(params, emit)\n" .. body .. "\nend"), options)
end

local ONE_ERROR = { config = '{"lure": {"max_errors": 1}}' }

for _, api in ipairs { 3, 0 } do
  describe("produce in plugin API " .. api, function()
    it("is a source from its first line to its last", function()
      local instance = opened([[emit(1)
        lure.sleep(0.001)
        emit("two", 22)
        for n = 3, 5 do emit(n) end]], { api = api })
      assert.same({ { "1", "two", "3", "4", "5" }, "eof" }, { given.patiently(instance) })
      assert.equal("eof", (instance:next_batch()))
    end)

    it("goes on in the next batch where one is full, by events or bytes", function()
      for _, limit in ipairs { "events = 3", "bytes = 20" } do
        local instance = opened('for n = 1, 10 do emit(("x"):rep(7)) end',
          { api = api }, "batch = { " .. limit .. " },")
        local sizes = {}
        for i = 1, 4 do
          local rc, events = instance:next_batch()
          sizes[i] = rc == "success" and #events or rc
        end
        assert.same(limit == "events = 3" and { 3, 3, 3, 1 } or { 2, 2, 2, 2 }, sizes)
      end
    end)

    it("gets the parameters", function()
      assert.same({ { "a b" }, "eof" }, { given.patiently(opened("emit(params)", { api = api, params = "a b" })) })
    end)

    it("hands over an event when it waits, before the wait is over", function()
      local instance = opened("emit(1) emit(2) lure.sleep(1e6)", { api = api })
      local list = {}
      repeat
        for _, event in ipairs(select(2, instance:next_batch())) do list[#list + 1] = event.data end
      until #list == 2
      assert.equal("timeout", (instance:next_batch()))
      instance:close()
    end)

    it("that throws begins again, after a pause; what came before is delivered", function()
      local instance = opened([[n = (n or 0) + 1
        emit(n)
        if n < 3 then error("oh") end]], { api = api })
      assert.same({ { "1", "2", "3" }, "eof" }, { given.patiently(instance) })
    end)

    it("that throws too often is the source's failure", function()
      local instance = opened('error("oh")', { api = api, config = '{"lure": {"max_errors": 2}}' })
      assert.same({ {}, "failure", "script.lua:4: produce: oh (error 2 in a row; limit: init_config.lure.max_errors)" },
        { given.patiently(instance) })
    end)

    it("that returns nil and a text fails at once", function()
      local instance = opened('emit(1) return nil, "no disk"', { api = api })
      assert.same({ { "1" }, "failure", "script.lua:3: produce: no disk" }, { given.patiently(instance) })
    end)
  end)
end

describe("emit", function()
  it("gives an event its time", function()
    local instance = opened("emit('a', 1234567890) emit('b')")
    local _, events = instance:next_batch()
    assert.equal(1234567890, events[1].ts)
  end)

  it("has room again after the host has asked, for all tasks that wait for it, in their order", function()
    local instance = opened([[local tasks = {}
      for n = 1, 6 do tasks[n] = lure.spawn(emit, n) end
      for _, task in ipairs(tasks) do task:join() end]], nil, "batch = { events = 2 },")
    assert.same({ { "1", "2", "3", "4", "5", "6" }, "eof" }, { given.patiently(instance) })
  end)

  for what, expected in pairs {
    ["emit()"] = "emit: expected a payload (a string or an integer), got nil",
    ["emit({})"] = "emit: expected a payload (a string or an integer), got table",
    ["emit(1.5)"] = "emit: expected a payload (a string or an integer), got number 1.5",
    ["emit('a', 'b')"] = 'emit: expected the time as an integer of nanoseconds from 0 behind the payload, got string "b"',
    ["emit('a', -1)"] = "emit: expected the time as an integer of nanoseconds from 0 behind the payload, got integer -1",
    ["string.gsub('a', 'a', emit)"] = "emit: cannot wait in a function that is called by C",
  } do
    it("refuses " .. what, function()
      local _, _, message = given.patiently(opened(what, ONE_ERROR))
      given.holds(message, "script.lua:4: ", "produce: ", expected)
    end)
  end

  it("is refused outside of the source, and when it is closed", function()
    local instance, plugin = given.opened(given.source [[produce = function(_, emit)
        kept = kept or emit
        kept(1)
        lure.sleep(1e6)
      end, fields = { { name = "x.y", type = "string", desc = "-", extract = function() kept(1) end } }]], ONE_ERROR)
    repeat local _, events = instance:next_batch() until #events > 0
    local _, message = plugin:extract(support.event("1"), "x.y")
    given.holds(message, "emit: cannot wait here")
    instance:close()
    instance = assert(plugin:open())
    _, _, message = given.patiently(instance)
    given.holds(message, "emit: only the tasks of its event source can emit, while that is open")
  end)
end)

describe("produce", function()
  it("points to its second parameter where lure.emit gets a line", function()
    for _, api in ipairs { 3, 0 } do
      local instance = opened('lure.emit("a line")', { api = api, config = ONE_ERROR.config })
      given.holds(select(3, given.patiently(instance)), "script.lua:4: produce: ", "what produce gets as its second parameter")
    end
  end)

  for _, key in ipairs { "open", "next", "close" } do
    it("is refused beside " .. key, function()
      given.holds(given.problem(given.source("produce = print, " .. key .. " = print")),
        key .. " beside produce, which stands for open, next and close; leave one of them out")
    end)
  end

  it("needs an id", function()
    given.holds(given.problem(given.extractor "produce = print"), "produce without id and event_source")
  end)
end)
