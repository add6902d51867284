-- Ctrl-C and SIGTERM end `lure run` at once, whatever the script does. The limit of time is so long that a callback
-- that is not interrupted never ends here.
local burners = require "spec.script.timeburners"
local program = require "spec.cli.program"
local support = require "spec.support"
local script = program.script

local LIMIT = 600
local CONFIG = ('{"lure": {"time": %d}}'):format(LIMIT)

-- Runs a script until it says "ready", or what `ready` is, and has gone on for a while, then sends the signal. Also
-- tells the ms that it took.
local function interrupted(path, signal, ready)
  local result = program.shell(([[
    $lure </dev/null >/dev/null & child=$!
    { for _ in $(seq 120); do sleep 1; done; kill -KILL $child; } </dev/null >/dev/null 2>&1 & guard=$!
    until %s || ! kill -0 $child; do sleep 0.01; done
    sleep 0.1; begin=$(date +%%s%%N)
    kill -%s $child; wait $child; status=$?; kill $guard
    echo $(( ($(date +%%s%%N) - begin) / 1000000 )); exit $status]]):format(ready or "grep -q ready /proc/$$/fd/2", signal or "TERM"),
    { "run", path, "--config", CONFIG })
  result.milliseconds = tonumber(result.lines[1])
  return result
end

-- It ends, in a small part of the time that it would take otherwise; what it said is `expected`.
local function ends_at_once(path, expected, signal, status)
  local result = interrupted(path, signal)
  assert.equal(status or 143, result.status, result.err)
  assert.is_true(result.milliseconds < 10000, result.milliseconds .. " ms")
  assert.matches(expected, result.err)
end

local SUMMARY = "%d+ events?, %d+ events/s, %d+%.%d+ s\n"
local READY = "^t: info: ready\n"

-- Some of each kind. LURE_PLAIN_LUA counts instructions of Lua alone.
local of_lua = { "a loop", "tail calls", "recursion", "xpcall with a handler that loops", "many closing values",
  "coroutines of a few steps", "coroutines in pcall", "coroutines that are closed" }
local of_c = { "errors deep in the stack", "rep", "concatenation", "order of texts", "format", "pack", "backtracking",
  "a set at each place", "plain find", "gsub with a function", "utf8.len", "table.insert", "table.sort",
  "next of emptied keys", "load of a long chunk", "load with a reader", "collectgarbage", "lure.json.encode",
  "lure.json.decode of spaces", "documents by index", "os.date", "files" }
local names = table.move(of_lua, 1, #of_lua, 1, {})
if not support.plain then table.move(of_c, 1, #of_c, #names + 1, names) end

describe("a signal ends at once", function()
  for _, name in ipairs(names) do
    it(name, function()
      ends_at_once(script(('next = function() print("ready"); %s end'):format(burners[name]), 'local lure = require "lure"'),
        READY .. SUMMARY .. "$")
    end)
  end

  it("log lines", function()
    ends_at_once(script [[next = function() print("ready") while true do print(("x"):rep(1 << 20)) end end]], READY)
  end)
end)

local BURN = [[function() print("ready") while true do end end]]
local WAIT = [[function() print("ready") require("lure").sleep(1e6) end]]
local SOURCE = [[next = function() return "x" end, ]]
local QUIET = [[next = function() return require("lure").TIMEOUT end, ]]
local FIELD = [[fields = { { name = "t.y", type = "string", desc = "-", extract = %s } }, ]]

-- What runs when the signal comes, and whether there is an end of which a line is said.
local places = {
  ["init"] = { "init = " .. BURN .. ", " .. SOURCE, false },
  ["open"] = { "open = " .. BURN .. ", " .. SOURCE, true },
  ["a wait of init"] = { "init = " .. WAIT .. ", " .. SOURCE, false },
  ["a wait of open"] = { "open = " .. WAIT .. ", " .. SOURCE, true },
  ["a wait of what open closes"] = { "open = function() local last <close> = setmetatable({}, { __close = " .. WAIT .. " }) end, " .. SOURCE, true },
  ["an iterator"] = { "open = function() return " .. BURN .. " end, ", true },
  ["decode"] = { "decode = " .. BURN .. ", " .. FIELD:format "function(value) return value end" .. SOURCE, true },
  ["a field"] = { FIELD:format(BURN) .. SOURCE, true },
  ["to_string"] = { "to_string = " .. BURN .. ", " .. SOURCE, true },
  ["parse"] = { 'parse_event_sources = { "t" }, parse = ' .. BURN .. ", " .. SOURCE, true },
  ["async"] = { 'async_events = { "a" }, async = ' .. BURN .. ", " .. QUIET, true },
  ["every"] = { "capture_open = function(capture) capture:every(0.01, " .. BURN .. ") end, " .. QUIET, true },
  ["close"] = { "close = " .. BURN .. ", next = function() end", true },
  ["destroy"] = { "destroy = " .. BURN .. ", next = function() end", true },
  ["a coroutine"] = { "next = function() coroutine.wrap(" .. BURN .. ")() end", true },
  ["what close calls, after next was interrupted"] = {
    "next = " .. BURN .. ", close = function() while true do end end", true },
}

describe("a signal ends a script at once that is in", function()
  for name, place in pairs(places) do
    it(name, function()
      local body, opens = table.unpack(place)
      local told = READY
      if name == "every" then told = told .. ".-" end -- it may be called again before the end
      if name:find "after next" then told = READY .. "t: error: script%.lua:2: close: stopped after 1 s[^\n]+\n.*" end
      ends_at_once(script(body), told .. (opens and SUMMARY or "") .. "$")
    end)
  end
end)

describe("a script whose top level runs", function()
  it("is ended by a signal", function()
    local file = support.folder() .. "/top-level" -- what it prints is shown when it is loaded
    local path = script("", ("io.open(%q, 'w'):close() while true do end"):format(file))
    local result = interrupted(path, "TERM", "[ -e " .. support.quote(file) .. " ]")
    assert.equal(143, result.status, result.err)
    assert.is_true(result.milliseconds < 5000, result.milliseconds .. " ms") -- the limit is 10 s until init
  end)
end)

describe("a script that a signal has interrupted", function()
  it("is closed and destroyed", function()
    ends_at_once(script([[close = function() print("closed") end, destroy = function() print("destroyed") end,
      next = ]] .. BURN), READY .. "t: info: closed\nt: info: destroyed\n" .. SUMMARY .. "$", "INT", 130)
  end)

  it("is not told of, and cannot go on", function()
    ends_at_once(script [[next = function() print("ready") pcall(function() while true do end end) print("went on") end]],
      READY .. SUMMARY .. "$")
  end)
end)
