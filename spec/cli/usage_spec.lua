local program = require "spec.cli.program"
local lure = program.lure

local function refused(...)
  local result = lure(...)
  assert.equal(2, result.status)
  assert.equal("", result.out)
  return result.err
end

describe("the command line", function()
  it("--version tells lure's version and Lua's", function()
    local result = lure("--version")
    assert.matches("^lure %d+%.%d+%.%d+, Lua 5%.4%.%d+\n$", result.out)
    assert.equal(0, result.status)
  end)

  it("--help lists the commands, and so does nothing at all, as an error", function()
    assert.matches("run .*check ", lure("--help").out)
    assert.equal(lure("--help").out, lure("help").out)
    assert.equal(lure("--help").out, refused())
  end)

  it("has help with examples for every command, in two ways", function()
    for _, command in ipairs { "run", "check" } do
      local result = lure("help", command)
      assert.matches("^usage: lure " .. command, result.out)
      assert.matches("\n  lure " .. command .. " examples/dummy.lua", result.out)
      assert.matches("Exit status", result.out)
      assert.equal(0, result.status)
      assert.equal(result.out, lure(command, "--help").out)
    end
  end)

  it("suggests the nearest command and option", function()
    assert.equal('lure: unknown command "chek"; did you mean "check"?; see: lure --help\n', refused("chek"))
    assert.matches('unknown option "%-%-jsn"; did you mean "%-%-json"%?; see: lure run %-%-help',
      refused("run", "x.lua", "--jsn"))
    assert.matches('unknown option "%-z";', refused("run", "x.lua", "-z"))
  end)

  it("says which value is missing or wrong", function()
    assert.matches("%-%-config needs a value: %-%-config JSON", refused("run", "x.lua", "--config"))
    assert.matches('%-n: expected a number from 1, got "0"', refused("run", "x.lua", "-n", "0"))
    assert.matches('%-n: expected a number from 1, got "many"', refused("run", "x.lua", "-n", "many"))
    assert.matches("%-%-json takes no value", refused("run", "x.lua", "--json=1"))
    assert.matches('%-%-api: expected 3 or 0.3, got "7"', refused("check", "x.lua", "--api", "7"))
  end)

  it("takes one script", function()
    assert.matches("run: which script%?", refused("run"))
    assert.matches('one script at a time; got "a.lua" and "b.lua"', refused("run", "a.lua", "b.lua"))
  end)

  it("takes options before and behind the script, with a space or an equals sign, until --", function()
    local expected = { "2", "3" }
    assert.same(expected, lure("run", "-n", "2", program.dummy, "--config", '{"jitter":0}', "-p", "%dummy.value").lines)
    assert.same(expected,
      lure("run", "-n", "2", '--config={"jitter":0}', "-p", "%dummy.value", "--", program.dummy).lines)
  end)
end)
