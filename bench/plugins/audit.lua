-- Audit events in JSON, ten fields by their paths and two functions: one of the scripts that script/bench
-- --optimizations measures.

local lure = require "lure"

local function field(name, path)
  return { name = "audit." .. name, type = "string", desc = "A value", path = path }
end

return {
  name = "audit", id = 999, version = "0.1.0", event_source = "audit", description = "Audit events", contact = "lure",
  open = function(path)
    local lines = { at = 0 }
    for line in io.lines(path) do lines[#lines + 1] = line end
    return lines
  end,
  next = function(lines)
    lines.at = lines.at % #lines + 1
    return lines[lines.at]
  end,
  decode = function(event) return lure.json.parse(event.data) end,
  fields = {
    field("verb", "/verb"),
    field("namespace", "/objectRef/namespace"),
    field("decision", "/annotations/authorization.k8s.io~1decision"),
    field("auditid", "/auditID"),
    field("stage", "/stage"),
    field("uri", "/requestURI"),
    field("user", "/user/username"),
    field("ip", "/sourceIPs/0"),
    field("resource", "/objectRef/resource"),
    field("code", "/responseStatus/code"),
    { name = "audit.target", type = "string", desc = "Namespace and resource",
      extract = function(audit) return ("%s/%s"):format(audit.objectRef.namespace, audit.objectRef.resource) end },
    { name = "audit.reads", type = "bool", desc = "It changes nothing",
      extract = function(audit) return audit.verb == "get" or audit.verb == "list" or audit.verb == "watch" end },
  },
}
