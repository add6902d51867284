local program = require "spec.cli.program"
local support = require "spec.support"
local lure, script = program.lure, program.script

describe("lure run", function()
  it("runs a source to its end", function()
    local result = lure("run", program.dummy, "--config", '{"jitter": 0}')
    assert.equal(20, #result.lines)
    assert.matches('^1 %d%d:%d%d:%d%d%.%d%d%d%d%d%d%d%d%d {"sample": "2"} dummy.value=2 dummy.strvalue=2$',
      result.lines[1])
    assert.equal(0, result.status)
  end)

  it("tells at the end how many events there were, and how fast", function()
    local err = lure("run", program.dummy).err
    assert.matches("^20 events, %d+ events/s, %d+%.%d%d%d s\n$", err)
    assert.matches("^1 event, ", lure("run", program.dummy, "-n", "1").err)
    assert.matches("^0 events, 0 events/s, ", lure("run", script "next = function() end").err)
  end)

  it("stops after -n events", function()
    local result = lure("run", program.dummy, "-n", "3")
    assert.equal(3, #result.lines)
    assert.equal(0, result.status)
  end)

  it("opens what --open says, else the first of open_params, else nothing", function()
    local echo = [[open = function(params) return { params } end, next = function(i) return table.remove(i) end]]
    assert.same({ "given" }, lure("run", script(echo), "--open", "given", "-p", "%evt.plugininfo").lines)
    local suggests = [[open_params = { { value = "first" }, { value = "second" } }, ]] .. echo
    assert.same({ "first" }, lure("run", script(suggests), "-p", "%evt.plugininfo").lines)
    local says = [[open = function(p) return { left = 1, size = #p } end,
      next = function(i) i.left = i.left - 1; return i.left == 0 and i.size or nil end]]
    assert.same({ "0" }, lure("run", script(says), "-p", "%evt.plugininfo").lines)
  end)

  it("finds the script relative to the working directory, and its modules beside it", function()
    local path = support.file('return "from util"', "lib/util.lua")
    local folder = path:match("(.*)/lib/")
    local file = assert(io.open(folder .. "/lib/s.lua", "w"))
    file:write("local text = { (require 'util') } return { ", program.source,
      "next = function() return table.remove(text) end }")
    file:close()
    local absolute = support.run("realpath " .. support.quote(program.path)):gsub("\n", "")
    local output = support.run(("cd %s && %s run ./lib/s.lua -p %%evt.plugininfo 2>/dev/null"):format(folder, absolute))
    assert.equal("from util\n", output)
  end)

  it("uses little memory", function()
    local path = script [[
      open = function()
        local file = io.open("/proc/self/status")
        local text = file:read("a")
        file:close()
        return { text:match("VmHWM:%s*(%d+)") }
      end,
      next = function(i) return table.remove(i) end]]
    local sanitized = support.run("grep -c '^LURE_SANITIZE:STRING=.' " .. support.build .. "/CMakeCache.txt")
    local kilobytes = tonumber(lure("run", path, "-p", "%evt.plugininfo").lines[1])
    if tonumber(sanitized) == 0 then
      assert.is_true(kilobytes < 6 * 1024, kilobytes .. " KiB")
    end
  end)

  describe("with a configuration", function()
    local shows = [[init = function(config) shown = require("lure").json.encode(config) end,
      open = function() return { shown } end, next = function(i) return table.remove(i) end]]

    local function shown(config)
      local result = lure("run", script(shows, "local shown"), "--config", config, "-p", "%evt.plugininfo")
      return result.lines[1], result.err
    end

    it("hands it over as it was typed", function()
      assert.equal('{"a":1}', (shown '{"a":1}'))
      assert.equal("{}", (shown " { } "))
      assert.equal("{}", (shown ""))
    end)

    it("keeps what it says of lure", function()
      assert.equal('{"a":1}', (shown '{"a":1,"lure":{"log":"error"}}'))
      local result = lure("run", script(shows, "local shown"), "--config", '{"lure":{"lgo":"error"}}')
      assert.matches('lgo', result.err)
      assert.equal(1, result.status)
    end)

    it("says what is wrong with it, with file and line", function()
      local result = lure("run", program.dummy, "--config", '{"jitter": "many"}')
      assert.matches("^lure: dummy%.lua:%d+: init_config%.jitter: expected an integer, got string\n.*14 |   config = {\n$", result.err)
      assert.equal(1, result.status)
    end)

    it("that is not JSON fails", function()
      local result = lure("run", script "next = function() end", "--config", '{"a"')
      assert.matches("^lure: .*JSON", result.err)
      assert.equal(1, result.status)
      assert.equal(1, lure("run", script "next = function() end", "--config", "[1]").status)
    end)
  end)

  describe("fails with the library's text", function()
    it("of which nothing drives the terminal", function()
      local result = lure("run", program.script [[next = function() return nil, "a\27[31m\nb" end]])
      assert.matches("lure: [^\n]*a\\x1b%[31m\n[^\n]*\nlure: \tb\n$", result.err)
      assert.is_nil(result.err:find("\27", 1, true))
    end)

    local function failure(path, ...)
      local result = lure("run", path, ...)
      assert.equal(1, result.status)
      return result.err
    end

    it("where the script is missing or no Lua", function()
      assert.matches("^lure: /.*/no%.lua: cannot be read: No such file or directory\n$",
        failure(support.folder() .. "/no.lua"))
      assert.matches("^lure: script%.lua:2: unexpected symbol near '='\n     2 | x = = 1\n$", failure(support.file("local a\nx = = 1\n")))
    end)

    it("once, each finding in a line of its own", function()
      local err = failure(support.file('return {\n  nmae = "t",\n  id = 3,\n}'))
      assert.matches('^lure: script%.lua:2: unknown key "nmae" in the plugin table; did you mean "name"%?\n'
        .. '     2 |   nmae = "t",\n       |   ^~~~\nlure: ', err)
      assert.equal(1, select(2, err:gsub("unknown key", "")))
    end)

    it("and passes on what the script printed while it was loaded", function()
      assert.matches("hello.*\nlure: script%.lua:2: .*boom", failure(support.file('print "hello"\nerror "boom"')))
    end)

    it("where init, open or next throws: the first error that next throws ends the run", function()
      for _, callback in ipairs { "init", "open", "next" } do
        local path = script(("next = print, %s = function() error 'boom' end"):format(callback))
        local err = failure(path)
        assert.matches("lure: script%.lua:2: " .. callback .. ": boom\n     2 | return [^\n]*\n +| +^~~~\n"
          .. "stack traceback:\n  %[C%]: in function 'error'\n  script%.lua:2: in function <script%.lua:2>\n", err)
        assert.equal(1, select(2, err:gsub(callback .. ": boom", "")))
      end
    end)

    it("unless the configuration allows more errors", function()
      local path = script([[next = function()
        n = n + 1
        if n < 3 then error "boom" end
        if n == 3 then return "fine" end
      end]], "local n = 0")
      local result = lure("run", path, "--config", '{"lure": {"max_errors": 5}}', "-p", "%evt.plugininfo")
      assert.same({ "fine" }, result.lines)
      assert.equal(0, result.status)
      result = lure("run", path, "--config", '{"lure": {"memory": 100000000}}')
      assert.equal(1, result.status)
    end)

    it("after the events that came before it", function()
      local path = script([[next = function()
        n = n + 1
        if n < 3 then return n end
        return nil, "the line is dead"
      end]], "local n = 0")
      local result = lure("run", path, "-p", "%evt.plugininfo")
      assert.same({ "1", "2" }, result.lines)
      assert.matches("^2 events[^\n]*\nlure: script%.lua:2: next: the line is dead\n     2 | [^\n]*\n$", result.err)
      assert.equal(1, result.status)
    end)
  end)

  it("says where the library should have been", function()
    local result = program.shell("cp " .. support.quote(program.path) .. " " .. support.folder() .. "/alone && "
      .. support.folder() .. "/alone run " .. program.dummy, {})
    assert.matches("^lure: liblure%.so not found %(.*/lib/liblure%.so, .*%); install it there, or ", result.err)
    assert.equal(1, result.status)
  end)

  it("takes the library that LURE_LIBRARY names", function()
    local result = program.shell("LURE_LIBRARY=/nowhere/liblure.so $lure", { "run", program.dummy })
    assert.matches("^lure: .*/nowhere/liblure%.so", result.err)
    assert.equal(1, result.status)
  end)
end)
