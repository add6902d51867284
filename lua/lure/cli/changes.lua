-- changes: tells that files have changed.
--
-- Files are looked at by their stamps: that works where editors rename, on every file system, and costs next to
-- nothing ten times a second.

local system = require "lure.system"

local changes = {}

local INTERVAL = 0.05

function changes.directory_of(path) return system.absolute(path):match("^(.*)/") end

-- The files, and every Lua file beside the scripts: one of them may be the module that is missing.
function changes.with_neighbours(files, scripts)
  local known = {}
  for _, path in ipairs(files) do known[path] = true end
  for _, script in ipairs(scripts) do
    local directory = changes.directory_of(script)
    for _, name in ipairs(system.names(directory) or {}) do
      if name:find("%.lua$") then known[directory .. "/" .. name] = true end
    end
  end
  local all = {}
  for path in pairs(known) do all[#all + 1] = path end
  table.sort(all)
  return all
end

-- One text for all the files, another one when one of them has changed.
function changes.stamps(files)
  local told = {}
  for i, path in ipairs(files) do told[i] = system.stamp(path) or "-" end
  return table.concat(told, "\n")
end

-- Looks at files; has see(files [, stamps that they had before]) and changed(), which answers true once for each
-- change that is the same in two looks, so that nobody reads a file of which an editor has written half.
function changes.watcher()
  local list, known, seen, next_look = {}, "", nil, 0
  local watcher = {}

  function watcher.see(files, before) list, known, seen = files, before or changes.stamps(files), nil end

  function watcher.changed()
    local now = system.seconds()
    if now < next_look then return false end
    next_look = now + INTERVAL
    local look = changes.stamps(list)
    if look == known then
      seen = nil
    elseif look == seen then
      known, seen = look, nil
      return true
    else
      seen = look
    end
    return false
  end

  return watcher
end

return changes
