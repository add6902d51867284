--- Every place where C reads a value of a script's gets each of the values of hostilevalues.lua: no crash, no endless loop,
--- and an error names the place. Keys come from keys.def, so a new one is tried.
local host = require "lure.host"
local hostile = require "spec.script.hostilevalues"
local pages = require "spec.docs.pages"
local support = require "spec.support"

local restore, path
setup(function()
  restore = host.redirect_stderr("/dev/null")
  path = support.file "return 0"
end)
teardown(function() restore() end)

--- The script with `change`, which may use `v`, value number `n`; and `n` itself, for functions that return more values.
local function write(api, n, change)
  local file = assert(io.open(path, "wb"))
  file:write(hostile.prelude, ("local n, api = %d, %d\n"):format(n, api), hostile.table(api),
    "\nlocal v = values[n]()\n", change, "\nreturn t\n")
  file:close()
end

--- Everything that a host does with a plugin, once. Returns the messages of what fails, by the call.
local function drive(state, api)
  local said = {}
  local function note(name, good, message)
    message = not good and tostring(message or "")
    if message and message ~= "" and not message:find "^plugin x has no plugin_" then said[name] = message end
  end
  local event = support.event "5"
  note("open_params", state:open_params())
  local instance, problem = state:open '{"p": 1}'
  note("open", instance, problem)
  if instance then
    local rc, _, message = instance:next_batch()
    note("next", rc ~= "failure", message)
    note("progress", instance:progress())
    instance:close()
  end
  note("to_string", state:to_string(event))
  for _, field in ipairs { "x.y[1]", "x.n", "x.at" } do
    local allowed, value, message = pcall(state.extract, state, event, field)
    if allowed then note(field, value, message) end -- else the host refuses, as the field does not take this argument
  end
  if api == 3 then
    note("parse", state:parse(event))
    note("metrics", state:metrics())
    note("set_config", state:set_config "{}")
    note("capture_open", pcall(function() state:capture_open() state:capture_close() end))
    note("dump_state", state:dump_state())
  end
  return said
end

--- Loads, inits and drives it. Returns why it is refused, or the messages.
local function try(api)
  local library, _, detail = host.load(support.lib(api), { env = { LURE_SCRIPT = path } })
  if not library then return detail.required_api_version end
  local state, problem = library:init '{"lure": {"time": 5}}'
  if not state then return problem end
  local said = drive(state, api)
  state:destroy()
  return nil, said
end


--- A refusal is a list of sentences, each with its file; the first names one of the `words`, the limit of memory, or the value's
--- own error.
local function check_problem(problem, words, what)
  for line in problem:gmatch "[^\n]+" do
    if not line:find "^\t?script%.lua[:%d]*: " then error(what .. " is refused without its place: " .. line) end
  end
  local first = problem:match "[^\n]+"
  for word in (words .. " hostile init_config.lure.memory"):gmatch "%S+" do
    if first:find(word, 1, true) then return end
  end
  error(what .. " is refused without its name: " .. first)
end

--- Tries all values of `numbers` in `change`.
local function try_all(api, change, words, numbers)
  for n = 1, #hostile.names do
    if not numbers or numbers[n] then
      write(api, n, change)
      local problem, said = try(api)
      if problem then check_problem(problem, words, ("%s with v = %s"):format(change, hostile.names[n])) end
      for call, message in pairs(said or {}) do
        check_problem(message, words .. " " .. call, ("%s with v = %s"):format(change, hostile.names[n]))
      end
    end
  end
end

--- The numbers of the values of those types, and of one of each other type.
local function values_of(kinds)
  local load_value = load(hostile.prelude .. "return values", "=values", "t", setmetatable({
    require = function() return { json = { parse = function() return io.stdout end } } end }, { __index = _G }))()
  local numbers, seen = {}, {}
  for n = 1, #hostile.names do
    local kind = type(load_value[n]())
    numbers[n] = kinds:find(kind:upper(), 1, true) ~= nil or kind == "number" and kinds:find "INTEGER" ~= nil or not seen[kind]
    seen[kind] = true
  end
  return numbers
end

local keys = {}
for name, kinds, since in pages.read("src/script/keys.def"):gmatch(
  '\nSCRIPT_KEY%([%u_]+,%s+"([%w_]+)",%s+([%u_ |]+),%s*[%u_]+,%s*([%d_]+),') do
  keys[#keys + 1] = { name = name, kinds = kinds:gsub("KEY_IS_", ""), api = since:sub(1, 1) == "3" and 3 or 0 }
end
assert(#keys > 35)

--- What stands deeper: where, of which kinds, what an error may say of it.
local places = {}
local function add(kinds, words, list)
  for place in list:gmatch "%S+" do places[#places + 1] = { place, kinds = kinds, words = words } end
end
for name, kinds in pages.read("src/script/field.c"):match("#define FIELD_KEYS.-\n\n"):gmatch 'X%(%w+, "([%w_]+)", ([%u_ |]+)' do
  add(kinds:gsub("KEY_IS_", ""), "field " .. name, ("t.fields[1].%s t.fields[3].%s"):format(name, name))
end
add("STRING", "field", "t.fields[v] t.fields[1][v] t.fields[1].arg[v] t.fields[1].properties[v]")
add("BOOLEAN", "field", "t.fields[1].arg.index t.fields[1].arg.key t.fields[1].arg.required")
add("STRING", "field", "t.fields[1].properties[1]")
add("NUMBER", "batch events bytes milliseconds", "t.batch.events t.batch.bytes t.batch.milliseconds")
add("STRING", "batch events bytes milliseconds", "t.batch[v]")
add("STRING", "config", "t.config[v] t.config.a[v]")
add("TABLE", "config", "t.config.a t.config.a.enum")
add("STRING", "config", "t.config.a.default t.config.a.enum[1]")
for name in pages.read("lua/lure/meta.lua"):match("%-%-%-@class lure.Property(.-)\n\n"):gmatch "@field ([%w_]+)" do
  add("", "params", "t.params.p." .. name) -- all are converted alike
end
add("STRING", "open_params value desc separator", "t.open_params[v] t.open_params[1][v]")
add("STRING", "open_params value desc separator", "t.open_params[1].value t.open_params[1].desc t.open_params[1].separator")
add("STRING", "extract_event_sources", "t.extract_event_sources[v]")
add("STRING", "extract_event_sources", "t.extract_event_sources[1]")
add("STRING NUMBER", "event_types", "t.extract_event_types[1] t.parse_event_types[1]")
add("STRING", "event_sources async_events", "t.parse_event_sources[1] t.async_events[1] t.async_event_sources[1]")
add("STRING", "table", "t.tables[v] t.tables.own[v] t.tables.own.fields[v] t.tables.own.fields.sub[v] t.tables.own.fields.sub.fields[v]")
add("TABLE", "table", "t.tables.own t.tables.own.fields t.tables.own.fields.sub")
add("STRING", "table", "t.tables.own.key t.tables.own.fields.n t.tables.own.fields.sub.key")

for _, api in ipairs { 3, 0 } do
  describe(("anything, plugin API %d, may be"):format(api), function()
    for _, key in ipairs(keys) do
      if key.api <= api then
        it("a script's " .. key.name, function()
          try_all(api, ("t[%q] = v"):format(key.name), key.name .. " " .. key.name:gsub("s$", ""), values_of(key.kinds))
        end)
      end
    end
    it("a key of a script's", function() try_all(api, "t[v] = {}", "key index", values_of "STRING") end)
    if api == 3 then
      for _, arguments in ipairs { "v", "'own', v", "'own', { key = v }", "'own', { fields = v }", "'own', { [v] = 1 }",
        "'own', { optional = v }", "'own', { fields = { a = v } }", "'own', { fields = { [v] = 'int8' } }",
        "'own', { fields = { a = { type = v } } }", "'own', { fields = { sub = { key = v } } }", "'own', grows(), v" } do
        it(("in lure.table(%s)"):format(arguments), function()
          try_all(api, ("lure.table(%s)"):format(arguments), "lure.table index table own", values_of "STRING TABLE")
        end)
      end
    end
  end)
end

describe("anything, below a script's keys, may be", function()
  for _, place in ipairs(places) do
    it(place[1], function()
      local change = place[1] .. (place[1]:find "%[v%]$" and " = 1" or " = v")
      try_all(3, change, place[1]:match "t%.(%w+)" .. " index " .. place.words, values_of(place.kinds))
    end)
  end
end)
