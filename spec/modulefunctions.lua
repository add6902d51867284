--- What scripts can call or read of lure and its modules, out of lua/lure/meta.lua, so that specs which have to try all of it
--- forget nothing that is new.
--
-- A list of { name = "read", object = "process", call = "process:read" }. A function of a module is called "lure.file.tail"; a
-- method behind the last word of its class, or what meta.lua calls the object: "process:read", "document:get", "tables:add".
local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/lua/lure/meta.lua"))
local meta = file:read("a")
file:close()

local list, modules = {}, {}

local function add(object, separator, name)
  list[#list + 1] = { object = object, name = name, call = object .. separator .. name }
end

local classes = {}
for block in (meta .. "\n"):gmatch "(.-)\n\n" do
  local name, body = block:match "%-%-%-@class (lure[%w.]*)[^\n]*\n(.*)"
  if name then classes[#classes + 1] = { name, body .. "\n" } end
end

--- A class has functions that lure provides. Those that a script provides are optional keys, with a "?".
local with_functions = {}
for _, class in ipairs(classes) do with_functions[class[1]] = class[2]:find "@field [%w_]+ fun%(" ~= nil end

for _, class in ipairs(classes) do
  if class[1] == "lure" then
    for name, type in class[2]:gmatch "@field ([%w_]+) ([^\n]+)" do
      if with_functions[type] then modules[type] = "lure." .. name else add("lure", ".", name) end
    end
  end
end
for _, class in ipairs(classes) do
  for name, first in class[2]:gmatch "@field ([%w_]+) fun%(([%w_]*)" do
    if first == "self" then
      add(class[1]:match("%u%l*$"):lower(), ":", name)
    else
      add(assert(modules[class[1]], class[1] .. " is the type of no field of lure"), ".", name)
    end
  end
end
for object, separator, name in meta:gmatch "\nfunction ([%w_]+)([.:])([%w_]+)" do add(object, separator, name) end
assert(#list > 50, "lua/lure/meta.lua is not understood")
return list
