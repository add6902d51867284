-- docs/tutorial.md, command by command: each ```console block is run, each ```diff block is
-- applied to the file that its first line names, in an empty folder, in the order of the page.

local folder = require "spec.hosts.testdirectory"
local pages = require "spec.docs.pages"

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

--- Applies a diff block: what it has without "+" stands once in the file, and becomes what it has without "-".
local function apply(here, text)
  local name, body = text:match("^%-%-%- ([^\n]*)\n(.*)$")
  local before, after = "", ""
  for sign, line in body:gmatch("([ +-]?)([^\n]*)\n") do
    if sign ~= "+" then before = before .. line .. "\n" end
    if sign ~= "-" then after = after .. line .. "\n" end
  end
  local file = read(here .. "/" .. name)
  local from, to = file:find(before, 1, true)
  assert(from, name .. " does not have:\n" .. before)
  assert.is_nil(file:find(before, to, true), name .. " has it more than once")
  write(here .. "/" .. name, file:sub(1, from - 1) .. after .. file:sub(to + 1))
end

describe("docs/tutorial.md", function()
  local blocks = pages.blocks(pages.read("docs/tutorial.md"))
  local place -- the folder that was empty at the beginning

  setup(function() place = pages.place() end)

  it("has commands and edits", function() assert.is_true(#blocks > 15) end)

  for _, block in ipairs(blocks) do
    if block.kind == "diff" then
      it(("line %d: an edit"):format(block.line), function() apply(place.path, block.text) end)
    else
      for _, command in ipairs(pages.commands(block.text)) do
        local name = ("line %d: %s"):format(block.line, command.command)
        if command.command:find("^sysdig") and not pages.has_sysdig() then
          folder.declare_missing("sysdig of forky")
        else
          it(name, function()
            assert.equal(pages.normalised(command.output), pages.normalised((place.run(command.command))))
          end)
        end
      end
    end
  end
end)
