local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What a source with this `produce` gives: its payloads, the end and the error.
local function produced(body, rest, time)
  local instance, state = given.opened(given.source((rest or "") .. "produce = function(params, emit)\n" .. body .. "\nend"),
    { config = ('{"lure": {"max_errors": 1, "time": %g}}'):format(time or 10) })
  local list, rc, message = given.patiently(instance)
  return table.concat(list, " "), message or rc, state
end

describe("lure.spawn", function()
  it("runs tasks beside each other", function()
    assert.same({ "b a c", "eof" }, { (produced [[
      local a = lure.spawn(function(text) lure.sleep(0.05); emit(text) end, "a")
      lure.spawn(function() emit("b") end)
      a:join()
      emit("c")]]) , "eof" })
  end)

  it("wakes tasks in the order of their times", function()
    assert.equal("1 2 3 4 5 6 7 8", (produced [[
      local began, tasks = lure.now(), {}
      for i, n in ipairs { 4, 7, 2, 8, 1, 6, 3, 5 } do
        tasks[i] = lure.spawn(function()
          lure.sleep(math.max(0, n * 0.1 - (lure.now() - began) / 1e9)) -- far enough from each other for a busy machine
          emit(n)
        end)
      end
      for _, task in ipairs(tasks) do task:join() end]]))
  end)

  it("begins as soon as the running task waits, in order", function()
    assert.equal("0 1 2 3", (produced [[
      for n = 1, 3 do lure.spawn(function() emit(n) end) end
      emit(0)
      lure.sleep(0)
      lure.sleep(0.01)]]))
  end)

  it("begins beside a next that has nothing, in the same batch", function()
    local instance, plugin = given.opened(given.source [[next = function()
      lure.spawn(function() seen = "began" end)
      return lure.TIMEOUT
    end, fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } }]])
    instance:next_batch()
    assert.equal("began", plugin:extract(support.event("1"), "x.seen"))
  end)

  it("without an end does not keep open from going on", function()
    local instance = given.opened(given.source [[open = function()
      local function again() lure.spawn(again) end
      again()
      lure.sleep(0.001)
    end, next = function() return nil end]])
    instance:close()
  end)

  it("gives its results to all that join it, before and after its end", function()
    assert.equal("1 nil 3/1 nil 3/1 nil 3", (produced [[
      local task = lure.spawn(function() lure.sleep(0.005); return 1, nil, 3 end)
      local function text() local a, b, c = task:join(); return a .. " " .. tostring(b) .. " " .. c end
      local other = lure.spawn(function() return text() end)
      local texts = { text() }
      texts[2], texts[3] = other:join(), text()
      emit(table.concat(texts, "/"))]]))
  end)

  it("that throws throws in those that join it", function()
    assert.equal("false script.lua:4: spawn: oh", (produced [[local task = lure.spawn(function() lure.sleep(0.001); error("oh") end)
      local done, text = pcall(task.join, task)
      emit(tostring(done) .. " " .. text)]]))
  end)

  it("that throws fails its source, where nobody waits for it", function()
    local list, message = produced [[lure.spawn(function() lure.sleep(0.001); error("oh") end)
      emit(1)
      lure.sleep(1e6)]]
    assert.same({ "1", "script.lua:4: spawn: oh" }, { list, message })
  end)

  it("that throws counts as an error of next", function()
    local instance = given.opened(given.source [[next = function(i)
      i.n = (i.n or 0) + 1
      if i.n == 1 then lure.spawn(function() error("oh") end) end
      return i.n < 4 and i.n or nil
    end, batch = { events = 1 }]], { config = '{"lure": {"max_errors": 1}}' })
    local list, rc, message = given.patiently(instance)
    assert.same({ "failure", "script.lua:5: spawn: oh" }, { rc, message })
    assert.equal("1", list[1])
  end)

  it("goes on while next waits, or has nothing", function()
    for _, nothing in ipairs { "lure.sleep(0.001)", "" } do
      local instance = given.opened(given.source(([[next = function(i)
        if not i.task then i.task = lure.spawn(function() for _ = 1, 3 do lure.sleep(0.001) end i.done = true end) end
        if i.done then return nil end
        %s
        return lure.TIMEOUT
      end]]):format(nothing)))
      assert.same({ {}, "eof" }, { given.patiently(instance) })
    end
  end)

  it("is cancelled with its source, and its closing values run", function()
    local instance, plugin = given.opened(given.source [[produce = function(_, emit)
      lure.spawn(function()
        local value <close> = setmetatable({}, { __close = function() seen = "closed" end })
        emit(1)
        lure.sleep(1e6)
      end)
      lure.sleep(1e6)
    end, fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } }]])
    repeat local _, events = instance:next_batch() until #events > 0
    instance:close()
    assert.equal("closed", plugin:extract(support.event("1"), "x.seen"))
  end)

  it("is cancelled where produce returns", function()
    local list, message, plugin = produced([[lure.spawn(function()
        local value <close> = setmetatable({}, { __close = function() seen = "closed" end })
        lure.sleep(1e6)
      end)
      lure.sleep(0.001)]], 'fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } },')
    assert.same({ "", "eof" }, { list, message })
    assert.equal("closed", plugin:extract(support.event("1"), "x.seen"))
  end)

  it("cancels one that waits, at once: closing values run, and it is over", function()
    assert.equal("closed true nil the task was cancelled true", (produced [[
      local text = ""
      local task = lure.spawn(function()
        local value <close> = setmetatable({}, { __close = function() text = text .. "closed " end })
        pcall(lure.sleep, 1e6)
        text = text .. "went on "
      end)
      lure.sleep(0.001)
      local done = task:cancel()
      text = text .. tostring(done) .. " "
      local none, why = task:join()
      text = text .. tostring(none) .. " " .. why .. " " .. tostring(task:cancel())
      emit(text)]]))
  end)

  it("cancels one that has not begun, and one that waits in emit", function()
    assert.equal("1 2", (produced([[
      lure.spawn(emit, "never"):cancel()
      local late = lure.spawn(emit, "late")
      emit(1)
      lure.spawn(function() late:cancel() end)
      emit(2)]], "batch = { events = 1 }, ")))
  end)

  it("tells an error of a closing value", function()
    assert.equal("false oh", (produced [[
      local task = lure.spawn(function()
        local value <close> = setmetatable({}, { __close = function() error("oh", 0) end })
        lure.sleep(1e6)
      end)
      lure.sleep(0.001)
      local done, text = task:cancel()
      emit(tostring(done) .. " " .. text)]]))
  end)

  for what, case in pairs {
    ["a task that cancels itself"] = { "task = lure.spawn(function() task:cancel() end) task:join()", "a task cannot cancel itself" },
    ["a task that joins itself"] = { "task = lure.spawn(function() task:join() end) task:join()", "a task cannot wait for itself" },
    ["no function"] = { "lure.spawn(1)", "bad argument #1 to 'spawn' (function expected, got number)" },
    ["a method without its task"] = { "error(select(2, pcall(lure.spawn(print).join)))", "lure.spawn: join: expected a task, got no value" },
    ["another object"] = { "lure.spawn(print).join({})", "lure.spawn: join: expected a task, got table; call it as task:join()" },
  } do
    it("refuses " .. what, function()
      given.holds(select(2, produced(case[1])), "script.lua:4: ", case[2])
    end)
  end

  it("is refused where nobody would run its task", function()
    local plugin = support.start(given.field "function() lure.spawn(print) end")
    given.holds(select(2, plugin:extract(support.event("1"), "x.y")), "lure.spawn: not here; init, open, next, iterators, produce")
  end)

  it("has no metatable for scripts", function()
    assert.equal("false", (produced "emit(tostring(getmetatable(lure.spawn(function() end))))"))
  end)

  it("has a limit of CPU time, as the function that spawns it", function()
    local _, message = produced("lure.spawn(function() while true do end end) lure.sleep(1e6)", nil, 0.1)
    given.holds(message, "spawn: stopped after 0.1 s of CPU time")
  end)

  it("is in the time limit, and so is cancelling", function()
    local instance = given.opened(given.source [[produce = function()
      while true do lure.spawn(print):cancel() end
    end]], { config = '{"lure": {"max_errors": 1, "time": 0.1}}' })
    given.holds(select(3, given.patiently(instance)), "stopped after 0.1 s")
  end)
end)
