-- The poller (src/task/poller.h), without tasks around it.
local support = require "spec.support"

local parts = assert(package.loadlib(support.build .. "/spec/pollerparts.so", "luaopen_pollerparts"))()

describe("a poller", function()
  it("does not call a watch that another one has removed, though both were ready", function()
    local calls, calls_of_removed = parts.remove()
    assert.same({ 1, 0 }, { calls, calls_of_removed })
  end)

  it("calls deadlines that set themselves again at once 1024 times in one go, and not for ever", function()
    assert.equal(1023, parts.reach(1023))
    assert.equal(1024, parts.reach(1024))
    assert.equal(1024, parts.reach(1025))
    assert.equal(1024, parts.reach(1000000))
  end)

  it("waits until the time has come, of which it rounds no part of a millisecond away", function()
    for nanoseconds = 300000, 2100000, 300000 do
      assert.equal(0, parts.wait(nanoseconds))
    end
  end)
end)
