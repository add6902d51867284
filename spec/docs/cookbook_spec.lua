-- docs/cookbook.md: each script is saved under the name in its first line, has no findings, and its commands print what the
-- page shows; every recipe has both, and is in the list at the top. Configurations and rules are saved likewise. What is also
-- in examples/ is the same there.

local pages = require "spec.docs.pages"
local support = require "spec.support"

describe("docs/cookbook.md", function()
  local page = pages.read("docs/cookbook.md")
  local place

  setup(function() place = pages.place() end)

  --- An example, or its rules, as the page shows it, with the file's name in the first line; nil: it is none.
  local function example(name)
    local file = io.open(pages.source .. "/examples/" .. name)
    if not file then return nil end
    local text = file:read("a")
    file:close()
    if name:match "%.yaml$" then return ("# %s: rules for it\n%s"):format(name, text) end
    return (text:gsub("^(%-%- [%w_]+):", "%1.lua:"))
  end

  for _, block in ipairs(pages.blocks(page)) do
    if block.kind == "lua" then
      local name = block.text:match("^%-%- ([%w_]+%.lua): %S") or "a script without a name"
      it(("line %d: %s has no findings"):format(block.line, name), function()
        place.save(name, block.text)
        assert.equal(example(name) or block.text, block.text)
        assert.matches("no findings", place.run("lure check " .. support.quote(name)))
      end)
    elseif block.kind == "yaml" then
      local name = block.text:match("^# ([%w_]+%.yaml): %S") or "a file without a name"
      it(("line %d: %s is as in examples, if it is there"):format(block.line, name), function()
        place.save(name, block.text)
        assert.equal(example(name) or block.text, block.text)
      end)
    else
      for _, command in ipairs(pages.commands(block.text)) do
        it(("line %d: %s"):format(block.line, command.command), function()
          local output, status = place.run("exec 2>errors; " .. command.command)
          assert.equal(0, status, place.run("cat errors"))
          assert.equal(command.output, output)
        end)
      end
    end
  end

  it("lists its recipes, each with a script and commands", function()
    local recipes = 0
    for title, text in page:gsub("\n## ", "\0"):gmatch("\0([^\n]*)([^\0]*)") do
      recipes = recipes + 1
      assert.matches(("[%s](#%s)"):format(title, title:lower():gsub(" ", "-")), page, 1, true)
      assert.matches("\n```lua\n.*\n```console\n", text)
    end
    assert.is_true(recipes > 5)
  end)
end)
