-- AddressSanitizer sees who goes beyond memory of the library's own allocators, or comes too late. In other builds
-- nothing is known of it, and only that the memory can be had is tested.
local support = require "spec.support"

local parts = assert(package.loadlib(support.build .. "/spec/memoryparts.so", "luaopen_memoryparts"))()
local usable, poisoned = nil, nil
if parts.sanitized then
  usable, poisoned = "usable", "poisoned"
end

local SIZES = { 1, 7, 8, 15, 16, 17, 500, 511, 512, 513, 4000, 4096, 300000 }

describe("memory of the library's own", function()
  for _, size in ipairs(SIZES) do
    it(("ends behind %d bytes of a pool"):format(size), function()
      assert.same({ usable, poisoned }, { parts.pool(size) })
    end)

    it(("is gone when the pool takes %d bytes back, until it hands them out again"):format(size), function()
      assert.same({ poisoned, usable }, { parts.reset(size) })
    end)

    it(("ends behind a block of %d bytes for Lua"):format(size), function()
      assert.same({ usable, poisoned }, { parts.block(size) })
    end)

    it(("ends behind a block for Lua that has got %d bytes"):format(size), function()
      for _, before in ipairs(SIZES) do
        assert.same({ usable, poisoned }, { parts.resized(before, size) }, before)
      end
    end)
  end
end)
