-- The memory budget of a plugin state, at its bound and one byte past it (src/base/memorybudget.h, freelists.h).
local support = require "spec.support"

local parts = assert(package.loadlib(support.build .. "/spec/memoryparts.so", "luaopen_memoryparts"))()

local LARGE = 1 << 30
-- around what the C library needs for itself, its pages, and blocks that are mapped
local SIZES = { 1, 24, 25, 40, 41, 131055, 131056, 131072, 262143, 262144, 4194303, 4194304, 5000000 }

describe("the memory budget", function()
  for _, size in ipairs(SIZES) do
    it(("has room for a block of %d bytes with its cost, and with a byte less it has none"):format(size), function()
      local fits, cost, left = parts.taken(LARGE, size)
      assert.is_true(fits and cost >= size + 8 and left == 0)
      assert.same({ true, cost, 0 }, { parts.taken(cost, size) })
      assert.same({ false, 0, 0 }, { parts.taken(cost - 1, size) })
    end)

    it(("has %d bytes for a block that gets another size, and what does not fit changes nothing"):format(size), function()
      for _, from in ipairs(SIZES) do
        local _, before = parts.taken(LARGE, from)
        local _, cost = parts.taken(LARGE, size)
        local least, most = before, before + cost -- a block is charged twice while it may have to be copied
        assert.is_true((parts.grown(most, from, size)), from)
        while least < most do
          local middle = (least + most) // 2
          if parts.grown(middle, from, size) then most = middle else least = middle + 1 end
        end
        assert.is_true(least >= math.max(before, cost), from)
        assert.same({ true, cost, 0 }, { parts.grown(least, from, size) }, from)
        if least > before then assert.same({ false, before, 0 }, { parts.grown(least - 1, from, size) }, from) end
      end
    end)
  end

  it("is one for the state and its tables", function()
    assert.same({ true, 1000, 0 }, { parts.both(1000, 400, 600) })
    assert.same({ false, 400, 0 }, { parts.both(1000, 400, 601) })
    assert.same({ true, 1000, 0 }, { parts.both(1000, 1000, 0) })
    assert.same({ false, 600, 0 }, { parts.both(1000, 1001, 600) })
    assert.same({ false, 0, 0 }, { parts.both(1000, math.maxinteger, math.maxinteger) })
  end)

  it("has the room of garbage, too", function()
    assert.same({ true, 1000, 1000 }, { parts.collected(1000, 1000) })
    assert.same({ false, 0, 0 }, { parts.collected(1000, 1001) })
    assert.same({ true, 1000, 1000 }, { parts.collected(1000, 900) }) -- where it fits nothing is collected
  end)
end)

describe("small blocks for Lua", function()
  for _, size in ipairs { 24, 40, 56, 520 } do
    it(("of %d bytes are cut from a chunk, which alone is charged until it is used up"):format(size), function()
      local fit = parts.chunk // size
      local _, block = parts.taken(LARGE, size)
      local chunk = fit > 0 and select(2, parts.taken(LARGE, parts.chunk)) or 0 -- none with AddressSanitizer
      assert.same({ true, chunk, 0 }, { parts.cut(LARGE, size, fit) })
      assert.same({ true, chunk + block, 0 }, { parts.cut(chunk + block, size, fit + 1) })
      assert.same({ false, chunk, 0 }, { parts.cut(chunk + block - 1, size, fit + 1) })
    end)
  end

  it("are blocks of their own where a chunk is over the limit", function()
    local _, block = parts.taken(LARGE, 24)
    assert.same({ true, 2 * block, 0 }, { parts.cut(2 * block, 24, 2) })
    assert.same({ false, block, 0 }, { parts.cut(2 * block - 1, 24, 2) })
  end)
end)
