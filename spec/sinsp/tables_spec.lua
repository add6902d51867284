local driver = require "spec.sinsp.driver"
local host = require "lure.host"

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

driver.describe("the table of threads", function(libsinsp)
  it("has the same fields in lure.host, and so have the tables in it", function()
    local inspector = host.inspector()
    local threads = inspector:table "threads"
    threads:add(1)
    libsinsp:with("dummy")
    for _, field in ipairs { "", "args", "env", "cgroups", "file_descriptors" } do
      local expected = {}
      local of_host = field == "" and threads or threads:subtable(1, field)
      for name, is in pairs(of_host:fields()) do
        expected[#expected + 1] = name .. " " .. is.type .. (is.read_only and " read only" or "")
      end
      local fields = libsinsp:play("load a ./libdummy.so\nthread_fields a dummy " .. field)
      table.sort(expected)
      table.sort(fields)
      assert.same(fields, expected)
    end
  end)
end)
