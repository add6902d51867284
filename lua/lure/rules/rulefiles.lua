-- rulefiles: the files of rules that people name, and those in the folders that they name.
--
--   local files, folders = rulefiles.find({ "a.yaml", "rules.d" }, found)
--
-- As Falco does: of a folder the files called .yaml or .yml, sorted by name, not those in folders inside.

local system = require "lure.system"

local rulefiles = {}

local function is_yaml(path) return path:find "%.ya?ml$" ~= nil end

local function in_folder(folder, names)
  local files = {}
  for _, name in ipairs(names) do
    local path = folder:gsub("/+$", "") .. "/" .. name
    if is_yaml(name) and not system.names(path) then files[#files + 1] = path end
  end
  table.sort(files)
  return files
end

function rulefiles.find(named, found)
  local files, folders = {}, {}
  for _, path in ipairs(named) do
    local names = system.names(path)
    if names then
      folders[#folders + 1] = path
      local inside = in_folder(path, names)
      if #inside == 0 then found:add("error", {}, "%s: no file in it is called .yaml or .yml", path) end
      table.move(inside, 1, #inside, #files + 1, files)
    elseif is_yaml(path) then
      files[#files + 1] = path
    else
      found:add("error", {}, "%s: Falco takes only files called .yaml or .yml for rules; call it %s.yaml", path, path)
    end
  end
  return files, folders
end

return rulefiles
