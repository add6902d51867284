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

--- The names in an X-macro list.
local function names_in(path, macro, without)
  local list = {}
  for name, rest in read(path):match("#define " .. macro .. "%(X%).-\n\n"):gmatch('X%([%w_]+,%s*"([%w_]+)",(.-)%)') do
    if not (without and rest:find(without)) then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

describe("the types for LuaLS", function()
  it("have every key of the script's table, and no other", function()
    assert.same(names_in("src/script/keys.h", "SCRIPT_KEYS", "NEEDS_LATER"), fields_of "lure.Plugin")
  end)

  it("have every key of a field, and no other", function()
    assert.same(names_in("src/script/field.c", "FIELD_KEYS"), fields_of "lure.Field")
  end)

  it("have all that the module has", function()
    local script = support.file [[local lure = require "lure"
local names = {}
for name in pairs(lure) do names[#names + 1] = name end
table.sort(names)
error(table.concat(names, " "), 0)]]
    local _, _, detail = support.load_script(script)
    local types = fields_of "lure"
    for name in read("lua/lure/meta.lua"):gmatch("function lure%.([%w_]+)") do types[#types + 1] = name end
    table.sort(types)
    assert.equal(table.concat(types, " "), detail.required_api_version:match(": (.*)$") or detail.required_api_version)
  end)

  it("are Lua", function()
    assert.is_function(load(read("lua/lure/meta.lua")))
  end)
end)
