local host = require "lure.host"
local given = require "spec.given"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

-- `endless` makes functions that never end, until there is a new configuration. The limit of time is by the wall
-- clock: on a busy machine any function may run into it, so what is to succeed is tried until it does.
local SCRIPT = [[local ends = false
local function endless(answer)
  return function()
    while not ends do end
    return answer
  end
end
return { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() end, async_events = { "e" },
  set_config = function() ends = true end, metrics = true, %s }]]

local function start(rest, most)
  return support.start(SCRIPT:format(rest), { config = ('{"lure": {"time": 0.03, "max_errors": %d}}'):format(most or 3) })
end

local function metric(state, name)
  for _, one in ipairs(state:metrics()) do
    if one.name == name then return one.value end
  end
end

--- Calls `step` until it, or `done`, answers true.
local function until_true(step, done)
  local from = os.time()
  repeat
    assert(os.time() - from < 300, "nothing has come of it in five minutes")
    local answer = step()
  until (done or function() return answer end)()
end

local number = 0
local function event()
  number = number + 1
  return host.event { data = "1", num = number, source = "x" }
end

-- What a host does again and again: the rest of the script, what logs call the function, a call of it, and what
-- metrics call it.
local KINDS = {
  ["a field's function"] = { 'fields = { { name = "x.n", type = "uint64", desc = "-", extract = endless(1) } }',
    "field x.n", function(state) return state:extract(event(), "x.n") end, "extract" },
  decode = { 'decode = endless({}), fields = { { name = "x.n", type = "uint64", desc = "-", extract = endless(1) } }',
    "decode", function(state) return state:extract(event(), "x.n") end, "decode" },
  parse = { "parse = endless()", "parse", function(state) return state:parse(event()) end, "parse" },
  to_string = { 'to_string = endless("text")', "to_string", function(state) return state:to_string(event()) end,
    "to_string" },
  progress = { "progress = endless(0.5)", "progress", function(_, instance) return instance:progress() end,
    "progress" },
}

describe("a function that always runs into the limit of time", function()
  for kind, case in pairs(KINDS) do
    local rest, name, ask, callback = table.unpack(case)

    it("is suspended, tried again, and called as before once it ends in time: " .. kind, function()
      local state = start(rest)
      local instance = assert(state:open())
      local function call() ask(state, instance) end
      local function calls() return metric(state, "lure." .. callback .. ".calls") end
      for _ = 1, 3 do call() end
      assert.equal(3, calls())
      local log = state:log()
      given.holds(log[#log].message, "script.lua: " .. name .. ": suspended for 0.3 s: the last 3 calls were stopped")

      until_true(call, function() return calls() > 3 end)
      assert.equal(4, calls()) -- one, in vain
      log = state:log()
      given.holds(log[#log].message, name .. ": suspended for 0.6 s: the last 4 calls were stopped")

      until_true(function() return state:set_config "" end)
      until_true(call, function() return calls() > 8 end)
      instance:close()
      state:destroy()
    end)
  end

  it("is not suspended where calls between them end in time", function()
    local state = support.start(given.field([[function(v) if v == "loop" then while true do end end return v end]]),
      { config = '{"lure": {"time": 0.5, "max_errors": 2}}' }) -- a usual call ends in time on any machine
    for _ = 1, 3 do
      assert.is_nil((state:extract(support.event "loop", "x.y")))
      assert.equal("fine", state:extract(support.event "fine", "x.y"))
    end
  end)

  it("is suspended, and lure's own metrics come meanwhile: metrics", function()
    local state = start "metrics = endless({ { name = 'own', value = 1 } })"
    for _ = 1, 3 do state:metrics() end
    local log = state:log()
    given.holds(log[#log].message, "script.lua: metrics: suspended for 0.3 s: the last 3 calls were stopped")
    until_true(function() return metric(state, "lure.suspended") == 1 end)
    assert.is_nil(metric(state, "own"))

    until_true(function() return state:set_config "" end)
    until_true(function() return metric(state, "own") == 1 end)
  end)

  it("has no value meanwhile, and other functions have theirs", function()
    local state = start [[fields = {
      { name = "x.n", type = "uint64", desc = "-", extract = endless(1) },
      { name = "x.fine", type = "string", desc = "-", extract = function(_, _, event) return tostring(event.num) end } }]]
    local function ask()
      local value, message = state:extract(event(), "x.n")
      assert.is_nil(value)
      return message == nil -- no error: it was not called
    end
    until_true(ask)
    until_true(function() ask() return metric(state, "lure.suspended") == 1 end)
    until_true(function() return state:extract(event(), "x.fine") == tostring(number) end)
  end)

  it("is called always where max_errors is 0", function()
    local state = start('fields = { { name = "x.n", type = "uint64", desc = "-", extract = endless(1) } }', 0)
    for _ = 1, 5 do state:extract(event(), "x.n") end
    assert.same({ 5, 0 }, { metric(state, "lure.extract.calls"), metric(state, "lure.suspended") })
  end)

  it("is suspended on a thread of lure's, too: async and every", function()
    for rest, name in pairs {
      ["async_interval = 0.001, async = endless()"] = "async",
      ["capture_open = function(capture) capture:every(0.001, endless()) end"] = "every",
    } do
      local state = start(rest)
      local lines = {}
      assert(state[name == "async" and "async_open" or "capture_open"](state))
      until_true(function() for _, line in ipairs(state:log()) do lines[#lines + 1] = line.message end end,
        function() return #lines > 0 and lines[#lines]:find("suspended", 1, true) end)
      given.holds(table.concat(lines, "\n"), "script.lua: " .. name .. ": suspended for 0.3 s: the last 3 calls were stopped")
      state:destroy()
    end
  end)
end)
