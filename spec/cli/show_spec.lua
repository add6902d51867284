local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local support = require "spec.support"
local yaml = require "spec.yaml"
local lure = program.lure

local OPENS = (os.getenv("LURE_SOURCE") or ".") .. "/examples/opens.lua"

describe("lure show", function()
  it("shows a script as a table", function()
    local result = lure("show", program.dummy)
    assert.same({
      "plugin               dummy 0.1.0, id 999, event source dummy",
      "description          Reference plugin: numbers that grow",
      "contact              lure",
      "capabilities         sourcing, extraction",
      "plugin API           3.0.0 or later",
      "fields of events of  dummy",
      "dummy.value             uint64  The sample in the event",
      "dummy.strvalue          string  The sample, as text",
      "dummy.divisible[index]  uint64  1 if the sample is divisible by the argument",
    }, result.lines)
    assert.same({ "", 0 }, { result.err, result.status })
  end)

  it("shows any plugin's library", function()
    local result = lure("show", support.build .. "/spec/counter_v3.so")
    assert.equal(0, result.status, result.err)
    assert.matches("^plugin +counter ", result.lines[1])
    result = lure("show", support.build .. "/spec/counter_v0.so")
    assert.equal(0, result.status, result.err)
    assert.matches("plugin API +0%.3%.0 or later", result.out)
  end)

  it("shows it in Markdown", function()
    local result = lure("show", OPENS, "--format", "markdown")
    assert.matches("# opens\n\nCounts the files that threads open\n\n| | |\n|---|---|\n| plugin | opens 0.1.0, ", result.out, 1, true)
    assert.matches("| `opens.file[key]` | uint64 | How often a file was opened |", result.out, 1, true)
  end)

  it("lets no text of a plugin drive the terminal, or break its table", function()
    local path = program.script([[description = "red\27[31m\nor not", fields = { { name = "t.x", type = "string",
      desc = "a\nb|c", path = "/x" } }, ]] .. program.once("{}"))
    local shown = lure("show", path).out
    assert.matches("description          red\\x1b[31m\\nor not\n", shown, 1, true)
    assert.matches("t.x  string  a\\nb|c\n", shown, 1, true)
    shown = lure("show", path, "--format", "markdown").out
    assert.matches("\nred\\x1b[31m or not\n", shown, 1, true)
    assert.matches("| `t.x` | string | a b\\|c |\n", shown, 1, true)
  end)

  it("shows it in JSON", function()
    for _, words in ipairs { { "--json" }, { "--format", "json" } } do
      local result = lure("show", program.dummy, table.unpack(words))
      local shown = json_text.decode(result.out)
      assert.same({ "dummy", 999, "dummy", "3.0.0", 3 },
        { shown.name, shown.id, shown.event_source, shown.required_api_version, #shown.fields })
      assert.same({ required = true, index = true, key = false }, shown.fields[3].arg)
      assert.equal("object", shown.init_schema.type)
    end
  end)

  it("says what a host would refuse", function()
    local result = lure("show", support.file 'return { nme = "x" }')
    assert.equal(1, result.status)
    assert.matches('lure: script.lua:1: unknown key "nme"', result.err, 1, true)
    result = lure("show", "/nowhere/libx.so")
    assert.equal(1, result.status)
    assert.matches("/nowhere/libx.so", result.err, 1, true)
    result = lure("show", program.dummy, "--format", "xml")
    assert.equal(2, result.status)
    assert.matches('show: --format: expected table, markdown, json, falco or falco-rules, got "xml"', result.err, 1, true)
  end)
end)

describe("lure show --format falco", function()
  local function configuration(path, ...)
    local result = lure("show", path, "--format", "falco", ...)
    assert.equal(0, result.status, result.err)
    return yaml.configuration(result.out), result
  end

  local function rules(path, ...)
    local result = lure("show", path, "--format=falco-rules", ...)
    assert.equal(0, result.status, result.err)
    return yaml.rules(result.out)
  end

  it("shows a configuration with which the script runs in a Falco without a driver", function()
    local shown = configuration(program.dummy)
    assert.same({ kind = "nodriver" }, shown.engine)
    assert.same({ "true", "true" }, { shown.log_stderr, shown.stdout_output.enabled })
    assert.same({ "dummy" }, shown.load_plugins)
    local plugin = shown.plugins[1]
    assert.equal("dummy", plugin.name)
    assert.matches("^/.*/liblure%.so$", plugin.library_path)
    assert.matches("^/.*/dummy%.lua$", json_text.decode(plugin.init_config).script)
    assert.equal('{"start": 1, "maxEvents": 20}', plugin.open_params) -- its first suggestion
  end)

  it("names a library as it is", function()
    local plugin = configuration(support.build .. "/spec/counter_v3.so").plugins[1]
    assert.matches("^/.*/spec/counter_v3%.so$", plugin.library_path)
    assert.is_nil(plugin.init_config)
  end)

  it("has a value for each key that there must be, and tells of the others", function()
    local path = program.script([[ config = {
        mode = { type = "string", enum = { "fast", "slow" }, required = true, description = "How" },
        ["least"] = { type = "integer", minimum = 3, required = true }, other = { type = "number", default = 0.5 },
        list = { type = "array", required = true }, on = { type = "boolean", required = true },
      }, next = function() end ]])
    local shown, result = configuration(path)
    local config = json_text.decode(shown.plugins[1].init_config)
    assert.same({ "fast", 3, 0, false }, { config.mode, config.least, #config.list, config.on })
    assert.is_nil(config.other)
    assert.matches('# mode: one of ["fast","slow"], needed: How\n', result.out, 1, true)
    assert.matches("# other: number, default 0.5\n", result.out, 1, true)
  end)

  it("has Falco take a secret from its environment, as a text whatever it looks like", function()
    local path = program.script([[ config = { ["api-key"] = { type = "string", required = true, secret = true } },
      next = function() end ]])
    local result = lure("show", path, "--format", "falco")
    assert.matches("# api-key: string, needed, secret, so Falco takes it from its environment variable T_API_KEY\n",
      result.out, 1, true)
    local plugin = yaml.configuration(result.out, "T_API_KEY=0123").plugins[1]
    assert.equal("0123", json_text.decode(plugin.init_config)["api-key"])
  end)

  it("keeps every text as it is, where a map of Falco's would change it", function()
    for _, value in ipairs { "0123", "yes", "${HOME}", "1e5", "a: b #c", "\u{85}\u{feff}'\"", "x" } do
      local path = program.script(([[ config = { word = { type = "string", enum = { %q }, required = true } },
        next = function() end ]]):format(value))
      local config = json_text.decode(configuration(path).plugins[1].init_config)
      assert.equal(value, config.word)
    end
    local path = program.script([[ config = { number = { type = "integer", minimum = 3000000000, required = true } },
      next = function() end ]])
    assert.matches('"number": ?3000000000%D', configuration(path).plugins[1].init_config)
  end)

  it("names a script however its path is written", function()
    for _, name in ipairs { "a: b #c.lua", "${HOME} $${x}.lua", "it's \"x\".lua", "\u{85}.lua", "1.lua" } do
      local path = support.file('return { name = "e", version = "1.0.0", parse = print }', name)
      assert.equal(path, json_text.decode(configuration(path).plugins[1].init_config).script)
    end
  end)

  it("opens the first suggestion, and tells of the others; or what --open says", function()
    local path = program.script([[ open_params = { { value = "${A} '1'", desc = "one" }, { value = "b", desc = "two\n" } },
      next = function() end ]])
    local shown, result = configuration(path)
    assert.equal("${A} '1'", shown.plugins[1].open_params)
    assert.matches('# what to open: one\n    # or "b": two \n', result.out, 1, true)
    assert.equal("x\ny", configuration(path, "--open", "x\ny").plugins[1].open_params)
  end)

  it("says why there are no suggestions, and is a configuration all the same", function()
    local path = program.script([[ init = function() error "no\nway" end, next = function() end ]])
    local shown, result = configuration(path)
    assert.equal("", shown.plugins[1].open_params)
    assert.matches("# what to open; no suggestions, since init failed: script.lua:2: init: no way", result.out, 1, true)
  end)

  it("lets no text of a plugin out of its comment", function()
    local path = program.script([[ open_params = { { value = "v", desc = "a\nb: \u{85}\u{feff}\xff" } },
      config = { key = { type = "string", description = "one\n    evil: yes\27" } }, next = function() end ]])
    local shown = configuration(path)
    assert.is_nil(shown.plugins[1].evil)
  end)

  it("loads the plugin that gives the events, where --source names one", function()
    local fields = support.file [[return { name = "e", version = "1.0.0", extract_event_sources = { "counter" },
      fields = { { name = "e.x", type = "string", desc = "-", path = "/x" } } }]]
    local counter = support.build .. "/spec/counter_v3.so"
    local shown = configuration(fields, "--source", counter, "--open", "7")
    assert.same({ "counter", "e" }, shown.load_plugins)
    assert.same({ "counter", "7" }, { shown.plugins[1].name, shown.plugins[1].open_params })
    assert.is_nil(shown.plugins[2].open_params)
    assert.equal("counter", rules(fields, "--source", counter)[1].source)
    local _, result = configuration(fields)
    assert.equal("lure: Falco refuses e until a plugin with events of counter is loaded too; name it: --source PLUGIN.so\n",
      result.err)
    result = lure("show", fields, "--format", "falco", "--source", program.dummy)
    assert.matches("is a script; one library file is one script, so pack it: lure pack ", result.err, 1, true)
    assert.equal(2, result.status)
  end)

  it("wants the driver where all events are those of the kernel", function()
    assert.same({ kind = "modern_ebpf" }, configuration(OPENS).engine)
  end)

  it("shows rules to begin with", function()
    assert.same({ { rule = "Seen by dummy", desc = "dummy.value has a value", condition = "dummy.value exists",
      output = "dummy.value is %dummy.value", priority = "NOTICE", source = "dummy" } }, rules(program.dummy))
    assert.is_nil(rules(OPENS)[1].source)
    local ticker = OPENS:gsub("opens%.lua$", "ticker.lua")
    assert.same({ "evt.type = heartbeat", "heartbeat: %evt.arg.data" },
      { rules(ticker)[1].condition, rules(ticker)[1].output })
    local own = support.file [[return { name = "e", version = "1.0.0", id = 999, event_source = "e", next = print,
      async_events = { "beat" }, async = print }]]
    assert.same({ "evt.asynctype = beat", "beat", "e" }, { rules(own)[2].condition, rules(own)[2].output, rules(own)[2].source })
    assert.same({}, rules(support.file 'return { name = "e", version = "1.0.0", parse = print }'))
  end)

  it("writes both files where -o says, and overwrites none", function()
    local folder = support.folder() .. "/shown"
    support.run("mkdir " .. support.quote(folder))
    local result = lure("show", program.dummy, "--format", "falco", "-o", folder .. "/")
    assert.equal(folder .. "/dummy.yaml\n" .. folder .. "/dummy_rules.yaml\n", result.out)
    local function read(name)
      local file = assert(io.open(folder .. "/" .. name))
      local text = file:read("a")
      file:close()
      return text
    end
    assert.same({ "dummy" }, yaml.configuration(read "dummy.yaml").load_plugins)
    assert.equal(1, #yaml.rules(read "dummy_rules.yaml"))
    assert.matches("\n#   falco -c dummy.yaml -r dummy_rules.yaml\n", read "dummy.yaml", 1, true)
    result = lure("show", program.dummy, "--format", "falco", "-o", folder)
    assert.equal(("lure: show: %s/dummy.yaml exists, and is left as it is\n"):format(folder), result.err)
    assert.equal(2, result.status)
    assert.equal(2, lure("show", program.dummy, "-o", folder).status)
  end)
end)
