-- Everything but a source: tables, parsing, events of the kernel, async events, listening, metrics, set_config.
local lure = require "lure"

local threads = lure.table("threads", { fields = { comm = "string", ["s.count"] = "uint64",
  file_descriptors = { fields = { name = "string", ["s.mark"] = "string" } } } })
local users = lure.table "users"
local tables = lure.table "gone" -- called as in lua/lure/meta.lua
local word

local plugin = {
  name = "state", version = "0.1.0", description = "d", contact = "c",
  config = { word = { type = "string", default = "w" } },
  extract_event_sources = { "syscall" }, extract_event_types = { "open" },
  parse_event_sources = { "syscall" }, parse_event_types = { "open", 5 },
  async_events = { "one", "two" }, async_event_sources = { "syscall" },
  tables = { gone = { key = "string", fields = { n = "int64" } }, users = { key = "string", fields = { count = "uint64", home = "string",
    sessions = { key = "int64", fields = { tty = "string" } } } } },
}

local function wait() lure.spawn(lure.sleep, 1e6) lure.sleep(1e6) end

function plugin.init(config)
  word = config.word
  lure.spawn(wait)
end

plugin.async = wait

function plugin.set_config(config) word = config.word end

function plugin.parse(event)
  local thread = threads:get(event.tid)
  thread["s.count"] = thread["s.count"] + 1
  local fd = thread.file_descriptors:add(3, { name = event.param.name })
  fd["s.mark"] = word
  local user = users:get(event.param.name) or users:add(event.param.name, { home = "/home" })
  user.count = user.count + 1
  user.sessions:add(user.count, { tty = "tty" })
  local seen = 0
  users:each(function(entry) seen = seen + entry.count end)
  assert(seen > 0)
  threads:each(function(entry) return entry.comm ~= "" end)
  assert(tables:exists "n")
  tables:add("a", { n = 1 })
  tables:add("b", { n = 2 })
  assert(tables:get("a").n == 1)
  tables:erase "a"
  tables:each(function(entry, key) assert(key == "b" and entry.n == 2) end)
  assert(#tables == 1)
  tables:clear()
  lure.emit("one", "parsed " .. event.param.name)
end

plugin.fields = {
  { name = "s.count", type = "uint64", desc = "-", extract = function(_, _, event) return threads:get(event.tid)["s.count"] end },
  { name = "s.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name, nil end },
}

function plugin.capture_open(capture)
  local cancel = capture:every(3600, function() end)
  capture:every(0.001, wait)
  cancel()
end

function plugin.dump_state(emit) emit("two", "state") end

function plugin.metrics() return { { name = "m", value = 1 }, { name = "n", value = 0.5, monotonic = true } } end

return plugin
