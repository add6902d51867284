-- knownfields: fields that Falco has in events of plugins.
--
--   local problem = knownfields.problem(node, known)     nil: it has all of them; of the first that it has not
--                                                        { at =, message =, unknown = true, field = its name }
--
--   local name = knownfields.of_kernel(node, known)      the first that lure has no values of; nil: there is none
--
-- libsinsp knows all of its fields in every event; Falco gives rules of a plugin's source only those that it calls
-- generic, and the plugins' own. Rules of the kernel's events may have all. `known` is of fields.lua, with the name of
-- the `source`.

local eventfields = require "lure.cli.eventfields"
local hostfields = require "lure.cli.hostfields"
local text = require "lure.cli.text"
local walk = require "lure.rules.walk"

local knownfields = {}

local generic, generic_names = {}, {}
for name in hostfields.any:gmatch("%S+") do
  generic[name] = true
  generic_names[#generic_names + 1] = name
end

local function names_of(known)
  local names = table.move(generic_names, 1, #generic_names, 1, {})
  for name in pairs(known.by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- To look for the nearest name is slow, and many rules have the same field.
local function told_missing(node, known)
  known.missing = known.missing or {}
  local message = known.missing[node.name]
    or ('no field "%s"%s'):format(node.name, text.suggestion(node.name, names_of(known)))
  known.missing[node.name] = message
  return message
end

-- Why there is no such field; nil: there is.
local function problem_of(node, known)
  if known.by_name[node.name] or generic[node.name] then return nil end
  if eventfields.find(node.name) or known:has(node.name) then
    return known.source ~= "syscall" and ("Falco has %s in events of the kernel only; for those of plugins there are "
      .. "evt.num, evt.time, evt.source, evt.pluginname, evt.plugininfo, evt.asynctype, evt.hostname and the like")
      :format(node.name)
  end
  return told_missing(node, known)
end

function knownfields.problem(node, known)
  local problem
  walk.each(node, function(part)
    local message = part.kind == "field" and problem_of(part, known)
    if message then problem = { at = part.at, message = message, unknown = true, field = part.name } end
    return problem ~= nil
  end)
  return problem
end

function knownfields.of_kernel(node, known)
  local name
  walk.each(node, function(part)
    local field = part.kind == "field" and known:find(part.name, part.arg)
    if field and field.type == "unknown" then name = part.name end
    return name ~= nil
  end)
  return name
end

return knownfields
