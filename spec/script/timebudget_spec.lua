-- Whatever a script does, a call of it ends within init_config.lure.time and 0.2 s. The ways to use up time are in
-- timeburners.lua.
local burners = require "spec.script.timeburners"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local LIMIT = 0.15
local CONFIG = ('{"lure": {"time": %s, "max_errors": 0, "log": "error"}}'):format(LIMIT)

-- What a machine needs for a known amount of work, in comparison with a usual one: builds with sanitizers are slow.
local function slowness()
  local library = assert(support.load_script(given.source [[next = print,
    init = function() local t = {} for i = 1, 3000000 do t[i % 64] = i end end]]))
  local began = os.clock()
  assert(library:init())
  return math.max(1, (os.clock() - began) / 0.03)
end
local before = slowness()

-- Calls f, and returns what it does; it took no more CPU time than the limit and the slack. Other work on the machine
-- takes its caches, so that it may be slower now than it was, and for a while: only what is late each time is late.
local function timed(f, ...)
  local least = math.huge
  for _ = 1, 4 do
    local began = os.clock()
    local results = table.pack(f(...))
    least = math.min(least, os.clock() - began)
    if least < LIMIT + 0.2 * before or least < LIMIT + 0.2 * slowness() then
      return table.unpack(results, 1, results.n)
    end
  end
  error(("took %.3f s"):format(least))
end

local STOPPED = ("stopped after %s s"):format(LIMIT)

local function sorted_names(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- LURE_PLAIN_LUA counts instructions of Lua alone: these end there, too.
local HELD_BY_PLAIN_LUA = {
  "a loop", "goto", "a numeric for", "a generic for", "tail calls", "recursion", "__index", "pcall in a loop",
  "pcall of a loop", "xpcall with a handler that loops", "handlers that fail", "coroutines of a few steps",
  "coroutines that are resumed", "coroutines in pcall", "coroutines that are closed", "closing values",
  "many closing values",
}

describe("the time limit ends", function()
  for _, name in ipairs(support.plain and HELD_BY_PLAIN_LUA or sorted_names(burners)) do
    it(name, function()
      local state = support.start(given.source(([[next = print,
        open = function(params)
          if params == "fine" then return {} end
          %s
        end]]):format(burners[name])), { config = CONFIG })
      local instance, message = timed(state.open, state, "burn")
      assert.is_nil(instance)
      given.holds(message, "open: ", STOPPED, "(limit: init_config.lure.time)")
      assert.truthy(state:open "fine")
    end)
  end
end)
