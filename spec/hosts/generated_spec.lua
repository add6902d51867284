-- The rules that lure new writes: their conditions and outputs, in sysdig.

local folder = require "spec.hosts.testdirectory"
local support = require "spec.support"
local sysdig = require "spec.hosts.sysdig"
local yaml = require "spec.yaml"

sysdig.each("a rule that lure new writes", function(host)
  -- Makes a plugin of that kind, called probe. Its rule and its falco.yaml.
  local function make(kind)
    local output, status = support.run(("cd %s && %s/bin/lure new probe --%s"):format(folder.quote(host.folder.path),
      folder.quote(folder.build), kind))
    assert.equal(0, status, output)
    host:with("probe", host.folder:read "probe/probe.lua")
    return yaml.rules(host.folder:read "probe/probe_rules.yaml")[1],
      yaml.configuration(host.folder:read "probe/falco.yaml").plugins[1]
  end

  it("fires for a source", function()
    local rule, plugin = make "source"
    local params = plugin.open_params:gsub('"samples": 0', '"samples": 1')
    local result = host:run { plugins = { "./libprobe.so" }, source = "probe:" .. params, format = rule.output,
      filter = rule.condition }
    assert.match("^There are %d+ tasks, %d+ of them run %(load %d+%.%d+%)$", result.lines[1], result.err)
  end)

  it("fires for a source of JSON documents", function()
    local rule, plugin = make "json"
    local result = host:run { plugins = { "./libprobe.so" }, source = "probe:" .. plugin.open_params,
      format = rule.output, filter = rule.condition }
    assert.same({ "root logged in from 2001:db8::9" }, result.lines, result.err)
  end)

  it("fires for an extractor, in the events of its samples", function()
    local rule, plugin = make "extractor"
    host:with("samples", host.folder:read "probe/samples.lua")
    local result = host:run { plugins = { "./libsamples.so", "./libprobe.so" },
      source = ("%s:probe/%s"):format(plugin.name, plugin.open_params), format = rule.output, filter = rule.condition }
    assert.same({ "bob starts a shell in web-2" }, result.lines, result.err)
  end)
end, "3")
