-- programs: programs of specs, which scripts find instead of the system's.

local system = require "lure.system"

local programs = {}

local directory, path_before
local names = {}

-- A program `name` that comes first in PATH: a shell script, or what its "#!" says.
function programs.add(name, text)
  if not directory then
    local message
    directory, message = system.make_temporary()
    if not directory then error("program: " .. message, 0) end
    path_before = os.getenv "PATH" or "/usr/bin:/bin"
    system.set_environment("PATH", directory .. ":" .. path_before)
  end
  local path = directory .. "/" .. name
  local file, problem = io.open(path, "w")
  if not file then error("program: " .. problem, 0) end
  file:write(text:sub(1, 2) == "#!" and text or "#!/bin/sh\n" .. text)
  file:close()
  system.make_executable(path)
  names[#names + 1] = path
  return path
end

-- Removes them.
function programs.close()
  if not directory then return end
  for _, path in ipairs(names) do os.remove(path) end
  os.remove(directory)
  system.set_environment("PATH", path_before)
  directory, names = nil, {}
end

return programs
