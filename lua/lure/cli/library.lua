-- library: the real liblure.so, loaded for one script as a host does it; or any other plugin's library.

local host = require "lure.host"
local system = require "lure.system"
local report = require "lure.cli.report"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local library = {}

local names = { [3] = "liblure.so", [0] = "liblure-v0.so" }

-- Where the program is installed: its own file is PREFIX/bin/lure.
local function prefix() return (system.executable() or ""):match("^(.*)/[^/]*/[^/]*$") or "" end

-- The directories that may hold our libraries, best first.
local function directories()
  local named = os.getenv("LURE_LIBRARY")
  if named and named ~= "" then return { system.absolute(named):match("^(.*)/") } end
  return { prefix() .. "/lib", prefix() .. "/lib/lure" }
end

-- What a plugin can do, by its info: the names of its capabilities, in one order. (lure.host has them as a set; a spec
-- compares them.)
function library.capabilities(info)
  local able = {}
  for _, name in ipairs { "sourcing", "extraction", "parsing", "async", "listening" } do
    if info.capabilities[name] then able[#able + 1] = name end
  end
  return able
end

-- The directory with types of all that a script can use, for LuaLS.
function library.types() return prefix() .. "/share/lure/types" end

-- The path of the library for that plugin API; nil and where it should have been.
function library.find(api)
  local named = os.getenv("LURE_LIBRARY")
  if api == 3 and named and named ~= "" then return system.absolute(named) end
  local tried = {}
  for _, directory in ipairs(directories()) do
    local path = directory .. "/" .. names[api]
    if system.exists(path) then return path end
    tried[#tried + 1] = path
  end
  return nil, table.concat(tried, ", ")
end

-- The same, or the end of the command.
function library.path(api)
  local path, tried = library.find(api)
  if path then return path end
  stop.failed("%s not found (%s); install it there, or name it in LURE_LIBRARY", names[api], tried)
end

-- All lines of a text, without those that are empty, and without the tab that those behind the first begin with.
-- A problem of "1.lua" is told as one of "script 1.lua", for hosts that would take the digit for a version.
local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line:gsub("^\t", ""):gsub("^script (%d)", "%1") end
  return lines
end

-- The library answers what is wrong with the script in place of a version.
local function problems_of(message, detail)
  local answered = detail and detail.required_api_version
  if answered and answered ~= "" and not answered:match("^%d+%.%d+%.%d+$") then return lines_of(answered) end
  return lines_of(message)
end

-- What the script itself said while it was loaded is passed on; what the library said of the
-- problems is not, because the caller does.
local function pass_on(said, problems)
  local from, to = said:find(table.concat(problems, "\n\t"), 1, true)
  if #problems > 0 and from then
    local head = said:sub(1, from - 1):gsub("[^\n]*$", "")
    said = head .. said:sub(to + 1):gsub("^\n", "")
  end
  terminal.write_error(terminal.lines(said))
end

-- Is this the name of a plugin's library, and not of a script?
function library.is_plugin(path) return path:find("%.so[%d.]*$") ~= nil end

-- The library to load for `target`, and the environment for it.
local function chosen(target, api)
  if not library.is_plugin(target) then report.know(target, true) end
  if library.is_plugin(target) then return system.absolute(target), nil end
  return library.path(api), { LURE_SCRIPT = system.absolute(target), LURE_TRUST = "1" } -- a person has named it
end

-- Loads our library with the script `target`, or the plugin's library that it names.
-- nil: the list of problems, as "FILE:LINE: message".
-- `quiet`: what the script says meanwhile is dropped. `keeps_log`: what it logs later is for state:log(), and
-- not written to standard error.
function library.load(target, api, quiet, keeps_log)
  local path, env = chosen(target, api)
  system.hold_errors()
  local loaded, message, detail = host.load(path, { env = env, log_to_stderr = not keeps_log })
  local said = system.release_errors()
  local problems = loaded and {} or problems_of(message, detail)
  if not quiet then pass_on(said, problems) end
  if not loaded then return nil, problems end
  return loaded
end

-- Loads it once more in this process, for what it declares; nil: it does not load. Our library keeps what it has read
-- of a script until it is asked for another one: here for a directory, which is none.
function library.load_anew(target, api)
  local path, env = chosen(target, api)
  if env then host.load(path, { env = { LURE_SCRIPT = "/" } }) end
  return (host.load(path, { env = env }))
end

return library
