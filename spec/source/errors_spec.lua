local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A source with a `next` that is called with n = 1, 2, ...; its body is in line 4.
local function counting(body, rest)
  return given.source(("open = function() return { n = 0 } end, %s next = function(i) i.n = i.n + 1; local n = i.n\n%s end")
    :format(rest or "", body))
end

local function max_errors(count, api)
  return { config = ('{"lure": {"max_errors": %d}}'):format(count), api = api }
end

for _, api in ipairs { 3, 0 } do
  describe("next in plugin API " .. api, function()
    it("that throws now and then goes on", function()
      local instance = given.opened(counting 'if n % 2 == 0 then error("oh") end; return n < 9 and n or nil', { api = api })
      assert.same({ { "1", "3", "5", "7" }, "eof" }, { given.patiently(instance) })
    end)

    it("that always throws ends the source after lure.max_errors, with the text", function()
      local instance = given.opened(counting 'if n <= 2 then return n end; error("no disk")', max_errors(3, api))
      local list, rc, message = given.patiently(instance)
      assert.same({ { "1", "2" }, "failure" }, { list, rc })
      assert.equal("script.lua:4: next: no disk (error 3 in a row; limit: init_config.lure.max_errors)", message)
      rc, list, message = instance:next_batch()
      assert.same({ "failure", 0 }, { rc, #list })
      given.holds(message, "script.lua:4: next: no disk")
    end)

    it("that returns nil and a text fails at once, after what came before", function()
      local instance, state = given.opened(counting 'if n <= 2 then return n end; return nil, "no disk"', { api = api })
      local rc, events = instance:next_batch()
      assert.same({ "success", 2 }, { rc, #events })
      assert.equal("2", events[2].data)
      local none, message
      rc, none, message = instance:next_batch()
      assert.same({ "failure", 0, "script.lua:3: next: no disk" }, { rc, #none, message })
      assert.equal("script.lua:3: next: no disk", state:last_error())
      assert.equal("failure", (instance:next_batch()))
      assert.truthy(state:open())
    end)
  end)
end

describe("next", function()
  it("that throws once ends the source where lure.max_errors is 1", function()
    local instance = given.opened(counting 'error("oh")', max_errors(1))
    assert.same({ {}, "failure", "script.lua:4: next: oh" }, { given.patiently(instance) })
  end)

  it("that throws is tried for ever where lure.max_errors is 0", function()
    local instance = given.opened(counting 'if n < 6 then error("oh") end; return n == 6 and n or nil', max_errors(0))
    assert.same({ { "6" }, "eof" }, { given.patiently(instance) })
  end)

  it("that throws is tried again after 10 ms, then twice as long each time", function()
    -- Each pause in ms, and whether all are about as long as they should be: a busy machine comes late now and then.
    local function pauses()
      local instance = given.opened(counting [[times = times or {}; times[n] = lure.now() // 1000000
        if n < 5 then error("oh") end
        if n == 5 then return table.concat({ times[2] - times[1], times[3] - times[2], times[4] - times[3],
          times[5] - times[4] }, " ") end]])
      local text = given.patiently(instance)[1]
      local least, punctual = 10, true
      for pause in text:gmatch("%d+") do
        assert.is_true(tonumber(pause) >= least - 1, text)
        punctual = punctual and tonumber(pause) < 4 * least + 60
        least = 2 * least
      end
      assert.equal(160, least)
      return punctual, text
    end
    local punctual, text
    for _ = 1, 20 do
      punctual, text = pauses()
      if punctual then break end
    end
    assert.is_true(punctual, text)
  end)

  it("that fails is counted anew after it worked", function()
    local instance = given.opened(counting 'if n % 3 ~= 0 then error("oh") end; return n < 12 and n or nil', max_errors(3))
    assert.same({ { "3", "6", "9" }, "eof" }, { given.patiently(instance) })
  end)

  local WRONG = {
    ["true"] = "true", ["false"] = "false", ["1.5"] = "number 1.5", ["1e300"] = "number 1e+300", ["print"] = "function",
    ["lure.ARG"] = "userdata", ["coroutine.create(print)"] = "thread", ["io.stdout"] = "userdata", ["0/0"] = "number ",
  }
  for value, got in pairs(WRONG) do
    it("that returns " .. value .. " has failed: it is no payload", function()
      local instance = given.opened(counting("return " .. value), max_errors(1))
      local _, rc, message = given.patiently(instance)
      assert.equal("failure", rc)
      given.holds(message, "script.lua:3: next: expected a payload (a string or an integer), got " .. got)
    end)

    it("that returns a list with " .. value .. " delivers what is before and behind it", function()
      local instance, state = given.opened(counting(('if n == 1 then return { "a", %s, "b" } end'):format(value)))
      assert.same({ { "a", "b" }, "eof" }, { given.patiently(instance) })
      given.holds(state:log()[1].message,
        "script.lua:3: next: expected a payload (a string or an integer) as element 2 of 3, got " .. got)
    end)

    it("that returns a list with a payload and the time " .. value .. " delivers what is before and behind it", function()
      local instance, state = given.opened(counting(
        ('if n == 1 then return { "a", { "x", %s }, { %s, 7 }, "b" } end'):format(value, value)))
      assert.same({ { "a", "b" }, "eof" }, { given.patiently(instance) })
      local log = state:log()
      given.holds(log[1].message, "script.lua:3: next: expected the time as an integer of nanoseconds from 0 behind the "
        .. "payload as element 2 of 4, got " .. got)
    end)

    it("that returns " .. value .. " as the time has failed", function()
      if value ~= "print" and got ~= "integer 5" then
        local instance = given.opened(counting(('return "x", %s'):format(value)), max_errors(1))
        local _, _, message = given.patiently(instance)
        given.holds(message, "script.lua:3: next: expected the time as an integer of nanoseconds from 0 behind the payload",
          "got " .. got)
      end
    end)

    it("that returns nil and " .. value .. " has failed: a text was due", function()
      local instance = given.opened(counting("return nil, " .. value), max_errors(1))
      local _, rc, message = given.patiently(instance)
      assert.equal("failure", rc)
      given.holds(message, "script.lua:3: next: expected a string behind nil (what went wrong), got " .. got)
    end)
  end

  it("that returns a time before 1970 has failed", function()
    local _, _, message = given.patiently((given.opened(counting 'return "x", -1', max_errors(1))))
    given.holds(message, "got integer -1")
    _, _, message = given.patiently((given.opened(counting 'return "x", "5"', max_errors(1))))
    given.holds(message, 'got string "5"')
  end)

  it("that returns a list with a hole has failed there", function()
    local instance, state = given.opened(counting('if n == 1 then return { "a", nil, "c" } end'))
    assert.same({ { "a", "c" }, "eof" }, { given.patiently(instance) })
    given.holds(state:log()[1].message, "as element 2 of 3, got nil")
  end)

  it("that returns a table that is no list has failed, not waited", function()
    local _, rc, message = given.patiently((given.opened(counting 'return { a = 1 }', max_errors(1))))
    assert.equal("failure", rc)
    given.holds(message, "script.lua:3: next: expected a list of payloads, got a table with the key string \"a\"")
  end)

  it("that throws is in the log with its traceback", function()
    local instance, state = given.opened(counting 'local function deep() error("oh") end; deep()', max_errors(1))
    given.patiently(instance)
    local log = state:log()
    given.holds(log[1].message, "script.lua:4: next: oh", "stack traceback:", "deep")
    assert.same({ "error", "x" }, { log[1].severity, log[1].component })
  end)
end)

describe("open", function()
  local function opening(body)
    local state = support.start(given.source("open = function() " .. body .. ' end, next = function(i) return nil end'))
    return state, state:open()
  end

  it("that fails has a text, and can be tried again", function()
    local state, instance, message = opening 'if not tried then tried = true; error("no file") end; return 1'
    assert.same({ nil, "script.lua:3: open: no file" }, { instance, message })
    assert.truthy(state:open())
  end)

  it("may return nil and a text", function()
    local _, instance, message = opening 'return nil, "no file"'
    assert.same({ nil, "script.lua:3: open: no file" }, { instance, message })
    _, instance, message = opening "return nil, 5"
    assert.same({ nil, "script.lua:3: open: expected a string behind nil (what went wrong), got integer 5" },
      { instance, message })
  end)

  it("may return any value as the instance, and nothing is {}", function()
    for _, value in ipairs { "5", '"text"', "true", "false", "print", "{}", "lure.TIMEOUT", "coroutine.create(print)", "1.5" } do
      local state = support.start(given.source(("open = function() return %s end, next = function(i) "):format(value)
        .. "if done then return nil end; done = true; return type(i) end"))
      assert.same({ { type(load("lure = { TIMEOUT = io.stdout } return " .. value)()) }, "eof" },
        { given.payloads(assert(state:open())) })
    end
    for _, open in ipairs { "open = function() end,", "" } do
      local state = support.start(given.source(open .. "next = function(i) i.n = (i.n or 0) + 1; return i.n < 3 and i.n or nil end"))
      assert.same({ { "1", "2" }, "eof" }, { given.payloads(assert(state:open())) })
    end
  end)

  it("without next must return an iterator", function()
    for value, got in pairs { [""] = "nil", ["5"] = "integer 5", ["{}"] = "table", ['"x"'] = 'string "x"', ["true"] = "true",
                              ["lure.TIMEOUT"] = "userdata", ["coroutine.create(print)"] = "thread" } do
      local instance, message = support.start(given.source("open = function() return " .. value .. " end")):open()
      assert.is_nil(instance)
      given.holds(message, "script.lua:3: open: expected an iterator (a function, as io.lines returns), because the script "
        .. "has no next; got " .. got)
    end
  end)
end)

describe("close", function()
  it("is called once with the instance, also by destroy", function()
    local path = support.file("", "closed")
    local state = support.start(given.source(([[open = function(p) return { p = p } end, next = function() end,
      close = function(i) local f = io.open(%q, "a"); f:write("close ", i.p, ";"); f:close() end,
      destroy = function() local f = io.open(%q, "a"); f:write("destroy;"); f:close() end]]):format(path, path)))
    local a = assert(state:open "a")
    assert(state:open "b")
    a:close()
    state:destroy()
    local file = assert(io.open(path))
    assert.equal("close a;close b;destroy;", file:read("a"))
    file:close()
  end)

  it("that fails, as destroy that fails, is only logged", function()
    for _, body in ipairs { 'error("oh")', 'return nil, "oh"' } do
      local state = support.start(given.source(("next = function() end, close = function() %s end, destroy = function() %s end")
        :format(body, body)))
      assert(state:open()):close()
      given.holds(state:log()[1].message, "script.lua:3: close: oh")
      local text = support.capture_stderr(function() state:destroy() end)
      assert.is_string(text)
    end
  end)

  it("may be missing", function()
    assert(support.start(given.source "next = function() end"):open()):close()
  end)
end)

describe("progress", function()
  local function progress_of(body)
    local instance, state = given.opened(given.source("next = function() return 1 end, progress = function(i) " .. body .. " end"))
    local number, text = instance:progress()
    return number, text, state:last_error()
  end

  it("is a number from 0 to 1 and a text, which has a default", function()
    assert.same({ 0.25, "quarter", "" }, { progress_of 'return 0.25, "quarter"' })
    assert.same({ 0.25, "25.00%", "" }, { progress_of "return 0.25" })
    assert.same({ 0, "0.00%", "" }, { progress_of "return 0" })
    assert.same({ 1, "100.00%", "" }, { progress_of "return 1" })
  end)

  it("is given the instance", function()
    local instance = given.opened(given.source [[open = function() return { n = 0 } end,
      next = function(i) i.n = i.n + 1; return i.n < 5 and i.n or nil end, progress = function(i) return i.n / 10 end]])
    instance:next_batch()
    assert.equal(0.5, (instance:progress()))
  end)

  for body, problem in pairs {
    ["return 2"] = "expected a number from 0 to 1, got integer 2", ["return -0.5"] = "expected a number from 0 to 1, got number -0.5",
    ["return 0/0"] = "expected a number from 0 to 1, got number", ["return 'x'"] = 'expected a number from 0 to 1, got string "x"',
    ["return '0.5'"] = 'expected a number from 0 to 1, got string "0.5"', ["return"] = "expected a number from 0 to 1, got nil",
    ["return {}"] = "expected a number from 0 to 1, got table", ["return true"] = "expected a number from 0 to 1, got true",
    ["return 0.5, 5"] = "expected a string behind the number, got integer 5", ["error('oh')"] = "oh",
    ["return nil, 'oh'"] = "oh",
  } do
    it("that is `" .. body .. "` is 0 and an error", function()
      local number, text, message = progress_of(body)
      assert.same({ 0, "" }, { number, text or "" })
      given.holds(message, "script.lua:3: progress: " .. problem)
    end)
  end
end)
