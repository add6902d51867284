-- State tables as plain Lua: what state_tables_steps.lua does with them has the same results as with lure's.
--
-- Each user of a table has a `view` of it: { own =, call = the number of its call }. Entries are shared by the views;
-- an entry's object is of one view, and of one call.
local model = {}

local RANGES = { int8 = { -128, 127 }, int16 = { -32768, 32767 }, uint16 = { 0, 65535 }, uint32 = { 0, 0xffffffff },
  int64 = { math.mininteger, math.maxinteger }, uint64 = { 0, math.maxinteger } }

--- The value as a table of this type has it, or an error.
local function convert(type_name, value)
  if type_name == "string" then
    assert(type(value) == "string" and not value:find "\0")
    return value
  elseif type_name == "bool" then
    assert(type(value) == "boolean")
    return value
  end
  if type_name == "uint64" and type(value) == "string" then
    assert(value:find "^%d+$")
    return math.tointeger(tonumber(value)) or value
  end
  local range, integer = RANGES[type_name], type(value) == "number" and math.tointeger(value)
  assert(integer and integer >= range[1] and integer <= range[2])
  return integer
end

local function clean(value)
  return type(value) == "string" and value:gsub("\xff", "\u{FFFD}") or value
end

local function zero(type_name)
  if type_name == "bool" then return false end
  return type_name == "string" and "" or 0
end

--- A table: `fields` by name, each its type or the shape of a table in it.
function model.new(shape)
  return { shape = shape, entries = {}, iterations = 0 }
end

local function new_entry(table)
  return { table = table, values = {} }
end

function model.read(entry, name)
  local field = assert(entry.table.shape.fields[name])
  if type(field) == "table" then
    entry.values[name] = entry.values[name] or model.new(field)
    return entry.values[name]
  elseif entry.values[name] == nil then
    return zero(field)
  end
  return entry.values[name]
end

function model.check(table, name, value)
  local field = assert(table.shape.fields[name])
  assert(type(field) == "string")
  return clean(convert(field, value))
end

function model.write(entry, name, value)
  entry.values[name] = model.check(entry.table, name, value)
end

function model.key(table, key) return convert(table.shape.key, key) end

function model.add(table, key, values)
  local entry = new_entry(table)
  table.entries[key] = entry
  for name, value in pairs(values or {}) do model.write(entry, name, value) end
  return entry
end

-- ---- as scripts have them ----

local entries, tables = {}, {} -- metatables

local function open_entry(view, entry)
  return setmetatable({ view = view, entry = entry, call = view.user.call }, entries)
end

local function is_gone(object) return object.gone or object.call ~= object.view.user.call end

local function open_table(view, inner, object)
  return setmetatable({ view = view, table = inner, inside = object }, tables)
end

local function raw(object, metatable)
  assert(getmetatable(object) == metatable)
  return { view = rawget(object, "view"), entry = rawget(object, "entry"), call = rawget(object, "call"),
    gone = rawget(object, "gone"), table = rawget(object, "table"), inside = rawget(object, "inside") }
end

function entries.__index(object, name)
  object = raw(object, entries)
  assert(not is_gone(object))
  local value = model.read(object.entry, name)
  return type(value) == "table" and open_table(object.view, value, object) or value
end

function entries.__newindex(object, name, value)
  object = raw(object, entries)
  assert(not is_gone(object))
  model.write(object.entry, name, value)
end

--- The table of an object, which may be written where `writing`.
local function check(object, writing)
  object = raw(object, tables)
  assert(not object.inside or not is_gone(object.inside))
  local iterated = object.view.user.iterating[object.table.shape] or 0
  assert(not writing or object.view.own or iterated == 0)
  return object.table, object.view
end

local methods = {}

function methods.get(object, ...)
  local inner, view = check(object)
  local entry = inner.entries[model.key(inner, (...))]
  return entry and open_entry(view, entry)
end

function methods.add(object, key, values)
  local inner, view = check(object, true)
  assert(values == nil or type(values) == "table")
  for name, value in pairs(values or {}) do model.check(inner, name, value) end
  return open_entry(view, model.add(inner, model.key(inner, key), values))
end

function methods.erase(object, key)
  local inner = check(object, true)
  key = model.key(inner, key)
  local was = inner.entries[key] ~= nil
  inner.entries[key] = nil
  return was
end

function methods.clear(object)
  check(object, true).entries = {}
end

function methods.each(object, f)
  local inner, view = check(object)
  assert(type(f) == "function")
  local all, iterating = {}, view.user.iterating
  for key, entry in pairs(inner.entries) do all[#all + 1] = { key, entry } end
  iterating[inner.shape] = (iterating[inner.shape] or 0) + 1
  local fine, result = true
  for _, one in ipairs(all) do
    if inner.entries[one[1]] == one[2] then
      local visited = open_entry(view, one[2])
      fine, result = pcall(f, visited, view.own and one[1] or nil)
      rawset(visited, "gone", true)
      if not fine or result == false then break end
    end
  end
  iterating[inner.shape] = iterating[inner.shape] - 1
  assert(fine)
end

tables.__index = methods
function tables.__newindex() error "cannot be written" end
function tables.__len(object)
  local count = 0
  for _ in pairs((check(object)).entries) do count = count + 1 end
  return count
end

--- What a user, { call =, iterating = {} }, has of a table. `own`: it is the user's own.
function model.open(user, inner, own)
  return open_table({ user = user, own = own }, inner)
end

return model
