--- Specs of scripts that wait: `lure.testing` opens their sources, feeds them, and moves their clock.
local program = require "spec.cli.program"
local support = require "spec.support"

--- Runs a spec with this script beside it. `free(kind)` in it is an address that nobody listens at.
local function run_spec(script, body)
  local folder = program.folder_with {
    ["s.lua"] = 'local lure = require "lure"\n' .. script,
    ["spec/a_spec.lua"] = 'local testing = require "lure.testing"\n'
      .. 'local function port()\n  local server = testing.server(function() end)\n  server:close()\n'
      .. '  return server.url:match "%d+$"\nend\nit("is so", function()\n' .. body .. "\nend)\n",
  }
  return program.lure_in(folder, "test", "--output=TAP"), folder
end

--- `logged`, a pattern of Lua, is what the script leaves on standard error; nothing, if it is not given.
local function passes(script, body, logged)
  local result = run_spec(script, body)
  assert.equal("ok 1 - is so\n1..1\n", result.out)
  if logged then return assert.matches("^" .. logged .. "$", result.err) end
  assert.equal("", result.err)
end

local function failure(script, body)
  local result = run_spec(script, body)
  assert.matches("not ok 1", result.out)
  return result.out
end

local head = 'return { name = "s", version = "0.1.0", id = 999, event_source = "s", '

local every_minute = head .. [[
  produce = function(params, emit)
    for i = 1, 1e9 do
      lure.sleep(60)
      emit(tostring(i))
    end
  end }]]

describe("a script with a manual clock", function()
  it("sleeps until the spec says that time has passed, and not a moment longer", function()
    passes(every_minute, [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open()
      assert.equal(0, #source:events())
      plugin:advance(59.999)
      assert.equal(0, #source:events())
      plugin:advance(0.001)
      assert.equal("1", source:events()[1].data)]])
  end)

  it("wakes up as often as it would in that time, within milliseconds", function()
    passes(every_minute, [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open()
      local before = os.clock()
      plugin:advance(3600)
      assert.equal(60, #source:events())
      assert.is_true(os.clock() - before < 1)]])
  end)

  it("has tasks whose waits end in their order", function()
    passes(head .. [[
      produce = function(params, emit)
        local function beat(name, seconds)
          lure.spawn(function()
            while true do
              lure.sleep(seconds)
              emit(name)
            end
          end)
        end
        beat("five", 5)
        beat("two", 2)
        lure.sleep(1e9)
      end }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open()
      plugin:advance(7)
      local names = {}
      for i, event in ipairs(source:events()) do names[i] = event.data end
      assert.equal("two two five two", table.concat(names, " "))]])
  end)

  it("is told this time by lure.now", function()
    passes(head .. [[
      produce = function(params, emit)
        local before = lure.now()
        lure.sleep(86400)
        emit(tostring(lure.now() - before))
      end }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open()
      plugin:advance(86400)
      assert.equal("86400000000000", source:events()[1].data)]])
  end)

  it("has its async called at the intervals of that time", function()
    passes([[return { name = "s", version = "0.1.0", async_events = { "beat" }, async_event_sources = { "syscall" },
      async_interval = 3600, async = function(emit) emit("beat", tostring(lure.now())) end }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local events = plugin:emitted(3)
      assert.equal(3600 * 10^9, events[3].data - events[2].data)
      assert.error_matches(function() plugin:emitted(3, 3600) end, "emitted 2 events, not 3")]])
  end)

  it("has what capture:every calls called at the intervals of that time", function()
    passes([[local count = 0
      return { name = "s", version = "0.1.0", extract_event_sources = { "syscall" },
        capture_open = function(capture) capture:every(10, function() count = count + 1 end) end,
        fields = { { name = "s.count", type = "uint64", desc = "-", extract = function() return count end } } }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      assert(plugin.state:capture_open())
      plugin:advance(35)
      assert.equal(3, plugin:event("", { source = "syscall" }):field("s.count"))
      plugin.state:capture_close()]])
  end)

  it("gives up a request, and tries again, when that time has passed; so does a spec's own server", function()
    passes(head .. [[
      produce = function(url, emit)
        for i = 1, 1e9 do
          local done, page = pcall(lure.http.get, url, { query = { page = i }, retry = i == 2, timeout = 20 })
          emit(done and page.body or page:match "no complete answer" or page)
          lure.sleep(60)
        end
      end }]], [[
      local refused
      local server = testing.server(function(request)
        if request.query.page == "2" and not refused then
          refused = true
          return 503, { ["Retry-After"] = "30" }
        end
        if request.query.page == "3" then return nil end
        return 200, nil, { page = request.query.page, path = request.path }
      end)
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open(server.url .. "/audit")
      assert.equal('{"page":"1","path":"/audit"}', source:events(1)[1].data)
      plugin:advance(60)
      plugin:advance(29)
      assert.equal(0, #source:events())
      plugin:advance(6)                        -- lure.http waits a little longer
      assert.equal('{"page":"2","path":"/audit"}', source:events()[1].data)
      plugin:advance(60)
      plugin:advance(13)
      assert.equal(0, #source:events())
      plugin:advance(7)
      assert.equal("no complete answer", source:events()[1].data)
      assert.equal("GET", server.requests[1].method)]],
      "s: warning: lure.http.get http://127.0.0.1:%d+/audit: status 503; again in 30%.%d s, attempts left: 5\n")
  end)

  it("closes an idle connection when that time has passed", function()
    passes(head .. [[
      produce = function(address, emit)
        local listener = lure.net.listen(address)
        listener:serve(function(connection)
          local done, problem = pcall(function() for line in connection:lines() do emit(line) end end)
          emit(done and "end" or problem:match "nothing was received for 30")
        end, { idle = 30 })
      end }]], [[
      local sockets = require "lure.sockets"
      local address = "tcp://127.0.0.1:" .. port()
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open(address)
      local socket = assert(sockets.connect(address))
      socket:send "one\n"
      assert.equal("one", source:events(1)[1].data)
      plugin:advance(29)
      assert.equal(0, #source:events())
      plugin:advance(1)
      assert.equal("nothing was received for 30", source:events(1)[1].data)]])
  end)

  it("reads a list again when that time has passed", function()
    passes([[local list
      return { name = "s", version = "0.1.0", extract_event_sources = { "x" },
        config = { list = { type = "string", required = true } },
        init = function(config) list = lure.file.lookup(config.list, { format = "lines" }) end,
        fields = { { name = "s.known", type = "bool", desc = "-", extract = function() return list:get "b" ~= nil end } } }]], [[
      local path = os.tmpname()
      local function write(text)
        local file <close> = io.open(path, "w")
        file:write(text)
      end
      write "a\n"
      local plugin = testing.load("s.lua", { config = { list = path }, clock = "manual" })
      assert.is_false(plugin:event("", { source = "x" }):field("s.known"))
      write "a\nb\n"
      assert.is_false(plugin:event("", { source = "x" }):field("s.known"))
      plugin:advance(1)
      assert.is_true(plugin:event("", { source = "x" }):field("s.known"))
      os.remove(path)]])
  end)

  it("may wait in open, and in what cancels it: that takes real time", function()
    passes(head .. [[
      open = function() lure.sleep(0.01) return {} end,
      next = function() lure.sleep(5) return "x" end }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open()
      plugin:advance(5)
      assert.equal(1, #source:events())
      source:close()
      source = plugin:open()
      plugin:advance(5)
      assert.equal(1, #source:events(1))]])
  end)

  it("says what is wrong where nothing comes, or the clock is the system's", function()
    assert.matches("s%.lua: 0 events, not 1, in 10 s while its clock stood: plugin:advance%(seconds%)",
      failure(every_minute, 'testing.load("s.lua", { clock = "manual" }):open():events(1)'))
    assert.matches('advance: the clock is the system\'s; load it with { clock = "manual" }',
      failure(every_minute, 'testing.load("s.lua"):advance(1)'))
    assert.matches('clock: expected "manual", got 5', failure(every_minute, 'testing.load("s.lua", { clock = 5 })'))
    assert.matches("clock: that of the plugin API 0.3.0 cannot be stopped; leave out api, or clock",
      failure(every_minute, 'testing.load("s.lua", { clock = "manual", api = "0.3" })'), 1, true)
    assert.matches("advance: expected seconds from 0 to 1e9, got %-1",
      failure(every_minute, 'testing.load("s.lua", { clock = "manual" }):advance(-1)'))
    assert.matches("advance: expected seconds from 0 to 1e9, got ",
      failure(every_minute, 'testing.load("s.lua", { clock = "manual" }):advance(0 / 0)'))
  end)

  it("is told of at the line of the spec, with the script's line, when it fails", function()
    local told = failure(head .. 'produce = function() lure.sleep(9) error "broken" end }',
      'local plugin = testing.load("s.lua", { clock = "manual" })\nplugin:open()\nplugin:advance(9)')
    assert.matches("a_spec%.lua:10: s%.lua:2: produce: broken", told)
  end)
end)

describe("an open source", function()
  it("goes on from one look to the next, and has a clock as ever", function()
    passes(head .. 'produce = function(_, emit) for i = 1, 3 do emit(tostring(i)) lure.sleep(0.01) end end }', [[
      local source = testing.load("s.lua"):open()
      assert.equal("1", source:events(1)[1].data)
      assert.equal("3", source:events(2)[2].data)
      assert.error_matches(function() source:events(1) end, "0 events, not 1, and then the end")
      assert.same({}, source:events())]])
  end)

  it("gets messages and lines by sockets of each kind", function()
    passes(head .. [[
      produce = function(address, emit)
        local listener = lure.net.listen(address)
        if address:find "^udp" or address:find "gram" then
          for text in listener:datagrams() do emit(text) end
        else
          listener:serve(function(connection) for line in connection:lines() do emit(line) end end)
        end
      end }]], [[
      local plugin = testing.load("s.lua", { clock = "manual" })
      local path = os.tmpname()
      os.remove(path)
      for _, address in ipairs { "udp://127.0.0.1:" .. port(), "tcp://127.0.0.1:" .. port(), "unix://" .. path,
                                 "unixgram://" .. path } do
        local source = plugin:open(address)
        testing.send(address, "one\n", "two\n")
        local events = source:events(2)
        assert.equal("one two", (events[1].data .. " " .. events[2].data):gsub("\n", ""), address)
        source:close()
      end]])
  end)

  it("answers HTTP requests", function()
    passes(head .. [[
      produce = function(address, emit)
        lure.http.serve({ listen = address, methods = { "POST" } }, function(request)
          emit(request.body)
          return 202, { ["X-Seen"] = request.headers["x-kind"] }, request.path
        end)
      end }]], [[
      local number = port()
      local plugin = testing.load("s.lua", { clock = "manual" })
      local source = plugin:open("tcp://127.0.0.1:" .. number)
      local url = ("http://127.0.0.1:%s/hook"):format(number)
      local answer = testing.request(url, { headers = { ["X-Kind"] = "push" }, body = { a = 1 } })
      assert.equal(202, answer.status)
      assert.equal("push", answer.headers["x-seen"])
      assert.equal("/hook", answer.body)
      assert.equal('{"a":1}', source:events(1)[1].data)
      assert.equal(405, testing.request(url).status)]])
  end)

  it("answers, as docs/falco.md shows, when the host has taken the event, and not before", function()
    local page = support.run("cat " .. support.quote((os.getenv("LURE_SOURCE") or ".") .. "/docs/falco.md"))
    passes(head .. "produce = function(address, emit)\n" .. page:match "```lua\n(lure%.http%.serve.-)```" .. "\nend }", [[
      local number = port()
      local address = "tcp://127.0.0.1:" .. number
      local plugin = testing.load("s.lua", { clock = "manual" })
      local instance = assert(plugin.state:open(address))
      instance:next_batch()
      local socket = assert(require "lure.sockets".connect(address))
      socket:send "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
      local count, answered = 0, nil
      while count == 0 do count = #select(2, instance:next_batch()) end
      assert.is_nil(socket:receive())
      while not answered do
        instance:next_batch()
        plugin.state:console("clock", "10000000")
        answered = socket:receive()
      end
      assert.matches("^HTTP/1.1 204", answered)
      instance:close()]])
  end)

  it("runs programs of the spec, which are gone behind it", function()
    passes(head .. 'open = function() return lure.process.run({ "journalctl", "-f" }):lines() end }', [[
      local path = os.getenv "PATH"
      testing.program("journalctl", 'echo "$1"; echo two; exec sleep 1000')
      local source = testing.load("s.lua", { clock = "manual" }):open()
      local events = source:events(2)
      assert.equal("-f two", events[1].data .. " " .. events[2].data)
      testing.close()
      assert.equal(path, os.getenv "PATH")]])
  end)

  it("follows a file that the spec writes", function()
    passes(head .. "open = function(path) return lure.file.tail(path) end }", [[
      local path = os.tmpname()
      local source = testing.load("s.lua", { clock = "manual" }):open(path)
      local file = io.open(path, "a")
      file:write "one\n"
      file:flush()
      assert.equal("one", source:events(1)[1].data)
      file:write "half"
      file:flush()
      assert.equal(0, #source:events())
      file:write "-whole\n"
      file:close()
      assert.equal("half-whole", source:events(1)[1].data)
      os.remove(path)]])
  end)
end)

describe("the clock", function()
  it("cannot be stopped by a script: none of its functions, and no name of the library, leads there", function()
    local result = program.lure("run", program.script [[
      open = function()
        local seen, found = {}, {}
        local function look(value)
          if type(value) ~= "table" or seen[value] then return end
          seen[value] = true
          for name, inner in pairs(value) do
            if tostring(name):find "clock" then found[#found + 1] = name end
            look(inner)
          end
        end
        look(_G)
        look(require "lure")
        look(package.loaded)
        table.sort(found)
        return io.lines("/proc/self/comm"), nil, nil, nil, error(table.concat(found, " "), 0)
      end]])
    assert.matches("open: clock\n", result.err) -- os.clock
  end)
end)
