-- Commands that a script runs, and the signals of the host's process.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

-- What the code comes to inside a script, as text.
local function inside(code)
  local state = support.start(given.field("function() " .. code .. " end"))
  return (state:extract(host.event { data = "x" }, "x.y"))
end

describe("os.execute", function()
  it("answers what Lua's own answers", function()
    for command, expected in pairs {
      ["true"] = "true exit 0", ["exit 3"] = "nil exit 3", ["kill -9 $$"] = "nil signal 9",
      ["no-such-command 2>/dev/null"] = "nil exit 127",
    } do
      local result = inside(("local a, b, c = os.execute %q return ('%%s %%s %%s'):format(a, b, c)"):format(command))
      assert.equal(expected, result)
      assert.equal(expected, ("%s %s %s"):format(os.execute(command)))
    end
    assert.equal("true", inside "return tostring(os.execute())")
  end)

  local signals = [[
    local function of_host(text) return text:match("SigBlk:[^\n]*") .. text:match("SigIgn:[^\n]*") end
    local file = io.open "/proc/self/status"
    local before = of_host(file:read "a")
    file:close()
    local path = os.tmpname()
  ]]

  it("leaves the signals of the host's process as they are while it waits, and so does io.popen", function()
    assert.equal("equal", inside(signals .. [[
      -- posix_spawn blocks all signals of its thread until the command has begun, and a little longer
      os.execute(("for i in $(seq 200); do cat /proc/$PPID/status >%s; grep -q '%s' %s && break; sleep 0.05; done"):format(
        path, before:match "SigBlk:%s*%x+", path))
      local during = io.open(path)
      local text = of_host(during:read "a")
      during:close()
      os.remove(path)
      return text == before and "equal" or before .. " became " .. text]]))
    assert.equal("equal", inside(signals .. [[
      local pipe = io.popen("sleep 0.1; cat /proc/$PPID/status >" .. path)
      pipe:close()
      local during = io.open(path)
      local text = of_host(during:read "a")
      during:close()
      os.remove(path)
      return text == before and "equal" or before .. " became " .. text]]))
  end)
end)
