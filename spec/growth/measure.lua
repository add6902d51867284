-- measure.lua COUNTER READERS: runs each reader of a file in this directory with inputs of two sizes, one ten times the
-- other, between two calls that callgrind counts at. Prints the names, in the order of the counts.
--
-- A file of readers returns `{ NAME = { SIZE, function(n) … return f end } }`: f reads an input of size n, made before.
local counter = assert(package.loadlib(arg[1], "luaopen_counter"))()

local readers = dofile(arg[2])
local names = {}
for name in pairs(readers) do
  names[#names + 1] = name
end
table.sort(names)

for _, name in ipairs(names) do
  local size, prepare = table.unpack(readers[name])
  for _, n in ipairs { size, 10 * size } do
    local read <const> = prepare(n)
    collectgarbage()
    collectgarbage "stop" -- this Lua's, not the plugin's
    counter.begin()
    read()
    counter.finish()
    collectgarbage "restart"
  end
  print(name)
end
