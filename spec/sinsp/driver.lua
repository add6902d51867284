-- libsinsp, the framework inside Falco and sysdig, through a program of ours: main.cpp says what a scenario is.
--
--   driver.describe("a plugin", function(libsinsp)
--     it("...", function()
--       libsinsp:with("dummy")
--       assert.same({ "1 2" }, libsinsp:play [[
--         load a ./libdummy.so {"jitter": 0}
--         ...
--
-- Every test has a folder of its own, libsinsp.folder, with liblure.so in it.

local busted = require "busted"
local folder = require "spec.hosts.testdirectory"

local driver = {}

local release = "forky" -- whose libsinsp it is
local program = folder.build .. "/spec/sinsp/driver"
driver.program = program

--- Compiles it, if need be. False: libsinsp is not here.
function driver.build()
  if not os.execute(folder.in_root(release, "pkg-config --exists libsinsp 2>/dev/null")) then return false end
  local script = folder.quote(folder.top .. "/spec/sinsp/build")
  return assert(os.execute(folder.in_root(release, script .. " " .. folder.quote(program))), "it does not compile")
end

local libsinsp = {}

--- Describes something that libsinsp does.
function driver.describe(what, describe_it)
  busted.describe(what .. ", in libsinsp", function()
    if not driver.build() then return folder.declare_missing("libsinsp of " .. release) end
    busted.before_each(function()
      libsinsp.folder = folder.make()
      libsinsp.folder:library("liblure.so", release, "liblure.so")
    end)
    busted.after_each(function()
      libsinsp.folder:remove()
    end)
    describe_it(libsinsp)
  end)
end

--- Plays a scenario with the test's folder as working directory. Answers the lines that it prints, and the text
-- of its standard error.
function libsinsp:play(scenario)
  local commands = scenario:gsub("\n%s+", "\n"):gsub("^%s+", "")
  local result = self.folder:run(folder.in_root(release, folder.quote(program)), commands)
  assert(result.status == 0, ("the driver ended with status %s: %s"):format(result.status, result.err))
  return result.lines, result.err
end

--- Puts a copy of the library with a script of its name beside it into the folder: an example, or the script's text.
function libsinsp:with(name, text)
  self.folder:library("liblure.so", release, "lib" .. name .. ".so")
  if text then
    self.folder:write(name .. ".lua", text)
  else
    self.folder:copy("examples/" .. name .. ".lua", name .. ".lua")
  end
end

return driver
