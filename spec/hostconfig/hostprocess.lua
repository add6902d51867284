-- A process named falco, sysdig or otherwise, that loads the library, in a directory of its own.
--
--   local process = require "spec.hostconfig.hostprocess"
--   local here = process.folder()
--   here:script("a.lua", "a"); here:write("falco.yaml", "...")
--   local answer = here:falco("-c falco.yaml")   -- { version, name, source, init, text }

local support = require "spec.support"

local process = {}
process.__index = process

local quote = support.quote

--- A new folder with a copy of the library in it, liblure.so.
function process.folder()
  local path = support.run("mktemp -d"):gsub("\n", "")
  local folder = setmetatable({ path = path }, process)
  support.run(("cp %s %s"):format(quote(support.lib()), quote(path .. "/liblure.so")))
  folder.library = path .. "/liblure.so"
  return folder
end

function process:remove()
  support.run("rm -rf " .. quote(self.path))
end

--- Writes a file; `name` may hold folders.
function process:write(name, text)
  support.run("mkdir -p " .. quote((self.path .. "/" .. name):match("(.*)/")))
  local file = assert(io.open(self.path .. "/" .. name, "w"))
  file:write((text:gsub("@LIB@", self.library)))
  file:close()
end

--- Writes a script whose plugin is called `name`: a source of that name, or only a field, whose plugin may have
-- another name than its entry in Falco's configuration.
function process:script(path, name, is_source)
  self:write(path, is_source and ([[return {
  name = "%s", version = "1.0.0", id = 999, event_source = "%s",
  next = function() end,
}]]):format(name, name) or ([[return {
  name = "%s", version = "1.0.0",
  fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } },
}]]):format(name))
end

--- Runs the program `host` with these words, given as a shell has them, after `before` (assignments).
function process:run(host, words, before)
  local output = support.run(("cd %s && LOADER_LIBRARY=%s %s %s/spec/hostconfig/%s %s"):format(
    quote(self.path), quote(self.library), before or "", quote(support.run("realpath " .. quote(support.build)):gsub("\n", "")),
    host, words or ""))
  local lines = {}
  for line in output:gmatch("[^\n]*") do
    if not line:find("^lure: error: ") then lines[#lines + 1] = line end
  end
  return { text = output, version = lines[1], name = lines[2], source = lines[3],
    init = output:match("init: ([^\n]*)"), schema = output:match("schema: ([^\n]*)"), again = output:match("again: ([^\n]*)") }
end

function process:falco(words, before) return self:run("falco", words, before) end
function process:sysdig(words, before) return self:run("sysdig", words, before) end

return process
