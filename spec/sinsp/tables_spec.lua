local driver = require "spec.sinsp.driver"

driver.describe("a table of a script", function(libsinsp)
  it("is not locked when the host throws an exception through an iteration", function()
    libsinsp:with("offering", [[
      local lure = require "lure"
      local users = lure.table "users"
      return { name = "offering", id = 997, version = "0.1.0", event_source = "offering", description = "-",
        contact = "-", tables = { users = { key = "string", fields = { home = "string" } } },
        init = function() users:add("ann") users:add("bob") end,
        next = function() return "x" end, fields = { { name = "offering.users", type = "uint64", desc = "-",
          extract = function() return #users end } },
        capture_open = function() end, capture_close = function() users:clear() end,
      }
    ]])
    assert.same({ "error: left at the first entry", "2", "error: left at the first entry", "2", "2" }, (libsinsp:play [[
      load a ./liboffering.so
      open a offering
      leave a offering users
      @other size a offering users
      @other leave a offering users
      size a offering users
      next a 1 %offering.users
      close a
    ]]))
  end)
end)
