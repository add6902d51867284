-- The rules that lure new and lure show write: their conditions and outputs, in libsinsp.

local driver = require "spec.sinsp.driver"
local folder = require "spec.hosts.testdirectory"
local kernel = require "spec.sinsp.kernel"
local support = require "spec.support"
local yaml = require "spec.yaml"

driver.describe("a generated rule", function(libsinsp)
  -- What `lure` prints, in the test's folder.
  local function lure(words)
    local output, status = support.run(("cd %s && %s/bin/lure %s 2>/dev/null"):format(folder.quote(libsinsp.folder.path),
      folder.quote(folder.build), words))
    assert.equal(0, status, output)
    return output
  end

  -- Makes a plugin by that option, called probe, and loads it by libprobe.so. Its rule and its falco.yaml.
  local function make(option)
    lure("new probe --" .. option)
    local here = libsinsp.folder
    libsinsp:with("probe", here:read "probe/probe.lua")
    return yaml.rules(here:read "probe/probe_rules.yaml")[1], yaml.configuration(here:read "probe/falco.yaml")
  end

  -- Its alerts: what is in `lines`, of a scenario that loads the plugin "probe" into a.
  local function alerts(rule, lines)
    return (libsinsp:play(("load a ./libprobe.so\n%s\nfilter a %s\n%s"):format(lines.before or "", rule.condition,
      lines.after:format(rule.output))))
  end

  it("fires for a source", function()
    local rule, configuration = make "source"
    local params = configuration.plugins[1].open_params
    local lines = alerts(rule, { before = "open a probe " .. params, after = "next a 1 %s" })
    assert.match("^There are %d+ tasks, %d+ of them run %(load %d+%.%d+%)$", lines[1])
  end)

  it("fires for a source of JSON documents", function()
    local rule, configuration = make "json"
    local params = configuration.plugins[1].open_params
    assert.same({ "root logged in from 2001:db8::9", "end" },
      alerts(rule, { before = "open a probe " .. params, after = "all a %s" }))
  end)

  it("fires for a log, whatever its format is", function()
    for format, alert in pairs {
      syslog = "web: Failed password for root from 192.0.2.7 port 40112 ssh2",
      combined = "192.0.2.7 got /.env (curl/8.14)",
    } do
      local rule, configuration = make("format " .. format)
      local log = "probe/" .. configuration.plugins[1].open_params
      assert.same({ alert }, alerts(rule, { before = "open a probe " .. log, after = "next a 1 %s\ndestroy a" }))
      libsinsp.folder:run "rm -r probe"
    end
  end)

  it("fires for an extractor, in the events of its samples", function()
    local rule, configuration = make "extractor"
    local source = configuration.plugins[1]
    libsinsp:with("samples", libsinsp.folder:read "probe/samples.lua")
    assert.same({ "bob starts a shell in web-2", "end" }, alerts(rule, { after = "all a %s",
      before = ("load a ./libsamples.so\nopen a %s probe/%s"):format(source.name, source.open_params) }))
  end)

  it("fires for async events", function()
    local rule = make "async"
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd"))
    local lines = alerts(rule, { before = "kernel a events 1:init", after = "async a 1 %s\ndestroy a" })
    assert.match('^A file changed %({"bytes":%d+,"path":"/etc/passwd"}%)$', lines[1])
  end)

  it("of lure show fires", function()
    local dummy = folder.quote(folder.top .. "/examples/dummy.lua")
    libsinsp:with("probe", libsinsp.folder:read(libsinsp.folder:copy("examples/dummy.lua", "x"):match("[^/]*$")))
    local rule = yaml.rules(lure("show " .. dummy .. " --format falco-rules"))[1]
    local params = yaml.configuration(lure("show " .. dummy .. " --format falco")).plugins[1].open_params
    local lines = alerts(rule, { before = "open a dummy " .. params, after = "all a %s" })
    assert.equal(21, #lines)
    assert.match("^dummy%.value is %d+$", lines[1])
  end)

  it("of lure show fires for async events", function()
    local ticker = folder.quote(folder.top .. "/examples/ticker.lua")
    libsinsp:with("probe", libsinsp.folder:read(libsinsp.folder:copy("examples/ticker.lua", "x"):match("[^/]*$")))
    local rule = yaml.rules(lure("show " .. ticker .. " --format falco-rules"))[1]
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd"))
    assert.same({ 'heartbeat: {"count": 1}' },
      alerts(rule, { before = "kernel a events 1:init", after = "async a 1 %s\ndestroy a" }))
  end)
end)
