local sysdig = require "spec.hosts.sysdig"

-- A host refuses a library whose script cannot be loaded, and prints why: the text takes the place of the
-- plugin API version, the one thing that hosts show of a plugin they refuse.
sysdig.each("a script that cannot be loaded", function(host)
  local function refusal(text)
    local broken = host:with("broken", text)
    local result = host:run { plugins = { broken }, source = broken, format = "%evt.num" }
    assert.same({}, result.lines)
    assert.not_equal(0, result.status)
    local said = result.err:match("cannot load plugin ./libbroken.so: ([^\n]*)")
    assert(said, result.err)
    return said
  end

  it("because it is no Lua is told with file and line", function()
    assert.match("broken.lua:2: <name> expected near '='", refusal "local x = 1\nlocal = 2\n", 1, true)
  end)

  it("because it throws is told with file and line", function()
    assert.match("broken.lua:1: nothing works", refusal "error 'nothing works'\n", 1, true)
  end)

  it("because it returns no table is told with its name", function()
    assert.match("broken.lua", refusal "return 7", 1, true)
  end)

  it("because of an unknown key is told with file and line and the key that was meant", function()
    local meant = [[broken.lua:3: unknown key "evnt_source" in the plugin table; did you mean "event_source"?]]
    assert.match(meant, refusal [[
return {
  name = "broken", id = 997, version = "0.1.0", description = "-", contact = "-",
  evnt_source = "broken", next = function() end,
}
]], 1, true)
  end)

  it("because it never ends is told after the time limit", function()
    local broken = host:with("broken", "while true do end\n")
    local result = host:run { plugins = { broken .. [[:{"lure": {"time": 0.2}}]] }, source = broken }
    assert.match("broken.lua", result.err, 1, true)
    assert.match("stopped after", result.err, 1, true)
    assert.not_equal(0, result.status)
  end)

  it("because it is not there is told with the whole path", function()
    local library = "./" .. host.library
    local result = host:run { plugins = { library }, source = library, env = { LURE_SCRIPT = "no/such.lua" } }
    local path = host.folder:file("no/such.lua")
    assert.match("cannot load plugin", result.err, 1, true)
    assert.match(path .. ": cannot be read: No such file or directory", result.err, 1, true)
  end)
end)

sysdig.each("a script with what the plugin API 0.3.0 cannot carry", function(host)
  it("is refused by name", function()
    local lists = host:with("lists", [[
      return {
        name = "lists", version = "0.1.0", description = "-", contact = "-",
        fields = {
          { name = "lists.all", type = "string", list = true, desc = "-", extract = function() end },
        },
      }
    ]])
    local result = host:run { plugins = { lists }, source = lists }
    assert.match("lists.lua:4: ", result.err, 1, true)
    assert.match("lists.all", result.err, 1, true)
    assert.match("0.3.0", result.err, 1, true)
  end)
end, "0.3.0")
