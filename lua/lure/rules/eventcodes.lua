-- eventcodes: the types of the kernel's events that a condition may be true of, by its checks of evt.type, as Falco's
-- engine counts them to ask the kernel for no others.
--
--   local are_many, problem = eventcodes.are_many(node)     of a node with its macros: more than Falco takes without a
--                                                           warning? nil and { at =, message = }: it refuses the node
--
-- Each type has codes: those of its beginning and its end, and of its older forms.

local constants = require "lure.rules.constants"
local kernelfacts = require "lure.cli.kernelfacts"
local refusal = require "lure.rules.refusal"

local eventcodes = {}

-- Falco warns of more codes.
local MOST = 100

-- A set is { but = false, names = those in it } or { but = true, names = those not in it }.
local NOTHING <const>, ALL <const> = { but = false, names = {} }, { but = true, names = {} }

local function inverted(set) return { but = not set.but, names = set.names } end

local function intersection(a, b)
  if a.but and not b.but then a, b = b, a end
  local names = {}
  if a.but then
    for _, set in ipairs { a, b } do
      for name in pairs(set.names) do names[name] = true end
    end
    return { but = true, names = names }
  end
  for name in pairs(a.names) do
    if (b.names[name] == true) ~= b.but then names[name] = true end
  end
  return { but = false, names = names }
end

local function union(a, b) return inverted(intersection(inverted(a), inverted(b))) end

-- ---- checks ----

local function is_type(operand)
  return operand.kind == "field" and (operand.name == "evt.type" or operand.name == "syscall.type") and not operand.arg
end

local function refuse_transformed(operand)
  if operand.kind ~= "transformer" then return end
  for _, one in ipairs(operand.args) do
    if is_type(one) then
      error({ at = operand.at, message = ("%s(%s): Falco takes no transformers of %s; compare it as it is"):format(
        operand.name, one.name, one.name) }, 0)
    end
    refuse_transformed(one)
  end
end

-- What checks of evt.num say for certain: it is 1 or more. By operator: NOTHING up to that number, or ALL.
local NUMBERS <const> = {
  ["="] = { 0, NOTHING }, ["=="] = { 0, NOTHING }, ["in"] = { 0, NOTHING }, ["<"] = { 1, NOTHING },
  ["<="] = { 0, NOTHING }, ["!="] = { 0, ALL }, [">"] = { 0, ALL }, [">="] = { 1, ALL },
}

local function values_of(right) return right.kind == "list" and right.values or { right } end

-- nil: it says nothing for certain.
local function of_number(node)
  local known = node.left.name == "evt.num" and node.left.kind == "field" and not node.modifier and NUMBERS[node.op]
  if not known or node.right.kind == "transformer" then return nil end
  for _, value in ipairs(values_of(node.right)) do
    local number = constants.read(value.text, "uint64")
    if not number or number < 0 or number > known[1] then return nil end
  end
  return known[2]
end

local EQUALITY <const> = { ["="] = true, ["=="] = true, ["!="] = true, ["in"] = true }

local function of_compare(node)
  local known = of_number(node)
  if known then return known end
  if node.modifier or not EQUALITY[node.op] then return nil end
  refuse_transformed(node.left)
  if not is_type(node.left) then return nil end
  if node.right.kind == "transformer" then
    error({ at = node.right.at, message = node.left.name .. ": Falco compares it with names of events only" }, 0)
  end
  local names = {}
  for _, value in ipairs(values_of(node.right)) do names[value.text] = true end
  return { but = node.op == "!=", names = names }
end

local function of_exists(node)
  refuse_transformed(node.left)
  return is_type(node.left) and ALL or nil
end

-- What is neither of types nor certain may be true of all, and so may its opposite.
local function set_of(node, negated)
  if node.kind == "not" then return set_of(node.child, not negated) end
  if node.children then
    local join = (node.kind == "and") ~= negated and intersection or union
    local set = join == intersection and ALL or NOTHING
    for _, child in ipairs(node.children) do set = join(set, set_of(child, negated)) end
    return set
  end
  local set = node.kind == "compare" and of_compare(node) or node.kind == "exists" and of_exists(node) or nil
  return set and (negated and inverted(set) or set) or ALL
end

-- ---- how many ----

local function count(set)
  local found = 0
  for _, name in pairs(kernelfacts.type_names()) do
    if (set.names[name] == true) ~= set.but then found = found + 1 end
  end
  return found
end

function eventcodes.are_many(node)
  local set, problem = refusal.caught(set_of, node, false)
  if not set then return nil, problem end
  return count(set) > MOST
end

return eventcodes
