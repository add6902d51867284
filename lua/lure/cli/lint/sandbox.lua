-- sandbox: the names that a script finds, asked of the library itself.
--
-- A table of the globals: true for a value, a table of the same kind for a table of functions. Modules
-- that can be required without a file are in `modules`, likewise.

local library = require "lure.cli.library"
local outfile = require "lure.cli.outfile"

-- Says "NAME" for each global, "NAME.MEMBER" for each member, "@MODULE.MEMBER" for each module's.
local probe = [[
local names, lure = {}, require "lure"
local function walk(prefix, list, depth)
  for name, value in pairs(list) do
    if type(name) == "string" then
      names[#names + 1] = prefix .. name
      if type(value) == "table" and depth > 0 and value ~= _G and value ~= package.loaded then
        walk(prefix .. name .. ".", value, depth - 1)
      end
    end
  end
end
for name in pairs(package.preload) do -- modules that become members when they are first used
  local member = name:match "^lure%.(.+)$"
  if member and not pcall(function() return lure[member] end) then names[#names + 1] = "@" .. name end
end
walk("", _G, 2)
walk("@lure.", lure, 2)
error(table.concat(names, " "), 0)
]]

local function store(tree, path)
  for name in path:gmatch("[^.]+()") do
    local key = path:sub(1, name - 1):match("[^.]+$")
    if name > #path then
      tree[key] = tree[key] or true
    else
      if type(tree[key]) ~= "table" then tree[key] = {} end
      tree = tree[key]
    end
  end
end

local function ask(api)
  local file = outfile.temporary(probe, ".lua")
  local _, answer = library.load(file.part, api, true)
  file:drop()
  return answer[1]
end

local function read(api)
  local globals, modules = {}, {}
  for path in ask(api):match(": (.*)$"):gmatch("%S+") do
    local module = path:match("^@(.*)$")
    store(module and modules or globals, module or path)
  end
  for name, members in pairs(globals) do
    if type(members) == "table" then modules[name] = members end
  end
  for name, members in pairs(modules.lure) do
    if type(members) == "table" then modules["lure." .. name] = members end
  end
  globals._G = globals
  return { globals = globals, modules = modules }
end

local known = {}

-- What a script finds under that plugin API.
return function(api)
  known[api] = known[api] or read(api)
  return known[api]
end
