local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What `expression` is in a script: its tostring.
local function answer(expression, config, options)
  local state = support.start(given.field("function() return tostring(" .. expression .. ") end"),
    { config = config, api = options and options.api })
  local value, message = state:extract(support.event "1", "x.y")
  return value or message
end

local SAFE = '{"lure": {"sandbox": "safe"}}'

describe("the sandbox", function()
  it("has Lua's own libraries", function()
    for _, name in ipairs { "string", "table", "math", "utf8", "coroutine", "io", "os", "debug", "package" } do
      assert.equal("table", answer(("type(%s)"):format(name)))
    end
  end)

  it("has neither os.exit nor os.setlocale", function()
    given.holds(answer "os.exit()", "script.lua:4: field x.y: os.exit would end the host")
    given.holds(answer "os.exit(true, true)", "os.exit would end the host")
    given.holds(answer 'os.setlocale("C")', "os.setlocale would change the host's locale")
  end)

  it("has traceback, getinfo and getlocal of debug, and nothing else", function()
    assert.equal("getinfo getlocal traceback", answer [[(function()
      local names = {}
      for name in pairs(debug) do names[#names + 1] = name end
      table.sort(names)
      return table.concat(names, " ")
    end)()]])
  end)

  it("never loads bytecode", function()
    local chunk = 'string.dump(function() return 1 end)'
    given.holds(answer(("load(%s)"):format(chunk)), "nil")
    given.holds(answer(("select(2, load(%s, 'x', 'b'))"):format(chunk)), "attempt to load a binary chunk (mode is 't')")
    given.holds(answer(("select(2, load(%s, 'x', 'bt', {}))"):format(chunk)), "binary chunk")
    given.holds(answer(("select(2, load(function() local c = %s; done, c = true, not done and c or nil; return c end))")
      :format(chunk)), "binary chunk")
    local path = support.file(string.dump(function() return 1 end), "compiled.lua")
    given.holds(answer(("select(2, loadfile(%q))"):format(path)), "is compiled Lua, which is never loaded")
    given.holds(answer(("select(2, loadfile(%q, 'b'))"):format(path)), "is compiled Lua, which is never loaded")
    given.holds(answer(("select(2, pcall(dofile, %q))"):format(path)), "is compiled Lua, which is never loaded")
    given.holds(answer(("require 'compiled'")), "module 'compiled' not found")
  end)

  it("loads text, with environments too", function()
    assert.equal("3", answer 'load("return 1 + 2")()')
    assert.equal("5", answer 'load("return x", "name", "bt", { x = 5 })()')
    assert.equal("nil", answer 'load("return x", "name", nil, {})()')
    assert.equal("7", answer(("dofile(%q)"):format(support.file "return 7")))
    assert.equal("8", answer(("loadfile(%q, 't', { x = 8 })()"):format(support.file "return x")))
  end)

  it("refuses metatables with __gc, which would run outside every limit", function()
    given.holds(answer "setmetatable({}, { __gc = function() end })", "a metatable with __gc is refused")
    given.holds(answer "setmetatable({}, { __gc = true })", "a metatable with __gc is refused")
    assert.equal("ok", answer 'setmetatable({}, { __tostring = function() return "ok" end })')
    assert.equal("true", answer "getmetatable(setmetatable({}, nil)) == nil")
    given.holds(answer "setmetatable({}, 5)", "nil or table expected")
    given.holds(answer "setmetatable(setmetatable({}, { __metatable = 1 }), {})", "cannot change a protected metatable")
  end)

  it("keeps what closes files", function()
    assert.equal("closed file", answer [[(function()
      local file = io.tmpfile(); file:close(); return io.type(file) end)()]])
  end)

  it("in safe mode has no files, no commands and no C modules", function()
    for _, expression in ipairs { "io", "os.execute", "os.remove", "os.rename", "os.tmpname", "os.getenv", "os.exit",
                                  "os.setlocale", "package.loadlib", "package.loaded.io" } do
      assert.equal("nil", answer(expression, SAFE))
    end
    given.holds(answer('dofile("/etc/hostname")', SAFE), "dofile is not there in the safe sandbox")
    given.holds(answer('loadfile("/etc/hostname")', SAFE), "loadfile is not there in the safe sandbox")
    assert.equal("clock date difftime time", answer([[(function()
      local names = {}
      for name in pairs(os) do names[#names + 1] = name end
      table.sort(names)
      return table.concat(names, " ")
    end)()]], SAFE))
    given.holds(answer('require "cjson"', SAFE), "module 'cjson' not found", "no C module: the safe sandbox (init_config.lure.sandbox) has none")
    assert.is_nil(answer('require "cjson"', SAFE):find("/usr/", 1, true)) -- nor is a module of the system's looked for
  end)

  it("in safe mode hides the metatable of strings, which all of the script's texts share", function()
    assert.equal("false", answer('getmetatable("")', SAFE))
    assert.equal("true", answer('getmetatable("").__index == string'))
  end)

  it("in safe mode still has the rest", function()
    assert.equal("x1", answer('("x"):rep(1) .. math.floor(1.5)', SAFE))
    assert.equal("6", answer('load("return 6")()', SAFE))
  end)

  it("has no way to a C library but require", function()
    assert.equal("nil", answer "package.loadlib")
  end)

  it("is new in every state", function()
    local script = given.field 'function() global = (global or 0) + 1; return tostring(global) end'
    local library = assert(support.load_script(script))
    local first, second = assert(library:init()), assert(library:init())
    assert.equal("1", first:extract(support.event "a", "x.y"))
    assert.equal("2", first:extract(support.event "b", "x.y"))
    assert.equal("1", second:extract(support.event "a", "x.y"))
  end)
end)

describe("standard output and standard error", function()
  --- What a process wrote to standard output that ran this in `init`, and its log.
  local function output_of(statements)
    local script = support.file(given.source("next = print, init = function() " .. statements .. " end"))
    local driver = support.file(([[
      local host = require "lure.host"
      local state = assert(assert(host.load(%q, { env = { LURE_SCRIPT = %q } })):init())
      for _, line in ipairs(state:log()) do io.stderr:write(line.severity, ":", line.component, ":", line.message, "\n") end
    ]]):format(support.lib(), script), "driver.lua")
    local log_path = support.file("", "log")
    local output = support.run(("LUA_CPATH=%s lua5.4 %s 2>%s"):format(support.quote(package.cpath),
      support.quote(driver), support.quote(log_path)))
    local file = assert(io.open(log_path))
    local log = file:read("a")
    file:close()
    return output, log
  end

  for statement, lines in pairs {
    ['print("a", 1, nil, true)'] = "info:x:a\t1\tnil\ttrue\n",
    ['io.write("a", 1, "\\n")'] = "info:x:a1\n",
    ['io.stdout:write("a\\n", "b")'] = "info:x:a\n\tb\n",
    ['io.output():write("a")'] = "info:x:a\n",
    ['io.write("a"):write("b")'] = "info:x:a\ninfo:x:b\n",
    ['io.output(io.stdout); io.write("a")'] = "info:x:a\n",
    ['io.stderr:write("a\\27\\n", 1, "\\n"):write("\\xFF")'] = "warning:x:a\\x1b\n\t1\nwarning:x:\u{FFFD}\n",
    ['io.output(io.stderr); io.write("a"):write("b")'] = "warning:x:a\nwarning:x:b\n",
  } do
    it("are the host's: " .. statement .. " goes to the log", function()
      assert.same({ "", lines }, { output_of(statement) })
    end)
  end

  it("are not what files are written to", function()
    local path = support.file("", "written")
    assert.same({ "", "" }, { output_of(([[local f = io.open(%q, "w"); f:write("a", 1); f:close()
      io.output(io.open(%q, "a")); io.write("b"); io.output():close() ]]):format(path, path)) })
    local file = assert(io.open(path))
    assert.equal("a1b", file:read("a"))
    file:close()
  end)
end)

describe("files of a script", function()
  it("are closed in programs that the host starts", function()
    local path = support.file("secret", "held")
    assert.equal("", answer(([[(function()
      held = { io.open(%q), io.popen("sleep 0.1") , io.tmpfile() }
      for line in io.lines(%q) do
        local pipe = io.popen("ls -l /proc/self/fd | grep -c -e held -e '(deleted)'")
        local count = pipe:read("l")
        return count == "0" and "" or count
      end
    end)()]]):format(path, path)))
  end)
end)

describe("debug", function()
  it("hands out no C function, of lure's above all, nor what one has in hand", function()
    local library = assert(support.load_script(given.source [[next = print, init = function()
      for level = 0, 10 do
        local info = debug.getinfo(level, "Sf")
        if not info then break end
        assert(info.what ~= "C" or info.func == nil)
        if info.what == "C" then
          for i = -10, 10 do assert(debug.getlocal(level, i) == nil) end
        end
      end
      assert(debug.getinfo(print, "f").func == nil and debug.getinfo(print).what == "C")
      local here = debug.getinfo(1)
      assert(here.currentline == 13 and here.func ~= nil and here.what == "Lua", tostring(here.currentline))
      local first = "value"
      local name, value = debug.getlocal(1, 2)
      assert(name == "first" and value == "value", name)
      local thread = coroutine.create(function(a) local b = 5 coroutine.yield() return b end)
      coroutine.resume(thread, 1)
      assert(debug.getinfo(thread, 1, "S").what == "Lua")
      name, value = debug.getlocal(thread, 1, 1)
      assert(name == "a" and value == 1)
      assert(debug.getlocal(function(x, y) return x, y end, 2) == "y")
    end]]))
    assert.truthy(library:init())
  end)
end)
