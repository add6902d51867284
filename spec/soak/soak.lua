-- soak.lua EVENTS [SEED]: drives random plugins for so many events, and ends with 1 where a value is wrong, or where the
-- process has more memory, descriptors or threads at its end than it had when it was warm.
--
-- A round is one plugin state with a random script (source, payloads, fields, limits, API version): it is opened, read,
-- closed and opened again, asked for fields, texts, metrics and progress, reloaded, and destroyed. Payloads and values are
-- functions of the event's number, so that all of them are checked.
local host = require "lure.host"
local support = require "spec.support"

local wanted, seed = math.tointeger(arg[1]), math.tointeger(arg[2] or 1)
math.randomseed(seed)

local LONGEST_LIST <const> = 40
local CONFIG <const> = '{"lure":{"reload":0.01,"memory":50000000,"optimize":%s}}'

--- What an event's number leads to: 40 bits that look random. Scripts have the same function.
local MIX <const> = [[local function mix(i) i = i * 0x9E3779B97F4A7C15 return (i ~ (i >> 29)) & 0xFFFFFFFFFF end]]
local mix = load(MIX .. " return mix")()

-- The payload of number i, as Lua writes it, and the fields that such payloads have: their values by name.
local PAYLOADS <const> = {
  { text = [[return ("%d"):format(mix(i))]],
    decode = [[decode = function(event) return math.tointeger(event.data) end,]], value = "value" },
  { text = [[return ('{"n":%d,"s":"user-%d","list":[%d,2,3],"deep":{"x":"\\u00e4%d"}}'):format(mix(i), i % 1000, i % 7, i)]],
    decode = [[decode = function(event) return lure.json.parse(event.data) end,]], value = "value.n",
    paths = [[{ name = "x.path", type = "uint64", path = "/n", desc = "-" },
      { name = "x.deep", type = "string", path = "/deep/x", desc = "-" },
      { name = "x.list", type = "uint64", path = "/list/0", desc = "-" },]],
    expected = { ["x.path"] = mix, ["x.deep"] = function(i) return "ä" .. i end, ["x.list"] = function(i) return i % 7 end } },
  { text = [[return ("time=%d user=root msg=%s"):format(mix(i), ("x"):rep(i % 300))]],
    decode = "", value = [[math.tointeger(value:match "^time=(%d+)")]] },
}

-- How a script hands payloads over. `count` is the number of the last one, in the plugin's table.
local SOURCES <const> = {
  [[next = function() plugin.count = plugin.count + 1 return payload(plugin.count) end,]],
  ([[next = function()
    local list = {}
    for k = 1, 1 + mix(plugin.count) %% %d do
      plugin.count = plugin.count + 1
      list[k] = k %% 3 == 0 and { payload(plugin.count), plugin.count } or payload(plugin.count)
    end
    return list
  end,]]):format(LONGEST_LIST),
  [[open = function() return function() plugin.count = plugin.count + 1 return payload(plugin.count), plugin.count end end,]],
  [[next = function()
    if mix(plugin.count + plugin.pauses) % 50 == 0 then plugin.pauses = plugin.pauses + 1 return lure.TIMEOUT end
    plugin.count = plugin.count + 1 plugin.pauses = 0
    return payload(plugin.count)
  end,]],
  [[next = function()
    if mix(plugin.count + plugin.pauses) % 997 == 0 then plugin.pauses = plugin.pauses + 1 error("on purpose " .. plugin.count) end
    plugin.count = plugin.count + 1 plugin.pauses = 0
    return payload(plugin.count)
  end,]],
}

local ASYNC <const> = [[async_events = { "tick" }, async_interval = 0.01, async = function(emit) emit("tick", "x") end,]]
local METRICS <const> = [[metrics = function() return { { name = "count", value = plugin.count } } end,]]
local TABLES <const> = [[tables = { seen = { key = "uint64", fields = { n = "uint64", s = "string" } } },
  parse = function(event)
    local key = event.num % 100
    local entry = seen:get(key) or seen:add(key, { n = 0 })
    entry.n = entry.n + 1
    entry.s = ("s"):rep(key)
    if key == 99 then seen:clear() end
  end,]]

local function one_of(list)
  return list[math.random(#list)]
end

local function script_of(payload, source, extras)
  return ([[local lure = require "lure"
%s
local function payload(i) %s end
local plugin
%s
plugin = { name = "x", version = "1.0.0", id = 999, event_source = "x", %s %s %s
  fields = { %s
    { name = "x.n", type = "uint64", desc = "-", extract = function(value) return %s end },
    { name = "x.text", type = "string", desc = "-", extract = function(value, arg, event) return event.data:sub(1, 40) end },
    { name = "x.fails", type = "string", desc = "-", extract = function(value) return nil end } },
  to_string = function(value, event) return "text of " .. event.data end }
function plugin.init() plugin.count, plugin.pauses = 0, 0 end
function plugin.reload(old) plugin.count, plugin.pauses = old.count, old.pauses end
return plugin]]):format(MIX, payload.text, extras:find("tables", 1, true) and 'local seen = lure.table "seen"' or "", source,
    payload.decode, extras, payload.paths or "", payload.value)
end

local function check(good, ...)
  if not good then
    error(table.concat({ "seed " .. seed, ... }, ": "), 2)
  end
end

--- Asks for all of one event, whose number is i.
local function check_event(state, event, i, payload)
  check(state:extract(event, "x.n") == mix(i), "x.n", i)
  check(state:extract(event, "x.text") == event.data:sub(1, 40), "x.text", i)
  check(state:extract(event, "x.fails") == nil, "x.fails", i)
  for name, value in pairs(payload.expected or {}) do
    check(state:extract(event, name) == value(i), name, i)
  end
  check(state:to_string(event) == "text of " .. event.data, "to_string", i)
end

--- Reads some batches. `opened`: what was left of a list when the instance before was closed is gone. Returns the number
-- of the last event.
local function read(state, instance, last, payload, parses, opened)
  local expected = load(MIX .. " return function(i) " .. payload.text .. " end")()
  for _ = 1, math.random(30) do
    local result, events, message = instance:next_batch()
    check(result == "success" or result == "timeout", result, message)
    local asked = math.random(40)
    for k = 1, #events do
      local event = events[k]
      last = last + 1
      while opened and event.data ~= expected(last) and last < opened + LONGEST_LIST do
        last = last + 1
      end
      opened = nil
      check(event.data == expected(last), "payload", last, event.data)
      if parses then
        check(state:parse(event), "parse", last)
      end
      if k % asked == 0 then
        check_event(state, event, last, payload)
      end
    end
  end
  return last
end

local function write(path, text)
  local file = assert(io.open(path .. ".new", "w"))
  file:write(text)
  file:close()
  assert(os.rename(path .. ".new", path))
end

local reloads, async_events = 0, 0

--- A plugin's life. Returns how many events it had.
local function round()
  local api = math.random(4) == 1 and 0 or 3
  local payload, extras = one_of(PAYLOADS), ""
  if api == 3 then
    extras = (math.random(4) == 1 and ASYNC or "") .. (math.random(2) == 1 and METRICS or "") ..
      (math.random(2) == 1 and TABLES or "")
  end
  local text, path = script_of(payload, one_of(SOURCES), extras), support.folder() .. "/script.lua"
  write(path, text)
  local library = assert(support.load_script(path, { api = api }))
  local state = assert(library:init(CONFIG:format(tostring(math.random(5) > 1))))
  local last = 0
  if extras:find("async", 1, true) then
    assert(state:async_open())
  end
  for _ = 1, math.random(4) do
    local instance = assert(state:open())
    for reading = 1, math.random(3) do
      last = read(state, instance, last, payload, extras:find("parse", 1, true), reading == 1 and last)
      instance:progress()
      if extras:find("metrics", 1, true) then
        check(#state:metrics() > 0, "metrics")
      end
      if math.random(3) == 1 then
        write(path, text .. "\n-- " .. last)
      end
    end
    if math.random(5) > 1 then
      instance:close()
    end
  end
  async_events = async_events + #state:async_events()
  for _, line in ipairs(state:log()) do
    reloads = reloads + (line.message:find("reloaded", 1, true) and 1 or 0)
  end
  state:destroy()
  return last
end

--- What the process holds: memory in KiB, descriptors, threads.
local function held()
  collectgarbage()
  collectgarbage()
  local file = assert(io.open "/proc/self/status")
  local status = file:read "a"
  file:close()
  return math.tointeger(status:match "VmRSS:%s*(%d+)"), support.descriptors(), math.tointeger(status:match "Threads:%s*(%d+)")
end

local function soak()
  local events, rounds, largest, next_look = 0, 0, 0, wanted // 20
  local warm, descriptors, threads
  while events < wanted do
    events = events + round()
    rounds = rounds + 1
    if events >= next_look then
      local memory, open, running = held()
      next_look = next_look + wanted // 20
      largest = math.max(largest, memory)
      if not warm and events >= wanted // 4 then
        warm, descriptors, threads = largest, open, running
      end
      check(not warm or open == descriptors, "descriptors", descriptors, open)
      check(not warm or running == threads, "threads", threads, running)
      print(("%d events, %d rounds: %d KiB, %d descriptors, %d threads"):format(events, rounds, memory, open, running))
    end
  end
  check(largest <= warm + warm // 10 + 2048, "memory", warm, largest)
  check(reloads > 0 and async_events > 0, "reloads and async events", reloads, async_events)
  print(("%d events, %d async events, %d plugin states, %d reloads: %d KiB when it was warm, at most %d KiB"):format(events,
    async_events, rounds, reloads, warm, largest))
end

local restore = host.redirect_stderr "/dev/null" -- what the scripts log
local good, message = xpcall(soak, debug.traceback)
restore()
if not good then
  io.stderr:write(message, "\n")
  os.exit(1)
end
