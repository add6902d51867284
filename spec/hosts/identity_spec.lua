local sysdig = require "spec.hosts.sysdig"

local params = [[:{"start": 1, "maxEvents": 3}]]

sysdig.each("the script", function(host)
  local library

  before_each(function()
    library = "./" .. host.library
  end)

  local function expect_dummy(options)
    options.source = options.source or library .. params
    options.format = "%dummy.value %dummy.strvalue"
    options.filter = "dummy.divisible[3] = 1"
    local result = host:run(options)
    assert.same({ "3 3" }, result.lines, result.err)
    assert.equal("", result.err)
  end

  it("may be named in init_config alone", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    expect_dummy { plugins = { library .. [[:{"script": "dummy.lua", "jitter": 0}]] } }
  end)

  it("may be named in init_config with an absolute path", function()
    local script = host.folder:copy("examples/dummy.lua", "dummy.lua")
    expect_dummy { plugins = { library .. ([[:{"script": "%s", "jitter": 0}]]):format(script) } }
  end)

  it("may be named in init_config of a library that is called by its absolute path", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    local path = host.folder:file(host.library)
    expect_dummy { plugins = { path .. [[:{"script": "dummy.lua", "jitter": 0}]] }, source = path .. params }
  end)

  it("may be named in a plugin configuration file", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    host.folder:write("plugins.yaml", ([[
plugins:
  - name: dummy
    library_path: %s
    init_config:
      script: dummy.lua
      jitter: 0
    open_params: '{"start": 1, "maxEvents": 3}'
load_plugins: [dummy]
]]):format(host.folder:file(host.library)))
    local result = host:run {
      more = { "--plugin-config-file", "plugins.yaml" }, format = "%dummy.value", filter = "dummy.divisible[3] = 1",
    }
    assert.same({ "3" }, result.lines, result.err)
  end)

  it("may lie in a folder of plugins, called by its name alone", function()
    os.execute("mkdir " .. host.folder:file("plugins"))
    host.folder:copy("examples/dummy.lua", "plugins/dummy.lua")
    host:copy_library("plugins/libdummy.so")
    local result = host:run {
      plugins = { [[dummy:{"jitter": 0}]] }, source = "dummy" .. params, format = "%dummy.value",
      filter = "dummy.divisible[3] = 1", env = { SYSDIG_PLUGIN_DIR = host.folder:file("plugins") },
    }
    assert.same({ "3" }, result.lines, result.err)
  end)

  it("may be another one for each copy of the library", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    host.folder:write("parity.lua", [[
      return {
        name = "parity", version = "0.1.0", description = "-", contact = "-",
        extract_event_sources = { "dummy" },
        fields = { { name = "parity.odd", type = "uint64", desc = "1 if odd",
          extract = function(data) return tonumber(data) % 2 end } },
      }
    ]])
    host:copy_library("second.so")
    local result = host:run {
      plugins = { library .. [[:{"script": "dummy.lua", "jitter": 0}]], [[./second.so:{"script": "parity.lua"}]] },
      source = library .. params, format = "%dummy.value %parity.odd",
    }
    assert.same({ "2 0", "3 1", "4 0" }, result.lines, result.err)
  end)

  it("may not be two for one file, nor for a link to it: the text says what to do", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    host.folder:copy("examples/dummy_c.lua", "dummy_c.lua")
    os.execute(("ln -s %s %s"):format(host.folder:file(host.library), host.folder:file("link.so")))
    for _, second in ipairs { library, "./link.so" } do
      local result = host:run {
        plugins = { library .. [[:{"script": "dummy.lua"}]], second .. [[:{"script": "dummy_c.lua"}]] },
        source = library .. params, format = "%evt.num",
      }
      assert.same({}, result.lines)
      assert.match("cannot load plugin", result.err, 1, true)
      assert.match(host.library, result.err, 1, true)
      assert.match("copy the library", result.err, 1, true)
    end
  end)

  it("may lie beside a library of its name", function()
    local dummy = host:with("dummy")
    expect_dummy { plugins = { dummy .. [[:{"jitter": 0}]] }, source = dummy .. params }
  end)

  it("may be named in the environment", function()
    host.folder:copy("examples/dummy.lua", "dummy.lua")
    expect_dummy { plugins = { library .. [[:{"jitter": 0}]] }, env = { LURE_SCRIPT = "dummy.lua" } }
  end)

  it("in init_config goes before one beside the library, and that before the environment", function()
    local function named(name)
      return ([[return { name = "%s", version = "0.1.0", description = "-", contact = "-",
        fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } } }]]):format(name)
    end
    local neighbour = host:with("beside", named "beside")
    host.folder:write("config.lua", named "configured")
    host.folder:write("environment.lua", named "environment")
    local function name_of(plugin)
      local result = host:run { plugins = { plugin }, more = { "-Il" }, env = { LURE_SCRIPT = "environment.lua" } }
      return table.concat(result.lines, "\n"):match("Name: (%S+)"), result.err
    end
    assert.equal("configured", (name_of(neighbour .. [[:{"script": "config.lua"}]])))
    assert.equal("beside", (name_of(neighbour)))
    assert.equal("environment", (name_of(library)))
  end)

  it("that is missing is told with the whole path", function()
    local result = host:run { plugins = { library .. [[:{"script": "nosuch.lua"}]] }, source = library }
    assert.match("cannot load plugin", result.err, 1, true)
    assert.match(host.folder:file("nosuch.lua"), result.err, 1, true)
    assert.not_equal(0, result.status)
  end)

  it("that was named nowhere is asked for", function()
    local result = host:run { plugins = { library }, source = library }
    assert.match("no script: name one in init_config.script, or in the environment variable LURE_SCRIPT",
      result.err, 1, true)
  end)
end)
