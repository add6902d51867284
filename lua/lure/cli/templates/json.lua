-- What lure new writes for a source of JSON documents.
return {
  what = "an event source: JSON documents, one a line",
  open_params = "samples",
  script = [==[
-- @NAME@: JSON documents, one a line of a file.
local lure = require "lure"

local samples = { -- until there is a file
  '{"action": "login", "user": {"name": "alice", "uid": 1000}, "from": "192.0.2.7", "groups": ["staff", "admin"]}',
  '{"action": "logout", "user": {"name": "alice", "uid": 1000}, "from": "192.0.2.7"}',
  '{"action": "login", "user": {"name": "root", "uid": 0}, "from": "2001:db8::9"}',
}

---@type lure.Plugin
return {
  name = "@NAME@", version = "0.1.0", id = 999, event_source = "@WORD@", -- 999 is for tests
  description = "Logins, as JSON documents", contact = "you@example.org",
  open_params = { { value = "samples", desc = "Samples" }, { value = "/var/log/@NAME@.jsonl", desc = "A file" } },

  -- Without `next`, what `for line in …` takes: each value is the payload of an event, nil is the end.
  open = function(path)
    if path ~= "samples" then return io.lines(path) end
    local shown = 0
    return function()
      shown = shown + 1
      return samples[shown]
    end
  end,

  -- A path (a JSON Pointer) says where the value stands in the payload; * is each element of a list.
  fields = {
    { name = "@WORD@.action", type = "string", desc = "What was done", path = "/action" },
    { name = "@WORD@.user", type = "string", desc = "Who did it", path = "/user/name" },
    { name = "@WORD@.uid", type = "uint64", desc = "Their number", path = "/user/uid" },
    { name = "@WORD@.from", type = "ipaddr", desc = "Where they did it", path = "/from" },
    { name = "@WORD@.group", type = "string", desc = "One of their groups, from 0", path = "/groups/*",
      arg = { index = true, required = true } },
    { name = "@WORD@.value", type = "string", desc = "Anything, by its path", path = lure.ARG,
      arg = { key = true, required = true } },
  },
}
]==],
  spec = [==[
-- To run it: lure test
local testing = require "lure.testing"

describe("@NAME@.lua", function()
  local plugin = testing.load("@NAME@.lua")

  it("has samples", function()
    local events = plugin:events()
    assert.equal(3, #events)
    assert.equal("login", events[1]:field("@WORD@.action"))
    assert.equal("admin", events[1]:field("@WORD@.group[1]"))
  end)

  it("finds values in a document", function()
    local event = plugin:event('{"action": "login", "user": {"name": "bob", "uid": 7}, "why": ["test"]}')
    assert.same({ ["@WORD@.action"] = "login", ["@WORD@.user"] = "bob", ["@WORD@.uid"] = 7 }, plugin:fields(event))
    assert.equal("test", event:field("@WORD@.value[/why/0]"))
    assert.is_nil(event:field("@WORD@.group[0]"))
  end)

  it("opens only files that are there", function()
    assert.error_matches(function() plugin:events("/no/such/file") end, "No such file")
  end)
end)
]==],
  cases = [==[
- name: root logs in
  event: {action: login, user: {name: root, uid: 0}, from: 192.0.2.7}
  alerts:
  - rule: Login of root
    output: root logged in from 192.0.2.7

- name: others do, and root logs out
  events:
  - {action: login, user: {name: alice, uid: 1000}, from: 192.0.2.7}
  - {action: logout, user: {name: root, uid: 0}}
  alerts: []
]==],
  rule = {
    name = "Login of root", desc = "Somebody logged in as root",
    condition = "@WORD@.action = login and @WORD@.uid = 0", output = "%@WORD@.user logged in from %@WORD@.from",
    priority = "WARNING", source = "@WORD@",
  },
}
