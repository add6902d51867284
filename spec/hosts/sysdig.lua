-- sysdig as a person starts it, in the two versions that lure has a library for.
--
--   sysdig.each("a source plugin", function(host)
--     it("...", function()
--       host.folder:write("dummy.lua", "return { ... }")
--       local result = host:run({ plugins = { "./liblure.so" }, source = "dummy", format = "%evt.num" })
--
-- Every test has a folder of its own, with the library of its host in it.

local busted = require "busted"
local folder = require "spec.hosts.testdirectory"

local sysdig = {}

local host_class = {}
host_class.__index = host_class

local hosts = {
  { release = "bookworm", library = "liblure-v0.so", api = "0.3.0" },
  { release = "forky", library = "liblure.so", api = "3" },
}

local function version_of(host)
  local pipe = assert(io.popen(folder.in_root(host.release, "sysdig --version 2>&1")))
  local text = pipe:read("a")
  pipe:close()
  return text:match("sysdig version (%S+)")
end

--- Describes something for both hosts. `only`, optional, is the plugin API ("0.3.0" or "3") of the one it is for.
function sysdig.each(what, describe_it, only)
  for _, properties in ipairs(hosts) do
    if only == nil or only == properties.api then
      local host = setmetatable({}, host_class)
      for key, value in pairs(properties) do host[key] = value end
      host.version = version_of(host)
      busted.describe(("%s, in sysdig %s"):format(what, host.version or "of " .. host.release), function()
        if not host.version then return folder.declare_missing("sysdig of " .. host.release) end
        busted.before_each(function()
          host.folder = folder.make()
          host:copy_library(host.library)
        end)
        busted.after_each(function()
          host.folder:remove()
        end)
        describe_it(host)
      end)
    end
  end
end

local function add(words, ...)
  for _, word in ipairs { ... } do
    words[#words + 1] = folder.quote(word)
  end
end

--- Runs sysdig with
--   plugins   list of what stands behind -H: NAME-OR-PATH[:INIT_CONFIG]
--   source    what stands behind -I: NAME-OR-PATH[:OPEN_PARAMS]; sysdig 0.29 wants it as it stands behind -H
--   read      a capture to read, -r; write: one to write, -w
--   format    -p; filter: the condition, the last word
--   more      list of further words; env: table of environment variables
-- Answers { status, lines (of standard output), err (standard error) }.
function host_class:run(options)
  local words = { "env" }
  for name, value in pairs(options.env or {}) do add(words, name .. "=" .. value) end
  add(words, "sysdig")
  for _, plugin in ipairs(options.plugins or {}) do add(words, "-H", plugin) end
  if options.source then add(words, "-I", options.source) end
  if options.read then add(words, "-r", options.read) end
  if options.write then add(words, "-w", options.write) end
  if options.format then add(words, "-p", options.format) end
  add(words, table.unpack(options.more or {}))
  if options.filter then add(words, options.filter) end
  return self.folder:run(folder.in_root(self.release, table.concat(words, " ")))
end

--- Copies the library for this host into the test's folder, as `name`.
function host_class:copy_library(name)
  self.folder:library(self.library, self.release, name)
end

--- Copies the host's library as `name`, and an example or a script's text beside it where the
-- neighbour rule finds it. `sysdig:with("dummy")`: libdummy.so and dummy.lua.
function host_class:with(name, text)
  self:copy_library("lib" .. name .. ".so")
  if text then
    self.folder:write(name .. ".lua", text)
  else
    self.folder:copy("examples/" .. name .. ".lua", name .. ".lua")
  end
  return "./lib" .. name .. ".so"
end

return sysdig
