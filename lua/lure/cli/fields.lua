-- fields: what can be shown of an event: the plugin's fields and those of every event.
--
-- A shown thing has a `name` (as a person writes it, "dummy.divisible[3]"), its `type`, a function
-- `get(view, event)` that answers its value or nil, and `digits`, true where a text is the
-- digits of a number too large for Lua. For the `view` see view.lua.

local eventfields = require "lure.cli.eventfields"
local stop = require "lure.cli.stop"
local text = require "lure.cli.text"
local transformers = require "lure.cli.transformers"

local fields = {}

local numbers = { uint64 = true, abstime = true, reltime = true }

local function plugin_field(field, name)
  return {
    name = name,
    type = field.type,
    list = field.list,
    digits = numbers[field.type],
    get = function(view, event)
      local state = field.of_source and view.source_state or view.state
      return state and (state:extract(event, name))
    end,
  }
end

-- All names that there are.
local function names_of(info)
  local names = eventfields.names()
  for _, field in ipairs(info.fields) do names[#names + 1] = field.name end
  table.sort(names)
  return names
end

local function find(info, name)
  for _, field in ipairs(info.fields) do
    if field.name == name then return field end
  end
end

-- What is wrong with the argument of a field, or nil.
local function check_argument(field, argument)
  local arg = field.arg
  if not argument then
    return arg.required and ("needs an argument: %s[%s]"):format(field.name, arg.index and "3" or "key")
  elseif not arg.index and not arg.key then
    return "takes no argument"
  elseif not arg.key and not argument:match("^%d+$") then
    return ('takes an index, as in %s[3]; got "%s"'):format(field.name, argument)
  elseif not arg.key and argument:match("^0%d") then
    return ('takes an index without leading zeros; got "%s"'):format(argument)
  elseif not arg.key and not math.tointeger(tonumber(argument)) then
    return ('takes an index up to %d; got "%s"'):format(math.maxinteger, argument)
  end
end

-- The name and the argument (nil: none) of "NAME[ARGUMENT]"; a text that is neither is a name as a whole.
function fields.split(whole)
  local name, argument = whole:match("^([^%[]*)%[([^%]]*)%]$")
  return name or whole, argument
end

-- What is wrong with asking the plugin's fields for "NAME[ARGUMENT]": a text, or nil.
function fields.problem_of(info, whole)
  local name, argument = fields.split(whole)
  local field = find(info, name)
  if not field then
    local names = {}
    for i, known in ipairs(info.fields) do names[i] = known.name end
    return ('no field "%s"%s'):format(name, text.suggestion(name, names))
  end
  local problem = check_argument(field, argument)
  return problem and ("field %s %s"):format(name, problem)
end

-- A host's own field; nil: there is none of that name.
local function host_field(name) return eventfields.find(name) or eventfields.find_of_call(name) end

-- The shown thing of a host's own field.
local function event_field(field, whole, argument)
  if argument and not (field.wants or field.takes) then stop.usage("-p: %s takes no argument", field.name) end
  if field.wants and not argument then
    stop.usage("-p: field %s needs an argument: %s[%s]", field.name, field.name, field.wants)
  end
  if field.only_compared then stop.usage("-p: %s is for conditions only", field.name) end
  local get, problem = field.new(argument)
  if not get then stop.usage("-p: %s: %s", whole, problem) end
  return { name = whole, type = field.type, list = field.list, get = get, as_is = true }
end

-- The shown thing of that name and argument (nil: none); a usage error if there is none.
function fields.named(info, name, argument)
  local whole = argument and ("%s[%s]"):format(name, argument) or name
  local of_event = host_field(name)
  if of_event then return event_field(of_event, whole, argument) end
  local field = find(info, name)
  if not field then
    stop.usage('-p: unknown field "%s"%s', name, text.suggestion(name, names_of(info)))
  end
  local problem = check_argument(field, argument)
  if problem then stop.usage("-p: field %s %s", name, problem) end
  return plugin_field(field, whole)
end

-- The shown thing that a transformer makes of another one.
function fields.transformed(name, shown)
  local kind, is_list = transformers[name].type_of(shown.type, shown.list)
  if not kind then
    stop.usage("-p: %s takes no %s%s, which %s is", name, shown.type, shown.list and " list" or "", shown.name)
  end
  local apply = transformers[name].apply
  return {
    name = ("%s(%s)"):format(name, shown.name),
    type = kind,
    list = is_list,
    get = function(view, event)
      local value = shown.get(view, event)
      if value ~= nil then return apply(value) end
    end,
  }
end

-- The names of transformers, sorted.
function fields.transformers()
  local names = {}
  for name in pairs(transformers) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Is there such a field, with or without arguments?
function fields.exists(info, name) return host_field(name) ~= nil or find(info, name) ~= nil end

-- All of the plugin's fields that need no argument.
function fields.all(info)
  local all = {}
  for _, field in ipairs(info.fields) do
    if not field.arg.required then all[#all + 1] = plugin_field(field, field.name) end
  end
  return all
end

return fields
