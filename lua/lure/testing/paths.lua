-- paths: files that a spec or a file of cases names.
--
--   paths.find("a.lua", "spec")      beside it, in the directory above, or in the working directory; nil: nowhere

local system = require "lure.system"

local paths = {}

function paths.find(path, directory)
  if path:sub(1, 1) == "/" then return path end
  for _, tried in ipairs { directory .. "/" .. path, directory .. "/../" .. path, path } do
    if system.exists(tried) then return tried end
  end
end

return paths
