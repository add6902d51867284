-- The rows of spec/mutants stay true to the sources, and the record of them to the rows. script/mutants applies them.

local list = require "spec.mutants.list"
local pages = require "spec.docs.pages"
local support = require "spec.support"

local function exists(path)
  local file = io.open(pages.source .. "/" .. path)
  return file and file:close()
end

describe("a mutant", function()
  local rows = list.rows()

  it("can be applied to the present code: its old text is there once", function()
    for _, row in ipairs(rows) do
      local text, why = list.apply(row, pages.read(row.file))
      assert.is_truthy(text, why)
      assert.not_equal(row.old, row.new, row.name)
    end
  end)

  it("is none that is there already", function()
    local names, faults = {}, {}
    for _, row in ipairs(rows) do
      local fault = table.concat({ row.file, row.old, row.new }, "\0")
      assert.is_nil(names[row.name], row.name)
      assert.is_nil(faults[fault], row.name)
      names[row.name], faults[fault] = true, true
    end
  end)

  it("says of what kind it is, what it breaks, and where that is to be seen", function()
    local kinds = {}
    for _, kind in ipairs(list.kinds) do kinds[kind] = true end
    for _, row in ipairs(rows) do
      assert.is_true(kinds[row.kind], row.name .. ": " .. tostring(row.kind))
      assert.is_string(row.breaks, row.name)
      assert.is_truthy(list.builds[row.build or "asan"], row.name)
      assert.is_truthy(not row.spec or exists(row.spec), ("%s: there is no %s"):format(row.name, row.spec))
    end
  end)

  it("is in the file of its directory", function()
    for _, directory in ipairs(list.directories) do
      for _, row in ipairs(require("spec.mutants." .. directory)) do
        assert.equal(directory, row.file:match("^src/(%w+)/"), row.name)
      end
    end
    local files = support.run("cd " .. support.quote(pages.source) .. " && ls spec/mutants"):gsub("%f[%w]list%.lua\n", "")
      :gsub("rows_spec%.lua\n", "")
      :gsub("tried\n", "")
    local expected = table.move(list.directories, 1, #list.directories, 1, {})
    table.sort(expected)
    assert.equal(table.concat(expected, ".lua\n") .. ".lua\n", files)
  end)

  it("that was tried is in the record, and did not survive but for a reason", function()
    local tried, by_name = list.read_tried(pages.read(list.record)), {}
    for _, row in ipairs(rows) do by_name[row.name] = row end
    for name, outcome in pairs(tried) do
      assert.is_truthy(by_name[name], name .. " is no row (any more)")
      assert.equal(by_name[name].survives and "survived" or "caught", outcome, name)
    end
  end)

  it("is counted where the documents say how many were tried", function()
    local tried, counts = list.read_tried(pages.read(list.record)), { caught = 0, survived = 0 }
    for _, outcome in pairs(tried) do counts[outcome] = counts[outcome] + 1 end
    for _, page in ipairs { "docs/security.md", "CONTRIBUTING.md" } do
      local told = { pages.read(page):gsub("%s+", " "):match "Of (%d+) that were tried specs notice (%d+), and (%d+) survive" }
      assert.same({ counts.caught + counts.survived, counts.caught, counts.survived },
        { tonumber(told[1]), tonumber(told[2]), tonumber(told[3]) }, page)
    end
  end)

  it("is one of at least 60, of which at least 55 of 60 do not survive", function()
    local survivors = 0
    for _, row in ipairs(rows) do survivors = survivors + (row.survives and 1 or 0) end
    assert.is_true(#rows >= 60)
    assert.is_true(60 * (#rows - survivors) >= 55 * #rows)
  end)
end)
