-- Memory that runs out, at every place where the library asks for some: no crash, no leak, a text or a right
-- result, and the next call works. With CI set every place is tried, else every seventh.
local support = require "spec.support"

local ALLOCFAIL = support.build .. "/spec/allocfail.so"
local FOLDER = (os.getenv("LURE_SOURCE") or ".") .. "/spec/memory/"
local STEP = os.getenv("CI") and 1 or 7

local function is_there(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

--- Runs a plugin's life again and again, each time with `count` allocations failing a little later.
local function run(library, script, count)
  local command = {}
  for i, word in ipairs { "lua5.4", FOLDER .. "run.lua", ALLOCFAIL, library, FOLDER .. script .. ".lua", STEP, count } do
    command[i] = support.quote(tostring(word))
  end
  return support.run(("LD_PRELOAD=%s LUA_CPATH=%s %s 2>/dev/null || echo crashed"):format(support.quote(ALLOCFAIL),
    support.quote(package.cpath), table.concat(command, " ")))
end

--- The library with the script packed in it.
local function packed(script)
  local path = support.folder() .. "/liblure-packed.so"
  local output, status = support.run(("%s/bin/lure pack %s -o %s"):format(support.quote(support.build),
    support.quote(FOLDER .. script .. ".lua"), support.quote(path)))
  assert(status == 0, output)
  return path
end

for _, life in ipairs { { 3, "source" }, { 0, "source" }, { 3, "state" }, { 3, "source", "packed " }, { 3, "reload" },
                       { 3, "batchprefetch" } } do
  local api, script, how = life[1], life[2], life[3] or ""
  for name, count in pairs { ["a single allocation"] = 1, ["an allocation and its second try"] = 2,
                             ["every allocation from one on"] = 1 << 40 } do
    it(("a %s%s under the plugin API %d survives that %s fails, wherever that is"):format(how, script, api, name), function()
      if not is_there(ALLOCFAIL) then
        pending("sanitizers have an allocator of their own")
      end
      local output = run(how ~= "" and packed(script) or support.lib(api), script, count)
      local runs = tonumber(output:match("^(%d+) runs\n$"))
      assert.is_truthy(runs, output)
      assert.is_true(runs > 500 // STEP, output)
    end)
  end
end
