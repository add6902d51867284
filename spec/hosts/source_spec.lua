local sysdig = require "spec.hosts.sysdig"

-- Twenty samples from 2 to 21: jitter is 0.
local source = [[./libdummy.so:{"start": 1, "maxEvents": 20}]]

sysdig.each("a source plugin", function(host)
  local dummy -- what stands behind -H for examples/dummy.lua

  before_each(function()
    dummy = host:with("dummy") .. [[:{"jitter": 0}]]
  end)

  it("has its fields printed and filtered, with the condition of Falco's guide", function()
    local result = host:run {
      plugins = { dummy }, source = source,
      format = "%evt.num %dummy.value %dummy.strvalue %dummy.divisible[3] %dummy.divisible[5]",
      filter = "evt.num > 0 and evt.num < 10 and dummy.divisible[3] = 1",
    }
    assert.same({ "2 3 3 1 0", "5 6 6 1 0", "8 9 9 1 0" }, result.lines)
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)

  it("shows each event as its to_string says", function()
    local result = host:run {
      plugins = { dummy }, source = source, format = "%evt.plugininfo", filter = "evt.num <= 2",
    }
    assert.same({ [[{"sample": "2"}]], [[{"sample": "3"}]] }, result.lines)
  end)

  it("ends when the script says so", function()
    local result = host:run { plugins = { dummy }, source = source, format = "%dummy.value" }
    assert.equal(20, #result.lines)
    assert.equal("21", result.lines[20])
    assert.equal(0, result.status)
  end)

  it("gives many events at once, each with the time it names", function()
    local ticks = host:with("ticks", [[
      local rest = 3
      return {
        name = "ticks", id = 997, version = "0.1.0", event_source = "ticks", description = "-", contact = "-",
        next = function()
          if rest == 0 then return nil end
          rest = rest - 1
          return { "a", "b", "c" }, 1700000000000000000 + rest
        end,
      }
    ]])
    local result = host:run { plugins = { ticks }, source = ticks, format = "%evt.num %evt.rawtime %evt.plugininfo" }
    assert.same({
      "1 1700000000000000002 a", "2 1700000000000000002 b", "3 1700000000000000002 c",
      "4 1700000000000000001 a", "5 1700000000000000001 b", "6 1700000000000000001 c",
      "7 1700000000000000000 a", "8 1700000000000000000 b", "9 1700000000000000000 c",
    }, result.lines)
  end)

  it("that has more events than one batch loses none", function()
    local many = host:with("many", [[
      return {
        name = "many", id = 997, version = "0.1.0", event_source = "many", description = "-", contact = "-",
        batch = { events = 7 },
        open = function() return { n = 0 } end,
        next = function(instance)
          instance.n = instance.n + 1
          if instance.n <= 2000 then return instance.n end
        end,
      }
    ]])
    local result = host:run { plugins = { many }, source = many, format = "%evt.num=%evt.plugininfo" }
    assert.equal(2000, #result.lines)
    for i, line in ipairs(result.lines) do assert.equal(("%d=%d"):format(i, i), line) end
  end)

  it("whose next throws now and then goes on, and the log says where", function()
    local shaky = host:with("shaky", [[
      local calls = 0
      return {
        name = "shaky", id = 997, version = "0.1.0", event_source = "shaky", description = "-", contact = "-",
        next = function()
          calls = calls + 1
          if calls % 2 == 0 then error("lost call " .. calls) end
          if calls < 6 then return calls end
        end,
      }
    ]])
    local result = host:run { plugins = { shaky }, source = shaky, format = "%evt.plugininfo" }
    assert.same({ "1", "3", "5" }, result.lines)
    assert.match("shaky.lua:6: next: lost call 2", result.err, 1, true)
  end)

  it("whose next always throws ends with its text", function()
    local broken = host:with("broken", [[
      return {
        name = "broken", id = 997, version = "0.1.0", event_source = "broken", description = "-", contact = "-",
        next = function() error("the disk is gone") end,
      }
    ]])
    local result = host:run {
      plugins = { broken .. [[:{"lure": {"max_errors": 2}}]] }, source = broken, format = "%evt.plugininfo",
    }
    assert.same({}, result.lines)
    assert.match("\nbroken.lua:3: next: the disk is gone", result.err, 1, true)
  end)

  it("that fails on purpose delivers what it had before", function()
    local failing = host:with("failing", [[
      local left = 2
      return {
        name = "failing", id = 997, version = "0.1.0", event_source = "failing", description = "-", contact = "-",
        next = function()
          left = left - 1
          if left < 0 then return nil, "the queue was closed" end
          return left
        end,
      }
    ]])
    local result = host:run { plugins = { failing }, source = failing, format = "%evt.plugininfo" }
    assert.same({ "1", "0" }, result.lines)
    assert.match("next: the queue was closed", result.err, 1, true)
  end)

  it("may be the lines of a file, opened in one line of Lua", function()
    host.folder:write("input.txt", "first\n\nthird\n")
    local lines = host:with("lines", [[
      return {
        name = "lines", id = 997, version = "0.1.0", event_source = "lines", description = "-", contact = "-",
        open = function(path) return io.lines(path) end,
        fields = { { name = "lines.text", type = "string", desc = "The line",
          extract = function(_, _, event) return event.data end } },
      }
    ]])
    local result = host:run { plugins = { lines }, source = lines .. ":input.txt", format = "[%lines.text]" }
    assert.same({ "[first]", "[]", "[third]" }, result.lines)
  end)
end)

sysdig.each("a source plugin", function(host)
  it("may be called by the name that its script gives it", function()
    local dummy = host:with("dummy")
    local result = host:run {
      plugins = { dummy .. [[:{"jitter": 0}]] }, source = [[dummy:{"start": 7, "maxEvents": 1}]],
      format = "%dummy.value",
    }
    assert.same({ "8" }, result.lines)
  end)
end, "3")
