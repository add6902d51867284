-- The default time limit. A file of its own, since it takes those 10 seconds.
local given = require "spec.given"
local support = require "spec.support"

describe("a script that loops at its top level", function()
  it("is stopped after 10 seconds, where nothing limits it to less", function()
    local began, problem = os.clock(), nil
    support.capture_stderr(function() problem = given.problem("local n = 0\nwhile true do n = n + 1 end") end)
    given.holds(problem, "script.lua:2: stopped after 10", " s (limit: init_config.lure.time)")
    assert.is_true(os.clock() - began < 15)
  end)
end)
