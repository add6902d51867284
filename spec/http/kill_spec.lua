-- Hosts that run examples/poller.lua and are killed at random moments, 200 times, while the log that it asks for grows, and its
-- server is busy, fails or hangs up now and then: no entry is missing, and at most one batch comes twice. Where CI is not set, and in
-- special builds, they are killed 20 times.
local killed = require "spec.killed"
local pages = require "spec.examples.pages"
local support = require "spec.support"

local KILLS = os.getenv "CI" and not os.getenv "LURE_SPECIAL_BUILD" and 100 or 10 -- for each plugin API

describe("a host that is killed while it asks a web service", function()
  for _, api in ipairs { 3, 0 } do
    it("loses no entry, and has at most one batch twice, in plugin API " .. api, function()
      local log = support.file("", "killed/log")
      local folder = log:gsub("/log$", "")
      support.run(("mkdir %s/state; chmod 700 %s %s/state"):format(folder, folder, folder))
      local url, stop = pages.serve(20000, 31)
      local function out(run) return ("%s/out.%d"):format(folder, run) end
      local example = killed.read((os.getenv "LURE_SOURCE" or ".") .. "/examples/poller.lua")
      local script = support.file((example:gsub("\n  produce", "\n  batch = { events = 30 },%0"))) -- so that batches end within pages
      local function host(run)
        return killed.host { script = script, params = url, api = api, out = out(run),
          log = log, what = '"id":(%d+)', config = ('{"token": "the token", "seconds": 0.01, "lure": {"sandbox": "safe", ' ..
            '"allow": ["http", "state"], "state": "%s/state"}}'):format(folder) }
      end
      killed.times(KILLS, host, out)
      local before = killed.check(KILLS, out)
      assert.equal(1, killed.batches_of(out(1))[1][1])
      local pid, ends = host(KILLS + 1), os.time() + 60
      local last
      repeat
        support.run "sleep 0.1"
        last = killed.check(KILLS + 1, out)
      until last >= before + 1000 or os.time() > ends
      killed.kill(pid)
      stop()
      assert.is_true(last >= before + 1000, killed.read(log))
      local said = killed.read(log):gsub("poller: warning: lure.http.get [^\n]*; again in [%d.]+ s, attempts left: %d[^\n]*\n", "")
      said = said:gsub("poller: warning: lure.http.get [^\n]*: %d+ more errors from here, not shown\n", "")
      assert.equal("", said)
    end)
  end
end)
