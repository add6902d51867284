-- kernel: what specs have of the kernel: threads, and the events of a capture. What is wrong is thrown as a text.
--
--   kernel.new_event { type = "openat", … }             see encode.lua; as one of lua/lure/capture/events.lua
--   kernel.type_of(captured)                            "openat"; the name of an async event
--   kernel.param(captured, name)                        as scripts read it; nil: it is absent
--   kernel.set_thread(inspector, { tid = 1, exe_path = "…" })
--   kernel.pass(plugin, captured)                       the event changes the table of threads, as in hosts
--   kernel.read_capture(path, plugin, take, most)       take(event) for each; see lua/lure/capture/events.lua

local host = require "lure.host"
local captures = require "lure.capture.reader"
local encode = require "lure.testing.encode"
local kernelparams = require "lure.cli.kernelparams"
local text = require "lure.cli.text"
local threads_of = require "lure.capture.table"

local kernel = {}

function kernel.new_event(members)
  local event = { ts = members.ts or host.event({}).ts, tid = members.tid or 1, is_made = true }
  event.bytes, event.code = encode.event { type = members.type, dir = members.dir, params = members.params,
    ts = event.ts, tid = event.tid }
  event.count = #kernelparams.row(event.code).parameters
  return event
end

function kernel.type_of(captured) return captured.name or kernelparams.row(captured.code).name end

function kernel.param(captured, name)
  local number = kernelparams.number_of(kernelparams.row(captured.code), name)
  if not number then
    error(('an event of the type %s has no parameter "%s"'):format(kernel.type_of(captured), name), 0)
  end
  return kernelparams.value(captured, number)
end

local SUBTABLES = { args = true, env = true, cgroups = true, file_descriptors = true }

-- What a thread has of which nothing is said.
local function new_thread(tid) return { tid = tid, pid = tid, vtid = tid, vpid = tid, reaper_tid = -1 } end

-- Whether the table has these fields.
local function check_fields(fields, values)
  local names = {}
  for name in pairs(fields) do names[#names + 1] = name end
  table.sort(names)
  for name in pairs(values) do
    if not fields[name] then
      error(('threads have no field "%s"%s'):format(tostring(name), text.suggestion(tostring(name), names)), 0)
    end
  end
end

local function demand(done, message)
  if done == nil then error(message, 0) end
  return done
end

-- Replaces all entries of a table of a thread. `values`: a list; descriptors: by number; cgroups: also by name.
local function set_entries(list, name, values)
  if type(values) ~= "table" then error(("%s: expected a table, got a %s"):format(name, type(values)), 0) end
  demand(list:clear())
  local count = 0
  local function add(key, entry) demand(list:add(key, entry)) end
  for key, value in pairs(name == "file_descriptors" and values or {}) do
    add(key, type(value) == "string" and { fd = key, name = value } or value)
  end
  for i, value in ipairs(name ~= "file_descriptors" and values or {}) do
    add(i - 1, type(value) == "table" and value or { value = value })
    count = i
  end
  if name ~= "cgroups" then return end
  for first, second in pairs(values) do
    if type(first) == "string" then
      add(count, { first = first, second = second })
      count = count + 1
    end
  end
end

function kernel.set_thread(inspector, values)
  local threads, tid = demand(inspector:table "threads"), type(values) == "table" and values.tid
  if math.type(tid) ~= "integer" then
    error(("thread: expected a table with the number of a thread, tid, got %s"):format(tostring(tid)), 0)
  end
  check_fields(threads:fields(), values)
  if not threads:get(tid) then demand(threads:add(tid, new_thread(tid))) end
  for name, value in pairs(values) do
    if SUBTABLES[name] then
      set_entries(demand(threads:subtable(tid, name)), name, value)
    else
      demand(threads:write(tid, name, value))
    end
  end
  return threads
end

-- What events change in the plugin's table of threads; one for all of them.
local function changes_of(plugin)
  plugin.changes = plugin.changes or threads_of.of(plugin.state:inspector())
  return plugin.changes
end

function kernel.pass(plugin, captured) changes_of(plugin).event(captured) end

function kernel.read_capture(path, plugin, take, most)
  local capture = demand(captures.open(path, changes_of(plugin)))
  local count = 0
  while count ~= most do
    local captured, problem = capture:next()
    if not captured then
      capture:close()
      if problem then error(problem, 0) end
      return
    end
    count = count + 1
    take(captured, count)
  end
  capture:close()
end

return kernel
