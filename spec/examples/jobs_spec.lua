-- Examples for real jobs, with the lines that real programs write.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function start(name, options)
  options.config = options.config or '{"lure": {"state": false}}' -- nothing stays on the machine
  return support.start(("%s/examples/%s.lua"):format(SOURCE, name), options)
end

local function write(path, text, mode)
  local file = assert(io.open(path, mode or "ab"))
  file:write(text)
  file:close()
end

--- An empty file that is there.
local function new_file(name) return support.file("", name) end

--- Events, called `each`, until there were `count`; an event is valid until the next batch.
local function take(instance, count, each)
  local ends = os.time() + 20
  while count > 0 do
    assert.is_true(os.time() < ends, "no events for 20 s")
    local rc, events, message = instance:next_batch()
    assert.is_true(rc == "success" or rc == "timeout", message)
    for _, event in ipairs(events) do each(event) end
    count = count - #events
  end
end

--- What the fields are in each event, separated by spaces; "-" for no value.
local function shown(state, instance, count, fields)
  local list = {}
  take(instance, count, function(event)
    local values = {}
    for name in fields:gmatch "%S+" do
      local value, message = state:extract(event, name)
      assert.is_nil(message)
      values[#values + 1] = value == nil and "-" or tostring(value)
    end
    list[#list + 1] = table.concat(values, " ")
  end)
  return list
end

--- Lines of code, without comments and empty lines.
local function size_of(name)
  local count = 0
  for line in io.lines(("%s/examples/%s.lua"):format(SOURCE, name)) do
    if not line:match "^%s*%-%-" and line:match "%S" then count = count + 1 end
  end
  return count
end

describe("an example", function()
  it("is short", function()
    for name, most in pairs { access = 30, logins = 25, auth = 47, origins = 20, intel = 30 } do
      assert.is_true(size_of(name) <= most, ("%s: %d lines"):format(name, size_of(name)))
    end
  end)
end)

--- A line of sshd at that time of a day.
local function at(time, text) return ("2026-11-29T%s.123456+01:00 web sshd[412]: %s"):format(time, text) end

--- What OpenSSH writes, of versions before and after 9.8, in both formats of rsyslog.
local OPENSSH = {
  at("15:17:30", "Server listening on 127.0.0.1 port 22."),
  at("15:17:31", "Failed password for root from 127.0.0.1 port 43534 ssh2"),
  at("15:17:31", "Connection closed by authenticating user root 127.0.0.1 port 43534 [preauth]"),
  at("15:17:32", "Could not get shadow information for bob"),
  at("15:17:32", "Failed password for bob from 127.0.0.1 port 43546 ssh2"),
  at("15:17:33", "Invalid user ad min from 127.0.0.1 port 43554"),
  at("15:17:33", "Failed password for invalid user ad min from 127.0.0.1 port 43554 ssh2"),
  at("15:17:34", "Connection closed by invalid user ad min 127.0.0.1 port 43554 [preauth]"),
  at("15:17:35", "Accepted password for bob from 127.0.0.1 port 43560 ssh2"),
  "2026-11-29T15:17:36.000001+01:00 web sshd-session[9]: Failed keyboard-interactive/pam for alice from 2001:db8::9 port 7 ssh2",
  "Nov 29 15:17:37 web sshd[413]: Failed password for carol from 192.0.2.3 port 43534 ssh2",
}

--- What comes of lines in an example that reads auth.log.
local function failures(name, api, lines, count)
  local path = new_file "auth.log"
  write(path, table.concat(lines, "\n") .. "\n")
  local state = start(name, { api = api })
  local instance = assert(state:open(path))
  local list = shown(state, instance, count, ("%s.failures %s.address %s.user"):format(name, name, name))
  instance:close()
  state:destroy()
  return list
end

for _, api in ipairs { 3, 0 } do
  describe("examples/access.lua in plugin API " .. api, function()
    -- written by nginx 1.22, for curl and for nc
    local recorded = assert(io.open(SOURCE .. "/spec/examples/access.log")):read "a"

    it("takes the lines of nginx apart", function()
      local path = new_file "access.log"
      write(path, recorded)
      local state = start("access", { api = api })
      local instance = assert(state:open(path))
      assert.same({
        "127.0.0.1 - 1795965454000000000 GET / 200 3 - curl/7.88.1",
        "127.0.0.1 - 1795965454000000000 GET /.git/config 404 153 - curl/7.88.1",
        [[::1 alice 1795965454000000000 GET /index.html?q=a%20b 200 3 https://example.org/ evil "agent" \ x]],
        "127.0.0.1 - 1795965454000000000 - - 400 157 - -",
        '127.0.0.1 - 1795965454000000000 GET /a"b 404 153 - -',
        "127.0.0.1 - 1795965456000000000 POST /wp-login.php 404 153 - curl/7.88.1",
        "127.0.0.1 - 1795965456000000000 GET /..%2f..%2fetc/passwd 400 157 - -",
        "127.0.0.1 - 1795965456000000000 HEAD / 200 0 - curl/7.88.1",
      }, shown(state, instance, 8, "access.client access.user access.time access.method access.target access.status " ..
        "access.bytes access.referer access.agent"))
      instance:close()
      state:destroy()
    end)

    it("has no values in other lines", function()
      local path = new_file "access.log"
      write(path, '2026/11/29 15:17:34 [error] 7#7: *2 open() failed, request: "GET / HTTP/1.1"\n"" "" ""\n\n')
      local state = start("access", { api = api })
      local instance = assert(state:open(path))
      assert.same({ "- -", "- -", "- -" }, shown(state, instance, 3, "access.client access.request"))
      instance:close()
    end)

    it("goes on in the new file after a rotation", function()
      local path = new_file "access.log"
      write(path, recorded)
      local state = start("access", { api = api })
      local instance = assert(state:open(path))
      take(instance, 8, function() end)
      assert(os.rename(path, path .. ".1"))
      write(path .. ".1", '192.0.2.1 - - [29/Nov/2026:15:20:00 +0000] "GET /old HTTP/1.1" 200 3 "-" "-"\n')
      write(path, '192.0.2.1 - - [29/Nov/2026:15:20:00 +0000] "GET /new HTTP/1.1" 200 3 "-" "-"\n')
      assert.same({ "/old", "/new" }, shown(state, instance, 2, "access.target"))
      instance:close()
    end)
  end)

  for _, name in ipairs { "logins", "auth" } do
    describe(("examples/%s.lua in plugin API %d"):format(name, api), function()
      it("goes on after a restart where it was, in the safe sandbox", function()
        local path = new_file "state/auth.log"
        local config = ('{"lure": {"sandbox": "safe", "allow": ["file", "state"], "state": "%s"}}'):format(path:match "(.*)/")
        for _, user in ipairs { "bob", "root" } do
          write(path, ("2026-11-29T15:17:31.1+01:00 web sshd[4]: Failed password for %s from 192.0.2.1 port 1 ssh2\n"):format(user))
          local state = start(name, { api = api, config = config })
          local instance = assert(state:open(path))
          assert.same({ "1 " .. user }, shown(state, instance, 1, ("%s.failures %s.user"):format(name, name)))
          assert.equal("timeout", (instance:next_batch()))
          instance:close()
          state:destroy()
        end
      end)

      it("counts the failures of each user in five minutes, by the clock of the log", function()
        local function failed(time, user) return at(time, ("Failed password for %s from 192.0.2.1 port 1 ssh2"):format(user)) end
        assert.same({ "1 192.0.2.1 bob", "2 192.0.2.1 bob", "1 192.0.2.1 root", "3 192.0.2.1 bob", "3 192.0.2.1 bob", "2 192.0.2.1 root",
          "1 192.0.2.1 bob" }, failures(name, api, {
          failed("23:50:00", "bob"), failed("23:51:00", "bob"), failed("23:52:00", "root"), failed("23:55:00", "bob"),
          failed("23:55:01", "bob"), failed("23:57:00", "root"),
          failed("23:59:59", "bob"):gsub("%-29T23", "-30T00"),
        }, 7))
      end)
    end)
  end

  describe("examples/logins.lua in plugin API " .. api, function()
    it("finds what OpenSSH writes, of versions before and after 9.8, in both formats of rsyslog", function()
      assert.same({ "1 127.0.0.1 root", "1 127.0.0.1 bob", "1 127.0.0.1 ad min", "1 2001:db8::9 alice", "1 192.0.2.3 carol" },
        failures("logins", api, OPENSSH, 5))
    end)

    it("is not deceived by names that look like its lines", function()
      local function line(user, port) return ("Failed password for %s from 192.0.2.66 port %d ssh2"):format(user, port) end
      local name = line("root", 1)
      assert.same({ "1 192.0.2.66 " .. name, "1 192.0.2.66 x sshd[1]: " .. name }, failures("logins", api, {
        at("15:17:31", "Invalid user sshd[1]: " .. name .. " from 192.0.2.66 port 4"),
        at("15:17:31", line("invalid user " .. name, 2)),
        at("15:17:32", line("x sshd[1]: " .. name, 3)),
        "2026-11-29T15:17:33.123456+01:00 web su[7]: FAILED SU (to sshd[1]: " .. name .. ") bob on pts/1",
      }, 2))
    end)
  end)

  describe("examples/auth.lua in plugin API " .. api, function()
    it("finds what OpenSSH writes, of versions before and after 9.8, in both formats of rsyslog", function()
      assert.same({ "1 127.0.0.1 root", "1 127.0.0.1 bob", "1 127.0.0.1 ad min", "1 127.0.0.1 bob",
        "1 2001:db8::9 alice", "1 192.0.2.3 carol" }, failures("auth", api, OPENSSH, 6))
    end)

    it("finds what sudo and su write, by themselves and not by PAM", function()
      local path = new_file "auth.log"
      local lines = {
        at("15:17:30", "pam_unix(sudo:auth): authentication failure; logname= uid=1000 euid=0 tty=/dev/pts/1 ruser=bob rhost=  user=bob"),
        at("15:17:31", "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/apt update"),
        at("15:17:32", "     bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/bash"),
        at("15:17:33", "     bob : 1 incorrect password attempt ; TTY=pts/1 ; PWD=/ ; USER=www ; GROUP=www ; COMMAND=list"),
        at("15:17:34", "     eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow"),
        at("15:17:35", "pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)"),
      }
      for i, line in ipairs(lines) do lines[i] = line:gsub("sshd%[412%]", i % 2 == 0 and "sudo" or "sudo[77]", 1) end
      for _, text in ipairs { "FAILED SU (to root) bob on pts/1", "(to root) bob on pts/1",
        "pam_unix(su:session): session opened for user root(uid=0) by bob(uid=1000)" } do
        lines[#lines + 1] = (at("15:17:36", text):gsub("sshd%[412%]", "su[9]", 1))
      end
      write(path, table.concat(lines, "\n") .. "\n")
      local state = start("auth", { api = api })
      local instance = assert(state:open(path))
      assert.same({
        "sudo success alice root 0 /usr/bin/apt update", "sudo failure bob root 3 /usr/bin/bash", "sudo failure bob www 4 list",
        "sudo denied eve root 0 /usr/bin/cat /etc/shadow", "su failure bob root 5 -", "su success bob root 5 -",
      }, shown(state, instance, 6, "auth.program auth.result auth.user auth.target auth.failures auth.command"))
      instance:close()
      state:destroy()
    end)

    it("counts the users that failed from an address, and lines that rsyslog says are repeated", function()
      local path = new_file "auth.log"
      local lines = {}
      for i, user in ipairs { "root", "invalid user admin", "invalid user oracle", "root" } do
        lines[i] = at("15:17:3" .. i, ("Failed password for %s from 192.0.2.66 port 1 ssh2"):format(user))
      end
      lines[5] = at("15:17:35", "message repeated 3 times: [ Failed password for root from 192.0.2.66 port 1 ssh2]")
      lines[6] = at("15:17:36", "Accepted publickey for root from 192.0.2.7 port 2 ssh2: ED25519 SHA256:xyz")
      lines[7] = at("15:29:36", "Accepted publickey for root from 192.0.2.7 port 2 ssh2: ED25519 SHA256:xyz")
      write(path, table.concat(lines, "\n") .. "\n")
      local state = start("auth", { api = api })
      local instance = assert(state:open(path))
      assert.same({ "failure root 1 1", "failure admin 1 2", "failure oracle 1 3", "failure root 2 3", "failure root 5 3",
        "success root 5 0", "success root 0 0" }, shown(state, instance, 7, "auth.result auth.user auth.failures auth.users"))
      instance:close()
      state:destroy()
    end)

    it("is not deceived by names that look like its lines", function()
      local function line(user, port) return ("Failed password for %s from 192.0.2.66 port %d ssh2"):format(user, port) end
      local name = line("root", 1)
      assert.same({ "1 192.0.2.66 " .. name, "1 192.0.2.66 x sshd[1]: " .. name, "1 - bob", "0 - bob" }, failures("auth", api, {
        at("15:17:31", "Invalid user sshd[1]: " .. name .. " from 192.0.2.66 port 4"),
        at("15:17:31", line("invalid user " .. name, 2)),
        at("15:17:32", line("x sshd[1]: " .. name, 3)),
        "2026-11-29T15:17:33.123456+01:00 web su[7]: FAILED SU (to sshd[1]: " .. name .. ") bob on pts/1",
        ("2026-11-29T15:25:33.123456+01:00 web sudo: bob : TTY=pts/0 ; PWD=/x sshd[1]: %s ; USER=root ; COMMAND=/bin/true"):format(name),
      }, 4))
    end)
  end)
end

describe("examples/origins.lua", function()
  it("names the program in a temporary directory that a process, or an ancestor of it, is", function()
    local inspector = host.inspector()
    local threads = inspector:table "threads"
    threads:add(1, { exe_path = "/usr/lib/systemd/systemd", ptid = 0 })
    threads:add(2, { exe_path = "/tmp/x/miner", ptid = 1 })
    threads:add(3, { exe_path = "/usr/bin/dash", ptid = 2 })
    threads:add(4, { exe_path = "/usr/bin/curl", ptid = 3 })
    threads:add(5, { exe_path = "/usr/tmp/x", ptid = 1 })
    threads:add(6, { exe_path = "memfd:x (deleted)", ptid = 1 })
    threads:add(7, { exe_path = "/a", ptid = 8 })
    threads:add(8, { exe_path = "/b", ptid = 7 })
    local state = assert(assert(support.load_script(SOURCE .. "/examples/origins.lua")):init("", { inspector = inspector }))
    local found = {}
    for tid = 1, 9 do
      local event = host.event { type = 5, params = {}, tid = tid, source = "syscall", num = tid }
      found[tid] = state:extract(event, "origins.temporary") or "-"
    end
    assert.same({ "-", "/tmp/x/miner", "/tmp/x/miner", "/tmp/x/miner", "-", "memfd:x (deleted)", "-", "-", "-" }, found)
    assert.equal(0, threads:references())
    state:destroy()
  end)
end)

describe("examples/intel.lua", function()
  local number = 0
  local function note(state, client)
    number = number + 1
    local event = support.event { data = client .. ' - - [29/Nov/2026:15:17:34 +0000] "GET / HTTP/1.1" 200 3 "-" "-"',
      num = number, source = "access" }
    return (state:extract(event, "intel.note"))
  end

  --- Asks until the note is that, for at most 20 s.
  local function becomes(expected, state, client)
    local ends = os.time() + 20
    local found
    repeat found = note(state, client) until found == expected or os.time() > ends
    assert.equal(expected, found)
  end

  it("knows the list, and what becomes of it", function()
    local path = new_file "bad.csv"
    write(path, 'address,note\n192.0.2.66,scanner\n2001:db8::9,"botnet, of cameras"\n')
    local state = start("intel", { config = ('{"list": "%s"}'):format(path) })
    assert.same({ "scanner", "botnet, of cameras" }, { note(state, "192.0.2.66"), note(state, "2001:db8::9") })
    assert.is_nil(note(state, "192.0.2.6"))
    write(path, "192.0.2.6,new\n") -- in its place
    becomes("new", state, "192.0.2.6")
    write(path .. ".new", "address,note\n192.0.2.8,renamed\n")
    assert(os.rename(path .. ".new", path))
    becomes("renamed", state, "192.0.2.8")
    assert.is_nil(note(state, "192.0.2.66"))
    state:destroy()
  end)

  it("knows networks, the smallest that has the client, and stays with the list of before if the new one has none", function()
    local path = new_file "bad.csv"
    write(path, "address,note\n198.51.100.0/24,hosting\n198.51.100.64/255.255.255.192,botnet\n")
    local state = start("intel", { config = ('{"list": "%s"}'):format(path) })
    assert.same({ "hosting", "botnet" }, { note(state, "198.51.100.1"), note(state, "198.51.100.65") })
    assert.is_nil(note(state, "198.51.101.1"))
    assert.is_nil(note(state, "no address"))
    write(path .. ".new", "address,note\nexample.org,a name\n")
    assert(os.rename(path .. ".new", path))
    local ends = os.time() + 20
    local told
    repeat
      assert.equal("hosting", note(state, "198.51.100.1"))
      told = state:log()[1]
    until told or os.time() > ends
    given.holds(told.message, 'not a network: "example.org"; the list of before stays')
    write(path .. ".new", "address,note\n198.51.100.1,mended\n")
    assert(os.rename(path .. ".new", path))
    becomes("mended", state, "198.51.100.1")
    state:destroy()
  end)

  it("is refused without its list", function()
    local library = assert(support.load_script(SOURCE .. "/examples/intel.lua"))
    local state, message = library:init '{"list": "/nowhere/bad.csv"}'
    assert.is_nil(state)
    given.holds(message, "/nowhere/bad.csv", "No such file")
  end)
end)
