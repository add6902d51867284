-- eventfields: what hosts know of every event by themselves, `evt.*`, for events of plugins and, of a capture, of the
-- kernel.
--
--   local field = eventfields.find("evt.arg.data")      nil: there is no such field
--   local field = eventfields.find_of_call("proc.name") the same of processes and descriptors, of the kernel's events
--   field.name, field.type
--   field.compared                                      the type that conditions compare it as, if another one
--   field.wants                                         what must stand in brackets, in words; nil: nothing may
--   local get = field.new(argument)                     nil and why not
--   local value = get(view, event)                      nil: it has none; for the view see view.lua
--   field.value                                         like `new`, where conditions compare what outputs do not print
--
-- The values are those of libsinsp (0.23), as its outputs print them: a string, an integer or a boolean. One
-- `get` is for one place in an output: some count from the event that it saw last.

local lazily = require "lure.cli.lazily"
local text = require "lure.cli.text"

local callfields = lazily "lure.cli.callfields"
local kernelfacts = lazily "lure.cli.kernelfacts"
local kernelfields = lazily "lure.cli.kernelfields"
local kernelparams = lazily "lure.cli.kernelparams"
local kerneltext = lazily "lure.cli.kerneltext"

local eventfields = {}

local SECOND = 1000000000

local function seconds(event) return math.tointeger(event.ts) and event.ts // SECOND end

local function rest(event) return math.tointeger(event.ts) and ("%09d"):format(event.ts % SECOND) end

local function local_time(event, format) return os.date(format, seconds(event)) end

-- ---- parameters of events ----

local PLUGIN_PARAMETERS = { "plugin_id", "event_data" }
local ASYNC_PARAMETERS = { "plugin_id", "name", "data" }

local function parameter(view, event, name)
  if view.kernel then
    local number = kernelparams.number_of(view.kernel, name)
    return number and kerneltext.shown(view, number)
  end
  if name == "plugin_id" then return view.plugin_id and tostring(view.plugin_id) end
  if view.async then
    if name == "name" then return view.async.name end
    return name == "data" and text.bytes(view.async.data) or nil
  end
  return name == "event_data" and text.bytes(event.data) or nil
end

local function names_for(view) return view.async and ASYNC_PARAMETERS or PLUGIN_PARAMETERS end

local function all_parameters(view, event)
  if view.kernel then return kerneltext.all(view) end
  local parts = {}
  for i, name in ipairs(names_for(view)) do
    parts[i] = name .. "=" .. (parameter(view, event, name) or "")
  end
  return table.concat(parts, " ")
end

-- `argument`: a name, or a number from 0.
local function new_parameter(argument)
  local number = argument:match("^%d+$") and math.tointeger(tonumber(argument))
  if number then
    return function(view, event)
      if view.kernel then return kerneltext.shown(view, number + 1) end
      return parameter(view, event, names_for(view)[number + 1])
    end
  end
  for _, names in ipairs { PLUGIN_PARAMETERS, ASYNC_PARAMETERS } do
    for _, name in ipairs(names) do
      if name == argument then
        return function(view, event) return parameter(view, event, name) end
      end
    end
  end
  if kernelparams.type_of(argument) then
    return function(view, event) return parameter(view, event, argument) end
  end
  return nil, ('events of plugins have no parameter "%s"; there are event_data and plugin_id, and of async '
    .. "events data, name and plugin_id"):format(argument)
end

-- The bytes of the buffer, which conditions look into.
local function buffer(view)
  if view.kernel then return callfields.raw_value(view, "data") end
  return view.async and view.async.data or nil
end

-- ---- parameters as they are ----

-- Of events of plugins: the number, or texts and bytes.
local function raw_parameter(view, event, name)
  if name == "plugin_id" then return view.plugin_id end
  if view.async then return name == "name" and view.async.name or name == "data" and view.async.data or nil end
  return name == "event_data" and event.data or nil
end

local function new_raw(of_kernel, of_plugin)
  return function(argument)
    local kind, problem = callfields.raw_type(argument)
    if not kind then return nil, problem end
    return function(view, event)
      if view.kernel then return of_kernel(view, argument) end
      return of_plugin(view, event, argument)
    end
  end
end

local new_raw_text = new_raw(function(view, name) return callfields.raw_text(view, name) end, parameter)
local new_raw_value = new_raw(function(view, name) return callfields.raw_value(view, name) end, raw_parameter)

-- ---- types ----

local PLUGIN_EVENT, ASYNC_EVENT = 322, 402

local function code_of(view) return view.kernel and view.kernel.code or view.async and ASYNC_EVENT or PLUGIN_EVENT end

-- Whether an event has that type: the first of the name, enter or exit, as libsinsp has it, or a number.
local function new_type_is(argument)
  local number = argument:find "^%d+$" and math.tointeger(tonumber(argument))
  local first = number or kernelfacts.code_of(argument)
  if not first then return nil, ('there is no event type "%s"'):format(argument) end
  local last = number or first + 1
  return function(view)
    local code = code_of(view)
    return (code == first or code == last) and 1 or 0
  end
end

-- ---- times ----

-- Since the first event that was asked for, or the one before: ns, made to what is shown.
local function since(first, show)
  return function()
    local from
    return function(_, event)
      local ts = math.tointeger(event.ts)
      if not ts then return nil end
      from = from or ts
      local passed = ts - from
      if not first then from = ts end
      return show(passed)
    end
  end
end

local function whole_seconds(ns) return ns // SECOND end

local function padded(ns) return ("%09d"):format(ns) end

local function padded_rest(ns) return ("%09d"):format(ns % SECOND) end

local function as_is(ns) return ns end

local host_name

-- As Falco: what FALCO_HOSTNAME says, or the machine's name.
local function hostname()
  if not host_name then
    local file = io.open("/proc/sys/kernel/hostname")
    host_name = os.getenv("FALCO_HOSTNAME") or file and file:read("l") or ""
    if file then file:close() end
  end
  return host_name ~= "" and host_name or nil
end

-- How many ms an event is from a point in time; part of one counts as a whole.
local function new_distance(argument)
  local point = argument:find "^%d+$" and math.tointeger(tonumber(argument))
  if not point then return nil, ("expected a time in ns in brackets, got [%s]"):format(argument) end
  return function(_, event)
    local ts = math.tointeger(event.ts)
    return ts and -(-math.abs(ts - point) // 1000000)
  end
end

-- ---- the table ----

local function type_of(view, event)
  if view.kernel then return callfields.type(view, event) end
  return view.async and view.async.name or "pluginevent"
end

local function async_type(view)
  if view.async then return view.async.name end
  return view.kernel and callfields.meta_type(view) or nil
end

-- Types come in pairs, the exit of a system call behind its enter.
local function direction(view) return view.kernel and view.captured.code % 2 == 1 and "<" or ">" end

-- What callfields.lua has of that name in events of the kernel, and `otherwise` in others.
local function of_calls(name, otherwise, ...)
  local more = ...
  return function(view, event)
    if not view.kernel then return otherwise end
    return callfields[name](view, event, more)
  end
end

local function constant(value)
  return function() return value end
end

-- name, type, and `get` or `new`; one without either has no value in events of plugins
local list = {
  { "evt.num", "uint64", function(view, event) return view:num(event) end },
  { "evt.time", "string", function(_, event) return text.time(event.ts) end },
  { "evt.time.s", "string", function(_, event) return text.time(event.ts):sub(1, 8) end },
  { "evt.time.iso8601", "string", function(_, event) return text.iso8601(event.ts) end },
  { "evt.datetime", "string", function(_, event) return local_time(event, "%Y-%m-%d ") .. text.time(event.ts) end },
  { "evt.datetime.s", "string", function(_, event) return local_time(event, "%Y-%m-%d %H:%M:%S") end },
  { "evt.rawtime", "abstime", function(_, event) return tostring(event.ts) end },
  { "evt.rawtime.s", "abstime", function(_, event) return seconds(event) end },
  { "evt.rawtime.ns", "abstime", function(_, event) return rest(event) end },
  { "evt.reltime", "reltime", new = since(true, padded) },
  { "evt.reltime.s", "reltime", new = since(true, whole_seconds) },
  { "evt.reltime.ns", "reltime", new = since(true, padded_rest) },
  { "evt.deltatime", "reltime", new = since(false, as_is) },
  { "evt.deltatime.s", "reltime", new = since(false, whole_seconds) },
  { "evt.deltatime.ns", "reltime", new = since(false, padded_rest) },
  { "evt.around", "around", wants = "1700000000000000000", new = new_distance, only_compared = true },
  { "evt.outputtime", "string", function(_, event) return text.time(event.ts) end },
  { "evt.pluginname", "string", function(view) return not view.async and not view.kernel and view.plugin or nil end },
  { "evt.plugininfo", "string",
    function(view, event) return not view.async and view:has_text() and view:text(event) or nil end },
  { "evt.source", "string", function(view, event) return view:source_of(event) end },
  { "evt.is_async", "bool", function(view) return async_type(view) ~= nil end },
  { "evt.asynctype", "string", async_type },
  { "evt.hostname", "string", hostname },
  { "evt.type", "string", type_of },
  { "evt.dir", "string", direction },
  { "evt.category", "string", of_calls("category", "other") },
  { "evt.cpu", "uint64", function(view) return view.captured and view.captured.cpu or 0 end, compared = "int16" },
  { "evt.count", "uint64", constant(1), compared = "uint32" },
  { "evt.count.error", "uint64", of_calls "error_count", compared = "uint32" },
  { "evt.count.error.file", "uint64", of_calls "error_count_file", compared = "uint32" },
  { "evt.count.error.net", "uint64", of_calls "error_count_net", compared = "uint32" },
  { "evt.count.error.memory", "uint64", of_calls "error_count_memory", compared = "uint32" },
  { "evt.count.error.other", "uint64", of_calls "error_count_other", compared = "uint32" },
  { "evt.count.exit", "uint64", of_calls "exit_count", compared = "uint32" },
  { "evt.args", "string", all_parameters },
  { "evt.info", "string", all_parameters },
  { "evt.buffer", "string", function(view, event) return parameter(view, event, "data") end, compared = "bytes",
    value = constant(buffer) },
  { "evt.buflen", "uint64", of_calls "buffer_length" },
  { "evt.arg", "string", wants = "event_data", new = new_parameter },
  { "evt.rawarg", "string", wants = "event_data", new = new_raw_text, value = new_raw_value },
  { "evt.type.is", "uint64", wants = "open", new = new_type_is, compared = "uint32" },
  { "evt.res", "string", of_calls "result_text" },
  { "evt.rawres", "uint64", of_calls "result", compared = "int64" },
  { "evt.failed", "bool", of_calls "failed" },
  { "evt.is_io", "bool", of_calls("is_io", false) },
  { "evt.is_io_read", "bool", of_calls("is_io_read", false) },
  { "evt.is_io_write", "bool", of_calls("is_io_write", false) },
  { "evt.io_dir", "string", of_calls "io_direction" },
  { "evt.is_wait", "bool", of_calls("is_wait", false) },
  { "evt.is_syslog", "bool", of_calls("is_syslog", false) },
  { "evt.is_open_read", "bool", of_calls("is_open_read", false) },
  { "evt.is_open_write", "bool", of_calls("is_open_write", false) },
  { "evt.is_open_create", "bool", of_calls("is_open_create", false) },
  { "evt.is_open_exec", "bool", of_calls("is_open_exec", false) },
  { "evt.abspath", "string", of_calls("absolute_path", nil, "source") },
  { "evt.abspath.src", "string", of_calls("absolute_path", nil, "source") },
  { "evt.abspath.dst", "string", of_calls("absolute_path", nil, "target") },
  { "evt.latency", "reltime", constant(0) }, -- hosts do not know it any more
  { "evt.latency.s", "reltime", constant(0) },
  { "evt.latency.ns", "reltime", constant("000000000") },
  { "evt.latency.human", "string", constant "0ns" },
  { "evt.wait_latency", "reltime", constant(0) },
  { "syscall.type", "string", of_calls "syscall" },
}

local by_name = {}

local function nothing() return nil end

for _, row in ipairs(list) do
  local get = row[3] or nothing
  by_name[row[1]] = { name = row[1], type = row[2], compared = row.compared, wants = row.wants, value = row.value,
    only_compared = row.only_compared,
    new = row.new or function() return get end }
end

-- Those with what stands in brackets elsewhere behind a dot.
local WITH_ARGUMENT = { "^(evt%.arg)%.([%w_]+)$", "^(evt%.rawarg)%.([%w_]+)$", "^(evt%.type%.is)%.([%w_]+)$" }

-- The field of that name; "evt.arg.data" is "evt.arg" with its argument.
function eventfields.find(name)
  if by_name[name] then return by_name[name] end
  if not name:find "^evt%." then return nil end
  for _, pattern in ipairs(WITH_ARGUMENT) do
    local base, argument = name:match(pattern)
    local field = base and by_name[base]
    if field then
      return { name = name, type = field.type, compared = base == "evt.rawarg" and callfields.raw_type(argument)
        or field.compared, new = function() return field.new(argument) end,
        value = field.value and function() return field.value(argument) end }
    end
  end
end

local OF_CALLS = { proc = true, thread = true, fd = true, fdlist = true, fs = true, user = true, group = true }

-- The same among those that tell of processes and descriptors (kernelfields.lua).
function eventfields.find_of_call(name)
  return OF_CALLS[name:match "^%l+"] and kernelfields.find(name) or nil
end

-- The names of all, sorted.
function eventfields.names()
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return eventfields
