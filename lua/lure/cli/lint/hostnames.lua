-- hostnames: fields whose names a host reads as those of its own, or of an official plugin.
--
-- libsinsp asks each class of fields in turn, its own first, for the longest of its names that the text begins with,
-- and takes the first class that has one: a field called evt.number is evt.num with a rest, and unknown. Falco
-- refuses a plugin that has a field of the same name.

local known = require "lure.cli.hostfields"

local hostnames = {}

-- Any name that begins with this is refused by libsinsp among fields of the kernel ("proc.arg … not implemented").
local NEVER = "arg"

local all = {} -- the names of all sets

local function set_of(text)
  local names = {}
  for name in text:gmatch("%S+") do names[name], all[name] = true, true end
  return names
end

local any, syscall, former = set_of(known.any), set_of(known.syscall), set_of(known.former)
local plugins = {}
for plugin, text in pairs(known.plugins) do plugins[#plugins + 1] = { name = plugin, fields = set_of(text) } end
table.sort(plugins, function(a, b) return a.name < b.name end)

-- The names of all sets that `field` begins with, the longest first.
local function names_before(field)
  local list = {}
  for length = #field, 1, -1 do
    local name = field:sub(1, length)
    if all[name] then list[#list + 1] = name end
  end
  return list
end

-- The first of the list that is in the set; nil: none.
local function taken_for(list, names)
  for _, name in ipairs(list) do
    if names[name] then return name end
  end
end

local function has_syscalls(sources)
  for _, source in ipairs(sources) do
    if source == "syscall" then return true end
  end
  return #sources == 0
end

-- The severity, and what to say of a field where hosts have a field `own`: in events of the sources that it has
-- (`everywhere`), or only in sysdig, which has all of its fields in events of every source.
local function of_host(field, own, everywhere)
  local who = everywhere and "hosts take" or "sysdig takes"
  if own ~= field then
    return "hint", ("%s %s for %s with something behind it, and no filter can name it; call it otherwise"):format(who,
      field, own)
  elseif everywhere then
    return "error", ("field %s is one of the host's own, and Falco refuses the plugin; call it otherwise"):format(field)
  end
  return "hint", ("%s %s for its own field of that name; call it otherwise"):format(who, field)
end

-- The same, of a field of the plugin that begins with the names of the list; nil: there is nothing to say.
local function judge(field, list, info)
  local kernel = has_syscalls(info.extract_event_sources)
  local own = taken_for(list, any)
  if own then return of_host(field, own, true) end
  own = taken_for(list, syscall)
  if own then return of_host(field, own, kernel) end
  if field:sub(1, #NEVER) == NEVER then
    return "hint", ('%s no name that begins with "arg", as %s does; call it otherwise'):format(
      kernel and "hosts take" or "sysdig takes", field)
  end
  own = taken_for(list, former)
  if own then return "hint", ("hosts of the plugin API 0.3.0 take %s for their own field %s"):format(field, own) end
end

-- The first field that hosts may take for one of an official plugin, which that is, and how many more there are;
-- `lists` are the names that each field begins with.
local function of_plugin(info, lists, plugin)
  local first, own, more = nil, nil, 0
  for i, field in ipairs(info.fields) do
    local taken = taken_for(lists[i], plugin.fields)
    if taken and first then more = more + 1 end
    if taken and not first then first, own = field.name, taken end
  end
  return first, own, more
end

-- `line_of(name)` is where the script has that field.
function hostnames.look_at(info, file, line_of, findings)
  local lists = {}
  for i, field in ipairs(info.fields) do
    lists[i] = names_before(field.name)
    local severity, message = judge(field.name, lists[i], info)
    if severity then findings:add(severity, file, line_of(field.name), message) end
  end
  for _, plugin in ipairs(plugins) do
    local field, own, more = of_plugin(info, lists, plugin)
    if field and plugin.name ~= info.name then
      findings:add("hint", file, line_of(field), ('field %s%s: the plugin "%s" has %s, and Falco refuses both for the '
        .. "same events"):format(field, more > 0 and (" (and %d more)"):format(more) or "", plugin.name,
        own == field and "it, too" or own))
    end
  end
end

return hostnames
