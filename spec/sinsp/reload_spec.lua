local driver = require "spec.sinsp.driver"
local kernel = require "spec.sinsp.kernel"

driver.describe("a script that changes while it runs", function(libsinsp)
  it("is swapped, its open source goes on, and so do filters that were compiled before", function()
    local text = [[
      local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { events = 1 },
        description = "-", contact = "-",
        fields = { { name = "x.y", type = "string", desc = "-", extract = function(data) return "WORD " .. data end } } }
      function plugin.init() plugin.kept = { n = 0 } end
      function plugin.reload(old) plugin.kept = old.kept end
      function plugin.open(params) return { word = params } end
      function plugin.next(instance)
        local kept = plugin.kept
        kept.n = kept.n + 1
        return kept.n <= 6 and instance.word .. kept.n or nil
      end
      return plugin]]
    libsinsp:with("x", (text:gsub("WORD", "old")))
    libsinsp.folder:write("changed.lua", (text:gsub("WORD", "new")))
    libsinsp.folder:write("broken.lua", "}")
    local lines, errors = libsinsp:play [[
      load a ./libx.so {"lure": {"reload": 0.01}}
      open a x word
      filter a x.y contains word
      next a 2 %evt.plugininfo %x.y
      copy changed.lua x.lua
      wait 40
      next a 2 %evt.plugininfo %x.y
      copy broken.lua x.lua
      wait 40
      all a %evt.plugininfo %x.y
    ]]
    assert.same({ "word1 old word1", "word2 old word2", "word3 new word3", "word4 new word4", "word5 new word5",
      "word6 new word6", "end" }, lines)
    assert.match("x.lua has changed and was reloaded", errors)
    assert.match("not reloaded, the script goes on as it was: x.lua:1: unexpected symbol", errors)
  end)

  it("keeps the state tables that another plugin reads, and the fields that it had added to the host's", function()
    libsinsp:with "opens"
    libsinsp:with("reader", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { ["opens.count"] = "uint64" } })
      local files = lure.table("opened_files", { key = "string", fields = { count = "uint64" } })
      return { name = "reader", version = "0.1.0", extract_event_sources = { "syscall" },
        fields = {
          { name = "reader.thread", type = "uint64", desc = "-", extract = function(_, _, event)
            return threads:get(event.tid)["opens.count"] end },
          { name = "reader.file", type = "uint64", desc = "-", extract = function()
            return files:get("/etc/hosts").count end } } } ]])
    local text = libsinsp.folder:read "opens.lua"
    libsinsp.folder:write("changed.lua", (text:gsub("%+ 1", "+ 10")))
    libsinsp.folder:write("events", table.concat { kernel.open(1, 1, "/etc/hosts"), kernel.open(2, 1, "/etc/hosts"),
      kernel.open(3, 1, "/etc/hosts") })
    assert.same({ "1 1", "11 11", "21 21", "end" }, (libsinsp:play [[
      load a ./libopens.so {"lure": {"reload": 0.01}}
      load a ./libreader.so
      kernel a events 1:init
      next a 1 %reader.thread %reader.file
      copy changed.lua opens.lua
      wait 40
      all a %reader.thread %reader.file
    ]]))
  end)
end)
