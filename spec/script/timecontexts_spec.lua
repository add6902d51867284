-- The time limit holds wherever a script's code runs: in each callback, of both plugin APIs, and in what Lua itself
-- calls (finalizers, message handlers, closing values, ...). timebudget_spec.lua has more ways to use up time, in `open`.
local burners = require "spec.script.timeburners"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

-- Hosts of the plugin API 0.3.0 have no log.
local restore
local errors = support.file("", "stderr")
setup(function() restore = host.redirect_stderr(errors) end)
teardown(function() restore() end)

local LIMIT = 0.1
local SLACK = support.plain and 1 or 0.2 -- stock Lua makes the texts without charging them
local CONFIG = ('{"lure": {"time": %s, "max_errors": 0}}'):format(LIMIT)
local STOPPED = ("stopped after %s s"):format(LIMIT)

-- What a machine needs for a known amount of work, in comparison with a usual one: builds with sanitizers are slow.
local function slowness()
  local library = assert(support.load_script(given.source [[next = print,
    init = function() local t = {} for i = 1, 3000000 do t[i % 64] = i end end]]))
  local began = os.clock()
  assert(library:init())
  return math.max(1, (os.clock() - began) / 0.03)
end
local before = slowness()

-- Calls f, which takes no more CPU time than the limit, `times` of it, and the slack. Returns what f returns. Where other work
-- has taken the machine's caches it is called again: only what is late each time is late.
local function timed(times, f, ...)
  local least = math.huge
  for _ = 1, 3 do
    local began = os.clock()
    local results = table.pack(f(...))
    least = math.min(least, os.clock() - began)
    local function fits(slow) return least < times * LIMIT + SLACK * slow end
    if fits(before) or fits(slowness()) then return table.unpack(results, 1, results.n) end
  end
  error(("took %.3f s"):format(least))
end

-- Waits for a line on standard error that says that the time of a callback was up.
local function stopped_in_log(name)
  local deadline, text = os.time() + 60
  repeat
    local file = assert(io.open(errors))
    text = file:read("a")
    file:close()
    for line in text:gmatch("[^\n]+") do
      if line:find(name, 1, true) and line:find(STOPPED, 1, true) then return line end
    end
    os.execute "sleep 0.01"
  until os.time() > deadline
  return "standard error: " .. text
end

local FIELD = [[fields = { { name = "x.y", type = "%s", desc = "-", extract = %s } }, next = print, ]]
local SAME = "function(value) return value end"

-- The rest of a script in which %s is the function that is to be stopped, what messages call it, and how it is called:
-- returns what is said of that; true: it is in the log. And how it is ended, where it goes on.
local contexts = {
  init = { "next = print, init = %s", "init: ", function(_, library) return (select(2, library:init(CONFIG))) end },
  open = { "next = print, open = %s", "open: ", function(state) return select(2, state:open()) end },
  open_params = { "next = print, open_params = %s", "open_params: ", function(state) return select(2, state:open_params()) end },
  next = { "next = %s", "next: ", function(state)
    assert(state:open()):next_batch()
    return true
  end },
  ["an iterator"] = { "open = function() return %s end", "next: ", function(state)
    assert(state:open()):next_batch()
    return true
  end },
  close = { "next = print, close = %s", "close: ", function(state)
    assert(state:open()):close()
    return true
  end },
  progress = { "next = print, progress = %s", "progress: ", function(state)
    assert(state:open()):progress()
    return true
  end },
  ["a field"] = { FIELD:format("string", "%s"), "field x.y: ", function(state)
    return select(2, state:extract(support.event "1", "x.y"))
  end },
  decode = { "decode = %s, " .. FIELD:format("string", SAME), "decode: ", function(state)
    return select(2, state:extract(support.event "1", "x.y"))
  end },
  to_string = { "next = print, to_string = %s", "to_string: ", function(state)
    state:to_string(support.event "1")
    return state:last_error()
  end },
  parse = { 'parse_event_sources = { "x" }, next = print, parse = %s', "parse: ", function(state)
    return select(2, state:parse(support.event "1"))
  end, api3 = true },
  metrics = { "next = print, metrics = %s", "metrics: ", function(state)
    state:metrics()
    return true
  end, api3 = true },
  set_config = { "next = print, set_config = %s", "set_config: ", function(state)
    return select(2, state:set_config "{}")
  end, api3 = true },
  async = { 'async_events = { "a" }, next = print, async = %s', "async: ", function(state)
    state:async_open()
    return true, function() state:async_close() end
  end, api3 = true, more = true },
  dump_state = { 'async_events = { "a" }, next = print, dump_state = %s', "dump_state: ", function(state)
    return select(2, state:dump_state())
  end, api3 = true },
  capture_open = { "next = print, capture_open = %s", "capture_open: ", function(state)
    return select(2, state:capture_open())
  end, api3 = true },
  capture_close = { "next = print, capture_open = function() end, capture_close = %s", "capture_close: ", function(state)
    state:capture_open()
    state:capture_close()
    return true
  end, api3 = true },
  every = { "next = print, capture_open = function(capture) capture:every(0.01, %s) end", "every: ", function(state)
    state:capture_open()
    return true, function() state:capture_close() end
  end, api3 = true, more = true },
}

-- Runs `code` as that callback, with that plugin API.
local function burn(context, api, code)
  local rest, name, call = table.unpack(context)
  local script = given.source((rest:gsub("%%s", function() return "function(...)\n" .. code .. "\nend" end)))
  local library = assert(support.load_script(script, { api = api }))
  local state = name ~= "init: " and assert(library:init(CONFIG))
  assert(io.open(errors, "w")):close()
  -- the timer's thread calls again, and each call has its time
  local message = timed(context.more and 3 or 1, function()
    local said, finish = call(state, library)
    if said == true then said = stopped_in_log(name) end
    if finish then finish() end
    return said
  end)
  given.holds(message, name, STOPPED)
end

-- Some of each kind. LURE_PLAIN_LUA counts instructions of Lua alone.
local kinds = { "a loop", "errors deep in the stack", "coroutines of a few steps", "a set at each place",
  "gsub with a function", "table.insert", "load of a long chunk", "lure.json.encode" }
if support.plain then kinds = { "a loop" } end

local function sorted_names(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

for _, api in ipairs { 3, 0 } do
  describe(("the time limit, in a plugin of API %d, ends"):format(api), function()
    for _, name in ipairs(sorted_names(contexts)) do
      if api == 3 or not contexts[name].api3 then
        for _, kind in ipairs(kinds) do
          it(("%s in %s"):format(kind, name), function() burn(contexts[name], api, burners[kind]) end)
        end
      end
    end
  end)
end

-- What Lua calls by itself, around endless steps (%s).
local inside = {
  ["a coroutine"] = "coroutine.wrap(function() %s end)()",
  ["a coroutine in a coroutine"] = "coroutine.wrap(function() coroutine.wrap(function() %s end)() end)()",
  ["a message handler"] = "xpcall(error, function() %s end)",
  ["a closing value"] = "do local _ <close> = setmetatable({}, { __close = function() %s end }) end",
  ["a closing value of an error"] =
    "pcall(function() local _ <close> = setmetatable({}, { __close = function() %s end }) error() end)",
  ["a closing value of many"] = [[
    local function f(n)
      local _ <close> = setmetatable({}, { __close = function() %s end })
      if n > 0 then f(n - 1) end
    end
    pcall(f, 150) while true do end]],
  ["__tostring of an error"] = "error(setmetatable({}, { __tostring = function() %s end }))",
  ["__tostring of what is logged"] = "print(setmetatable({}, { __tostring = function() %s end }))",
  ["__name that is no string"] = "error(setmetatable({}, { __name = {}, __tostring = function() %s end }))",
  ["__index"] = "local _ = setmetatable({}, { __index = function() %s end }).x",
  ["a comparator"] = "table.sort({ 1, 2, 3 }, function() %s end)",
  ["a replacement"] = "string.gsub('x', 'x', function() %s end)",
  ["a reader"] = "load(function() %s end)",
  ["__pairs"] = "pairs(setmetatable({}, { __pairs = function() %s end }))",
  ["a deep stack"] = "local function f(n) if n > 0 then return (f(n - 1)) end %s end f(150000)",
  ["__tostring of an error, in a deep stack"] = [[
    local function f(n)
      if n > 0 then return (f(n - 1)) end
      error(setmetatable({}, { __tostring = function() %s end }))
    end
    f(150000)]],
  ["a metamethod of strings"] = 'getmetatable("").__unm = function() %s end local _ = -"x"',
}

describe("the time limit ends a loop in", function()
  for _, what in ipairs(sorted_names(inside)) do
    for _, name in ipairs { "init", "next", "a field", "to_string", "metrics", "async" } do
      it(("%s in %s"):format(what, name), function()
        burn(contexts[name], 3, (inside[what]:gsub("%%s", "while true do end")))
      end)
    end
  end
end)

-- What is done in C with the results of callbacks. Each of these texts takes a while: its bytes are no UTF-8.
local texts = [[local s, t = ("\xff"):rep(1 << 20), {} for i = 1, 400 do t[i] = s end return t]]
local long = [[return ("\xff"):rep(1 << 27)]]
local results = {
  ["a list of texts of a field"] = { '"string", list = true', "a field", texts },
  ["a list of numbers of a field"] = { '"uint64", list = true', "a field",
    "local t = {} for i = 1, 1 << 20 do t[i] = i end return t" },
  ["a text of a field"] = { '"string"', "a field", long },
  ["a text of to_string"] = { nil, "to_string", long },
  ["a text of progress"] = { nil, "progress", "return 0, (function() " .. long .. " end)()" },
  ["suggestions for open"] = { nil, "open_params",
    [[local s, t = ("x"):rep(1 << 20), {} for i = 1, 250 do t[i] = { value = s } end return t]] },
  ["a message of the log"] = { nil, "init", [[local s = ("x"):rep(1 << 16) while true do lure.log.info(s) end]] },
}

describe("the time limit covers", function()
  for _, name in ipairs(sorted_names(results)) do
    it(name, function()
      local type, callback, code = table.unpack(results[name])
      local context = table.move(contexts[callback], 1, 3, 1, {})
      if type then context[1] = context[1]:gsub('"string"', type) end
      local config = ('{"lure": {"time": %s, "max_errors": 0, "memory": 1500000000}}'):format(LIMIT)
      local script = given.source((context[1]:gsub("%%s", function() return "function(...)\n" .. code .. "\nend" end)))
      local library = assert(support.load_script(script))
      local state = callback ~= "init" and assert(library:init(config))
      timed(1, context[3], state, library)
    end)
  end
end)

-- State tables of a script, whose loops are in C.
local function with_table(fields, parse)
  return (given.source(([[next = print, parse_event_sources = { "x" }, parse = function(event) %s end,
    tables = { t = { key = "int64", fields = { %s } } } ]]):format(parse, fields)):gsub("\n", "\nlocal t, n = lure.table 't', 0\n", 1))
end

describe("the time limit ends", function()
  for _, method in ipairs { "each", "clear" } do
    it(method .. " in a loop, over a state table whose entries are gone", function()
      local library = assert(support.load_script(with_table("", ([[
        if event.data == "fill" then
          for _ = 1, 500 do n = n + 1 t:add(n) end
        else
          t:clear() while true do t:%s(print) end
        end]]):format(method))))
      local state = assert(library:init('{"lure": {"time": 0.1, "memory": 500000000}}', { inspector = host.inspector() }))
      for _ = 1, 500 do assert(state:parse(support.event "fill")) end
      timed(1, function() given.holds(select(2, state:parse(support.event "burn")), "parse: ", STOPPED) end)
    end)
  end

  it("init, where a state table has very many fields", function()
    local fields = {}
    for i = 1, 8000 do fields[i] = ("f%d = 'int8'"):format(i * 7919 % 1000003) end
    local library = assert(support.load_script(with_table(table.concat(fields, ","), "")))
    timed(1, function() given.holds(select(2, library:init(CONFIG, { inspector = host.inspector() })), STOPPED) end)
  end)
end)

-- The configuration of a host limits the first loading, so there the process has to be one.
describe("the time limit, in the configuration of a host, ends the script's top level at its first loading:", function()
  local driver = support.file(([[
    local began = os.clock()
    local _, _, detail = require("lure.host").load(%q, { env = { LURE_SCRIPT = false } })
    io.write(os.clock() - began, " ", detail and detail.required_api_version or "loaded", "\n")
  ]]):format(support.lib()), "driver.lua")
  local folder = support.folder() .. "/named"
  support.run(("mkdir -p %s && cp $(readlink -f $(command -v lua5.4)) %s/sysdig"):format(support.quote(folder), support.quote(folder)))

  --- The CPU time that loading the script takes, and what comes of it.
  local function load(script)
    local output = support.run(("LUA_CPATH=%s %s/sysdig %s -H %s 2>/dev/null"):format(support.quote(package.cpath), support.quote(folder),
      support.quote(driver), support.quote(('%s:{"script": "%s", "lure": {"time": %s}}'):format(support.lib(), script, LIMIT))))
    local seconds, text = output:match "^([%d.e-]+) (.*)\n$"
    return tonumber(seconds) or error(output), text
  end

  for _, kind in ipairs(kinds) do
    it(kind, function()
      local script = support.file("local lure = require 'lure';\n" .. burners[kind])
      local least, text = math.huge, nil
      for _ = 1, 3 do
        local seconds
        seconds, text = load(script)
        least = math.min(least, seconds)
        if least < LIMIT + SLACK * slowness() then break end
      end
      given.holds(text, STOPPED)
      assert.is_true(least < LIMIT + SLACK * math.max(before, slowness()), least)
    end)
  end
end)
