-- falcoentry: what a configuration of Falco says of a plugin: --falco FILE.
--
-- `option` declares that for a command (see args.lua). It says what is not on the command line: the script, its
-- configuration and what to open. They are what Falco hands over: the script gets no suggestions of its own.
-- With --source the source's entry says what to open. Where nothing gives events, session.lua lets `add_source`
-- name the other plugin of the configuration.

local files = require "lure.cli.files"
local json = require "lure.cli.json"
local system = require "lure.system"
local scripts = require "lure.cli.scripts"
local settings = require "lure.cli.settings"
local stop = require "lure.cli.stop"

local falcoentry = {}

local function base(path) return path:match("[^/]*$") end

-- What is to be loaded for a plugin.
local function target(plugin) return plugin.script or plugin.library end

-- ---- which plugin ----

-- "falco.yaml:3: a (a.lua), falco.yaml:7: b (b.lua)"
local function told(plugins)
  local parts = {}
  for i, plugin in ipairs(plugins) do
    parts[i] = ("%s: %s (%s)"):format(plugin.origin, plugin.name or "no name", base(target(plugin)))
  end
  return table.concat(parts, ", ")
end

local function filter(plugins, fits)
  local found = {}
  for _, plugin in ipairs(plugins) do
    if fits(plugin) then found[#found + 1] = plugin end
  end
  return found
end

local function are_one_file(a, b)
  local stamp = a and b and system.stamp(a)
  return stamp ~= nil and stamp == system.stamp(b)
end

-- Those of a word: a plugin's name where there is no such file, else its very file, else one that is called so.
local function named(plugins, word)
  local function has_name(plugin) return plugin.name == word end
  if not system.exists(word) and #filter(plugins, has_name) > 0 then return filter(plugins, has_name) end
  local path = scripts.named(word)
  local own = filter(plugins, function(plugin)
    return are_one_file(path, plugin.script) or are_one_file(path, plugin.library)
  end)
  if #own > 0 then return own end
  return filter(plugins, function(plugin)
    return plugin.name == base(path):gsub("%.lua$", "") or base(target(plugin)) == base(path)
  end)
end

-- Without a word: the only plugin, or the only one that names a script.
local function unnamed(plugins)
  local with_script = filter(plugins, function(plugin) return plugin.script end)
  return #with_script == 1 and with_script or plugins
end

local function checked(plugin)
  if plugin.problem then stop.usage("%s", plugin.problem) end
  return plugin
end

-- The only one that fits.
local function choose(path, plugins, word)
  local found = word and named(plugins, word) or unnamed(plugins)
  if #found == 1 then return checked(found[1]) end
  if #plugins == 0 then stop.usage("%s: expected plugins, and load_plugins with their names; got none", path) end
  if #found == 0 then stop.usage("%s loads no plugin that is %s; it has %s", path, word, told(plugins)) end
  stop.usage("%s has %d plugins that may be meant; say which, by script or name: %s", path, #found, told(found))
end

-- ---- what it says ----

-- For a library of ours the configuration names the script that runs: it is in another directory, or that of a word.
local function with_script(config, script)
  local _, place = json.member(config, "script")
  if not place then return config end
  return config:sub(1, place.start - 1) .. json.string(system.absolute(script)) .. config:sub(place.finish)
end

-- What the plugin at `origin`, run as `script`, gets when it is known which one that is.
local function configuration(path, origin, script)
  return function(info)
    local schema = info.init_schema and info.init_schema ~= "" and info.init_schema or "{}"
    for _, plugin in ipairs(settings.plugins(path, info.console and schema or nil)) do
      if plugin.origin == origin then
        local config = plugin.init_config or ""
        return info.console and plugin.script and with_script(config, script) or config
      end
    end
    stop.usage("%s has changed: there is no plugin at %s", path, origin)
  end
end

-- The path to load for a plugin that a word (nil: none) was to name.
local function run_as(word, plugin)
  return word and system.exists(word) and scripts.named(word) or target(plugin)
end

local function opened(plugin) return (plugin.open_params or ""):match("^%s*(.-)%s*$") end

local function fill(command, result)
  if #result.words > 1 then stop.usage("%s: --falco: one script at a time", command.name) end
  local path, typed = result.falco, result.open
  local plugins = settings.plugins(path)

  -- The events of a capture or of --events are there without anything to open.
  local function to_open(plugin) return typed or not (result.capture or result.events) and opened(plugin) or nil end

  local function take_source(plugin)
    result.source = run_as(result.source, plugin)
    result.source_config = result.source_config or configuration(path, plugin.origin, result.source)
    result.open = to_open(plugin)
  end

  local own = choose(path, plugins, result.words[1])
  result.words[1] = run_as(result.words[1], own)
  result.config = result.config or configuration(path, own.origin, result.words[1])
  if result.source and #named(plugins, result.source) > 0 then
    take_source(choose(path, plugins, result.source))
  elseif not (result.source or result.events) then
    result.open = to_open(own)
    local others = filter(plugins, function(plugin) return plugin ~= own end)
    if command.options["--source"] and #others == 1 then
      result.add_source = function() take_source(checked(others[1])) end
    end
  end
end

local function readable(path)
  local content, message = files.read(path)
  return content and path, ("a file that can be read (%s)"):format(message)
end

falcoentry.option = { key = "falco", value = "FILE", read = readable, fill = fill }

return falcoentry
