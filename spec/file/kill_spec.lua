-- Hosts that are killed at random moments, 200 times in all, while a writer appends and logrotate rotates: with the cursors
-- of lure.file.tail no line is missing, and at most one batch comes twice. Where CI is not set, and in special builds, they are
-- killed 20 times.
--
-- What copytruncate itself loses, lines between its copy and its cut, the writer does not write: it waits for logrotate.
local killed = require "spec.killed"
local support = require "spec.support"
local quote = support.quote

local KILLS = os.getenv "CI" and not os.getenv "LURE_SPECIAL_BUILD" and 50 or 5 -- in each mode

--- Writes numbered lines in bursts, calls logrotate between them, until there is a file "stop"; then says how many.
local writer = [[
  local folder, seed = os.getenv "FOLDER", tonumber(os.getenv "SEED")
  math.randomseed(seed)
  local random, count = math.random, 0
  local function exists(name) local file = io.open(folder .. name) if file then file:close() end return file ~= nil end
  while not exists "/stop" do
    local file = assert(io.open(folder .. "/app.log", "a"))
    for _ = 1, random(1, 100) do
      count = count + 1
      file:write(count, " ", ("x"):rep(random(0, 150)), "\n")
    end
    file:close()
    if random(8) == 1 then
      assert(os.execute("LD_PRELOAD= logrotate -f -s " .. folder .. "/logrotate.state " .. folder .. "/logrotate.conf; sleep 0.05"))
    else
      os.execute "sleep 0.003"
    end
  end
  local file = assert(io.open(folder .. "/written", "w"))
  file:write(count)
  file:close()
]]

local script = [[
  local lure = require "lure"
  return { name = "killed", version = "0.1.0", id = 999, event_source = "killed", batch = { events = 100, milliseconds = 5 },
    open = function(path) return lure.file.tail(path) end }
]]

describe("a host that is killed while logrotate rotates", function()
  local missing = not support.run "command -v logrotate":find "logrotate"

  for _, case in ipairs { { "create" }, { "copytruncate" }, { "create compress" }, { "create compress delaycompress" , api = 0 } } do
    it("by " .. case[1] .. " loses no line, and has at most one batch twice", function()
      if missing then
        assert.is_nil(os.getenv "CI", "logrotate is missing")
        pending "logrotate is missing"
        return
      end
      local log = support.file("", "killed/log")
      local folder = log:gsub("/log$", "")
      support.run(("mkdir %s/state; chmod 700 %s %s/state"):format(quote(folder), quote(folder), quote(folder)))
      local file = assert(io.open(folder .. "/logrotate.conf", "w"))
      file:write(("%s/app.log {\n  rotate 10000\n  missingok\n  su root root\n  %s\n}\n"):format(folder, case[1]:gsub(" ", "\n  ")))
      file:close()
      support.run(("chmod 600 %s/logrotate.conf"):format(quote(folder)))
      local script_path = support.file(script)
      local writing = killed.start(writer, { FOLDER = folder, SEED = 1 }, log)
      local function out(run) return ("%s/out.%d"):format(folder, run) end
      local function host(run)
        return killed.host { script = script_path, params = folder .. "/app.log", api = case.api, out = out(run), log = log,
          config = ('{"lure": {"state": "%s/state"}}'):format(folder) }
      end
      killed.times(KILLS, host, out)
      io.open(folder .. "/stop", "w"):close()
      support.run(("while kill -0 %s 2>/dev/null; do sleep 0.01; done"):format(writing))
      local written = tonumber(killed.read(folder .. "/written"))
      assert.is_number(written, killed.read(log))
      local pid, ends = host(KILLS + 1), os.time() + 60
      local last
      repeat
        support.run "sleep 0.1"
        last = killed.check(KILLS + 1, out)
      until last >= written or os.time() > ends
      killed.kill(pid)
      assert.equal(written, last, killed.read(log))
      local said = killed.read(log):gsub("killed: notice: [^\n]*/app.log: there is no such file yet; waiting for it\n", "")
      assert.equal("", said)
    end)
  end
end)
