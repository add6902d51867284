local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local support = require "spec.support"
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

  it("begins a falco.yaml and a rule", function()
    local result = lure("show", program.dummy, "--format", "falco")
    assert.matches("plugins:\n  - name: dummy\n    library_path: liblure.so\n    init_config:\n      script: /", result.out, 1, true)
    assert.matches("  condition: dummy.value exists\n", result.out, 1, true)
    assert.matches("  source: dummy\n", result.out, 1, true)
    result = lure("show", support.build .. "/spec/counter_v3.so", "--format=falco")
    assert.matches("library_path: /.*/spec/counter_v3.so\n", result.out)
    result = lure("show", support.file('return { name = "e", version = "1.0.0", parse = print }', "a: b #c.lua"),
      "--format=falco")
    assert.matches('      script: "/[^\n]*/a: b #c.lua"\n', result.out)
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
    assert.matches('show: --format: expected table, markdown, json or falco, got "xml"', result.err, 1, true)
  end)
end)
