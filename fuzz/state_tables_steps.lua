-- The steps that a string of bytes makes with state tables, and the text of what came of them. Runs in the scripts,
-- with state tables, and in state_tables.lua, with a model of them.
local KEYS = {
  string = { "a", "b", "", "\xff", "a key of some more letters", "a\0b", 1, false },
  int8 = { 0, 1, -128, 127, 128, 1.0, "1", 1.5 },
  int64 = { 0, 7, -1, math.maxinteger, math.mininteger, 7.0, "7", 2^63 },
  uint16 = { 0, 1, 65535, 65536, -1, 3.0, "x", true },
}
local VALUES = { 0, 1, -1, 127, 128, -128, -129, 65535, 65536, 1 << 31, 1 << 32, math.maxinteger, math.mininteger, 1.0,
  1.5, 2^53, "18446744073709551615", "12", "x", "", "a\0b", "\xff\u{e4}", ("long "):rep(100), true, false, {}, 0/0 }

local held, left = {}, {} -- left: of earlier calls

local function is_fine(...)
  if not ... then return "error" end
  return select(2, ...)
end

--- The results of a call, or "error".
local function try(f, ...) return is_fine(pcall(f, ...)) end

local function read(entry, name) return entry[name] end
local function write(entry, name, value) entry[name] = value end

local function show(value)
  return type(value) == "string" and ("%q"):format(value) or type(value) == "userdata" and "object"
    or type(value) == "table" and "object" or tostring(value)
end

--- All that an entry has, and what its tables have.
local function show_entry(entry, fields)
  if entry == nil or entry == "error" then return tostring(entry) end
  local shown = {}
  for i, field in ipairs(fields) do
    local value = try(read, entry, field.name)
    shown[i] = value == "error" and "gone" or field.fields and "#" .. tostring(try(function() return #value end))
      or show(value)
  end
  return "(" .. table.concat(shown, " ") .. ")"
end

local step

--- Makes the steps of `bytes` with the tables { handle =, key =, fields = }. `nested`: inside of an iteration.
local function run(bytes, tables)
  local at, shown = 1, {}
  local function below(count)
    at = at + 1
    return (bytes:byte(at - 1) or 0) % count
  end
  for i = #left, 1, -1 do -- entries of the last call are gone
    shown[#shown + 1] = show_entry(left[i].entry, left[i].fields)
  end
  left, held = {}, {}
  while at <= #bytes do
    local t = tables[below(#tables) + 1]
    shown[#shown + 1] = step(t, below, 2)
  end
  left = held
  return table.concat(shown, "\n")
end

local function pick(list, below) return list[below(#list) + 1] end

local function keep(entry, t)
  if entry ~= nil and entry ~= "error" and #held < 8 then held[#held + 1] = { entry = entry, fields = t.fields } end
end

local function make_values(t, below)
  local values = {}
  for _ = 1, below(3) do values[pick(t.fields, below).name] = pick(VALUES, below) end
  return next(values) and values or nil
end

--- In an order that does not depend on the table's.
local function sorted(list)
  table.sort(list)
  return "{" .. table.concat(list, ", ") .. "}"
end

local function each(t, below)
  local seen, how, key = {}, below(6), pick(KEYS[t.key], below)
  local result = try(t.handle.each, t.handle, function(entry, entry_key)
    seen[#seen + 1] = show(entry_key) .. show_entry(entry, t.fields)
    if how == 1 then return false end
    if how == 2 then error "stop" end
    if how == 3 then seen[#seen] = show(try(t.handle.erase, t.handle, key == nil and 0 or entry_key)) end
    if how == 4 then try(t.handle.clear, t.handle) end
    if how == 5 then keep(entry, t) end
  end)
  if how == 1 or how == 2 or how == 4 then seen = { tostring(#seen) } end -- which one came first is not told
  return "each " .. how .. show(result) .. sorted(seen)
end

local function use_held(below)
  local one = held[below(8) + 1]
  if not one then return "none" end
  local field = pick(one.fields, below)
  local result = try(write, one.entry, field.name, pick(VALUES, below))
  return "held " .. show(result) .. show_entry(one.entry, one.fields)
end

local function misuse(t, below)
  local how = below(6)
  local h = t.handle
  if how == 0 then return show(try(h.get, h)) end
  if how == 1 then return show(try(h.get, {}, 1)) end
  if how == 2 then return show(try(h.add, h, pick(KEYS[t.key], below), { ["no such field"] = 1 })) end
  if how == 3 then return show(try(h.each, h, 7)) end
  if how == 4 then return show(try(function() h.x = 1 end)) end
  return show(try(h.add, h, pick(KEYS[t.key], below), "values"))
end

local function nested(t, below, depth)
  local entry = try(t.handle.get, t.handle, pick(KEYS[t.key], below))
  for _, field in ipairs(t.fields) do
    if field.fields and depth > 0 and entry ~= nil and entry ~= "error" then
      local inner = { handle = try(read, entry, field.name), key = field.key, fields = field.fields }
      if inner.handle == "error" then return "no table" end
      return "in " .. step(inner, below, depth - 1)
    end
  end
  return "no nested"
end

function step(t, below, depth)
  local what, h = below(10), t.handle
  if what == 0 or what == 9 then
    local entry = try(h.get, h, pick(KEYS[t.key], below))
    keep(entry, t)
    return "get " .. show_entry(entry, t.fields)
  elseif what == 1 then
    local entry = try(h.add, h, pick(KEYS[t.key], below), make_values(t, below))
    keep(entry, t)
    return "add " .. show_entry(entry, t.fields) .. tostring(#h)
  elseif what == 2 then
    return "erase " .. show(try(h.erase, h, pick(KEYS[t.key], below))) .. #h
  elseif what == 3 then
    local entry = try(h.get, h, pick(KEYS[t.key], below))
    if entry == nil or entry == "error" then return tostring(entry) end
    local result = try(write, entry, pick(t.fields, below).name, pick(VALUES, below))
    return "write " .. show(result) .. show_entry(entry, t.fields)
  elseif what == 4 then
    return each(t, below)
  elseif what == 5 then
    return use_held(below)
  elseif what == 6 then
    return "misuse " .. misuse(t, below)
  elseif what == 7 then
    return nested(t, below, depth)
  end
  return below(4) == 0 and "clear " .. show(try(h.clear, h)) or "size " .. #h
end

return run
