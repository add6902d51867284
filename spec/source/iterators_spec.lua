local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function opening(body)
  return given.source("open = function(params) " .. body .. " end")
end

for _, api in ipairs { 3, 0 } do
  describe("an iterator in plugin API " .. api, function()
    local options = { api = api }

    it("that io.lines returns is a whole event source", function()
      local state = support.start(given.source "open = function(path) return io.lines(path) end", options)
      local path = support.file("one\n\nthree\n", "lines.txt")
      assert.same({ { "one", "", "three" }, "eof" }, { given.payloads(assert(state:open(path))) })
    end)

    it("that io.lines returns loses no line that has no room in a batch", function()
      local expected = {}
      for n = 1, 200 do expected[n] = ("l"):rep(n % 13) .. n end
      local path = support.file(table.concat(expected, "\n") .. "\n", "lines.txt")
      for _, limits in ipairs { "events = 3", "bytes = 20", "bytes = 1" } do
        local state = support.start(given.source(("batch = { %s }, open = function(path) return io.lines(path) end"):format(limits)),
          options)
        assert.same({ expected, "eof" }, { given.patiently(assert(state:open(path))) })
      end
    end)

    it("that cannot be had is an error of open", function()
      local state = support.start(given.source "open = function(path) return io.lines(path) end", options)
      local instance, message = state:open "/nowhere/lines.txt"
      assert.is_nil(instance)
      given.holds(message, "open: ", "/nowhere/lines.txt", "No such file or directory")
      assert.truthy(state:open(support.file("x", "lines.txt")))
    end)
  end)
end

describe("an iterator", function()
  it("is called with the state and the last value, as for does", function()
    assert.same({ { "1", "2", "3" }, "eof" }, { given.payloads((given.opened(opening [[
      return function(state, last) return last < state and last + 1 or nil end, 3, 0]]))) })
    assert.same({ { "a", "aa", "aaa" }, "eof" }, { given.payloads((given.opened(opening [[
      return function(state, last) return #last < 3 and last .. state or nil end, "a", ""]]))) })
  end)

  it("may be a table that can be called", function()
    assert.same({ { "3", "2", "1" }, "eof" }, { given.payloads((given.opened(opening [[
      return setmetatable({ n = 4 }, { __call = function(t) t.n = t.n - 1; return t.n > 0 and t.n or nil end })]]))) })
  end)

  it("may be a coroutine", function()
    assert.same({ { "1", "2" }, "eof" }, { given.payloads((given.opened(opening [[
      return coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)]]))) })
  end)

  it("may return the event's time behind the payload", function()
    local instance = given.opened(opening [[local n = 0; return function() n = n + 1
      if n < 3 then return "x" .. n, 1000 * n end; if n < 5 then return { "y", "z" }, n end end]])
    local got = {}
    repeat
      local rc, events = instance:next_batch()
      for _, event in ipairs(events) do got[#got + 1] = event.data .. " " .. event.ts end
    until rc ~= "success"
    assert.same({ "x1 1000", "x2 2000", "y 3", "z 3", "y 4", "z 4" }, got)
  end)

  it("that returns something else behind the payload is told that the time was due", function()
    for iterator, got in pairs {
      ['("a=b"):gmatch("(%w)=(%w)")'] = 'string "b"', ["ipairs({ 'a' })"] = 'string "a"', ["next, { -1 }"] = "integer -1",
    } do
      local _, rc, message = given.patiently((given.opened(opening("return " .. iterator),
        { config = '{"lure": {"max_errors": 1}}' })))
      assert.equal("failure", rc)
      given.holds(message, "next: expected the time as an integer of nanoseconds from 0 behind the payload, got " .. got
        .. "; an iterator's second value is the time, return the first alone")
    end
  end)

  it("that returns nil and a text has failed, as next has", function()
    local list, rc, message = given.patiently((given.opened(opening [[local n = 0; return function() n = n + 1
      if n == 1 then return "x" end; return nil, "the disk is gone" end]])))
    assert.same({ "x" }, list)
    assert.equal("failure", rc)
    given.holds(message, "script.lua:3: next: the disk is gone")
  end)

  it("may deliver lists and say lure.TIMEOUT", function()
    local instance = given.opened(opening [[local n = 0; return function() n = n + 1
      return ({ { "a", "b" }, lure.TIMEOUT, "c" })[n] end]])
    assert.same({ { "a", "b", "c" }, "eof" }, { given.patiently(instance) })
  end)

  it("that throws is tried again, up to lure.max_errors", function()
    local instance = given.opened(opening [[local n = 0; return function() n = n + 1
      if n == 2 then error("oh") end; return n < 4 and n or nil end]])
    assert.same({ { "1", "3" }, "eof" }, { given.patiently(instance) })
    local _, rc, message = given.patiently((given.opened(opening 'return function() error("oh") end',
      { config = '{"lure": {"max_errors": 2}}' })))
    assert.equal("failure", rc)
    given.holds(message, "script.lua:3: next: oh (error 2 in a row")
  end)

  it("is never called after its end", function()
    local instance = given.opened(opening [[local n = 0; return function() n = n + 1; if n > 1 then n = 0; return "again" end end]])
    assert.equal("eof", (instance:next_batch()))
    assert.equal("eof", (instance:next_batch()))
  end)

  describe("with a closing value", function()
    local function closing(path, body)
      return opening(([[local value = setmetatable({}, { __close = function(_, problem)
          local f = io.open(%q, "a"); f:write("closed ", tostring(problem), ";"); f:close() end })
        local n = 0
        return function() n = n + 1; %s end, nil, nil, value]]):format(path, body))
    end
    local function text_of(path)
      local file = assert(io.open(path))
      local text = file:read("a")
      file:close()
      return text
    end

    it("closes it once at the end", function()
      local path = support.file("", "closed")
      local instance, state = given.opened(closing(path, "return n < 3 and n or nil"))
      instance:next_batch()
      assert.equal("closed nil;", text_of(path))
      instance:next_batch()
      instance:close()
      state:destroy()
      assert.equal("closed nil;", text_of(path))
    end)

    it("closes it once when the instance is closed before", function()
      local path = support.file("", "closed")
      local instance, state = given.opened(closing(path, "return n % 2 == 0 and lure.TIMEOUT or n"))
      instance:next_batch()
      assert.equal("", text_of(path))
      instance:close()
      state:destroy()
      assert.equal("closed nil;", text_of(path))
    end)

    it("closes it when the source has failed", function()
      local path = support.file("", "closed")
      local instance = given.opened(closing(path, 'error("oh")'), { config = '{"lure": {"max_errors": 1}}' })
      assert.equal("failure", (instance:next_batch()))
      assert.equal("closed nil;", text_of(path))
    end)

    it("that is a file closes the file", function()
      local path = support.file("a\nb\n", "lines.txt")
      local instance = given.opened(given.source(([[open = function() file = io.open(%q)
        return function(f) return f:read("l") end, file, nil, file end,
        to_string = function() return io.type(file) end]]):format(path)))
      assert.same({ { "a", "b" }, "eof" }, { given.payloads(instance) })
    end)

    it("whose closing fails is logged", function()
      local instance, state = given.opened(opening [[return function() end, nil, nil,
        setmetatable({}, { __close = function() error("cannot") end })]])
      assert.equal("eof", (instance:next_batch()))
      given.holds(state:log()[1].message, "cannot")
    end)
  end)
end)
