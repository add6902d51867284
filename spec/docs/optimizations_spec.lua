-- docs/optimizations.md describes each optimization that there is, and says what it brings.
local pages = require "spec.docs.pages"

local page = pages.read("docs/optimizations.md")

--- The names in the order of src/script/optimizations.h.
local function names()
  local list = {}
  for name in pages.read("src/script/optimizations.h"):gmatch("\n    X%(([%w_]+), ") do list[#list + 1] = name end
  return list
end

local function sorted(list)
  table.sort(list)
  return list
end

describe("docs/optimizations.md", function()
  it("describes each optimization", function()
    local list = {}
    for name in page:gmatch("\n%*%*[%w ]+%*%* %(`([%w_]+)`%)") do list[#list + 1] = name end
    assert.same(sorted(names()), sorted(list))
  end)

  it("says of each how many lines it has, what tests it, and what it brings", function()
    local list = {}
    for name in page:gmatch("\n| `([%w_]+)` | %d+ | `[^|]+` | [^|]+ | [^|]+ | [^|]+ |") do list[#list + 1] = name end
    assert.same(sorted(names()), sorted(list))
  end)
end)
