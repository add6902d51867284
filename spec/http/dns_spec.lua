-- Names that nobody resolves do not stop a source.

local given = require "spec.given"
local http = require "spec.http.given"
local support = require "spec.support"

--- What lure prints of a script whose DNS server never answers.
local function run(script)
  local output, status = support.run(support.with_mounts(("unshare --net env -u LD_PRELOAD PATH=/usr/bin:$PATH " ..
    "python3 %s/spec/http/silentdns.py %s/resolv.conf timeout 60 env LD_PRELOAD=$LD_PRELOAD %s/bin/lure run %s"):format(
    http.source, support.folder(), support.build, support.file(script))))
  assert.equal(0, status, output)
  return output
end

--- A source that ticks until a task has failed, whose error is its last event. `call` is what the task calls.
local function ticking(call)
  return given.source(([[next = function(i)
    i.task = i.task or lure.spawn(function()
      i.problem = select(2, pcall(%s))
    end)
    lure.sleep(0.02)
    i.n = (i.n or 0) + 1
    if i.said then return nil end
    i.said = i.problem
    return i.problem or "tick " .. i.n
  end]]):format(call))
end

describe("where DNS does not answer,", function()
  it("lure.http gives up after its timeout, and other tasks go on meanwhile", function()
    given.holds(run(ticking 'lure.http.get, "http://a.name.example/", { timeout = 1 }'), "tick 5",
      "lure.http.get: http://a.name.example/: DNS did not answer within 1 s (timeout)")
  end)

  it("lure.net gives up after its timeout, and other tasks go on meanwhile", function()
    given.holds(run(ticking 'lure.net.connect, "tcp://a.name.example:80", { timeout = 1 }'), "tick 5",
      "lure.net.connect: tcp://a.name.example:80: DNS does not answer (timeout)")
  end)

  it("a source ends at once while it connects, or listens at a name", function()
    for _, call in ipairs { "connect", "listen" } do
      local began = os.time()
      local output = run(given.source(([[produce = function(_, emit)
        lure.spawn(function() lure.net.%s "tcp://a.name.example:80" end)
        lure.sleep(0.1)
        emit "the end"
      end]]):format(call)))
      given.holds(output, "the end", "1 event")
      assert.is_true(os.time() - began < 9, output) -- the C library gives up after ten seconds
    end
  end)
end)
