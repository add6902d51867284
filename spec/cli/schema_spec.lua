-- The configuration of any plugin, against the schema that it has.

local program = require "spec.cli.program"
local support = require "spec.support"

local lure = program.lure
local library = support.build .. "/spec/threaded_v3.so"

describe("a plugin's schema that is a reference", function()
  it("is shown, with what may be configured", function()
    assert.matches("\n  config: url, size, modes\n", lure("check", library).out)
    assert.matches('"init_schema":{"$ref":"#/definitions/Config",', lure("show", library, "--json").out)
  end)

  local events = support.file("a\n", "events")

  it("refuses a configuration as a host does, in each command that begins with init", function()
    for config, told in pairs {
      ["[]"] = "init_config: expected object, got array",
      ['{"size": 0}'] = "init_config/size: expected at least 1",
      ['{"size": 10}'] = "init_config/size: expected at most 9",
      ['{"size": 1.5}'] = "init_config/size: expected integer, got number",
      ['{"modes": ["a", "c"]}'] = 'init_config/modes/1: expected one of "a", "b"',
      ['{"Url": ""}'] = 'init_config: unknown key "Url"',
      ["{"] = "init_config is no JSON from its byte 2 on",
    } do
      local result = lure("run", library, "--events", events, "--config", config)
      assert.equal(("lure: threaded: %s\n"):format(told), result.err)
      assert.equal(1, result.status)
      assert.equal("", result.out)
      result = lure("check", library, "--events", events, "--config", config)
      assert.matches(": " .. told:gsub("%p", "%%%0") .. "\n1 finding\n$", result.out)
      assert.equal(1, result.status)
    end
  end)

  it("refuses it in specs, too, at the line that loads the plugin", function()
    local spec = support.file(([[
      local testing = require "lure.testing"
      it("loads", function()
        testing.load(%q, { config = { size = 9 } })
        testing.load(%q, { config = { size = 10 } })
      end)
    ]]):format(library, library), "a_spec.lua")
    local result = lure("test", spec)
    assert.equal(1, result.status)
    assert.matches("a_spec.lua:4: threaded: init_config/size: expected at most 9\n", result.out, 1, true)
  end)

  it("takes what a host takes, and gets it as it was typed", function()
    for _, config in ipairs { "", "{}", '{"size": 9, "modes": ["b"], "url": "\\u00e4"}', '{"size": 1.0}' } do
      local result = lure("run", library, "--events", events, "--config", config, "-p", "%threaded.number")
      assert.equal(0, result.status, result.err)
      assert.equal(1, #result.lines)
    end
  end)
end)
