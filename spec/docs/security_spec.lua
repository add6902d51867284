-- docs/security.md names what tests each promise.
local pages = require "spec.docs.pages"
local support = require "spec.support"

local page = pages.read("docs/security.md")

describe("docs/security.md", function()
  it("names for each promise what tests it, and that is there", function()
    local promises = 0
    local section = page:match("\n## What is promised\n(.-)\n## ")
    for row in section:gmatch("\n| ([^\n]+) |") do
      local tested = row:match("| (.*)$")
      if tested and not row:find("^promise") and not row:find("^%-") then
        promises = promises + 1
        local named = 0
        for path in tested:gmatch("`([sf][pu][ez][cz]/[%w_/.]*)`") do
          named = named + 1
          local _, status = support.run(("test -e %s/%s"):format(pages.source, path))
          assert.equal(0, status, path)
        end
        assert.is_true(named > 0, row)
      end
    end
    assert.is_true(promises >= 12)
  end)

  it("says how many fuzz targets there are: each has a C file, seeds, and a row that says what it checks", function()
    local targets = support.run(("ls %s/fuzz/seeds"):format(pages.source))
    local list, count = pages.read("fuzz/README.md"):match "\n| target | input |.-\n\n", 0
    for target in targets:gmatch "[^\n]+" do
      count = count + 1
      assert.is_truthy(list:find(("`%s`"):format(target), 1, true), target)
      assert.is_truthy(pages.read(("fuzz/%s.c"):format(target)):find("LLVMFuzzerTestOneInput", 1, true) or
        pages.read(("fuzz/%s.c"):format(target)):find("luatarget.h", 1, true), target)
      assert.is_truthy(pages.read("fuzz/CMakeLists.txt"):find("%f[%w_]" .. target .. "%f[^%w_]"), target)
    end
    assert.equal(count, tonumber(page:match "%*%*Fuzzing%.%*%* (%d+) targets"))
  end)

  it("says how often each fuzz target ran, and what mutants survive", function()
    assert.is_nil(page:find("@%u+@"))
  end)
end)
