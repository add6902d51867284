-- What went wrong, as lure run shows it.
local program = require "spec.cli.program"
local support = require "spec.support"
local lure, script = program.lure, program.script

describe("an error of the script", function()
  it("is shown once, with its line, a mark at what the message names, and the traceback", function()
    local path = support.file([[
local function widen(line)
  local one = line
  return one.text
end
return {
  name = "t", version = "1.0.0", id = 7, event_source = "t",
  next = function() local text = widen(nil) return text end,
}]])
    local result = lure("run", path)
    assert.equal([[
lure: script.lua:3: next: attempt to index a nil value (local 'one')
     3 |   return one.text
       |          ^~~
stack traceback:
  script.lua:3: in upvalue 'widen'
  script.lua:7: in function <script.lua:7>
  [C]: in ?
]], result.err:match("^0 events[^\n]*\n(.*)$"))
    assert.equal(1, result.status)
  end)

  it("has no mark where the message names nothing, or what stands there twice", function()
    local path = script("next = function() return\nnil .. nil end")
    assert.matches("\n     3 | nil .. nil end }\nstack", lure("run", path).err)
    path = script("next = function() return\n(x.y.x or x).z end")
    assert.matches("%(global 'x'%)\n     3 | [^\n]*\nstack", lure("run", path).err)
  end)

  it("of a module beside it is shown with the module's line", function()
    local path = support.file("return function()\n\terror 'boom'\nend", "util.lua")
    local main = path:gsub("util%.lua$", "main.lua")
    local file = assert(io.open(main, "w"))
    file:write("local util = require 'util' return { ", program.source, "next = util }")
    file:close()
    assert.matches("lure: util%.lua:2: next: boom\n     2 | \terror 'boom'\n       | \t       ^~~~\n", lure("run", main).err)
  end)

  it("that the source survives is logged as it comes", function()
    local path = script([[next = function()
        n = n + 1
        if n == 2 then error "boom" end
        return n < 4 and n or nil
      end]], "local n = 0")
    local result = lure("run", path, "--config", '{"lure": {"max_errors": 5}}', "-p%evt.plugininfo")
    assert.same({ "1", "3" }, result.lines)
    assert.matches("^t: error: script%.lua:4: next: boom\n\tstack traceback:\n.*\n2 events", result.err)
    assert.equal(1, select(2, result.err:gsub("boom", "")))
  end)

  it("of a field is logged once a second, and is no failure", function()
    local path = script(program.once "x" .. [[
      fields = { { name = "t.x", type = "string", desc = "-", extract = function() error "no" end } }]])
    local result = lure("run", path)
    assert.equal(0, result.status)
    assert.matches("^t: error: script%.lua:2: field t%.x: no\n", result.err)
    assert.equal(1, select(2, result.err:gsub("field t.x", "")))
  end)

  it("in destroy is logged", function()
    assert.matches("t: error: script%.lua:2: destroy: late\n",
      lure("run", script(program.once "x" .. 'destroy = function() error "late" end')).err)
  end)
end)

describe("colours", function()
  local failing = script "next = function() error 'boom' end"

  local function on_terminal(environment, ...)
    local words = { support.quote(program.path), "run", failing, ... }
    local command = "TERM=xterm %s script -qec %s /dev/null </dev/null"
    return program.shell(command:format(environment, support.quote(table.concat(words, " "))), {}).out
  end

  it("are on a terminal, unless NO_COLOR or --color never says otherwise", function()
    assert.matches("\27%[1;31mlure:\27%[0m script%.lua:2: next: boom", on_terminal "")
    assert.not_matches("\27", on_terminal "NO_COLOR=1")
    assert.not_matches("\27", on_terminal("", "--color", "never"))
    assert.matches("\27", on_terminal("NO_COLOR=1", "--color=always"))
  end)

  it("are not in a pipe, unless --color always says so", function()
    assert.not_matches("\27", lure("run", failing).err)
    assert.matches("\27%[1;31m", lure("run", failing, "--color", "always").err)
    assert.matches('%-%-color: expected auto, always or never, got "yes"', lure("run", failing, "--color", "yes").err)
  end)
end)

describe("init_config.lure.stderr", function()
  it("false keeps errors out of standard error where the host has a log, which has them", function()
    local said = support.capture_stderr(function()
      local state = support.start(script "next = function() error 'boom' end",
        { config = '{"lure": {"stderr": false, "max_errors": 1}}' })
      local instance = assert(state:open(""))
      assert.equal("failure", (instance:next_batch()))
      assert.matches("next: boom\n\tstack", state:log()[1].message)
    end)
    assert.equal("", said)
  end)

  it("is true or false", function()
    local library = support.load_script(script "next = function() end")
    local _, message = library:init '{"lure": {"stderr": 1}}'
    assert.matches("init_config%.lure%.stderr: expected false", message)
  end)
end)
