-- lure.net.listen for messages, with real senders.
local given = require "spec.given"
local host = require "lure.host"
local socket = require "socket"
local sockets = require "spec.net.sockets"
local support = require "spec.support"
local unix = require "socket.unix"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A source whose events are the messages that come, with their sender behind a blank where `sender` is true.
local function receiving(address, options, sender)
  local script = given.source(([[open = function()
    local listener = lure.net.listen(%s)
    local receive = listener:datagrams()
    local told
    return function()
      if not told then told = true return tostring(listener:port() or 0) end
      local text, from = receive(listener)
      return text and text .. %s
    end
  end]]):format(address, sender and '" " .. from' or '""'))
  local instance, plugin = given.opened(script, options)
  return instance, tonumber(sockets.received(instance, 1)[1]), plugin
end

for _, api in ipairs { 3, 0 } do
  describe("messages in plugin API " .. api, function()
    it("of logger over UDP are events", function()
      local instance, port = receiving('"udp://127.0.0.1:0"', { api = api })
      assert.same({ "timeout" }, { (instance:next_batch()) })
      for i = 1, 3 do
        sockets.run(("logger --server 127.0.0.1 --port %d --udp --rfc3164 --tag spec message %d"):format(port, i))
      end
      local list = sockets.received(instance, 3)
      for i = 1, 3 do assert.matches("^<13>%u%l%l .* spec: message " .. i .. "$", list[i]) end
      instance:close()
    end)

    it("of logger over a unix socket are events", function()
      local path = sockets.path()
      local instance = receiving(('"unixgram://%s"'):format(path), { api = api })
      sockets.run(("logger --socket %s --tag spec hello"):format(path))
      assert.matches("^<13>.* spec: hello$", sockets.received(instance, 1)[1])
      instance:close()
      assert.is_nil(io.open(path))
    end)
  end)
end

describe("a message", function()
  it("has its sender, over IPv4, IPv6, nc and unix sockets with and without a name", function()
    for address, host_name in pairs { ["udp://127.0.0.1:0"] = "127.0.0.1", ["udp://[::1]:0"] = "::1" } do
      local instance, port = receiving(("%q"):format(address), nil, true)
      local client = host_name == "::1" and socket.udp6() or socket.udp()
      assert(client:setpeername(host_name, port))
      assert(client:send "hello")
      local _, own = client:getsockname()
      local shown = host_name == "::1" and "[::1]:" or "127.0.0.1:"
      assert.same({ "hello " .. shown .. math.tointeger(own) }, sockets.received(instance, 1))
      sockets.run(("printf from-nc | nc -u -w 1 -q 0 %s %d"):format(host_name, port))
      assert.matches("^from%-nc " .. shown:gsub("[%[%].]", "%%%0") .. "%d+$", sockets.received(instance, 1)[1])
      instance:close()
    end
    local path, own = sockets.path(), sockets.path()
    local instance = receiving(('"unixgram://%s"'):format(path), nil, true)
    local client = unix.dgram()
    assert(client:bind(own))
    assert(client:sendto("named", path))
    assert(unix.dgram():sendto("nameless", path))
    assert.same({ "named " .. own, "nameless " }, sockets.received(instance, 2))
  end)

  it("may be empty, have any bytes, and be as long as UDP has them", function()
    local instance, port = receiving('"udp://127.0.0.1:0"')
    local client = socket.udp()
    assert(client:setpeername("127.0.0.1", port))
    local texts = { "", "a\0b\n", ("x"):rep(60000), "y" }
    for _, text in ipairs(texts) do assert(client:send(text)) end
    assert.same(texts, sockets.received(instance, 4))
  end)

  it("that is longer than max_size is cut off, and that is logged", function()
    local text = support.capture_stderr(function()
      local instance, port = receiving('"udp://127.0.0.1:0", { max_size = 10 }')
      local client = socket.udp()
      assert(client:setpeername("127.0.0.1", port))
      assert(client:send "0123456789")
      assert(client:send "0123456789x")
      assert.same({ "0123456789", "0123456789" }, sockets.received(instance, 2))
      instance:close()
    end)
    assert.matches("udp://127%.0%.0%.1:%d+ cuts messages off: 1 in all: longer than max_size, 10 bytes", text)
  end)

  it("is not lost without a word: what the system drops is counted and logged", function()
    local sent = 5000
    local text = support.capture_stderr(function()
      local instance, port = sockets.listening('"udp://127.0.0.1:0", { buffer = 4096 }', [[
        local receive = listener:datagrams()
        return function()
          local count = 0
          while true do
            local text = receive(listener)
            if text == "count" then emit(count .. " " .. listener:lost()) else count = count + 1 end
          end
        end]])
      local client = socket.udp()
      assert(client:setpeername("127.0.0.1", port))
      for _ = 1, sent do client:send(("x"):rep(200)) end
      local asked, counts = 0
      repeat -- the first ones may be dropped, too
        asked = asked + 1
        client:send "count"
        local _, events = instance:next_batch()
        counts = events[1] and events[1].data
      until counts
      local received, lost = counts:match("^(%d+) (%d+)$")
      assert.is_true(tonumber(lost) > 0, counts)
      local sum = tonumber(received) + tonumber(lost)
      assert.is_true(sum >= sent and sum <= sent + asked, counts)
      instance:close()
    end)
    assert.matches("udp://127%.0%.0%.1:%d+: messages lost: %d+ more, %d+ in all", text)
  end)

  it("is not lost below the socket's buffer", function()
    local instance, port = receiving('"udp://127.0.0.1:0"')
    local client = socket.udp()
    assert(client:setpeername("127.0.0.1", port))
    local expected = {}
    for i = 1, 100 do
      expected[i] = ("%d %s"):format(i, ("x"):rep(200))
      assert(client:send(expected[i]))
    end
    assert.same(expected, sockets.received(instance, 100))
  end)
end)

describe("a loop over datagrams", function()
  it("ends when another task closes the listener", function()
    local instance = sockets.listening('"udp://127.0.0.1:0"', [[return function()
      lure.spawn(function() lure.sleep(0.01); listener:close() end)
      for text in listener:datagrams() do emit(text) end
      emit("over " .. tostring(listener:port()) .. tostring(listener))
    end]])
    assert.same({ "over nillistener (closed)" }, sockets.received(instance, 1))
  end)

  it("ends with its source: the port and the path are free then", function()
    local path = sockets.path()
    for _, address in ipairs { "udp://127.0.0.1:0", "unixgram://" .. path, "unix://" .. path, "tcp://127.0.0.1:0" } do
      local body = address:find "gram" or address:find "udp"
      local instance, port = sockets.listening(("%q"):format(address), body and
        [[return function() for text in listener:datagrams() do emit(text) end end]] or
        [[return function() listener:serve(function() end) end]])
      instance:next_batch()
      instance:close()
      local again = sockets.listening(("%q"):format((address:gsub(":0$", ":" .. port))), "")
      again:close()
    end
    assert.is_nil(io.open(path))
  end)
end)

describe("lure.net.listen", function()
  --- What this expression gives in `init`.
  local function value_of(expression)
    local plugin = support.start(given.extractor(([[init = function()
        local listen, connect = lure.net.listen, lure.net.connect
        value = select(2, pcall(function() return tostring(%s) end))
      end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() return value end } }]]):format(expression)))
    return plugin:extract(support.event("1"), "x.y")
  end

  it("tells the address and the port that it got", function()
    assert.matches("^udp://127%.0%.0%.1:%d+$", value_of [[listen("udp://127.0.0.1:0"):address()]])
    assert.matches("^tcp://%[::1%]:%d+$", value_of [[listen("tcp://[::1]:0"):address()]])
    assert.matches("^tcp://.*:%d+$", value_of [[listen("tcp://localhost:0"):address()]])
    assert.matches("^listener %(udp://0%.0%.0%.0:%d+%)$", value_of [[listen("udp://0.0.0.0:0")]])
    local path = sockets.path()
    assert.equal("unix://" .. path, value_of(("listen('unix://%s'):address()"):format(path)))
    assert.equal("nil", value_of(("listen('unix://%s'):port()"):format(sockets.path())))
  end)

  it("gives the file of a unix socket its mode", function()
    local path = sockets.path()
    local instance = receiving(('"unixgram://%s", { mode = "0620" }'):format(path))
    assert.equal("620\n", sockets.run("stat -c %a " .. path))
    instance:close()
  end)

  it("removes the file of a socket that nobody listens at, and nothing else", function()
    local path = sockets.path()
    local stale = unix.dgram()
    assert(stale:bind(path))
    given.holds(value_of(("listen('unixgram://%s')"):format(path)), "in use: another process")
    given.holds(value_of(("listen('unix://%s')"):format(path)), "in use: another process")
    stale:close()
    assert.truthy(sockets.run("test -S " .. path .. " && echo there"):find "there")
    assert.equal("unixgram://" .. path, value_of(("listen('unixgram://%s'):address()"):format(path)))
    local file = support.file("text", "file")
    given.holds(value_of(("listen('unix://%s')"):format(file)), "a file that is no socket is there already")
    assert.equal("text", io.open(file):read "a")
  end)

  it("leaves a file that has taken the place of its own", function()
    local path = sockets.path()
    local instance = receiving(('"unixgram://%s"'):format(path))
    os.remove(path)
    local other = unix.dgram()
    assert(other:bind(path))
    instance:close()
    assert.equal("there\n", sockets.run("test -S " .. path .. " && echo there"))
  end)

  for expression, message in pairs {
    ['listen("udp://127.0.0.1")'] = 'lure.net.listen: expected HOST:PORT behind "//"',
    ['listen("udp://:514")'] = "expected a host in front of the port",
    ['listen("udp://127.0.0.1:65536")'] = "expected a port from 0 to 65535",
    ['listen("udp://127.0.0.1:x")'] = "expected a port from 0 to 65535",
    ['listen("udp://127.0.0.1:")'] = "expected a port from 0 to 65535",
    ['listen("udp://[::1:5")'] = 'expected HOST:PORT behind "//"',
    ['listen("udp://" .. ("x"):rep(256) .. ":1")'] = "expected a host's name of at most 255 bytes",
    ["listen('http://127.0.0.1:80')"] =
      "expected udp://HOST:PORT, tcp://HOST:PORT, unix:///PATH or unixgram:///PATH, got string",
    ['listen("unix://x")'] = "expected an absolute path",
    ['listen("unix:///" .. ("x"):rep(107))'] = "expected a path of at most 107 bytes",
    ['listen("unix:///no/where/x")'] = "No such file or directory",
    ['listen("udp://a\\0b:1")'] = "expected no NUL character",
    ['listen(5)'] = 'expected an address, as in "udp://127.0.0.1:514", got integer 5',
    ['listen("udp://192.0.2.1:0")'] = "lure.net.listen: udp://192.0.2.1:0: Cannot assign requested address",
    ['listen("udp://no-such-name.invalid:0")'] = "lure.net.listen: udp://no-such-name.invalid:0: ",
    ['listen("udp://127.0.0.1:0", { mode = "9" })'] = "mode: expected octal digits in a text",
    ['listen("udp://127.0.0.1:0", { mode = 384 })'] = "mode: expected octal digits in a text",
    ['listen("udp://127.0.0.1:0", { bufer = 1 })'] = 'unknown option string "bufer"; did you mean "buffer"?',
    ['listen("udp://127.0.0.1:0", { buffer = 0 })'] = "buffer: expected an integer from 1",
    ['listen("tcp://127.0.0.1:0"):datagrams()'] = "tcp has connections; use listener:serve",
    ['listen("udp://127.0.0.1:0"):serve(function() end)'] = "udp has no connections; use listener:datagrams",
    ['listen("tcp://127.0.0.1:0"):serve(function() end, { conections = 1 })'] = 'did you mean "connections"?',
    ['listen("tcp://127.0.0.1:0"):serve(5)'] = "function expected",
    ['connect("udp://127.0.0.1:1")'] = "expected tcp:// or unix://, which have connections",
    ['connect("tcp://127.0.0.1:1")'] = "lure.net.connect: tcp://127.0.0.1:1: Connection refused",
    ['connect("tcp://127.0.0.1:1", { timeout = 0 })'] = "timeout: expected seconds, a number above 0, got integer 0",
    ['connect("tcp://no-such-name.invalid:1")'] = "lure.net.connect: tcp://no-such-name.invalid:1: ",
    ['connect("unix:///no/where")'] = "No such file or directory",
  } do
    it(("says %q of %s"):format(message, expression), function() given.holds(value_of(expression), message) end)
  end

  it("says who has the port", function()
    local _, port = receiving('"udp://127.0.0.1:0"')
    given.holds(value_of(("listen('udp://127.0.0.1:%d')"):format(port)), "in use: another process, or another plugin")
  end)

  it("cannot be called where nothing can wait", function()
    local plugin = support.start(given.field [[function() return select(2, pcall(lure.net.listen, "udp://127.0.0.1:0")) end]])
    given.holds(plugin:extract(support.event("1"), "x.y"), "lure.net.listen: cannot wait")
  end)
end)

describe("the safe sandbox", function()
  local script = given.extractor [[init = function() lure.net.listen("udp://127.0.0.1:0"):close() end,
    fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } }]]

  it("does not have lure.net", function()
    local plugin, message = assert(support.load_script(script)):init '{"lure": {"sandbox": "safe"}}'
    assert.is_nil(plugin)
    given.holds(message, "lure.net", "init_config.lure.allow")
  end)

  it("has it where init_config.lure.allow lists it", function()
    assert.is_truthy(support.start(script, { config = '{"lure": {"sandbox": "safe", "allow": ["net"]}}' }))
  end)
end)
