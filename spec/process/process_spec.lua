-- lure.process with real programs.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- lure.process.run without the sanitizer's library that specs of special builds preload: not every program runs with it.
local RUN = [[local function run(words, options)
      options = options == nil and {} or options
      if type(options) == "table" and type(options.env or {}) == "table" then
        options.env = options.env or {}
        options.env.LD_PRELOAD = false
      end
      return lure.process.run(words, options)
    end]]

local function run(command) return support.run("unset LD_PRELOAD\n" .. command) end

--- A source whose events are what `next` gives: each value of the list that this body returns.
local function events_of(body, options)
  options = options or {}
  options.config = options.config or '{"lure": {"max_errors": 1}}'
  local instance = given.opened(given.source(([[open = function(params)
    %s
    local list = (function() %s end)()
    local n = 0
    return function() n = n + 1; return list[n] end
  end]]):format(RUN, body)), options)
  return given.patiently(instance)
end

--- The one text that `body` returns, in `open`, where waits block, and in `next`, where they suspend.
local function text_of(body, options)
  local blocking = events_of("return { tostring((function() " .. body .. " end)()) }", options)[1]
  local instance = given.opened(given.source(([[next = function(i)
    %s
    if i.over then return nil end
    i.over = true
    return tostring((function() %s end)())
  end]]):format(RUN, body)), { config = '{"lure": {"max_errors": 1}}', api = options and options.api })
  local list, rc, message = given.patiently(instance)
  assert.equal(blocking, list[1], message)
  assert.equal("eof", rc)
  return blocking
end

--- The error of `expression`, without its place.
local function problem_of(expression)
  return text_of(([[local _, problem = pcall(function() return %s end)
    return (problem:gsub("^script.lua:%%d+: ", ""))]]):format(expression))
end

--- Waits until a condition holds.
local function wait_for(condition, what)
  local deadline = os.time() + 60
  while not condition() do
    assert(os.time() < deadline, what)
    os.execute "sleep 0.02"
  end
end

local function is_alive(pid) return (run("kill -0 " .. pid)) == "" end

local function read(path)
  local file = io.open(path)
  if not file then return "" end
  local text = file:read("a")
  file:close()
  return text
end

for _, api in ipairs { 3, 0 } do
  describe("lure.process.run in plugin API " .. api, function()
    it("is an event source: a line is an event", function()
      local instance = given.opened(given.source [[open = function()
        return lure.process.run({ "sh", "-c", "echo one; echo; echo three; printf four" }):lines()
      end]], { api = api })
      assert.same({ { "one", "", "three", "four" }, "eof" }, { given.patiently(instance) })
    end)

    it("hands over what was written while the program waits", function()
      local instance = given.opened(given.source [[open = function()
        return lure.process.run({ "sh", "-c", "echo one; sleep 1000" }):lines()
      end]], { api = api })
      local list = {}
      while #list == 0 do list = given.payloads(instance, 1) end
      assert.same({ "one" }, list)
      assert.equal("timeout", (instance:next_batch()))
      instance:close()
    end)
  end)
end

describe("a process", function()
  it("is read by counted bytes, lines, and all of it", function()
    assert.equal("abc|de|f|nil", text_of [[
      local p = run { "printf", "abcde\nf" }
      return table.concat({ p:read(3), p:read "l", p:read "a", tostring(p:read(1)) }, "|")]])
    assert.equal("1000000", text_of [[return #run({ "head", "-c", "1000000", "/dev/zero" }):read "a"]])
    assert.equal("7 3 nil", text_of [[
      local p = run { "printf", "0123456789" }
      return #p:read(7) .. " " .. #p:read(7) .. " " .. tostring(p:read(7))]])
  end)

  it("gets no shell, and no words but its own", function()
    assert.equal("$HOME;*|a b", text_of [[return (run({ "printf", "%s|%s", "$HOME;*", "a b" }):read "a")]])
  end)

  it("reads nothing by default, and a text of any length that it is given", function()
    assert.equal("", text_of [[return run({ "cat" }):read "a"]])
    assert.equal("300001", text_of [[return #run({ "cat" }, { stdin = ("x"):rep(300000) .. "\n" }):read "a"]])
  end)

  it("may close what it reads before all was written", function()
    assert.equal("x 0", text_of [[
      local p = run({ "head", "-c", "1" }, { stdin = ("x"):rep(1000000) })
      return p:read(1) .. " " .. p:wait()]])
  end)

  it("has the host's environment with the changes of `env`, and a directory", function()
    assert.equal("b unset /tmp", text_of [[
      return run({ "sh", "-c", "echo $A ${HOME-unset} $(pwd)" }, { env = { A = "b", HOME = false }, cwd = "/tmp" }):read()]])
  end)

  it("has no descriptor but its three, no blocked or ignored signal, and a group of its own", function()
    local file = assert(io.open("/dev/null")) -- of the host, without close-on-exec
    support.run "true"
    assert.equal("0 1 2 3", (text_of([[return run({ "ls", "/proc/self/fd" }):read("a")]]):gsub("\n", " "):gsub(" $", "")))
    file:close()
    assert.equal("SigBlk:\t0000000000000000 SigIgn:\t0000000000000000", (text_of [[
      return run({ "grep", "-E", "Sig(Blk|Ign)", "/proc/self/status" }):read("a")]]:gsub("\n", " "):gsub(" $", "")))
    assert.equal("true", text_of [[
      local p = run { "sh", "-c", "ps -o pgid= -p $$" }
      return tonumber(p:read()) == p.pid]])
  end)

  it("that fails throws at the end, with the last line of standard error", function()
    assert.matches('lure%.process%.run: "sh": exit status 3: no such thing$', problem_of [[
      run({ "sh", "-c", "echo out; echo first >&2; echo no such thing >&2; exit 3" }):read "a"]])
    assert.matches('lure%.process%.run: "sh": ended by signal 9$', problem_of [[run({ "sh", "-c", "kill -9 $$" }):read "a"]])
    assert.matches(": exit status 3 .*: exit status 3$", text_of [[
      local p = run { "sh", "-c", "exit 3" }
      return select(2, pcall(p.read, p)) .. " " .. select(2, pcall(p.read, p))]])
  end)

  it("that fails fails the source that it is, however often that is tried again", function()
    for _, errors in ipairs { 1, 3 } do
      local list, rc, message = given.patiently(given.opened(given.source [[open = function()
        return lure.process.run({ "sh", "-c", "echo one; echo oh >&2; exit 4" }):lines()
      end]], { config = ('{"lure": {"max_errors": %d}}'):format(errors) }))
      assert.same({ "one" }, list)
      assert.equal("failure", rc)
      given.holds(message, '"sh": exit status 4: oh')
    end
  end)

  it("may write any amount to standard error; the end of it is kept", function()
    assert.matches(': exit status 1: the end$', problem_of [[
      run({ "sh", "-c", "head -c 2000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo the end >&2; exit 1" }):read "a"]])
    assert.matches(': exit status 1: x+$', problem_of [[
      run({ "sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x >&2; exit 1" }):read "a"]])
  end)

  it("may close its output early, and is waited for", function()
    assert.matches(": exit status 5$", problem_of [[run({ "sh", "-c", "exec >&-; sleep 0.1; exit 5" }):read "a"]])
  end)

  it("tells its exit status to wait, which does not throw and needs no reader", function()
    assert.equal("7", text_of [[return run({ "sh", "-c", "exit 7" }):wait()]])
    assert.equal("8", text_of [[return run({ "sh", "-c", "head -c 1000000 /dev/zero; exit 8" }):wait()]])
    assert.equal("143 143 nil", text_of [[
      local p = run { "sleep", "1000" }
      p:kill()
      return p:wait() .. " " .. p:wait() .. " " .. tostring(p:read())]])
    assert.equal("137", text_of [[local p = run { "sleep", "1000" } p:kill "KILL" return p:wait()]])
  end)

  it("that the script has ended is no failure", function()
    assert.equal("one nil", text_of [[
      local p = run { "sh", "-c", "echo one; exec sleep 1000" }
      local line = p:read()
      p:kill()
      return line .. " " .. tostring(p:read())]])
  end)

  it("may leave others behind that hold its output", function()
    assert.equal("one 0", text_of [[
      local p = run { "sh", "-c", "sleep 10 & echo one" }
      return p:read() .. " " .. p:wait()]])
  end)

  it("has lines of at most max_line bytes", function()
    assert.equal("10", text_of [[return #run({ "printf", "0123456789\n" }, { max_line = 10 }):read()]])
    assert.matches("a line is longer than 10 bytes %(max_line%)$", problem_of [[
      run({ "printf", "0123456789x\n" }, { max_line = 10 }):read()]])
    assert.matches("a line is longer than 10 bytes %(max_line%)$", problem_of [[
      run({ "head", "-c", "1000000", "/dev/zero" }, { max_line = 10 }):read()]])
  end)

  it("cannot be read once it is closed", function()
    assert.matches("it is closed$", problem_of [[(function() local p = run { "sleep", "1000" } p:close() p:read() end)()]])
    assert.equal("nil it was closed before its end", text_of [[
      local p = run { "sleep", "1000" } p:close()
      local status, message = p:wait()
      return tostring(status) .. " " .. message]])
  end)
end)

describe("lure.process.run says", function()
  local script = support.file("exit 0\n", "noheader")
  run("chmod +x " .. script)

  for expression, message in pairs {
    ['run { "no-such-program" }'] = 'lure.process.run: "no-such-program": no program of that name in PATH',
    ['run { "/no/such/program" }'] = 'lure.process.run: "/no/such/program": No such file or directory',
    ['run { "/etc/passwd" }'] = 'lure.process.run: "/etc/passwd": Permission denied',
    [('run { %q }'):format(script)] = 'neither a program nor a script that begins with "#!"',
    ['run({ "true" }, { cwd = "/no/where" })'] = 'cwd "/no/where": No such file or directory',
    ['run({ "notexec" }, { env = { PATH = "/proc/self" } })'] = '"notexec": no program of that name in PATH',
    ['run({ "environ" }, { env = { PATH = "/nowhere:/proc/self" } })'] = "it may not be executed",
    ['run "true"'] = 'expected a list of words, the program first, got string "true"; no shell reads it',
    ['run {}'] = "expected a list of words, the program first",
    ['run { "" }'] = "the first word, the program, is empty",
    ['run { "echo", 5 }'] = "a word: expected a text without NUL characters, got integer 5",
    ['run { "echo", "a\\0b" }'] = "a word: expected a text without NUL characters",
    ['run({ "true" }, { stdni = "x" })'] = 'unknown option string "stdni"; did you mean "stdin"?',
    ['run({ "true" }, { stdin = {} })'] = "stdin: expected a text, got table",
    ['run({ "true" }, { env = { "A=b" } })'] = "env: expected names of variables as keys",
    ['run({ "true" }, { env = { A = {} } })'] = "env: expected a text",
    ['run({ "true" }, { cwd = "a\\0b" })'] = "cwd: expected a text without NUL characters",
    ['run({ "true" }, { max_line = 0 })'] = "max_line: expected an integer from 1",
    ['run({ "true" }, "x")'] = 'expected a table of options, got string "x"',
    ['run({ "true" }):read("*x")'] = 'expected "l", "a" or a number of bytes',
    ['run({ "true" }):kill("STOP")'] = "invalid option",
  } do
    it(("%q of %s"):format(message, expression), function() given.holds(problem_of(expression), message) end)
  end

  it("where it cannot wait", function()
    local plugin = support.start(given.field [[function() return select(2, pcall(lure.process.run, { "true" })) end]])
    given.holds(plugin:extract(support.event("1"), "x.y"), "lure.process.run: cannot wait")
  end)
end)

describe("a source that ends while a process runs", function()
  --- Opens `sh -c command` as a source, with the option `env`; returns the instance, once the command has written its pid to `path`.
  local function running(command, api)
    local path = support.run("mktemp -u -p " .. support.folder()):gsub("\n$", "")
    local instance, plugin = given.opened(given.source(([[open = function()
      return lure.process.run({ "sh", "-c", %q }, { env = { PIDS = %q, LD_PRELOAD = false } }):lines()
    end]]):format(command, path)), { api = api })
    wait_for(function()
      instance:next_batch()
      return read(path):find("\n")
    end, "the command does not run")
    return instance, plugin, read(path):match("%d+")
  end

  for _, api in ipairs { 3, 0 } do
    it("sends SIGTERM to it and what it has started, in plugin API " .. api, function()
      local instance, _, pid = running("echo $$ > $PIDS; sleep 1000 & echo $! >> $PIDS; wait", api)
      instance:close()
      wait_for(function() return not is_alive(pid) end, "it lives")
      wait_for(function() return run("pgrep -g " .. pid) == "" end, "its group lives")
    end)
  end

  it("sends SIGKILL to one that ignores SIGTERM", function()
    local instance, plugin, pid = running "trap '' TERM; echo $$ > $PIDS; while :; do sleep 1; done"
    local begin = os.time()
    instance:close()
    assert.is_true(os.time() - begin < 30) -- close does not wait for it
    wait_for(function() return not is_alive(pid) end, "it lives")
    plugin:destroy()
    wait_for(function() return run("pgrep -g " .. pid) == "" end, "its group lives")
  end)

  it("ends one that is stopped, which can still do what it does at its end", function()
    local mark = support.file("", "mark")
    local instance, _, pid = running(("trap 'echo ended > %s; exit' TERM; echo $$ > $PIDS; kill -STOP $$"):format(mark))
    instance:close()
    wait_for(function() return not is_alive(pid) end, "it lives")
    assert.equal("ended\n", read(mark))
  end)

  it("is not kept from ending by destroy: the process is gone then", function()
    local _, plugin, pid = running "trap '' TERM; echo $$ > $PIDS; while :; do sleep 1; done"
    plugin:destroy()
    assert.is_false(is_alive(pid))
  end)

  it("leaves no zombie, also of those that nobody has read to the end", function()
    local program = support.file("", "zombie")
    run(("cp /bin/sleep %s; chmod +x %s"):format(program, program))
    local instance, plugin = given.opened(given.source(([[next = function(i)
      local QUIET = { env = { LD_PRELOAD = false } }
      if i.done then lure.sleep(1000) end
      for n = 1, 20 do
        local p <close> = lure.process.run({ %q, "1000" }, QUIET)
      end
      for n = 1, 20 do lure.process.run({ %q, "1000" }, QUIET) end
      collectgarbage()
      for n = 1, 20 do lure.process.run({ %q, "0" }, QUIET) end
      for n = 1, 5 do lure.process.run({ %q, "0" }, QUIET):wait() end
      i.done = lure.process.run({ %q, "1000" }, QUIET)
      return "done"
    end]]):format(program, program, program, program, program)))
    while #given.payloads(instance, 1) == 0 do end -- all were waited for
    local processes = "ps -o comm= --ppid " .. io.open("/proc/self/stat"):read("a"):match("^%d+")
    assert.matches("zombie", run(processes))
    instance:close()
    plugin:destroy()
    assert.not_matches("zombie", run(processes))
  end)
end)

describe("a host that", function()
  it("ignores SIGCHLD takes the exit status away: that is logged, and the output is read", function()
    local script = support.file(given.source [[open = function()
      return lure.process.run({ "sh", "-c", "echo one; exit 3" }):lines()
    end]])
    local text = support.run(([[perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' %s/bin/lure run %s]]):format(support.build, script))
    given.holds(text, "one", "its exit status is not known")
  end)
end)

describe("the safe sandbox", function()
  local script = given.source [[init = function() lure.process.run({ "true" }):wait() end, next = function() end]]

  it("does not have lure.process", function()
    local plugin, message = assert(support.load_script(script)):init '{"lure": {"sandbox": "safe"}}'
    assert.is_nil(plugin)
    given.holds(message, "lure.process", "init_config.lure.allow")
  end)

  it("has it where init_config.lure.allow lists it", function()
    assert.is_truthy(support.start(script, { config = '{"lure": {"sandbox": "safe", "allow": ["process"]}}' }))
  end)
end)
