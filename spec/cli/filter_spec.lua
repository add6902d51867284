-- lure run --filter (lua/lure/cli/eventfilter.lua). What conditions are of events is told by spec/rules.

local program = require "spec.cli.program"
local lure, script = program.lure, program.script

local function run(condition, ...) return lure("run", program.dummy, "--config", '{"jitter": 0}', "--filter", condition, ...) end

describe("lure run --filter", function()
  it("prints the events of which the condition is true, and tells of how many", function()
    local result = run("dummy.value in (3, 5) or dummy.strvalue startswith 2", "-p", "%evt.num %dummy.value")
    assert.same({ "1 2", "2 3", "4 5", "19 20", "20 21" }, result.lines)
    assert.matches("^5 of 20 events, %d+ events/s, %d+%.%d%d%d s\n$", result.err)
    assert.equal(0, result.status)
  end)

  it("stops after so many that were printed with -n", function()
    local result = run("dummy.divisible[3] = 1", "-n", "2", "-p", "%dummy.value")
    assert.same({ "3", "6" }, result.lines)
    assert.matches("^2 of 5 events, ", result.err)
  end)

  it("compares times since the first event, that it was asked of or not", function()
    local times = script [[open = function()
      local i = 0
      return function() i = i + 1; if i < 5 then return "x", 1700000000000000000 + i * 1000000000 end end
    end]]
    assert.same({ "3", "4" }, lure("run", times, "-p", "%evt.num", "--filter", "evt.num > 2 and evt.reltime.s >= 2").lines)
    assert.same({ "4" }, lure("run", times, "-p", "%evt.num", "--filter", "evt.num > 3 and evt.deltatime = 1000000000").lines)
  end)

  it("refuses a wrong condition, and says where", function()
    for condition, message in pairs {
      ["dummy.value = "] = "lure: %-%-filter: column 15: expected a value",
      ["dummy.value =\n  dummy value"] = "lure: %-%-filter: line 2, column 9: expected \"and\" or \"or\", got \"value\"",
      ["dummy.valeu = 1"] = 'lure: %-%-filter: column 1: no field "dummy.valeu"; did you mean "dummy.value"%?',
      ["dummy.value = one"] = 'lure: %-%-filter: column 15: dummy.value =: "one" is no number',
      [""] = "lure: %-%-filter: column 1: the condition is empty",
    } do
      local result = run(condition)
      assert.equal(2, result.status, condition)
      assert.matches(message, result.err)
      assert.equal("", result.out)
    end
  end)

  it("ends where a pattern takes too long, which it does not in RE2", function()
    local long = script [[open = function() return { ("a"):rep(60) .. "b" } end,
      next = function(i) return table.remove(i) end]]
    local result = lure("run", long, "--filter", "evt.plugininfo regex '((a|a)*)*'")
    assert.matches('lure: %-%-filter: regex ".-": stopped after a second of trying other ways; RE2 does not', result.err)
    assert.equal(1, result.status)
  end)

  it("tells of what is hardly meant", function()
    local result = run("dummy.strvalue = dummy.value", "-n", "1")
    assert.matches('lure: %-%-filter: column 18: "dummy.value" is compared as a text; write val%(dummy.value%)', result.err)
    assert.equal(0, result.status)
  end)
end)
