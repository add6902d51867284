-- Scripts A and B and the host with the tables of A, "own" and "small", and of the host, "threads", against a model.
local options = ...
local host = require "lure.host"
local input = require "input"
local model = require "state_tables_model"

-- name, key, fields: { name =, type =, or key =, fields = }
local SHAPES = {
  { "own", "string", { { name = "n", type = "uint64" }, { name = "s", type = "string" }, { name = "b", type = "bool" },
    { name = "t", key = "uint16", fields = { { name = "x", type = "string" }, { name = "y", type = "int64" } } } } },
  { "small", "int8", { { name = "i", type = "int8" }, { name = "u", type = "uint32" },
    { name = "l", type = "int16" } } },
  { "threads", "int64", { { name = "x.n", type = "uint64" }, { name = "x.s", type = "string" },
    { name = "file_descriptors", key = "int64", fields = { { name = "x.f", type = "uint32" } } } } },
}

local function declare(fields, key)
  local list = {}
  for i, field in ipairs(fields) do
    list[i] = ("[%q] = %s"):format(field.name, field.fields and declare(field.fields, field.key)
      or ("%q"):format(field.type))
  end
  return ("{ key = %q, fields = { %s } }"):format(key, table.concat(list, ", "))
end

local function list_fields(fields)
  local list = {}
  for i, field in ipairs(fields) do
    list[i] = ("{ name = %q, key = %s, fields = %s }"):format(field.name,
      field.key and ("%q"):format(field.key) or "nil", field.fields and list_fields(field.fields) or "nil")
  end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local steps = read_file((package.path:gsub("%?", "state_tables_steps")))

local function script(name, own)
  local used, list = {}, {}
  for i, shape in ipairs(SHAPES) do
    local mine = own and shape[1] ~= "threads"
    used[i] = ("local t%d = lure.table(%q%s)\n"):format(i, shape[1], mine and "" or ", " .. declare(shape[3], shape[2]))
    list[i] = ("{ handle = t%d, key = %q, fields = %s },\n"):format(i, shape[2], list_fields(shape[3]))
  end
  return table.concat { 'local lure = require "lure"\n', table.concat(used), "local run = (function()\n", steps,
    "end)()\nlocal tables = {\n", table.concat(list), "}\nlocal seen = ''\nreturn { name = '", name,
    "', version = '0.1.0', parse_event_sources = { 'syscall' }, extract_event_sources = { 'syscall' },\n",
    own and ("tables = { own = %s, small = %s },\n"):format(declare(SHAPES[1][3], SHAPES[1][2]),
      declare(SHAPES[2][3], SHAPES[2][2])) or "",
    "fields = { { name = 'x.seen', type = 'string', desc = '-', extract = function() return seen end } },\n",
    "parse = function(event) seen = '' seen = run(event.param[1] or '', tables) end }\n" }
end

--- A library is one script: the second has a copy.
local function load_script(library, text)
  local path = options.directory .. "/script.lua"
  write_file(path, text)
  return assert(host.load(library, { env = { LURE_SCRIPT = path } }))
end

local copy = options.directory .. "/copy.so"
write_file(copy, read_file(options.library))
local libraries = { load_script(options.library, script("a", true)), load_script(copy, script("b", false)) }

local function shape_of(key, fields)
  local shape = { key = key, fields = {} }
  for _, field in ipairs(fields) do
    shape.fields[field.name] = field.fields and shape_of(field.key, field.fields) or field.type
  end
  return shape
end

local function new_user(shared, own)
  local user, list = { call = 0, iterating = {} }, {}
  for i, shape in ipairs(SHAPES) do
    list[i] = { handle = model.open(user, shared[i], own and i < 3), key = shape[2], fields = shape[3] }
  end
  user.run, user.tables = assert(load(steps, "=steps"))(), list
  return user
end

local function run_script(state, user, bytes)
  user.call = user.call + 1
  local expected = user.run(bytes, user.tables):gsub("\xff", "\u{FFFD}") -- as hosts get texts
  local event = host.event { type = 3, params = { bytes }, source = "syscall", num = user.call }
  assert(state:parse(event))
  local got = state:extract(event, "x.seen")
  if got ~= expected then error(("steps %q:\ngot\n%s\nexpected\n%s"):format(bytes, got, expected)) end
end

local HOST_KEYS = { { "a", "b", "", "c" }, { 0, 1, -128, 127 }, { 0, 7, -1, math.maxinteger } }
local HOST_VALUES = { n = { 0, 7, math.maxinteger }, s = { "", "text" }, i = { -128, 127 }, u = { 0, 0xffffffff },
  ["x.n"] = { 0, 8 }, ["x.s"] = { "", "of the host" }, b = { true, false }, l = { -32768, 5 } }

--- The host does one step, and the model the same.
local function run_host(inspector, shared)
  local number = 1 + input.below(3)
  local real, mine = assert(inspector:table(SHAPES[number][1])), shared[number]
  local key, what = input.pick(HOST_KEYS[number]), input.below(6)
  local entry, field = mine.entries[key], input.pick(SHAPES[number][3])
  if what == 0 then
    assert(real:add(key))
    model.add(mine, key)
  elseif what == 1 then
    assert((real:erase(key) ~= nil) == (entry ~= nil))
    mine.entries[key] = nil
  elseif what == 2 then
    assert(real:clear())
    mine.entries = {}
  elseif what == 3 and not field.fields then
    local value = input.pick(HOST_VALUES[field.name])
    assert((real:write(key, field.name, value) ~= nil) == (entry ~= nil))
    if entry then model.write(entry, field.name, value) end
  elseif what == 4 and not field.fields then
    local value = real:read(key, field.name)
    assert(not entry or value == model.read(entry, field.name))
  else
    local count = 0
    for _ in pairs(mine.entries) do count = count + 1 end
    assert(real:size() == count)
  end
end

return function(bytes)
  input.begin(bytes)
  local shared = {}
  for i, shape in ipairs(SHAPES) do shared[i] = model.new(shape_of(shape[2], shape[3])) end
  local inspector = host.inspector()
  local states = { assert(libraries[1]:init("", { inspector = inspector })) }
  states[2] = assert(libraries[2]:init("", { inspector = inspector }))
  local users = { new_user(shared, true), new_user(shared, false) }
  local threads = inspector:table "threads"
  repeat
    local who = input.below(3)
    if who == 2 then
      run_host(inspector, shared)
    else
      run_script(states[who + 1], users[who + 1], input.bytes(input.below(64)))
    end
    assert(threads:references() == 0, "entries that were not released")
  until input.left() <= 0
  for _, state in ipairs(states) do state:destroy() end
end
