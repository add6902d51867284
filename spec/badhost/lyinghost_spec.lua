-- A host whose numbers and lengths are wrong, mostly by one (lyinghost.c). A sanitizer sees what is read beyond.
local support = require "spec.support"

local source = support.file [[
return {
  name = "x", version = "0.1.0", id = 999, event_source = "x", description = "d", contact = "c",
  next = function() return "payload" end,
  fields = { { name = "x.y", type = "string", desc = "d", extract = function(value) return value end } },
}
]]

--- Runs a case; it must end by itself, and well.
local function run(api, case, script)
  local output, status = support.run(("LURE_SCRIPT=%s exec timeout 60 %s/spec/lyinghost_v%d %s %s"):format(
    support.quote(script or source), support.build, api, support.lib(api), support.quote(case)))
  assert.same({ 0, "" }, { status, output })
end

for _, api in ipairs { 3, 0 } do
  describe("a host of plugin API " .. api, function()
    it("that asks for fields behind the last one is refused", function() run(api, "field numbers") end)
  end)
end

describe("a host of plugin API 0", function()
  it("that has no data, but a length of it, shows an empty event", function() run(0, "no data") end)
end)

describe("a host of plugin API 3", function()
  it("may show events whose lengths do not fit: they have no fields, at the bound they have", function()
    run(3, "lengths", support.file [[
      return {
        name = "x", version = "0.1.0", extract_event_sources = { "x" }, extract_event_types = { "pluginevent", "asyncevent" },
        fields = { { name = "x.y", type = "string", desc = "d", extract = function(value) return value end } },
      }]])
  end)

  local tables = support.file [[
    return {
      name = "x", version = "0.1.0", parse_event_sources = { "x" }, parse = function() end,
      tables = {
        numbers = { key = "uint64", fields = { value = "uint64" } },
        texts = { key = "uint64", fields = { value = "string" } },
      },
    }]]

  it("may release an entry of a table twice", function() run(3, "released twice", tables) end)

  it("cannot add an entry twice, or to another table", function() run(3, "added twice", tables) end)

  it("cannot use a field of another table", function() run(3, "a foreign field", tables) end)

  for _, type in ipairs { "uint8", "bool" } do
    it("may leave garbage in a key's other bytes, of the type " .. type, function()
      run(3, "garbage", support.file(([[
        return {
          name = "x", version = "0.1.0", parse_event_sources = { "x" }, parse = function() end,
          tables = {
            numbers = { key = %q, fields = { value = "uint64" } },
            texts = { key = "uint64", fields = { value = "string" } },
          },
        }]]):format(type)))
    end)
  end

  it("that has changed its batch finds no field in what is changed, and the others", function()
    run(3, "a changed batch", support.file [[
      return {
        name = "x", version = "0.1.0", id = 999, event_source = "x", description = "d", contact = "c", batch = { events = 100 },
        next = function() return "payload" end,
        fields = { { name = "x.y", type = "string", desc = "d", extract = function(value) return value end } },
      }]])
  end)

  it("may refuse an event with an error that has no end", function()
    run(3, "an error without end", support.file [[
      return {
        name = "x", version = "0.1.0", async_events = { "tick" }, async_event_sources = { "syscall" },
        dump_state = function(emit) local _, why = emit("tick", "x") return nil, why end,
      }]])
  end)
end)
