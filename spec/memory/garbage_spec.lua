-- What a script does not use any more takes no room from it, also where its memory is C's and not Lua's: in a limit of 4 MB
-- each of these makes, one after the other, many times as much.
local support = require "spec.support"

local FOLDER = os.tmpname()
os.remove(FOLDER)
local quote = support.quote

setup(function()
  assert(os.execute("mkdir " .. quote(FOLDER)))
  local file = assert(io.open(FOLDER .. "/lines", "w"))
  for n = 1, 20000 do file:write("line ", n, "\n") end
  file:close()
  assert(os.execute(("gzip -k %s && printf 'a,b\\n1,2\\n' | gzip > %s"):format(quote(FOLDER .. "/lines"), quote(FOLDER .. "/table.gz"))))
end)

teardown(function() os.execute("rm -r " .. quote(FOLDER)) end)

local SCRIPT = [[local lure = require "lure"
return { name = "g", id = 999, version = "0.1.0", event_source = "g", next = function() end,
  fields = { { name = "g.f", type = "string", desc = "-", extract = function()
    local lines, packed, csv = %q, %q, %q
    %s
    return "done" end } } }]]

local function run(code)
  local state = support.start(SCRIPT:format(FOLDER .. "/lines", FOLDER .. "/lines.gz", FOLDER .. "/table.gz", code),
    { config = '{"lure": {"memory": 4194304, "time": 60, "stderr": false}}' })
  local value, message = state:extract(support.event "x", "g.f")
  state:destroy()
  return value, message
end

local MAKERS = {
  ["lure.file.lines"] = "for _ = 1, 400 do lure.file.lines(lines)() end",
  ["lure.file.lines of long lines"] = [[local name = lines .. ".long"
    local file = io.open(name, "w"); file:write(("x"):rep(300000)); file:close()
    for _ = 1, 100 do assert(lure.file.lines(name)() ~= nil) end]],
  ["lure.file.lines of packed files"] = "for _ = 1, 400 do lure.file.lines(packed)() end",
  ["lure.file.lines beside long strings"] = [[for n = 1, 400 do lure.file.lines(lines)(); local s = ("x"):rep(100000 + n) end]],
  ["lure.file.lookup"] = "for _ = 1, 400 do lure.file.lookup(csv, { format = 'csv' }) end",
  ["lure.file.tail"] = "for _ = 1, 400 do lure.file.tail(lines, { from = 'start' }) end",
  ["lure.window"] = "for n = 1, 50 do local w = lure.window(1e9); for i = 1, 3000 do w:add(i, i) end end",
  ["lure.ip.set"] = [[for n = 1, 100 do local t = {}; for i = 1, 5000 do t[i] = ("10.%d.%d.0/24"):format(i // 256, i % 256) end
    lure.ip.set(t) end]],
  ["lure.compress"] = [[for _ = 1, 200 do lure.compress.gzip(("x"):rep(10000)) end]],
}

describe("in a limit of 4 MB a script can use, one after the other, any number of", function()
  for name, code in pairs(MAKERS) do
    it(name, function()
      assert.same({ "done" }, { run(code) })
    end)
  end
end)
