-- JSON events, the lines of a file, as bench/floorjson.c has them in C.
--
-- $LURE_BENCH_JSON is how fields are found: "paths" (declared), "parse" (lure.json.parse), "decode" (to tables),
-- "argument" (one field, whose argument is the path); $LURE_BENCH_FIELDS is how many of the fields there are (all).

local lure = require "lure"

local how = lure.env "LURE_BENCH_JSON" or "paths"

local plugin = {
  name = "json_lines", id = 999, version = "0.1.0", event_source = "json_lines",
  description = "JSON events", contact = "lure",
}

function plugin.open(path)
  local instance = { at = 0 }
  for line in io.lines(path) do table.insert(instance, line) end
  return instance
end

function plugin.next(instance)
  local at = instance.at % #instance + 1
  instance.at = at
  return instance[at]
end

if how == "parse" then
  function plugin.decode(event) return lure.json.parse(event.data) end
elseif how == "decode" then
  function plugin.decode(event) return lure.json.decode(event.data) end
end

-- What `lua5.4 bench/events.lua --paths` prints.
local all = {
  { "verb", "/verb", function(audit) return audit.verb end },
  { "namespace", "/objectRef/namespace", function(audit) return audit.objectRef.namespace end },
  { "decision", "/annotations/authorization.k8s.io~1decision",
    function(audit) return audit.annotations["authorization.k8s.io/decision"] end },
  { "auditid", "/auditID" },
  { "stage", "/stage" },
  { "uri", "/requestURI" },
  { "user", "/user/username" },
  { "ip", "/sourceIPs/0" },
  { "resource", "/objectRef/resource" },
  { "code", "/responseStatus/code" },
  { "image", "/requestObject/spec/containers/0/image" },
  { "time", "/stageTimestamp" },
}

plugin.fields = {}
for i = 1, tonumber(lure.env "LURE_BENCH_FIELDS") or #all do
  local name, path, extract = table.unpack(all[i])
  table.insert(plugin.fields, {
    name = "json." .. name, type = "string", desc = "A value",
    path = how == "paths" and path or nil, extract = how ~= "paths" and extract or nil,
  })
end

if how == "argument" then
  plugin.fields = { { name = "json.at", type = "string", desc = "Anything", path = lure.ARG,
    arg = { key = true, required = true } } }
end

return plugin
