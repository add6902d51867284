-- comparison: one check of a condition as an expression of Lua, which filter.lua compiles.
--
--   local code = comparison.code(builder, node)     throws { message =, at = } where libsinsp refuses the check
--
-- `builder` (filter.lua) has `known`, the fields; builder:constant(value), which gives what stands for a value in the
-- expression; builder:joined(parts, "or"), expressions as one; and builder:warn(at, message). The expression is true or
-- false, false where an operand has no value.
--
-- In it `V[slot] or G(slot)` is the value of an operand, NONE if there is none; V[slot] is enough behind that.

local constants = require "lure.rules.constants"
local lazily = require "lure.cli.lazily"
local networks = require "lure.rules.networks"
local operands = require "lure.rules.operands"
local paths = require "lure.rules.paths"
local regex = require "lure.rules.regex"

local eventtypes = lazily "lure.rules.eventtypes"

local comparison = {}

local function refuse(at, message, ...) error({ at = at, message = message:format(...) }, 0) end

-- ---- which operators a type has ----

local numeric = "= != < <= > >= in intersects"
local equality = "= != in intersects"
local allowed = {
  string = "= != < <= > >= contains icontains startswith endswith glob iglob regex pmatch in intersects",
  bytes = "= != contains startswith endswith bcontains bstartswith in intersects",
  uint64 = numeric, uint32 = numeric, int64 = numeric, int16 = numeric, abstime = numeric, reltime = numeric,
  double = numeric, around = "=",
  bool = equality, ipaddr = equality, ipnet = equality,
}
local of_lists = "in intersects"

local function has(words, word) return (" " .. words .. " "):find(" " .. word .. " ", 1, true) ~= nil end

local function check_operator(node, left, op)
  local words = left.list and (left.type ~= "bytes" and of_lists or "") or allowed[left.type]
  if has(words, op) then return end
  refuse(node.at, '"%s" is no operator for %s, which is %s %s; expected %s or exists', node.op, left.name,
    left.list and "a list of" or left.type:find("^[ai]") and "an" or "a", left.type, (words:gsub(" ", ", ")))
end

-- ---- operands in the expression ----

-- A value for the first time, and again.
local function first(operand) return ("(V[%d] or G(%d))"):format(operand.slot, operand.slot) end

local function again(operand) return ("V[%d]"):format(operand.slot) end

-- Texts as C functions read them.
local function again_text(operand) return operand.nul and ("cut(%s)"):format(again(operand)) or again(operand) end

-- Texts whose length counts.
local function first_trimmed(operand) return operand.nul and ("trim(%s)"):format(first(operand)) or first(operand) end

-- A text or an integer, %q: the least integer has no other literal.
local function literal(value) return ("%q"):format(value) end

-- ---- operators ----

local function is_text(operand) return operand.type == "string" end

local signed = { int64 = true, int16 = true, double = true }

local function is_signed(operand) return signed[operand.type] == true end

-- `right`: an expression. Both operands have values there.
local function ordered(left, op, right)
  local value = is_text(left) and again_text(left) or again(left)
  if is_text(left) or is_signed(left) then return ("%s %s %s"):format(value, op, right) end
  if op == "<" then return ("ult(%s, %s)"):format(value, right) end
  if op == ">" then return ("ult(%s, %s)"):format(right, value) end
  if op == "<=" then return ("not ult(%s, %s)"):format(right, value) end
  return ("not ult(%s, %s)"):format(value, right)
end

-- The same with a number that is known, without a call.
local function ordered_number(left, op, number)
  if is_signed(left) or number < 0 then return ordered(left, op, literal(number)) end
  local value = again(left)
  if op == "<" or op == "<=" then return ("%s >= 0 and %s %s %d"):format(value, value, op, number) end
  return ("(%s < 0 or %s %s %d)"):format(value, value, op, number)
end

local text_operators = {
  contains = "find(%s, %s, 1, true) ~= nil",
  icontains = "find(lower(%s), %s, 1, true) ~= nil",
  startswith = "sub(%s, 1, #%s) == %s",
  endswith = "ends(%s, %s)",
  glob = "glob(%s, %s)",
  iglob = "iglob(%s, %s)",
  bcontains = "find(%s, %s, 1, true) ~= nil",
  bstartswith = "sub(%s, 1, #%s) == %s",
}

-- With a text that is known: its length is, too.
local function text_operator_constant(left, op, constant)
  local length = #constant
  if op == "startswith" or op == "bstartswith" then
    return ("sub(%s, 1, %d) == %s"):format(again_text(left), length, literal(constant))
  end
  if op == "endswith" then
    return length == 0 and "true" or ("sub(%s, -%d) == %s"):format(again_text(left), length, literal(constant))
  end
  return text_operators[op]:format(again_text(left), literal(op == "icontains" and constant:lower() or constant))
end

-- `right`: an expression.
local function text_operator(left, op, right)
  local value = again_text(left)
  if op == "icontains" then right = ("lower(%s)"):format(right) end
  local form = text_operators[op]
  if form:find("#", 1, true) then return form:format(value, right, right) end
  return form:format(value, right)
end

-- ---- with constants ----

-- The value of a constant for the type of `left`; refuses what libsinsp does.
local function read(builder, node, left, op, value)
  if op == "bcontains" or op == "bstartswith" then
    local bytes = constants.unhex(value.text)
    return bytes or refuse(value.at, '%s %s: expected hexadecimal digits as in 48545450, got "%s"', left.name, op,
      value.text)
  end
  local result, problem = constants.read(value.text, left.type)
  if result == nil then refuse(value.at, "%s %s: %s", left.name, node.op, problem) end
  local unknown = left.name == "evt.type" and eventtypes.problem(value.text, builder.known.async_events)
  if unknown then
    error({ at = value.at, message = ("%s %s: %s"):format(left.name, node.op, unknown), unknown = true }, 0)
  end
  builder:warn_of_value(value)
  return result
end

-- One check with one constant, where `left` has a value; `op` is none of lists.
local function with_constant(builder, node, left, op, value)
  local constant = read(builder, node, left, op, value)
  if left.type == "ipnet" then
    return ("%s%s(%s)"):format(op == "!=" and "not " or "", builder:constant(networks.new { constant }),
      again(left))
  end
  if op == "regex" then
    local matches, problem = regex.compile(constant)
    if not matches then refuse(value.at, '%s regex "%s": %s', left.name, value.text, problem.message) end
    return ("%s(%s)"):format(builder:constant(matches), left.nul and ("trim(%s)"):format(again(left)) or again(left))
  end
  if left.type == "around" then return ordered_number(left, "<=", constant) end
  if op == "=" or op == "!=" then
    local what = is_text(left) and again_text(left) or again(left)
    return ("%s %s %s"):format(what, op == "=" and "==" or "~=", literal(constant))
  end
  if text_operators[op] then
    return text_operator_constant(left, op, constant)
  end
  if is_text(left) then return ordered(left, op, literal(constant)) end
  return ordered_number(left, op, constant)
end

-- The values of a list as a set, which tells of each whether it is in it; of networks, whether an address is.
local function members(builder, node, left, values)
  local set, list = {}, {}
  for i, value in ipairs(values) do
    list[i] = read(builder, node, left, "in", value)
    if left.type ~= "ipnet" then set[list[i]] = true end
  end
  if left.type ~= "ipnet" then return set end
  local contains <const> = networks.new(list)
  return setmetatable({}, { __index = function(_, address) return contains(address) end })
end

-- What `make` makes of the values of a list. Of those of a known list it is made once, for all conditions that compare
-- it with fields of that kind.
local function made(builder, right, kind, make)
  if not right.known then return make() end
  local all = builder.known.made
  all[right.values] = all[right.values] or {}
  local of_values = all[right.values]
  if not of_values[kind] then
    local before = #builder.findings
    local result = make()
    of_values[kind] = { result = result, findings = table.move(builder.findings, before + 1, #builder.findings, 1, {}) }
  else
    for _, finding in ipairs(of_values[kind].findings) do builder:warn(finding.at, finding.message) end
  end
  return of_values[kind].result
end

local function values_of(right) return right.kind == "list" and right.values or { right } end

local function with_list(builder, node, left, op)
  local values = values_of(node.right)
  if op == "pmatch" then
    local patterns = made(builder, node.right, op, function()
      local list = {}
      for i, value in ipairs(values) do list[i] = read(builder, node, left, op, value) end
      return paths.new(list)
    end)
    local value = left.nul and ("trim(%s)"):format(again(left)) or again(left)
    return ("%s ~= NONE and %s(%s)"):format(first(left), builder:constant(patterns), value)
  end
  -- names of events are refused elsewhere than other texts
  local kind = left.name == "evt.type" and left.name or left.type
  local set = made(builder, node.right, kind, function() return members(builder, node, left, values) end)
  if left.list then
    return ("%s(%s, %s)"):format(op == "in" and "all_in" or "any_in", first(left), builder:constant(set))
  end
  if left.type == "ipnet" then
    return ("%s ~= NONE and %s[%s]"):format(first(left), builder:constant(set), again(left))
  end
  if #values == 1 then return ("%s == %s"):format(first_trimmed(left), literal((next(set)))) end
  return ("%s[%s] == true"):format(builder:constant(set), first_trimmed(left))
end

-- ---- with modifiers ----

-- A value and many constants. Networks are sets of bytes there to libsinsp, in which no address is.
local function with_modifier(builder, node, left, op)
  local values, parts = values_of(node.right), {}
  if #values == 0 then return "false" end
  for i, value in ipairs(values) do parts[i] = ("(%s)"):format(with_constant(builder, node, left, op, value)) end
  local there = first(left) .. " ~= NONE and "
  if left.type == "ipnet" then
    if op == "=" and node.modifier == "anyof" then return "false" end
    if op == "!=" and node.modifier == "allof" then return first(left) .. " ~= NONE" end
  end
  if node.modifier == "oneof" then
    return ("%s(%s and 1 or 0) == 1"):format(there, table.concat(parts, " and 1 or 0) + ("))
  end
  return ("%s(%s)"):format(there, builder:joined(parts, node.modifier == "anyof" and "or" or "and"))
end

-- ---- with another field ----

local function check_types(node, left, right)
  if left.type == "ipnet" then
    refuse(node.right.at, "%s is an ipnet: libsinsp compares these with no field", left.name)
  end
  if left.type == right.type and left.list == right.list then return end
  local function shown(operand) return operand.type .. (operand.list and " list" or "") end
  refuse(node.right.at, "%s is %s and %s is %s: expected the same type on both sides", left.name, shown(left),
    right.name, shown(right))
end

local function with_operand(builder, node, left, op)
  local right = operands.compile(node.right, builder.known)
  if op == "pmatch" or op == "regex" then
    refuse(node.right.at, '"%s" takes no field on its right; write texts', op)
  end
  if right.type == "unknown" then return "false" end
  check_types(node, left, right)
  local there = ("%s ~= NONE and %s ~= NONE and "):format(first(left), first(right))
  if op == "in" or op == "intersects" then
    if left.list then
      return ("%s%s(%s, set_of(%s))"):format(there, op == "in" and "all_in" or "any_in", again(left), again(right))
    end
    return ("%s%s == %s"):format(there, left.nul and ("trim(%s)"):format(again(left)) or again(left), again(right))
  end
  local value = is_text(right) and again_text(right) or again(right)
  if op == "=" or op == "!=" then
    local what = is_text(left) and again_text(left) or again(left)
    return ("%s%s %s %s"):format(there, what, op == "=" and "==" or "~=", value)
  end
  if text_operators[op] then return there .. text_operator(left, op, value) end
  return there .. ordered(left, op, value)
end

-- ---- the check ----

local function compared(builder, node, left, op)
  check_operator(node, left, op)
  if node.modifier then return with_modifier(builder, node, left, op) end
  if node.right.kind == "transformer" then return with_operand(builder, node, left, op) end
  if op == "in" or op == "intersects" or op == "pmatch" then return with_list(builder, node, left, op) end
  return ("%s ~= NONE and %s"):format(first(left), with_constant(builder, node, left, op, node.right))
end

-- A field that has several values at once: the check is true if it is of one of them; "!=" of some has to be of all.
local function compared_each(builder, node, left, op)
  local one = builder.known:slot("each " .. left.key, function() end)
  local element = setmetatable({ slot = one }, { __index = left })
  local which = op == "!=" and left.all and "all_of" or "any_of"
  return ("%s(V, %s, %d, function() return %s end)"):format(which, first { slot = left.each }, one,
    compared(builder, node, element, op))
end

function comparison.code(builder, node)
  local left = operands.compile(node.left, builder.known)
  if left.type == "unknown" then
    builder:warn(node.left.at, ("%s is a field of the kernel's events, which lure does not know: it has no value here")
      :format(left.name))
    if node.right and node.right.kind == "transformer" then operands.compile(node.right, builder.known) end
    return "false"
  end
  if node.kind == "exists" then
    if left.each then return ("has_one(%s)"):format(first { slot = left.each }) end
    return first(left) .. " ~= NONE"
  end
  local op = node.op == "==" and "=" or node.op
  if node.right.problem then
    builder:warn(node.right.problem.at, "the list counts as empty, as in libsinsp: " .. node.right.problem.message)
  end
  return (left.each and compared_each or compared)(builder, node, left, op)
end

return comparison
