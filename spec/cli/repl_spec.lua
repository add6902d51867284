local program = require "spec.cli.program"
local support = require "spec.support"

local quote = support.quote

-- `lure repl` with these lines as its input, which is no terminal.
local function typed(lines, path, ...)
  return program.shell("printf '%s\\n' " .. quote(lines) .. " | timeout 60 $lure", { "repl", path, ... })
end

-- What the last of the lines shows.
local function shown(lines, path, ...)
  local result = typed(lines, path or program.dummy, ...)
  assert.equal(0, result.status, result.err)
  return (result.out:gsub("\n$", ""))
end

-- The same on a terminal: `keys` as printf takes them. What the terminal got.
local function on_terminal(keys, before, ...)
  local words = { "repl", program.dummy, ... }
  return program.shell(("{ sleep 0.3; printf %s; sleep 0.3; } | %s script -qec \"timeout --foreground 60 $lure\" /dev/null"):format(
    quote(keys), before or ""), words).out
end

describe("lure repl", function()
  it("shows the values of expressions, and runs statements", function()
    assert.equal("2", shown "1 + 1")
    assert.equal('1\n"two"\nnil', shown "1, 'two', nil")
    assert.equal("3", shown "x = 3\nlocal y = 4\nx")
    assert.equal("", shown "local z = 1")
  end)

  it("keeps globals, and not the locals of a line", function()
    assert.equal("nil", shown "local y = 4\ny")
    assert.equal("10", shown "function double(v) return 2 * v end\ndouble(5)")
  end)

  it("goes on in the next line where the text is only a beginning", function()
    assert.equal("6", shown "sum = 0\nfor i = 1, 3 do\nsum = sum + i\nend\nsum")
    assert.equal("7", shown "(3 +\n4)")
    local result = typed("for i = 1, 3 do", program.dummy)
    assert.matches("^lure: repl:1: 'end' expected near <eof>\n$", result.err)
    assert.equal(1, result.status)
  end)

  it("has the plugin, lure, the script's globals and its top-level locals", function()
    local path = program.script("next = function() return helper() end, init = function(c) jitter = c.jitter end,",
      "local jitter\nlocal function helper() return secret end\nlocal secret = 'not used'\nshared = 'a global'")
    assert.equal('"t"\n"a global"\n12\nnil', shown("plugin.name, shared, jitter, secret", path, "--config", '{"jitter": 12}'))
    assert.equal("function <script.lua:2>", shown("helper", path))
    assert.matches('^"lure [%d.]+, Lua 5.4', shown "lure.version")
  end)

  it("runs in the script's sandbox, with its modules", function()
    local path = support.file("return { answer = 42 }", "lib/util.lua"):gsub("util.lua$", "s.lua")
    local file = assert(io.open(path, "w"))
    file:write("return {", program.source, "next = function() end }")
    file:close()
    assert.equal("42", shown("require('util').answer", path))
    assert.matches("os%.exit", typed("os.exit()", path).err)
    assert.equal("nil", shown("io", path, "--config", '{"lure": {"sandbox": "safe"}}'))
  end)

  it("shows tables as they would be written, and what is too much of them shortened", function()
    assert.equal('{ 1, 2, a = "x", ["b c"] = true }', shown "{ 1, 2, ['b c'] = true, a = 'x' }")
    assert.equal("{}", shown "{}")
    assert.equal("{ { { { {...} } } } }", shown "{ { { { { 1 } } } } }")
    assert.matches("%.%.%. %(50 more%)", shown "t = {} for i = 1, 100 do t[i] = i end\nt")
    assert.matches("{...}", shown "t = {} t.t = t\nt", nil, 1, true)
    assert.equal('{\n  a = "' .. ("x"):rep(50) .. '",\n  b = "' .. ("y"):rep(50) .. '"\n}',
      shown "{ a = ('x'):rep(50), b = ('y'):rep(50) }")
  end)

  it("shows strings so that nothing in them reaches the terminal", function()
    assert.equal([["a\n\x1b\x00\"\\"]], shown [['a\n\27\0"\\']])
    assert.equal([["Grüße"]], shown [["Grüße"]])
    assert.equal([["\xff\xc3"]], shown [['\xff\xc3']])
    assert.matches('^"xxx+"%.%.%. %(5000 bytes%)$', shown "('x'):rep(5000)")
  end)

  it("shows what is printed or logged, as the script's log", function()
    local result = typed("print('hello', 1)\nlure.log.warning('take care')", program.dummy)
    assert.equal("dummy: info: hello\t1\ndummy: warning: take care\n", result.err)
    assert.equal("", result.out)
  end)

  it("says what went wrong, with the line; where it is no terminal, that is the end", function()
    local result = typed("x = 1\nerror 'boom'\nprint 'not reached'", program.dummy)
    assert.equal("lure: repl:1: boom\n", result.err)
    assert.equal(1, result.status)
    assert.equal("lure: repl:2: attempt to perform arithmetic on a nil value (global 'y')\n",
      typed("do\nx = y + 1 end", program.dummy).err)
    assert.matches("^lure: dummy%.lua:%d+: ", typed("plugin.fields[3].extract(1, 0) .. plugin.open()", program.dummy).err)
    assert.equal("lure: threw a value that is no text: { 1 }\n", typed("error { 1 }", program.dummy).err)
    assert.matches("^lure: repl:1: unexpected symbol near '='", typed("x = = 2", program.dummy).err)
  end)

  it("is under the script's limits", function()
    local result = typed("while true do end", program.dummy, "--config", '{"lure": {"time": 0.2}}')
    assert.equal("lure: repl:1: stopped after 0.2 s (limit: init_config.lure.time)\n", result.err)
    result = typed("('x'):rep(1e9)", program.dummy, "--config", '{"lure": {"memory": 20000000}}')
    assert.matches("not enough memory", result.err)
  end)

  describe("has a current event", function()
    it("that --event gives, as the script's functions see it", function()
      assert.matches('^1 .* {"sample": "12"} dummy.value=12 dummy.strvalue=12\n"12"\n12\n"dummy"\n1$',
        shown("event.data, plugin.decode(event), event.source, event.num", nil, "--event", "12"))
    end)

    it("that is the next one of the source by :next, until its end", function()
      assert.matches('^1 [^\n]*=4\n2 [^\n]*=5\n5$', shown(":next\n:next\nplugin.decode(event)", nil,
        "--config", '{"jitter": 0}', "--open", '{"start": 3, "maxEvents": 2}'))
    end)

    it("that is a line of --events, or of another plugin", function()
      local path = support.file [[return { name = "e", version = "1.0.0",
        fields = { { name = "e.x", type = "string", desc = "-", extract = function(v) return v end } } }]]
      assert.matches('"b"$', shown(":next\n:next\nevent.data", path, "--events", support.file("a\nb\n", "events")))
      assert.matches('"dummy"$', shown(":next\nevent.source", path, "--source", program.dummy))
    end)

    it("that :event makes", function()
      assert.matches('\n"7 8"$', shown(":event 7 8\nevent.data"))
    end)

    it("or none", function()
      assert.equal("nil", shown "event")
      assert.matches("^lure: there is no current event yet", typed(":fields", program.dummy).err)
    end)

    it("whose fields :fields shows, all or those named", function()
      assert.matches("\ndummy.value = 12\ndummy.strvalue = 12$", shown(":fields", nil, "--event", "12"))
      assert.matches("\ndummy.divisible%[5%] = 0\nevt.num = 1$", shown(":fields dummy.divisible[5] evt.num", nil, "--event", "12"))
      assert.matches('^lure: unknown field "dummy.valeu"; did you mean "dummy.value"%?', typed(":fields dummy.valeu", program.dummy,
        "--event", "12").err)
    end)
  end)

  it("tells that the source has ended, and that there is none", function()
    local ends = program.script "next = function() end"
    assert.equal("lure: the source has ended; :next opens it again\n", typed(":next", ends).err)
    local none = support.file 'return { name = "n", version = "1.0.0", parse = function() end }'
    assert.matches("^lure: nothing has events here: ", typed(":next", none).err)
  end)

  it("opens the source when the first event is asked for, and closes it at the end", function()
    local path = program.script [[open = function() print "opened" return {} end, close = function() print "closed" end,
      destroy = function() print "destroyed" end, next = function() return 1 end]]
    assert.equal("t: info: before\nt: info: opened\nt: info: closed\nt: info: destroyed\n",
      typed("print 'before'\n:next", path).err)
    assert.equal("t: info: destroyed\n", typed(":quit", path).err)
  end)

  it("goes on in the new state where the script is reloaded", function()
    local text = 'local word = "old" return { %s batch = { events = 1 }, next = function() return word end }'
    local path = support.file(text:format(program.source))
    local result = program.shell(([[{ echo :next; echo word; sleep 0.5; sed -i 's/old/new/' %s; sleep 1.5
      for i in 1 2 3; do echo :next; sleep 0.5; done; echo word; } | $lure]]):format(path),
      { "repl", path, "--config", '{"lure": {"reload": 1}}' })
    assert.equal('"old"', result.lines[2], result.err)
    assert.equal('"new"', result.lines[#result.lines], result.err)
  end)

  it("knows its few commands", function()
    assert.matches(":next .*:event PAYLOAD .*:fields .*:quit ", shown ":help")
    assert.equal('lure: unknown command ":nxt"; see :help\n', typed(":nxt", program.dummy).err)
  end)

  it("cannot look into a plugin that lure did not make", function()
    local result = typed("1", support.build .. "/spec/counter_v3.so")
    assert.matches("^lure: plugin .* was not made by lure\n$", result.err)
    assert.equal(1, result.status)
  end)

  describe("on a terminal", function()
    it("has a prompt, shows what went wrong and goes on; Ctrl-D ends it", function()
      local output = on_terminal "error 'boom'\\n1 + 1\\n\\004"
      assert.matches("> .*repl:1: boom\r\n.*2\r\n", output)
    end)

    it("completes names, fields of tables, commands and field names, and brings back lines", function()
      local _, status = support.run "ldconfig -p | grep -q -e libreadline.so.8 -e libedit.so.2"
      if status ~= 0 then
        assert(not os.getenv("CI"), "neither readline nor libedit is there")
        return pending "neither readline nor libedit is there"
      end
      assert.matches("12\r\n", on_terminal("plug\\t.dec\\t(event)\\n", nil, "--event", "12"))
      assert.matches("dummy.divisible%[3%] = 1", on_terminal(":fie\\t dummy.d\\t[3]\\n", nil, "--event", "12"))
      assert.matches("1764\r\n", on_terminal "42 * 42\\nx = 1\\n\\033[A\\033[A\\n")
    end)

    it("works without a line editor", function()
      -- a folder of libraries that cannot be loaded stands before the machine's own
      local folder = support.folder() .. "/none"
      support.run(("mkdir -p %s && for l in readline.so.8 readline.so.7 edit.so.2; do : >%s/lib$l; done"):format(folder, folder))
      assert.matches("> .*1764", on_terminal("42 * 42\\n:quit\\n", "LD_LIBRARY_PATH=" .. folder))
    end)

    it("ends with Ctrl-C, with destroy called", function()
      local path = program.script [[destroy = function() print "destroyed" end, next = function() end]]
      local result = program.shell("{ sleep 0.5; printf '1 +\\003'; sleep 0.5; } | script -qec \"$lure\" /dev/null",
        { "repl", path })
      assert.matches("t: info: destroyed", result.out)
      assert.equal(130, result.status)
    end)
  end)
end)
