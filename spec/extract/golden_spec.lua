-- Fields with a path against what the official plugins extract from real events (../shared/data, where it is there).
local given = require "spec.given"
local json_text = require "spec.json_text"
local support = require "spec.support"

local DATA = (os.getenv("LURE_SOURCE") or ".") .. "/../shared/data/"

--- The events of one set; nil where the data is not there.
local function events(set)
  local file = io.open(DATA .. set .. "/events.jsonl")
  if not file then return nil end
  local list = {}
  for line in file:lines() do list[#list + 1] = json_text.decode(line) end
  file:close()
  return list
end

--- Calls `compare(event, field, expected)` for all fields of all events; answers how many.
local function each(list, compare)
  local count = 0
  for _, event in ipairs(list) do
    local loose = {}
    for _, field in ipairs(event.order_dependent or {}) do loose[field] = true end
    for field, expected in pairs(event.fields) do
      if not loose[field] then
        compare(event, field, expected)
        count = count + 1
      end
    end
  end
  return count
end

describe("the values that the official plugins extract", function()
  it("from JSON by a pointer, as jevt.value does, are those of a path that is the argument", function()
    local list = events "json"
    if not list then return pending "no ../shared/data" end
    local state = support.start(given.extractor [[fields = {
      { name = "jevt.value", type = "string", desc = "-", arg = { key = true, required = true }, path = lure.ARG } }]])
    local wrong = {}
    local count = each(list, function(event, field, expected)
      if not field:find "^jevt%.value%[" then return end
      if expected == "null" or not field:find "%[/" and field ~= "jevt.value[]" then
        expected = nil -- by design: null is absent, and a pointer begins with "/"
      end
      local value = state:extract(support.event { data = event.payload }, field)
      if value ~= expected then
        wrong[#wrong + 1] = ("%s %d %s: %s, not %s"):format(event.file, event.index, field, value, expected)
      end
    end)
    assert.is_true(count > 100)
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("from audit events of Kubernetes are those of paths", function()
    local list = events "k8saudit"
    if not list then return pending "no ../shared/data" end
    local paths = {
      ["ka.auditid"] = "/auditID", ["ka.stage"] = "/stage", ["ka.verb"] = "/verb", ["ka.uri"] = "/requestURI",
      ["ka.auth.decision"] = "/annotations/authorization.k8s.io~1decision",
      ["ka.auth.reason"] = "/annotations/authorization.k8s.io~1reason", ["ka.user.name"] = "/user/username",
      ["ka.user.groups"] = "/user/groups/*", ["ka.impuser.name"] = "/impersonatedUser/username",
      ["ka.target.name"] = "/objectRef/name", ["ka.target.namespace"] = "/objectRef/namespace",
      ["ka.target.resource"] = "/objectRef/resource", ["ka.target.subresource"] = "/objectRef/subresource",
      ["ka.response.code"] = "/responseStatus/code", ["ka.response.reason"] = "/responseStatus/reason",
      ["ka.useragent"] = "/userAgent", ["ka.req.binding.role"] = "/requestObject/roleRef/name",
      ["ka.req.configmap.name"] = "/objectRef/name", ["ka.req.service.type"] = "/requestObject/spec/type",
    }
    local fields = {}
    for name, path in pairs(paths) do
      fields[#fields + 1] = ('{ name = "%s", type = "string", desc = "-", path = "%s", list = %s },'):format(name, path,
        tostring(path:find("*", 1, true) ~= nil))
    end
    local state = support.start(given.extractor("fields = {" .. table.concat(fields, "\n") .. "}"))
    local wrong = {}
    local count = each(list, function(event, field, expected)
      if not paths[field] or not event.fields["ka.auditid"] or expected == "null" then return end
      local value = state:extract(support.event { data = event.payload }, field)
      local function text(v) return type(v) == "table" and table.concat(v, ",") or tostring(v) end
      if text(value) ~= text(expected) then
        wrong[#wrong + 1] = ("%s %d %s: %s, not %s"):format(event.file, event.index, field, text(value), text(expected))
      end
    end)
    assert.is_true(count > 100)
    assert.equal("", table.concat(wrong, "\n"))
  end)
end)
