-- Each function that waits, in async and in a function of every: nothing else waits for it, and it is ended at once.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function now()
  return tonumber((support.run "date +%s%N")) / 1e9
end

--- What waits for ever, with FILE for a file of the test's.
local waits = {
  ["lure.sleep"] = "lure.sleep(1e6)",
  ["task:join"] = "lure.spawn(lure.sleep, 1e6):join()",
  ["lure.file.tail"] = "for line in lure.file.tail(FILE) do seen = line end",
  ["lines of a process"] = [[for line in lure.process.run({ "env", "-u", "LD_PRELOAD", "sleep", "1000" }):lines() do end]],
  ["the end of a process"] = [[lure.process.run({ "env", "-u", "LD_PRELOAD", "sleep", "1000" }):wait()]],
  ["datagrams"] = 'for text in lure.net.listen("udp://127.0.0.1:0"):datagrams() do end',
  ["a server"] = 'lure.net.listen("tcp://127.0.0.1:0"):serve(print)',
  ["a connection"] = [[local listener = lure.net.listen "tcp://127.0.0.1:0"
    local connection = lure.net.connect("tcp://127.0.0.1:" .. listener:port(), { idle = 1e6 })
    connection:read(1)]],
  ["an HTTP server"] = 'lure.http.serve({ listen = "tcp://127.0.0.1:0" }, function() return 204 end)',
  ["an HTTP request"] = [[local listener = lure.net.listen "tcp://127.0.0.1:0"
    lure.http.get("http://127.0.0.1:" .. listener:port(), { timeout = 1e3 })]],
}

local kinds = {
  async = { "async = function()\n%s\nend", "async_open", "async_close" },
  every = { "capture_open = function(capture) capture:every(0.001, function()\n%s\nend) end", "capture_open", "capture_close" },
}

for kind, is in pairs(kinds) do
  for what, body in pairs(waits) do
    it(("%s in %s keeps nothing else waiting, and is ended with it"):format(what, kind), function()
      local before = support.descriptors()
      local file = support.file("a line\n", "tailed")
      local state = support.start(given.source([[async_events = { "tick" }, async_interval = 0.001,
        fields = { { name = "x.begun", type = "uint64", desc = "-", extract = function() return begun end } },
        next = function(i) i.n = (i.n or 0) + 1 return i.n < 4 and i.n or nil end,
        ]] .. is[1]:format("begun = (begun or 0) + 1 " .. body:gsub("FILE", (("%q"):format(file):gsub("%%", "%%%%"))))))
      assert(state[is[2]](state))
      local begun
      repeat -- and time for what comes behind it
        os.execute "sleep 0.02"
        begun = state:extract(support.event("1"), "x.begun")
      until begun
      assert.same({ { "1", "2", "3" }, "eof" }, { given.patiently(assert(state:open())) })
      assert.equal(1, state:extract(support.event("1"), "x.begun"))
      local begin = now()
      assert(state[is[3]](state))
      assert.is_true(now() - begin < 2)
      assert.equal(1, state:extract(support.event("1"), "x.begun"))
      assert.same({}, state:log())
      state:destroy()
      assert.is_true(support.until_true(function() return support.descriptors() <= before end)) -- `ls` may see both ends of its pipe
    end)
  end
end
