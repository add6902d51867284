-- The life of files.lua, with its files.
local folder = os.getenv "FOLDER"

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "w"))
  file:write(text)
  file:close()
end

write("a.log", "1\n2\n")
write("b.log", "3\n")
write("table.csv", 'name,value\none,"1 ""and"""\ntwo,2\n')
write("table.json", '[{"name":"one","value":1},{"name":"two","value":2}]')
write("packed", ("line\n"):rep(2000) .. "one\n")
os.execute(("gzip -fn %s/packed"):format(folder))

return require "spec.memory.steps" { "1123", "8033", '21 21 "and" 2true', "a.log b.log packed.gz table.csv table.json", "file33nil",
  ("v"):rep(19) .. "nil1.5" }
