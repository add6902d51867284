-- async, every and what init spawns: tasks that no host's thread runs.

local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A field with what the global `seen` has.
local SEEN = 'fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } },'

--- Sets `seen` when it is closed.
local CLOSING = [[local value <close> = setmetatable({}, { __close = function(_, problem)
  seen = (seen or "") .. "closed " .. tostring(problem) end })]]

local function seen(state)
  return state:extract(support.event("1"), "x.seen")
end

--- Waits until `seen` is the text.
local function await(state, text)
  local last
  if not support.until_true(function() last = seen(state) return last == text end) then
    error(("x.seen is %q, not %q"):format(tostring(last), text), 2)
  end
end

--- The time in seconds.
local function now()
  return tonumber((support.run "date +%s%N")) / 1e9
end

local NOTHING = "next = function() return lure.TIMEOUT end, batch = { milliseconds = 1 },"

local function script(parts)
  return given.source(SEEN .. 'async_events = { "tick" }, async_interval = 0.001,\n' .. parts)
end

--- How many descriptors this process has.
local function descriptors()
  collectgarbage()
  collectgarbage() -- files of tests before
  local stat = assert(io.open "/proc/self/stat")
  local process = stat:read "n"
  stat:close()
  return select(2, support.run(("ls /proc/%d/fd"):format(process)):gsub("\n", ""))
end

local function process_is_there(number)
  local status = io.open(("/proc/%s/status"):format(number))
  local text = status and status:read "a" or "State:	Z"
  if status then status:close() end
  return not text:find "State:%s+Z"
end

--- The ways of being called at intervals: how each is written, begun and ended.
local kinds = {
  async = {
    write = function(body, rest) return script((rest or NOTHING) .. "async = function(emit)\n" .. body .. "\nend,") end,
    open = function(state) assert(state:async_open()) end,
    close = function(state) assert(state:async_close()) end,
  },
  every = {
    write = function(body, rest)
      return script((rest or NOTHING) .. "capture_open = function(capture) capture:every(0.001, function()\n" .. body .. "\nend) end,")
    end,
    open = function(state) assert(state:capture_open()) end,
    close = function(state) assert(state:capture_close()) end,
  },
}

for kind, is in pairs(kinds) do
  describe("a wait in " .. kind, function()
    it("keeps neither next nor fields waiting", function()
      local state = support.start(is.write("seen = 'waits' lure.sleep(1e6)",
        "next = function(i) i.n = (i.n or 0) + 1 return i.n < 4 and i.n or nil end,"))
      is.open(state)
      await(state, "waits")
      assert.same({ { "1", "2", "3" }, "eof" }, { given.patiently(assert(state:open())) })
      assert.equal("waits", seen(state))
      state:destroy()
    end)

    it("goes on where it was, and the function is called again", function()
      local state = support.start(is.write [[local before = seen or ""
        lure.sleep(0.002)
        if #before < 6 then seen = before .. "a" lure.sleep(0.002) seen = seen .. "b" end]])
      is.open(state)
      await(state, "ababab")
      is.close(state)
    end)

    it("is ended with it: closing values run, and nothing else", function()
      local state = support.start(is.write(CLOSING .. "seen = 'waits ' pcall(lure.sleep, 1e6) seen = seen .. 'went on '"))
      is.open(state)
      await(state, "waits ")
      is.close(state)
      assert.equal("waits closed nil", seen(state))
      is.open(state) -- and it may begin again
      await(state, "waits ")
      state:destroy()
    end)

    it("is ended by destroy, with all that it has opened", function()
      local before = descriptors()
      local state = support.start(is.write [[
        lure.spawn(function() for _ in lure.net.listen("udp://127.0.0.1:0"):datagrams() do end end)
        local command = { "env", "-u", "LD_PRELOAD", "sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done" }
        for line in lure.process.run(command):lines() do seen = line end]])
      is.open(state)
      assert.is_true(support.until_true(function() return seen(state) ~= nil end))
      local child, begin = seen(state), now()
      assert.is_true(process_is_there(child))
      assert.is_true(descriptors() > before)
      state:destroy()
      assert.is_true(now() - begin < 2)
      assert.is_true(support.until_true(function() return descriptors() <= before end)) -- `ls` may see both ends of its pipe
      assert.is_true(support.until_true(function() return not process_is_there(child) end)) -- it is killed a second after
    end)

    it("is not charged to the time limit, but what runs is", function()
      local state = support.start(is.write [[
        for _ = 1, 4 do lure.sleep(0.03) end
        seen = (seen or "") .. "slept "
        while true do end]], { config = '{"lure": {"time": 0.1, "max_errors": 0}}' })
      is.open(state)
      await(state, "slept slept ")
      is.close(state)
      assert.matches("^script%.lua:[67]: " .. kind .. ": stopped after 0%.1 s of CPU time %(limit: init_config%.lure%.time%)",
        state:log()[1].message)
    end)

    it("may be followed by an error, which is logged with its place; the function is called again", function()
      local state = support.start(is.write [[
        lure.sleep(0.001)
        seen = (seen or "") .. "x"
        if #seen < 3 then error "oh" end
        lure.sleep(1e6)]])
      is.open(state)
      await(state, "xxx")
      is.close(state)
      given.holds(state:log()[1].message, "script.lua:7: " .. kind .. ": oh")
    end)

    it("may be in a coroutine, but not where C calls", function()
      local state = support.start(is.write [[
        coroutine.wrap(function() lure.sleep(0.001) seen = "waited" end)()
        string.gsub("a", "a", function() lure.sleep(1) end)]])
      is.open(state)
      local log
      assert.is_true(support.until_true(function() log = state:log() return #log > 0 end))
      assert.equal("waited", seen(state))
      is.close(state)
      given.holds(log[1].message, "script.lua:6: " .. kind .. ": lure.sleep: cannot wait in a function that is called by C")
    end)

    it("ends with false, as a call that does not wait", function()
      local state = support.start(is.write [[lure.sleep(0.001) seen = (seen or "") .. "x" return false]])
      is.open(state)
      await(state, "x")
      os.execute "sleep 0.05"
      assert.equal("x", seen(state))
      is.close(state)
    end)

    it("works in the safe sandbox", function()
      local state = support.start(is.write "lure.sleep(0.001) seen = 'slept'", { config = '{"lure": {"sandbox": "safe"}}' })
      is.open(state)
      await(state, "slept")
      state:destroy()
    end)

    it("may wait for tasks that it spawns; these go on when it returns, and end with it", function()
      local state = support.start(is.write([[
        if seen then return end
        local task = lure.spawn(function(n) lure.sleep(0.001) return n + 1 end, 4)
        seen = "joined " .. task:join() .. " "
        lure.spawn(function() ]] .. CLOSING .. [[ lure.sleep(0.01) seen = seen .. "goes on " lure.sleep(1e6) end)]]))
      is.open(state)
      await(state, "joined 5 goes on ")
      is.close(state)
      assert.equal("joined 5 goes on closed nil", seen(state))
    end)

    it("is ended in the old script at a reload, and begins in the new one", function()
      local note = support.file("", "note")
      local text = is.write(([[local value <close> = setmetatable({}, { __close = function() io.open(%q, "a"):write("VERSION"):close() end })
        seen = "VERSION" lure.sleep(1e6)]]):format(note))
      local path, state = changing.start((text:gsub("VERSION", "one ")))
      local instance = assert(state:open())
      is.open(state)
      await(state, "one ")
      changing.write(path, (text:gsub("VERSION", "two ")))
      assert.is_true(support.until_true(function() instance:next_batch() return seen(state) == "two " end))
      assert.equal("one ", support.run("cat " .. note))
      state:destroy()
      assert.equal("one two ", support.run("cat " .. note))
    end)

    it("goes on where a reload fails", function()
      local text = is.write([[if seen then return end seen = "waits" lure.sleep(0.2) seen = "waited"]])
      local path, state = changing.start(text)
      local instance = assert(state:open())
      is.open(state)
      await(state, "waits")
      changing.write(path, (text:gsub("return { name", "error 'no'\nreturn { name")))
      instance:next_batch()
      await(state, "waited")
      state:destroy()
    end)
  end)
end

describe("a function of every that is ended while it waits", function()
  it("goes on to its end, and is not called again", function()
    local state = support.start(script(NOTHING .. [[capture_open = function(capture)
      local stop
      stop = capture:every(0.001, function()
        seen = (seen or "") .. "begins "
        stop()
        lure.sleep(0.01)
        seen = seen .. "ends "
      end)
    end,]]))
    assert(state:capture_open())
    await(state, "begins ends ")
    os.execute "sleep 0.05"
    assert.equal("begins ends ", seen(state))
    state:destroy()
  end)
end)

describe("ten thousand functions of every that wait", function()
  it("are ended in time, and more are refused", function()
    local state = support.start(script(NOTHING .. [[capture_open = function(capture)
      count = 0
      for _ = 1, 10000 do capture:every(0.001, function() count = count + 1 seen = tostring(count) lure.sleep(1e6) end) end
      local done, problem = pcall(capture.every, capture, 1, print)
      assert(not done and problem:find("10000 calls at intervals are running"))
    end,]]))
    assert(state:capture_open())
    await(state, "10000")
    local begin = now()
    assert(state:capture_close())
    assert.is_true(now() - begin < 2)
    state:destroy()
  end)
end)

for _, api in ipairs { 3, 0 } do
  describe("a task that init spawns in plugin API " .. api, function()
    local function start(init, rest, config)
      return assert(support.load_script(given.source(SEEN .. (rest or "next = function() return nil end,") ..
        "init = function()\n" .. init .. "\nend"), { api = api })):init(config)
    end

    it("is joined there", function()
      local state = assert(start [[
        local task = lure.spawn(function(n) lure.sleep(0.002) return n + 1 end, 4)
        lure.sleep(0.001)
        seen = tostring(task:join())]])
      assert.equal("5", seen(state))
      state:destroy()
    end)

    it("goes on afterwards, beside next and fields, until destroy", function()
      local state = assert(start([[
        lure.spawn(function()
          for _ = 1, 5 do lure.sleep(0.002) seen = (seen or "") .. "x" end
          lure.sleep(1e6)
        end)]], "next = function(i) i.n = (i.n or 0) + 1 return i.n < 2000 and i.n or nil end,"))
      local list, rc = given.patiently(assert(state:open()))
      assert.same({ 1999, "eof" }, { #list, rc })
      await(state, "xxxxx")
      state:destroy()
    end)

    it("that throws is logged", function()
      local errors = support.capture_stderr(function()
        local state = assert(start "lure.spawn(function() lure.sleep(0.001) seen = 'throws' error 'oh' end)")
        await(state, "throws")
        state:destroy()
      end)
      given.holds(errors, "script.lua:4: spawn: oh")
    end)

    it("is ended where init fails", function()
      local state, message = start "lure.spawn(lure.sleep, 1e6) lure.sleep(0.001) return nil, 'not today'"
      assert.is_nil(state)
      given.holds(message, "init: not today")
    end)
  end)
end

describe("a task that init spawns", function()
  it("is ended at a reload, and that of the new script runs", function()
    local text = given.source(SEEN .. NOTHING .. [[metrics = true,
      init = function() lure.spawn(function() lure.sleep(0.001) seen = "one" lure.sleep(1e6) end) end]])
    local path, state = changing.start(text)
    local instance = assert(state:open())
    await(state, "one")
    changing.write(path, (text:gsub("one", "two")))
    assert.is_true(support.until_true(function() instance:next_batch() return seen(state) == "two" end))
    state:destroy()
  end)

  it("is refused at a reload where no other thread has entered the state so far", function()
    local text = given.source(SEEN .. NOTHING .. [[init = function() seen = "one" end]])
    local errors = support.capture_stderr(function()
      local path, state = changing.start(text)
      local instance = assert(state:open())
      changing.write(path, (text:gsub('seen = "one"', "lure.spawn(lure.sleep, 1e6)")))
      for _ = 1, 30 do instance:next_batch() os.execute "sleep 0.005" end
      assert.equal("one", seen(state))
      state:destroy()
    end)
    given.holds(errors, "not reloaded, the script goes on as it was: init: tasks that it has spawned are left")
  end)
end)
