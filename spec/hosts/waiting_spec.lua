-- Event sources that wait, of each kind, with real clients: they deliver, and a host that is interrupted ends.

local sysdig = require "spec.hosts.sysdig"
local waiting = require "spec.hosts.waiting"
local folder = require "spec.hosts.testdirectory"

sysdig.each("a source that waits", function(host)
  for _, kind in ipairs(waiting.kinds) do
    it(("for %s delivers, and ends where the host is interrupted"):format(kind), function()
      local place, plugin = host.folder, host:with("waiting", waiting.script)
      local where, command, beside = waiting.parts(kind, place)
      if beside then waiting.start(place, "beside", waiting.numbered("beside", beside)) end
      local words = { "env", "LURE_STATE=none", "sysdig", "--unbuffered", "-H", plugin, "-I", plugin .. ":" .. kind .. " " .. where,
        "-p", "%evt.plugininfo" }
      for i, word in ipairs(words) do words[i] = folder.quote(word) end
      waiting.start(place, "host", folder.in_root(host.release, waiting.numbered("host", table.concat(words, " "))))
      finally(function() waiting.kill(place, "host", "beside") end)
      waiting.wait("an event: " .. place:read "host.err", function() return place:read "host.out":find "hello" end,
        waiting.sending(command))
      waiting.signal(place, "host", "INT")
      waiting.wait("the host's end", function() return place:read "host.status" ~= "" end)
      assert.equal("0\n", place:read "host.status", place:read "host.err")
      waiting.wait("the program's end", function() return waiting.is_gone(place, kind) end)
    end)
  end
end)
