-- A host that forks while another thread holds a lock of a library that lure brings with it (heldlocks.c).
local support = require "spec.support"

-- the sanitizers' own locks are not free in a forked child
local sanitized = support.build:find "asan" or support.build:find "tsan"

describe("a forked child", function()
  for _, mutex in ipairs { "key slots", "random numbers", "global data" } do
    local test = sanitized and function() end or it
    test(("can use Mbed TLS where another thread held its lock of %s"):format(mutex), function()
      local output, status = support.run(("exec %s/spec/heldlocks %s"):format(support.build, support.quote(mutex)))
      assert.same({ 0, "" }, { status, output })
    end)
  end

  it("makes other keys than its parent", function()
    local output, status = support.run(("exec %s/spec/heldlocks numbers"):format(support.build))
    assert.same({ 0, "" }, { status, output })
  end)

  it("can use libcurl, whose lock nobody held: it has none", function()
    local output, status = support.run(("exec %s/spec/heldlocks libcurl"):format(support.build))
    assert.same({ 0, "" }, { status, output })
  end)
end)
