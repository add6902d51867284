-- paths: the operator "pmatch": is a path one of these, or below one of them?
--
--   local matches = paths.new { "/etc", "/var/*/log" }
--   matches "/etc/passwd"    --> true
--
-- Paths are compared by their parts between slashes; parts with "*", "?" or "[" are patterns of fnmatch(3). Where
-- two patterns match the same part, libsinsp goes wrong and may miss the second; here both count.

local host = require "lure.host"

local paths = {}

local function new_node() return { children = {}, patterns = {}, ends = false } end

local function add(root, path)
  local node = root
  for part in path:gmatch("[^/]+") do
    local into = part:find("[?*[]") and node.patterns or node.children
    into[part] = into[part] or new_node()
    node = into[part]
  end
  node.ends = true
end

local function matches(node, parts, i)
  if node.ends then return true end
  local part = parts[i]
  if not part then return false end
  local child = node.children[part]
  if child and matches(child, parts, i + 1) then return true end
  for pattern, below in pairs(node.patterns) do
    if host.glob(pattern, part) and matches(below, parts, i + 1) then return true end
  end
  return false
end

function paths.new(list)
  local root = new_node()
  for _, path in ipairs(list) do add(root, path) end
  return function(path)
    local parts = {}
    for part in path:gmatch("[^/]+") do parts[#parts + 1] = part end
    return matches(root, parts, 1)
  end
end

return paths
