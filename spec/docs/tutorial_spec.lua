-- docs/tutorial.md, command by command: each ```console block is run, each ```diff block is
-- applied to the file that its first line names, in an empty folder, in the order of the page.
--
-- Times of the day, durations, rates and sizes differ from run to run, and are compared as such only.
-- sysdig is that of Debian forky.

local folder = require "spec.hosts.folder"
local support = require "spec.support"
local quote = support.quote

local source = os.getenv("LURE_SOURCE") or "."

--- The blocks of the page: { kind =, line =, text = }.
local function blocks_of(page)
  local blocks, block, number = {}, nil, 0
  for line in page:gmatch("([^\n]*)\n") do
    number = number + 1
    local fence = line:match("^```(.*)")
    if block and fence then
      block = nil
    elseif fence then
      block = { kind = fence, line = number, text = "" }
      blocks[#blocks + 1] = block
    elseif block then
      block.text = block.text .. line .. "\n"
    end
  end
  return blocks
end

--- The commands of a console block and what each prints: { command =, output = }.
local function commands_of(text)
  local commands = {}
  for line in text:gmatch("([^\n]*)\n") do
    local command = line:match("^%$ (.*)")
    if command then
      commands[#commands + 1] = { command = command, output = "" }
    else
      commands[#commands].output = commands[#commands].output .. line .. "\n"
    end
  end
  return commands
end

local function has_sysdig()
  return os.execute(folder.in_root("forky", "sysdig --version") .. " >/dev/null 2>&1") == true
end

local function normalised(output)
  return (output:gsub("%d%d:%d%d:%d%d%.%d+", "TIME"):gsub("%d+%.%d+ seconds", "SECONDS")
    :gsub("%d+ events?/s, %d+%.%d+ s\n", "RATE\n"):gsub("%d+ bytes", "BYTES"))
end

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
  local blocks = blocks_of(read(source .. "/docs/tutorial.md"))
  local here -- the folder that was empty at the beginning

  setup(function()
    here = support.file("", "x/bin/sysdig"):match("^(.*)/x/bin/sysdig")
    write(here .. "/x/bin/sysdig", ("#!/bin/bash\nexec %s \"$@\"\n"):format(folder.in_root("forky", "sysdig")))
    support.run(("chmod +x %s/x/bin/sysdig && mkdir %s/empty"):format(quote(here), quote(here)))
  end)

  local function run(command)
    return (support.run(("cd %s/empty && PATH=%s/x/bin:%s/bin:$PATH && { %s\n} </dev/null"):format(quote(here), quote(here),
      quote(folder.build), command)))
  end

  it("has commands and edits", function() assert.is_true(#blocks > 15) end)

  for _, block in ipairs(blocks) do
    if block.kind == "diff" then
      it(("line %d: an edit"):format(block.line), function() apply(here .. "/empty", block.text) end)
    else
      for _, command in ipairs(commands_of(block.text)) do
        local name = ("line %d: %s"):format(block.line, command.command)
        if command.command:find("^sysdig") and not has_sysdig() then
          folder.declare_missing("sysdig of forky")
        else
          it(name, function() assert.equal(normalised(command.output), normalised(run(command.command))) end)
        end
      end
    end
  end
end)
