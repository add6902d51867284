-- schema: a configuration against the JSON Schema of its plugin, as hosts check it before init.
--
--   local message = schema.refusal(info, config)   nil: a host takes it
--   local keys = schema.keys(text)                  what the configuration may have
--
-- Of JSON Schema (draft 7) this knows types, enum, const, bounds, required, properties, additionalProperties, items,
-- additionalItems, allOf, anyOf, oneOf, not, if, and references within the schema; other keywords pass, as `pattern`,
-- whose regular expressions are of another language. Messages name the key and never the value: it may be a secret.

local jsontree = require "lure.cli.jsontree"

local schema = {}

local problem_of -- of a value, a schema and the root of the schema; `at` is the value's place

-- ---- references ----

local function at_pointer(root, pointer)
  local value = root
  for part in pointer:gmatch("/([^/]*)") do
    part = part:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end):gsub("~1", "/")
      :gsub("~0", "~")
    if value.kind == "object" then
      value = value.members[part]
    else
      value = value.list and value.list[(math.tointeger(tonumber(part)) or -1) + 1]
    end
    if not value then return nil end
  end
  return value
end

local MOST_REFERENCES = 100 -- one behind the other: more are a ring

-- The schema that stands for this one, behind its references; nil: it refers to what is not here.
local function resolved(one, root)
  for _ = 1, MOST_REFERENCES do
    local reference = one.kind == "object" and one.members["$ref"]
    if not reference or reference.kind ~= "string" then return one end
    local pointer = reference.text:match("^#(.*)$")
    one = pointer and at_pointer(root, pointer)
    if not one then return nil end
  end
end

-- ---- values ----

local function equal(a, b)
  if a.kind ~= b.kind then return false end
  if a.kind == "array" then
    for i = 1, math.max(#a.list, #b.list) do
      if not (a.list[i] and b.list[i] and equal(a.list[i], b.list[i])) then return false end
    end
  elseif a.kind == "object" then
    if #a.keys ~= #b.keys then return false end
    for _, key in ipairs(a.keys) do
      if not (b.members[key] and equal(a.members[key], b.members[key])) then return false end
    end
  end
  return a.text == b.text and a.number == b.number and a.truth == b.truth
end

local function is_of(value, name)
  if name == "integer" then return value.kind == "number" and math.tointeger(value.number) ~= nil end
  return value.kind == name
end

local function length(value) return value.kind == "string" and (utf8.len(value.text) or #value.text) or nil end
local function size(value) return value.kind == "array" and #value.list or nil end
local function count(value) return value.kind == "object" and #value.keys or nil end
local function number(value) return value.number end

-- A check of what `measure` answers of a value (nil: nothing to check) against a number.
local function bound(measure, holds, said)
  return function(value, limit)
    local measured = measure(value)
    if measured and limit.number and not holds(measured, limit.number) then return said:format(limit.number) end
  end
end

local function at_least(a, b) return a >= b end
local function at_most(a, b) return a <= b end

-- ---- keywords ----

local checks = {
  minimum = bound(number, at_least, "expected at least %s"),
  maximum = bound(number, at_most, "expected at most %s"),
  exclusiveMinimum = bound(number, function(a, b) return a > b end, "expected more than %s"),
  exclusiveMaximum = bound(number, function(a, b) return a < b end, "expected less than %s"),
  multipleOf = bound(number, function(a, b) return b ~= 0 and a % b == 0 end, "expected a multiple of %s"),
  minLength = bound(length, at_least, "expected at least %s characters"),
  maxLength = bound(length, at_most, "expected at most %s characters"),
  minItems = bound(size, at_least, "expected at least %s elements"),
  maxItems = bound(size, at_most, "expected at most %s elements"),
  minProperties = bound(count, at_least, "expected at least %s members"),
  maxProperties = bound(count, at_most, "expected at most %s members"),
}

checks["type"] = function(value, names)
  local list, said = names.list or { names }, {}
  for i, name in ipairs(list) do
    if name.text and is_of(value, name.text) then return nil end
    said[i] = tostring(name.text)
  end
  return ("expected %s, got %s"):format(table.concat(said, " or "), value.kind)
end

function checks.enum(value, choices)
  local said = {}
  for i, choice in ipairs(choices.list or {}) do
    if equal(value, choice) then return nil end
    said[i] = choice.text and ('"%s"'):format(choice.text) or tostring(choice.number or choice.truth or choice.kind)
  end
  return "expected one of " .. table.concat(said, ", ")
end

function checks.const(value, wanted)
  if not equal(value, wanted) then return "expected the one value that the schema has" end
end

function checks.required(value, names)
  for _, name in ipairs(value.kind == "object" and names.list or {}) do
    if name.text and not value.members[name.text] then return ('"%s" is missing'):format(name.text) end
  end
end

-- Members that `properties` has, and all the others.
local function member_problem(value, one, root, at)
  local properties = one.members.properties and one.members.properties.members or {}
  local rest = one.members.additionalProperties
  if one.members.patternProperties then rest = nil end -- which of them are meant cannot be told
  for _, key in ipairs(value.keys) do
    local of_member = properties[key] or rest
    if of_member == rest and rest and rest.truth == false then return at, ('unknown key "%s"'):format(key) end
    local place, problem
    if of_member then place, problem = problem_of(value.members[key], of_member, root, at .. "/" .. key) end
    if problem then return place, problem end
  end
end

local function element_problem(value, one, root, at)
  local items = one.members.items
  for i, element in ipairs(items and value.list or {}) do
    local of_element = items
    if items.list then of_element = items.list[i] or one.members.additionalItems end
    local place, problem
    if of_element then place, problem = problem_of(element, of_element, root, ("%s/%d"):format(at, i - 1)) end
    if problem then return place, problem end
  end
end

local function matches(value, one, root) return select(2, problem_of(value, one, root, "")) == nil end

-- How many of the schemas of a list the value matches.
local function matching(value, list, root)
  local matched = 0
  for _, one in ipairs(list) do
    if matches(value, one, root) then matched = matched + 1 end
  end
  return matched
end

-- allOf, anyOf, oneOf, not, if.
local function combined_problem(value, one, root, at)
  local members = one.members
  for _, part in ipairs(members.allOf and members.allOf.list or {}) do
    local place, problem = problem_of(value, part, root, at)
    if problem then return place, problem end
  end
  if members.anyOf and matching(value, members.anyOf.list or {}, root) == 0 then
    return at, "matches none of the schema's anyOf"
  elseif members.oneOf and matching(value, members.oneOf.list or {}, root) ~= 1 then
    return at, "matches not just one of the schema's oneOf"
  elseif members["not"] and matches(value, members["not"], root) then
    return at, "matches what the schema excludes (not)"
  elseif members["if"] then
    local branch = members["else"]
    if matches(value, members["if"], root) then branch = members["then"] end
    if branch then return problem_of(value, branch, root, at) end
  end
end

local DEEPEST = 200 -- schemas within each other: more refer to themselves
local depth = 0

local function problem_within(value, one, root, at)
  if one.kind == "boolean" then return at, not one.truth and "the schema takes nothing here" or nil end
  if one.kind ~= "object" then return nil end
  for _, keyword in ipairs(one.keys) do
    local problem = checks[keyword] and checks[keyword](value, one.members[keyword])
    if problem then return at, problem end
  end
  local place, problem
  if value.kind == "object" then place, problem = member_problem(value, one, root, at) end
  if not problem and value.kind == "array" then place, problem = element_problem(value, one, root, at) end
  if problem then return place, problem end
  return combined_problem(value, one, root, at)
end

function problem_of(value, one, root, at)
  one = resolved(one, root)
  if not one or depth == DEEPEST then return nil end
  depth = depth + 1
  local place, problem = problem_within(value, one, root, at)
  depth = depth - 1
  return place, problem
end

-- ---- texts ----

-- Why a host refuses the configuration of a plugin, of which `info` is what it says of itself; nil: it does not, or
-- the plugin is lure's, and says so itself.
function schema.refusal(info, config)
  if info.console or not info.init_schema then return nil end
  local root, why = jsontree.read(info.init_schema)
  if not root or root.kind ~= "object" then
    return ("%s: its schema of init_config is %s"):format(info.name, why or "no object")
  end
  local value
  value, why = jsontree.read(config ~= "" and config or "{}")
  if not value then return ("%s: init_config is %s"):format(info.name, why) end
  local at, problem = problem_of(value, root, root, "")
  return problem and ("%s: init_config%s: %s"):format(info.name, at, problem)
end

-- The names in the schema's properties, in their order; none where it is no schema of an object.
function schema.keys(text)
  local root = jsontree.read(text)
  local one = root and resolved(root, root)
  local properties = one and one.kind == "object" and one.members.properties
  return properties and properties.keys or {}
end

return schema
