-- eventfields: what hosts know of every event by themselves, `evt.*`, for events of plugins and, of a capture, of the
-- kernel.
--
--   local field = eventfields.find("evt.arg.data")      nil: there is no such field
--   field.name, field.type
--   field.wants                                         what must stand in brackets, in words; nil: nothing may
--   local get = field.new(argument)                     nil and why not
--   local value = get(view, event)                      nil: it has none; for the view see view.lua
--
-- The values are those of libsinsp (0.23), as its outputs print them: a string, an integer or a boolean. One
-- `get` is for one place in an output: some count from the event that it saw last.

local lazily = require "lure.cli.lazily"
local text = require "lure.cli.text"

local kernelparams = lazily "lure.cli.kernelparams"

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
    return number and kernelparams.shown(view.captured, number)
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
  if view.kernel then return kernelparams.text(view.captured) end
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
      if view.kernel then return kernelparams.shown(view.captured, number + 1) end
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
  if kernelparams.is_name(argument) then
    return function(view, event) return parameter(view, event, argument) end
  end
  return nil, ('events of plugins have no parameter "%s"; there are event_data and plugin_id, and of async '
    .. "events data, name and plugin_id"):format(argument)
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

-- ---- the table ----

local function type_of(view)
  return view.kernel and view.kernel.name or view.async and view.async.name or "pluginevent"
end

-- Types come in pairs, the exit of a system call behind its enter.
local function direction(view) return view.kernel and view.captured.code % 2 == 1 and "<" or ">" end

-- What a system call returned: the parameter "res" or "fd" that the exit begins with.
local function result(view)
  local first = view.kernel and direction(view) == "<" and view.kernel.parameters[1]
  if not first or not (first.name == "res" or first.name == "fd") then return nil end
  return math.tointeger(kernelparams.value(view.captured, 1))
end

local function has_failed(view)
  local returned = result(view)
  return view.kernel and returned ~= nil and returned < 0 or nil
end

local function of_plugins(value)
  return function(view) if not view.kernel then return value end end
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
  { "evt.outputtime", "string", function(_, event) return text.time(event.ts) end },
  { "evt.pluginname", "string", function(view) return not view.async and not view.kernel and view.plugin or nil end },
  { "evt.plugininfo", "string",
    function(view, event) return not view.async and view:has_text() and view:text(event) or nil end },
  { "evt.source", "string", function(view, event) return view:source_of(event) end },
  { "evt.is_async", "bool", function(view) return view.async ~= nil end },
  { "evt.asynctype", "string", function(view) return view.async and view.async.name end },
  { "evt.hostname", "string", hostname },
  { "evt.type", "string", type_of },
  { "evt.dir", "string", direction },
  { "evt.category", "string", of_plugins "other" },
  { "evt.cpu", "uint64", function(view) return view.captured and view.captured.cpu or 0 end },
  { "evt.count", "uint64", function() return 1 end },
  { "evt.args", "string", all_parameters },
  { "evt.info", "string", all_parameters },
  { "evt.buffer", "string", function(view, event) return parameter(view, event, "data") end },
  { "evt.arg", "string", wants = "event_data", new = new_parameter },
  { "evt.rawarg", "string", wants = "event_data", new = new_parameter },
  { "evt.res", "string" },
  { "evt.rawres", "uint64", result },
  { "evt.failed", "bool", has_failed },
  { "evt.io_dir", "string" },
  { "syscall.type", "string", function(view) return view.kernel and view.kernel.name end },
}
for _, name in ipairs { "io", "io_read", "io_write", "open_create", "open_exec", "open_read", "open_write", "syslog",
  "wait" } do
  list[#list + 1] = { "evt.is_" .. name, "bool", of_plugins(false) }
end

local by_name = {}

local function nothing() return nil end

for _, row in ipairs(list) do
  local get = row[3] or nothing
  by_name[row[1]] = { name = row[1], type = row[2], wants = row.wants, new = row.new or function() return get end }
end

-- The field of that name; "evt.arg.data" is "evt.arg" with its argument.
function eventfields.find(name)
  if by_name[name] then return by_name[name] end
  local base, argument = name:match("^(evt%.arg)%.([%w_]+)$")
  if not base then base, argument = name:match("^(evt%.rawarg)%.([%w_]+)$") end
  local field = base and by_name[base]
  if not field then return nil end
  return { name = name, type = field.type, new = function() return field.new(argument) end }
end

-- The names of all, sorted.
function eventfields.names()
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return eventfields
