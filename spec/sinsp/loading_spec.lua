local driver = require "spec.sinsp.driver"

-- Falco loads every plugin again in the same process, on another thread, while it runs: once for each event source,
-- and for a dry run of a new configuration. It never closes the library, so all share one.
driver.describe("a second loading", function(libsinsp)
  before_each(function()
    libsinsp:with("dummy")
    -- dummy with a field more, and with samples that are a hundred times as large
    local text = libsinsp.folder:read("dummy.lua")
    text = text:gsub("plugin%.fields = {", [[plugin.fields = {
      { name = "dummy.new", type = "string", desc = "-", extract = function() return "new" end },]])
    text = text:gsub("math%.tointeger%(event%.data%)", "math.tointeger(event.data) * 100")
    libsinsp.folder:write("changed.lua", text)
    libsinsp.folder:write("broken.lua", "return {\n  name = \n}\n")
  end)

  it("gives a state of its own", function()
    assert.same({ "2", "11", "12", "3" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      next a 1 %dummy.value
      load b ./libdummy.so {"jitter": 0}
      open b dummy {"start": 10, "maxEvents": 20}
      next b 2 %dummy.value
      next a 1 %dummy.value
    ]]))
  end)

  it("reads a script that has changed, and a running state keeps what it had", function()
    local old = "dummy.value dummy.strvalue dummy.divisible"
    local new = "dummy.new " .. old
    assert.same({ "2", old, new, "200 new", "3 3", "300 new", "4 4" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      next a 1 %dummy.value
      copy changed.lua dummy.lua
      load b ./libdummy.so {"jitter": 0}
      fields a dummy
      fields b dummy
      open b dummy {"start": 1, "maxEvents": 20}
      next b 1 %dummy.value %dummy.new
      next a 1 %dummy.value %dummy.strvalue
      next b 1 %dummy.value %dummy.new
      next a 1 %dummy.value %dummy.strvalue
    ]]))
  end)

  it("of a script that is broken by now fails, a running state goes on, and so does the next loading", function()
    local lines = libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      copy broken.lua dummy.lua
      load b ./libdummy.so
      next a 1 %dummy.value
      copy changed.lua dummy.lua
      load c ./libdummy.so {"jitter": 0}
      open c dummy {"start": 1, "maxEvents": 20}
      next c 1 %dummy.value %dummy.new
      next a 1 %dummy.value
    ]]
    assert.match("error: .*dummy.lua:3: ", lines[1])
    assert.same({ "2", "200 new", "3" }, table.move(lines, 2, #lines, 1, {}))
  end)

  it("of a script that is gone by now fails and names it, and a running state goes on", function()
    local lines = libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      remove dummy.lua
      load b ./libdummy.so {"script": "dummy.lua"}
      next a 1 %dummy.value
    ]]
    assert.match("error: .*dummy.lua", lines[1])
    assert.equal("2", lines[2])
  end)

  it("ends before the first one, and the first goes on", function()
    assert.same({ "2", "3" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      next a 1 %dummy.value
      copy changed.lua dummy.lua
      load b ./libdummy.so
      destroy b
      next a 1 %dummy.value
    ]]))
  end)

  it("on another thread has its own script, and init uses the one loaded on its own thread", function()
    assert.same({ "dummy 0.1.0", "dummy 0.1.0", "2", "200 new" }, (libsinsp:play [[
      register a ./libdummy.so
      copy changed.lua dummy.lua
      @other register b ./libdummy.so
      init a dummy {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      next a 1 %dummy.value
      @other init b dummy {"jitter": 0}
      @other open b dummy {"start": 1, "maxEvents": 20}
      @other next b 1 %dummy.value %dummy.new
    ]]))
  end)

  it("happens many times while events are read on another thread", function()
    local scenario = { [[load a ./libdummy.so {"jitter": 0}]], [[open a dummy {"start": 0, "maxEvents": 200000}]],
      "filter a dummy.value = 200000", "&reader all a %evt.num %dummy.value" }
    for i = 1, 50 do
      scenario[#scenario + 1] = i % 2 == 0 and "copy changed.lua dummy.lua" or "copy original.lua dummy.lua"
      scenario[#scenario + 1] = [[load b ./libdummy.so {"jitter": 0}]]
      scenario[#scenario + 1] = "destroy b"
    end
    scenario[#scenario + 1] = "join reader"
    libsinsp:with("dummy")
    libsinsp.folder:copy("examples/dummy.lua", "original.lua")
    assert.same({ "200000 200000", "end" }, (libsinsp:play(table.concat(scenario, "\n"))))
  end)
end)

driver.describe("one plugin in two inspectors", function(libsinsp)
  it("reads events on two threads at once", function()
    libsinsp:with("dummy")
    assert.same({ "20000", "end", "30000", "end" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      load b ./libdummy.so {"jitter": 0}
      open a dummy {"start": 0, "maxEvents": 20000}
      open b dummy {"start": 10000, "maxEvents": 20000}
      filter a dummy.value >= 20000
      filter b dummy.value >= 30000
      &first all a %dummy.value
      &second all b %dummy.value
      join first
      join second
    ]]))
  end)

  it("is loaded on two threads at once", function()
    libsinsp:with("dummy")
    local scenario = {}
    for _ = 1, 20 do
      for _, name in ipairs { "first", "second" } do
        scenario[#scenario + 1] = ([[&%s load %s ./libdummy.so {"jitter": 0}]]):format(name, name)
        scenario[#scenario + 1] = ([[&%s open %s dummy {"start": 1, "maxEvents": 1}]]):format(name, name)
        scenario[#scenario + 1] = ([[&%s next %s 1 %%dummy.value]]):format(name, name)
        scenario[#scenario + 1] = ([[&%s destroy %s]]):format(name, name)
      end
      scenario[#scenario + 1] = "join first\njoin second"
    end
    local lines = libsinsp:play(table.concat(scenario, "\n"))
    assert.equal(40, #lines)
    for _, line in ipairs(lines) do assert.equal("2", line) end
  end)
end)
