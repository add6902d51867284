-- Event sources that wait, of each kind, with real clients: they deliver, and are closed while they wait.

local driver = require "spec.sinsp.driver"
local folder = require "spec.hosts.testdirectory"
local waiting = require "spec.hosts.waiting"

driver.describe("a source that waits", function(libsinsp)
  for _, kind in ipairs(waiting.kinds) do
    it(("for %s delivers, and can be closed"):format(kind), function()
      local place = libsinsp.folder
      libsinsp:with("waiting", waiting.script)
      local where, command, beside = waiting.parts(kind, place)
      if beside then waiting.start(place, "beside", waiting.numbered("beside", beside)) end
      waiting.start(place, "host", folder.in_root("forky", waiting.numbered("host", folder.quote(driver.program))), ([[
load a ./libwaiting.so {"lure": {"state": false}}
open a waiting %s %s
next a 1 %%evt.plugininfo
close a
destroy a
]]):format(kind, where))
      finally(function() waiting.kill(place, "host", "beside") end)
      waiting.wait("the host's end", function() return place:read "host.status" ~= "" end, waiting.sending(command))
      assert.matches("hello", place:read "host.out", 1, true)
      assert.equal("0\n", place:read "host.status", place:read "host.err")
      waiting.wait("the program's end", function() return waiting.is_gone(place, kind) end)
    end)
  end
end)
