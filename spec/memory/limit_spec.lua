-- A script makes the process grow by no more than init_config.lure.memory and a tenth of it, whatever it does
-- (growths.lua), gets an error that names the limit where it wants more, and the next event works. Each runs in a process
-- of its own. Where a sanitizer has the memory, its own count of what is allocated stands for that of the process.
local support = require "spec.support"
local quote = support.quote

local FOLDER = (os.getenv("LURE_SOURCE") or ".") .. "/spec/memory/"
local MEMORY = 32 << 20
local growths = dofile(FOLDER .. "growths.lua")

local names = {}
for name in pairs(growths) do names[#names + 1] = name end
table.sort(names)

local function grow(api, name)
  local command = { "lua5.4", FOLDER .. "growth.lua", support.lib(api), tostring(api), name, tostring(MEMORY),
    support.build .. "/spec/memoryparts.so" }
  for i, word in ipairs(command) do command[i] = quote(word) end
  return support.run(("ulimit -n 20000 && LUA_CPATH=%s %s 2>&1"):format(quote(package.cpath), table.concat(command, " ")))
end

describe("the process grows by no more than the limit and a tenth, by", function()
  for _, api in ipairs { 3, 0 } do
    for _, name in ipairs(names) do
      local is_of_api = not growths[name].api or growths[name].api == api
      if is_of_api and not (support.plain and growths[name].files) then
        it(("%s, under the plugin API %d"):format(name, api), function()
          local output = grow(api, name)
          local grown = tonumber(output:match "^(%d+)\n$")
          assert.is_truthy(grown, output)
          assert.is_true(grown <= MEMORY + MEMORY // 10, ("it has grown by %.1f MiB"):format(grown / (1 << 20)))
        end)
      end
    end
  end
end)
