local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What `expression` is in a script: its tostring.
local function answer(expression, options)
  local state = support.start(given.field("function() return tostring(" .. expression .. ") end"), options)
  local value, message = state:extract(support.event "1", "x.y")
  return value or message
end

describe('require "lure"', function()
  it("has TIMEOUT and ARG, which are two values like no other", function()
    assert.equal("userdata userdata", answer 'type(lure.TIMEOUT) .. " " .. type(lure.ARG)')
    assert.equal("true", answer "lure.TIMEOUT ~= lure.ARG and lure.TIMEOUT == require('lure').TIMEOUT")
  end)

  it("has now(), the time in nanoseconds", function()
    local before = os.time()
    local now = assert(math.tointeger(answer "lure.now()")) // 1000000000
    assert.is_true(now >= before and now <= os.time() + 1) -- os.time may lag: its clock ticks less often
    assert.equal("integer", answer "math.type(lure.now())")
  end)

  it("has env(name), a variable of the environment", function()
    assert.equal(os.getenv("PATH"), answer 'lure.env("PATH")')
    assert.equal("nil", answer 'lure.env("LURE_NO_SUCH_THING")')
    given.holds(answer "lure.env()", "bad argument #1 to 'env'")
    given.holds(answer "lure.env({})", "bad argument #1 to 'env'")
  end)

  describe("env, of a script", function()
    local LISTED = '{"lure": {"sandbox": "%s", "env": ["PATH", "LURE_NO_SUCH_THING"]}}'

    for _, sandbox in ipairs { "full", "safe" } do
      it("in the " .. sandbox .. " sandbox has what init_config.lure.env lists, and nothing else", function()
        local options = { config = LISTED:format(sandbox) }
        assert.equal(os.getenv("PATH"), answer('lure.env("PATH")', options))
        assert.equal("nil", answer('lure.env("LURE_NO_SUCH_THING")', options))
        for _, name in ipairs { "HOME", "PATH2", "PAT", "path", "" } do
          assert.equal(('script.lua:4: field x.y: lure.env: "%s" is not among init_config.lure.env; add it there')
            :format(name), answer(("lure.env(%q)"):format(name), options))
        end
      end)

      it("in the " .. sandbox .. " sandbox has nothing where the list is empty", function()
        given.holds(answer('lure.env("PATH")', { config = ('{"lure": {"sandbox": "%s", "env": []}}'):format(sandbox) }),
          'lure.env: "PATH" is not among init_config.lure.env')
      end)
    end

    it("in the safe sandbox has nothing where there is no list", function()
      given.holds(answer('lure.env("PATH")', { config = '{"lure": {"sandbox": "safe"}}' }),
        'lure.env: "PATH" is not among init_config.lure.env')
    end)
  end)

  it("has version, with lure's and Lua's", function()
    local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/VERSION"))
    local version = file:read("l")
    file:close()
    assert.equal(version, (answer("lure.version"):match("%d+%.%d+%.%d+")))
    given.holds(answer "lure.version", "Lua 5.4.")
  end)

  it("has json and log", function()
    assert.equal("table table", answer 'type(lure.json) .. " " .. type(lure.log)')
  end)

  it("is there in the safe sandbox too", function()
    assert.equal("true", answer("lure.now() > 0", { config = '{"lure": {"sandbox": "safe"}}' }))
  end)
end)

describe("lure.log", function()
  local LEVELS = { "fatal", "critical", "error", "warning", "notice", "info", "debug", "trace" }

  --- A state whose `init` runs these statements, and the host's log.
  local function logged(statements, lure)
    local state = support.start(given.source("next = print, init = function() " .. statements .. " end"),
      { config = '{"lure": ' .. (lure or "{}") .. "}" })
    return state:log()
  end

  for _, level in ipairs(LEVELS) do
    it("." .. level .. " reaches the host's log", function()
      local log = logged(('lure.log.%s("%%d of %%s", 1, "two")'):format(level), '{"log": "trace"}')
      assert.same({ { severity = level, message = "1 of two", component = "x" } }, log)
    end)
  end

  it("leaves out what is below init_config.lure.log, which is info if not given", function()
    local all = {}
    for i, level in ipairs(LEVELS) do
      all[i] = ('lure.log.%s("x")'):format(level)
    end
    local statements = table.concat(all, "; ")
    assert.equal(6, #logged(statements))
    for i, level in ipairs(LEVELS) do
      assert.equal(i, #logged(statements, ('{"log": "%s"}'):format(level)))
    end
  end)

  it("formats only where there are arguments", function()
    assert.equal("100%", logged('lure.log.info("100%")')[1].message)
    assert.equal("100% x", logged('lure.log.info("100%% %s", "x")')[1].message)
  end)

  it("takes any value", function()
    assert.equal("nil", logged("lure.log.info(nil)")[1].message)
    assert.equal("12", logged("lure.log.info(12)")[1].message)
    assert.equal("text", logged('lure.log.info(setmetatable({}, { __tostring = function() return "text" end }))')[1].message)
  end)

  it("with a wrong format is an error like any other", function()
    local _, message = assert(support.load_script(given.source
      [[next = print, init = function() lure.log.info("%d", "x") end]])):init()
    given.holds(message, "script.lua:3: init: bad argument #2 to", "number expected, got string")
    _, message = assert(support.load_script(given.source "next = print, init = function() lure.log.info() end")):init()
    given.holds(message, "script.lua:3: init: bad argument #1 to")
  end)

  it("goes to standard error where the host has no log", function()
    local script = given.source [[next = print, init = function() lure.log.warning("no %s", "log"); print("p") end]]
    for _, options in ipairs { { api = 0 }, { minor = 2 } } do
      local text = support.capture_stderr(function() support.start(script, options) end)
      assert.equal("x: warning: no log\nx: info: p\n", text)
    end
  end)

  it("cuts a message of endless length", function()
    for _, options in ipairs { { api = 0 }, { minor = 2 } } do -- hosts without a log
      local text = support.capture_stderr(function()
        support.start(given.source [[next = print, init = function() lure.log.info(("x"):rep(100000)) end]], options)
      end)
      assert.is_true(#text < 5000)
      given.holds(text, "xxx...\n")
    end
  end)

  it("is there while the script is loaded", function()
    local text = support.capture_stderr(function()
      assert(support.load_script('require("lure").log.info("loading")\n' .. given.source "next = print"))
    end)
    assert.equal("script.lua: info: loading\n", text)
  end)
end)

describe("require", function()
  local function with_module(name, text, expression)
    local path = support.file(given.field("function() return tostring(" .. expression .. ") end"), "s/script.lua")
    local folder = path:match("(.*)/")
    support.run(("mkdir -p %s"):format(support.quote((folder .. "/" .. name):match("(.*)/"))))
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
    return path, folder
  end

  local function value_of(path, options)
    local state = support.start(path, options)
    local value, message = state:extract(support.event "1", "x.y")
    return value or message
  end

  it("finds modules beside the script", function()
    assert.equal("5", value_of((with_module("mine.lua", "return { five = 5 }", 'require("mine").five'))))
    assert.equal("6", value_of((with_module("mine/init.lua", "return { six = 6 }", 'require("mine").six'))))
    assert.equal("7", value_of((with_module("a/b.lua", "return { seven = 7 }", 'require("a.b").seven'))))
  end)

  it("finds modules in init_config.lure.path", function()
    local _, folder = with_module("far.lua", "return 8", "nil")
    local script = given.field 'function() return tostring(require("far")) end'
    assert.equal("8", value_of(script, { config = ('{"lure": {"path": "/nowhere;%s"}}'):format(folder) }))
    assert.equal("8", value_of(script, { config = ('{"lure": {"path": "%s/", "sandbox": "safe"}}'):format(folder) }))
    given.holds(value_of(script), "module 'far' not found")
  end)

  it("runs a module once", function()
    local path = with_module("counting.lua", "count = (count or 0) + 1; return count",
      'require("counting") .. require("counting")')
    assert.equal("11", value_of(path))
  end)

  it("gives a module its name and its path", function()
    local path, folder = with_module("named.lua", "return { ... }", 'table.concat(require("named"), " ")')
    assert.equal("named " .. folder .. "/named.lua", value_of(path))
  end)

  it("refuses a module that is compiled, writable by anyone, or broken, and says where", function()
    local path, folder = with_module("bad.lua", string.dump(function() end), 'require("bad")')
    given.holds(value_of(path), folder .. "/bad.lua: is compiled Lua, which is never loaded")
    path = with_module("bad.lua", "x = = 1", 'require("bad")')
    given.holds(value_of(path), "bad.lua:1: field x.y: unexpected symbol near '='")
    path = with_module("bad.lua", "\n\nerror('oh')", 'require("bad")')
    given.holds(value_of(path), "bad.lua:3: field x.y: oh")
    if support.run("id -u"):match("%d+") == "0" then
      path, folder = with_module("bad.lua", "return 1", 'require("bad")')
      support.run(("chmod 0666 %s/bad.lua"):format(support.quote(folder)))
      given.holds(value_of(path), folder .. "/bad.lua: anyone may write this file, so it is not run as root")
    end
  end)

  it("at the top level works, and a change of a module is a change of the script", function()
    local path = support.file('local m = require "m"\n' .. given.source [[next = print, description = m]], "t/script.lua")
    local function write(text)
      local file = assert(io.open(path:match("(.*)/") .. "/m.lua", "wb"))
      file:write(text)
      file:close()
    end
    write('return "first"')
    assert.equal("first", assert(support.load_script(path)):info().description)
    write('return "second one"')
    assert.equal("second one", assert(support.load_script(path)):info().description)
  end)

  it("of something that is nowhere names the places", function()
    local path, folder = with_module("x.lua", "", 'require("nothing.here")')
    given.holds(value_of(path), "module 'nothing.here' not found", folder .. "/nothing/here.lua")
  end)

  it("of a C module in a process with another Lua says so", function()
    local value, message = support.start(given.field 'function() return tostring(require("lfs")) end')
      :extract(support.event "1", "x.y")
    assert.is_nil(value)
    given.holds(message, 'C module "lfs"', "this process has another Lua")
  end)

  it("of a C module works inside lure, which has the very same Lua", function()
    local script = support.file(given.source [[open = function() return { 2 } end,
      next = function(i) return table.remove(i) and #require("lfs").attributes("/", "mode") .. "" end]])
    local output = support.run(("%s/bin/lure run %s"):format(support.quote(support.build), support.quote(script)))
    given.holds(output, " 9\n")
  end)

  it("of a C module is not there in the safe sandbox", function()
    local state = support.start(given.field 'function() return require("lfs") end',
      { config = '{"lure": {"sandbox": "safe"}}' })
    given.holds(select(2, state:extract(support.event "1", "x.y")), "module 'lfs' not found")
  end)
end)

describe("a NUL in what is said", function()
  it("does not cut it off", function()
    local library = assert(support.load_script [[local lure = require "lure"
return { name = "x", version = "0.1.0", id = 999, event_source = "x", next = print, init = function()
  lure.log.info("a\0b\0")
  lure.log.warning("%s", "c\0d")
  print("e\0f")
  error("g\0h")
end }]])
    local _, message, log = library:init()
    assert.same({ "a\\u0000b\\u0000", "c\\u0000d", "e\\u0000f" }, { log[1].message, log[2].message, log[3].message })
    assert.equal("script.lua:6: init: g\\u0000h", message)
  end)
end)
