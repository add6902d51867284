-- filter: a condition as a function, which says of an event whether it holds, as libsinsp's filters do.
--
--   local check, problem = filter.compile(node, known)      node: of condition.lua; known: of fields.lua
--   known:select(view, event)                               once an event, for all conditions that share `known`
--   check()                                                 true or false
--   check(view, event)                                      both in one
--
-- A check throws { pattern =, message = } where a pattern of "regex" takes too long. All else that it throws comes from
-- the plugin.
--
-- A `problem` is { message =, at = }, with the place in the condition: what libsinsp refuses. In its place comes a list
-- of findings of the same kind with a check: what is taken, but hardly meant.
--
-- Conditions become Lua code with all constants in it. Each field is asked for once an event, when the first condition
-- needs it, in the order of the condition; an operand without a value makes its check false.

local host = require "lure.host"
local comparison = require "lure.rules.comparison"
local condition = require "lure.rules.condition"
local contains = require "lure.cli.contains"
local fields = require "lure.rules.fields"
local refusal = require "lure.rules.refusal"
local transformers = require "lure.rules.transformers"

local filter = {}

local NONE = fields.NONE

-- Parentheses in each other that one function of Lua may have; what is deeper becomes one of its own.
local DEEPEST = 40

-- Expressions between "and" or "or" that one function has.
local LONGEST = 256

local Builder = {}
Builder.__index = Builder

-- ---- what compiled code calls ----

local function none_or(change)
  return function(value) return value == NONE and NONE or change(value) end
end

-- Are all elements of a list in the set? (Also of an empty one, as getopt makes them.)
local function all_in(list, set)
  if list == NONE then return false end
  for i = 1, #list do
    if not set[list[i]] then return false end
  end
  return true
end

local function any_in(list, set)
  if list == NONE then return false end
  for i = 1, #list do
    if set[list[i]] then return true end
  end
  return false
end

local function set_of(list)
  local set = {}
  for i = 1, #list do set[list[i]] = true end
  return set
end

local function ends(text, tail) return tail == "" or text:sub(-#tail) == tail end

local function glob(text, pattern) return host.glob(pattern, text) end

local function iglob(text, pattern) return host.glob(pattern, text, true) end

-- Is `check` true of one element of a list, or of all? It is asked with the element in its slot.
local function any_of(values, list, slot, check)
  local found = false
  for i = 1, list == NONE and 0 or #list do
    values[slot] = list[i]
    found = check()
    if found then break end
  end
  values[slot] = nil
  return found
end

local function all_of(values, list, slot, check)
  if list == NONE or #list == 0 then return false end
  return not any_of(values, list, slot, function() return not check() end)
end

local function has_one(list) return list ~= NONE and #list > 0 end

local helpers = {
  NONE = NONE, find = string.find, sub = string.sub, lower = string.lower, ult = math.ult,
  cut = none_or(transformers.cut), trim = none_or(transformers.trim), ends = ends, glob = glob, iglob = iglob,
  all_in = all_in, any_in = any_in, any_of = any_of, all_of = all_of, has_one = has_one, set_of = set_of,
}

local names = {}
for name in pairs(helpers) do names[#names + 1] = name end
table.sort(names)

local HEAD = ("local V, G, K, H, known = ...\nlocal %s = H.%s\n"):format(table.concat(names, ", "),
  table.concat(names, ", H."))

local FUNCTION = HEAD .. "return function(view, event) if event then known:select(view, event) end return "

-- The code of an expression as a function, which selects the event that it is given. `constants`: K.
local function load_code(code, known, constants)
  local chunk = assert(load(FUNCTION .. code .. " end", "=condition", "t"))
  return chunk(known.values, known.fetch, constants, helpers, known)
end

-- ---- building ----

-- What stands for a value of any type in an expression.
function Builder:constant(value)
  self.constants[#self.constants + 1] = value
  return ("K[%d]"):format(#self.constants)
end

function Builder:warn(at, message) self.findings[#self.findings + 1] = { at = at, message = message } end

-- A field's name on the right, bare, is a text, and so is a transformer with blanks in it, or between quotes.
function Builder:warn_of_value(value)
  local name, transformer = value.text:match("^%a[%w_]*%.[%w_.]+"), value.text:match("^(%l%w*)%(.*%)$")
  if name and self.known:has(name) then
    self:warn(value.at, ('"%s" is compared as a text; write val(%s) for the value of the field'):format(value.text,
      name))
  elseif transformer and contains(condition.transformers, transformer) then
    self:warn(value.at, ('"%s" is compared as a text; write it without quotes and blanks for what %s makes of a field')
      :format(value.text, transformer))
  end
end

-- The expression of a function of its own.
function Builder:inner(code) return self:constant(load_code(code, self.known, self.constants)) .. "()" end

-- Expressions with "and" or "or" between them. For each one Lua goes through all before it in the same function: many
-- become functions of some.
function Builder:joined(parts, word)
  local between = (" %s "):format(word)
  while #parts > LONGEST do
    local groups = {}
    for from = 1, #parts, LONGEST do
      local code = table.concat(parts, between, from, math.min(from + LONGEST - 1, #parts))
      groups[#groups + 1] = self:inner(code)
    end
    parts = groups
  end
  return table.concat(parts, between)
end

local code_of

local function joined(builder, node, depth)
  local parts = {}
  for i, child in ipairs(node.children) do parts[i] = ("(%s)"):format(code_of(builder, child, depth + 1)) end
  return builder:joined(parts, node.kind)
end

local function plain_code(builder, node, depth)
  if node.kind == "and" or node.kind == "or" then return joined(builder, node, depth) end
  if node.kind == "not" then return ("not (%s)"):format(code_of(builder, node.child, depth + 1)) end
  if node.kind == "identifier" then
    error({ at = node.at, message = ('"%s" is a macro, and there is none of that name; a check is FIELD OPERATOR VALUE')
      :format(node.name) }, 0)
  end
  return comparison.code(builder, node)
end

function code_of(builder, node, depth)
  if depth < DEEPEST then return plain_code(builder, node, depth) end
  return builder:inner(plain_code(builder, node, 1))
end

local function build(node, known)
  local builder = setmetatable({ known = known, constants = {}, findings = {} }, Builder)
  return load_code(code_of(builder, node, 1), known, builder.constants), builder.findings
end

function filter.compile(node, known)
  return refusal.caught(build, node, known)
end

return filter
