local driver = require "spec.sinsp.driver"

driver.describe("a source plugin", function(libsinsp)
  before_each(function()
    libsinsp:with("dummy")
  end)

  it("has its fields printed and filtered", function()
    assert.same({ "2 3", "5 6", "8 9", "end" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      filter a evt.num > 0 and evt.num < 10 and dummy.divisible[3] = 1
      all a %evt.num %dummy.value
    ]]))
  end)

  it("asks for the lowest plugin API that suffices", function()
    assert.same({ "dummy 0.1.0", "3.0.0", "dummy.value dummy.strvalue dummy.divisible" }, (libsinsp:play [[
      register a ./libdummy.so
      api a dummy
      fields a dummy
    ]]))
  end)

  it("may be opened again when it was closed", function()
    assert.same({ "2", "3", "2" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      open a dummy {"start": 1, "maxEvents": 20}
      next a 2 %dummy.value
      close a
      open a dummy {"start": 1, "maxEvents": 20}
      next a 1 %dummy.value
    ]]))
  end)

  it("may be initialised again after its init has failed", function()
    libsinsp:with("moody", [[
      return {
        name = "moody", id = 997, version = "0.1.0", event_source = "moody", description = "-", contact = "-",
        init = function(config)
          if not config.please then return nil, "say please" end
        end,
        next = function() return "thanks" end,
      }
    ]])
    local lines = libsinsp:play [[
      load a ./libmoody.so
      load b ./libmoody.so {"please": true}
      open b moody
      next b 1 %evt.plugininfo
    ]]
    assert.match("error: .*moody.lua:3: init: say please", lines[1])
    assert.equal("thanks", lines[2])
  end)
end)

driver.describe("two plugins", function(libsinsp)
  it("may be two copies of the library, a source and an extractor of its events", function()
    libsinsp:with("dummy")
    libsinsp:with("parity", [[
      return {
        name = "parity", version = "0.1.0", description = "-", contact = "-", extract_event_sources = { "dummy" },
        fields = { { name = "parity.word", type = "string", desc = "odd or even",
          extract = function(data) return tonumber(data) % 2 == 0 and "even" or "odd" end } },
      }
    ]])
    assert.same({ "2 even", "4 even", "end" }, (libsinsp:play [[
      load a ./libdummy.so {"jitter": 0}
      load a ./libparity.so
      open a dummy {"start": 1, "maxEvents": 4}
      filter a parity.word = even
      all a %dummy.value %parity.word
    ]]))
  end)

  it("of one name are refused by the host", function()
    libsinsp:with("dummy")
    local lines = libsinsp:play [[
      load a ./libdummy.so
      load a ./libdummy.so
    ]]
    assert.match("error: .*found another plugin with name dummy", lines[1])
  end)
end)

driver.describe("a capture", function(libsinsp)
  it("is written, and read by the plugin whose id is in it, and no other", function()
    libsinsp:with("dummy")
    libsinsp:with("dummy_c")
    assert.same({ "2", "3", "end", "1 2", "2 3", "end", "1 <NA>", "2 <NA>", "end" }, (libsinsp:play [[
      load writer ./libdummy.so {"jitter": 0}
      open writer dummy {"start": 1, "maxEvents": 2}
      record writer events.scap
      all writer %dummy.value
      close writer

      load same ./libdummy.so
      replay same events.scap
      all same %evt.num %dummy.value

      load other ./libdummy_c.so
      replay other events.scap
      all other %evt.num %dummy.value
    ]]))
  end)
end)

driver.describe("the generic identity", function(libsinsp)
  it("runs the script that init_config names, and answers its fields by their names", function()
    libsinsp.folder:copy("examples/dummy.lua", "dummy.lua")
    assert.same({ "lure.string lure.uint64", "2 2", "3 3", "end" }, (libsinsp:play [[
      load a ./liblure.so {"script": "dummy.lua", "jitter": 0}
      fields a lure
      open a lure {"start": 1, "maxEvents": 2}
      all a %lure.uint64[dummy.value] %lure.string[dummy.strvalue]
    ]]))
  end)

  it("has no value where the script has no such field", function()
    libsinsp.folder:copy("examples/dummy.lua", "dummy.lua")
    assert.same({ "<NA> 2" }, (libsinsp:play [[
      load a ./liblure.so {"script": "dummy.lua", "jitter": 0}
      open a lure {"start": 1, "maxEvents": 2}
      next a 1 %lure.string[dummy.nosuch] %lure.uint64[dummy.value]
    ]]))
  end)

  it("wants a script", function()
    local lines = libsinsp:play "load a ./liblure.so"
    assert.match("error: .*no script: name one in init_config.script, or in the environment", lines[1])
  end)
end)

driver.describe("an error", function(libsinsp)
  -- What a scenario prints for a script whose second line is `text`.
  local function error_of(text)
    libsinsp:with("broken", [[
      return { name = "broken", id = 997, version = "0.1.0", event_source = "broken", description = "-", contact = "-",
        ]] .. text .. "\n}\n")
    return libsinsp:play([[
      load a ./libbroken.so {"lure": {"max_errors": 1}}
      open a broken
      all a %evt.num
    ]])[1]
  end

  it("at load is thrown with file and line", function()
    assert.match("error: .*broken.lua:3: .*expected", error_of("next = "))
    assert.match("error: .*broken.lua:2: nothing works", error_of("id = error('nothing works')"))
  end)

  it("in init is thrown with file and line", function()
    assert.match("error: .*broken.lua:2: init: no", error_of("next = print, init = function() error('no') end"))
  end)

  it("in open is thrown with file and line", function()
    assert.match("error: .*broken.lua:2: open: no", error_of("next = print, open = function() error('no') end"))
  end)

  it("in next, once there were too many, is thrown with file and line", function()
    assert.match("error: .*broken.lua:2: next: no", error_of("next = function() error('no') end"))
  end)

  it("that names another script than the one the library is bound to names both", function()
    libsinsp:with("dummy")
    libsinsp:with("dummy_c")
    local lines = libsinsp:play [[load a ./libdummy.so {"script": "dummy_c.lua"}]]
    assert.match([[init_config.script names "dummy_c.lua"]], lines[1], 1, true)
    assert.match("this library is bound to " .. libsinsp.folder:file("dummy.lua"), lines[1], 1, true)
  end)
end)
