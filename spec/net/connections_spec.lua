-- lure.net's connections, with real clients and servers.
local given = require "spec.given"
local host = require "lure.host"
local socket = require "socket"
local sockets = require "spec.net.sockets"
local support = require "spec.support"
local unix = require "socket.unix"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A server whose connections run `handler`, the body of a function of `connection`; `emit(text)` makes an event.
local function serving(handler, options, how)
  how = how or {}
  return sockets.listening(how.address or '"tcp://127.0.0.1:0"', ([[return function()
    listener:serve(function(connection) %s end, %s)
    emit "served"
  end]]):format(handler, options or "nil"), how)
end

local LINES = "for line in connection:lines() do emit(line) end emit 'end'"

for _, api in ipairs { 3, 0 } do
  describe("connections in plugin API " .. api, function()
    it("of logger, nc and curl are served, each by a task of its own", function()
      local instance, port = serving([[
        local line = connection:read()
        connection:write("HTTP/1.0 200 OK\r\n\r\n" .. line .. "\n")
        emit(line)]], nil, { api = api })
      local waiting = sockets.connected(port)
      sockets.run(("logger --server 127.0.0.1 --port %d --tcp --octet-count --tag spec hello; logger --server 127.0.0.1 " ..
        "--port %d --tcp --tag spec hello"):format(port, port))
      local list = sockets.received(instance, 1)
      assert.matches("spec .*hello$", list[1])
      local path = support.file("", "output")
      os.execute(("unset LD_PRELOAD; printf 'from nc\\n' | nc -N 127.0.0.1 %d > %s &"):format(port, path))
      assert.same({ "from nc" }, sockets.received(instance, 1))
      os.execute(("unset LD_PRELOAD; curl -s http://127.0.0.1:%d/path > %s.curl 2>&1 &"):format(port, path))
      assert.same({ "GET /path HTTP/1.1" }, sockets.received(instance, 1))
      assert(waiting:send "last\n")
      assert.same({ "last" }, sockets.received(instance, 1))
      assert.equal("HTTP/1.0 200 OK", waiting:receive())
      instance:close()
    end)
  end)
end

describe("a connection", function()
  it("gives lines, without their end, the last one also without one", function()
    local instance, port = serving(LINES)
    local client = sockets.connected(port)
    assert(client:send "one\r\ntwo\n\n\rthree\r\r\nfour")
    assert(client:shutdown "send")
    assert.same({ "one", "two", "", "\rthree\r", "four", "end" }, sockets.received(instance, 6))
  end)

  it("gives lines that come a byte at a time", function()
    local instance, port = serving(LINES)
    local client = sockets.connected(port)
    client:setoption("tcp-nodelay", true)
    for letter in ("slow line\n"):gmatch "." do
      assert(client:send(letter))
      assert.equal("timeout", (instance:next_batch()))
      if letter == "e" then break end
    end
    assert(client:send " done\n")
    assert.matches("done$", sockets.received(instance, 1)[1])
  end)

  it("gives counted bytes, and all up to the end", function()
    local instance, port = serving [[
      emit(connection:read(3)); emit(connection:read "l"); emit(#connection:read(100000)); emit(#connection:read "a")
      emit(tostring(connection:read(1))); emit(tostring(connection:read "a" == ""))]]
    local client = sockets.connected(port)
    assert(client:send("abcde\n" .. ("x"):rep(100000) .. ("y"):rep(50000)))
    client:close()
    assert.same({ "abc", "de", "100000", "50000", "nil", "true" }, sockets.received(instance, 6))
  end)

  it("has a peer", function()
    local instance, port = serving "emit(connection.peer) emit(tostring(connection))"
    local client = sockets.connected(port)
    local _, own = client:getsockname()
    assert.same({ "127.0.0.1:" .. math.tointeger(own), "connection (127.0.0.1:" .. math.tointeger(own) .. ")" },
      sockets.received(instance, 2))
    local path = sockets.path()
    instance = serving("emit(connection.peer)", nil, { address = ('"unix://%s"'):format(path) })
    local other = unix.stream()
    assert(other:connect(path))
    assert.matches("^pid %d+, uid 0$", sockets.received(instance, 1)[1])
  end)

  it("that the peer has closed half can still be written to", function()
    local instance, port = serving [[
      emit(connection:read "a")
      connection:write("answer ", nil):write("of more\n")]]
    local client = sockets.connected(port)
    assert(client:send "question")
    assert(client:shutdown "send")
    assert.same({ "question" }, sockets.received(instance, 1))
    assert.equal("answer of more", (client:receive()))
  end)

  it("waits until there is room for what is written", function()
    local instance, port = serving [[
      connection:write(("x"):rep(20000000))
      emit "written"]]
    local client = sockets.connected(port)
    for _ = 1, 5 do assert.equal("timeout", (instance:next_batch())) end
    client:settimeout(0)
    local count, list = 0, {}
    while count < 20000000 do
      local _, events = instance:next_batch()
      for _, event in ipairs(events) do list[#list + 1] = event.data end
      local text, problem, part = client:receive(1000000)
      assert.not_equal("closed", problem)
      count = count + #(text or part)
    end
    if #list == 0 then list = sockets.received(instance, 1) end
    assert.same({ "written" }, list)
  end)

  it("may be written to by several tasks: texts stay whole", function()
    local instance, port = serving [[
      local tasks = {}
      for _, letter in ipairs { "a", "b", "c" } do
        tasks[#tasks + 1] = lure.spawn(function() connection:write(letter:rep(3000000) .. "\n") end)
      end
      for _, task in ipairs(tasks) do task:join() end
      emit "written"]]
    local client = sockets.connected(port)
    client:settimeout(0)
    local parts, done = {}, false
    while not done do
      local _, events = instance:next_batch()
      done = #events > 0
      local text, _, part = client:receive(10000000)
      parts[#parts + 1] = text or part
    end
    client:settimeout(10)
    local text = table.concat(parts)
    while #text < 9000003 do
      local more, _, part = client:receive(9000003 - #text)
      text = text .. (more or part)
    end
    local seen = {}
    for line in text:gmatch "[^\n]+" do
      assert.equal(3000000, #line)
      assert.is_nil(line:find("[^" .. line:sub(1, 1) .. "]"))
      seen[line:sub(1, 1)] = true
    end
    assert.same({ a = true, b = true, c = true }, seen)
  end)

  it("that the peer resets is an error of that connection alone, without SIGPIPE", function()
    local text = support.capture_stderr(function()
      local instance, port = serving [[
        connection:read()
        emit "read"
        while true do connection:write(("x"):rep(100000)) lure.sleep(0.001) end]]
      local client = sockets.connected(port)
      client:setoption("linger", { on = true, timeout = 0 })
      assert(client:send "x\n")
      assert.same({ "read" }, sockets.received(instance, 1))
      client:close()
      for _ = 1, 10 do instance:next_batch() end
      local other = sockets.connected(port)
      assert(other:send "x\n")
      assert.same({ "read" }, sockets.received(instance, 1))
      instance:close()
    end)
    assert.matches("connection: %u%l+", text)
  end)

  it("is closed when its function returns, or throws, which is logged", function()
    local text = support.capture_stderr(function()
      local instance, port = serving [[
        if connection:read() == "throw" then error "oh no" end]]
      for _, line in ipairs { "return", "throw" } do
        local client = sockets.connected(port)
        assert(client:send(line .. "\n"))
        client:settimeout(0)
        local problem
        local deadline = os.time() + 60
        repeat
          instance:next_batch()
          problem = select(2, client:receive())
        until problem == "closed" or os.time() > deadline
        assert.equal("closed", problem)
      end
      instance:close()
    end)
    assert.matches("script%.lua:%d+: oh no", text)
  end)

  it("that is idle is closed", function()
    local text = support.capture_stderr(function()
      local instance, port = serving(LINES, "{ idle = 0.05 }")
      local client = sockets.connected(port)
      assert(client:send "half a line")
      client:settimeout(0)
      local problem
      local deadline = os.time() + 60
      repeat
        instance:next_batch()
        problem = select(2, client:receive())
      until problem == "closed" or os.time() > deadline
      assert.equal("closed", problem)
      instance:close()
    end)
    assert.matches("connection: nothing was received for 0%.05 s %(idle%)", text)
  end)

  it("has lines of at most max_line bytes", function()
    local instance, port = serving([[
      emit(connection:read())
      emit((select(2, pcall(connection.read, connection))))]], "{ max_line = 10 }")
    local client = sockets.connected(port)
    assert(client:send "0123456789\r\n0123456789x\n")
    assert.same({ "0123456789", "connection: a line is longer than 10 bytes (max_line)" }, sockets.received(instance, 2))
    client = sockets.connected(port)
    assert(client:send("\n" .. ("x"):rep(13)))
    assert.same({ "", "connection: a line is longer than 10 bytes (max_line)" }, sockets.received(instance, 2))
  end)

  it("cannot be used once it is closed, and closing wakes who waits", function()
    local instance, port = serving [[
      local task = lure.spawn(function() emit((select(2, pcall(connection.read, connection)))) end)
      lure.sleep(0.01)
      connection:close()
      connection:close()
      task:join()
      emit((select(2, pcall(connection.write, connection, "x"))))
      emit(tostring(connection):match "closed")]]
    local _ = sockets.connected(port)
    assert.same({ "connection: it is closed", "connection: it is closed", "closed" }, sockets.received(instance, 3))
  end)
end)

describe("listener:serve", function()
  it("accepts no more connections than it may have at once", function()
    local instance, port = serving("emit(connection:read()) connection:read()", "{ connections = 2 }")
    local clients = {}
    for i = 1, 3 do
      clients[i] = sockets.connected(port) -- the third one waits in the system's queue
      assert(clients[i]:send(i .. "\n"))
    end
    local list = sockets.received(instance, 2)
    table.sort(list)
    assert.same({ "1", "2" }, list)
    for _ = 1, 3 do assert.equal("timeout", (instance:next_batch())) end
    clients[1]:close()
    assert.same({ "3" }, sockets.received(instance, 1))
  end)

  it("goes on after descriptors were out", function()
    local script = support.file(given.source [[
      init = function()
        files = {}
        listener = lure.net.listen("tcp://127.0.0.1:0")
      end,
      open = function()
        lure.spawn(function()
          listener:serve(function(connection) seen = connection:read() end)
        end)
        return {}
      end,
      next = function(i)
        i.n = (i.n or 0) + 1
        if i.n == 1 then
          while true do
            local file = io.open("/dev/null")
            if not file then break end
            files[#files + 1] = file
          end
          table.remove(files):close()
          client = lure.net.connect("tcp://127.0.0.1:" .. listener:port())
          client:write "hello\n"
          lure.sleep(0.3)
          local before = seen
          for _, file in ipairs(files) do file:close() end
          while not seen do lure.sleep(0.01) end
          return tostring(before) .. " " .. seen
        end
      end,]])
    local text = support.run(("ulimit -n 64; %s/bin/lure run %s"):format(support.build, script))
    given.holds(text, "nil hello", "cannot accept a connection: Too many open files")
  end)

  it("returns when the listener is closed, also at its limit", function()
    local instance, port = serving("emit(connection:read()) listener:close() lure.sleep(1000)", "{ connections = 1 }")
    local client = sockets.connected(port)
    assert(client:send "x\n")
    assert.same({ "x", "served" }, sockets.received(instance, 2))
  end)

  it("has its connections closed when the source is", function()
    local instance, port = serving "emit 'there' connection:read()"
    local clients = {}
    for i = 1, 10 do clients[i] = sockets.connected(port) end
    sockets.received(instance, 10)
    instance:close()
    for _, client in ipairs(clients) do assert.same({ nil, "closed" }, { client:receive(), (select(2, client:receive())) }) end
  end)

  it("has hundreds of connections at once", function()
    local instance, port = serving [[emit "there" emit(connection:read())]]
    local clients = {}
    for i = 1, 400 do
      clients[i] = sockets.connected(port)
      if i % 50 == 0 then sockets.received(instance, 50) end
    end
    for i = 1, 400 do assert(clients[i]:send(i .. "\n")) end
    local list = sockets.received(instance, 400)
    local seen = {}
    for _, text in ipairs(list) do seen[tonumber(text)] = true end
    assert.equal(400, #seen)
  end)
end)

describe("lure.net.connect", function()
  --- A source whose events are what `body`, of which `port` is known, emits.
  local function connecting(body, port)
    return (sockets.listening('"tcp://127.0.0.1:0"', ("return function() local port = %d %s end"):format(port or 0, body)))
  end

  it("speaks with a server", function()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    local instance = connecting([[
      local connection <close> = lure.net.connect("tcp://localhost:" .. port)
      connection:write("hello\n")
      for line in connection:lines() do emit(line) end
      emit(connection.peer)]], math.tointeger(port))
    server:settimeout(0)
    local client
    repeat instance:next_batch(); client = server:accept() until client
    client:settimeout(10)
    assert.equal("hello", (client:receive()))
    assert(client:send "one\ntwo")
    client:close()
    assert.same({ "one", "two", "127.0.0.1:" .. math.tointeger(port) }, sockets.received(instance, 3))
  end)

  it("speaks with a unix socket of its own", function()
    local path = sockets.path()
    local instance = sockets.listening(('"unix://%s"'):format(path), ([[return function()
      lure.spawn(function() listener:serve(function(c) c:write(c:read():upper() .. "\n") end) end)
      local c = lure.net.connect("unix://%s")
      c:write "hello\n"
      emit(c:read()) emit(c.peer)
    end]]):format(path))
    assert.same({ "HELLO", path }, sockets.received(instance, 2))
  end)

  it("gives up after the timeout where nobody answers", function()
    local server = assert(socket.bind("127.0.0.1", 0, 0))
    local _, port = server:getsockname()
    local clients = {}
    repeat -- until the queue of those that nobody accepts is full
      clients[#clients + 1] = socket.tcp()
      clients[#clients]:settimeout(0.5)
    until not clients[#clients]:connect("127.0.0.1", port)
    local instance = connecting([[emit(tostring(select(2, pcall(lure.net.connect, "tcp://127.0.0.1:" .. port, { timeout = 0.1 }))))]],
      math.tointeger(port))
    assert.same({ ("lure.net.connect: tcp://127.0.0.1:%d: Connection timed out"):format(port) }, sockets.received(instance, 1))
    server:close()
  end)

  it("has an idle time, if it is asked for", function()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    local instance = connecting([[
      local connection = lure.net.connect("tcp://127.0.0.1:" .. port, { idle = 0.05 })
      emit((select(2, pcall(connection.read, connection))))]], math.tointeger(port))
    assert.same({ "connection: nothing was received for 0.05 s (idle)" }, sockets.received(instance, 1))
    server:close()
  end)
end)

describe("a name", function()
  --- Runs a command with a name server that does not answer, and a network of its own.
  local function without_dns(command)
    if select(2, support.run "unshare --net --mount true") ~= 0 and not os.getenv "CI" then
      pending "needs namespaces of its own"
    end
    local resolver = support.file("nameserver 127.0.0.53\noptions timeout:30 attempts:2\n", "resolv.conf")
    local services = support.file("hosts: files dns\n", "nsswitch.conf")
    local server = support.file([[
      local server = require "socket".udp()
      assert(server:setsockname("127.0.0.53", 53))
      io.open(arg[1], "w"):close()
      os.execute "sleep 60"]], "server.lua")
    return support.run(support.with_mounts(("unshare --net sh -c %s"):format(support.quote(([[
      ip link set lo up
      mount --bind %s /etc/resolv.conf && mount --bind %s /etc/nsswitch.conf || exit 1
      setsid lua5.4 %s %s.ready & server=$!
      until [ -e %s.ready ]; do sleep 0.05; done
      %s
      kill -- -$server]]):format(resolver, services, server, server, server, command)))))
  end

  it("that DNS does not answer keeps nothing else from going on, and can be given up", function()
    local script = support.file(given.source [[
      open = function()
        for _ = 1, 2 do
          lure.spawn(function()
            local _, problem = pcall(lure.net.connect, "tcp://silent.example.com:1", { timeout = 0.2 })
            told = problem
          end)
        end
        return {}
      end,
      next = function(i)
        i.n = (i.n or 0) + 1
        if i.n == 2 then while not told do lure.sleep(0.01) end return told end
        return i.n < 3 and "first" or nil
      end,]])
    local begin = os.time()
    local text = without_dns(("timeout 25 %s/bin/lure run %s 2>&1"):format(support.build, script))
    given.holds(text, "first", "lure.net.connect: tcp://silent.example.com:1: DNS does not answer (timeout)")
    assert.is_true(os.time() - begin < 25)
  end)

  it("can be looked up as often as one likes, one after the other", function()
    local instance = given.opened(given.source [[next = function(i)
      if i.over then return nil end
      i.over = true
      for _ = 1, 20 do
        local _, problem = pcall(lure.net.connect, "tcp://localhost:1")
        if problem:find "too many" then return problem end
      end
      return "done"
    end]], { config = '{"lure": {"max_errors": 1}}' })
    assert.same({ "done" }, (given.patiently(instance)))
  end)

  it("is looked up by a few threads only", function()
    local script = support.file(given.source [[
      open = function()
        problems = {}
        for i = 1, 20 do
          lure.spawn(function()
            local _, problem = pcall(lure.net.connect, "tcp://silent.example.com:1", { timeout = 0.2 })
            problems[#problems + 1] = problem
          end)
        end
        return {}
      end,
      next = function(i)
        if i.over then return nil end
        while #problems < 20 do lure.sleep(0.01) end
        i.over = true
        return table.concat(problems, ";")
      end,]])
    local text = without_dns(("timeout 25 %s/bin/lure run %s 2>&1"):format(support.build, script))
    local _, refused = text:gsub("too many names are being looked up", "")
    local _, silent = text:gsub("DNS does not answer %(timeout%)", "")
    assert.equal("12 8", refused .. " " .. silent, text)
  end)
end)
