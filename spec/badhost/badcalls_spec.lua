-- A host that passes NULL, or states that do not run, to each function of the plugin API (badcalls.c).
local support = require "spec.support"

--- A script that has all symbols of the API; `more` is what only version 3 has.
local function script(top, host, more)
  return support.file(([[
local lure = require "lure"
%s
return {
  name = "bad", version = "0.1.0", id = 999, event_source = "bad", description = "d", contact = "c",
  batch = { events = 1 },
  config = { a = { type = "integer", default = 1 } },
  open_params = { { value = "a" } },
  open = function() return {} end,
  next = function() return "a" end,
  progress = function() return 0.5 end,
  to_string = function() return "a" end,
  fields = {
    { name = "bad.data", type = "string", desc = "d", extract = function(_, _, event) return event.data end },
    { name = "bad.key", type = "string", desc = "d", arg = { key = true }, extract = function(_, key) return key end },
    { name = "bad.host", type = "uint64", desc = "d", extract = function() return %s end },
  },
  %s
}]]):format(top, host, more))
end

local scripts = {
  [0] = function() return script("", "7", "") end,
  [3] = function()
    return script([[local hosts = lure.table "hosts"]], "hosts:get(1).n", [[
  set_config = function() end,
  extract_event_sources = { "bad", "syscall" },
  parse_event_sources = { "bad", "syscall" },
  parse = function() local host = hosts:get(1) host.n = host.n end,
  async_events = { "tick" },
  dump_state = function(emit) emit("tick", "x") end,
  metrics = function() return { { name = "n", value = #"n" } } end,
  capture_open = function() hosts:each(function() end) end,
  capture_close = function() hosts:get(1) end,
]])
  end,
}

for _, api in ipairs { 3, 0 } do
  describe("a host of plugin API " .. api, function()
    local function run(case)
      local output, status = support.run(("LURE_SCRIPT=%s exec %s/spec/badcalls_v%d %s %s"):format(
        support.quote(scripts[api]()), support.build, api, support.lib(api), case))
      assert.equal(0, status, output) -- the output has errors that are logged, too
    end

    it("may pass NULL for every argument, and in every member of its structs", function()
      run "null"
    end)

    it("may use a state whose init has failed, and one that it has destroyed, and destroy it again", function()
      run "order"
    end)
  end)
end
