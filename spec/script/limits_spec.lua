local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local SHORT = '{"lure": {"time": 0.05}}'
local PLACE = "script.lua:3: "

local function init_with(lure, rest)
  return assert(support.load_script(given.source(rest or "next = function() end"))):init('{"lure": ' .. lure .. "}")
end

describe("init_config.lure", function()
  it("has memory, time, max_errors, sandbox, path, reload, log, trust, stderr, env and optimize", function()
    assert.truthy(init_with [[{"memory": 2097152, "time": 1.5, "max_errors": 0, "sandbox": "safe", "path": "/a;/b",
      "reload": 0.5, "log": "debug", "trust": false, "stderr": false, "optimize": false,
      "env": ["HOME"]}]])
    assert.truthy(init_with '{"reload": true}')
    assert.truthy(init_with '{"reload": false}')
  end)

  it("is an object", function()
    for _, lure in ipairs { "1", "[]", '"x"', "true" } do
      local state, message = init_with(lure)
      assert.is_nil(state)
      assert.equal("init_config.lure: expected an object", message)
    end
  end)

  it("is null where YAML has all of its keys commented out", function() assert.truthy(init_with "null") end)

  it("with another key is refused with the nearest", function()
    assert.same({ nil, 'unknown key "memroy" in init_config.lure; did you mean "memory"?' },
      { init_with '{"memroy": 1}', (select(2, init_with '{"memroy": 1}')) })
    given.holds(select(2, init_with '{"temperature": 1}'), 'unknown key "temperature" in init_config.lure')
  end)

  local WRONG = {
    memory = { "0", "-1", "1048575", '"1G"', "true", "null", "[]" },
    time = { "0", "-1", "86401", '"10"', "true", "{}" },
    max_errors = { "-1", "1.5", '"3"', "true" },
    sandbox = { '"none"', "true", '""', "1" },
    path = { "1", "true", '["/a"]' },
    reload = { "0", "-1", "86401", '"yes"', "null", "[]" },
    env = { '"HOME"', "true", "{}", "[1]", '["HOME", null]' },
    trust = { '"yes"', "1", "null" },
    optimize = { "null", "1", '"prefetch"', "{}", '["prefetch", "speed"]', "[true]" },
    log = { '"loud"', "1", '""', "true" },
  }
  for key, values in pairs(WRONG) do
    it("with a wrong " .. key .. " is refused with what is expected", function()
      for _, value in ipairs(values) do
        local state, message = init_with(('{"%s": %s}'):format(key, value))
        assert.is_nil(state)
        given.holds(message, ("init_config.lure.%s: expected "):format(key))
      end
    end)
  end
end)

describe("a wrong name of an optimization", function()
  it("is refused with all that there are", function()
    local _, message = init_with '{"optimize": ["prefetch", "speed"]}'
    assert.equal('init_config.lure.optimize: expected names of optimizations, got "speed"; there are direct_evaluation, ' ..
      "prefetch, batch_prefetch, simd, path_predictor, block_allocator, event_check", message)
    _, message = init_with '{"optimize": [true]}'
    assert.matches("got a value that is no string; there are direct_evaluation, ", message)
  end)
end)

describe("the limit of time", function()
  local LOOP = "while true do end"

  it("stops init", function()
    local _, message = assert(support.load_script(given.source("next = print, init = function() " .. LOOP .. " end")))
      :init(SHORT)
    assert.equal(PLACE .. "init: stopped after 0.05 s (limit: init_config.lure.time)", message)
  end)

  it("stops open, by the CPU time that it uses", function()
    local state = support.start(given.source("next = print, open = function() " .. LOOP .. " end"), { config = SHORT })
    local _, message = state:open()
    assert.equal(PLACE .. "open: stopped after 0.05 s of CPU time (limit: init_config.lure.time)", message)
  end)

  it("lets open and next wait for longer", function()
    local instance = given.opened(given.source [[
      open = function() os.execute("sleep 0.1"); for _ = 1, 100000 do end end,
      next = function(i) if i.n then return nil end; i.n = 1; os.execute("sleep 0.1")
        for _ = 1, 100000 do end; return "x" end]], { config = SHORT })
    assert.same({ "x" }, given.payloads(instance))
  end)

  it("stops next, which is called again", function()
    local instance, state = given.opened(given.source [[next = function(i) i.n = (i.n or 0) + 1
      if i.n == 1 then while true do end end; return i.n == 2 and "x" or nil end]],
      { config = '{"lure": {"time": 0.05, "max_errors": 0}}' })
    local list, rc = given.patiently(instance)
    assert.same({ { "x" }, "eof" }, { list, rc })
    given.holds(state:log()[1].message, "next: stopped after 0.05 s of CPU time (limit: init_config.lure.time)")
  end)

  it("stops fields, decode, to_string, progress, close and destroy", function()
    local state = support.start(given.source(
      ([[next = function() return "1" end, decode = function(e) if e.data == "loop" then %s end; return e.data end,
      to_string = function() %s end, progress = function() %s end, close = function() %s end,
      destroy = function() %s end, fields = { { name = "x.y", type = "string", desc = "-",
      extract = function(v) if v == "here" then %s end; return v end } }]]):gsub("%%s", LOOP)), { config = SHORT })
    local instance = assert(state:open())
    local value, message = state:extract(support.event "here", "x.y")
    assert.is_nil(value)
    given.holds(message, "field x.y: stopped after 0.05 s (limit: init_config.lure.time)")
    value, message = state:extract(support.event "loop", "x.y")
    assert.is_nil(value)
    given.holds(message, "decode: stopped after 0.05 s (limit: init_config.lure.time)")
    assert.equal("fine", state:extract(support.event "fine", "x.y"))
    assert.equal("shown", state:to_string(support.event "shown"))
    given.holds(state:last_error(), "to_string: stopped after 0.05 s")
    instance:progress()
    given.holds(state:last_error(), "progress: stopped after 0.05 s")
    local began = os.clock()
    instance:close()
    state:destroy()
    assert.is_true(os.clock() - began < 1)
  end)

  local HELD = {
    ["loops of pcall"] = "while true do pcall(function() while true do end end) end",
    ["loops of xpcall with a handler"] =
      "while true do xpcall(function() while true do end end, function() while true do end end) end",
    ["coroutines"] = "coroutine.wrap(function() while true do end end)()",
    ["coroutines that are resumed"] = "coroutine.resume(coroutine.create(function() while true do end end))",
    ["coroutines that are closed"] = [[local co = coroutine.create(function()
      local _ <close> = setmetatable({}, { __close = function() while true do end end }); coroutine.yield() end)
      coroutine.resume(co); coroutine.close(co)]],
    ["coroutines in pcall"] =
      "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    ["closing values in coroutines"] = [[coroutine.wrap(function()
      local _ <close> = setmetatable({}, { __close = function() while true do end end }); while true do end end)()]],
    ["many short coroutines"] = "while true do coroutine.wrap(function() for _ = 1, 100 do end end)() end",
    ["closing values"] =
      "while true do pcall(function() local _ <close> = setmetatable({}, { __close = function() end }) "
      .. "while true do end end) end",
    ["a __tostring of the limit's own message"] =
      [[getmetatable("").__tostring = function() while true do end end; while true do end]],
    ["metamethods"] = "local t = setmetatable({}, { __index = function() while true do end end }) return t.x",
    ["sorting"] = "while true do table.sort({ 3, 2, 1 }, function(a, b) return a < b end) end",
    ["tail calls"] = "local function f() return f() end return f()",
  }
  for what, body in pairs(HELD) do
    it("cannot be held off by " .. what, function()
      local state, message = assert(support.load_script(given.source("next = print, init = function() "
        .. body .. " end"))):init(SHORT)
      assert.is_nil(state)
      given.holds(message, "stopped after 0.05 s (limit: init_config.lure.time)")
    end)
  end

  it("leaves coroutines and xpcall as they are in Lua", function()
    assert.truthy(assert(support.load_script(given.source [[next = print, init = function()
      local co = coroutine.wrap(function(a, b)
        local c, d = coroutine.yield(a + b)
        local results = table.pack(xpcall(function(...) return coroutine.yield(...) end, print, c, d))
        return table.unpack(results, 1, results.n)
      end)
      assert(co(1, 2) == 3)
      assert(select("#", co(4, 5)) == 2)
      assert(select(2, co(6, nil)) == 6)
      local thrown = {}
      local dead = coroutine.create(function() error(thrown) end)
      local ok, value = coroutine.resume(dead)
      assert(not ok and value == thrown and coroutine.status(dead) == "dead")
      assert(not pcall(coroutine.wrap, 5))
      assert(not pcall(xpcall, print, nil))
      assert(select(2, xpcall(error, function(m) return "handled " .. m end, "x")) == "handled x")
    end]])):init())
  end)

  it("is 10 seconds for calls, so short ones pass", function()
    local library = assert(support.load_script(given.source
      "next = print, init = function() for _ = 1, 10000000 do end end"))
    assert.truthy(library:init())
  end)
end)

describe("the limit of memory", function()
  local SMALL = '{"lure": {"memory": 2097152}}'

  it("fails what wants more, and the next call works", function()
    local state = support.start(given.field [[function(v)
      if v == "much" then return ("x"):rep(4 << 20) end; return v end]], { config = SMALL })
    local value, message = state:extract(support.event "much", "x.y")
    assert.is_nil(value)
    assert.equal("script.lua: field x.y: not enough memory (limit: init_config.lure.memory, 2097152 bytes)", message)
    assert.equal("little", state:extract(support.event "little", "x.y"))
  end)

  it("holds for one block that grows: a table's, or a buffer's", function()
    for _, code in ipairs { "local t = {} for i = 1, 1e6 do t[i] = i end", [[("x"):rep(300000):gsub(".", "0123456789")]] } do
      local library = assert(support.load_script(given.source("next = print, init = function() " .. code .. " end")))
      local state, message = library:init(SMALL)
      assert.is_nil(state, code)
      given.holds(message, "init: not enough memory (limit: init_config.lure.memory, 2097152 bytes)")
    end
  end)

  it("holds for tables, in init, and against pcall", function()
    local library = assert(support.load_script(given.source [[next = print,
      init = function() local t = {}; for i = 1, 1e7 do t[i] = { i } end end]]))
    local state, message = library:init(SMALL)
    assert.is_nil(state)
    given.holds(message, "init: not enough memory (limit: init_config.lure.memory, 2097152 bytes)")
    state = assert(support.load_script(given.source [[next = print,
      init = function() assert(not pcall(string.rep, "x", 8 << 20)) end]])):init(SMALL)
    assert.truthy(state)
  end)

  it("is 512 MiB where none is given", function()
    local library = assert(support.load_script(given.source [[next = print,
      init = function(config) local s = ("x"):rep(config.mib << 20) end]]))
    assert.truthy(library:init '{"mib": 100, "lure": {"time": 600}}')
    local state, message = library:init '{"mib": 600, "lure": {"time": 600}}'
    assert.is_nil(state)
    given.holds(message, "not enough memory (limit: init_config.lure.memory, 536870912 bytes)")
  end)
end)

describe("an error", function()
  local function failing(body)
    local _, message = assert(support.load_script(given.source("next = print, init = function() " .. body .. " end")))
      :init()
    return message
  end

  it("tells file, line and callback, once", function()
    assert.equal("script.lua:3: init: oh", failing 'error("oh")')
    assert.equal("script.lua:3: init: oh", failing 'error("oh", 0)')
    assert.equal("script.lua:3: init: attempt to index a nil value (global 'nothing')", failing "nothing.x = 1")
    assert.equal("script.lua:3: init: oh", failing 'return nil, "oh"')
  end)

  it("may be any value", function()
    assert.equal("script.lua:3: init: threw a value that is no text (table)", failing "error({})")
    assert.equal("script.lua:3: init: threw a value that is no text (nil)", failing "error()")
    given.holds(failing "error(lure.TIMEOUT)", "threw a value that is no text (userdata)")
    given.holds(failing 'error(setmetatable({}, { __tostring = function() return "my text" end }))', "init: my text")
    assert.not_equal("", failing "error(setmetatable({}, { __tostring = function() error('again') end }))")
    assert.not_equal("", failing "error(setmetatable({}, { __tostring = function() return 5 end }))")
    given.holds(failing "error(5)", "init: ")
    assert.not_equal("", failing 'error("")')
    assert.not_equal("", failing 'error("\\0hidden")')
  end)

  it("in endless recursion is one, too", function()
    given.holds(failing "local function f() return 1 + f() end f()", "script.lua:3: init: stack overflow")
    given.holds(failing [[local s = setmetatable({}, { __index = function(t, k) return t[k] end }); return s.x]],
      "init: ", "stack overflow")
    given.holds(failing [[local function f() return (string.gsub("x", "x", f)) end; f()]], "init: ", "stack overflow")
  end)

  it("of nil and no text is an error too", function()
    assert.equal("script.lua:3: init: expected a string behind nil (what went wrong), got integer 5",
      failing "return nil, 5")
  end)

  it("goes to the log with its traceback", function()
    local library = assert(support.load_script(given.source [[next = print,
      init = function() local function deep() error("oh") end; deep() end]]))
    local _, _, log = library:init()
    given.holds(log[1].message, "script.lua:4: init: oh", "stack traceback:", "deep")
    assert.same({ "error", "x" }, { log[1].severity, log[1].component })
  end)

  it("is gone from the next call's result", function()
    local library = assert(support.load_script(given.source
      "next = print, init = function(config) if config.bad then error('oh') end end"))
    assert.is_nil((library:init '{"bad": true}'))
    assert.truthy(library:init "{}")
  end)

  it("of one field in a second is shown once, the others are counted", function()
    local state = support.start(given.field "function() error('oh') end")
    for i = 1, 50 do
      assert.is_nil((state:extract(support.event(i), "x.y")))
    end
    local log = state:log()
    assert.equal(1, #log)
    given.holds(log[1].message, "script.lua:4: field x.y: oh")
    os.execute("sleep 1.05")
    state:extract(support.event "again", "x.y")
    log = state:log()
    assert.equal(1, #log)
    given.holds(log[1].message, "(and 49 errors before it, not shown)")
  end)

  it("of many fields are each shown once, and what is counted is told at the end", function()
    local fields = {}
    for i = 1, 10 do
      fields[i] = ('{ name = "x.f%d", type = "string", desc = "-",\n extract = function() error("oh %d") end },'):format(i, i)
    end
    local path = support.folder() .. "/counted.log"
    local show = host.redirect_stderr(path)
    local state = support.start(given.extractor("fields = {\n" .. table.concat(fields, "\n") .. "\n}"))
    for number = 1, 3 do
      for i = 1, 10 do state:extract(support.event { data = "e", num = number }, "x.f" .. i) end
    end
    local shown = #state:log()
    state:destroy()
    show()
    assert.equal(10, shown)
    local file = assert(io.open(path))
    local text = file:read "a"
    file:close()
    local _, counted = text:gsub(": 2 more errors from here, not shown", "")
    assert.equal(10, counted, text)
  end)
end)
