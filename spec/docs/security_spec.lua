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

  it("says how often each fuzz target ran, and what mutants survive", function()
    assert.is_nil(page:find("@%u+@"))
  end)
end)
