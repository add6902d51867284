-- exceptions: what a rule does not fire for, as its `exceptions` say, and the condition that comes of it.
--
--   local list = exceptions.read(item, who, appended, found)    what stands in an item of a file
--   exceptions.validate(exception, who, is_field)               throws what Falco refuses
--   exceptions.append(rule, list, is_field)                     `override: { exceptions: append }`
--   local condition = exceptions.condition(rule)                the rule's own, and not what is excepted
--
-- An exception has a `name`, a `value` (its place), `fields`, `comps` (nil: by default) and `values`, a list. Fields,
-- comps and each of the values are entries: { value =, text = } or { value =, list = of entries }. `is_field(text)`
-- says whether that is a field, or what is wrong with it; true for a rule whose source nobody knows.

local operators = require "lure.rules.operators"
local problems = require "lure.rules.problems"
local text = require "lure.rules.text"
local values = require "lure.rules.values"

local exceptions = {}

-- ---- reading ----

-- nil: neither a text nor a list, of which Falco takes no notice.
local function entry(value, who)
  if value.text == "" then problems.fail(value, "%s: a text is empty; write what it stands for", who) end
  if value.text then return { value = value, text = value.text } end
  if not value.list then return nil end
  local list = {}
  for i, element in ipairs(value.list) do list[i] = entry(element, who) or { value = element, text = "" } end
  return #list > 0 and { value = value, list = list } or nil
end

local function read_values(value, who)
  if not value.list then
    problems.fail(value, "%s: values: expected a list, got %s", who, values.kind(value))
  end
  local list = {}
  for i, element in ipairs(value.list) do list[i] = entry(element, who) or { value = element, text = "" } end
  return list
end

local function read_one(value, rule, appended, known, found)
  if not value.keys then problems.fail(value, "%s: exceptions: expected maps, got %s", rule, values.kind(value)) end
  local name = values.required(value, "name", rule .. ": an exception").text
  local who = ("%s: exception %s"):format(rule, name)
  if known[name] then
    found:add("warning", value, "%s stands in this rule twice; both count", who)
  end
  known[name] = true
  local fields = values.get(value, "fields")
  if not fields and not appended then problems.fail(value, '%s: has no "fields"; add them', who) end
  local comps, given = values.get(value, "comps"), values.get(value, "values")
  if not given and appended then
    found:add("warning", value, '%s: has no "values" to append, so nothing changes', who)
  end
  return { name = name, value = value, fields = fields and entry(fields, who), comps = comps and entry(comps, who),
    values = given and read_values(given, who) or {} }
end

local KEYS = { name = true, fields = true, comps = true, values = true }

function exceptions.read(item, who, appended, found)
  local value = values.get(item, "exceptions")
  if not value or values.is_null(value) then return {} end
  if not value.list then
    problems.fail(value, "%s: exceptions: expected a list of maps, got %s", who, values.kind(value))
  end
  local list, known = {}, {}
  for i, one in ipairs(value.list) do
    list[i] = read_one(one, who, appended, known, found)
    for _, key in ipairs(one.keys) do
      if not KEYS[key] then
        found:add("hint", one, '%s: exception %s: unknown key "%s", which Falco ignores', who, list[i].name, key)
      end
    end
  end
  return list
end

-- ---- validation ----

local function check_field(field, who, is_field)
  if not field.text then problems.fail(field.value, "%s: fields: expected a list of texts", who) end
  local good, problem = is_field(field.text)
  if not good then problems.fail(field.value, "%s: fields: %s", who, problem) end
end

-- Without the blanks around it.
local function normalized(comp)
  return { value = comp.value, text = comp.text and comp.text:match("^[ \t\r\n]*(.-)[ \t\r\n]*$") }
end

local function validate_tuples(exception, who, is_field)
  local fields = exception.fields
  local comps = exception.comps
  if not comps then
    comps = { value = fields.value, list = {} }
    for i in ipairs(fields.list) do comps.list[i] = { value = fields.value, text = "=" } end
  end
  if #fields.list ~= #(comps.list or {}) then
    problems.fail(comps.value, "%s: expected %d comps, one for each of the fields, got %s", who, #fields.list,
      comps.list and #comps.list or values.kind(comps.value))
  end
  for i, comp in ipairs(comps.list) do
    comps.list[i] = normalized(comp)
    if not operators.is_operator(comps.list[i].text or "") then
      problems.fail(comp.value, '%s: comps: "%s" is no operator; there are %s', who, comp.text or "a list",
        operators.all())
    end
  end
  exception.comps = comps
  for _, field in ipairs(fields.list) do check_field(field, who, is_field) end
end

local function validate_single(exception, who, is_field)
  local comps = exception.comps or { value = exception.fields.value, text = "in" }
  if comps.list then
    problems.fail(comps.value, "%s: fields is one text, and comps a list; make both the same", who)
  end
  comps = normalized(comps)
  if not operators.takes_list(comps.text) then
    problems.fail(comps.value, '%s: comps: one field is compared with all values at once: expected in, pmatch, '
      .. 'intersects, or one like "startswith oneof", got "%s"; or make fields, comps and each of the values lists',
      who, comps.text)
  end
  exception.comps = comps
  check_field(exception.fields, who, is_field)
end

function exceptions.validate(exception, who, is_field)
  who = ("%s: exception %s"):format(who, exception.name)
  if not exception.fields then
    problems.fail(exception.value, "%s: fields: expected a field, or a list of fields", who)
  end
  if exception.fields.list then
    validate_tuples(exception, who, is_field)
  else
    validate_single(exception, who, is_field)
  end
end

-- ---- appending ----

local function find(list, name)
  for _, exception in ipairs(list) do
    if exception.name == name then return exception end
  end
end

local function append_one(rule, exception, who, is_field)
  local before = find(rule.exceptions, exception.name)
  local name = ("%s: exception %s"):format(who, exception.name)
  if not before then
    if not exception.fields then
      problems.fail(exception.value, '%s: has no "fields", and the rule has no exception of that name to append to',
        name)
    elseif #exception.values == 0 then
      problems.fail(exception.value, '%s: has no "values"; a new exception that is appended needs some', name)
    end
    exceptions.validate(exception, who, is_field)
    table.insert(rule.exceptions, exception)
    return
  end
  for _, key in ipairs { "fields", "comps" } do
    if exception[key] then
      problems.fail(exception[key].value, '%s: has "%s", but the rule has an exception of that name, to which only '
        .. "values can be appended; leave them out, or choose another name", name, key)
    end
  end
  table.move(exception.values, 1, #exception.values, #before.values + 1, before.values)
end

function exceptions.append(rule, list, who, is_field)
  for _, exception in ipairs(list) do append_one(rule, exception, who, is_field) end
end

-- ---- the condition ----

-- What text.joined takes for an item: what has a space in it needs quotes, if it has none.
function exceptions.quoted(item)
  if item.text:find(" ", 1, true) and not item.text:find "^[\"']" then
    return text.joined { '"', item.value, '"' }
  end
  return item.text == "" and "" or item.value
end

local function with_parentheses(item)
  if item.text:find "^%(" then return text.of(item.value) end
  return text.joined { "(", item.text == "" and "" or text.of(item.value), ")" }
end

local function list_text(list)
  local parts = {}
  for i, item in ipairs(list) do
    if i > 1 then parts[#parts + 1] = ", " end
    parts[#parts + 1] = exceptions.quoted({ text = item.text or "", value = item.value })
  end
  return parts
end

-- "(field in (a, b))"; nil: there are no values.
local function single(exception, who)
  for _, value in ipairs(exception.values) do
    if value.list then
      problems.fail(value.value, "%s: values: expected texts, because fields is one text, got a list; or make fields "
        .. "a list", who)
    end
  end
  if #exception.values == 0 then return nil end
  local parts = list_text(exception.values)
  table.insert(parts, 1, text.joined { "(", text.of(exception.fields.value), " " .. exception.comps.text .. " (" })
  parts[#parts + 1] = "))"
  return text.joined(parts)
end

local function right_side(value, comp)
  if value.list then
    local parts = list_text(value.list)
    table.insert(parts, 1, "(")
    parts[#parts + 1] = ")"
    return text.joined(parts)
  elseif operators.takes_list(comp) then
    return with_parentheses(value)
  end
  return exceptions.quoted(value)
end

-- "( a = 1 and  b in (2, 3))"
local function tuple(exception, value, who)
  local fields, comps = exception.fields.list, exception.comps.list
  if #(value.list or {}) ~= #fields then
    problems.fail(value.value, "%s: values: expected lists of %d, one for each of the fields, got %s", who, #fields,
      value.list and ("one of %d"):format(#value.list) or values.kind(value.value))
  end
  local parts = { "(" }
  for i, field in ipairs(fields) do
    if i > 1 then parts[#parts + 1] = " and " end
    local check = { " ", text.of(field.value), " " .. comps[i].text .. " ",
      right_side(value.list[i], comps[i].text) }
    table.move(check, 1, #check, #parts + 1, parts)
  end
  parts[#parts + 1] = ")"
  return text.joined(parts)
end

local function tuples(exception, who)
  if #exception.values == 0 then return nil end
  local parts = { "(" }
  for i, value in ipairs(exception.values) do
    if i > 1 then parts[#parts + 1] = " or " end
    parts[#parts + 1] = tuple(exception, value, who)
  end
  parts[#parts + 1] = ")"
  return text.joined(parts)
end

function exceptions.condition(rule)
  if #rule.exceptions == 0 then return rule.condition end
  local parts = { "(", rule.condition, ")" }
  for _, exception in ipairs(rule.exceptions) do
    local who = ("rule %s: exception %s"):format(rule.name, exception.name)
    local excepted = exception.fields.list and tuples(exception, who) or not exception.fields.list
      and single(exception, who)
    if excepted then table.move({ " and not ", excepted }, 1, 2, #parts + 1, parts) end
  end
  return text.joined(parts)
end

return exceptions
