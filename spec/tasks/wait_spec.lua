local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The first `count` events of an instance.
local function received(instance, count)
  local list = {}
  while #list < count do
    local rc, events, message = instance:next_batch()
    assert(rc == "success" or rc == "timeout", message)
    for _, event in ipairs(events) do list[#list + 1] = event.data end
  end
  return list
end

--- A field with what the global `seen` has.
local SEEN = 'fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } },'

local function seen(plugin)
  return plugin:extract(support.event("1"), "x.seen")
end

for _, api in ipairs { 3, 0 } do
  describe("a wait in plugin API " .. api, function()
    it("in next lets the host have what was there before", function()
      local instance = given.opened(given.source [[next = function(i)
        i.n = (i.n or 0) + 1
        if i.n == 3 then lure.sleep(1e6) end
        return i.n
      end]], { api = api })
      assert.same({ "1", "2" }, received(instance, 2))
      assert.equal("timeout", (instance:next_batch()))
    end)

    it("in next goes on in a later batch, where it was", function()
      local instance = given.opened(given.source [[batch = { milliseconds = 5 }, next = function(i)
        i.n = (i.n or 0) + 1
        for k = 1, 3 do lure.sleep(0.01) end
        return i.n < 4 and i.n or nil
      end]], { api = api })
      assert.same({ { "1", "2", "3" }, "eof" }, { given.patiently(instance) })
    end)

    it("in next may be followed by an error: next is called again", function()
      local instance = given.opened(given.source [[next = function(i)
        i.n = (i.n or 0) + 1
        lure.sleep(0.001)
        if i.n == 2 then error("oh") end
        return i.n < 4 and i.n or nil
      end]], { api = api })
      assert.same({ { "1", "3" }, "eof" }, { given.patiently(instance) })
    end)

    it("in open and init is waited for", function()
      local instance = given.opened(given.source [[batch = { events = 1 }, init = function() lure.sleep(0.01); n = 3 end,
        open = function() lure.sleep(0.01); n = n + 4; return {} end, next = function() return n end]], { api = api })
      assert.same({ "7" }, received(instance, 1))
    end)

    it("in an iterator keeps its control value", function()
      local instance = given.opened(given.source [[open = function()
        return function(limit, n) lure.sleep(0.002); if n < limit then return n + 1 end end, 3, 0
      end]], { api = api })
      assert.same({ { "1", "2", "3" }, "eof" }, { given.patiently(instance) })
    end)

    it("is ended by close: closing values run, and nothing else", function()
      local instance, plugin = given.opened(given.source(SEEN .. [[batch = { milliseconds = 1 }, next = function()
        local value <close> = setmetatable({}, { __close = function(_, problem) seen = "closed " .. tostring(problem) end })
        pcall(lure.sleep, 1e6)
        seen = "went on"
      end]]), { api = api })
      assert.equal("timeout", (instance:next_batch()))
      instance:close()
      assert.equal("closed nil", seen(plugin))
    end)

    it("is ended by destroy", function()
      local instance, plugin = given.opened(given.source [[batch = { milliseconds = 1 },
        next = function() lure.sleep(1e6) end]], { api = api })
      assert.equal("timeout", (instance:next_batch()))
      plugin:destroy()
    end)
  end)
end

describe("a wait", function()
  it("is not charged to the time limit, but what a task does is", function()
    local instance = given.opened(given.source [[batch = { milliseconds = 10 }, next = function(i)
      if i.over then while true do end end
      i.over = true
      for _ = 1, 4 do lure.sleep(0.03) end
      return "slept"
    end]], { config = '{"lure": {"time": 0.1, "max_errors": 1}}' })
    local list, rc, message = given.patiently(instance)
    assert.same({ { "slept" }, "failure" }, { list, rc })
    given.holds(message, "script.lua:4: next: stopped after 0.1 s of CPU time (limit: init_config.lure.time)")
  end)

  it("is in a task that has a time limit again after one was exceeded", function()
    for _, parts in ipairs { "next = function() call() end", "produce = function() call() end",
      "open = function() return function() call() end end" } do
      local instance = given.opened((given.source(parts):gsub("return {", [[local calls = 0
function call()
  calls = calls + 1
  lure.sleep(0.001)
  while calls < 4 do end
end
return {]], 1)), { config = '{"lure": {"time": 0.05, "max_errors": 0}}' })
      assert.same({ {}, "eof" }, { given.patiently(instance) })
    end
  end)

  it("in open or init that is longer than the time limit is an error, with its place", function()
    local config = { config = '{"lure": {"time": 0.05}}' }
    local state = support.start(given.source "next = function() end,\nopen = function()\nlure.sleep(1e6) end", config)
    local _, message = state:open()
    assert.equal("script.lua:5: open: still waiting after 0.05 s (limit: init_config.lure.time)", message)
    local library = assert(support.load_script(given.extractor("init = function()\nlure.sleep(1e6) end,\n" ..
      'fields = { { name = "x.y", type = "bool", desc = "-", extract = print } }')))
    _, message = library:init(config.config)
    given.holds(message, "script.lua:4: init: still waiting after 0.05 s (limit: init_config.lure.time)")
  end)

  it("in init of a plugin that several threads enter leaves its lock free", function()
    local instance, state = given.opened(given.source [[metrics = true, init = function() lure.sleep(0.001) end,
      next = function() return nil end]])
    assert.same({ {}, "eof" }, { given.patiently(instance) })
    state:destroy()
  end)

  it("takes no time of the processor", function()
    local instance = given.opened(given.source "next = function() lure.sleep(1e6) end")
    local begin = os.clock()
    for _ = 1, 10 do assert.equal("timeout", (instance:next_batch())) end -- a second
    assert.is_true(os.clock() - begin < 0.1)
  end)

  it("shows where it was thrown after it, through the coroutines", function()
    local errors = support.capture_stderr(function()
      local instance = given.opened(given.source [[next = function()
        local function inner() lure.sleep(0.001); error("oh") end
        local outer = coroutine.wrap(function() inner() end)
        outer()
      end]], { config = '{"lure": {"max_errors": 1}}' })
      local _, _, message = given.patiently(instance)
      given.holds(message, "script.lua:4: ", "next: ", "oh")
    end)
    given.holds(errors, "stack traceback", "script.lua:6: in function")
  end)

  for what, callback in pairs {
    extract = 'fields = { { name = "x.y", type = "bool", desc = "-",\nextract = function() lure.sleep(1) end } }',
    decode = 'decode = function() lure.sleep(1) end,\nfields = { { name = "x.y", type = "bool", desc = "-", extract = print } }',
  } do
    it("in " .. what .. " is an error", function()
      local plugin = support.start(given.extractor(callback))
      local _, message = plugin:extract(support.event("1"), "x.y")
      given.holds(tostring(message), "lure.sleep: cannot wait here; init, open, next, iterators, produce")
    end)
  end

  it("at the top level is an error", function()
    given.holds(given.problem("require 'lure'.sleep(1)\nreturn {}"), "script.lua:1: lure.sleep: cannot wait here")
  end)

  for what, body in pairs {
    ["string.gsub"] = 'string.gsub("abc", "b", function() lure.sleep(0.001) end)',
    ["table.sort"] = "table.sort({ 2, 1 }, function(a, b) lure.sleep(0.001); return a < b end)",
    ["load"] = "assert(load(function() lure.sleep(0.001) end))",
    ["a metamethod that C calls"] =
      "table.concat(setmetatable({}, { __index = function() lure.sleep(0.001) end, __len = function() return 2 end }))",
    ["a coroutine inside of string.gsub"] =
      'string.gsub("abc", "b", coroutine.wrap(function() lure.sleep(0.001) end))',
    ["string.gsub in a coroutine"] =
      'coroutine.wrap(function() string.gsub("abc", "b", function() lure.sleep(0.001) end) end)()',
  } do
    it("in " .. what .. " is an error", function()
      local instance = given.opened(given.source("next = function()\n" .. body .. "\nend"),
        { config = '{"lure": {"max_errors": 1}}' })
      local _, _, message = given.patiently(instance)
      given.holds(message, "script.lua:4: ", "next: ", "lure.sleep: cannot wait in a function that is called by C")
    end)
  end

  for what, seconds in pairs { ["nil"] = "nil", ["integer -1"] = "-1", ["number nan"] = "0/0", ['string "1"'] = "'1'" } do
    it("of " .. what .. " seconds is an error", function()
      local instance = given.opened(given.source("next = function() lure.sleep(" .. seconds .. ") end"),
        { config = '{"lure": {"max_errors": 1}}' })
      local _, _, message = given.patiently(instance)
      given.holds(message, "next: lure.sleep: expected seconds from 0 to 1e9, got ")
    end)
  end
end)
