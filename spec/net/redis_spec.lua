-- A group of consumers of a Redis stream, over lure.net: what one has delivered is acknowledged, and what one has taken
-- without that, because its host was killed, goes to another. With Debian's redis-server.
local killed = require "spec.killed"
local support = require "spec.support"
local quote = support.quote

--- The open parameters are the socket and the consumer's name.
local script = [[
  local lure = require "lure"

  local function answer(connection)                    -- a text, nil, or a list of answers
    local kind, rest = (connection:read() or error "redis has closed the connection"):match "^(.)(.*)$"
    if kind == "-" then error("redis: " .. rest) end
    if kind == "$" then return rest ~= "-1" and connection:read(tonumber(rest) + 2):sub(1, -3) or nil end
    if kind ~= "*" then return rest end
    local list = {}
    for i = 1, tonumber(rest) do list[i] = answer(connection) end
    return list
  end

  local function call(connection, ...)
    local words = { ("*%d\r\n"):format(select("#", ...)) }
    for _, word in ipairs { ... } do words[#words + 1] = ("$%d\r\n%s\r\n"):format(#word, word) end
    connection:write(table.concat(words))
    return answer(connection)
  end

  return {
    name = "stream", version = "0.1.0", id = 999, event_source = "stream", batch = { events = 20, milliseconds = 5 },
    produce = function(params, emit)
      local socket, name = params:match "^(%S+) (%S+)$"
      local connection <close> = lure.net.connect(socket)
      local acknowledging = lure.net.connect(socket)     -- what reads waits for entries
      local function deliver(entries)
        for _, entry in ipairs(entries) do
          emit(entry[2][2], nil, function() call(acknowledging, "XACK", "s", "g", entry[1]) end)
        end
      end
      local from = "0-0"
      while true do
        local claimed = call(connection, "XAUTOCLAIM", "s", "g", name, "300", from, "COUNT", "100")
        from = claimed[1]
        deliver(claimed[2])
        local new = call(connection, "XREADGROUP", "GROUP", "g", name, "COUNT", "100", "BLOCK", "50", "STREAMS", "s", ">")
        if #new > 0 then deliver(new[1][2]) end
      end
    end,
  }
]]

describe("three consumers of one Redis stream", function()
  local missing = not support.run "command -v redis-server":find "redis"
  local log = support.file("", "redis/log")
  local folder = log:gsub("/log$", "")
  local socket = folder .. "/redis.sock"
  local running = {}

  --- What redis-cli prints for a command, or for those of a shell command's output.
  local function redis(command, from)
    return (support.run(("unset LD_PRELOAD; %s redis-cli -s %s %s"):format(from and from .. " |" or "", quote(socket), command)))
  end

  local function out(name) return ("%s/out.%s"):format(folder, name) end

  local function consumer(name, script_path)
    running[#running + 1] = killed.host { script = script_path, params = ("unix://%s %s"):format(socket, name), out = out(name), log = log,
      config = '{"lure": {"state": false}}' }
    return running[#running]
  end

  --- Waits until `condition()`, at most a minute.
  local function wait(condition, what)
    local ends = os.time() + 60
    while not condition() do
      assert(os.time() < ends, what .. ": " .. killed.read(log))
      support.run "sleep 0.01"
    end
  end

  local function pending_of(name) -- its entries that are not acknowledged: a list of ids
    local ids = {}
    for id in redis(("xpending s g - + 10000 %s"):format(name)):gmatch "%d+%-%d+" do ids[#ids + 1] = id end
    return ids
  end

  --- Adds the numbers from one to another, in one pipeline.
  local function add(first, last)
    assert.matches("errors: 0", redis("--pipe", ("seq %d %d | sed 's/.*/XADD s * n &\\r/'"):format(first, last)))
  end

  --- How often each number was delivered to these.
  local function delivered(...)
    local seen = {}
    for _, name in ipairs { ... } do
      for _, batch in ipairs(killed.batches_of(out(name))) do
        for _, number in ipairs(batch) do seen[number] = (seen[number] or 0) + 1 end
      end
    end
    return seen
  end

  teardown(function()
    for _, pid in ipairs(running) do killed.kill(pid) end
  end)

  it("lose nothing when one is killed, and all is acknowledged", function()
    if missing then
      assert.is_nil(os.getenv "CI", "redis-server is missing")
      pending "redis-server is missing"
      return
    end
    running[1] = support.run(("unset LD_PRELOAD; redis-server --port 0 --unixsocket %s --dir %s --save '' --appendonly no " ..
      ">>%s.redis 2>&1 & echo $!"):format(quote(socket), quote(folder), quote(log))):match "%d+"
    wait(function() return redis "ping":find "PONG" end, "redis does not start")
    assert.matches("OK", redis "xgroup create s g 0 mkstream")
    local script_path = support.file(script)
    add(1, 2000)
    consumer("one", script_path)
    local victim = consumer("two", script_path)
    consumer("three", script_path)

    -- killed while it has entries that it did not acknowledge
    local held = {}
    local number = 2000
    wait(function()
      add(number + 1, number + 50)
      number = number + 50
      if #killed.batches_of(out "two") == 0 then return false end
      support.run("kill -STOP " .. victim)
      held = pending_of "two"
      support.run(("kill -%s %s"):format(#held > 0 and "9" or "CONT", victim))
      return #held > 0
    end, "the second consumer has nothing to acknowledge")
    add(number + 1, number + 1000)
    number = number + 1000
    wait(function()
      return #pending_of "one" + #pending_of "two" + #pending_of "three" == 0 and redis "xinfo groups s":match "last%-delivered%-id\n(%S+)"
        == redis "xinfo stream s":match "last%-generated%-id\n(%S+)"
    end, "not all is acknowledged")

    local seen, by_others = delivered("one", "two", "three"), delivered("one", "three")
    for i = 1, number do assert.is_truthy(seen[i], ("%d of %d is lost"):format(i, number)) end
    assert.equal(number, #seen)
    for _, id in ipairs(held) do
      local entry = tonumber(redis(("xrange s %s %s"):format(id, id)):match "\nn\n(%d+)")
      assert.is_truthy(by_others[entry], ("%d, which the dead one held, went to nobody else"):format(entry))
    end
    assert.equal("", killed.read(log))
  end)
end)
