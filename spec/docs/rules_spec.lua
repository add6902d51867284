-- docs/rules.md: each script, file of rules and file of cases is saved under the name in its first line, and each command
-- prints what the page shows.

local pages = require "spec.docs.pages"

describe("docs/rules.md", function()
  local place

  setup(function() place = pages.place() end)

  for _, block in ipairs(pages.blocks(pages.read("docs/rules.md"))) do
    if block.kind == "lua" or block.kind == "yaml" then
      local name = block.text:match "^[-#]+ ([%w_]+%.%l+): %S" or "a file without a name"
      it(("line %d: %s"):format(block.line, name), function() place.save(name, block.text) end)
    else
      for _, command in ipairs(pages.commands(block.text)) do
        it(("line %d: %s"):format(block.line, command.command), function()
          assert.equal(pages.normalised(command.output), pages.normalised((place.run(command.command))))
        end)
      end
    end
  end
end)
