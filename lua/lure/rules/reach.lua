-- reach: rules that are fine for Falco and never fire, and exceptions that change nothing.
--
--   reach.look(loaded, tell)        `loaded`: of loader.lua; tell(place, message) for each finding
--
-- Only what is certain is told: a condition is looked at as a list of what has to be true at once (its parts between
-- "and"), and parts are compared as texts (nodetext.lua).

local nodetext = require "lure.rules.nodetext"

local reach = {}

-- Values of a list that messages have.
local MOST_SHOWN = 8

local function sorted(set)
  local list = {}
  for text in pairs(set) do list[#list + 1] = text end
  table.sort(list)
  return list
end

-- A part as messages have it: of a long list the beginning.
local function shown(node)
  local values = node.right and node.right.kind == "list" and node.right.values or {}
  if #values <= MOST_SHOWN then return nodetext.of(node) end
  local short = { kind = "list", values = table.move(values, 1, MOST_SHOWN, 1, {}) }
  local text = nodetext.of { kind = "compare", left = node.left, op = node.op, right = short }
  return ("%s, … %d more)"):format(text:sub(1, -2), #values - MOST_SHOWN)
end

-- ---- parts ----

-- What writes nodes with a number in place of each long list, the same for lists that are the same.
local function new_writer()
  local numbers, by_text, count = {}, {}, 0
  local function number_of(node)
    local text = nodetext.of(node)
    if not by_text[text] then
      count = count + 1
      by_text[text] = ("(%d)"):format(count)
    end
    return by_text[text]
  end
  return nodetext.with { list = function(node)
    if #node.values <= MOST_SHOWN then return nodetext.of(node) end
    numbers[node.values] = numbers[node.values] or number_of(node)
    return numbers[node.values]
  end }
end

-- The parts that have to be true at once, by their texts.
local function parts_of(node, found, text_of)
  if node.kind == "and" then
    for _, child in ipairs(node.children) do parts_of(child, found, text_of) end
  else
    found[text_of(node)] = node
  end
  return found
end

local function is_within(parts, others)
  for text in pairs(parts) do
    if not others[text] then return false end
  end
  return true
end

-- ---- contradictions ----

-- A function that tells of a field's node whether it has one text at most.
local function single_in(fields)
  return function(node)
    local field = fields:find(node.name, node.arg)
    return field ~= nil and field.type == "string" and not field.list
  end
end

-- Those of lists that many rules have, by their values.
local known_sets <const> = setmetatable({}, { __mode = "k" })

local function set_of(list)
  local set = list.known and known_sets[list.values]
  if set then return set end
  set = {}
  for _, value in ipairs(list.values) do
    if value.kind ~= "value" then return nil end
    set[value.text] = true
  end
  if list.known then known_sets[list.values] = set end
  return set
end

-- The texts that an operand may equal where this part is true: a set; nil: any.
local function equals(node)
  if node.kind ~= "compare" or node.modifier or node.left.kind ~= "field" then return nil end
  if (node.op == "=" or node.op == "==") and node.right.kind == "value" then return { [node.right.text] = true } end
  if node.op ~= "in" or node.right.kind ~= "list" then return nil end
  return set_of(node.right)
end

local function share(a, b)
  for text in pairs(a) do
    if b[text] then return true end
  end
  return false
end

-- Compared as texts, "1" and "01" differ, which as numbers are the same: texts of numbers are left alone.
local function are_texts(set)
  for text in pairs(set) do
    if text:find "^[+-]?%d" then return false end
  end
  return true
end

-- Two parts that cannot both be true; nil: there are none. `single(field)`: has it one value at most?
local function contradiction(parts, single)
  local known = {}
  for _, text in ipairs(sorted(parts)) do
    local node = parts[text]
    local set = equals(node)
    local name = set and nodetext.of(node.left)
    if set and are_texts(set) and single(node.left) then
      if known[name] and not share(known[name].set, set) then return known[name].node, node end
      known[name] = known[name] or { set = set, node = node }
    end
  end
end

-- ---- rules ----

local function where(rule) return ("%s:%d"):format(rule.value.file.name, rule.value.line) end

local function look_at_contradiction(rule, parts, single, tell)
  local first, second = contradiction(parts, single)
  if not first then return end
  tell(rule.value, ("rule %s: never fires: its condition has %s and %s"):format(rule.name, shown(first),
    shown(second)))
end

-- Earlier rules of a source stand under one of their parts: that which the fewest others stand under.
local function add_earlier(by_part, rule, parts)
  local rarest, least
  for text in pairs(parts) do
    local count = by_part[text] and #by_part[text] or 0
    if not least or count < least then rarest, least = text, count end
  end
  by_part[rarest] = by_part[rarest] or {}
  table.insert(by_part[rarest], { rule = rule, parts = parts })
end

-- The first rule of which all parts are among these; nil: there is none.
local function earlier_of(by_part, parts)
  local first
  for text in pairs(parts) do
    for _, before in ipairs(by_part[text] or {}) do
      if first and before.rule.place >= first.rule.place then break end
      if is_within(before.parts, parts) then first = before end
    end
  end
  return first
end

-- Of the events that a rule fires for an earlier one fires for, too, and gives the alert.
local function look_at_earlier(rule, parts, by_part, tell)
  local before = earlier_of(by_part, parts)
  if not before then return end
  local same = is_within(parts, before.parts)
  tell(rule.value, ('rule %s: gives no alert: "%s" (%s), which stands before it, %s, and Falco tells of the first '
    .. "rule only; put this one before it, or set rule_matching to all"):format(rule.name, before.rule.name,
      where(before.rule), same and "has the same condition" or "is true of all that this is true of"))
end

local function look_at_replaced(item, what, tell)
  if not item.before or item.replaces then return end
  tell(item.value, ("%s %s: replaces the one of that name in %s as a whole; to change a part of it write override, "
    .. "else choose another name"):format(what, item.name, where(item.before)))
end

-- ---- exceptions ----

local function value_text(entry)
  if not entry.list then return entry.text end
  local texts = {}
  for i, one in ipairs(entry.list) do texts[i] = value_text(one) end
  return "[" .. table.concat(texts, ", ") .. "]"
end

local function look_at_values(exception, who, tell)
  local known = {}
  for _, value in ipairs(exception.values) do
    local text = value_text(value)
    if known[text] then tell(value.value, ("%s: the value %s stands there twice"):format(who, text)) end
    known[text] = true
  end
end

-- The texts that a value of an exception asks of a field; nil: it asks something else.
local function asked(comp, entry)
  if (comp == "=" or comp == "==") and not entry.list then return { [entry.text] = true } end
  if comp ~= "in" then return nil end
  local set = {}
  for _, one in ipairs(entry.list or { entry }) do
    if not one.text or one.text:find "[(,)]" then return nil end
    set[one.text] = true
  end
  return set
end

-- A field that the rule's own condition says something else of: the exception never applies.
local function look_at_use(exception, who, own, single, tell)
  local fields = exception.fields.list or { exception.fields }
  local comps = exception.comps.list or { exception.comps }
  for _, value in ipairs(exception.values) do
    for i, field in ipairs(fields) do
      local set = asked(comps[i].text, exception.fields.list and value.list[i] or value)
      local node = set and own[field.text]
      local wanted = node and equals(node)
      if wanted and are_texts(set) and are_texts(wanted) and single(node.left) and not share(set, wanted) then
        tell(value.value, ("%s: the value %s has no effect: the condition of the rule has %s"):format(who,
          value_text(value), shown(node)))
      end
    end
  end
end

local function look_at_exceptions(rule, parts, single, tell)
  local own = {}
  for _, text in ipairs(sorted(parts)) do
    local node = parts[text]
    if equals(node) then own[nodetext.of(node.left)] = node end
  end
  for _, exception in ipairs(rule.exceptions) do
    local who = ("rule %s: exception %s"):format(rule.name, exception.name)
    if #exception.values == 0 then
      tell(exception.value, who .. ": has no effect, because it has no values; others may append some to it")
    end
    look_at_values(exception, who, tell)
    look_at_use(exception, who, own, single, tell)
  end
end

function reach.look(loaded, tell)
  local earlier, text_of = {}, new_writer()
  for _, rule in ipairs(loaded.all) do
    look_at_replaced(rule, "rule", tell)
    if rule.node then
      local parts, single = parts_of(rule.node, {}, text_of), single_in(rule.fields)
      look_at_contradiction(rule, parts, single, tell)
      look_at_exceptions(rule, parts, single, tell)
      if not rule.why then
        earlier[rule.source] = earlier[rule.source] or {}
        look_at_earlier(rule, parts, earlier[rule.source], tell)
        add_earlier(earlier[rule.source], rule, parts)
      end
    end
    if rule.why == "disabled" then
      tell(rule.value, ("rule %s: is disabled, so it never fires"):format(rule.name))
    end
  end
  for _, kind in ipairs { { loaded.collected.macros, "macro" }, { loaded.collected.lists, "list" } } do
    for _, item in ipairs(kind[1].list) do look_at_replaced(item, kind[2], tell) end
  end
end

return reach
