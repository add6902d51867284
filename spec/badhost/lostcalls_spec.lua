-- A host whose functions do not return to the plugin that has called them (lostcalls.c).
local support = require "spec.support"

local source = support.file [[
local lure = require "lure"
local hosts = lure.table "hosts"
local log = lure.log.info
return {
  name = "bad", version = "0.1.0", id = 999, event_source = "bad", description = "d", contact = "c",
  batch = { events = 1 },
  config = { a = { type = "integer", default = 1 } },
  set_config = function() log "set_config" end,
  open_params = function() log "open_params" return {} end,
  open = function() log "open" return {} end,
  next = function() log "next" return "a" end,
  close = function() log "close" end,
  progress = function() log "progress" return 0.5 end,
  to_string = function() log "to_string" return "a" end,
  extract_event_sources = { "bad", "syscall" },
  fields = {
    { name = "bad.data", type = "string", desc = "d",
      extract = function(_, _, event) log "field" return event.data end },
    { name = "bad.key", type = "string", desc = "d", arg = { key = true }, extract = function(_, key) return key end },
    { name = "bad.host", type = "uint64", desc = "d", extract = function() return hosts:get(1).n end },
  },
  parse_event_sources = { "bad", "syscall" },
  parse = function()
    local _ = #hosts
    coroutine.wrap(function() pcall(hosts.each, hosts, function(host) log "each" host.n = host.n end) end)()
    hosts:add(2, { n = 1 })
    hosts:erase(2)
    hosts:clear()
    pcall(hosts.get, hosts, 3)
  end,
  async_events = { "tick" },
  dump_state = function(emit) pcall(emit, "tick", "x") end,
  metrics = function() log "metrics" return { { name = "n", value = #"n" } } end,
  capture_open = function() log "capture_open" hosts:each(function() end) end,
  capture_close = function() log "capture_close" hosts:get(1) end,
}]]

describe("a host whose functions leave the plugin", function()
  for _, how in ipairs { "throw", "jump" } do
    it("by a " .. how .. " finds a state that refuses everything, and no other harm", function()
      -- what Lua and the call itself held is lost for ever
      local output, status = support.run(("ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 LURE_SCRIPT=%s exec %s/spec/lostcalls_v3 %s %s"):format(
        support.quote(source), support.build, support.lib(3), how))
      assert.equal(0, status, output)
      assert.is_true(tonumber(output:match "(%d+) calls\n$") >= 25, output)
    end)
  end
end)
