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
