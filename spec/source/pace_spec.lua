-- A source that blocks: what was read before is handed over first.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A pipe that gives "a", "b" and "c" in one go, and again after a file is made, which is when the test has all three.
local function pipe(gate)
  return ("unset LD_PRELOAD; sleep 0.2; for round in 1 2 3; do for letter in a b c; do echo $letter$round; done; " ..
    "tries=0; while ! [ -e %s$round ]; do sleep 0.02; tries=$((tries + 1)); [ $tries -lt 500 ] || echo late; done; done"):format(gate)
end

-- How a script reads lines from it.
local sources = {
  next = "open = function() return io.popen(COMMAND) end, next = function(file) return file:read 'l' end",
  ["an iterator"] = "open = function() return io.popen(COMMAND):lines() end",
  ["an iterator of the script's own"] =
    "open = function() local file = io.popen(COMMAND) return function() return file:read 'l' end end",
  produce = "produce = function(_, emit) for line in io.popen(COMMAND):lines() do emit(line) end end",
  ["a task"] = [[produce = function(_, emit)
    lure.spawn(function() for line in io.popen(COMMAND):lines() do emit(line) end end):join()
  end]],
}

for _, api in ipairs { 3, 0 } do
  for kind, source in pairs(sources) do
    it(("%s that blocks keeps nothing back that it has read (plugin API %d)"):format(kind, api), function()
      local gate = support.file("", "gate")
      local script = "batch = { milliseconds = 20 }, " .. source:gsub("COMMAND", (("%q"):format(pipe(gate)):gsub("%%", "%%%%")))
      local instance = given.opened(given.source(script), { api = api })
      local list = {}
      for round = 1, 3 do -- a batch that waits for what comes behind the gate gets what comes late
        while #list < 3 * round do
          for _, event in ipairs(select(2, instance:next_batch())) do list[#list + 1] = event.data end
        end
        support.run(("(sleep 0.3; touch %s%d) >/dev/null 2>&1 &"):format(gate, round)) -- while the script reads
      end
      assert.equal("a1 b1 c1 a2 b2 c2 a3 b3 c3", table.concat(list, " "))
      assert.equal("eof", (select(2, given.patiently(instance))))
      instance:close()
    end)
  end
end

describe("a source that was slow", function()
  it("has large batches again once it is quick", function()
    local instance = given.opened(given.source [[batch = { milliseconds = 20, events = 100 }, next = function(i)
      i.n = (i.n or 0) + 1
      if i.n == 1 then os.execute "sleep 0.1" end
      return os.time()
    end]])
    local sizes = {}
    repeat
      sizes[#sizes + 1] = #select(2, instance:next_batch())
    until sizes[#sizes] > 50
    assert.same({ 1, 1, 1 }, { sizes[1], sizes[2], sizes[3] })
    instance:close()
  end)
end)
