-- shown: what stands behind a percent sign in an output: a field, or what transformers make of some.
--
--   local found, problem = shown.compile(node, known)       `known`: of fields.lua
--   found.type, found.list, found.get(view, event)          get: nil, there is no value
--
-- The event has to be the one that `known` has selected.
--
-- A problem is { at =, message =, unknown = true for a field that nobody has }.

local eventfields = require "lure.cli.eventfields"
local knownfields = require "lure.rules.knownfields"
local operands = require "lure.rules.operands"
local refusal = require "lure.rules.refusal"
local text = require "lure.cli.text"
local transformers = require "lure.rules.transformers"

local shown = {}

-- The value of a plugin's field as hosts print it, and not as they compare it.
local function plugin_getter(known, field)
  local of_source = known.by_name[field.name:match("^[^%[]*")].of_source
  local name = field.name
  return function(view, event) return ((of_source and view.source_state or view.state):extract(event, name)) end
end

local function field_of(node, known)
  local field, why = known:find(node.name, node.arg)
  if not field then return nil, { at = node.at, message = why } end
  local found = { name = field.name, type = field.type, list = field.list }
  local own = eventfields.find(node.name) or eventfields.find_of_call(node.name)
  if own and own.only_compared then
    return nil, { at = node.at, message = ("%s is for conditions only"):format(node.name) }
  elseif own then
    found.get, found.type = own.new(node.arg), own.type
  elseif field.type == "unknown" then
    found.get = field.get
  else
    found.get = plugin_getter(known, field)
  end
  return found
end

-- ---- transformers ----

-- Values that are compared as people read them: transformers make texts and numbers, or lists of texts.
local function readable(value, kind)
  if type(value) == "table" then
    local list = {}
    for i, element in ipairs(value) do list[i] = readable(element, kind) end
    return list
  elseif math.type(value) == "integer" then
    return text.digits(value)
  end
  return transformers.cut(value)
end

-- libsinsp has no form for the length of what these two make: it is compared, but never shown.
local UNSHOWN <const> = { join = true, concat = true }

local function is_unshown(node)
  if node.name ~= "len" then return false end
  repeat node = node.args[1] until node.kind ~= "transformer" or not transformers.simple[node.name]
  return UNSHOWN[node.name] or false
end

local function transformed(node, known)
  local operand, problem = refusal.caught(operands.compile, node, known)
  if not operand then return nil, problem end
  local slot, kind = operand.slot, operand.type
  return {
    name = operand.name, type = kind, list = operand.list,
    get = not is_unshown(node) and function()
      local value = known.values[slot] or known.fetch(slot)
      if value ~= known.NONE then return readable(value, kind) end
    end or function() end,
  }
end

function shown.compile(node, known)
  local problem = knownfields.problem(node, known)
  if problem then return nil, problem end
  return (node.kind == "field" and field_of or transformed)(node, known)
end

return shown
