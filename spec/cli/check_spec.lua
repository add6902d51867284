local program = require "spec.cli.program"
local support = require "spec.support"
local lure = program.lure

describe("lure check", function()
  it("says of a good script what it is", function()
    local result = lure("check", program.dummy)
    assert.same({
      "dummy 0.1.0, id 999, source dummy",
      "  capabilities: sourcing, extraction",
      "  plugin API: 3.0.0 or later",
      "  fields: 3",
      "  config: jitter",
      "  note: runs under plugin API 0.3.0 too",
      "no findings",
    }, result.lines)
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)

  it("tells every finding with its line, once", function()
    local path = support.file [[
return {
  nmae = "t",
  version = "1",
  id = 3,
  next = function() end,
}]]
    local result = lure("check", path)
    assert.equal('script.lua:2: unknown key "nmae" in the plugin table; did you mean "name"?', result.lines[1])
    assert.matches("^script%.lua:3: .*version", table.concat(result.lines, "\n"):match("[^\n]*:3:[^\n]*"))
    assert.equal(#result.lines - 1 .. " findings", result.lines[#result.lines])
    assert.equal("", result.err)
    assert.equal(1, result.status)
  end)

  it("finds scripts that are missing, no Lua, or throw", function()
    local result = lure("check", support.folder() .. "/no.lua")
    assert.matches("^/.*/no%.lua: cannot be read: No such file or directory\n1 finding\n$", result.out)
    result = lure("check", support.file "x = = 1")
    assert.matches("^script%.lua:1: unexpected symbol near '='\n1 finding\n$", result.out)
    result = lure("check", support.file 'error "boom"')
    assert.matches("^script%.lua:1: .*boom\n1 finding\n$", result.out)
    assert.equal(1, result.status)
  end)

  it("does not take a file name that begins with a digit for something else", function()
    local path = support.file("x = = 1", "1.2.3.lua")
    assert.matches("^1%.2%.3%.lua:1: unexpected", lure("check", path).out)
  end)

  it("hints at what people miss, without failing", function()
    local result = lure("check", program.script "next = function() end")
    assert.matches("\nscript%.lua: hint: no description; ", result.out)
    assert.matches("\nscript%.lua: hint: no contact; ", result.out)
    assert.matches("\nno findings\n$", result.out)
    assert.equal(0, result.status)
  end)

  it("runs nothing but the script's top level", function()
    local result = lure("check", program.script [[init = function() print("init ran") end, next = function() end]])
    assert.equal("", result.err)
  end)

  it("notes what plugin API 0.3.0 would refuse, which --api 0.3 makes a finding", function()
    local path = program.script [[next = function() end,
      fields = { { name = "t.list", type = "string", list = true, desc = "-", extract = function() end } }]]
    local result = lure("check", path)
    assert.matches("\n  note: does not run under plugin API 0%.3%.0: script%.lua:%d+: ", result.out)
    assert.equal(0, result.status)
    result = lure("check", path, "--api", "0.3")
    assert.matches("^script%.lua:%d+: .*\n1 finding\n$", result.out)
    assert.equal(1, result.status)
    assert.equal(0, lure("check", program.dummy, "--api", "0.3").status)
  end)

  it("takes a script without a source", function()
    local result = lure("check", support.file [[return {
      name = "e", version = "1.0.0", description = "-", contact = "-",
      fields = { { name = "e.x", type = "uint64", desc = "-", extract = function() return 1 end } } }]])
    assert.equal("e 1.0.0, no source of its own", result.lines[1])
    assert.equal("  capabilities: extraction", result.lines[2])
    assert.equal(0, result.status)
  end)

  it("--json prints one object", function()
    local result = lure("check", support.file "x = = 1", "--json")
    assert.equal([[{"findings":[{"file":"script.lua","line":1,"severity":"error",]]
      .. [["message":"unexpected symbol near '='"}]}]] .. "\n", result.out)
    assert.equal(1, result.status)
    assert.equal([[{"findings":[],"script":{"name":"dummy","version":"0.1.0","id":999,"event_source":"dummy",]]
      .. [["required_api_version":"3.0.0","capabilities":["sourcing","extraction"],]]
      .. [["fields":["dummy.value","dummy.strvalue","dummy.divisible"],"config":["jitter"],]]
      .. [["note":"runs under plugin API 0.3.0 too"}}]] .. "\n", lure("check", program.dummy, "--json").out)
  end)

  it("shows every capability", function()
    local path = support.file [[return { name = "all", version = "0.1.0", description = "d", contact = "c", parse = print,
      async_events = { "tick" }, capture_open = print, metrics = true,
      fields = { { name = "a.b", type = "string", desc = "-", extract = print } } }]]
    local result = lure("check", path)
    assert.same({ "  capabilities: extraction, parsing, async, listening", "  plugin API: 3.7.0 or later" },
      { result.lines[2], result.lines[3] })
    assert.equal(0, result.status)
  end)
end)
