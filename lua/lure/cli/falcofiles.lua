-- falcofiles: the two files that Falco wants for a plugin, a configuration and rules to begin with.
--
--   falcofiles.make(plugin) -> { configuration =, rules = }
--   falcofiles.config(plugin) -> text         what the plugin's init gets from that
--   falcofiles.missing_sources(info) -> list  Falco refuses it until one of these event sources is there; nil
--
-- plugin: info, as the library tells it; library, its path; script, the path of the script or nil; file, the name of
-- both files without what follows it; open, what to open, or nil: the first of open_params, the source's suggestions
-- (a list, or nil and in `failed` why there are none); source, another plugin (info, library, and so on) whose events
-- it gets, or nil.

local falcoyaml = require "lure.cli.falcoyaml"
local json = require "lure.cli.json"

local falcofiles = {}

-- ---- what init_config has to say ----

-- The schema that a "$ref" into the same text stands for.
local function resolved(schema, whole)
  local reference = json.text(json.member(schema, "$ref") or "")
  local place = reference and reference:match("^#/(.+)$")
  if not place then return schema end
  local found = whole
  for key in place:gmatch("[^/]+") do
    found = found and json.member(found, key)
  end
  return found or schema
end

local function first_of(list) return (list and json.elements(list) or {})[1] end

local placeholders = { integer = "0", number = "0", boolean = "false", array = "[]", null = "null" }

-- A value for a key that has no default: one that the schema takes, if that can be told.
local function placeholder(schema, variable)
  if json.member(schema, "writeOnly") == "true" then return ('"${%s}"'):format(variable) end
  local kind = json.text(json.member(schema, "type") or "") or "string"
  local value = first_of(json.member(schema, "enum")) or json.member(schema, "minimum") or placeholders[kind]
  if value then return falcoyaml.escaped(value) end
  return kind == "object" and "{}" or '"CHANGE ME"'
end

local function has(list, wanted)
  for _, one in ipairs(list) do
    if json.text(one) == wanted then return true end
  end
  return false
end

-- "url: string, needed: Where to ask"
local function note_of(key, schema, is_needed, variable)
  local kind = json.text(json.member(schema, "type") or "")
  local choices, default = json.member(schema, "enum"), json.member(schema, "default")
  local words = {}
  if choices then words[1] = "one of " .. json.compact(choices) elseif kind then words[1] = kind end
  if is_needed then words[#words + 1] = "needed" end
  if default then words[#words + 1] = "default " .. json.compact(default) end
  if is_needed and json.member(schema, "writeOnly") == "true" then
    words[#words + 1] = ("secret, so Falco takes it from its environment variable %s"):format(variable)
  elseif json.member(schema, "writeOnly") == "true" then
    words[#words + 1] = "secret"
  end
  local desc = json.text(json.member(schema, "description") or "")
  return ("%s: %s%s"):format(key, table.concat(words, ", "), desc and ": " .. desc or "")
end

-- The members that there must be, and a note for every key that there may be.
local function config_of(plugin)
  local members, notes = {}, {}
  if plugin.script then members[1] = { "script", falcoyaml.json(plugin.script) } end
  local whole = plugin.info.init_schema
  if not whole or not json.members(whole) then return members, notes end
  local schema = resolved(whole, whole)
  local needed = json.elements(json.member(schema, "required") or "[]")
  local properties = json.member(schema, "properties") or "{}"
  for _, member in ipairs(json.members(properties) or {}) do
    local key, own = json.text('"' .. member.key .. '"'), properties:sub(member.start, member.finish - 1)
    if not (plugin.info.console and (key == "script" or key == "lure")) then
      local variable = (plugin.info.name .. "_" .. key):upper():gsub("[^%w]", "_")
      local is_needed = has(needed, key)
      notes[#notes + 1] = note_of(key, own, is_needed, variable)
      if is_needed then members[#members + 1] = { key, placeholder(own, variable) } end
    end
  end
  return members, notes
end

-- The configuration that the file gives, as JSON; variables are replaced, as Falco does it.
function falcofiles.config(plugin)
  local parts = {}
  for _, member in ipairs((config_of(plugin))) do
    local value = member[2]:gsub("%${([%w_]+)}", function(name)
      return json.string(os.getenv(name) or ""):sub(2, -2)
    end)
    parts[#parts + 1] = json.string(member[1]) .. ":" .. value
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- ---- what to open ----

-- The parameters, and comments to them. nil: nothing is opened.
local function opened(plugin)
  if not plugin.info.capabilities.sourcing then return nil end
  local list = plugin.open and { { value = plugin.open } } or plugin.open_params
  if not list then return "", { "what to open; no suggestions, since init failed: " .. plugin.failed } end
  if #list == 0 then return "", { "what to open" } end
  local comments = { "what to open: " .. (list[1].desc or list[1].value) }
  for i = 2, #list do comments[i] = ("or %s: %s"):format(json.string(list[i].value), list[i].desc or "") end
  return list[1].value, comments
end

-- ---- which events ----

local function wants(info, source)
  for _, list in ipairs { info.extract_event_sources, info.parse_event_sources } do
    for _, one in ipairs(list) do
      if one == source then return true end
    end
  end
  return (info.capabilities.extraction and #info.extract_event_sources == 0)
    or (info.capabilities.parsing and #info.parse_event_sources == 0)
end

-- Are its events those of the kernel, and no others?
local function needs_kernel(plugin)
  local info = plugin.info
  return not plugin.source and not info.capabilities.sourcing and not info.capabilities.async and wants(info, "syscall")
end

-- The event sources of which one has to be there for Falco to load the plugin; nil: Falco loads it.
function falcofiles.missing_sources(info)
  if info.capabilities.sourcing or info.capabilities.async or wants(info, "syscall") then return nil end
  return #info.extract_event_sources > 0 and info.extract_event_sources or info.parse_event_sources
end

-- The entry of `plugins`; what it could open is left out where another plugin gives the events.
local function entry_of(plugin)
  local members, notes = config_of(plugin)
  local open, choices
  if not plugin.source then open, choices = opened(plugin) end
  return falcoyaml.plugin { name = plugin.info.name, library = plugin.library, init = members, notes = notes,
    open = open, choices = choices }
end

-- ---- the two files ----

local function head(plugin)
  local info, file = plugin.info, plugin.file
  local script = plugin.script and falcoyaml.comment(plugin.script:match("[^/]*$"))
  local title = ("%s %s in Falco. To try it, with the rules beside it:"):format(info.name, info.version)
  local lines = { falcoyaml.comment(title), "", ("  falco -c %s.yaml -r %s_rules.yaml"):format(file, file), "" }
  if script then
    table.move({ ("Installed, the script is /etc/falco/lure/%s, and init_config names it as"):format(script),
      ("%s; the rules are in /etc/falco/rules.d/, and this file without its last part in"):format(script),
      "/etc/falco/config.d/. No script may be there: Falco takes every file there for YAML." }, 1, 3, #lines + 1, lines)
  else
    table.move({ "Installed, the rules are in /etc/falco/rules.d/, and this file without its last part in",
      "/etc/falco/config.d/." }, 1, 2, #lines + 1, lines)
  end
  return "# " .. table.concat(lines, "\n# "):gsub("# \n", "#\n") .. "\n"
end

local function missing_note(info)
  local missing = falcofiles.missing_sources(info)
  if not missing then return "" end
  return ("# Falco refuses it until a plugin with events of %s is loaded too: lure show --source PLUGIN.so\n"):format(
    falcoyaml.comment(table.concat(missing, ", ")))
end

local function configuration(plugin)
  local entries, names = entry_of(plugin), { plugin.info.name }
  if plugin.source then
    table.insert(names, 1, plugin.source.info.name)
    entries = entry_of(plugin.source) .. entries
  end
  return head(plugin) .. (plugin.source and "" or missing_note(plugin.info)) .. "plugins:\n" .. entries
    .. falcoyaml.load_plugins(names) .. "\n# Only to try it:\n" .. falcoyaml.trying(needs_kernel(plugin))
end

-- The first field that a rule can name as it stands.
local function plain_field(info)
  for _, field in ipairs(info.fields) do
    if not field.arg.required then return field end
  end
end

local function rule_source(plugin)
  local info = plugin.info
  local source = (plugin.source or plugin).info.event_source or info.extract_event_sources[1]
  return source ~= "syscall" and source or nil
end

local function async_source(info)
  local source = info.async_event_sources[1] or info.event_source
  return source ~= "syscall" and source or nil
end

local function rules_of(plugin)
  local info, list = plugin.info, {}
  local field = plain_field(info)
  if field then
    list[1] = { name = "Seen by " .. info.name, desc = field.name .. " has a value",
      condition = field.name .. " exists", output = ("%s is %%%s"):format(field.name, field.name),
      source = rule_source(plugin) }
  elseif info.event_source then
    list[1] = { name = "Seen by " .. info.name, desc = "An event of " .. info.event_source, condition = "evt.num >= 0",
      output = "%evt.plugininfo", source = info.event_source }
  end
  for _, name in ipairs(info.async_events) do
    local source = async_source(info) -- Falco knows evt.type and evt.arg for events of the kernel's source alone
    list[#list + 1] = { name = ("Sent by %s: %s"):format(info.name, name), desc = "An async event called " .. name,
      condition = (source and "evt.asynctype = " or "evt.type = ") .. name,
      output = source and name or name .. ": %evt.arg.data", source = source }
  end
  return list
end

local function rules(plugin)
  local parts = { falcoyaml.required(plugin.info.name, plugin.info.version) }
  for _, rule in ipairs(rules_of(plugin)) do
    rule.priority = "NOTICE"
    parts[#parts + 1] = falcoyaml.rule(rule)
  end
  return table.concat(parts, "\n")
end

function falcofiles.make(plugin)
  return { configuration = configuration(plugin), rules = rules(plugin) }
end

return falcofiles
