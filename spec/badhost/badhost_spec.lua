local support = require "spec.support"

local source = support.file [[
return {
  name = "bad", version = "0.1.0", id = 999, event_source = "bad", description = "d", contact = "c",
  open = function() return { n = 0 } end,
  next = function(self) self.n = self.n + 1 if self.n > 1 then return nil end return "a" .. self.n end,
  close = function(self) assert(not self.closed) self.closed = true end,
  progress = function() return 0.5 end,
  fields = { { name = "bad.data", type = "string", desc = "d", extract = function(_, _, event) return event.data end } },
}
]]

--- Runs a case of badhost.c; it must end by itself, and well.
local function run(api, case, script)
  local output, status = support.run(("LURE_SCRIPT=%s exec %s/spec/badhost_v%d %s %s"):format(
    support.quote(script or source), support.build, api, support.lib(api), support.quote(case)))
  assert.same({ 0, "" }, { status, output })
end

for _, api in ipairs { 3, 0 } do
  describe("a host of plugin API " .. api, function()
    it("may close an instance twice, and use it afterwards, and use that of another state", function()
      run(api, "close twice")
    end)

    it("may destroy a state with open instances", function()
      run(api, "destroy while open")
    end)
  end)
end

--- A script that calls functions of the host in all its callbacks.
local function calling(more)
  return support.file(([[
    local lure = require "lure"
    return {
      name = "bad", version = "0.1.0", id = 999, event_source = "bad", description = "d", contact = "c",
      config = { a = { type = "integer", default = 1 } }, set_config = function() end,
      open = function() lure.log.info "open" return { n = 0 } end,
      next = function(self) lure.log.info "next" self.n = self.n + 1 if self.n > 2 then return nil end return "a" .. self.n end,
      close = function() lure.log.info "close" end,
      progress = function() return 0.5 end,
      open_params = function() return {} end,
      to_string = function() return "" end,
      decode = function(event) lure.log.info "decode" return event.data end,
      fields = { { name = "bad.data", type = "string", desc = "d", extract = function(v) lure.log.info "field" return v end } },
      destroy = function() lure.log.info "destroy" end,
      %s
    }]]):format(more))
end

describe("a host that calls the plugin from a function that the plugin has called", function()
  it("is refused, while the plugin goes on, whose lock is off", function()
    run(3, "call back", calling "")
  end)

  it("is refused, from async events too, on any thread", function()
    run(3, "call back", calling [[
      async_events = { "tick" }, async_interval = 0.001,
      async = function(emit) emit("tick", "x") end,
      dump_state = function(emit) emit("tick", "x") end,
      capture_open = function() end, metrics = function() lure.log.info "metrics" return {} end,
    ]])
  end)
end)

--- A script whose timer thread is in it for `seconds` at a time, with as long between.
local function ticking(seconds)
  return support.file(([[
    local function tick(emit)
      emit("tick", "x")
      local till = os.clock() + %s
      while os.clock() < till do end
    end
    return {
      name = "bad", version = "0.1.0", id = 999, event_source = "bad", description = "d", contact = "c",
      next = function() return "x" end,
      fields = { { name = "bad.data", type = "string", desc = "d", extract = function(v) return v end } },
      async_events = { "tick" }, async_interval = %s, async = tick,
      capture_open = function(capture) capture:every(0.001, function() end) end,
      metrics = function() return {} end,
    }]]):format(seconds, 2 * seconds))
end

describe("a host that has a plugin with a thread of its own", function()
  for _, seconds in ipairs { 0.0005, 0.01 } do
    it("may unload it while that runs (busy for " .. seconds .. " s)", function()
      run(3, "unload while the timer runs", ticking(seconds))
    end)

    it("may fork while that runs (busy for " .. seconds .. " s): the child can use it, or it was in use", function()
      run(3, "fork while the timer runs", ticking(seconds))
    end)
  end

  it("unloads it when it has been destroyed", function()
    run(3, "unload behind destroy", ticking(0.0005))
  end)
end)
