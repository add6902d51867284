local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- A listener whose counts can be read as metrics.
local function script(open, close, top)
  return ([[local lure = require "lure"
local count, closed, kept, cancel = 0, 0
%s
return { name = "x", version = "0.1.0",
metrics = function() return { { name = "count", value = count }, { name = "closed", value = closed } } end,
capture_open = function(capture)
%s
end,
capture_close = function(capture) closed = closed + 1
%s
end }]]):format(top or "", open or "", close or "")
end

local function metric(state, name)
  for _, one in ipairs(state:metrics()) do
    if one.name == name then return one.value end
  end
end

local function wait(state, least)
  for _ = 1, 1000 do
    if metric(state, "count") >= least then return true end
    os.execute "sleep 0.01"
  end
end

describe("listening", function()
  it("is told that a capture opens and closes", function()
    local state = support.start(script "count = count + 1")
    assert.is_true(state:capture_open())
    assert.same({ 1, 0 }, { metric(state, "count"), metric(state, "closed") })
    assert.is_true(state:capture_close())
    assert.same({ 1, 1 }, { metric(state, "count"), metric(state, "closed") })
    assert.is_true(state:capture_open())
    state:destroy() -- closes first
  end)

  it("calls a function every so often, until the capture closes", function()
    local state = support.start(script "capture:every(0.002, function() count = count + 1 end)")
    assert.is_true(state:capture_open())
    assert.is_true(wait(state, 5))
    assert.is_true(state:capture_close())
    local count = metric(state, "count")
    os.execute "sleep 0.05"
    assert.equal(count, metric(state, "count"))
    state:destroy()
  end)

  it("waits for each function that runs while the capture closes", function()
    local state = support.start(script "for _ = 1, 1000 do capture:every(0.001, function() count = count + 1 end) end")
    for _ = 1, 50 do
      local before = metric(state, "count")
      state:capture_open()
      assert.is_true(wait(state, before + 1))
      assert.is_true(state:capture_close())
    end
    state:destroy()
  end)

  it("is ended by false, and by the function that every returned", function()
    local state = support.start(script [[
      capture:every(0.001, function() count = count + 1 return count < 3 end)]])
    state:capture_open()
    assert.is_true(wait(state, 3))
    os.execute "sleep 0.03"
    assert.equal(3, metric(state, "count"))
    state:capture_close()
    state = support.start(script [[
      cancel = capture:every(0.001, function() count = count + 1 if count == 2 then cancel() cancel() end end)]])
    state:capture_open()
    assert.is_true(wait(state, 2))
    os.execute "sleep 0.03"
    assert.equal(2, metric(state, "count"))
    state:capture_close()
  end)

  it("goes on after a function has thrown, and logs it", function()
    local restore = host.redirect_stderr(support.folder() .. "/every.log")
    local state = support.start(script "capture:every(0.001, function() count = count + 1 error 'oh' end)")
    state:capture_open()
    local went_on = wait(state, 3)
    state:capture_close()
    restore()
    assert.is_true(went_on)
    given.holds(state:log()[1].message, "script.lua:7: every: oh")
  end)

  it("has many at once, and one may begin another", function()
    local state = support.start(script [[
      for i = 1, 20 do
        capture:every(0.001 * i, function()
          count = count + 1
          if count < 50 then capture:every(0.001, function() count = count + 1 return false end) end
        end)
      end]])
    state:capture_open()
    assert.is_true(wait(state, 200))
    state:capture_close()
    state:destroy()
  end)

  it("does not gather those that are over", function()
    local state = support.start(script [[
      local function once() count = count + 1 capture:every(0.001, once) return false end
      capture:every(0.001, once)
      for _ = 1, 20000 do capture:every(3600, once)() end
      collectgarbage()]])
    state:capture_open()
    assert.is_true(wait(state, 50))
    assert.is_true(metric(state, "lure.memory.bytes") < 3000000)
    state:capture_close()
    state:destroy()
  end)

  it("ends what was begun when capture_open fails", function()
    local state = support.start(script "capture:every(0.001, function() count = count + 1 end) return nil, 'not today'")
    assert.same({ nil, "script.lua:6: capture_open: not today" }, { state:capture_open() })
    local count = metric(state, "count")
    os.execute "sleep 0.02"
    assert.equal(count, metric(state, "count"))
  end)

  it("never lets capture_close fail", function()
    local restore = host.redirect_stderr(support.folder() .. "/close.log")
    local state = support.start(script("", "error 'at the end'"))
    state:capture_open()
    local done = state:capture_close()
    restore()
    assert.is_true(done)
    given.holds(state:log()[1].message, "capture_close: at the end")
  end)

  it("refuses what every cannot do", function()
    for code, expected in pairs {
      ["capture:every(0, print)"] = "every: expected seconds from 0.001 to 86400.0, got integer 0",
      ["capture:every('x', print)"] = 'every: expected seconds from 0.001 to 86400.0, got string "x"',
      ["capture:every(1)"] = "function expected, got no value",
    } do
      local _, message = support.start(script(code)):capture_open()
      given.holds(message, "script.lua:7: capture_open: ", expected)
    end
    local state = support.start(script("kept = capture", "kept:every(1, print)"))
    local restore = host.redirect_stderr(support.folder() .. "/late.log")
    state:capture_open()
    state:capture_close()
    restore()
    given.holds(state:log()[1].message, "every: the capture is closed")
  end)

  it("reads and writes the host's tables when a capture opens and closes, not in every", function()
    local inspector = host.inspector()
    inspector:table("threads"):add(7, { comm = "cat" })
    local library = assert(support.load_script([[local lure = require "lure"
local threads = lure.table "threads"
local problem = "none yet"
return { name = "x", version = "0.1.0", parse = function() end,
metrics = function() return { { name = "count", value = problem ~= "none yet" and 1 or 0 } } end,
capture_open = function(capture)
  threads:get(7).comm = "opened"
  capture:every(0.001, function() local fine, message = pcall(threads.get, threads, 7) problem = message return false end)
end,
capture_close = function() threads:get(7).comm = problem end }]]))
    local state = assert(library:init("", { inspector = inspector }))
    assert.is_true(state:capture_open())
    assert.equal("opened", inspector:table("threads"):read(7, "comm"))
    assert.is_true(wait(state, 1))
    assert.is_true(state:capture_close())
    given.holds(inspector:table("threads"):read(7, "comm"), 'the host does not let it be read in every')
    assert.equal(0, inspector:table("threads"):references())
  end)

  it("needs 3.7", function()
    assert.equal("3.7.0", assert(support.load_script(script())):info().api)
    local library, message = support.load_script(script(), { minor = 6 })
    assert.is_nil(library)
    given.holds(message, "3.7.0")
    for minor = 7, support.newest_minor do
      local state = support.start(script(), { minor = minor })
      assert.is_true(state:capture_open())
      assert.is_true(state:capture_close())
      state:destroy()
    end
  end)
end)
