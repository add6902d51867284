-- fields: what conditions can name: the plugin's fields and those of every event; and their values, once an event.
--
--   local known = fields.new(info)                   info: of a session, or library:info()
--   local field, why = known:find(name, argument)    nil: there is none, or not with that argument
--   known:select(view, event)                        from now on values are of this event (view: cli/view.lua)
--   local slot = known:slot(key, get)                a place for a value, one for each `key`; get(view, event): or nil
--   known.values[slot] or known.fetch(slot)          its value in the event; known.NONE: it has none
--   known.made                                       what was made of values of lists, by these; see comparison.lua
--
-- A field is { name =, type =, list =, get = }. Types are those of plugins, and of the host's own fields "int64",
-- "int16", "uint32", "double" and "bytes", and "around": how far from a point in time, in ms; "unknown": a field of the
-- kernel's events, of which lure has no values.
-- One that has several values at once, as proc.aname, has `each`, a function that gets a list of them, and `all`,
-- whether "!=" has to be true of all.
--
-- Values are as libsinsp compares them: texts; numbers as 64 bits in an integer, whatever their sign means; booleans
-- as 1 and 0; addresses as their bytes; of lists a table of these.

local constants = require "lure.rules.constants"
local host = require "lure.host"
local eventfields = require "lure.cli.eventfields"
local hostfields = require "lure.cli.hostfields"
local text = require "lure.cli.text"

local fields = {}

local SECOND = 1000000000

-- A value that is none; never a value of an event.
fields.NONE = setmetatable({}, { __name = "no value" })

local Fields = {}
Fields.__index = Fields

-- ---- values ----

local function number_of(value)
  return math.type(value) == "integer" and value or math.tointeger(value) or constants.wrapped(value)
end

local readers = {
  string = function(value) return value end,
  bytes = function(value) return value end,
  bool = function(value) return value and 1 or 0 end,
  uint64 = number_of,
  int64 = number_of,
  int16 = number_of,
  uint32 = number_of,
  abstime = number_of,
  reltime = number_of,
  double = function(value) return value end,
  around = number_of,
  ipaddr = host.address,
  ipnet = host.address,
}

local function list_reader(read)
  return function(list)
    local values = {}
    for i, value in ipairs(list) do values[i] = read(value) end
    return values
  end
end

-- ---- fields of the plugin ----

local function plugin_field(field, whole)
  local read = readers[field.type]
  if field.list then read = list_reader(read) end
  local of_source = field.of_source
  local plain = read == readers.string
  return {
    name = whole, type = field.type, list = field.list,
    get = function(view, event)
      local state = of_source and view.source_state or view.state
      if not state then return nil end
      local value = state:extract(event, whole)
      if value == nil or plain then return value end
      return read(value)
    end,
  }
end

-- What is wrong with an index as argument, or nil.
local function index_problem(argument)
  if not argument:find("^%d+$") then return "an index has digits only" end
  if argument:find("^0.") then return "an index has no zeros in front" end
  if #argument > 20 or #argument == 20 and argument > "18446744073709551615" then return "an index has 64 bits" end
end

-- What is wrong with the argument (nil: none) of a plugin's field; nil: nothing.
local function argument_problem(field, argument)
  local arg = field.arg
  if not argument then
    return arg.required and ("needs an argument, as in %s[%s]"):format(field.name, arg.index and "3" or "key") or nil
  end
  if not (arg.index or arg.key) then return "takes no argument" end
  if argument:find("[ %]]") then
    return ('cannot have the argument "%s": hosts end one at a blank or a "]"'):format(argument)
  end
  local problem = not arg.key and index_problem(argument)
  return problem and ('takes an index as argument, as in %s[3], got "%s": %s'):format(field.name, argument, problem)
end

-- ---- fields of every event ----

-- Times since another event count from all that were selected. (libsinsp's evt.deltatime counts from the event for
-- which any filter or output asked for it last, so that its value hangs on what other rules there are.)
local function since(known, name)
  local from, part = name:match("^evt%.(%l+)time%.?(%l*)$")
  if from ~= "rel" and from ~= "delta" then return nil end
  return function(_, event)
    local ts = math.tointeger(event.ts)
    if not ts then return nil end
    local passed = ts - (from == "rel" and known.first_ts or known.last_ts or ts)
    return part == "s" and passed // SECOND or part == "ns" and passed % SECOND or passed
  end
end

local function reading(get, read)
  return function(view, event)
    local value = get(view, event)
    if value ~= nil then return read(value) end
  end
end

local function event_field(known, field, whole, argument)
  if argument and not field.wants then return nil, ("%s takes no argument"):format(field.name) end
  if field.wants and not argument then
    return nil, ("field %s needs an argument, as in %s[%s]"):format(field.name, field.name, field.wants)
  end
  local kind, own = field.compared or field.type, since(known, field.name)
  if own then return { name = whole, type = kind, get = own } end
  local get, problem = (field.value or field.new)(argument)
  if not get then return nil, problem end
  return { name = whole, type = kind, get = reading(get, readers[kind]) }
end

-- ---- fields of the kernel's events ----

local function kernel_field(field, whole, argument)
  if argument and not (field.takes or field.wants) then return nil, ("%s takes no argument"):format(field.name) end
  if field.wants and not argument then
    return nil, ("field %s needs an argument, as in %s[%s]"):format(field.name, field.name, field.wants)
  end
  local get, problem = (field.value or field.new)(argument)
  if not get then return nil, ("field %s: %s"):format(field.name, problem) end
  local read = readers[field.type]
  if field.list then read = list_reader(read) end
  return { name = whole, type = field.type, list = field.list, get = reading(get, read), all = field.all,
    each = not argument and field.each and reading(field.each, list_reader(read)) or nil }
end

-- ---- all ----

local function nothing() return nil end

local function names_in(list)
  local names = {}
  for name in list:gmatch("%S+") do names[name] = true end
  return names
end

local of_kernel

-- The fields of the kernel's events that hosts have of their own.
local function is_of_kernel(name)
  of_kernel = of_kernel or names_in(hostfields.syscall)
  return of_kernel[name] or of_kernel[name:match "^(evt%.r?a?w?arg)%." or name:match "^(thread%.cgroup)%." or false]
end

local function names_of(known)
  local names = eventfields.names()
  for name in pairs(known.by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The host's own fields come first: a plugin's of the same name is never asked for.
function Fields:find(name, argument)
  local whole = argument and ("%s[%s]"):format(name, argument) or name
  local of_event = eventfields.find(name)
  if of_event then return event_field(self, of_event, whole, argument) end
  local of_call = eventfields.find_of_call(name)
  if of_call then return kernel_field(of_call, whole, argument) end
  if is_of_kernel(name) then return { name = whole, type = "unknown", get = nothing } end
  local field = self.by_name[name]
  if not field then return nil, ('no field "%s"%s'):format(name, text.suggestion(name, names_of(self))) end
  local problem = argument_problem(field, argument)
  if problem then return nil, ("field %s %s"):format(name, problem) end
  return plugin_field(field, whole)
end

-- Is there such a field, if only with an argument?
function Fields:has(name) return eventfields.find(name) ~= nil or is_of_kernel(name) or self.by_name[name] ~= nil end

function Fields:slot(key, get)
  local slot = self.slots[key]
  if not slot then
    slot = #self.getters + 1
    self.getters[slot], self.slots[key] = get, slot
  end
  return slot
end

-- Makes the function that gets a value for the first time in an event.
local function fetcher(known)
  local values, used, getters, NONE = known.values, known.used, known.getters, fields.NONE
  return function(slot)
    local value = getters[slot](known.view, known.event)
    if value == nil then value = NONE end
    values[slot] = value
    used[#used + 1] = slot
    return value
  end
end

function Fields:select(view, event)
  local values, used = self.values, self.used
  for i = #used, 1, -1 do values[used[i]], used[i] = nil, nil end
  self.view, self.event = view, event
  local ts = math.tointeger(event.ts)
  self.first_ts, self.last_ts, self.this_ts = self.first_ts or ts, self.this_ts or ts, ts
end

function fields.new(info)
  local known = setmetatable({
    by_name = {}, slots = {}, getters = {}, values = {}, used = {}, NONE = fields.NONE,
    made = setmetatable({}, { __mode = "k" }),
    async_events = info.async_events or {},
  }, Fields)
  for i = #info.fields, 1, -1 do known.by_name[info.fields[i].name] = info.fields[i] end -- of two the first counts
  known.fetch = fetcher(known)
  return known
end

return fields
