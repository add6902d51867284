-- The example of each module in docs/reference.md prints what stands behind it.

local given = require "spec.given"
local pages = require "spec.docs.pages"

local reference = pages.read("docs/reference.md")

describe("docs/reference.md", function()
  for _, module in ipairs { "time", "ip" } do
    it(("has an example of lure.%s that prints what it says"):format(module), function()
      local section = reference:match("\n## lure%." .. module .. "\n(.-)\n## ")
      local example = section:match("```lua\n(.-)```")
      local expected = {}
      for text in example:gmatch("%-%-> ([^\n]*)") do expected[#expected + 1] = text end
      assert.is_true(#expected > 3)
      local printed = given.evaluator()([[local lines = {}
        local function print(...)
          local line = table.pack(...)
          for i = 1, line.n do line[i] = tostring(line[i]) end
          lines[#lines + 1] = table.concat(line, "\t")
        end
        ]] .. example .. [[ return table.concat(lines, "\n")]])
      assert.equal(table.concat(expected, "\n"), printed)
    end)
  end
end)
