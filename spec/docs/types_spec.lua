-- The types for LuaLS are those of what there is: lua/lure/meta.lua of what a script can use, lua/lure/meta/host.lua
-- of lure.host. lure.testing is written in Lua and has its types where it is written.

local host = require "lure.host"
local pages = require "spec.docs.pages"
local source = os.getenv("LURE_SOURCE") or "."
local support = require "spec.support"

local function read(path)
  local file = assert(io.open(source .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- The fields of a class in the types.
local function fields_of(class, path)
  local list = {}
  local text = read(path or "lua/lure/meta.lua"):match("%-%-%-@class " .. class .. "%f[^%w.][^\n]*\n(.-)\n\n")
  for name in (text or ""):gmatch("@field ([%w_]+)") do list[#list + 1] = name end
  table.sort(list)
  return list
end

--- The functions in the types whose names begin so ("lure%.").
local function functions_of(prefix, path)
  local list = {}
  for name in read(path or "lua/lure/meta.lua"):gmatch("\nfunction " .. prefix .. "([%w_]+)") do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function sorted_keys(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

describe("the types for LuaLS", function()
  it("have every key of the script's table, and no other", function()
    assert.same(pages.names_in("src/script/keys.def", "SCRIPT_KEY"), fields_of "lure.Plugin")
  end)

  it("have every key of a field, and no other", function()
    assert.same(pages.names_in("src/script/field.c", "X"), fields_of "lure.Field")
  end)

  it("have every type of a field, and no other", function()
    local types = {}
    for name in read("lua/lure/meta.lua"):match("%-%-%-@field type ([^\n]*ipaddr[^\n]*)"):gmatch('"(%w+)"') do
      types[#types + 1] = name
    end
    table.sort(types)
    assert.same(pages.names_in("src/event/fieldtypes.def", "FIELD_TYPE"), types)
  end)

  it("have every type of a state table, and no other but the table", function()
    local types = { "table" }
    for name in read("lua/lure/meta.lua"):match("%-%-%-@alias lure%.StateType ([^\n]*)"):gmatch('"(%w+)"') do
      types[#types + 1] = name
    end
    table.sort(types)
    assert.same(pages.names_in("src/script/statetypes.def", "STATE_TYPE"), types)
  end)

  it("have every key of a property of the configuration, and no other", function()
    local keys = {}
    for name in read("src/identity/declaredschema.c"):gmatch('\n%s+X%("(%w+)",') do keys[name] = true end
    assert.same(sorted_keys(keys), fields_of "lure.Property")
  end)

  it("have every type of a property, and no other", function()
    local keys, declared = {}, {}
    for name in read("src/identity/schemacheck.c"):match("schema_types%[%] = ({.-});"):gmatch('{"(%l+)",') do keys[name] = true end
    for name in read("lua/lure/meta.lua"):match("%-%-%-@field type%? ([^\n]*)"):gmatch('"(%l+)"') do declared[name] = true end
    assert.same(sorted_keys(keys), sorted_keys(declared))
  end)

  it("have every unit of a time, and no other", function()
    local units, declared = {}, {}
    for name in read("src/event/typereaders.c"):match(" units%[%] = ({.-});"):gmatch('{"(%l+)",') do units[name] = true end
    for name in read("lua/lure/meta.lua"):match("%-%-%-@field time%? ([^\n]*)"):gmatch('"(%l+)"') do declared[name] = true end
    assert.same(sorted_keys(units), sorted_keys(declared))
  end)

  it("have every level of the log, and no other", function()
    local levels = {}
    for name in read("src/modules/log.h"):match("#define LOG_LEVELS.-\n\n"):gmatch('"(%l+)"') do levels[name] = true end
    assert.same(sorted_keys(levels), fields_of "lure.Log")
  end)

  it("have every key of a suggestion for open, and no other", function()
    local keys = {}
    local list = read("src/script/openparams.c"):match("suggestion_keys%[%] = {(.-)}")
    for name in list:gmatch('"(%w+)"') do keys[name] = true end
    assert.same(sorted_keys(keys), fields_of "lure.OpenParam")
  end)

  it("have every member of an event, and no other", function()
    local members = {}
    for name in read("src/event/event.c"):gmatch('strcmp%(key, "([%w_]+)"%)') do members[name] = true end
    assert.same(sorted_keys(members), fields_of "lure.Event")
  end)

  it("have every method of a state table, and no other", function()
    local methods = {}
    local list = read("src/v3/tableobjects.c"):match("luaL_Reg methods%[%].-;")
    for name in list:gmatch('{"([%w_]+)", ') do methods[name] = true end
    assert.same(sorted_keys(methods), functions_of "tables:")
  end)

  for class, path in pairs { Window = "window", Process = "process", Listener = "listener", Connection = "connection" } do
    it("have every method of a " .. path .. ", and no other", function()
      local methods = { pid = class == "Process" or nil, peer = class == "Connection" or nil, serve = class == "Listener" or nil }
      local list = read(("src/modules/%s.c"):format(path)):match("luaL_Reg methods%[%].-;")
      for name in list:gmatch('{"([%w_]+)", ') do methods[name] = true end
      assert.same(sorted_keys(methods), fields_of("lure." .. class))
    end)
  end

  for of, class in pairs { lure = "lure", ["lure.json"] = "lure.Json", ["lure.log"] = "lure.Log",
                           ["lure.file"] = "lure.File",
                           ["lure.process"] = "lure.ProcessModule", ["lure.net"] = "lure.Net", ["lure.http"] = "lure.Http",
                           ["lure.crypto"] = "lure.Crypto", ["lure.text"] = "lure.Text", ["lure.time"] = "lure.Time",
                           ["lure.compress"] = "lure.Compress", ["lure.ip"] = "lure.Ip" } do
    it("have all that " .. of .. " has, and no more", function()
      local script = support.file(([[local lure = require "lure"
for name in pairs(package.preload) do
  if name:find "^lure%%." then assert(lure[name:match "%%.(.*)"] == require(name)) end -- opened when it is first used
end
local names = {}
for name in pairs(%s) do names[#names + 1] = name end
table.sort(names)
error(table.concat(names, " "), 0)]]):format(of))
      local detail
      support.capture_stderr(function() detail = select(3, support.load_script(script)) end)
      local types = fields_of(class)
      if class == "lure" then table.move(functions_of "lure%.", 1, 100, #types + 1, types) end
      table.sort(types)
      assert.equal(table.concat(types, " "), detail.required_api_version:match(": (.*)$") or detail.required_api_version)
    end)
  end

  for _, path in ipairs { "lua/lure/meta.lua", "lua/lure/meta/host.lua", "lua/lure/testing.lua" } do
    it("in " .. path .. " have each parameter of each function, and no other", function()
      local text = read(path)
      assert.is_function(load(text))
      local functions, declared = 0, {}
      for line in text:gmatch("[^\n]*") do
        local name, parameters = line:match("^function ([%w_.:]+)%(([^)]*)%)")
        if name then
          assert.equal(parameters, table.concat(declared, ", "), path .. ": " .. name)
          functions = functions + 1
        end
        declared[#declared + 1] = line:match("^%-%-%-@param ([%w_.]+)")
        if not line:find("^%-%-") then declared = {} end
      end
      assert.is_true(functions > 8)
    end)
  end
end)

describe("the types of lure.host for LuaLS", function()
  local path = "lua/lure/meta/host.lua"

  it("have every function of the module, and no other", function()
    assert.same(sorted_keys(host), functions_of("host%.", path))
  end)

  -- The metatables of lure.host's objects, by the names of their classes. What ask_metrics answers is a job, too.
  local classes, hidden = {}, { Asking = "Job", Collected = false }
  for name, metatable in pairs(debug.getregistry()) do
    local class = type(name) == "string" and type(metatable) == "table" and name:match("^lure%.host%.(%l+)$")
    if class then
      class = class:gsub("^%l", string.upper)
      if hidden[class] ~= false then classes[class] = metatable.__index end
    end
  end

  it("have every kind of object, and no other", function()
    local kinds = {}
    for name in pairs(classes) do kinds[hidden[name] or name] = true end
    local declared = {}
    for name in read(path):gmatch("\nlocal (%u%l+) = {}") do declared[name] = true end
    assert.same(sorted_keys(kinds), sorted_keys(declared))
  end)

  for class, methods in pairs(classes) do
    if type(methods) == "table" then
      it("have every method of " .. class .. ", and no other", function()
        assert.same(sorted_keys(methods), functions_of((hidden[class] or class) .. ":", path))
      end)
    end
  end

  it("have every member of an event, and no other", function()
    local members = {}
    for name in read("src/testhost/lua_event.c"):gmatch('strcmp%(key, "([%w_]+)"%)') do members[name] = true end
    members.copy = nil
    assert.same({ "copy" }, functions_of("Event:", path))
    assert.same(sorted_keys(members), fields_of("lure.host.Event", path))
  end)

  it("have every key of an event that is made, and no other", function()
    local keys = {}
    local list = read("src/testhost/lua_event.c"):match("host_event_lj.*"):match("names%[%] = {(.-)NULL")
    for name in list:gmatch('"(%w+)"') do keys[name] = true end
    assert.same(sorted_keys(keys), fields_of("lure.host.EventMembers", path))
  end)

  it("have every option of a loading, and no other", function()
    local options = {}
    for name in read("src/testhost/lua_library.c"):match("option_names%[%] = {(.-)}"):gmatch('"([%w_]+)"') do
      options[#options + 1] = name
    end
    table.sort(options)
    local declared = fields_of("lure.host.LoadOptions", path)
    for _, name in ipairs(fields_of("lure.host.BackgroundOptions", path)) do declared[#declared + 1] = name end
    table.sort(declared)
    assert.same(options, declared)
  end)

  it("have all that a library says of itself, and no more", function()
    local said, field = {}, {}
    for _, name in ipairs { "counter_v3", "extractor_v3" } do
      local info = assert(host.load(("%s/spec/%s.so"):format(support.build, name))):info()
      for key in pairs(info) do said[key] = true end
      for _, described in ipairs(info.fields) do
        for key in pairs(described) do field[key] = true end
      end
    end
    assert.same(sorted_keys(said), fields_of("lure.host.Info", path))
    assert.same(sorted_keys(field), fields_of("lure.host.Field", path))
  end)
end)
