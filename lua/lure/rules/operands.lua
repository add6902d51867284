-- operands: fields, transformers of them and texts among these, as places of values (slots of fields.lua).
--
--   local operand = operands.compile(node, known)      throws { message =, at = } where libsinsp refuses it
--
-- An operand is { name =, type =, list =, base_type =, base_list =, slot =, nul = }: what conditions compare, the same
-- before it was transformed, and whether its texts may have NULs. `name` is for messages. `each` is the slot of all
-- values of a field that conditions compare one by one, and `all` whether "!=" has to be true of all of them.

local digits = require("lure.cli.text").digits
local transformers = require "lure.rules.transformers"

local operands = {}

local compile

local function refuse(node, message, ...) error({ at = node.at, message = message:format(...) }, 0) end

-- A text that stands for itself.
local function constant(node, known)
  local text = node.text
  return {
    name = ('"%s"'):format(text), key = ("%q"):format(text), type = "string", base_type = "string", list = false,
    base_list = false, slot = known:slot(("%q"):format(text), function() return text end),
  }
end

local function field(node, known)
  local found, problem = known:find(node.name, node.arg)
  if not found then refuse(node, "%s", problem) end
  local list = found.list or false
  return { name = found.name, key = found.name, type = found.type, base_type = found.type, list = list,
    base_list = list, slot = known:slot(found.name, found.get), all = found.all,
    each = found.each and known:slot("all " .. found.name, found.each) }
end

-- The function that gets the value of another slot; nil: it has none.
local function getter(operand, known)
  local values, fetch, NONE, slot = known.values, known.fetch, known.NONE, operand.slot
  return function()
    local value = values[slot] or fetch(slot)
    if value ~= NONE then return value end
  end
end

-- ---- transformers of one operand ----

local function transformed(node, known)
  local name = node.name
  local simple = transformers.simple[name]
  if not simple then refuse(node, "%s takes several operands, as in %s(x.a, x.b)", name, name) end
  if node.arg then refuse(node, "%s takes no argument in brackets", name) end
  local inner = compile(node.args[1], known)
  local whole = ("%s(%s)"):format(name, inner.name)
  local kind, list = inner.type, inner.list
  if kind ~= "unknown" then
    kind, list = simple.type_of(inner.type, inner.list)
    if not kind then
      refuse(node, "%s takes no %s%s, which %s is; it takes texts%s", name, inner.type, inner.list and " list" or "",
        inner.name, name == "len" and " and lists" or "")
    end
  end
  local get, apply, base_list = getter(inner, known), simple.apply, inner.base_list
  local key = ("%s(%s)"):format(name, inner.key)
  return {
    name = whole, key = key, type = kind, list = list, base_type = inner.base_type, base_list = base_list,
    nul = kind == "string",
    slot = known:slot(key, function()
      local value = get()
      if value ~= nil then return apply(value, base_list) end
    end),
  }
end

-- ---- of several ----

-- A value as the bytes that libsinsp has of it.
local function bytes_of(value, kind)
  if kind == "string" or kind == "bytes" or kind == "ipaddr" or kind == "ipnet" then return value end
  return string.pack(kind == "bool" and "<I4" or "<i8", value)
end

-- The bytes of an operand's value; of a list a table.
local function bytes_getter(operand, known)
  local get, kind = getter(operand, known), operand.type
  return function()
    local value = get()
    if type(value) ~= "table" then return value ~= nil and bytes_of(value, kind) or nil end
    local list = {}
    for i, element in ipairs(value) do list[i] = bytes_of(element, kind) end
    return list
  end
end

-- A list in parentheses: it has no value where one of its elements has none. Numbers become their digits.
local function tuple(node, known)
  local getters, keys, names = {}, {}, {}
  for i, value in ipairs(node.values) do
    local operand = compile(value, known)
    keys[i], names[i] = operand.key, operand.name
    getters[i] = bytes_getter(operand, known)
    if operand.base_type == "uint64" or operand.base_type == "int64" then
      local get, form = getter(operand, known), operand.base_type == "int64" and "%d" or "%u"
      getters[i] = function()
        local number = get()
        if type(number) == "table" then number = number[1] end
        return number and (form == "%d" and tostring(number) or digits(number))
      end
    end
  end
  local function get()
    local list = {}
    for _, one in ipairs(getters) do
      local value = one()
      if value == nil then return nil end
      if type(value) == "table" then table.move(value, 1, #value, #list + 1, list) else list[#list + 1] = value end
    end
    return list
  end
  local key = ("(%s)"):format(table.concat(keys, ","))
  return { name = ("(%s)"):format(table.concat(names, ", ")), key = key, type = "string", list = true, nul = true,
    base_type = "string", base_list = true, slot = known:slot(key, get) }
end

local function of_several(node, known)
  local several = transformers.several[node.name]
  if not several then refuse(node, "%s takes one operand, got %d", node.name, #node.args) end
  local args, getters, keys, names = {}, {}, {}, {}
  for i, arg in ipairs(node.args) do
    args[i] = compile(arg, known)
    getters[i], keys[i], names[i] = bytes_getter(args[i], known), args[i].key, args[i].name
  end
  local kind, list = several.check(args, node.arg)
  if not kind then refuse(node, "%s", list) end
  if node.arg and node.name ~= "getopt" then refuse(node, "%s takes no argument in brackets", node.name) end
  local apply, count = several.new(node.arg), #getters
  local argument = node.arg and ("[%s]"):format(node.arg) or ""
  local key = ("%s(%s)%s"):format(node.name, table.concat(keys, ","), argument)
  return {
    name = ("%s(%s)%s"):format(node.name, table.concat(names, ", "), argument), key = key, type = kind, list = list,
    base_type = "string", base_list = false, nul = true,
    slot = known:slot(key, function()
      local values = {}
      for i = 1, count do
        values[i] = getters[i]()
        if values[i] == nil then return nil end
      end
      return apply(table.unpack(values, 1, count))
    end),
  }
end

function compile(node, known)
  if node.kind == "field" then return field(node, known) end
  if node.kind == "value" then return constant(node, known) end
  if node.kind == "tuple" then return tuple(node, known) end
  if node.name == "val" then
    if node.arg then refuse(node, "val takes no argument in brackets") end
    return compile(node.args[1], known)
  end
  return #node.args == 1 and transformed(node, known) or of_several(node, known)
end
operands.compile = compile

return operands
