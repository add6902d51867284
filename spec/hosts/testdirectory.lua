-- A directory for one test: scripts, copies of the library, captures.
--
-- It is in the build directory, which is at the same path in every host's root.

local busted = require "busted"

local folder = {}
folder.__index = folder

-- What a command prints, without the line's end.
local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("l")
  pipe:close()
  return text
end

folder.top = output_of("pwd")
folder.build = output_of("realpath -m " .. (os.getenv("LURE_BUILD") or "build"))

local function execute(command)
  assert(os.execute(command), "failed: " .. command)
end

--- `text` as one word of a shell's command line.
function folder.quote(text)
  return "'" .. tostring(text):gsub("'", [['\'']]) .. "'"
end

function folder.make()
  execute("mkdir -p " .. folder.quote(folder.build .. "/spec"))
  return setmetatable({ path = output_of("mktemp -d " .. folder.quote(folder.build .. "/spec/folder.XXXXXX")) }, folder)
end

function folder:remove()
  execute("rm -rf " .. folder.quote(self.path))
end

--- The path of the file `name` here.
function folder:file(name)
  return self.path .. "/" .. name
end

--- Writes a file, answers its path.
function folder:write(name, text)
  local file = assert(io.open(self:file(name), "w"))
  file:write(text)
  file:close()
  return self:file(name)
end

function folder:read(name)
  local file = io.open(self:file(name))
  local text = file and file:read("a") or ""
  if file then file:close() end
  return text
end

--- Copies `from`, a path in the repository or an absolute one, here. Answers the copy's path.
function folder:copy(from, name)
  local source = from:sub(1, 1) == "/" and from or folder.top .. "/" .. from
  execute(("cp %s %s"):format(folder.quote(source), folder.quote(self:file(name))))
  return self:file(name)
end

local libraries = {} -- the path of each, by release and name

-- Where the library is that runs in the root of a release.
local function path_of(library, release)
  local key = release .. "/" .. library
  if not libraries[key] then
    local script = folder.quote(folder.top .. "/spec/hosts/library")
    libraries[key] = output_of(("%s %s %s %s"):format(script, release, folder.quote(folder.build), library))
  end
  return assert(libraries[key], "no " .. library .. " for " .. release)
end

--- Copies one of lure's two libraries here, for the host of a release: one file has one identity.
function folder:library(library, release, name)
  return self:copy(path_of(library, release), name)
end

--- The command line that runs `command` where the host of a Debian release is.
function folder.in_root(release, command)
  local script = os.getenv("LURE_IN_ROOT") or folder.top .. "/spec/hosts/in-root"
  return ("%s %s %s"):format(folder.quote(script), release, command)
end

--- Stands for the tests of a host that is not here: a failure where CI says that everything must be.
function folder.declare_missing(what)
  local reason = ("no %s here: script/bootstrap makes a root with it"):format(what)
  if not os.getenv("CI") then return busted.pending(reason) end
  busted.it("is tested", function() error(reason, 0) end)
end

--- Runs a command line with this folder as its working directory, for at most half a minute.
-- Answers its exit status, the lines of its standard output, and the text of its standard error.
function folder:run(command, input)
  self:write("stdin", input or "")
  local line = "cd %s && timeout 30 %s <stdin >stdout 2>stderr"
  local _, _, status = os.execute(line:format(folder.quote(self.path), command))
  local lines = {}
  for text in self:read("stdout"):gmatch("[^\n]+") do
    lines[#lines + 1] = text
  end
  return { status = status, lines = lines, err = self:read("stderr") }
end

return folder
