-- Examples that read sockets, programs and web services, with real ones.

local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local pages = require "spec.examples.pages"
local socket = require "socket"
local sockets = require "spec.net.sockets"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function start(name, options)
  return support.start(("%s/examples/%s.lua"):format(SOURCE, name), options)
end

local function read(path)
  local file = assert(io.open(SOURCE .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- What the fields are in each of the next events, "-" for no value.
local function shown(state, instance, count, fields)
  local list = {}
  while #list < count do
    local rc, events, message = instance:next_batch()
    assert(rc == "success" or rc == "timeout", message)
    for _, event in ipairs(events) do
      local values = {}
      for name in fields:gmatch "%S+" do values[#values + 1] = tostring(state:extract(event, name) or "-") end
      list[#list + 1] = table.concat(values, " ")
    end
  end
  return list
end

local function size_of(name)
  local count = 0
  for line in read("examples/" .. name .. ".lua"):gmatch "[^\n]+" do
    if not line:match "^%s*%-%-" and line:match "%S" then count = count + 1 end
  end
  return count
end

--- A port that nobody uses.
local function free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return math.tointeger(port)
end

describe("an example", function()
  it("is short", function()
    assert.is_true(size_of "syslog" <= 25)
    assert.is_true(size_of "journald" <= 15)
    assert.is_true(size_of "webhook" <= 30)
    assert.is_true(size_of "poller" <= 25)
    assert.is_true(size_of "docker" <= 42)
  end)

  for _, name in ipairs { "syslog", "journald", "webhook", "poller", "docker" } do
    it(("has rules with fields that there are: %s"):format(name), function()
      local known, count = {}, 0
      for _, field in ipairs(support.load_script(("%s/examples/%s.lua"):format(SOURCE, name)):info().fields) do
        known[field.name] = true
      end
      for field in read(("examples/%s_rules.yaml"):format(name)):gmatch("%f[%w]" .. name .. "%.%l+") do
        assert.is_true(known[field], field)
        count = count + 1
      end
      assert.is_true(count > 4)
    end)
  end
end)

for _, api in ipairs { 3, 0 } do
  describe("examples/syslog.lua in plugin API " .. api, function()
    it("has the messages of logger over UDP, TCP and unix sockets, in both formats", function()
      local port, messages, stream = free_port(), sockets.path(), sockets.path()
      local state = start("syslog", { api = api })
      local instance = assert(state:open(("udp://127.0.0.1:%d tcp://127.0.0.1:%d unixgram://%s unix://%s"):format(port, port,
        messages, stream)))
      assert.equal("timeout", (instance:next_batch()))
      local function sent(options, text)
        assert.equal("", sockets.run(("logger %s --priority auth.crit --tag spec %s"):format(options, text)))
        return shown(state, instance, 1, "syslog.level syslog.app syslog.text")[1]
      end
      local remote = ("--server 127.0.0.1 --port %d "):format(port)
      for _, how in ipairs { "--udp", "--tcp" } do
        assert.equal("2 spec hello there", sent(remote .. how .. " --rfc3164", "hello there"))
        assert.equal("2 spec hello there", sent(remote .. how .. " --rfc5424", "hello there"))
        assert.equal("2 spec hello there", sent(remote .. how .. " --rfc5424=notq", "hello there"))
      end
      for _, path in ipairs { messages, stream } do
        if path == messages then assert.equal("2 spec hello there", sent("--socket " .. path, "hello there")) end
        assert.equal("2 spec hello there", sent("--socket " .. path .. " --rfc5424", "hello there"))
      end
      instance:close()
      assert.is_nil(io.open(messages))
    end)

    it("has the parts of messages that it knows, and of others the text", function()
      local state = start("syslog", { api = api })
      local function values(payload)
        local event, list = support.event(payload), {}
        for i, name in ipairs { "level", "host", "app", "text" } do list[i] = tostring(state:extract(event, "syslog." .. name)) end
        return table.concat(list, "|")
      end
      assert.equal("6|router|sshd|Failed password for root", values "<38>Nov  9 01:02:03 router sshd[12]: Failed password for root")
      assert.equal("5|nil|su|to root: yes", values "<37>Nov 29 01:02:03 su: to root: yes")
      assert.equal("0|h|a|text", values "<8>1 2026-11-29T01:02:03Z h a 12 id - text")
      assert.equal("nil|nil|nil|no syslog", values "no syslog")
    end)
  end)

  describe("examples/journald.lua in plugin API " .. api, function()
    --- A directory with a `journalctl` that writes these lines, slowly, and does not end.
    local function with_journal(lines)
      local path = support.file(("#!/bin/sh\n[ \"$*\" = '-o json -f -n 0' ] || exit 1\nsleep 0.1\ncat <<'END'\n%s\nEND\nexec sleep 1000\n")
        :format(lines), "journalctl")
      support.run("chmod +x " .. path)
      return path:match "^(.*)/"
    end

    it("has the journal's entries as journalctl writes them", function()
      local recorded = [[
{"_UID":"0","_COMM":"sshd","PRIORITY":"6","_SYSTEMD_UNIT":"ssh.service","MESSAGE":"Failed password for root","SYSLOG_IDENTIFIER":"sshd"}
{"_UID":"0","_COMM":"systemd","PRIORITY":"1","MESSAGE":"a.service: Failed with result 'exit-code'.","SYSLOG_IDENTIFIER":"systemd"}]]
      local run = ("lure.process.run(words, { env = { PATH = %q .. os.getenv 'PATH', LD_PRELOAD = false } })"):format(
        with_journal(recorded) .. ":")
      local script = support.file((read "examples/journald.lua":gsub("lure%.process%.run%(words%)", (run:gsub("%%", "%%%%")))),
        "journald.lua")
      local state = support.start(script, { api = api })
      local instance = assert(state:open "-f -n 0")
      assert.same({ "ssh.service sshd 6 Failed password for root", "- systemd 1 a.service: Failed with result 'exit-code'." },
        shown(state, instance, 2, "journald.unit journald.app journald.priority journald.message"))
      assert.equal("timeout", (instance:next_batch()))
      instance:close()
    end)

    it("says why journalctl has failed", function()
      local state = start("journald", { api = api, config = '{"lure": {"max_errors": 1}}' })
      local instance, message = state:open "--no-such-option"
      local rc, _
      while instance and rc ~= "failure" do rc, _, message = instance:next_batch() end -- it may not be installed, either
      assert.matches('lure%.process%.run: "journalctl": ', message)
    end)
  end)
end

describe("examples/webhook.lua", function()
  local SECRET = "It's a Secret to Everybody"
  local CONFIG = ('{"secret": "%s"%%s}'):format(SECRET)

  --- The words of a curl that posts a file as GitHub does, and prints the status; `signature`: another than the right one.
  local function posting(path, file, event, signature, more)
    signature = signature or ("sha256=$(openssl dgst -sha256 -hmac %s %s | sed 's/.* //')"):format(support.quote(SECRET), file)
    return ("curl -s --unix-socket %s -w '%%{http_code}' -H 'X-GitHub-Event: %s' -H \"X-Hub-Signature-256: %s\" -H " ..
      "'Content-Type: application/json' --data-binary @%s %s http://localhost/hook"):format(path, event, signature, file, more or "")
  end

  local PUSH = [[{"ref": "refs/heads/main", "before": "a10867b14bb761a232cd80139fbd4c0d33264240", "forced": true,
    "after": "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "repository": { "id": 17273051, "full_name": "octo/app" },
    "sender": { "login": "mona" }, "commits": [ { "id": "6113728", "message": "f\u00fcr \u0000 alle" } ] }]]
  local KEY = '{"action": "created", "key": {"title": "ci"}, "repository": {"full_name": "octo/app"}, "sender": {"login": "hubot"}}'

  --- The source, its unix socket and its state.
  local function listening(api, config)
    local path = sockets.path()
    local state = start("webhook", { api = api, config = CONFIG:format(config or "") })
    local instance = assert(state:open("unix://" .. path))
    assert.equal("timeout", (instance:next_batch()))
    return instance, path, state
  end

  for _, api in ipairs { 3, 0 } do
    it("has what GitHub posts, in the safe sandbox and the plugin API " .. api, function()
      local instance, path, state = listening(api, ', "lure": {"sandbox": "safe", "allow": ["http", "net"]}')
      local status = support.file("", "status")
      os.execute(("unset LD_PRELOAD; { %s; %s; } >%s &"):format(posting(path, support.file(PUSH, "push.json"), "push"),
        posting(path, support.file(KEY, "key.json"), "deploy_key", nil, "-H 'Expect: 100-continue'"), status))
      local push = ("push - octo/app mona refs/heads/main %s 6113728"):format(api == 0 and 1 or true)
      assert.same({ push, "deploy_key created octo/app hubot - - -" }, shown(state, instance, 2,
        "webhook.event webhook.action webhook.repository webhook.user webhook.ref webhook.forced webhook.value[/payload/commits/0/id]"))
      sockets.until_there(instance, function() return assert(io.open(status)):read "a" == "204204" end)
      instance:close()
      state:destroy()
    end)
  end

  it("refuses what is not signed, or by another secret, or changed, or no JSON", function()
    local instance, path = listening()
    local file = support.file(PUSH, "push.json")
    local code = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" -- of another text
    for _, case in ipairs {
      { "403", posting(path, file, "push", "sha256=" .. code) },
      { "403", posting(path, file, "push", code) },
      { "403", posting(path, file, "push", "") },
      { "403", ("curl -s --unix-socket %s -w '%%{http_code}' --data-binary @%s http://localhost/"):format(path, file) },
      { "403", posting(path, file, "push", ("sha256=$(openssl dgst -sha256 -hmac other %s | sed 's/.* //')"):format(file)) },
      { "403", posting(path, file, "push", ("sha256=$(sed 's/mona/eve/' %s | openssl dgst -sha256 -hmac %s | sed 's/.* //')"):format(file,
        support.quote(SECRET))) },
      { "expected JSON: set the content type application/json\n400", posting(path, support.file("Hello, World!", "hello"), "ping",
        "sha256=" .. code) },
      { "expected JSON: set the content type application/json\n400", posting(path, support.file("{x", "broken"), "ping",
        "sha256=$(printf %s '{x' | openssl dgst -sha256 -hmac " .. support.quote(SECRET) .. " | sed 's/.* //')") },
      { "the body is too large\n413", posting(path, support.file(("x"):rep((1 << 20) + 1), "large"), "push") },
      { "this method is not allowed here\n405", ("curl -s --unix-socket %s -w '%%{http_code}' http://localhost/"):format(path) },
    } do
      assert.equal(case[1], http.while_running(instance, case[2]))
    end
    local rc, events = instance:next_batch()
    assert.same({ "timeout", 0 }, { rc, #events })
    instance:close()
  end)

  it("is refused without a secret", function()
    local state, message = assert(support.load_script(SOURCE .. "/examples/webhook.lua")):init "{}"
    assert.is_nil(state)
    given.holds(message, '"secret" is missing')
  end)
end)

for _, api in ipairs { 3, 0 } do
  describe("examples/poller.lua in plugin API " .. api, function()
    local function config(token, folder)
      return ('{"token": "%s", "seconds": 0.01, "lure": {"sandbox": "safe", "allow": ["http", "state"], "state": "%s"}}'):format(token, folder)
    end

    it("has each entry in order, with its time; after a restart only the last batch again; also with a server that is busy or fails", function()
      local folder = support.file("", "state/x"):match "^(.*)/"
      local url, stop = pages.serve(-250, 3)
      local list = {}
      for _, count in ipairs { 1, 101, 250 } do -- a page has 100
        local state = start("poller", { api = api, config = config("the token", folder) })
        local instance = assert(state:open(url))
        local taken
        while #list < count do
          taken = #list
          local rc, events, message = instance:next_batch()
          assert(rc == "success" or rc == "timeout", message)
          for _, event in ipairs(events) do
            list[#list + 1] = ("%s %d"):format(state:extract(event, "poller.user"), event.ts // 1000000000)
          end
        end
        instance:close()
        state:destroy()
        if count < 250 then table.move({}, 1, #list - taken, taken + 1, list) end -- they come again
      end
      stop()
      assert.equal(250, #list)
      for i, text in ipairs(list) do assert.equal(("user%d %d"):format(i, 1795914000 + i), text) end
    end)

    it("says what the service answers", function()
      local url, stop = pages.serve(-1)
      local state = start("poller", { api = api, config = config("another", support.folder()):gsub('"lure": {', '%0"max_errors": 1, ') })
      local instance = assert(state:open(url))
      local rc, _, message
      repeat rc, _, message = instance:next_batch() until rc ~= "timeout"
      stop()
      given.holds(message, "produce: ", "/log: expected an answer with JSON (status 200 to 299), got status 401: who are you?")
    end)
  end)
end

for _, api in ipairs { 3, 0 } do
  describe("examples/docker.lua in plugin API " .. api, function()
    local ID = ("4f7c0d2e9a61b85f"):rep(4)

    it("has the engine's events, each once: also if that is not there, is killed, starts and ends, and after a restart of the host", function()
      local path, log, folder = sockets.path(), support.file("", "requests"), support.file("", "state/x"):match "^(.*)/"
      local config = ('{"lure": {"sandbox": "safe", "allow": ["net", "state"], "state": "%s"}}'):format(folder)
      local state = start("docker", { api = api, config = config })
      local instance = assert(state:open("unix://" .. path))
      local ends = os.time() + 60
      local told
      repeat assert(instance:next_batch()) told = state:log()[1] until told or api == 0 or os.time() > ends -- 0.3.0 has no log
      if api > 0 then given.holds(told.message, path, "No such file", "connecting until it answers") end
      local engine = ("env -u LD_PRELOAD PATH=/usr/bin:$PATH timeout 600 python3 %s/spec/examples/engine.py %s %s %%s &"):format(SOURCE, path, log)
      os.execute(engine:format "first")

      local fields = "docker.type docker.action docker.name docker.image docker.value[/Actor/Attributes/exitCode]"
      assert.same({ "image pull alpine - -", "container start eager_hopper alpine -",
        "container exec_start: /bin/sh -c id eager_hopper alpine -", "network connect bridge - -",
        "container die eager_hopper alpine 137" }, shown(state, instance, 5, fields))
      assert.equal("timeout", (instance:next_batch())) -- so the last batch is delivered
      instance:close()
      state:destroy()
      os.execute(engine:format "last")
      state = start("docker", { api = api, config = config })
      instance = assert(state:open("unix://" .. path))
      assert.same({ "destroy " .. ID }, shown(state, instance, 1, "docker.action docker.id"))
      instance:close()
      state:destroy()

      local since = {}
      for line in io.lines(log) do since[#since + 1] = assert(line:match "^GET /events%?since=(%d+%.%d%d%d%d%d%d%d%d%d) HTTP/1.1 Host: docker$") end
      assert.is_true(math.abs(tonumber(since[1]) - os.time()) < 300) -- nothing of before the first start
      assert.same({ "1795961851.000000005", "1795961851.000000005", "1795961852.000000006" }, table.move(since, 2, #since, 1, {}))
    end)
  end)
end
