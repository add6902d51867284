local program = require "spec.cli.program"
local sockets = require "spec.net.sockets"
local support = require "spec.support"

local quote = support.quote

-- A source of one event every few ms, "WORD 1", "WORD 2" and so on; `rest` stands in the table, too.
local function counting(word, rest)
  return ([[local n = 0
return { %s %s
  next = function() n = n + 1; require("lure").now() return n %% 2 == 0 and %q .. n // 2 or require("lure").TIMEOUT end,
}]]):format(program.source, rest or "", word .. " ")
end

-- What a shell script may use: $script, $out (both outputs), and
--   seen TEXT     waits until the text was written, says so if it never is
--   again TEXT    the same, from now on
--   write         standard input becomes the script, in place; replace: by renaming
local functions = [[
  seen() { for i in $(seq 1000); do grep -qF -- "$1" $out && return; sleep 0.01; done; echo "never seen: $1"; }
  again() { from=$(wc -c <$out); for i in $(seq 1000); do tail -c +$((from + 1)) $out 2>/dev/null | grep -qF -- "$1" && return
    sleep 0.01; done; echo "never seen again: $1"; }
  write() { cat >$script; }
  replace() { cat >$script.new; mv $script.new $script; }
  stop() { kill -INT $child; wait $child; echo "status $?"; stop() { :; }; }
]]

-- Runs `lure run --watch` with the script while the shell does `steps`. Returns both outputs of lure, those of the shell.
local function watched(text, steps, ...)
  local path = text and support.file(text) or support.folder() .. "/missing.lua"
  local out = support.file("", "out")
  local result = program.shell(("script=%s out=%s\n%s\n: >$out\ntimeout 60 $lure >$out 2>&1 </dev/null & child=$!\n%s\nstop"):format(
    quote(path), quote(out), functions, steps), { "run", path, "--watch", "-p", "%evt.plugininfo", ... })
  local file = assert(io.open(out))
  local said = file:read("a")
  file:close()
  assert.equal("", result.err)
  return said, result.out
end

local function here(text) return "<<'END'\n" .. text .. "\nEND\n" end

describe("lure run --watch", function()
  it("runs a changed script in place of the one before, which is closed and destroyed", function()
    local farewell = [[close = function() print "closed" end, destroy = function() print "destroyed" end,]]
    local said, told = watched(counting("one", farewell), "seen 'one 3'\nwrite " .. here(counting "two") .. "seen 'two 3'\n")
    assert.equal("status 130\n", told)
    assert.matches("one 3\n.*script%.lua has changed\n.*t: info: closed\n.*t: info: destroyed\n.*two 1\n", said)
    assert.is_nil(said:match("two 1.*one"))
  end)

  it("notices a script that was replaced by renaming, as editors do", function()
    local _, told = watched(counting "one", "seen 'one 1'\nreplace " .. here(counting "two") .. "seen 'two 1'\nreplace "
      .. here(counting "three") .. "seen 'three 1'\n")
    assert.equal("status 130\n", told)
  end)

  it("notices a module that changed, and one that was missing", function()
    local text = [[local word = require "words.first" ]] .. counting("%s", [[open = function() print(word) return {} end,]])
    local said, told = watched(text, [[
      seen "module 'words.first' not found"
      mkdir ${script%/*}/words; echo 'return "hello"' >${script%/*}/words/first.lua
      touch $script; seen 'info: hello'
      echo 'return "good day"' >${script%/*}/words/first.lua; seen 'info: good day'
    ]])
    assert.equal("status 130\n", told, said)
  end)

  it("shows what is wrong with the line of the source, and the last good script keeps running", function()
    local said, told = watched(counting "one", "seen 'one 3'\nreplace " .. here "local x = 1\nreturn { name = = }"
      .. "seen 'lure: script.lua:2:'\nagain one\nagain one\nreplace " .. here(counting "two") .. "seen 'two 1'\n")
    assert.equal("status 130\n", told)
    assert.matches("\nlure: script%.lua:2: unexpected symbol near '='\n +2 | return { name = = }\none %d+\n", said)
    local last = 0
    for number in said:gmatch("one (%d+)\n") do
      assert.equal(last + 1, tonumber(number)) -- it was neither opened again nor held up
      last = tonumber(number)
    end
  end)

  it("keeps the last good script where init fails, and opens it again where open fails", function()
    local said, told = watched(counting("one", "close = function() end,"),
      "seen 'one 3'\nwrite " .. here(counting("two", [[init = function() error "no init" end,]]))
      .. "seen 'no init'\nagain 'one'\nwrite " .. here(counting("three", [[open = function() error "no open" end,]]))
      .. "seen 'no open'\nagain 'one'\n")
    assert.equal("status 130\n", told)
    assert.matches('lure: script%.lua:2: init: no init\n +2 | return {.*init = function', said)
    assert.is_nil(said:match("two %d"))
  end)

  it("leaves no port, socket and child of a script behind, however often that changes", function()
    local path = sockets.path()
    local waiting = [[local lure = require "lure"
return { ]] .. program.source .. ([[
  produce = function(_, emit)
    local listeners = { lure.net.listen("tcp://127.0.0.1:" .. PORT), lure.net.listen("udp://127.0.0.1:" .. PORT),
      lure.net.listen "unix://PATH" }
    local child = lure.process.run { "env", "-u", "LD_PRELOAD", "sh", "-c", "echo $$; exec sleep 1000" }
    lure.spawn(function() for line in child:lines() do emit("child " .. line) end end)
    lure.spawn(function() listeners[1]:serve(function(connection) connection:read(1) end) end)
    emit "version @"
    lure.sleep(1e9)
  end }]]):gsub("PATH", path)
    local steps = { "seen 'version 1'\nseen child\n" }
    for version = 2, 6 do
      steps[#steps + 1] = ("LD_PRELOAD= sed 's/version [0-9]/version %d/' $script >$script.new; mv $script.new $script\n"
        .. "seen 'version %d'\nfor i in $(seq 1000); do [ $(grep -c '^child' $out) = %d ] && break; sleep 0.01; done\n")
        :format(version, version, version)
    end
    steps[#steps + 1] = [[stop
      for pid in $(LD_PRELOAD= sed -n 's/^child //p' $out); do
        for i in $(seq 500); do kill -0 $pid 2>/dev/null || break; sleep 0.01; done
        kill -0 $pid 2>/dev/null && echo "$pid is left"
      done
      ]] .. "[ ! -e " .. quote(path) .. " ] || echo the socket is left\n"
    local text = waiting:gsub("PORT", tostring(sockets.free_port())):gsub("@", "1")
    local said, told = watched(text, table.concat(steps))
    assert.equal("status 130\n", told, said)
    assert.not_matches("in use", said)
    local _, children = said:gsub("child %d", "")
    assert.equal(6, children, said)
  end)

  it("waits for a change where the first script is broken, the source has ended, or failed", function()
    local ends = ([[return { %s next = function() n = (n or 0) + 1; if n < 3 then return %%q .. n end return nil %%s end }]]):format(program.source)
    local said, told = watched("return {", "seen 'waiting for a change'\nwrite " .. here(ends:format("one ", ""))
      .. "seen '2 events'\nwrite " .. here(ends:format("two ", ", 'the line is dead'"))
      .. "seen 'next: the line is dead'\nwrite " .. here(ends:format("three ", "")) .. "seen 'three 2'\n")
    assert.equal("status 130\n", told)
    assert.matches("one 2\n2 events, %d+ events/s, [%d.]+ s\nlure: waiting for a change of ", said)
  end)

  it("waits for a script that is not there yet", function()
    local _, told = watched(nil, "seen 'waiting for a change'\nwrite " .. here(counting "one") .. "seen 'one 1'\nrm $script\n")
    assert.equal("status 130\n", told)
  end)

  it("shows -n events of each version", function()
    local said, told = watched(counting "one", "seen '2 events'\nwrite " .. here(counting "two") .. "seen 'two 2'\n", "-n", "2")
    assert.equal("status 130\n", told)
    assert.is_nil(said:match("one 3"))
  end)

  it("shows all lines of a file again", function()
    local fields = [[return { name = "e", version = "1.0.0",
      fields = { { name = "e.x", type = "string", desc = "-", extract = function(v) return %q .. v end } } }]]
    local events = support.file("a\nb\n", "events.txt")
    local said, told = watched(fields:format("one "), "seen 'one b'\nwrite " .. here(fields:format("two ")) .. "seen 'two b'\n",
      "--events", events, "-p", "%e.x")
    assert.equal("status 130\n", told)
    assert.matches("one a\none b\n.*two a\ntwo b\n", said)
  end)

  it("takes next to no time of the processor while it waits", function()
    local _, told = watched("return {", [[
      seen 'waiting for a change'
      begin=$(awk '{ print $14 + $15 }' /proc/$(pgrep -P $child)/stat); sleep 1
      echo $(( $(awk '{ print $14 + $15 }' /proc/$(pgrep -P $child)/stat) - begin )) hundredths]])
    assert.is_true(tonumber(told:match("^(%d+) hundredths")) <= 3, told)
  end)

  it("ends within 100 ms, with close and destroy called", function()
    local farewell = [[close = function() print "closed" end, destroy = function() print "destroyed" end,]]
    local least = math.huge
    for _ = 1, 3 do -- another process may have been in the way
      local said, told = watched(counting("one", farewell), "seen 'one 3'\nbegin=$(date +%s%N); stop\n"
        .. "echo $(( ($(date +%s%N) - begin) / 1000000 )) ms")
      assert.matches("t: info: closed\nt: info: destroyed\n%d+ events, .*\n$", said)
      assert.matches("^status 130\n", told)
      least = math.min(least, tonumber(told:match("(%d+) ms")))
    end
    assert.is_true(least < 100, least .. " ms")
  end)

  it("is not for shared libraries, which a process keeps", function()
    local result = program.lure("run", support.build .. "/lib/liblure.so", "--watch")
    assert.matches("^lure: %-%-watch: .*liblure%.so is a shared library", result.err)
    assert.equal(2, result.status)
  end)
end)
