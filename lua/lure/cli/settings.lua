-- settings: YAML files, read by the library as hosts read their own.
--
--   settings.is_yaml(path)                by its name
--   settings.yaml(path, content)          the file's map or list as JSON, or its text; JSON is taken as it stands
--   settings.plugins(path, schema)        what Falco loads with this configuration: a list of tables, see
--                                         hostconfig/lure_settings.h
--
-- What cannot be read is a wrong command line, which ends the command.

local host = require "lure.host"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local stop = require "lure.cli.stop"

local settings = {}

-- What a text of a map of JSON strings says.
local function texts_of(object)
  local texts = {}
  for _, member in ipairs(json.members(object)) do
    texts[member.key] = json.text(object:sub(member.start, member.finish - 1))
  end
  return texts
end

local function ask(request, path, schema)
  local answer, message = host.settings(library.path(3), request, path, schema)
  if not answer then stop.failed("%s", message) end
  local problem = texts_of(answer).problem
  if problem then stop.usage("%s", problem) end
  return answer
end

function settings.is_yaml(path) return path:find("%.ya?ml$") ~= nil end

function settings.yaml(path, content)
  if json.members(content) or json.elements(content:match("^%s*(.-)%s*$")) then return content end
  return texts_of(ask("yaml", path, "{}")).text
end

function settings.plugins(path, schema)
  local plugins = {}
  for i, plugin in ipairs(json.elements(json.member(ask("falco", path, schema), "plugins"))) do
    plugins[i] = texts_of(plugin)
  end
  return plugins
end

return settings
