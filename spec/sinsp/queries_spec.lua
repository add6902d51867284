local driver = require "spec.sinsp.driver"
local kernel = require "spec.sinsp.kernel"
local folder = require "spec.hosts.testdirectory"

driver.describe("metrics", function(libsinsp)
  it("are the script's and lure's own", function()
    libsinsp:with "rates"
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd") .. kernel.open(2, 1, "/etc/hosts"))
    local text = table.concat(libsinsp:play [[
      load a ./librates.so
      kernel a events 1:init
      all a %evt.type
      metrics a rates
    ]], "\n")
    assert.match("events_open 2 monotonic", text)
    assert.match("lure%.parse%.calls 2 monotonic", text)
    assert.match("lure%.memory%.bytes %d+\n", text)
  end)

  it("of lure's own keep their names in Falco's /metrics, of a script with every callback", function()
    local functions, expected = {}, { "lure_memory_bytes", "lure_tables_bytes", "lure_suspended",
      "mine_count_seconds" }
    local callbacks = { "every", "metrics" }
    local keys = assert(io.open(folder.top .. "/src/script/keys.def"))
    for key, kinds in keys:read("a"):gmatch '\nSCRIPT_KEY%([%u_]+,%s+"([%w_]+)",%s+([%u_ |]+),' do
      if kinds:find "FUNCTION" and key ~= "metrics" and key ~= "produce" then -- that stands for open, next and close
        functions[#functions + 1] = key .. " = function() end,"
        callbacks[#callbacks + 1] = key
      end
    end
    keys:close()
    assert.is_true(#callbacks > 18)
    for _, callback in ipairs(callbacks) do
      for _, unit in ipairs { "calls", "errors", "seconds" } do
        expected[#expected + 1] = ("lure_%s_%s"):format(callback, unit)
      end
    end
    libsinsp:with("all", ([[
      return { name = "all", version = "0.1.0", id = 996, event_source = "all", description = "-", contact = "-", %s
        fields = { { name = "all.n", type = "uint64", desc = "-" } }, async_events = { "e" },
        tables = { t = { key = "string", fields = { n = "int64" } } },
        metrics = function() return { { name = "mine_count.seconds", value = 1 } } end } ]]):format(
        table.concat(functions, " ")))
    local lines = libsinsp:play [[
      load a ./liball.so
      prometheus a all
    ]]
    for i, name in ipairs(expected) do expected[i] = ("falcosecurity_plugins_all_%s_total"):format(name) end
    table.sort(expected)
    table.sort(lines)
    assert.same(expected, lines)
  end)

  it("are asked for on another thread while events are read", function()
    libsinsp:with("busy", [[
      return { name = "busy", version = "0.1.0", id = 996, event_source = "busy", metrics = true,
        open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1 if i.n > 20000 then return nil end return i.n end,
        decode = function(event) return math.tointeger(event.data) end,
        fields = { { name = "busy.n", type = "uint64", desc = "-", extract = function(n) return n end } } } ]])
    local lines = libsinsp:play [[
      load a ./libbusy.so
      &web ask a busy 300
      open a busy
      filter a busy.n > 19998
      all a %busy.n
      join web
    ]]
    assert.same({ "19999", "20000", "end", "asked" }, lines)
  end)
end)

driver.describe("listening", function(libsinsp)
  it("begins and ends with a capture", function()
    libsinsp:with("listener", [[
      local lure = require "lure"
      local rounds = 0
      return { name = "listener", version = "0.1.0",
        capture_open = function(capture)
          lure.log.info "opened"
          capture:every(0.002, function() rounds = rounds + 1 end)
        end,
        capture_close = function() lure.log.info(rounds > 3 and "closed" or "too soon") end,
        destroy = function() lure.log.info "destroyed" end } ]])
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd"))
    local lines = libsinsp:play [[
      log
      load a ./liblistener.so
      kernel a events 1:init
      wait 500
      close a
      kernel a events 1:init
      wait 500
      destroy a
    ]]
    local said = {}
    for _, line in ipairs(lines) do said[#said + 1] = line:match "^log: 6 listener: (.*)$" or line:match "^error.*" end
    assert.same({ "opened", "closed", "opened", "closed", "destroyed" }, said, table.concat(lines, "\n"))
  end)
end)

driver.describe("a new configuration", function(libsinsp)
  it("is handed over, checked", function()
    libsinsp:with("sized", [[
      local lure = require "lure"
      return { name = "sized", version = "0.1.0", config = { size = { type = "integer", default = 1 } },
        set_config = function(config) lure.log.notice("size %d", config.size) end, parse = function() end } ]])
    local lines = libsinsp:play [[
      log
      load a ./libsized.so
      set_config a sized {"size": 5}
      set_config a sized {"sise": 5}
    ]]
    local text = table.concat(lines, "\n")
    assert.match("log: 5 sized: size 5\ntaken", text)
    assert.match('did you mean "size"?', text, 1, true)
  end)
end)
