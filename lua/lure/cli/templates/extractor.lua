-- What lure new writes for fields of another source's events.
return {
  what = "fields for the events of another source, k8s_audit",
  run_options = " --events @DIRECTORY@events.jsonl",
  falco_options = " --source @DIRECTORY@samples.lua --open @DIRECTORY@events.jsonl",
  script = [==[
-- @NAME@: fields for events that another plugin gives.
local lure = require "lure"

---@type lure.Plugin
return {
  name = "@NAME@", version = "0.1.0", -- no id: it has no events of its own
  description = "What is run in pods", contact = "you@example.org",
  extract_event_sources = { "k8s_audit" }, -- rules with `source: k8s_audit` know these fields

  -- Once an event; the functions of fields get what it returns. Nothing: not one of ours.
  decode = function(event)
    local is_json, document = pcall(lure.json.decode, event.data)
    if is_json then return document end
  end,

  fields = {
    -- A path (a JSON Pointer) says where the value stands in the payload, and needs no function.
    { name = "@WORD@.user", type = "string", desc = "Who asked for it", path = "/user/username" },
    { name = "@WORD@.pod", type = "string", desc = "The pod", path = "/objectRef/name" },
    { name = "@WORD@.shell", type = "bool", desc = "A shell is started in the pod",
      extract = function(document)
        local command = (document.requestURI or ""):match("[?&]command=([^&]*)") or ""
        return command:find("sh$") ~= nil
      end },
  },
}
]==],
  spec = [==[
-- To run it: lure test
local testing = require "lure.testing"

describe("@NAME@.lua", function()
  local plugin = testing.load("@NAME@.lua")

  local function exec(command)
    return plugin:event('{"user": {"username": "alice"}, "objectRef": {"name": "web-1"}, "requestURI": "/exec?command='
      .. command .. '"}', { source = "k8s_audit" })
  end

  it("knows who does what where", function()
    assert.same({ ["@WORD@.user"] = "alice", ["@WORD@.pod"] = "web-1", ["@WORD@.shell"] = false },
      plugin:fields(exec("date")))
  end)

  it("knows shells", function()
    assert.is_true(exec("sh"):field("@WORD@.shell"))
    assert.is_true(exec("%2Fbin%2Fbash&stdin=true"):field("@WORD@.shell"))
    assert.is_false(exec("shutdown"):field("@WORD@.shell"))
  end)

  it("has no fields in other sources' events", function()
    assert.same({}, plugin:fields(plugin:event("{}", { source = "other" })))
  end)
end)
]==],
  cases = [==[
- name: somebody starts a shell
  event: {user: {username: bob}, objectRef: {name: web-2}, requestURI: "/exec?command=sh&stdin=true"}
  alerts:
  - rule: Shell in a pod
    output: bob starts a shell in web-2

- name: somebody starts something else
  event: {user: {username: alice}, objectRef: {name: web-1}, requestURI: "/exec?command=date"}
  alerts: []
]==],
  rule = {
    name = "Shell in a pod", desc = "Somebody starts a shell in a pod", condition = "@WORD@.shell = true",
    output = "%@WORD@.user starts a shell in %@WORD@.pod", priority = "NOTICE", source = "k8s_audit",
  },
  events = [==[
{"user": {"username": "alice"}, "objectRef": {"name": "web-1"}, "requestURI": "/exec?command=date"}
{"user": {"username": "bob"}, "objectRef": {"name": "web-2"}, "requestURI": "/exec?command=sh&stdin=true"}
]==],
  samples = [==[
-- Events to try @NAME@.lua with: each line of a file is one of k8s_audit.
---@type lure.Plugin
return {
  name = "@NAME@-samples", version = "0.1.0", id = 999, event_source = "k8s_audit", -- 999 is for tests
  description = "Sample events", contact = "you@example.org",
  open_params = { { value = "events.jsonl", desc = "The samples" } },
  open = function(path) return io.lines(path) end,
}
]==],
}
