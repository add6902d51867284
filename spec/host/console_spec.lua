-- What the program lure asks of its library beyond the plugin API (src/v3/console.h).

local support = require "spec.support"
local host = require "lure.host"

local script = [[
local used = "a local"
return { name = "c", version = "1.0.0", id = 999, event_source = "c",
  init = function() end,
  next = function() return used end,
  fields = {
    { name = "c.data", type = "string", desc = "-", extract = function(v) return v end },
    { name = "c.fails", type = "string", desc = "-", extract = function() error "fails" end },
    { name = "c.path", type = "string", desc = "-", path = "/a" },
  } }]]

local function uses_of(state)
  local uses = {}
  for kind, name, calls, errors, time in state:console("uses"):gmatch("(%a+)\t(%S+)\t(%d+)\t(%d+)\t(%d+)\n") do
    uses[kind .. " " .. name] = { calls = tonumber(calls), errors = tonumber(errors), time = tonumber(time) }
  end
  return uses
end

describe("the console of lure's library", function()
  it("counts callbacks always, their time and fields from the moment that a profile is wanted", function()
    local state = support.start(script)
    assert.equal("x", state:extract(support.event "x", "c.data"))
    assert.is_nil(uses_of(state)["field c.data"])
    assert.equal("", state:console "profile")
    for i = 1, 3 do
      local event = support.event { data = '{"a": "b"}', num = i }
      assert.equal("b", state:extract(event, "c.path"))
      assert.equal("b", state:extract(event, "c.path")) -- from the cache
      state:extract(event, "c.fails")
    end
    local uses = uses_of(state)
    assert.equal(3, uses["field c.path"].calls)
    assert.equal(0, uses["field c.path"].errors)
    assert.equal(3, uses["field c.fails"].errors)
    assert.is_true(uses["field c.fails"].time > 0)
    assert.is_true(uses["callback init"].time > 0)
    assert.is_nil(uses["callback extract"])
    assert.equal("", state:console "profile") -- once more changes nothing
    assert.equal(3, uses_of(state)["field c.path"].calls)
  end)

  it("tells the files that were read", function()
    local path = support.file(script)
    assert.equal(path .. "\n", (support.start(path):console "files"))
  end)

  it("runs Lua inside the script's state", function()
    local state = support.start(script)
    assert.equal("", state:console("load", [[local plugin, upvalue = ...
      local _, used = upvalue(plugin.next, 1)
      return function(text, event) return text .. ":" .. used .. ":" .. tostring(event and event.data) end]]))
    assert.equal("1:a local:nil", state:console("call", "1"))
    assert.equal("2:a local:payload", state:console("call", "2", support.event "payload"))
    assert.equal("c", state:extract(support.event "c", "c.data"))
  end)

  it("says what is wrong with that Lua, and goes on", function()
    local state = support.start(script)
    local function problem(...) return select(2, state:console(...)) end
    assert.matches("nothing is loaded that could be called", problem("call", "1"))
    assert.matches("^lure:1: .*unexpected symbol", problem("load", "= 1"))
    assert.matches("function expected, got number", problem("load", "return 1"))
    assert.equal("", state:console("load", "return function(text) if text == 'throw' then error 'thrown' end end"))
    assert.matches("thrown", problem("call", "throw"))
    assert.matches("string expected, got nil", problem("call", "other"))
    assert.equal("x", state:extract(support.event "x", "c.data"))
  end)

  it("does not know other requests, and other plugins have none", function()
    local state = support.start(script)
    assert.matches("made by another version of lure", select(2, state:console "nonsense"))
    local other = assert(host.load(support.build .. "/spec/counter_v3.so"))
    assert.is_false(other:info().console)
    assert.matches("was not made by lure", select(2, assert(other:init()):console "uses"))
    local old = support.start(script, { api = 0 })
    assert.is_nil((old:console "uses"))
  end)
end)
