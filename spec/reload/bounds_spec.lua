-- Hot reload at its bounds: what a file tells of itself, and how much is carried over.
local changing = require "spec.reload.reloadedscript"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function payload(instance)
  local _, events, message = instance:next_batch()
  return events[1] and events[1].data or message
end

describe("a script", function()
  it("that is written again with its old time and size is read again", function()
    local path, state = changing.start(changing.source("1", "old"))
    local instance = assert(state:open())
    assert.equal("1", payload(instance))
    support.run(("touch -r %s %s.time"):format(path, path))
    local file = assert(io.open(path, "wb"))
    file:write(changing.source("2", "old"))
    file:close()
    support.run(("touch -r %s.time %s"):format(path, path))
    changing.wait()
    assert.equal("2", payload(instance))
    state:destroy()
  end)

  it("gets many tables from the old one: in lists, one in another, and each once", function()
    for _, step in ipairs { "list[i] = {}", "at.next = {} at = at.next", "list[i] = { { i }, list }" } do
      local keeping = changing.source("1", "old"):gsub("return plugin", ([[
        function plugin.init()
          local list, at = {}, {}
          plugin.kept = { list, at }
          for i = 1, 50000 do %s end
        end
        return plugin]]):format(step))
      local path, state = changing.start(keeping)
      local instance = assert(state:open())
      assert.equal("1", payload(instance))
      changing.write(path, changing.source("count", "new", [[
        reload = function(old)
          local seen, todo = {}, { old.kept }
          count = 0
          while #todo > 0 do
            local one = table.remove(todo)
            if not seen[one] then
              seen[one], count = true, count + 1
              for _, value in pairs(one) do if type(value) == "table" then todo[#todo + 1] = value end end
            end
          end
        end]]))
      assert.is_true(tonumber(payload(instance)) > 50000, step)
      state:destroy()
    end
  end)
end)
