-- missingplugins: official plugins whose fields rules have, and which are not loaded.
--
--   missingplugins.of_field("jevt.value")        "json": the official plugin that has it; nil: none does
--   local missing = missingplugins.new(world)    `world`: of world.lua
--   missing:take(rule, problem)                  true: the rule's problem is such a field, and is told with the others
--   missing:take_sentence("json")                what is to be said of all rules with its fields, once; nil: nothing
--   missing:rest()                               plugins of which nothing was said: a sorted list of { plugin, rule }
--
-- Without this each of fifty rules for Kubernetes would be told to have no field "jevt.value".

local hostfields = require "lure.cli.hostfields"
local text = require "lure.cli.text"

local Missing = {}
Missing.__index = Missing

local missingplugins = {}

local owners

local function read_owners()
  owners = {}
  for plugin, names in pairs(hostfields.plugins) do
    for name in names:gmatch "%S+" do owners[name] = plugin end
  end
  return owners
end

function missingplugins.of_field(name) return (owners or read_owners())[name] end

function missingplugins.new(world)
  local loaded = {}
  for _, plugin in ipairs(world.plugins) do loaded[plugin.name] = true end
  return setmetatable({ loaded = loaded, lenient = world.lenient, found = {} }, Missing)
end

function Missing:take(rule, problem)
  local plugin = problem.field and missingplugins.of_field(problem.field)
  if not plugin or self.loaded[plugin] then return false end
  local found = self.found[plugin] or { field = problem.field, rules = {}, count = 0, first = rule }
  if not found.rules[rule.name] then found.count = found.count + 1 end
  found.rules[rule.name], self.found[plugin] = true, found
  return true
end

function Missing:take_sentence(plugin)
  local found = self.found[plugin]
  if not found or found.is_told then return nil end
  found.is_told = true
  local advice = self.lenient and "lure run %s.lua --source SCRIPT --rules …" or "lure check %s.lua SCRIPT --rules …"
  return ('%s %s fields of the plugin %s, such as %s; load it, too, as in "%s"'):format(text.count(found.count, "rule"),
    found.count == 1 and "has" or "have", plugin, found.field, advice:format(plugin))
end

function Missing:rest()
  local list = {}
  for plugin, found in pairs(self.found) do
    if not found.is_told then list[#list + 1] = { plugin = plugin, rule = found.first } end
  end
  table.sort(list, function(a, b) return a.plugin < b.plugin end)
  return list
end

return missingplugins
