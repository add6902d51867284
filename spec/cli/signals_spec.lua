local program = require "spec.cli.program"
local support = require "spec.support"
local script = program.script

local farewell = [[init = function() print("ready") end, close = function() print("closed") end,
  destroy = function() print("destroyed") end, ]]
local said = "t: info: ready\nt: info: closed\nt: info: destroyed\n"
local summary = "%d+ events, %d+ events/s, %d+%.%d+ s\n"
local said_and_told = "^" .. said .. summary .. "$"

-- Each is busy in another way when a signal comes.
local sources = {
  ["that never ends"] = script(farewell .. [[next = function() return "x" end]]),
  ["with nothing to say"] = script(farewell .. [[next = function() return require("lure").TIMEOUT end]]),
  ["that waits for its input"] = script(farewell
    .. [[open = function() return io.stdin end, next = function(file) return (file:read()) end]]),
  ["that waits in an iterator"] = script(farewell .. [[open = function() return io.lines("/dev/stdin") end]]),
}

-- Starts `lure run` with an open pipe as input, sends the signal, waits. Also tells the ms until the end.
local function signalled(path, signal, again)
  local result = program.shell(([[
    mkfifo %s/fifo 2>/dev/null; exec 9<>%s/fifo
    $lure <&9 >/dev/null & child=$!
    until grep -q ready /proc/$$/fd/2; do sleep 0.01; done
    sleep 0.1; begin=$(date +%%s%%N); kill -%s $child; %s
    wait $child; status=$?
    echo $(( ($(date +%%s%%N) - begin) / 1000000 )); exit $status]]):format(support.folder(), support.folder(), signal,
    again and ("sleep 0.5; kill -%s $child"):format(signal) or ""), { "run", path })
  result.milliseconds = tonumber(result.lines[1])
  return result
end

describe("a signal", function()
  for name, path in pairs(sources) do
    it("ends a source " .. name .. " within 100 ms, with close and destroy called", function()
      for signal, status in pairs { INT = 130, TERM = 143 } do
        local result, least
        for _ = 1, 3 do -- another process may have been in the way
          result = signalled(path, signal)
          least = math.min(least or math.huge, result.milliseconds)
          assert.equal(status, result.status)
          assert.matches(said_and_told, result.err)
        end
        assert.is_true(least < 100, least .. " ms")
      end
    end)
  end

  it("is heard while the script waits for a command", function()
    local waits = script(farewell .. [[next = function() os.execute "sleep 1" return "x" end]])
    local result = program.shell("timeout -s INT 0.5 $lure; echo $?", { "run", waits })
    assert.equal("124\n", result.out:match("[^\n]*\n$"))
    assert.matches(said_and_told, result.err)
  end)

  it("sent twice at once, as timeout does, is one", function()
    local result = program.shell("timeout -s INT 0.5 $lure >/dev/null", { "run", sources["that never ends"] })
    assert.matches(said_and_told, result.err)
  end)

  it("sent again ends a script that does not listen at once", function()
    local busy = script(farewell .. [[next = function() while true do end end]])
    local result = signalled(busy, "INT", true)
    assert.equal(130, result.status)
    assert.is_true(result.milliseconds < 2000)
  end)
end)

describe("a closed pipe", function()
  it("ends the run quietly, with close and destroy called", function()
    local result = program.shell("{ $lure; echo \"status $?\" >&2; } | head -2",
      { "run", sources["that never ends"], "-p", "%evt.num" })
    assert.same({ "1", "2" }, result.lines)
    assert.equal(said .. "status 0\n", result.err)
  end)

  it("is noticed by a source with nothing to say", function()
    local result = program.shell("{ timeout 20 $lure; echo \"status $?\" >&2; } | true",
      { "run", sources["with nothing to say"] })
    assert.equal(said .. "status 0\n", result.err)
  end)
end)

describe("a full disk", function()
  it("is an error", function()
    local result = program.shell("$lure >/dev/full", { "run", program.dummy })
    assert.matches("^" .. summary .. "lure: standard output: No space left on device\n$", result.err)
    assert.equal(1, result.status)
  end)

  it("is an error for what is not events, too", function()
    for _, words in ipairs { { "show", program.dummy }, { "check", program.dummy }, { "--man" }, { "run", "--help" } } do
      local result = program.shell("$lure >/dev/full", words)
      assert.equal("lure: standard output: what was to be written there is lost\n", result.err)
      assert.equal(1, result.status)
    end
  end)
end)

describe("a standard output that is closed", function()
  it("is an error", function()
    local result = program.shell("$lure >&-", { "show", program.dummy })
    assert.equal("lure: standard output: what was to be written there is lost\n", result.err)
    assert.equal(1, result.status)
  end)

  it("is no file that the script opens", function()
    local path = support.file("")
    local writer = script(("init = function() io.open(%q, 'w') end, %s"):format(path, program.once("lost")))
    assert.equal(1, program.shell("$lure >&-", { "run", writer }).status)
    assert.equal("", assert(io.open(path)):read("a"))
  end)
end)
