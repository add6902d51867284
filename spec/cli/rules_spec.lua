local program = require "spec.cli.program"
local support = require "spec.support"
local lure = program.lure

describe("a plugin that breaks the rules of the plugin API", function()
  it("is at fault, and lure is not", function()
    local faulty = support.build .. "/spec/faulty_v3.so"
    local text = "against the rules of the plugin API, a host may crash: unexpected plugin ID in plugin event: plugin='faulty', "
      .. "expected_id=78, actual_id=12\n"
    local result = lure("run", faulty)
    assert.matches("\nlure: " .. text, result.err, 1, true)
    assert.equal(1, result.status)
    assert.matches("faulty_v3.so: " .. text, lure("check", faulty, "--run").out, 1, true)
  end)
end)
