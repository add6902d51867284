-- scripts: which script a word of the command line stands for.
--
-- The path of a script or of a plugin's library stands for itself, and so does what does not exist: who
-- loads it says so. A directory, as `lure new` makes it, stands for the script in it: the one that has the
-- directory's name, or the only one.

local system = require "lure.system"
local stop = require "lure.cli.stop"
local text = require "lure.cli.text"

local scripts = {}

-- What files that are scripts are called.
local SCRIPT = "%.lua$"

-- "mine" for "mine", "a/mine/" and, in that directory, "."; nil: there is no name, or it is hard to tell.
local function name_of(directory)
  local path = system.absolute(directory):gsub("/%.$", ""):gsub("/+$", "")
  return path:match("([^/]+)$")
end

local function inside(directory, name) return directory:gsub("/+$", "") .. "/" .. name end

-- The names of scripts in a directory, sorted; nil: it is none.
local function scripts_in(directory)
  local names = system.names(directory)
  if not names then return nil end
  local found = {}
  for _, name in ipairs(names) do
    if name:find(SCRIPT) and not name:find("^%.") then found[#found + 1] = name end
  end
  table.sort(found)
  return found
end

local function of_directory(directory, found)
  local own = (name_of(directory) or "") .. ".lua"
  for _, name in ipairs(found) do
    if name == own then return inside(directory, name) end
  end
  if #found == 1 then return inside(directory, found[1]) end
  if #found == 0 then stop.usage("%s is a directory without a script; expected %s in it", directory, own) end
  stop.usage("%s is a directory with several scripts (%s); say which: %s", directory, table.concat(found, ", "),
    inside(directory, found[1]))
end

-- What was probably meant by a path where there is nothing: the same name with ".lua", or a name like it.
local function nearest(path)
  local directory, name = path:match("^(.*/)([^/]*)$")
  directory, name = directory or "", name or path
  local names = {}
  for _, known in ipairs(system.names(directory == "" and "." or directory) or {}) do
    if known == name .. ".lua" then return directory .. known end
    if known:find(SCRIPT) or known:find("%.so$") then names[#names + 1] = known end
  end
  local known = text.nearest(name, names)
  return known and directory .. known
end

-- The path to load. A usage error where it is a directory that does not tell, or a misspelt name.
function scripts.named(word)
  local found = scripts_in(word)
  if found then return of_directory(word, found) end
  if not system.exists(word) then
    local meant = nearest(word)
    if meant then stop.usage('%s does not exist; did you mean "%s"?', word, meant) end
  end
  return word
end

return scripts
