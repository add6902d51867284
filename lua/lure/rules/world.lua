-- world: what Falco would know beside the rules: event sources, their fields, and plugins.
--
--   world.of_plugin(info, priority)       one plugin, in a spec
--   world.of_session(session, priority)   what `lure run` has loaded
--   world.of_infos(infos, priority)       what `lure check` has loaded
--
-- A world has `sources`, the fields (fields.lua) that there are in the events of each source, by its name; `plugins`, a
-- list of { name =, version = }; `priority`, that of the least urgent rules that fire, as a number; and `lenient`,
-- where plugins that rules require may be missing: the script at hand is often a stand-in for them.

local contains = require "lure.cli.contains"
local fields = require "lure.rules.fields"
local priorities = require "lure.rules.priorities"

local world = {}

-- The sources that the plugin has or wants: its own, and those that it has fields for.
local function sources_of(info)
  local sources = { info.event_source }
  for _, list in ipairs { info.extract_event_sources, info.parse_event_sources, info.async_event_sources } do
    for _, source in ipairs(list) do
      if not contains(sources, source) then sources[#sources + 1] = source end
    end
  end
  return sources
end

-- Has the plugin fields for events of that source? Without a list it has them for its own, or, having none, for all.
local function extracts(info, source)
  if #info.extract_event_sources > 0 then return contains(info.extract_event_sources, source) end
  return info.event_source == nil or info.event_source == source
end

-- The fields of all plugins for one source, as one info.
local function joined(infos, source)
  local list, async = {}, {}
  for _, info in ipairs(infos) do
    if extracts(info, source) then table.move(info.fields, 1, #info.fields, #list + 1, list) end
    table.move(info.async_events, 1, #info.async_events, #async + 1, async)
  end
  return { fields = list, async_events = async }
end

-- The fields of an info for events of the source.
local function fields_of(info, source)
  local known = fields.new(info)
  known.source = source
  return known
end

local function new(infos, priority, lenient)
  return { sources = {}, priority = priority or #priorities.names - 1, lenient = lenient, plugins = infos }
end

-- A plugin with fields for any source lets rules of any source in.
local function wants_all(infos)
  for _, info in ipairs(infos) do
    if #info.fields > 0 and #info.extract_event_sources == 0 and not info.event_source then return true end
  end
  return false
end

local function of_all(infos, priority, lenient)
  local made = new(infos, priority, lenient)
  for _, info in ipairs(infos) do
    for _, source in ipairs(sources_of(info)) do
      made.sources[source] = made.sources[source] or fields_of(joined(infos, source), source)
    end
  end
  if not wants_all(infos) then return made end
  setmetatable(made.sources, { __index = function(sources, source)
    sources[source] = fields_of(joined(infos, source), source)
    return sources[source]
  end })
  return made
end

function world.of_infos(infos, priority) return of_all(infos, priority, false) end

function world.of_plugin(info, priority) return of_all({ info }, priority, true) end

function world.of_session(session, priority)
  local infos = { session.script.info, session.other and session.other.info }
  local made = new(infos, priority, true)
  for _, source in ipairs(session:sources()) do
    made.sources[source] = made.sources[source] or fields_of(session.info, source)
  end
  return made
end

return world
