-- Errors are on standard error once: lure leaves it to a Falco that says that it writes them there.

local process = require "spec.hostconfig.hostprocess"

local SHOWN = "log_stderr: true\nlibs_logger: {enabled: true}\n"

describe("in a process named falco, an error", function()
  local here

  before_each(function()
    here = process.folder()
    here:write("one.lua", [[return { name = "one", version = "1.0.0", destroy = function() error("broken") end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } } }]])
  end)

  after_each(function() here:remove() end)

  local function times(more, words, config)
    here:write("falco.yaml", [[
plugins:
  - name: one
    library_path: @LIB@
    init_config:
      script: one.lua
]] .. more)
    local text = here:falco("-c falco.yaml " .. (words or ""), ("LOADER_CONFIG='{\"script\": \"one.lua\"%s}'"):format(config or "")).text
    assert.matches("log: one.lua:1: destroy: broken", text, 1, true)
    return select(2, text:gsub("one: error: one.lua:1: destroy: broken", ""))
  end

  it("is only in the host's log, where that is on standard error", function()
    for _, more in ipairs { SHOWN, "log_stderr: yes\nlibs_logger:\n  enabled: on\n  severity: error\nlog_level: notice\n" } do
      assert.equal(0, times(more))
    end
  end)

  it("is written there by lure, too, where it might not be seen", function()
    for _, more in ipairs { "", "log_stderr: true\n", "libs_logger: {enabled: true}\n",
      "log_stderr: false\nlibs_logger: {enabled: true}\n", "log_stderr: true\nlibs_logger: {enabled: false}\n",
      SHOWN .. "log_level: critical\n", "log_stderr: true\nlibs_logger: {enabled: true, severity: fatal}\n",
      "log_stderr: [true]\nlibs_logger: true\n" } do
      assert.equal(1, times(more), more)
    end
  end)

  it("goes by options and included files", function()
    assert.equal(0, times("", "-o log_stderr=true -o libs_logger.enabled=true"))
    assert.equal(1, times(SHOWN, "-o log_stderr=false"))
    here:write("more.yaml", "log_stderr: true\n")
    assert.equal(0, times("config_files: [more.yaml]\nlibs_logger: {enabled: true}\n"))
  end)

  it("goes where init_config.lure.stderr says", function()
    assert.equal(1, times(SHOWN, "", ', "lure": {"stderr": true}'))
    assert.equal(0, times("", "", ', "lure": {"stderr": false}'))
  end)
end)
