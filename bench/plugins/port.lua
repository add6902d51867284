-- Twelve fields of examples/k8saudit.lua, the port of an official plugin, for the events of bench/events.lua.
--
-- Their source is that of bench/plugins/json.lua: the lines of a file, again and again.

local NAMES = { "ka.verb", "ka.target.namespace", "ka.auth.decision", "ka.auditid", "ka.stage", "ka.uri",
  "ka.user.name", "ka.user.groups", "ka.target.resource", "ka.response.code", "ka.req.pod.host_network",
  "ka.req.container.image.repository" }

local port = assert(loadfile "examples/k8saudit.lua")()

local fields = {}
for i, name in ipairs(NAMES) do
  for _, field in ipairs(port.fields) do
    if field.name == name then fields[i] = field end
  end
end

port.name, port.id, port.event_source, port.fields, port.produce = "json_lines", 999, "json_lines", fields, nil

function port.open(path)
  local instance = { at = 0 }
  for line in io.lines(path) do table.insert(instance, line) end
  return instance
end

function port.next(instance)
  local at = instance.at % #instance + 1
  instance.at = at
  return instance[at]
end

return port
