-- Memory that runs out, at every place where the library asks for some: no crash, no leak, a text or a right
-- result, and the next call works. With CI set every place is tried, else every seventh.
local support = require "spec.support"

local SCARCITY = support.build .. "/spec/scarcity.so"
local FOLDER = (os.getenv("LURE_SOURCE") or ".") .. "/spec/memory/"
local STEP = os.getenv("CI") and 1 or 7

local function is_there(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

--- Runs a plugin's life again and again, each time with `count` allocations failing a little later.
local function run(api, script, count)
  local command = {}
  for i, word in ipairs { "lua5.4", FOLDER .. "run.lua", SCARCITY, support.lib(api), FOLDER .. script .. ".lua", STEP, count } do
    command[i] = support.quote(tostring(word))
  end
  return support.run(("LD_PRELOAD=%s LUA_CPATH=%s %s 2>/dev/null || echo crashed"):format(support.quote(SCARCITY),
    support.quote(package.cpath), table.concat(command, " ")))
end

for _, life in ipairs { { 3, "source" }, { 0, "source" }, { 3, "state" } } do
  local api, script = table.unpack(life)
  for name, count in pairs { ["a single allocation"] = 1, ["an allocation and its second try"] = 2,
                             ["every allocation from one on"] = 1 << 40 } do
    it(("a %s under the plugin API %d survives that %s fails, wherever that is"):format(script, api, name), function()
      if not is_there(SCARCITY) then
        pending("sanitizers have an allocator of their own")
      end
      local output = run(api, script, count)
      local runs = tonumber(output:match("^(%d+) runs\n$"))
      assert.is_truthy(runs, output)
      assert.is_true(runs > 1000 // STEP, output)
    end)
  end
end
