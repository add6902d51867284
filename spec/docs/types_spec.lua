local source = os.getenv("LURE_SOURCE") or "."
local support = require "spec.support"

local function read(path)
  local file = assert(io.open(source .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- The fields of a class in the types.
local function fields_of(class)
  local list = {}
  for name in (read("lua/lure/meta.lua"):match("%-%-%-@class " .. class .. "\n(.-)\n\n") or ""):gmatch("@field ([%w_]+)") do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

--- The functions in the types whose names begin so ("lure%.").
local function functions_of(prefix)
  local list = {}
  for name in read("lua/lure/meta.lua"):gmatch("\nfunction " .. prefix .. "([%w_]+)") do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function sorted_keys(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

--- The names in an X-macro list.
local function names_in(path, macro)
  local list = {}
  for name in read(path):match("#define " .. macro .. "%(X%).-\n\n"):gmatch('X%([%w_]+,%s*"([%w_]+)",.-%)') do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

describe("the types for LuaLS", function()
  it("have every key of the script's table, and no other", function()
    assert.same(names_in("src/script/keys.h", "SCRIPT_KEYS"), fields_of "lure.Plugin")
  end)

  it("have every key of a field, and no other", function()
    assert.same(names_in("src/script/field.c", "FIELD_KEYS"), fields_of "lure.Field")
  end)

  it("have every key of a property of the configuration, and no other", function()
    local keys = {}
    for name in read("src/identity/properties.c"):match("const names%[%] = {(.-)NULL"):gmatch('"(%w+)"') do keys[name] = true end
    assert.same(sorted_keys(keys), fields_of "lure.Property")
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

  for of, class in pairs { lure = "lure", ["lure.json"] = "lure.Json", ["lure.log"] = "lure.Log" } do
    it("have all that " .. of .. " has, and no more", function()
      local script = support.file(([[local lure = require "lure"
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

  it("are Lua", function()
    assert.is_function(load(read("lua/lure/meta.lua")))
  end)
end)
