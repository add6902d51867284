--- Pages of documentation whose commands specs run: their code blocks, and an empty folder to run them in.
--
-- Times of the day, durations, rates and sizes differ from run to run, and are compared as such only (`normalised`).
-- sysdig is that of Debian forky.

local folder = require "spec.hosts.testdirectory"
local support = require "spec.support"
local quote = support.quote

local pages = {}

pages.source = os.getenv("LURE_SOURCE") or "."

--- The text of a file of the source tree.
function pages.read(path)
  local file = assert(io.open(pages.source .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- The names in the rows of a list in C, sorted: ROW(IDENTIFIER, "name", ...).
function pages.names_in(path, row)
  local names = {}
  for name in pages.read(path):gmatch("\n%s*" .. row .. '%([%u%d_]+,%s*"([%w_]+)"') do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The code blocks of a page: { kind =, line =, text = }.
function pages.blocks(page)
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
function pages.commands(text)
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

function pages.has_sysdig()
  return os.execute(folder.in_root("forky", "sysdig --version") .. " >/dev/null 2>&1") == true
end

function pages.normalised(output)
  return (output:gsub("%d%d:%d%d:%d%d%.%d+", "TIME"):gsub("%d+%.%d+ seconds", "SECONDS")
    :gsub("%d+ events?/s, %d+%.%d+ s\n", "RATE\n"):gsub("%d+ bytes", "BYTES"))
end

--- A new empty folder to run commands in, with lure and sysdig in PATH: { path =, run = function(command) }.
-- `run` answers both outputs and the exit status; `save(name, text)` makes a file there.
function pages.place()
  local here = support.file("", "x/bin/sysdig"):match("^(.*)/x/bin/sysdig")
  local sysdig = assert(io.open(here .. "/x/bin/sysdig", "w"))
  sysdig:write(("#!/bin/bash\nexec %s \"$@\"\n"):format(folder.in_root("forky", "sysdig")))
  sysdig:close()
  support.run(("chmod +x %s/x/bin/sysdig && mkdir %s/empty"):format(quote(here), quote(here)))
  local function save(name, text)
    local file = assert(io.open(("%s/empty/%s"):format(here, name), "w"))
    file:write(text)
    file:close()
  end
  return { path = here .. "/empty", save = save, run = function(command)
    return support.run(("cd %s/empty && PATH=%s/x/bin:%s/bin:$PATH && { %s\n} </dev/null"):format(quote(here), quote(here),
      quote(folder.build), command))
  end }
end

return pages
