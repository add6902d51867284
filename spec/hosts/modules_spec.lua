-- Both sysdigs have a Lua of their own inside.

local sysdig = require "spec.hosts.sysdig"

-- Debian's cjson for our Lua, wherever this machine has it.
local cjson = package.searchpath("cjson", "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;/usr/lib/aarch64-linux-gnu/lua/5.4/?.so")

sysdig.each("a Lua module", function(host)
  local function run(expression)
    local plugin = host:with("mods", ([[local function ask() return %s end
return { name = "mods", version = "0.1.0", id = 999, event_source = "mods", description = "-", contact = "-",
  open = function() return { true } end,
  next = function(instance)
    if table.remove(instance) then return tostring((select(2, pcall(ask)))) end
  end }]]):format(expression))
    return host:run { plugins = { plugin }, source = plugin, format = "%evt.plugininfo" }
  end

  it("that is pure Lua works", function()
    host.folder:write("pure.lua", 'return "pure"')
    local result = run 'require("pure") .. " in " .. _VERSION'
    assert.same({ "pure in Lua 5.4" }, result.lines, result.err)
    assert.equal(0, result.status)
  end)

  it("in C is refused with a sentence, and nothing crashes", function()
    host.folder:copy(assert(cjson, "lua-cjson is not installed"), "cjson.so")
    local result = run 'require("cjson").encode({ 1 })'
    assert.matches("this process has another Lua, and a C module would mix the two up", result.lines[1], 1, true)
    assert.equal(0, result.status)
  end)
end)
